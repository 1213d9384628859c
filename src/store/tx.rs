//! The facade that all SQL goes through: one open transaction, positional values, whole rows.

use std::sync::Arc;

/// A value bound to a statement, or read from a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Val {
    /// SQL null.
    Null,
    /// An integer: ids, milliseconds, booleans as 0 and 1.
    Int(i64),
    /// A floating point number.
    Real(f64),
    /// Text, JSON too.
    Text(String),
}

/// One transaction on one database.
///
/// SQL is written once, in what SQLite and PostgreSQL share: parameters are `$1..$n`, numbered in the order in
/// which they first appear, because SQLite binds by position.
pub trait Tx {
    /// Runs a statement and tells how many rows it changed.
    ///
    /// # Errors
    /// When the database refuses it.
    fn exec(&mut self, sql: &str, values: &[Val]) -> Result<usize, StoreError>;

    /// Runs a statement and returns its rows.
    ///
    /// # Errors
    /// When the database refuses it.
    fn rows(&mut self, sql: &str, values: &[Val]) -> Result<Vec<Row>, StoreError>;
}

/// Why the store could not do what it was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The database refused a statement or a commit: the disk is full, the file is locked or damaged.
    #[error("the database refused: {0}")]
    Database(#[source] Arc<rusqlite::Error>),
    /// A row does not hold what the schema says.
    #[error("column {column} of a row does not hold {wanted}")]
    Shape {
        /// Its place in the row, from 0.
        column: usize,
        /// What was expected.
        wanted: &'static str,
    },
    /// The database was made by a newer newswatch.
    #[error(
        "the database has schema {found}, this newswatch knows schemas up to {known}; use the newer version"
    )]
    TooNew {
        /// The schema in the file.
        found: i64,
        /// The newest schema known here.
        known: i64,
    },
    /// The state directory or its files cannot be used.
    #[error("{path} cannot be used: {message}")]
    Path {
        /// The path.
        path: String,
        /// Why.
        message: String,
    },
    /// Another newswatch works on this state directory.
    #[error(
        "another newswatch{} is running on {path}; stop it first, or give this one its own state_dir",
        pid.map(|pid| format!(" (process {pid})")).unwrap_or_default()
    )]
    InUse {
        /// The state directory.
        path: String,
        /// The other process, if it left its number.
        pid: Option<u32>,
    },
    /// The store has been closed.
    #[error("the store is closed")]
    Closed,
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(Arc::new(error))
    }
}

/// A row, read by column number.
#[derive(Debug, Clone, PartialEq)]
pub struct Row(pub Vec<Val>);

impl Row {
    /// Reads an integer.
    pub(super) fn int(&self, column: usize) -> Result<i64, StoreError> {
        match self.0.get(column) {
            Some(Val::Int(value)) => Ok(*value),
            _ => Err(StoreError::Shape {
                column,
                wanted: "an integer",
            }),
        }
    }

    /// Reads an integer that may be null.
    pub(super) fn opt_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match self.0.get(column) {
            Some(Val::Null) => Ok(None),
            _ => self.int(column).map(Some),
        }
    }

    /// Reads a number.
    pub(super) fn real(&self, column: usize) -> Result<f64, StoreError> {
        match self.0.get(column) {
            Some(Val::Real(value)) => Ok(*value),
            _ => Err(StoreError::Shape {
                column,
                wanted: "a number",
            }),
        }
    }

    /// Reads text.
    pub(super) fn text(&self, column: usize) -> Result<String, StoreError> {
        match self.0.get(column) {
            Some(Val::Text(value)) => Ok(value.clone()),
            _ => Err(StoreError::Shape {
                column,
                wanted: "text",
            }),
        }
    }

    /// Reads text that may be null.
    pub(super) fn opt_text(&self, column: usize) -> Result<Option<String>, StoreError> {
        match self.0.get(column) {
            Some(Val::Null) => Ok(None),
            _ => self.text(column).map(Some),
        }
    }
}

impl From<i64> for Val {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<f64> for Val {
    fn from(value: f64) -> Self {
        Self::Real(value)
    }
}

impl From<&str> for Val {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Val {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl<T: Into<Val>> From<Option<T>> for Val {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
