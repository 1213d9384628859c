//! Short lines that stand among the paragraphs of an article without being part of it.
//!
//! Newsrooms of all countries put the same few lines between paragraphs: "read more", "advertisement", a
//! photo credit, a call to subscribe. They are told by how they begin, and dropped only where they are short.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::dates;
use super::table::Block;
use super::tag::Tag;
use super::text::{ends_sentence, is_dense_script, is_unspaced};

/// The longest such line, in weight; a longer one has its own sentence to say.
const LONGEST: usize = 170;

/// The longest sentence that can still be such a line.
const SHORT_SENTENCE: usize = 60;

/// The share of an item's text inside links from which it is another story with its date or section.
const LINKED_ITEM_SHARE: f64 = 0.6;

/// The longest heading that may be one link.
const LONGEST_LINKED_HEADING: usize = 35;

/// The longest notice about cookies or rights, and the longest line that is one link.
const LONGEST_NOTICE: usize = 400;

/// Tells whether a block is a line that pages put between paragraphs.
pub(super) fn is_boilerplate(block: &Block) -> bool {
    if block.weight > LONGEST_NOTICE {
        return false;
    }
    // The heading of a section can be a link to what it is about; that of another article is longer.
    let is_heading = matches!(block.tag, Tag::Heading(_)) && block.weight <= LONGEST_LINKED_HEADING;
    if block.links > 0 && block.link_share() > 0.8 && !is_heading {
        return true;
    }
    // "Headline of another story (30 July)".
    if block.tag == Tag::Item && block.link_share() > LINKED_ITEM_SHARE && block.weight <= LONGEST {
        return true;
    }
    let text = block.folded();
    if OUTLINES.contains(&text)
        || is_consent(text)
        || is_offer_of_letters(text)
        || is_about_film(&block.text)
        || is_about_rights(&block.text, text)
    {
        return true;
    }
    let is_sentence = block.links == 0
        && ends_sentence(&block.text)
        && (block.weight > SHORT_SENTENCE
            || !block.text.contains([':', '：']) && SENTENCES_TOO.begin(&block.text, text));
    block.weight <= LONGEST
        && (!is_sentence && BETWEEN.begin(&block.text, text) || is_credit(&block.text))
}

/// Tells whether a line begins as those do that stand between the paragraphs of an article.
pub(super) fn begins_as_between(line: &str, folded_line: &str) -> bool {
    BETWEEN.begin(line, folded_line)
}

/// Tells whether a line stands above what follows an article: related articles, comments, the author.
pub(super) fn ends_article(block: &Block) -> bool {
    block.weight <= 80 && BEHIND.begin(&block.text, block.folded())
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
    dates::find(line, dates::Habits::of("", dates::Order::DayFirst)).is_some()
}

/// Beginnings of lines, by their first byte.
struct Starts(Vec<Vec<&'static str>>);

impl Starts {
    fn new(starts: &[&'static str]) -> Self {
        let mut by_first = vec![Vec::new(); 1 + usize::from(u8::MAX)];
        for start in starts {
            let first = start.bytes().next().map_or(0, usize::from);
            if let Some(same) = by_first.get_mut(first) {
                same.push(*start);
            }
        }
        Self(by_first)
    }

    /// Tells whether a line begins with one of these, up to the end of a word. A single word must be all of the
    /// line or be set off by a mark: "Recommended: ...", not "Recommended settings".
    fn begin(&self, line: &str, folded_line: &str) -> bool {
        let first = folded_line.bytes().next().map_or(0, usize::from);
        let mut starts = self.0.get(first).into_iter().flatten();
        starts.any(|start| {
            folded_line
                .strip_prefix(start)
                .is_some_and(|rest| is_set_off(line, start, rest))
        })
    }
}

/// Tells whether what follows the beginning of a line leaves it a word or a phrase of its own.
fn is_set_off(line: &str, start: &str, rest: &str) -> bool {
    if rest.is_empty() {
        return true;
    }
    if start.contains(' ') {
        return rest.starts_with(' ');
    }
    // Scripts without spaces have no word to end.
    let is_dense = start.chars().any(|c| is_dense_script(c) || is_unspaced(c));
    let marked = line
        .trim_start_matches(|c: char| !c.is_alphanumeric())
        .chars()
        .nth(start.chars().count())
        .is_some_and(|c| matches!(c, ':' | '：' | '|' | '»' | '>' | '-' | '–' | '—'));
    is_dense || marked || rest.starts_with(' ') && line.ends_with(':')
}

static BETWEEN: LazyLock<Starts> = LazyLock::new(|| Starts::new(STARTS));
static SENTENCES_TOO: LazyLock<Starts> = LazyLock::new(|| Starts::new(BOTH_WAYS));
static BEHIND: LazyLock<Starts> = LazyLock::new(|| Starts::new(ENDS));

/// Tells whether a folded line asks for consent to cookies.
fn is_consent(text: &str) -> bool {
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    text.contains("cookie")
        && has(&[
            "use", "using", "nutz", "verwend", "setz", "utilis", "usa", "gebruik", "accept",
            "akzept", "consent", "zustimm",
        ])
        && has(&[
            "site", "website", "webseite", "seite", "we ", "wir ", "nous ", "sitio", "sito",
            "privacy", "browser",
        ])
        // A report about cookies speaks of others; a notice of those who read and who serve.
        && has(&[
            "we ", "our ", "you", "wir ", "unser", "sie ", "ihr", "nous", "notre", "vous", "nosotros", "nuestr", "su ",
            "noi", "nostr", "tuo", "wij", "onze", "this site", "this website", "diese", "ce site", "este sitio",
            "questo sito", "deze",
        ])
}

/// Tells whether a line is what stands under a film: it says of which day it is and how many minutes it takes.
fn is_about_film(line: &str) -> bool {
    let is_length = |word: &str| {
        let parts = word.split_once(':');
        parts.is_some_and(|(minutes, seconds)| {
            let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
            (1..=2).contains(&minutes.len())
                && seconds.len() == 2
                && are_digits(minutes)
                && are_digits(seconds)
        })
    };
    let is_unit = |word: &str| {
        let word = word.trim_end_matches(['.', ')']);
        matches!(
            word.to_lowercase().as_str(),
            "min" | "mins" | "minuten" | "мин" | "dk" | "分"
        )
    };
    let mut before = "";
    line.contains(':')
        && line.split_whitespace().any(|word| {
            let length = std::mem::replace(&mut before, word);
            is_unit(word) && is_length(length)
        })
        && has_date(line)
}

/// Tells whether a folded line offers letters by mail: it asks to subscribe, and says how to leave again.
fn is_offer_of_letters(text: &str) -> bool {
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    NOTICES.stand_in(text) && has(WAYS_OUT) && has(WAYS_IN)
}

/// How such offers say that readers may leave, in folded words.
#[rustfmt::skip]
const WAYS_OUT: &[&str] = &[
    "unsubscribe", "opt out at any time", "jederzeit abmelden", "jederzeit abbestellen", "jederzeit widerrufen", "jederzeit kündigen", "abmeldung ist jederzeit", "désinscri", "désabonn",
    "darte de baja", "darse de baja", "disiscri", "annullare l iscrizione", "cancelar a inscrição", "cancelar a subscrição", "cancelar a qualquer momento", "descadastrar", "uitschrijven", "afmelden",
    "avregistrera", "avsluta prenumeration", "avprenumerera", "afmelde", "melde deg av", "meld deg av", "peruuttaa tilauksen", "zrezygnować", "wypisać się", "odhlásit se", "odhlásiť sa", "leiratkoz", "dezabona",
    "отписаться", "відписатис", "отпишете", "odjaviti", "istediğiniz zaman ayrıl", "stediğiniz zaman ayrıl", "abonelikten çık", "aboneliğinizi iptal", "να διαγραφείτε", "berhenti berlangganan", "hủy bất cứ lúc nào", "hủy đăng ký",
    "配信停止", "いつでも解除", "退订", "退訂", "取消订阅", "取消訂閱", "구독을 취소", "구독 취소", "수신을 거부", "ยกเลิกได้ทุกเมื่อ", "ยกเลิกการสมัคร", "ยกเลิกการรับ", "إلغاء الاشتراك", "להסיר את ההרשמה",
    "לבטל את ההרשמה", "לבטל את המנוי", "لغو اشتراک", "सदस्यता रद्द", "अनसब्सक्राइब",
];

/// How they ask to come.
#[rustfmt::skip]
const WAYS_IN: &[&str] = &[
    "newsletter", "sign up", "subscribe to", "signing up", "register to", "abonnier", "anmeld", "melden sie sich", "inscri", "abonne", "suscr", "iscriv", "inscreva", "assine", "schrijf je in", "meld je aan",
    "nieuwsbrief", "nyhetsbrev", "nyhedsbrev", "uutiskirje", "zapisz", "přihlas", "prihlás", "hírlevél", "feliratkoz", "abonează", "подпи", "підпи", "абонира", "prijavite", "bülten", "kaydol", "εγγραφ",
    "daftar", "langganan", "buletin", "đăng ký", "bản tin", "登録", "メール", "订阅", "訂閱", "邮件", "구독하", "뉴스레터", "สมัคร", "จดหมายข่าว", "اشترك", "نشرة", "הירשמ", "ידיעון", "ניוזלטר", "مشترک", "خبرنامه",
    "साइन अप", "न्यूज़लेटर", "न्यूजलेटर", "सब्सक्राइब",
];

/// Tells whether a line is about who may copy the page.
fn is_about_rights(line: &str, text: &str) -> bool {
    let is_dated = |rest: &str| {
        rest.is_empty() || rest.starts_with(" c ") || rest.contains(|c: char| c.is_ascii_digit())
    };
    line.trim_start_matches(['[', '(', ' ']).starts_with(['©', 'Ⓒ', 'ⓒ'])
        // A sentence about copyright has no year right behind the word.
        || text.strip_prefix("copyright").is_some_and(|rest| {
            is_dated(rest.get(..rest.floor_char_boundary(12)).unwrap_or_default())
        })
        || NOTICES.stand_in(text)
            && NOTICES_OF_RIGHTS.iter().any(|notice| {
                text.starts_with(notice)
                    || text.ends_with(notice)
                    || notice.contains(' ') && text.contains(notice)
            })
}

/// What pages say of who may copy them, in folded words.
const NOTICES_OF_RIGHTS: &[&str] = &[
    "all rights reserved",
    "alle rechte vorbehalten",
    "tous droits réservés",
    "todos los derechos reservados",
    "riproduzione riservata",
    "diritti riservati",
    "direitos reservados",
    "wszelkie prawa zastrzeżone",
    "все права защищены",
    "무단전재",
    "저작권자",
    "無断転載",
    "版权所有",
    "未经授权",
    "may not be reproduced",
    "reprinted with permission",
    "material may not be published",
];

static NOTICES: LazyLock<Phrases> = LazyLock::new(|| {
    let all = NOTICES_OF_RIGHTS.iter().chain(WAYS_OUT);
    Phrases::new(all.copied())
});

/// Phrases of which hardly a line has one: all of them are looked for at once.
struct Phrases(Option<AhoCorasick>);

impl Phrases {
    fn new(phrases: impl Iterator<Item = &'static str>) -> Self {
        let automaton = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::DFA))
            .build(phrases);
        Self(automaton.ok())
    }

    /// Tells whether one of them stands in a text.
    fn stand_in(&self, text: &str) -> bool {
        self.0.as_ref().is_none_or(|all| all.is_match(text))
    }
}

/// Words before the name of whoever took a picture.
const CREDITS: &[&str] = &[
    "photo",
    "photos",
    "foto",
    "fotos",
    "image",
    "images",
    "picture",
    "pictures",
    "pic",
    "bild",
    "bilder",
    "photograph",
    "photo credit",
    "image credit",
    "credit",
    "crédit",
    "crédit photo",
    "credits",
    "photo by",
    "photos by",
    "image by",
    "picture by",
    "file photo",
    "photograph by",
    "imagen",
    "imagem",
    "fotografie",
    "symbolbild",
    "symbolfoto",
    "archivbild",
    "archivfoto",
    "beitragsbild",
    "titelbild",
    "bildquelle",
    "fotoquelle",
    "grafik",
    "infografik",
    "illustration",
    "fot",
    "zdjęcie",
    "фото",
    "写真",
    "图片来源",
    "摄影",
    "사진",
    "ảnh",
    "kuva",
    "kép",
    "φωτογραφία",
    "getty images",
    "quelle",
    "fuente",
    "fonte",
    "źródło",
    "zdroj",
    "kilde",
    "källa",
    "bron",
    "lähde",
    "forrás",
    "sursa",
    "источник",
    "джерело",
    "kaynak",
    "nguồn",
    "sumber",
    "出典",
    "来源",
    "來源",
    "출처",
    "المصدر",
    "מקור",
    "ที่มา",
    "स्रोत",
];

/// Tells whether a line credits a picture: "Photo: AFP", "A harbour at dawn (Image: Getty)".
fn is_credit(line: &str) -> bool {
    let lower = line.to_lowercase();
    let credits = |part: &str| {
        CREDITS.iter().any(|word| {
            part.trim_start().strip_prefix(word).is_some_and(|rest| {
                rest.starts_with([':', '：', '/', '©', '='])
                    || rest.starts_with(" ©")
                    || rest.starts_with(" :")
                    || word.ends_with(" by") && rest.starts_with(' ') && names_somebody(line, word)
            })
        })
    };
    let in_brackets = lower
        .trim_end_matches(['.', ' '])
        .strip_suffix([')', ']'])
        .and_then(|rest| rest.rsplit_once(['(', '[']))
        .is_some_and(|(_, inside)| credits(inside));
    let behind = lower
        .rsplit_once(['.', '|', '•'])
        .is_some_and(|(_, last)| credits(last) && last.chars().count() < 60);
    credits(&lower) || in_brackets || behind
}

/// Tells whether a name stands behind a word in a line: "Photo by Ada Lark", not "Photos by the dozen".
fn names_somebody(line: &str, word: &str) -> bool {
    let lower = line.to_lowercase();
    let Some(at) = lower.find(word) else {
        return false;
    };
    let behind = at + word.len();
    line.get(behind..)
        .and_then(|rest| rest.trim_start().chars().next())
        .is_some_and(|first| !first.is_lowercase())
}

/// Headings of a list of the article's own parts, as whole lines.
const OUTLINES: &[&str] = &[
    "in this article",
    "on this page",
    "auf dieser seite",
    "in diesem artikel",
    "dans cet article",
    "en este artículo",
    "in questo articolo",
    "neste artigo",
    "quick links",
];

/// Folded beginnings of lines that are no part of an article.
#[rustfmt::skip]
const STARTS: &[&str] = &[
    // English
    "read", "watch", "listen", "see", "video", "more", "poll", "quiz", "read more", "read also", "also read", "see also", "read next", "read the full", "read our", "more on this", "more on", "related", "related stories", "related story", "related news", "related articles", "related article", "related posts", "related content", "related topics", "related coverage", "related links", "related reading", "related items", "other news", "other stories", "more news", "more stories", "recommended", "don t miss", "click here", "click to",
    "sign up", "subscribe", "follow us", "follow me", "follow the", "share this", "share on", "tweet this", "advertisement", "sponsored", "loading", "table of contents", "contents", "in this article",
    "jump to", "get the latest", "join our", "join the conversation", "download the", "download our", "print article", "print this", "email this", "leave a comment", "leave a reply", "story continues",
    "article continues", "skip to", "last updated", "updated on", "published on", "posted in", "posted by", "posted on", "filed under", "tags", "topics", "watch live", "watch more", "you may also",
    "you might also", "keep reading", "continue reading", "to continue reading", "scroll to continue", "scroll for", "newsletter", "our newsletter", "view comments", "show comments", "view all", "see more", "load more",
    "most read", "most popular", "trending", "editor s picks", "editors picks", "listen to this", "for the latest", "send us", "contact us", "privacy policy", "terms of", "already a subscriber",
    "log in", "sign in", "register now", "enter your email", "thank you for subscribing", "your email address", "required fields", "save my name", "this site uses akismet", "notify me of", "image source", "source image",
    "previous article", "next article", "previous post", "next post", "back to top", "share article", "article bookmarked", "get our", "find out more about our", "submit your", "email address", "comments are closed", "pin it", "like us",
    // German
    "lesen sie auch", "lesen sie mehr", "lesen sie hier", "lesen sie dazu", "lest auch", "mehr zum thema", "mehr dazu", "mehr lesen", "mehr über", "weiterlesen", "auch interessant", "das könnte sie auch", "das könnte dich auch",
    "das könnte ihnen auch", "anzeige", "werbung", "jetzt anmelden", "jetzt abonnieren", "folgen sie uns", "folge uns", "folgt uns", "artikel teilen", "teilen sie", "zur startseite", "bild anzeigen", "kommentare",
    "kommentar schreiben", "schlagworte", "schlagwörter", "stand", "inhaltsverzeichnis", "sieh dir diesen beitrag", "link zum youtube", "link zum", "externer inhalt", "empfohlener externer inhalt", "an dieser stelle finden", "an dieser stelle befindet",
    "ein klick für den datenschutz", "war der artikel", "war dieser artikel", "möchten sie den artikel", "hier geht es zu", "hier geht s zu", "zum newsletter", "abonnieren sie", "melden sie sich", "passend dazu", "empfehlung der redaktion",
    "mehr aus", "auch lesenswert", "schon gelesen", "sponsored", "bildergalerie", "zur bildergalerie", "video abspielen", "dieser artikel erschien", "dieser beitrag wurde", "dieser eintrag wurde", "dieser artikel wurde", "veröffentlicht am", "zuletzt aktualisiert", "aktualisiert am", "neueste artikel", "verwandte themen", "ihre meinung", "newsletter",
    // French
    "lire aussi", "à lire aussi", "lire la suite", "à voir aussi", "voir aussi", "lire également", "à lire", "abonnez vous", "inscrivez vous", "publicité", "partager", "suivez nous", "la suite après", "pour lire la suite", "pour accéder", "déjà abonné", "article réservé",
    // Spanish, Catalan
    "lee también", "lea también", "lea más", "lee más", "leer más", "le puede interesar", "te puede interesar", "podría interesarte", "más información", "ver también", "mira también", "mire también", "suscríbete", "suscríbase", "síguenos", "síganos",
    "publicidad", "compartir", "únete", "haz clic", "noticias relacionadas", "temas relacionados", "te recomendamos", "también lee", "además lea", "además lee", "llegeix també", "puede escribirnos", "hazte miembro",
    // Italian
    "leggi anche", "leggi tutto", "leggi di più", "vedi anche", "potrebbe interessarti", "iscriviti", "seguici", "pubblicità", "condividi", "approfondisci", "per approfondire",
    // Portuguese
    "leia também", "leia mais", "veja também", "saiba mais", "assine", "inscreva se", "publicidade", "compartilhe", "continue lendo", "continua após", "siga o", "siga a", "receba",
    // Dutch
    "lees ook", "lees meer", "lees verder", "bekijk ook", "advertentie", "deel dit", "volg ons", "meld je aan", "schrijf je in",
    // Swedish, Danish, Norwegian, Finnish
    "läs också", "läs mer", "läs även", "annons", "följ oss", "les også", "les mer", "saken fortsetter", "annonse", "læs også", "læs mere", "artiklen fortsætter", "artikkelen fortsetter", "annonce", "se også", "lue myös", "lue lisää", "mainos",
    // Polish, Czech, Slovak, Hungarian, Romanian
    "czytaj też", "czytaj także", "czytaj więcej", "czytaj również", "zobacz też", "zobacz także", "zobacz również", "przeczytaj też", "przeczytaj także", "przeczytaj również", "polecane", "polecamy", "reklama", "udostępnij", "dalsza część", "dalszy ciąg", "czytasz właśnie",
    "čtěte také", "čtěte více", "čtěte i", "přečtěte si", "mohlo by vás zajímat", "čítajte aj", "prečítajte si", "olvasta már", "olvassa el", "hirdetés", "citește și", "citiți și", "vezi și", "publicitate",
    // Turkish, Russian, Ukrainian, Bulgarian, Serbian, Greek
    "ayrıca okuyun", "ilgili haber", "devamını oku", "haberin devamı", "reklam", "abone ol", "paylaş", "читайте также", "читайте ещё", "читайте еще", "читайте", "реклама", "подписывайтесь", "подпишитесь", "поделиться", "смотрите также", "по теме", "материалы по теме",
    "читайте також", "підписуйтесь", "підписуйтеся", "дивіться також", "прочетете още", "вижте още", "pročitajte još", "прочитајте још", "διαβάστε επίσης", "διαβάστε ακόμη", "διαβάστε ακόμα", "δείτε επίσης",
    // Vietnamese, Indonesian, Malay, Tagalog
    "xem thêm", "đọc thêm", "tin liên quan", "chia sẻ", "mời bạn đọc", "mời quý độc giả", "in bài viết", "gửi email", "baca juga", "baca selengkapnya", "lihat juga", "artikel ini telah tayang", "bagikan", "simak juga", "baca lagi", "basahin",
    // Japanese, Chinese, Korean
    "関連記事", "あわせて読みたい", "続きを読む", "こちらもおすすめ", "おすすめ記事", "相关阅读", "延伸阅读", "延伸閱讀", "相关新闻", "相關新聞", "推荐阅读", "点击查看", "扫码", "责任编辑", "责编", "更多精彩", "관련기사", "관련 기사", "기사제보", "구독하기",
    // Arabic, Hebrew, Persian, Hindi, Bengali, Thai
    "اقرأ أيضا", "اقرأ أيضًا", "اقرأ أيضاً", "اقرأ المزيد", "إعلان", "شارك", "קראו גם", "קרא עוד", "بیشتر بخوانید", "यह भी पढ़ें", "ये भी पढ़ें", "আরও পড়ুন", "อ่านเพิ่มเติม", "อ่านต่อ", "ข่าวที่เกี่ยวข้อง",
];

/// Those of them that sentences begin with as well: without a link and with a full stop they are one.
#[rustfmt::skip]
const BOTH_WAYS: &[&str] = &[
    "follow the", "get the latest", "last updated", "more news", "more on", "most popular", "most read", "read next", "see also", "see more", "updated on", "published on", "posted in",
    "posted on", "posted by", "watch live", "watch more", "keep reading", "find out more about our", "for the latest", "send us", "like us", "mehr über", "mehr dazu", "mehr aus", "se også", "lire la suite", "más información", "xem thêm",
];

/// Folded beginnings of headings that stand above what follows an article.
#[rustfmt::skip]
const ENDS: &[&str] = &[
    "disclaimer", "haftungsausschluss", "avertissement", "aviso legal", "descargo de responsabilidad", "disclaimer legale", "vrijwaring", "ansvarsfriskrivning", "ansvarsfraskrivelse", "vastuuvapauslauseke", "zastrzeżenie", "отказ от ответственности", "sorumluluk reddi", "penafian", "免责声明", "免責聲明", "免責事項", "면책조항",
    "sull autore", "l autore", "sobre o autor", "sobre a autora", "sobre la autora", "over de auteur", "om författaren", "om forfatteren", "tietoa kirjoittajasta", "o autorze", "o autorce", "o autorovi", "a szerzőről", "despre autor", "об авторе", "про автора", "за автора", "yazar hakkında", "tentang penulis", "về tác giả", "この記事を書いた人", "著者について", "執筆者", "作者简介", "關於作者", "关于作者", "기자 소개", "عن الكاتب", "درباره نویسنده", "על המחבר", "σχετικά με τον συγγραφέα", "à propos de l autrice",
    "related", "more from", "more stories", "more news", "about the author", "about the writer", "about author", "share this", "comments", "leave a comment", "leave a reply", "read next", "you may also", "you might also", "recommended",
    "tags", "filed under", "categories", "join the conversation", "latest news", "latest posts", "latest stories", "recent posts", "popular posts", "most read", "most popular", "up next", "what to read next", "post navigation",
    "mehr zum thema", "lesen sie auch", "das könnte sie", "das könnte dich", "auch interessant", "kommentare", "kommentar schreiben", "schreibe einen kommentar", "schreiben sie einen kommentar", "ihr kommentar", "über den autor", "über die autorin", "zum autor", "zur autorin", "weitere artikel", "weitere beiträge", "ähnliche beiträge", "ähnliche artikel", "weitere themen", "verwandte artikel", "pressekontakt", "meistgelesen",
    "sobre el autor", "noticias relacionadas", "te puede interesar", "más noticias", "comentarios", "deja un comentario", "artículos relacionados", "sur le même sujet", "lire aussi", "à lire aussi", "commentaires", "laisser un commentaire", "à propos de l auteur", "articles similaires",
    "leggi anche", "articoli correlati", "commenti", "lascia un commento", "leia também", "notícias relacionadas", "comentários", "deixe um comentário", "lees ook", "reacties", "gerelateerd", "läs också", "relaterade", "les også", "læs også", "lue myös",
    "czytaj też", "czytaj także", "komentarze", "zobacz także", "polecane", "čtěte také", "související", "ilgili haberler", "yorumlar", "читайте также", "материалы по теме", "комментарии", "читайте також", "коментарі", "tin liên quan", "bình luận", "baca juga", "berita terkait", "komentar",
    "関連記事", "相关新闻", "相关阅读", "相關新聞", "延伸閱讀", "评论", "관련기사", "댓글", "اقرأ أيضا", "مواضيع ذات صلة", "ข่าวที่เกี่ยวข้อง",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Block {
        Block {
            text: text.to_owned(),
            part: 0,
            tag: Tag::Paragraph,
            weight: text.chars().count(),
            link_weight: 0,
            links: 0,
            in_caption: false,
            known_folded: std::cell::OnceCell::new(),
        }
    }

    #[test]
    fn lines_between_paragraphs_are_known_in_many_languages() {
        for text in [
            "Read more: Ferries in winter",
            "Lesen Sie auch: Fähren im Winter",
            "Lire aussi : Les bacs",
            "Xem thêm: Phà đêm",
            "関連記事：渡し船",
            "Читайте также: Паромы",
            "ADVERTISEMENT",
            "Photo: harbour office",
            "The quay at dawn (Image: harbour office)",
            "© 2020 Strait Courier",
            "Copyright 2020 Strait Courier",
            "Copyright (c) Strait Courier",
            "[ⓒ 해협신문, 무단 전재 금지]",
            "Photo by Ada Lark",
            "Follow us on the network.",
            "Quelle: Hafenamt",
            "Night ferries are in danger, say the nurses of the islands. 21.04.2024 | 3:18 min",
        ] {
            assert!(is_boilerplate(&line(text)), "{text}");
        }
    }

    #[test]
    fn sentences_that_begin_alike_are_kept() {
        for text in [
            "Relatedly, the council raised the fares.",
            "Photographers crowded the quay.",
            "Photos by the dozen were shown in court.",
            "Follow the money, she said.",
            "More on that later, he said.",
            "Most popular songs were copied.",
            "Copyright law was written for printers, and judges have struggled with it since.",
            "Tagsüber bleibt es ruhig.",
            "The minister said the photo was old.",
            "She ran the distance in 3:18 min. on Monday and rested.",
        ] {
            assert!(!is_boilerplate(&line(text)), "{text}");
        }
    }

    #[test]
    fn a_long_paragraph_is_never_boilerplate() {
        let text = format!(
            "Read more books, said the teacher, {}",
            "and write about them too, ".repeat(20)
        );
        assert!(!is_boilerplate(&line(&text)));
    }
}
