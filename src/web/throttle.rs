//! Wrong passwords slow down whoever tries them, by name and by address.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use super::access::Peer;
use crate::domain::Timestamp;

/// Wrong tries that cost nothing.
const FREE_TRIES: u32 = 5;

/// The pause after the last free try; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_secs(30);

/// The longest pause: whoever is kept out by somebody else's tries gets in by a link.
const LONGEST_PAUSE: Duration = Duration::from_mins(15);

/// How long wrong tries are remembered.
const REMEMBERED: Duration = Duration::from_hours(1);

/// Names and addresses that are remembered; beyond it the oldest are forgotten.
const MAX_REMEMBERED: usize = 10_000;

/// Remembers wrong tries.
#[derive(Debug, Default)]
pub(crate) struct Throttle(Mutex<HashMap<Key, Wrong>>);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Name(String),
    Address(String),
}

#[derive(Debug, Clone, Copy)]
struct Wrong {
    tries: u32,
    last: Timestamp,
}

impl Throttle {
    /// How long somebody has to wait before the next try; `None` when they need not.
    pub(crate) fn pause(&self, name: &str, peer: Option<Peer>, now: Timestamp) -> Option<Duration> {
        let wrong = self.lock();
        keys(name, peer)
            .iter()
            .filter_map(|key| {
                let wrong = wrong.get(key)?;
                let beyond = wrong.tries.checked_sub(FREE_TRIES)?;
                let pause = FIRST_PAUSE
                    .saturating_mul(2_u32.saturating_pow(beyond))
                    .min(LONGEST_PAUSE);
                let passed = Duration::try_from(now.duration_since(wrong.last)).unwrap_or_default();
                pause.checked_sub(passed).filter(|left| !left.is_zero())
            })
            .max()
    }

    /// Notes a wrong try; gives how many more cost nothing.
    pub(crate) fn wrong(&self, name: &str, peer: Option<Peer>, now: Timestamp) -> u32 {
        let mut wrong = self.lock();
        let is_old = |wrong: &Wrong| {
            let passed = now.duration_since(wrong.last);
            passed.unsigned_abs() > REMEMBERED
        };
        if wrong.len() >= MAX_REMEMBERED {
            wrong.retain(|_, wrong| !is_old(wrong));
        }
        if wrong.len() >= MAX_REMEMBERED {
            let oldest = wrong.iter().min_by_key(|(_, wrong)| wrong.last);
            if let Some(key) = oldest.map(|(key, _)| key.clone()) {
                wrong.remove(&key);
            }
        }
        let mut left = FREE_TRIES;
        for key in keys(name, peer) {
            let known = wrong.entry(key).or_insert(Wrong {
                tries: 0,
                last: now,
            });
            if is_old(known) {
                known.tries = 0;
            }
            known.tries += 1;
            known.last = now;
            left = left.min(FREE_TRIES.saturating_sub(known.tries));
        }
        left
    }

    /// Forgets the wrong tries of a name that has shown its password.
    pub(crate) fn right(&self, name: &str) {
        self.lock().remove(&Key::Name(name.to_owned()));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Wrong>> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// What tries are counted by. A unix socket has a proxy behind it, which everybody comes through: the name alone counts.
fn keys(name: &str, peer: Option<Peer>) -> Vec<Key> {
    let mut keys = vec![Key::Name(name.chars().take(100).collect())];
    if let Some(Peer::Host(address)) = peer {
        keys.push(Key::Address(address.to_string()));
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_try_waits_whether_the_name_or_the_address_is_the_same() {
        let throttle = Throttle::default();
        let now: Timestamp = "2026-11-26T09:00:00Z".parse().unwrap();
        let here = Some(Peer::Host("192.0.2.1".parse().unwrap()));
        let there = Some(Peer::Host("192.0.2.2".parse().unwrap()));
        for left in (0..FREE_TRIES).rev() {
            assert_eq!(throttle.pause("lan", here, now), None);
            assert_eq!(throttle.wrong("lan", here, now), left);
        }
        assert_eq!(throttle.pause("lan", there, now), Some(FIRST_PAUSE));
        assert_eq!(throttle.pause("minh", here, now), Some(FIRST_PAUSE));
        assert_eq!(throttle.pause("minh", there, now), None);
        assert_eq!(throttle.pause("lan", here, now + FIRST_PAUSE), None);
        throttle.wrong("lan", here, now);
        assert_eq!(throttle.pause("lan", there, now), Some(FIRST_PAUSE * 2));
        throttle.right("lan");
        assert_eq!(throttle.pause("lan", there, now), None);
    }
}
