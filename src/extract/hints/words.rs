//! The words of names, and the table of what each suggests.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::Hints;

/// The longest word of the table.
const LONGEST_WORD: usize = 19;

/// A word of a name in lower case; empty when it is longer than any of the table.
#[derive(Clone, Copy)]
pub(super) struct Word {
    letters: [u8; LONGEST_WORD],
    length: usize,
    /// Whether a capital alone parts it from the word before.
    pub(super) is_attached: bool,
    /// Whether its neighbours say that it is a word at all: `jpYiwZ` and `x1ad9` are made by machines.
    pub(super) is_chance: bool,
}

impl Word {
    /// No word.
    pub(super) const NONE: Self = Self {
        letters: [0; LONGEST_WORD],
        length: 0,
        is_attached: false,
        is_chance: false,
    };

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.letters.get(..self.length).unwrap_or_default()
    }

    pub(super) fn hints(&self) -> Hints {
        if self.is_chance {
            return Hints::NONE;
        }
        lookup(self.as_bytes())
    }

    /// What two words mean as one: `navBar`, and `rich-text` and `body_content`, which name the text.
    pub(super) fn joined(&self, next: &Self) -> Hints {
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
pub(super) struct Words<'a> {
    rest: &'a [u8],
    /// The length of the word that has just ended, where nothing parts it from the next.
    attached_to: Option<usize>,
}

/// The longest word that machines make by chance often enough to matter.
const LONGEST_BY_CHANCE: usize = 3;

impl<'a> Words<'a> {
    pub(super) fn new(name: &'a str) -> Self {
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

pub(super) fn lookup(word: &[u8]) -> Hints {
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
}
