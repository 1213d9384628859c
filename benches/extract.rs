//! How long a page takes, from bytes to article: `cargo bench --bench extract`.

use newswatch::extract::{self, Page};

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

#[divan::bench]
fn a_feed_body(bencher: divan::Bencher<'_, '_>) {
    let html =
        "<p>The ferries of the strait will sail all winter, said the <b>harbour office</b>.</p>"
            .repeat(20);
    bencher.bench(|| extract::fragment_text(&html));
}
