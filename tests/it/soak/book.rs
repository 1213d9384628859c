//! What the receivers of a soak saw, and what is to be thought of it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use super::{CHANNELS, MAIL, POISON_EVERY};

/// Until when a channel has asked to be left alone.
#[derive(Clone, Copy)]
pub(super) enum Closed {
    Until(Instant),
    /// It has said that it is gone: until somebody takes it up again.
    ForGood,
}

/// What the receivers saw.
#[derive(Default)]
pub(super) struct Book {
    /// For each channel and entry the ids under which it was taken.
    taken: BTreeMap<(String, usize), Vec<String>>,
    /// The entries in the order in which each channel took them first.
    order: BTreeMap<String, Vec<usize>>,
    /// What was answered with anything but a plain yes, by channel and entry.
    refused: BTreeSet<(String, usize)>,
    closed: BTreeMap<String, Closed>,
    /// Answers to come of a receiver that is being deployed.
    pub(super) deploying: usize,
    /// How often a receiver may still not answer at all.
    pub(super) silences: usize,
    /// Whether a receiver has said once that it is gone.
    pub(super) has_gone: bool,
    /// How often the process was killed or stopped so far.
    pub(super) ends: usize,
    pub(super) requests: usize,
    /// Messages that were taken and of which the process was not told.
    pub(super) cuts: usize,
    /// Requests while the channel had asked for none.
    pub(super) early: usize,
    /// Requests to where a receiver had sent the sender.
    pub(super) strayed: usize,
    /// How often the mail server strayed from its duty.
    pub(super) mail_faults: usize,
}

impl Book {
    /// Takes one of the silences that are left.
    pub(super) fn take_silence(&mut self) -> bool {
        let is_left = self.silences > 0;
        self.silences = self.silences.saturating_sub(1);
        is_left
    }

    pub(super) fn note_request(&mut self, channel: &str) {
        self.requests += 1;
        let is_closed = self.closed.get(channel).is_some_and(|closed| match closed {
            Closed::Until(until) => Instant::now() < *until,
            Closed::ForGood => true,
        });
        self.early += usize::from(is_closed);
    }

    pub(super) fn note_taken(&mut self, channel: &str, number: usize, id: String) {
        let key = (channel.to_owned(), number);
        let ids = self.taken.entry(key).or_default();
        ids.push(id);
        if ids.len() == 1 {
            let order = self.order.entry(channel.to_owned()).or_default();
            order.push(number);
        }
    }

    pub(super) fn note_refused(&mut self, channel: &str, number: usize) {
        self.refused.insert((channel.to_owned(), number));
    }

    pub(super) fn close(&mut self, channel: &str, closed: Closed) {
        self.closed.insert(channel.to_owned(), closed);
    }

    pub(super) fn open(&mut self, channel: &str) {
        self.closed.remove(channel);
    }

    /// Forgets the pauses of channels that are not among these.
    pub(super) fn keep_closed(&mut self, kept: &BTreeSet<String>) {
        self.closed.retain(|name, _| kept.contains(name));
    }

    /// The channels that have said that they are gone.
    pub(super) fn gone(&self) -> Vec<String> {
        let closed = self.closed.iter();
        closed
            .filter(|(_, closed)| matches!(closed, Closed::ForGood))
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// How many messages the channel that is ahead has taken.
    pub(super) fn most_taken(&self) -> usize {
        self.order.values().map(Vec::len).max().unwrap_or(0)
    }

    /// What a channel lacks of what it has to take.
    pub(super) fn lacks(&self, entries: usize) -> Vec<(&'static str, usize)> {
        let all = CHANNELS.iter().flat_map(|name| {
            let expected = (0..entries).filter(|number| *name == MAIL || !is_poison(*number));
            expected.map(move |number| (*name, number))
        });
        all.filter(|(name, number)| !self.taken.contains_key(&((*name).to_owned(), *number)))
            .collect()
    }

    pub(super) fn doubles(&self) -> usize {
        self.taken.values().map(|ids| ids.len() - 1).sum()
    }

    /// What came more than once, and not under one id.
    pub(super) fn renamed(&self) -> usize {
        let different = |ids: &&Vec<String>| ids.iter().collect::<BTreeSet<_>>().len() > 1;
        self.taken.values().filter(different).count()
    }

    /// What came after one that was raised later: by webhook what was never refused, and by mail how much of all.
    pub(super) fn overtaken(&self, raised: &[usize]) -> (Vec<(String, usize)>, usize) {
        let places = raised.iter().enumerate();
        let places: BTreeMap<usize, usize> =
            places.map(|(place, number)| (*number, place)).collect();
        let mut unexplained = Vec::new();
        let mut by_mail = 0;
        for (channel, order) in &self.order {
            let mut latest = 0;
            for number in order {
                let place = places[number];
                let is_late = place < latest;
                latest = latest.max(place);
                let key = (channel.clone(), *number);
                if channel == MAIL {
                    by_mail += usize::from(is_late);
                } else if is_late && !self.refused.contains(&key) {
                    unexplained.push(key);
                }
            }
        }
        (unexplained, by_mail)
    }
}

/// Whether the webhooks never take an entry.
pub(super) fn is_poison(number: usize) -> bool {
    number % POISON_EVERY == POISON_EVERY - 1
}
