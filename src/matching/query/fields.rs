//! The fields of a query, and the language codes that `lang:` takes.

use super::mistake::did_you_mean;
use crate::domain::Field;

/// The fields by the names that queries use.
const FIELDS: [(&str, Field); 7] = [
    ("title", Field::Title),
    ("body", Field::Body),
    ("author", Field::Author),
    ("source", Field::Source),
    ("tag", Field::Tag),
    ("url", Field::Url),
    ("lang", Field::Lang),
];

/// Names that other search languages use for our fields.
const OTHER_NAMES: [(&str, &str); 46] = [
    ("feed_title", "title"),
    ("feed_summary", "body"),
    ("summary", "body"),
    ("intitle", "title"),
    ("allintitle", "title"),
    ("headline", "title"),
    ("head", "title"),
    ("heading", "title"),
    ("subject", "title"),
    ("ti", "title"),
    ("text", "body"),
    ("intext", "body"),
    ("allintext", "body"),
    ("content", "body"),
    ("article", "body"),
    ("by", "author"),
    ("byline", "author"),
    ("writer", "author"),
    ("inauthor", "author"),
    ("from", "author"),
    ("au", "author"),
    ("site", "source"),
    ("domain", "source"),
    ("host", "source"),
    ("publisher", "source"),
    ("publication", "source"),
    ("outlet", "source"),
    ("feed", "source"),
    ("insource", "source"),
    ("so", "source"),
    ("tags", "tag"),
    ("label", "tag"),
    ("category", "tag"),
    ("topic", "tag"),
    ("keyword", "tag"),
    ("hashtag", "tag"),
    ("inurl", "url"),
    ("allinurl", "url"),
    ("link", "url"),
    ("uri", "url"),
    ("address", "url"),
    ("language", "lang"),
    ("lng", "lang"),
    ("locale", "lang"),
    ("la", "lang"),
    ("languages", "lang"),
];

/// The field of that name, in any case.
pub(super) fn field(name: &str) -> Option<Field> {
    FIELDS
        .iter()
        .find(|(known, _)| name.eq_ignore_ascii_case(known))
        .map(|(_, field)| *field)
}

/// The hint for a name that is no field.
pub(super) fn unknown_field_hint(name: &str) -> String {
    if matches!(name.to_ascii_uppercase().as_str(), "NEAR" | "ONEAR") {
        return "write NEAR/5 (or ONEAR/5) with a slash".to_owned();
    }
    match name.to_ascii_lowercase().as_str() {
        "before" | "after" | "date" | "since" | "until" | "pubdate" | "published" | "when" => {
            return "dates cannot be asked for: a watch sees each article once, when it is new"
                .to_owned();
        }
        "http" | "https" => {
            return "addresses in a text are skipped; for the article's own write url:\"example.org/path\"".to_owned();
        }
        "filetype" | "ext" | "related" | "cache" | "info" | "inanchor" | "allinanchor" => {
            return format!("{name}: is not known here; leave it out");
        }
        _ => {}
    }
    let other = OTHER_NAMES
        .iter()
        .find(|(other, _)| name.eq_ignore_ascii_case(other))
        .map(|(_, known)| *known);
    let near = || did_you_mean(name, FIELDS.iter().map(|(known, _)| *known));
    match other.or_else(near) {
        Some(known) => format!("did you mean {known}:?"),
        None => format!(
            "the fields are title: body: author: source: tag: url: lang:; to look for the text write \"{name}:…\" in quotes"
        ),
    }
}

/// ISO 639-1, the two-letter codes in use.
const TWO_LETTERS: &str = " aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv \
cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii \
ik in io is it iu iw ja ji jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml \
mn mo mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh \
si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo \
za zh zu ";

/// What people write for a language, and its code.
const LANGUAGE_NAMES: [(&str, &str); 36] = [
    ("english", "en"),
    ("vietnamese", "vi"),
    ("chinese", "zh"),
    ("mandarin", "zh"),
    ("japanese", "ja"),
    ("korean", "ko"),
    ("french", "fr"),
    ("german", "de"),
    ("spanish", "es"),
    ("portuguese", "pt"),
    ("italian", "it"),
    ("russian", "ru"),
    ("ukrainian", "uk"),
    ("arabic", "ar"),
    ("persian", "fa"),
    ("farsi", "fa"),
    ("hebrew", "he"),
    ("thai", "th"),
    ("turkish", "tr"),
    ("dutch", "nl"),
    ("polish", "pl"),
    ("greek", "el"),
    ("hindi", "hi"),
    ("indonesian", "id"),
    ("malay", "ms"),
    ("swedish", "sv"),
    ("jp", "ja"),
    ("cn", "zh"),
    ("vn", "vi"),
    ("gr", "el"),
    ("ua", "uk"),
    ("dk", "da"),
    ("cz", "cs"),
    ("gb", "en"),
    ("us", "en"),
    ("ir", "fa"),
];

/// True for a language code as BCP 47 writes them: `en`, `fil`, `zh-TW`, `zh-Hant-TW`.
pub(super) fn is_language(tag: &str) -> bool {
    let mut parts = tag.split(['-', '_']);
    let primary = parts.next().unwrap_or_default().to_ascii_lowercase();
    let is_known = match primary.len() {
        2 => primary.is_ascii() && TWO_LETTERS.contains(&format!(" {primary} ")),
        // ISO 639-3 has some 7,900 three-letter codes; their form is all that is checked.
        3 => primary.bytes().all(|byte| byte.is_ascii_lowercase()),
        _ => false,
    };
    let is_subtag = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    is_known && parts.all(is_subtag)
}

/// The hint for a text that is no language code.
pub(super) fn language_hint(written: &str) -> String {
    LANGUAGE_NAMES
        .iter()
        .find(|(name, _)| written.eq_ignore_ascii_case(name))
        .map_or_else(
            || "use a language code: lang:en, lang:vi, lang:zh-TW".to_owned(),
            |(_, code)| format!("use a language code: lang:{code}"),
        )
}

/// What to write for a text that is no language code; `None` for one that is.
pub(crate) fn language_code_hint(written: &str) -> Option<String> {
    let mut names = LANGUAGE_NAMES.iter();
    let of_name = names.find(|(name, _)| written.eq_ignore_ascii_case(name));
    let hint = match of_name {
        Some((_, code)) => format!("write \"{code}\""),
        None => "write for example \"en\", \"vi\" or \"zh-TW\"".to_owned(),
    };
    (!is_language(written)).then_some(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_codes_are_told_from_names_and_countries() {
        for tag in ["en", "VI", "zh-TW", "zh_Hant_TW", "fil", "pt-BR", "es-419"] {
            assert!(is_language(tag), "{tag}");
        }
        for tag in ["english", "jp", "cn", "e", "", "en-", "en us", "é", "zh*"] {
            assert!(!is_language(tag), "{tag}");
        }
    }

    #[test]
    fn a_foreign_field_name_is_translated_and_a_typo_corrected() {
        assert_eq!(unknown_field_hint("InTitle"), "did you mean title:?");
        assert_eq!(unknown_field_hint("site"), "did you mean source:?");
        assert_eq!(unknown_field_hint("titel"), "did you mean title:?");
        assert!(unknown_field_hint("breaking").starts_with("the fields are"));
    }
}
