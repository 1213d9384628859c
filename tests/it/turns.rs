//! Whose page is fetched when: hosts that hang, feeds with many entries, and the service that is told to stop meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use newswatch::clock::Clock;
use newswatch::config::{self, Config, ProcessEnvironment, Secrets};
use newswatch::daemon;
use newswatch::domain::Alert;
use newswatch::pipeline::flag::Flag;
use newswatch::pipeline::poll::Poll;
use newswatch::pipeline::scrape::Scrape;
use newswatch::pipeline::{Context, Stage, Until, drive, step};
use newswatch::store::{AlertFilter, AlertLine};
use tokio::io::AsyncWriteExt;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::support::database;
use crate::support::http::{RawServer, answer};
use crate::support::newsroom::PATIENCE;
use crate::support::pages::next_unscraped;
use crate::support::site::{Page, Site};

const WATCHES: &str = "[[watch]]\nname = \"Sea\"\nquery = '\"East Sea\"'\n\
     [[watch]]\nname = \"Cables\"\nquery = '\"sea cable\"'\n\
     [[channel]]\nname = \"none\"\ntype = \"file\"\npath = \"/dev/null\"\n";

/// A server that takes every request and answers none, until it is told to.
async fn silent_until(open: Arc<AtomicBool>, page: &'static str) -> RawServer {
    RawServer::behaving(move |mut stream, _| {
        let open = Arc::clone(&open);
        async move {
            if open.load(Ordering::SeqCst) {
                let fields = "Content-Type: text/html\r\n";
                let page = answer("200 OK", fields, page);
                stream.write_all(page.as_bytes()).await.ok();
                return;
            }
            std::future::pending::<()>().await;
        }
    })
    .await
}

async fn silent() -> RawServer {
    silent_until(Arc::default(), "").await
}

/// Puts a feed of so many entries whose links begin with an address.
fn put_feed(site: &Site, path: &str, title: &str, links: &str, count: usize) {
    let numbers: Vec<String> = (0..count).map(|number| format!("{number:03}")).collect();
    let rows: Vec<[String; 4]> = numbers
        .iter()
        .map(|number| {
            let title = format!("{title} {number}");
            let link = format!("{links}/{number}");
            [link.clone(), title, link, "Notes".into()]
        })
        .collect();
    let rows: Vec<[&str; 4]> = rows
        .iter()
        .map(|row| row.each_ref().map(String::as_str))
        .collect();
    site.put_feed(path, &rows);
}

fn config(site: &Site, feeds: &[&str]) -> Config {
    let feeds: Vec<String> = feeds
        .iter()
        .map(|path| format!("[[feed]]\nurl = \"{}\"\n", site.url(path)))
        .collect();
    let text = format!(
        "state_dir = \"/nonexistent\"\n[poll]\nfirst_poll = \"alert\"\ntimeout = \"1s\"\n\
         [http]\nallow_private = [\"127.0.0.1\"]\n{}{WATCHES}",
        feeds.concat()
    );
    newswatch::http::install_tls_provider();
    let folder = tempfile::tempdir().unwrap();
    let (name, environment) = ("test.toml", &ProcessEnvironment);
    let loaded = config::load_text(name, &text, folder.path(), environment, Secrets::Required);
    loaded.unwrap().config
}

async fn context(config: Config, clock: Clock) -> Arc<Context> {
    let store = database::store().await;
    Arc::new(daemon::context(config, store, clock).await.unwrap())
}

async fn until_idle<S: Stage>(stage: S, ctx: &Context) {
    while step(&stage, ctx).await.unwrap() {}
}

async fn raised(ctx: &Context) -> Vec<Alert> {
    let filter = AlertFilter {
        watch: None,
        since: None,
        limit: 1_000,
    };
    let lines = ctx.store.alerts(filter).await.unwrap().into_iter();
    lines
        .filter_map(|line| match line {
            AlertLine::Raised { alert, .. } => Some(*alert),
            AlertLine::Held { .. } => None,
        })
        .collect()
}

#[tokio::test]
async fn a_host_that_hangs_holds_no_place_that_others_need_and_the_service_ends_all_the_same() {
    let (site, hanging) = (Site::open().await, silent().await);
    put_feed(&site, "/slow", "Notes", &hanging.url(""), 400);
    put_feed(&site, "/good", "East Sea", &site.url("/good"), 150);
    for number in 0..150 {
        let title = format!("East Sea {number:03}");
        site.put_article(
            &format!("/good/{number:03}"),
            &title,
            &["The talks went on for long."],
        );
    }
    let mut config = config(&site, &["/slow", "/good"]);
    // Longer than the test: what hangs, hangs.
    config.poll.timeout = PATIENCE;
    let ctx = context(config, Clock::system()).await;
    until_idle(Poll::default(), &ctx).await;

    let stop = CancellationToken::new();
    let mut loops = JoinSet::new();
    let until = Until::Stopped(stop.clone());
    loops.spawn(drive(
        Scrape::default(),
        Arc::clone(&ctx),
        until.clone(),
        || (),
    ));
    loops.spawn(drive(Flag::default(), Arc::clone(&ctx), until, || ()));
    let all_good = async {
        while raised(&ctx).await.len() < 150 {
            ctx.clock.sleep(Duration::from_millis(5)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(14), all_good);
    waited
        .await
        .expect("the good ones are told before anything that hangs is given up");
    assert!(hanging.requests().len() <= 2, "{:?}", hanging.requests());

    stop.cancel();
    let ended = async { while loops.join_next().await.is_some() {} };
    let waited = tokio::time::timeout(Duration::from_secs(10), ended);
    waited.await.expect("nothing that hangs is waited for");
    let open = next_unscraped(&ctx.store, ctx.clock.now(), PATIENCE, 256).await;
    assert_eq!(open.unwrap().len(), 256, "all are open again");
}

#[tokio::test]
async fn what_the_headline_tells_is_told_after_one_failed_try_and_the_page_is_read_later() {
    let open = Arc::new(AtomicBool::new(false));
    let page = "<html><body><article><h1>East Sea talks 000</h1><p>The ministers spoke for three hours about \
                the weather and then about the sea cable that was cut on Monday.</p></article></body></html>";
    let (site, slow) = (
        Site::open().await,
        silent_until(Arc::clone(&open), page).await,
    );
    put_feed(&site, "/rss", "East Sea talks", &slow.url(""), 1);
    let clock = Clock::fixed(Clock::system().now());
    let ctx = context(config(&site, &["/rss"]), clock.clone()).await;
    let scrape = Scrape::default();
    until_idle(Poll::default(), &ctx).await;
    assert!(step(&scrape, &ctx).await.unwrap());
    until_idle(Flag::default(), &ctx).await;
    let told = raised(&ctx).await;
    assert_eq!(told.len(), 1);
    assert!(told[0].summary_only);
    let report = ctx.store.report().await.unwrap();
    let problem = report.feeds[0].page_problem.clone().unwrap();
    assert!(
        problem.ends_with("; the page will be read again"),
        "{problem}"
    );
    assert_eq!(report.counts.entries_waiting, 1);
    assert!(!step(&scrape, &ctx).await.unwrap(), "it is not due yet");

    open.store(true, Ordering::SeqCst);
    clock.advance(Duration::from_secs(30));
    assert!(step(&scrape, &ctx).await.unwrap());
    until_idle(Flag::default(), &ctx).await;
    let told: Vec<String> = raised(&ctx)
        .await
        .into_iter()
        .map(|alert| alert.found.watch.0)
        .collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told.contains(&"Cables".to_owned()), "{told:?}");
    let report = ctx.store.report().await.unwrap();
    assert_eq!(report.feeds[0].page_problem, None);
    let counts = report.counts;
    assert_eq!(
        (counts.alerts, counts.held, counts.entries_waiting),
        (2, 0, 0)
    );
}

#[tokio::test]
async fn a_host_whose_pages_hang_is_not_asked_for_each_of_them() {
    let (site, hanging) = (Site::open().await, silent().await);
    put_feed(&site, "/rss", "East Sea talks", &hanging.url(""), 40);
    let ctx = context(config(&site, &["/rss"]), Clock::system()).await;
    until_idle(Poll::default(), &ctx).await;
    let scraping = drive(Scrape::default(), Arc::clone(&ctx), Until::Idle, || ());
    let waited = tokio::time::timeout(Duration::from_secs(15), scraping);
    waited.await.expect("the host is left alone").unwrap();
    until_idle(Flag::default(), &ctx).await;
    assert_eq!(raised(&ctx).await.len(), 40);
    assert_eq!(hanging.requests().len(), 2);
}

#[tokio::test]
async fn one_entry_of_a_feed_does_not_wait_for_all_entries_of_another_on_the_same_host() {
    let site = Site::open().await;
    put_feed(&site, "/large", "Notes", &site.url("/large"), 300);
    put_feed(&site, "/small", "East Sea", &site.url("/small"), 1);
    let ctx = context(config(&site, &["/large", "/small"]), Clock::system()).await;
    until_idle(Poll::default(), &ctx).await;
    let scrape = Scrape::default();
    for _ in 0..4 {
        assert!(step(&scrape, &ctx).await.unwrap());
    }
    assert_eq!(site.asked("/small/000"), 1);
}

#[tokio::test]
async fn robots_txt_is_asked_for_first_and_once_and_what_it_forbids_is_not_read() {
    let site = Site::open().await;
    let robots = "User-agent: *\nDisallow: /private\n".to_owned();
    site.put("/robots.txt", Page::Document("text/plain", robots));
    put_feed(&site, "/open", "Notes", &site.url("/news"), 3);
    put_feed(&site, "/closed", "East Sea", &site.url("/private"), 2);
    let clock = Clock::fixed(Clock::system().now());
    let ctx = context(config(&site, &["/open", "/closed"]), clock.clone()).await;
    until_idle(Poll::default(), &ctx).await;
    until_idle(Scrape::default(), &ctx).await;
    until_idle(Flag::default(), &ctx).await;
    assert_eq!(site.asked("/robots.txt"), 1);
    assert_eq!(site.asked("/news/000"), 1);
    assert_eq!(site.asked("/private/000"), 0);
    // The feed's own words are searched all the same, and people see why there is no more.
    let told = raised(&ctx).await;
    assert_eq!(told.len(), 2);
    let reason = told[0].reading.text_reason.clone().unwrap();
    assert!(reason.contains("robots.txt"), "{reason}");

    clock.advance(Duration::from_hours(25));
    put_feed(&site, "/open", "Later notes", &site.url("/later"), 1);
    until_idle(Poll::default(), &ctx).await;
    until_idle(Scrape::default(), &ctx).await;
    assert_eq!(site.asked("/robots.txt"), 2);
}

#[tokio::test]
async fn where_robots_txt_cannot_be_had_no_page_is_read_and_where_there_is_none_all_are() {
    let site = Site::open().await;
    site.put("/robots.txt", Page::Status(503));
    put_feed(&site, "/rss", "East Sea", &site.url("/news"), 1);
    let clock = Clock::fixed(Clock::system().now());
    let ctx = context(config(&site, &["/rss"]), clock.clone()).await;
    until_idle(Poll::default(), &ctx).await;
    until_idle(Scrape::default(), &ctx).await;
    until_idle(Flag::default(), &ctx).await;
    assert_eq!(site.asked("/news/000"), 0);
    assert_eq!(raised(&ctx).await.len(), 1);
    site.put("/robots.txt", Page::Status(404));
    clock.advance(Duration::from_secs(30));
    until_idle(Scrape::default(), &ctx).await;
    assert_eq!(site.asked("/news/000"), 1);
}

#[tokio::test]
async fn a_page_that_two_feeds_announce_is_fetched_once() {
    let site = Site::open().await;
    let paragraph = "The ministers met on Monday and spoke for three hours about the East Sea and the sea cable.";
    site.put_article("/shared/000", "Notes of the week", &[paragraph]);
    put_feed(&site, "/one", "Notes of one", &site.url("/shared"), 1);
    put_feed(&site, "/two", "Notes of two", &site.url("/shared"), 1);
    let clock = Clock::fixed(Clock::system().now());
    let ctx = context(config(&site, &["/one", "/two"]), clock.clone()).await;
    until_idle(Poll::default(), &ctx).await;
    until_idle(Scrape::default(), &ctx).await;
    until_idle(Flag::default(), &ctx).await;
    assert_eq!(site.asked("/shared/000"), 1);
    let counts = ctx.store.report().await.unwrap().counts;
    // Each watch tells of the page once, and holds what the other feed says of it.
    assert_eq!((counts.alerts, counts.held), (2, 2));
}

#[tokio::test]
async fn what_kind_of_failure_a_feed_meets_is_kept_with_it() {
    let site = Site::open().await;
    for (status, kind) in [
        (429, "rate-limit"),
        (401, "auth"),
        (503, "outage"),
        (404, "missing"),
    ] {
        site.put(&format!("/{kind}"), Page::Status(status));
    }
    site.put(
        "/not-a-feed",
        Page::Document("text/plain", "Good morning.".into()),
    );
    let paths = ["/rate-limit", "/auth", "/outage", "/missing", "/not-a-feed"];
    let ctx = context(config(&site, &paths), Clock::system()).await;
    until_idle(Poll::default(), &ctx).await;
    for feed in ctx.store.report().await.unwrap().feeds {
        let kind = feed.url.path().trim_start_matches('/');
        assert_eq!(feed.trouble.as_deref(), Some(kind), "{:?}", feed.error);
        assert!(feed.failing_since.is_some() && feed.failures == 1);
    }
}

#[tokio::test]
async fn a_host_that_asked_to_be_left_alone_is_left_alone_after_a_restart() {
    let site = Site::open().await;
    let refusal = answer("429 Too Many Requests", "Retry-After: 1500\r\n", "");
    let busy = RawServer::answering(refusal).await;
    put_feed(&site, "/feed", "Notes", &busy.url(""), 3);
    let begun = Clock::system().now();
    let first = context(config(&site, &["/feed"]), Clock::fixed(begun)).await;
    until_idle(Poll::default(), &first).await;
    until_idle(Scrape::default(), &first).await;
    let asked = busy.requests().len();
    assert!(asked > 0, "no page was asked for");

    put_feed(&site, "/feed", "Later notes", &busy.url("/later"), 3);
    let store = first.store.clone();
    drop(first);
    let later = begun + Duration::from_mins(20);
    let config = config(&site, &["/feed"]);
    let next = daemon::context(config, store, Clock::fixed(later)).await;
    let next = next.unwrap();
    until_idle(Poll::default(), &next).await;
    until_idle(Scrape::default(), &next).await;
    assert_eq!(site.asked("/feed"), 2);
    assert_eq!(busy.requests().len(), asked, "it was asked again");
}
