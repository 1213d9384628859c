//! What the process dies of is read alone at the next start, and set aside once it has killed twice; everything else
//! goes on.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use newswatch::clock::Clock;
use newswatch::demo::webhook_sink::WebhookSink;
use newswatch::domain::{TextHash, Timestamp};
use serde_json::{Value, json};

use crate::support::newsroom::PATIENCE;
use crate::support::site::{Page, Site};

/// The address of the page that takes long to read.
const SLOW: &str = "/slow";

/// A site with a good feed and one that leads to a slow page, a receiver, and a configuration that joins them.
struct World {
    site: Site,
    webhook: WebhookSink,
    folder: tempfile::TempDir,
}

impl World {
    async fn open(article: &str) -> Self {
        let site = Site::open().await;
        let good = site.url("/good");
        site.put_feed(
            "/good.xml",
            &[["good", "A new quay", &good, "The quay is open."]],
        );
        site.put_article(
            "/good",
            "A new quay",
            &["The ferry to the islands sails from the new quay, the harbour office said on Monday."],
        );
        let slow = site.url(SLOW);
        site.put_feed(
            "/slow.xml",
            &[[
                "slow",
                "Ferry aground",
                &slow,
                "&lt;p>The pilot&lt;b> slept&lt;/b>.",
            ]],
        );
        let paragraph = format!("<p>{}</p>", "<b>word</b> and <i>word</i> ".repeat(8));
        let page = format!("<html><body><article>{}", paragraph.repeat(12_000));
        site.put(SLOW, Page::Document("text/html", page));
        let world = Self {
            site,
            webhook: WebhookSink::start().await.unwrap(),
            folder: tempfile::tempdir().unwrap(),
        };
        let config = format!(
            "state_dir = \"{state}\"\n[poll]\nfirst_poll = \"alert\"\n[http]\nallow_private = [\"127.0.0.0/8\"]\n\
             [[feed]]\nurl = {slow:?}\narticle = \"{article}\"\n[[feed]]\nurl = {good:?}\n\
             [[watch]]\nname = \"Ferries\"\nterms = [\"ferry\"]\nnotify = [\"hook\"]\n\
             [[watch]]\nname = \"Pilots\"\nterms = [\"pilot\"]\nnotify = [\"hook\"]\n\
             [[channel]]\nname = \"hook\"\ntype = \"webhook\"\nurl = {hook:?}\n",
            state = world.state_dir().display(),
            slow = world.site.url("/slow.xml"),
            good = world.site.url("/good.xml"),
            hook = world.webhook.url(),
        );
        std::fs::write(world.folder.path().join("newswatch.toml"), config).unwrap();
        world
    }

    fn state_dir(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_newswatch"));
        let config = self.folder.path().join("newswatch.toml");
        command.args(words).arg("--config").arg(config);
        command
    }

    async fn said(&self, words: &[&str]) -> Output {
        let mut command = self.command(words);
        tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap()
    }

    async fn run_once(&self) {
        let ran = self.said(&["run", "--once"]).await;
        assert!(
            ran.status.success(),
            "{}",
            String::from_utf8_lossy(&ran.stderr)
        );
    }

    /// Whether the process is killed while the slow page is read, by whom `mark` tells: `r` beside others, `a` alone.
    /// `deaths` is what it knows of the page from its earlier lives.
    async fn killed_while_reading(&self, mark: char, deaths: Option<u32>) -> bool {
        let mut child = self
            .command(&["run", "--once"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let found = tokio::time::timeout(PATIENCE, self.marked(mark, deaths, &mut child));
        let found = found.await.expect("the page is read in time");
        child.kill().unwrap();
        child.wait().unwrap();
        // The page may have been read to its end between the look and the kill.
        found && self.is_marked(mark)
    }

    /// Waits until a document is marked; false when the process ended without.
    async fn marked(&self, mark: char, deaths: Option<u32>, child: &mut Child) -> bool {
        loop {
            // The marks of the life before are there until they are counted.
            if self.deaths() == deaths && self.is_marked(mark) {
                return true;
            }
            if child.try_wait().unwrap().is_some() {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Whether the slow page is marked so.
    fn is_marked(&self, mark: char) -> bool {
        let path = self.state_dir().join("being-read");
        let marks = String::from_utf8(std::fs::read(path).unwrap_or_default()).unwrap();
        let slow = self.site.url(SLOW);
        let mut marks = marks.lines();
        marks.any(|line| line.starts_with(mark) && line.trim_end().ends_with(&slow))
    }

    /// How often the process is known to have died alone with the slow page.
    fn deaths(&self) -> Option<u32> {
        let suspects = std::fs::read(self.state_dir().join("suspects.json")).ok()?;
        let suspects: Value = serde_json::from_slice(&suspects).ok()?;
        let deaths = suspects[&self.site.url(SLOW)]["deaths"].as_u64()?;
        u32::try_from(deaths).ok()
    }

    /// Leaves what a process leaves that has died twice of a document.
    fn set_aside_at(&self, document: &str, content: TextHash, at: Timestamp) {
        std::fs::create_dir_all(self.state_dir()).unwrap();
        let suspect = json!({ "deaths": 2, "content": content.0, "read_at": at.as_millisecond() });
        let suspects = self.state_dir().join("suspects.json");
        std::fs::write(suspects, json!({ document: suspect }).to_string()).unwrap();
    }

    async fn set_aside(&self) -> Vec<String> {
        let status = self.said(&["status", "--json"]).await;
        let status: Value = serde_json::from_slice(&status.stdout).unwrap();
        serde_json::from_value(status["set_aside"].clone()).unwrap()
    }

    /// What the receiver was told: watch and headline.
    fn alerted(&self) -> BTreeSet<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        self.webhook
            .received()
            .iter()
            .map(|call| call.json().unwrap()["data"].clone())
            .map(|data| (text(&data["watch"]), text(&data["title"])))
            .collect()
    }
}

fn all() -> BTreeSet<(String, String)> {
    [
        ("Ferries", "A new quay"),
        ("Ferries", "Ferry aground"),
        ("Pilots", "Ferry aground"),
    ]
    .map(|(watch, title)| (watch.to_owned(), title.to_owned()))
    .into()
}

/// A world whose process was killed with SIGKILL while it read the slow page, and twice more while it did so alone.
async fn killed_thrice() -> World {
    // A page that happens to be read to its end before the kill is trusted again: that is another story.
    for _ in 0..20 {
        let world = World::open("auto").await;
        let mut was_killed = true;
        for (mark, deaths) in [('r', None), ('a', Some(0)), ('a', Some(1))] {
            was_killed = was_killed && world.killed_while_reading(mark, deaths).await;
        }
        if was_killed {
            return world;
        }
    }
    panic!("the process was never killed in time");
}

#[tokio::test]
async fn a_page_that_kills_is_read_alone_then_set_aside_and_read_again_on_request() {
    let world = killed_thrice().await;
    world.run_once().await;
    assert_eq!(world.alerted(), all(), "by the words of the feed");
    let slow = world.site.url(SLOW);
    assert_eq!(world.set_aside().await, [slow.as_str()]);
    let status = world.said(&["status"]).await;
    let status = String::from_utf8(status.stdout).unwrap();
    assert!(status.contains("Set aside"), "{status}");

    let unknown = world.said(&["feeds", "reread", "https://a.example/"]).await;
    assert_eq!(unknown.status.code(), Some(1));
    let asked = world.said(&["feeds", "reread", &slow]).await;
    let said = String::from_utf8(asked.stdout).unwrap();
    assert!(said.contains("read again, 1 entry"), "{said}");
    let reads = world.site.asked(SLOW);
    let calls = world.webhook.received().len();
    world.run_once().await;
    assert_eq!(world.site.asked(SLOW), reads + 1, "it is read once more");
    assert_eq!(world.set_aside().await, [""; 0]);
    let told = world.webhook.received();
    assert_eq!(told.len(), calls, "nobody is told twice: {told:?}");
}

#[tokio::test]
async fn what_is_set_aside_on_its_way_through_the_line_is_told_by_its_headline_all_the_same() {
    for document in [
        "the feed's text of entry 1",
        "the feed's text of entry 2",
        "the text of entry 1",
        "the text of entry 2",
    ] {
        let world = World::open("never").await;
        world.set_aside_at(document, TextHash(0), Timestamp::UNIX_EPOCH);
        world.run_once().await;
        // The good page is read where it is not the one that is set aside.
        let mut by_headline = all();
        by_headline.retain(|(_, title)| title == "Ferry aground");
        let alerted = world.alerted();
        assert!(by_headline.is_subset(&alerted), "{document}: {alerted:?}");
        assert_eq!(world.set_aside().await, [document]);
        let asked = world.said(&["feeds", "reread"]).await;
        assert!(asked.status.success());
        world.run_once().await;
        assert_eq!(world.set_aside().await, [""; 0], "{document}");
        assert_eq!(world.alerted(), all(), "{document}");
    }
}

#[tokio::test]
async fn a_feed_that_was_set_aside_is_read_once_it_publishes_something_else_a_day_later_or_is_asked_for()
 {
    newswatch::http::install_tls_provider();
    let ferries = |world: &World| world.alerted().contains(&all().pop_first().unwrap());
    let world = World::open("never").await;
    let feed = world.site.url("/good.xml");
    let body = reqwest::get(&feed).await.unwrap().bytes().await.unwrap();
    let (same, now) = (TextHash::of_bytes(&body), Clock::system().now());
    for (content, at) in [(same, Timestamp::UNIX_EPOCH), (TextHash(1), now)] {
        world.set_aside_at(&feed, content, at);
        world.run_once().await;
        assert!(!ferries(&world), "{content:?} {at}");
        assert_eq!(world.set_aside().await, [feed.as_str()]);
    }
    let asked = world.said(&["feeds", "reread", &feed]).await;
    let said = String::from_utf8(asked.stdout).unwrap();
    assert!(said.contains("its feed is polled again now"), "{said}");
    world.run_once().await;
    assert!(ferries(&world), "it was asked for");

    let world = World::open("never").await;
    let feed = world.site.url("/good.xml");
    world.set_aside_at(&feed, TextHash(1), Timestamp::UNIX_EPOCH);
    world.run_once().await;
    assert!(ferries(&world), "it has published something else since");
    assert_eq!(world.set_aside().await, [""; 0]);
}
