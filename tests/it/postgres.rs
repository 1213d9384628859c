//! The store on PostgreSQL: the tests of the store and of what stands on it run again there, and what only several
//! workers on one server can show.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use newswatch::alerting::{self, Policies};
use newswatch::domain::{
    Bundle, Desk, EntryId, FeedId, Gathered, Inquiry, Past, Postponed, Validators, WaitingLeg,
};
use newswatch::store::{
    Address, DatabaseFailure, FeedHealth, FlagWork, PollRecord, Store, StoreError,
};
use tokio::task::JoinSet;

use crate::store::{entry, judge, later, now, read, scrape, scraped_article, url, work_of};
use crate::support::database::SERVER;
use crate::support::database::postgres::{Schema, connected, execute};
use crate::support::pages::next_unscraped;
use crate::support::server::Server;
use crate::support::tls::Authority;

/// The modules whose tests work on the database that [`SERVER`] names.
const MODULES: [&str; 9] = [
    "drive::", "feeds::", "gates::", "hosts::", "line::", "plans::", "reload::", "stages::",
    "store::",
];

/// Runs tests of this program again on a server; returns what they said.
fn run_again(server: &Server, filters: &[&str]) -> String {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(filters)
        .env(SERVER, server.url())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}");
    said
}

#[test]
fn the_store_and_what_stands_on_it_work_on_postgresql() {
    let Some(server) = Server::start() else {
        return;
    };
    let said = run_again(&server, &MODULES);
    assert!(!said.contains(" 0 passed"), "{said}");
}

#[test]
fn a_stop_after_any_store_call_is_survived_on_postgresql() {
    let Some(server) = Server::start() else {
        return;
    };
    let said = run_again(&server, &["restart::", "copies::a_stop"]);
    assert!(!said.contains(" 0 passed"), "{said}");
}

#[test]
#[ignore = "some minutes; `cargo test -- --ignored`"]
fn a_kill_while_an_alert_is_under_way_is_survived_on_postgresql() {
    let Some(server) = Server::start() else {
        return;
    };
    let said = run_again(&server, &["kill::a_kill_while"]);
    assert!(said.contains(" 1 passed"), "{said}");
}

#[test]
#[ignore = "a minute; `cargo test -- --ignored`"]
fn a_soak_is_survived_on_postgresql() {
    let Some(server) = Server::start() else {
        return;
    };
    let said = run_again(&server, &["soak::"]);
    assert!(said.contains(" 1 passed"), "{said}");
}

#[tokio::test]
async fn workers_that_start_together_make_one_schema() {
    let Some(server) = Server::start() else {
        return;
    };
    let schema = Arc::new(Schema::new(&server.url()));
    let mut starting = JoinSet::new();
    for number in 0..4 {
        let schema = Arc::clone(&schema);
        starting.spawn(async move {
            let worker = schema.server(&format!("w{number}"), 2);
            Store::connect(&worker).await.map(drop)
        });
    }
    while let Some(started) = starting.join_next().await {
        started.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_called_unreachable_and_is_waited_for() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let schema = Schema::new(&server.url());
    let store = Store::connect(&schema.server("w", 1)).await.unwrap();
    server.stop();
    let gone = store.summary().await.unwrap_err();
    assert_eq!(gone.kind(), Some(DatabaseFailure::Unreachable), "{gone}");
    assert!(gone.may_pass());
    let refused = Store::connect(&schema.server("v", 1)).await.unwrap_err();
    assert_eq!(refused.kind(), Some(DatabaseFailure::Unreachable));
    server.start_again();
    store.summary().await.unwrap();
}

#[tokio::test]
async fn a_database_without_a_schema_is_called_missing() {
    let Some(server) = Server::start() else {
        return;
    };
    let schema = Schema::new(&server.url());
    let missing = Store::connect_beside(&schema.server("w", 1)).await;
    assert!(matches!(missing, Err(StoreError::NoDatabase { .. })));
    let _store = Store::connect(&schema.server("w", 1)).await.unwrap();
    let beside = Store::connect_beside(&schema.server("w", 1)).await.unwrap();
    beside.report().await.unwrap();
}

#[tokio::test]
async fn a_nul_in_a_text_is_stored_as_what_stands_for_the_unreadable() {
    let Some(server) = Server::start() else {
        return;
    };
    let schema = Schema::new(&server.url());
    let store = Store::connect(&schema.server("w", 2)).await.unwrap();
    let feeds = vec![(url("https://a.example/rss"), Some("a\0b".to_owned()))];
    store.sync_feeds(feeds, now()).await.unwrap();
    let report = store.report().await.unwrap();
    assert_eq!(report.feeds[0].name.as_deref(), Some("a\u{fffd}b"));
}

#[tokio::test]
async fn work_that_collides_with_another_is_done_again() {
    let Some(server) = Server::start() else {
        return;
    };
    let schema = Schema::new(&server.url());
    let store = Store::connect(&schema.server("w", 2)).await.unwrap();
    // A sequence counts on though its transaction is undone.
    execute(
        schema.url(),
        "CREATE SEQUENCE runs;
         CREATE FUNCTION collide() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             IF nextval('runs') = 1 THEN RAISE EXCEPTION 'it collides' USING ERRCODE = '40001'; END IF;
             RETURN NEW;
         END $$;
         CREATE TRIGGER collides BEFORE INSERT ON feeds FOR EACH ROW EXECUTE FUNCTION collide()",
    );
    let feeds = vec![(url("https://a.example/rss"), None)];
    store.sync_feeds(feeds, now()).await.unwrap();
    assert_eq!(store.report().await.unwrap().feeds.len(), 1);
    let runs: i64 = connected(schema.url(), |client| {
        let row = client.query_one("SELECT last_value FROM runs", &[]);
        row.unwrap().get(0)
    });
    assert_eq!(runs, 2);
}

#[tokio::test]
async fn a_leg_that_is_held_while_it_is_gathered_stays_held() {
    let Some(server) = Server::start() else {
        return;
    };
    let schema = Schema::new(&server.url());
    let store = Store::connect(&schema.server("w", 2)).await.unwrap();
    scrape(&store, &[("https://a.example/rss", "https://n.example/1")]).await;
    let lease = Duration::from_mins(1);
    let waiting = store.next_unflagged(FeedId(0), now(), lease, 10).await;
    let works = waiting.unwrap().articles.into_iter().map(work_of);
    let morning = later(3_600);
    let in_the_morning = move |past: &Past, desk: &mut Desk, work: &FlagWork| {
        let mut judged = judge(past, desk, work);
        for leg in judged.raised.iter_mut().flat_map(|raised| &mut raised.legs) {
            leg.bundle = Bundle::Named("digest:morning".into());
            leg.not_before = morning;
        }
        judged
    };
    store
        .flag(works.collect(), Inquiry::default(), in_the_morning, now())
        .await
        .unwrap();
    let ask = move |destination| alerting::question(destination, &Policies::new(), morning);
    let url = schema.url().to_owned();
    let bundle = move |legs: Vec<WaitingLeg>, _: &mut Desk| {
        // Somebody acknowledges the alert in this moment.
        execute(&url, "UPDATE legs SET state = 2, reason = 'acknowledged'");
        let not_before = later(7_200);
        let postponed = legs.into_iter().map(|leg| Postponed { leg, not_before });
        Gathered {
            messages: Vec::new(),
            postponed: postponed.collect(),
        }
    };
    store.gather(ask, bundle, morning, 10).await.unwrap();
    let legs: Vec<(i64, Option<String>)> = connected(schema.url(), |client| {
        let rows = client.query("SELECT state, reason FROM legs", &[]).unwrap();
        rows.iter().map(|row| (row.get(0), row.get(1))).collect()
    });
    assert_eq!(legs, vec![(2, Some("acknowledged".to_owned())); 3]);
}

/// The password of the server that is reached by TLS.
const PASSWORD: &str = "gull-and-tern";

#[tokio::test]
#[ignore = "the test below runs it, with an environment of its own"]
async fn connect_to_the_server_of_the_environment() {
    let url = std::env::var_os(SERVER).unwrap().into_string().unwrap();
    let password = Some(PASSWORD.to_owned().into());
    let server = newswatch::store::Server::new(&url, password, "w", 1).unwrap();
    let store = Store::connect(&server).await.unwrap();
    store.summary().await.unwrap();
}

/// Whether a process that trusts the authorities in this file gets in.
fn connects(url: &str, ca_file: &std::path::Path) -> bool {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--ignored"])
        .arg("postgres::connect_to_the_server_of_the_environment")
        .env(SERVER, url)
        .env("SSL_CERT_FILE", ca_file)
        .output()
        .unwrap();
    output.status.success()
}

#[test]
fn a_server_is_reached_by_tls_where_its_certificate_is_trusted() {
    let authority = Authority::new();
    // Free now, and nobody asks for a port by number.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let Some(server) = Server::start_with_tls(&authority, port) else {
        return;
    };
    execute(
        &server.url(),
        &format!("ALTER ROLE newswatch PASSWORD '{PASSWORD}'"),
    );
    let url = format!("postgres://newswatch@localhost:{port}/postgres?sslmode=verify-full");
    assert!(connects(&url, &authority.ca_file()));
    assert!(!connects(&url, &Authority::new().ca_file()));
    let other_name = url.replace("localhost", "127.0.0.1");
    assert!(!connects(&other_name, &authority.ca_file()));
    let in_the_clear = url.replace("verify-full", "disable");
    assert!(!connects(&in_the_clear, &authority.ca_file()));
}

/// Claims that a test takes in all, and tasks that take them: four on each of two workers.
const CLAIMS: usize = 1_000;
const TASKS: usize = 4;

/// What two workers poll.
struct Polling {
    /// Feeds that somebody holds.
    held: Mutex<BTreeSet<FeedId>>,
    claims: AtomicUsize,
    /// How many claims there are to be.
    most: usize,
}

/// Claims feeds that are always due, until there have been enough claims; nobody else may hold one of them.
async fn poll(store: Store, polling: Arc<Polling>) {
    while polling.claims.load(Ordering::SeqCst) < polling.most {
        let lease = Duration::from_mins(1);
        let due = store.next_due_feeds(now(), now(), lease, 4).await.unwrap();
        for feed in &due {
            let is_free = polling.held.lock().unwrap().insert(feed.claim.id);
            assert!(is_free, "{:?} is held by two", feed.claim.id);
        }
        polling.claims.fetch_add(due.len(), Ordering::SeqCst);
        for feed in due {
            polling.held.lock().unwrap().remove(&feed.claim.id);
            let record = PollRecord {
                next_poll_at: now(),
                health: FeedHealth::Read {
                    title: None,
                    validators: Validators::default(),
                    address: Address::Kept,
                    repairs: Vec::new(),
                    pace: newswatch::domain::Pace::default(),
                    body_hash: None,
                    fresh: Vec::new(),
                    seen: Vec::new(),
                },
            };
            let stood = store.record_poll(feed.claim, record, now()).await.unwrap();
            assert_eq!(stood, Some(0));
        }
    }
}

async fn two_workers_poll(most: usize) {
    let Some(server) = Server::start() else {
        return;
    };
    let schema = Schema::new(&server.url());
    let polling = Arc::new(Polling {
        held: Mutex::default(),
        claims: AtomicUsize::new(0),
        most,
    });
    let mut tasks = JoinSet::new();
    for worker in ["a", "b"] {
        let store = Store::connect(&schema.server(worker, TASKS)).await.unwrap();
        let feeds = (0..40).map(|n| (url(&format!("https://f{n}.example/rss")), None));
        store.sync_feeds(feeds.collect(), now()).await.unwrap();
        for _ in 0..TASKS {
            tasks.spawn(poll(store.clone(), Arc::clone(&polling)));
        }
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_never_hold_the_same_feed() {
    two_workers_poll(CLAIMS).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a minute; `cargo test -- --ignored`"]
async fn two_workers_never_hold_the_same_feed_for_a_long_time() {
    two_workers_poll(60 * CLAIMS).await;
}

/// How many articles there are to be read while things break.
const ARTICLES: usize = 400;

/// What two workers have read, and how often it was stored.
#[derive(Default)]
struct Reading {
    asked: Mutex<BTreeSet<EntryId>>,
    stored: Mutex<BTreeMap<EntryId, usize>>,
}

impl Reading {
    fn count(&self) -> usize {
        self.stored.lock().unwrap().len()
    }
}

/// Reads articles until none is due, or the store is closed.
async fn read_all(store: Store, reading: Arc<Reading>, at: newswatch::domain::Timestamp) {
    loop {
        let due = match next_unscraped(&store, at, Duration::from_mins(1), 4).await {
            Ok(due) if due.is_empty() => return,
            Ok(due) => due,
            Err(StoreError::Closed) => return,
            Err(error) => {
                assert!(error.may_pass(), "{error}");
                continue;
            }
        };
        for one in due {
            let id = one.claim.id;
            reading.asked.lock().unwrap().insert(id);
            match store
                .record_article(one.claim, scraped_article("text"), at)
                .await
            {
                Ok(Some(_)) => *reading.stored.lock().unwrap().entry(id).or_default() += 1,
                Ok(None) | Err(StoreError::Closed) => {}
                Err(error) => assert!(error.may_pass(), "{error}"),
            }
        }
    }
}

/// Gives way until so many articles have been stored.
async fn stored(reading: &Reading, count: usize) {
    while reading.count() < count {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_worker_and_a_crash_of_the_server_lose_nothing_and_store_nothing_twice() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let schema = Schema::new(&server.url());
    let a = Store::connect(&schema.server("a", TASKS)).await.unwrap();
    let b = Store::connect(&schema.server("b", TASKS)).await.unwrap();
    let feeds = vec![(url("https://a.example/rss"), None)];
    a.sync_feeds(feeds, now()).await.unwrap();
    let due = a
        .next_due_feeds(now(), now(), Duration::from_mins(1), 1)
        .await;
    let entries = (0..ARTICLES).map(|n| {
        let link = format!("https://a.example/{n}");
        entry(&[link.as_str()], &link)
    });
    let record = read(entries.collect());
    a.record_poll(due.unwrap()[0].claim, record, now())
        .await
        .unwrap();

    let reading = Arc::new(Reading::default());
    let (mut of_a, mut of_b) = (JoinSet::new(), JoinSet::new());
    for _ in 0..TASKS {
        of_a.spawn(read_all(a.clone(), Arc::clone(&reading), now()));
        of_b.spawn(read_all(b.clone(), Arc::clone(&reading), now()));
    }
    stored(&reading, ARTICLES / 4).await;
    let server = tokio::task::spawn_blocking(move || {
        server.stop();
        server.start_again();
        server
    });
    let _server = server.await.unwrap();
    stored(&reading, ARTICLES / 2).await;
    // Dead between two of its words; another process of its name takes back what it held.
    of_b.shutdown().await;
    drop(b);
    let b = Store::connect(&schema.server("b", TASKS)).await.unwrap();
    read_all(b.clone(), Arc::clone(&reading), now()).await;
    while let Some(done) = of_a.join_next().await {
        done.unwrap();
    }
    // What a claim took that was lost with the server is open again when its lease has ended.
    read_all(b.clone(), Arc::clone(&reading), later(61)).await;
    let left = next_unscraped(&b, later(600), Duration::from_mins(1), 1).await;
    assert_eq!(left.unwrap().len(), 0);
    assert_eq!(reading.asked.lock().unwrap().len(), ARTICLES);
    let stored = reading.stored.lock().unwrap();
    assert!(stored.values().all(|times| *times == 1), "{stored:?}");
    // All but those whose commit was under way when the server, or the worker, died.
    assert!(stored.len() + 2 * 16 >= ARTICLES, "{}", stored.len());
}
