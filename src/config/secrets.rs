//! Secrets: passwords and signing keys, which are named in the configuration and kept elsewhere.
//!
//! Takes where a secret is kept, gives the secret as a `SecretString`. No message repeats one, nor any part
//! of one.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use secrecy::{ExposeSecret as _, SecretString};

use super::environment::{Environment, credentials_dir};
use super::paths;
use super::problem::{Kind, Problem, Report, quoted};
use super::section::{Section, Value};
use super::source::{At, Place, Readers};

/// The most bytes that are read of a secret's file.
const MAX_SECRET_BYTES: u64 = 64 * 1024;

/// What a secret can be.
pub(super) const SECRET: &str =
    "{ credential = \"NAME\" }, { file = \"PATH\" } or { env = \"NAME\" }";

/// What an address that lets in whoever knows it can be.
pub(super) const ADDRESS: &str =
    "an address in quotes, or { credential = \"NAME\" }, { file = \"PATH\" } or { env = \"NAME\" }";

/// What the value of a header field can be.
const FIELD: &str =
    "a text in quotes, or { credential = \"NAME\" }, { file = \"PATH\" } or { env = \"NAME\" }";

/// What to write where a secret stands.
const WAYS: &str =
    "write one of { credential = \"NAME\" }, { file = \"PATH\" } and { env = \"NAME\" }";

/// Where a secret is kept.
pub(super) struct RawSecret {
    pub(super) place: Place,
    pub(super) kept: SecretKept,
}

/// The ways to say where a secret is kept.
pub(super) enum SecretKept {
    /// In the configuration itself.
    Here(SecretString),
    /// A credential of the service manager, by name.
    Credential(At<String>),
    /// A file.
    File(At<String>),
    /// An environment variable, by name.
    Env(At<String>),
}

/// Whether the configuration can be used without its secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrets {
    /// No: a secret that cannot be read is an error. For whoever sends.
    Required,
    /// Yes: it is a warning, and an empty secret takes its place. For whoever only reads the watches; the
    /// channels of such a configuration must not be used.
    Optional,
}

impl RawSecret {
    /// Reads `secret = ...` or `secret = [..., ...]`.
    pub(super) fn read_one_or_more(value: Value<'_>, report: &Report) -> Option<At<Vec<Self>>> {
        let place = value.place.clone();
        let secrets = match value.list_rows() {
            Ok(rows) => rows
                .filter_map(|row| Self::read(row, SECRET, report))
                .collect(),
            Err(value) => vec![Self::read(*value, SECRET, report)?],
        };
        Some(At {
            value: secrets,
            place,
        })
    }

    /// Reads a text or `{ credential = ... }`, `{ file = ... }`, `{ env = ... }`.
    pub(super) fn read(value: Value<'_>, expected: &str, report: &Report) -> Option<Self> {
        let value = value.confidential();
        let place = value.place.clone();
        if value.is_string() {
            let text = value.string(report)?.value;
            let kept = SecretKept::Here(SecretString::from(text));
            return Some(Self { place, kept });
        }
        let mut section = value.table_or(expected, report)?;
        let named = section.has_any();
        let ways = [
            section
                .string("credential", report)
                .map(SecretKept::Credential),
            section.string("file", report).map(SecretKept::File),
            section.string("env", report).map(SecretKept::Env),
        ];
        section.finish(report);
        let mut ways = ways.into_iter().flatten();
        match (ways.next(), ways.next()) {
            (Some(kept), None) => Some(Self { place, kept }),
            (first, _) => {
                if first.is_some() || !named {
                    report_ways(&place, report);
                }
                None
            }
        }
    }
}

/// The fields of `headers`, whose values may be secrets.
pub(super) fn header_fields(section: Section<'_>, report: &Report) -> Vec<(At<String>, RawSecret)> {
    section
        .named_values()
        .into_iter()
        .filter_map(|(name, value)| Some((name, RawSecret::read(value, FIELD, report)?)))
        .collect()
}

/// Gets at secrets.
pub(super) struct Vault<'a> {
    pub(super) environment: &'a dyn Environment,
    pub(super) secrets: Secrets,
    pub(super) report: &'a Report,
}

impl Vault<'_> {
    /// Reads a secret. One that cannot be read is reported; it comes back empty where that is no error.
    pub(super) fn open(&self, secret: &RawSecret) -> Option<SecretString> {
        let opened = match &secret.kept {
            SecretKept::Here(text) => {
                self.report_literal(&secret.place, text);
                Ok(text.clone())
            }
            SecretKept::Credential(name) => self.credential(name),
            SecretKept::File(path) => self.file(path),
            SecretKept::Env(name) => self.variable(name),
        };
        match opened.and_then(not_empty) {
            Ok(text) => Some(text),
            Err(unreadable) => self.report_unreadable(secret, unreadable),
        }
    }

    /// Reads what may be a secret and need not be one: where it stands in the configuration itself, nothing is said of it
    /// unless it is one, by `is_secret`, and others can read the file.
    pub(super) fn open_plain(
        &self,
        value: &RawSecret,
        is_secret: impl Fn(&str) -> bool,
    ) -> Option<SecretString> {
        match &value.kept {
            SecretKept::Here(text)
                if value.place.source().readers == Readers::Owner
                    || !is_secret(text.expose_secret()) =>
            {
                Some(text.clone())
            }
            SecretKept::Here(_)
            | SecretKept::Credential(_)
            | SecretKept::File(_)
            | SecretKept::Env(_) => self.open(value),
        }
    }

    fn credential(&self, name: &At<String>) -> Result<SecretString, Unreadable> {
        let is_plain = !name.value.is_empty()
            && name.value != "."
            && name.value != ".."
            && !name.value.contains(['/', '\0']);
        if !is_plain {
            let message = format!("{} is not the name of a credential", quoted(&name.value));
            return Err(Unreadable::mistake(
                message,
                "write a file name without folders",
            ));
        }
        let Some(folder) = credentials_dir(self.environment) else {
            let hint = format!(
                "start newswatch by a systemd unit with LoadCredential={}:/path/to/the/secret",
                name.value
            );
            return Err(Unreadable::absent(
                "$CREDENTIALS_DIRECTORY is not set",
                hint,
            ));
        };
        read_text(&folder.join(&name.value)).map_err(|cause| {
            let message = format!("the credential {}: {cause}", quoted(&name.value));
            let hint = format!(
                "add LoadCredential={}:/path/to/the/secret to the unit",
                name.value
            );
            Unreadable::absent(message, hint)
        })
    }

    fn file(&self, path: &At<String>) -> Result<SecretString, Unreadable> {
        let full = paths::resolve(&path.place, &path.value).map_err(|hint| {
            Unreadable::mistake(format!("{} is not a path", quoted(&path.value)), hint)
        })?;
        let text = read_text(&full).map_err(|cause| {
            let message = format!("{}: {cause}", quoted(&path.value));
            Unreadable::absent(
                message,
                "give the full path of a file that holds nothing but the secret",
            )
        })?;
        if paths::readers(&full) == Readers::Others {
            let message = format!("others than its owner can read {}", quoted(&path.value));
            let problem = Problem::warning(&path.place, Kind::Secret, message);
            self.report
                .add(problem.hint("take the others' rights away: chmod 600"));
        }
        Ok(text)
    }

    fn variable(&self, name: &At<String>) -> Result<SecretString, Unreadable> {
        let bare = bare_variable(&name.value);
        if bare != name.value {
            let message = format!("{} is not the name of a variable", quoted(&name.value));
            return Err(Unreadable::mistake(
                message,
                format!("write {}", quoted(bare)),
            ));
        }
        let Some(value) = self.environment.variable(&name.value) else {
            let message = format!(
                "the environment variable {} is not set",
                quoted(&name.value)
            );
            return Err(Unreadable::absent(
                message,
                "set it, or name a credential or a file",
            ));
        };
        let message = "an environment variable can be seen by other programs of the same user";
        let problem = Problem::warning(&name.place, Kind::Secret, message);
        self.report
            .add(problem.hint("a credential or a file is safer"));
        let Ok(text) = value.into_string() else {
            let message = format!(
                "the environment variable {} is not UTF-8",
                quoted(&name.value)
            );
            return Err(Unreadable::absent(message, "secrets are text"));
        };
        Ok(SecretString::from(text))
    }

    fn report_literal(&self, place: &Place, text: &SecretString) {
        if let Some(hint) = names_a_place(text.expose_secret()) {
            let message = "this is taken as the secret itself, and reads like the name of a place";
            self.report
                .add(Problem::error(place, Kind::Secret, message).hint(hint));
            return;
        }
        let problem = match place.source().readers {
            Readers::Owner => Problem::warning(
                place,
                Kind::Secret,
                "the secret stands in the configuration itself",
            ),
            Readers::Others => Problem::error(
                place,
                Kind::Secret,
                "the secret stands in a file that others than its owner can read",
            ),
        };
        let hint = match place.source().readers {
            Readers::Owner => WAYS.to_owned(),
            Readers::Others => format!("{WAYS}, or chmod 600 the file"),
        };
        self.report.add(problem.hint(hint));
    }

    fn report_unreadable(&self, secret: &RawSecret, why: Unreadable) -> Option<SecretString> {
        let is_error = why.is_mistake || self.secrets == Secrets::Required;
        let problem = if is_error {
            Problem::error(&secret.place, Kind::Secret, why.message)
        } else {
            Problem::warning(&secret.place, Kind::Secret, why.message)
        };
        self.report.add(problem.hint(why.hint));
        (!is_error).then(|| SecretString::from(String::new()))
    }
}

/// A variable as a shell has it, `$NAME` or `${NAME}`, without these signs.
fn bare_variable(text: &str) -> &str {
    let text = text.trim().trim_start_matches('$');
    text.trim_start_matches('{').trim_end_matches('}')
}

/// What to write in place of a text that names a place where a secret is kept: `${NAME}`, `$NAME`, or a table in quotes.
fn names_a_place(text: &str) -> Option<String> {
    let text = text.trim();
    let is_name = |name: &str| {
        let is_letter = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        !name.is_empty() && name.chars().all(is_letter)
    };
    let inside = text
        .strip_prefix("${")
        .and_then(|rest| rest.strip_suffix('}'));
    let inside = inside.or_else(|| text.strip_prefix('$'));
    if let Some(name) = inside.filter(|name| is_name(name)) {
        return Some(format!(
            "write {{ env = \"{name}\" }}, without quotes around it"
        ));
    }
    let is_table = text.starts_with('{') && text.ends_with('}');
    let names_one = ["env", "file", "credential"]
        .iter()
        .any(|way| text.contains(way));
    (is_table && names_one).then(|| "take the quotes around { ... } away".to_owned())
}

/// Reports a secret that is kept in no place, or in several.
fn report_ways(place: &Place, report: &Report) {
    let message = "a secret is kept in exactly one place";
    report.add(Problem::error(place, Kind::Secret, message).hint(WAYS));
}

/// Why a secret could not be read.
struct Unreadable {
    message: String,
    hint: String,
    /// Whether the configuration is wrong whatever the machine.
    is_mistake: bool,
}

impl Unreadable {
    fn mistake(message: impl Into<String>, hint: impl Into<String>) -> Self {
        let (message, hint) = (message.into(), hint.into());
        Self {
            message,
            hint,
            is_mistake: true,
        }
    }

    fn absent(message: impl Into<String>, hint: impl Into<String>) -> Self {
        let (message, hint) = (message.into(), hint.into());
        Self {
            message,
            hint,
            is_mistake: false,
        }
    }
}

fn not_empty(secret: SecretString) -> Result<SecretString, Unreadable> {
    if secret.expose_secret().is_empty() {
        return Err(Unreadable::absent(
            "the secret is empty",
            "put the secret into it",
        ));
    }
    Ok(secret)
}

/// Reads a file that holds one secret; the line end after it is left out.
fn read_text(path: &Path) -> Result<SecretString, String> {
    let cannot = |error: std::io::Error| paths::reason(&error);
    let metadata = std::fs::metadata(path).map_err(cannot)?;
    // Reading a pipe or a device could wait for ever, or never end.
    if !metadata.is_file() {
        return Err("this is not a file".to_owned());
    }
    let mut text = String::new();
    let file = File::open(path).map_err(cannot)?;
    let size = file
        .take(MAX_SECRET_BYTES + 1)
        .read_to_string(&mut text)
        .map_err(cannot)?;
    if u64::try_from(size).is_ok_and(|size| size > MAX_SECRET_BYTES) {
        return Err(format!("the file is larger than {MAX_SECRET_BYTES} bytes"));
    }
    let end = text.trim_end_matches(['\r', '\n']).len();
    text.truncate(end);
    Ok(SecretString::from(text))
}
