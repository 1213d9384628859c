//! How the database runs each statement: none reads the whole of a table that grows.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use newswatch::clock::Clock;
use newswatch::demo::newsroom::Publishing;
use newswatch::domain::{ChannelName, WatchName};
use newswatch::store::{
    AlertFilter, Database, Dialect, Durability, Job, RetrySelection, Row, Store, StoreError, Tx,
    Val,
};

use crate::support::database;
use crate::support::newsroom::World;

/// Tables that grow with what is read and told. Others grow with the configuration, or are bounded.
const GROWING: [&str; 12] = [
    "alerts",
    "articles",
    "attempts",
    "deliveries",
    "entries",
    "entry_keys",
    "held",
    "host_lines",
    "host_pages",
    "legs",
    "report_keys",
    "reports",
];

/// Indexes of the rows that are under way alone: to read one whole is to read what waits.
const UNDER_WAY: [&str; 7] = [
    "deliveries_due",
    "deliveries_leased",
    "deliveries_open",
    "entries_due",
    "entries_leased",
    "legs_due",
    "polls_leased",
];

/// The statements that were run, with the values of the first time.
type Seen = Arc<Mutex<BTreeMap<String, Vec<Val>>>>;

/// A database that writes down every statement.
#[derive(Debug)]
struct Recorder {
    inner: Arc<dyn Database>,
    seen: Seen,
}

impl Database for Recorder {
    fn dialect(&self) -> Dialect {
        self.inner.dialect()
    }

    fn write(&self, job: Box<dyn Job>, durability: Durability) {
        self.inner.write(self.recorded(job), durability);
    }

    fn read(&self, job: Box<dyn Job>) {
        self.inner.read(self.recorded(job));
    }
}

impl Recorder {
    fn recorded(&self, job: Box<dyn Job>) -> Box<dyn Job> {
        let seen = Arc::clone(&self.seen);
        Box::new(RecordedJob { job, seen })
    }
}

struct RecordedJob {
    job: Box<dyn Job>,
    seen: Seen,
}

impl Job for RecordedJob {
    fn run(&mut self, tx: &mut dyn Tx) -> Result<(), StoreError> {
        let seen = Arc::clone(&self.seen);
        self.job.run(&mut RecordedTx { tx, seen })
    }

    fn end(self: Box<Self>, ended: Result<(), StoreError>) {
        self.job.end(ended);
    }
}

struct RecordedTx<'a> {
    tx: &'a mut dyn Tx,
    seen: Seen,
}

impl RecordedTx<'_> {
    fn note(&self, sql: &str, values: &[Val]) {
        let mut seen = self.seen.lock().unwrap();
        seen.entry(sql.to_owned())
            .or_insert_with(|| values.to_vec());
    }
}

impl Tx for RecordedTx<'_> {
    fn dialect(&self) -> Dialect {
        self.tx.dialect()
    }

    fn exec(&mut self, sql: &str, values: &[Val]) -> Result<usize, StoreError> {
        self.note(sql, values);
        self.tx.exec(sql, values)
    }

    fn rows(&mut self, sql: &str, values: &[Val]) -> Result<Vec<Row>, StoreError> {
        self.note(sql, values);
        self.tx.rows(sql, values)
    }
}

/// Asks for the plan of each statement.
struct Explain {
    seen: BTreeMap<String, Vec<Val>>,
    tell: std::sync::mpsc::Sender<Vec<(String, Vec<String>)>>,
    plans: Vec<(String, Vec<String>)>,
}

impl Job for Explain {
    fn run(&mut self, tx: &mut dyn Tx) -> Result<(), StoreError> {
        for (sql, values) in &self.seen {
            let mut steps = Vec::new();
            for mut row in tx.rows(&format!("EXPLAIN QUERY PLAN {sql}"), values)? {
                // Number, parent, a number for nothing, and the step in words.
                for _ in 0..3 {
                    row.next_int()?;
                }
                steps.push(row.next_text()?);
            }
            self.plans.push((sql.clone(), steps));
        }
        Ok(())
    }

    fn end(self: Box<Self>, ended: Result<(), StoreError>) {
        ended.unwrap();
        self.tell.send(self.plans).unwrap();
    }
}

/// Does everything that the service does, and asks everything that people ask.
async fn live(store: Store) {
    let world = World::open(Publishing::AllAtOnce).await;
    let clock = Clock::fixed(Clock::system().now());
    let now = clock.now();
    world.pass(store.clone(), clock.clone()).await.unwrap();
    clock.advance(std::time::Duration::from_hours(2));
    world.pass(store.clone(), clock.clone()).await.unwrap();
    store.report().await.unwrap();
    store.summary().await.unwrap();
    for watch in [None, Some(WatchName("UNCLOS".into()))] {
        let filter = AlertFilter {
            watch,
            since: Some(now),
            limit: 10,
        };
        store.alerts(filter).await.unwrap();
    }
    store.alert("alr_").await.unwrap();
    for selection in [
        RetrySelection {
            id: Some("dlv_".into()),
            ..RetrySelection::default()
        },
        RetrySelection {
            channel: Some(ChannelName("hook".into())),
            ..RetrySelection::default()
        },
    ] {
        store.retry(selection, now).await.unwrap();
    }
    store.kept_articles(now, None, 10).await.unwrap();
    store.count_kept(now).await.unwrap();
    store.forget_articles(clock.now(), 10).await.unwrap();
    store.disbelieve_after(now).await.unwrap();
    store
        .gather(newswatch::alerting::bundle, now, 10)
        .await
        .unwrap();
    store.put_back_feeds(Vec::new()).await.unwrap();
    store.put_back_entries(Vec::new()).await.unwrap();
}

#[tokio::test]
async fn no_statement_reads_the_whole_of_a_table_that_grows() {
    let inner = database::empty().await;
    if inner.dialect() != Dialect::Sqlite {
        return;
    }
    let seen = Seen::default();
    let recorder = Arc::new(Recorder {
        inner: Arc::clone(&inner),
        seen: Arc::clone(&seen),
    });
    live(Store::over(recorder).await.unwrap()).await;
    let mut statements = seen.lock().unwrap().clone();
    statements.retain(|sql, _| {
        let words = ["SELECT", "INSERT", "UPDATE", "DELETE"];
        words.iter().any(|word| sql.starts_with(word))
    });
    assert!(statements.len() > 50, "{} statements", statements.len());

    let (tell, told) = std::sync::mpsc::channel();
    let explain = Explain {
        seen: statements,
        tell,
        plans: Vec::new(),
    };
    inner.write(Box::new(explain), Durability::MayBeUndone);
    let plans = tokio::task::spawn_blocking(move || told.recv().unwrap());
    let mut bad = Vec::new();
    for (sql, steps) in plans.await.unwrap() {
        for step in steps {
            if reads_a_whole_table(&sql, &step) {
                bad.push(format!("{step}\n    {sql}"));
            }
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// Whether a step of a plan reads all rows of a table that grows.
fn reads_a_whole_table(sql: &str, step: &str) -> bool {
    let Some(scanned) = step.strip_prefix("SCAN ") else {
        return false;
    };
    let name = scanned.split(' ').next().unwrap();
    // What a statement does not name stands there for a foreign key, and is looked at only where one is violated. A
    // statement may name the table otherwise: `FROM entries e`.
    let is_growing = GROWING.iter().any(|table| {
        name == *table && sql.contains(&format!(" {table} "))
            || sql.contains(&format!("{table} {name} "))
            || sql.contains(&format!("{table} {name}\n"))
    });
    let is_under_way = UNDER_WAY.iter().any(|index| scanned.contains(index));
    is_growing && !is_under_way
}
