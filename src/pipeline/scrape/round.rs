//! The round of all queues of entries: each host and each feed gets its turn.

use std::time::Duration;

use super::Plan;
use crate::domain::ArticleMode;
use crate::http::{Asked, FetchError, Turn};
use crate::store::{PageQueue, QueuePlace};

/// Entries of one feed that are taken at once for which no page is fetched.
const WITHOUT_PAGE: usize = 32;

/// Where the round of all queues stands, so that each host and each feed gets its turn.
#[derive(Debug, Default)]
pub(super) struct Round {
    pub(super) last: QueuePlace,
    /// How long the host waits that may be asked next.
    pub(super) gap: Option<Duration>,
}

/// What is possible for an entry.
#[derive(Debug)]
pub(in crate::pipeline) enum Chance {
    /// No page is fetched for it, or none that it has a turn for already.
    NoPage,
    /// It is the turn of its page.
    Turn(Box<Turn>),
    /// The pages of its host hang: none is asked for.
    Resting(FetchError),
}

impl Round {
    /// Goes round the queues and takes of each what its host allows now.
    pub(super) fn choose_turns(
        &mut self,
        plan: &Plan,
        queues: Vec<PageQueue>,
        limit: usize,
    ) -> Vec<(QueuePlace, Vec<Chance>)> {
        self.gap = None;
        let mut room = limit;
        let mut chosen = Vec::new();
        for queue in queues {
            if room == 0 {
                break;
            }
            let (chances, gap) = chances(plan, &queue, room);
            self.gap = match (self.gap, gap) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
            self.last = queue.place.clone();
            if chances.is_empty() {
                continue;
            }
            room = room.saturating_sub(chances.len());
            chosen.push((queue.place, chances));
        }
        chosen
    }
}

/// What is possible for the entries of a queue now, and where nothing more is because of the gap between two requests, how
/// long that lasts.
fn chances(plan: &Plan, queue: &PageQueue, room: usize) -> (Vec<Chance>, Option<Duration>) {
    let batch = room.min(WITHOUT_PAGE);
    let is_wanted = plan
        .feeds
        .get(&queue.feed_url)
        .is_none_or(|feed| feed.article != ArticleMode::Never);
    let Some(link) = queue.link.as_ref().filter(|_| is_wanted) else {
        let chances = std::iter::repeat_with(|| Chance::NoPage);
        return (chances.take(batch).collect(), None);
    };
    let mut turns = Vec::new();
    while turns.len() < room {
        match plan.http.ask_turn(link) {
            Asked::Now(turn) => turns.push(Chance::Turn(turn)),
            Asked::Later(gap) => return (turns, gap),
            Asked::Resting(error) => {
                let chances = std::iter::repeat_with(|| Chance::Resting(error.clone()));
                return (chances.take(batch).collect(), None);
            }
        }
    }
    (turns, None)
}
