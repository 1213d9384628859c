//! SQLite: one connection on a thread of its own that joins waiting jobs into one commit.

use std::fmt;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql, TransactionBehavior};

use super::tx::{Row, StoreError, Tx, Val};

/// The most jobs that share one commit: past this a commit is as cheap as it gets.
const JOBS_PER_COMMIT: usize = 64;

/// How long a statement waits for another process that holds the file, for example a backup.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// A piece of work for the database: it runs inside a transaction and says whether to keep what it did.
pub type Job = Box<dyn FnOnce(&mut dyn Tx) -> Ran + Send>;

/// What became of a job, and whom to tell once it is committed.
pub struct Ran {
    /// False undoes the job alone; its neighbours in the same commit stand.
    pub keep: bool,
    /// Called with how the commit went.
    pub reply: Box<dyn FnOnce(Result<(), StoreError>) + Send>,
}

impl fmt::Debug for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ran")
            .field("keep", &self.keep)
            .finish_non_exhaustive()
    }
}

/// A database that takes jobs: each runs wholly or not at all.
pub trait Database: Send + Sync + fmt::Debug {
    /// Hands over a job. A database that is closed drops it, which its caller notices.
    fn submit(&self, job: Job);
}

/// How the file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// To work on it; it is made if it is not there.
    Write,
    /// To look at it beside a process that works on it.
    Read,
}

/// An SQLite file and the thread that owns it.
#[derive(Debug)]
pub struct Sqlite {
    jobs: mpsc::Sender<Job>,
}

impl Sqlite {
    /// Opens the file and starts its thread.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(path: &Path, access: Access) -> Result<Self, StoreError> {
        let flags = match access {
            Access::Write => OpenFlags::default(),
            Access::Read => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_URI,
        };
        let connection = Connection::open_with_flags(path, flags)?;
        Self::start(connection, access)
    }

    /// Opens a database that lives in memory and dies with this value.
    ///
    /// # Errors
    /// When SQLite cannot be set up.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::start(Connection::open_in_memory()?, Access::Write)
    }

    fn start(connection: Connection, access: Access) -> Result<Self, StoreError> {
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        if access == Access::Write {
            connection.pragma_update(None, "journal_mode", "WAL")?;
            // FULL: a commit survives a power cut, so an entry counted as seen has its alert stored.
            connection.pragma_update(None, "synchronous", "FULL")?;
        }
        let (jobs, waiting) = mpsc::channel();
        std::thread::Builder::new()
            .name("store".into())
            .spawn(move || serve(connection, &waiting))
            .map_err(|error| StoreError::Path {
                path: "the store's thread".into(),
                message: error.to_string(),
            })?;
        Ok(Self { jobs })
    }
}

impl Database for Sqlite {
    fn submit(&self, job: Job) {
        // A send fails only when the thread is gone: the dropped job tells its caller.
        drop(self.jobs.send(job));
    }
}

fn serve(mut connection: Connection, waiting: &mpsc::Receiver<Job>) {
    while let Ok(first) = waiting.recv() {
        let mut jobs = vec![first];
        while jobs.len() < JOBS_PER_COMMIT
            && let Ok(next) = waiting.try_recv()
        {
            jobs.push(next);
        }
        run_together(&mut connection, jobs);
    }
}

/// Runs the jobs in one transaction, each behind a savepoint, and tells each how it ended.
fn run_together(connection: &mut Connection, jobs: Vec<Job>) {
    let mut transaction = match connection.transaction_with_behavior(TransactionBehavior::Immediate)
    {
        Ok(transaction) => transaction,
        Err(error) => {
            let error = StoreError::from(error);
            for job in jobs {
                (job(&mut Refusing(error.clone())).reply)(Err(error.clone()));
            }
            return;
        }
    };
    let mut replies = Vec::with_capacity(jobs.len());
    let mut lost: Option<StoreError> = None;
    for job in jobs {
        if let Some(error) = &lost {
            (job(&mut Refusing(error.clone())).reply)(Err(error.clone()));
            continue;
        }
        match run_behind_savepoint(&mut transaction, job) {
            Ok(reply) => replies.push(reply),
            Err((reply, error)) => {
                // A full disk makes SQLite undo the whole transaction; a savepoint opened now would start,
                // and end, a transaction of its own.
                if transaction.is_autocommit() {
                    lost = Some(error.clone());
                }
                reply(Err(error));
            }
        }
    }
    let committed = match lost {
        Some(error) => Err(error),
        None => transaction.commit().map_err(StoreError::from),
    };
    for reply in replies {
        reply(committed.clone());
    }
}

type Reply = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

fn run_behind_savepoint(
    transaction: &mut rusqlite::Transaction<'_>,
    job: Job,
) -> Result<Reply, (Reply, StoreError)> {
    let mut savepoint = match transaction.savepoint() {
        Ok(savepoint) => savepoint,
        Err(error) => {
            let error = StoreError::from(error);
            let ran = job(&mut Refusing(error.clone()));
            return Err((ran.reply, error));
        }
    };
    let ran = job(&mut SqliteTx(&savepoint));
    let ended = if ran.keep {
        savepoint.commit()
    } else {
        savepoint.rollback().and_then(|()| savepoint.commit())
    };
    match ended {
        Ok(()) => Ok(ran.reply),
        Err(error) => Err((ran.reply, error.into())),
    }
}

/// Stands in for a transaction that could not be opened: every statement fails with the reason.
struct Refusing(StoreError);

impl Tx for Refusing {
    fn exec(&mut self, _: &str, _: &[Val]) -> Result<usize, StoreError> {
        Err(self.0.clone())
    }

    fn rows(&mut self, _: &str, _: &[Val]) -> Result<Vec<Row>, StoreError> {
        Err(self.0.clone())
    }
}

struct SqliteTx<'a>(&'a Connection);

impl Tx for SqliteTx<'_> {
    fn exec(&mut self, sql: &str, values: &[Val]) -> Result<usize, StoreError> {
        let mut statement = self.0.prepare_cached(sql)?;
        Ok(statement.execute(rusqlite::params_from_iter(values))?)
    }

    fn rows(&mut self, sql: &str, values: &[Val]) -> Result<Vec<Row>, StoreError> {
        let mut statement = self.0.prepare_cached(sql)?;
        let columns = statement.column_count();
        let mut found = statement.query(rusqlite::params_from_iter(values))?;
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            let mut values = Vec::with_capacity(columns);
            for column in 0..columns {
                values.push(value(column, row.get_ref(column)?)?);
            }
            rows.push(Row(values));
        }
        Ok(rows)
    }
}

fn value(column: usize, value: ValueRef<'_>) -> Result<Val, StoreError> {
    match value {
        ValueRef::Null => Ok(Val::Null),
        ValueRef::Integer(value) => Ok(Val::Int(value)),
        ValueRef::Real(value) => Ok(Val::Real(value)),
        ValueRef::Text(value) => Ok(Val::Text(String::from_utf8_lossy(value).into_owned())),
        ValueRef::Blob(_) => Err(StoreError::Shape {
            column,
            wanted: "a number or text",
        }),
    }
}

impl ToSql for Val {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(value) => ValueRef::Integer(*value),
            Self::Real(value) => ValueRef::Real(*value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
        }))
    }
}
