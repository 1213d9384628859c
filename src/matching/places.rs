//! Where a term stands in an article.

use super::article::Article;
use super::field_set::{SAID_TWICE, TEXT_FIELDS};
use super::place::{Occurrence, Place};
use super::program::{Scattered, Search, Step};
use super::words::Word;

/// How many places are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Effort {
    /// The first thousands of each word: all there are in a real article, and enough to answer yes for one that
    /// was made of a single word.
    First,
    /// All.
    All,
}

/// Places of a word that [`Effort::First`] looks at.
pub(crate) const FIRST_PLACES: usize = 4_096;

impl Effort {
    fn limit(self) -> usize {
        match self {
            Self::First => FIRST_PLACES,
            Self::All => usize::MAX,
        }
    }
}

/// True if the term stands anywhere.
pub(crate) fn is_found(article: &Article, search: &Search) -> bool {
    if let Some(scattered) = &search.scattered {
        return !scattered_places(article, scattered, 1, Effort::First).is_empty()
            || !scattered_places(article, scattered, 1, Effort::All).is_empty();
    }
    if let [step] = &*search.edges {
        let has = |key: &_| article.has(*key, search.fields);
        return step.keys.as_slice().iter().any(has);
    }
    let mut found = false;
    each_place(article, search, Effort::All, |_| {
        found = true;
        false
    });
    found
}

/// The places of the term, in order.
pub(crate) fn occurrences(article: &Article, search: &Search, effort: Effort) -> Vec<Occurrence> {
    if let Some(scattered) = &search.scattered {
        return scattered_places(article, scattered, effort.limit(), effort);
    }
    places(article, search, effort)
        .into_iter()
        .map(Occurrence::from)
        .collect()
}

fn places(article: &Article, search: &Search, effort: Effort) -> Vec<Place> {
    let mut places = Vec::new();
    add_places(article, search, effort, &mut places);
    places
}

/// Puts the places of a term whose words stand together into an empty list, in order.
pub(crate) fn add_places(
    article: &Article,
    search: &Search,
    effort: Effort,
    places: &mut Vec<Place>,
) {
    each_place(article, search, effort, |place| {
        places.push(place);
        true
    });
    places.sort_unstable();
    places.dedup();
}

/// Calls `on_place` for the places of a term until it returns false.
fn each_place(
    article: &Article,
    search: &Search,
    effort: Effort,
    mut on_place: impl FnMut(Place) -> bool,
) {
    let leading = leading_wildcards(search);
    let firsts = search.edges.iter().filter(|step| step.from == leading);
    let mut paths = Paths::default();
    for step in firsts {
        for key in step.keys.as_slice() {
            let words = article.words_with(*key, search.fields);
            for (field, word_place) in words.take(effort.limit()) {
                let Some(word) = article.word(field, word_place) else {
                    continue;
                };
                let Some(start) = start_with_wildcards(article, field, word, leading) else {
                    continue;
                };
                if !paths.follow(
                    article,
                    search,
                    field,
                    (start, word),
                    step.to,
                    &mut on_place,
                ) {
                    return;
                }
            }
        }
    }
}

/// The number of `*` at the start of a phrase.
fn leading_wildcards(search: &Search) -> u16 {
    let is_any = |step: &&Step| step.keys.is_any();
    let count = search.edges.iter().take_while(is_any).count();
    u16::try_from(count).unwrap_or(u16::MAX)
}

/// The first position and code point of a phrase whose first known word is `word`.
fn start_with_wildcards(
    article: &Article,
    field: u8,
    word: &Word,
    leading: u16,
) -> Option<(u32, u32)> {
    let mut start = (word.position, word.start);
    let mut begins_sentence = leading > 0 && word.begins_sentence;
    for back in 1..=u32::from(leading) {
        let position = word.position.checked_sub(back)?;
        if begins_sentence {
            return None;
        }
        let place = article.words_at(field, position).next()?;
        let before = article.word(field, place)?;
        begins_sentence = before.begins_sentence;
        start = (position, before.start);
    }
    Some(start)
}

/// The ways through a term's graph from one word; kept for its memory.
#[derive(Default)]
struct Paths {
    open: Vec<State>,
    known: Vec<(u16, u32)>,
}

/// A node that was reached, and the word before it.
#[derive(Clone, Copy)]
struct State {
    node: u16,
    last: u32,
    end: u32,
}

impl Paths {
    /// Follows the term from its first word on; false if `on_place` wants no more.
    fn follow(
        &mut self,
        article: &Article,
        search: &Search,
        field: u8,
        ((first, start), word): ((u32, u32), &Word),
        node: u16,
        on_place: &mut impl FnMut(Place) -> bool,
    ) -> bool {
        self.open.clear();
        self.known.clear();
        self.reach(node, word);
        while let Some(state) = self.open.pop() {
            if state.node == search.length {
                let place = Place {
                    field,
                    first,
                    last: state.last,
                    start,
                    end: state.end,
                };
                if !on_place(place) {
                    return false;
                }
                continue;
            }
            let from = search.edges.partition_point(|step| step.from < state.node);
            let steps = search.edges.get(from..).unwrap_or_default();
            for step in steps.iter().take_while(|step| step.from == state.node) {
                for place in article.words_at(field, state.last.saturating_add(1)) {
                    if let Some(word) = article.word(field, place)
                        && fits(article, field, place, word, step)
                    {
                        self.reach(step.to, word);
                    }
                }
            }
        }
        true
    }

    fn reach(&mut self, node: u16, word: &Word) {
        let key = (node, word.last_position);
        if !self.known.contains(&key) {
            self.known.push(key);
            self.open.push(State {
                node,
                last: word.last_position,
                end: word.end,
            });
        }
    }
}

fn fits(article: &Article, field: u8, place: usize, word: &Word, step: &Step) -> bool {
    let has_key = if step.keys.is_any() {
        word.position == word.last_position
    } else {
        article.word_has(field, place, &step.keys)
    };
    has_key && word.fits(step.tie)
}

/// The first places where all parts stand together, in any order, with at most so many words more.
fn scattered_places(
    article: &Article,
    scattered: &Scattered,
    limit: usize,
    effort: Effort,
) -> Vec<Occurrence> {
    let mut lists: Vec<Vec<Place>> = scattered
        .parts
        .iter()
        .map(|part| places(article, part, effort))
        .collect();
    // A part with few places is the hardest to satisfy and chooses first.
    lists.sort_by_key(Vec::len);
    let mut starts: Vec<Place> = lists.iter().flatten().copied().collect();
    starts.sort_unstable();
    starts.dedup();
    let allowed = scattered.slack.saturating_add(scattered.wildcards);
    let mut found: Vec<Occurrence> = Vec::new();
    for start in starts {
        let is_taken = found.last().is_some_and(|last| {
            last.extent.field == start.field && last.extent.last >= start.first
        });
        if is_taken {
            continue;
        }
        if found.len() >= limit {
            break;
        }
        if let Some(chosen) = choose(&lists, start) {
            let words: u32 = chosen.iter().map(|part| part.last - part.first + 1).sum();
            found.extend(Occurrence::of(chosen).filter(|all| {
                let length = all.extent.last - all.extent.first + 1;
                length.saturating_sub(words) <= allowed
            }));
        }
    }
    found
}

/// For each list its first place from `start` on that none before it has taken.
fn choose(lists: &[Vec<Place>], start: Place) -> Option<Vec<Place>> {
    let mut chosen: Vec<Place> = Vec::with_capacity(lists.len());
    for list in lists {
        let from =
            list.partition_point(|place| (place.field, place.first) < (start.field, start.first));
        let free = list.get(from..)?.iter().find(|place| {
            chosen
                .iter()
                .all(|taken| place.first > taken.last || taken.first > place.last)
        })?;
        if free.field != start.field {
            return None;
        }
        chosen.push(*free);
    }
    Some(chosen)
}

/// How many mentions the places are: none that overlaps another counts, and what page and feed both say counts once.
pub(crate) fn count_apart(occurrences: &[Occurrence]) -> usize {
    let mut counts = [0; TEXT_FIELDS.len()];
    for field in places_apart(occurrences) {
        if let Some(count) = counts.get_mut(usize::from(field)) {
            *count += 1;
        }
    }
    let all: usize = counts.iter().sum();
    let of = |field: u8| counts.get(usize::from(field)).copied().unwrap_or_default();
    let twice = SAID_TWICE.map(|(page, feed)| of(page).min(of(feed)));
    all - twice.iter().sum::<usize>()
}

/// The field of each place that overlaps none before it.
fn places_apart(occurrences: &[Occurrence]) -> Vec<u8> {
    let mut extents: Vec<&Place> = occurrences.iter().map(|one| &one.extent).collect();
    // What ends first leaves the most room for others.
    extents.sort_unstable_by_key(|place| (place.field, place.end, place.start));
    let mut fields = Vec::new();
    let mut free_from = None;
    for place in extents {
        if free_from.is_none_or(|free| (place.field, place.start) >= free) {
            fields.push(place.field);
            free_from = Some((place.field, place.end));
        }
    }
    fields
}

/// Leaves out the places in what the feed says where the page has at least as many.
pub(crate) fn drop_echoes<P: AsRef<Place>>(found: &mut Vec<P>) {
    for (page, feed) in SAID_TWICE {
        let count = |field| {
            let own = found.iter().filter(|one| one.as_ref().field == field);
            own.count()
        };
        let of_feed = count(feed);
        if of_feed > 0 && count(page) >= of_feed {
            found.retain(|one| one.as_ref().field != feed);
        }
    }
}

/// Leaves the places that are shown: from left to right, the longest first, none over another, nothing said twice.
pub(crate) fn show<P: AsRef<Place>>(found: &mut Vec<P>) {
    found.sort_by_key(|one| {
        let place = one.as_ref();
        (place.field, place.start, std::cmp::Reverse(place.end))
    });
    let mut free_from = None;
    found.retain(|one| {
        let place = one.as_ref();
        let is_free = free_from.is_none_or(|free| (place.field, place.start) >= free);
        if is_free {
            free_from = Some((place.field, place.end));
        }
        is_free
    });
    drop_echoes(found);
}
