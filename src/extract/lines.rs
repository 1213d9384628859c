//! Short lines that stand among the paragraphs of an article without being part of it.

use super::dates;
use super::table::Block;
use super::text::folded;

/// Tells whether a block is a line that pages put between paragraphs: a reference, a call, a notice.
pub(super) fn is_boilerplate(block: &Block) -> bool {
    if block.weight > 250 {
        return false;
    }
    if block.links > 0 && block.link_share() > 0.8 {
        return true;
    }
    let text = folded(&block.text);
    STARTS.iter().any(|start| {
        text.strip_prefix(start)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
            && block.weight < 120
    })
}

/// Folded beginnings of such lines.
const STARTS: &[&str] = &[
    "read more",
    "read also",
    "also read",
    "see also",
    "advertisement",
    "print article",
    "share this",
    "sign up",
    "subscribe",
    "copyright",
    "all rights reserved",
    "related",
];

/// Tells whether a line stands above what follows an article: related articles, comments, the author.
pub(super) fn ends_article(block: &Block) -> bool {
    const ENDS: &[&str] = &[
        "related",
        "more from",
        "about the author",
        "share this",
        "comments",
        "leave a comment",
        "leave a reply",
        "read next",
        "you may also",
        "you might also",
        "recommended",
        "tags",
        "filed under",
        "categories",
        "mehr zum thema",
        "lesen sie auch",
        "kommentare",
        "sobre el autor",
        "lire aussi",
        "à lire aussi",
        "leggi anche",
        "lee también",
        "noticias relacionadas",
    ];
    if block.weight > 80 {
        return false;
    }
    let text = folded(&block.text);
    ENDS.iter().any(|start| {
        text.strip_prefix(start)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    })
}

/// Tells whether a folded line is the authors' names, with or without a word before them.
pub(super) fn is_byline(folded_line: &str, folded_byline: &str) -> bool {
    if folded_byline.is_empty() {
        return false;
    }
    folded_line == folded_byline
        || folded_line
            .strip_suffix(folded_byline)
            .is_some_and(|before| before.split_whitespace().count() <= 2)
}

/// Tells whether a short line holds a date.
pub(super) fn has_date(line: &str) -> bool {
    dates::find(line, dates::Order::DayFirst).is_some()
}
