//! Names in lines: the first and the last of the text, one with a date, one that says "by".

use super::persons::is_full_name;
use super::{BLOCKS_ABOVE, BLOCKS_BELOW, MOST_PLACES};
use crate::extract::hints::Hints;
use crate::extract::lines;
use crate::extract::metadata::Place;
use crate::extract::metadata::names::{looks_like_name, split};
use crate::extract::table::{Block, Table};
use crate::extract::tag::Tag;
use crate::extract::text::{ends_sentence, folded};

/// The full name in the first line of the text, where it says "by" and nothing else but degrees.
pub(super) fn guest(table: &Table<'_>, body: &[usize]) -> Option<String> {
    let block = table.blocks.get(*body.first()?)?;
    let (start, rest) = block.text.split_once(' ')?;
    let is_start = STARTS.contains(&start.trim_end_matches(':').to_lowercase().as_str());
    if block.weight > LONGEST_SIGNATURE || !is_start {
        return None;
    }
    let mut parts = rest.split(',').map(str::trim);
    let name = parts.next().filter(|name| is_full_name(name))?;
    let is_degree =
        |part: &str| part.chars().count() <= LONGEST_DEGREE && part.chars().any(char::is_uppercase);
    parts.all(is_degree).then(|| name.to_owned())
}

/// Characters of the longest degree behind a name, and the weight of the longest line that is a signature.
pub(super) const LONGEST_DEGREE: usize = 6;

pub(super) const LONGEST_SIGNATURE: usize = 60;

/// The name that stands beside a date, right at the headline: "Ada Lark | Reporter | 3 May 2024", "3 May 2024 | Ada Lark",
/// or above it in a line of its own.
pub(super) fn from_dated_line(table: &Table<'_>, place: &Place) -> Vec<String> {
    const BARS: [&str; 4] = [" | ", "｜", " · ", " • "];
    const MARKS: [&str; 5] = [" - ", " – ", " — ", " / ", ", "];
    let near = place.blocks(2, 0);
    let mut lines: Vec<(usize, &str)> = table
        .blocks
        .iter()
        .enumerate()
        .filter(|(index, block)| {
            near.contains(index)
                && place.distance(*index) <= BLOCKS_TO_DATED_LINE
                && block.weight <= 2 * LONGEST_SIGNATURE
        })
        .map(|(index, block)| (index, block.text.as_str()))
        .collect();
    lines.sort_by_key(|(index, _)| place.distance(*index));
    let beside_date = |line: &str| {
        let first = BARS
            .iter()
            .chain(&MARKS)
            .filter_map(|mark| line.split_once(*mark));
        // Behind a comma or a dash stands the place as well.
        let last = BARS.iter().filter_map(|bar| line.rsplit_once(*bar));
        first
            .chain(last.map(|(date, name)| (name, date)))
            .find(|(name, date)| is_name_by_date(name.trim()) && lines::has_date(date))
            .map(|(name, _)| name.trim().to_owned())
    };
    let above_date = |index: usize, line: &str| {
        let below = table.blocks.get(index + 1)?;
        let is_date = below.weight <= LONGEST_SIGNATURE && lines::has_date(&below.text);
        (is_date && is_full_name(line.trim())).then(|| line.trim().to_owned())
    };
    let name = lines
        .into_iter()
        .find_map(|(index, line)| beside_date(line).or_else(|| above_date(index, line)));
    name.into_iter().collect()
}

/// Tells whether what a bar parts from a date is a name, in scripts without capitals too.
fn is_name_by_date(text: &str) -> bool {
    let has_case = |c: char| c.is_uppercase() || c.is_lowercase();
    let is_word = |word: &str| word.chars().all(|c| !has_case(c) && c.is_alphabetic());
    let words = text.split_whitespace().count();
    is_full_name(text)
        || (2..=4).contains(&words)
            && text.split_whitespace().all(is_word)
            && !lines::begins_as_between(text, &folded(text))
            && split(text) == [text]
}

/// Blocks from the headline in which a line with a name and a date stands.
pub(super) const BLOCKS_TO_DATED_LINE: usize = 4;

/// The name that the first or the last line of the text is.
pub(super) fn from_signature(table: &Table<'_>, body: &[usize]) -> Vec<String> {
    if body.len() < 3 {
        return Vec::new();
    }
    let name = body
        .last()
        .into_iter()
        .chain(body.first())
        .find_map(|&index| {
            let block = table.blocks.get(index)?;
            let is_line = !matches!(block.tag, Tag::Heading(_) | Tag::Item | Tag::Cell);
            (is_line && block.weight <= LONGEST_SIGNATURE && is_full_name(&block.text))
                .then(|| block.text.clone())
        });
    if name.is_some() {
        return name.into_iter().collect();
    }
    let first = body.iter().take(LINES_TO_SIGNATURE);
    let mut lines = first.filter_map(|&index| table.blocks.get(index));
    lines
        .find_map(|block| several_names(&block.text))
        .unwrap_or_default()
}

/// Lines of a text among which one names several people: key points may stand above it.
const LINES_TO_SIGNATURE: usize = 4;

/// The names in a line that is nothing but two or more of them.
fn several_names(line: &str) -> Option<Vec<String>> {
    let names: Vec<&str> = line.split(['/', '&']).map(str::trim).collect();
    let are_names = line.len() <= 2 * LONGEST_SIGNATURE
        && names.len() > 1
        && names.iter().all(|name| is_full_name(name));
    are_names.then(|| names.into_iter().map(str::to_owned).collect())
}

/// What a line says before the name of who edited an article.
const EDITED_BY: &[&str] = &[
    "editor",
    "editors",
    "edited by",
    "editing by",
    "editing",
    "editora",
    "editado por",
    "edición",
    "editör",
    "redaktur",
    "penyunting",
];

/// Tells whether the page has a line for each of these names that says that they edited the article: "Editor: Ada Lark".
pub(super) fn are_editors(table: &Table<'_>, names: &[String]) -> bool {
    let edited = |line: &str, name: &str| {
        line.strip_suffix(name)
            .is_some_and(|label| EDITED_BY.contains(&label.trim_end()))
    };
    let has_line = |name: &String| {
        let name = folded(name);
        let mut lines = table.blocks.iter();
        lines.any(|block| block.weight <= LONGEST_SIGNATURE && edited(block.folded(), &name))
    };
    !names.is_empty() && names.len() <= MOST_EDITORS && names.iter().all(has_line)
}

/// The most people that edit one article.
const MOST_EDITORS: usize = 3;

/// Lines like "By Ada Lark" near the headline and at the edges of the text.
pub(super) fn from_lines(table: &Table<'_>, place: &Place) -> Vec<String> {
    let mut blocks: Vec<usize> = place.blocks(BLOCKS_ABOVE, BLOCKS_BELOW).collect();
    blocks.sort_by_key(|block| place.distance(*block));
    for index in blocks.into_iter().take(MOST_PLACES) {
        let Some(block) = table.blocks.get(index) else {
            continue;
        };
        if block.weight > 160 {
            continue;
        }
        let hints = table
            .elements
            .get(block.part)
            .map_or(Hints::NONE, |part| part.hints);
        let line = block
            .text
            .trim_start_matches(['(', '（', '[', '–', '-'])
            .replace('：', ": ");
        let words: Vec<&str> = line.split_whitespace().collect();
        let is_start = |word: &&str| {
            let word = word.trim_end_matches(':').to_lowercase();
            // "Autorin/Autor": one label for both.
            let first = word.split('/').next().unwrap_or_default();
            STARTS.contains(&first)
        };
        let first = words.iter().position(is_start);
        let at = match first {
            Some(0) => 0,
            Some(at) if hints.any(Hints::META.or(Hints::DATE).or(Hints::BYLINE)) => at,
            _ => continue,
        };
        let is_double = words.get(at).is_some_and(|word| word.contains('/'));
        let from = at + usize::from(is_double);
        let rest = words.get(from..).unwrap_or_default().join(" ");
        let names: Vec<String> = split(&rest)
            .into_iter()
            .take_while(|name| looks_like_name(name))
            .collect();
        if is_in_sentence(&block.text, &names) {
            continue;
        }
        if !names.is_empty() && (block.weight <= 80 || at > 0 || names.len() == split(&rest).len())
        {
            return names;
        }
    }
    Vec::new()
}

/// Tells whether a line that begins as a byline is a sentence: `By law, nothing changes.`
pub(super) fn is_in_sentence(line: &str, names: &[String]) -> bool {
    let is_full = |name: &String| {
        name.contains(' ')
            && !name
                .split(' ')
                .any(|word| word.len() > 3 && word.starts_with(char::is_lowercase))
    };
    let said: usize = names.iter().map(|name| name.split(' ').count()).sum();
    let all = line.split_whitespace().count();
    // A word before the names, and one between each two.
    let is_all = all <= said + names.len() + 1;
    let is_small = names
        .iter()
        .any(|name| name.starts_with(char::is_lowercase));
    is_small && !is_all
        || ends_sentence(line)
            && line.chars().any(char::is_lowercase)
            && !(names.iter().all(is_full) && is_all)
}

/// The name that is written beside a picture of the same name, near the headline. Whom the text above it speaks of is not
/// who has written it: an interview shows the one who answers.
pub(super) fn from_pictures(table: &Table<'_>, place: &Place, body: &[usize]) -> Vec<String> {
    let near = place.blocks(BLOCKS_ABOVE, 1);
    let named = table
        .pictures
        .iter()
        .filter(|picture| near.contains(&picture.block));
    let name = named.filter_map(|picture| {
        let mut behind = table.blocks.iter().skip(picture.block).take(2);
        let alt = folded(picture.alt);
        let is_button = |block: &Block| lines::begins_as_between(&block.text, block.folded());
        let beside = behind.find(|block| is_full_name(&block.text) && block.folded() == alt)?;
        if is_button(beside) {
            return None;
        }
        let above = body.iter().filter(|&&index| index < picture.block);
        let mut text = above.filter_map(|&index| table.blocks.get(index));
        let speaks_of = |block: &Block| block.folded().contains(&*alt) && block.folded() != alt;
        (!text.any(speaks_of)).then_some(beside)
    });
    name.map(|block| block.text.clone()).take(1).collect()
}

/// Words that begin a line that is all byline.
#[rustfmt::skip]
pub(super) const STARTS: &[&str] = &[
    "by",
    "von",
    "par",
    "por",
    "di",
    "door",
    "av",
    "af",
    "oleh",
    "автор",
    "autor",
    "autora",
    "autorin",
    "author",
    "auteur",
    "text",
    "texto",
    "tekst",
    "责编",
    "责任编辑",
    "作者",
    "记者",
    "posted",
    "verfasst",
    "geschrieben",
    "veröffentlicht",
    "erstellt",
    "published",
    "written",
    "كتب",
    "كتبت",
    "بقلم",
    "מאת",
    "โดย",
    "लेखक",
    "autorka",
];
