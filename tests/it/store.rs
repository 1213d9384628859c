//! The store: claims, identity of entries, stories, deliveries, and what keeps two processes apart.

use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use newswatch::alerting::{self, Policies};
use newswatch::domain::{
    Alert, AlertId, Article, AttemptOutcome, Bundle, ChannelName, Desk, Destination, Entry,
    EntryKey, FeedId, FeedWords, FoundCopy, HeartbeatFacts, Held, HoldReason, Inquiry,
    InstallationId, Leg, Match, Occasion, Past, Priority, Quote, Raised, Reading, StoryMark,
    StoryMember, StoryPast, TextBasis, Timestamp, Validators, WaitingLeg, WatchName,
};
use newswatch::schedule::{DeliveryPolicy, after_attempt};
use newswatch::store::{
    Address, AlertFilter, AlertLine, Attempted, DueDelivery, DueFeed, Durability, FeedHealth,
    FlagWork, Flagged, Job, Judge, Judged, PagesNow, PollHour, PollRecord, Rendered,
    RetrySelection, Scraped, Store, StoreError, Try, Tx, Unflagged, Unrendered,
};
use url::Url;

use crate::support::database::{self, store};
use crate::support::pages::next_unscraped;

const LEASE: Duration = Duration::from_mins(1);

pub(crate) fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

pub(crate) fn later(seconds: u64) -> Timestamp {
    now().checked_add(Duration::from_secs(seconds)).unwrap()
}

pub(crate) fn url(text: &str) -> Url {
    text.parse().unwrap()
}

async fn with_feeds(urls: &[&str]) -> (Store, Vec<DueFeed>) {
    let store = store().await;
    let due = due_feeds(&store, urls).await;
    (store, due)
}

async fn due_feeds(store: &Store, urls: &[&str]) -> Vec<DueFeed> {
    let feeds = urls.iter().map(|feed| (url(feed), None)).collect();
    store.sync_feeds(feeds, now()).await.unwrap();
    let mut due = store.next_due_feeds(now(), now(), LEASE, 10).await.unwrap();
    due.sort_by_key(|feed| feed.claim.id);
    due
}

pub(crate) fn entry(keys: &[&str], link: &str) -> Entry {
    Entry {
        keys: keys.iter().map(|key| EntryKey((*key).to_owned())).collect(),
        title: Some("Talks resume".into()),
        link: link.parse().ok(),
        ..Entry::default()
    }
}

pub(crate) fn read(fresh: Vec<Entry>) -> PollRecord {
    PollRecord {
        next_poll_at: later(900),
        health: FeedHealth::Read {
            pace: newswatch::domain::Pace::default(),
            body_hash: None,
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
    let new = store.record_poll(due[0].claim, read(entries), now()).await;
    assert_eq!(new.unwrap(), Some(1));
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
    let (store, _) = with_feeds(&["https://a.example/rss"]).await;
    for (poll, keys, added) in [
        (1, ["guid:1", "link:a"], 1),
        (2, ["guid:2", "link:a"], 0),
        (3, ["guid:2", "link:b"], 0),
        (4, ["guid:3", "link:c"], 1),
        (5, ["guid:3", "link:b"], 0),
    ] {
        let at = later(poll * 1_000);
        let due = store.next_due_feeds(at, at, LEASE, 1).await.unwrap();
        let record = PollRecord {
            next_poll_at: at,
            ..read(vec![entry(&keys, "https://a.example/1")])
        };
        let new = store.record_poll(due[0].claim, record, at).await.unwrap();
        assert_eq!(new, Some(added), "{keys:?}");
    }
}

#[tokio::test]
async fn the_polls_of_a_feed_are_counted_hour_by_hour_for_a_month() {
    let (store, _) = with_feeds(&["https://a.example/rss", "https://b.example/rss"]).await;
    let unchanged = || FeedHealth::Unchanged {
        was_full: false,
        validators: Validators::default(),
        moved_to: None,
    };
    let failed = || FeedHealth::Failed {
        error: "no answer".into(),
    };
    let found = |guid: &str| read(vec![entry(&[guid], "https://a.example/1")]).health;
    let month = 32 * 86_400;
    for (second, health) in [
        (60, found("guid:1")),
        (600, unchanged()),
        (1_200, FeedHealth::PutOff),
        (3_600, failed()),
        (4_000, found("guid:2")),
        (month, unchanged()),
    ] {
        let at = later(second);
        // The other feed is always as due as this one, and has its own count.
        let due = store.next_due_feeds(at, at, LEASE, 2).await.unwrap();
        let due = due.into_iter().find(|due| due.claim.id == FeedId(1));
        let record = PollRecord {
            next_poll_at: at,
            health,
        };
        store
            .record_poll(due.unwrap().claim, record, at)
            .await
            .unwrap();
        let told = |hours: Vec<PollHour>| -> Vec<(i64, u32, u32, u32)> {
            let of = |hour: PollHour| {
                let begins = hour.begins_at.duration_since(now()).as_hours();
                (begins, hour.polls, hour.failed, hour.new_entries)
            };
            hours.into_iter().map(of).collect()
        };
        let hours = told(store.polls_since(FeedId(1), now()).await.unwrap());
        match second {
            4_000 => {
                assert_eq!(hours, [(0, 2, 0, 1), (1, 2, 1, 1)]);
                let since = store.polls_since(FeedId(1), later(5_000)).await.unwrap();
                assert_eq!(told(since), [(1, 2, 1, 1)]);
            }
            second if second == month => assert_eq!(hours, [(768, 1, 0, 0)]),
            _ => {}
        }
    }
    assert_eq!(store.polls_since(FeedId(2), now()).await.unwrap(), []);
}

#[tokio::test]
async fn hours_that_a_clock_ahead_has_left_hide_none_of_those_that_were() {
    let (store, first) = with_feeds(&["https://a.example/rss"]).await;
    store.put_back_feeds(vec![first[0].claim]).await.unwrap();
    let poll = async |at: Timestamp| {
        let due = store.next_due_feeds(at, at, LEASE, 1).await.unwrap();
        let record = PollRecord {
            next_poll_at: at,
            health: FeedHealth::Unchanged {
                was_full: false,
                validators: Validators::default(),
                moved_to: None,
            },
        };
        let stood = store.record_poll(due[0].claim, record, at).await.unwrap();
        assert_eq!(stood, Some(0));
    };
    poll(later(10)).await;
    poll(later(400 * 86_400)).await;
    store.disbelieve_after(later(20)).await.unwrap();
    poll(later(30)).await;
    let hours = store.polls_since(FeedId(1), now()).await.unwrap();
    let polls: Vec<u32> = hours.iter().map(|hour| hour.polls).collect();
    assert_eq!(polls, [2]);
}

#[tokio::test]
async fn a_feed_cannot_hide_the_entry_of_another() {
    let (store, due) = with_feeds(&["https://a.example/rss", "https://b.example/rss"]).await;
    for feed in &due {
        let record = read(vec![entry(&["guid:1"], "https://a.example/1")]);
        let new = store.record_poll(feed.claim, record, now()).await.unwrap();
        assert_eq!(new, Some(1));
    }
}

#[tokio::test]
async fn a_failed_poll_keeps_the_validators_and_says_since_when_it_fails() {
    let (store, due) = with_feeds(&["https://a.example/rss"]).await;
    store
        .record_poll(due[0].claim, read(Vec::new()), now())
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
        let at = later(at);
        let due = store.next_due_feeds(at, at, LEASE, 1).await.unwrap();
        let recorded = store.record_poll(due[0].claim, failed, at).await;
        assert_eq!(recorded.unwrap(), Some(0));
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
async fn a_good_poll_ends_a_row_of_failures() {
    let (store, due) = with_feeds(&["https://a.example/rss"]).await;
    let failed = PollRecord {
        next_poll_at: later(900),
        health: FeedHealth::Failed {
            error: "the server answered 503".into(),
        },
    };
    let recorded = store.record_poll(due[0].claim, failed, now()).await;
    assert_eq!(recorded.unwrap(), Some(0));
    let at = later(900);
    let due = store.next_due_feeds(at, at, LEASE, 1).await.unwrap();
    let recorded = store.record_poll(due[0].claim, read(Vec::new()), at).await;
    assert_eq!(recorded.unwrap(), Some(0));
    let feed = &store.report().await.unwrap().feeds[0];
    assert_eq!((feed.failures, feed.failing_since), (0, None));
    assert_eq!(feed.error, None);
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
    store.record_poll(due[0].claim, gone, now()).await.unwrap();
    let configured = vec![(url("https://a.example/rss"), None)];
    store.sync_feeds(configured.clone(), now()).await.unwrap();
    let at = later(99_999);
    let claim = || store.next_due_feeds(at, at, LEASE, 1);
    assert!(claim().await.unwrap().is_empty());
    store.sync_feeds(Vec::new(), now()).await.unwrap();
    store.sync_feeds(configured, now()).await.unwrap();
    assert_eq!(claim().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_list_of_feeds_is_put_in_whenever_it_is_another_than_the_last() {
    let store = store().await;
    store.installation(7).await.unwrap();
    let [a, b] = ["a", "b"].map(|name| (url(&format!("https://{name}.example/rss")), None));
    let sync = |feeds: &[(Url, Option<String>)]| store.sync_feeds(feeds.to_vec(), now());
    sync(&[a.clone(), b.clone()]).await.unwrap();
    for _ in 0..2 {
        sync(std::slice::from_ref(&a)).await.unwrap();
    }
    let due = store.next_due_feeds(now(), now(), LEASE, 9).await.unwrap();
    let claimed: Vec<_> = due.into_iter().map(|feed| feed.url).collect();
    assert_eq!(claimed, std::slice::from_ref(&a.0));
    sync(&[a, b.clone()]).await.unwrap();
    let due = store.next_due_feeds(now(), now(), LEASE, 9).await.unwrap();
    let claimed: Vec<_> = due.into_iter().map(|feed| feed.url).collect();
    assert_eq!(claimed, [b.0]);
}

#[tokio::test]
async fn the_feed_that_has_been_due_the_longest_is_claimed_first() {
    let store = store().await;
    let feeds = ["a", "b", "c"].map(|name| (url(&format!("https://{name}.example/rss")), None));
    store.sync_feeds(feeds.to_vec(), now()).await.unwrap();
    let due = store.next_due_feeds(now(), now(), LEASE, 4).await.unwrap();
    for (one, seconds) in due.iter().zip([30, 10, 20]) {
        let record = PollRecord {
            next_poll_at: later(seconds),
            health: FeedHealth::PutOff,
        };
        store.record_poll(one.claim, record, now()).await.unwrap();
    }
    let mut claimed = Vec::new();
    for _ in 0..3 {
        let next = store.next_due_feeds(later(40), later(40), LEASE, 1).await;
        claimed.push(next.unwrap().remove(0).url);
    }
    let expected = [1, 2, 0].map(|place| due[place].url.clone());
    assert_eq!(claimed, expected);
}

#[tokio::test]
async fn a_worker_that_starts_takes_back_its_own_claims_and_no_others() {
    let database = database::empty().await;
    let start = |worker| Store::shared(Arc::clone(&database), worker);
    let claimed = async |store: &Store| {
        let due = store.next_due_feeds(now(), now(), LEASE, 10).await;
        due.unwrap().len()
    };
    let one = start("one").await.unwrap();
    let feeds = vec![(url("https://a.example/rss"), None)];
    one.sync_feeds(feeds, now()).await.unwrap();
    assert_eq!(claimed(&one).await, 1);
    let other = start("other").await.unwrap();
    assert_eq!(claimed(&other).await, 0, "another holds it");
    let again = start("one").await.unwrap();
    assert_eq!(claimed(&again).await, 1, "who held it has died");
}

pub(crate) fn scraped_article(text: &str) -> Scraped {
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
    Scraped::of_feed(article, FeedWords::default())
}

/// Takes one entry of each feed as far as a text that waits to be matched.
pub(crate) async fn scraped(links: &[(&str, &str)]) -> Store {
    let store = store().await;
    scrape(&store, links).await;
    store
}

pub(crate) async fn scrape(store: &Store, links: &[(&str, &str)]) {
    let feeds: Vec<&str> = links.iter().map(|(feed, _)| *feed).collect();
    let mut distinct = feeds.clone();
    distinct.dedup();
    let due = due_feeds(store, &distinct).await;
    for feed in &due {
        let entries = links
            .iter()
            .enumerate()
            .filter(|(_, (of, _))| url(of) == feed.url)
            .map(|(number, (_, link))| entry(&[&format!("guid:{number}")], link))
            .collect();
        store
            .record_poll(feed.claim, read(entries), now())
            .await
            .unwrap();
    }
    for work in next_unscraped(store, now(), LEASE, 10).await.unwrap() {
        store
            .record_article(work.claim, scraped_article("Talks resume."), now())
            .await
            .unwrap();
    }
}

pub(crate) fn work_of(article: Unflagged) -> FlagWork {
    let link = article.link.as_ref();
    let found = Match {
        watch: WatchName("w".into()),
        score: 1.0,
        terms: vec!["talks".into()],
        sentence: "Talks resume.".into(),
        quote: Quote::default(),
    };
    FlagWork {
        report_keys: link
            .map(|link| format!("link:{link}"))
            .into_iter()
            .collect(),
        matches: vec![(0, found)],
        article,
    }
}

/// Raises an alert for two recipients and a webhook, or holds what its watch has raised for the report before.
pub(crate) fn judge(past: &Past, _: &mut Desk, work: &FlagWork) -> Judged {
    let mut judged = Judged::default();
    for (_, found) in &work.matches {
        let told = past.alerts.iter().find(|past| past.watch == found.watch);
        match told {
            Some(told) => judged.held.push(Held {
                found: found.clone(),
                reason: HoldReason::StoryKnown {
                    alert: told.id.clone(),
                },
            }),
            None => judged.raised.push(raised_for(past, work, found)),
        }
    }
    judged
}

fn raised_for(past: &Past, work: &FlagWork, found: &Match) -> Raised {
    let key = format!("{}{}", work.article.feed_url, work.article.key.0);
    let alert = Alert {
        id: AlertId::derive(&InstallationId("i".into()), &found.watch.0, &key),
        found: found.clone(),
        priority: Priority::High,
        report: past.report,
        entry: work.article.claim.id,
        feeds: Vec::new(),
        title: "Talks resume".into(),
        url: None,
        source: None,
        published: None,
        summary_only: false,
        reading: Reading::default(),
        notes: Vec::new(),
        raised_at: now(),
    };
    let leg = |channel: &str, recipient: Option<&str>| Leg {
        destination: Destination {
            channel: ChannelName(channel.into()),
            recipient: recipient.map(str::to_owned),
        },
        bundle: Bundle::Alone,
        not_before: now(),
        waits: None,
        held: None,
    };
    Raised {
        alert,
        episode: 0,
        told_at: now(),
        legs: vec![
            leg("desk", Some("a@example.org")),
            leg("desk", Some("b@example.org")),
            leg("hook", None),
        ],
        visit_at: None,
    }
}

/// Flags every article that waits.
pub(crate) async fn flag(store: &Store) -> Vec<Flagged> {
    let articles = store
        .next_unflagged(FeedId(0), now(), LEASE, 10)
        .await
        .unwrap()
        .articles;
    let works = articles.into_iter().map(work_of).collect();
    store
        .flag(works, Inquiry::default(), judge, now())
        .await
        .unwrap()
}

#[tokio::test]
async fn the_same_link_in_two_feeds_is_one_report_and_twice_in_one_feed_is_two() {
    let store = scraped(&[
        ("https://a.example/rss", "https://n.example/1"),
        ("https://a.example/rss", "https://n.example/1"),
        ("https://b.example/rss", "https://n.example/1"),
    ])
    .await;
    let flagged = flag(&store).await;
    let raised: usize = flagged.iter().map(|one| one.judged.raised.len()).sum();
    let held: Vec<_> = flagged.iter().flat_map(|one| &one.judged.held).collect();
    assert_eq!((raised, held.len()), (2, 1));
    let HoldReason::StoryKnown { alert } = &held[0].reason else {
        panic!("{:?}", held[0].reason);
    };
    let listed = listed(&store).await;
    let (told, feeds) = listed
        .iter()
        .find_map(|line| match line {
            AlertLine::Raised { alert: told, .. } if told.id == *alert => {
                Some((told.id.clone(), told.feeds.clone()))
            }
            AlertLine::Raised { .. } | AlertLine::Held { .. } => None,
        })
        .unwrap();
    assert_eq!(told, *alert);
    assert_eq!(feeds, ["Example"], "both feeds have one title");
    let reasons = listed.iter().filter_map(|line| match line {
        AlertLine::Held { reason, .. } => Some(reason.clone()),
        AlertLine::Raised { .. } => None,
    });
    let stored: Vec<_> = reasons.collect();
    assert_eq!(stored, [held[0].reason.clone()], "it comes back as itself");
}

#[tokio::test]
async fn each_feed_has_its_turn_however_many_articles_of_another_wait() {
    let mut links = vec![("https://a.example/rss", "https://n.example/1"); 6];
    links.extend([
        ("https://b.example/rss", "https://n.example/1"),
        ("https://c.example/rss", "https://n.example/1"),
        ("https://d.example/rss", "https://n.example/1"),
    ]);
    let store = scraped(&links).await;
    let mut last = FeedId(0);
    let mut rounds = Vec::new();
    loop {
        let round = store.next_unflagged(last, now(), LEASE, 2).await.unwrap();
        last = round.last;
        if round.articles.is_empty() {
            break;
        }
        let hosts = round.articles.iter().map(|one| one.feed_url.host_str());
        let hosts: String = hosts.map(|host| &host.unwrap()[..1]).collect();
        rounds.push(hosts);
    }
    assert_eq!(rounds, ["ab", "cd", "aa", "aa", "a"]);
}

async fn listed(store: &Store) -> Vec<AlertLine> {
    let filter = AlertFilter {
        watch: None,
        since: None,
        limit: 100,
    };
    store.alerts(filter).await.unwrap()
}

#[tokio::test]
async fn of_two_flaggers_on_one_report_one_raises_one_holds_and_no_match_is_lost() {
    let store = scraped(&[
        ("https://a.example/rss", "https://n.example/1"),
        ("https://b.example/rss", "https://n.example/1"),
    ])
    .await;
    let first = store
        .next_unflagged(FeedId(0), now(), LEASE, 1)
        .await
        .unwrap()
        .articles;
    let second = store
        .next_unflagged(FeedId(0), now(), LEASE, 1)
        .await
        .unwrap()
        .articles;
    // Neither knows of the other when it begins.
    let (one, other) = tokio::join!(
        store.flag(
            first.into_iter().map(work_of).collect(),
            Inquiry::default(),
            judge,
            now()
        ),
        store.flag(
            second.into_iter().map(work_of).collect(),
            Inquiry::default(),
            judge,
            now()
        ),
    );
    let flagged = [one.unwrap(), other.unwrap()].concat();
    let raised: usize = flagged.iter().map(|one| one.judged.raised.len()).sum();
    let held: usize = flagged.iter().map(|one| one.judged.held.len()).sum();
    assert_eq!((raised, held), (1, 1));
    let counts = store.report().await.unwrap().counts;
    assert_eq!((counts.matches, counts.alerts, counts.held), (2, 1, 1));
}

/// Puts all reports to one story, and notes how many it is shown.
struct OneStory {
    shown: Arc<Mutex<Vec<usize>>>,
    /// Whether its transaction ends in a defect, once the report has a story.
    is_undone: bool,
}

impl Judge for OneStory {
    fn mark(&self, _: &FlagWork) -> Option<StoryMark> {
        Some(StoryMark {
            terms: vec![1, 2],
            profile: "{}".into(),
            language: "en".into(),
            title: "Talks".into(),
            at: now(),
        })
    }

    fn story(&self, _: &StoryMark, near: &[StoryMember]) -> Option<i64> {
        self.shown.lock().unwrap().push(near.len());
        near.last().map(|last| last.story)
    }

    fn judge(
        &self,
        past: &Past,
        desk: &mut Desk,
        work: &FlagWork,
        _: Option<&FoundCopy>,
        _: Option<&StoryPast>,
    ) -> Judged {
        assert!(!self.is_undone, "a defect");
        judge(past, desk, work)
    }
}

#[tokio::test]
async fn the_reports_that_another_worker_puts_to_stories_are_seen_and_what_was_undone_is_not() {
    let database = database::empty().await;
    let store = Store::shared(Arc::clone(&database), "one").await.unwrap();
    let other = Store::shared(database, "other").await.unwrap();
    let links = ["1", "2", "3", "4"].map(|page| format!("https://n.example/{page}"));
    let links: Vec<(&str, &str)> = links
        .iter()
        .map(|link| ("https://a.example/rss", link.as_str()))
        .collect();
    scrape(&store, &links).await;
    let shown = Arc::new(Mutex::new(Vec::new()));
    for (worker, seconds, is_undone) in [
        (&store, 0, false),
        (&other, 0, false),
        (&store, 0, true),
        // The lease of what was undone has ended.
        (&store, 61, false),
        (&other, 61, false),
    ] {
        let at = later(seconds);
        let work = worker.next_unflagged(FeedId(0), at, LEASE, 1).await;
        let works = work.unwrap().articles.into_iter().map(work_of).collect();
        let judge = OneStory {
            shown: Arc::clone(&shown),
            is_undone,
        };
        let flagged = worker.flag(works, Inquiry::default(), judge, at).await;
        assert_eq!(flagged.is_err(), is_undone);
    }
    assert_eq!(*shown.lock().unwrap(), [0, 1, 2, 2, 3]);
    let stories = store.stories(10).await.unwrap();
    let reports: Vec<i64> = stories.iter().map(|story| story.reports).collect();
    assert_eq!(reports, [4]);
}

#[tokio::test]
async fn an_alert_that_a_careless_judge_raises_twice_is_held_the_second_time() {
    let store = scraped(&[
        ("https://a.example/rss", "https://n.example/1"),
        ("https://b.example/rss", "https://n.example/1"),
    ])
    .await;
    let articles = store
        .next_unflagged(FeedId(0), now(), LEASE, 10)
        .await
        .unwrap()
        .articles;
    let works = articles.into_iter().map(work_of).collect();
    let careless = |past: &Past, _: &mut Desk, work: &FlagWork| Judged {
        raised: vec![raised_for(past, work, &work.matches[0].1)],
        held: Vec::new(),
    };
    let flagged = store
        .flag(works, Inquiry::default(), careless, now())
        .await
        .unwrap();
    let held: usize = flagged.iter().map(|one| one.judged.held.len()).sum();
    assert_eq!(held, 1);
    let counts = store.report().await.unwrap().counts;
    assert_eq!((counts.matches, counts.alerts, counts.held), (2, 1, 1));
}

#[tokio::test]
async fn what_comes_after_the_lease_has_ended_writes_nothing() {
    let (store, late) = with_feeds(&["https://a.example/rss"]).await;
    let at = later(61);
    let due = store.next_due_feeds(at, at, LEASE, 1).await.unwrap();
    let poll = || read(vec![entry(&["guid:1"], "https://a.example/1")]);
    let recorded = store.record_poll(late[0].claim, poll(), at).await;
    assert_eq!(recorded.unwrap(), None);
    assert_eq!(store.report().await.unwrap().counts.entries, 0);
    let unchanged = PollRecord {
        next_poll_at: at,
        health: FeedHealth::Unchanged {
            was_full: false,
            validators: Validators::default(),
            moved_to: None,
        },
    };
    let recorded = store.record_poll(late[0].claim, unchanged, at).await;
    assert_eq!(recorded.unwrap(), None);
    let recorded = store.record_poll(due[0].claim, poll(), at).await;
    assert_eq!(recorded.unwrap(), Some(1));

    let late = next_unscraped(&store, at, LEASE, 1).await.unwrap();
    let again = later(122);
    let work = next_unscraped(&store, again, LEASE, 1).await.unwrap();
    let write = |claim| store.record_article(claim, scraped_article("Talks resume."), again);
    assert_eq!(write(late[0].claim).await.unwrap(), None);
    assert_eq!(
        write(work[0].claim).await.unwrap(),
        Some(PagesNow::AsBefore)
    );

    let late = store
        .next_unflagged(FeedId(0), again, LEASE, 1)
        .await
        .unwrap()
        .articles;
    let at = later(183);
    let work = store
        .next_unflagged(FeedId(0), at, LEASE, 1)
        .await
        .unwrap()
        .articles;
    let flagged = store.flag(
        late.into_iter().map(work_of).collect(),
        Inquiry::default(),
        judge,
        at,
    );
    let flagged = flagged.await.unwrap();
    assert!(!flagged[0].stood && flagged[0].judged.raised.is_empty());
    let flagged = store.flag(
        work.into_iter().map(work_of).collect(),
        Inquiry::default(),
        judge,
        at,
    );
    assert!(flagged.await.unwrap()[0].stood);

    let late = next(&store, "hook", at).await.unwrap();
    let at = later(244);
    let due = next(&store, "hook", at).await.unwrap();
    assert!(!sent(&store, late, at).await);
    let counts = store.report().await.unwrap().counts;
    assert_eq!((counts.delivered, counts.waiting), (0, 3));
    assert!(sent(&store, due, at).await);
}

/// Claims the next delivery of a channel; what it brings is its recipient and the words of its alerts.
pub(crate) async fn next(store: &Store, channel: &str, at: Timestamp) -> Option<DueDelivery> {
    let render = |unrendered: &Unrendered<'_>| {
        let titles = unrendered
            .alerts
            .iter()
            .map(|alert| format!("{} ({})", alert.title, alert.feeds.join(", ")));
        let form = if unrendered.is_short { "short: " } else { "" };
        Rendered::Body(format!("{form}{}", titles.collect::<Vec<_>>().join("; ")))
    };
    let channels = vec![ChannelName(channel.into())];
    let due = store.next_due_deliveries(channels, render, at, LEASE).await;
    due.unwrap().pop()
}

async fn sent(store: &Store, due: DueDelivery, at: Timestamp) -> bool {
    tried(store, due, AttemptOutcome::Accepted, at).await
}

/// Stores how a try ended, as the schedule of a webhook says; tells whether its claim still stood.
async fn tried(store: &Store, due: DueDelivery, outcome: AttemptOutcome, at: Timestamp) -> bool {
    let policy = DeliveryPolicy {
        retry: vec![Duration::from_secs(5), Duration::from_mins(10)],
    };
    let after = after_attempt(&outcome, &due.past, &due.channel_past, &policy, 0.5, at);
    let attempted = Attempted {
        state: after.delivery,
        counts: after.counts,
        channel: after.channel,
    };
    let tried = Try {
        delivery: due,
        outcome,
        attempted,
        message: None,
        answer: None,
        at,
    };
    store.record_attempt(tried).await.unwrap()
}

#[tokio::test]
async fn a_wait_that_was_set_by_a_clock_that_was_ahead_begins_now() {
    let (store, due) = with_feeds(&["https://a.example/rss"]).await;
    let ahead = later(86_400);
    let record = PollRecord {
        next_poll_at: later(86_400 + 900),
        ..read(Vec::new())
    };
    store
        .record_poll(due[0].claim, record, ahead)
        .await
        .unwrap();
    let claim = |at| store.next_due_feeds(at, at, LEASE, 1);
    assert!(claim(later(900)).await.unwrap().is_empty());
    assert_eq!(store.disbelieve_after(now()).await.unwrap(), 1);
    assert_eq!(claim(later(899)).await.unwrap().len(), 0);
    assert_eq!(claim(later(900)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_lease_that_was_given_by_a_clock_that_was_ahead_is_opened() {
    let (store, _) = with_feeds(&["https://a.example/rss"]).await;
    let ahead = later(86_400);
    store.next_due_feeds(ahead, ahead, LEASE, 1).await.unwrap();
    // The lease of before is over by then, and this one lasts a day longer than it may.
    assert_eq!(store.disbelieve_after(now()).await.unwrap(), 1);
    let due = store.next_due_feeds(now(), now(), LEASE, 1).await.unwrap();
    assert_eq!(due.len(), 1);
}

#[tokio::test]
async fn a_channel_that_rests_by_a_clock_that_was_ahead_rests_as_long_from_now() {
    let store = raised().await;
    let ahead = later(86_400);
    let due = next(&store, "hook", ahead).await.unwrap();
    let outcome = AttemptOutcome::Paused {
        reason: "429".into(),
        wait: Duration::from_mins(20),
    };
    tried(&store, due, outcome, ahead).await;
    assert!(store.disbelieve_after(now()).await.unwrap() > 0);
    let rests = |at| {
        let store = &store;
        async move {
            let report = store.report().await.unwrap();
            let mut channels = report.channels.into_iter();
            let hook = channels.find(|line| line.name.0 == "hook").unwrap();
            hook.not_before.is_some_and(|until| until > at)
        }
    };
    assert!(rests(later(20 * 60 - 1)).await, "its wait is forgotten");
    assert!(
        !rests(later(20 * 60 + 1)).await,
        "its wait begins in the future"
    );
}

#[tokio::test]
async fn a_message_of_a_set_time_is_stored_once_however_often_it_is_asked_for() {
    let store = store().await;
    let told = |set_time| {
        let desk = Destination {
            channel: ChannelName("desk".into()),
            recipient: None,
        };
        let occasion = || Occasion::Heartbeat(HeartbeatFacts::default());
        store.tell_at(("heartbeat", desk), occasion, set_time, later(99_999))
    };
    // The first time only begins the count.
    assert!(!told(later(0)).await.unwrap());
    assert!(told(later(86_400)).await.unwrap());
    assert!(!told(later(86_400)).await.unwrap());
}

#[tokio::test]
async fn a_claim_that_another_has_taken_over_is_not_put_back() {
    let (store, first) = with_feeds(&["https://a.example/rss"]).await;
    let at = later(LEASE.as_secs() + 1);
    let second = store.next_due_feeds(at, at, LEASE, 1).await.unwrap();
    assert_eq!(second.len(), 1);
    store.put_back_feeds(vec![first[0].claim]).await.unwrap();
    let third = store.next_due_feeds(at, at, LEASE, 1).await.unwrap();
    assert!(third.is_empty(), "the claim of another was opened");
    store.put_back_feeds(vec![second[0].claim]).await.unwrap();
    let third = store.next_due_feeds(at, at, LEASE, 1).await.unwrap();
    assert_eq!(third.len(), 1);
}

#[tokio::test]
async fn a_poll_that_brings_a_known_entry_beside_new_ones_leaves_no_gap() {
    let (store, due) = with_feeds(&["https://a.example/rss"]).await;
    let entries = |keys: [&str; 2]| keys.map(|key| entry(&[key], "")).to_vec();
    let mut claim = due[0].claim;
    let polls = [(["a", "b"], false), (["b", "c"], false), (["d", "e"], true)];
    for (number, (keys, has_gap)) in (1..).zip(polls) {
        let at = later(number * 1_000);
        let record = PollRecord {
            next_poll_at: at,
            ..read(entries(keys))
        };
        store.record_poll(claim, record, at).await.unwrap();
        let report = store.report().await.unwrap();
        assert_eq!(report.feeds[0].gap.is_some(), has_gap, "{keys:?}");
        claim = store.next_due_feeds(at, at, LEASE, 1).await.unwrap()[0].claim;
    }
}

async fn gather(store: &Store, at: Timestamp) -> Result<usize, StoreError> {
    let policies = Policies::new();
    let ask = move |destination| alerting::question(destination, &Policies::new(), at);
    let bundle =
        move |legs: Vec<WaitingLeg>, desk: &mut Desk| alerting::bundle(legs, &policies, desk, at);
    Ok(store.gather(ask, bundle, at, 100).await?.0)
}

#[tokio::test]
async fn alerts_that_wait_are_gathered_to_one_message_for_each_receiver() {
    let store = scraped(&[
        ("https://a.example/rss", "https://n.example/1"),
        ("https://a.example/rss", "https://n.example/2"),
    ])
    .await;
    let articles = store
        .next_unflagged(FeedId(0), now(), LEASE, 10)
        .await
        .unwrap()
        .articles;
    let works = articles.into_iter().map(work_of).collect();
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
        .flag(works, Inquiry::default(), in_the_morning, now())
        .await
        .unwrap();
    assert!(!store.has_legs_due(later(3_599)).await.unwrap());
    let gather = |at| gather(&store, at);
    assert_eq!(gather(later(3_599)).await.unwrap(), 0);
    assert!(next(&store, "hook", later(3_599)).await.is_none());
    assert!(store.has_legs_due(morning).await.unwrap());
    assert_eq!(
        gather(morning).await.unwrap(),
        3,
        "a message for each receiver"
    );
    assert_eq!(gather(morning).await.unwrap(), 0, "and none again");

    let due = next(&store, "hook", morning).await.unwrap();
    let expected = "Talks resume (Example); Talks resume (Example)";
    assert_eq!(due.body, Rendered::Body(expected.into()));
    let counts = store.report().await.unwrap().counts;
    assert_eq!((counts.alerts, counts.legs, counts.waiting), (2, 6, 6));
    sent(&store, due, morning).await;
    let counts = store.report().await.unwrap().counts;
    assert_eq!((counts.delivered, counts.waiting), (2, 4));
}

#[tokio::test]
async fn a_bundle_is_gathered_whole_however_few_legs_are_taken_at_once() {
    let store = scraped(&[
        ("https://a.example/rss", "https://n.example/1"),
        ("https://a.example/rss", "https://n.example/2"),
    ])
    .await;
    let waiting = store.next_unflagged(FeedId(0), now(), LEASE, 10).await;
    let works = waiting.unwrap().articles.into_iter().map(work_of);
    let in_a_digest = |past: &Past, desk: &mut Desk, work: &FlagWork| {
        let mut judged = judge(past, desk, work);
        for leg in judged.raised.iter_mut().flat_map(|raised| &mut raised.legs) {
            leg.bundle = Bundle::Named("digest:morning".into());
            leg.not_before = later(60);
        }
        judged
    };
    store
        .flag(works.collect(), Inquiry::default(), in_a_digest, now())
        .await
        .unwrap();
    let at = later(60);
    let ask = move |destination| alerting::question(destination, &Policies::new(), at);
    let bundle = move |legs: Vec<WaitingLeg>, desk: &mut Desk| {
        alerting::bundle(legs, &Policies::new(), desk, at)
    };
    assert_eq!(store.gather(ask, bundle, at, 1).await.unwrap(), (1, 0));
    let mut brought = 0;
    for channel in ["desk", "hook"] {
        if let Some(due) = next(&store, channel, at).await {
            let expected = "Talks resume (Example); Talks resume (Example)";
            assert_eq!(due.body, Rendered::Body(expected.into()));
            brought += 1;
        }
    }
    assert_eq!(brought, 1);
}

#[tokio::test]
async fn every_try_of_a_delivery_brings_the_bytes_of_the_first() {
    let store = scraped(&[
        ("https://a.example/rss", "https://n.example/1"),
        ("https://b.example/rss", "https://n.example/1"),
    ])
    .await;
    let first = store
        .next_unflagged(FeedId(0), now(), LEASE, 1)
        .await
        .unwrap()
        .articles;
    let works = first.into_iter().map(work_of).collect();
    store
        .flag(works, Inquiry::default(), judge, now())
        .await
        .unwrap();
    let due = next(&store, "hook", now()).await.unwrap();
    let body = due.body.clone();
    assert_eq!(body, Rendered::Body("Talks resume (Example)".into()));
    let failed = AttemptOutcome::Failed {
        reason: "500".into(),
    };
    assert!(tried(&store, due, failed, now()).await);
    // In the meantime a second feed announces it.
    store
        .sync_feeds(
            vec![
                (url("https://a.example/rss"), Some("A".into())),
                (url("https://b.example/rss"), Some("B".into())),
            ],
            now(),
        )
        .await
        .unwrap();
    flag(&store).await;
    let again = next(&store, "hook", later(5)).await.unwrap();
    assert_eq!(again.body, body);
    assert_eq!(again.past.tries, 1);
}

#[tokio::test]
async fn a_receiver_that_refuses_the_form_gets_one_shorter_body_under_the_same_id() {
    let store = raised().await;
    let due = next(&store, "hook", now()).await.unwrap();
    let id = due.id.clone();
    let too_long = AttemptOutcome::TooLong {
        reason: "413".into(),
    };
    tried(&store, due, too_long, now()).await;
    let short = next(&store, "hook", now()).await.unwrap();
    assert_eq!(short.id, id);
    assert!(short.is_short);
    let expected = "short: Talks resume (Example)";
    assert_eq!(short.body, Rendered::Body(expected.into()));
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

    let work = store
        .next_unflagged(FeedId(0), now(), LEASE, 1)
        .await
        .unwrap()
        .articles;
    let works = work.into_iter().map(work_of).collect();
    let nothing = |_: &Past, _: &mut Desk, _: &FlagWork| Judged::default();
    store
        .flag(works, Inquiry::default(), nothing, now())
        .await
        .unwrap();
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
    flag(&store).await;
    store
}

#[tokio::test]
async fn each_recipient_has_a_delivery_of_its_own_in_order() {
    let store = raised().await;
    let mut seen = Vec::new();
    while let Some(due) = next(&store, "desk", now()).await {
        assert_eq!(due.body, Rendered::Body("Talks resume (Example)".into()));
        seen.push(due.recipient.unwrap());
    }
    assert_eq!(seen, ["a@example.org", "b@example.org"]);
}

#[tokio::test]
async fn each_way_of_an_alert_is_counted_where_it_stands() {
    let store = raised().await;
    for (delivered, channel) in (0..).zip(["desk", "desk", "hook"]) {
        let counts = store.report().await.unwrap().counts;
        assert_eq!((counts.matches, counts.alerts, counts.legs), (1, 1, 3));
        assert_eq!(
            (counts.delivered, counts.waiting),
            (delivered, 3 - delivered)
        );
        let due = next(&store, channel, now()).await.unwrap();
        assert!(sent(&store, due, now()).await);
    }
    let counts = store.report().await.unwrap().counts;
    assert_eq!(
        (counts.delivered, counts.waiting, counts.abandoned),
        (3, 0, 0)
    );
    let summary = store.summary().await.unwrap();
    assert_eq!((summary.delivered, summary.waiting), (3, 0));
    let all = RetrySelection {
        id: Some("alr_".into()),
        ..RetrySelection::default()
    };
    assert_eq!(store.retry(all, now()).await.unwrap(), 3);
    let counts = store.report().await.unwrap().counts;
    assert_eq!((counts.delivered, counts.waiting), (0, 3));
}

#[tokio::test]
async fn what_waits_for_a_channel_that_left_the_configuration_is_given_up_after_a_day() {
    let store = raised().await;
    let kept = || vec![ChannelName("desk".into())];
    let adrift = store.adrift(kept()).await.unwrap();
    assert_eq!((adrift[0].channel.0.as_str(), adrift[0].legs), ("hook", 1));
    let (early, late) = (now(), later(1));
    assert!(!store.has_adrift(kept(), early).await.unwrap());
    assert!(store.has_adrift(kept(), late).await.unwrap());
    let at = later(86_401);
    let given_up = store.give_up_adrift(kept(), late, at).await.unwrap();
    assert_eq!(given_up, adrift);
    assert!(!store.has_adrift(kept(), late).await.unwrap());
    let counts = store.report().await.unwrap().counts;
    assert_eq!((counts.abandoned, counts.waiting), (1, 2));
    assert!(next(&store, "hook", at).await.is_none());
}

#[tokio::test]
async fn what_is_given_up_is_counted_so_and_not_as_delivered() {
    let store = raised().await;
    let due = next(&store, "hook", now()).await.unwrap();
    let outcome = AttemptOutcome::Refused {
        reason: "550 no such user".into(),
    };
    assert!(tried(&store, due, outcome, now()).await);
    let counts = store.report().await.unwrap().counts;
    assert_eq!(
        (counts.delivered, counts.abandoned, counts.waiting),
        (0, 1, 2)
    );
}

#[tokio::test]
async fn a_try_under_way_as_its_channel_leaves_the_configuration_is_not_given_up_meanwhile() {
    let store = raised().await;
    let kept = || vec![ChannelName("desk".into())];
    let at = later(86_401);
    let due = next(&store, "hook", at).await.unwrap();
    let give_up = || store.give_up_adrift(kept(), later(1), at);
    assert_eq!(give_up().await.unwrap(), []);
    assert!(sent(&store, due, at).await, "it arrived, and stands so");
    assert_eq!(give_up().await.unwrap(), []);
    let counts = store.report().await.unwrap().counts;
    assert_eq!((counts.delivered, counts.abandoned), (1, 0));
}

#[tokio::test]
async fn nothing_is_sent_to_a_channel_that_is_gone_until_it_is_asked_for() {
    let store = raised().await;
    let due = next(&store, "hook", now()).await.unwrap();
    let outcome = AttemptOutcome::Gone {
        reason: "410".into(),
    };
    tried(&store, due, outcome, now()).await;
    let at = later(99_999);
    assert!(next(&store, "hook", at).await.is_none());
    let selection = RetrySelection {
        channel: Some(ChannelName("hook".into())),
        ..RetrySelection::default()
    };
    assert_eq!(store.retry(selection, at).await.unwrap(), 1);
    assert!(next(&store, "hook", at).await.is_some());
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

/// What a job of a test does.
type Work = Box<dyn FnMut(&mut dyn Tx) -> Result<(), StoreError> + Send>;

/// A job of a test: what it does, and where it tells how it ended.
struct TestJob {
    work: Work,
    tell: mpsc::Sender<Result<(), StoreError>>,
}

impl Job for TestJob {
    fn run(&mut self, tx: &mut dyn Tx) -> Result<(), StoreError> {
        (self.work)(tx)
    }

    fn end(self: Box<Self>, ended: Result<(), StoreError>) {
        self.tell.send(ended).unwrap();
    }
}

#[tokio::test]
async fn a_job_that_fails_undoes_itself_and_not_its_neighbours() {
    let database = database::empty().await;
    let _store = Store::over(Arc::clone(&database)).await.unwrap();
    let (tell, told) = mpsc::channel();
    let (open, gate) = mpsc::channel::<()>();
    let gate = Mutex::new(gate);
    let tally = |name: &'static str, ending: Result<(), StoreError>| {
        move |tx: &mut dyn Tx| {
            tx.exec(
                "INSERT INTO tallies (name, number) VALUES ($1, 1)",
                &[name.into()],
            )?;
            ending.clone()
        }
    };
    let submit = |work: Work| {
        let tell = tell.clone();
        database.write(Box::new(TestJob { work, tell }), Durability::Kept);
    };
    // While the first one holds the thread, the others come together and share a commit.
    submit(Box::new(move |_| {
        // It may run again, when the gate is gone.
        gate.lock().unwrap().recv().ok();
        Ok(())
    }));
    submit(Box::new(tally("before", Ok(()))));
    submit(Box::new(tally("failing", Err(StoreError::Closed))));
    submit(Box::new(tally("after", Ok(()))));
    open.send(()).unwrap();
    drop(open);
    let ended: Vec<_> = (0..4).map(|_| told.recv().unwrap()).collect();
    assert_eq!(ended.iter().filter(|ended| ended.is_err()).count(), 1);
    let kept = Arc::new(Mutex::new(Vec::new()));
    let found = Arc::clone(&kept);
    submit(Box::new(move |tx| {
        for name in ["before", "failing", "after"] {
            let sql = "SELECT COUNT(*) FROM tallies WHERE name = $1";
            found.lock().unwrap().push(tx.number(sql, &[name.into()])?);
        }
        Ok(())
    }));
    told.recv().unwrap().unwrap();
    assert_eq!(*kept.lock().unwrap(), [1, 0, 1]);
}

#[tokio::test]
async fn a_reader_does_not_wait_for_a_writer_and_sees_what_was_committed_before() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    let feeds = vec![(url("https://a.example/rss"), None)];
    store.sync_feeds(feeds, now()).await.unwrap();
    // Another process holds the write lock for as long as it likes.
    let file = folder.path().join("newswatch.sqlite3");
    let holder = rusqlite::Connection::open(&file).unwrap();
    holder
        .execute_batch("BEGIN IMMEDIATE; DELETE FROM polls")
        .unwrap();
    let beside = Store::open_beside(folder.path()).await.unwrap();
    assert_eq!(beside.report().await.unwrap().feeds.len(), 1);
    assert_eq!(store.report().await.unwrap().feeds.len(), 1);
    holder.execute_batch("COMMIT").unwrap();
    assert_eq!(store.report().await.unwrap().feeds.len(), 0);
}

#[tokio::test]
async fn a_state_that_may_not_be_read_is_not_called_missing() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let missing = Store::open_beside(folder.path()).await.unwrap_err();
    assert!(
        matches!(missing, StoreError::NoDatabase { .. }),
        "{missing}"
    );
    let garbage = folder.path().join("newswatch.sqlite3");
    std::fs::write(
        &garbage,
        "this is no database, and longer than a header of one is: ".repeat(9),
    )
    .unwrap();
    let refused = Store::open_beside(folder.path()).await.unwrap_err();
    assert!(refused.to_string().contains("not a database"), "{refused}");
    std::fs::set_permissions(&garbage, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::File::open(&garbage).is_err() {
        let refused = Store::open_beside(folder.path()).await.unwrap_err();
        assert!(
            refused.to_string().contains("this user may not"),
            "{refused}"
        );
    }
}
