//! Documents and answers that are built to do harm, each with what must hold: the process lives, every reader comes to an
//! end by itself, and nothing from outside commands who reads what newswatch prints.

use std::cell::Cell;
use std::process::{Command, Output};

use newswatch::demo::webhook_sink::WebhookSink;
use newswatch::domain::Budget;
use newswatch::{extract, parse};

use crate::support::http::{RawServer, answer};

/// Questions to the clock after which a reader in these tests finds that its time is over: some seconds of a slow machine.
const PATIENCE: usize = 200_000;

/// A clock that runs by being asked.
fn patience() -> impl Fn() -> bool {
    let asked = Cell::new(0);
    move || {
        asked.set(asked.get() + 1);
        asked.get() < PATIENCE
    }
}

fn feed(bytes: &[u8]) -> Result<parse::ParsedFeed, parse::ParseError> {
    let document = parse::Document {
        bytes,
        content_type: Some("application/rss+xml"),
        url: None,
    };
    parse::feed(&document, &patience())
}

fn page(html: &str) -> Result<extract::Extracted, extract::ExtractError> {
    let page = extract::Page {
        bytes: html.as_bytes(),
        content_type: Some("text/html"),
        url: None,
    };
    extract::article(&page, None, &patience())
}

#[test]
fn feeds_that_break_other_readers_are_read_or_refused() {
    let utf16 = "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><rss><channel><item><title>Ferry</title></item></channel></rss>";
    let utf16: Vec<u8> = utf16.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let read = feed(&utf16).unwrap();
    assert_eq!(
        read.entries[0].title.as_deref(),
        Some("Ferry"),
        "UTF-16 that says UTF-8"
    );

    let broken = b"<rss><channel><item><title>Fe\xffrry & quay&nbsp;1\0\x1b[2J</title></item><item><title>two</title></item></channel></rss>";
    let read = feed(broken).unwrap();
    assert_eq!(
        read.entries.len(),
        2,
        "bad bytes in one title cost no other entry"
    );
    let title = read.entries[0].title.as_deref().unwrap();
    assert!(
        !title.contains(char::is_control) && title.contains("& quay 1"),
        "{title:?}"
    );

    let laughs = (1..10)
        .map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10)))
        .collect::<Vec<_>>()
        .concat();
    let laughs = format!(
        "<!DOCTYPE rss [<!ENTITY l0 \"ha\">{laughs}]><rss><channel><item><title>&l9;</title></item></channel></rss>"
    );
    let read = feed(laughs.as_bytes()).unwrap();
    let title = read.entries[0].title.clone().unwrap_or_default();
    assert!(title.len() <= 64 * 1024, "{} bytes of laughs", title.len());

    let outside = "<!DOCTYPE rss [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><rss><channel><item><title>a&x;b</title></item></channel></rss>";
    let read = feed(outside.as_bytes()).unwrap();
    assert!(
        !read.entries[0]
            .title
            .as_deref()
            .unwrap_or_default()
            .contains("root:")
    );

    let surrogate = r#"{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","title":"a\ud800b"},{"id":"2","title":"c"}]}"#;
    if let Ok(read) = feed(surrogate.as_bytes()) {
        assert!(!read.entries.is_empty());
    }
    for bomb in [
        "<".repeat(500_000),
        "<!--".repeat(100_000),
        "<?".repeat(100_000),
        "<![CDATA[".repeat(100_000),
        "<a>".repeat(100_000),
        format!(
            "<rss><channel>{}",
            "<item><title>t</title></item>".repeat(50_000)
        ),
        format!("<rss><channel><item {}>", "a='b' ".repeat(50_000)),
    ] {
        if let Ok(read) = feed(bomb.as_bytes()) {
            assert!(read.entries.len() <= parse::MAX_ENTRIES);
        }
    }
}

#[test]
fn pages_that_break_other_readers_are_read_or_refused() {
    for bomb in [
        "<div>".repeat(64_000),
        "<ul><li>".repeat(64_000),
        "<b><i><a>".repeat(5_000),
        format!("<p {}>", "a=b ".repeat(200_000)),
        "<p>a".repeat(200_000),
        "<h2>t</h2><time>x</time>".repeat(20_000),
        "<h1>t</h1><input>".repeat(20_000),
        "<table><tr><td>".repeat(20_000),
        "<title>".repeat(50_000),
    ] {
        // Whether it is read is its own affair; that the reader comes back is what is looked at.
        drop(page(&format!("<html><body>{bomb}")));
    }
    let endless = "<script>self.__next_f.push([1,\"1:[\\\"$2\\\",\\\"$2\\\"]\\n2:[\\\"$1\\\",\\\"$1\\\"]\\n\"])</script>";
    let found = page(&format!("<html><body><div id=root></div>{endless}"));
    assert!(
        matches!(found, Err(extract::ExtractError::TooSlow) | Ok(_)),
        "values that refer to one another without end"
    );
}

#[test]
fn a_feeds_own_text_of_a_megabyte_costs_no_more_than_its_budget() {
    let html = "<p>a".repeat(250_000);
    let spent = Budget::new(&|| false);
    let words = extract::fragment_text(&html, &spent);
    assert!(
        words.starts_with("a a a"),
        "its words are matched all the same"
    );
    assert!(parse::plain(&html).len() <= 16 * 1024);
}

/// Whether a text has anything in it that commands a terminal, turns letters round or hides.
fn is_inert(text: &str) -> bool {
    !text.contains(|c: char| {
        c.is_control() && c != '\n'
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{e0000}'..='\u{e007f}')
    })
}

/// C0, C1, bidi and tag characters, as they come in titles, names and types.
const COMMANDS: &str = "x\u{9b}2J\u{85}\u{202e}y\u{2066}\u{e0041}\u{e0042}z";

#[tokio::test]
async fn nothing_that_is_printed_or_logged_commands_who_reads_it_or_tells_a_token() {
    let token = "s3cr3tT0k3nAb1Cd2Ef3Gh4";
    let item = format!(
        "<item><title>Ferry {COMMANDS}\u{1b}[31m</title><link>http://127.0.0.1:9/{COMMANDS}</link><description>{COMMANDS}</description></item>"
    );
    let good = answer(
        "200 OK",
        "Content-Type: application/rss+xml\r\n",
        &format!("<rss><channel><title>Wire {COMMANDS}</title>{item}<{COMMANDS}></channel></rss>"),
    );
    let odd = answer(
        "200 OK",
        &format!("Content-Type: image/{COMMANDS}\r\nRetry-After: {COMMANDS}\r\n"),
        &format!("{COMMANDS}\u{0}\u{1b}[2J"),
    );
    let json = answer(
        "200 OK",
        "Content-Type: application/json\r\n",
        &format!("\"{}\"", COMMANDS.repeat(10_000)),
    );
    let servers = [
        RawServer::answering(good).await,
        RawServer::answering(odd).await,
        RawServer::answering(json).await,
    ];
    let hook = WebhookSink::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let feeds = servers
        .iter()
        .map(|server| {
            let address = format!(
                "http://user:{token}@{}/private/{token}.xml?auth={token}&u={token}",
                server.address
            );
            format!("[[feed]]\nurl = \"{address}\"\n")
        })
        .collect::<Vec<_>>()
        .concat();
    let config = format!(
        "state_dir = \"{}\"\n[poll]\nfirst_poll = \"alert\"\n[http]\nallow_private = [\"127.0.0.0/8\"]\n{feeds}\
         [[watch]]\nname = \"Ferries\"\nterms = [\"ferry\"]\nnotify = [\"hook\"]\n\
         [[channel]]\nname = \"hook\"\ntype = \"webhook\"\nurl = \"{}\"\n",
        folder.path().join("state").display(),
        hook.url()
    );
    let path = folder.path().join("newswatch.toml");
    std::fs::write(&path, config).unwrap();
    let said = |words: &'static [&'static str]| {
        let path = path.clone();
        tokio::task::spawn_blocking(move || -> Output {
            Command::new(env!("CARGO_BIN_EXE_newswatch"))
                .args(words)
                .arg("--config")
                .arg(path)
                .output()
                .unwrap()
        })
    };
    for words in [
        &["run", "--once"][..],
        &["check"],
        &["status"],
        &["status", "--json"],
        &["alerts", "list"],
    ] {
        let output = said(words).await.unwrap();
        for bytes in [&output.stdout, &output.stderr] {
            let text = String::from_utf8_lossy(bytes);
            assert!(is_inert(&text), "{words:?}: {text:?}");
            assert!(!text.contains(token), "{words:?}: {text}");
            assert!(text.len() < 64 * 1024, "{words:?}: {} bytes", text.len());
        }
    }
    let told = hook.received();
    assert_eq!(told.len(), 1, "the good entry is told");
    assert!(is_inert(told[0].body.trim_end()), "{}", told[0].body);
    assert!(!told[0].body.contains(token), "{}", told[0].body);
}
