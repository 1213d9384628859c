//! What is fuzzed, and what each answer has to keep.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use newswatch::config::{self, Color, Secrets};
use newswatch::domain::{
    Alert, AlertId, ArticleText, Budget, DeliveryId, EntryId, Match, Occasion, Priority, Quote,
    Reading, ReportId, Shown, WatchName,
};
use newswatch::matching::{Asks, Matcher, WatchSource};
use newswatch::render::{Reader, Telling};
use newswatch::{extract, parse, render};
use url::Url;

use crate::loops::run;

/// Questions to the clock that a document of so many bytes may cost, with a budget that never ends: work in proportion to
/// the length.
const ASKS_A_KB: usize = 200;

fn address() -> Url {
    Url::parse("https://wire.example/feed").unwrap()
}

/// A line that is shown has nothing in it that commands a terminal, turns text round or hides it.
fn assert_inert(text: &str, may_break: bool) {
    let bad = |c: char| {
        c.is_control() && !(may_break && matches!(c, '\n' | '\t' | '\r'))
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
    };
    assert!(!text.contains(bad), "{text:?}");
}

#[test]
fn a_feed_of_any_bytes_is_read_or_refused() {
    run("feed", &["fuzz/corpus/feed", "fixtures/feeds"], |bytes| {
        let asks = Cell::new(0_usize);
        let still_time = || {
            asks.set(asks.get() + 1);
            true
        };
        let url = address();
        let document = parse::Document {
            bytes,
            content_type: Some("application/xml"),
            url: Some(&url),
        };
        match parse::recognise(&document, &still_time) {
            Ok(parse::Recognised::Feed(feed)) => {
                assert!(feed.entries.len() <= parse::MAX_ENTRIES);
                for entry in feed.entries.iter().take(20) {
                    assert!(!entry.keys.is_empty(), "every entry is known by something");
                    if let Some(title) = &entry.title {
                        assert_inert(title, false);
                    }
                    let html = entry.content.as_ref().or(entry.summary.as_ref());
                    if let Some(html) = html {
                        let safe = parse::sanitised(html, Some(&url), &Budget::new(&|| true));
                        assert!(!safe.to_lowercase().contains("<script"), "{safe}");
                        let _text = extract::fragment_text(html, &Budget::new(&still_time));
                    }
                }
            }
            Ok(_) => {}
            Err(error) => assert_inert(&error.to_string(), false),
        }
        let limit = ASKS_A_KB * (1 + bytes.len() / 1_000);
        assert!(
            asks.get() <= limit,
            "{} asks for {} bytes",
            asks.get(),
            bytes.len()
        );
    });
}

#[test]
fn a_page_of_any_bytes_is_read_or_refused() {
    run("page", &["fuzz/corpus/page", "fixtures/extract"], |bytes| {
        let asks = Cell::new(0_usize);
        let still_time = || {
            asks.set(asks.get() + 1);
            true
        };
        let url = address();
        let page = extract::Page {
            bytes,
            content_type: Some("text/html"),
            url: Some(&url),
        };
        match extract::article(&page, None, &still_time) {
            Ok(found) => {
                if let Some(title) = &found.title {
                    assert!(!title.value.contains(char::is_control), "{:?}", title.value);
                }
                assert!(
                    found.text.chars().all(|c| c == '\n' || !c.is_control()),
                    "{:?}",
                    found.text
                );
            }
            Err(error) => assert_inert(&error.to_string(), false),
        }
        let limit = ASKS_A_KB * (1 + bytes.len() / 1_000);
        assert!(
            asks.get() <= limit,
            "{} asks for {} bytes",
            asks.get(),
            bytes.len()
        );
    });
}

#[test]
fn a_query_of_any_text_is_read_or_refused_with_its_place() {
    run("query", &["fuzz/corpus/query"], |bytes| {
        let query = String::from_utf8_lossy(bytes).into_owned();
        let query: String = query.chars().take(4_000).collect();
        let watch = WatchSource {
            name: "w".into(),
            asks: Asks::Query(query.clone()),
            min_score: None,
            stem: None,
            fold: None,
        };
        if let Ok(matcher) = Matcher::compile(&[], &[watch]) {
            let tags = ["a".to_owned()];
            let article = ArticleText {
                title: "Ferry talks in the East Sea",
                text: "The ferry to the islands sails from the new quay.\nTalks on the COC go on, ships wait.",
                feed_title: "",
                feed_summary: "",
                author: "Ada Lark",
                source: "wire.example",
                tags: &tags,
                url: "https://wire.example/a",
                lang: "en",
            };
            let fires = !matcher.hits(&article).is_empty();
            let explained = matcher.explain(0, &article).unwrap();
            assert_eq!(explained.matched, fires, "{query}");
            // What is printed is the same query.
            let printed = matcher.printed(0).unwrap();
            let again = WatchSource {
                name: "w".into(),
                asks: Asks::Query(printed.clone()),
                min_score: None,
                stem: None,
                fold: None,
            };
            let again = Matcher::compile(&[], &[again])
                .unwrap_or_else(|_| panic!("{query} is printed as {printed}"));
            assert_eq!(
                !again.hits(&article).is_empty(),
                fires,
                "{query} is printed as {printed}"
            );
        }
    });
}

#[test]
fn a_configuration_of_any_text_is_read_or_refused_without_a_secret_or_a_control_character() {
    let environment = BTreeMap::from([("HOME".to_owned(), OsString::from("/home/me"))]);
    run("config", &["fuzz/corpus/config"], |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let loaded = config::load_text(
            "t.toml",
            &text,
            Path::new("/etc/newswatch"),
            &environment,
            Secrets::Optional,
        );
        let problems = match &loaded {
            Ok(loaded) => &loaded.warnings,
            Err(problems) => &problems.0,
        };
        for problem in problems {
            assert_inert(&problem.render(Color::Plain), true);
        }
    });
}

#[test]
fn a_title_of_any_text_is_inert_in_every_output() {
    run("title", &["fuzz/corpus/title"], |bytes| {
        let title = String::from_utf8_lossy(bytes).into_owned();
        let at = "2026-11-23T12:00:00Z".parse().unwrap();
        let alert = Alert {
            id: AlertId("alr_0123456789abcdef0123".into()),
            found: Match {
                watch: WatchName("East Sea".into()),
                score: 1.0,
                terms: vec![title.chars().take(40).collect()],
                sentence: title.clone(),
                quote: Quote::default(),
            },
            priority: Priority::Normal,
            report: ReportId(1),
            entry: EntryId(1),
            feeds: vec![title.clone()],
            title: title.clone(),
            url: Url::parse("https://news.example/a?b=1&c=2").ok(),
            source: Some(title.clone()),
            published: None,
            summary_only: false,
            reading: Reading::default(),
            notes: Vec::new(),
            raised_at: at,
        };
        let alerts = [alert.clone(), alert];
        let delivery = DeliveryId("dlv_0123456789abcdef0123".into());
        let reader = Reader::default();
        let telling = |alerts| Telling {
            delivery: &delivery,
            recipient: None,
            alerts,
            occasion: &Occasion::Alert,
            reader: &reader,
            now: at,
            filled: None,
        };
        let (one, two) = (telling(&alerts[..1]), telling(&alerts[..]));
        let mail = render::email(&one);
        assert_inert(&mail.subject, false);
        assert_inert(&mail.text, true);
        let header = render::header_value("Subject", &mail.subject);
        assert!(
            header.is_ascii() && header.lines().all(|line| line.len() <= 78),
            "{header:?}"
        );
        for line in header.lines().skip(1) {
            assert!(line.starts_with(' '), "no field is injected: {header:?}");
        }
        assert!(
            !mail.html.to_lowercase().contains("<script"),
            "{}",
            mail.html
        );
        assert_inert(&render::console(&one), true);
        for body in [
            render::webhook(&one, false),
            render::webhook(&two, false),
            render::webhook(&one, true),
            render::json_lines(&one).trim_end().to_owned(),
        ] {
            serde_json::from_str::<serde_json::Value>(&body).unwrap();
            assert!(
                !body.contains('\n') && body.len() <= 20_000,
                "{}",
                body.len()
            );
        }
        let shown = Shown::of(&title);
        assert_inert(shown.as_str(), false);
        assert_eq!(
            Shown::of(shown.as_str()),
            shown,
            "what is shown stays as it is"
        );
    });
}
