//! Boxes that stand among the paragraphs of a text and speak to the reader: an offer, a form, a question of consent.
//!
//! No name gives them away and no word of one language does. They stand in an element of their own, they say "you", and
//! they have hardly a word in common with the text around them.

use std::collections::HashSet;
use std::ops::Range;

use super::measure::{is_paragraph, parent};
use super::survey::Survey;
use crate::extract::hints::Hints;
use crate::extract::table::{Block, Part};
use crate::extract::tag::Tag;
use crate::extract::text::units;

/// The heaviest box, and the most of the text that it can be, in tenths.
const HEAVIEST: usize = 700;
const MOST_TENTHS: usize = 4;

/// The most of its telling words that a box has in common with the text, in tenths.
const MOST_SHARED_TENTHS: usize = 3;

/// The fewest telling words that can be compared.
const FEWEST_WORDS: usize = 4;

/// The share of the paragraphs that stand beside each other in a text with boxes, in tenths.
const LEAST_TENTHS_IN_ONE: usize = 6;

/// One in so many paragraphs of a report says "you", at most.
const MOST_SPEAKING: usize = 8;

/// The most boxes that are compared with the text.
const MOST_ISLANDS: usize = 60;

/// The blocks of boxes in an element that speak to the reader about something else than the text.
pub(super) fn islands(
    survey: &Survey<'_>,
    root: usize,
    text_parent: Option<usize>,
    inside: &[usize],
    title: &str,
) -> Vec<Range<usize>> {
    let Some(text_parent) = text_parent else {
        return Vec::new();
    };
    let block = |index: &usize| survey.table.blocks.get(*index);
    let of_text = |block: &&Block| parent(survey.table, block) == Some(text_parent);
    let candidates: Vec<&Part> = candidates(survey, root, text_parent)
        .into_iter()
        .filter(|part| speaks_to_reader(blocks(survey, part)))
        .take(MOST_ISLANDS)
        .collect();
    let within = |index: usize| {
        let mut boxes = candidates.iter();
        boxes.any(|part| (part.first..part.end).contains(&index))
    };
    let weigh = |of_text_only: bool| -> usize {
        let outside = inside.iter().filter(|&&index| !within(index));
        outside
            .filter_map(block)
            .filter(|block| is_paragraph(block) && (!of_text_only || of_text(block)))
            .map(|block| block.weight)
            .sum()
    };
    if weigh(true) * 10 < weigh(false) * LEAST_TENTHS_IN_ONE {
        return Vec::new();
    }
    let text = || inside.iter().filter_map(block).filter(of_text);
    let speaking = text().filter(|block| speaks_to_reader(std::iter::once(*block)));
    // A guide speaks to its readers all along.
    if candidates.is_empty() || speaking.count() * MOST_SPEAKING > text().count() {
        return Vec::new();
    }
    let total: usize = inside
        .iter()
        .filter_map(block)
        .map(|block| block.weight)
        .sum();
    let mut known: HashSet<String> = telling(title).collect();
    for &index in inside.iter().filter(|&&index| !within(index)) {
        if let Some(block) = survey.table.blocks.get(index) {
            known.extend(telling(&block.text));
        }
    }
    candidates
        .into_iter()
        .filter(|part| {
            let weight: usize = blocks(survey, part).map(|block| block.weight).sum();
            let mut own = blocks(survey, part);
            let is_notice =
                own.next().is_some_and(|block| is_notice(block, title)) && own.next().is_none();
            (is_notice || weight * 10 <= total * MOST_TENTHS)
                && is_about_something_else(survey, part, &known)
        })
        .map(|part| part.first..part.end)
        .collect()
}

/// Tells whether a lone paragraph speaks to the reader and has nothing in common with the headline.
pub(super) fn is_notice(block: &Block, title: &str) -> bool {
    let title: HashSet<String> = telling(title).collect();
    title.len() > 1
        && speaks_to_reader(std::iter::once(block))
        && !telling(&block.text).any(|word| title.contains(&word))
}

/// The largest elements inside the root that hold no paragraph of the text and are made of blocks of their own.
fn candidates<'a>(survey: &'a Survey<'_>, root: usize, text_parent: usize) -> Vec<&'a Part> {
    let elements = &survey.table.elements;
    let (Some(outer), Some(text)) = (elements.get(root), elements.get(text_parent)) else {
        return Vec::new();
    };
    let mut found: Vec<&Part> = Vec::new();
    let mut until = 0;
    for (index, part) in elements.iter().enumerate().skip(root + 1) {
        if part.first >= outer.end {
            break;
        }
        let holds_text = index <= text_parent && part.first <= text.first && part.end >= text.end;
        let is_box = matches!(
            part.tag,
            Tag::Div | Tag::Section | Tag::Aside | Tag::Article | Tag::Form | Tag::Inline
        ) && !part.tag.is_inline();
        let is_named_text = part.hints.any(Hints::BODY);
        if holds_text || is_named_text || !is_box || part.first < until || part.first >= part.end {
            continue;
        }
        until = part.end;
        let weight: usize = blocks(survey, part).map(|block| block.weight).sum();
        if weight <= HEAVIEST {
            found.push(part);
        }
    }
    found
}

fn blocks<'a>(survey: &'a Survey<'_>, part: &Part) -> impl Iterator<Item = &'a Block> {
    let blocks = survey.table.blocks.iter().enumerate();
    blocks
        .take(part.end)
        .skip(part.first)
        .filter(|(index, _)| !survey.is_left_out(*index))
        .map(|(_, block)| block)
}

fn is_about_something_else(survey: &Survey<'_>, part: &Part, known: &HashSet<String>) -> bool {
    let own: HashSet<String> = blocks(survey, part)
        .flat_map(|block| telling(&block.text))
        .collect();
    let shared = own.iter().filter(|word| known.contains(*word)).count();
    own.len() >= FEWEST_WORDS && shared * 10 <= own.len() * MOST_SHARED_TENTHS
}

/// The words of a text that say what it is about: the longer ones, and pairs of characters in dense scripts.
fn telling(text: &str) -> impl Iterator<Item = String> {
    units(text)
        .filter(|word| word.chars().count() >= 5 || !word.is_ascii() && word.chars().count() == 2)
}

/// Tells whether blocks say "you", and do not quote somebody who does.
pub(super) fn speaks_to_reader<'a>(mut blocks: impl Iterator<Item = &'a Block>) -> bool {
    blocks.any(|block| block.tag != Tag::Quote && says_you(&block.text))
}

fn says_you(text: &str) -> bool {
    const QUOTES: [char; 9] = ['"', '“', '”', '„', '«', '»', '「', '」', '『'];
    // What stands between quotation marks is said to somebody else.
    text.split(QUOTES).step_by(2).any(|said| {
        let mut is_first = true;
        let mut words = said.split_whitespace();
        words.any(|word| {
            let next_is_first = word.ends_with(['.', '!', '?', ':']);
            let starts_sentence = std::mem::replace(&mut is_first, next_is_first);
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
            is_you(bare, starts_sentence)
        }) || !said.is_ascii() && YOU_INSIDE.iter().any(|you| said.contains(you))
    })
}

fn is_you(word: &str, starts_sentence: bool) -> bool {
    if word.len() > LONGEST_YOU {
        return false;
    }
    if !word.starts_with(char::is_uppercase) {
        return YOU.contains(&word);
    }
    YOU_IN_CAPITALS.contains(&word) && (!starts_sentence || word != "Sie")
        || YOU.contains(&word.to_lowercase().as_str())
}

/// Bytes of the longest word for "you".
const LONGEST_YOU: usize = 20;

/// "You" and "your" in languages that part their words: forms that are no other word in one of the others.
#[rustfmt::skip]
const YOU: &[&str] = &[
    "you", "your", "yours", "dich", "dir", "dein", "deine", "deiner", "deinen", "euch", "eure", "vous", "votre", "vos", "usted", "ustedes", "contigo",
    "vosotros", "tuo", "tua", "tuoi", "voi", "vostro", "vostra", "você", "vocês", "jouw", "jij", "uw", "dig", "dina", "ditt", "deg", "twój", "twoje",
    "twoja", "ciebie", "tobie", "vaše", "vám", "vás", "váš", "vaša", "вы", "вас", "вам", "ваш", "ваши", "ваше", "вашу", "ви", "siz", "sizin", "bạn", "kamu",
    "sinä", "sinun", "sinulle", "önnek", "dumneavoastră", "vă", "σας", "εσείς", "אתה", "שלך", "شما", "आप", "आपके", "आपकी", "أنت", "لك", "إليك",
];

/// The same where a capital tells them from "they" and "their".
const YOU_IN_CAPITALS: &[&str] = &["Sie", "Ihnen", "Ihre", "Ihrer", "Ihren", "Ihrem", "Anda"];

/// The same, and what is said to readers alone, in scripts that do not part words.
const YOU_INSIDE: &[&str] = &[
    "您",
    "你",
    "あなた",
    "ください",
    "귀하",
    "하세요",
    "십시오",
    "คุณ",
];
