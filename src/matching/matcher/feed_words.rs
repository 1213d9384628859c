//! What the feed says of an article is searched beside the page, and counts once with it.

use super::*;
use crate::domain::{Field, Span};

fn watch(query: &str) -> WatchSource {
    WatchSource {
        name: query.to_owned(),
        asks: Asks::Query(query.to_owned()),
        min_score: None,
        stem: None,
        fold: None,
    }
}

const STRIKE: ArticleText<'_> = ArticleText {
    title: "Port strike ends",
    text: "The dockers of Quillport went back to work.\n\nQuillport is content.",
    feed_title: "Orphelia strike ends",
    feed_summary: "Dockers of Quillport and the Orphelia works agree.",
    author: "",
    source: "",
    tags: &[],
    url: "",
    lang: "en",
};

/// Where a query is found: the field and the text of each span.
fn places(query: &str, article: &ArticleText<'_>) -> Vec<(Field, String)> {
    let matcher = Matcher::compile(&[], &[watch(query)]).unwrap();
    let hits = matcher.hits(article);
    let explanation = matcher.explain(0, article).unwrap();
    assert_eq!(explanation.matched, hits.len() == 1, "{query}");
    let shown = |span: &Span| {
        let text = match span.field {
            Field::Title => article.title,
            Field::Body => article.text,
            Field::FeedTitle => article.feed_title,
            Field::FeedSummary => article.feed_summary,
            _ => "",
        };
        let text: String = text.chars().skip(span.start).collect();
        let text = text.chars().take(span.end - span.start).collect();
        (span.field, text)
    };
    hits.iter().flat_map(|hit| &hit.spans).map(shown).collect()
}

fn fires(query: &str, article: &ArticleText<'_>) -> bool {
    let matcher = Matcher::compile(&[], &[watch(query)]).unwrap();
    !matcher.hits(article).is_empty()
}

#[test]
fn a_word_that_only_the_feed_has_is_found_and_its_place_is_named() {
    let orphelia = |field| (field, "Orphelia".to_owned());
    assert_eq!(
        places("orphelia", &STRIKE),
        [orphelia(Field::FeedTitle), orphelia(Field::FeedSummary)]
    );
    assert_eq!(
        places("title:orphelia", &STRIKE),
        [orphelia(Field::FeedTitle)]
    );
    assert_eq!(
        places("body:/Orph[a-z]+/", &STRIKE),
        [orphelia(Field::FeedSummary)]
    );
    assert!(fires("\"Orphelia works\" quillport", &STRIKE));
    assert!(fires("orphelia NEAR/2 agree", &STRIKE));
    assert!(!fires("quillport -orphelia", &STRIKE));
}

#[test]
fn headline_and_summary_are_worlds_apart() {
    for query in [
        "\"ends orphelia\"",
        "\"ends dockers\"",
        "strike NEAR/30 agree",
        "author:orphelia",
        "title:agree",
        "body:strike",
    ] {
        assert!(!fires(query, &STRIKE), "{query}");
    }
}

#[test]
fn what_page_and_feed_both_say_is_one_mention() {
    // Two in the text; the one of the summary is one of them.
    assert!(fires("quillport>=2", &STRIKE));
    assert!(!fires("quillport>=3", &STRIKE));
    assert_eq!(places("quillport", &STRIKE).len(), 2);
    // The headline says it once on the page and once in the feed, the text not at all.
    assert!(!fires("strike>=2", &STRIKE));
    assert_eq!(
        places("strike", &STRIKE),
        [(Field::Title, "strike".to_owned())]
    );
    assert!(!fires("(strike NEAR ends)>=2", &STRIKE));
    assert!(!fires("(strike OR ends)>=3", &STRIKE));
    // The feed alone says it, twice.
    assert!(fires("orphelia>=2", &STRIKE));
    assert!(!fires("orphelia>=3", &STRIKE));
    let said_more = ArticleText {
        feed_summary: "Quillport, Quillport, Quillport!",
        ..STRIKE
    };
    assert!(fires("quillport>=3", &said_more));
    assert!(!fires("quillport>=4", &said_more));
}

#[test]
fn a_score_counts_a_term_once_wherever_it_stands() {
    let matcher = Matcher::compile(&[], &[watch("strike^5 OR quillport^3")]).unwrap();
    let hits = matcher.hits(&STRIKE);
    assert!((hits[0].score - 8.0).abs() < 1e-9);
}

#[test]
fn words_that_the_page_repeats_are_not_read_twice_and_a_word_cut_off_is_none() {
    let article = ArticleText {
        title: "Talks with Iran resume in Quillport",
        text: "The party met on Monday. It was long.",
        feed_title: "Talks with Ira…",
        feed_summary: "The party met on Mon [...]",
        ..ArticleText::default()
    };
    assert!(!fires("ira", &article));
    assert!(!fires("mon", &article));
    let other = ArticleText {
        feed_title: "Ira",
        feed_summary: "Art",
        ..article
    };
    assert!(fires("ira art", &other), "inside a word is not the word");
}
