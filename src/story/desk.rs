//! The desk: puts articles, in the order in which they come, to their reports and stories.

use std::collections::VecDeque;

use super::copies::{Kin, Kinship, Known, kin};
use super::footers::{COMMON, Common, sign};
use super::hashing::HashedMap;
use super::postings::Postings;
use super::signature::{kept, sought};
use super::text::{Text, high, letters_hash, mix};
use super::threads::{Newcomer, StoryNumber, Threads};
use super::vectors::{Frequencies, Terms};

/// An article that comes in.
#[derive(Debug, Clone, Copy, Default)]
pub struct Incoming<'a> {
    /// The headline.
    pub title: &'a str,
    /// The text, a paragraph a line.
    pub text: &'a str,
    /// Who brings it; empty where nobody knows.
    pub source: &'a str,
    /// Its address; empty where there is none.
    pub url: &'a str,
    /// Its language as a BCP 47 tag; empty where it is not known.
    pub lang: &'a str,
    /// When it was published, in milliseconds since 1970; none where it is not known.
    pub published: Option<i64>,
}

/// Where an article was put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Its number: how many came before it.
    pub number: u32,
    /// Its story.
    pub story: StoryNumber,
    /// The first article of its report, if it is not that itself.
    pub copy_of: Option<u32>,
    /// The sentences that its report did not have.
    pub delta: Vec<String>,
    /// How many words its report has too, of how many that were compared.
    pub same_words: (usize, usize),
}

/// Where the texts of earlier articles are kept.
pub trait Texts {
    /// The text of an article by its number, if it is still there.
    fn text(&mut self, number: u32) -> Option<String>;
}

/// What is known of the articles of the last two weeks.
#[derive(Debug, Default)]
pub struct Desk {
    postings: Postings,
    reports: VecDeque<Report>,
    /// The number of the first of `reports`, less one.
    forgotten: u32,
    addresses: HashedMap<u64, u32>,
    known: HashedMap<u32, Kept>,
    common: Common,
    threads: Threads,
    frequencies: Frequencies,
    articles: u32,
    now: i64,
}

#[derive(Debug)]
struct Report {
    /// The numbers of its articles: the first, and of the later ones some of the first and of the last. Most have one.
    first: u32,
    later: Vec<u32>,
    source: u32,
    address: u64,
    last_at: i64,
    story: StoryNumber,
}

/// What a report tells, read from its articles.
#[derive(Debug)]
struct Kept {
    known: Known,
    used: u32,
}

/// Days after the last article of a report in which copies are looked for, in milliseconds.
const WINDOW: i64 = 14 * 24 * 60 * 60 * 1000;
/// Reports that are kept at most.
const MAX_REPORTS: usize = 100_000;
/// Reports that an article is compared with.
const COMPARED: usize = 4;
/// Articles of a report whose texts are compared: so many of the first, so many of the last.
const FIRST_ARTICLES: usize = 4;
const LAST_ARTICLES: usize = 8;
/// Reports of which what they tell is kept in memory.
const MAX_KNOWN: usize = 256;

impl Desk {
    /// A desk that has seen nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            frequencies: Frequencies::of_everyday_text(),
            ..Self::default()
        }
    }

    /// Puts an article to its report and its story.
    pub fn place(&mut self, incoming: &Incoming<'_>, texts: &mut impl Texts) -> Placed {
        let text = Text::read(incoming.title, incoming.text);
        let number = self.articles;
        self.articles += 1;
        let at = incoming.published.unwrap_or(self.now);
        self.now = self.now.max(at);
        self.forget();
        let terms = Terms::of(&text);
        let found = self.find(incoming, &text, texts);
        let placed = match found {
            Some((report, kin)) => self.fold(number, report, &kin, incoming, &text, at),
            None => self.begin(number, incoming, &text, &terms, at),
        };
        self.frequencies.note(terms.counted());
        placed
    }

    fn fold(
        &mut self,
        number: u32,
        report: u32,
        kin: &Kin,
        incoming: &Incoming<'_>,
        text: &Text,
        at: i64,
    ) -> Placed {
        if let Some(kept) = self.known.get_mut(&report) {
            kept.known.add(text);
        }
        let mut placed = Placed {
            number,
            story: 0,
            copy_of: None,
            delta: sentences(incoming.text, text, &kin.delta),
            same_words: (kin.same_words, kin.of_words),
        };
        if let Some(report) = self.report_mut(report) {
            placed.story = report.story;
            placed.copy_of = Some(report.first);
            report.later.push(number);
            if report.later.len() >= FIRST_ARTICLES + LAST_ARTICLES {
                report.later.remove(FIRST_ARTICLES - 1);
            }
            report.last_at = report.last_at.max(at);
        }
        let outlet = Text::read(incoming.source, "").title;
        for place in &kin.delta {
            let telling = text
                .sentences
                .get(*place)
                .filter(|one| text.is_telling(one));
            if let Some(sentence) = telling {
                // What several copies add is looked for too, and is known as what stands on many pages.
                let hash = high(sentence.hash);
                self.postings.add(hash, report, self.forgotten + 1);
                self.common.note(sign(text, sentence, &outlet), report);
            }
        }
        self.threads.touch(placed.story, at);
        placed
    }

    fn begin(
        &mut self,
        number: u32,
        incoming: &Incoming<'_>,
        text: &Text,
        terms: &Terms,
        at: i64,
    ) -> Placed {
        let profile = terms.profile(&self.frequencies);
        let story = self.threads.place(&Newcomer {
            profile: &profile,
            at,
            language: language(incoming.lang),
        });
        let address = address(incoming);
        self.reports.push_back(Report {
            first: number,
            later: Vec::new(),
            source: source(incoming),
            address,
            last_at: at,
            story,
        });
        let report = self.newest();
        for hash in kept(text) {
            self.postings.add(hash, report, self.forgotten + 1);
        }
        if address != 0 {
            self.addresses.insert(address, report);
        }
        Placed {
            number,
            story,
            copy_of: None,
            delta: Vec::new(),
            same_words: (0, 0),
        }
    }

    /// The report that an article belongs to.
    fn find(
        &mut self,
        incoming: &Incoming<'_>,
        text: &Text,
        texts: &mut impl Texts,
    ) -> Option<(u32, Kin)> {
        let (candidates, common) = self.candidates(incoming, text);
        let outlet = Text::read(incoming.source, "").title;
        let mut best: Option<(u32, Kin)> = None;
        for report in candidates {
            let Some(kinship) = self.kinship(incoming, report) else {
                continue;
            };
            self.learn(report, texts);
            let Some(kept) = self.known.get(&report) else {
                continue;
            };
            let is_common = |sentence: usize| {
                let reports = common.get(&sentence).map_or(&[][..], Vec::as_slice);
                let sentence = text.sentences.get(sentence);
                reports.iter().filter(|other| **other != report).count() >= COMMON
                    || sentence.is_some_and(|sentence| {
                        self.common.is_common(sign(text, sentence, &outlet), report)
                    })
            };
            let Some(found) = kin(text, &kept.known, kinship, is_common) else {
                continue;
            };
            let is_better = best
                .as_ref()
                .is_none_or(|(_, best)| found.same_words > best.same_words);
            if is_better {
                best = Some((report, found));
            }
        }
        best
    }

    /// The reports that share most, and for each sentence the reports that have it.
    fn candidates(
        &mut self,
        incoming: &Incoming<'_>,
        text: &Text,
    ) -> (Vec<u32>, HashedMap<usize, Vec<u32>>) {
        let mut shared: HashedMap<u32, usize> = HashedMap::default();
        let mut holders: HashedMap<usize, Vec<u32>> = HashedMap::default();
        let mut found = Vec::new();
        for one in sought(text) {
            self.postings
                .reports(one.hash, self.forgotten + 1, &mut found);
            for report in &found {
                *shared.entry(*report).or_default() += one.words;
            }
            if let Some(sentence) = one.sentence.filter(|_| found.len() >= COMMON) {
                holders.insert(sentence, found.clone());
            }
        }
        let mut by_shared: Vec<(u32, usize)> = shared.into_iter().collect();
        by_shared.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(b.0.cmp(&a.0)));
        by_shared.truncate(COMPARED);
        let mut candidates: Vec<u32> = by_shared.into_iter().map(|(report, _)| report).collect();
        if let Some(report) = self.addresses.get(&address(incoming))
            && !candidates.contains(report)
        {
            candidates.insert(0, *report);
        }
        (candidates, holders)
    }

    fn kinship(&self, incoming: &Incoming<'_>, report: u32) -> Option<Kinship> {
        let now = self.now;
        let report = self
            .report(report)
            .filter(|report| now - report.last_at <= WINDOW)?;
        let address = address(incoming);
        Some(if address != 0 && address == report.address {
            Kinship::SameAddress
        } else if source(incoming) == report.source && report.source != 0 {
            Kinship::SameSource
        } else {
            Kinship::OtherSource
        })
    }

    /// Reads what a report tells, where it is not known.
    fn learn(&mut self, report: u32, texts: &mut impl Texts) {
        let stamp = self.articles;
        if let Some(kept) = self.known.get_mut(&report) {
            kept.used = stamp;
            return;
        }
        let Some(told) = self.report(report) else {
            return;
        };
        let mut known = Known::default();
        for article in std::iter::once(told.first).chain(told.later.iter().copied()) {
            if let Some(text) = texts.text(article) {
                known.add(&Text::read("", &text));
            }
        }
        if self.known.len() >= MAX_KNOWN {
            let mut used: Vec<u32> = self.known.values().map(|kept| kept.used).collect();
            used.sort_unstable();
            let middle = used.get(MAX_KNOWN / 2).copied().unwrap_or(stamp);
            self.known.retain(|_, kept| kept.used > middle);
        }
        self.known.insert(report, Kept { known, used: stamp });
    }

    fn report(&self, number: u32) -> Option<&Report> {
        let place = number.checked_sub(self.forgotten + 1)?;
        self.reports.get(usize::try_from(place).ok()?)
    }

    fn report_mut(&mut self, number: u32) -> Option<&mut Report> {
        let place = number.checked_sub(self.forgotten + 1)?;
        self.reports.get_mut(usize::try_from(place).ok()?)
    }

    /// The number of the report that came last.
    fn newest(&self) -> u32 {
        let length = u32::try_from(self.reports.len()).unwrap_or(u32::MAX);
        self.forgotten.saturating_add(length)
    }

    /// Forgets the oldest reports, when their time is over or there are too many.
    fn forget(&mut self) {
        let over = self.now - WINDOW;
        while let Some(oldest) = self.reports.front()
            && (oldest.last_at < over || self.reports.len() > MAX_REPORTS)
        {
            let address = oldest.address;
            self.forgotten += 1;
            if self.addresses.get(&address) == Some(&self.forgotten) {
                self.addresses.remove(&address);
            }
            self.known.remove(&self.forgotten);
            self.reports.pop_front();
        }
    }
}

fn sentences(text: &str, read: &Text, places: &[usize]) -> Vec<String> {
    let sentences = places.iter().filter_map(|place| read.sentences.get(*place));
    sentences
        .filter_map(|sentence| text.get(sentence.place.clone()))
        .map(str::to_owned)
        .collect()
}

fn source(incoming: &Incoming<'_>) -> u32 {
    if incoming.source.is_empty() {
        0
    } else {
        high(letters_hash(incoming.source))
    }
}

fn address(incoming: &Incoming<'_>) -> u64 {
    if incoming.url.is_empty() {
        0
    } else {
        mix(letters_hash(incoming.url), letters_hash(incoming.source))
    }
}

pub(super) fn language(lang: &str) -> u32 {
    let primary = lang.split(['-', '_']).next().unwrap_or_default();
    if primary.is_empty() {
        0
    } else {
        high(letters_hash(&primary.to_ascii_lowercase()))
    }
}
