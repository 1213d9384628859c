//! Pages on which further articles follow as the reader scrolls, or stand before: only the page's own is read.
//!
//! Each begins with a headline of the same level, and with its own authors and date or in an element of its own.
//! The posts of a live blog are told from them by standing below the headline of the page, not beside it.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::Known;
use super::measure::Sums;
use crate::extract::hints::Hints;
use crate::extract::table::{Block, Part, Table, attribute};
use crate::extract::tag::Tag;
use crate::extract::text::folded;

/// Weight of the plain text from which what follows a headline is an article.
const SHORTEST_ARTICLE: f64 = 120.0;

/// Weight of the plain text of the shortest article under the page's own headline.
const SHORTEST_OWN: f64 = 100.0;

/// Blocks behind a headline, at most, in which its authors and its date stand.
const BLOCKS_TO_BYLINE: usize = 5;

/// The blocks of the page's own article, where others stand before or behind it.
pub(super) fn own_blocks(
    table: &Table<'_>,
    plain: &Sums,
    known: &Known<'_>,
) -> Option<Range<usize>> {
    let title = folded(known.title?);
    if known.is_live || title.is_empty() || title.split(' ').any(is_live_word) {
        return None;
    }
    let headlines = Headlines::new(table, plain);
    let (own, level) = headlines.own(&title)?;
    let all = headlines.of_level(level);
    let insets = Insets::of(table, plain, own);
    let is_own_signed = headlines.is_signed(own);
    let begins_another = |&index: &usize| {
        table.budget.lasts(STEPS_FOR_HEADLINE)
            && headlines.text(index, headlines.end_of(index, level)) >= SHORTEST_ARTICLE
            && (is_own_signed && headlines.is_signed(index)
                || headlines.is_beside(own, index, level))
            && !insets.holds(index)
            && !headlines.is_live(index)
    };
    let behind = all.iter().copied().filter(|index| *index > own);
    let end = behind.into_iter().find(begins_another);
    // A copy of the headline above means that what stands between belongs to the article.
    let copy = headlines.copy_of(&title).unwrap_or(own);
    let mut before = all.iter().copied().filter(|index| *index < copy);
    let start = before.find(begins_another).map(|_| own);
    if end.is_none() && start.is_none() {
        return None;
    }
    Some(start.unwrap_or(0)..end.unwrap_or(table.blocks.len()))
}

/// What looking at one headline costs: the elements around it are walked.
const STEPS_FOR_HEADLINE: usize = 16;

fn is_live_word(word: &str) -> bool {
    matches!(
        word,
        "live" | "liveblog" | "liveticker" | "ticker" | "newsblog" | "newsticker"
    )
}

/// Tells whether a heading says a folded headline; one that is much shorter or longer does not.
fn says(block: &Block, title: &str) -> bool {
    let length = block.text.len();
    // Small letters can take more bytes than capitals.
    length * 2 >= title.len() && length <= 2 * title.len() + 20 && block.folded() == title
}

/// The headings of a page, by level, so that none is looked for twice.
struct Headlines<'a> {
    table: &'a Table<'a>,
    plain: &'a Sums,
    /// The blocks of each level, in document order.
    by_level: BTreeMap<u8, Vec<usize>>,
    /// For each element, whether it or one around it is named after what is live; known once somebody asks.
    live: OnceCell<Vec<bool>>,
}

impl<'a> Headlines<'a> {
    fn new(table: &'a Table<'a>, plain: &'a Sums) -> Self {
        let mut by_level: BTreeMap<u8, Vec<usize>> = BTreeMap::new();
        for (index, block) in table.blocks.iter().enumerate() {
            if let Tag::Heading(level) = block.tag {
                by_level.entry(level).or_default().push(index);
            }
        }
        Self {
            table,
            plain,
            by_level,
            live: OnceCell::new(),
        }
    }

    /// The headline of the page that stands above the most text, and its level.
    fn own(&self, title: &str) -> Option<(usize, u8)> {
        let blocks = self.table.blocks.iter().enumerate();
        let own = blocks.filter_map(|(index, block)| match block.tag {
            Tag::Heading(level) if says(block, title) => Some((index, level)),
            _ => None,
        });
        own.map(|(index, level)| (index, level, self.text(index, self.end_of(index, level))))
            .filter(|(.., text)| *text >= SHORTEST_OWN)
            .max_by(|a, b| a.2.total_cmp(&b.2))
            .map(|(index, level, _)| (index, level))
    }

    /// The first heading that says the headline of the page.
    fn copy_of(&self, title: &str) -> Option<usize> {
        let mut blocks = self.table.blocks.iter();
        blocks.position(|block| matches!(block.tag, Tag::Heading(_)) && says(block, title))
    }

    fn of_level(&self, level: u8) -> &[usize] {
        self.by_level.get(&level).map_or(&[], Vec::as_slice)
    }

    /// Where what stands under a headline ends: at the next of its level.
    fn end_of(&self, headline: usize, level: u8) -> usize {
        let all = self.of_level(level);
        let next = all.partition_point(|index| *index <= headline);
        all.get(next).copied().unwrap_or(self.table.blocks.len())
    }

    fn text(&self, first: usize, end: usize) -> f64 {
        self.plain.between(first, end)
    }

    /// Tells whether authors or a date stand right behind a headline.
    fn is_signed(&self, headline: usize) -> bool {
        let behind = self.table.blocks.iter().enumerate().skip(headline + 1);
        let end = behind
            .take(BLOCKS_TO_BYLINE)
            .find(|(_, block)| matches!(block.tag, Tag::Heading(_)))
            .map_or(headline + 1 + BLOCKS_TO_BYLINE, |(index, _)| index);
        // Elements are in document order, so those that begin here are one range.
        let from = self
            .table
            .elements
            .partition_point(|part| part.first < headline);
        let parts = self.table.elements.iter().skip(from);
        parts
            .take_while(|part| part.first < end)
            .filter(|part| part.end <= end)
            .any(|part| {
                part.tag == Tag::Time
                    || part.hints.any(Hints::BYLINE.or(Hints::DATE)) && part.end > part.first
            })
    }

    /// Tells whether two headlines stand in neighbouring elements that are made alike.
    fn is_beside(&self, own: usize, other: usize, level: u8) -> bool {
        let Some((one, another)) = self.neighbours(own, other) else {
            return false;
        };
        let is_made_for_it = one.tag == Tag::Article || one.tag == Tag::Div && level == 1;
        let name = |part: &Part| {
            let element = self.table.element(part)?;
            attribute(element, "class")
        };
        is_made_for_it && one.tag == another.tag && name(one) == name(another)
    }

    /// The elements of one parent that hold one headline each.
    fn neighbours(&self, own: usize, other: usize) -> Option<(&Part, &Part)> {
        let around = |headline: usize| {
            let part = self
                .table
                .blocks
                .get(headline)
                .map_or(0, |block| block.part);
            let outer = self.table.ancestors(part);
            std::iter::once(part).chain(outer.map(|(index, _)| index))
        };
        let holds = |index: usize, headline: usize| {
            let part = self.table.elements.get(index);
            part.filter(|part| (part.first..part.end).contains(&headline))
        };
        let one = around(own)
            .take_while(|index| holds(*index, other).is_none())
            .last();
        let another = around(other)
            .take_while(|index| holds(*index, own).is_none())
            .last();
        Some((holds(one?, own)?, holds(another?, other)?))
    }

    /// Tells whether a headline stands in a part named after what is live.
    fn is_live(&self, headline: usize) -> bool {
        let live = self.live.get_or_init(|| live_parts(self.table));
        let block = self.table.blocks.get(headline);
        block
            .and_then(|block| live.get(block.part))
            .copied()
            .unwrap_or_default()
    }
}

/// For each element, whether it or one around it is named after what is live.
fn live_parts(table: &Table<'_>) -> Vec<bool> {
    let mut live: Vec<bool> = Vec::with_capacity(table.elements.len());
    for (index, part) in table.elements.iter().enumerate() {
        let is_around = part.parent < index && live.get(part.parent).copied().unwrap_or_default();
        live.push(is_around || is_named_live(table, part));
    }
    live
}

fn is_named_live(table: &Table<'_>, part: &Part) -> bool {
    if matches!(part.tag, Tag::Body | Tag::Html) {
        return false;
    }
    let element = table.element(part).into_iter();
    element
        .flat_map(|element| [attribute(element, "class"), attribute(element, "id")])
        .flatten()
        .any(|name| {
            let name = name.to_ascii_lowercase();
            ["live", "ticker", "timeline", "minute"]
                .iter()
                .any(|word| name.contains(word))
        })
}

/// Where a headline would stand in a box between the paragraphs of the page's own article, which goes on below it.
struct Insets<'a> {
    table: &'a Table<'a>,
    own: usize,
    /// For each block behind the page's headline, how many elements hold text both above and below it.
    around: Vec<usize>,
    /// For each element that holds text behind it, the first and the last block.
    reach: HashMap<usize, (usize, usize)>,
}

impl<'a> Insets<'a> {
    fn of(table: &'a Table<'a>, plain: &Sums, own: usize) -> Self {
        let mut reach: HashMap<usize, (usize, usize)> = HashMap::new();
        for (index, block) in table.blocks.iter().enumerate().skip(own) {
            if plain.between(index, index + 1) > 0.0 {
                let holder = holder(table, block.part);
                reach.entry(holder).or_insert((index, index)).1 = index;
            }
        }
        let mut begun = vec![0_usize; table.blocks.len() + 1];
        let mut ended = vec![0_usize; table.blocks.len() + 1];
        for (first, last) in reach.values() {
            if let (Some(begun), Some(ended)) = (begun.get_mut(first + 1), ended.get_mut(last + 1))
            {
                *begun += 1;
                *ended += 1;
            }
        }
        let mut open = 0;
        let around = begun.iter().zip(&ended).map(|(begun, ended)| {
            open = open + begun - ended;
            open
        });
        Self {
            table,
            own,
            around: around.collect(),
            reach,
        }
    }

    fn holds(&self, headline: usize) -> bool {
        let around = self.around.get(headline).copied().unwrap_or_default();
        let block = self.table.blocks.get(headline);
        let holder = block.map_or(0, |block| holder(self.table, block.part));
        let reach = self.reach.get(&holder);
        let by_its_own = reach.is_some_and(|(first, last)| *first < headline && headline <= *last);
        headline > self.own && around > usize::from(by_its_own)
    }
}

/// The element that holds a paragraph or a heading beside others.
fn holder(table: &Table<'_>, part: usize) -> usize {
    match table.elements.get(part) {
        Some(found)
            if matches!(
                found.tag,
                Tag::Paragraph | Tag::Heading(_) | Tag::Item | Tag::Quote
            ) =>
        {
            found.parent
        }
        _ => part,
    }
}

#[cfg(test)]
mod tests {
    use crate::extract::{Page, article};

    const OWN: &str = "<p>The towns of the strait will keep their night ferries through the winter, the harbour office said on Monday.</p><p>Nurses and students had asked for it, and the council found the money in the fund for storm damage.</p>";
    const OTHER: &str = "<p>Quokkas were seen again at the lighthouse on the northern cape, said the keeper, who has counted forty.</p><p>The quokkas sleep by day and come to the huts at night, where children feed them, against all advice.</p>";
    const BYLINE: &str =
        "<div class=byline>By Ada Lark</div><time datetime=2024-05-06>May 6, 2024</time>";

    fn text(head: &str, body: &str) -> String {
        let html = format!("<title>Ferries sail all winter</title>{head}<body><main>{body}</main>");
        let page = Page {
            bytes: html.as_bytes(),
            content_type: None,
            url: None,
        };
        article(&page, None, &|| true).unwrap().text
    }

    #[test]
    fn of_several_articles_in_one_container_only_the_pages_own_is_read() {
        for tag in ["article", "div", "section"] {
            for level in 1..=2 {
                let one = |title: &str, text: &str| {
                    format!(
                        "<{tag} class=item><h{level}>{title}</h{level}>{BYLINE}<div class=text>{text}</div></{tag}>"
                    )
                };
                let own = one("Ferries sail all winter", OWN);
                let other =
                    one("Quokkas at the cape", OTHER) + &one("Quokkas again", &OTHER.repeat(3));
                for body in [own.clone() + &other, other.clone() + &own] {
                    let text = text("", &body);
                    assert!(text.contains("night ferries"), "{body}\n{text}");
                    assert!(!text.contains("uokkas"), "{body}\n{text}");
                }
            }
        }
    }

    #[test]
    fn articles_without_elements_of_their_own_are_told_by_headline_and_byline() {
        let body = format!(
            "<div><h1>Ferries sail all winter</h1>{BYLINE}{OWN}<h1>Quokkas at the cape</h1>{BYLINE}{OTHER}</div>"
        );
        assert!(!text("", &body).contains("uokkas"));
    }

    #[test]
    fn the_sections_of_one_article_are_read_whole_whatever_level_their_headings_have() {
        for level in 1..=2 {
            let body = format!(
                "<article><h1>Ferries sail all winter</h1>{BYLINE}{OWN}<h{level}>What the quokkas do</h{level}>{OTHER}</article>"
            );
            let text = text("", &body);
            assert!(
                text.contains("What the quokkas do\nQuokkas were seen"),
                "{text}"
            );
        }
    }

    #[test]
    fn the_posts_of_a_live_blog_are_read_all_with_their_headlines() {
        let post = |title: &str, text: &str| {
            format!("<article class=post><h1>{title}</h1><time>10:05</time>{text}</article>")
        };
        let posts = post("The office confirms", OWN) + &post("Quokkas at the cape", OTHER);
        let lead = "<h1>Ferries sail all winter</h1><time datetime=2024-05-06>May 6</time><p>All that happens on the day of the decision, hour by hour, from the harbour and the council.</p>";
        let linked = "<script type=application/ld+json>{\"@type\":\"LiveBlogPosting\",\"headline\":\"Ferries sail all winter\",\"datePublished\":\"2024-05-06\"}</script>";
        for (head, name) in [(linked, "x"), ("", "liveblog")] {
            let text = text(head, &format!("{lead}<div class={name}>{posts}</div>"));
            for part in [
                "All that happens",
                "The office confirms",
                "night ferries",
                "Quokkas at the cape",
                "sleep by day",
            ] {
                assert!(text.contains(part), "{part}: {text}");
            }
            assert!(!text.contains("10:05"), "{text}");
        }
    }
}
