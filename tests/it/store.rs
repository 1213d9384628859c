//! The store: claims, identity of entries, stories, deliveries, and what keeps two processes apart.

use std::sync::Arc;
use std::time::Duration;

use newswatch::domain::{
    Alert, AlertId, Article, AttemptOutcome, ChannelName, DeliveryState, Destination, Entry,
    EntryKey, InstallationId, Match, Priority, TextBasis, Timestamp, Validators, WatchName,
};
use newswatch::store::{
    Address, ChannelHold, DueFeed, FeedHealth, Flagged, PollRecord, Raised, Scraped, Sqlite, Store,
    StoreError,
};
use url::Url;

const LEASE: Duration = Duration::from_mins(1);

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn later(seconds: u64) -> Timestamp {
    now().checked_add(Duration::from_secs(seconds)).unwrap()
}

async fn store() -> Store {
    Store::over(Arc::new(Sqlite::in_memory().unwrap()))
        .await
        .unwrap()
}

fn url(text: &str) -> Url {
    text.parse().unwrap()
}

async fn with_feeds(urls: &[&str]) -> (Store, Vec<DueFeed>) {
    let store = store().await;
    let feeds = urls.iter().map(|feed| (url(feed), None)).collect();
    store.sync_feeds(feeds, now()).await.unwrap();
    let mut due = store.next_due_feeds(now(), now(), LEASE, 10).await.unwrap();
    due.sort_by_key(|feed| feed.id);
    (store, due)
}

fn entry(keys: &[&str], link: &str) -> Entry {
    Entry {
        keys: keys.iter().map(|key| EntryKey((*key).to_owned())).collect(),
        title: Some("Talks resume".into()),
        link: link.parse().ok(),
        ..Entry::default()
    }
}

fn read(fresh: Vec<Entry>) -> PollRecord {
    PollRecord {
        next_poll_at: later(900),
        health: FeedHealth::Read {
            title: Some("Example".into()),
            validators: Validators {
                etag: Some("W/\"1\"".into()),
                last_modified: None,
            },
            address: Address::Kept,
            repairs: Vec::new(),
            fresh,
            seen: Vec::new(),
        },
    }
}

#[tokio::test]
async fn a_claimed_feed_is_not_claimed_again_before_its_lease_is_over() {
    let (store, due) = with_feeds(&["https://a.example/rss"]).await;
    assert_eq!(due.len(), 1);
    let again = |at| store.next_due_feeds(at, at, LEASE, 10);
    assert!(again(later(59)).await.unwrap().is_empty());
    assert_eq!(again(later(60)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_poll_stores_validators_and_entries_and_the_time_of_the_next() {
    let (store, due) = with_feeds(&["https://a.example/rss"]).await;
    assert!(due[0].first_poll);
    let entries = vec![entry(&["guid:1"], "https://a.example/1")];
    let new = store.record_poll(due[0].id, read(entries), now()).await;
    assert_eq!(new.unwrap(), 1);
    let before = later(899);
    assert!(
        store
            .next_due_feeds(before, before, LEASE, 10)
            .await
            .unwrap()
            .is_empty()
    );
    let at = later(900);
    let due = store.next_due_feeds(at, at, LEASE, 10).await.unwrap();
    assert!(!due[0].first_poll);
    assert_eq!(due[0].validators.etag.as_deref(), Some("W/\"1\""));
}

#[tokio::test]
async fn an_entry_is_known_by_any_of_its_keys_and_learns_new_ones() {
    let (store, due) = with_feeds(&["https://a.example/rss"]).await;
    let add = |keys: &'static [&'static str]| {
        let record = read(vec![entry(keys, "https://a.example/1")]);
        store.record_poll(due[0].id, record, now())
    };
    assert_eq!(add(&["guid:1", "link:a"]).await.unwrap(), 1);
    assert_eq!(add(&["guid:2", "link:a"]).await.unwrap(), 0, "a new guid");
    assert_eq!(
        add(&["guid:2", "link:b"]).await.unwrap(),
        0,
        "then a new link"
    );
    assert_eq!(
        add(&["guid:3", "link:c"]).await.unwrap(),
        1,
        "another entry"
    );
}

#[tokio::test]
async fn a_feed_cannot_hide_the_entry_of_another() {
    let (store, due) = with_feeds(&["https://a.example/rss", "https://b.example/rss"]).await;
    for feed in &due {
        let record = read(vec![entry(&["guid:1"], "https://a.example/1")]);
        assert_eq!(store.record_poll(feed.id, record, now()).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_failed_poll_keeps_the_validators_and_says_since_when_it_fails() {
    let (store, due) = with_feeds(&["https://a.example/rss"]).await;
    store
        .record_poll(due[0].id, read(Vec::new()), now())
        .await
        .unwrap();
    for (at, error) in [
        (900, "the server answered 503"),
        (1800, "the server answered 500"),
    ] {
        let failed = PollRecord {
            next_poll_at: later(at + 900),
            health: FeedHealth::Failed {
                error: error.into(),
            },
        };
        store
            .record_poll(due[0].id, failed, later(at))
            .await
            .unwrap();
    }
    let report = store.report().await.unwrap();
    assert_eq!(
        report.feeds[0].error.as_deref(),
        Some("the server answered 500")
    );
    assert_eq!(report.feeds[0].failing_since, Some(later(900)));
    assert_eq!(report.feeds[0].failures, 2);
    let at = later(9999);
    let due = store.next_due_feeds(at, at, LEASE, 1).await.unwrap();
    assert!(due[0].validators.etag.is_some());
}

#[tokio::test]
async fn a_feed_that_is_gone_is_polled_again_only_after_it_was_taken_out_and_put_back() {
    let (store, due) = with_feeds(&["https://a.example/rss"]).await;
    let gone = PollRecord {
        next_poll_at: now(),
        health: FeedHealth::Gone {
            error: "410".into(),
        },
    };
    store.record_poll(due[0].id, gone, now()).await.unwrap();
    let configured = vec![(url("https://a.example/rss"), None)];
    store.sync_feeds(configured.clone(), now()).await.unwrap();
    let at = later(99_999);
    let claim = || store.next_due_feeds(at, at, LEASE, 1);
    assert!(claim().await.unwrap().is_empty());
    store.sync_feeds(Vec::new(), now()).await.unwrap();
    store.sync_feeds(configured, now()).await.unwrap();
    assert_eq!(claim().await.unwrap().len(), 1);
}

fn scraped_article(text: &str) -> Scraped {
    let article = Article {
        url: "https://a.example/1".parse().ok(),
        title: "Talks resume".into(),
        byline: None,
        published: None,
        lang: None,
        site: None,
        text: text.into(),
        basis: TextBasis::Page,
    };
    Scraped {
        article,
        rule_problem: None,
        page: None,
    }
}

/// Takes one entry of each feed as far as a text that waits to be matched.
async fn scraped(links: &[(&str, &str)]) -> Store {
    let feeds: Vec<&str> = links.iter().map(|(feed, _)| *feed).collect();
    let mut distinct = feeds.clone();
    distinct.dedup();
    let (store, due) = with_feeds(&distinct).await;
    for feed in &due {
        let entries = links
            .iter()
            .enumerate()
            .filter(|(_, (of, _))| url(of) == feed.url)
            .map(|(number, (_, link))| entry(&[&format!("guid:{number}")], link))
            .collect();
        store
            .record_poll(feed.id, read(entries), now())
            .await
            .unwrap();
    }
    for work in store.next_unscraped(now(), LEASE, 10).await.unwrap() {
        store
            .record_article(work.id, scraped_article("Talks resume."), now())
            .await
            .unwrap();
    }
    store
}

#[tokio::test]
async fn the_same_link_in_two_feeds_is_one_story_and_twice_in_one_feed_is_two() {
    let store = scraped(&[
        ("https://a.example/rss", "https://n.example/1"),
        ("https://a.example/rss", "https://n.example/1"),
        ("https://b.example/rss", "https://n.example/1"),
    ])
    .await;
    let mut settled = Vec::new();
    for work in store.next_unflagged(now(), LEASE, 10).await.unwrap() {
        let link = work.link.map(String::from);
        let found = store.story_of(work.id, link).await.unwrap();
        settled.push((work.feed_url.to_string(), found.id));
    }
    let of = |feed: &str| {
        let of_feed = settled.iter().filter(|(of, _)| of == feed);
        of_feed.map(|(_, story)| *story).collect::<Vec<_>>()
    };
    let (a, b) = (of("https://a.example/rss"), of("https://b.example/rss"));
    assert_ne!(a[0], a[1]);
    assert!(a.contains(&b[0]));
}

#[tokio::test]
async fn an_article_is_forgotten_when_it_is_old_enough_and_has_been_matched() {
    let link = "https://n.example/1";
    let store = scraped(&[("https://a.example/rss", link)]).await;
    let forget = |at| store.forget_articles(at, 10);
    assert!(!store.has_outdated(later(60)).await.unwrap());
    assert_eq!(
        forget(later(60)).await.unwrap(),
        0,
        "it waits to be matched"
    );

    let work = store.next_unflagged(now(), LEASE, 1).await.unwrap();
    let flagged = Flagged {
        entry: work[0].id,
        raised: Vec::new(),
        held: Vec::new(),
    };
    store.record_flagged(vec![flagged], now()).await.unwrap();
    assert_eq!(forget(now()).await.unwrap(), 0, "it is not older than that");
    assert_eq!(store.count_kept(now()).await.unwrap(), 1);
    assert!(store.has_outdated(later(1)).await.unwrap());
    assert_eq!(forget(later(1)).await.unwrap(), 1);
    assert_eq!(store.count_kept(now()).await.unwrap(), 0);
}

#[tokio::test]
async fn kept_articles_are_read_page_by_page_the_newest_first() {
    let feed = "https://a.example/rss";
    let links = [
        "https://n.example/1",
        "https://n.example/2",
        "https://n.example/3",
    ];
    let store = scraped(&links.map(|link| (feed, link))).await;
    let mut below = None;
    let mut read = Vec::new();
    loop {
        let page = store.kept_articles(now(), below, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        below = Some(last.place);
        read.push(
            page.iter()
                .map(|kept| kept.place.entry.0)
                .collect::<Vec<_>>(),
        );
    }
    assert_eq!(read, [vec![3, 2], vec![1]]);
    assert!(
        store
            .kept_articles(later(1), None, 9)
            .await
            .unwrap()
            .is_empty()
    );
}

/// Raises an alert for the only article there is, for two recipients and a webhook.
async fn raised() -> Store {
    let store = scraped(&[("https://a.example/rss", "https://n.example/1")]).await;
    let work = store
        .next_unflagged(now(), LEASE, 1)
        .await
        .unwrap()
        .remove(0);
    let begun = store.story_of(work.id, None).await.unwrap();
    let alert = Alert {
        id: AlertId::derive(&InstallationId("i".into()), "w", "k"),
        found: Match {
            watch: WatchName("w".into()),
            score: 1.0,
            terms: vec!["talks".into()],
            sentence: "Talks resume.".into(),
        },
        priority: Priority::High,
        story: begun.id,
        entry: work.id,
        feeds: Vec::new(),
        title: "Talks resume".into(),
        url: None,
        source: None,
        published: None,
        summary_only: false,
        raised_at: now(),
    };
    let to = |channel: &str, recipient: Option<&str>| Destination {
        channel: ChannelName(channel.into()),
        recipient: recipient.map(str::to_owned),
    };
    let flagged = Flagged {
        entry: work.id,
        raised: vec![Raised {
            alert,
            destinations: vec![
                to("desk", Some("a@example.org")),
                to("desk", Some("b@example.org")),
                to("hook", None),
            ],
        }],
        held: Vec::new(),
    };
    // Twice: an answer to a claim whose lease had run out must not raise the alert again.
    store
        .record_flagged(vec![flagged.clone()], now())
        .await
        .unwrap();
    store.record_flagged(vec![flagged], now()).await.unwrap();
    store
}

#[tokio::test]
async fn each_recipient_has_a_delivery_of_its_own_in_order() {
    let store = raised().await;
    let mut seen = Vec::new();
    let desk = || ChannelName("desk".into());
    while let Some(due) = store.next_due_delivery(desk(), now(), LEASE).await.unwrap() {
        assert_eq!(due.alerts.len(), 1);
        assert_eq!(due.alerts[0].feeds, ["Example"]);
        seen.push(due.recipient.unwrap());
    }
    assert_eq!(seen, ["a@example.org", "b@example.org"]);
}

#[tokio::test]
async fn an_alert_counts_as_delivered_once_all_its_copies_are() {
    let store = raised().await;
    for channel in ["desk", "desk", "hook"] {
        let counts = store.report().await.unwrap().counts;
        assert_eq!((counts.matches, counts.waiting), (1, 1));
        let due = store
            .next_due_delivery(ChannelName(channel.into()), now(), LEASE)
            .await
            .unwrap()
            .unwrap();
        let sent = DeliveryState::Sent { at: now() };
        store
            .record_attempt(
                due,
                AttemptOutcome::Accepted,
                sent,
                ChannelHold::Working,
                now(),
            )
            .await
            .unwrap();
    }
    let counts = store.report().await.unwrap().counts;
    assert_eq!((counts.delivered, counts.waiting, counts.dead), (1, 0, 0));
}

#[tokio::test]
async fn nothing_is_sent_to_a_channel_that_is_gone_until_it_is_asked_for() {
    let store = raised().await;
    let hook = || ChannelName("hook".into());
    let due = store.next_due_delivery(hook(), now(), LEASE).await.unwrap();
    let outcome = AttemptOutcome::Gone {
        reason: "410".into(),
    };
    let waiting = DeliveryState::Waiting { not_before: now() };
    store
        .record_attempt(due.unwrap(), outcome, waiting, ChannelHold::Gone, now())
        .await
        .unwrap();
    let at = later(99_999);
    assert!(
        store
            .next_due_delivery(hook(), at, LEASE)
            .await
            .unwrap()
            .is_none()
    );
    let selection = newswatch::store::RetrySelection {
        channel: Some(hook()),
        ..Default::default()
    };
    assert_eq!(store.retry(selection, at).await.unwrap(), 1);
    assert!(
        store
            .next_due_delivery(hook(), at, LEASE)
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn a_second_process_on_one_state_directory_is_told_who_holds_it() {
    let folder = tempfile::tempdir().unwrap();
    let first = Store::open(folder.path()).await.unwrap();
    let second = Store::open(folder.path()).await.unwrap_err();
    let StoreError::InUse { pid, .. } = &second else {
        panic!("{second}");
    };
    assert_eq!(*pid, Some(std::process::id()));
    drop(first);
    Store::open(folder.path()).await.unwrap();
}

#[tokio::test]
async fn the_state_is_readable_by_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let _store = Store::open(&state).await.unwrap();
    for (path, mode) in [
        (state.clone(), 0o700),
        (state.join("newswatch.sqlite3"), 0o600),
    ] {
        let found = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(found, mode, "{}", path.display());
    }
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    drop(Store::open(folder.path()).await.unwrap());
    let file = folder.path().join("newswatch.sqlite3");
    let connection = rusqlite::Connection::open(&file).unwrap();
    connection
        .execute("INSERT INTO schema_steps (number) VALUES (999)", [])
        .unwrap();
    drop(connection);
    let refused = Store::open(folder.path()).await.unwrap_err();
    assert!(matches!(refused, StoreError::TooNew { found: 999, .. }));
}

#[tokio::test]
async fn a_job_that_fails_undoes_itself_and_not_its_neighbours() {
    let (store, due) = with_feeds(&["https://a.example/rss"]).await;
    let unknown = newswatch::domain::FeedId(999);
    let (bad, good) = tokio::join!(
        store.record_poll(
            unknown,
            read(vec![entry(&["guid:1"], "https://a/1")]),
            now()
        ),
        store.record_poll(
            due[0].id,
            read(vec![entry(&["guid:1"], "https://a/1")]),
            now()
        ),
    );
    assert!(bad.is_err(), "an entry of a feed that does not exist");
    assert_eq!(good.unwrap(), 1);
    assert_eq!(store.report().await.unwrap().counts.entries, 1);
}
