//! The headline: what stands above the text, checked against what the page's head says.

use super::{Sources, plain};
use crate::extract::hints::Hints;
use crate::extract::likeness::{share_a_word, shared_words};
use crate::extract::origin::{Origin, Sourced};
use crate::extract::table::{Block, Part, Table, spaced_text_of};
use crate::extract::tag::Tag;
use crate::extract::text::{clean_some, folded, is_dense_script, units};

/// Marks that set the site's name off from the headline in a `title` tag.
const SEPARATORS: &[&str] = &[
    " | ", " - ", " – ", " — ", " :: ", " » ", " « ", " · ", " • ", " ~ ", " / ", " ‹ ", " › ",
    " ǀ ", " ｜ ", " − ",
];

/// Parts that a title is split into; the last keeps the rest.
const MOST_PARTS: usize = 8;

/// Share of words that a heading of level one and a declared title have in common when they are the same.
const SAME_TITLE: f64 = 0.5;

/// The same for news, whose declared titles are written with more care.
const SAME_NEWS: f64 = 0.8;

/// The same for lower headings, of which a page has many: questions about the subject share half of its words.
const SAME_LOWER: f64 = 0.7;

/// The share from which a lower heading says the declared title again, and no heading of level one is needed.
const REPEATED: f64 = 0.85;

/// Words of the shortest heading that says something by itself: "Print", "Home" and "The Blog" do not.
const FEWEST_WORDS: usize = 3;

/// The longest headline, in characters: longer ones are text.
const LONGEST: usize = 300;

/// Finds the headline.
///
/// What readers see above the text comes first: heads are written for search engines. A heading is known to be the
/// headline by what the head declares, or by being the only one of its level. The heads of news are written by the
/// same desk as the headline; there, and where two declarations agree, they are believed.
pub(in crate::extract) fn title(sources: &Sources<'_>) -> Option<Sourced<String>> {
    let site = super::site_name(sources);
    // Some systems write the headline where the site's name should be.
    let site = if is_headline_for_site(sources.table, &site) {
        String::new()
    } else {
        site
    };
    let declared = declared(sources, &site);
    let (mut first, mut lower) = headings(sources.table, &site);
    cut_kickers(sources.table, &declared, &mut first);
    cut_kickers(sources.table, &declared, &mut lower);
    cut_to_declared(&declared, &mut first);
    cut_to_declared(&declared, &mut lower);
    if let [only] = first.as_slice()
        && is_outside_article(sources.table, only)
        && let Some(said) = said_otherwise(&only.said.value, &declared)
    {
        return Some(said.clone());
    }
    let is_news = sources.linked.is_news;
    let (witnesses, same) = if is_news {
        (declared.get(..1).unwrap_or_default(), SAME_NEWS)
    } else {
        (declared.as_slice(), SAME_TITLE)
    };
    let only = || only_headline(sources.table, &first, &declared);
    same_as_declared(&first, witnesses, same)
        .or_else(|| said_in_the_head(&first, &declared))
        .or_else(|| same_as_declared(&lower, witnesses, REPEATED))
        .map(|heading| &heading.said)
        .or_else(|| agreed(&declared))
        .or_else(|| {
            let seen = only()
                .filter(|only| !is_news || is_third(only, &declared))
                .filter(|only| !is_of_a_box(sources.table, only, &declared));
            let lower = || same_as_declared(&lower, witnesses, SAME_LOWER).filter(|_| !is_news);
            seen.or_else(lower).map(|heading| &heading.said)
        })
        .or_else(|| first_telling(&declared))
        .or_else(|| first_telling(first.iter().chain(&lower).map(|heading| &heading.said)))
        .or_else(|| declared.first())
        .or_else(|| {
            first
                .iter()
                .chain(&lower)
                .map(|heading| &heading.said)
                .next()
        })
        .cloned()
}

/// Tells whether what a page gives as the name of its site is its headline: the title begins with it, and a shorter
/// name follows.
fn is_headline_for_site(table: &Table<'_>, site: &str) -> bool {
    let name = folded(site);
    let words = name.split(' ').count();
    let parts = split(table.title.as_deref().unwrap_or_default());
    let [(_, first), rest @ ..] = parts.as_slice() else {
        return false;
    };
    let behind: usize = rest.iter().map(|(_, part)| units(part).count()).sum();
    let is_heading = |block: &Block| block.tag == Tag::Heading(1) && block.folded() == name;
    words >= 2 * FEWEST_WORDS - 2
        && behind > 0
        && behind * 2 <= words
        && folded(first) == name
        && table.blocks.iter().any(is_heading)
}

/// The title that the head gives twice, where the only heading of level one has no word of it: a template's name.
fn said_otherwise<'a>(
    heading: &str,
    declared: &'a [Sourced<String>],
) -> Option<&'a Sourced<String>> {
    let of = |fits: fn(&Origin) -> bool| declared.iter().find(|found| fits(&found.origin));
    let meta = of(|origin| matches!(origin, Origin::Meta(_)))?;
    let tag = of(|origin| *origin == Origin::TitleTag)?;
    let is_said_twice = folded(&meta.value) == folded(&tag.value);
    let count = units(&meta.value).count();
    (is_said_twice && count > FEWEST_WORDS && shared_words(heading, &meta.value) < OTHER_TITLE)
        .then_some(meta)
}

/// The share of words below which a heading and a declared title say different things.
const OTHER_TITLE: f64 = 0.25;

/// Tells whether a heading stands above the element that holds the article, and in none.
fn is_outside_article(table: &Table<'_>, heading: &Heading) -> bool {
    let is_article =
        |part: &Part| matches!(part.tag, Tag::Article | Tag::Main) || part.hints.any(Hints::BODY);
    let mut around = table.ancestors(heading.part);
    let mut others = table.elements.iter();
    !around.any(|(_, part)| is_article(part))
        && others.any(|part| is_article(part) && part.first > heading.block)
}

/// Cuts the line above a headline off it, where one heading holds both and a declared title parts them.
fn cut_kickers(table: &Table<'_>, declared: &[Sourced<String>], headings: &mut [Heading]) {
    for heading in headings {
        let Some(pieces) = pieces(table, heading.part) else {
            continue;
        };
        let [kickers @ .., headline] = pieces.as_slice() else {
            continue;
        };
        let kicker = kickers.join(" ");
        let is_parted = |title: &str| {
            let parts = split(title);
            let is_first = parts
                .first()
                .is_some_and(|(_, part)| folded(part) == folded(&kicker));
            is_first || folded(title) == folded(headline)
        };
        let is_cut = !kicker.is_empty()
            && units(headline).count() >= FEWEST_WORDS
            && declared.iter().any(|found| is_parted(&found.value));
        let whole = pieces.join(" ");
        // A title that says both, with a mark between them, is how the desk writes it.
        let written = declared
            .iter()
            .find(|found| folded(&found.value) == folded(&whole) && found.value.contains(": "));
        heading.said.value = match written {
            Some(written) => written.value.clone(),
            None if is_cut => headline.clone(),
            None => whole,
        };
    }
}

/// Characters of the shortest line above a headline, with the space behind it; an article or a year is a part of it.
const SHORTEST_KICKER: usize = 6;

/// Cuts off what stands before a headline in one heading, where the head gives the headline alone.
fn cut_to_declared(declared: &[Sourced<String>], headings: &mut [Heading]) {
    let declared = declared
        .iter()
        .filter(|found| found.origin != Origin::TitleTag)
        .filter(|found| units(&found.value).count() > FEWEST_WORDS);
    for found in declared {
        let title = folded(&found.value);
        for heading in &mut *headings {
            let said = folded(&heading.said.value);
            let kicker = said
                .strip_suffix(&title)
                .filter(|kicker| kicker.ends_with(' '));
            if kicker.is_some_and(|kicker| {
                kicker.chars().count() >= SHORTEST_KICKER && kicker.len() < title.len()
            }) {
                heading.said.value.clone_from(&found.value);
            }
        }
    }
}

/// The texts of the elements that a heading is made of, where nothing stands between two or more of them.
fn pieces(table: &Table<'_>, part: usize) -> Option<Vec<String>> {
    let node = table.node(table.elements.get(part)?)?;
    let mut pieces = Vec::new();
    for child in node.children() {
        if let Some(text) = child.value().as_text() {
            if !text.trim().is_empty() {
                return None;
            }
        } else if child.value().is_element() {
            pieces.extend(clean_some(&spaced_text_of(child)));
        }
    }
    let starts_anew = |text: &String| !text.starts_with(char::is_lowercase);
    (pieces.len() > 1 && pieces.iter().all(starts_anew)).then_some(pieces)
}

/// The declared title that the linked data and the `meta` tags give alike.
fn agreed(declared: &[Sourced<String>]) -> Option<&Sourced<String>> {
    let of = |fits: fn(&Origin) -> bool| declared.iter().find(|found| fits(&found.origin));
    let meta = of(|origin| matches!(origin, Origin::Meta(_)))?;
    let linked = of(|origin| matches!(origin, Origin::LinkedData(_)))?;
    (shared_words(&meta.value, &linked.value) >= REPEATED).then_some(meta)
}

/// The first title of more than a word: "Print" and "Home" say nothing.
fn first_telling<'a>(
    titles: impl IntoIterator<Item = &'a Sourced<String>>,
) -> Option<&'a Sourced<String>> {
    let is_telling = |found: &&Sourced<String>| units(&found.value).count() > 1;
    titles.into_iter().find(is_telling)
}

/// The heading that is most like one of the declared titles, and like enough.
fn same_as_declared<'a>(
    headings: &'a [Heading],
    declared: &[Sourced<String>],
    same: f64,
) -> Option<&'a Heading> {
    let likeness = |heading: &str| {
        declared
            .iter()
            .map(|declared| {
                if is_cut(&declared.value, heading) {
                    1.0
                } else {
                    shared_words(heading, &declared.value)
                }
            })
            .fold(0.0, f64::max)
    };
    let mut best = None;
    for heading in headings {
        let likeness = likeness(&heading.said.value);
        if likeness >= same && best.is_none_or(|(_, most)| likeness > most) {
            best = Some((heading, likeness));
        }
    }
    best.map(|(heading, _)| heading)
}

/// The heading that the linked data give word for word, where the title for search engines is another one: a desk that
/// writes several means the one on the page.
fn said_in_the_head<'a>(
    headings: &'a [Heading],
    declared: &[Sourced<String>],
) -> Option<&'a Heading> {
    headings.iter().find(|heading| {
        let said = folded(&heading.said.value);
        let says = |found: &Sourced<String>| folded(&found.value) == said;
        let mut of_data = declared.iter().filter(|found| is_of_data(found));
        let mut tag = declared
            .iter()
            .filter(|found| found.origin == Origin::TitleTag);
        units(&said).count() > FEWEST_WORDS && of_data.any(says) && !tag.any(says)
    })
}

fn is_of_data(found: &Sourced<String>) -> bool {
    matches!(found.origin, Origin::LinkedData(_))
}

/// The heading of level one where there is just one that says something before the text ends.
fn only_headline<'a>(
    table: &Table<'_>,
    first: &'a [Heading],
    declared: &[Sourced<String>],
) -> Option<&'a Heading> {
    let says_something = |heading: &&Heading| {
        let heading = &heading.said.value;
        let count = units(heading).count();
        count >= FEWEST_WORDS
            || count + 1 >= FEWEST_WORDS
                && declared
                    .iter()
                    .any(|declared| shared_words(heading, &declared.value) > 0.0)
    };
    let mut telling = first.iter().filter(says_something);
    let only = telling.next()?;
    telling
        .all(|other| text_between(table, only, other) >= TEXT_OF_ARTICLE)
        .then_some(only)
}

/// Tells whether a heading that shares no word with what the head declares heads something else: the head agrees
/// with itself, the heading stands beside the article, or below most of the text.
fn is_of_a_box(table: &Table<'_>, heading: &Heading, declared: &[Sourced<String>]) -> bool {
    const BOX: Hints = Hints::RELATED
        .or(Hints::NAV)
        .or(Hints::SIDE)
        .or(Hints::SIGNUP)
        .or(Hints::COMMENTS)
        .or(Hints::FOOT);
    let text = &heading.said.value;
    let shares = |declared: &Sourced<String>| share_a_word(text, &declared.value);
    let Some(first) = declared.first() else {
        return false;
    };
    if declared.iter().any(shares) {
        return false;
    }
    // Pages that are no article are headed by slogans.
    let is_article = table.meta(&["og:type"]) == Some("article");
    let is_agreed = is_article
        && declared
            .iter()
            .skip(1)
            .any(|other| shared_words(&first.value, &other.value) >= REPEATED);
    let weight_of = |from: usize, to: usize| -> usize {
        let blocks = table.blocks.iter().take(to).skip(from);
        blocks.map(|block| block.weight).sum()
    };
    let before = weight_of(0, heading.block);
    let is_below = before >= TEXT_OF_ARTICLE && before > weight_of(heading.block, usize::MAX);
    let block = table.blocks.get(heading.block);
    let is_beside = block.is_some_and(|block| {
        let own = table.elements.get(block.part).into_iter();
        own.chain(table.ancestors(block.part).map(|(_, around)| around))
            .any(|around| around.hints.any(BOX))
    });
    units(&first.value).count() > 1 && (is_agreed || is_below || is_beside)
}

/// The weight of the text from one heading to another.
fn text_between(table: &Table<'_>, from: &Heading, to: &Heading) -> usize {
    let between = to.block.saturating_sub(from.block);
    let blocks = table.blocks.iter().skip(from.block).take(between);
    blocks.map(|block| block.weight).sum()
}

/// Weight of the text under a headline after which a heading of the same level belongs to something else.
const TEXT_OF_ARTICLE: usize = 600;

/// Tells whether a heading is a third opinion: the declared titles differ from it and from each other.
fn is_third(heading: &Heading, declared: &[Sourced<String>]) -> bool {
    let mut titles: Vec<&str> = declared
        .iter()
        .filter(|found| found.origin != Origin::TitleTag)
        .map(|found| found.value.as_str())
        .collect();
    titles.push(&heading.said.value);
    let [a, b, c] = titles.as_slice() else {
        return false;
    };
    [(a, b), (a, c), (b, c)]
        .iter()
        .all(|(one, other)| shared_words(one, other) < SAME_TITLE)
}

/// Tells whether a declared title is the beginning of a heading.
fn is_cut(declared: &str, heading: &str) -> bool {
    let declared = folded(declared);
    declared.contains(' ')
        && folded(heading)
            .strip_prefix(&declared)
            .is_some_and(|rest| rest.starts_with(' '))
}

/// The titles that the head of the page declares.
fn declared(sources: &Sources<'_>, site: &str) -> Vec<Sourced<String>> {
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
            let text = without_tight_site(&text, site).unwrap_or(text);
            let text = without_site(&without_name(&text, site), site, sources.table);
            let fits = !text.is_empty()
                && folded(&text) != folded(site)
                && text.chars().count() <= LONGEST;
            fits.then(|| Sourced::new(text, found.origin))
        })
        .collect()
}

/// A heading on the page.
struct Heading {
    said: Sourced<String>,
    /// The index of its element.
    part: usize,
    /// The index of its first block.
    block: usize,
}

/// The headings of level one that stand on the page, and the lower ones and what is named a title.
fn headings(table: &Table<'_>, site: &str) -> (Vec<Heading>, Vec<Heading>) {
    let site = folded(site);
    let read = |(index, part): (usize, &Part)| {
        let text = table.text_of(part);
        let fits = !text.is_empty() && text.chars().count() <= LONGEST && folded(&text) != site;
        let origin = match part.tag {
            Tag::Heading(level) => Origin::Heading(level),
            _ => Origin::Element,
        };
        fits.then(|| Heading {
            said: Sourced::new(text, origin),
            part: index,
            block: part.first,
        })
    };
    let first = table
        .elements
        .iter()
        .enumerate()
        .filter(|(_, part)| part.tag == Tag::Heading(1))
        .filter_map(read)
        .take(MOST_HEADINGS)
        .collect();
    let lower = table
        .elements
        .iter()
        .enumerate()
        .filter(|(_, part)| {
            // What is named a title and is no heading may hold the path to the page as well.
            let is_named = part.hints.any(Hints::TITLE) && part.end <= part.first + 1;
            part.tag != Tag::Heading(1) && (matches!(part.tag, Tag::Heading(_)) || is_named)
        })
        .take(MOST_HEADINGS)
        .filter_map(read)
        .collect();
    (first, lower)
}

/// Headings that are looked at.
const MOST_HEADINGS: usize = 60;

/// Marks that a site's name is set off by without a space before them.
const NAME_MARKS: &[char] = &[
    ':', '：', '|', '｜', 'ㅣ', '︱', '│', '_', '-', '–', '—', '·', '・', '》', '»',
];

/// Marks among them that stand in no headline.
const ONLY_NAME_MARKS: &[char] = &['ㅣ', '︱', '│', '｜'];

/// Cuts the site's name off the front or the end of a title: `The Valley: Mill opens`, `Mill opens：The Valley`.
fn without_name(title: &str, site: &str) -> String {
    let site = folded(site);
    let is_name = |part: &str| !site.is_empty() && folded(part) == site;
    let parted = |at: usize, mark: char| {
        let (before, rest) = title.split_at_checked(at)?;
        Some((before.trim(), rest.strip_prefix(mark)?.trim()))
    };
    for (at, mark) in title.match_indices(NAME_MARKS) {
        let Some((before, after)) = mark.chars().next().and_then(|mark| parted(at, mark)) else {
            continue;
        };
        if is_name(before) && !after.is_empty() {
            return after.to_owned();
        }
        let is_label = mark.starts_with(ONLY_NAME_MARKS)
            && after.chars().count() * 2 < before.chars().count()
            && units(after).count() <= 4;
        if (is_name(after) || is_label) && !before.is_empty() {
            return before.to_owned();
        }
    }
    title.to_owned()
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

/// Cuts the site's name off where only a mark without spaces parts it from the title, and the section before it.
fn without_tight_site(title: &str, site: &str) -> Option<String> {
    const MARKS: [char; 14] = [
        '：', '｜', 'ㅣ', '丨', '│', '|', '-', '–', '—', '_', '·', '•', '／', '‖',
    ];
    let site = site.trim();
    let before = title
        .trim_end()
        .strip_suffix(site)
        .filter(|_| !site.is_empty())?;
    let rest = before.strip_suffix(MARKS)?;
    let section = rest.rsplit_once(MARKS);
    let is_section = |name: &str| {
        (1..=LONGEST_SECTION).contains(&name.chars().count()) && name.chars().all(is_dense_script)
    };
    let cut = match section {
        Some((headline, name)) if is_section(name) && units(headline).count() >= FEWEST_WORDS => {
            headline
        }
        _ => rest,
    };
    let cut = cut.trim();
    (!cut.is_empty()).then(|| cut.to_owned())
}

/// Characters of the longest name of a section in dense scripts.
const LONGEST_SECTION: usize = 5;

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
    let is_headline = |run: &str| {
        let mut headings = table
            .blocks
            .iter()
            .filter(|block| block.tag == Tag::Heading(1));
        let only = headings.next().filter(|_| headings.next().is_none());
        run.contains(' ')
            && only.is_some_and(|block| block.link_weight == 0 && block.folded() == run)
    };
    let shown: Vec<&str> = table
        .blocks
        .iter()
        .filter(|block| block.weight <= LONGEST && block.link_weight == 0)
        .take(400)
        .map(Block::folded)
        .collect();
    let first = parts.first().map(|(_, part)| part.trim().to_owned());
    if let Some(first) = first.filter(|first| is_headline(&folded(first))) {
        return Some(first);
    }
    let mut runs: Vec<&[(&str, &str)]> = Vec::new();
    for length in (1..=parts.len()).rev() {
        runs.extend(parts.windows(length));
    }
    runs.into_iter().map(join).find(|run| {
        let run = folded(run);
        run.split(' ').count() >= 3 && shown.contains(&run.as_str())
    })
}
