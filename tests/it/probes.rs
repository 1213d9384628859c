//! What a channel that does not take messages is probed with, and what comes when it takes them again.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use newswatch::domain::AttemptOutcome;
use newswatch::schedule::{DeliveryPolicy, after_attempt};
use newswatch::store::{Attempted, Store, Try};

use crate::store::{flag, later, next, scraped};

/// A channel with eight messages, on a clock of seconds.
struct Line {
    store: Store,
    second: u64,
    /// When each message was tried, by its place in the order, and how that ended.
    tries: Vec<(u64, i64, &'static str)>,
}

fn unreached() -> AttemptOutcome {
    AttemptOutcome::Unreached {
        reason: "the connection was refused".into(),
    }
}

fn failed() -> AttemptOutcome {
    AttemptOutcome::Failed {
        reason: "the server answered 503".into(),
    }
}

fn refused() -> AttemptOutcome {
    AttemptOutcome::Misconfigured {
        reason: "the server answered 422".into(),
    }
}

impl Line {
    async fn open() -> Self {
        let links: Vec<String> = (0..8).map(|n| format!("https://n.example/{n}")).collect();
        let links: Vec<(&str, &str)> = links
            .iter()
            .map(|link| ("https://a.example/rss", link.as_str()))
            .collect();
        let store = scraped(&links).await;
        flag(&store).await;
        Self {
            store,
            second: 0,
            tries: Vec::new(),
        }
    }

    /// Lets seconds go by, in which whatever may be tried is tried and ends so.
    async fn pass(&mut self, seconds: u64, answer: impl Fn(i64, u64) -> AttemptOutcome) {
        let policy = DeliveryPolicy {
            retry: [5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400]
                .map(Duration::from_secs)
                .to_vec(),
        };
        for _ in 0..seconds {
            self.second += 1;
            let at = later(self.second);
            while let Some(due) = next(&self.store, "hook", at).await {
                let outcome = answer(due.claim.id, self.second);
                self.tries
                    .push((self.second, due.claim.id, outcome.as_str()));
                let after = after_attempt(&outcome, &due.past, &due.channel_past, &policy, 0.5, at);
                let tried = Try {
                    delivery: due,
                    outcome,
                    attempted: Attempted {
                        state: after.delivery,
                        counts: after.counts,
                        channel: after.channel,
                    },
                    message: None,
                    answer: None,
                    at,
                };
                assert!(self.store.record_attempt(tried).await.unwrap());
            }
        }
    }

    fn accepted(&self) -> Vec<i64> {
        let accepted = self.tries.iter().filter(|(_, _, how)| *how == "accepted");
        accepted.map(|(_, message, _)| *message).collect()
    }

    /// The messages, the oldest first.
    async fn messages() -> Vec<i64> {
        let mut line = Self::open().await;
        line.pass(1, |_, _| AttemptOutcome::Accepted).await;
        line.accepted()
    }
}

#[tokio::test]
async fn a_channel_that_cannot_be_reached_is_probed_by_its_oldest_message_however_long() {
    let messages = Line::messages().await;
    assert_eq!(messages.len(), 8);
    let mut line = Line::open().await;
    line.pass(3 * 3_600, |_, _| unreached()).await;
    assert!(line.tries.len() > 100, "{}", line.tries.len());
    assert!(
        line.tries
            .iter()
            .all(|(_, message, _)| *message == messages[0])
    );
    let gaps = line.tries.windows(2).map(|two| two[1].0 - two[0].0);
    assert!(gaps.skip(2).all(|gap| gap >= 60));
    line.pass(61, |_, _| AttemptOutcome::Accepted).await;
    assert_eq!(line.accepted(), messages);
}

#[tokio::test]
async fn only_what_was_turned_away_itself_is_overtaken_after_a_long_outage() {
    let messages = Line::messages().await;
    for seconds in (600..7_200).step_by(660) {
        let mut line = Line::open().await;
        line.pass(seconds, |_, _| failed()).await;
        let turned_away: BTreeSet<i64> = line.tries.iter().map(|(_, one, _)| *one).collect();
        line.pass(61, |_, _| AttemptOutcome::Accepted).await;
        let accepted = line.accepted();
        assert_eq!(accepted.len(), 8, "{seconds}");
        for (place, message) in accepted.iter().enumerate() {
            let older = messages.iter().take_while(|older| *older != message);
            let mut waiting = older.filter(|older| !accepted[..place].contains(older));
            assert!(
                waiting.all(|older| turned_away.contains(older)),
                "{seconds}: {accepted:?}"
            );
        }
        if seconds < 800 {
            assert_eq!(accepted, messages, "{seconds}");
        }
    }
}

#[tokio::test]
async fn a_poisoned_oldest_message_holds_the_others_no_longer_than_a_while_after_an_outage() {
    let messages = Line::messages().await;
    let poisoned = messages[0];
    let mut line = Line::open().await;
    line.pass(1_200, |_, _| failed()).await;
    let one_is_poisoned = move |message, _| {
        if message == poisoned {
            failed()
        } else {
            AttemptOutcome::Accepted
        }
    };
    line.pass(360, one_is_poisoned).await;
    let mut others = line.accepted();
    others.sort_unstable();
    assert_eq!(others, messages[1..]);
}

#[tokio::test]
async fn refused_messages_hold_nobody_once_others_have_been_accepted() {
    let messages = Line::messages().await;
    let poisoned = [messages[1], messages[4], messages[7]];
    // One fails for half a minute and is well then.
    let shaky = messages[6];
    let mut line = Line::open().await;
    line.pass(300, |message, second| match message {
        message if poisoned.contains(&message) => refused(),
        message if message == shaky && second < 30 => failed(),
        _ => AttemptOutcome::Accepted,
    })
    .await;
    let mut taken: BTreeMap<i64, u64> = BTreeMap::new();
    for (second, message, how) in &line.tries {
        if *how == "accepted" {
            taken.insert(*message, *second);
        }
    }
    for message in messages.iter().filter(|one| !poisoned.contains(one)) {
        let until = if *message == shaky { 100 } else { 10 };
        assert!(taken[message] <= until, "{message}: {:?}", line.tries);
    }
    let channels = line.store.report().await.unwrap().channels;
    let hook = channels.iter().find(|one| one.name.0 == "hook").unwrap();
    assert_eq!(hook.state.as_str(), "ok");
    assert_eq!((hook.abandoned, hook.delivered), (3, 5));
}
