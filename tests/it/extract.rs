//! `newswatch extract`, as people use it to write a site rule.

use tempfile::TempDir;

use crate::cli::{err, json_lines, newswatch, out, write};
use crate::support::site::{Page, Site};

const PAGE: &str = "<html><head><title>Ferries sail all winter | Strait Courier</title>\
    <meta property=article:section content=Harbour></head><body><nav class=menu><a href=/>Home</a></nav>\
    <h1>Ferries sail all winter</h1><div class=story-text>\
    <p>The towns of the strait will keep their night ferries through the winter, the harbour office said on Monday.</p>\
    <p>Nurses and students had asked for it, and the council found the money in the fund for storm damage.</p>\
    <p class=promo-line>The Courier brings you every sailing of the season, every week, in its harbour pages.</p></div>\
    <div class=related><a href=/1>Quokka seen at the lighthouse</a></div></body></html>";

#[tokio::test]
async fn explain_shows_what_was_kept_and_dropped_and_a_rule_to_start_from() {
    let folder = TempDir::new().unwrap();
    let page = write(folder.path(), "page.html", PAGE);
    let output = newswatch(&["extract", "--explain", &page]).await;
    assert!(output.status.success(), "{}", err(&output));
    let shown = out(&output);
    for expected in [
        "title      Ferries sail all winter   [h1]",
        "section    Harbour   [meta article:section]",
        "+ text",
        "The towns of the strait",
        "- in a part named after navigation",
        "- in a part named after other articles",
        "body = '.story-text'",
    ] {
        assert!(shown.contains(expected), "{expected}\n{shown}");
    }
}

#[tokio::test]
async fn explain_tells_what_each_selector_of_a_rule_matches() {
    let folder = TempDir::new().unwrap();
    let page = write(folder.path(), "page.html", PAGE);
    let rule = "body = '.story-text'\nremove = ['.promo-line', '.gone']\nnext = 'a.next'\n";
    let rule = write(folder.path(), "rule.toml", rule);
    let output = newswatch(&["extract", "--explain", "--rule", &rule, &page]).await;
    let shown = out(&output);
    for expected in [
        "+ named by the site rule",
        "body = \".story-text\"   1 element",
        "remove = \".promo-line\"   1 element",
        "remove = \".gone\"   matches nothing on this page",
        "next = \"a.next\"   matches nothing on this page",
    ] {
        assert!(shown.contains(expected), "{expected}\n{shown}");
    }
    assert!(!shown.contains("every sailing of the season"), "{shown}");
}

#[tokio::test]
async fn explain_tells_programs_of_every_block() {
    let folder = TempDir::new().unwrap();
    let page = write(folder.path(), "page.html", PAGE);
    let output = newswatch(&["extract", "--explain", "--json", &page, "missing.html"]).await;
    assert_eq!(output.status.code(), Some(1));
    let lines = json_lines(&output);
    let blocks = lines[0]["blocks"].as_array().unwrap();
    let kept: Vec<&str> = blocks
        .iter()
        .filter(|block| block["kept"] == true)
        .filter_map(|block| block["text"].as_str())
        .collect();
    assert_eq!(kept.join("\n"), lines[0]["text"]);
    assert_eq!(lines[0]["root_selector"], ".story-text");
    assert_eq!(lines[0]["origins"]["title"], "h1");
    assert!(lines[1]["error"].is_string());
}

#[tokio::test]
async fn dates_that_cannot_be_are_refused() {
    let folder = TempDir::new().unwrap();
    for absurd in [
        "2099-01-01",
        "1970-01-01T00:00:00Z",
        "0001-01-01",
        "31/31/2019",
    ] {
        let meta = format!("<meta property='article:published_time' content='{absurd}'></head>");
        let page = write(folder.path(), "page.html", &PAGE.replace("</head>", &meta));
        let output = newswatch(&["extract", &page]).await;
        let found = &json_lines(&output)[0]["published"];
        assert!(found.is_null(), "{absurd}: {found}");
    }
}

#[tokio::test]
async fn the_article_of_an_address_goes_on_where_its_rule_leads() {
    let site = Site::open().await;
    let page = |text: &str, next: &str| {
        let html = format!(
            "<html><body><h1>Ferries sail all winter</h1><div class=text><p>{text}</p></div>{next}</body></html>"
        );
        Page::Document("text/html; charset=utf-8", html)
    };
    let [first, second] = [
        "The towns of the strait will keep their night ferries through the winter, the harbour office said.",
        "Nurses and students had asked for it, and the council found the money in the fund for storms.",
    ];
    site.put("/1", page(first, "<a class=next href=/2>2</a>"));
    site.put("/2", page(second, "<a class=next href=/1>1</a>"));
    let folder = TempDir::new().unwrap();
    let rule = write(
        folder.path(),
        "rule.toml",
        "body = '.text'\nnext = 'a.next'\n",
    );
    let (address, allowed) = (site.url("/1"), site.addr.to_string());
    let arguments = [
        "extract",
        "--allow-private",
        &allowed,
        "--rule",
        &rule,
        &address,
    ];
    let output = newswatch(&arguments).await;
    assert!(output.status.success(), "{}", err(&output));
    let text = json_lines(&output)[0]["text"].as_str().unwrap().to_owned();
    assert_eq!(text, format!("{first}\n{second}"));
    assert_eq!(site.asked("/1"), 1, "the circle was closed");
}
