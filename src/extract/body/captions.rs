//! Stories told in pictures: where the captions are most of what there is to read, they are the text.

use super::Found;
use super::measure::is_paragraph;
use super::survey::Survey;
use crate::extract::text::ends_sentence;
use crate::extract::verdict::{Dropped, Kept, Verdict};

/// The fewest captions that tell a story.
const FEWEST: usize = 3;

/// Weight of the shortest of them.
const SHORTEST: usize = 60;

/// Keeps the captions inside the element of the text that say more than its paragraphs.
pub(super) fn add(survey: &Survey<'_>, root: usize, found: &mut Found) {
    let table = survey.table;
    let Some(part) = table.elements.get(root) else {
        return;
    };
    let captions: Vec<usize> = (part.first..part.end)
        .filter(|&index| {
            let is_caption = found.verdicts.get(index) == Some(&Verdict::Dropped(Dropped::Caption));
            is_caption
                && table.blocks.get(index).is_some_and(|block| {
                    block.weight >= SHORTEST && block.links == 0 && ends_sentence(&block.text)
                })
        })
        .collect();
    let told: usize = captions
        .iter()
        .filter_map(|&index| table.blocks.get(index))
        .map(|block| block.weight)
        .sum();
    let text: usize = found
        .kept()
        .filter_map(|index| table.blocks.get(index))
        .filter(|block| is_paragraph(block))
        .map(|block| block.weight)
        .sum();
    if captions.len() < FEWEST || told < text {
        return;
    }
    for index in captions {
        found.set(index, Verdict::Kept(Kept::Text));
    }
}
