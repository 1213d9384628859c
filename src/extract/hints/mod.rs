//! What the names that authors give to elements (class, id, role, itemprop) say about their content.
//!
//! Names are split into words (`article__body`, `relatedNews`, `post-content`), and the words looked up in
//! one table. The words are what publishers of many countries have in common; no name belongs to one site.

mod words;

use std::collections::HashMap;
use std::ops::BitOr;

use scraper::node::Element;

use super::tag::Tag;
use words::{Word, Words};

/// What an element's names suggest; several can hold at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Hints(u32);

impl Hints {
    /// The text of an article.
    pub(super) const BODY: Self = Self(1);
    /// An article or one of its parts.
    pub(super) const ARTICLE: Self = Self(1 << 1);
    /// Content of some sort.
    pub(super) const CONTENT: Self = Self(1 << 2);
    /// The paragraph between headline and text.
    pub(super) const LEAD: Self = Self(1 << 3);
    /// The author's name.
    pub(super) const BYLINE: Self = Self(1 << 4);
    /// A date.
    pub(super) const DATE: Self = Self(1 << 5);
    /// Other articles.
    pub(super) const RELATED: Self = Self(1 << 6);
    /// Buttons to share or follow.
    pub(super) const SHARE: Self = Self(1 << 7);
    /// Menus and paths.
    pub(super) const NAV: Self = Self(1 << 8);
    /// What readers wrote.
    pub(super) const COMMENTS: Self = Self(1 << 9);
    /// The foot of a page.
    pub(super) const FOOT: Self = Self(1 << 10);
    /// Advertisement.
    pub(super) const AD: Self = Self(1 << 11);
    /// Consent to cookies.
    pub(super) const CONSENT: Self = Self(1 << 12);
    /// Newsletters, subscriptions, log-in.
    pub(super) const SIGNUP: Self = Self(1 << 13);
    /// Topics and keywords.
    pub(super) const TAGS: Self = Self(1 << 14);
    /// The text of a picture.
    pub(super) const CAPTION: Self = Self(1 << 15);
    /// About the author.
    pub(super) const BIO: Self = Self(1 << 16);
    /// Not shown, or for screen readers only.
    pub(super) const HIDDEN: Self = Self(1 << 17);
    /// Data about the article: dates, names, counts.
    pub(super) const META: Self = Self(1 << 18);
    /// A headline.
    pub(super) const TITLE: Self = Self(1 << 19);
    /// A side column.
    pub(super) const SIDE: Self = Self(1 << 20);
    /// The head of a page or an article.
    pub(super) const HEAD: Self = Self(1 << 21);
    /// A player or gallery.
    pub(super) const MEDIA: Self = Self(1 << 22);
    /// A list of entries.
    pub(super) const LIST: Self = Self(1 << 23);
    /// A paywall, or what is behind it.
    pub(super) const PAYWALL: Self = Self(1 << 24);

    /// Surely not shown: its own style or the `hidden` attribute says so.
    pub(super) const CONCEALED: Self = Self(1 << 25);
    /// Hidden from screen readers alone: what is seen and told twice, and what a wall of glass stands before.
    pub(super) const SILENT: Self = Self(1 << 26);
    /// A window that opens before the page.
    pub(super) const DIALOG: Self = Self(1 << 27);

    /// No hint.
    pub(super) const NONE: Self = Self(0);

    /// Tells whether any of `others` holds.
    pub(super) fn any(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }

    /// These hints and `others`, in constants.
    pub(super) const fn or(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }
}

impl Hints {
    /// These hints without `others`.
    pub(super) fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }
}

impl BitOr for Hints {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// The names of a page that have been read: pages repeat a few of them in every row and card.
pub(super) type KnownNames<'a> = HashMap<&'a str, Hints>;

/// Reads what an element's tag, names and style suggest.
pub(super) fn of_element<'a>(tag: Tag, element: &'a Element, known: &mut KnownNames<'a>) -> Hints {
    let mut hints = match tag {
        Tag::Nav => Hints::NAV,
        Tag::Footer => Hints::FOOT,
        Tag::Aside => Hints::SIDE,
        Tag::Caption => Hints::CAPTION,
        Tag::Time => Hints::DATE,
        Tag::Header => Hints::HEAD,
        Tag::Form => Hints::SIGNUP,
        _ => Hints::NONE,
    };
    for (name, value) in element.attrs() {
        hints = hints | of_attribute(tag, name, value, known);
    }
    // Elements of a site's own are named as classes are.
    let name = element.name();
    if tag == Tag::Inline && name.contains('-') {
        hints = hints | of_attribute(tag, "class", name, known);
    }
    if hints.any(Hints::SILENT) {
        let otherwise = hints.any(Hints::HIDDEN);
        hints = hints | Hints::HIDDEN;
        if otherwise {
            hints = hints.without(Hints::SILENT);
        }
    }
    if matches!(tag, Tag::Html | Tag::Body | Tag::Head) {
        // Names of the whole page speak of its kind or its theme, not of its text.
        return Hints::NONE;
    }
    hints
}

fn of_attribute<'a>(tag: Tag, name: &str, value: &'a str, known: &mut KnownNames<'a>) -> Hints {
    match name {
        "class" | "id" | "data-testid" | "data-component" | "data-qa" | "data-module" => {
            *known.entry(value).or_insert_with(|| of_name(value))
        }
        "type" if matches!(tag, Tag::Div | Tag::Section | Tag::Aside) => of_name(value),
        "itemprop" => of_itemprop(value),
        "role" => of_role(value),
        "rel" if tag == Tag::Link && value.contains("author") => Hints::BYLINE,
        "rel" if tag == Tag::Link && value.contains("tag") => Hints::TAGS,
        "hidden" => Hints::HIDDEN | Hints::CONCEALED,
        "aria-hidden" if value == "true" => Hints::SILENT,
        "style" if hides(value) => Hints::HIDDEN | Hints::CONCEALED,
        _ => Hints::NONE,
    }
}

fn of_itemprop(value: &str) -> Hints {
    match value {
        "articleBody" | "reviewBody" => Hints::BODY,
        "author" | "creator" => Hints::BYLINE,
        "datePublished" | "dateCreated" | "dateModified" => Hints::DATE,
        "headline" => Hints::TITLE,
        "description" | "abstract" | "alternativeHeadline" => Hints::LEAD,
        "keywords" | "articleSection" => Hints::TAGS,
        "comment" => Hints::COMMENTS,
        "caption" => Hints::CAPTION,
        _ => Hints::NONE,
    }
}

fn of_role(value: &str) -> Hints {
    match value {
        "navigation" | "menu" | "menubar" | "toolbar" => Hints::NAV,
        "complementary" => Hints::SIDE,
        "contentinfo" => Hints::FOOT,
        "search" => Hints::SIGNUP,
        "dialog" | "alertdialog" => Hints::SIGNUP | Hints::DIALOG,
        "main" => Hints::CONTENT,
        "article" => Hints::ARTICLE,
        _ => Hints::NONE,
    }
}

/// Tells whether a style hides its element from everybody, or from all but screen readers.
fn hides(style: &str) -> bool {
    let lower = style.to_ascii_lowercase();
    lower
        .split(';')
        .filter_map(|rule| rule.split_once(':'))
        .map(|(key, value)| (key.trim(), value.trim()))
        .any(|(key, value)| match key {
            "display" => value.starts_with("none"),
            "visibility" => value.starts_with("hidden"),
            "clip" => is_empty_clip(value, "rect("),
            "clip-path" => ["inset(50%", "inset(100%", "circle(0"]
                .iter()
                .any(|path| value.starts_with(path)),
            "left" | "top" | "text-indent" | "margin-left" => is_far_outside(value),
            "font-size" => value.trim_end_matches("px") == "0",
            _ => false,
        })
}

/// Tells whether a clip shows a pixel at most: `rect(0 0 0 0)`, `rect(1px, 1px, 1px, 1px)`.
fn is_empty_clip(value: &str, shape: &str) -> bool {
    value.strip_prefix(shape).is_some_and(|sides| {
        sides
            .trim_end_matches(|c: char| !c.is_ascii_alphanumeric())
            .split([',', ' '])
            .filter(|side| !side.is_empty())
            .all(|side| matches!(side, "0" | "1px" | "0px"))
    })
}

/// Tells whether a position is off every screen: `-9999px`.
fn is_far_outside(value: &str) -> bool {
    value
        .strip_prefix('-')
        .map(|rest| rest.bytes().take_while(u8::is_ascii_digit).count())
        .is_some_and(|digits| digits >= 4 || digits == 3 && value.starts_with("-999"))
}

/// Reads the words of a name.
pub(super) fn of_name(name: &str) -> Hints {
    let mut hints = Hints::NONE;
    for part in name.split_ascii_whitespace() {
        hints = hints | of_part(part);
    }
    // `hidden md:block` is shown on all screens but small ones.
    if hints.any(Hints::HIDDEN) && SHOWN_ELSEWHERE.iter().any(|mark| name.contains(mark)) {
        hints = hints.without(Hints::HIDDEN);
    }
    hints
}

/// Endings of names that show an element on some screens.
const SHOWN_ELSEWHERE: &[&str] = &[":block", ":flex", ":grid", ":inline", ":contents"];

/// Reads one name: `article__body`, `relatedNews`.
fn of_part(name: &str) -> Hints {
    let mut room = [Word::NONE; MOST_WORDS];
    let mut count = 0;
    for (slot, word) in room.iter_mut().zip(Words::new(name)) {
        *slot = word;
        count += 1;
    }
    let Some((all @ [first, rest @ ..], last)) = room
        .get(..count)
        .and_then(|words| Some((words, words.last()?)))
    else {
        return Hints::NONE;
    };
    if is_for_screen_readers(all) {
        return Hints::HIDDEN;
    }
    // `has-sidebar` speaks of a neighbour, `overflow-hidden` of what sticks out, `font-utility` of looks.
    let is_of_neighbour = matches!(
        first.as_bytes(),
        b"has" | b"no" | b"with" | b"without" | b"overflow" | b"is" | b"font"
    );
    // `sidebar-enabled--false` is a setting, `banner-bottom-radius` speaks of looks.
    let is_setting = matches!(last.as_bytes(), b"false" | b"off" | b"none" | b"disabled");
    if !rest.is_empty() && (is_of_neighbour || is_setting || is_look(last)) {
        return Hints::NONE;
    }
    let mut hints = first.hints();
    let mut previous = first;
    let mut is_live = is_live_word(first);
    let mut only_hides = rest.is_empty()
        || matches!(
            first.as_bytes(),
            b"visually" | b"screen" | b"sr" | b"u" | b"js" | b"d" | b"h"
        );
    for word in rest {
        let found = word.hints() | previous.joined(word);
        // "about" alone names a page; "about-author" the box below an article.
        if previous.as_bytes() == b"about" && found.any(Hints::BYLINE) {
            hints = hints | Hints::BIO;
        }
        hints = hints | found;
        only_hides &=
            found.any(Hints::HIDDEN) || matches!(word.as_bytes(), b"text" | b"only" | b"reader");
        is_live |= is_live_word(word);
        previous = word;
    }
    // The commentary of a match is not what readers wrote.
    if is_live {
        hints = hints.without(Hints::COMMENTS);
    }
    // The name of a part that can be folded away is not a sign that it is.
    if !only_hides {
        hints = hints.without(Hints::HIDDEN);
    }
    if hints.any(Hints::ARTICLE) && hints.any(Hints::CONTENT) && !hints.any(NOT_BODY) {
        hints = hints | Hints::BODY;
    }
    hints
}

/// Tells whether a name is one of those that frameworks give to words for screen readers alone: `sr-only`,
/// `screen-reader-text`, `is-visually-hidden`, `a11y-text`; not `not-sr-only`, which takes it back.
fn is_for_screen_readers(words: &[Word]) -> bool {
    const NAMES: &[&[&[u8]]] = &[
        &[b"sr", b"only"],
        &[b"sr", b"text"],
        &[b"sronly"],
        &[b"screen", b"reader"],
        &[b"screenreader"],
        &[b"screenreaders"],
        &[b"visually", b"hidden"],
        &[b"hidden", b"visually"],
        &[b"visuallyhidden"],
        &[b"visibility", b"hidden"],
        &[b"assistive", b"text"],
        &[b"a", b"y", b"text"],
        &[b"a", b"y", b"only"],
        &[b"a", b"y", b"hidden"],
        &[b"hide", b"visually"],
        &[b"element", b"invisible"],
        &[b"off", b"screen"],
    ];
    // The last words of these names; nearly all others are told from them by one look.
    let can_be = |word: &Word| {
        matches!(
            word.as_bytes(),
            b"only"
                | b"text"
                | b"hidden"
                | b"reader"
                | b"visually"
                | b"screen"
                | b"invisible"
                | b"sronly"
                | b"screenreader"
                | b"screenreaders"
                | b"visuallyhidden"
        )
    };
    let is_taken_back =
        |word: &Word| matches!(word.as_bytes(), b"not" | b"no" | b"undo" | b"focus");
    words.iter().any(can_be)
        && !words.iter().any(is_taken_back)
        && NAMES.iter().any(|name| {
            let mut runs = words.windows(name.len());
            runs.any(|run| run.iter().map(Word::as_bytes).eq(name.iter().copied()))
        })
}

/// Words of a name that are looked at: longer ones are lists of settings.
const MOST_WORDS: usize = 12;

/// Tells whether a word at the end of a name says what the element looks like, and nothing of what it holds.
fn is_look(word: &Word) -> bool {
    matches!(
        word.as_bytes(),
        b"radius"
            | b"color"
            | b"colour"
            | b"bg"
            | b"background"
            | b"padding"
            | b"margin"
            | b"border"
            | b"shadow"
            | b"gap"
            | b"spacing"
            | b"rounded"
            | b"gutter"
            | b"opacity"
    )
}

/// Tells whether a word says that something is told while it happens.
fn is_live_word(word: &Word) -> bool {
    matches!(word.as_bytes(), b"live" | b"liveticker" | b"ticker")
}

/// What makes the "content" of an "article" something else than its text.
const NOT_BODY: Hints = Hints::RELATED
    .or(Hints::SHARE)
    .or(Hints::NAV)
    .or(Hints::COMMENTS)
    .or(Hints::FOOT)
    .or(Hints::AD)
    .or(Hints::SIGNUP)
    .or(Hints::TAGS)
    .or(Hints::CAPTION)
    .or(Hints::BIO)
    .or(Hints::META)
    .or(Hints::TITLE)
    .or(Hints::SIDE)
    .or(Hints::HEAD)
    .or(Hints::MEDIA)
    .or(Hints::LIST)
    .or(Hints::BYLINE)
    .or(Hints::DATE)
    .or(Hints::LEAD);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_into_words() {
        for name in [
            "related-news",
            "newsRelated",
            "x_related__box2",
            "box related",
        ] {
            assert!(of_name(name).any(Hints::RELATED), "{name}");
        }
    }

    #[test]
    fn words_that_machines_make_by_chance_do_not_count() {
        for name in [
            "jpYiwZ",
            "sc-1x9ad2",
            "css-nAdX",
            "eGjpKk",
            "block-VriA0d5x8D",
            "element-4a79d52",
        ] {
            assert_eq!(of_name(name), Hints::NONE, "{name}");
        }
        for name in [
            "ad-12",
            "articleAd",
            "adContainer",
            "adBox",
            "navBar",
            "top_ad",
            "ad",
        ] {
            assert!(of_name(name).any(Hints::AD | Hints::NAV), "{name}");
        }
    }

    #[test]
    fn two_words_that_name_the_text_as_one_do_so_apart() {
        for name in ["rich-text", "body_content", "mainContent", "bodyCopy"] {
            assert!(of_name(name).any(Hints::BODY), "{name}");
        }
    }

    #[test]
    fn a_word_inside_another_does_not_count() {
        assert!(!of_name("shadow gradient unrelatedly").any(Hints::AD | Hints::RELATED));
    }

    #[test]
    fn the_commentary_of_a_match_is_told_from_comments() {
        assert!(!of_name("live-match-comment-body").any(Hints::COMMENTS));
        assert!(of_name("comment-body").any(Hints::COMMENTS));
    }

    #[test]
    fn the_box_about_an_author_is_told_from_the_byline() {
        assert!(of_name("about-author").any(Hints::BIO));
        assert!(!of_name("author").any(Hints::BIO));
    }
}
