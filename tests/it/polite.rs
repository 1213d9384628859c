//! How a feed is polled, as its server sees it: what is sent, when, and what each answer changes.

use std::sync::Arc;
use std::time::Duration;

use newswatch::clock::Clock;
use newswatch::pipeline::poll::{FIRST_FEEDS, Poll};
use newswatch::pipeline::{Until, drive};
use newswatch::store::FeedLine;

use crate::support::scripted::{Answer, Poller, Scripted};

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

fn feed(channel: &str, titles: &[&str]) -> String {
    let items: Vec<String> = titles
        .iter()
        .map(|title| {
            format!("<item><guid isPermaLink=\"false\">{title}</guid><title>{title}</title></item>")
        })
        .collect();
    let items = items.concat();
    format!("<rss version=\"2.0\"><channel><title>Wire</title>{channel}{items}</channel></rss>")
}

fn good() -> Answer {
    Answer::ok(feed("", &["One"]))
}

async fn poller(answers: &[Answer]) -> Poller {
    let server = Scripted::open().await;
    server.say("/feed", answers);
    Poller::over(server, &["/feed"], "").await
}

/// The validators of the last request: `If-None-Match` and `If-Modified-Since`.
fn validators(poller: &Poller) -> (Option<String>, Option<String>) {
    let asked = poller.server.last_asked();
    (
        asked.field("if-none-match"),
        asked.field("if-modified-since"),
    )
}

const MONDAY: &str = "Mon, 23 Nov 2026 10:00:00 GMT";
const ODD: &str = "Monday  23-Nov-26 10:00:00 +0000 or so";

#[tokio::test]
async fn validators_go_back_byte_for_byte_and_nothing_is_invented() {
    for (etag, modified) in [
        (Some("\"abc\""), None),
        (None, Some(MONDAY)),
        (Some("\"abc\""), Some(MONDAY)),
        (Some("W/\"abc\""), None),
        (Some("abc"), None),
        (Some("\"a,b;c=d\""), None),
        (None, Some(ODD)),
        (None, None),
    ] {
        let mut first = good();
        if let Some(etag) = etag {
            first = first.with("etag", etag);
        }
        if let Some(modified) = modified {
            first = first.with("last-modified", modified);
        }
        let poller = poller(&[first, Answer::status(304)]).await;
        poller.after(MINUTE).await;
        assert_eq!(validators(&poller), (None, None));
        // The service has been started anew in between.
        poller.after(20 * MINUTE).await;
        let expected = (etag.map(str::to_owned), modified.map(str::to_owned));
        assert_eq!(validators(&poller), expected);
    }
}

#[tokio::test]
async fn the_next_request_carries_what_the_last_good_answer_said() {
    let first = good().with("etag", "\"a\"");
    let other = Answer::ok(feed("", &["One", "Two"]));
    for (why, second, expected) in [
        (
            "304 renews it",
            Answer::status(304).with("etag", "\"b\""),
            Some("\"b\""),
        ),
        ("304 without one", Answer::status(304), Some("\"a\"")),
        (
            "what may not be kept without being asked about",
            good()
                .with("etag", "\"b\"")
                .with("cache-control", "max-age=0, must-revalidate"),
            Some("\"b\""),
        ),
        (
            "what has run out already",
            good().with("etag", "\"b\"").with("expires", "0"),
            Some("\"b\""),
        ),
        (
            "the same body under a new one",
            good().with("etag", "\"b\""),
            Some("\"b\""),
        ),
        ("another body without one", other.clone(), None),
        ("the same body without one", good(), None),
        ("an outage", Answer::status(503), Some("\"a\"")),
        (
            "a page",
            Answer::ok("<p>Down for repairs</p>").with("etag", "\"c\""),
            Some("\"a\""),
        ),
        (
            "a body that ends too early",
            Answer::ok(
                "<rss version=\"2.0\"><channel><title>Wire</title><item><title>One</title></item>",
            )
            .with("etag", "\"c\""),
            None,
        ),
    ] {
        let poller = poller(&[first.clone(), second, Answer::status(304)]).await;
        poller.after(MINUTE).await;
        poller.after(20 * MINUTE).await;
        poller.after(2 * HOUR).await;
        let sent = validators(&poller).0;
        assert_eq!(sent.as_deref(), expected, "{why}");
        assert_eq!(poller.server.asked().len(), 3, "{why}");
    }
}

#[tokio::test]
async fn a_first_body_that_is_no_feed_leaves_no_validators() {
    let page = Answer::ok("<p>Soon</p>").with("etag", "\"a\"");
    let poller = poller(&[page, good()]).await;
    poller.after(MINUTE).await;
    poller.after(2 * HOUR).await;
    assert_eq!(validators(&poller), (None, None));
}

/// Polls a feed so often, with so much time in between, and tells how many requests named no copy, the first one left
/// out.
async fn whole_documents_asked_for(poller: &Poller, times: usize, wait: Duration) -> usize {
    for _ in 0..times {
        poller.after(wait).await;
    }
    let asked = poller.server.asked();
    assert_eq!(asked.len(), times);
    asked
        .iter()
        .skip(1)
        .filter(|asked| asked.field("if-none-match").is_none())
        .count()
}

#[tokio::test]
async fn a_server_that_sends_whole_documents_is_asked_with_validators_all_the_same() {
    let poller = poller(&[good().with("etag", "\"a\"")]).await;
    let whole = whole_documents_asked_for(&poller, 61, HOUR).await;
    assert_eq!(whole, 0, "each answer was a whole document");
}

#[tokio::test]
async fn a_server_that_always_says_that_nothing_has_changed_is_asked_for_all_once_a_day() {
    let poller = poller(&[good().with("etag", "\"a\""), Answer::status(304)]).await;
    let whole = whole_documents_asked_for(&poller, 61, HOUR).await;
    assert_eq!(whole, 2, "two days and a half");
    let line = poller.after(HOUR).await;
    assert_eq!((line.failures, line.error), (0, None));
}

#[tokio::test]
async fn a_server_that_says_that_nothing_has_changed_where_there_is_no_copy_has_failed() {
    let poller = poller(&[Answer::status(304), good()]).await;
    let line = poller.after(MINUTE).await;
    assert_eq!(line.failures, 1);
    assert!(line.error.unwrap().contains("304"));
    let line = poller.after(HOUR).await;
    assert_eq!((line.failures, line.entries), (0, 1));
}

/// How long a feed waits after one poll with this answer.
async fn wait_after(answer: Answer) -> Duration {
    let poller = poller(&[answer]).await;
    wait(&poller, &poller.after(MINUTE).await)
}

fn wait(poller: &Poller, feed: &FeedLine) -> Duration {
    Duration::try_from(feed.next_poll_at.duration_since(poller.now())).unwrap()
}

/// The wait of a feed that is fine: its interval, and up to a tenth more.
const QUARTER: (Duration, Duration) = (Duration::from_mins(15), Duration::from_secs(990));

/// The wait after a first failure: twice the interval, a fifth more or less.
const BACK_OFF: (Duration, Duration) = (Duration::from_mins(24), Duration::from_mins(36));

#[tokio::test]
async fn a_feed_is_left_alone_as_long_as_its_server_asks_and_a_day_at_most() {
    let channel = |text: &str| Answer::ok(feed(text, &["One"]));
    let syndication = "<sy:updatePeriod xmlns:sy=\"http://purl.org/rss/1.0/modules/syndication/\">hourly\
        </sy:updatePeriod>";
    let aged = |age: &str| good().with("cache-control", age);
    let told = |status: u16, wait: &str| Answer::status(status).with("retry-after", wait);
    for (why, answer, (least, most)) in [
        ("nothing said", good(), QUARTER),
        (
            "max-age",
            aged("public, max-age=7200"),
            (2 * HOUR, 132 * MINUTE),
        ),
        (
            "max-age of a 304, whatever it means",
            Answer::status(304).with("cache-control", "max-age=7200"),
            (2 * HOUR, 2 * HOUR),
        ),
        ("no age at all", aged("max-age=0"), QUARTER),
        ("a year", aged("max-age=31536000"), (DAY, DAY)),
        ("Expires: 0", good().with("expires", "0"), QUARTER),
        ("ttl", channel("<ttl>90</ttl>"), (90 * MINUTE, 99 * MINUTE)),
        ("a ttl of a year", channel("<ttl>525600</ttl>"), (DAY, DAY)),
        ("sy:updatePeriod", channel(syndication), (HOUR, 66 * MINUTE)),
        ("429", Answer::status(429), BACK_OFF),
        ("429 and a time", told(429, "7200"), (2 * HOUR, 2 * HOUR)),
        ("503 and a time", told(503, "10800"), (3 * HOUR, 3 * HOUR)),
        ("503 and a month", told(503, "2592000"), (DAY, DAY)),
        ("404", Answer::status(404), BACK_OFF),
        ("403", Answer::status(403), BACK_OFF),
        ("401", Answer::status(401), BACK_OFF),
        ("500", Answer::status(500), BACK_OFF),
    ] {
        let wait = wait_after(answer).await;
        assert!(wait >= least && wait <= most, "{why}: {wait:?}");
    }
}

#[tokio::test]
async fn a_date_that_a_server_names_is_waited_for() {
    let second = Duration::from_secs(1);
    for (why, answer, field, most) in [
        ("Expires", good(), "expires", 132 * MINUTE),
        (
            "429 and a date",
            Answer::status(429),
            "retry-after",
            2 * HOUR,
        ),
    ] {
        let poller = poller(&[]).await;
        let date =
            |at: newswatch::domain::Timestamp| at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let asked_at = poller.now() + MINUTE;
        let answer = answer
            .with("date", &date(asked_at))
            .with(field, &date(asked_at + 2 * HOUR));
        poller.server.say("/feed", &[answer]);
        let wait = wait(&poller, &poller.after(MINUTE).await);
        assert!(wait + second >= 2 * HOUR && wait <= most, "{why}: {wait:?}");
    }
}

#[tokio::test]
async fn the_age_of_a_304_holds_for_the_next_poll() {
    let poller = poller(&[
        good().with("etag", "\"a\""),
        Answer::status(304).with("cache-control", "max-age=7200"),
    ])
    .await;
    poller.after(MINUTE).await;
    let wait = wait(&poller, &poller.after(20 * MINUTE).await);
    assert!(
        wait >= 2 * HOUR && wait <= 132 * MINUTE,
        "asked again after {wait:?}"
    );
    poller.after(119 * MINUTE).await;
    assert_eq!(poller.server.asked().len(), 2);
}

#[tokio::test]
async fn hours_and_days_on_which_nothing_is_published_are_passed_over() {
    let server = Scripted::open().await;
    let poller = Poller::over(server, &["/feed"], "").await;
    let soon = jiff::tz::Offset::UTC.to_datetime(poller.now() + 16 * MINUTE);
    let skipped: Vec<String> = (0..3)
        .map(|ahead| format!("<hour>{}</hour>", (soon.hour() + ahead) % 24))
        .collect();
    let skipped = skipped.concat();
    let body = feed(&format!("<skipHours>{skipped}</skipHours>"), &["One"]);
    poller.server.say("/feed", &[Answer::ok(body)]);
    let line = poller.after(Duration::ZERO).await;
    let waited = wait(&poller, &line);
    assert!(waited > HOUR && waited <= 4 * HOUR, "{waited:?}");
}

#[tokio::test]
async fn days_on_which_nothing_is_published_are_passed_over() {
    let server = Scripted::open().await;
    let poller = Poller::over(server, &["/feed"], "").await;
    let soon = jiff::tz::Offset::UTC.to_datetime(poller.now() + 16 * MINUTE);
    // The day of the next poll, and the one before, which may be today.
    let skipped: Vec<String> = [soon.date(), soon.date().yesterday().unwrap()]
        .iter()
        .map(|day| format!("<day>{}</day>", day.strftime("%A")))
        .collect();
    let skipped = format!("<skipDays>{}</skipDays>", skipped.concat());
    let body = feed(&skipped, &["One"]);
    poller.server.say("/feed", &[Answer::ok(body)]);
    let next = poller.after(Duration::ZERO).await.next_poll_at;
    let midnight = soon
        .date()
        .tomorrow()
        .unwrap()
        .to_datetime(jiff::civil::Time::midnight());
    let midnight = jiff::tz::Offset::UTC.to_timestamp(midnight).unwrap();
    let latest = poller.now() + DAY;
    assert!(next >= midnight.min(latest), "{next} of {midnight}");
    assert!(next <= midnight + 10 * MINUTE, "{next} of {midnight}");
}

#[tokio::test]
async fn failures_are_waited_out_longer_and_longer_and_forgotten_when_it_works() {
    for status in [404, 403, 401, 429, 500] {
        let failed = Answer::status(status);
        let poller = poller(&[
            failed.clone(),
            failed.clone(),
            failed.clone(),
            failed,
            good(),
        ])
        .await;
        let mut waits = Vec::new();
        for _ in 0..4 {
            let line = poller.after(DAY).await;
            waits.push(wait(&poller, &line));
        }
        // Half an hour, an hour, two, four, each a fifth more or less; six hours are the most.
        for (wait, doubled) in waits.iter().zip([30, 60, 120, 240]) {
            let (least, most) = (doubled * MINUTE * 4 / 5, doubled * MINUTE * 6 / 5);
            assert!(*wait >= least && *wait <= most, "{status}: {waits:?}");
        }
        let line = poller.after(DAY).await;
        assert_eq!((line.failures, line.error), (0, None), "{status}");
        let agents: Vec<_> = poller
            .server
            .asked()
            .iter()
            .map(|asked| asked.field("user-agent"))
            .collect();
        assert!(agents.windows(2).all(|two| two[0] == two[1]), "{agents:?}");
    }
}

#[tokio::test]
async fn a_feed_that_is_gone_is_asked_no_more() {
    let poller = poller(&[Answer::status(410)]).await;
    let line = poller.after(MINUTE).await;
    assert!(line.gone);
    poller.after(30 * DAY).await;
    assert_eq!(poller.server.asked().len(), 1);
}

#[tokio::test]
async fn a_feed_that_has_been_missing_for_weeks_is_asked_no_more_and_status_says_so() {
    let poller = poller(&[Answer::status(404)]).await;
    for _ in 0..60 {
        poller.after(7 * HOUR).await;
    }
    let line = poller.after(HOUR).await;
    assert!(line.gone);
    let error = line.error.unwrap();
    assert!(
        error.contains("404") && error.contains("asked no more"),
        "{error}"
    );
    let before = poller.server.asked().len();
    poller.after(30 * DAY).await;
    assert_eq!(poller.server.asked().len(), before);
    assert!(before > 20);
}

#[tokio::test]
async fn a_document_that_fails_is_told_of_and_the_next_one_is_read() {
    for (why, bad) in [
        ("garbage", Answer::ok("%PDF-1.4 \u{1}\u{2}\u{3}")),
        ("nothing", Answer::ok("")),
        (
            "a page",
            Answer::ok("<!DOCTYPE html><p>Log in").with("content-type", "text/html"),
        ),
    ] {
        let poller = poller(&[bad, good()]).await;
        let line = poller.after(MINUTE).await;
        assert_eq!(line.failures, 1, "{why}");
        assert!(line.error.is_some(), "{why}");
        let line = poller.after(2 * HOUR).await;
        assert_eq!((line.failures, line.entries), (0, 1), "{why}");
    }
}

#[tokio::test]
async fn a_feed_moves_for_good_only_by_permanent_redirects_that_end_in_a_feed() {
    for (why, hops, target, moves) in [
        ("301", &[301][..], good(), true),
        ("308", &[308], good(), true),
        ("301 and 308", &[301, 308], good(), true),
        ("302", &[302], good(), false),
        ("307", &[307], good(), false),
        ("303", &[303], good(), false),
        ("302 and 301", &[302, 301], good(), false),
        ("301 and 302", &[301, 302], good(), false),
        (
            "301 to a page",
            &[301],
            Answer::ok("<!DOCTYPE html><p>Parked").with("content-type", "text/html"),
            false,
        ),
        ("301 to nothing", &[301], Answer::status(404), false),
    ] {
        let server = Scripted::open().await;
        let mut at = "/feed".to_owned();
        for (place, status) in hops.iter().enumerate() {
            let next = format!("/hop{place}");
            server.say(&at, &[Answer::to(*status, &next)]);
            at = next;
        }
        server.say(&at, &[target.with("etag", "\"at-the-end\"")]);
        let poller = Poller::over(server, &["/feed"], "").await;
        let line = poller.after(MINUTE).await;
        let expected = poller.server.url(if moves { &at } else { "/feed" });
        assert_eq!(line.fetch_url.as_str(), expected, "{why}");
        if line.failures > 0 {
            continue;
        }
        poller.after(20 * MINUTE).await;
        let sent = validators(&poller).0;
        assert_eq!(sent.as_deref(), Some("\"at-the-end\""), "{why}");
        assert_eq!(poller.server.last_asked().path, at, "{why}");
    }
}

#[tokio::test]
async fn a_circle_of_redirects_is_cut_and_waited_out() {
    let poller = poller(&[Answer::to(302, "/feed")]).await;
    let line = poller.after(MINUTE).await;
    assert!(line.error.is_some());
    assert!(wait(&poller, &line) >= 15 * MINUTE);
    assert!(poller.server.asked().len() <= 6);
}

#[tokio::test]
async fn a_request_says_who_asks_and_nothing_that_is_not_needed() {
    let poller = poller(&[good().with("set-cookie", "id=1; Path=/")]).await;
    for _ in 0..3 {
        poller.after(HOUR).await;
    }
    for asked in poller.server.asked() {
        assert_eq!(
            (asked.method.as_str(), asked.path.as_str()),
            ("GET", "/feed")
        );
        let agent = asked.field("user-agent").unwrap();
        assert!(agent.starts_with("newswatch/"), "{agent}");
        assert!(agent.contains("https://example.org/bot"), "{agent}");
        assert!(
            asked
                .field("accept")
                .unwrap()
                .contains("application/rss+xml")
        );
        assert!(asked.field("accept-encoding").unwrap().contains("gzip"));
        for unwanted in ["referer", "cookie", "cache-control", "pragma"] {
            assert_eq!(asked.field(unwanted), None);
        }
    }
}

#[tokio::test]
async fn the_archives_of_a_feed_are_not_read_at_each_poll() {
    let archive = "<atom:link xmlns:atom=\"http://www.w3.org/2005/Atom\" rel=\"prev-archive\" href=\"/2025\"/>";
    let poller = poller(&[Answer::ok(feed(archive, &["One"]))]).await;
    for _ in 0..3 {
        poller.after(HOUR).await;
    }
    assert!(
        poller
            .server
            .asked()
            .iter()
            .all(|asked| asked.path == "/feed")
    );
}

#[tokio::test]
async fn what_is_due_all_at_once_because_the_machine_has_slept_is_spread() {
    const FEEDS: usize = 60;
    let server = Scripted::open().await;
    let paths: Vec<String> = (0..FEEDS).map(|number| format!("/{number}")).collect();
    for path in &paths {
        server.say(path, &[good()]);
    }
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let mut poller = Poller::over(server, &paths, "").await;
    poller.clock = Clock::jumping();
    let ctx = poller.context().await;
    let stage = Poll::default();
    let poll_what_is_due = async || {
        let before = poller.server.asked().len();
        let idle = drive(stage.clone(), Arc::clone(&ctx), Until::Idle, || ());
        idle.await.unwrap();
        poller.server.asked().len() - before
    };
    assert_eq!(poll_what_is_due().await, FEEDS);
    // They were asked at once, and will not be again.
    let next = ctx.store.report().await.unwrap().feeds;
    let next: std::collections::BTreeSet<_> = next
        .iter()
        .map(|feed| feed.next_poll_at.as_second())
        .collect();
    assert!(next.len() > FEEDS / 3, "{next:?}");
    poller.clock.advance(8 * HOUR);
    assert_eq!(poll_what_is_due().await, FIRST_FEEDS);
    // No other jump, so nothing more is due at once.
    assert_eq!(poll_what_is_due().await, 0);
    let mut late = FEEDS - FIRST_FEEDS;
    while late > 0 {
        poller.clock.advance(59 * Duration::from_secs(1));
        late = late.saturating_sub(poll_what_is_due().await);
    }
}

/// A feed of entries with dates, so many minutes from a time on, and the address of its older ones.
fn dated(at: newswatch::domain::Timestamp, older: Option<&str>, minutes: &[i64]) -> String {
    let items: Vec<String> = minutes
        .iter()
        .map(|minutes| {
            let date = at + jiff::SignedDuration::from_mins(*minutes);
            let date = date.strftime("%a, %d %b %Y %H:%M:%S GMT");
            format!(
                "<item><guid isPermaLink=\"false\">m{minutes}</guid><title>The zebra {minutes}</title>\
                 <pubDate>{date}</pubDate></item>"
            )
        })
        .collect();
    let older = older.map(|href| {
        format!("<atom:link xmlns:atom=\"http://www.w3.org/2005/Atom\" rel=\"prev-archive\" href=\"{href}\"/>")
    });
    let (older, items) = (older.unwrap_or_default(), items.concat());
    format!("<rss version=\"2.0\"><channel><title>Wire</title>{older}{items}</channel></rss>")
}

#[tokio::test]
async fn after_a_gap_the_older_pages_are_read_once_as_far_as_they_are_new() {
    let server = Scripted::open().await;
    let poller = Poller::over(server, &["/feed"], "").await;
    let at = poller.now();
    let page = |older, minutes: &[i64]| Answer::ok(dated(at, older, minutes));
    poller.server.say(
        "/feed",
        &[
            page(Some("/2"), &[-10, -20]),
            page(Some("/2"), &[119, 118]),
            page(Some("/2"), &[220, 119]),
            page(Some("/2"), &[310, 305]),
        ],
    );
    poller.server.say("/2", &[page(Some("/3"), &[117, 60])]);
    // Older than what was seen first, and reached: nobody has waited for it.
    poller
        .server
        .say("/3", &[page(Some("/4"), &[40, -10, -20, -3000])]);
    let line = poller.after(Duration::ZERO).await;
    assert_eq!((line.entries, line.gap), (2, None));
    let line = poller.after(2 * HOUR).await;
    assert_eq!(line.gap, None, "{:?}", line.repairs);
    let told = [
        "The zebra 117",
        "The zebra 118",
        "The zebra 119",
        "The zebra 40",
        "The zebra 60",
    ];
    assert_eq!(poller.told().await, told);
    poller.after(2 * HOUR).await;
    assert_eq!(poller.told().await.len(), 6);
    let paths = || -> Vec<String> {
        let asked = poller.server.asked().into_iter();
        asked.map(|asked| asked.path).collect()
    };
    assert_eq!(paths(), ["/feed", "/feed", "/2", "/3", "/feed"]);
    // No page reaches back to what is known: the gap is told of, and the pages are read no more for a day.
    poller.server.say("/2", &[Answer::status(404)]);
    let line = poller.after(2 * HOUR).await;
    assert!(line.gap.is_some());
    let mend = line.repairs.concat();
    assert!(mend.contains("an older page was not read"), "{mend}");
    poller.server.say("/feed", &[page(Some("/2"), &[510, 505])]);
    poller.after(2 * HOUR).await;
    assert_eq!(paths().iter().filter(|path| *path == "/2").count(), 2);
}

#[tokio::test]
async fn what_was_cut_is_read_when_it_is_whole() {
    let whole = feed("", &["One", "The zebra two", "The zebra three"]);
    let (half, _) = whole
        .split_once("<item><guid isPermaLink=\"false\">The zebra three")
        .unwrap();
    let poller = poller(&[
        good(),
        Answer::ok(half).with("etag", "\"c\""),
        Answer::ok(&*whole).with("etag", "\"c\""),
    ])
    .await;
    for _ in 0..3 {
        poller.after(HOUR).await;
    }
    assert_eq!(validators(&poller).0, None);
    assert_eq!(poller.told().await, ["The zebra three", "The zebra two"]);
}

#[tokio::test]
async fn a_feed_is_read_whatever_type_it_has_and_in_the_letters_it_is_in() {
    let declared = |charset: &str| {
        format!(
            "<?xml version=\"1.0\" encoding=\"{charset}\"?>{}",
            feed("", &["The zebra caf\u{e9}"])
        )
    };
    let latin = |text: String| {
        text.chars()
            .map(|c| u8::try_from(u32::from(c)).unwrap())
            .collect::<Vec<u8>>()
    };
    for (why, answer) in [
        (
            "as a page",
            Answer::ok(declared("utf-8")).with("content-type", "text/html"),
        ),
        (
            "as bytes",
            Answer::ok(declared("utf-8")).with("content-type", "application/octet-stream"),
        ),
        (
            "as nothing",
            Answer::ok(declared("utf-8")).without("content-type"),
        ),
        (
            "the declaration tells",
            Answer::ok(latin(declared("iso-8859-1"))).with("content-type", "text/xml"),
        ),
        (
            "the field tells",
            Answer::ok(latin(feed("", &["The zebra caf\u{e9}"])))
                .with("content-type", "text/xml; charset=iso-8859-1"),
        ),
        (
            "the field is wrong",
            Answer::ok(declared("utf-8")).with("content-type", "text/xml; charset=iso-8859-1"),
        ),
    ] {
        let poller = poller(&[Answer::ok(feed("", &[])), answer]).await;
        poller.after(MINUTE).await;
        poller.after(20 * MINUTE).await;
        assert_eq!(poller.told().await, ["The zebra caf\u{e9}"], "{why}");
        poller.after(20 * MINUTE).await;
        assert_eq!(poller.told().await.len(), 1, "{why}: told twice");
    }
}

#[tokio::test]
async fn a_document_that_shares_no_entry_with_the_one_before_is_told_of_and_polled_after() {
    let poller = poller(&[
        Answer::ok(feed("", &["One", "Two"])),
        Answer::ok(feed("", &["Two", "Three"])),
        Answer::ok(feed("", &["Seven", "Eight"])),
        Answer::ok(feed("", &["Eight", "Nine"])),
    ])
    .await;
    for _ in 0..2 {
        let line = poller.after(20 * MINUTE).await;
        assert_eq!(line.gap, None);
    }
    let before = poller.now();
    let line = poller.after(20 * MINUTE).await;
    assert_eq!(line.gap, Some((before, poller.now())));
    let line = poller.after(20 * MINUTE).await;
    assert!(
        wait(&poller, &line) < 6 * MINUTE,
        "it is polled as often as allowed"
    );
}

#[tokio::test]
async fn a_failure_is_named_by_its_kind_until_the_feed_works_again() {
    let poller = poller(&[Answer::status(429), Answer::status(404), good()]).await;
    let kinds = [Some("rate-limit"), Some("missing"), None];
    for kind in kinds {
        let line = poller.after(DAY).await;
        let named = line.error.is_some().then_some(line.trouble).flatten();
        assert_eq!(named.as_deref(), kind);
    }
}
