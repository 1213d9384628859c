//! The facade that all SQL goes through: one open transaction, positional values, whole rows read in order.

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

/// The engine that a statement is written for, where the engines differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite 3.38 or newer.
    Sqlite,
    /// PostgreSQL 14 or newer.
    Postgres,
}

impl Dialect {
    /// Puts the engine's words in the places of a statement where engines differ:
    ///
    /// - `{each $1}`: the elements of a JSON list, a row each, in a column `value`: a list in a condition is one value so.
    /// - in a statement for [`Tx::each`] `{0}`, `{1 BIGINT}`, `{2 DOUBLE PRECISION}`, ... are the values of a row and `$1..$n`
    ///   those that all rows share; `{VALUES}` and `{END}` stand around what is inserted, `{ROWS}` before the condition of an
    ///   update, `{CHANGED}` at its end. SQLite runs it for one row after another, which costs it the least; PostgreSQL is
    ///   given all at once, as a JSON list.
    /// - `{FOR_UPDATE}`: keeps the rows that were read from changing until the transaction ends; `{SKIP_LOCKED}`: and
    ///   leaves out those that another transaction keeps so.
    /// - `{PK}`, `{BIGINT}`, `{C}`, `{STRICT}`, `{BY_KEY}`: words of the schema.
    #[must_use]
    pub fn translated(self, sql: &str) -> String {
        let (each, words) = match self {
            Self::Sqlite => (("json_each(", ")"), SQLITE_WORDS),
            Self::Postgres => (
                ("jsonb_array_elements(CAST(CAST(", " AS TEXT) AS JSONB))"),
                POSTGRES_WORDS,
            ),
        };
        let mut text = if is_for_each(sql) {
            self.with_rows(sql)
        } else {
            sql.to_owned()
        };
        for (word, meaning) in words {
            text = text.replace(word, meaning);
        }
        while let Some((before, after)) = text.split_once("{each ") {
            let Some((argument, rest)) = after.split_once('}') else {
                break;
            };
            text = format!("{before}{}{argument}{}{rest}", each.0, each.1);
        }
        text
    }

    /// Puts a row's values in their places, behind the values that all rows share.
    fn with_rows(self, sql: &str) -> String {
        let shared = (1..=MOST_SHARED)
            .take_while(|number| sql.contains(&format!("${number}")))
            .count();
        let mut text = String::with_capacity(sql.len());
        let mut rest = sql;
        let rows = format!(
            "FROM {{each ${}}} WITH ORDINALITY AS e (value, place)",
            shared + 1
        );
        while let Some((before, word, after)) = next_word(rest) {
            text.push_str(before);
            let (place, number) = match word.split_once(' ') {
                Some((place, number)) => (place.parse::<usize>().ok(), Some(number)),
                None => (word.parse().ok(), None),
            };
            let meaning = match (self, word, place, number) {
                (Self::Sqlite, _, Some(place), _) => format!("?{}", shared + place + 1),
                (Self::Postgres, _, Some(place), None) => format!("e.value ->> {place}"),
                (Self::Postgres, _, Some(place), Some(number)) => {
                    format!("CAST(e.value ->> {place} AS {number})")
                }
                (Self::Sqlite, "VALUES", ..) => "VALUES (".to_owned(),
                (Self::Postgres, "VALUES", ..) => "SELECT".to_owned(),
                (Self::Sqlite, "END", ..) => ")".to_owned(),
                // Without a condition ON CONFLICT would be read as that of a join.
                (Self::Postgres, "END", ..) => format!("{rows} WHERE true"),
                (Self::Sqlite, "ROWS" | "CHANGED", ..) => String::new(),
                (Self::Postgres, "ROWS", ..) => rows.clone(),
                (Self::Postgres, "CHANGED", ..) => "RETURNING e.place".to_owned(),
                // A word of another kind.
                (_, word, None, _) => format!("{{{word}}}"),
            };
            text.push_str(&meaning);
            rest = after;
        }
        text.push_str(rest);
        match self {
            // Parameters that have a number and such that have a name do not mix.
            Self::Sqlite => text.replace('$', "?"),
            Self::Postgres => text,
        }
    }

    /// What is bound to a statement for [`Tx::each`], each time that it runs; a row is a JSON list.
    #[must_use]
    pub fn bound(self, shared: &[Val], mut rows: Vec<serde_json::Value>) -> Vec<Vec<Val>> {
        rows.iter_mut().for_each(without_nul);
        match self {
            Self::Sqlite => {
                let bound = rows.into_iter().map(|row| with_cells(shared, row));
                bound.collect()
            }
            Self::Postgres => {
                let rows = serde_json::Value::Array(rows).to_string();
                vec![[shared, &[rows.into()]].concat()]
            }
        }
    }
}

/// The most values that all rows of a statement share.
const MOST_SHARED: usize = 9;

/// Whether a statement is run for each of many rows.
fn is_for_each(sql: &str) -> bool {
    sql.contains("{ROWS}") || sql.contains("{VALUES}")
}

/// Whether a statement for many rows is asked for which of them it changed something.
pub(super) fn tells_of_changes(sql: &str) -> bool {
    sql.contains("{CHANGED}")
}

/// The next word in braces, with what stands before and behind it.
fn next_word(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (word, after) = rest.split_once('}')?;
    Some((before, word, after))
}

fn with_cells(shared: &[Val], row: serde_json::Value) -> Vec<Val> {
    let serde_json::Value::Array(cells) = row else {
        return shared.to_vec();
    };
    let mut values = Vec::with_capacity(shared.len() + cells.len());
    values.extend_from_slice(shared);
    values.extend(cells.into_iter().map(Val::from));
    values
}

/// PostgreSQL takes no U+0000 in text, and both engines are to hold the same.
pub(super) fn without_nul(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::String(text) if text.contains('\0') => {
            *text = text.replace('\0', "\u{fffd}");
        }
        serde_json::Value::Array(values) => values.iter_mut().for_each(without_nul),
        _ => {}
    }
}

const SQLITE_WORDS: [(&str, &str); 8] = [
    // Ids are looked for by how they begin: their order must be that of their bytes.
    ("{C}", "COLLATE BINARY"),
    ("{FOR_UPDATE}", ""),
    ("{SKIP_LOCKED}", ""),
    ("{PK}", "INTEGER PRIMARY KEY"),
    ("{BIGINT}", "INTEGER"),
    ("{STRICT}", "STRICT"),
    // The rows lie in the order of their key, without a second tree for it: half the room, and read in one go.
    ("{BY_KEY}", "STRICT, WITHOUT ROWID"),
    ("DOUBLE PRECISION", "REAL"),
];

const POSTGRES_WORDS: [(&str, &str); 8] = [
    ("{C}", "COLLATE \"C\""),
    ("{FOR_UPDATE}", "FOR UPDATE"),
    ("{SKIP_LOCKED}", "FOR UPDATE SKIP LOCKED"),
    ("DOUBLE PRECISION", "DOUBLE PRECISION"),
    (
        "{PK}",
        "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
    ),
    ("{BIGINT}", "BIGINT"),
    ("{STRICT}", ""),
    ("{BY_KEY}", ""),
];

/// One transaction on one database.
///
/// SQL is written once, in what SQLite and PostgreSQL share: parameters are `$1..$n`, numbered in the order in
/// which they first appear, because SQLite binds by position; the words of [`Dialect`] stand where they differ.
pub trait Tx {
    /// The engine.
    fn dialect(&self) -> Dialect;

    /// Runs a statement and tells how many rows it changed.
    ///
    /// # Errors
    /// When the database refuses it.
    fn exec(&mut self, sql: &str, values: &[Val]) -> Result<usize, StoreError>;

    /// Runs a statement and returns its rows, in no order but one that it asks for.
    ///
    /// # Errors
    /// When the database refuses it.
    fn rows(&mut self, sql: &str, values: &[Val]) -> Result<Vec<Row>, StoreError>;

    /// Runs a statement for each of these rows, JSON lists, and tells for which it changed something, by their places from 0;
    /// only where it says `{CHANGED}`. [`Dialect::translated`] has the words of such a statement.
    ///
    /// # Errors
    /// When the database refuses it.
    fn each(
        &mut self,
        sql: &str,
        shared: &[Val],
        rows: Vec<serde_json::Value>,
    ) -> Result<Vec<usize>, StoreError>;

    /// Runs a statement and returns its first row.
    ///
    /// # Errors
    /// When the database refuses it.
    fn first(&mut self, sql: &str, values: &[Val]) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, values)?.into_iter().next())
    }

    /// Runs a statement that answers a number.
    ///
    /// # Errors
    /// When the database refuses it, or it answers none.
    fn number(&mut self, sql: &str, values: &[Val]) -> Result<i64, StoreError> {
        self.first(sql, values)?
            .ok_or(StoreError::Shape {
                column: 0,
                wanted: "a row with a number",
            })?
            .next_int()
    }
}

/// What kind of failure a database reports, as far as it decides what is done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseFailure {
    /// There is no room left where the database lies.
    Full,
    /// The database, or the place where it lies, can only be read.
    ReadOnly,
    /// Another process holds the database.
    Locked,
    /// The database is damaged, or is none.
    Damaged,
    /// The transaction collided with another one: it is to be run again.
    Conflict,
    /// The connection was lost while the transaction was being committed: whether it was is not known.
    Unknown,
    /// The database's server cannot be reached.
    Unreachable,
    /// Anything else.
    Other,
}

/// Why the store could not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The database refused a statement or a commit.
    #[error("the database refused: {message}")]
    Database {
        /// Its kind.
        kind: DatabaseFailure,
        /// The database's own words, once.
        message: String,
    },
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
        /// Its kind.
        kind: DatabaseFailure,
    },
    /// There is no database yet.
    #[error("{path}: there is no database yet; `newswatch run` makes it")]
    NoDatabase {
        /// Where it would be.
        path: String,
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

impl StoreError {
    /// The kind of failure, where the database or its place failed.
    #[must_use]
    pub fn kind(&self) -> Option<DatabaseFailure> {
        match self {
            Self::Database { kind, .. } | Self::Path { kind, .. } => Some(*kind),
            Self::Shape { .. }
            | Self::TooNew { .. }
            | Self::NoDatabase { .. }
            | Self::InUse { .. }
            | Self::Closed => None,
        }
    }

    /// Whether waiting may help: somebody makes room, a server comes back, another process lets go.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self.kind() {
            Some(
                DatabaseFailure::Full
                | DatabaseFailure::ReadOnly
                | DatabaseFailure::Locked
                | DatabaseFailure::Conflict
                | DatabaseFailure::Unknown
                | DatabaseFailure::Unreachable,
            ) => true,
            Some(DatabaseFailure::Damaged | DatabaseFailure::Other) | None => false,
        }
    }

    /// Names the file that the database refused.
    pub(super) fn at(self, file: &std::path::Path) -> Self {
        match self {
            Self::Database { kind, message } => Self::Path {
                path: file.display().to_string(),
                message,
                kind,
            },
            other => other,
        }
    }

    /// Two transactions collided in a way that the database did not see; the one that gets this runs again.
    pub(super) fn conflict(message: &str) -> Self {
        Self::Database {
            kind: DatabaseFailure::Conflict,
            message: message.to_owned(),
        }
    }
}

/// A row, read column by column in the order in which the statement names them.
#[derive(Debug, Clone)]
pub struct Row {
    values: std::vec::IntoIter<Val>,
    column: usize,
}

impl Row {
    /// Makes a row of its values.
    #[must_use]
    pub fn new(values: Vec<Val>) -> Self {
        Self {
            values: values.into_iter(),
            column: 0,
        }
    }

    fn next(&mut self) -> Option<Val> {
        self.column += 1;
        self.values.next()
    }

    /// The error for the column that was read last.
    pub(super) fn lacks(&self, wanted: &'static str) -> StoreError {
        StoreError::Shape {
            column: self.column.saturating_sub(1),
            wanted,
        }
    }

    /// Reads an integer.
    ///
    /// # Errors
    /// When the column holds something else, or there is none left.
    pub fn next_int(&mut self) -> Result<i64, StoreError> {
        self.next_opt_int()?.ok_or_else(|| self.lacks("an integer"))
    }

    /// Reads an integer that may be null.
    ///
    /// # Errors
    /// When the column holds something else, or there is none left.
    pub fn next_opt_int(&mut self) -> Result<Option<i64>, StoreError> {
        match self.next() {
            Some(Val::Int(value)) => Ok(Some(value)),
            Some(Val::Null) => Ok(None),
            _ => Err(self.lacks("an integer")),
        }
    }

    /// Reads a number.
    ///
    /// # Errors
    /// When the column holds something else, or there is none left.
    pub fn next_real(&mut self) -> Result<f64, StoreError> {
        match self.next() {
            Some(Val::Real(value)) => Ok(value),
            _ => Err(self.lacks("a number")),
        }
    }

    /// Reads text.
    ///
    /// # Errors
    /// When the column holds something else, or there is none left.
    pub fn next_text(&mut self) -> Result<String, StoreError> {
        self.next_opt_text()?.ok_or_else(|| self.lacks("text"))
    }

    /// Reads text that may be null.
    ///
    /// # Errors
    /// When the column holds something else, or there is none left.
    pub fn next_opt_text(&mut self) -> Result<Option<String>, StoreError> {
        match self.next() {
            Some(Val::Text(value)) => Ok(Some(value)),
            Some(Val::Null) => Ok(None),
            _ => Err(self.lacks("text")),
        }
    }

    /// Reads a yes or no, stored as 1 or 0.
    ///
    /// # Errors
    /// When the column holds something else, or there is none left.
    pub fn next_flag(&mut self) -> Result<bool, StoreError> {
        Ok(self.next_int()? != 0)
    }
}

impl From<i64> for Val {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<bool> for Val {
    fn from(value: bool) -> Self {
        Self::Int(i64::from(value))
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

/// A cell of a row; a list or an object stays JSON.
impl From<serde_json::Value> for Val {
    fn from(value: serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(truth) => truth.into(),
            serde_json::Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(number), _) => Self::Int(number),
                (None, number) => number.into(),
            },
            serde_json::Value::String(text) => Self::Text(text),
            json @ (serde_json::Value::Array(_) | serde_json::Value::Object(_)) => {
                Self::Text(json.to_string())
            }
        }
    }
}

impl<T: Into<Val>> From<Option<T>> for Val {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_statement_become_those_of_the_engine() {
        let sql = "SELECT id FROM t WHERE id IN (SELECT value FROM {each $1}) {FOR_UPDATE}";
        assert_eq!(
            Dialect::Sqlite.translated(sql),
            "SELECT id FROM t WHERE id IN (SELECT value FROM json_each($1)) "
        );
        assert_eq!(
            Dialect::Postgres.translated(sql),
            "SELECT id FROM t WHERE id IN (SELECT value FROM \
             jsonb_array_elements(CAST(CAST($1 AS TEXT) AS JSONB))) FOR UPDATE"
        );
    }

    #[test]
    fn a_statement_for_each_row_has_the_values_of_one_or_the_list_of_all() {
        let update =
            "UPDATE t SET a = $1, b = {1}, c = {2 BIGINT} {ROWS} WHERE t.id = {0 BIGINT} {CHANGED}";
        assert_eq!(
            Dialect::Sqlite.translated(update),
            "UPDATE t SET a = ?1, b = ?3, c = ?4  WHERE t.id = ?2 "
        );
        assert_eq!(
            Dialect::Postgres.translated(update),
            "UPDATE t SET a = $1, b = e.value ->> 1, c = CAST(e.value ->> 2 AS BIGINT) \
             FROM jsonb_array_elements(CAST(CAST($2 AS TEXT) AS JSONB)) WITH ORDINALITY AS e (value, place) \
             WHERE t.id = CAST(e.value ->> 0 AS BIGINT) RETURNING e.place"
        );
        let insert = "INSERT INTO t (a, b) {VALUES} {0}, 1 {END} ON CONFLICT (a) DO NOTHING";
        assert_eq!(
            Dialect::Sqlite.translated(insert),
            "INSERT INTO t (a, b) VALUES ( ?1, 1 ) ON CONFLICT (a) DO NOTHING"
        );
        assert_eq!(
            Dialect::Postgres.translated(insert),
            "INSERT INTO t (a, b) SELECT e.value ->> 0, 1 \
             FROM jsonb_array_elements(CAST(CAST($1 AS TEXT) AS JSONB)) WITH ORDINALITY AS e (value, place) \
             WHERE true ON CONFLICT (a) DO NOTHING"
        );
    }

    #[test]
    fn the_values_of_rows_are_bound_one_row_at_a_time_or_all_as_a_list() {
        let rows = || vec![serde_json::json!([7, "a\0b", null]), serde_json::json!([8])];
        let shared = [Val::Int(1)];
        let first = vec![Val::Int(1), Val::Int(7), Val::from("a\u{fffd}b"), Val::Null];
        let each = Dialect::Sqlite.bound(&shared, rows());
        assert_eq!(each, [first, vec![Val::Int(1), Val::Int(8)]]);
        let list = Val::from("[[7,\"a\u{fffd}b\",null],[8]]");
        let all = Dialect::Postgres.bound(&shared, rows());
        assert_eq!(all, [vec![Val::Int(1), list]]);
    }

    #[test]
    fn a_row_is_read_in_order_and_says_which_column_is_wrong() {
        let mut row = Row::new(vec![Val::Int(1), Val::Null, Val::Text("a".into())]);
        assert_eq!(row.next_int(), Ok(1));
        assert_eq!(row.next_opt_text(), Ok(None));
        let wrong = StoreError::Shape {
            column: 2,
            wanted: "an integer",
        };
        assert_eq!(row.next_int(), Err(wrong));
    }
}
