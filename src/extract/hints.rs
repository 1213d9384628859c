//! What the names that authors give to elements (class, id, role, itemprop) say about their content.
//!
//! Names are split into words (`article__body`, `relatedNews`, `post-content`), and the words looked up in
//! one table. The words are what publishers of many countries have in common; no name belongs to one site.

use std::collections::{BTreeMap, HashMap};
use std::ops::BitOr;
use std::sync::LazyLock;

use scraper::node::Element;

use super::tag::Tag;

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

/// The longest word of the table.
const LONGEST_WORD: usize = 19;

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
    // `has-sidebar` speaks of a neighbour, `overflow-hidden` of what sticks out.
    let is_of_neighbour = matches!(
        first.as_bytes(),
        b"has" | b"no" | b"with" | b"without" | b"overflow" | b"is"
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
            b"visually" | b"screen" | b"sr" | b"u" | b"js" | b"d"
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

/// A word of a name in lower case; empty when it is longer than any of the table.
#[derive(Clone, Copy)]
struct Word {
    letters: [u8; LONGEST_WORD],
    length: usize,
    /// Whether a capital alone parts it from the word before.
    is_attached: bool,
    /// Whether its neighbours say that it is a word at all: `jpYiwZ` and `x1ad9` are made by machines.
    is_chance: bool,
}

impl Word {
    /// No word.
    const NONE: Self = Self {
        letters: [0; LONGEST_WORD],
        length: 0,
        is_attached: false,
        is_chance: false,
    };

    fn as_bytes(&self) -> &[u8] {
        self.letters.get(..self.length).unwrap_or_default()
    }

    fn hints(&self) -> Hints {
        if self.is_chance {
            return Hints::NONE;
        }
        lookup(self.as_bytes())
    }

    /// What two words mean as one: `navBar`, and `rich-text` and `body_content`, which name the text.
    fn joined(&self, next: &Self) -> Hints {
        let mut both = *self;
        let end = self.length + next.length;
        let Some(rest) = both.letters.get_mut(self.length..end) else {
            return Hints::NONE;
        };
        rest.copy_from_slice(next.as_bytes());
        both.length = end;
        let hints = lookup(both.as_bytes());
        if next.is_attached && self.is_chance || hints.any(Hints::BODY) {
            hints
        } else {
            Hints::NONE
        }
    }
}

/// The words of a name: split where letters end and where a capital follows a small letter.
#[derive(Clone)]
struct Words<'a> {
    rest: &'a [u8],
    /// The length of the word that has just ended, where nothing parts it from the next.
    attached_to: Option<usize>,
}

/// The longest word that machines make by chance often enough to matter.
const LONGEST_BY_CHANCE: usize = 3;

impl<'a> Words<'a> {
    fn new(name: &'a str) -> Self {
        Self {
            rest: name.as_bytes(),
            attached_to: None,
        }
    }
}

impl Iterator for Words<'_> {
    type Item = Word;

    fn next(&mut self) -> Option<Word> {
        let start = self.rest.iter().position(u8::is_ascii_alphabetic)?;
        let before = self.rest.get(..start)?;
        let before = match before.last() {
            None => self.attached_to,
            Some(byte) if byte.is_ascii_digit() => Some(0),
            Some(_) => None,
        };
        let letters = self.rest.get(start..)?;
        let length = word_length(letters);
        let (found, rest) = letters.split_at_checked(length)?;
        self.rest = rest;
        let after = match rest.first() {
            Some(byte) if byte.is_ascii_alphabetic() => Some(word_length(rest)),
            Some(byte) if byte.is_ascii_digit() => Some(0),
            _ => None,
        };
        self.attached_to = Some(length);
        let is_short = |length: Option<usize>| length.is_some_and(|n| n <= LONGEST_BY_CHANCE);
        let mut word = Word {
            letters: [0; LONGEST_WORD],
            length: found.len(),
            is_attached: before.is_some_and(|length| length > 0),
            is_chance: length <= LONGEST_BY_CHANCE && (is_short(before) || is_short(after)),
        };
        for (slot, byte) in word.letters.iter_mut().zip(found) {
            *slot = byte.to_ascii_lowercase();
        }
        Some(word)
    }
}

/// The length of the word that a name begins with.
fn word_length(letters: &[u8]) -> usize {
    let ends = letters.windows(2).position(|pair| match pair {
        [this, next] => {
            !next.is_ascii_alphabetic() || next.is_ascii_uppercase() && this.is_ascii_lowercase()
        }
        _ => false,
    });
    ends.map_or(letters.len(), |last| last + 1)
}

fn lookup(word: &[u8]) -> Hints {
    let Some(bucket) = bucket(word).and_then(|bucket| TABLE.get(bucket)) else {
        return Hints::NONE;
    };
    bucket
        .iter()
        .find(|(known, _)| known.as_bytes() == word)
        .map_or(Hints::NONE, |(_, hints)| *hints)
}

/// Where a word stands in the table: by its length, its first letter and its last, so that few share a place.
fn bucket(word: &[u8]) -> Option<usize> {
    const LETTERS: usize = 26;
    let letter = |byte: &u8| Some(usize::from(byte.checked_sub(b'a')?)).filter(|at| *at < LETTERS);
    let first = letter(word.first()?)?;
    let last = letter(word.last()?)?;
    (word.len() <= LONGEST_WORD).then_some((word.len() * LETTERS + first) * 2 + last % 2)
}

/// The words of names, by what they suggest.
#[rustfmt::skip]
const WORDS: &[(Hints, &[&str])] = &[
    (Hints::BODY, &[
        "articlebody", "articlecontent", "articledetail", "articlemain", "articletext", "artikeltext", "bodycontent", "bodycopy", "bodytext", "brodtext",
        "contentbody", "contentdetail", "contenttext", "corpo", "cuerpo", "detailcontent", "entrycontent", "fliesstext", "fulltext", "maincontent",
        "newsbody", "newscontent", "newsdetail", "newstext", "postbody", "postcontent", "posttext", "prose", "richtext", "rte", "singlecontent", "storybody",
        "storycontent", "storytext", "textbody", "wysiwyg",
    ]),
    (Hints::ARTICLE, &[
        "article", "articles", "articolo", "articulo", "artigo", "artikel", "artykul", "beitrag", "blog", "blogpost", "clanek", "detail", "entry", "hentry",
        "news", "nota", "noticia", "notizia", "post", "reportage", "single", "story",
    ]),
    (Hints::CONTENT, &[
        "body", "contenido", "content", "contents", "contenu", "conteudo", "copy", "inhalt", "main", "obsah", "page", "paragraf", "paragraph", "paragraphs",
        "section", "tekst", "testo", "text", "texte", "texto", "tresc",
    ]),
    (Hints::LEAD, &[
        "abstract", "anleser", "anrisstext", "articleintro", "articlelead", "bajada", "bigode", "chapeau", "chapo", "copete", "dachzeile", "deck", "dek",
        "entradilla", "epigrafe", "excerpt", "headnote", "ingress", "intro", "introduction", "introtext", "kurzfassung", "lead", "leadtext", "lede",
        "ledetekst", "lid", "lure", "manchet", "perex", "preamble", "prologue", "resumen", "sapo", "sinopsis", "sommario", "standfirst", "standfirsts",
        "strapline", "subhead", "subheading", "subheadline", "subtitle", "subtitulo", "sumario", "summary", "teasertext", "underline", "underrubrik",
        "vorspann", "zajawka",
    ]),
    (Hints::TITLE, &[
        "articletitle", "entrytitle", "heading", "headline", "hed", "nadpis", "overskrift", "posttitle", "rubrik", "tieude", "titel", "title", "titolo",
        "titre", "titulo", "tytul",
    ]),
    (Hints::BYLINE, &[
        "articleauthor", "auteur", "auteurs", "author", "authored", "authorname", "authors", "autor", "autora", "autore", "autoren", "autori", "byline",
        "bylines", "contributor", "contributors", "creator", "firma", "firmante", "forfatter", "journalist", "journalists", "kirjoittaja", "postauthor",
        "redacteur", "reporter", "signatur", "signature", "skribent", "szerzo", "verfasser", "writer", "writers",
    ]),
    (Hints::BIO, &[
        "aboutauthor", "authorbio", "authorbox", "authorcard", "authordescription", "authorinfo", "authorprofile", "bio", "biography", "vcard",
    ]),
    (Hints::DATE, &[
        "articledate", "created", "data", "datapubblicazione", "date", "dateline", "dates", "datestamp", "datetime", "datum", "entrydate", "erschienen",
        "fecha", "postdate", "posted", "postedon", "pubdate", "publication", "publishdate", "publishdatetime", "published", "publishedtime", "publishtime",
        "time", "timestamp", "uhrzeit", "veroeffentlicht",
    ]),
    (Hints::META, &[
        "articlemeta", "entrymeta", "info", "infoline", "infos", "meta", "metadata", "metainfo", "minutes", "postmeta", "reading", "readingtime", "readtime",
        "viewcount", "views",
    ]),
    (Hints::CAPTION, &[
        "bildquelle", "bildtext", "bildunterschrift", "caption", "captions", "copyrights", "credit", "credits", "didascalia", "figcaption", "figcaptions",
        "imagecaption", "imagecredit", "imageinfo", "imgcaption", "legenda", "legende", "leyenda", "mediacaption", "photocaption", "photocredit",
        "photographer", "piccaption", "pictures",
    ]),
    (Hints::MEDIA, &[
        "audio", "bildergalerie", "diaporama", "galerie", "galleries", "gallery", "jwplayer", "lightboxgallery", "photogallery", "player", "podcast",
        "slideshow", "video", "videoplayer",
    ]),
    (Hints::RELATED, &[
        "also", "alsoread", "articlelist", "auch", "bestof", "card", "cards", "carousel", "crosslink", "crosslinks", "discover", "docthem", "furtherreading",
        "inlinelink", "inlineteaser", "interlink", "internallink", "latest", "leiatambem", "lesenauch", "lesetipp", "lienquan", "linkbox", "linklist",
        "linkteaser", "loop", "mehr", "more", "morenews", "moreon", "mostpopular", "mostread", "mostviewed", "newslist", "nextarticle", "nextprev", "onward",
        "outbrain", "pager", "pagination", "paging", "plista", "popular", "postlist", "postnav", "posts", "prev", "prevarticle", "previous", "prevnext",
        "promo", "promobox", "promos", "readalso", "readmore", "readnext", "readtoo", "recent", "recirc", "recirculation", "recommend", "recommendation",
        "recommendations", "recommended", "recommendedarticles", "recommendeds", "recommends", "relacionada", "relacionadas", "relacionado", "relacionados",
        "related", "relatedarticles", "relatednews", "relatedposts", "relateds", "revcontent", "seealso", "similaires", "similar", "slick", "spotim",
        "suggested", "suggestions", "swiper", "taboola", "taboolabox", "teaser", "teasers", "ticker", "tiepdocthem", "tinlienquan", "topnews", "topstories",
        "trending", "upnext", "verwandte", "weiterlesen", "xlinks", "zergnet",
    ]),
    (Hints::LIST, &[
        "archive", "feed", "index", "list", "listing", "results", "stream",
    ]),
    (Hints::SIDE, &[
        "aside", "complementary", "infobox", "leftcol", "leftcolumn", "leftrail", "marginalspalte", "rightcol", "rightcolumn", "rightrail", "secondary",
        "sidebar", "sidebox", "sidecolumn", "sidewidget", "textwidget",
    ]),
    (Hints::SHARE, &[
        "actionbar", "addthis", "addtoany", "audioplayer", "bookmark", "bookmarked", "bookmarks", "buttongroup", "compartilhar", "compartir", "condividi",
        "copylink", "facebook", "follow", "followus", "fontsize", "jp", "like", "likes", "linkedin", "listen", "partager", "pinterest", "print",
        "printbutton", "rating", "ratings", "reactions", "sdsharing", "share", "sharebar", "sharebuttons", "sharedaddy", "shareit", "shares", "sharethis",
        "sharetools", "sharing", "social", "socialbar", "socialmedia", "socials", "socialshare", "teilen", "telegram", "textsize", "toolbar", "twitter",
        "udostepnij", "vote", "votes", "voting", "whatsapp",
    ]),
    (Hints::NAV, &[
        "ariane", "breadcrumb", "breadcrumbs", "brotkrumen", "burger", "crumb", "crumbs", "dropdown", "eztoc", "hamburger", "logo", "masthead", "mega",
        "megamenu", "menu", "menus", "nav", "navbar", "navi", "navigation", "offcanvas", "pagetop", "sitemap", "skiplink", "skiplinks", "skipnav", "slogan",
        "submenu", "subnav", "tableofcontents", "tagline", "topbar", "utility",
    ]),
    (Hints::HEAD, &[
        "articleheader", "head", "header", "hero", "kopf",
    ]),
    (Hints::FOOT, &[
        "colophon", "contactinfo", "copyright", "disclaimer", "foot", "footer", "footernav", "impressum", "imprint", "legal",
    ]),
    (Hints::COMMENTS, &[
        "akismet", "comentario", "comentarios", "comment", "commentaire", "commentaires", "commentary", "commenter", "commentform", "commenti", "commentlist",
        "comments", "commentsection", "coral", "discussion", "disqus", "fbcomments", "feedback", "forum", "guestbook", "kommentar", "kommentare",
        "kommentarer", "leserbriefe", "livefyre", "replies", "reply", "respond", "usercomments",
    ]),
    (Hints::TAGS, &[
        "categories", "catlinks", "etiquetas", "hashtags", "kategorie", "kategorien", "keyword", "keywords", "posttag", "posttags", "schlagworte", "tagcloud",
        "tagged", "taglist", "tags", "taxonomy", "temas", "themen", "topics",
    ]),
    (Hints::AD, &[
        "ad", "adblock", "adbox", "adcontainer", "ads", "adsense", "adslot", "adunit", "advert", "advertisement", "advertising", "advertorial", "adverts",
        "adwrapper", "affiliate", "anzeige", "banner", "banners", "commercial", "dfp", "googlead", "gpt", "partner", "partners", "productlist", "promotion",
        "publicidad", "publicite", "reklama", "reklame", "sponsor", "sponsored", "sponsors", "werbung",
    ]),
    (Hints::CONSENT, &[
        "ccpa", "consent", "cookie", "cookiebanner", "cookieconsent", "cookies", "datenschutz", "didomi", "gdpr", "onetrust", "privacy", "privacypolicy",
        "usercentrics",
    ]),
    (Hints::SIGNUP, &[
        "contactform", "emailform", "emailthis", "mailform", "mailto", "sendmail", "sendtofriend", "tellafriend", "validation",
        "poll", "polls", "quiz", "survey", "umfrage", "encuesta", "sondage", "sondaggio", "anketa",
        "abo", "abonnement", "captcha", "cta", "donate", "donation", "forms", "gform", "lightbox", "login", "mailchimp", "membership", "modal",
        "newsletter", "newsletters", "notice", "optin", "overlay", "piano", "popup", "register", "registration", "regwall", "search", "searchform", "signin",
        "signup", "subscribe", "subscriber", "subscription", "subscriptions", "upsell", "webform",
    ]),
    (Hints::PAYWALL, &[
        "gated", "metered", "paidcontent", "paygate", "paywall", "piano", "pluswall", "regwall",
    ]),
    (Hints::HIDDEN, &[
        "accessibility", "assistive", "drawer", "hidden", "hide", "invisible", "offscreen", "screenreader", "sronly", "tooltip", "tooltips", "visuallyhidden",
    ]),
];

/// The words, each with all that it suggests, by [`bucket`].
static TABLE: LazyLock<Vec<Vec<(&str, Hints)>>> = LazyLock::new(|| {
    let mut all: BTreeMap<&str, Hints> = BTreeMap::new();
    for (hints, words) in WORDS {
        for word in *words {
            let known = all.entry(word).or_default();
            *known = *known | *hints;
        }
    }
    let mut table: Vec<Vec<(&str, Hints)>> = Vec::new();
    for (word, hints) in all {
        let Some(bucket) = bucket(word.as_bytes()) else {
            continue;
        };
        if table.len() <= bucket {
            table.resize_with(bucket + 1, Vec::new);
        }
        if let Some(bucket) = table.get_mut(bucket) {
            bucket.push((word, hints));
        }
    }
    table
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_is_longer_than_what_is_compared() {
        let words = WORDS.iter().flat_map(|(_, words)| *words);
        assert_eq!(words.map(|word| word.len()).max(), Some(LONGEST_WORD));
    }

    #[test]
    fn every_word_is_found() {
        for (hints, words) in WORDS {
            for word in *words {
                assert!(lookup(word.as_bytes()).any(*hints), "{word}");
            }
        }
    }

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
