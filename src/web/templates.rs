//! Templates, compiled in. Whatever is put into a page is escaped, and strangers' texts lose what is not to be seen.

use std::fmt::Write as _;

use jiff::tz::TimeZone;
use minijinja::value::{Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind, HtmlEscape, Output, State, escape_formatter};
use unicode_normalization::char::is_combining_mark;

use crate::domain::{Timestamp, visible};

/// Marks on one letter; no language writes more, and a hundred of them reach over other lines.
const MAX_MARKS: usize = 4;

/// The length of `2026-11-27T06:17:32Z`.
const LEAST_TIME_BYTES: usize = 20;

/// Name and text of each.
const TEMPLATES: [(&str, &str); 19] = [
    ("layout.html", include_str!("templates/layout.html")),
    ("parts.html", include_str!("templates/parts.html")),
    ("alone.html", include_str!("templates/alone.html")),
    ("login.html", include_str!("templates/login.html")),
    ("login-link.html", include_str!("templates/login-link.html")),
    ("link.html", include_str!("templates/link.html")),
    ("error.html", include_str!("templates/error.html")),
    ("now.html", include_str!("templates/now.html")),
    ("alert.html", include_str!("templates/alert.html")),
    ("watches.html", include_str!("templates/watches.html")),
    ("watch.html", include_str!("templates/watch.html")),
    ("feeds.html", include_str!("templates/feeds.html")),
    ("feed.html", include_str!("templates/feed.html")),
    ("deliveries.html", include_str!("templates/deliveries.html")),
    ("search.html", include_str!("templates/search.html")),
    ("stories.html", include_str!("templates/stories.html")),
    ("story.html", include_str!("templates/story.html")),
    ("why.html", include_str!("templates/why.html")),
    ("rest.html", include_str!("templates/rest.html")),
];

/// The templates of all pages.
#[derive(Debug)]
pub(crate) struct Templates(Environment<'static>);

impl Templates {
    /// Compiles them.
    pub(crate) fn new() -> Self {
        let mut environment = Environment::new();
        environment.set_formatter(formatted);
        environment.add_filter("time", time);
        environment.add_filter("seconds", seconds);
        environment.add_filter("since", since);
        environment.add_filter("ago", ago);
        environment.add_filter("after", after);
        environment.add_filter("words", words);
        environment.add_filter("span", |s: i64| span(s));
        environment.add_filter("part", |text: &str| part(text));
        environment.add_filter("dayname", dayname);
        environment.add_filter("language", |code: &str| language(code));
        for (name, text) in TEMPLATES {
            if let Err(error) = environment.add_template(name, text) {
                // A test renders every one of them.
                tracing::error!(template = name, error = %error, "a template does not compile");
            }
        }
        Self(environment)
    }

    /// Fills one. The `frame` is seen in macros too, and by the filters of times.
    ///
    /// # Errors
    /// When it names what it was not given.
    pub(crate) fn render(&self, name: &str, frame: &Value, given: Value) -> Result<String, Error> {
        // A copy shares the templates.
        let mut environment = self.0.clone();
        for key in frame.try_iter()? {
            if let Some(known) = key.as_str() {
                environment.add_global(known.to_owned(), frame.get_attr(known)?);
            }
        }
        environment.get_template(name)?.render(given)
    }
}

/// A view as templates see it.
pub(crate) fn view(of: &impl serde::Serialize) -> Value {
    Value::from(minijinja::value::Serde(of))
}

/// Writes a value into a page: nothing for what is not there, and no marks that turn the order of letters round.
fn formatted(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    if value.is_undefined() || value.is_none() {
        return Ok(());
    }
    if value.kind() == ValueKind::String
        && !value.is_safe()
        && let Some(text) = value.as_str()
    {
        return escape_formatter(out, state, &Value::from(clean(text)));
    }
    escape_formatter(out, state, value)
}

/// A stranger's text without what is not to be seen, and without piles of marks that reach over other lines.
fn clean(text: &str) -> String {
    let mut marks = 0;
    let is_no_pile = |c: &char| {
        marks = if is_combining_mark(*c) { marks + 1 } else { 0 };
        marks <= MAX_MARKS
    };
    visible(text)
        .map(|c| if c.is_control() && c != '\n' { ' ' } else { c })
        .filter(is_no_pile)
        .collect()
}

/// A clause that says what happened, as people read it: what stands in back quotes as code, times in the zone of the
/// page, ids of alerts as links.
fn words(state: &State<'_, '_>, value: &Value) -> Result<Value, Error> {
    let Some(text) = value.as_str() else {
        return Ok(value.clone());
    };
    let mut html = String::new();
    for (place, part) in clean(text).split('`').enumerate() {
        if place % 2 == 1 {
            write!(html, "<code>{}</code>", HtmlEscape(part))?;
            continue;
        }
        for word in part.split_inclusive(' ') {
            let bare = word.trim_end_matches([' ', ':', ';', ',', '.']);
            let rest = HtmlEscape(word.get(bare.len()..).unwrap_or_default());
            if bare.len() >= LEAST_TIME_BYTES && bare.parse::<Timestamp>().is_ok() {
                write!(html, "{}{rest}", seconds(state, &Value::from(bare))?)?;
            } else if bare.starts_with("alr_") {
                let (place, id) = (self::part(bare), HtmlEscape(bare));
                write!(
                    html,
                    "<a class=\"mono\" href=\"/alerts/{place}\">{id}</a>{rest}"
                )?;
            } else {
                write!(html, "{}", HtmlEscape(word))?;
            }
        }
    }
    Ok(Value::from_safe_string(html))
}

/// `+18 s`, from one time to the next.
fn after(value: &Value, before: &Value) -> Result<String, Error> {
    let (Some(at), Some(before)) = (parsed(value)?, parsed(before)?) else {
        return Ok(String::new());
    };
    let s = at.duration_since(before).as_secs();
    Ok(if s < 0 {
        format!("−{}", span(-s))
    } else {
        format!("+{}", span(s))
    })
}

fn parsed(value: &Value) -> Result<Option<Timestamp>, Error> {
    let Some(text) = value.as_str() else {
        return Ok(None);
    };
    let parsed = text.parse();
    parsed
        .map(Some)
        .map_err(|_| Error::new(ErrorKind::InvalidOperation, "not a time"))
}

fn zone(state: &State<'_, '_>) -> TimeZone {
    let named = state.lookup("zone");
    let named = named.as_ref().and_then(|name| name.as_str());
    named.map_or(TimeZone::UTC, zone_named)
}

/// A time zone by its name; UTC where nobody knows it.
pub(crate) fn zone_named(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

fn now(state: &State<'_, '_>) -> Option<Timestamp> {
    let now = state.lookup("now")?;
    now.as_str()?.parse().ok()
}

/// `09:41` today, else `24 Nov 16:20`; the exact time and the zone when pointed at.
fn time(state: &State<'_, '_>, value: &Value) -> Result<Value, Error> {
    written(state, value, "%H:%M", "%-d %b %H:%M")
}

/// The same with seconds.
fn seconds(state: &State<'_, '_>, value: &Value) -> Result<Value, Error> {
    written(state, value, "%H:%M:%S", "%-d %b %H:%M:%S")
}

/// `today 09:41`, `Monday 23 November, 08:15`
fn since(state: &State<'_, '_>, value: &Value) -> Result<Value, Error> {
    written(state, value, "today %H:%M", "%A %-d %B, %H:%M")
}

fn written(state: &State<'_, '_>, value: &Value, today: &str, else_: &str) -> Result<Value, Error> {
    let Some(at) = parsed(value)? else {
        return Ok(Value::from("—"));
    };
    let zone = zone(state);
    let local = at.to_zoned_datetime(zone.clone());
    let is_today = now(state).is_some_and(|now| now.to_zoned_datetime(zone).date() == local.date());
    let shown = local
        .strftime(if is_today { today } else { else_ })
        .to_string();
    let exact = local.strftime("%Y-%m-%d %H:%M:%S %Z");
    Ok(Value::from_safe_string(format!(
        "<time datetime=\"{at}\" title=\"{exact}\">{shown}</time>"
    )))
}

/// `3 min ago`, `in 2 h`
fn ago(state: &State<'_, '_>, value: &Value) -> Result<String, Error> {
    let (Some(at), Some(now)) = (parsed(value)?, now(state)) else {
        return Ok(String::new());
    };
    let s = now.duration_since(at).as_secs();
    Ok(if s < 0 {
        format!("in {}", span(-s))
    } else {
        format!("{} ago", span(s))
    })
}

/// `18 s`, `15 min`, `6 h`, `3 days`
fn span(s: i64) -> String {
    match s {
        ..120 => format!("{s} s"),
        120..7_200 => format!("{} min", s / 60),
        7_200..172_800 => format!("{} h", s / 3_600),
        _ => format!("{} days", s / 86_400),
    }
}

/// `26 Nov`, of a day counted from 1970.
fn dayname(day: i64) -> String {
    let at = Timestamp::from_second(day.saturating_mul(86_400)).unwrap_or(Timestamp::UNIX_EPOCH);
    at.to_zoned_datetime(TimeZone::UTC)
        .strftime("%-d %b")
        .to_string()
}

/// A text as a part of an address (RFC 3986 §2.3).
pub(crate) fn part(text: &str) -> String {
    let letter = |byte: u8| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(letter).collect()
}

/// The English name of a language, of those that news is written in most; else its code.
fn language(code: &str) -> String {
    const NAMES: [(&str, &str); 30] = [
        ("ar", "Arabic"),
        ("bg", "Bulgarian"),
        ("bn", "Bengali"),
        ("cs", "Czech"),
        ("da", "Danish"),
        ("de", "German"),
        ("el", "Greek"),
        ("en", "English"),
        ("es", "Spanish"),
        ("fa", "Persian"),
        ("fi", "Finnish"),
        ("fr", "French"),
        ("he", "Hebrew"),
        ("hi", "Hindi"),
        ("hu", "Hungarian"),
        ("id", "Indonesian"),
        ("it", "Italian"),
        ("ja", "Japanese"),
        ("ko", "Korean"),
        ("ms", "Malay"),
        ("nl", "Dutch"),
        ("no", "Norwegian"),
        ("pl", "Polish"),
        ("pt", "Portuguese"),
        ("ru", "Russian"),
        ("th", "Thai"),
        ("tr", "Turkish"),
        ("uk", "Ukrainian"),
        ("vi", "Vietnamese"),
        ("zh", "Chinese"),
    ];
    let primary = code.split(['-', '_']).next().unwrap_or_default();
    let found = NAMES.iter().find(|(known, _)| *known == primary);
    found.map_or_else(|| code.to_owned(), |(_, name)| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use minijinja::context;

    use super::*;

    #[test]
    fn every_template_compiles_and_strangers_texts_are_text() {
        let templates = Templates::new();
        for (name, _) in TEMPLATES {
            assert!(templates.0.get_template(name).is_ok(), "{name}");
        }
        let mut environment = templates.0.clone();
        environment
            .add_template("t.html", "<a title=\"{{ x }}\">{{ x }}</a>{{ none }}")
            .unwrap();
        let hostile = "<script>\u{202e}\"'&\u{0}";
        let shown = environment
            .get_template("t.html")
            .unwrap()
            .render(context! { x => hostile });
        let shown = shown.unwrap();
        assert!(
            !shown.contains("<script") && !shown.contains('\u{202e}'),
            "{shown}"
        );
        assert_eq!(shown.matches('"').count(), 2, "{shown}");
    }

    #[test]
    fn a_clause_is_shown_with_its_code_its_times_and_its_alerts_and_nothing_of_it_is_markup() {
        let mut environment = Templates::new().0;
        environment.add_template("t.html", "{{ x|words }}").unwrap();
        let x = "lacks `<b>`, next try 2026-11-26T02:41:00Z: 92 words of alr_9c\"<i>; <script>";
        let now = "2026-11-26T03:00:00Z";
        let shown = environment.get_template("t.html").unwrap();
        let shown = shown
            .render(context! { x, now, zone => "Asia/Ho_Chi_Minh" })
            .unwrap();
        for part in [
            "<code>&lt;b&gt;</code>, next try <time",
            ">09:41:00</time>: 92",
            "href=\"/alerts/alr_9c%22%3Ci%3E\">alr_9c&quot;&lt;i&gt;</a>; ",
        ] {
            assert!(shown.contains(part), "{shown}");
        }
        assert!(!shown.contains("<script"), "{shown}");
        let pile = format!("e{}", "\u{301}".repeat(50));
        assert_eq!(clean(&pile).chars().count(), 1 + MAX_MARKS);
    }

    #[test]
    fn times_are_short_today_and_say_their_zone() {
        let mut environment = Templates::new().0;
        environment
            .add_template(
                "t.html",
                "{{ a|time }} {{ b|time }} {{ c|time }} {{ b|ago }}",
            )
            .unwrap();
        let shown = environment
            .get_template("t.html")
            .unwrap()
            .render(context! {
                now => "2026-11-26T03:00:00Z", zone => "Asia/Ho_Chi_Minh",
                a => "2026-11-26T02:41:00Z", b => "2026-11-24T09:20:00Z", c => (),
            });
        let shown = shown.unwrap();
        assert!(
            shown.contains(">09:41<") && shown.contains(">24 Nov 16:20<"),
            "{shown}"
        );
        assert!(
            shown.contains("2026-11-26 09:41:00 +07") && shown.contains("—"),
            "{shown}"
        );
        assert!(shown.ends_with("41 h ago"), "{shown}");
        assert_eq!(part("A/b ü"), "A%2Fb%20%C3%BC");
    }
}
