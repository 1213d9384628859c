//! How the database runs each statement: none reads the whole of a table that grows.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use newswatch::alerting::{self, Policies};
use newswatch::clock::Clock;
use newswatch::demo::newsroom::Publishing;
use newswatch::domain::{
    ChannelName, ChannelPolicy, Desk, Destination, DigestFacts, FeedId, Occasion, Priority,
    Silence, Storm, StormFacts, StormSource, ThemeFacts, Timestamp, WaitingLeg, WatchName,
};
use newswatch::store::{
    AlertFilter, Database, Dialect, Durability, Job, Opinion, RetrySelection, Row, ShownFilter,
    Store, StoreError, Tx, Val,
};

use crate::support::database::Home;
use crate::support::newsroom::World;

/// Tables that grow with what is read and told. Others grow with the configuration, or are bounded.
const GROWING: [&str; 19] = [
    "alerts",
    "article_versions",
    "articles",
    "attempts",
    "copies",
    "deliveries",
    "entries",
    "entry_keys",
    "held",
    "host_lines",
    "host_pages",
    "legs",
    "poll_hours",
    "report_keys",
    "reports",
    "sentence_index",
    "stories",
    "story_reports",
    "story_terms",
];

/// Indexes of the rows that are under way alone: to read one whole is to read what waits.
const UNDER_WAY: [&str; 11] = [
    "deliveries_due",
    "deliveries_leased",
    "deliveries_open",
    "entries_backlog",
    "entries_due",
    "entries_leased",
    "entries_pages",
    "entries_unflagged",
    "legs_bundle",
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

    fn each(
        &mut self,
        sql: &str,
        shared: &[Val],
        rows: Vec<serde_json::Value>,
    ) -> Result<Vec<usize>, StoreError> {
        if let Some(values) = self.dialect().bound(shared, rows.clone()).first() {
            self.note(sql, values);
        }
        self.tx.each(sql, shared, rows)
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
        store.count_alerts(filter.clone()).await.unwrap();
        store.alerts(filter).await.unwrap();
    }
    store.alert("alr_").await.unwrap();
    store.held(1).await.unwrap();
    store.given_up(10).await.unwrap();
    for watch in [None, Some(WatchName("w".into()))] {
        let filter = AlertFilter {
            watch,
            since: None,
            limit: 10,
        };
        store.count_alerts(filter).await.unwrap();
    }
    let minute = std::time::Duration::from_mins(1);
    store.next_backlog(now, minute, 1).await.unwrap();
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
    look_at_the_pages(&store, now).await;
    gather_and_silence(&store, now).await;
    tell_of_many(&store, now).await;
    store.put_back_feeds(Vec::new()).await.unwrap();
    store.put_back_entries(Vec::new()).await.unwrap();
}

/// What is asked of the desk, and what people do with silences and acknowledgements.
async fn gather_and_silence(store: &Store, now: Timestamp) {
    let many = Storm {
        more_than: 20,
        within: std::time::Duration::from_mins(1),
    };
    let policy = ChannelPolicy {
        storm: Some(many),
        per_hour: Some(10),
        ..ChannelPolicy::default()
    };
    let policies: Policies = [(ChannelName("hook".into()), policy)].into();
    let asked = policies.clone();
    let ask = move |destination| alerting::question(destination, &asked, now);
    let bundle =
        move |legs: Vec<WaitingLeg>, desk: &mut Desk| alerting::bundle(legs, &policies, desk, now);
    for limit in [1, 10] {
        let (ask, bundle) = (ask.clone(), bundle.clone());
        store.gather(ask, bundle, now, limit).await.unwrap();
    }
    let silence = Silence {
        id: 0,
        watch: Some(WatchName("UNCLOS".into())),
        feed: None,
        story: store.report_named("alr_").await.unwrap(),
        story_id: None,
        text: None,
        author: "an".into(),
        reason: "known".into(),
        from: now,
        until: now,
        held: 0,
    };
    let id = store.add_silence(silence).await.unwrap();
    store.end_silence(id, now).await.unwrap();
    store.silences(now).await.unwrap();
    store.acknowledge("alr_", "an", now).await.unwrap();
}

/// What is said beside the alerts of a digest and of a storm, once there is something to compare with.
async fn tell_of_many(store: &Store, now: Timestamp) {
    let watch = || "UNCLOS".to_owned();
    let digest = move || {
        Occasion::Digest(DigestFacts {
            is_whole: true,
            themes: vec![ThemeFacts {
                watch: watch(),
                usual: None,
            }],
            ..DigestFacts::default()
        })
    };
    let flood = move || {
        Occasion::Storm(StormFacts {
            sources: vec![StormSource {
                watch: watch(),
                ..StormSource::default()
            }],
            ..StormFacts::default()
        })
    };
    let to = Destination {
        channel: ChannelName("hook".into()),
        recipient: None,
    };
    for weeks in [2, 3] {
        let at = now + std::time::Duration::from_hours(weeks * 7 * 24);
        store
            .tell_at(("digest", to.clone()), digest, at, at)
            .await
            .unwrap();
        store
            .tell_at(("storm", to.clone()), flood, at, at)
            .await
            .unwrap();
    }
}

/// Asks what the pages ask.
async fn look_at_the_pages(store: &Store, now: Timestamp) {
    let who = || "a test".to_owned();
    for watch in [None, Some(WatchName("UNCLOS".into()))] {
        let filter = ShownFilter {
            watch,
            since: Some(now),
            after: None,
            limit: 10,
            ..ShownFilter::default()
        };
        let narrow = ShownFilter {
            feeds: Some(vec![FeedId(1), FeedId(2)]),
            lang: Some("en".to_owned()),
            priority: Some(Priority::High),
            ..filter.clone()
        };
        store.shown_alerts(narrow).await.unwrap();
        let shown = store.shown_alerts(filter).await.unwrap();
        for shown in shown.into_iter().take(1) {
            let id = shown.alert.id;
            store.shown_alert(id.0.clone()).await.unwrap();
            let useful = Some(Opinion::Useful);
            store
                .mark_alert(id.clone(), useful, who(), now)
                .await
                .unwrap();
            store.mark_alert(id, None, who(), now).await.unwrap();
        }
    }
    store.story_changes(1, 10).await.unwrap();
    store.entries_of(FeedId(1), 10).await.unwrap();
    store.feed_pasts(vec![FeedId(1)], now).await.unwrap();
    store.marks_by_watch(now).await.unwrap();
    store.told_languages(now, 10).await.unwrap();
    store.found_times(FeedId(1), 10).await.unwrap();
    store.polls_since(FeedId(1), now).await.unwrap();
    store.open_deliveries(10).await.unwrap();
    store.last_alert_at().await.unwrap();
    store.pulse().await.unwrap();
    store.alerts_above(0, 10).await.unwrap();
    store.poll_now(FeedId(1), who(), now).await.unwrap();
    for why in [Some(who()), None] {
        store.pause_feed(FeedId(1), why, who(), now).await.unwrap();
    }
    store.journal(None, 10).await.unwrap();
}

/// The statements of a whole life over a database, with the values of their first time.
async fn statements_of(inner: &Arc<dyn Database>) -> BTreeMap<String, Vec<Val>> {
    let seen = Seen::default();
    let recorder = Arc::new(Recorder {
        inner: Arc::clone(inner),
        seen: Arc::clone(&seen),
    });
    live(Store::over(recorder).await.unwrap()).await;
    let mut statements = seen.lock().unwrap().clone();
    statements.retain(|sql, _| {
        let words = ["SELECT", "INSERT", "UPDATE", "DELETE"];
        words.iter().any(|word| sql.starts_with(word))
    });
    assert!(statements.len() > 50, "{} statements", statements.len());
    statements
}

#[tokio::test]
async fn no_statement_reads_the_whole_of_a_table_that_grows() {
    let home = Home::new();
    let inner = home.open().await;
    let statements = statements_of(&inner).await;
    let bad = match &home {
        Home::Sqlite(database) => whole_reads_of_sqlite(database, statements).await,
        #[cfg(feature = "postgres")]
        Home::Postgres(schema) => postgres::whole_reads(schema.url(), statements),
    };
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// An index is entered by the first column alone where a pair is compared with the pair of a row: all that shares the first
/// is read then. The queues of one server's feeds were read like that, each over all those before it.
#[tokio::test]
async fn no_statement_compares_a_pair_with_that_of_a_row() {
    let home = Home::new();
    let statements = statements_of(&home.open().await).await;
    let bad: Vec<&String> = statements
        .keys()
        .filter(|sql| compares_a_pair_with_that_of_a_row(sql))
        .collect();
    assert!(bad.is_empty(), "{bad:#?}");
    let of_values = "SELECT 1 FROM entries e WHERE (e.host, e.id) > ($1, $2)";
    assert!(!compares_a_pair_with_that_of_a_row(of_values));
    let of_a_row = "SELECT 1 FROM entries e, heads h WHERE (e.host, e.id) > (h.host, h.id)";
    assert!(compares_a_pair_with_that_of_a_row(of_a_row));
}

fn compares_a_pair_with_that_of_a_row(sql: &str) -> bool {
    [") > (", ") < (", ") >= (", ") <= ("]
        .iter()
        .flat_map(|mark| sql.split(mark).skip(1))
        .any(|right| {
            let pair = right.split(')').next().unwrap_or_default();
            pair.contains(',') && !pair.starts_with('$')
        })
}

async fn whole_reads_of_sqlite(
    inner: &Arc<dyn Database>,
    statements: BTreeMap<String, Vec<Val>>,
) -> Vec<String> {
    let (tell, told) = std::sync::mpsc::channel();
    let explain = Explain {
        seen: statements,
        tell,
        plans: Vec::new(),
    };
    inner.write(Box::new(explain), Durability::MayBeUndone);
    let plans = tokio::task::spawn_blocking(move || told.recv().unwrap());
    let plans = plans.await.unwrap();
    if let Some(file) = std::env::var_os(PLANS) {
        std::fs::write(file, plans_as_text(&plans)).unwrap();
    }
    let mut bad = Vec::new();
    for (sql, steps) in plans {
        for step in steps {
            if reads_a_whole_table(&sql, &step) {
                bad.push(format!("{step}\n    {sql}"));
            }
        }
    }
    bad
}

/// Where the plans are written to, for whoever wants to read them.
const PLANS: &str = "NEWSWATCH_PLANS";

/// Each statement, each step of its plan, and what the step grows with.
fn plans_as_text(plans: &[(String, Vec<String>)]) -> String {
    let mut text = String::new();
    for (sql, steps) in plans {
        let words: Vec<&str> = sql.split_whitespace().collect();
        text.push_str(&words.join(" "));
        text.push('\n');
        for step in steps {
            let line = ["    ", step, grows_with(sql, step), "\n"];
            text.extend(line);
        }
    }
    text
}

fn grows_with(sql: &str, step: &str) -> &'static str {
    let name = step.split(' ').nth(1).unwrap_or_default();
    if reads_a_whole_table(sql, step) {
        "  <- ALL ROWS"
    } else if UNDER_WAY.iter().any(|index| step.contains(index)) {
        "  <- with what waits"
    } else if step.contains(" VIRTUAL TABLE ") {
        "  <- with what is asked for"
    } else if step.starts_with("SCAN ") && GROWING.contains(&name) {
        "  <- for a foreign key that is violated, and never otherwise"
    } else if step.starts_with("SCAN ") {
        "  <- with the configuration, or with the rows of the step above"
    } else if step.starts_with("SEARCH ") {
        "  <- with the rows that are found, and the logarithm of the table"
    } else {
        ""
    }
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

/// PostgreSQL plans by how much there is, and once a statement has been run some times for any value at all.
#[cfg(feature = "postgres")]
mod postgres {
    use std::collections::BTreeMap;

    use newswatch::store::{Dialect, Val};
    use postgres::{Client, SimpleQueryMessage};

    use super::GROWING;
    use crate::support::database::postgres::connected;

    /// Fills the tables: 2,000 feeds and 100,000 of whatever grows, most of it done.
    const FILL: &str = "
        INSERT INTO feeds (key, url) SELECT 'https://f' || n, 'https://f' || n FROM generate_series(1, 2000) n;
        INSERT INTO polls (feed_id, slot, active, due_at, fetch_url)
            SELECT id, id % 256, 1, id, url FROM feeds ON CONFLICT DO NOTHING;
        INSERT INTO poll_hours (feed_id, place, hour, polls, failed, news)
            SELECT id, n, n, 4, 0, 1 FROM feeds, generate_series(1, 50) n ON CONFLICT DO NOTHING;
        INSERT INTO reports (made_at) SELECT n FROM generate_series(1, 100000) n;
        INSERT INTO report_keys (key, report_id) SELECT 'link:' || id, id FROM reports ON CONFLICT DO NOTHING;
        INSERT INTO entries (feed_id, state, slot, key, found_at, report_id)
            SELECT (SELECT MAX(id) FROM feeds) - n % 2000, CASE WHEN n % 1000 = 0 THEN n % 2 ELSE 2 END, n % 256,
                'k' || n, n, (SELECT MAX(id) FROM reports) - 100000 + n
            FROM generate_series(1, 100000) n;
        INSERT INTO entry_keys (feed_id, key, entry_id) SELECT feed_id, key, id FROM entries ON CONFLICT DO NOTHING;
        INSERT INTO articles (entry_id, title, text, from_page, scraped_at)
            SELECT id, 'title', 'text', 1, id FROM entries ON CONFLICT DO NOTHING;
        INSERT INTO article_versions (entry_id, number, at, title, text, is_whole, visited, kinds, changes)
            SELECT id, 1, id, 'title', 'text', 1, 0, '[]', '[]' FROM entries ON CONFLICT DO NOTHING;
        INSERT INTO alerts (id, watch, report_id, episode, entry_id, priority, score, terms, sentence, title,
                summary_only, raised_at, told_at)
            SELECT 'alr_fill' || id, 'w' || id % 50, report_id, 99, id, 'normal', 1, '[]', '', '', 0, id, id
            FROM entries WHERE report_id IS NOT NULL;
        INSERT INTO held (watch, entry_id, reason, detail, score, terms, sentence, held_at)
            SELECT 'fill' || id % 50, id, 'x', '{}', 1, '[]', '', id FROM entries;
        INSERT INTO deliveries (id, channel, recipient, urgency, state, not_before, set_at, created_at)
            SELECT 'dlv_fill' || n, 'c' || n % 20, '', 1, CASE WHEN n % 1000 = 0 THEN 0 ELSE 1 END, n, n, n
            FROM generate_series(1, 100000) n;
        INSERT INTO legs (alert_id, channel, recipient, state, bundle, not_before, delivery_id, made_at)
            SELECT 'alr_fill' || e.id, 'c' || n % 20, '', CASE WHEN n % 1000 = 0 THEN 0 ELSE 1 END, '', n, 'dlv_fill' || n, n
            FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS n FROM entries WHERE report_id IS NOT NULL) e
            WHERE n <= 100000;
        INSERT INTO attempts (delivery_id, at, outcome) SELECT id, 1, 'accepted' FROM deliveries;
        INSERT INTO stories (title, first_at, last_at, reports) SELECT '', n, n, 1 FROM generate_series(1, 100000) n;
        INSERT INTO sentence_index (hash, report_id, at) SELECT n + 1000000000000, n, n FROM generate_series(1, 100000) n;
        INSERT INTO story_terms (term, report_id, at) SELECT n + 1000000000000, n, n FROM generate_series(1, 100000) n;
        INSERT INTO copies (entry_id, report_id, same_words, of_words, delta, at)
            SELECT n + 100000000, n, 1, 1, '[]', n FROM generate_series(1, 100000) n;
        INSERT INTO story_reports (report_id, at, language, profile)
            SELECT id, id, 'en', '{}' FROM reports ON CONFLICT DO NOTHING;
        INSERT INTO page_hosts (name, pages, read_at) SELECT 'fill' || n, 64, n FROM generate_series(1, 1500) n;
        INSERT INTO host_pages (host_id, number, address)
            SELECT h.id, n, n FROM page_hosts h, generate_series(1000, 1063) n;
        INSERT INTO host_lines (host_id, line, last_page, history)
            SELECT h.id, n, 64, 1 FROM page_hosts h, generate_series(1000, 1069) n;
        ANALYZE";

    /// The statements that read the whole of a table that grows, each under its plan for any value; that each can be
    /// prepared is shown on the way.
    pub(super) fn whole_reads(server: &str, statements: BTreeMap<String, Vec<Val>>) -> Vec<String> {
        connected(server, move |client| {
            client.batch_execute(FILL).unwrap();
            client
                .batch_execute("SET plan_cache_mode = force_generic_plan")
                .unwrap();
            let mut bad = Vec::new();
            for (sql, values) in statements {
                let plan = plan_of(client, &sql, &values);
                for table in GROWING {
                    let whole = format!("Seq Scan on {table} ");
                    if plan.iter().any(|step| step.contains(&whole)) {
                        bad.push(format!("{}\n    {sql}", plan.join("\n")));
                    }
                }
            }
            bad
        })
    }

    fn plan_of(client: &mut Client, sql: &str, values: &[Val]) -> Vec<String> {
        let types = values.iter().map(|value| match value {
            Val::Null => "unknown",
            Val::Int(_) => "bigint",
            Val::Real(_) => "double precision",
            Val::Text(_) => "text",
        });
        let types = types.collect::<Vec<_>>().join(", ");
        let nulls = vec!["NULL"; values.len()].join(", ");
        let in_braces = |list: String| {
            if list.is_empty() {
                list
            } else {
                format!("({list})")
            }
        };
        let (types, nulls) = (in_braces(types), in_braces(nulls));
        let text = Dialect::Postgres.translated(sql);
        let prepared = client.batch_execute(&format!("PREPARE asked {types} AS {text}"));
        prepared.unwrap_or_else(|error| panic!("{error:?}: {sql}"));
        let explained = client
            .simple_query(&format!("EXPLAIN EXECUTE asked {nulls}"))
            .unwrap();
        client.batch_execute("DEALLOCATE asked").unwrap();
        explained
            .iter()
            .filter_map(|message| match message {
                SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            })
            .collect()
    }
}
