//! A day of polling on a clock of its own: many feeds, a server that fails at random, and what each feed was asked.
//!
//! The short one belongs to the suite. The whole one:
//! `NEWSWATCH_DAY_FEEDS=1000 NEWSWATCH_DAY_HOURS=24 cargo test --test it a_day -- --nocapture`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path as At, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use newswatch::clock::Clock;
use newswatch::config::{self, ProcessEnvironment, Secrets};
use newswatch::daemon;
use newswatch::domain::Timestamp;
use newswatch::pipeline::flag::Flag;
use newswatch::pipeline::gather::Gather;
use newswatch::pipeline::poll::Poll;
use newswatch::pipeline::retain::Retain;
use newswatch::pipeline::scrape::Scrape;
use newswatch::pipeline::{Context, Until, drive};
use newswatch::store::{AlertFilter, AlertLine, Store};
use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;

/// The interval of the feeds, which none may be asked within.
const EVERY: Duration = Duration::from_mins(15);

/// How far the clock goes on at a time: so much later than it is due a feed is asked at most.
const STEP: Duration = Duration::from_mins(5);

/// Entries that a document lists.
const LISTED: i64 = 10;

/// One answer in so many is a fault.
const FAULT_EVERY: usize = 100;

/// Entries of the last hours may be in the answer that has not been asked for yet: the back-off after two faults.
const TAIL: Duration = Duration::from_mins(150);

/// What a feed was asked.
#[derive(Debug, Clone, Copy)]
struct Asked {
    at: Timestamp,
    is_whole: bool,
    was_fault: bool,
}

struct World {
    clock: Clock,
    begun: Timestamp,
    chance: Mutex<fastrand::Rng>,
    asked: Mutex<BTreeMap<usize, Vec<Asked>>>,
}

impl World {
    /// How many entries a feed has published by now: one in each half hour to eight hours, by its number.
    fn published(&self, feed: usize) -> i64 {
        let every = i64::try_from(30 + feed * 37 % 450).unwrap();
        let passed = self.clock.now().duration_since(self.begun).as_secs() / 60;
        1 + passed / every
    }

    fn title(feed: usize, entry: i64) -> String {
        format!("Zebra {feed} of herd {entry}")
    }

    fn document(&self, feed: usize, published: i64) -> String {
        let every = i64::try_from(30 + feed * 37 % 450).unwrap();
        let newest_first = (published - LISTED..published)
            .rev()
            .filter(|entry| *entry >= 0);
        let items: Vec<String> = newest_first
            .map(|entry| {
                let at = self.begun + jiff::SignedDuration::from_mins(entry * every);
                let title = Self::title(feed, entry);
                format!(
                    "<item><guid isPermaLink=\"false\">{feed}-{entry}</guid><title>{title}</title><pubDate>{}</pubDate></item>",
                    at.strftime("%a, %d %b %Y %H:%M:%S GMT")
                )
            })
            .collect();
        let items = items.concat();
        format!("<rss version=\"2.0\"><channel><title>Herd {feed}</title>{items}</channel></rss>")
    }
}

async fn answer(
    State(world): State<Arc<World>>,
    At(feed): At<usize>,
    fields: HeaderMap,
) -> Response {
    let known = fields
        .get("if-none-match")
        .map(|value| value.to_str().unwrap().to_owned());
    let fault = {
        let mut chance = world.chance.lock().unwrap();
        (chance.usize(..FAULT_EVERY) == 0).then(|| chance.u8(..6))
    };
    let mut asked = world.asked.lock().unwrap();
    asked.entry(feed).or_default().push(Asked {
        at: world.clock.now(),
        is_whole: known.is_none(),
        was_fault: fault.is_some(),
    });
    drop(asked);
    let published = world.published(feed);
    let etag = format!("\"{feed}-{published}\"");
    let document = world.document(feed, published);
    match fault {
        None if known.as_ref() == Some(&etag) => StatusCode::NOT_MODIFIED.into_response(),
        None => ([("etag", etag)], document).into_response(),
        Some(0) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Some(1) => (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "600")]).into_response(),
        Some(2) => (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "1200")]).into_response(),
        Some(3) => ([("content-type", "text/html")], "<!DOCTYPE html><p>Soon").into_response(),
        // A document that ends too early, by itself or by its connection.
        Some(4) => document[..document.len() / 2].to_owned().into_response(),
        Some(_) => {
            let half = document.as_bytes()[..document.len() / 2].to_vec();
            let pieces = [Ok(half), Err(std::io::Error::other("cut"))];
            Body::from_stream(futures_util::stream::iter(pieces)).into_response()
        }
    }
}

fn setting(name: &str, default: usize) -> usize {
    let set = std::env::var(name).ok();
    set.and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// The memory of the process in MiB; nothing where the system does not tell.
fn memory_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or_default() / 1024
}

async fn service(world: &World, port: u16, feeds: usize, folder: &Path) -> Arc<Context> {
    newswatch::http::install_tls_provider();
    let tables: Vec<String> = (0..feeds)
        .map(|feed| {
            format!("[[feed]]\nurl = \"http://127.0.0.1:{port}/{feed}\"\narticle = \"never\"\n")
        })
        .collect();
    let every = format!("{}m", EVERY.as_secs() / 60);
    let config = format!(
        "state_dir = \"/nonexistent\"\n[poll]\nevery = \"{every}\"\nmin_every = \"{every}\"\nfirst_poll = \"alert\"\n\
         [http]\nallow_private = [\"127.0.0.1:{port}\"]\nper_host = {{ at_once = 32 }}\n{}\
         [[watch]]\nname = \"Zebras\"\nterms = [\"zebra\"]\nnotify = [\"none\"]\n\
         [[channel]]\nname = \"none\"\ntype = \"file\"\npath = \"/dev/null\"\n",
        tables.concat()
    );
    let loaded = config::load_text(
        "test.toml",
        &config,
        folder,
        &ProcessEnvironment,
        Secrets::Required,
    )
    .unwrap();
    // In memory the store would be what grows.
    let store = Store::open(&folder.join("state")).await.unwrap();
    let context = daemon::context(loaded.config, store, world.clock.clone());
    Arc::new(context.await.unwrap())
}

/// Does all that is due now.
async fn work(ctx: &Arc<Context>) {
    let idle = || (Arc::clone(ctx), Until::Idle, || ());
    let (ctx, until, alive) = idle();
    drive(Poll::default(), ctx, until, alive).await.unwrap();
    let (ctx, until, alive) = idle();
    drive(Scrape::default(), ctx, until, alive).await.unwrap();
    let (ctx, until, alive) = idle();
    drive(Flag::default(), ctx, until, alive).await.unwrap();
    let (ctx, until, alive) = idle();
    drive(Gather, ctx, until, alive).await.unwrap();
    let (ctx, until, alive) = idle();
    drive(Retain, ctx, until, alive).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(
    clippy::print_stdout,
    reason = "the figures are what the whole one is run for"
)]
async fn a_day_of_many_feeds_asks_each_as_its_schedule_says_and_misses_nothing() {
    let feeds = setting("NEWSWATCH_DAY_FEEDS", 12);
    let hours = u32::try_from(setting("NEWSWATCH_DAY_HOURS", 6)).unwrap();
    let clock = Clock::fixed(Clock::system().now());
    let world = Arc::new(World {
        begun: clock.now(),
        clock,
        chance: Mutex::new(fastrand::Rng::with_seed(11)),
        asked: Mutex::default(),
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = Router::new()
        .route("/{feed}", axum::routing::get(answer))
        .with_state(Arc::clone(&world));
    let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let _server = AbortOnDropHandle::new(server);
    let folder = tempfile::tempdir().unwrap();
    let ctx = service(&world, port, feeds, folder.path()).await;
    let steps = hours * 60 / u32::try_from(STEP.as_secs() / 60).unwrap();
    let mut memory = Vec::new();
    for step in 0..steps {
        work(&ctx).await;
        if step % (steps / 6).max(1) == 0 {
            memory.push(memory_mib());
        }
        world.clock.advance(STEP);
    }
    memory.push(memory_mib());

    let asked = world.asked.lock().unwrap().clone();
    let requests: usize = asked.values().map(Vec::len).sum();
    let faults = asked.values().flatten().filter(|asked| asked.was_fault);
    let faults = faults.count();
    let whole = asked.values().flatten().filter(|asked| asked.is_whole);
    let whole = whole.count();
    println!(
        "feeds {feeds}, hours {hours}, requests {requests}, faults {faults}, whole {whole}, memory {memory:?} MiB"
    );
    for (feed, asked) in &asked {
        for two in asked.windows(2) {
            let gap = Duration::try_from(two[1].at.duration_since(two[0].at)).unwrap();
            // The quarter of an hour and a tenth; after faults their back-off of up to four times as much; a step.
            let most = if two[0].was_fault {
                6 * EVERY
            } else {
                EVERY * 11 / 10
            };
            assert!(gap >= EVERY && gap <= most + STEP, "feed {feed}: {gap:?}");
        }
        // The first, one a day, and one after each fault, which may have cut the copy.
        let whole = asked.iter().filter(|asked| asked.is_whole).count();
        let faults = asked.iter().filter(|asked| asked.was_fault).count();
        let days = usize::try_from(hours / 24).unwrap();
        assert!(whole <= 1 + days + 2 * faults, "feed {feed}: {whole}");
    }

    let filter = AlertFilter {
        watch: None,
        since: None,
        limit: 1_000_000,
    };
    let alerts = ctx.store.alerts(filter).await.unwrap();
    let titles: Vec<String> = alerts
        .into_iter()
        .filter_map(|line| match line {
            AlertLine::Raised { alert, .. } => Some(alert.title),
            AlertLine::Held { .. } => None,
        })
        .collect();
    let told: BTreeSet<&str> = titles.iter().map(String::as_str).collect();
    assert_eq!(told.len(), titles.len(), "nothing is told twice");
    let tail = i64::try_from(TAIL.as_secs() / 60).unwrap();
    let mut expected = 0;
    for feed in 0..feeds {
        let every = i64::try_from(30 + feed * 37 % 450).unwrap();
        let passed = i64::from(hours) * 60 - tail;
        for entry in 0..=passed / every {
            expected += 1;
            let title = World::title(feed, entry);
            assert!(told.contains(title.as_str()), "{title} was missed");
        }
    }
    println!("alerts {}, expected at least {expected}", titles.len());
    let (early, late) = (memory[memory.len() / 2], memory[memory.len() - 1]);
    assert!(
        late <= early + early / 2 + 64,
        "memory grows: {memory:?} MiB"
    );
}
