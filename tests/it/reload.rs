//! A reload under load: the plan is swapped, and nothing is done by two.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::Uri;
use axum::routing::post;
use newswatch::clock::Clock;
use newswatch::config::{self, Config, ProcessEnvironment, Secrets};
use newswatch::daemon;
use newswatch::pipeline::flag::Flag;
use newswatch::pipeline::notify::Notify;
use newswatch::pipeline::poll::Poll;
use newswatch::pipeline::scrape::Scrape;
use newswatch::pipeline::{Context, Stage, Until, drive, step};
use newswatch::store::{AlertFilter, AlertLine};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::support::database;
use crate::support::newsroom::PATIENCE;
use crate::support::site::Site;

const ENTRIES: usize = 120;
const RELOADS: usize = 200;

/// What the receivers saw: the headlines that came to each path, in order, and the most that came at once to one.
#[derive(Default)]
struct Seen {
    titles: Mutex<BTreeMap<String, Vec<String>>>,
    at_once: Mutex<BTreeMap<String, usize>>,
    most_at_once: AtomicUsize,
}

async fn receive(State(seen): State<Arc<Seen>>, uri: Uri, body: String) {
    let path = uri.path().to_owned();
    let now = {
        let mut at_once = seen.at_once.lock().unwrap();
        let now = at_once.entry(path.clone()).or_default();
        *now += 1;
        *now
    };
    seen.most_at_once.fetch_max(now, Ordering::SeqCst);
    // Others that are sent at the same time get their chance to be seen beside this one.
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    let json: serde_json::Value = serde_json::from_str(&body).unwrap();
    let title = json["data"]["title"].as_str().unwrap().to_owned();
    let mut titles = seen.titles.lock().unwrap();
    titles.entry(path.clone()).or_default().push(title);
    *seen.at_once.lock().unwrap().get_mut(&path).unwrap() -= 1;
}

fn parsed(text: &str) -> Config {
    let folder = tempfile::tempdir().unwrap();
    let loaded = config::load_text(
        "test.toml",
        text,
        folder.path(),
        &ProcessEnvironment,
        Secrets::Required,
    );
    loaded.unwrap().config
}

fn run<S: Stage>(loops: &mut JoinSet<()>, stage: S, ctx: &Arc<Context>, stop: &CancellationToken) {
    let driven = drive(stage, Arc::clone(ctx), Until::Stopped(stop.clone()), || ());
    loops.spawn(async move {
        driven.await.unwrap();
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_reloads_under_load_keep_the_order_of_each_channel_and_one_sender_a_channel() {
    newswatch::http::install_tls_provider();
    let seen = Arc::new(Seen::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let receiver = listener.local_addr().unwrap();
    let router = Router::new()
        .route("/one", post(receive))
        .route("/two", post(receive))
        .with_state(Arc::clone(&seen));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });

    let site = Site::open().await;
    let numbers: Vec<String> = (0..ENTRIES).rev().map(|n| format!("{n:03}")).collect();
    let titles: Vec<String> = numbers.iter().map(|n| format!("East Sea {n}")).collect();
    let entries: Vec<[&str; 4]> = numbers
        .iter()
        .zip(&titles)
        .map(|(number, title)| [number.as_str(), title.as_str(), "", "Notes"])
        .collect();
    site.put_feed("/rss", &entries);
    let text = format!(
        "state_dir = \"/nonexistent\"\n[poll]\nfirst_poll = \"alert\"\n\
         [http]\nallow_private = [\"{}\", \"{receiver}\"]\n\
         [[feed]]\nurl = \"{}\"\n\
         [[watch]]\nname = \"Sea\"\nquery = '\"East Sea\"'\nnotify = [\"one\", \"two\"]\n\
         [[channel]]\nname = \"one\"\ntype = \"webhook\"\nurl = \"http://{receiver}/one\"\n\
         [[channel]]\nname = \"two\"\ntype = \"webhook\"\nurl = \"http://{receiver}/two\"\n",
        site.addr,
        site.url("/rss")
    );
    let ctx = daemon::context(parsed(&text), database::store().await, Clock::system());
    let ctx = Arc::new(ctx.await.unwrap());
    let stop = CancellationToken::new();
    let mut loops = JoinSet::new();
    run(&mut loops, Poll::default(), &ctx, &stop);
    run(&mut loops, Scrape::default(), &ctx, &stop);
    run(&mut loops, Flag::default(), &ctx, &stop);
    run(&mut loops, Notify::default(), &ctx, &stop);

    for _ in 0..RELOADS {
        daemon::adopt(&ctx, parsed(&text)).await.unwrap();
    }
    let all_have_come = async {
        while seen
            .titles
            .lock()
            .unwrap()
            .values()
            .map(Vec::len)
            .sum::<usize>()
            < 2 * ENTRIES
        {
            ctx.clock.sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, all_have_come);
    waited.await.expect("every alert has come in time");
    stop.cancel();
    while loops.join_next().await.is_some() {}

    // In the order in which the alerts were raised.
    let filter = AlertFilter {
        watch: None,
        since: None,
        limit: 1_000,
    };
    let alerts = ctx.store.alerts(filter).await.unwrap();
    let expected: Vec<String> = alerts
        .into_iter()
        .map(|line| match line {
            AlertLine::Raised { alert, .. } => alert.title,
            AlertLine::Held { title, .. } => panic!("{title} is held"),
        })
        .collect();
    assert_eq!(expected.len(), ENTRIES);
    let titles = seen.titles.lock().unwrap();
    assert_eq!(titles["/one"], expected);
    assert_eq!(titles["/two"], expected);
    assert_eq!(seen.most_at_once.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_feed_that_was_claimed_before_its_plan_was_in_force_is_polled_right_after_it() {
    newswatch::http::install_tls_provider();
    let site = Site::open().await;
    for path in ["/old", "/new"] {
        site.put_feed(path, &[["1", "Oil at sea", "", "Notes"]]);
    }
    let text = |paths: &[&str]| {
        let feeds = paths
            .iter()
            .map(|path| format!("[[feed]]\nurl = \"{}\"\n", site.url(path)));
        format!(
            "state_dir = \"/nonexistent\"\n[http]\nallow_private = [\"{}\"]\n{}",
            site.addr,
            feeds.collect::<String>()
        )
    };
    let clock = Clock::fixed(Clock::system().now());
    let made = daemon::context(
        parsed(&text(&["/old"])),
        database::store().await,
        clock.clone(),
    );
    let ctx = made.await.unwrap();
    // A reload has told the store, and its plan is not in force yet.
    let both = ["/old", "/new"].map(|path| (site.url(path).parse().unwrap(), None));
    ctx.store
        .sync_feeds(both.to_vec(), clock.now())
        .await
        .unwrap();
    let poll = Poll::default();
    while step(&poll, &ctx).await.unwrap() {}
    assert_eq!((site.asked("/old"), site.asked("/new")), (1, 0));

    daemon::adopt(&ctx, parsed(&text(&["/old", "/new"])))
        .await
        .unwrap();
    clock.advance(Duration::from_secs(2));
    while step(&poll, &ctx).await.unwrap() {}
    assert_eq!((site.asked("/old"), site.asked("/new")), (1, 1));
}
