//! Cost in proportion to length: documents that grow out of a few pieces, one after the other, are to cost twice as much when
//! they are twice as long.
//!
//! Counted is how often the reader asks whether there is time, which it does after so many steps of work: no clock is read.

use std::cell::Cell;

use newswatch::domain::Budget;
use newswatch::{extract, parse};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// The pieces that pages and feeds grow from.
const PIECES: &[&str] = &[
    "<",
    "<!--",
    "<?",
    "<![CDATA[",
    "]]>",
    "&",
    "&#",
    "&amp;",
    "<a b",
    "<a b=\"",
    "</",
    "</p>",
    "<p>a",
    "<p>Ada said, on Monday.</p>",
    "<item>",
    "</item>",
    "<item><title>x</title>",
    "<entry>",
    "<![CDATA[<p>",
    "<script>",
    "</script>",
    "<style>",
    "<title>",
    "<description>&lt;p&gt;",
    "<h1>t</h1><input>",
    "<h2>t</h2><time>x</time>",
    "<div>",
    "<b><i>",
    "<td>",
    "<table><tr><td>",
    "<li>x",
    "<time>",
    "<meta name=a content=b>",
    "<link rel=alternate href=x>",
    "<template>",
    "<noscript>",
    "<svg>",
    "<a href=x>y</a>",
    "<h3>t",
    "x ",
    "\n",
    "\u{300}",
    "{\"a\":",
    "[",
    "[[]],",
    "<x:y>",
    "<url><loc>http://a/b</loc></url>",
    "<!DOCTYPE",
    "<!ENTITY a \"b\">",
    "<category>a</category>",
    "<author>a</author>",
    "By A B, ",
    "2024-05-06 ",
    "<article><h1>t</h1><p>word word word word word word</p></article>",
    "<script type=application/ld+json>{\"@type\":\"NewsArticle\",\"headline\":\"a\"}</script>",
    "<section class=live><h2>t</h2>",
    "<blockquote>",
    "<pre>a\n\n",
    "<ul><li>",
    "<img src=x>",
    "<br><br>x",
    "<select><option>a",
    "<dl><dt>a<dd>b",
    "<textarea>",
    "<p class=byline>By Ada Lark</p>",
    "<div class=paywall>subscribe</div>",
    "=\"",
    "'",
    "\\",
    "window.a={\"b\":\"<p>c</p>\"};",
    "<script>self.__next_f.push([1,\"1:[\\\"$1\\\",\\\"$1\\\"]\\n\"])</script>",
];

/// How often a reader asks whether there is time.
fn asks(read: impl Fn(&dyn Fn() -> bool)) -> usize {
    let asked = Cell::new(0);
    // What is given up costs no more: a budget that is large, and has an end.
    read(&|| {
        asked.set(asked.get() + 1);
        asked.get() < 2_000_000
    });
    asked.get()
}

fn of_page(html: &str) -> usize {
    let page = extract::Page {
        bytes: html.as_bytes(),
        content_type: Some("text/html"),
        url: None,
    };
    asks(|still_time| drop(extract::article(&page, None, still_time)))
}

fn of_feed(text: &str) -> usize {
    let document = parse::Document {
        bytes: text.as_bytes(),
        content_type: None,
        url: None,
    };
    asks(|still_time| drop(parse::recognise(&document, still_time)))
}

fn of_fragment(html: &str) -> usize {
    asks(|still_time| {
        let budget = Budget::new(still_time);
        drop(extract::fragment_text(html, &budget));
        drop(parse::sanitised(html, None, &budget));
    })
}

fn grown(before: &str, pieces: &[&str], bytes: usize) -> String {
    let once = pieces.concat();
    format!("{before}{}", once.repeat(bytes / once.len().max(1)))
}

/// Cost for four times the length: four times as much, and some of it that does not depend on the length. Tags that are
/// nested cost more the deeper they are, up to the depth at which a document is refused: what is longer still shows that.
fn assert_flat(what: &str, pieces: &[&str], before: &str, read: impl Fn(&str) -> usize) {
    let [short, long] = [4_000, 16_000].map(|bytes| read(&grown(before, pieces, bytes)));
    let is_flat = long <= 7 * short + 200 || read(&grown(before, pieces, 64_000)) <= long;
    assert!(
        is_flat,
        "{what} {before:?} of {pieces:?}: {short} asks, {long} for four times as much"
    );
}

/// The same documents each time, unless others, or more of them, are asked for by `NEWSWATCH_FUZZ_SEED` and
/// `NEWSWATCH_GROWTH_CASES`.
fn chosen() -> ProptestConfig {
    let set = |name| std::env::var(name).ok()?.parse::<u32>().ok();
    ProptestConfig {
        cases: set("NEWSWATCH_GROWTH_CASES").unwrap_or(24),
        rng_seed: RngSeed::Fixed(set("NEWSWATCH_FUZZ_SEED").unwrap_or(20_261_126).into()),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(chosen())]

    #[test]
    fn the_cost_of_a_byte_does_not_grow_with_the_document(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 1..4),
        before in prop::sample::select(&["", "<html><body>", "<title>t</title><body><h1>t</h1><p>aaaa aaaa</p>", "<script>"][..]),
        feed in prop::sample::select(&["", "<rss><channel>", "<rss><channel><item><description>", "{\"items\":[", "<feed><entry><content type=html>"][..]),
    ) {
        assert_flat("a page", &pieces, before, of_page);
        assert_flat("a fragment", &pieces, before, of_fragment);
        assert_flat("a feed", &pieces, feed, of_feed);
    }
}

/// A reader by its name, and what its documents begin with.
type Reader<'a> = (&'a str, &'a [&'a str], &'a dyn Fn(&str));

/// Looks at every piece and every two of them by the clock, which tells of work that is not counted: asked for by
/// `NEWSWATCH_GROWTH=1`, and read by a person.
#[test]
fn what_grows_faster_than_its_length_is_listed_on_request() {
    if std::env::var_os("NEWSWATCH_GROWTH").is_none() {
        return;
    }
    let time = |read: &dyn Fn()| {
        let begun = std::time::Instant::now();
        read();
        begun.elapsed().as_secs_f64()
    };
    let pages = [
        "<html><body>",
        "<title>t</title><body><h1>t</h1><p>aaaa aaaa</p>",
        "<script>",
    ];
    let feeds = [
        "",
        "<rss><channel>",
        "<rss><channel><item><description>",
        "{\"items\":[",
        "<feed><entry><content type=html>",
    ];
    let look = |pieces: &[&str]| {
        let page = |text: &str| {
            of_page(text);
        };
        let feed = |text: &str| {
            of_feed(text);
        };
        let fragment = |text: &str| {
            of_fragment(text);
        };
        let readers: [Reader<'_>; 3] = [
            ("page", &pages, &page),
            ("feed", &feeds, &feed),
            ("fragment", &[""], &fragment),
        ];
        for (name, befores, reader) in readers {
            for before in befores {
                let [short, long] = [40_000, 160_000].map(|bytes| grown(before, pieces, bytes));
                let one = time(&|| reader(&short));
                let four = time(&|| reader(&long));
                if four > 0.1 && four > 7.0 * one || four > 1.0 {
                    eprintln!("{name} {before:?} {pieces:?}: {one:.3} s, {four:.3} s");
                }
            }
        }
    };
    for piece in PIECES {
        look(&[piece]);
    }
    let pairs = std::env::var("NEWSWATCH_GROWTH").is_ok_and(|value| value == "pairs");
    for one in PIECES.iter().filter(|_| pairs) {
        for other in PIECES {
            look(&[one, other]);
        }
    }
}
