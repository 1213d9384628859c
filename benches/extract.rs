//! How long a page takes, from bytes to article: `cargo bench --bench extract`.

use newswatch::domain::{Budget, SiteRule};
use newswatch::extract::{self, Page, Rule};

fn main() {
    divan::main();
}

/// A page like those of large newsrooms: about 300 kB, a third of it scripts, a tenth of it the article.
fn page() -> String {
    let script =
        "<script>window.data={\"a\":[1,2,3],\"b\":\"some text that nobody reads\"};</script>"
            .repeat(1_200);
    let card = "<div class=\"teaser card\"><a href=\"/x\"><img src=\"/p.jpg\" srcset=\"/p2.jpg 2x\" alt=\"\"><h3 class=\"teaser__title\">Another story of the day</h3></a></div>";
    let paragraph = "<p>The ferries of the strait will sail all winter, the harbour office said, and fares will <a href=\"/f\">not rise</a> before spring, whatever the weather does.</p>";
    format!(
        "<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>Ferries sail all winter | Courier</title>{script}</head><body><nav>{}</nav><main><article class=\"article\"><h1>Ferries sail all winter</h1><time datetime=\"2024-05-06T07:08:09+02:00\">6 May</time><div class=\"article__body\">{}</div></article>{}</main></body></html>",
        "<a href=\"/n\">Section</a>".repeat(60),
        paragraph.repeat(60),
        card.repeat(700),
    )
}

#[divan::bench]
fn an_article(bencher: divan::Bencher<'_, '_>) {
    let html = page();
    let page = Page {
        bytes: html.as_bytes(),
        content_type: Some("text/html; charset=utf-8"),
        url: None,
    };
    bencher
        .counter(divan::counter::BytesCount::new(html.len()))
        .bench(|| extract::article(&page, None, &|| true));
}

/// Nothing may be taken out before the parser reads it: a selector can ask for anything.
#[divan::bench]
fn an_article_by_a_site_rule(bencher: divan::Bencher<'_, '_>) {
    let html = page();
    let page = Page {
        bytes: html.as_bytes(),
        content_type: Some("text/html; charset=utf-8"),
        url: None,
    };
    let rule = SiteRule {
        body: Some(".article__body p".to_owned()),
        remove: vec!["aside, .teaser:nth-child(2n)".to_owned()],
        ..SiteRule::default()
    };
    let rule = Rule::new(&rule).ok();
    bencher
        .counter(divan::counter::BytesCount::new(html.len()))
        .bench(|| extract::article(&page, rule.as_ref(), &|| true));
}

/// Pages that are built to be slow, each the worst of its kind that is read to its end.
#[divan::bench(args = [
    "<p>By By By By By By</p>",
    "<p>Photo: (Photo: (Photo: </p>",
    "<p>a | b | c - d. 1 May</p>",
    "<span class=author>By Ada Lark</span> ",
    "1 < 2 ",
    "&notin &not",
], sample_count = 3)]
fn a_page_of_four_megabytes_of(bencher: divan::Bencher<'_, '_>, piece: &str) {
    let html = "<title>Ferries sail</title><h1>Ferries sail</h1>".to_owned()
        + &piece.repeat(extract::MAX_PAGE_BYTES / piece.len());
    let page = Page {
        bytes: html.as_bytes(),
        content_type: None,
        url: None,
    };
    bencher.bench(|| extract::article(&page, None, &|| true));
}

#[divan::bench]
fn a_feed_body(bencher: divan::Bencher<'_, '_>) {
    let html =
        "<p>The ferries of the strait will sail all winter, said the <b>harbour office</b>.</p>"
            .repeat(20);
    bencher.bench(|| extract::fragment_text(&html, &Budget::new(&|| true)));
}
