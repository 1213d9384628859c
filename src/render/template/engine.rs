//! The template language, bounded: minijinja with `if` and `for`, some filters, a number of steps, and an end to what is
//! written.

use std::collections::HashSet;
use std::fmt;
use std::io;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{Environment, Error, ErrorKind, Output, State, UndefinedBehavior};

use super::Escape;

/// Steps of a template: what prints a hundred alerts in full takes some thousands.
const FUEL: u64 = 200_000;

/// The largest template.
const MAX_SOURCE_BYTES: usize = 64 * 1024;

/// The largest text that a filter makes.
const MAX_TEXT_BYTES: usize = 256 * 1024;

/// What can stand in `{% %}`. Nothing among it can keep a value, so that none can grow from step to step.
const STATEMENTS: [&str; 6] = ["if", "elif", "else", "endif", "for", "endfor"];

/// A template that can be filled.
pub(super) struct Compiled(Environment<'static>);

impl Compiled {
    /// Compiles a template; the reason why it is none is a clause for people.
    pub(super) fn new(source: &str, escape: Escape) -> Result<Self, String> {
        if source.len() > MAX_SOURCE_BYTES {
            return Err(format!("it is larger than {MAX_SOURCE_BYTES} bytes"));
        }
        check_tags(source)?;
        let mut environment = Environment::empty();
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        environment.set_fuel(Some(FUEL));
        // A tag that stands on a line of its own leaves no empty line.
        let syntax = SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build();
        environment.set_syntax(syntax.map_err(|error| in_words(&error))?);
        environment.set_formatter(move |out, state, value| printed(escape, out, state, value));
        add_filters(&mut environment);
        environment
            .add_template_owned("it", source.to_owned())
            .map_err(|error| in_words(&error))?;
        Ok(Self(environment))
    }

    /// Fills it, up to so many bytes.
    pub(super) fn fill(&self, values: &Value, max_bytes: usize) -> Result<String, String> {
        let mut room = Room {
            written: Vec::new(),
            max_bytes,
            is_full: false,
        };
        let template = self
            .0
            .get_template("it")
            .map_err(|error| in_words(&error))?;
        let ended = template.render_captured_to(values.clone(), &mut room);
        let undefined = ended
            .as_ref()
            .err()
            .filter(|error| error.kind() == ErrorKind::UndefinedError);
        if undefined.is_some()
            && let Some(name) = unknown_name(&template.undeclared_variables(true), values)
        {
            return Err(format!("there is no value {name}"));
        }
        if room.is_full {
            return Err(format!("it writes more than {max_bytes} bytes"));
        }
        ended.map_err(|error| in_words(&error))?;
        String::from_utf8(room.written).map_err(|_| "it writes what is no text".to_owned())
    }
}

impl fmt::Debug for Compiled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Compiled")
    }
}

/// Where a template writes, as far as there is room.
struct Room {
    written: Vec<u8>,
    max_bytes: usize,
    is_full: bool,
}

impl io::Write for Room {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.written.len() + bytes.len() > self.max_bytes {
            self.is_full = true;
            return Err(io::Error::other("no room"));
        }
        self.written.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Prints a value: nothing for what is absent, escaped unless a filter has made it what it is to be.
fn printed(
    escape: Escape,
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Value,
) -> Result<(), Error> {
    if value.is_undefined() {
        // As the engine does it for a name that does not exist.
        return minijinja::escape_formatter(out, state, value);
    }
    if value.is_none() {
        return Ok(());
    }
    let text = value.to_string();
    let written = if value.is_safe() {
        out.write_str(&text)
    } else {
        out.write_str(&escape.apply(&text))
    };
    written.map_err(Error::from)
}

/// Filters of values, and none that could make a text of any size.
fn add_filters(environment: &mut Environment<'static>) {
    environment.add_filter("upper", |text: &str| text.to_uppercase());
    environment.add_filter("lower", |text: &str| text.to_lowercase());
    environment.add_filter("trim", |text: &str| text.trim().to_owned());
    environment.add_filter("cut", |text: &str, chars: usize| {
        super::super::escape::cut(text, chars)
    });
    environment.add_filter("length", |value: &Value| {
        value
            .as_str()
            .map(|text| text.chars().count())
            .or_else(|| value.len())
            .unwrap_or_default()
    });
    environment.add_filter("first", |value: &Value| -> Result<Value, Error> {
        Ok(value.try_iter()?.next().unwrap_or(Value::from(())))
    });
    environment.add_filter("last", |value: &Value| -> Result<Value, Error> {
        Ok(value.try_iter()?.last().unwrap_or(Value::from(())))
    });
    environment.add_filter("default", |value: Value, other: Value| {
        if value.is_undefined() || value.is_none() {
            other
        } else {
            value
        }
    });
    environment.add_filter("join", joined);
    environment.add_filter("tojson", |value: &Value| -> Result<Value, Error> {
        let text = serde_json::to_string(value);
        let text = text.map_err(|_| failed("the value has no form in JSON"))?;
        Ok(Value::from_safe_string(text))
    });
    environment.add_filter("urlencode", |text: &str| {
        let encoded = url::form_urlencoded::byte_serialize(text.as_bytes());
        encoded.collect::<String>().replace('+', "%20")
    });
}

/// Texts of a list with something between.
fn joined(list: &Value, between: Option<&str>) -> Result<String, Error> {
    if list.as_str().is_some() {
        return Err(failed("join takes a list"));
    }
    let mut text = String::new();
    for (place, one) in list.try_iter()?.enumerate() {
        if place > 0 {
            text.push_str(between.unwrap_or(", "));
        }
        text.push_str(&one.to_string());
        if text.len() > MAX_TEXT_BYTES {
            return Err(failed("join makes too long a text"));
        }
    }
    Ok(text)
}

fn failed(what: &'static str) -> Error {
    Error::new(ErrorKind::InvalidOperation, what)
}

/// Says an error of the engine as a clause, with its line.
fn in_words(error: &Error) -> String {
    let line = error.line().map(|line| format!("line {line}: "));
    let what = match error.kind() {
        ErrorKind::OutOfFuel => format!("it takes more than {FUEL} steps"),
        kind => match error.detail() {
            Some(detail) if detail.contains("expected end of block") => {
                "a block has no end: write {% endif %} or {% endfor %}".to_owned()
            }
            Some(detail) => detail.to_owned(),
            None => kind.to_string(),
        },
    };
    let what = super::super::escape::one_line(&what, 200);
    format!("{}{what}", line.unwrap_or_default())
}

/// A name that a template asks for and that is not among the values.
fn unknown_name(asked: &HashSet<String>, values: &Value) -> Option<String> {
    let mut unknown: Vec<&String> = asked
        .iter()
        .filter(|name| {
            let mut inner = Some(values.clone());
            for part in name.split('.') {
                inner = inner.and_then(|value| value.get_attr(part).ok());
                inner = inner.filter(|value| !value.is_undefined());
            }
            inner.is_none()
        })
        .collect();
    unknown.sort();
    let name = unknown.first()?;
    Some(super::super::escape::one_line(&format!("\"{name}\""), 60))
}

/// Looks through the tags: only what chooses and repeats, and no operator that makes long texts of short ones.
fn check_tags(source: &str) -> Result<(), String> {
    let mut rest = source;
    let mut line = 1;
    while let Some(start) = next_tag(rest) {
        let (before, tag) = rest.split_at(start);
        line += before.matches('\n').count();
        let (is_statement, close) = if tag.starts_with("{%") {
            (true, "%}")
        } else if tag.starts_with("{#") {
            (false, "#}")
        } else {
            (false, "}}")
        };
        let inside = tag.get(2..).unwrap_or_default();
        let Some(end) = end_of(inside, close) else {
            return Err(format!("line {line}: a tag has no end"));
        };
        let (content, after) = inside.split_at(end);
        let is_comment = close == "#}";
        if is_statement {
            check_statement(content).map_err(|wrong| format!("line {line}: {wrong}"))?;
        }
        if !is_comment && outside_quotes(content).contains('*') {
            return Err(format!(
                "line {line}: * has no use in a template of messages"
            ));
        }
        line += content.matches('\n').count();
        rest = after.get(2..).unwrap_or_default();
    }
    Ok(())
}

fn next_tag(text: &str) -> Option<usize> {
    ["{{", "{%", "{#"]
        .into_iter()
        .filter_map(|open| text.find(open))
        .min()
}

/// Where a tag ends: not inside quotes, unless it is a comment.
fn end_of(inside: &str, close: &str) -> Option<usize> {
    if close == "#}" {
        return inside.find(close);
    }
    let blanked = outside_quotes(inside);
    blanked.find(close)
}

/// The same text with spaces in the place of what stands in quotes; every byte keeps its place.
fn outside_quotes(text: &str) -> String {
    let mut quote = None;
    let mut is_escaped = false;
    let blanked = text.bytes().map(|byte| match quote {
        None => {
            if byte == b'"' || byte == b'\'' {
                quote = Some(byte);
            }
            byte
        }
        Some(open) => {
            if is_escaped {
                is_escaped = false;
            } else if byte == b'\\' {
                is_escaped = true;
            } else if byte == open {
                quote = None;
            }
            b' '
        }
    });
    // Bytes outside quotes may be of any letters; those inside are blanks.
    let bytes: Vec<u8> = blanked
        .map(|byte| if byte.is_ascii() { byte } else { b'_' })
        .collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn check_statement(content: &str) -> Result<(), String> {
    let content = content.trim_start_matches(['-', '+']).trim_start();
    let word: String = content
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect();
    if STATEMENTS.contains(&word.as_str()) {
        return Ok(());
    }
    let word = super::super::escape::one_line(&word, 40);
    Err(format!(
        "{{% {word} %}} is not known here; there are if, elif, else and for"
    ))
}
