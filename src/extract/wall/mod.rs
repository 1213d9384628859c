//! Pages that stand where the article should: paywalls, consent pages, checks for robots, pages of servers.
//!
//! Servers send these with status 200. Each is told by several signs at once, and only where little or no
//! article text was found: an article about paywalls is not one, nor is a short piece of news below a banner.

mod gate;
mod paywall;
mod words;

use url::Url;

use super::hints::Hints;
use super::linked_data::LinkedArticle;
use super::table::{Block, Table};
use super::tag::Tag;
use super::text::{folded, weight};
use words::{CONSENT_SIGNS, CONSENT_TITLES, CONSENT_WORDS, Kinds, Words};

/// What stands where the article should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wall {
    /// Only the beginning is shown; the rest is for subscribers. The text is that beginning.
    Paywall,
    /// A page that asks for consent to cookies. There is no text.
    Consent,
    /// A check whether the reader is a robot, or a refusal. There is no text.
    Challenge,
    /// A page that says that there is no such page. There is no text.
    NotFound,
    /// A page that says that the article was taken away. There is no text.
    Removed,
    /// A page that says that the article is not for readers where newswatch runs. There is no text.
    Region,
    /// A page of a server that is overloaded, being mended, or asked too often. There is no text.
    Unavailable,
    /// A page that asks to log in. There is no text.
    LogIn,
    /// A page that the reader's browser must build, and that holds no text until then.
    Browser,
    /// The front page, or another list of headlines. There is no text.
    FrontPage,
    /// A page that asks for something before it shows the article: an age, an account, advertising. There is no text.
    Gate,
}

impl Wall {
    /// Tells whether the text found on the page is the beginning of the article.
    pub(super) fn keeps_text(self) -> bool {
        self == Self::Paywall
    }
}

impl std::fmt::Display for Wall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Paywall => "the page shows only the beginning to readers who do not pay",
            Self::Consent => "the page asks for consent to cookies instead",
            Self::Challenge => "the page checks for robots instead",
            Self::NotFound => "the page says that it was not found",
            Self::Removed => "the page says that the article was removed",
            Self::Region => "the page says that it is not offered in this region",
            Self::Unavailable => "the page says that the site cannot serve it now",
            Self::LogIn => "the page asks to log in instead",
            Self::Browser => "the page holds no text until a browser builds it",
            Self::FrontPage => "the page is a list of headlines instead",
            Self::Gate => "the page asks for something else instead",
        })
    }
}

/// Weight from which a text is an article whatever else the page says.
const ARTICLE_WEIGHT: usize = 1_500;

/// Weight of a text, besides what names a wall, from which it is a piece of news.
const NEWS_WEIGHT: usize = 200;

/// What the signs are looked for in.
pub(super) struct Signs<'a> {
    pub(super) table: &'a Table<'a>,
    pub(super) linked: &'a LinkedArticle,
    /// Where the page came from, after redirects.
    pub(super) url: Option<&'a Url>,
    /// The address it gives as its own.
    pub(super) canonical: Option<&'a Url>,
    /// Whether anyone may read all of the article, where the page says so.
    pub(super) is_free: Option<bool>,
    /// Whether the page says when it was published.
    pub(super) is_dated: bool,
    pub(super) scripts: &'a [&'a str],
    /// The whole page.
    pub(super) page: &'a str,
    pub(super) title: Option<&'a str>,
    pub(super) text: &'a str,
    /// The first and the last block of the text.
    pub(super) range: Option<(usize, usize)>,
    /// Whether the text was taken from what the page does not show.
    pub(super) is_from_elsewhere: bool,
}

/// Recognises a wall.
pub(super) fn recognise(signs: &Signs<'_>) -> Option<Wall> {
    const NOTICES: &[(Wall, &Words)] = &[
        (Wall::NotFound, &words::NOT_FOUND),
        (Wall::Removed, &words::REMOVED),
        (Wall::Region, &words::REGION),
        (Wall::Unavailable, &words::UNAVAILABLE),
        (Wall::LogIn, &words::LOG_IN),
    ];
    let found = weight(signs.text);
    // An article of some day with some sentences is none of these pages: the tables need not be searched.
    let is_news = is_dated_article(signs) && found >= 2 * NEWS_WEIGHT;
    if found < ARTICLE_WEIGHT && !is_news {
        let said = Said::new(signs);
        if is_challenge(signs, &said) {
            return Some(Wall::Challenge);
        }
        let notice = NOTICES
            .iter()
            .find(|(_, words)| is_notice(signs, &said, words));
        if let Some((wall, _)) = notice {
            return Some(*wall);
        }
        if is_front_page(signs) {
            return Some(Wall::FrontPage);
        }
        if is_unbuilt(signs, &said) {
            return Some(Wall::Browser);
        }
        if gate::stands(signs) {
            return Some(if gate::is_about_consent(signs) {
                Wall::Consent
            } else {
                Wall::Gate
            });
        }
    }
    if is_consent(signs) {
        return Some(Wall::Consent);
    }
    paywall::stands(signs).then_some(Wall::Paywall)
}

/// The block at which the beginning ends that a paywall shows; what follows is the offer.
pub(super) fn end_of_beginning(signs: &Signs<'_>) -> Option<usize> {
    paywall::end_of_beginning(signs)
}

/// Tells whether a page says that what stood on it is not there any more.
#[must_use]
pub fn says_it_is_gone(title: &str, text: &str) -> bool {
    const GONE: [&Words; 2] = [&words::NOT_FOUND, &words::REMOVED];
    if weight(text) >= ARTICLE_WEIGHT {
        return false;
    }
    let title = folded(title);
    let is_titled = |words: &&Words| {
        let mut beginnings = words.beginnings.iter();
        words.titles.contains(&title.as_str()) || beginnings.any(|start| begins(&title, start))
    };
    let said = Kinds::that_say(&folded(text));
    GONE.iter().any(|words| is_titled(words) || said.has(words))
}

/// Tells whether a text calls to subscribe or to log in to read on.
#[must_use]
pub fn calls_to_pay(text: &str) -> bool {
    text.lines().any(|line| {
        let line = folded(line);
        contains_any(&line, words::PAY_TO_READ) || contains_any(&line, words::SUBSCRIBERS)
    })
}

/// Blocks of a page that are read for what it says.
const READ_BLOCKS: usize = 400;

/// The longest block that says one thing, in weight.
const LONGEST_SAYING: usize = 600;

/// What a page says, folded.
struct Said {
    /// The titles and the first headings, and their parts.
    titles: Vec<String>,
    /// The kinds of pages that a block says something of.
    blocks: Vec<Kinds>,
    /// The lines of the text that was found.
    lines: Vec<Line>,
}

/// A line of the text that was found.
struct Line {
    weight: usize,
    folded: String,
    kinds: Kinds,
}

impl Said {
    fn new(signs: &Signs<'_>) -> Self {
        let table = signs.table;
        let blocks = table.blocks.iter().take(READ_BLOCKS);
        Self {
            titles: titles(signs),
            blocks: blocks
                .filter(|block| block.weight <= LONGEST_SAYING && !is_aside(table, block))
                .map(|block| Kinds::that_say(block.folded()))
                .collect(),
            lines: signs
                .text
                .lines()
                .map(|line| {
                    let folded = folded(line);
                    Line {
                        weight: weight(line),
                        kinds: Kinds::that_say(&folded),
                        folded,
                    }
                })
                .collect(),
        }
    }

    /// Tells whether a title, a heading or a part of one says this.
    fn is_titled(&self, words: &Words) -> bool {
        self.titles.iter().any(|title| {
            words.titles.contains(&title.as_str())
                || words.beginnings.iter().any(|start| begins(title, start))
        })
    }

    /// Tells whether a block says this.
    fn says(&self, words: &Words) -> bool {
        self.blocks.iter().any(|kinds| kinds.has(words))
    }

    /// The weight of the text that was found, without the lines that say this.
    fn other_text(&self, words: &Words) -> usize {
        self.lines
            .iter()
            .filter(|line| {
                let mut beginnings = words.beginnings.iter();
                !line.kinds.has(words) && !beginnings.any(|start| begins(&line.folded, start))
            })
            .map(|line| line.weight)
            .sum()
    }
}

/// The titles and the first headings of a page, and their parts, folded.
fn titles(signs: &Signs<'_>) -> Vec<String> {
    let table = signs.table;
    let headings = table
        .elements
        .iter()
        .filter(|part| matches!(part.tag, Tag::Heading(1..=2)))
        .take(3)
        .map(|part| table.text_of(part));
    let whole: Vec<String> = table
        .title
        .iter()
        .cloned()
        .chain(signs.title.map(str::to_owned))
        .chain(headings)
        .collect();
    let parts = whole
        .iter()
        .flat_map(|title| title.split(['|', '–', '—', ':', '·', '»', '!', '.', '｜', '…']))
        .flat_map(|part| part.split(" - "));
    whole
        .iter()
        .map(String::as_str)
        .chain(parts)
        .map(folded)
        .collect()
}

/// Tells whether a folded text begins with one, up to the end of a word.
fn begins(text: &str, start: &str) -> bool {
    text.strip_prefix(start)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(' ') || !start.is_ascii())
}

/// Tells whether a folded text has one of these.
fn contains_any(text: &str, sayings: &[&str]) -> bool {
    sayings.iter().any(|saying| text.contains(saying))
}

/// Tells whether a block stands in a menu, a foot or another part that every page of a site has.
fn is_aside(table: &Table<'_>, block: &Block) -> bool {
    const ASIDE: Hints = Hints::NAV
        .or(Hints::FOOT)
        .or(Hints::COMMENTS)
        .or(Hints::RELATED)
        .or(Hints::SIDE);
    let own = table.elements.get(block.part).into_iter();
    let around = table.ancestors(block.part).map(|(_, part)| part);
    own.chain(around)
        .any(|part| part.hints.any(ASIDE) || matches!(part.tag, Tag::Nav | Tag::Footer))
}

/// Tells whether a page says of itself that it is an article of some day.
fn is_dated_article(signs: &Signs<'_>) -> bool {
    signs.linked.is_article && signs.linked.published.is_some()
}

/// Tells whether a page is a notice of this kind and nothing else.
fn is_notice(signs: &Signs<'_>, said: &Said, words: &Words) -> bool {
    let titled = said.is_titled(words);
    let says = said.says(words);
    let other = said.other_text(words);
    if titled && !is_dated_article(signs) {
        // A headline can be the same words; then news stands below it.
        let is_news = signs.is_dated && other >= NEWS_WEIGHT / 2;
        return (says || page_weight(signs) < ARTICLE_WEIGHT || other < NEWS_WEIGHT) && !is_news;
    }
    let least = if signs.is_dated { 40 } else { NEWS_WEIGHT / 2 };
    let in_text = said.lines.iter().any(|line| line.kinds.has(words));
    let is_short = said.lines.iter().map(|line| line.weight).sum::<usize>() < 2 * NEWS_WEIGHT;
    let is_all = other < least && is_short && (in_text || signs.text.is_empty());
    says && is_all && (!signs.is_dated || said.lines.len() <= 2)
}

/// The weight of all text of the page.
fn page_weight(signs: &Signs<'_>) -> usize {
    signs.table.blocks.iter().map(|block| block.weight).sum()
}

/// Weight of a page that has hardly anything on it.
const NEARLY_EMPTY: usize = 500;

fn is_challenge(signs: &Signs<'_>, said: &Said) -> bool {
    const SCRIPTS: &[&str] = &[
        "_cf_chl_opt",
        "challenge-platform",
        "captcha-delivery",
        "px-captcha",
        "_pxAppId",
        "_Incapsula_Resource",
        "awsWafCookieDomainList",
        "awswafcookiedomainlist",
        "AwsWafIntegration",
        "hcaptcha.com/1/api.js",
        "sec-cpt-if",
        "bm-verify",
        "ddos-guard",
        "_sucuri_cloudproxy_js",
        "geetest",
    ];
    if is_dated_article(signs) {
        return false;
    }
    let said_words = said.says(&words::CHALLENGE);
    let titled = said.is_titled(&words::CHALLENGE);
    let all = page_weight(signs);
    let scripted = || {
        let mut scripts = signs.scripts.iter();
        scripts.any(|script| SCRIPTS.iter().any(|sign| script.contains(sign)))
    };
    let other = said.other_text(&words::CHALLENGE);
    let is_news = signs.is_dated && other >= NEWS_WEIGHT / 2;
    if titled {
        return !is_news && (said_words || all < ARTICLE_WEIGHT || scripted());
    }
    all < NEARLY_EMPTY && (scripted() || said_words && !signs.is_dated && other < NEWS_WEIGHT / 2)
        || said_words
            && !signs.is_dated
            && all < ARTICLE_WEIGHT
            && other < NEWS_WEIGHT / 2
            && !signs.linked.is_article
}

/// Tells whether a page has nothing to show before a browser builds it.
fn is_unbuilt(signs: &Signs<'_>, said: &Said) -> bool {
    if said.other_text(&words::BROWSER) >= NEWS_WEIGHT / 2 {
        return false;
    }
    let is_empty = signs.text.is_empty() && page_weight(signs) < NEARLY_EMPTY / 2;
    is_empty && (signs.page.contains("<script") || signs.page.contains("<noscript"))
        || said.is_titled(&words::BROWSER)
        || said.says(&words::BROWSER) && !is_dated_article(signs)
}

/// Linked headlines of a page from which it is a list of them.
const HEADLINES_OF_LIST: usize = 12;

/// Tells whether a page is the front page that an article's address leads to when the article is gone.
fn is_front_page(signs: &Signs<'_>) -> bool {
    let is_root = |url: &Url| url.path() == "/" && url.query().is_none();
    let kind = signs.table.meta(&["og:type"]);
    let is_article = signs.linked.is_article || kind.is_some_and(|kind| kind == "article");
    let at_root = signs.url.is_some_and(is_root)
        || signs.canonical.is_some_and(is_root) && kind == Some("website");
    if is_article || signs.is_dated || !at_root {
        return false;
    }
    let is_headline = |block: &&Block| {
        block.link_share() > 0.8
            && ((25..=200).contains(&block.weight) || matches!(block.tag, Tag::Heading(_)))
    };
    let headlines: Vec<&Block> = signs.table.blocks.iter().filter(is_headline).collect();
    let linked: usize = headlines.iter().map(|block| block.weight).sum();
    headlines.len() >= HEADLINES_OF_LIST && linked > weight(signs.text)
}

/// Weight of consent texts below which they are a banner on a page, not the page.
const BANNER_WEIGHT: usize = 400;

/// Tells whether a folded text speaks of consent.
fn speaks_of_consent(folded_text: &str) -> bool {
    let words = folded_text
        .split(' ')
        .filter(|word| CONSENT_WORDS.iter().any(|sign| word.starts_with(sign)));
    let signs = CONSENT_SIGNS
        .iter()
        .filter(|sign| folded_text.contains(*sign));
    words.count() + signs.count() >= 2
}

/// Tells whether most of a text is about consent to cookies.
pub(super) fn is_about_consent(text: &str) -> bool {
    let consenting: usize = text
        .lines()
        .filter(|line| speaks_of_consent(&folded(line)))
        .map(weight)
        .sum();
    consenting * 2 > weight(text)
}

/// A text of which nothing is known for sure, without its lines about cookies and consent.
pub(super) fn without_consent(text: &str) -> String {
    let lines = text.lines().filter(|line| {
        let line = folded(line);
        !line.contains("cookie") && !speaks_of_consent(&line)
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn is_consent(signs: &Signs<'_>) -> bool {
    if signs.linked.is_article {
        return false;
    }
    let is_titled = || {
        titles(signs).iter().any(|title| {
            CONSENT_TITLES.iter().any(|start| begins(title, start)) && title.split(' ').count() <= 6
        })
    };
    let is_short = weight(signs.text) < ARTICLE_WEIGHT && !signs.is_dated;
    if !is_short && !is_titled() {
        return false;
    }
    let is_news =
        signs.is_dated && weight(signs.text) >= NEWS_WEIGHT / 2 && !is_about_consent(signs.text);
    if is_news {
        return false;
    }
    let is_report = weight(signs.text) >= NEWS_WEIGHT / 2 && !is_about_consent(signs.text);
    let mut consenting = 0;
    let mut other = 0;
    for block in &signs.table.blocks {
        if !signs.table.budget.lasts(1) {
            return false;
        }
        if block.weight < 60 || block.link_share() >= 0.5 {
            continue;
        }
        // A window that opens before an article stands in nobody's way here.
        if is_report && is_in_dialog(signs.table, block) {
            continue;
        }
        if speaks_of_consent(block.folded()) {
            consenting += block.weight;
        } else {
            other += block.weight;
        }
    }
    consenting >= BANNER_WEIGHT && consenting > other
}

fn is_in_dialog(table: &Table<'_>, block: &Block) -> bool {
    let own = table.elements.get(block.part).into_iter();
    let around = table.ancestors(block.part).map(|(_, part)| part);
    own.chain(around).any(|part| part.hints.any(Hints::DIALOG))
}

#[cfg(test)]
mod tests;
