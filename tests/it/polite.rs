//! How a feed is polled, as its server sees it: what is sent, when, and what each answer changes.

use std::time::Duration;

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

#[tokio::test]
async fn a_server_that_sends_whole_documents_is_asked_with_validators_all_the_same() {
    let poller = poller(&[good().with("etag", "\"a\"")]).await;
    for _ in 0..60 {
        poller.after(HOUR).await;
    }
    let asked = poller.server.asked();
    let later = asked.iter().skip(1);
    let whole = later.filter(|asked| asked.field("if-none-match").is_none());
    assert_eq!(whole.count(), 0, "each answer was a whole document");
}

/// How long a feed waits after one poll with this answer.
async fn wait_after(answer: Answer) -> Duration {
    let poller = poller(&[answer]).await;
    wait(&poller, &poller.after(MINUTE).await)
}

fn wait(poller: &Poller, feed: &FeedLine) -> Duration {
    Duration::try_from(feed.next_poll_at.duration_since(poller.now())).unwrap()
}

/// A date as servers write it.
fn http_date(poller_clock: jiff::Timestamp) -> String {
    poller_clock
        .strftime("%a, %d %b %Y %H:%M:%S GMT")
        .to_string()
}

#[tokio::test]
async fn a_feed_is_left_alone_as_long_as_its_server_asks_and_a_day_at_most() {
    let in_two_hours = http_date(jiff::Timestamp::now() + jiff::SignedDuration::from_hours(2));
    let hours = |hours: u32| hours * HOUR;
    let channel = |text: &str| Answer::ok(feed(text, &["One"]));
    let syndication = "<sy:updatePeriod xmlns:sy=\"http://purl.org/rss/1.0/modules/syndication/\">hourly\
        </sy:updatePeriod>";
    for (why, answer, least, most) in [
        ("nothing said", good(), 15 * MINUTE, 17 * MINUTE),
        (
            "max-age",
            good().with("cache-control", "public, max-age=7200"),
            hours(2),
            133 * MINUTE,
        ),
        (
            "no age at all",
            good().with("cache-control", "max-age=0"),
            15 * MINUTE,
            17 * MINUTE,
        ),
        (
            "a year",
            good().with("cache-control", "max-age=31536000"),
            hours(24),
            27 * HOUR,
        ),
        (
            "Expires",
            good().with("expires", &in_two_hours),
            117 * MINUTE,
            135 * MINUTE,
        ),
        (
            "Expires: 0",
            good().with("expires", "0"),
            15 * MINUTE,
            17 * MINUTE,
        ),
        ("ttl", channel("<ttl>90</ttl>"), 90 * MINUTE, 100 * MINUTE),
        (
            "a ttl of a year",
            channel("<ttl>525600</ttl>"),
            hours(24),
            hours(24),
        ),
        ("sy:updatePeriod", channel(syndication), HOUR, 67 * MINUTE),
        ("429", Answer::status(429), 15 * MINUTE, 37 * MINUTE),
        (
            "429 and a time",
            Answer::status(429).with("retry-after", "7200"),
            hours(2),
            hours(2),
        ),
        (
            "429 and a date",
            Answer::status(429).with("retry-after", &in_two_hours),
            117 * MINUTE,
            121 * MINUTE,
        ),
        (
            "503 and a time",
            Answer::status(503).with("retry-after", "10800"),
            hours(3),
            hours(3),
        ),
        (
            "503 and a month",
            Answer::status(503).with("retry-after", "2592000"),
            hours(24),
            hours(24),
        ),
        ("404", Answer::status(404), 15 * MINUTE, 37 * MINUTE),
        ("403", Answer::status(403), 15 * MINUTE, 37 * MINUTE),
        ("401", Answer::status(401), 15 * MINUTE, 37 * MINUTE),
        ("500", Answer::status(500), 15 * MINUTE, 37 * MINUTE),
    ] {
        let wait = wait_after(answer).await;
        assert!(wait >= least && wait <= most, "{why}: {wait:?}");
    }
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
        assert!(waits[3] > waits[0] * 2, "{status}: {waits:?}");
        assert!(
            waits.iter().all(|wait| *wait <= 7 * HOUR),
            "{status}: {waits:?}"
        );
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
