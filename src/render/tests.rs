//! Tests of all services together: hostile text must be inert in every one.

use url::Url;

use super::*;
use crate::domain::{AlertId, EntryId, LocalTimestamp, Match, Quote, Reading, ReportId, WatchName};

fn alert(title: &str, sentence: &str) -> Alert {
    Alert {
        id: AlertId("alr_0123456789abcdef0123".into()),
        found: Match {
            watch: WatchName("East Sea".into()),
            score: 1.0,
            terms: vec!["COC".into(), "code of conduct".into()],
            sentence: sentence.into(),
            quote: Quote::default(),
        },
        priority: Priority::Normal,
        report: ReportId(1),
        entry: EntryId(1),
        feeds: vec!["Wire A".into(), "Wire B".into()],
        title: title.into(),
        url: Some(Url::parse("https://news.example/a?b=1&c=2").unwrap()),
        source: Some("Example News".into()),
        published: Some(LocalTimestamp {
            at: "2019-07-31T10:56:00Z".parse().unwrap(),
            offset: jiff::tz::Offset::from_seconds(7 * 3600).unwrap(),
        }),
        summary_only: false,
        reading: Reading::default(),
        notes: Vec::new(),
        raised_at: now(),
    }
}

fn plain() -> Alert {
    alert(
        "Ministers agree on a code of conduct",
        "They want the COC within three years.",
    )
}

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn delivery() -> DeliveryId {
    DeliveryId("dlv_0123456789abcdef0123".into())
}

/// Text that gives orders to one output or another.
fn hostile_texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "Title\r\nBcc: victim@evil.example\r\n\r\nbody",
        "=?utf-8?q?=0D=0ABcc:_victim@evil.example?=",
        "=?utf-8?B?DQpCY2M6IHhAeS5leGFtcGxl?=",
        "<script>alert(1)</script><img src=x onerror=alert(1)>",
        "\"><a href='javascript:alert(1)'>click</a>",
        "</title></head><body onload=x>",
        "<!channel> <https://evil.example|bank.example> @everyone",
        "[click](https://evil.example) **bold** `code` ||spoiler||",
        "{{ config }} ${HOME} {% include '/etc/passwd' %} %s %n",
        "\u{1b}]0;owned\u{7}\u{1b}[2J\u{1b}[31mred\u{9b}31m",
        "safe\u{202e}gpj.exe\u{2066}x\u{2069}\u{200f}",
        "nul\u{0}byte\u{8}\u{7f}\u{85}\u{2028}next",
        "\r\n.\r\nMAIL FROM:<evil@example.org>\r\n",
        "\",\"type\":\"forged\",\"x\":\"",
        "]]> --> */ \\",
        "",
    ]
    .map(str::to_owned)
    .into();
    texts.push("x".repeat(5000));
    texts.push("ế".repeat(5000));
    texts.push(format!("a{}", "\u{301}".repeat(5000)));
    texts.push("\"\\".repeat(5000));
    texts.push("\u{1}".repeat(5000));
    texts
}

/// Puts the text everywhere that a feed, a page or a hasty operator can.
fn hostile_alert(text: &str) -> Alert {
    let mut alert = alert(text, text);
    alert.source = Some(text.to_owned());
    alert.feeds = vec![text.to_owned(); 30];
    alert.found.watch = WatchName(text.to_owned());
    alert.found.terms = vec![text.to_owned(); 30];
    alert
}

fn has_control(text: &str, except: &[char]) -> bool {
    text.chars().any(|c| c.is_control() && !except.contains(&c))
}

fn has_direction_change(text: &str) -> bool {
    text.chars()
        .any(|c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}'))
}

#[test]
fn hostile_text_is_inert_in_a_subject() {
    for text in hostile_texts() {
        let subject = email(&[hostile_alert(&text)]).subject;
        assert!(!has_control(&subject, &[]), "{subject:?}");
        assert!(!has_direction_change(&subject), "{subject:?}");
        assert!(!subject.contains("=?"), "{subject:?}");
        assert!(subject.chars().count() <= 200, "{subject:?}");
    }
}

#[test]
fn hostile_text_is_inert_in_a_mails_text() {
    for text in hostile_texts() {
        let body = email(&[hostile_alert(&text)]).text;
        assert!(!has_control(&body, &['\n']), "{body:?}");
        assert!(!has_direction_change(&body), "{body:?}");
        // No line but our own: title, origin, sentence, link, why, id, and the empty ones between them.
        assert!(body.lines().count() <= 10, "{body}");
    }
}

#[test]
fn hostile_text_is_inert_in_a_mails_html() {
    let tags = |page: &str| page.matches('<').count();
    let expected = tags(&email(&[plain()]).html);
    for text in hostile_texts()
        .iter()
        .filter(|text| !text.trim().is_empty())
    {
        let page = email(&[hostile_alert(text)]).html;
        assert!(!has_control(&page, &['\n']), "{page:?}");
        assert!(!has_direction_change(&page), "{page:?}");
        // Text that is nothing but controls leaves its element out.
        assert!(tags(&page) <= expected, "{page}");
    }
}

#[test]
fn hostile_text_is_inert_on_a_terminal() {
    for text in hostile_texts() {
        let lines = console(&hostile_alert(&text));
        assert!(!has_control(&lines, &['\n']), "{lines:?}");
        assert!(!has_direction_change(&lines), "{lines:?}");
        assert!(lines.lines().count() <= 5, "{lines}");
    }
}

#[test]
fn hostile_text_stays_one_string_of_a_webhook_and_below_its_limit() {
    for text in hostile_texts() {
        let alert = hostile_alert(&text);
        for body in [
            webhook(&alert, now()),
            json_line(&delivery(), &alert, now()),
            webhook_digest(&vec![alert.clone(); 50], now()),
        ] {
            assert!(body.len() < 20_000, "{} bytes", body.len());
            assert!(!has_control(&body, &[]), "{body:?}");
            let json: serde_json::Value = serde_json::from_str(&body).unwrap();
            assert!(json["type"].as_str().unwrap().starts_with("newswatch."));
        }
    }
}

#[test]
fn title_and_link_survive_in_a_webhook_with_a_huge_sentence_and_link() {
    let mut alert = alert("The title", &"\"long\" ".repeat(10_000));
    alert.url = Some(Url::parse(&format!("https://news.example/{}", "x".repeat(4000))).unwrap());
    let json: serde_json::Value = serde_json::from_str(&webhook(&alert, now())).unwrap();
    assert_eq!(json["data"]["title"], "The title");
    assert_eq!(json["data"]["url"], alert.url.unwrap().as_str());
}

#[test]
fn the_webhook_body_has_the_documented_fields() {
    let json: serde_json::Value = serde_json::from_str(&webhook(&plain(), now())).unwrap();
    assert_eq!(
        json,
        serde_json::json!({
            "type": "newswatch.alert",
            "timestamp": "2026-11-23T12:00:00Z",
            "data": {
                "id": "alr_0123456789abcdef0123",
                "watch": "East Sea",
                "priority": "normal",
                "terms": ["COC", "code of conduct"],
                "feed": "Wire A",
                "feeds": ["Wire A", "Wire B"],
                "source": "Example News",
                "title": "Ministers agree on a code of conduct",
                "url": "https://news.example/a?b=1&c=2",
                "published": "2019-07-31T17:56:00+07:00",
                "excerpt": "They want the COC within three years.",
                "summary_only": false
            }
        })
    );
}

#[test]
fn a_digest_counts_the_alerts_that_it_cannot_list() {
    let alerts = vec![plain(); 500];
    let json: serde_json::Value = serde_json::from_str(&webhook_digest(&alerts, now())).unwrap();
    assert_eq!(json["data"]["count"], 500);
    let listed = json["data"]["alerts"].as_array().unwrap().len();
    assert!((10..500).contains(&listed), "{listed}");
}

#[test]
fn a_mail_tells_what_was_found_and_where() {
    let mail = email(&[plain()]);
    assert_eq!(
        mail.subject,
        "[East Sea] Ministers agree on a code of conduct"
    );
    assert_eq!(
        mail.text,
        "Ministers agree on a code of conduct\n\
         Example News · 2019-07-31 17:56:00+07:00 · via Wire A, Wire B\n\
         \n\
         > They want the COC within three years.\n\
         \n\
         https://news.example/a?b=1&c=2\n\
         \n\
         watch East Sea, for: COC, code of conduct\n\
         alert alr_0123456789abcdef0123\n"
    );
    for part in [
        "<a href=\"https://news.example/a?b=1&amp;c=2\">Read it at news.example</a>",
        "They want the <b>COC</b> within three years.",
        "2019-07-31 17:56:00+07:00",
        "via Wire A, Wire B",
        "alr_0123456789abcdef0123",
    ] {
        assert!(mail.html.contains(part), "{part}");
    }
}

#[test]
fn a_mail_marks_high_priority_and_a_text_from_the_feed_alone() {
    let mut alert = plain();
    alert.priority = Priority::High;
    alert.summary_only = true;
    let mail = email(&[alert]);
    assert_eq!(
        mail.subject,
        "[East Sea] (!) Ministers agree on a code of conduct"
    );
    assert_eq!(mail.priority, Priority::High);
    assert!(mail.text.contains("headline and summary only"));
    assert!(mail.html.contains("headline and summary only"));
    assert!(mail.html.contains("High priority"));
}

#[test]
fn a_mail_of_several_alerts_tells_each() {
    let mut other = alert("Second story", "Another sentence.");
    other.found.watch = WatchName("Fisheries".into());
    let mail = email(&[plain(), other]);
    assert_eq!(
        mail.subject,
        "[newswatch] 2 alerts: Ministers agree on a code of conduct"
    );
    for body in [&mail.text, &mail.html] {
        assert!(body.contains("Ministers agree") && body.contains("Second story"));
    }
}

#[test]
fn a_mail_loads_nothing_from_elsewhere() {
    let page = email(&[plain()]).html;
    for loading in [
        "<img", "<script", "<link", "<form", "src=", "url(", "@import",
    ] {
        assert!(!page.contains(loading), "{loading}");
    }
}

#[test]
fn an_alert_without_a_link_or_a_date_is_still_told() {
    let mut alert = plain();
    alert.url = Some(Url::parse("javascript:alert(1)").unwrap());
    alert.published = None;
    alert.source = None;
    alert.feeds.clear();
    let mail = email(std::slice::from_ref(&alert));
    assert!(!mail.html.contains("javascript") && !mail.text.contains("javascript"));
    assert!(!console(&alert).contains("javascript"));
    assert!(
        mail.text
            .starts_with("Ministers agree on a code of conduct\n\n>")
    );
}

#[test]
fn a_mail_of_a_flood_stays_small_and_counts_what_it_leaves_out() {
    let alerts = vec![alert("A title", &"A long sentence. ".repeat(100)); 2000];
    let mail = email(&alerts);
    assert!(mail.subject.contains("2000 alerts"), "{}", mail.subject);
    for body in [&mail.text, &mail.html] {
        assert!(body.contains("and 1500 more alerts"));
        assert!(body.len() < 1024 * 1024, "{}", body.len());
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_inert_everywhere(text in proptest::collection::vec(proptest::char::any(), 0..300)) {
        let text: String = text.into_iter().collect();
        let alert = hostile_alert(&text);
        let mail = email(std::slice::from_ref(&alert));
        proptest::prop_assert!(!has_control(&mail.subject, &[]));
        proptest::prop_assert!(!mail.subject.contains("=?"));
        proptest::prop_assert!(mail.subject.chars().count() <= 200);
        let header = header_value("Subject", &mail.subject);
        proptest::prop_assert!(header.is_ascii());
        for line in format!("Subject: {header}").split("\r\n") {
            proptest::prop_assert!(line.len() <= 78);
        }
        for body in [&mail.text, &mail.html, &console(&alert)] {
            proptest::prop_assert!(!has_control(body, &['\n']));
            proptest::prop_assert!(!has_direction_change(body));
        }
        let body = webhook(&alert, now());
        proptest::prop_assert!(body.len() < 20_000);
        proptest::prop_assert!(serde_json::from_str::<serde_json::Value>(&body).is_ok());
    }
}
