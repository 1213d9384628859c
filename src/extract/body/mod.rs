//! Finds the blocks that are the article.
//!
//! Each block has a worth: long plain text counts for, short or linked text against. The worth of an element
//! is the sum over its blocks; the article is the smallest element that keeps nearly all of the best sum.
//! Parts that their names give away (menus, related articles, comments) are left out first, unless they hold
//! so much of the page's text that the name must mean something else. Every block gets a verdict with its reason;
//! the text is what was kept.

mod behind;
mod captions;
mod cards;
mod island;
mod junk;
mod lead;
mod measure;
mod names;
mod survey;
mod trim;
mod widen;

use junk::{JUNK, SURE_JUNK};
use measure::{Sums, plain_weight};
use survey::Survey;

use super::hints::Hints;
use super::likeness::says_title;
use super::lines;
use super::rule::Applied;
use super::table::Table;
use super::tag::Tag;
use super::text::folded;
use super::verdict::{Dropped, Kept, Verdict};

/// What is known before the search.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Known<'a> {
    /// The headline.
    pub(super) title: Option<&'a str>,
    /// What the page gives as its description.
    pub(super) description: Option<&'a str>,
    /// Whether it says that it is a running report of many posts.
    pub(super) is_live: bool,
}

/// What became of the blocks of a page.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// A verdict for each block of the table.
    pub(super) verdicts: Vec<Verdict>,
    /// The element that holds the text, where it was searched for.
    pub(super) root: Option<usize>,
}

impl Found {
    fn new(table: &Table<'_>, verdict: Verdict) -> Self {
        Self {
            verdicts: vec![verdict; table.blocks.len()],
            root: None,
        }
    }

    fn set(&mut self, block: usize, verdict: Verdict) {
        if let Some(slot) = self.verdicts.get_mut(block) {
            *slot = verdict;
        }
    }

    /// The blocks that are the text, in document order.
    pub(super) fn kept(&self) -> impl Iterator<Item = usize> {
        let verdicts = self.verdicts.iter().enumerate();
        verdicts
            .filter(|(_, verdict)| verdict.is_kept())
            .map(|(index, _)| index)
    }

    fn weight(&self, table: &Table<'_>) -> usize {
        let blocks = self.kept().filter_map(|index| table.blocks.get(index));
        blocks.map(|block| block.weight).sum()
    }

    /// Drops the lines that only name the authors, who are known by now.
    pub(super) fn drop_bylines(&mut self, table: &Table<'_>, byline: Option<&str>) {
        let byline = byline.map(folded).unwrap_or_default();
        for (block, verdict) in table.blocks.iter().zip(&mut self.verdicts) {
            let by_search = matches!(verdict, Verdict::Kept(Kept::Text | Kept::Lead));
            if by_search
                && block.weight < LONGEST_BYLINE
                && lines::is_byline(block.folded(), &byline)
            {
                *verdict = Verdict::Dropped(Dropped::AboutTheArticle);
            }
        }
    }
}

/// The longest line that names nothing but the authors, in weight.
const LONGEST_BYLINE: usize = 300;

/// How many times the text must be that is found when fewer names count as junk, to be preferred: names lie
/// where a whole article is built of parts called cards or widgets.
const TRUSTED_RATIO: usize = 4;

/// Weight of a text that is long enough not to look for a longer one.
const ENOUGH_WEIGHT: usize = 4_000;

/// Finds the article: what the site rule names, else what holds most of the plain text.
pub(super) fn find(table: &Table<'_>, known: &Known<'_>, rule: &Applied) -> Found {
    if !rule.body.is_empty() {
        return named_by_rule(table, rule);
    }
    let plain = Sums::new(table.blocks.iter().map(plain_weight));
    let headline = headline(table, known);
    let own = behind::own_blocks(table, &plain, known);
    let mut best = Found::new(table, Verdict::Dropped(Dropped::Outside));
    let mut best_weight = 0;
    for names in [JUNK, SURE_JUNK, Hints::COMMENTS.or(Hints::CONSENT)] {
        if !table.budget.lasts(table.elements.len()) {
            break;
        }
        let survey = Survey::new(table, &plain, names, headline, own.as_ref());
        let found = article(&survey, known);
        let weight = found.weight(table);
        if weight > best_weight * TRUSTED_RATIO || best_weight == 0 {
            (best, best_weight) = (found, weight);
        }
        if best_weight >= ENOUGH_WEIGHT {
            break;
        }
    }
    if best_weight < SHORTEST_BESIDE_POSTS && begins_with_posts(table, &plain, headline) {
        let survey = Survey::new(table, &plain, Hints::CONSENT, headline, None);
        let found = article(&survey, known);
        if found.weight(table) > best_weight * TRUSTED_RATIO {
            return found;
        }
    }
    best
}

/// Weight of a text from which it is more than a notice beside what people wrote.
const SHORTEST_BESIDE_POSTS: usize = 300;

/// Tells whether nothing stands between the headline and what is named comments: then people wrote the page, as in a
/// forum, and do not comment on it.
fn begins_with_posts(table: &Table<'_>, plain: &Sums, headline: Option<usize>) -> bool {
    let Some(headline) = headline else {
        return false;
    };
    let mut posts = table.elements.iter().filter(|part| {
        part.first > headline && part.hints.any(Hints::COMMENTS) && plain.of(part) > 0.0
    });
    posts
        .next()
        .is_some_and(|first| plain.between(headline, first.first) <= 0.0)
}

/// The first block that is the headline.
fn headline(table: &Table<'_>, known: &Known<'_>) -> Option<usize> {
    let title = folded(known.title?);
    let headings = || {
        let blocks = table.blocks.iter().enumerate();
        blocks.filter(|(_, block)| {
            block.weight < LONGEST_HEADLINE && matches!(block.tag, Tag::Heading(_))
        })
    };
    let whole = headings().find(|(_, block)| block.folded() == title);
    let with_kicker = || headings().find(|(_, block)| says_title(block.folded(), &title));
    whole.or_else(with_kicker).map(|(index, _)| index)
}

/// The longest headline, in weight.
const LONGEST_HEADLINE: usize = 400;

/// The article in a surveyed page.
fn article(survey: &Survey<'_>, known: &Known<'_>) -> Found {
    let mut found = Found::new(survey.table, Verdict::Dropped(Dropped::Outside));
    for (slot, reason) in found.verdicts.iter_mut().zip(&survey.left_out) {
        if let Some(reason) = reason {
            *slot = Verdict::Dropped(*reason);
        }
    }
    if let Some(root) = survey.best_element() {
        let root = survey
            .own_article(root, known)
            .unwrap_or_else(|| widen::widened(survey, root));
        found.root = Some(root);
        trim::trim(survey, root, known, &mut found);
        lead::add(survey, root, known, &mut found);
        captions::add(survey, root, &mut found);
    }
    found
}

fn named_by_rule(table: &Table<'_>, rule: &Applied) -> Found {
    let mut found = Found::new(table, Verdict::Dropped(Dropped::NotInRule));
    let parts = table
        .elements
        .iter()
        .filter(|part| rule.body.contains(&part.node));
    for part in parts {
        if !table.budget.lasts(1 + part.end - part.first) {
            break;
        }
        let slots = found.verdicts.iter_mut();
        for slot in slots.take(part.end).skip(part.first) {
            *slot = Verdict::Kept(Kept::Rule);
        }
    }
    found
}

#[cfg(test)]
mod tests;
