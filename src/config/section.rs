//! Reading a TOML table key by key: what is asked for is taken out, and `finish` reports the rest.
//!
//! A table is given up as it is read, so that a file of 100,000 watches is not held twice.

use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use super::masking;
use super::problem::{Kind, Problem, Report, quoted};
use super::shapes;
use super::source::{At, Place, Source};
use super::suggest::{SWITCHED_OFF, is_switch, meant};

/// Room for the keys that most tables are asked for.
const MANY_KEYS: usize = 16;

/// The keys of the file itself, which stand in no table.
const MAIN_KEYS: [&str; 3] = ["include", "state_dir", "timezone"];

/// A table of the file that is being read.
pub(super) struct Section<'i> {
    /// Its header, or its braces.
    pub(super) place: Place,
    table: DeTable<'i>,
    known: Vec<&'static str>,
    confidential: bool,
}

/// A value of the file that is being read.
pub(super) struct Value<'i> {
    /// Where it stands.
    pub(super) place: Place,
    written: DeValue<'i>,
    confidential: bool,
}

impl<'i> Section<'i> {
    /// The whole file.
    pub(super) fn root(source: &Arc<Source>, table: DeTable<'i>) -> Self {
        Self::new(&Place::of_file(source, 0..0), table)
    }

    fn new(place: &Place, table: DeTable<'i>) -> Self {
        Self {
            place: place.as_table(),
            table,
            known: Vec::with_capacity(MANY_KEYS),
            confidential: false,
        }
    }

    /// Takes the name in this table as that of the watch which all its problems are about.
    pub(super) fn belongs_to_watch(&mut self) {
        let name = self
            .table
            .get("name")
            .and_then(|name| name.get_ref().as_str());
        if let Some(name) = name {
            self.place.belong_to_watch(name);
        }
    }

    /// The value of a key, if it is there.
    pub(super) fn value(&mut self, key: &'static str) -> Option<Value<'i>> {
        self.known.push(key);
        // Most tables hold one key or two, and all of it was taken by then.
        if self.table.is_empty() {
            return None;
        }
        let value = self.table.remove(key)?;
        Some(Value {
            place: self.place.value_of(key, &value.span()),
            written: value.into_inner(),
            confidential: self.confidential,
        })
    }

    /// The value of a key; that it is missing is reported.
    pub(super) fn required(&mut self, key: &'static str, report: &Report) -> Option<Value<'i>> {
        let value = self.value(key);
        if value.is_none() {
            report_missing(&self.place, key, report);
        }
        value
    }

    /// A text.
    pub(super) fn string(&mut self, key: &'static str, report: &Report) -> Option<At<String>> {
        self.value(key)?.string(report)
    }

    /// A duration, not yet read.
    pub(super) fn duration(&mut self, key: &'static str, report: &Report) -> Option<At<String>> {
        let value = self.value(key)?;
        let text = value.written.as_str().map(str::to_owned);
        let expected = |value: &Value<'_>| match &value.written {
            DeValue::Integer(number) => format!(
                "a duration with its unit, in quotes: \"{number}s\", or for example \"15m\""
            ),
            _ => "a duration in quotes, for example \"15m\"".to_owned(),
        };
        value.expect(text, expected, report)
    }

    /// One of a few words, not yet read.
    pub(super) fn word(
        &mut self,
        key: &'static str,
        expected: &str,
        report: &Report,
    ) -> Option<At<String>> {
        let value = self.value(key)?;
        let text = value.written.as_str().map(str::to_owned);
        value.expect(text, |_| expected.to_owned(), report)
    }

    /// A list of texts.
    pub(super) fn strings(
        &mut self,
        key: &'static str,
        report: &Report,
    ) -> Option<At<Vec<At<String>>>> {
        self.value(key)?.strings(report)
    }

    /// A whole number.
    pub(super) fn integer(&mut self, key: &'static str, report: &Report) -> Option<At<i64>> {
        let value = self.value(key)?;
        let number = value
            .written
            .as_integer()
            .and_then(|number| i64::from_str_radix(number.as_str(), number.radix()).ok());
        let expected = |value: &Value<'_>| shapes::number_of(&value.written, "a whole number");
        value.expect(number, expected, report)
    }

    /// Yes or no.
    pub(super) fn boolean(&mut self, key: &'static str, report: &Report) -> Option<At<bool>> {
        let value = self.value(key)?;
        let yes = value.written.as_bool();
        let expected = |value: &Value<'_>| shapes::truth_of(&value.written).to_owned();
        value.expect(yes, expected, report)
    }

    /// A number.
    pub(super) fn number(&mut self, key: &'static str, report: &Report) -> Option<At<f64>> {
        let value = self.value(key)?;
        let number = match &value.written {
            DeValue::Integer(number) => i32::from_str_radix(number.as_str(), number.radix())
                .ok()
                .map(f64::from),
            DeValue::Float(number) => number.as_str().parse().ok(),
            _ => None,
        };
        let expected = |value: &Value<'_>| shapes::number_of(&value.written, "a number");
        value.expect(
            number.filter(|number: &f64| number.is_finite()),
            expected,
            report,
        )
    }

    /// A table.
    pub(super) fn table(&mut self, key: &'static str, report: &Report) -> Option<Self> {
        let value = self.value(key)?;
        let expected = if self.place.is_outermost() {
            match key {
                "alias" => "[alias] on a line of its own, and below it NAME = \"QUERY\"".to_owned(),
                _ => format!("a table: [{key}] on a line of its own and its keys below"),
            }
        } else {
            let example = shapes::example(key).unwrap_or("{ ... }");
            format!("a table: {key} = {example}")
        };
        // Written as a text it is "user:password", which no message may repeat.
        let value = if key == "auth" {
            value.confidential()
        } else {
            value
        };
        value.table_or(&expected, report)
    }

    /// What `read` makes of each table of a list: `[[feed]]`, counted from 1 in their paths.
    pub(super) fn each<T>(
        &mut self,
        key: &'static str,
        report: &Report,
        read: impl Fn(Self, &Report) -> T,
    ) -> Vec<T> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let header = format!("[[{key}]], with two brackets, above each {key}");
        match value.list_rows() {
            Ok(rows) => {
                let mut found = Vec::with_capacity(rows.size_hint().0);
                let tables = rows.filter_map(|row| row.table_or(&header, report));
                found.extend(tables.map(|table| read(table, report)));
                found
            }
            Err(value) if has_names_in_headers(&value.written) => value
                .named_rows(key, report)
                .into_iter()
                .map(|table| read(table, report))
                .collect(),
            // One table is read all the same, so that what else is wrong with it is told at once.
            Err(value) if matches!(value.written, DeValue::Table(_)) => {
                let message = format!("[{key}] stands for one, and there can be several");
                let hint = format!("write {header}");
                report.add(Problem::error(&value.place, Kind::BadValue, message).hint(hint));
                let path = format!("{}[1]", value.place.path());
                let place = value.place.under(&value.place.span(), path);
                let table = Value { place, ..*value }.table_or(&header, report);
                table.map(|table| read(table, report)).into_iter().collect()
            }
            Err(value) => {
                value.report_type(&header, report);
                Vec::new()
            }
        }
    }

    /// Reports tables whose names are mistyped or in the plural, and gives them their right names, so that what
    /// is in them is read.
    pub(super) fn adopt_mistyped(&mut self, tables: &[&'static str], report: &Report) {
        let written: Vec<String> = self
            .table
            .iter()
            .filter(|(_, value)| is_table(value.get_ref()))
            .map(|(name, _)| name.get_ref().to_string())
            .collect();
        for name in written {
            let is_known = tables.contains(&name.as_str());
            let right = meant(&name, &tables.iter().copied()).filter(|_| !is_known);
            let Some(right) = right else { continue };
            let Some((key, value)) = self.table.remove_entry(name.as_str()) else {
                continue;
            };
            let is_list = matches!(value.get_ref(), DeValue::Array(_));
            let shown = if is_list {
                format!("[[{right}]]")
            } else {
                format!("[{right}]")
            };
            let place = self.place.under(&key.span(), name.clone());
            let message = format!("there is no table {}", quoted(&name));
            let hint = format!("did you mean {shown}?");
            report.add(Problem::error(&place, Kind::UnknownKey, message).hint(hint));
            let known = self.table.remove_entry(right);
            let merged = match (known, value) {
                (None, value) => (toml::Spanned::new(key.span(), right.into()), value),
                (Some((key, known)), value) => (key, joined(known, value)),
            };
            self.table.insert(merged.0, merged.1);
        }
    }

    /// Every key of this table with its value, in the order of the file.
    pub(super) fn named_values(mut self) -> Vec<(At<String>, Value<'i>)> {
        let mut rows: Vec<_> = std::mem::take(&mut self.table).into_iter().collect();
        rows.sort_by_key(|(name, _)| name.span().start);
        rows.into_iter()
            .map(|(name, value)| {
                let path = self.path_of(name.get_ref());
                let value = Value {
                    place: self.place.under(&value.span(), path.clone()),
                    written: value.into_inner(),
                    confidential: self.confidential,
                };
                let name = At {
                    place: self.place.under(&name.span(), path),
                    value: name.into_inner().into_owned(),
                };
                (name, value)
            })
            .collect()
    }

    /// Every key of this table with its text, in the order of the file.
    pub(super) fn named_strings(self, report: &Report) -> Vec<(At<String>, At<String>)> {
        self.named_values()
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.string(report)?)))
            .collect()
    }

    /// Reports a key that must not stand here, and why.
    pub(super) fn refuse(&mut self, key: &'static str, why: &str, report: &Report) {
        let Some((name, _)) = self.table.remove_entry(key) else {
            return;
        };
        self.known.push(key);
        let place = self.place.under(&name.span(), key.to_owned());
        let message = "this key does not belong in an included file";
        report.add(Problem::error(&place, Kind::UnknownKey, message).hint(why));
    }

    /// Reports keys that must not stand in this table nor in any within it, and why.
    pub(super) fn refuse_within(&self, refused: &[(&str, &str)], report: &Report) {
        let mut tables: Vec<(String, &DeTable<'_>)> = vec![(String::new(), &self.table)];
        while let Some((path, table)) = tables.pop() {
            for (key, value) in table {
                let path = match path.as_str() {
                    "" => key.get_ref().to_string(),
                    path => format!("{path}.{}", key.get_ref()),
                };
                if let Some((_, why)) = refused.iter().find(|(name, _)| *name == key.get_ref()) {
                    let place = self.place.under(&key.span(), path.clone());
                    let message = format!("{} stands in files alone", quoted(key.get_ref()));
                    report.add(Problem::error(&place, Kind::NotAllowed, message).hint(why));
                }
                match value.get_ref() {
                    DeValue::Table(inner) => tables.push((path, inner)),
                    DeValue::Array(rows) => {
                        let inner = rows.iter().filter_map(|row| row.get_ref().as_table());
                        tables.extend(inner.map(|table| (path.clone(), table)));
                    }
                    _ => {}
                }
            }
        }
    }

    /// Whether the table holds anything that was not asked for yet.
    pub(super) fn has_any(&self) -> bool {
        !self.table.is_empty()
    }

    /// Reports every key that nobody asked for.
    pub(super) fn finish(self, report: &Report) {
        for (name, _) in &self.table {
            let key: &str = name.get_ref();
            let place = self.place.under(&name.span(), self.path_of(key));
            let message = format!("there is no key {} here", quoted(key));
            let hint = self.hint_for(key);
            let stands_for = self
                .inner_of(key)
                .or_else(|| meant(key, &self.known.iter().copied()))
                .unwrap_or_default();
            report.add(
                Problem::error(&place, Kind::UnknownKey, message)
                    .hint(hint)
                    .about(&self.place.path(), stands_for),
            );
        }
    }

    fn hint_for(&self, key: &str) -> String {
        // In TOML a key belongs to the table header above it, however far above.
        if !self.place.is_outermost() && MAIN_KEYS.contains(&key) {
            return format!("{key} stands above the first line with a [table]");
        }
        if let Some(elsewhere) = shapes::elsewhere(&self.place.path(), key) {
            return elsewhere;
        }
        if is_switch(key) && self.known.contains(&"enabled") {
            return "a watch is paused by enabled = false".to_owned();
        }
        if is_switch(key) {
            return SWITCHED_OFF.to_owned();
        }
        if let Some(inner) = self.inner_of(key) {
            return format!("it stands inside another table: {inner} = {{ {key} = ... }}");
        }
        match meant(key, &self.known.iter().copied()) {
            Some(meant) => format!("did you mean \"{meant}\"?"),
            None => match shapes::home(key).filter(|_| !self.known.contains(&key)) {
                Some(home) => format!("it is a key of {home}"),
                None => format!("the keys are: {}", self.known.join(", ")),
            },
        }
    }

    /// The table within this one that a key belongs to.
    fn inner_of(&self, key: &str) -> Option<&'static str> {
        const INNER: [(&str, &str); 10] = [
            ("host", "smtp"),
            ("port", "smtp"),
            ("tls", "smtp"),
            ("username", "smtp"),
            ("password", "smtp"),
            ("ca_file", "smtp"),
            ("body", "article"),
            ("byline", "article"),
            ("published", "article"),
            ("item", "listing"),
        ];
        let (_, inner) = INNER.iter().find(|(inside, _)| *inside == key)?;
        self.known.contains(inner).then_some(*inner)
    }

    fn path_of(&self, key: &str) -> String {
        if self.place.is_outermost() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.place.path())
        }
    }
}

impl<'i> Value<'i> {
    /// The same value, which no message may repeat.
    pub(super) fn confidential(self) -> Self {
        Self {
            confidential: true,
            ..self
        }
    }

    /// Whether it is a text.
    pub(super) fn is_string(&self) -> bool {
        self.written.is_str()
    }

    /// Whether it is a table.
    pub(super) fn is_table(&self) -> bool {
        self.written.is_table()
    }

    /// The text, or a report that it is none.
    pub(super) fn string(self, report: &Report) -> Option<At<String>> {
        if let Some(text) = self.written.as_str()
            && self.place.source().text(self.place.span()).starts_with('"')
            && let Some(letter) = control_letter(text)
        {
            let message = format!("\\{letter} in double quotes is a control character");
            let hint = "put the text in single quotes, in which \\ means nothing special";
            report.add(Problem::error(&self.place, Kind::BadValue, message).hint(hint));
            return None;
        }
        let text = self.written.as_str().map(str::to_owned);
        let expected = |value: &Self| {
            if value.confidential {
                "a text in quotes".to_owned()
            } else {
                shapes::text_of(&value.place.path(), &value.written, &value.found())
            }
        };
        self.expect(text, expected, report)
    }

    /// The list of texts, or a report for each part that is none.
    pub(super) fn strings(self, report: &Report) -> Option<At<Vec<At<String>>>> {
        let place = self.place.clone();
        match self.list_rows() {
            Ok(rows) => Some(At {
                value: rows.filter_map(|row| row.string(report)).collect(),
                place,
            }),
            Err(value) => {
                let expected = match value.written.as_str() {
                    Some(text) if !value.confidential => shapes::list_of(&value.place.path(), text),
                    _ => {
                        let path = value.place.path();
                        let key = path.rsplit('.').next().unwrap_or_default();
                        let example = shapes::example(key).unwrap_or("[\"...\", \"...\"]");
                        format!("a list of texts: {example}")
                    }
                };
                value.report_type(&expected, report);
                None
            }
        }
    }

    /// The tables under `[channel.desk]` and the like, each with the name in its header, which is reported.
    fn named_rows(self, key: &str, report: &Report) -> Vec<Section<'i>> {
        let DeValue::Table(tables) = self.written else {
            return Vec::new();
        };
        let mut rows = Vec::new();
        for (name, value) in tables {
            let place = self
                .place
                .under(&name.span(), format!("{key}[{}]", rows.len() + 1));
            let message = format!(
                "a name does not stand in the header: [{key}.{}]",
                name.get_ref()
            );
            let hint = format!(
                "write [[{key}]], and on the next line name = {}",
                quoted(name.get_ref())
            );
            report.add(Problem::error(&place, Kind::BadValue, message).hint(hint));
            let name = toml::Spanned::new(name.span(), DeValue::String(name.into_inner()));
            let table = match value.into_inner() {
                DeValue::Table(table) => Some(table),
                DeValue::Array(tables) => {
                    tables.into_iter().find_map(|row| match row.into_inner() {
                        DeValue::Table(table) => Some(table),
                        _ => None,
                    })
                }
                _ => None,
            };
            let Some(mut table) = table else { continue };
            if !table.contains_key("name") {
                table.insert(toml::Spanned::new(name.span(), "name".into()), name);
            }
            rows.push(Section::new(&place, table));
        }
        rows
    }

    /// The table, or a report that it is none.
    pub(super) fn table_or(self, expected: &str, report: &Report) -> Option<Section<'i>> {
        let DeValue::Table(table) = self.written else {
            self.report_type(expected, report);
            return None;
        };
        let mut section = Section::new(&self.place, table);
        section.confidential = self.confidential;
        Some(section)
    }

    /// The parts of a list, counted from 1 in their paths; the value itself when it is no list.
    pub(super) fn list_rows(self) -> Result<impl Iterator<Item = Self>, Box<Self>> {
        let DeValue::Array(rows) = self.written else {
            return Err(Box::new(self));
        };
        let (list, confidential) = (self.place, self.confidential);
        Ok(rows.into_iter().enumerate().map(move |(index, row)| Self {
            place: list.row(index + 1, &row.span()),
            written: row.into_inner(),
            confidential,
        }))
    }

    /// A value that was read, or a report of what was `expected` in its place.
    fn expect<T>(
        self,
        value: Option<T>,
        expected: impl FnOnce(&Self) -> String,
        report: &Report,
    ) -> Option<At<T>> {
        let Some(value) = value else {
            self.report_type(&expected(&self), report);
            return None;
        };
        Some(At {
            value,
            place: self.place,
        })
    }

    fn report_type(&self, expected: &str, report: &Report) {
        let found = if self.confidential {
            self.type_name().to_owned()
        } else {
            self.found()
        };
        let message = format!("{found} cannot stand here");
        let hint = format!("write {expected}");
        report.add(Problem::error(&self.place, Kind::BadValue, message).hint(hint));
    }

    /// The value as it was found, for a message.
    fn found(&self) -> String {
        match &self.written {
            // The path of an address may be what lets one in.
            DeValue::String(text) if text.contains("://") => quoted(&masking::host_of(text)),
            DeValue::String(text) => quoted(text),
            DeValue::Integer(number) => number.to_string(),
            DeValue::Float(number) => number.to_string(),
            DeValue::Boolean(truth) => truth.to_string(),
            DeValue::Datetime(time) => time.to_string(),
            DeValue::Array(_) | DeValue::Table(_) => self.type_name().to_owned(),
        }
    }

    fn type_name(&self) -> &'static str {
        match self.written {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        }
    }
}

/// Whether a value is a table or a list of tables.
fn is_table(value: &DeValue<'_>) -> bool {
    match value {
        DeValue::Table(_) => true,
        DeValue::Array(rows) => rows.iter().any(|row| row.get_ref().is_table()),
        _ => false,
    }
}

/// Whether a table holds nothing but tables that are none of its own: `[channel.desk]`, where `[[channel]]` and a name
/// are meant.
fn has_names_in_headers(value: &DeValue<'_>) -> bool {
    const INNER: [&str; 12] = [
        "article", "listing", "auth", "headers", "smtp", "digest", "quiet", "budget", "storm",
        "escalate", "if", "secret",
    ];
    value.as_table().is_some_and(|table| {
        !table.is_empty()
            && table.iter().all(|(key, value)| {
                is_table(value.get_ref()) && !INNER.contains(&key.get_ref().as_ref())
            })
    })
}

/// Two lists of tables as one; of anything else the first.
fn joined<'i>(
    first: toml::Spanned<DeValue<'i>>,
    second: toml::Spanned<DeValue<'i>>,
) -> toml::Spanned<DeValue<'i>> {
    let span = first.span();
    match (first.into_inner(), second.into_inner()) {
        (DeValue::Array(mut rows), DeValue::Array(more)) => {
            for row in more {
                rows.push(row);
            }
            toml::Spanned::new(span, DeValue::Array(rows))
        }
        (first, _) => toml::Spanned::new(span, first),
    }
}

/// The letter of an escape that no configuration means: `\b`, the start of a word in a regular expression, is a
/// backspace in double quotes.
fn control_letter(text: &str) -> Option<char> {
    text.chars().find_map(|c| match c {
        '\u{8}' => Some('b'),
        '\u{c}' => Some('f'),
        _ => None,
    })
}

/// Reports that a table lacks a key, unless it is there and wrong.
pub(super) fn report_missing(table: &Place, key: &str, report: &Report) {
    if report.has_blamed(table, key) {
        return;
    }
    let message = format!("the key \"{key}\" is missing");
    // Keys of inner tables have names that mean something else further out.
    let path = table.path();
    let is_inner = path.contains('.');
    let example =
        shapes::example(key).filter(|_| !matches!(key, "url" | "to") || key == "to" && !is_inner);
    let hint = format!("add {key} = {}", example.unwrap_or("..."));
    report.add(
        Problem::error(table, Kind::MissingKey, message)
            .hint(hint)
            .about(&path, key),
    );
}
