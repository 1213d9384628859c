//! Which entries are news, as the reader of alerts sees it: two documents of a feed, and what is told of the second one.
//!
//! The rules themselves, and a row for each, are in `domain::identity`; here they pass the whole line.

use std::time::Duration;

use crate::support::scripted::{Answer, Poller, Scripted};

const WAIT: Duration = Duration::from_mins(30);

/// An entry: guid, address, headline, date, text; empty means absent.
type Row = [&'static str; 5];

const MORNING: &str = "Wed, 25 Nov 2026 08:10:00 GMT";
const NOON: &str = "Wed, 25 Nov 2026 12:20:00 GMT";
const EVENING: &str = "Wed, 25 Nov 2026 18:30:00 GMT";

fn document(rows: &[Row]) -> Answer {
    let element = |name: &str, value: &str| {
        if value.is_empty() {
            String::new()
        } else {
            format!("<{name}>{}</{name}>", value.replace('&', "&amp;"))
        }
    };
    let items: Vec<String> = rows
        .iter()
        .map(|[guid, link, title, date, text]| {
            let guid = element("guid", guid).replace("<guid>", "<guid isPermaLink=\"false\">");
            format!(
                "<item>{guid}{}{}{}<description>Of the zebra: {text}</description></item>",
                element("link", link),
                element("title", title),
                element("pubDate", date),
            )
        })
        .collect();
    let items = items.concat();
    Answer::ok(format!(
        "<rss version=\"2.0\"><channel><title>Wire</title><link>https://zoo.example/</link>{items}</channel></rss>"
    ))
}

/// What is told of the second document, where the first one was the feed's first.
async fn told(first: &[Row], second: &[Row]) -> Vec<String> {
    let server = Scripted::open().await;
    server.say("/feed", &[document(first), document(second)]);
    let poller = Poller::over(server, &["/feed"], "").await;
    poller.after(WAIT).await;
    poller.after(WAIT).await;
    // A third look at the same document tells nothing more.
    let told = poller.told().await;
    poller.after(WAIT).await;
    assert_eq!(poller.told().await, told);
    told
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table")]
async fn what_changes_without_naming_anything_else_is_no_news() {
    let story: Row = [
        "g7",
        "https://zoo.example/herd",
        "The herd is back",
        MORNING,
        "It came at dawn.",
    ];
    let other: Row = [
        "g6",
        "https://zoo.example/gate",
        "A new gate",
        MORNING,
        "Of iron.",
    ];
    let rows: &[(&str, Row, Row)] = &[
        ("nothing", story, story),
        (
            "edited",
            story,
            [
                "g7",
                "https://zoo.example/herd",
                "The herd has come back",
                NOON,
                "It came.",
            ],
        ),
        (
            "a session id",
            [
                "",
                "https://zoo.example/herd?sid=0a1b2c3d4e5f60718293a4b5c6d7e8f9",
                "The herd is back",
                MORNING,
                "x",
            ],
            [
                "",
                "https://zoo.example/herd?sid=99887766554433221100aabbccddeeff",
                "The herd is back",
                MORNING,
                "x",
            ],
        ),
        (
            "a session id of Java",
            [
                "",
                "https://zoo.example/herd;jsessionid=0A1B2C3D4E5F60718293A4B5C6D7E8F9",
                "The herd is back",
                MORNING,
                "x",
            ],
            [
                "",
                "https://zoo.example/herd;jsessionid=99887766554433221100AABBCCDDEEFF",
                "The herd is back",
                MORNING,
                "x",
            ],
        ),
        (
            "a campaign",
            story,
            [
                "",
                "https://zoo.example/herd?utm_source=feed",
                "The herd is back",
                MORNING,
                "It came at dawn.",
            ],
        ),
        (
            "another host",
            story,
            [
                "g7b",
                "https://www2.zoo.example/herd",
                "The herd is back",
                MORNING,
                "It came at dawn.",
            ],
        ),
        (
            "www and https",
            [
                "",
                "http://www.zoo.example/herd",
                "The herd is back",
                MORNING,
                "x",
            ],
            [
                "",
                "https://zoo.example/herd",
                "The herd is back",
                MORNING,
                "x",
            ],
        ),
        (
            "a slash at the end",
            story,
            [
                "",
                "https://zoo.example/herd/",
                "The herd is back",
                MORNING,
                "It came at dawn.",
            ],
        ),
        (
            "escapes",
            [
                "",
                "https://zoo.example/%7Ekeeper/h%C3%A9rd",
                "The herd is back",
                MORNING,
                "x",
            ],
            [
                "",
                "https://zoo.example/~keeper/hérd",
                "The herd is back",
                MORNING,
                "x",
            ],
        ),
        (
            "a new system",
            story,
            [
                "urn:zoo:9001",
                "https://zoo.example/2026/11/25/herd.html",
                "The herd is back",
                MORNING,
                "It came at dawn.",
            ],
        ),
        (
            "an edition",
            [
                "https://zoo.example/herd#1",
                "https://zoo.example/herd",
                "The herd is back",
                MORNING,
                "x",
            ],
            [
                "https://zoo.example/herd#2",
                "https://zoo.example/herd",
                "The herd is back home",
                NOON,
                "y",
            ],
        ),
        (
            "a version",
            [
                "tag:zoo;v1",
                "https://zoo.example/herd",
                "The herd is back",
                MORNING,
                "x",
            ],
            [
                "tag:zoo;v2",
                "https://zoo.example/herd",
                "The herd is back",
                NOON,
                "y",
            ],
        ),
        (
            "a UUID in braces",
            [
                "{0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9}",
                "https://zoo.example/x",
                "The herd is back",
                MORNING,
                "x",
            ],
            [
                "urn:uuid:0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9",
                "https://zoo.example/y",
                "The herd is back",
                MORNING,
                "x",
            ],
        ),
        (
            "a guid where there was none",
            [
                "",
                "https://zoo.example/herd",
                "The herd is back",
                MORNING,
                "x",
            ],
            [
                "g7",
                "https://zoo.example/herd",
                "The herd is back",
                MORNING,
                "x",
            ],
        ),
        (
            "a guid that goes",
            story,
            [
                "",
                "https://zoo.example/herd",
                "The herd is back",
                MORNING,
                "It came at dawn.",
            ],
        ),
        (
            "a new date alone",
            story,
            [
                "g7",
                "https://zoo.example/herd",
                "The herd is back",
                EVENING,
                "It came at dawn.",
            ],
        ),
        (
            "seconds that are cut",
            [
                "",
                "https://zoo.example/a",
                "The herd is back",
                "Wed, 25 Nov 2026 08:10:42 GMT",
                "x",
            ],
            [
                "",
                "https://zoo.example/b",
                "The herd is back",
                MORNING,
                "x",
            ],
        ),
        (
            "seconds that are rounded, a guid that is new",
            [
                "u1",
                "https://zoo.example/a",
                "The herd is back",
                "Wed, 25 Nov 2026 08:09:48 GMT",
                "x",
            ],
            [
                "u2",
                "https://zoo.example/b",
                "The herd is back",
                MORNING,
                "x",
            ],
        ),
        (
            "a date that lost its time of day, a headline that was edited, an address that moved",
            story,
            [
                "g7",
                "https://zoo.example/herd-is-home",
                "The herd is back",
                "2026-11-25",
                "It came at dawn, say keepers.",
            ],
        ),
        (
            "a date in another spelling and zone",
            story,
            [
                "g7",
                "https://zoo.example/herd-is-home",
                "The herd is home",
                "2026-11-25T15:10+07:00",
                "It came at dawn, say keepers.",
            ],
        ),
        (
            "rewritten whole, without a date",
            [
                "g7",
                "https://zoo.example/herd",
                "The herd is back",
                "",
                "It came at dawn.",
            ],
            [
                "g7",
                "https://zoo.example/herd",
                "Lions sleep all day",
                "",
                "None was seen awake.",
            ],
        ),
        (
            "spaces and letters of a headline",
            story,
            [
                "g9",
                "https://zoo.example/herd",
                "THE  herd is back",
                MORNING,
                "It came at dawn.",
            ],
        ),
    ];
    for (why, before, after) in rows {
        let news = told(&[*before, other], &[*after, other]).await;
        assert_eq!(news, Vec::<String>::new(), "{why}");
    }
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table")]
async fn what_is_new_is_news_whatever_it_has_in_common_with_what_was() {
    let story: Row = [
        "g7",
        "https://zoo.example/herd",
        "The herd is back",
        MORNING,
        "It came at dawn.",
    ];
    let other: Row = [
        "g6",
        "https://zoo.example/gate",
        "A new gate",
        MORNING,
        "Of iron.",
    ];
    let rows: &[(&str, Row, Row)] = &[
        (
            "a guid that names a place",
            story,
            [
                "g7",
                "https://zoo.example/lion",
                "The lion sleeps",
                NOON,
                "All day.",
            ],
        ),
        (
            "a bulletin",
            [
                "b1",
                "https://zoo.example/bulletin",
                "The bulletin",
                MORNING,
                "It rains.",
            ],
            [
                "b2",
                "https://zoo.example/bulletin",
                "The bulletin",
                EVENING,
                "It is dry.",
            ],
        ),
        (
            "a fixed address without a guid",
            [
                "",
                "https://zoo.example/today",
                "The herd is back",
                MORNING,
                "x",
            ],
            [
                "",
                "https://zoo.example/today",
                "The lion sleeps",
                NOON,
                "y",
            ],
        ),
        (
            "the list of all news",
            [
                "n1",
                "https://zoo.example/news",
                "The herd is back",
                MORNING,
                "x",
            ],
            [
                "n2",
                "https://zoo.example/news",
                "The lion sleeps",
                MORNING,
                "y",
            ],
        ),
        (
            "the front page",
            ["", "https://zoo.example/", "The herd is back", MORNING, "x"],
            ["", "https://zoo.example/", "The lion sleeps", MORNING, "y"],
        ),
        (
            "another part of a live page",
            [
                "",
                "https://zoo.example/live#post-1",
                "The herd is back",
                MORNING,
                "x",
            ],
            [
                "",
                "https://zoo.example/live#post-2",
                "The lion sleeps",
                NOON,
                "y",
            ],
        ),
        (
            "a number in the query",
            [
                "",
                "https://zoo.example/item?id=41",
                "The herd is back",
                MORNING,
                "x",
            ],
            [
                "",
                "https://zoo.example/item?id=42",
                "The lion sleeps",
                MORNING,
                "y",
            ],
        ),
        (
            "one guid for all",
            [
                "0",
                "https://zoo.example/herd",
                "The herd is back",
                MORNING,
                "x",
            ],
            [
                "0",
                "https://zoo.example/lion",
                "The lion sleeps",
                MORNING,
                "y",
            ],
        ),
        (
            "a daily headline without an address",
            ["", "", "The lion sleeps", MORNING, "x"],
            [
                "",
                "",
                "The lion sleeps",
                "Thu, 26 Nov 2026 08:10:00 GMT",
                "y",
            ],
        ),
        (
            "the letters of a guid",
            [
                "aB",
                "https://zoo.example/herd",
                "The herd is back",
                MORNING,
                "x",
            ],
            [
                "Ab",
                "https://zoo.example/lion",
                "The lion sleeps",
                NOON,
                "y",
            ],
        ),
    ];
    for (why, before, after) in rows {
        let news = told(&[*before, other], &[*after, other]).await;
        assert_eq!(news, [after[2]], "{why}");
        let news = told(&[*before, other], &[*before, *after, other]).await;
        assert_eq!(news, [after[2]], "{why}, beside it");
    }
}

#[tokio::test]
async fn a_feed_of_one_entry_at_a_fixed_address_tells_each() {
    let weather = |title: &'static str, date: &'static str, text: &'static str| -> Row {
        ["", "https://zoo.example/weather", title, date, text]
    };
    let before = weather("Rain", MORNING, "Much.");
    for (why, after, news) in [
        ("nothing new", before, &[][..]),
        (
            "a new headline and date",
            weather("Snow", NOON, "Little."),
            &["Snow"],
        ),
        (
            "the same headline",
            weather("Rain", NOON, "Less."),
            &["Rain"],
        ),
    ] {
        assert_eq!(told(&[before], &[after]).await, news, "{why}");
    }
}

#[tokio::test]
async fn news_at_the_end_of_a_document_is_told_however_long_it_is() {
    let rows = |count: usize| {
        let items: Vec<String> = (0..count)
            .map(|n| format!("<item><guid isPermaLink=\"false\">n{n}</guid><title>The zebra {n}</title></item>")).collect();
        let items = items.concat();
        Answer::ok(format!(
            "<rss version=\"2.0\"><channel><title>Wire</title>{items}</channel></rss>"
        ))
    };
    let server = Scripted::open().await;
    server.say("/feed", &[rows(2_500), rows(2_503)]);
    let poller = Poller::over(server, &["/feed"], "").await;
    poller.after(WAIT).await;
    poller.after(WAIT).await;
    assert_eq!(
        poller.told().await,
        ["The zebra 2500", "The zebra 2501", "The zebra 2502"]
    );
}

#[tokio::test]
async fn two_feeds_tell_one_page_once_and_two_news_of_one_page_twice() {
    for (why, one, other, count) in [
        (
            "one page",
            [
                "a",
                "https://zoo.example/herd",
                "The herd is back",
                MORNING,
                "x",
            ],
            [
                "b",
                "http://www.zoo.example/herd?utm_medium=rss",
                "The herd is back",
                MORNING,
                "x",
            ],
            1,
        ),
        (
            "a page that lists all news",
            [
                "a",
                "https://zoo.example/news",
                "The herd is back",
                MORNING,
                "x",
            ],
            [
                "b",
                "https://zoo.example/news",
                "The lion sleeps",
                MORNING,
                "y",
            ],
            2,
        ),
        (
            "the front page",
            [
                "a",
                "https://zoo.example/",
                "The herd is back",
                MORNING,
                "x",
            ],
            ["b", "https://zoo.example/", "The lion sleeps", MORNING, "y"],
            2,
        ),
        (
            "two posts of a live page",
            [
                "a",
                "https://zoo.example/live#post-1",
                "Live: the herd",
                MORNING,
                "x",
            ],
            [
                "b",
                "https://zoo.example/live#post-2",
                "Live: the herd",
                NOON,
                "y",
            ],
            2,
        ),
    ] {
        let server = Scripted::open().await;
        server.say("/one", &[document(&[]), document(&[one])]);
        server.say("/two", &[document(&[]), document(&[other])]);
        let poller = Poller::over(server, &["/one", "/two"], "").await;
        poller.after(WAIT).await;
        poller.after(WAIT).await;
        assert_eq!(poller.told().await.len(), count, "{why}");
    }
}

#[tokio::test]
async fn a_feed_whose_new_address_fails_is_looked_for_at_the_configured_one() {
    let news: Row = [
        "g8",
        "https://zoo.example/lion",
        "The lion sleeps",
        NOON,
        "All day.",
    ];
    let old: Row = [
        "g7",
        "https://zoo.example/herd",
        "The herd is back",
        MORNING,
        "x",
    ];
    for status in [403, 404, 410, 500] {
        let server = Scripted::open().await;
        server.say("/feed", &[Answer::to(301, "/new"), document(&[news, old])]);
        server.say("/new", &[document(&[old]), Answer::status(status)]);
        let poller = Poller::over(server, &["/feed"], "").await;
        let line = poller.after(WAIT).await;
        assert!(line.fetch_url.path() == "/new", "{status}");
        for _ in 0..4 {
            poller.after(Duration::from_hours(7)).await;
        }
        assert_eq!(poller.told().await, ["The lion sleeps"], "{status}");
    }
}

#[tokio::test]
async fn an_address_that_the_operator_corrects_is_that_of_the_same_feed() {
    let news: Row = [
        "g8",
        "https://zoo.example/lion",
        "The lion sleeps",
        NOON,
        "All day.",
    ];
    let old: Row = [
        "g7",
        "https://zoo.example/herd",
        "The herd is back",
        MORNING,
        "x",
    ];
    let server = Scripted::open().await;
    server.say("/feed", &[Answer::to(301, "/new")]);
    server.say("/new", &[document(&[old]), document(&[news, old])]);
    let mut poller = Poller::over(server, &["/feed"], "").await;
    poller.after(WAIT).await;
    poller.configure(&["/new"], "");
    poller.after(WAIT).await;
    assert_eq!(poller.told().await, ["The lion sleeps"]);
}

#[tokio::test]
async fn what_came_out_while_the_first_polls_failed_is_news() {
    let server = Scripted::open().await;
    server.say("/feed", &[Answer::status(503)]);
    let poller = Poller::over(server, &["/feed"], "").await;
    poller.after(WAIT).await;
    let date = |hours: i64| {
        let at = poller.now() + jiff::SignedDuration::from_hours(hours);
        at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
    };
    let item = |title: &str, date: &str| {
        format!(
            "<item><guid isPermaLink=\"false\">{title}</guid><title>The zebra {title}</title><pubDate>{date}</pubDate></item>"
        )
    };
    let items = item("after", &date(1)) + &item("before", &date(-30));
    let feed = format!("<rss version=\"2.0\"><channel><title>Wire</title>{items}</channel></rss>");
    poller.server.say("/feed", &[Answer::ok(feed)]);
    poller.after(Duration::from_hours(2)).await;
    assert_eq!(poller.told().await, ["The zebra after"]);
}

#[tokio::test]
async fn a_feed_that_a_portal_names_is_not_taken_for_the_configured_one() {
    let portal = "<!DOCTYPE html><html><head><link rel=alternate type=application/rss+xml href=/portal.rss></head>\
        <body>Welcome to the hotel</body></html>";
    let news: Row = [
        "g8",
        "https://zoo.example/lion",
        "The lion sleeps",
        EVENING,
        "All day.",
    ];
    let server = Scripted::open().await;
    server.say(
        "/feed",
        &[Answer::to(302, "/portal"), document(&[]), document(&[news])],
    );
    server.say(
        "/portal",
        &[Answer::ok(portal).with("content-type", "text/html")],
    );
    server.say(
        "/portal.rss",
        &[document(&[[
            "p",
            "https://hotel.example/",
            "Breakfast",
            MORNING,
            "x",
        ]])],
    );
    let poller = Poller::over(server, &["/feed"], "").await;
    poller.after(WAIT).await;
    for _ in 0..2 {
        poller.after(Duration::from_hours(7)).await;
    }
    assert_eq!(poller.told().await, ["The lion sleeps"]);
    assert!(
        poller
            .server
            .asked()
            .iter()
            .all(|asked| asked.path != "/portal.rss")
    );
}

#[tokio::test]
async fn a_first_contact_that_another_hosts_feed_answers_leaves_nothing_behind() {
    let stray: Row = ["p", "https://hotel.example/", "Breakfast", MORNING, "x"];
    let server = Scripted::open().await;
    let abroad = server.elsewhere("/portal.rss");
    server.say("/portal.rss", &[document(&[stray]).with("etag", "\"p\"")]);
    let poller = Poller::over(server, &["/feed"], "").await;
    let date = |hours: i64| {
        let at = poller.now() + jiff::SignedDuration::from_hours(hours);
        let text = at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        &*text.leak()
    };
    let old: Row = [
        "g1",
        "https://zoo.example/gate",
        "A new gate",
        date(-30),
        "x",
    ];
    let meanwhile: Row = ["g2", "https://zoo.example/herd", "The herd", date(1), "y"];
    let later: Row = ["g3", "https://zoo.example/lion", "The lion", date(5), "z"];
    poller.server.say(
        "/feed",
        &[
            Answer::to(302, &abroad),
            document(&[meanwhile, old]),
            document(&[later, meanwhile, old]),
        ],
    );
    let line = poller.after(WAIT).await;
    assert_eq!(line.fetch_url.path(), "/feed");
    assert_eq!(poller.told().await, Vec::<String>::new());
    for told in [&["The herd"][..], &["The herd", "The lion"]] {
        poller.after(Duration::from_hours(4)).await;
        assert_eq!(poller.told().await, told);
    }
}

#[tokio::test]
async fn a_feed_that_another_host_serves_for_its_site_tells_its_news() {
    let [old, news]: [Row; 2] = [
        ["g7", "https://zoo.example/herd", "The herd", MORNING, "x"],
        ["g8", "https://zoo.example/lion", "The lion", NOON, "y"],
    ];
    let server = Scripted::open().await;
    let abroad = server.elsewhere("/burner");
    server.say("/feed", &[Answer::to(302, &abroad)]);
    server.say("/burner", &[document(&[old]), document(&[news, old])]);
    let poller = Poller::over(server, &["/feed"], "").await;
    poller.after(WAIT).await;
    poller.after(WAIT).await;
    assert_eq!(poller.told().await, ["The lion"]);
}

#[tokio::test]
async fn a_cookie_that_a_redirect_sets_is_sent_along_and_forgotten() {
    let news: Row = [
        "g8",
        "https://zoo.example/lion",
        "The lion sleeps",
        NOON,
        "All day.",
    ];
    let server = Scripted::open().await;
    let asks_for_it = Answer::to(302, "/feed").with("set-cookie", "seen=1; Path=/");
    server.say(
        "/feed",
        &[
            asks_for_it.clone(),
            document(&[]),
            asks_for_it,
            document(&[news]),
        ],
    );
    let poller = Poller::over(server, &["/feed"], "").await;
    poller.after(WAIT).await;
    poller.after(WAIT).await;
    assert_eq!(poller.told().await, ["The lion sleeps"]);
    let cookies: Vec<_> = poller
        .server
        .asked()
        .iter()
        .map(|asked| asked.field("cookie"))
        .collect();
    let seen = Some("seen=1".to_owned());
    assert_eq!(cookies, [None, seen.clone(), None, seen]);
}

#[tokio::test]
async fn a_title_of_atom_without_a_type_is_text() {
    let feed = |entry: &str| {
        Answer::ok(format!("<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Wire</title><id>w</id>{entry}</feed>"))
            .with("content-type", "application/atom+xml")
    };
    let entry = "<entry><id>1</id><title>Why the zebra hates &lt;b&gt; and &lt;i&gt;</title>\
        <updated>2026-11-25T10:00:00Z</updated></entry>";
    let server = Scripted::open().await;
    server.say("/feed", &[feed(""), feed(entry)]);
    let poller = Poller::over(server, &["/feed"], "").await;
    poller.after(WAIT).await;
    poller.after(WAIT).await;
    assert_eq!(poller.told().await, ["Why the zebra hates <b> and <i>"]);
}

#[tokio::test]
async fn json_that_strict_readers_refuse_is_read_and_every_entry_told() {
    let feed = |items: &str| {
        Answer::ok(format!("{{\"version\":\"https://jsonfeed.org/version/1\",\"title\":\"Wire\",\"items\":[{items}]}}"))
            .with("content-type", "application/feed+json")
    };
    // A raw line break and a raw tab; an escape that there is none of, a bracket too many; a comment, a comma too many.
    let items = "{\"id\":\"1\",\"title\":\"The zebra\n one\",\"content_text\":\"a\tb\"},\
        {\"id\":\"2\",\"title\":\"The zebra two\",\"content_text\":\"it\\'s\"}},\
        {\"id\":3,\"title\":\"The zebra \"three\"\", // the last\n \"content_text\":\"\\x41\",},";
    let server = Scripted::open().await;
    server.say("/feed", &[feed(""), feed(items)]);
    let poller = Poller::over(server, &["/feed"], "").await;
    poller.after(WAIT).await;
    poller.after(WAIT).await;
    assert_eq!(
        poller.told().await,
        ["The zebra \"three\"", "The zebra one", "The zebra two"]
    );
}
