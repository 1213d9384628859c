//! The language of an article whose page and feed declare none.

use whatlang::Lang;

/// Characters of the text that are looked at; more changes no answer.
const LOOKED_AT: usize = 2_000;
/// Letters below which a guess is a throw of dice.
const MIN_LETTERS: usize = 24;

/// ISO 639-3 codes of the languages that have an ISO 639-1 code.
const CODES: &[(&str, &str)] = &[
    ("afr", "af"),
    ("aka", "ak"),
    ("amh", "am"),
    ("ara", "ar"),
    ("aze", "az"),
    ("bel", "be"),
    ("ben", "bn"),
    ("bul", "bg"),
    ("cat", "ca"),
    ("ces", "cs"),
    ("cmn", "zh"),
    ("cym", "cy"),
    ("dan", "da"),
    ("deu", "de"),
    ("ell", "el"),
    ("eng", "en"),
    ("epo", "eo"),
    ("est", "et"),
    ("fin", "fi"),
    ("fra", "fr"),
    ("guj", "gu"),
    ("heb", "he"),
    ("hin", "hi"),
    ("hrv", "hr"),
    ("hun", "hu"),
    ("hye", "hy"),
    ("ind", "id"),
    ("ita", "it"),
    ("jav", "jv"),
    ("jpn", "ja"),
    ("kan", "kn"),
    ("kat", "ka"),
    ("khm", "km"),
    ("kor", "ko"),
    ("lat", "la"),
    ("lav", "lv"),
    ("lit", "lt"),
    ("mal", "ml"),
    ("mar", "mr"),
    ("mkd", "mk"),
    ("mya", "my"),
    ("nep", "ne"),
    ("nld", "nl"),
    ("nob", "no"),
    ("ori", "or"),
    ("pan", "pa"),
    ("pes", "fa"),
    ("pol", "pl"),
    ("por", "pt"),
    ("ron", "ro"),
    ("rus", "ru"),
    ("sin", "si"),
    ("slk", "sk"),
    ("slv", "sl"),
    ("sna", "sn"),
    ("spa", "es"),
    ("srp", "sr"),
    ("swe", "sv"),
    ("tam", "ta"),
    ("tel", "te"),
    ("tgl", "tl"),
    ("tha", "th"),
    ("tuk", "tk"),
    ("tur", "tr"),
    ("ukr", "uk"),
    ("urd", "ur"),
    ("uzb", "uz"),
    ("vie", "vi"),
    ("yid", "yi"),
    ("zul", "zu"),
];

/// Guesses the language of an article from its letters and words, as a BCP 47 tag.
///
/// For articles that declare none: what a page or feed says of itself is to be preferred. `None` if the text is
/// too short or the guess would be unsafe.
#[must_use]
pub fn detect(title: &str, text: &str) -> Option<String> {
    let sample: String = text
        .chars()
        .take(LOOKED_AT)
        .chain("\n".chars())
        .chain(title.chars().take(LOOKED_AT))
        .collect();
    let letters = sample.chars().filter(|c| c.is_alphabetic());
    // A character of unspaced writing says as much as several letters.
    let weight: usize = letters
        .map(|c| if u32::from(c) >= 0x0E00 { 4 } else { 1 })
        .sum();
    if weight < MIN_LETTERS {
        return None;
    }
    let found = whatlang::detect(&sample)?;
    found.is_reliable().then(|| code(found.lang()))
}

fn code(language: Lang) -> String {
    let long = language.code();
    let short = CODES.iter().find(|(known, _)| *known == long);
    short.map_or(long, |(_, short)| short).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_apart() {
        for (language, text) in [
            (
                "en",
                "The minister said on Monday that talks about the border would be resumed next week. \
             Ships of both countries had met there in the spring, and the two governments accuse each other.",
            ),
            (
                "vi",
                "Bộ trưởng cho biết hôm thứ Hai rằng các cuộc đàm phán về biên giới sẽ được nối lại vào tuần tới.",
            ),
            ("zh", "部长星期一表示，有关边界问题的谈判将于下周恢复。"),
            (
                "ja",
                "大臣は月曜日に、国境に関する協議が来週再開されると述べた。",
            ),
            (
                "ru",
                "Министр сообщил в понедельник, что переговоры о границе возобновятся на следующей неделе.",
            ),
        ] {
            assert_eq!(detect("", text).as_deref(), Some(language));
        }
    }

    #[test]
    fn no_guess_is_made_of_a_few_letters() {
        assert_eq!(detect("Iran", "—"), None);
    }

    #[test]
    fn every_language_has_a_short_code_if_there_is_one() {
        assert!(Lang::all().iter().all(|lang| code(*lang).len() == 2));
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(title: String, text: String) {
            assert!(detect(&title, &text).is_none_or(|tag| tag.len() == 2));
        }
    }
}
