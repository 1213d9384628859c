//! The headline: what stands above the text, checked against what the page's head says.

use super::{Sources, plain};
use crate::extract::hints::Hints;
use crate::extract::origin::{Origin, Sourced};
use crate::extract::table::{Block, Part, Table, Tag};
use crate::extract::text::{clean_some, folded, words};

/// Marks that set the site's name off from the headline in a `title` tag.
const SEPARATORS: &[&str] = &[
    " | ", " - ", " – ", " — ", " :: ", " » ", " « ", " · ", " • ", " ~ ", " / ", " ‹ ", " › ",
    " ǀ ", " ｜ ", " − ",
];

/// Parts that a title is split into; the last keeps the rest.
const MOST_PARTS: usize = 8;

/// Share of words that a heading and the page's declared title have in common when they are the same.
const SAME_TITLE: f64 = 0.5;

/// The same for news, whose declared titles are written with more care.
const SAME_NEWS: f64 = 0.7;

/// Words that a declared title has at least where it says something: "Print" and "Home" do not.
const FEWEST_WORDS: usize = 2;

/// The longest headline, in characters: longer ones are text.
const LONGEST: usize = 300;

/// Finds the headline.
pub(in crate::extract) fn title(sources: &Sources<'_>) -> Option<Sourced<String>> {
    let site = super::site_name(sources);
    let declared = declared(sources, &site);
    let headings = headings(sources.table);
    if let Some(declared) = &declared {
        let same = if sources.linked.is_news {
            SAME_NEWS
        } else {
            SAME_TITLE
        };
        let best = headings
            .iter()
            .map(|heading| (heading, shared_words(&heading.value, &declared.value)))
            .filter(|(heading, shared)| *shared >= same || is_cut(&declared.value, &heading.value))
            .max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((heading, _)) = best {
            return Some(heading.clone());
        }
        if words(&declared.value).count() < FEWEST_WORDS
            && let Some(heading) = headings
                .iter()
                .find(|heading| words(&heading.value).count() > FEWEST_WORDS)
        {
            return Some(heading.clone());
        }
        // Pages that are no news declare what search engines should show.
        let only = only_headline(sources.table).filter(|_| !sources.linked.is_news);
        return only.or_else(|| Some(declared.clone()));
    }
    headings
        .into_iter()
        .find(|heading| folded(&heading.value) != folded(&site))
}

/// Tells whether a declared title is the beginning of a heading.
fn is_cut(declared: &str, heading: &str) -> bool {
    let declared = folded(declared);
    declared.contains(' ')
        && folded(heading)
            .strip_prefix(&declared)
            .is_some_and(|rest| rest.starts_with(' '))
}

/// The title that the head of the page declares.
fn declared(sources: &Sources<'_>, site: &str) -> Option<Sourced<String>> {
    let linked = sources
        .linked
        .headline
        .as_deref()
        .filter(|_| sources.linked.is_article);
    let meta = sources.table.named_meta(&[
        "og:title",
        "twitter:title",
        "dc.title",
        "citation_title",
        "headline",
        "parsely-title",
        "sailthru.title",
        "title",
    ]);
    let linked = linked.map(|text| Sourced::new(text, Origin::LinkedData("headline")));
    let tag = sources.table.title.as_deref();
    let tag = tag.map(|text| Sourced::new(text, Origin::TitleTag));
    [meta, linked, tag]
        .into_iter()
        .flatten()
        .filter_map(|found| {
            let text = clean_some(&plain(found.value))?;
            let text = without_site(&text, site, sources.table);
            let fits = !text.is_empty()
                && folded(&text) != folded(site)
                && text.chars().count() <= LONGEST;
            fits.then(|| Sourced::new(text, found.origin))
        })
        .next()
}

/// Headlines that stand on the page, those of level one first.
fn headings(table: &Table<'_>) -> Vec<Sourced<String>> {
    let read = |part: &Part| {
        let text = table.text_of(part);
        let fits = !text.is_empty() && text.chars().count() <= LONGEST;
        let origin = match part.tag {
            Tag::Heading(level) => Origin::Heading(level),
            _ => Origin::Element,
        };
        fits.then(|| Sourced::new(text, origin))
    };
    let mut found: Vec<Sourced<String>> = table
        .elements
        .iter()
        .filter(|part| part.tag == Tag::Heading(1))
        .filter_map(read)
        .collect();
    found.extend(
        table
            .elements
            .iter()
            .filter(|part| matches!(part.tag, Tag::Heading(2..)) || part.hints.any(Hints::TITLE))
            .take(60)
            .filter_map(read),
    );
    found
}

/// The heading of level one, where there is just one and it is no single word.
fn only_headline(table: &Table<'_>) -> Option<Sourced<String>> {
    let mut found = table
        .elements
        .iter()
        .filter(|part| part.tag == Tag::Heading(1))
        .map(|part| table.text_of(part))
        .filter(|text| !text.is_empty());
    let first = found.next()?;
    let telling = first.chars().count() <= LONGEST && words(&first).count() >= 3;
    (telling && found.next().is_none()).then(|| Sourced::new(first, Origin::Heading(1)))
}

/// The share of words that two texts have in common, of the longer one's.
pub(super) fn shared_words(a: &str, b: &str) -> f64 {
    let a: std::collections::BTreeSet<String> = words(a).collect();
    let b: std::collections::BTreeSet<String> = words(b).collect();
    let longer = a.len().max(b.len());
    if longer == 0 {
        return 0.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "a headline has few words")]
    let share = a.intersection(&b).count() as f64 / longer as f64;
    share
}

/// Cuts the site's name, a section or a word like "Print" off a declared title.
fn without_site(title: &str, site: &str, table: &Table<'_>) -> String {
    let parts = split(title);
    if parts.len() < 2 {
        return title.to_owned();
    }
    if let Some(visible) = visible_part(title, table) {
        return visible;
    }
    let site = folded(site);
    let mut kept: &[(&str, &str)] = &parts;
    while let [rest @ .., (_, last)] = kept {
        if rest.is_empty() || !is_label(last, &site, rest) {
            break;
        }
        kept = rest;
    }
    while let [(_, first), rest @ ..] = kept {
        if rest.is_empty() || folded(first) != site {
            break;
        }
        kept = rest;
    }
    join(kept)
}

/// Tells whether the last part of a title names a site or a section and not half of the headline.
fn is_label(last: &str, site: &str, before: &[(&str, &str)]) -> bool {
    let last = folded(last);
    let length_before: usize = before.iter().map(|(_, part)| part.chars().count()).sum();
    last == site
        || (!site.is_empty() && (site.contains(&last) || last.contains(site)))
        || (last.split(' ').count() <= 3 && length_before >= 25)
}

/// The parts of a title, each with the separator before it.
fn split(title: &str) -> Vec<(&str, &str)> {
    let mut parts = Vec::new();
    let mut rest = title;
    let mut separator = "";
    while parts.len() < MOST_PARTS
        && let Some((at, found)) = SEPARATORS
            .iter()
            .filter_map(|mark| rest.find(mark).map(|at| (at, *mark)))
            .min()
    {
        let (part, after) = rest.split_at_checked(at).unwrap_or((rest, ""));
        parts.push((separator, part));
        separator = found;
        rest = after.strip_prefix(found).unwrap_or_default();
    }
    parts.push((separator, rest));
    parts
}

fn join(parts: &[(&str, &str)]) -> String {
    let mut out = String::new();
    for (index, (separator, part)) in parts.iter().enumerate() {
        if index > 0 {
            out.push_str(separator);
        }
        out.push_str(part);
    }
    out.trim().to_owned()
}

/// A run of the title's parts that stands on the page by itself: that is the headline, and the rest is not.
fn visible_part(title: &str, table: &Table<'_>) -> Option<String> {
    let parts = split(title);
    let shown: Vec<(&Block, String)> = table
        .blocks
        .iter()
        .filter(|block| block.weight <= LONGEST && block.link_weight == 0)
        .take(400)
        .map(|block| (block, folded(&block.text)))
        .collect();
    let mut runs: Vec<&[(&str, &str)]> = Vec::new();
    for length in (1..=parts.len()).rev() {
        runs.extend(parts.windows(length));
    }
    runs.into_iter().map(join).find(|run| {
        let run = folded(run);
        run.split(' ').count() >= 3 && shown.iter().any(|(_, text)| *text == run)
    })
}
