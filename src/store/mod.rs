//! What is remembered: all SQL, a function each, and the one way to run it.
//!
//! Stages hand work to one another through the store alone. `next_*` claims work with a lease, `record_*`
//! stores what came of it, each in one transaction; a crash between the two loses nothing, because a claim
//! that was not answered is open again. Times come from the caller; SQL never asks for the time.

mod alerts;
mod articles;
mod deliveries;
mod entries;
mod feeds;
mod hosts;
mod kept;
mod lock;
mod report;
mod schema;
mod sqlite;
mod tx;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::domain::{InstallationId, LocalTimestamp, Timestamp};

pub use alerts::{Flagged, Raised, StoryState};
pub use articles::{Scraped, Unflagged, Unscraped};
pub use deliveries::{ChannelHold, DueDelivery, RetrySelection};
pub use feeds::{Address, DueFeed, FeedHealth, Finding, PollRecord};
pub use kept::{Kept, KeptPlace};
pub use report::{
    AlertDetail, AlertFilter, AlertLine, AttemptLine, ChannelLine, Counts, DeliveryLine, FeedLine,
    Report,
};
pub use sqlite::{Access, Database, Job, Ran, Sqlite};
pub use tx::{Row, StoreError, Tx, Val};

/// The database's name inside the state directory.
const FILE_NAME: &str = "newswatch.sqlite3";

/// The store; cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    database: Arc<dyn Database>,
    /// Keeps a second newswatch away from the state directory as long as any clone lives.
    _lock: Option<Arc<lock::StateLock>>,
}

impl Store {
    /// Opens the state directory to work on it: makes it if need be, locks it, brings the schema up to date
    /// and takes back the claims of a process that died.
    ///
    /// # Errors
    /// When the directory cannot be used or another process works on it.
    pub async fn open(state_dir: &Path) -> Result<Self, StoreError> {
        make_private(state_dir)?;
        let lock = lock::StateLock::take(state_dir)?;
        let file = state_dir.join(FILE_NAME);
        create_private(&file)?;
        let database = Sqlite::open(&file, Access::Write)?;
        let store = Self {
            database: Arc::new(database),
            _lock: Some(Arc::new(lock)),
        };
        store.prepare().await?;
        Ok(store)
    }

    /// Opens the state directory beside the process that works on it: to look, or to ask for a new try.
    ///
    /// # Errors
    /// When there is no database yet, or it cannot be read.
    pub fn open_beside(state_dir: &Path) -> Result<Self, StoreError> {
        let file = state_dir.join(FILE_NAME);
        if !file.exists() {
            return Err(StoreError::Path {
                path: file.display().to_string(),
                message: "there is no database yet; `newswatch run` makes it".into(),
            });
        }
        Ok(Self {
            database: Arc::new(Sqlite::open(&file, Access::Read)?),
            _lock: None,
        })
    }

    /// Makes a store over any database and prepares it as [`Store::open`] does.
    ///
    /// # Errors
    /// When the database refuses its schema.
    pub async fn over(database: Arc<dyn Database>) -> Result<Self, StoreError> {
        let store = Self {
            database,
            _lock: None,
        };
        store.prepare().await?;
        Ok(store)
    }

    async fn prepare(&self) -> Result<(), StoreError> {
        self.tx(|tx| {
            schema::migrate(tx)?;
            feeds::release_claims(tx)?;
            articles::release_claims(tx)?;
            deliveries::release_claims(tx)
        })
        .await
    }

    /// The random name of this installation; drawn at the first call.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn installation(&self, drawn: u128) -> Result<InstallationId, StoreError> {
        self.tx(move |tx| {
            if let Some(row) = tx.rows("SELECT id FROM installation", &[])?.first() {
                return row.text(0).map(InstallationId);
            }
            let id = format!("{drawn:032x}");
            tx.exec(
                "INSERT INTO installation (id) VALUES ($1)",
                &[id.as_str().into()],
            )?;
            Ok(InstallationId(id))
        })
        .await
    }

    /// Runs one piece of work as one transaction.
    async fn tx<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Tx) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (tell, told) = oneshot::channel();
        self.database.submit(Box::new(move |tx| {
            let result = work(tx);
            Ran {
                keep: result.is_ok(),
                reply: Box::new(move |committed| {
                    // Nobody listens any more when the caller was dropped; the work stands all the same.
                    drop(tell.send(result.and_then(|value| committed.map(|()| value))));
                }),
            }
        }));
        told.await.unwrap_or(Err(StoreError::Closed))
    }
}

/// Makes the directory, readable by its owner alone.
fn make_private(state_dir: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(state_dir)
        .map_err(|error| StoreError::Path {
            path: state_dir.display().to_string(),
            message: error.to_string(),
        })
}

/// Makes the database's file, readable by its owner alone; SQLite gives its other files the same mode.
fn create_private(file: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::OpenOptionsExt as _;
    fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(file)
        .map(drop)
        .map_err(|error| StoreError::Path {
            path: file.display().to_string(),
            message: error.to_string(),
        })
}

/// How a time is stored.
fn ms(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// When a claim made now is open again.
fn lease_end(now: Timestamp, lease: Duration) -> i64 {
    ms(now).saturating_add(i64::try_from(lease.as_millis()).unwrap_or(i64::MAX))
}

fn timestamp(row: &Row, column: usize) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(row.int(column)?).map_err(|_| StoreError::Shape {
        column,
        wanted: "a time",
    })
}

fn opt_timestamp(row: &Row, column: usize) -> Result<Option<Timestamp>, StoreError> {
    match row.opt_int(column)? {
        None => Ok(None),
        Some(_) => timestamp(row, column).map(Some),
    }
}

/// Reads a time and, in the column after it, its offset in seconds.
fn opt_local_timestamp(row: &Row, column: usize) -> Result<Option<LocalTimestamp>, StoreError> {
    let Some(at) = opt_timestamp(row, column)? else {
        return Ok(None);
    };
    let offset = row
        .opt_int(column + 1)?
        .and_then(|seconds| i32::try_from(seconds).ok())
        .and_then(|seconds| jiff::tz::Offset::from_seconds(seconds).ok())
        .unwrap_or(jiff::tz::Offset::UTC);
    Ok(Some(LocalTimestamp { at, offset }))
}

fn offset_s(at: Option<LocalTimestamp>) -> Val {
    at.map(|at| i64::from(at.offset.seconds())).into()
}

fn count(row: &Row, column: usize) -> Result<u32, StoreError> {
    u32::try_from(row.int(column)?).map_err(|_| StoreError::Shape {
        column,
        wanted: "a count",
    })
}

fn json_list(values: &[String]) -> String {
    serde_json::Value::from(values.to_vec()).to_string()
}

fn list(row: &Row, column: usize) -> Result<Vec<String>, StoreError> {
    serde_json::from_str(&row.text(column)?).map_err(|_| StoreError::Shape {
        column,
        wanted: "a JSON list",
    })
}

fn url(row: &Row, column: usize) -> Result<url::Url, StoreError> {
    row.text(column)?.parse().map_err(|_| StoreError::Shape {
        column,
        wanted: "a URL",
    })
}

fn opt_url(row: &Row, column: usize) -> Result<Option<url::Url>, StoreError> {
    match row.opt_text(column)? {
        None => Ok(None),
        Some(_) => url(row, column).map(Some),
    }
}
