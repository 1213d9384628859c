//! What the names that authors give to elements (class, id, role, itemprop) say about their content.
//!
//! Names are split into words (`article__body`, `relatedNews`, `post-content`), and the words looked up in
//! one table. The words are what publishers of many countries have in common; no name belongs to one site.

use std::ops::BitOr;

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
    fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }
}

impl BitOr for Hints {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
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
const LONGEST_WORD: usize = 20;

/// Reads one name: `article__body`, `relatedNews`.
fn of_part(name: &str) -> Hints {
    let mut words = Words::new(name);
    let Some(first) = words.next() else {
        return Hints::NONE;
    };
    // `has-sidebar` speaks of a neighbour, `overflow-hidden` of what sticks out.
    if matches!(
        first.as_bytes(),
        b"has" | b"no" | b"with" | b"without" | b"overflow" | b"is"
    ) && words.clone().next().is_some()
    {
        return Hints::NONE;
    }
    let mut hints = first.hints();
    let mut previous = first;
    let mut only_hides = words.clone().next().is_none()
        || matches!(
            first.as_bytes(),
            b"visually" | b"screen" | b"sr" | b"u" | b"js" | b"d"
        );
    for word in words {
        let found = word.hints();
        // "about" alone names a page; "about-author" the box below an article.
        if previous.as_bytes() == b"about" && found.any(Hints::BYLINE) {
            hints = hints | Hints::BIO;
        }
        hints = hints | found;
        only_hides &=
            found.any(Hints::HIDDEN) || matches!(word.as_bytes(), b"text" | b"only" | b"reader");
        previous = word;
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
}

impl Word {
    fn as_bytes(&self) -> &[u8] {
        self.letters.get(..self.length).unwrap_or_default()
    }

    fn hints(&self) -> Hints {
        lookup(self.as_bytes())
    }
}

/// The words of a name: split where letters end and where a capital follows a small letter.
#[derive(Clone)]
struct Words<'a> {
    rest: &'a [u8],
}

impl<'a> Words<'a> {
    fn new(name: &'a str) -> Self {
        Self {
            rest: name.as_bytes(),
        }
    }
}

impl Iterator for Words<'_> {
    type Item = Word;

    fn next(&mut self) -> Option<Word> {
        let start = self.rest.iter().position(u8::is_ascii_alphabetic)?;
        let letters = self.rest.get(start..)?;
        let length = letters
            .iter()
            .enumerate()
            .position(|(index, byte)| {
                !byte.is_ascii_alphabetic()
                    || (byte.is_ascii_uppercase()
                        && index
                            .checked_sub(1)
                            .and_then(|before| letters.get(before))
                            .is_some_and(u8::is_ascii_lowercase))
            })
            .unwrap_or(letters.len());
        let (found, rest) = letters.split_at_checked(length)?;
        self.rest = rest;
        let mut word = Word {
            letters: [0; LONGEST_WORD],
            length: found.len(),
        };
        for (slot, byte) in word.letters.iter_mut().zip(found) {
            *slot = byte.to_ascii_lowercase();
        }
        Some(word)
    }
}

fn lookup(word: &[u8]) -> Hints {
    WORDS
        .binary_search_by(|(known, _)| known.as_bytes().cmp(word))
        .ok()
        .and_then(|index| WORDS.get(index))
        .map_or(Hints::NONE, |(_, hints)| *hints)
}

/// Words in names, sorted.
const WORDS: &[(&str, Hints)] = &[
    ("abo", Hints::SIGNUP),
    ("abonnement", Hints::SIGNUP),
    ("aboutauthor", Hints::BIO),
    ("abstract", Hints::LEAD),
    ("accessibility", Hints::HIDDEN),
    ("actionbar", Hints::SHARE),
    ("ad", Hints::AD),
    ("adblock", Hints::AD),
    ("adbox", Hints::AD),
    ("adcontainer", Hints::AD),
    ("addthis", Hints::SHARE),
    ("addtoany", Hints::SHARE),
    ("ads", Hints::AD),
    ("adsense", Hints::AD),
    ("adslot", Hints::AD),
    ("adunit", Hints::AD),
    ("advert", Hints::AD),
    ("advertisement", Hints::AD),
    ("advertising", Hints::AD),
    ("advertorial", Hints::AD),
    ("adverts", Hints::AD),
    ("adwrapper", Hints::AD),
    ("affiliate", Hints::AD),
    ("akismet", Hints::COMMENTS),
    ("also", Hints::RELATED),
    ("alsoread", Hints::RELATED),
    ("anleser", Hints::LEAD),
    ("anrisstext", Hints::LEAD),
    ("anzeige", Hints::AD),
    ("archive", Hints::LIST),
    ("ariane", Hints::NAV),
    ("article", Hints::ARTICLE),
    ("articleauthor", Hints::BYLINE),
    ("articlebody", Hints::BODY),
    ("articlecontent", Hints::BODY),
    ("articledate", Hints::DATE),
    ("articledetail", Hints::BODY),
    ("articleheader", Hints::HEAD),
    ("articleintro", Hints::LEAD),
    ("articlelead", Hints::LEAD),
    ("articlelist", Hints::RELATED),
    ("articlemain", Hints::BODY),
    ("articlemeta", Hints::META),
    ("articles", Hints::ARTICLE),
    ("articletext", Hints::BODY),
    ("articletitle", Hints::TITLE),
    ("articolo", Hints::ARTICLE),
    ("articulo", Hints::ARTICLE),
    ("artigo", Hints::ARTICLE),
    ("artikel", Hints::ARTICLE),
    ("artikeltext", Hints::BODY),
    ("artykul", Hints::ARTICLE),
    ("aside", Hints::SIDE),
    ("assistive", Hints::HIDDEN),
    ("auch", Hints::RELATED),
    ("audio", Hints::MEDIA),
    ("audioplayer", Hints::SHARE),
    ("auteur", Hints::BYLINE),
    ("auteurs", Hints::BYLINE),
    ("author", Hints::BYLINE),
    ("authorbio", Hints::BIO),
    ("authorbox", Hints::BIO),
    ("authorcard", Hints::BIO),
    ("authordescription", Hints::BIO),
    ("authored", Hints::BYLINE),
    ("authorinfo", Hints::BIO),
    ("authorname", Hints::BYLINE),
    ("authorprofile", Hints::BIO),
    ("authors", Hints::BYLINE),
    ("autor", Hints::BYLINE),
    ("autora", Hints::BYLINE),
    ("autore", Hints::BYLINE),
    ("autoren", Hints::BYLINE),
    ("autori", Hints::BYLINE),
    ("bajada", Hints::LEAD),
    ("banner", Hints::AD),
    ("banners", Hints::AD),
    ("beitrag", Hints::ARTICLE),
    ("bestof", Hints::RELATED),
    ("bigode", Hints::LEAD),
    ("bildergalerie", Hints::MEDIA),
    ("bildquelle", Hints::CAPTION),
    ("bildtext", Hints::CAPTION),
    ("bildunterschrift", Hints::CAPTION),
    ("bio", Hints::BIO),
    ("biography", Hints::BIO),
    ("blog", Hints::ARTICLE),
    ("blogpost", Hints::ARTICLE),
    ("body", Hints::CONTENT),
    ("bodycontent", Hints::BODY),
    ("bodycopy", Hints::BODY),
    ("bodytext", Hints::BODY),
    ("bookmark", Hints::SHARE),
    ("bookmarked", Hints::SHARE),
    ("bookmarks", Hints::SHARE),
    ("breadcrumb", Hints::NAV),
    ("breadcrumbs", Hints::NAV),
    ("brodtext", Hints::BODY),
    ("brotkrumen", Hints::NAV),
    ("burger", Hints::NAV),
    ("buttongroup", Hints::SHARE),
    ("byline", Hints::BYLINE),
    ("bylines", Hints::BYLINE),
    ("captcha", Hints::SIGNUP),
    ("caption", Hints::CAPTION),
    ("captions", Hints::CAPTION),
    ("card", Hints::RELATED),
    ("cards", Hints::RELATED),
    ("carousel", Hints::RELATED),
    ("categories", Hints::TAGS),
    ("catlinks", Hints::TAGS),
    ("ccpa", Hints::CONSENT),
    ("chapeau", Hints::LEAD),
    ("chapo", Hints::LEAD),
    ("clanek", Hints::ARTICLE),
    ("colophon", Hints::FOOT),
    ("comentario", Hints::COMMENTS),
    ("comentarios", Hints::COMMENTS),
    ("comment", Hints::COMMENTS),
    ("commentaire", Hints::COMMENTS),
    ("commentaires", Hints::COMMENTS),
    ("commentary", Hints::COMMENTS),
    ("commenter", Hints::COMMENTS),
    ("commentform", Hints::COMMENTS),
    ("commenti", Hints::COMMENTS),
    ("commentlist", Hints::COMMENTS),
    ("comments", Hints::COMMENTS),
    ("commentsection", Hints::COMMENTS),
    ("commercial", Hints::AD),
    ("compartilhar", Hints::SHARE),
    ("compartir", Hints::SHARE),
    ("complementary", Hints::SIDE),
    ("condividi", Hints::SHARE),
    ("consent", Hints::CONSENT),
    ("contactform", Hints::SIGNUP),
    ("contactinfo", Hints::FOOT),
    ("contenido", Hints::CONTENT),
    ("content", Hints::CONTENT),
    ("contentbody", Hints::BODY),
    ("contentdetail", Hints::BODY),
    ("contents", Hints::CONTENT),
    ("contenttext", Hints::BODY),
    ("contenu", Hints::CONTENT),
    ("conteudo", Hints::CONTENT),
    ("contributor", Hints::BYLINE),
    ("contributors", Hints::BYLINE),
    ("cookie", Hints::CONSENT),
    ("cookiebanner", Hints::CONSENT),
    ("cookieconsent", Hints::CONSENT),
    ("cookies", Hints::CONSENT),
    ("copete", Hints::LEAD),
    ("copy", Hints::CONTENT),
    ("copylink", Hints::SHARE),
    ("copyright", Hints::FOOT),
    ("copyrights", Hints::CAPTION),
    ("coral", Hints::COMMENTS),
    ("corpo", Hints::BODY),
    ("created", Hints::DATE),
    ("creator", Hints::BYLINE),
    ("credit", Hints::CAPTION),
    ("credits", Hints::CAPTION),
    ("crosslink", Hints::RELATED),
    ("crosslinks", Hints::RELATED),
    ("crumb", Hints::NAV),
    ("crumbs", Hints::NAV),
    ("cta", Hints::SIGNUP),
    ("cuerpo", Hints::BODY),
    ("dachzeile", Hints::LEAD),
    ("data", Hints::DATE),
    ("datapubblicazione", Hints::DATE),
    ("date", Hints::DATE),
    ("dateline", Hints::DATE),
    ("datenschutz", Hints::CONSENT),
    ("dates", Hints::DATE),
    ("datestamp", Hints::DATE),
    ("datetime", Hints::DATE),
    ("datum", Hints::DATE),
    ("deck", Hints::LEAD),
    ("dek", Hints::LEAD),
    ("detail", Hints::ARTICLE),
    ("detailcontent", Hints::BODY),
    ("dfp", Hints::AD),
    ("diaporama", Hints::MEDIA),
    ("didascalia", Hints::CAPTION),
    ("didomi", Hints::CONSENT),
    ("disclaimer", Hints::FOOT),
    ("discover", Hints::RELATED),
    ("discussion", Hints::COMMENTS),
    ("disqus", Hints::COMMENTS),
    ("docthem", Hints::RELATED),
    ("donate", Hints::SIGNUP),
    ("donation", Hints::SIGNUP),
    ("drawer", Hints::HIDDEN),
    ("dropdown", Hints::NAV),
    ("entradilla", Hints::LEAD),
    ("entry", Hints::ARTICLE),
    ("entrycontent", Hints::BODY),
    ("entrydate", Hints::DATE),
    ("entrymeta", Hints::META),
    ("entrytitle", Hints::TITLE),
    ("epigrafe", Hints::LEAD),
    ("erschienen", Hints::DATE),
    ("etiquetas", Hints::TAGS),
    ("excerpt", Hints::LEAD),
    ("eztoc", Hints::NAV),
    ("facebook", Hints::SHARE),
    ("fbcomments", Hints::COMMENTS),
    ("fecha", Hints::DATE),
    ("feed", Hints::LIST),
    ("feedback", Hints::COMMENTS),
    ("figcaption", Hints::CAPTION),
    ("figcaptions", Hints::CAPTION),
    ("firma", Hints::BYLINE),
    ("firmante", Hints::BYLINE),
    ("fliesstext", Hints::BODY),
    ("follow", Hints::SHARE),
    ("followus", Hints::SHARE),
    ("fontsize", Hints::SHARE),
    ("foot", Hints::FOOT),
    ("footer", Hints::FOOT),
    ("footernav", Hints::FOOT),
    ("forfatter", Hints::BYLINE),
    ("forms", Hints::SIGNUP),
    ("forum", Hints::COMMENTS),
    ("fulltext", Hints::BODY),
    ("furtherreading", Hints::RELATED),
    ("galerie", Hints::MEDIA),
    ("galleries", Hints::MEDIA),
    ("gallery", Hints::MEDIA),
    ("gdpr", Hints::CONSENT),
    ("gform", Hints::SIGNUP),
    ("googlead", Hints::AD),
    ("gpt", Hints::AD),
    ("guestbook", Hints::COMMENTS),
    ("hamburger", Hints::NAV),
    ("hashtags", Hints::TAGS),
    ("head", Hints::HEAD),
    ("header", Hints::HEAD),
    ("heading", Hints::TITLE),
    ("headline", Hints::TITLE),
    ("headnote", Hints::LEAD),
    ("hed", Hints::TITLE),
    ("hentry", Hints::ARTICLE),
    ("hero", Hints::HEAD),
    ("hidden", Hints::HIDDEN),
    ("hide", Hints::HIDDEN),
    ("imagecaption", Hints::CAPTION),
    ("imagecredit", Hints::CAPTION),
    ("imageinfo", Hints::CAPTION),
    ("imgcaption", Hints::CAPTION),
    ("impressum", Hints::FOOT),
    ("imprint", Hints::FOOT),
    ("index", Hints::LIST),
    ("info", Hints::META),
    ("infobox", Hints::SIDE),
    ("infoline", Hints::META),
    ("infos", Hints::META),
    ("ingress", Hints::LEAD),
    ("inhalt", Hints::CONTENT),
    ("inlinelink", Hints::RELATED),
    ("inlineteaser", Hints::RELATED),
    ("interlink", Hints::RELATED),
    ("internallink", Hints::RELATED),
    ("intro", Hints::LEAD),
    ("introduction", Hints::LEAD),
    ("introtext", Hints::LEAD),
    ("invisible", Hints::HIDDEN),
    ("journalist", Hints::BYLINE),
    ("journalists", Hints::BYLINE),
    ("jp", Hints::SHARE),
    ("jwplayer", Hints::MEDIA),
    ("kategorie", Hints::TAGS),
    ("kategorien", Hints::TAGS),
    ("keyword", Hints::TAGS),
    ("keywords", Hints::TAGS),
    ("kirjoittaja", Hints::BYLINE),
    ("kommentar", Hints::COMMENTS),
    ("kommentare", Hints::COMMENTS),
    ("kommentarer", Hints::COMMENTS),
    ("kopf", Hints::HEAD),
    ("kurzfassung", Hints::LEAD),
    ("latest", Hints::RELATED),
    ("lead", Hints::LEAD),
    ("leadtext", Hints::LEAD),
    ("lede", Hints::LEAD),
    ("ledetekst", Hints::LEAD),
    ("leftcol", Hints::SIDE),
    ("leftcolumn", Hints::SIDE),
    ("leftrail", Hints::SIDE),
    ("legal", Hints::FOOT),
    ("legenda", Hints::CAPTION),
    ("legende", Hints::CAPTION),
    ("leiatambem", Hints::RELATED),
    ("lesenauch", Hints::RELATED),
    ("leserbriefe", Hints::COMMENTS),
    ("lesetipp", Hints::RELATED),
    ("leyenda", Hints::CAPTION),
    ("lid", Hints::LEAD),
    ("lienquan", Hints::RELATED),
    ("lightbox", Hints::SIGNUP),
    ("lightboxgallery", Hints::MEDIA),
    ("like", Hints::SHARE),
    ("likes", Hints::SHARE),
    ("linkbox", Hints::RELATED),
    ("linkedin", Hints::SHARE),
    ("linklist", Hints::RELATED),
    ("linkteaser", Hints::RELATED),
    ("list", Hints::LIST),
    ("listen", Hints::SHARE),
    ("listing", Hints::LIST),
    ("livefyre", Hints::COMMENTS),
    ("login", Hints::SIGNUP),
    ("logo", Hints::NAV),
    ("loop", Hints::RELATED),
    ("lure", Hints::LEAD),
    ("mailchimp", Hints::SIGNUP),
    ("main", Hints::CONTENT),
    ("maincontent", Hints::BODY),
    ("manchet", Hints::LEAD),
    ("marginalspalte", Hints::SIDE),
    ("masthead", Hints::NAV),
    ("mediacaption", Hints::CAPTION),
    ("mega", Hints::NAV),
    ("megamenu", Hints::NAV),
    ("mehr", Hints::RELATED),
    ("membership", Hints::SIGNUP),
    ("menu", Hints::NAV),
    ("menus", Hints::NAV),
    ("meta", Hints::META),
    ("metadata", Hints::META),
    ("metainfo", Hints::META),
    ("minutes", Hints::META),
    ("modal", Hints::SIGNUP),
    ("more", Hints::RELATED),
    ("morenews", Hints::RELATED),
    ("moreon", Hints::RELATED),
    ("mostpopular", Hints::RELATED),
    ("mostread", Hints::RELATED),
    ("mostviewed", Hints::RELATED),
    ("nadpis", Hints::TITLE),
    ("nav", Hints::NAV),
    ("navbar", Hints::NAV),
    ("navi", Hints::NAV),
    ("navigation", Hints::NAV),
    ("news", Hints::ARTICLE),
    ("newsbody", Hints::BODY),
    ("newscontent", Hints::BODY),
    ("newsdetail", Hints::BODY),
    ("newsletter", Hints::SIGNUP),
    ("newsletters", Hints::SIGNUP),
    ("newslist", Hints::RELATED),
    ("newstext", Hints::BODY),
    ("nextarticle", Hints::RELATED),
    ("nextprev", Hints::RELATED),
    ("nota", Hints::ARTICLE),
    ("notice", Hints::SIGNUP),
    ("noticia", Hints::ARTICLE),
    ("notizia", Hints::ARTICLE),
    ("obsah", Hints::CONTENT),
    ("offcanvas", Hints::NAV),
    ("offscreen", Hints::HIDDEN),
    ("onetrust", Hints::CONSENT),
    ("onward", Hints::RELATED),
    ("optin", Hints::SIGNUP),
    ("outbrain", Hints::RELATED),
    ("overlay", Hints::SIGNUP),
    ("overskrift", Hints::TITLE),
    ("page", Hints::CONTENT),
    ("pager", Hints::RELATED),
    ("pagetop", Hints::NAV),
    ("pagination", Hints::RELATED),
    ("paging", Hints::RELATED),
    ("paragraf", Hints::CONTENT),
    ("paragraph", Hints::CONTENT),
    ("paragraphs", Hints::CONTENT),
    ("partager", Hints::SHARE),
    ("partner", Hints::AD),
    ("partners", Hints::AD),
    ("perex", Hints::LEAD),
    ("photocaption", Hints::CAPTION),
    ("photocredit", Hints::CAPTION),
    ("photogallery", Hints::MEDIA),
    ("photographer", Hints::CAPTION),
    ("piano", Hints::SIGNUP),
    ("piccaption", Hints::CAPTION),
    ("pictures", Hints::CAPTION),
    ("pinterest", Hints::SHARE),
    ("player", Hints::MEDIA),
    ("plista", Hints::RELATED),
    ("podcast", Hints::MEDIA),
    ("popular", Hints::RELATED),
    ("popup", Hints::SIGNUP),
    ("post", Hints::ARTICLE),
    ("postauthor", Hints::BYLINE),
    ("postbody", Hints::BODY),
    ("postcontent", Hints::BODY),
    ("postdate", Hints::DATE),
    ("posted", Hints::DATE),
    ("postedon", Hints::DATE),
    ("postlist", Hints::RELATED),
    ("postmeta", Hints::META),
    ("postnav", Hints::RELATED),
    ("posts", Hints::RELATED),
    ("posttag", Hints::TAGS),
    ("posttags", Hints::TAGS),
    ("posttext", Hints::BODY),
    ("posttitle", Hints::TITLE),
    ("preamble", Hints::LEAD),
    ("prev", Hints::RELATED),
    ("prevarticle", Hints::RELATED),
    ("previous", Hints::RELATED),
    ("prevnext", Hints::RELATED),
    ("print", Hints::SHARE),
    ("printbutton", Hints::SHARE),
    ("privacy", Hints::CONSENT),
    ("privacypolicy", Hints::CONSENT),
    ("productlist", Hints::AD),
    ("prologue", Hints::LEAD),
    ("promo", Hints::RELATED),
    ("promobox", Hints::RELATED),
    ("promos", Hints::RELATED),
    ("promotion", Hints::AD),
    ("prose", Hints::BODY),
    ("pubdate", Hints::DATE),
    ("publication", Hints::DATE),
    ("publicidad", Hints::AD),
    ("publicite", Hints::AD),
    ("publishdate", Hints::DATE),
    ("publishdatetime", Hints::DATE),
    ("published", Hints::DATE),
    ("publishedtime", Hints::DATE),
    ("publishtime", Hints::DATE),
    ("rating", Hints::SHARE),
    ("ratings", Hints::SHARE),
    ("reactions", Hints::SHARE),
    ("readalso", Hints::RELATED),
    ("reading", Hints::META),
    ("readingtime", Hints::META),
    ("readmore", Hints::RELATED),
    ("readnext", Hints::RELATED),
    ("readtime", Hints::META),
    ("readtoo", Hints::RELATED),
    ("recent", Hints::RELATED),
    ("recirc", Hints::RELATED),
    ("recirculation", Hints::RELATED),
    ("recommend", Hints::RELATED),
    ("recommendation", Hints::RELATED),
    ("recommendations", Hints::RELATED),
    ("recommended", Hints::RELATED),
    ("recommendedarticles", Hints::RELATED),
    ("recommendeds", Hints::RELATED),
    ("recommends", Hints::RELATED),
    ("redacteur", Hints::BYLINE),
    ("register", Hints::SIGNUP),
    ("registration", Hints::SIGNUP),
    ("regwall", Hints::SIGNUP),
    ("reklama", Hints::AD),
    ("reklame", Hints::AD),
    ("relacionada", Hints::RELATED),
    ("relacionadas", Hints::RELATED),
    ("relacionado", Hints::RELATED),
    ("relacionados", Hints::RELATED),
    ("related", Hints::RELATED),
    ("relatedarticles", Hints::RELATED),
    ("relatednews", Hints::RELATED),
    ("relatedposts", Hints::RELATED),
    ("relateds", Hints::RELATED),
    ("replies", Hints::COMMENTS),
    ("reply", Hints::COMMENTS),
    ("reportage", Hints::ARTICLE),
    ("reporter", Hints::BYLINE),
    ("respond", Hints::COMMENTS),
    ("results", Hints::LIST),
    ("resumen", Hints::LEAD),
    ("revcontent", Hints::RELATED),
    ("richtext", Hints::BODY),
    ("rightcol", Hints::SIDE),
    ("rightcolumn", Hints::SIDE),
    ("rightrail", Hints::SIDE),
    ("rte", Hints::BODY),
    ("rubrik", Hints::TITLE),
    ("sapo", Hints::LEAD),
    ("schlagworte", Hints::TAGS),
    ("screenreader", Hints::HIDDEN),
    ("sdsharing", Hints::SHARE),
    ("search", Hints::SIGNUP),
    ("searchform", Hints::SIGNUP),
    ("secondary", Hints::SIDE),
    ("section", Hints::CONTENT),
    ("seealso", Hints::RELATED),
    ("share", Hints::SHARE),
    ("sharebar", Hints::SHARE),
    ("sharebuttons", Hints::SHARE),
    ("sharedaddy", Hints::SHARE),
    ("shareit", Hints::SHARE),
    ("shares", Hints::SHARE),
    ("sharethis", Hints::SHARE),
    ("sharetools", Hints::SHARE),
    ("sharing", Hints::SHARE),
    ("sidebar", Hints::SIDE),
    ("sidebox", Hints::SIDE),
    ("sidecolumn", Hints::SIDE),
    ("sidewidget", Hints::SIDE),
    ("signatur", Hints::BYLINE),
    ("signature", Hints::BYLINE),
    ("signin", Hints::SIGNUP),
    ("signup", Hints::SIGNUP),
    ("similaires", Hints::RELATED),
    ("similar", Hints::RELATED),
    ("single", Hints::ARTICLE),
    ("singlecontent", Hints::BODY),
    ("sinopsis", Hints::LEAD),
    ("sitemap", Hints::NAV),
    ("skiplink", Hints::NAV),
    ("skiplinks", Hints::NAV),
    ("skipnav", Hints::NAV),
    ("skribent", Hints::BYLINE),
    ("slick", Hints::RELATED),
    ("slideshow", Hints::MEDIA),
    ("slogan", Hints::NAV),
    ("social", Hints::SHARE),
    ("socialbar", Hints::SHARE),
    ("socialmedia", Hints::SHARE),
    ("socials", Hints::SHARE),
    ("socialshare", Hints::SHARE),
    ("sommario", Hints::LEAD),
    ("sponsor", Hints::AD),
    ("sponsored", Hints::AD),
    ("sponsors", Hints::AD),
    ("spotim", Hints::RELATED),
    ("sronly", Hints::HIDDEN),
    ("standfirst", Hints::LEAD),
    ("standfirsts", Hints::LEAD),
    ("story", Hints::ARTICLE),
    ("storybody", Hints::BODY),
    ("storycontent", Hints::BODY),
    ("storytext", Hints::BODY),
    ("strapline", Hints::LEAD),
    ("stream", Hints::LIST),
    ("subhead", Hints::LEAD),
    ("subheading", Hints::LEAD),
    ("subheadline", Hints::LEAD),
    ("submenu", Hints::NAV),
    ("subnav", Hints::NAV),
    ("subscribe", Hints::SIGNUP),
    ("subscriber", Hints::SIGNUP),
    ("subscription", Hints::SIGNUP),
    ("subscriptions", Hints::SIGNUP),
    ("subtitle", Hints::LEAD),
    ("subtitulo", Hints::LEAD),
    ("suggested", Hints::RELATED),
    ("suggestions", Hints::RELATED),
    ("sumario", Hints::LEAD),
    ("summary", Hints::LEAD),
    ("swiper", Hints::RELATED),
    ("szerzo", Hints::BYLINE),
    ("tableofcontents", Hints::NAV),
    ("taboola", Hints::RELATED),
    ("taboolabox", Hints::RELATED),
    ("tagcloud", Hints::TAGS),
    ("tagged", Hints::TAGS),
    ("tagline", Hints::NAV),
    ("taglist", Hints::TAGS),
    ("tags", Hints::TAGS),
    ("taxonomy", Hints::TAGS),
    ("teaser", Hints::RELATED),
    ("teasers", Hints::RELATED),
    ("teasertext", Hints::LEAD),
    ("teilen", Hints::SHARE),
    ("tekst", Hints::CONTENT),
    ("telegram", Hints::SHARE),
    ("temas", Hints::TAGS),
    ("testo", Hints::CONTENT),
    ("text", Hints::CONTENT),
    ("textbody", Hints::BODY),
    ("texte", Hints::CONTENT),
    ("texto", Hints::CONTENT),
    ("textsize", Hints::SHARE),
    ("textwidget", Hints::SIDE),
    ("themen", Hints::TAGS),
    ("ticker", Hints::RELATED),
    ("tiepdocthem", Hints::RELATED),
    ("tieude", Hints::TITLE),
    ("time", Hints::DATE),
    ("timestamp", Hints::DATE),
    ("tinlienquan", Hints::RELATED),
    ("titel", Hints::TITLE),
    ("title", Hints::TITLE),
    ("titolo", Hints::TITLE),
    ("titre", Hints::TITLE),
    ("titulo", Hints::TITLE),
    ("toolbar", Hints::SHARE),
    ("tooltip", Hints::HIDDEN),
    ("tooltips", Hints::HIDDEN),
    ("topbar", Hints::NAV),
    ("topics", Hints::TAGS),
    ("topnews", Hints::RELATED),
    ("topstories", Hints::RELATED),
    ("trending", Hints::RELATED),
    ("tresc", Hints::CONTENT),
    ("twitter", Hints::SHARE),
    ("tytul", Hints::TITLE),
    ("udostepnij", Hints::SHARE),
    ("uhrzeit", Hints::DATE),
    ("underline", Hints::LEAD),
    ("underrubrik", Hints::LEAD),
    ("upnext", Hints::RELATED),
    ("upsell", Hints::SIGNUP),
    ("usercentrics", Hints::CONSENT),
    ("usercomments", Hints::COMMENTS),
    ("utility", Hints::NAV),
    ("vcard", Hints::BIO),
    ("verfasser", Hints::BYLINE),
    ("veroeffentlicht", Hints::DATE),
    ("verwandte", Hints::RELATED),
    ("video", Hints::MEDIA),
    ("videoplayer", Hints::MEDIA),
    ("viewcount", Hints::META),
    ("views", Hints::META),
    ("visuallyhidden", Hints::HIDDEN),
    ("vorspann", Hints::LEAD),
    ("vote", Hints::SHARE),
    ("votes", Hints::SHARE),
    ("voting", Hints::SHARE),
    ("webform", Hints::SIGNUP),
    ("weiterlesen", Hints::RELATED),
    ("werbung", Hints::AD),
    ("whatsapp", Hints::SHARE),
    ("writer", Hints::BYLINE),
    ("writers", Hints::BYLINE),
    ("wysiwyg", Hints::BODY),
    ("xlinks", Hints::RELATED),
    ("zajawka", Hints::LEAD),
    ("zergnet", Hints::RELATED),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_fits() {
        assert!(WORDS.is_sorted_by(|a, b| a.0 < b.0));
        assert!(WORDS.iter().all(|(word, _)| word.len() <= LONGEST_WORD));
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
    fn a_word_inside_another_does_not_count() {
        assert!(!of_name("shadow gradient unrelatedly").any(Hints::AD | Hints::RELATED));
    }

    #[test]
    fn the_box_about_an_author_is_told_from_the_byline() {
        assert!(of_name("about-author").any(Hints::BIO));
        assert!(!of_name("author").any(Hints::BIO));
    }
}
