//! Lines that stand on many pages of one host: boilerplate that only who reads the host every day can know.
//!
//! In go a page's text and what is remembered of its host; out comes the text without the lines that the host's other
//! pages carry as well. What the page or its entry says of itself is never dropped: the teaser that other pages show of
//! an article is, on its own page, the article.

use std::cell::LazyCell;

use super::text::{folded, is_dense_script, weight};
use super::{Extracted, Note, fragment_text};
use crate::domain::{Budget, Entry, HostMemory, TextHash};

/// How often a line must have stood on other pages to be dropped.
#[derive(Debug, Clone, Copy)]
struct Threshold {
    /// Other pages at least.
    pages: u32,
    /// And of all other pages at least one in so many.
    one_in: u32,
}

/// For a line. Six pages: a running story repeats a sentence in three or four of its reports. A fifth: a host has a
/// handful of sections, and what stands on every page of one of them is as much its furniture as what stands on all. With
/// fewer, sentences of stories go; with more, the lines of sections stay.
const LINE: Threshold = Threshold {
    pages: 6,
    one_in: 5,
};

/// For a paragraph. A report's background is written once and pasted into every report on the subject, and may be the one
/// place that names what people watch for. What half of all pages carry is no background any more.
const PARAGRAPH: Threshold = Threshold {
    pages: 12,
    one_in: 2,
};

/// The longest line, in weight; the calls, credits and notices that pages put between paragraphs are shorter, and most
/// paragraphs longer.
const LONGEST_LINE: usize = 170;

/// Weight from which a text that the page or its entry says of itself is its own; "News" at the head of a line is not.
const SHORTEST_OWN_TEXT: usize = 20;

/// The hashes of a text's lines, by which they are known on other pages.
#[must_use]
pub fn line_hashes(text: &str) -> Vec<TextHash> {
    text.lines()
        .filter_map(|line| hash(&folded(line)))
        .collect()
}

/// The hash of a headline, by which an article is known under another address.
#[must_use]
pub fn headline_hash(headline: &str) -> Option<TextHash> {
    hash(&folded(headline))
}

fn hash(folded: &str) -> Option<TextHash> {
    (!folded.is_empty()).then(|| TextHash::of(folded))
}

/// Drops the lines of a page that stand on many other pages of its host, notes how many, and returns the number.
pub fn drop_repeated(
    found: &mut Extracted,
    entry: &Entry,
    memory: &HostMemory,
    budget: &Budget<'_>,
) -> usize {
    if memory.on_pages.is_empty() {
        return 0;
    }
    let own = LazyCell::new(|| OwnTexts::of(found, entry, budget));
    let mut dropped = 0;
    let kept: Vec<&str> = found
        .text
        .lines()
        .filter(|line| {
            let folded = folded(line);
            let is_kept = !is_repeated(line, &folded, memory) || own.say(&folded);
            dropped += usize::from(!is_kept);
            is_kept
        })
        .collect();
    if dropped > 0 {
        found.text = kept.join("\n");
        found.notes.push(Note::RepeatedLines { dropped });
    }
    dropped
}

/// Whether a line stands on so many other pages of its host that it is none of an article's.
#[must_use]
pub fn is_repeated_line(line: &str, memory: &HostMemory) -> bool {
    is_repeated(line, &folded(line), memory)
}

fn is_repeated(line: &str, folded: &str, memory: &HostMemory) -> bool {
    let Some(&pages) = hash(folded).and_then(|hash| memory.on_pages.get(&hash)) else {
        return false;
    };
    let threshold = if weight(line) <= LONGEST_LINE {
        LINE
    } else {
        PARAGRAPH
    };
    pages >= threshold.pages && pages * threshold.one_in >= memory.other_pages
}

/// What the page and its entry say of the article, folded.
struct OwnTexts(Vec<String>);

impl OwnTexts {
    fn of(found: &Extracted, entry: &Entry, budget: &Budget<'_>) -> Self {
        let title = found.title.as_ref().map(|title| &title.value);
        let written = [title, found.description.as_ref(), entry.title.as_ref()];
        let marked_up = [&entry.summary, &entry.content];
        let texts = written
            .into_iter()
            .flatten()
            .map(|text| folded(text))
            .chain(
                marked_up
                    .into_iter()
                    .flatten()
                    .map(|html| folded(&fragment_text(html, budget))),
            );
        Self(texts.filter(|text| !text.is_empty()).collect())
    }

    /// Tells whether they hold a line, or break off inside it: summaries are often the cut beginning of a paragraph.
    fn say(&self, line: &str) -> bool {
        self.0.iter().any(|own| {
            holds(own, line) || weight(own) >= SHORTEST_OWN_TEXT && line.starts_with(own.as_str())
        })
    }
}

/// Tells whether a folded text holds a folded line, not as a part of other words.
fn holds(text: &str, line: &str) -> bool {
    // Scripts without spaces have no word to end.
    if line.contains(is_dense_script) {
        return text.contains(line);
    }
    text == line
        || text.match_indices(line).any(|(at, _)| {
            let (before, rest) = text.split_at(at);
            let after = rest.strip_prefix(line).unwrap_or_default();
            (before.is_empty() || before.ends_with(' '))
                && (after.is_empty() || after.starts_with(' '))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{Origin, Sourced};

    const CALL: &str = "Our correspondents report on the East Sea from five ports.";

    fn titled(title: &str) -> Sourced<String> {
        Sourced::new(title.into(), Origin::TitleTag)
    }

    fn page(lines: &[&str]) -> Extracted {
        Extracted {
            title: Some(titled("Fares stay as they are")),
            text: lines.join("\n"),
            ..Extracted::default()
        }
    }

    fn memory(line: &str, on_pages: u32, other_pages: u32) -> HostMemory {
        let lines = line_hashes(line).into_iter();
        HostMemory {
            other_pages,
            on_pages: lines.map(|line| (line, on_pages)).collect(),
        }
    }

    fn kept(lines: &[&str], entry: &Entry, memory: &HostMemory) -> Vec<String> {
        let mut found = page(lines);
        drop_repeated(&mut found, entry, memory, &Budget::new(&|| true));
        found.text.lines().map(str::to_owned).collect()
    }

    fn is_dropped(line: &str, on_pages: u32, other_pages: u32) -> bool {
        let memory = memory(line, on_pages, other_pages);
        kept(&[line], &Entry::default(), &memory).is_empty()
    }

    fn paragraph() -> String {
        "The waters are claimed by several states, and talks have gone on for years. ".repeat(4)
    }

    #[test]
    fn a_line_goes_that_stood_on_six_other_pages_and_a_fifth_of_them() {
        assert!(is_dropped(CALL, 6, 6));
        assert!(is_dropped(CALL, 6, 30));
        assert!(is_dropped(CALL, 13, 64));
        assert!(!is_dropped(CALL, 5, 5), "on too few pages");
        assert!(!is_dropped(CALL, 6, 31), "on too few of the pages");
    }

    #[test]
    fn a_paragraph_goes_only_where_half_of_the_pages_carry_it() {
        let paragraph = paragraph();
        assert!(is_dropped(&paragraph, 12, 24));
        assert!(!is_dropped(&paragraph, 11, 11), "on too few pages");
        assert!(!is_dropped(&paragraph, 31, 64), "on too few of the pages");
    }

    #[test]
    fn the_other_lines_stay_in_their_order_and_the_page_notes_how_many_went() {
        let mut found = page(&["First.", CALL, "Second.", CALL]);
        let dropped = drop_repeated(
            &mut found,
            &Entry::default(),
            &memory(CALL, 9, 9),
            &Budget::new(&|| true),
        );
        assert_eq!((dropped, found.text.as_str()), (2, "First.\nSecond."));
        assert_eq!(found.notes, [Note::RepeatedLines { dropped: 2 }]);
    }

    #[test]
    fn a_line_is_known_in_any_case_and_with_any_marks() {
        let memory = memory(CALL, 9, 9);
        let written = "OUR CORRESPONDENTS report on the East Sea, from five ports!";
        assert!(kept(&[written], &Entry::default(), &memory).is_empty());
    }

    #[test]
    fn nothing_goes_while_nothing_is_known_of_the_host() {
        let mut found = page(&[CALL]);
        let dropped = drop_repeated(
            &mut found,
            &Entry::default(),
            &HostMemory::default(),
            &Budget::new(&|| true),
        );
        assert_eq!((dropped, found), (0, page(&[CALL])));
    }

    #[test]
    fn what_the_feed_says_of_the_entry_stays_on_its_page() {
        let memory = memory(CALL, 60, 64);
        let html = format!("<p>{CALL}</p><p>More on Monday.</p>");
        for entry in [
            Entry {
                title: Some(CALL.into()),
                ..Entry::default()
            },
            Entry {
                summary: Some(html.clone()),
                ..Entry::default()
            },
            Entry {
                content: Some(html),
                ..Entry::default()
            },
        ] {
            assert_eq!(kept(&[CALL], &entry, &memory), [CALL], "{entry:?}");
        }
    }

    #[test]
    fn what_the_page_says_of_itself_stays() {
        let memory = memory(CALL, 60, 64);
        let by_title = Extracted {
            title: Some(titled(CALL)),
            ..page(&[CALL])
        };
        let by_description = Extracted {
            description: Some(CALL.into()),
            ..page(&[CALL])
        };
        for mut found in [by_title, by_description] {
            drop_repeated(
                &mut found,
                &Entry::default(),
                &memory,
                &Budget::new(&|| true),
            );
            assert_eq!(found.text, CALL);
        }
    }

    #[test]
    fn the_beginning_of_a_line_that_a_summary_is_cut_from_keeps_the_line() {
        let entry = Entry {
            summary: Some("Our correspondents report on the Ea…".into()),
            ..Entry::default()
        };
        assert_eq!(kept(&[CALL], &entry, &memory(CALL, 60, 64)), [CALL]);
    }

    #[test]
    fn a_line_inside_the_words_of_the_summary_is_not_in_it() {
        let entry = Entry {
            title: Some("Ours".into()),
            summary: Some("Research goes on.".into()),
            ..Entry::default()
        };
        assert!(kept(&["Sea"], &entry, &memory("Sea", 60, 64)).is_empty());
    }

    #[test]
    fn scripts_without_spaces_are_held_against_the_summary_too() {
        let entry = Entry {
            summary: Some("据报道东海谈判恢复，各方周一会面。".into()),
            ..Entry::default()
        };
        let line = "东海谈判恢复";
        assert_eq!(kept(&[line], &entry, &memory(line, 60, 64)), [line]);
    }
}
