//! What is remembered: all SQL, a function each, and the one way to run it.
//!
//! Stages hand work to one another through the store alone. `next_*` claims work with a lease, `record_*`
//! stores what came of it, each in one transaction; a crash between the two loses nothing, because a claim
//! that was not answered is open again. An answer that comes after its lease ended, when the work may be another's,
//! writes nothing. Times come from the caller; SQL never asks for the time.
//!
//! [`Database`] is the engine: SQLite in a file of the state directory, or PostgreSQL. What is asked for people is read
//! on connections of its own, which wait for no writer.

mod adrift;
mod alert_counts;
mod articles;
mod attempts;
mod backup;
mod claims;
mod copies;
mod database;
mod deliveries;
mod desk;
mod entrance;
mod entries;
mod facts;
mod feed_orders;
mod feed_past;
mod feeds;
mod flagging;
mod health;
mod hosts;
mod journal;
mod kept;
mod legs;
mod lists;
mod lock;
mod marks;
mod moving;
mod notices;
mod place;
mod poll_hours;
mod polls;
#[cfg(feature = "postgres")]
mod postgres;
mod presence;
mod read_again;
mod report;
mod reports;
mod retries;
mod robots;
mod schema;
mod server;
mod shown;
mod silences;
mod spikes;
mod sqlite;
mod stories;
mod suppressions;
mod times;
mod traces;
mod tx;
mod unchanged;
mod unflagged;
mod unscraped;
mod updates;
mod versions;
mod visits;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex};

use tokio::sync::oneshot;

use crate::domain::{ChannelName, InstallationId, LocalTimestamp, Shown, Timestamp};

#[cfg(feature = "postgres")]
pub use self::postgres::Postgres;
pub use adrift::Adrift;
pub use alert_counts::DayCount;
pub use articles::{PagesNow, Scraped};
pub use attempts::{Attempted, Try};
pub use backup::{backup, restore};
pub use claims::Claim;
pub use database::{Database, Durability, Job};
pub use deliveries::{DueDelivery, Rendered, Unrendered};
pub use entrance::{WebSession, WebToken, WebUser};
pub use feed_past::FeedPast;
pub use flagging::{FlagWork, Flagged, Judge, Judged};
pub use health::{Coverage, Expected};
pub use journal::{Answered, JournalLine, Opinion};
pub use kept::{Kept, KeptPlace};
pub use lists::{
    AlertDetail, AlertFilter, AlertLine, AttemptLine, Counted, DeliveryLine, ListCursor, ListPlace,
    Listed,
};
pub use marks::{Marks, Reading, Record, Standing, ask_again, documents_set_aside};
pub use poll_hours::PollHour;
pub use polls::{Address, DueFeed, FeedHealth, Finding, PollRecord};
pub use presence::{Presence, ServiceMark, ServiceSeen, can_write, service_seen};
pub use read_again::ReadAgain;
pub use report::{ChannelLine, Counts, FeedLine, GivenUp, Paused, Report, Summary};
pub use retries::RetrySelection;
pub use robots::KnownRobots;
pub(crate) use server::MAX_WORKER_BYTES;
pub use server::{Server, ServerError};
pub use shown::{
    EntryLine, HeldLine, OpenDelivery, Pulse, ShownAlert, ShownAlertDetail, ShownFilter,
};
pub use silences::Silenceable;
pub use sqlite::{Access, Sqlite};
pub use suppressions::Suppression;
pub use traces::{Trace, TraceStage};
pub use tx::{DatabaseFailure, Dialect, Row, StoreError, Tx, Val};
pub use unflagged::{Unflagged, UnflaggedRound};
pub use unscraped::{PageQueue, QueuePlace, Unscraped};
pub use versions::{ArticleVersion, StoryChange, UpdateLine, VersionLine};
pub use visits::{DueVisit, KnownPage, NewUpdate, NewVersion, Visited};

/// The database's name inside the state directory.
const FILE_NAME: &str = "newswatch.sqlite3";

/// The longest text that stands in an index as it is; PostgreSQL takes 2,704 bytes for a whole row of one.
const MAX_INDEXED_BYTES: usize = 1_000;

/// Who makes the claims of a process that works on a file alone.
const ALONE: &str = "newswatch";

/// The store; cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    database: Arc<dyn Database>,
    /// Who makes its claims.
    claimant: Arc<str>,
    unchanged: unchanged::Waiting,
    /// What was read of stories last.
    stories: Arc<Mutex<Option<stories::Read>>>,
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
        place::make_private(state_dir)?;
        let lock = lock::StateLock::take(state_dir)?;
        let file = state_dir.join(FILE_NAME);
        place::create_private(&file)?;
        let database = Sqlite::open(&file, Access::Own).map_err(|error| error.at(&file))?;
        let store = Self::prepared(Arc::new(database), ALONE, Some(Arc::new(lock))).await;
        store.map_err(|error| error.at(&file))
    }

    /// Opens the state directory beside the process that works on it: to look, or to ask for a new try.
    ///
    /// # Errors
    /// When there is no database yet, it cannot be read, or it is none that this newswatch knows.
    pub async fn open_beside(state_dir: &Path) -> Result<Self, StoreError> {
        let file = state_dir.join(FILE_NAME);
        place::look_for(&file)?;
        let database = Sqlite::open(&file, Access::Beside).map_err(|error| error.at(&file))?;
        let store = Self::made(Arc::new(database), ALONE, None);
        let known = store.read(schema::check).await;
        known.map_err(|error| error.at(&file))?;
        Ok(store)
    }

    /// Connects to a server to work on its database: brings the schema up to date and takes back the claims of a process
    /// of the same worker that died.
    ///
    /// # Errors
    /// When the server cannot be reached or refuses.
    #[cfg(feature = "postgres")]
    pub async fn connect(server: &Server) -> Result<Self, StoreError> {
        let database = Postgres::open(server, Access::Own).await?;
        Self::shared(Arc::new(database), server.worker()).await
    }

    /// Connects to a server beside those that work on its database: to look, or to ask for a new try.
    ///
    /// # Errors
    /// When there is no database yet, the server cannot be reached, or the database is none that this newswatch knows.
    #[cfg(feature = "postgres")]
    pub async fn connect_beside(server: &Server) -> Result<Self, StoreError> {
        let database = Postgres::open(server, Access::Beside).await?;
        let store = Self::made(Arc::new(database), server.worker(), None);
        store.read(schema::check).await?;
        Ok(store)
    }

    /// Says that this newswatch knows no servers.
    ///
    /// # Errors
    /// Always.
    #[cfg(not(feature = "postgres"))]
    #[expect(clippy::unused_async, reason = "as with the feature")]
    pub async fn connect(_: &Server) -> Result<Self, StoreError> {
        Err(StoreError::Closed)
    }

    /// Says that this newswatch knows no servers.
    ///
    /// # Errors
    /// Always.
    #[cfg(not(feature = "postgres"))]
    #[expect(clippy::unused_async, reason = "as with the feature")]
    pub async fn connect_beside(_: &Server) -> Result<Self, StoreError> {
        Err(StoreError::Closed)
    }

    /// Makes a store over any database, and prepares it as [`Store::open`] does.
    ///
    /// # Errors
    /// When the database refuses its schema.
    pub async fn over(database: Arc<dyn Database>) -> Result<Self, StoreError> {
        Self::prepared(database, ALONE, None).await
    }

    /// Makes a store over a database that several workers share: only the claims of this one are taken back.
    ///
    /// # Errors
    /// When the database refuses its schema.
    pub async fn shared(database: Arc<dyn Database>, worker: &str) -> Result<Self, StoreError> {
        Self::prepared(database, worker, None).await
    }

    async fn prepared(
        database: Arc<dyn Database>,
        claimant: &str,
        lock: Option<Arc<lock::StateLock>>,
    ) -> Result<Self, StoreError> {
        let store = Self::made(database, claimant, lock);
        store.write(schema::migrate).await?;
        let claimant = Arc::clone(&store.claimant);
        store
            .write(move |tx| claims::release(tx, &claimant))
            .await?;
        Ok(store)
    }

    fn made(
        database: Arc<dyn Database>,
        claimant: &str,
        lock: Option<Arc<lock::StateLock>>,
    ) -> Self {
        Self {
            unchanged: unchanged::Waiting::default(),
            stories: Arc::default(),
            database,
            claimant: claimant.into(),
            _lock: lock,
        }
    }

    /// The random name of this installation; drawn at the first call.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn installation(&self, drawn: u128) -> Result<InstallationId, StoreError> {
        self.write(move |tx| {
            tx.exec(
                "INSERT INTO installation (one, id) VALUES (1, $1) ON CONFLICT (one) DO NOTHING",
                &[format!("{drawn:032x}").into()],
            )?;
            let row = tx.first("SELECT id FROM installation", &[])?;
            let mut row = row.ok_or(StoreError::Shape {
                column: 0,
                wanted: "the installation's name",
            })?;
            row.next_text().map(InstallationId)
        })
        .await
    }

    /// The key that links of this installation are signed with; the one that was drawn, at the first call.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn link_key(&self, drawn: [u8; 32]) -> Result<[u8; 32], StoreError> {
        let drawn = hex_digits(&drawn);
        self.write(move |tx| {
            tx.exec(
                "INSERT INTO signing_keys (name, value) VALUES ('links', $1) ON CONFLICT (name) DO NOTHING",
                &[drawn.as_str().into()],
            )?;
            let row = tx.first("SELECT value FROM signing_keys WHERE name = 'links'", &[])?;
            row.map(|mut row| row.next_text())
                .transpose()?
                .as_deref()
                .and_then(key_bytes)
                .ok_or(StoreError::Shape {
                    column: 0,
                    wanted: "a key of 64 hexadecimal digits",
                })
        })
        .await
    }

    /// Runs one piece of work as one transaction that nothing undoes.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Tx) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (task, told) = Task::new(work);
        self.database.write(task, Durability::Kept);
        told.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Runs one piece of work as one transaction that a power cut may undo: a claim, or that nothing has changed.
    async fn write_lightly<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Tx) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (task, told) = Task::new(work);
        self.database.write(task, Durability::MayBeUndone);
        told.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Runs one piece of work that only reads.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Tx) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (task, told) = Task::new(work);
        self.database.read(task);
        told.await.unwrap_or(Err(StoreError::Closed))
    }
}

/// A piece of work, what it made, and who waits for it.
struct Task<F, T> {
    work: F,
    made: Option<T>,
    tell: oneshot::Sender<Result<T, StoreError>>,
}

impl<F, T> Task<F, T>
where
    F: FnMut(&mut dyn Tx) -> Result<T, StoreError> + Send + 'static,
    T: Send + 'static,
{
    fn new(work: F) -> (Box<Self>, oneshot::Receiver<Result<T, StoreError>>) {
        let (tell, told) = oneshot::channel();
        let made = None;
        (Box::new(Self { work, made, tell }), told)
    }
}

impl<F, T> Job for Task<F, T>
where
    F: FnMut(&mut dyn Tx) -> Result<T, StoreError> + Send,
    T: Send,
{
    fn run(&mut self, tx: &mut dyn Tx) -> Result<(), StoreError> {
        // What is decided in here is decided for one piece of work: a defect in it must not end the database's thread.
        let made = catch_unwind(AssertUnwindSafe(|| (self.work)(tx)));
        self.made = Some(made.unwrap_or_else(|_| {
            Err(StoreError::Database {
                kind: DatabaseFailure::Other,
                message: "a transaction ran into a defect of newswatch".into(),
            })
        })?);
        Ok(())
    }

    fn end(self: Box<Self>, ended: Result<(), StoreError>) {
        let Self { made, tell, .. } = *self;
        let result = ended.and_then(|()| made.ok_or(StoreError::Closed));
        // Nobody listens any more when the caller was dropped; the work stands all the same.
        drop(tell.send(result));
    }
}

/// A reason as it is kept: what is read from the store is shown, so what goes into it is one line, whatever it repeats.
fn told(text: &str) -> String {
    Shown::up_to(text, MAX_TOLD_CHARS).into()
}

/// The longest reason that is kept, in characters: a message of ours with some texts from outside in it.
const MAX_TOLD_CHARS: usize = 1_000;

/// How a time is stored.
fn ms(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// A text as it stands in an index: itself, or its SHA-256 where it is too long for one.
fn indexed(text: &str) -> String {
    use sha2::{Digest as _, Sha256};
    if text.len() <= MAX_INDEXED_BYTES {
        return text.to_owned();
    }
    let hash = Sha256::digest(text.as_bytes());
    let digits = hash.iter().map(|byte| format!("{byte:02x}"));
    format!("sha256:{}", digits.collect::<String>())
}

/// The slot of a host, 0 to 255: what concerns one host has one slot, so that one worker can have it all.
fn slot(url: Option<&url::Url>) -> i64 {
    use sha2::{Digest as _, Sha256};
    let host = url.and_then(url::Url::host_str).unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    Sha256::digest(host.as_bytes())
        .first()
        .map_or(0, |byte| i64::from(*byte))
}

/// Channels as one value, for `{each}`.
fn json_names(channels: &[ChannelName]) -> Val {
    let names = channels.iter().map(|name| serde_json::json!([name.0]));
    json_rows(names.collect())
}

/// Rows as one value, for `{each}`: a JSON list of lists.
fn json_rows(mut rows: Vec<serde_json::Value>) -> Val {
    rows.iter_mut().for_each(tx::without_nul);
    Val::Text(serde_json::Value::Array(rows).to_string())
}

/// Numbers as one value, for `{each}`.
fn json_ids(ids: impl IntoIterator<Item = i64>) -> Val {
    serde_json::Value::from(ids.into_iter().collect::<Vec<_>>())
        .to_string()
        .into()
}

fn json_list(values: &[String]) -> String {
    serde_json::Value::from(values.to_vec()).to_string()
}

fn as_time(ms: i64, row: &Row) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(ms).map_err(|_| row.lacks("a time"))
}

fn timestamp(row: &mut Row) -> Result<Timestamp, StoreError> {
    let ms = row.next_int()?;
    as_time(ms, row)
}

fn opt_timestamp(row: &mut Row) -> Result<Option<Timestamp>, StoreError> {
    let ms = row.next_opt_int()?;
    ms.map(|ms| as_time(ms, row)).transpose()
}

/// Reads a time and, in the column after it, its offset in seconds.
fn opt_local_timestamp(row: &mut Row) -> Result<Option<LocalTimestamp>, StoreError> {
    let at = opt_timestamp(row)?;
    let offset = row
        .next_opt_int()?
        .and_then(|seconds| i32::try_from(seconds).ok())
        .and_then(|seconds| jiff::tz::Offset::from_seconds(seconds).ok())
        .unwrap_or(jiff::tz::Offset::UTC);
    Ok(at.map(|at| LocalTimestamp { at, offset }))
}

fn offset_s(at: Option<LocalTimestamp>) -> Val {
    at.map(|at| i64::from(at.offset.seconds())).into()
}

fn count(row: &mut Row) -> Result<u32, StoreError> {
    let number = row.next_int()?;
    u32::try_from(number).map_err(|_| row.lacks("a count"))
}

/// A value as a JSON object; strings, numbers and lists can always be written.
fn json_object<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "{}".to_owned())
}

/// Reads what [`json_object`] wrote.
fn object<T: serde::de::DeserializeOwned>(row: &mut Row) -> Result<T, StoreError> {
    let text = row.next_text()?;
    serde_json::from_str(&text).map_err(|_| row.lacks("a JSON object"))
}

fn list(row: &mut Row) -> Result<Vec<String>, StoreError> {
    let text = row.next_text()?;
    serde_json::from_str(&text).map_err(|_| row.lacks("a JSON list"))
}

fn url(row: &mut Row) -> Result<url::Url, StoreError> {
    opt_url(row)?.ok_or_else(|| row.lacks("a URL"))
}

fn opt_url(row: &mut Row) -> Result<Option<url::Url>, StoreError> {
    let text = row.next_opt_text()?;
    text.map(|text| url_of(row, &text)).transpose()
}

fn url_of(row: &Row, text: &str) -> Result<url::Url, StoreError> {
    text.parse().map_err(|_| row.lacks("a URL"))
}

/// Text where the schema has '' for none.
fn filled(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// A limit as a statement takes it.
fn limit_of(limit: usize) -> Val {
    i64::try_from(limit).unwrap_or(i64::MAX).into()
}

/// How many there ever were of what is counted as it is written.
fn tallied(tx: &mut dyn Tx, name: &str) -> Result<i64, StoreError> {
    tx.number(
        "SELECT COALESCE(MAX(number), 0) FROM tallies WHERE name = $1",
        &[name.into()],
    )
}

/// Counts on, as counting anew would read everything.
fn tally(tx: &mut dyn Tx, name: &str, added: usize) -> Result<(), StoreError> {
    if added == 0 {
        return Ok(());
    }
    tx.exec(
        "INSERT INTO tallies (name, number) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET number = tallies.number + excluded.number",
        &[name.into(), limit_of(added)],
    )?;
    Ok(())
}

/// Rows that are deleted at once at most: a server reads the whole table for many.
const FORGOTTEN_AT_ONCE: usize = 64;

/// How often that is done in a step.
const FORGETTING_ROUNDS: usize = 64;

/// Deletes what is older than a time, by a statement that deletes some of it: more than a step of the flag stage adds.
fn forget_in_rounds(tx: &mut dyn Tx, sql: &str, before: i64) -> Result<(), StoreError> {
    for _ in 0..FORGETTING_ROUNDS {
        if tx.exec(sql, &[before.into()])? < FORGOTTEN_AT_ONCE {
            break;
        }
    }
    Ok(())
}

/// What comes behind every id that begins like this one.
pub(super) fn behind(beginning: &str) -> String {
    format!("{beginning}\u{10ffff}")
}

/// Bytes as hexadecimal digits.
fn hex_digits(bytes: &[u8]) -> String {
    let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    halves
        .filter_map(|half| char::from_digit(u32::from(half), 16))
        .collect()
}

/// The bytes of a key that is kept as hexadecimal digits.
fn key_bytes(digits: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if digits.len() != 2 * bytes.len() {
        return None;
    }
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Some(bytes)
}
