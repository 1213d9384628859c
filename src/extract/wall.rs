//! Pages that stand where the article should: paywalls, consent pages, checks for robots, pages not found.
//!
//! Servers send these with status 200. Each is told by several signs at once, and only where little or no
//! article text was found: an article about paywalls is not one.

use super::hints::Hints;
use super::linked_data::LinkedArticle;
use super::table::{Block, Table, Tag};
use super::text::{folded, weight};

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
        })
    }
}

/// Weight from which a text is an article whatever else the page says.
const ARTICLE_WEIGHT: usize = 1_500;

/// Weight up to which the text before a paywall is a teaser.
const TEASER_WEIGHT: usize = 2_500;

/// What the signs are looked for in.
pub(super) struct Signs<'a> {
    pub(super) table: &'a Table<'a>,
    pub(super) linked: &'a LinkedArticle,
    /// Whether anyone may read all of the article, where the page says so.
    pub(super) is_free: Option<bool>,
    pub(super) scripts: &'a [&'a str],
    pub(super) title: Option<&'a str>,
    pub(super) text: &'a str,
}

/// Recognises a wall.
pub(super) fn recognise(signs: &Signs<'_>) -> Option<Wall> {
    let found = weight(signs.text);
    if found < ARTICLE_WEIGHT {
        if is_challenge(signs) {
            return Some(Wall::Challenge);
        }
        if is_not_found(signs) {
            return Some(Wall::NotFound);
        }
    }
    if is_consent(signs) {
        return Some(Wall::Consent);
    }
    (found < TEASER_WEIGHT && is_paywall(signs)).then_some(Wall::Paywall)
}

/// Tells whether any of the titles of the page begins with one of these.
fn is_titled(signs: &Signs<'_>, beginnings: &[&str]) -> bool {
    let headings = signs
        .table
        .elements
        .iter()
        .filter(|part| matches!(part.tag, Tag::Heading(1..=2)))
        .take(3)
        .map(|part| signs.table.text_of(part));
    signs
        .table
        .title
        .iter()
        .cloned()
        .chain(signs.title.map(str::to_owned))
        .chain(headings)
        .map(|title| folded(&title))
        .any(|title| {
            beginnings.iter().any(|start| {
                title
                    .strip_prefix(start)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
            })
        })
}

fn is_challenge(signs: &Signs<'_>) -> bool {
    const TITLES: &[&str] = &[
        "just a moment",
        "attention required",
        "access denied",
        "access to this page has been denied",
        "are you a robot",
        "are you a human",
        "are you human",
        "pardon our interruption",
        "checking your browser",
        "verify you are human",
        "verify that you are",
        "verifying you are human",
        "human verification",
        "security check",
        "bot verification",
        "robot check",
        "ddos protection",
        "please wait",
        "one more step",
        "you have been blocked",
        "request blocked",
        "403 forbidden",
        "forbidden",
        "un instant",
        "nur einen moment",
        "un momento",
        "captcha",
    ];
    const SCRIPTS: &[&str] = &[
        "_cf_chl_opt",
        "challenge-platform",
        "captcha-delivery",
        "px-captcha",
        "_Incapsula_Resource",
        "awswafcookiedomainlist",
        "hcaptcha.com/1/api.js",
    ];
    const SAYINGS: &[&str] = &[
        "verify you are human",
        "verify that you are human",
        "verify that you are not a robot",
        "not a robot",
        "enable javascript and cookies to continue",
        "checking your browser before",
        "unusual traffic",
        "performing security verification",
        "needs to review the security of your connection",
        "bestätigen sie dass sie kein roboter",
        "you have been blocked",
    ];
    let scripted = signs
        .scripts
        .iter()
        .any(|script| SCRIPTS.iter().any(|sign| script.contains(sign)));
    let said = page_says(signs, SAYINGS);
    let titled = is_titled(signs, TITLES);
    (titled
        && (said || scripted || !signs.linked.is_article && page_weight(signs) < ARTICLE_WEIGHT))
        || ((said || scripted) && page_weight(signs) < NEARLY_EMPTY && !signs.linked.is_article)
}

/// Weight of a page that has hardly anything on it.
const NEARLY_EMPTY: usize = 500;

/// Weight of consent texts below which they are a banner on a page, not the page.
const BANNER_WEIGHT: usize = 400;

/// The weight of all text of the page.
fn page_weight(signs: &Signs<'_>) -> usize {
    signs.table.blocks.iter().map(|block| block.weight).sum()
}

/// Tells whether one of these stands anywhere on a page.
fn page_says(signs: &Signs<'_>, sayings: &[&str]) -> bool {
    signs
        .table
        .blocks
        .iter()
        .take(400)
        .filter(|block| block.weight <= 600)
        .map(Block::folded)
        .any(|text| sayings.iter().any(|saying| text.contains(saying)))
}

fn is_not_found(signs: &Signs<'_>) -> bool {
    const TITLES: &[&str] = &[
        "404",
        "error 404",
        "page not found",
        "not found",
        "page cannot be found",
        "this page doesn t exist",
        "this page does not exist",
        "this page isn t available",
        "sorry we can t find",
        "sorry this page",
        "oops",
        "article not found",
        "content not found",
        "seite nicht gefunden",
        "die seite wurde nicht gefunden",
        "fehler 404",
        "page introuvable",
        "page non trouvée",
        "erreur 404",
        "página no encontrada",
        "la página no existe",
        "pagina non trovata",
        "página não encontrada",
        "pagina niet gevonden",
        "sidan kunde inte hittas",
        "siden blev ikke fundet",
        "siden finnes ikke",
        "nie znaleziono strony",
        "strona nie istnieje",
        "stránka nenalezena",
        "страница не найдена",
        "сторінку не знайдено",
        "sayfa bulunamadı",
        "halaman tidak ditemukan",
        "không tìm thấy",
        "ページが見つかりません",
        "お探しのページ",
        "页面不存在",
        "页面未找到",
        "페이지를 찾을 수 없습니다",
        "gone",
        "410 gone",
    ];
    is_titled(signs, TITLES) && !(signs.linked.is_article && signs.linked.published.is_some())
}

/// Words of consent pages, as they begin.
const CONSENT_WORDS: &[&str] = &[
    "cookie",
    "consent",
    "privacy",
    "gdpr",
    "zustimm",
    "einwillig",
    "datenschutz",
    "tracking",
    "personenbezogen",
    "partner",
    "confidentialité",
    "consentement",
    "traceurs",
    "consentimiento",
    "privacidad",
    "consenso",
    "toestemming",
    "samtyck",
    "samtykke",
    "prywatności",
    "zgod",
    "geräte",
    "personalised",
    "personalisiert",
    "vendors",
    "legitimate",
    "werbung",
];

fn is_consent(signs: &Signs<'_>) -> bool {
    const TITLES: &[&str] = &[
        "cookie",
        "cookies",
        "privacy",
        "your privacy",
        "we value your privacy",
        "before you continue",
        "consent",
        "datenschutz",
        "zustimmung",
        "privatsphäre",
    ];
    if signs.linked.is_article {
        return false;
    }
    let mut consenting = 0;
    let mut other = 0;
    for block in signs
        .table
        .blocks
        .iter()
        .filter(|block| block.weight >= 60 && block.link_share() < 0.5)
    {
        let text = block.folded();
        let words = text
            .split(' ')
            .filter(|word| CONSENT_WORDS.iter().any(|sign| word.starts_with(sign)));
        if words.count() >= 2 {
            consenting += block.weight;
        } else {
            other += block.weight;
        }
    }
    let is_short = weight(signs.text) < ARTICLE_WEIGHT;
    consenting >= BANNER_WEIGHT && consenting > other && (is_short || is_titled(signs, TITLES))
}

fn is_paywall(signs: &Signs<'_>) -> bool {
    const SAYINGS: &[&str] = &[
        "subscribe to read",
        "subscribe to continue",
        "subscribe now to",
        "subscribe to unlock",
        "to continue reading",
        "to keep reading",
        "to read the full",
        "to view the full",
        "continue reading with",
        "already a subscriber",
        "this article is for subscribers",
        "this content is for subscribers",
        "for subscribers only",
        "subscribers only",
        "members only",
        "to read this article",
        "to read this story",
        "unlock this article",
        "register to read",
        "sign in to read",
        "log in to continue",
        "become a member to",
        "jetzt weiterlesen",
        "weiterlesen mit",
        "um weiterzulesen",
        "diesen artikel lesen",
        "sie haben bereits ein abo",
        "bereits abonnent",
        "nur für abonnenten",
        "exklusiv für abonnenten",
        "réservé aux abonnés",
        "réservée aux abonnés",
        "la suite est réservée",
        "il vous reste",
        "déjà abonné",
        "pour lire la suite",
        "sólo para suscriptores",
        "solo para suscriptores",
        "contenido exclusivo para suscriptores",
        "para seguir leyendo",
        "suscríbete para",
        "ya eres suscriptor",
        "riservato agli abbonati",
        "abbonati per",
        "per continuare a leggere",
        "exclusivo para assinantes",
        "para continuar lendo",
        "alleen voor abonnees",
        "verder lezen",
        "för prenumeranter",
        "for abonnenter",
        "kun for abonnenter",
        "tylko dla subskrybentów",
        "dostęp dla subskrybentów",
        "pouze pro předplatitele",
        "только для подписчиков",
        "aboneler",
        "続きを読む",
        "会員限定",
        "有料会員",
        "この記事は有料",
        "订阅后",
    ];
    let declared = signs.is_free == Some(false);
    let said = page_says(signs, SAYINGS);
    let named = signs
        .table
        .elements
        .iter()
        .any(|part| part.hints.any(Hints::PAYWALL) && part.end > part.first);
    said && (declared || named || weight(signs.text) < ARTICLE_WEIGHT)
        || declared && weight(signs.text) < ARTICLE_WEIGHT
}
