//! Words that a language writes in more than one way find each other, and words that only look alike do not.

use proptest::prelude::*;

use super::*;
use crate::matching::Fold;
use crate::matching::words::Keys;

fn fires(query: &str, text: &str) -> bool {
    let watch = WatchSource {
        name: "w".to_owned(),
        asks: Asks::Query(query.to_owned()),
        min_score: None,
        stem: None,
        fold: None,
    };
    let matcher = Matcher::compile(&[], &[watch]).unwrap();
    let article = ArticleText {
        text,
        ..ArticleText::default()
    };
    !matcher.hits(&article).is_empty()
}

/// Each finds the other, as a query and as a text.
const SAME: &[(&str, &str)] = &[
    // Capitals.
    ("Balıkesir", "BALIKESİR"),
    ("Kılıçdaroğlu", "KILIÇDAROĞLU"),
    ("Dışişleri", "DIŞİŞLERİ"),
    ("İstanbul", "i\u{307}stanbul"),
    ("Straße", "STRASSE"),
    ("Gießen", "GIEẞEN"),
    ("Μαΐου", "ΜΑΪΟΥ"),
    ("Ουκρανός", "ΟΥΚΡΑΝΟΣ"),
    ("πρόεδρος", "ΠΡΌΕΔΡΟΣ"),
    ("Ἀθῆναι", "Αθήναι"),
    ("საქართველო", "ᲡᲐᲥᲐᲠᲗᲕᲔᲚᲝ"),
    ("საქართველო", "ႱႠႵႠႰႧႥႤႪႭ"),
    ("Ĳsselmeer", "IJSSELMEER"),
    ("n-uachtarán", "nUachtarán"),
    ("hÉireann", "hÉIREANN"),
    ("Երևան", "ԵՐԵՎԱՆ"),
    ("Երևան", "Երեւան"),
    ("ꭰꮎꭲ", "ᎠᎾᎢ"),
    ("Əliyev", "ƏLİYEV"),
    ("đường", "ÐƯỜNG"),
    ("Ǆungla", "džungla"),
    ("Łódź", "ŁÓDŹ"),
    // Marks that are not part of the spelling.
    ("Владимир", "Влади\u{301}мир"),
    ("الإمارات", "الإِمَارَات"),
    ("محمد", "مُحَمَّد"),
    ("القاهرة", "القاهره"),
    ("على", "علي"),
    ("ایران", "ايران"),
    ("کابل", "كابل"),
    ("الرحمن", "الرحمٰن"),
    ("السعودية", "الســـعودية"),
    ("سلام", "\u{FEB3}\u{FEFC}\u{FEE1}\u{200F}"),
    ("ٱلعراق", "العراق"),
    ("ישראל", "יִשְׂרָאֵל"),
    ("צה״ל", "צהל"),
    ("צה״ל", "צה\"ל"),
    ("ג׳ורג׳", "ג'ורג'"),
    ("תל־אביב", "תל אביב"),
    ("ייִדיש", "ײדיש"),
    ("बाज़ार", "बाज़ार"),
    ("हिन्दी", "हिंदी"),
    ("मुम्बई", "मुंबई"),
    ("सम्बन्ध", "संबंध"),
    ("चाँद", "चांद"),
    ("હિન્દી", "હિંદી"),
    ("അവൻ", "അവന്\u{200D}"),
    ("উৎসব", "উত্\u{200D}সব"),
    ("น้ำ", "นํ้า"),
    ("แม่น้ำ", "เเม่น้ำ"),
    ("ໜັງ", "ຫນັງ"),
    ("ጸሐይ", "ፀሀይ"),
    ("ኃይሌ", "ሀይሌ"),
    ("Ի՞նչ", "Ինչ"),
    ("ガザ", "ｶﾞｻﾞ"),
    ("ガザ", "カ゛ザ"),
    ("ドナルド・トランプ", "ドナルドトランプ"),
    ("霞ヶ関", "霞ケ関"),
    ("唐纳德·特朗普", "唐纳德特朗普"),
    ("한·미", "한미"),
    ("한ㆍ미", "한미"),
    (
        "대한민국",
        "\u{1103}\u{1162}\u{1112}\u{1161}\u{11AB}\u{1106}\u{1175}\u{11AB}\u{1100}\u{116E}\u{11A8}",
    ),
    ("София", "СОФИЯ"),
    ("ѝ", "и"),
    // Letters and signs that stand for one another.
    ("București", "Bucureşti"),
    ("Constanța", "CONSTANŢA"),
    ("об'єднані", "об’єднані"),
    ("об'єднані", "обʼєднані"),
    ("обєднані", "об’єднані"),
    ("Hawaiʻi", "Hawaii"),
    ("Hawaiʻi", "Hawai‘i"),
    ("Oʻzbekiston", "O'zbekiston"),
    ("O'Brien", "OBrien"),
    ("col·laboració", "coŀlaboració"),
    ("McDonald's", "McDonald’s"),
    ("McDonald's", "McDonalds"),
    ("MOODY'S", "Moody’s"),
    ("Sainsburys", "Sainsbury´s"),
    ("Jeanne d'Arc", "Jeanne d’Arc"),
    ("کتاب\u{200C}ها", "کتابها"),
    ("office", "oﬃce"),
    ("AT&T", "AT&T"),
    ("R&D", "R＆D"),
    ("3.5", "٣٫٥"),
    ("1000", "١٬٠٠٠"),
];

/// Found by the first, though the second does not find it.
const FOUND: &[(&str, &str)] = &[
    ("Gaeilge", "as GAEILGE"),
    ("Uachtarán", "an tUachtarán"),
    ("Éireann", "Banc Ceannais na hÉireann"),
    ("Éireann", "MUINTIR na hÉIREANN"),
    ("Thingvellir", "á Þingvöllum og Þingvellir"),
    ("Ghar", "Għar Dalam"),
    ("Azerbaycan", "Azərbaycan"),
    ("Kaduna", "Ƙaduna"),
    ("orphelia", "the yard of Orphelia¹ paid"),
    ("orphelia", "the yard of Orphelia1 paid"),
    ("orphelia", "the yard of Orphelia②, too"),
    ("orphelia", "the yard of Orphelia*, Orphelia†"),
    ("USA", "the USA³ said"),
    ("=UN", "the UN² said"),
    ("=BP", "BP’s profit"),
    ("orphelia", "Or\u{ad}phe\u{200b}lia, Orphelia\u{fe0f}"),
    ("orphelia", "O\u{2060}rphelia"),
    ("R&D", "R and D"),
    ("AT&T", "at & t"),
    ("R&D", "R’n’D"),
    ("AT&T", "AT&amp;T"),
    ("Marks&Spencer", "Marks und Spencer"),
    ("\"Marks & Spencer\"", "Marks and Spencer"),
    ("=H&M", "bei H&M"),
    ("CO2", "CO₂"),
    ("CO2", "CO2"),
    ("m2", "40 m²"),
    ("שלומ*", "שלום"),
    ("کتاب\u{200C}ها", "کتاب ها"),
    ("\"St Petersburg\"", "in St. Petersburg"),
    ("\"Gen Quill\"", "and Gen. Quill"),
    ("\"9 März\"", "am 9. März"),
    ("\"end. Next\"", "the end. Next day"),
    ("\"oil gas\"~3", "of oil. Gas too"),
    ("oil NEAR/2 gas", "of oil. Gas too"),
    ("\"approx five\"", "approx. five"),
    ("\"U.S. navy\"", "the U.S. Navy"),
    ("/👨\u{200D}👩/", "a 👨\u{200D}👩"),
    ("/❤\u{FE0F}/", "a ❤\u{FE0F}"),
    ("/می\u{200C}رود/", "می\u{200C}رود"),
    ("/CVE-[0-9]+/", "CV\u{ad}E-\u{200b}1"),
];

/// Not found.
const APART: &[(&str, &str)] = &[
    ("=Moody's", "Ada Moody sang"),
    ("\"McDonald's\"", "Ada McDonald opens the fair"),
    ("McDonald's", "Ada McDonald opens the fair"),
    ("shell", "she'll resign"),
    ("nest", "ce n’est pas"),
    ("AT&T", "at T-Mobile"),
    ("AT&T", "They looked at T. S. Eliot"),
    ("AT&T", "at, T"),
    ("H&M", "5 h, m was the mass"),
    ("H&M", "5 h. M was the mass"),
    ("R&D", "R&B and D"),
    ("R&D", "R D"),
    ("й", "и"),
    ("мой", "мои"),
    ("биен", "бйен"),
    ("ガ", "カ"),
    ("=İstanbul", "Istanbul"),
    ("ποτέ", "πότε"),
    ("\"Biển Đông\"", "biến động"),
    ("\"oil gas\"", "They found oil. Gas was dear."),
    ("\"oil gas\"", "Is it oil? Gas was dear."),
    ("\"तेल गैस\"", "यह तेल। गैस महंगी"),
    ("\"نفط غاز\"", "وجدوا نفط؟ غاز كثير"),
    ("\"* gas\"", "They found oil. Gas"),
    ("\"oil *\"", "They found oil. Gas"),
    ("\"2024 he\"", "in 2024. He said"),
    ("covid", "covidien"),
    ("রাজা", "রাজ়া"),
];

#[test]
fn what_is_written_in_two_ways_is_found_in_both() {
    let mut missed = Vec::new();
    for (one, other) in SAME {
        for (query, text) in [(one, other), (other, one)] {
            if !fires(query, text) {
                missed.push(format!("{query} in {text}"));
            }
        }
    }
    for (query, text) in FOUND {
        if !fires(query, text) {
            missed.push(format!("{query} in {text}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn what_only_looks_alike_is_not_found() {
    let wrong: Vec<_> = APART
        .iter()
        .filter(|(query, text)| fires(query, text))
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn a_letter_whose_capital_is_written_with_several_signs_is_found_in_capitals() {
    let several = |c: &char| c.is_alphabetic() && c.to_uppercase().count() > 1;
    let letters: Vec<char> = ('\u{80}'..='\u{ffff}').filter(several).collect();
    assert!(
        letters.len() > 90,
        "ß, ŉ, ǰ, ẖ and their kin: {}",
        letters.len()
    );
    for letter in letters {
        let word = format!("na{letter}a");
        let query = format!("\"{word}\"");
        let capitals = word.to_uppercase();
        assert!(fires(&query, &capitals), "{word} in {capitals}");
        assert!(
            fires(&format!("\"{capitals}\""), &word),
            "{capitals} in {word}"
        );
    }
}

/// Letters of every script, with and without case and marks.
fn letters() -> impl Strategy<Value = String> {
    let any =
        prop::char::any().prop_filter("letters and marks", |c| c.is_alphabetic() || is_mark(*c));
    prop::collection::vec(any, 1..8).prop_map(|all| all.into_iter().collect())
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

proptest! {
    #[test]
    fn the_forms_of_a_form_are_itself(word in letters()) {
        use unicode_normalization::UnicodeNormalization as _;
        let word: String = word.nfkc().collect();
        let (mut once, mut twice) = (Keys::default(), Keys::default());
        once.set(&word);
        let fold = once.fold().to_owned();
        twice.set(&fold);
        prop_assert_eq!(twice.fold(), &fold);
        prop_assert_eq!(twice.lower(), &fold);
    }

    #[test]
    fn a_word_finds_itself_in_any_case(word in letters()) {
        for text in [word.clone(), word.to_uppercase(), word.to_lowercase()] {
            let quoted = format!("\"{word}\"");
            if query::query(&quoted).is_ok() {
                prop_assert!(fires(&quoted, &text), "{} in {}", word, text);
            }
        }
    }
}

#[test]
fn german_letters_are_found_in_both_spellings_where_the_watch_asks_for_it() {
    let fires = |query: &str, fold, text: &str| {
        let watch = WatchSource {
            name: "w".to_owned(),
            asks: Asks::Query(query.to_owned()),
            min_score: None,
            stem: None,
            fold,
        };
        let matcher = Matcher::compile(&[], &[watch]).unwrap();
        let article = ArticleText {
            text,
            ..ArticleText::default()
        };
        !matcher.hits(&article).is_empty()
    };
    for (query, text) in [
        ("Müller", "Frau Mueller"),
        ("Mueller", "Frau Müller"),
        ("Müller", "FRAU MUELLER"),
        ("\"Köln Süd\"", "in Koeln Sued"),
        ("Goethe", "Göthe"),
        ("Muell*", "die Müllabfuhr"),
        ("Müll*", "die Muellabfuhr"),
        ("title:Müller OR body:Aerzte", "die Ärzte"),
        ("Groß-Gerau", "in Grossgerau"),
    ] {
        assert!(fires(query, Some(Fold::German), text), "{query} in {text}");
    }
    for (query, text) in [
        ("Müller", "Frau Moller"),
        ("=Müller", "Frau Mueller"),
        ("Muller", "Frau Mueller"),
    ] {
        assert!(!fires(query, Some(Fold::German), text), "{query} in {text}");
    }
    assert!(!fires("Mueller", None, "Frau Müller"));
}
