use super::*;

/// Every word with its positions: `cyber@0`, `cybersecurity@0-1`.
fn read(text: &str) -> Vec<String> {
    let words = Words::of(text, Reading::Prose);
    words
        .all()
        .iter()
        .map(|word| {
            let letters = words.letters(word);
            if word.position == word.last_position {
                format!("{letters}@{}", word.position)
            } else {
                format!("{letters}@{}-{}", word.position, word.last_position)
            }
        })
        .collect()
}

/// The original text of every word.
fn spans(text: &str) -> Vec<String> {
    Words::of(text, Reading::Prose)
        .all()
        .iter()
        .map(|word| {
            let length = (word.end - word.start) as usize;
            text.chars()
                .skip(word.start as usize)
                .take(length)
                .collect()
        })
        .collect()
}

fn keys(word: &str) -> (String, String) {
    let words = Words::of(word, Reading::Label);
    let mut keys = Keys::default();
    keys.set(words.letters(&words.all()[0]));
    (keys.lower().to_owned(), keys.fold().to_owned())
}

#[test]
fn a_dot_joins_digits_alone() {
    assert_eq!(
        read("up 3.5. end.Next"),
        ["up@0", "3.5@1", "end@2", "Next@3"]
    );
}

#[test]
fn a_comma_before_exactly_three_digits_is_dropped() {
    assert_eq!(
        read("1,000 1,0000 12,5 1,000,000.5"),
        ["1000@0", "1@1", "0000@2", "12@3", "5@4", "1000000.5@5"]
    );
}

#[test]
fn single_letters_with_dots_are_one_word() {
    assert_eq!(
        read("the U.S. and D.C at 5 a.m."),
        ["the@0", "US@1", "and@2", "DC@3", "at@4", "5@5", "am@6"]
    );
    assert_eq!(spans("U.S. D.C!"), ["U.S.", "D.C"]);
    assert_eq!(read("plan B. The"), ["plan@0", "B@1", "The@2"]);
    assert_eq!(
        read("the U.S.’s U.S.-China"),
        ["the@0", "US@1", "USs@1", "US@2", "USChina@2-3", "China@3"]
    );
}

#[test]
fn an_apostrophe_splits_and_a_possessive_vanishes() {
    assert_eq!(
        read("l’Iran she'll ASEAN’s IRAN'S G7's"),
        [
            "l@0", "Iran@1", "she@2", "ll@3", "ASEAN@4", "ASEANs@4", "IRAN@5", "IRANS@5", "G7@6",
            "G7s@6"
        ]
    );
    assert_eq!(spans("Iran's"), ["Iran", "Iran's"]);
}

#[test]
fn a_hyphen_splits_and_joins() {
    assert_eq!(
        read("cyber-security"),
        ["cyber@0", "cybersecurity@0-1", "security@1"]
    );
    assert_eq!(
        read("a1_b-c"),
        ["a1@0", "a1b@0-1", "a1bc@0-2", "b@1", "bc@1-2", "c@2"]
    );
    assert_eq!(read("COVID‑19"), ["COVID@0", "COVID19@0-1", "19@1"]);
}

#[test]
fn a_hyphen_at_a_line_end_joins_and_one_before_a_space_does_not() {
    assert_eq!(
        read("cyber-\r\n security"),
        ["cyber@0", "cybersecurity@0-1", "security@1"]
    );
    assert_eq!(
        read("pre- and post–war a--b"),
        ["pre@0", "and@1", "post@2", "war@3", "a@4", "b@5"]
    );
    assert_eq!(read("cyber-\n\nsecurity"), ["cyber@0", "security@2"]);
}

#[test]
fn a_blank_line_takes_one_position() {
    assert_eq!(
        read("\n\na\nb\n \n\nc\r\nd\r\n\r\n- e"),
        ["a@0", "b@1", "c@3", "d@4", "e@6"]
    );
}

#[test]
fn unspaced_scripts_are_read_by_character_and_hangul_by_run() {
    assert_eq!(read("5G手机ー"), ["5G@0", "手@1", "机@2", "ー@3"]);
    assert_eq!(read("LG전자는"), ["LG@0", "전자는@1"]);
    assert_eq!(read("การ"), ["ก@0", "า@1", "ร@2"]);
    assert_eq!(read("น้ำ").len(), 2);
    assert_eq!(read("中-美"), ["中@0", "美@1"]);
}

#[test]
fn emoji_are_words_and_flags_are_pairs() {
    assert_eq!(
        read("moon🚀🚀 👍🏽 🇻🇳🇺🇸 ☎️"),
        ["moon@0", "🚀@1", "🚀@2", "👍@3", "🇻🇳@4", "🇺🇸@5", "☎@6"]
    );
}

#[test]
fn addresses_and_invisible_characters_are_not_read() {
    assert_eq!(read("see https://x.example/iran now"), ["see@0", "now@1"]);
    assert_eq!(
        read("Viet\u{200b}nam infra\u{ad}structure"),
        ["Vietnam@0", "infrastructure@1"]
    );
    assert_eq!(spans("infra\u{ad}structure."), ["infra\u{ad}structure"]);
    assert_eq!(spans("мир\u{200b} и"), ["мир", "и"]);
}

#[test]
fn compatible_characters_are_one() {
    assert_eq!(
        read("ＣＯ₂ ﬁn ｲﾗﾝｶﾞ iPhone™ ٣٫٥"),
        [
            "CO2@0", "fin@1", "イ@2", "ラ@3", "ン@4", "ガ@5", "iPhone@6", "3.5@7"
        ]
    );
    assert_eq!(read("\u{1112}\u{1161}\u{11ab}"), ["한@0"]);
}

#[test]
fn keys_drop_case_and_accents() {
    assert_eq!(keys("Łódź").1, "lodz");
    assert_eq!(keys("Straße").0, "strasse");
    assert_eq!(keys("İSTANBUL").1, "istanbul");
    assert_eq!(keys("Ковалёв").1, "ковалев");
    assert_eq!(keys("мой").1, "мой");
    assert_eq!(keys("Αθήνας").1, "αθηνασ");
    assert_eq!(keys("إيران").1, "ايران");
    assert_eq!(keys("Đông").1, "dong");
    assert_eq!(keys("Æsop").1, "aesop");
    assert_eq!(keys("ガ").1, "ガ");
}

#[test]
fn the_place_of_a_tone_does_not_count_and_the_tone_does() {
    assert_eq!(keys("Hoà").0, keys("hòa").0);
    assert_ne!(keys("hoà").0, keys("hoá").0);
    assert_ne!(keys("biển").0, keys("biến").0);
}

#[test]
fn decomposed_text_has_the_same_words() {
    use unicode_normalization::UnicodeNormalization as _;
    let composed = "Biển Đông إيران ガ 한";
    let decomposed: String = composed.nfd().collect();
    assert_eq!(read(composed), read(&decomposed));
}

#[test]
fn a_long_text_is_read_in_pieces_without_a_seam() {
    let text = "cyber-\nsecurity l’Iran 1,000 ".repeat(2000);
    let words = Words::of(&text, Reading::Prose);
    assert_eq!(words.all().len(), 6 * 2000);
    let last = words.all().last().unwrap();
    assert_eq!(
        (last.position, last.end as usize),
        (5 * 2000 - 1, text.chars().count() - 1)
    );
}

proptest::proptest! {
    /// A blank before a word of ASCII is the short way; a space that is no ASCII says the same and takes the long one.
    #[test]
    fn plain_words_are_read_as_any_others(
        pieces in proptest::collection::vec("[A-Za-z]{1,4}|[A-Za-z0-9]{1,3}|[ ]{1,2}|[-.,;!?'’()@:/&\n\u{301}é南국·*]|www\\.a|http://a", 0..40),
    ) {
        let text = pieces.concat();
        for reading in [Reading::Prose, Reading::Label] {
            let short = Words::of(&text, reading);
            let long = Words::of(&text.replace(' ', "\u{2003}"), reading);
            let shown = |words: &Words| format!("{:?} {:?} {}", words.list, words.at_position, words.letters);
            proptest::prop_assert_eq!(shown(&short), shown(&long));
        }
    }
}
