//! The words in dates: months of the languages feeds are written in, zones by name, and words that mean nothing.
//!
//! All names are in lower case without marks, as [`plain_word`] leaves them.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The months, January first: English; German, Dutch, Danish, Norwegian, Swedish; French, Spanish, Portuguese,
/// Italian, Romanian; Polish, Czech; Russian, Ukrainian; Finnish, Hungarian, Turkish, Greek, Indonesian;
/// Arabic, Hebrew, Bulgarian, Catalan, Slovak.
const MONTHS: [&[&str]; 12] = [
    &[
        "january",
        "jan",
        "januar",
        "janner",
        "jaenner",
        "januari",
        "janvier",
        "janv",
        "enero",
        "ene",
        "janeiro",
        "gennaio",
        "gen",
        "ianuarie",
        "ian",
        "stycznia",
        "styczen",
        "sty",
        "ledna",
        "leden",
        "led",
        "января",
        "январь",
        "янв",
        "січня",
        "січень",
        "січ",
        "tammikuuta",
        "tammikuu",
        "ocak",
        "oca",
        "ιανουαριου",
        "ιανουαριος",
        "ιαν",
        "يناير",
        "ינואר",
        "януари",
        "gener",
        "januara",
    ],
    &[
        "february",
        "feb",
        "februar",
        "februari",
        "fevrier",
        "fevr",
        "fev",
        "febrero",
        "fevereiro",
        "febbraio",
        "februarie",
        "lutego",
        "luty",
        "lut",
        "unora",
        "unor",
        "uno",
        "февраля",
        "февраль",
        "фев",
        "февр",
        "лютого",
        "лютии",
        "лют",
        "helmikuuta",
        "helmikuu",
        "subat",
        "sub",
        "φεβρουαριου",
        "φεβρουαριος",
        "φεβ",
        "فبراير",
        "פברואר",
        "февруари",
        "febrer",
        "februara",
    ],
    &[
        "march",
        "mar",
        "marz",
        "maerz",
        "mrz",
        "maart",
        "mrt",
        "marts",
        "mars",
        "marzo",
        "marco",
        "martie",
        "marca",
        "marzec",
        "brezna",
        "brezen",
        "bre",
        "марта",
        "март",
        "мар",
        "березня",
        "березень",
        "бер",
        "maaliskuuta",
        "maaliskuu",
        "marcius",
        "marc",
        "mart",
        "μαρτιου",
        "μαρτιος",
        "μαρ",
        "maret",
        "مارس",
        "מרץ",
    ],
    &[
        "april",
        "apr",
        "avril",
        "avr",
        "abril",
        "abr",
        "aprile",
        "aprilie",
        "kwietnia",
        "kwiecien",
        "kwi",
        "dubna",
        "duben",
        "dub",
        "апреля",
        "апрель",
        "апр",
        "квітня",
        "квітень",
        "квіт",
        "кві",
        "huhtikuuta",
        "huhtikuu",
        "aprilis",
        "nisan",
        "nis",
        "απριλιου",
        "απριλιος",
        "απρ",
        "ابريل",
        "אפריל",
        "април",
        "aprila",
    ],
    &[
        "may",
        "mai",
        "mei",
        "maj",
        "mayo",
        "maio",
        "maggio",
        "mag",
        "maja",
        "kvetna",
        "kveten",
        "kve",
        "мая",
        "маи",
        "травня",
        "травень",
        "трав",
        "тра",
        "toukokuuta",
        "toukokuu",
        "majus",
        "mayis",
        "μαιου",
        "μαιος",
        "μαι",
        "مايو",
        "מאי",
        "maig",
    ],
    &[
        "june",
        "jun",
        "juni",
        "juin",
        "junio",
        "junho",
        "giugno",
        "giu",
        "iunie",
        "iun",
        "czerwca",
        "czerwiec",
        "cze",
        "cervna",
        "cerven",
        "июня",
        "июнь",
        "июн",
        "червня",
        "червень",
        "чер",
        "kesakuuta",
        "kesakuu",
        "junius",
        "haziran",
        "haz",
        "ιουνιου",
        "ιουνιος",
        "ιουν",
        "يونيو",
        "יוני",
        "юни",
        "juny",
        "juna",
    ],
    &[
        "july",
        "jul",
        "juli",
        "juillet",
        "juil",
        "julio",
        "julho",
        "luglio",
        "lug",
        "iulie",
        "iul",
        "lipca",
        "lipiec",
        "lip",
        "cervence",
        "cervenec",
        "июля",
        "июль",
        "июл",
        "липня",
        "липень",
        "лип",
        "heinakuuta",
        "heinakuu",
        "julius",
        "temmuz",
        "tem",
        "ιουλιου",
        "ιουλιος",
        "ιουλ",
        "يوليو",
        "יולי",
        "юли",
        "juliol",
        "jula",
    ],
    &[
        "august",
        "aug",
        "augustus",
        "augusti",
        "aout",
        "agosto",
        "ago",
        "sierpnia",
        "sierpien",
        "sie",
        "srpna",
        "srpen",
        "srp",
        "августа",
        "август",
        "авг",
        "серпня",
        "серпень",
        "серп",
        "elokuuta",
        "elokuu",
        "augusztus",
        "agustos",
        "agu",
        "αυγουστου",
        "αυγουστος",
        "αυγ",
        "agustus",
        "agt",
        "اغسطس",
        "אוגוסט",
        "agost",
        "augusta",
    ],
    &[
        "september",
        "sep",
        "sept",
        "septembre",
        "septiembre",
        "set",
        "setembro",
        "settembre",
        "sett",
        "septembrie",
        "wrzesnia",
        "wrzesien",
        "wrz",
        "zari",
        "сентября",
        "сентябрь",
        "сен",
        "сент",
        "вересня",
        "вересень",
        "вер",
        "syyskuuta",
        "syyskuu",
        "szeptember",
        "szept",
        "eylul",
        "eyl",
        "σεπτεμβριου",
        "σεπτεμβριος",
        "σεπ",
        "سبتمبر",
        "ספטמבר",
        "септември",
        "septembra",
    ],
    &[
        "october",
        "oct",
        "oktober",
        "okt",
        "octobre",
        "octubre",
        "out",
        "outubro",
        "ottobre",
        "ott",
        "octombrie",
        "pazdziernika",
        "pazdziernik",
        "paz",
        "rijna",
        "rijen",
        "rij",
        "октября",
        "октябрь",
        "окт",
        "жовтня",
        "жовтень",
        "жовт",
        "lokakuuta",
        "lokakuu",
        "ekim",
        "eki",
        "οκτωβριου",
        "οκτωβριος",
        "οκτ",
        "اكتوبر",
        "אוקטובר",
        "октомври",
        "oktobra",
    ],
    &[
        "november",
        "nov",
        "novembre",
        "noviembre",
        "novembro",
        "noiembrie",
        "noi",
        "listopada",
        "listopad",
        "lis",
        "listopadu",
        "ноября",
        "ноябрь",
        "ноя",
        "нояб",
        "листопада",
        "листопад",
        "лист",
        "marraskuuta",
        "marraskuu",
        "kasim",
        "kas",
        "νοεμβριου",
        "νοεμβριος",
        "νοε",
        "nopember",
        "نوفمبر",
        "נובמבר",
        "ноември",
        "novembra",
    ],
    &[
        "december",
        "dec",
        "dezember",
        "dez",
        "decembre",
        "diciembre",
        "dic",
        "dezembro",
        "dicembre",
        "decembrie",
        "grudnia",
        "grudzien",
        "gru",
        "prosince",
        "prosinec",
        "pro",
        "декабря",
        "декабрь",
        "дек",
        "грудня",
        "грудень",
        "груд",
        "joulukuuta",
        "joulukuu",
        "aralik",
        "ara",
        "δεκεμβριου",
        "δεκεμβριος",
        "δεκ",
        "desember",
        "des",
        "ديسمبر",
        "דצמבר",
        "декември",
        "decembra",
    ],
];

/// Zones by name, in minutes east of UTC. Where a name means several, the one most feeds mean.
const ZONES: [(&str, i32); 75] = [
    ("z", 0),
    ("ut", 0),
    ("utc", 0),
    ("gmt", 0),
    ("wet", 0),
    ("zulu", 0),
    ("azot", -60),
    ("bst", 60),
    ("cet", 60),
    ("met", 60),
    ("mez", 60),
    ("mewt", 60),
    ("wat", 60),
    ("west", 60),
    ("hnec", 60),
    ("cest", 120),
    ("mest", 120),
    ("mesz", 120),
    ("eet", 120),
    ("cat", 120),
    ("sast", 120),
    ("hec", 120),
    ("eest", 180),
    ("msk", 180),
    ("eat", 180),
    ("trt", 180),
    ("idt", 180),
    ("ast-arabia", 180),
    ("msd", 240),
    ("gst", 240),
    ("samt", 240),
    ("irst", 210),
    ("aft", 270),
    ("pkt", 300),
    ("uzt", 300),
    ("yekt", 300),
    ("ist", 330),
    ("npt", 345),
    ("omst", 360),
    ("bdt", 360),
    ("mmt", 390),
    ("ict", 420),
    ("wib", 420),
    ("novt", 420),
    ("krat", 420),
    ("hkt", 480),
    ("sgt", 480),
    ("pht", 480),
    ("phst", 480),
    ("myt", 480),
    ("wita", 480),
    ("awst", 480),
    ("irkt", 480),
    ("jst", 540),
    ("kst", 540),
    ("wit", 540),
    ("acst", 570),
    ("aest", 600),
    ("chst", 600),
    ("acdt", 630),
    ("aedt", 660),
    ("nzst", 720),
    ("nzdt", 780),
    ("brt", -180),
    ("art", -180),
    ("ndt", -150),
    ("nst", -210),
    ("adt", -180),
    ("clt", -240),
    ("hst", -600),
    ("akst", -540),
    ("akdt", -480),
    ("vet", -240),
    ("pet", -300),
    ("cot", -300),
];

/// The zones of North America, which RFC 822 names: minutes of the standard time.
const AMERICAN_ZONES: [(char, i32); 5] = [
    ('a', -240),
    ('e', -300),
    ('c', -360),
    ('m', -420),
    ('p', -480),
];

/// Words that stand in a date and say nothing about it.
const FILLERS: [&str; 45] = [
    "a", "alle", "am", "as", "at", "kello", "klo", "kl", "la", "las", "le", "les", "lúc", "luc",
    "ngay", "nam", "of", "om", "on", "ore", "os", "the", "um", "uhr", "den", "der", "del", "de",
    "di", "do", "el", "en", "il", "o", "roku", "г", "року", "thg", "thang", "hrs", "hours", "uur",
    "h", "ob", "à",
];

/// What follows the number of a day: `1st`, `2nd`, `1er`, `2º`.
const ORDINALS: [&str; 12] = [
    "st", "nd", "rd", "th", "er", "e", "eme", "re", "o", "a", "ter", "ste",
];

/// Words that say which half of the day an hour of 1 to 12 is in.
const MORNING: [&str; 6] = ["am", "오전", "上午", "午前", "sa", "πμ"];
const AFTERNOON: [&str; 6] = ["pm", "오후", "下午", "午後", "ch", "μμ"];

/// Half of a day, as clocks of twelve hours name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Half {
    Morning,
    Afternoon,
}

/// Makes a word comparable: lower case, without marks over or under its letters.
pub(super) fn plain_word(word: &str) -> String {
    word.to_lowercase()
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .map(|c| match c {
            'ł' => 'l',
            'ı' => 'i',
            'đ' => 'd',
            other => other,
        })
        .nfc()
        .collect()
}

/// Returns the number of the month, 1 to 12, that a word names.
pub(super) fn month(word: &str) -> Option<i8> {
    let word = word.trim_end_matches('.');
    // Hebrew writes "in" as the letter before the name.
    let without_in = word.strip_prefix('ב').unwrap_or(word);
    let index = MONTHS
        .iter()
        .position(|names| names.contains(&word) || names.contains(&without_in))?;
    i8::try_from(index + 1).ok()
}

/// Returns the offset, in minutes east of UTC, of a zone that has a name.
pub(super) fn zone(word: &str) -> Option<i32> {
    if let Some((_, minutes)) = ZONES.iter().find(|(name, _)| *name == word) {
        return Some(*minutes);
    }
    let mut letters = word.chars();
    let (_, standard) = AMERICAN_ZONES
        .iter()
        .find(|(letter, _)| letters.clone().next() == Some(*letter))?;
    letters.next();
    match letters.as_str() {
        "st" | "t" => Some(*standard),
        "dt" => Some(standard + 60),
        _ => None,
    }
}

/// Returns the half of the day that a word names.
pub(super) fn half(word: &str) -> Option<Half> {
    let word = word.replace('.', "");
    if MORNING.contains(&word.as_str()) {
        Some(Half::Morning)
    } else if AFTERNOON.contains(&word.as_str()) {
        Some(Half::Afternoon)
    } else {
        None
    }
}

/// Returns whether a word says nothing about the date it stands in.
pub(super) fn is_filler(word: &str) -> bool {
    FILLERS.contains(&word)
}

/// Returns whether a word of a date is English: a day of the week, or one of the few words around it.
pub(super) fn is_english(word: &str) -> bool {
    ["at", "on", "the", "of", "t"].contains(&word)
        || ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
            .iter()
            .any(|day| {
                word.strip_prefix(day).is_some_and(|rest| {
                    rest.is_empty() || rest == "s" || rest == "rs" || rest.ends_with("day")
                })
            })
}

/// Returns whether a word, right behind a number, makes it `1st` or `2nd`.
pub(super) fn is_ordinal(word: &str) -> bool {
    ORDINALS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_in_the_tables_is_in_its_plain_form() {
        for name in MONTHS.iter().copied().flatten() {
            assert_eq!(plain_word(name), *name);
        }
    }

    #[test]
    fn no_name_stands_for_two_months() {
        for (index, names) in MONTHS.iter().enumerate() {
            for name in *names {
                assert_eq!(month(name), i8::try_from(index + 1).ok(), "{name}");
            }
        }
    }

    #[test]
    fn american_zones_have_a_summer_and_a_winter() {
        assert_eq!(zone("est"), Some(-300));
        assert_eq!(zone("edt"), Some(-240));
        assert_eq!(zone("pt"), Some(-480));
        assert_eq!(zone("xst"), None);
    }
}
