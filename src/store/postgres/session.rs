//! One connection: its transactions, its prepared statements, and what its failures mean.

use std::collections::HashMap;
use std::error::Error as _;
use std::time::Duration;

use postgres::error::{Severity, SqlState};
use postgres::types::{ToSql, Type};
use postgres::{Client, Config, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::super::database::Durability;
use super::super::server::{Server, configured, is_refused_by_tls, tls};
use super::super::sqlite::Access;
use super::super::tx::{DatabaseFailure, Dialect, Row, StoreError, Tx, Val, tells_of_changes};
use super::queue::Mode;

/// How long the server may take to answer that we are there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a statement, or a transaction between two, may hold what others wait for; a server that has vanished without
/// a word is noticed within this time as well.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Makes connections.
#[derive(Clone)]
pub(super) struct Connector {
    config: Config,
    tls: MakeRustlsConnect,
}

impl Connector {
    pub(super) fn new(server: &Server, access: Access) -> Result<Self, StoreError> {
        let refused = |message| StoreError::Database {
            kind: DatabaseFailure::Other,
            message,
        };
        let mut config = configured(&server.url, server.password.as_ref()).map_err(refused)?;
        let role = match access {
            Access::Own => "newswatch",
            Access::Beside => "newswatch-beside",
        };
        config
            .application_name(&format!("{role}/{}", server.worker))
            .connect_timeout(CONNECT_TIMEOUT)
            .tcp_user_timeout(TIMEOUT)
            .keepalives_idle(TIMEOUT);
        let tls = tls().map_err(|error| refused(error.to_string()))?;
        Ok(Self { config, tls })
    }

    pub(super) fn connect(&self) -> Result<Session, StoreError> {
        let connected = self.config.connect(self.tls.clone());
        let mut client = connected.map_err(|error| cannot_connect(&error))?;
        let timeout_ms = TIMEOUT.as_millis();
        let settings = format!(
            "SET statement_timeout = {timeout_ms}; SET idle_in_transaction_session_timeout = {timeout_ms}"
        );
        client
            .batch_execute(&settings)
            .map_err(|error| refused(&error))?;
        Ok(Session {
            client,
            statements: HashMap::new(),
            name: self
                .config
                .get_application_name()
                .unwrap_or_default()
                .into(),
            is_broken: false,
        })
    }
}

/// A connection.
pub(super) struct Session {
    client: Client,
    /// By the text that the store wrote.
    statements: HashMap<String, Statement>,
    name: String,
    /// A transaction could not be ended: nothing more must be done on it.
    is_broken: bool,
}

impl Session {
    /// Ends the other sessions of this name, and waits until they are gone.
    pub(super) fn end_namesakes(&mut self) -> Result<(), StoreError> {
        let wait_ms = i64::try_from(CONNECT_TIMEOUT.as_millis()).unwrap_or(i64::MAX);
        self.client
            .query(
                "SELECT pg_terminate_backend(pid, $1) FROM pg_stat_activity
                 WHERE application_name = $2 AND datname = current_database() AND usename = current_user
                     AND pid <> pg_backend_pid()",
                &[&wait_ms, &self.name],
            )
            .map(drop)
            .map_err(|error| refused(&error))
    }

    pub(super) fn is_lost(&self) -> bool {
        self.is_broken || self.client.is_closed()
    }

    /// Runs one transaction; it is committed when the work is done, and undone when it fails.
    pub(super) fn transaction(
        &mut self,
        mode: Mode,
        work: impl FnOnce(&mut PostgresTx<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.simply(match mode {
            // Several statements are to see one state.
            Mode::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
            Mode::Write(Durability::Kept) => "BEGIN",
            Mode::Write(Durability::MayBeUndone) => "BEGIN; SET LOCAL synchronous_commit = off",
        })?;
        let mut tx = PostgresTx {
            session: self,
            failure: None,
            has_savepoint: false,
        };
        if let Err(error) = work(&mut tx) {
            self.is_broken |= self.simply("ROLLBACK").is_err();
            return Err(error);
        }
        self.simply("COMMIT").map_err(|error| match error {
            StoreError::Database {
                kind: DatabaseFailure::Unreachable,
                message,
            } if mode != Mode::Read => StoreError::Database {
                kind: DatabaseFailure::Unknown,
                message,
            },
            other => other,
        })
    }

    fn simply(&mut self, sql: &str) -> Result<(), StoreError> {
        let done = self.client.batch_execute(sql);
        done.map_err(|error| self.failed(&error))
    }

    /// What an error means; a session that has ended takes no more statements.
    fn failed(&mut self, error: &postgres::Error) -> StoreError {
        let refused = refused(error);
        self.is_broken |= refused.kind() == Some(DatabaseFailure::Unreachable);
        refused
    }

    fn prepared(&mut self, sql: &str, values: &[Val]) -> Result<Statement, StoreError> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let text = Dialect::Postgres.translated(sql);
        let types: Vec<Type> = values.iter().map(type_of).collect();
        let prepared = self.client.prepare_typed(&text, &types);
        let statement = prepared.map_err(|error| self.failed(&error))?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

/// The type of a parameter: left to itself, PostgreSQL takes `$1 = 1` for a comparison of 32-bit numbers.
fn type_of(value: &Val) -> Type {
    match value {
        Val::Null => Type::UNKNOWN,
        Val::Int(_) => Type::INT8,
        Val::Real(_) => Type::FLOAT8,
        Val::Text(_) => Type::TEXT,
    }
}

/// One open transaction.
pub(super) struct PostgresTx<'a> {
    session: &'a mut Session,
    /// What was refused: after it PostgreSQL takes nothing but the end of the transaction, or of its savepoint.
    failure: Option<StoreError>,
    has_savepoint: bool,
}

impl PostgresTx<'_> {
    pub(super) fn take_failure(&mut self) -> Option<StoreError> {
        self.failure.take()
    }

    /// Begins a part that can be undone by itself; the one before it is kept with the transaction.
    pub(super) fn savepoint(&mut self) -> Result<(), StoreError> {
        let sql = if self.has_savepoint {
            "RELEASE SAVEPOINT job; SAVEPOINT job"
        } else {
            "SAVEPOINT job"
        };
        self.has_savepoint = true;
        self.session.simply(sql)
    }

    pub(super) fn roll_back_to_savepoint(&mut self) -> Result<(), StoreError> {
        self.session.simply("ROLLBACK TO SAVEPOINT job")
    }

    fn asked(&mut self, sql: &str, values: &[Val]) -> Result<Statement, StoreError> {
        let prepared = self.session.prepared(sql, values);
        prepared.inspect_err(|error| self.failure = Some(error.clone()))
    }

    fn noted(&mut self, error: &postgres::Error) -> StoreError {
        let failed = self.session.failed(error);
        self.failure = Some(failed.clone());
        failed
    }
}

impl Tx for PostgresTx<'_> {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn exec(&mut self, sql: &str, values: &[Val]) -> Result<usize, StoreError> {
        let statement = self.asked(sql, values)?;
        let changed = self.session.client.execute(&statement, &bound(values));
        let changed = changed.map_err(|error| self.noted(&error))?;
        Ok(usize::try_from(changed).unwrap_or(usize::MAX))
    }

    fn rows(&mut self, sql: &str, values: &[Val]) -> Result<Vec<Row>, StoreError> {
        let statement = self.asked(sql, values)?;
        let rows = self.session.client.query(&statement, &bound(values));
        let rows = rows.map_err(|error| self.noted(&error))?;
        rows.iter().map(row).collect()
    }

    fn each(
        &mut self,
        sql: &str,
        shared: &[Val],
        rows: Vec<serde_json::Value>,
    ) -> Result<Vec<usize>, StoreError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let mut changed = Vec::new();
        for values in Dialect::Postgres.bound(shared, rows) {
            if !tells_of_changes(sql) {
                self.exec(sql, &values)?;
                continue;
            }
            for mut row in self.rows(sql, &values)? {
                // PostgreSQL counts from 1.
                let place = usize::try_from(row.next_int()?).unwrap_or_default();
                changed.push(place.saturating_sub(1));
            }
        }
        Ok(changed)
    }
}

fn bound(values: &[Val]) -> Vec<&(dyn ToSql + Sync)> {
    values
        .iter()
        .map(|value| value as &(dyn ToSql + Sync))
        .collect()
}

fn row(row: &postgres::Row) -> Result<Row, StoreError> {
    let value = |column| {
        row.try_get(column).map_err(|_| StoreError::Shape {
            column,
            wanted: "a number or text",
        })
    };
    let values: Result<Vec<Val>, _> = (0..row.len()).map(value).collect();
    values.map(Row::new)
}

/// What the server said when it was asked for a connection.
fn cannot_connect(error: &postgres::Error) -> StoreError {
    let kind = match error.code() {
        Some(code) => kind_of(code),
        // It may speak another language, or show a certificate that is not trusted: waiting does not change that.
        None if is_refused_by_tls(error) => DatabaseFailure::Other,
        None if has_io_cause(error) || is_timeout(error) => DatabaseFailure::Unreachable,
        None => DatabaseFailure::Other,
    };
    let message = format!("the database's server cannot be used: {}", words(error));
    StoreError::Database { kind, message }
}

/// Says what PostgreSQL says, once, with what it means for us.
fn refused(error: &postgres::Error) -> StoreError {
    let ends_session = error.as_db_error().is_some_and(|refused| {
        let severity = refused.parsed_severity();
        matches!(severity, Some(Severity::Fatal | Severity::Panic))
    });
    let kind = match error.code() {
        _ if ends_session => DatabaseFailure::Unreachable,
        Some(code) => kind_of(code),
        None if error.is_closed() || has_io_cause(error) => DatabaseFailure::Unreachable,
        None => DatabaseFailure::Other,
    };
    let message = words(error);
    StoreError::Database { kind, message }
}

/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
fn kind_of(code: &SqlState) -> DatabaseFailure {
    match code.code() {
        // What another transaction has written meanwhile, and this one has not seen: it sees it the next time.
        "40001" | "40P01" | "23503" | "23505" => DatabaseFailure::Conflict,
        "53100" => DatabaseFailure::Full,
        "25006" => DatabaseFailure::ReadOnly,
        "55P03" | "57014" => DatabaseFailure::Locked,
        "XX001" | "XX002" => DatabaseFailure::Damaged,
        "40003" => DatabaseFailure::Unknown,
        // Shutting down, starting up, or no room for one more session.
        "57P01" | "57P02" | "57P03" | "57P05" | "53300" | "25P03" => DatabaseFailure::Unreachable,
        code if code.starts_with("08") => DatabaseFailure::Unreachable,
        _ => DatabaseFailure::Other,
    }
}

fn has_io_cause(error: &postgres::Error) -> bool {
    let cause = error.source();
    let cause = cause.and_then(|cause| cause.downcast_ref::<std::io::Error>());
    cause.is_some()
}

fn is_timeout(error: &postgres::Error) -> bool {
    error.to_string().contains("timeout")
}

fn words(error: &postgres::Error) -> String {
    match error.as_db_error() {
        Some(refused) => refused.message().to_owned(),
        None => match error.source() {
            Some(cause) => cause.to_string(),
            None => error.to_string(),
        },
    }
}
