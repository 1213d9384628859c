//! What is made outside the files: feeds, watches and channels that commands add, in `managed.toml` of the state directory.
//!
//! It is read after the files as an included one is, and may hold less: no program, no path and no variable. Whatever is
//! changed in it is checked together with the files before it is written, and written in one move.

use std::fs::{self, File, Permissions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, Value};

use super::environment::Environment;
use super::files::{self, Files};
use super::problem::{Kind, Problem, Problems, Report};
use super::secrets::Secrets;
use super::source::Place;
use super::{Loaded, load_with_managed, paths};

/// Its name in the state directory.
const FILE_NAME: &str = "managed.toml";

/// What stands at its top.
const HEAD: &str = "# Written by newswatch feed, watch and channel: add, edit and remove.\n\n";

/// Types of channels that stand in files alone: they run programs and write to places of this machine.
const NEVER_MANAGED: [&str; 3] = ["exec", "file", "syslog"];

/// Where the file lies.
#[must_use]
pub fn managed_file(state_dir: &Path) -> PathBuf {
    state_dir.join(FILE_NAME)
}

/// Adds what is made outside to what the files hold. Where this user cannot read it, whoever works by the configuration is
/// told that it cannot be used, and whoever only asks that something is left out.
pub(super) fn join(files: &mut Files, state_dir: &Path, secrets: Secrets, report: &Report) {
    let path = managed_file(state_dir);
    let content = match fs::read_to_string(&path) {
        Ok(content) => content,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return;
        }
        Err(error) => {
            let whole = Place::of_file(&files.main, 0..0);
            let message = format!("{}: {}", path.display(), paths::reason(&error));
            report.add(match secrets {
                Secrets::Required => Problem::error(&whole, Kind::File, message).hint(
                    "it holds what newswatch feed, watch and channel added; let this user read it",
                ),
                Secrets::Optional => Problem::warning(&whole, Kind::File, message)
                    .hint("what newswatch feed, watch and channel added is left out here"),
            });
            return;
        }
    };
    read_in(files, &path, &content, report);
}

/// Adds the text of the file to what the files hold.
pub(super) fn read_in(files: &mut Files, path: &Path, content: &str, report: &Report) {
    files::join(files, path, content, report);
    let name = path.display().to_string();
    let types = files.raw.channels.iter();
    for kind in types.filter_map(|channel| channel.type_name.as_ref()) {
        let is_here = kind.place.source().name == name;
        if is_here && NEVER_MANAGED.contains(&kind.value.as_str()) {
            let message = format!("a channel of type \"{}\" stands in files alone", kind.value);
            let hint = "write it in newswatch.toml";
            report.add(Problem::error(&kind.place, Kind::NotAllowed, message).hint(hint));
        }
    }
}

/// What stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManagedKind {
    /// `[[feed]]`
    Feed,
    /// `[[watch]]`
    Watch,
    /// `[[channel]]`
    Channel,
}

impl ManagedKind {
    /// The word for it, which is the name of its table.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Watch => "watch",
            Self::Channel => "channel",
        }
    }
}

/// A value as it is given on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ManagedValue {
    /// A text.
    Text(String),
    /// A list of texts.
    Texts(Vec<String>),
    /// A list, a table, a number, true or false as TOML has them; anything else is a text as it stands.
    Written(String),
}

impl ManagedValue {
    fn to_toml(&self) -> Value {
        match self {
            Self::Text(text) => text.as_str().into(),
            Self::Texts(texts) => texts.iter().collect(),
            Self::Written(written) => match written.parse::<Value>() {
                // Quotes are part of a query; a date is a text in every key.
                Ok(Value::String(_) | Value::Datetime(_)) | Err(_) => written.as_str().into(),
                Ok(value) => value,
            },
        }
    }
}

/// A change of a feed, a watch or a channel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Keys that get these values.
    pub set: Vec<(String, ManagedValue)>,
    /// Keys that are taken out.
    pub unset: Vec<String>,
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages name the fields")]
pub enum ManagedError {
    /// The configuration could not be used with the change.
    #[error("nothing is changed: the configuration could not be used with it")]
    Unusable(Problems),
    /// The file is no TOML.
    #[error("{}: {reason}", .path.display())]
    NotToml { path: PathBuf, reason: String },
    /// There is nothing of this name in the file.
    #[error("there is no {} \"{name}\" in {}", .kind.as_str(), .path.display())]
    Unknown {
        kind: ManagedKind,
        name: String,
        path: PathBuf,
    },
    /// The key to take out is not there.
    #[error("{} \"{name}\" has no key \"{key}\" in {}", .kind.as_str(), .path.display())]
    NoKey {
        kind: ManagedKind,
        name: String,
        key: String,
        path: PathBuf,
    },
    /// The machine could not do it.
    #[error("{}: {}", .path.display(), paths::reason(.error))]
    Io {
        path: PathBuf,
        error: std::io::Error,
    },
}

/// The file, to be changed. Whoever else wants to change it waits until this one is dropped.
#[derive(Debug)]
pub struct Managed {
    path: PathBuf,
    document: DocumentMut,
    /// Locked as long as it is open.
    folder: File,
}

impl Managed {
    /// Opens the file of a state directory; one that is not there is empty.
    ///
    /// # Errors
    /// When it cannot be read, or is no TOML.
    pub fn open(state_dir: &Path) -> Result<Self, ManagedError> {
        let path = managed_file(state_dir);
        let failed = |error| ManagedError::Io {
            path: path.clone(),
            error,
        };
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(state_dir)
            .map_err(failed)?;
        let folder = File::open(state_dir).map_err(failed)?;
        folder.lock().map_err(failed)?;
        let content = match fs::read_to_string(&path) {
            Ok(content) => content,
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => return Err(failed(error)),
        };
        let tables = content.strip_prefix(HEAD).unwrap_or(&content);
        let document =
            tables
                .parse()
                .map_err(|error: toml_edit::TomlError| ManagedError::NotToml {
                    reason: error.message().to_owned(),
                    path: path.clone(),
                })?;
        Ok(Self {
            path,
            document,
            folder,
        })
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether something of this name stands in it. Feeds go by their name and by their address.
    #[must_use]
    pub fn has(&self, kind: ManagedKind, name: &str) -> bool {
        self.place_of(kind, name).is_some()
    }

    /// Adds a feed, a watch or a channel.
    ///
    /// # Errors
    /// When the file has something else in the place of its tables.
    pub fn add(&mut self, kind: ManagedKind, change: &Change) -> Result<(), ManagedError> {
        let mut table = Table::new();
        apply(&mut table, change);
        self.tables(kind)?.push(table);
        Ok(())
    }

    /// Changes keys of what has this name.
    ///
    /// # Errors
    /// When nothing has the name, or a key to take out is not there.
    pub fn edit(
        &mut self,
        kind: ManagedKind,
        name: &str,
        change: &Change,
    ) -> Result<(), ManagedError> {
        let place = self.known_place(kind, name)?;
        let path = self.path.clone();
        let table = self.tables(kind)?.get_mut(place);
        let Some(table) = table else { return Ok(()) };
        let absent = change.unset.iter().find(|key| !table.contains_key(key));
        if let Some(key) = absent {
            return Err(ManagedError::NoKey {
                kind,
                name: name.to_owned(),
                key: key.clone(),
                path,
            });
        }
        apply(table, change);
        Ok(())
    }

    /// Takes out what has this name.
    ///
    /// # Errors
    /// When nothing has it.
    pub fn remove(&mut self, kind: ManagedKind, name: &str) -> Result<(), ManagedError> {
        let place = self.known_place(kind, name)?;
        self.tables(kind)?.remove(place);
        Ok(())
    }

    /// Checks the configuration with the file as it is now, and writes it. Gives what `check` would say then.
    ///
    /// # Errors
    /// When the configuration could not be used, or the file cannot be written.
    pub fn save(
        &self,
        config: &Path,
        environment: &dyn Environment,
    ) -> Result<Loaded, ManagedError> {
        let text = format!("{HEAD}{}", self.document);
        let managed = (self.path.as_path(), text.as_str());
        let loaded = load_with_managed(config, managed, environment, Secrets::Optional)
            .map_err(ManagedError::Unusable)?;
        self.write(&text).map_err(|error| ManagedError::Io {
            path: self.path.clone(),
            error,
        })?;
        Ok(loaded)
    }

    /// Puts the text in the place of the file in one move, for the owner of the folder alone.
    fn write(&self, text: &str) -> std::io::Result<()> {
        let folder = self.path.parent().unwrap_or_else(|| Path::new("."));
        let mut file = tempfile::Builder::new()
            .prefix(".managed-")
            .tempfile_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file()
            .set_permissions(Permissions::from_mode(0o600))?;
        // The administrator changes it for the service, which must be able to read it.
        let (owner, own) = (self.folder.metadata()?, file.as_file().metadata()?);
        if (owner.uid(), owner.gid()) != (own.uid(), own.gid()) {
            std::os::unix::fs::chown(file.path(), Some(owner.uid()), Some(owner.gid()))?;
        }
        file.as_file().sync_all()?;
        file.persist(&self.path).map_err(|error| error.error)?;
        self.folder.sync_all()
    }

    fn tables(&mut self, kind: ManagedKind) -> Result<&mut ArrayOfTables, ManagedError> {
        let none = || Item::ArrayOfTables(ArrayOfTables::new());
        let entry = self.document.entry(kind.as_str()).or_insert_with(none);
        let path = &self.path;
        entry
            .as_array_of_tables_mut()
            .ok_or_else(|| ManagedError::NotToml {
                path: path.clone(),
                reason: format!("\"{0}\" is no list of tables: [[{0}]]", kind.as_str()),
            })
    }

    fn known_place(&self, kind: ManagedKind, name: &str) -> Result<usize, ManagedError> {
        self.place_of(kind, name)
            .ok_or_else(|| ManagedError::Unknown {
                kind,
                name: name.to_owned(),
                path: self.path.clone(),
            })
    }

    fn place_of(&self, kind: ManagedKind, name: &str) -> Option<usize> {
        let tables = self.document.get(kind.as_str())?.as_array_of_tables()?;
        let says = |table: &Table, key: &str| table.get(key).and_then(Item::as_str) == Some(name);
        tables.iter().position(|table| {
            says(table, "name") || kind == ManagedKind::Feed && says(table, "url")
        })
    }
}

/// Makes a change in a table.
fn apply(table: &mut Table, change: &Change) {
    for key in &change.unset {
        table.remove(key);
    }
    for (key, value) in &change.set {
        table.insert(key, Item::Value(value.to_toml()));
    }
}
