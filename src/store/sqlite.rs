//! SQLite: one connection on a thread of its own that joins waiting jobs into one commit, and up to two that only read.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, ToSql, TransactionBehavior};

use super::database::{Database, Durability, Job};
use super::tx::{DatabaseFailure, Dialect, Row, StoreError, Tx, Val, tells_of_changes};

/// The most jobs that share one commit: past this a commit is as cheap as it gets.
const JOBS_PER_COMMIT: usize = 64;

/// How long a statement waits for another process that holds the file, for example a backup.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// How often a job is run that found the file held by another process for all that time.
const RUNS: usize = 2;

/// Connections that read, at most: a long answer for a person must not keep a stage waiting.
const READERS: usize = 2;

/// Pages of the file that the connection that writes keeps in memory, in KiB: indexes over hashes are written all over.
const CACHE_KIB: i64 = 16 * 1024;

/// Pages in the log after which they are brought to the file: those that change again and again are brought there once.
const CHECKPOINT_PAGES: i64 = 4 * 1024;

/// Statements that a connection keeps prepared: more than the store has.
const PREPARED: usize = 256;

/// How the file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// To work on it; it is made if it is not there.
    Own,
    /// To look at it, or to change little, beside the process that works on it.
    Beside,
}

/// A job that may write, and what a power cut may do to it.
type Write = (Box<dyn Job>, Durability);

/// An SQLite file and the threads that own its connections.
#[derive(Debug)]
pub struct Sqlite {
    writes: mpsc::Sender<Write>,
    /// Absent for a database in memory, which has one connection.
    readers: Option<Readers>,
}

/// The connections that read: a second one is opened once the first has more than one job.
#[derive(Debug)]
struct Readers {
    path: PathBuf,
    jobs: mpsc::Sender<Box<dyn Job>>,
    waiting: Arc<Mutex<mpsc::Receiver<Box<dyn Job>>>>,
    /// Jobs that wait or are under way.
    open: Arc<AtomicUsize>,
    started: AtomicUsize,
}

impl Sqlite {
    /// Opens the file and starts its threads.
    ///
    /// # Errors
    /// When the file cannot be opened, or is no database.
    pub fn open(path: &Path, access: Access) -> Result<Self, StoreError> {
        let connection = match access {
            Access::Own => opened(path, OpenFlags::default())?,
            Access::Beside => opened(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
                .or_else(|_| opened(path, OpenFlags::SQLITE_OPEN_READ_ONLY))?,
        };
        if access == Access::Own {
            connection
                .pragma_update(None, "journal_mode", "WAL")
                .map_err(refused)?;
        }
        Ok(Self {
            writes: started_writer(connection)?,
            readers: Some(Readers::start(path)?),
        })
    }

    /// Opens a database that lives in memory and dies with this value.
    ///
    /// # Errors
    /// When SQLite cannot be set up.
    pub fn in_memory() -> Result<Self, StoreError> {
        let connection = Connection::open_in_memory().map_err(refused)?;
        configure(&connection)?;
        Ok(Self {
            writes: started_writer(connection)?,
            readers: None,
        })
    }
}

impl Database for Sqlite {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    // A send fails only when the thread is gone: the dropped job tells its caller.
    fn write(&self, job: Box<dyn Job>, durability: Durability) {
        drop(self.writes.send((job, durability)));
    }

    fn read(&self, job: Box<dyn Job>) {
        match &self.readers {
            Some(readers) => readers.read(job),
            None => self.write(job, Durability::MayBeUndone),
        }
    }
}

impl Readers {
    fn start(path: &Path) -> Result<Self, StoreError> {
        let (jobs, waiting) = mpsc::channel();
        let readers = Self {
            path: path.to_owned(),
            jobs,
            waiting: Arc::new(Mutex::new(waiting)),
            open: Arc::default(),
            started: AtomicUsize::new(1),
        };
        readers.start_one()?;
        Ok(readers)
    }

    fn start_one(&self) -> Result<(), StoreError> {
        let (path, waiting) = (self.path.clone(), Arc::clone(&self.waiting));
        let open = Arc::clone(&self.open);
        start("store-read", move || read_all(&path, &waiting, &open))
    }

    fn read(&self, job: Box<dyn Job>) {
        let before = self.open.fetch_add(1, Ordering::Relaxed);
        let started = self.started.load(Ordering::Relaxed);
        let is_needed = before >= started && started < READERS;
        if is_needed && self.started.fetch_add(1, Ordering::Relaxed) < READERS {
            // Where a second one cannot be had, the first does it all.
            drop(self.start_one());
        }
        drop(self.jobs.send(job));
    }
}

fn opened(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let connection = Connection::open_with_flags(path, flags).map_err(refused)?;
    configure(&connection)?;
    Ok(connection)
}

fn configure(connection: &Connection) -> Result<(), StoreError> {
    let set = || {
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.set_prepared_statement_cache_capacity(PREPARED);
        // A statement keeps its plan whatever is bound to it: those that look into an index of some rows were planned anew
        // each time (<https://sqlite.org/queryplanner-ng.html#qpstab>).
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.pragma_update(None, "foreign_keys", "ON")
    };
    set().map_err(refused)
}

fn configure_writer(connection: &Connection) -> rusqlite::Result<()> {
    // What a statement undoes that fails half-way is kept in memory: SQLite would write it to a file.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)
}

fn started_writer(connection: Connection) -> Result<mpsc::Sender<Write>, StoreError> {
    configure_writer(&connection).map_err(refused)?;
    let (jobs, waiting) = mpsc::channel();
    start("store", move || write_all(connection, &waiting))?;
    Ok(jobs)
}

fn start(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), StoreError> {
    let started = std::thread::Builder::new().name(name.into()).spawn(work);
    started.map(drop).map_err(|error| StoreError::Path {
        path: "the store's thread".into(),
        message: error.to_string(),
        kind: DatabaseFailure::Other,
    })
}

fn write_all(connection: Connection, waiting: &mpsc::Receiver<Write>) {
    let mut writer = Writer {
        connection,
        texts: HashMap::new(),
        durability: None,
    };
    while let Ok((first, mut durability)) = waiting.recv() {
        let mut jobs = vec![first];
        while jobs.len() < JOBS_PER_COMMIT
            && let Ok((next, wanted)) = waiting.try_recv()
        {
            if wanted == Durability::Kept {
                durability = Durability::Kept;
            }
            jobs.push(next);
        }
        writer.run_together(jobs, durability);
    }
}

/// The statements of the store as the engine reads them, by how the store writes them.
type Texts = HashMap<String, String>;

/// The connection that writes.
struct Writer {
    connection: Connection,
    texts: Texts,
    /// What the connection is set to.
    durability: Option<Durability>,
}

/// What jobs came to that ran in one transaction.
enum Together {
    /// The transaction is committed.
    Committed,
    /// A job failed: the transaction is undone, and the others may run again without it.
    Undone(StoreError),
}

impl Writer {
    /// Runs the jobs in one transaction and tells each how it ended.
    fn run_together(&mut self, mut jobs: Vec<Box<dyn Job>>, durability: Durability) {
        for left in (0..RUNS).rev() {
            let (ended, all) = match self.try_together(&mut jobs, durability) {
                Ok(ended) => (ended, None),
                Err(error) => (Vec::new(), Some(error)),
            };
            if left > 0 && all.as_ref().is_some_and(is_locked) {
                continue;
            }
            let mut ended = ended.into_iter();
            for job in jobs {
                job.end(match (&all, ended.next()) {
                    (Some(error), _) => Err(error.clone()),
                    (None, Some(ended)) => ended,
                    (None, None) => Err(StoreError::Closed),
                });
            }
            return;
        }
    }

    /// A job that fails is rare, and a savepoint before each costs a copy of every page that they change: where one fails,
    /// all is undone, and each runs again in a transaction of its own.
    fn try_together(
        &mut self,
        jobs: &mut [Box<dyn Job>],
        durability: Durability,
    ) -> Result<Vec<Result<(), StoreError>>, StoreError> {
        self.set(durability)?;
        match self.try_all(jobs)? {
            Together::Committed => Ok(jobs.iter().map(|_| Ok(())).collect()),
            Together::Undone(error) if jobs.len() == 1 => Ok(vec![Err(error)]),
            Together::Undone(_) => {
                let each = jobs.iter_mut().map(|job| self.try_one(job));
                Ok(each.collect())
            }
        }
    }

    fn try_one(&mut self, job: &mut Box<dyn Job>) -> Result<(), StoreError> {
        match self.try_all(std::slice::from_mut(job))? {
            Together::Committed => Ok(()),
            Together::Undone(error) => Err(error),
        }
    }

    fn try_all(&mut self, jobs: &mut [Box<dyn Job>]) -> Result<Together, StoreError> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(refused)?;
        for job in jobs {
            let done = job.run(&mut SqliteTx {
                connection: &transaction,
                texts: &mut self.texts,
            });
            // A full disk makes SQLite undo the whole transaction by itself: nothing may run as if it were still there.
            if transaction.is_autocommit() {
                return Err(done.err().unwrap_or(StoreError::Closed));
            }
            if let Err(error) = done {
                transaction.rollback().map_err(refused)?;
                return Ok(Together::Undone(error));
            }
        }
        transaction.commit().map_err(refused)?;
        Ok(Together::Committed)
    }

    /// FULL: a commit survives a power cut, so an entry counted as seen has its alert stored. NORMAL: it may be undone by
    /// one, and costs no wait for the disk (<https://sqlite.org/pragma.html#pragma_synchronous>).
    fn set(&mut self, durability: Durability) -> Result<(), StoreError> {
        if self.durability == Some(durability) {
            return Ok(());
        }
        let word = match durability {
            Durability::Kept => "FULL",
            Durability::MayBeUndone => "NORMAL",
        };
        self.connection
            .pragma_update(None, "synchronous", word)
            .map_err(refused)?;
        self.durability = Some(durability);
        Ok(())
    }
}

fn read_all(path: &Path, waiting: &Mutex<mpsc::Receiver<Box<dyn Job>>>, open: &AtomicUsize) {
    let mut reader = Reader {
        path: path.to_owned(),
        connection: None,
        texts: HashMap::new(),
    };
    loop {
        let next = waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        let Ok(mut job) = next else { return };
        let ended = reader.run(job.as_mut());
        open.fetch_sub(1, Ordering::Relaxed);
        job.end(ended);
    }
}

/// A connection that reads; opened when it is first needed.
struct Reader {
    path: PathBuf,
    connection: Option<Connection>,
    texts: Texts,
}

impl Reader {
    fn run(&mut self, job: &mut dyn Job) -> Result<(), StoreError> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => opened(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY)?,
        };
        let connection = self.connection.insert(connection);
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Deferred)
            .map_err(refused)?;
        let done = job.run(&mut SqliteTx {
            connection: &transaction,
            texts: &mut self.texts,
        });
        drop(transaction);
        done
    }
}

struct SqliteTx<'a> {
    connection: &'a Connection,
    texts: &'a mut Texts,
}

impl SqliteTx<'_> {
    fn prepared(&mut self, sql: &str) -> Result<rusqlite::CachedStatement<'_>, StoreError> {
        if !sql.contains('{') {
            return self.connection.prepare_cached(sql).map_err(refused);
        }
        if !self.texts.contains_key(sql) {
            let text = Dialect::Sqlite.translated(sql);
            self.texts.insert(sql.to_owned(), text);
        }
        let text = self.texts.get(sql).map_or(sql, String::as_str);
        self.connection.prepare_cached(text).map_err(refused)
    }
}

impl Tx for SqliteTx<'_> {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn exec(&mut self, sql: &str, values: &[Val]) -> Result<usize, StoreError> {
        let mut statement = self.prepared(sql)?;
        statement
            .execute(rusqlite::params_from_iter(values))
            .map_err(refused)
    }

    fn rows(&mut self, sql: &str, values: &[Val]) -> Result<Vec<Row>, StoreError> {
        let mut statement = self.prepared(sql)?;
        let columns = statement.column_count();
        let mut found = statement
            .query(rusqlite::params_from_iter(values))
            .map_err(refused)?;
        let mut rows = Vec::new();
        while let Some(row) = found.next().map_err(refused)? {
            let mut values = Vec::with_capacity(columns);
            for column in 0..columns {
                values.push(value(column, row.get_ref(column).map_err(refused)?)?);
            }
            rows.push(Row::new(values));
        }
        Ok(rows)
    }

    fn each(
        &mut self,
        sql: &str,
        shared: &[Val],
        rows: Vec<serde_json::Value>,
    ) -> Result<Vec<usize>, StoreError> {
        let mut changed = Vec::new();
        let mut statement = self.prepared(sql)?;
        for (place, values) in Dialect::Sqlite.bound(shared, rows).iter().enumerate() {
            let rows = statement.execute(rusqlite::params_from_iter(values));
            if rows.map_err(refused)? > 0 && tells_of_changes(sql) {
                changed.push(place);
            }
        }
        Ok(changed)
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

fn is_locked(error: &StoreError) -> bool {
    error.kind() == Some(DatabaseFailure::Locked)
}

fn is_about_the_shared_memory(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error().map(|code| code.extended_code);
    [
        rusqlite::ffi::SQLITE_IOERR_SHMSIZE,
        rusqlite::ffi::SQLITE_IOERR_SHMMAP,
    ]
    .iter()
    .any(|known| code == Some(*known))
}

/// Says what SQLite says, once, with what it means for us (<https://sqlite.org/rescode.html>).
#[expect(
    clippy::needless_pass_by_value,
    reason = "it is used where an error is turned into another"
)]
fn refused(error: rusqlite::Error) -> StoreError {
    let kind = match error.sqlite_error_code() {
        // The index of the log could not be made longer: that is how a full disk shows when the file is opened.
        Some(ErrorCode::SystemIoFailure) if is_about_the_shared_memory(&error) => {
            DatabaseFailure::Full
        }
        Some(ErrorCode::DiskFull) => DatabaseFailure::Full,
        Some(ErrorCode::ReadOnly) => DatabaseFailure::ReadOnly,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => DatabaseFailure::Locked,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => DatabaseFailure::Damaged,
        _ => DatabaseFailure::Other,
    };
    let mut message = match &error {
        rusqlite::Error::SqliteFailure(_, Some(message)) => message.clone(),
        rusqlite::Error::SqliteFailure(code, None) => code.to_string(),
        error => error.to_string(),
    };
    match kind {
        DatabaseFailure::Full => message = "there is no room left; make room on its disk".into(),
        DatabaseFailure::ReadOnly => message.push_str("; let this user write there"),
        _ => {}
    }
    StoreError::Database { kind, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_said_once() {
        let locked = rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY),
            Some("database is locked".into()),
        );
        let error = refused(locked);
        assert!(is_locked(&error));
        assert_eq!(
            error.to_string(),
            "the database refused: database is locked"
        );
        assert!(std::error::Error::source(&error).is_none());
    }

    struct Work(fn(&mut dyn Tx) -> Result<(), StoreError>);

    impl Job for Work {
        fn run(&mut self, tx: &mut dyn Tx) -> Result<(), StoreError> {
            (self.0)(tx)
        }

        fn end(self: Box<Self>, _: Result<(), StoreError>) {}
    }

    #[test]
    fn a_transaction_that_the_engine_undid_is_lost_for_all_its_jobs_by_its_own_reason() {
        let mut writer = Writer {
            connection: Connection::open_in_memory().unwrap(),
            texts: Texts::new(),
            durability: None,
        };
        let makes = |tx: &mut dyn Tx| tx.exec("CREATE TABLE made (n INTEGER)", &[]).map(|_| ());
        let fills_the_disk = |tx: &mut dyn Tx| {
            tx.exec("ROLLBACK", &[])?;
            Err(StoreError::Database {
                kind: DatabaseFailure::Full,
                message: "the disk is full".into(),
            })
        };
        let mut jobs: Vec<Box<dyn Job>> =
            vec![Box::new(Work(makes)), Box::new(Work(fills_the_disk))];
        let lost = writer.try_together(&mut jobs, Durability::Kept);
        let Err(StoreError::Database { kind, .. }) = lost else {
            panic!("{lost:?}");
        };
        assert_eq!(kind, DatabaseFailure::Full);
        let count = "SELECT COUNT(*) FROM sqlite_master";
        let left: i64 = writer
            .connection
            .query_row(count, [], |row| row.get(0))
            .unwrap();
        assert_eq!(left, 0);
    }

    /// Who holds the file, until it is asked for.
    static HOLDER: Mutex<Option<Connection>> = Mutex::new(None);

    #[test]
    fn a_job_that_finds_the_file_held_by_another_process_is_run_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("held.sqlite3");
        let holder = Connection::open(&path).unwrap();
        holder.execute_batch("BEGIN IMMEDIATE").unwrap();
        *HOLDER.lock().unwrap() = Some(holder);
        let mut connection = Connection::open(&path).unwrap();
        // It is given up at once, and the file is free right after.
        let gives_up = |_| HOLDER.lock().unwrap().take().is_none();
        connection.busy_handler(Some(gives_up)).unwrap();
        let mut writer = Writer {
            connection,
            texts: Texts::new(),
            durability: Some(Durability::Kept),
        };
        let makes = |tx: &mut dyn Tx| tx.exec("CREATE TABLE made (n INTEGER)", &[]).map(|_| ());
        writer.run_together(vec![Box::new(Work(makes))], Durability::Kept);
        let count = "SELECT COUNT(*) FROM sqlite_master";
        let made: i64 = writer
            .connection
            .query_row(count, [], |row| row.get(0))
            .unwrap();
        assert_eq!(made, 1);
    }
}
