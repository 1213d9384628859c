//! `backtest` over a real store, and the stage that forgets old articles.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use assert_cmd::Command;
use newswatch::clock::Clock;
use newswatch::config::{self, ProcessEnvironment, Secrets};
use newswatch::daemon;
use newswatch::domain::Timestamp;
use newswatch::store::{AlertFilter, AlertLine, Store};
use serde_json::Value;

use crate::support::site::Site;

const WATCHES: &str = "[[watch]]\nname = \"Sea\"\nquery = '\"east sea\"'\n\
    [[watch]]\nname = \"Talks\"\nquery = 'talks'\nfeeds = [\"tag:b\"]\n";

const DAY: Duration = Duration::from_hours(24);

/// A site with two feeds that share a page, and the state of a service that has read them.
struct Read {
    site: Site,
    folder: tempfile::TempDir,
    clock: Clock,
    /// Open from the first to the last, as that of a service.
    store: Store,
}

impl Read {
    async fn new() -> Self {
        newswatch::http::install_tls_provider();
        let site = Site::open().await;
        for (path, title, text) in [
            (
                "/1",
                "On the east sea",
                "Talks on the East Sea went on, the minister said on Monday.",
            ),
            (
                "/2",
                "Of the week",
                "Nothing happened in the capital, the minister said on Monday.",
            ),
            (
                "/3",
                "Talks",
                "The talks on wages went on, the minister said on Monday.",
            ),
        ] {
            site.put_article(path, title, &[text]);
        }
        let entry = |path: &str, title: &str| {
            [
                path.to_owned(),
                title.into(),
                site.url(path),
                "Summary".into(),
            ]
        };
        let feed = |path, entries: Vec<[String; 4]>| {
            let entries: Vec<[&str; 4]> = entries
                .iter()
                .map(|entry| entry.each_ref().map(String::as_str))
                .collect();
            site.put_feed(path, &entries);
        };
        feed("/a", vec![entry("/1", "Title"), entry("/2", "Of the week")]);
        feed("/b", vec![entry("/1", "Title"), entry("/3", "Title")]);
        let folder = tempfile::tempdir().unwrap();
        let read = Self {
            clock: Clock::fixed(Clock::system().now()),
            store: Store::open(&folder.path().join("state")).await.unwrap(),
            folder,
            site,
        };
        read.write("newswatch.toml", WATCHES);
        read.pass().await;
        read
    }

    fn write(&self, name: &str, watches: &str) {
        let (site, a, b) = (self.site.addr, self.site.url("/a"), self.site.url("/b"));
        let text = format!(
            "state_dir = \"state\"\n[poll]\nfirst_poll = \"alert\"\n[http]\nallow_private = [\"{site}\"]\n\
             [[feed]]\nurl = \"{a}\"\n[[feed]]\nurl = \"{b}\"\ntags = [\"b\"]\n\
             [[channel]]\nname = \"none\"\ntype = \"file\"\npath = \"/dev/null\"\n{watches}"
        );
        std::fs::write(self.path().join(name), text).unwrap();
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    async fn pass(&self) {
        let file = self.path().join("newswatch.toml");
        let loaded = config::load(&file, &ProcessEnvironment, Secrets::Required).unwrap();
        let ctx = daemon::context(loaded.config, self.store.clone(), self.clock.clone());
        let ctx = ctx.await.unwrap();
        daemon::without_retries(&ctx);
        daemon::pass(std::sync::Arc::new(ctx)).await.unwrap();
    }

    fn run(&self, arguments: &[&str]) -> String {
        let output = Command::cargo_bin("newswatch")
            .unwrap()
            .args(["backtest", "--config", "newswatch.toml"])
            .args(arguments)
            .current_dir(self.path())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, arguments: &[&str]) -> BTreeMap<String, Value> {
        let lines = self.run(&[arguments, &["--json"]].concat());
        lines
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .map(|tally| (tally["watch"].as_str().unwrap().to_owned(), tally))
            .collect()
    }

    async fn kept(&self) -> u64 {
        self.store.count_kept(Timestamp::MIN).await.unwrap()
    }

    async fn raised(&self) -> usize {
        let filter = AlertFilter {
            watch: None,
            since: None,
            limit: 100,
        };
        let lines = self.store.alerts(filter).await.unwrap();
        let raised = lines
            .iter()
            .filter(|line| matches!(line, AlertLine::Raised { .. }));
        raised.count()
    }
}

#[tokio::test]
async fn hits_are_counted_by_day_and_source_and_a_shared_page_once() {
    let read = Read::new().await;
    let found = read.json(&[]);
    let sea = &found["Sea"];
    assert_eq!(sea["hits"], 1);
    assert_eq!(sea["days"][0]["hits"], 1);
    assert_eq!(
        sea["sources"][0],
        serde_json::json!({"source": "127.0.0.1", "hits": 1})
    );
    assert_eq!(
        sea["examples"][0]["sentence"],
        "Talks on the East Sea went on, the minister said on Monday."
    );
    // Only the feed with the label counts: its two pages, of which feed a has one too.
    assert_eq!(found["Talks"]["hits"], 2);
}

#[tokio::test]
async fn a_backtest_finds_what_was_alerted() {
    let read = Read::new().await;
    let found = read.json(&[]);
    let hits: u64 = found
        .values()
        .map(|tally| tally["hits"].as_u64().unwrap())
        .sum();
    assert_eq!((hits, read.raised().await), (3, 3));
}

#[tokio::test]
async fn people_see_a_bar_for_each_day_and_who_finds_nothing() {
    let read = Read::new().await;
    let quiet = "[[watch]]\nname = \"Quiet\"\nquery = 'volcano'\n";
    read.write("newswatch.toml", &format!("{WATCHES}{quiet}"));
    let told = read.run(&[]);
    for part in [
        "4 articles",
        "Sea: 1 hit\n",
        "####",
        "  from 127.0.0.1 1\n",
        "Nothing found by: Quiet",
    ] {
        assert!(told.contains(part), "{part:?} is not in\n{told}");
    }
}

#[tokio::test]
async fn against_an_older_file_it_tells_what_the_change_adds_and_removes() {
    let read = Read::new().await;
    read.write("old.toml", WATCHES);
    read.write(
        "newswatch.toml",
        "[[watch]]\nname = \"Sea\"\nquery = '\"east sea\" OR capital'\n\
         [[watch]]\nname = \"New\"\nquery = 'wages'\n",
    );
    let found = read.json(&["--against", "old.toml"]);
    let change = |watch: &str| {
        let number = |what: &str| found[watch][what]["hits"].as_u64().unwrap();
        (number("added"), number("removed"))
    };
    assert_eq!(change("Sea"), (1, 0));
    assert_eq!(change("New"), (1, 0));
    assert_eq!(change("Talks"), (0, 2));
    assert_eq!(found["Sea"]["added"]["examples"][0]["title"], "Of the week");

    let told = read.run(&["--against", "old.toml", "--watch", "Talks"]);
    assert!(told.contains("Talks: 0 hits, 0 added, 2 removed"), "{told}");
    assert!(!told.contains("Sea:"), "{told}");
}

#[tokio::test]
async fn only_articles_since_the_given_time_count() {
    let read = Read::new().await;
    let told = read.run(&["--since", "2100-01-01T00:00:00Z"]);
    assert!(told.contains("0 articles"), "{told}");
}

#[tokio::test]
async fn old_articles_are_forgotten_and_alerts_stay_and_nothing_counts_as_new_again() {
    let read = Read::new().await;
    assert_eq!(read.kept().await, 4);
    read.clock.advance(89 * DAY);
    read.pass().await;
    assert_eq!(read.kept().await, 4, "they are not 90 days old");
    read.clock.advance(2 * DAY);
    read.pass().await;
    assert_eq!(read.kept().await, 0);
    assert_eq!(read.raised().await, 3);
}
