//! What can be written by a template, for each type of channel: how values are escaped there, and how long it may be.

use super::super::chat::utf16;
use super::super::escape::{header, html};
use super::super::markdown::{self, Mentions};
use super::super::message::Part;

/// How a value is made inert where it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escape {
    /// The place reads no markup.
    None,
    /// HTML and XML.
    Html,
    /// Inside the quotes of a JSON string.
    Json,
    /// A field of `application/x-www-form-urlencoded`.
    Form,
    /// Slack's `&`, `<` and `>`.
    Angle,
    /// Markdown, mentions escaped.
    Markdown,
    /// Markdown where mentions must be broken.
    Broken,
}

impl Escape {
    /// Makes a text inert.
    pub(super) fn apply(self, text: &str) -> String {
        match self {
            Self::None => text.to_owned(),
            Self::Html => text.split('\n').map(html).collect::<Vec<_>>().join("\n"),
            Self::Json => {
                let quoted = serde_json::Value::from(text).to_string();
                let inside = quoted
                    .strip_prefix('"')
                    .and_then(|rest| rest.strip_suffix('"'));
                inside.unwrap_or_default().to_owned()
            }
            Self::Form => url::form_urlencoded::byte_serialize(text.as_bytes()).collect(),
            Self::Angle => text
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;"),
            Self::Markdown => lines_escaped(text, Mentions::Escaped),
            Self::Broken => lines_escaped(text, Mentions::Broken),
        }
    }
}

fn lines_escaped(text: &str, mentions: Mentions) -> String {
    text.split('\n')
        .map(|line| markdown::escaped(line, mentions))
        .collect::<Vec<_>>()
        .join("\n")
}

/// What a part must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) escape: Escape,
    size: Size,
    form: Form,
}

/// How long a part may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Size {
    Bytes(usize),
    Units(usize),
}

/// What a part must look like beside its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Any,
    OneLine,
    Json,
    /// The tags that Telegram knows, each closed.
    TelegramTags,
}

/// The longest subject that is kept.
const MAX_SUBJECT_CHARS: usize = 200;

/// The largest body: what a receiver can be expected to take.
const MAX_BODY_BYTES: usize = 100_000;

const fn rule(escape: Escape, size: Size, form: Form) -> Rule {
    Rule { escape, size, form }
}

const fn text(escape: Escape, size: Size) -> [(Part, Rule); 1] {
    [(Part::Text, rule(escape, size, Form::Any))]
}

const EMAIL: [(Part, Rule); 3] = [
    (
        Part::Subject,
        rule(Escape::None, Size::Bytes(10_000), Form::OneLine),
    ),
    (
        Part::Text,
        rule(Escape::None, Size::Bytes(200_000), Form::Any),
    ),
    (
        Part::Html,
        rule(Escape::Html, Size::Bytes(80_000), Form::Any),
    ),
];
const BODY: [(Part, Rule); 1] = [(
    Part::Body,
    rule(Escape::Json, Size::Bytes(MAX_BODY_BYTES), Form::Json),
)];
const SLACK: [(Part, Rule); 1] = text(Escape::Angle, Size::Units(12_000));
const DISCORD: [(Part, Rule); 1] = text(Escape::Markdown, Size::Units(4_096));
const TELEGRAM: [(Part, Rule); 1] = [(
    Part::Text,
    rule(Escape::Html, Size::Units(4_000), Form::TelegramTags),
)];
const MATTERMOST: [(Part, Rule); 1] = text(Escape::Broken, Size::Units(3_500));
const TEAMS: [(Part, Rule); 1] = text(Escape::None, Size::Bytes(15_000));
const NTFY: [(Part, Rule); 1] = text(Escape::None, Size::Bytes(4_000));
const MATRIX: [(Part, Rule); 1] = text(Escape::None, Size::Bytes(30_000));
const PUSH: [(Part, Rule); 1] = text(Escape::None, Size::Bytes(8_000));
const CONSOLE: [(Part, Rule); 1] = text(Escape::None, Size::Bytes(100_000));
const SYSLOG: [(Part, Rule); 1] = [(
    Part::Text,
    rule(Escape::None, Size::Bytes(2_000), Form::OneLine),
)];

/// What a type of channel has templates for.
pub(super) fn rules(channel_type: &str) -> &'static [(Part, Rule)] {
    match channel_type {
        "email" => &EMAIL,
        "webhook" | "exec" => &BODY,
        "slack" => &SLACK,
        "discord" => &DISCORD,
        "teams" => &TEAMS,
        "telegram" => &TELEGRAM,
        "ntfy" => &NTFY,
        "matrix" => &MATRIX,
        "mattermost" => &MATTERMOST,
        "gotify" | "apprise" => &PUSH,
        "console" => &CONSOLE,
        "syslog" => &SYSLOG,
        _ => &[],
    }
}

impl Rule {
    /// The rule of a body of a type: what it is said to be, else JSON where it begins so.
    pub(super) fn of_body(self, part: Part, media: Option<&str>, source: &str) -> Self {
        if part != Part::Body {
            return self;
        }
        let media = media.map(|media| {
            let essence = media.split(';').next().unwrap_or_default();
            essence.trim().to_ascii_lowercase()
        });
        let (escape, form) = match media.as_deref() {
            Some("application/x-www-form-urlencoded") => (Escape::Form, Form::Any),
            Some(media) if media.ends_with("json") => (Escape::Json, Form::Json),
            Some(media) if media.ends_with("html") || media.ends_with("xml") => {
                (Escape::Html, Form::Any)
            }
            None if source.trim_start().starts_with(['{', '[']) => (Escape::Json, Form::Json),
            Some(_) | None => (Escape::None, Form::Any),
        };
        Self {
            escape,
            form,
            ..self
        }
    }

    /// More than this is never written; a text that is too long is found by [`Rule::checked`].
    pub(super) fn max_bytes(self) -> usize {
        match self.size {
            Size::Bytes(max) => max,
            Size::Units(max) => 4 * max,
        }
    }

    /// What a template has written, if it can stand where it goes.
    pub(super) fn checked(self, written: &str) -> Result<String, String> {
        let written = without_controls(written);
        let (size, max, unit) = match self.size {
            Size::Bytes(max) => (written.len(), max, "bytes"),
            Size::Units(max) => (utf16(&written), max, "UTF-16 units"),
        };
        if size > max {
            return Err(format!("it writes more than {max} {unit}"));
        }
        if written.trim().is_empty() {
            return Err("it writes nothing".to_owned());
        }
        match self.form {
            Form::Any => Ok(written),
            Form::OneLine => Ok(header(&written, MAX_SUBJECT_CHARS.max(max / 10))),
            Form::Json => match serde_json::from_str::<serde::de::IgnoredAny>(&written) {
                Ok(_) => Ok(written),
                Err(wrong) => Err(format!("what it writes is not JSON: {wrong}")),
            },
            Form::TelegramTags => tags_checked(&written).map(|()| written),
        }
    }
}

/// Drops what commands a terminal or ends a line in another way than by a line feed.
fn without_controls(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .filter(|c| *c == '\n' || *c == '\t' || !c.is_control())
        .collect()
}

/// Tags that Telegram knows (core.telegram.org/bots/api: "HTML style"); it refuses a message with any other.
const TELEGRAM_TAGS: [&str; 16] = [
    "b",
    "strong",
    "i",
    "em",
    "u",
    "ins",
    "s",
    "strike",
    "del",
    "span",
    "tg-spoiler",
    "a",
    "code",
    "pre",
    "blockquote",
    "tg-time",
];

fn tags_checked(text: &str) -> Result<(), String> {
    let mut open: Vec<&str> = Vec::new();
    for piece in text.split('<').skip(1) {
        let Some((tag, _)) = piece.split_once('>') else {
            return Err("a < is no tag; write &lt;".to_owned());
        };
        let name = tag.trim_start_matches('/').split([' ', '\n']).next();
        let name = name.unwrap_or_default();
        if !TELEGRAM_TAGS.contains(&name) {
            return Err(format!(
                "Telegram knows no tag <{}>",
                super::super::escape::one_line(name, 20)
            ));
        }
        if !tag.starts_with('/') {
            open.push(name);
        } else if open.pop() != Some(name) {
            return Err(format!("</{name}> closes nothing"));
        }
    }
    match open.pop() {
        None => Ok(()),
        Some(name) => Err(format!("<{name}> is not closed")),
    }
}
