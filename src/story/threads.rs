//! Stories: which reports tell of one event.
//!
//! A report joins the story with the report that is most like it, or begins one. Words say what kind of event it is, names
//! which one of the kind, and time tells apart what returns.

use std::collections::{BTreeMap, VecDeque};

use super::hashing::HashedMap;
use super::numbers::Numbers;
use super::vectors::{Probe, Profile, Vector, norm, weight};

/// The number of a story.
pub type StoryNumber = u32;

/// The stories that may still go on.
#[derive(Debug, Default)]
pub struct Threads {
    members: VecDeque<Option<Box<Member>>>,
    /// The number of the first of `members`.
    first_member: u32,
    stories: HashedMap<StoryNumber, Story>,
    next_story: StoryNumber,
    by_term: HashedMap<u32, Numbers>,
    by_name: HashedMap<u32, Numbers>,
    added: u32,
    newest_at: i64,
    /// For each of `members`, how well its terms fit the article that is looked at; all 0 between two articles.
    fits: Vec<f32>,
}

/// A report of a story.
#[derive(Debug)]
struct Member {
    story: StoryNumber,
    report: Compared,
}

/// What of a report newcomers are compared with.
#[derive(Debug)]
pub(super) struct Compared {
    /// Milliseconds since 1970.
    at: i64,
    language: u32,
    /// Its words, its names, its headline and its rare numbers, in one piece.
    terms: Box<[u32]>,
    /// Where the names, the headline and the numbers begin in `terms`.
    starts: [u16; 3],
    norms: [f32; 3],
}

#[derive(Debug)]
struct Story {
    /// Its last reports.
    members: Numbers,
    last_at: i64,
    /// The names of its reports, those of older ones faded; of one report alone they stand there.
    names: Box<[u32]>,
}

/// A report that looks for its story.
#[derive(Debug, Clone, Copy)]
pub struct Newcomer<'a> {
    /// What it is about.
    pub profile: &'a Profile,
    /// When it was published, in milliseconds since 1970.
    pub at: i64,
    /// Its language, as a number; 0 where it is not known.
    pub language: u32,
}

/// The number of a story's reports that are compared: the last ones.
const COMPARED_MEMBERS: usize = 12;
/// Stories that are compared.
const COMPARED_STORIES: usize = 12;
/// Terms by which a report is found: so many words, so many names.
const INDEXED_WORDS: usize = 16;
const INDEXED_NAMES: usize = 8;
/// Reports that are looked at for a term: the newest.
const NEWEST: usize = 512;
/// How much the likeness to all of a story's reports counts beside that to the nearest: what resembles one alone leads
/// from story to story.
const ALL_SHARE: f32 = 0.5;
/// How alike a report must be to join.
const JOIN: f32 = 0.18;
/// What each day between two reports takes from their likeness.
const PER_DAY: f32 = 0.08;
/// Names from which on an article is told apart by them.
const ENOUGH_NAMES: usize = 3;
/// Likeness in names below which a report tells of another event.
const OTHER_NAMES: f32 = 0.12;
/// What such a report's likeness is multiplied by.
const OTHER_EVENT: f32 = 0.4;
/// Idle time after which a story is over, in milliseconds.
const IDLE: i64 = 5 * DAY;
/// Reports in different languages are of one story if no more lies between them.
const OTHER_LANGUAGE: i64 = 2 * DAY;
const DAY: i64 = 24 * 60 * 60 * 1000;
/// Names of a story that are kept.
const STORY_NAMES: usize = 100;
/// Reports after which what is over is forgotten.
const SWEEP_AFTER: u32 = 2_000;

impl Threads {
    /// Finds the story of a report, or begins one.
    pub fn place(&mut self, newcomer: &Newcomer<'_>) -> StoryNumber {
        let story = self.find(newcomer).unwrap_or_else(|| {
            self.next_story += 1;
            self.next_story
        });
        self.add(newcomer, story);
        story
    }

    /// Notes that a story goes on with a copy of one of its reports.
    pub fn touch(&mut self, story: StoryNumber, at: i64) {
        if let Some(story) = self.stories.get_mut(&story) {
            story.last_at = story.last_at.max(at);
        }
    }

    /// The story that a report belongs to, if there is one.
    #[must_use]
    pub fn find(&mut self, newcomer: &Newcomer<'_>) -> Option<StoryNumber> {
        let candidates = self.candidates(newcomer);
        let probes = Probes::of(newcomer.profile);
        let mut best: Option<(StoryNumber, f32)> = None;
        for story in candidates {
            let score = self.score(newcomer, &probes, story);
            if score >= JOIN && best.is_none_or(|(_, other)| score > other) {
                best = Some((story, score));
            }
        }
        best.map(|(story, _)| story)
            .or_else(|| self.in_another_language(newcomer))
    }

    fn member(&self, number: u32) -> Option<&Member> {
        let place = usize::try_from(number.checked_sub(self.first_member)?).ok()?;
        self.members.get(place)?.as_deref()
    }

    /// The stories whose reports share the most telling terms.
    fn candidates(&mut self, newcomer: &Newcomer<'_>) -> Vec<StoryNumber> {
        let mut touched: Vec<u32> = Vec::new();
        let mut fits = std::mem::take(&mut self.fits);
        fits.resize(self.members.len(), 0.0);
        for (term, worth) in worths(newcomer.profile) {
            let Some(list) = self.by_term.get(&term) else {
                continue;
            };
            for number in list.as_slice().iter().rev().take(NEWEST) {
                let place = number.checked_sub(self.first_member);
                let place = place.and_then(|place| usize::try_from(place).ok());
                if let Some(fit) = place.and_then(|place| fits.get_mut(place)) {
                    if *fit == 0.0 {
                        touched.push(*number);
                    }
                    *fit += worth;
                }
            }
        }
        let stories = self.best_stories(&touched, &fits, newcomer.at);
        for number in touched {
            let place = usize::try_from(number - self.first_member);
            if let Some(fit) = place.ok().and_then(|place| fits.get_mut(place)) {
                *fit = 0.0;
            }
        }
        self.fits = fits;
        stories
    }

    fn best_stories(&self, touched: &[u32], fits: &[f32], at: i64) -> Vec<StoryNumber> {
        let mut by_story: HashedMap<StoryNumber, f32> = HashedMap::default();
        for number in touched {
            let place = usize::try_from(number - self.first_member).unwrap_or(usize::MAX);
            let (Some(fit), Some(member)) = (fits.get(place), self.member(*number)) else {
                continue;
            };
            let best = by_story.entry(member.story).or_default();
            *best = best.max(*fit);
        }
        let mut best: Vec<(StoryNumber, f32)> = by_story.into_iter().collect();
        best.retain(|(story, _)| {
            let story = self.stories.get(story);
            story.is_some_and(|story| at.saturating_sub(story.last_at) <= IDLE)
        });
        fittest(best)
    }

    /// How alike a report is to the report of a story that it is most like.
    fn score(&self, newcomer: &Newcomer<'_>, probes: &Probes, number: StoryNumber) -> f32 {
        let Some(story) = self.stories.get(&number) else {
            return 0.0;
        };
        let members = story.members.as_slice().iter().rev();
        let members = members.filter_map(|number| Some(&self.member(*number)?.report));
        let names = self.only_member(number).map(Compared::names);
        closeness(newcomer, probes, members, names.unwrap_or(&story.names))
    }

    /// The story of another language that shares rare names, or a rare name and numbers.
    fn in_another_language(&self, newcomer: &Newcomer<'_>) -> Option<StoryNumber> {
        let mut shared: HashedMap<u32, usize> = HashedMap::default();
        for name in &newcomer.profile.rare_names {
            let list = self.by_name.get(name).map_or(&[][..], Numbers::as_slice);
            for number in list.iter().rev().take(NEWEST) {
                *shared.entry(*number).or_default() += 1;
            }
        }
        let mut best: Option<(usize, u32, StoryNumber)> = None;
        for (number, names) in shared {
            let Some(member) = self.member(number) else {
                continue;
            };
            if let Some(shared) = shared_across(newcomer, &member.report, names) {
                best = best.max(Some((shared, number, member.story)));
            }
        }
        best.map(|(_, _, story)| story)
    }

    /// Adds a report to a story.
    pub(super) fn add(&mut self, newcomer: &Newcomer<'_>, number: StoryNumber) {
        let member = u32::try_from(self.members.len())
            .map_or(u32::MAX, |length| self.first_member.saturating_add(length));
        let profile = newcomer.profile;
        for term in indexed_terms(profile) {
            let list = self.by_term.entry(term).or_default();
            list.push(member, NEWEST * 2);
        }
        for name in &profile.rare_names {
            let list = self.by_name.entry(*name).or_default();
            list.push(member, NEWEST * 2);
        }
        self.members.push_back(Some(Box::new(Member {
            story: number,
            report: Compared::of(newcomer),
        })));
        self.newest_at = self.newest_at.max(newcomer.at);
        let first = self.only_member(number);
        let first = first.map(|first| (first.names().to_vec(), first.at));
        let story = self.stories.entry(number);
        let story = story.or_insert_with(|| Story::new(newcomer.at));
        if let Some((names, at)) = first {
            story.fade_in(&names, at);
        }
        if story.members.as_slice().is_empty() {
            story.last_at = story.last_at.max(newcomer.at);
        } else {
            story.fade_in(&profile.names.terms, newcomer.at);
        }
        story.members.push(member, usize::MAX);
        if story.members.as_slice().len() > COMPARED_MEMBERS
            && let Some(oldest) = story.members.pop_first()
        {
            self.forget(oldest);
        }
        self.added += 1;
        if self.added >= SWEEP_AFTER {
            self.added = 0;
            self.sweep();
        }
    }

    /// The report of a story that has one.
    fn only_member(&self, story: StoryNumber) -> Option<&Compared> {
        let [member] = self.stories.get(&story)?.members.as_slice() else {
            return None;
        };
        Some(&self.member(*member)?.report)
    }

    fn forget(&mut self, member: u32) {
        let place = member.checked_sub(self.first_member);
        let place = place.and_then(|place| usize::try_from(place).ok());
        if let Some(place) = place.and_then(|place| self.members.get_mut(place)) {
            *place = None;
        }
    }

    /// Forgets the stories that are over.
    fn sweep(&mut self) {
        let over = self.newest_at - IDLE;
        let mut gone = Vec::new();
        self.stories.retain(|_, story| {
            let stays = story.last_at >= over;
            if !stays {
                gone.extend_from_slice(story.members.as_slice());
            }
            stays
        });
        for member in gone {
            self.forget(member);
        }
        while self.members.front().is_some_and(Option::is_none) {
            self.members.pop_front();
            self.first_member += 1;
        }
        let (members, first) = (&self.members, self.first_member);
        let lives = |number: &u32| {
            let place = number
                .checked_sub(first)
                .and_then(|place| usize::try_from(place).ok());
            place
                .and_then(|place| members.get(place))
                .is_some_and(Option::is_some)
        };
        for index in [&mut self.by_term, &mut self.by_name] {
            index.retain(|_, list| {
                list.retain(lives);
                !list.as_slice().is_empty()
            });
        }
        self.fits = Vec::new();
    }
}

/// The terms by which a report is found.
pub(super) fn indexed_terms(profile: &Profile) -> impl Iterator<Item = u32> {
    let words = indexed(&profile.words, INDEXED_WORDS);
    let names = indexed(&profile.names, INDEXED_NAMES);
    words.chain(names).map(|term| term >> 8)
}

/// The terms by which a vector is found.
fn indexed(vector: &Vector, at_most: usize) -> impl Iterator<Item = u32> {
    vector.terms.iter().take(at_most).copied()
}

/// The terms by which a report looks for others, each with what it counts.
fn worths(profile: &Profile) -> impl Iterator<Item = (u32, f32)> {
    let of = |vector: &Vector, share: f32, at_most| {
        let length = norm(&vector.terms).max(1.0);
        let terms: Vec<u32> = indexed(vector, at_most).collect();
        terms
            .into_iter()
            .map(move |term| (term >> 8, share * (weight(term) / length).powi(2)))
    };
    let words = of(&profile.words, 0.7, INDEXED_WORDS);
    words.chain(of(&profile.names, 0.3, INDEXED_NAMES))
}

/// The stories that fit best.
fn fittest(mut stories: Vec<(StoryNumber, f32)>) -> Vec<StoryNumber> {
    stories.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(b.0.cmp(&a.0)));
    stories.truncate(COMPARED_STORIES);
    stories.into_iter().map(|(story, _)| story).collect()
}

/// How alike a report is to that report of a story that it is most like; the members of the story are the newest first.
fn closeness<'m>(
    newcomer: &Newcomer<'_>,
    probes: &Probes,
    members: impl Iterator<Item = &'m Compared>,
    names: &[u32],
) -> f32 {
    let (best, sum, count) = members
        .take(COMPARED_MEMBERS)
        .map(|member| likeness(newcomer, probes, member))
        .fold((0.0_f32, 0.0, 0.0), |(best, sum, count), one| {
            (best.max(one), sum + one, count + 1.0)
        });
    let best = best - ALL_SHARE * (best - sum / f32::max(count, 1.0));
    let has_names = newcomer.profile.names.len() >= ENOUGH_NAMES && names.len() >= ENOUGH_NAMES;
    if has_names && probes.names.cosine(names, norm(names)) < OTHER_NAMES {
        best * OTHER_EVENT
    } else {
        best
    }
}

/// A report among a few that a newcomer is compared with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Other<'a> {
    pub(super) story: StoryNumber,
    pub(super) report: &'a Compared,
    /// By which a report in another language is found, in order.
    pub(super) rare_names: &'a [u32],
}

/// The story that a report belongs to among those of a few others, the oldest first: the one that [`Threads::find`] finds,
/// without what makes many others quick to look through.
pub(super) fn find_among(newcomer: &Newcomer<'_>, others: &[Other<'_>]) -> Option<StoryNumber> {
    let mut stories: BTreeMap<StoryNumber, Vec<&Compared>> = BTreeMap::new();
    for other in others {
        stories.entry(other.story).or_default().push(other.report);
    }
    let worths: Vec<(u32, f32)> = worths(newcomer.profile).collect();
    let fits = stories.iter().filter_map(|(story, reports)| {
        let last_at = reports.iter().map(|report| report.at).max()?;
        let last = reports.iter().rev().take(COMPARED_MEMBERS);
        let fit = last.map(|report| report.fit(&worths)).fold(0.0, f32::max);
        let may_go_on = newcomer.at.saturating_sub(last_at) <= IDLE;
        (fit > 0.0 && may_go_on).then_some((*story, fit))
    });
    let probes = Probes::of(newcomer.profile);
    let mut best: Option<(StoryNumber, f32)> = None;
    for number in fittest(fits.collect()) {
        let reports = stories.get(&number).map_or(&[][..], Vec::as_slice);
        let mut story = Story::new(reports.first().map_or(newcomer.at, |first| first.at));
        for report in reports {
            story.fade_in(report.names(), report.at);
        }
        let score = closeness(
            newcomer,
            &probes,
            reports.iter().rev().copied(),
            &story.names,
        );
        if score >= JOIN && best.is_none_or(|(_, other)| score > other) {
            best = Some((number, score));
        }
    }
    best.map(|(story, _)| story)
        .or_else(|| in_another_language_among(newcomer, others))
}

/// The story of another language, as [`Threads::find`] finds it, among a few others.
fn in_another_language_among(newcomer: &Newcomer<'_>, others: &[Other<'_>]) -> Option<StoryNumber> {
    let mut later: HashedMap<StoryNumber, usize> = HashedMap::default();
    let mut best: Option<(usize, usize, StoryNumber)> = None;
    for (place, other) in others.iter().enumerate().rev() {
        let later = later.entry(other.story).or_default();
        *later += 1;
        if *later > COMPARED_MEMBERS {
            continue;
        }
        let names = newcomer.profile.rare_names.iter();
        let names = names
            .filter(|name| other.rare_names.binary_search(name).is_ok())
            .count();
        if let Some(shared) = shared_across(newcomer, other.report, names) {
            best = best.max(Some((shared, place, other.story)));
        }
    }
    best.map(|(_, _, story)| story)
}

/// How much a report shares with one in another language, where it is enough for one story.
fn shared_across(newcomer: &Newcomer<'_>, report: &Compared, names: usize) -> Option<usize> {
    let is_other = report.language != newcomer.language;
    let is_near = newcomer.at.saturating_sub(report.at).abs() <= OTHER_LANGUAGE;
    if names == 0 || !is_other || !is_near {
        return None;
    }
    let [.., rare_numbers] = report.parts();
    let numbers = newcomer.profile.rare_numbers.iter();
    let numbers = numbers
        .filter(|number| rare_numbers.binary_search(number).is_ok())
        .count();
    (names >= 2 || numbers >= 2).then_some(names * 2 + numbers)
}

#[derive(Debug)]
struct Probes {
    words: Probe,
    names: Probe,
    headline: Probe,
}

impl Probes {
    fn of(profile: &Profile) -> Self {
        Self {
            words: Probe::of(&profile.words.terms),
            names: Probe::of(&profile.names.terms),
            headline: Probe::of(&profile.headline.terms),
        }
    }
}

impl Compared {
    pub(super) fn of(newcomer: &Newcomer<'_>) -> Self {
        let profile = newcomer.profile;
        let [words, names, headline] = [&profile.words, &profile.names, &profile.headline];
        let parts = [
            words.terms.as_slice(),
            &names.terms,
            &headline.terms,
            &profile.rare_numbers,
        ];
        let terms = parts.concat();
        let ends = [
            words.len(),
            words.len() + names.len(),
            words.len() + names.len() + headline.len(),
        ];
        Self {
            at: newcomer.at,
            language: newcomer.language,
            terms: terms.into_boxed_slice(),
            starts: ends.map(|end| u16::try_from(end).unwrap_or(u16::MAX)),
            norms: [words, names, headline].map(|part| norm(&part.terms)),
        }
    }

    /// How well the terms by which it is found fit those that are looked for.
    fn fit(&self, worths: &[(u32, f32)]) -> f32 {
        let [words, names, ..] = self.parts();
        let words = words.iter().take(INDEXED_WORDS);
        let own = words.chain(names.iter().take(INDEXED_NAMES));
        let own: Vec<u32> = own.map(|term| term >> 8).collect();
        let fitting = worths.iter().flat_map(|(term, worth)| {
            let same = own.iter().filter(move |other| *other == term);
            same.map(move |_| *worth)
        });
        fitting.fold(0.0, |fit, worth| fit + worth)
    }

    fn names(&self) -> &[u32] {
        let [_, names, ..] = self.parts();
        names
    }

    /// Its words, its names, its headline and its rare numbers.
    fn parts(&self) -> [&[u32]; 4] {
        let [names, headline, numbers] = self.starts.map(usize::from);
        let part = |from, to| self.terms.get(from..to).unwrap_or_default();
        [
            part(0, names),
            part(names, headline),
            part(headline, numbers),
            self.terms.get(numbers..).unwrap_or_default(),
        ]
    }
}

fn likeness(newcomer: &Newcomer<'_>, probes: &Probes, report: &Compared) -> f32 {
    let [words, names, headline, _] = report.parts();
    let [words_norm, names_norm, headline_norm] = report.norms;
    let in_words = probes.words.cosine(words, words_norm);
    let in_names = if names.len() < ENOUGH_NAMES || newcomer.profile.names.len() < ENOUGH_NAMES {
        in_words
    } else {
        probes.names.cosine(names, names_norm)
    };
    let in_headline = probes.headline.cosine(headline, headline_norm);
    0.8 * (0.7 * in_words + 0.3 * in_names) + 0.2 * in_headline
        - PER_DAY * days(newcomer.at.saturating_sub(report.at).abs())
}

#[expect(
    clippy::cast_precision_loss,
    reason = "days, of which the first digits are enough"
)]
fn days(ms: i64) -> f32 {
    ms as f32 / DAY as f32
}

impl Story {
    fn new(at: i64) -> Self {
        Self {
            members: Numbers::default(),
            last_at: at,
            names: Box::default(),
        }
    }

    /// Adds the names of a report to those of the story, of which the older ones fade.
    fn fade_in(&mut self, names: &[u32], at: i64) {
        if self.names.is_empty() {
            self.names = names.into();
            self.last_at = self.last_at.max(at);
            return;
        }
        let faded = (-days(at.saturating_sub(self.last_at).max(0))).exp();
        self.last_at = self.last_at.max(at);
        let mut weights: HashedMap<u32, f32> = HashedMap::default();
        for (terms, share) in [(&*self.names, faded), (names, 1.0)] {
            let length = norm(terms).max(1.0);
            for term in terms {
                *weights.entry(*term & !0xff).or_default() += share * weight(*term) / length;
            }
        }
        let names = Vector::of(weights.into_iter().collect(), STORY_NAMES);
        self.names = names.terms.into_boxed_slice();
    }
}
