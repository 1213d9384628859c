//! `template` of a channel: texts of the operator's in the place of the built-in ones.

use std::fs;

use crate::config::paths;
use crate::config::problem::{Kind, Problem, Report, quoted};
use crate::config::section::{Section, Value};
use crate::config::source::{At, Place};
use crate::render::{Part, Reader, Templates, parts_of};

/// The largest file that is read; a template has a smaller limit of its own.
const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// What a template is written as.
const EXPECTED: &str = "a text in quotes, or { file = \"PATH\" }";

/// The templates of a channel as they are written.
#[derive(Default)]
pub(super) struct RawTemplates(Vec<(Part, Place, Written)>);

/// Where a template stands.
enum Written {
    Here(String),
    File(At<String>),
}

impl RawTemplates {
    /// Reads `template = { ... }` of a type of channel.
    pub(super) fn read(section: &mut Section<'_>, channel_type: &str, report: &Report) -> Self {
        let parts = parts_of(channel_type);
        if parts.is_empty() {
            let why = format!("messages of type \"{channel_type}\" have no template");
            section.refuse("template", &why, report);
            return Self::default();
        }
        let Some(mut table) = section.table("template", report) else {
            return Self::default();
        };
        let mut templates = Vec::new();
        for part in parts {
            if let Some(value) = table.value(part.as_str()) {
                let place = value.place.clone();
                templates.extend(written(value, report).map(|written| (part, place, written)));
            }
        }
        table.finish(report);
        Self(templates)
    }

    /// Compiles them, and tries them with messages of every kind and with articles that are made to do harm.
    pub(super) fn check(
        &self,
        channel_type: &str,
        media: Option<&str>,
        reader: &Reader,
        report: &Report,
    ) -> Templates {
        let mut good = Vec::new();
        for (part, place, written) in &self.0 {
            let text = match written {
                Written::Here(text) => Some(text.clone()),
                Written::File(path) => file(path, report),
            };
            let Some(text) = text else { continue };
            match Templates::compile(channel_type, media, vec![(*part, text.clone())]) {
                Ok(_) => {
                    warn_of_single_braces(place, &text, report);
                    good.push((*part, text));
                }
                Err((_, wrong)) => {
                    let message = format!("this is no template: {wrong}");
                    let hint = "docs/CHANNELS.md tells what a template can hold";
                    report.add(Problem::error(place, Kind::BadValue, message).hint(hint));
                }
            }
        }
        let templates = Templates::compile(channel_type, media, good).unwrap_or_default();
        for (part, problem) in templates.tried(reader) {
            let written = self.0.iter().find(|(known, ..)| *known == part);
            if let Some((_, place, _)) = written {
                let message = format!("{problem}; the built-in form is sent then");
                let hint = "see what it makes of a message: newswatch template try CHANNEL";
                report.add(Problem::warning(place, Kind::BadValue, message).hint(hint));
            }
        }
        templates
    }
}

fn written(value: Value<'_>, report: &Report) -> Option<Written> {
    if value.is_string() {
        return Some(Written::Here(value.string(report)?.value));
    }
    let mut table = value.table_or(EXPECTED, report)?;
    let path = table
        .required("file", report)
        .and_then(|path| path.string(report));
    table.finish(report);
    path.map(Written::File)
}

fn file(path: &At<String>, report: &Report) -> Option<String> {
    let refuse = |message: String, hint: &str| {
        report.add(Problem::error(&path.place, Kind::File, message).hint(hint));
        None
    };
    let full = match paths::resolve(&path.place, &path.value) {
        Ok(full) => full,
        Err(hint) => return refuse(format!("{} is not a path", quoted(&path.value)), &hint),
    };
    let size = fs::metadata(&full).map(|meta| meta.len());
    if size.is_ok_and(|bytes| bytes > MAX_FILE_BYTES) {
        let message = format!(
            "{} is larger than {MAX_FILE_BYTES} bytes",
            quoted(&path.value)
        );
        return refuse(message, "name a file with a template");
    }
    match fs::read_to_string(&full) {
        Ok(text) => Some(text),
        Err(error) => refuse(
            format!("{}: {}", quoted(&path.value), paths::reason(&error)),
            "name a file with a template, in UTF-8",
        ),
    }
}

/// Warns of `{title}` and `${title}`, which other programs fill: here they are printed as they stand.
fn warn_of_single_braces(place: &Place, text: &str, report: &Report) {
    let found = text.match_indices('{').find_map(|(start, _)| {
        let is_double = text
            .get(..start)
            .is_some_and(|before| before.ends_with('{'));
        let (name, _) = text.get(start + 1..)?.split_once('}')?;
        let is_name = !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_ascii_lowercase() || c == '_' || c == '.');
        (is_name && !is_double).then_some(name)
    });
    if let Some(name) = found {
        let message = format!("{{{name}}} is printed as it stands");
        let hint = format!("write {{{{ {name} }}}} for its value");
        report.add(Problem::warning(place, Kind::BadValue, message).hint(hint));
    }
}
