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

/// Weight of the shortest sentence under a picture where others tell the story.
const SHORTEST_OF_MANY: usize = 25;

/// Keeps the captions inside the element of the text that say more than its paragraphs.
pub(super) fn add(survey: &Survey<'_>, root: usize, found: &mut Found) {
    let table = survey.table;
    let Some(part) = table.elements.get(root) else {
        return;
    };
    let captions: Vec<(usize, usize)> = (part.first..part.end)
        .filter(|&index| found.verdicts.get(index) == Some(&Verdict::Dropped(Dropped::Caption)))
        .filter_map(|index| {
            let block = table.blocks.get(index)?;
            let tells =
                block.weight >= SHORTEST_OF_MANY && block.links == 0 && ends_sentence(&block.text);
            tells.then_some((index, block.weight))
        })
        .collect();
    let long = captions.iter().filter(|(_, weight)| *weight >= SHORTEST);
    let told: usize = captions.iter().map(|(_, weight)| weight).sum();
    let text: usize = found
        .kept()
        .filter_map(|index| table.blocks.get(index))
        .filter(|block| is_paragraph(block))
        .map(|block| block.weight)
        .sum();
    if long.count() < FEWEST || told < text {
        return;
    }
    for (index, _) in captions {
        found.set(index, Verdict::Kept(Kept::Text));
    }
}
