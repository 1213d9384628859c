//! Traps: queries that can be read and most likely do not mean what their author had in mind.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;

use super::accented;
use super::copied;
use super::expr::{Expr, Kind};
use super::fields::field as is_field_named;
use super::habits::{Certainty, meant, operator_in_phrase};
use super::mistake::Mistake;
use super::pattern::{Look, Term};
use super::regex::required_literals;
use crate::domain::Field;
use crate::matching::frequency;
use crate::matching::words::{Keys, Reading, Words};

/// Capital letters up to which a word is likely to be an abbreviation that is also a word: PA, US, WHO.
const SHORT_CAPITALS: usize = 3;
/// A word that stands in more articles than this is no topic.
const EVERYDAY_SHARE: f32 = 0.4;

/// Every trap of a query, in order of place; `text` is the query as it was typed.
pub(crate) fn lint(expr: &Expr, text: &str) -> Vec<Mistake> {
    let mut traps = Vec::new();
    if let Kind::Term(term) = &expr.kind {
        everyday_word(term, expr.place.start, &mut traps);
    }
    clause(expr, None, &mut traps);
    // What else such signs look like is not what anybody wrote.
    if let Some(trap) = copied::html_sign(text) {
        return vec![trap];
    }
    if text.contains(parts_words) {
        let text: Vec<char> = text.chars().collect();
        commas(expr, &text, &mut traps);
        traps.extend(copied::lines(expr, &text));
        single_quotes(expr, &text, &mut traps);
    }
    traps.sort_by_key(|trap| trap.at);
    traps
}

/// Every trap of an element of a list of terms, in which operators mean nothing.
pub(crate) fn lint_term(expr: &Expr, text: &str) -> Vec<Mistake> {
    let mut traps = Vec::new();
    let start = expr.place.start;
    if let Kind::Term(it) = &expr.kind {
        everyday_word(it, start, &mut traps);
        term(it, start, None, &mut traps);
    }
    if let Some(sign) = operator_in_term(text.trim()) {
        traps.retain(|trap| trap.kind != "operator-in-quotes");
        traps.push(Mistake::new(
            "operator-in-terms",
            start,
            format!("{sign} means nothing in a list of terms: each is a word or a phrase"),
            "write each term by itself, or query = '...' in place of terms",
        ));
    }
    traps.extend(copied::list_in_term(text.trim(), start));
    traps
}

/// An operator of the language in a term.
fn operator_in_term(raw: &str) -> Option<String> {
    if let Some(word) = operator_in_phrase(raw) {
        return Some(word.to_owned());
    }
    if raw.contains(['|', '｜']) {
        return Some("|".to_owned());
    }
    let mut chars = raw.chars();
    let first = chars.next()?;
    let second = chars.next()?;
    if matches!(first, '-' | '–' | '−') && (second.is_alphabetic() || second == '"') {
        return Some(first.to_string());
    }
    if first == '(' && raw.ends_with(')') {
        return Some("( )".to_owned());
    }
    if first == '/' && raw.ends_with('/') {
        return Some("/ /".to_owned());
    }
    if let Some((name, rest)) = raw.split_once(':')
        && is_field_named(name).is_some()
        && rest.starts_with(|c: char| !c.is_whitespace())
    {
        return Some(format!("{name}:"));
    }
    let number = raw.trim_end_matches(|c: char| c.is_ascii_digit());
    let has_number = number.len() < raw.len();
    let signs = [">=", "^-", "^", "~"]
        .into_iter()
        .find(|sign| number.ends_with(sign));
    signs.filter(|_| has_number).map(str::to_owned)
}

/// The terms, expressions and aliases of a query, from left to right.
fn leaves<'e>(expr: &'e Expr, found: &mut Vec<&'e Expr>) {
    let before = found.len();
    for child in expr.children() {
        leaves(child, found);
    }
    if found.len() == before {
        found.push(expr);
    }
}

/// Commas and semicolons between words, which are no more than spaces.
fn commas(expr: &Expr, text: &[char], traps: &mut Vec<Mistake>) {
    let mut all = Vec::new();
    leaves(expr, &mut all);
    for (place, leaf) in all.iter().enumerate() {
        let Kind::Term(
            term @ Term {
                is_quoted: false, ..
            },
        ) = &leaf.kind
        else {
            continue;
        };
        let sign = term.raw.chars().enumerate().find(|(_, c)| is_list_sign(*c));
        if let Some((offset, sign)) = sign {
            let (left, right) = term.raw.split_once(sign).unwrap_or_default();
            let next = all.get(place + 1).map(|next| shown(next, text));
            let right = Some(right.to_owned())
                .filter(|right| !right.is_empty())
                .or(next);
            let (sign, at) = (sign.to_string(), term.raw_at + offset);
            traps.extend(right.map(|right| list_sign(&sign, at, left, &right)));
        }
    }
    for (left, right) in all.iter().zip(all.iter().skip(1)) {
        let from = left.place.end;
        let between = text.get(from..right.place.start).unwrap_or_default();
        let comma = between.iter().position(|c| matches!(c, ',' | '，'));
        let has_operator = between.iter().any(|c| c.is_alphanumeric() || *c == '|');
        if let Some(comma) = comma.filter(|_| !has_operator) {
            let (left, right) = (shown(left, text), shown(right, text));
            traps.push(list_sign(",", from + comma, &left, &right));
        }
    }
}

/// Signs of a query that may be meant to part its words, or to hold them together, and are no operators.
fn parts_words(c: char) -> bool {
    matches!(c, ',' | '，' | '\n') || is_list_sign(c) || is_single_quote(c)
}

/// Signs between the items of a list, in the scripts that have their own.
fn is_list_sign(c: char) -> bool {
    matches!(c, ';' | '；' | '、' | '،' | '؛')
}

/// A clause as it was typed.
fn shown(leaf: &Expr, text: &[char]) -> String {
    text.get(leaf.place.clone())
        .unwrap_or_default()
        .iter()
        .collect()
}

fn list_sign(sign: &str, at: usize, left: &str, right: &str) -> Mistake {
    Mistake::new(
        "comma",
        at,
        format!("\"{sign}\" is no more than a space: both sides must be found"),
        format!("write {left} OR {right} if either will do, or a space if both must be found"),
    )
}

/// Words between single quotes, which make no phrase.
fn single_quotes(expr: &Expr, text: &[char], traps: &mut Vec<Mistake>) {
    if !text.iter().any(|c| is_single_quote(*c)) {
        return;
    }
    let mut all = Vec::new();
    leaves(expr, &mut all);
    for leaf in all {
        let Kind::Term(Term {
            is_quoted: false, ..
        }) = &leaf.kind
        else {
            continue;
        };
        let at = leaf.place.start;
        let rest = text.get(at..).unwrap_or_default();
        // ``red sea'', ''red sea''
        let quotes = |c: &&char| matches!(c, '\'' | '`' | '´');
        let doubled = rest.iter().take_while(quotes).count().saturating_sub(1);
        let found = single_quoted(rest);
        if let Some((before, inside)) =
            found.filter(|(before, _)| *before == doubled || *before == 0)
        {
            let at = at + before;
            traps.push(Mistake::new(
                "single-quotes",
                at,
                "single quotes make no phrase",
                format!("write \"{inside}\" in double quotes"),
            ));
        }
    }
}

/// The first words between single quotes in a text, and where they start.
pub(super) fn single_quoted(text: &[char]) -> Option<(usize, String)> {
    let is_apart = |at: usize| text.get(at).is_none_or(|c| !c.is_alphanumeric());
    let is_open = |at: &usize| {
        let is_quote = text.get(*at).is_some_and(|c| is_single_quote(*c));
        is_quote && at.checked_sub(1).is_none_or(is_apart) && !is_apart(at + 1)
    };
    let open = (0..text.len()).find(is_open)?;
    let is_close = |at: &usize| {
        let c = text.get(*at);
        is_apart(at + 1) && c.is_some_and(|c| matches!(c, '\'' | '‘' | '’' | '`' | '´'))
    };
    let close = (open + 1..text.len()).find(is_close)?;
    let inside = text.get(open + 1..close).unwrap_or_default();
    Some((open, inside.iter().collect()))
}

fn is_single_quote(c: char) -> bool {
    matches!(c, '\'' | '‘' | '’' | '‚' | '`' | '´')
}

fn clause(expr: &Expr, field: Option<Field>, traps: &mut Vec<Mistake>) {
    let at = expr.place.start;
    match &expr.kind {
        Kind::Term(it) if field != Some(Field::Lang) => term(it, at, field, traps),
        Kind::Regex {
            pattern,
            ignore_case,
        } if required_literals(pattern, *ignore_case).is_empty() => {
            traps.push(Mistake::new(
                "slow-regex",
                at,
                "the regular expression holds no fixed text and is tried on every article",
                "add letters that must occur: two or more in a row, plain ones if case is ignored",
            ));
        }
        // `NOT x` has three letters and a space before its word.
        Kind::Not { inner, at } if inner.place.start == at + 2 => {
            traps.push(Mistake::new(
                "dash",
                *at,
                "a minus leaves out what follows it, also after a space",
                "write -word without the space, or take the dash away",
            ));
        }
        Kind::And(clauses) => operators(clauses, traps),
        Kind::Or(sides) => {
            for side in sides {
                if let Kind::Term(term) = &side.kind {
                    everyday_word(term, side.place.start, traps);
                }
            }
        }
        _ => {}
    }
    let field = match &expr.kind {
        Kind::Field(field, _) => Some(*field),
        _ => field,
    };
    let clauses: &[Expr] = match &expr.kind {
        Kind::And(clauses) => clauses,
        _ => &[],
    };
    for (place, child) in expr.children().enumerate() {
        // What is said of a word that is meant as an operator is said once.
        if meant(clauses, place).is_none() {
            clause(child, field, traps);
        }
    }
}

fn term(term: &Term, at: usize, field: Option<Field>, traps: &mut Vec<Mistake>) {
    let is_prose = !matches!(
        field,
        Some(Field::Source | Field::Url | Field::Author | Field::Tag)
    );
    let mut add = |kind, message: String, hint: String| {
        traps.push(Mistake::new(kind, at, message, hint));
    };
    let raw = term.raw.trim();
    // In small letters of ASCII alone, as most terms are, lies no trap but the accents that they lack.
    let is_small = |byte: u8| byte.is_ascii_lowercase() || byte == b' ';
    let has_signs = !raw.bytes().all(is_small);
    if has_signs && is_prose && is_address(raw) {
        add(
            "address",
            format!("\"{raw}\" is an address, and addresses in a text are skipped"),
            format!("write url:\"{raw}\" to search the article's own address"),
        );
        return;
    }
    if has_signs && let Some(word) = lost_signs(raw) {
        add(
            "lost-signs",
            format!("signs are not searched: \"{raw}\" is the word \"{word}\""),
            format!("write a regular expression: /{}/", escaped(raw)),
        );
    } else if is_prose && !term.is_exact && is_short_capitals(raw) {
        add(
            "short-capitals",
            format!(
                "\"{raw}\" is found in any case, also as \"{}\"",
                raw.to_lowercase()
            ),
            format!("write ={raw} for exactly these capitals"),
        );
    }
    if is_prose
        && !term.is_exact
        && !is_short_capitals(raw)
        && let Some(word) = under_accents(term)
    {
        add(
            "accents",
            format!("\"{raw}\" is found under any accents, also as \"{word}\""),
            format!("write ={raw} for exactly these letters"),
        );
    }
    if has_signs {
        signs(term, raw, &mut add);
    }
}

/// Traps that lie in the signs of a term, and not in its letters.
fn signs(term: &Term, raw: &str, add: &mut impl FnMut(&'static str, String, String)) {
    if !term.is_quoted
        && let Some((kind, message, hint)) = stray_sign(raw)
    {
        add(kind, message, hint);
    }
    if term.is_quoted
        && let Some(word) = operator_in_phrase(raw)
    {
        add(
            "operator-in-quotes",
            format!("{word} inside quotes is a word of the phrase"),
            format!("write {word} outside of the quotes: \"…\" {word} \"…\""),
        );
    }
    if term.is_quoted && raw.ends_with('?') {
        add(
            "question-mark",
            "? stands for exactly one letter, also at the end of a phrase".to_owned(),
            format!("write \"{}\"", raw.trim_end_matches('?')),
        );
    }
}

/// A text as a regular expression, with no more signs than it needs.
fn escaped(raw: &str) -> String {
    regex_syntax::escape(raw)
        .replace("\\#", "#")
        .replace("\\-", "-")
}

/// Words side by side of which one is most likely meant as an operator.
fn operators(clauses: &[Expr], traps: &mut Vec<Mistake>) {
    for (place, clause) in clauses.iter().enumerate() {
        let meant = meant(clauses, place).filter(|meant| meant.certainty == Certainty::Likely);
        if let (Some(meant), Kind::Term(term)) = (meant, &clause.kind) {
            traps.push(Mistake::new(
                "small-operator",
                clause.place.start,
                format!(
                    "\"{}\" is a word to look for, and not an operator",
                    term.raw
                ),
                meant.hint,
            ));
        }
    }
}

/// The everyday word that a term without accents finds as well.
fn under_accents(term: &Term) -> Option<&'static str> {
    match term.pattern.edges.as_slice() {
        [edge] => match &edge.look {
            Look::Plain(word) if word.is_ascii() && word.len() > 1 => {
                let plain = in_small_letters(word);
                let is_everyday = || frequency::of_word(&plain) >= EVERYDAY_SHARE;
                accented::everyday_word(&plain).filter(|_| !is_everyday())
            }
            _ => None,
        },
        _ => None,
    }
}

/// A word of ASCII in small letters, as most are.
fn in_small_letters(word: &str) -> Cow<'_, str> {
    if word.bytes().any(|byte| byte.is_ascii_uppercase()) {
        word.to_ascii_lowercase().into()
    } else {
        word.into()
    }
}

/// A sign in a word that does not do what its author most likely hopes: the kind, the message, and what to write.
fn stray_sign(raw: &str) -> Option<(&'static str, String, String)> {
    if let Some(dashed) = raw.strip_prefix(['–', '—', '−', '－', '‐', '‑', '﹣']) {
        let message = "a dash is no minus: the word is looked for, not left out".to_owned();
        return Some(("dash", message, format!("write -{dashed}")));
    }
    if let Some(word) = raw.strip_prefix(':') {
        let message = "a colon after a space belongs to no field".to_owned();
        return Some((
            "colon",
            message,
            format!("write it right after the field: title:{word}"),
        ));
    }
    if let Some(sign) = raw
        .chars()
        .find(|c| matches!(c, '＊' | '＝' | '－' | '＋' | '～' | '＾' | '＞'))
    {
        let plain: String = sign.nfkc().collect();
        let message = format!("{sign} is a sign of the text and means nothing here");
        return Some((
            "full-width",
            message,
            format!("type the plain sign {plain}"),
        ));
    }
    let plain: String = if raw.is_ascii() {
        String::new()
    } else {
        raw.nfkc().collect()
    };
    if plain != raw && matches!(plain.as_str(), "AND" | "OR" | "NOT" | "NEAR" | "ONEAR") {
        let message = format!("{raw} in full-width letters is a word to look for");
        return Some((
            "full-width",
            message,
            format!("type {plain} in plain letters"),
        ));
    }
    if raw.contains('\\') {
        let message = "a backslash means nothing here".to_owned();
        return Some((
            "lost-signs",
            message,
            "take it away; signs need no escape, and are not searched".to_owned(),
        ));
    }
    truncation(raw).or_else(|| between_letters(raw))
}

/// `terror!`, `terror$`: the ways in which others write any ending.
fn truncation(raw: &str) -> Option<(&'static str, String, String)> {
    let stem = raw.trim_end_matches(|c: char| c.is_ascii_digit());
    let sign = stem
        .chars()
        .next_back()
        .filter(|c| matches!(c, '!' | '$' | '%' | '#'))?;
    let stem = stem.trim_end_matches(sign);
    let is_word = stem.chars().count() >= MIN_TRUNCATED && stem.chars().all(char::is_lowercase);
    is_word.then(|| {
        let message = format!("{sign} is not searched, and does not stand for any ending");
        ("truncation", message, format!("write {stem}*"))
    })
}

/// Letters from which on a small word before a sign is one that is to have any ending.
const MIN_TRUNCATED: usize = 3;
/// Letters on both sides of a slash from which on it stands between two words: km/h, AC/DC and TCP/IP are names.
const MIN_SIDE: usize = 3;

/// A sign between two words without spaces: they are looked for side by side.
fn between_letters(raw: &str) -> Option<(&'static str, String, String)> {
    let at = raw.find(['/', '+', '=', '#', '!', '$'])?;
    let (left, rest) = raw.split_at_checked(at)?;
    let mut rest = rest.chars();
    let sign = rest.next()?;
    let right = rest.as_str();
    let is_word = |side: &str| !side.is_empty() && side.chars().all(char::is_alphabetic);
    let are_words = |least: usize| {
        [left, right]
            .iter()
            .all(|side| is_word(side) && side.chars().count() >= least)
    };
    let side_by_side = format!("\"{raw}\" is looked for as \"{left} {right}\", side by side");
    match sign {
        '/' if are_words(MIN_SIDE) => Some((
            "slash",
            side_by_side,
            format!("write {left} OR {right} if either will do, or the name in quotes"),
        )),
        '+' if are_words(2) => Some((
            "plus",
            side_by_side,
            format!(
                "write {left} {right} with a space if both must be found, or the name in quotes"
            ),
        )),
        '=' if are_words(1) => Some((
            "equals",
            side_by_side,
            format!(
                "write title:{right} and the like with a colon; = stands right before a word, for exactly as typed"
            ),
        )),
        '#' | '!' | '$' if are_words(1) && left.chars().all(char::is_lowercase) => Some((
            "truncation",
            format!("{sign} is not searched, and does not stand for a letter"),
            format!("write {left}?{right}"),
        )),
        _ => None,
    }
}

/// A watch that asks for an everyday word alone fires on nearly everything.
fn everyday_word(term: &Term, at: usize, traps: &mut Vec<Mistake>) {
    if let [edge] = term.pattern.edges.as_slice()
        && let Look::Plain(word) = &edge.look
    {
        let share = if word.bytes().all(|byte| byte.is_ascii_lowercase()) {
            frequency::of_word(word)
        } else {
            let mut keys = Keys::default();
            keys.set(word);
            frequency::of_word(keys.fold())
        };
        if share >= EVERYDAY_SHARE {
            traps.push(Mistake::new(
                "everyday-word",
                at,
                format!("\"{word}\" stands in nearly every article"),
                "ask for a phrase, or for another word as well",
            ));
        }
    }
}

fn is_address(raw: &str) -> bool {
    let has_signs = raw.chars().any(|c| !c.is_alphanumeric() && c != ' ');
    has_signs
        && raw.chars().any(char::is_alphanumeric)
        && Words::of(raw, Reading::Prose).all().is_empty()
}

/// The word that is left of a name whose signs are part of it: C of C++, F of F#, NET of .NET.
fn lost_signs(raw: &str) -> Option<String> {
    if truncation(raw).is_some() {
        return None;
    }
    let ends_with_sign = raw.ends_with(['+', '#', '$', '€']);
    if !ends_with_sign && !raw.starts_with('.') {
        return None;
    }
    let words = Words::of(raw, Reading::Term);
    match words.all() {
        [word] => Some(words.letters(word).to_owned()),
        _ => None,
    }
}

fn is_short_capitals(raw: &str) -> bool {
    let letters = raw.chars().count();
    let is_plain_capital = |c: char| c.is_uppercase() && !matches!(c, '\u{FF00}'..='\u{FFEF}');
    (2..=SHORT_CAPITALS).contains(&letters) && raw.chars().all(is_plain_capital)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::query::query;

    fn kinds(text: &str) -> Vec<(&'static str, usize)> {
        let expr = query(text).unwrap();
        lint(&expr, text)
            .iter()
            .map(|trap| (trap.kind, trap.at + 1))
            .collect()
    }

    #[test]
    fn every_kind_of_trap_is_seen() {
        for (text, kind, col) in [
            ("iran PA", "short-capitals", 6),
            ("\"WHO\" iran", "short-capitals", 1),
            ("C++", "lost-signs", 1),
            ("iran .NET", "lost-signs", 6),
            ("/[0-9]{4}/", "slow-regex", 1),
            ("trump and putin", "small-operator", 7),
            ("apple –juice", "dash", 7),
            ("apple - juice", "dash", 7),
            ("'iran' deal", "single-quotes", 1),
            ("\"what now?\"", "question-mark", 1),
            ("iran OR people", "everyday-word", 9),
            ("www.example.org", "address", 1),
            ("iran, iraq", "comma", 5),
            ("\"oil price\", (gas OR coal)", "comma", 12),
            ("iran; iraq", "comma", 5),
            ("伊朗、伊拉克", "comma", 3),
            ("iran، iraq", "comma", 5),
            ("iran And iraq", "small-operator", 6),
            ("iran SAME deal", "small-operator", 6),
            ("iran ＯＲ iraq", "full-width", 6),
            ("terror＊ iran", "full-width", 1),
            ("‘climate change’ iran", "single-quotes", 1),
            ("iran 'climate change'", "single-quotes", 6),
            ("‚Klima‘ iran", "single-quotes", 1),
            ("terror! iran", "truncation", 1),
            ("iran terror$3", "truncation", 6),
            ("wom#n iran", "truncation", 1),
            ("iran+deal", "plus", 1),
            ("oil/gas", "slash", 1),
            ("title=iran oil", "equals", 1),
            ("title :iran oil", "colon", 7),
            ("a\\-b oil", "lost-signs", 1),
            ("\"iran OR iraq\"", "operator-in-quotes", 1),
            ("Uber", "accents", 1),
            ("strike OR \"uber\"", "accents", 11),
        ] {
            assert_eq!(kinds(text), [(kind, col)], "{text}");
        }
    }

    #[test]
    fn ordinary_queries_have_no_traps() {
        for text in [
            "=PA iran",
            "U.S. navy",
            "NATO OR ASEAN",
            "/CVE-[0-9]+/",
            "source:bbc.co.uk election",
            "url:www.example.org iran",
            "people iran",
            "#ukraine AT&T",
            "lang:en iran",
            "iran NOT oil -gas",
            "iran AND NOT (oil)",
            "南海",
            "1,000 dead",
            "\"Paris, Texas\"",
            "AC/DC OR TCP/IP OR km/h OR 24/7",
            "Yahoo! results",
            "'tis iran",
            "Xi'an O’Brien",
            "über OR =Uber",
            "«accord nucléaire»",
            "\"TRUTH AND JUSTICE\"",
            "\"war and peace\"",
            "source:uber iran",
            "R&D H&M",
            "everyone;",
        ] {
            assert_eq!(kinds(text), [], "{text}");
        }
    }

    #[test]
    fn operators_in_a_list_of_terms_are_seen_and_words_are_not() {
        let kinds_of = |text: &str| {
            let expr = crate::matching::query::term(text).unwrap();
            let kinds = lint_term(&expr, text);
            kinds.iter().map(|trap| trap.kind).collect::<Vec<_>>()
        };
        for text in [
            "iran OR iraq",
            "iran NEAR/5 deal",
            "iran|iraq",
            "-sport",
            "(iran iraq)",
            "title:iran",
            "iran>=3",
            "iran^10",
            "\"nuclear deal\"~5",
            "/CVE-1/",
        ] {
            assert_eq!(kinds_of(text), ["operator-in-terms"], "{text}");
        }
        for text in [
            "East Sea",
            "=UNCLOS",
            "attack*",
            "Washington, D.C.",
            "“East Sea”",
            "R&D",
            "F-16",
            "war and peace",
        ] {
            assert_eq!(kinds_of(text), [""; 0], "{text}");
        }
    }
}
