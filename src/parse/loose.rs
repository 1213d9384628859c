//! JSON as generators write it that put texts together by hand: mended so that a strict reader takes it.
//!
//! Line breaks and other controls that stand in strings as they are, escapes that JSON does not know, commas too many
//! or too few, comments, numbers that are none. What is right already comes out as it went in.

/// The characters of a document.
type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// Characters that are looked ahead to tell what a quotation mark means.
const LOOK_AHEAD: usize = 96;

/// Mends a document; takes time in proportion to it.
pub(super) fn mended(document: &str) -> String {
    let mut out = String::with_capacity(document.len() + document.len() / 16);
    let mut chars: Chars<'_> = document.chars().peekable();
    // The last character outside of strings that is no white space: what it was decides where a comma belongs.
    let mut last = '\0';
    let mut open: Vec<char> = Vec::new();
    while let Some(c) = chars.next() {
        match c {
            '"' | '\'' => {
                separate(&mut out, last, '"');
                string(c, &mut chars, &mut out);
                last = '"';
            }
            '/' if matches!(chars.peek(), Some('/' | '*')) => comment(&mut chars),
            '}' | ']' => last = close(c, last, &mut open, &chars, &mut out),
            '{' | '[' => {
                separate(&mut out, last, c);
                out.push(c);
                open.push(c);
                last = c;
            }
            c if c.is_ascii_whitespace() => out.push(c),
            // A byte order mark, a no-break space: white space to whoever put it there.
            c if c.is_whitespace() || c.is_control() || c == '\u{feff}' => out.push(' '),
            // Of two commas one is meant.
            ',' if last == ',' => {}
            c if c.is_ascii_alphabetic() => {
                word(c, last, &mut chars, &mut out);
                last = 'w';
            }
            c => {
                out.push(c);
                last = c;
            }
        }
    }
    out
}

/// Copies a word, or what is meant by one that JSON does not know: the name of a member, or nothing.
fn word(first: char, last: char, chars: &mut Chars<'_>, out: &mut String) {
    let mut word = String::from(first);
    while let Some(next) = chars.next_if(|c| c.is_ascii_alphanumeric() || *c == '_') {
        word.push(next);
    }
    let is_exponent = word.len() == 1 && matches!(first, 'e' | 'E') && last.is_ascii_digit();
    let mut ahead = chars.clone().take(LOOK_AHEAD);
    let is_name = matches!(last, '{' | ',') && ahead.find(|c| !c.is_whitespace()) == Some(':');
    match word.as_str() {
        name if is_name => {
            out.push('"');
            out.push_str(name);
            out.push('"');
        }
        "true" | "false" | "null" => out.push_str(&word),
        "True" | "False" => out.push_str(&word.to_ascii_lowercase()),
        _ if is_exponent || last.is_ascii_digit() => out.push_str(&word),
        _ => out.push_str("null"),
    }
}

/// Copies a closing bracket where it closes what is open, and puts the one before it that was forgotten; one too many
/// is left out. Returns the last character that counts now.
fn close(c: char, last: char, open: &mut Vec<char>, chars: &Chars<'_>, out: &mut String) -> char {
    let opens = if c == '}' { '{' } else { '[' };
    let is_too_many = match open.last() {
        Some(innermost) if *innermost == opens => false,
        // Where the list goes on, or is closed by its own, nothing is closed here.
        Some('[') => {
            let mut ahead = chars.clone().filter(|c| !c.is_whitespace());
            let next = ahead.next();
            let next = if next == Some(',') {
                ahead.next()
            } else {
                next
            };
            matches!(next, Some('{' | ']')) || !open.contains(&opens)
        }
        Some(_) => !open.contains(&opens),
        None => true,
    };
    if is_too_many {
        return last;
    }
    if last == ',' {
        drop_comma(out);
    }
    while let Some(innermost) = open.pop() {
        if innermost == opens {
            break;
        }
        out.push(if innermost == '{' { '}' } else { ']' });
    }
    out.push(c);
    c
}

/// Puts the comma between two values that follow each other without one.
fn separate(out: &mut String, last: char, next: char) {
    let ends_value = matches!(last, '}' | ']') || last == '"' && matches!(next, '"' | '{');
    if ends_value {
        out.push(',');
    }
}

fn drop_comma(out: &mut String) {
    if let Some(at) = out.rfind(',') {
        out.replace_range(at..=at, " ");
    }
}

/// Copies a string up to its end, with the controls in it escaped, and the quotation marks that do not end it.
fn string(quote: char, chars: &mut Chars<'_>, out: &mut String) {
    out.push('"');
    while let Some(c) = chars.next() {
        match c {
            c if c == quote && ends_string(quote, chars) => break,
            '"' => out.push_str("\\\""),
            '\\' => escape(chars, out),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Whether a quotation mark ends its string, by what follows it: a text that quotes somebody goes on as texts do.
fn ends_string(quote: char, chars: &Chars<'_>) -> bool {
    let mut ahead = chars
        .clone()
        .take(LOOK_AHEAD)
        .skip_while(|c| c.is_whitespace());
    match ahead.next() {
        None | Some(':' | '}' | ']' | '{') => true,
        Some('/') => matches!(ahead.next(), Some('/' | '*')),
        Some(',') => {
            let mut ahead = ahead.skip_while(|c| c.is_whitespace() || *c == ',');
            let next = ahead.next();
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
            if next.is_some_and(|c| c.is_ascii_alphabetic()) {
                // The name of a member, as scripts write it.
                let mut ahead = ahead.skip_while(|c| is_name(*c) || c.is_whitespace());
                return ahead.next() == Some(':');
            }
            matches!(
                next,
                None | Some('"' | '\'' | '{' | '[' | '}' | ']' | '/' | '-' | '0'..='9')
            )
        }
        // The comma is missing before the next member, or the next value.
        Some(next) if next == quote => {
            let mut ahead = ahead.skip_while(|c| *c != quote).skip(1);
            ahead.find(|c| !c.is_whitespace()) == Some(':')
        }
        Some(_) => false,
    }
}

/// Copies an escape, or what is meant by one that JSON does not know.
fn escape(chars: &mut Chars<'_>, out: &mut String) {
    let ahead: String = chars.clone().skip(1).take(4).collect();
    let hex = |digits: usize| {
        ahead
            .get(..digits)
            .filter(|code| code.chars().all(|c| c.is_ascii_hexdigit()))
    };
    match chars.peek().copied() {
        Some('u') if hex(4).is_none() => out.push_str("\\\\"),
        Some('x') => match hex(2) {
            Some(code) => {
                out.push_str("\\u00");
                out.push_str(code);
                chars.nth(2);
            }
            None => out.push_str("\\\\"),
        },
        Some(c @ ('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | 'u')) => {
            out.push('\\');
            out.push(c);
            chars.next();
        }
        // `\'` of JavaScript, and a line that goes on.
        Some('\'') | None => {}
        Some('\n') => {
            chars.next();
        }
        Some(_) => out.push_str("\\\\"),
    }
}

/// Passes over a comment, whose first `/` has been read.
fn comment(chars: &mut Chars<'_>) {
    let is_block = chars.next() == Some('*');
    let mut before = '\0';
    for c in chars.by_ref() {
        if is_block && before == '*' && c == '/' || !is_block && c == '\n' {
            break;
        }
        before = c;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_generators_get_wrong_is_read_as_it_was_meant() {
        for (written, meant) in [
            ("{\"a\":\"x\ny\tz\"}", r#"{"a":"x\ny\tz"}"#),
            ("{\"a\":\"\r\n<p>\"}", r#"{"a":"\r\n<p>"}"#),
            ("{\"a\":\"x\u{0}y\u{1f}z\"}", r#"{"a":"x y z"}"#),
            (r#"{"a":"it\'s"}"#, r#"{"a":"it's"}"#),
            (r#"{"a":"\x41\q"}"#, r#"{"a":"\u0041\\q"}"#),
            (r#"{"a":"C:\users"}"#, r#"{"a":"C:\\users"}"#),
            (r#"{"a":[1,2,],}"#, r#"{"a":[1,2]}"#),
            (r#"{"a":[{"b":1}{"b":2}]}"#, r#"{"a":[{"b":1},{"b":2}]}"#),
            (r#"{"a":"x" "b":"y"}"#, r#"{"a":"x","b":"y"}"#),
            (
                r#"{"a":NaN,"b":undefined,"c":True}"#,
                r#"{"a":null,"b":null,"c":true}"#,
            ),
            ("{\"a\":1, // one\n\"b\":2 /* two */}", r#"{"a":1,"b":2}"#),
            (r#"{"a":[{"b":1}},{"b":2}]}"#, r#"{"a":[{"b":1},{"b":2}]}"#),
            (r#"{"a":[{"b":1}]],"c":2}"#, r#"{"a":[{"b":1}],"c":2}"#),
            (r#"{"a":[{"b":1},{"b":2}}"#, r#"{"a":[{"b":1},{"b":2}]}"#),
            (
                r#"{"a":[{"b":1},{"b":2],"c":3}"#,
                r#"{"a":[{"b":1},{"b":2}],"c":3}"#,
            ),
            (
                "{'a':'it is \"so\"','b':['x','y']}",
                r#"{"a":"it is \"so\"","b":["x","y"]}"#,
            ),
            (
                r#"{version: "x", date_published : "y", n:1}"#,
                r#"{"version":"x","date_published":"y","n":1}"#,
            ),
            (r#"{"a":1,,"b":2}"#, r#"{"a":1,"b":2}"#),
            (
                r#"{"a":"the "big" one, "they" say","b":"x"}"#,
                r#"{"a":"the \"big\" one, \"they\" say","b":"x"}"#,
            ),
            (
                r#"{"a":"<a href="http://x/?a=1" title="">go</a>","b":["x","y"]}"#,
                r#"{"a":"<a href=\"http://x/?a=1\" title=\"\">go</a>","b":["x","y"]}"#,
            ),
            (r#"{"a":1e5,"b":-2.5}"#, r#"{"a":1e5,"b":-2.5}"#),
            (
                r#"{"a":"// no, and , ] neither"}"#,
                r#"{"a":"// no, and , ] neither"}"#,
            ),
        ] {
            let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
            assert_eq!(read(&mended(written)), read(meant), "{written:?}");
        }
    }
}
