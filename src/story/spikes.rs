//! Spikes: days on which a watch finds far more stories than days of its kind lead to expect.
//!
//! The measure is a negative binomial distribution around the level of the last four weeks, by weekday or weekend. Quiet
//! watches need three stories and busy ones twice the usual, so that a spike is something a person would call one.

use crate::domain::Sensitivity;

/// A day of a watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// The stories it found.
    pub stories: u32,
    /// True for Saturday and Sunday.
    pub is_weekend: bool,
    /// True if these were far more than usual.
    pub is_spike: bool,
}

/// What a day was expected to bring.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expected {
    /// How many stories.
    pub stories: f64,
    /// How much more the days differ than by chance alone; 1 at least.
    pub spread: f64,
}

/// Days that the level is taken from.
const BASELINE: usize = 28;
/// The newest days, which are left out: a spike that builds up is not to become its own yardstick.
const LEFT_OUT: usize = 1;
/// Days without a spike that are enough for a level.
const ENOUGH_QUIET: usize = 10;
/// Days of history without which nothing is said.
const MIN_HISTORY: usize = 14;
/// Days by which the difference of the weekend is taken to be smaller than it looks.
const SHRINKING: f64 = 3.0;
/// Stories without which no day is a spike.
pub const MIN_STORIES: u32 = 3;
/// How many times the expected number a spike is.
const MIN_TIMES: f64 = 2.0;

/// How likely a day may be by chance alone and still be a spike.
fn likelihood(sensitivity: Sensitivity) -> f64 {
    match sensitivity {
        Sensitivity::Low => 0.001,
        Sensitivity::Normal => 0.003,
        Sensitivity::High => 0.01,
    }
}

/// What a day is expected to bring, by the days before it, the oldest first; none while they are too few.
#[must_use]
pub fn expected(before: &[Day], is_weekend: bool) -> Option<Expected> {
    if before.len() < MIN_HISTORY {
        return None;
    }
    let until = before.len() - LEFT_OUT;
    let from = until.saturating_sub(BASELINE);
    let days = before.get(from..until)?;
    let quiet: Vec<Day> = days.iter().copied().filter(|day| !day.is_spike).collect();
    let days = if quiet.len() >= ENOUGH_QUIET {
        &quiet
    } else {
        days
    };
    let length = number(days.len());
    let mean = days.iter().map(|day| f64::from(day.stories)).sum::<f64>() / length;
    if mean <= 0.0 {
        // Half a story in the whole time: nothing seen is not nothing possible.
        return Some(Expected {
            stories: 0.5 / length,
            spread: 1.0,
        });
    }
    let level = |is_weekend: bool| {
        let alike = days.iter().filter(|day| day.is_weekend == is_weekend);
        let (count, sum) = alike.fold((0.0, 0.0), |(count, sum), day| {
            (count + 1.0, sum + f64::from(day.stories))
        });
        (sum + SHRINKING * mean) / (count + SHRINKING)
    };
    let levels = [level(false), level(true)];
    let level_of = |is_weekend: bool| levels.get(usize::from(is_weekend)).copied().unwrap_or(mean);
    let squares: f64 = days
        .iter()
        .map(|day| {
            let level = level_of(day.is_weekend).max(f64::MIN_POSITIVE);
            (f64::from(day.stories) - level).powi(2) / level
        })
        .sum();
    // Pearson's measure, by the days less the levels that were taken from them (McCullagh and Nelder, Generalized Linear
    // Models, section 4.5.2).
    Some(Expected {
        stories: level_of(is_weekend),
        spread: (squares / (length - 2.0)).max(1.0),
    })
}

/// True if a day brought more than can be chance.
#[must_use]
pub fn is_spike(stories: u32, expected: Expected, sensitivity: Sensitivity) -> bool {
    stories >= MIN_STORIES
        && f64::from(stories) >= MIN_TIMES * expected.stories
        && tail(stories, expected) < likelihood(sensitivity)
}

/// How likely so many stories or more are.
fn tail(stories: u32, expected: Expected) -> f64 {
    let (mean, spread) = (expected.stories, expected.spread);
    // A spread of 1 is that of Poisson; from there on the negative binomial distribution has size r and share p.
    let is_plain = spread < 1.0 + 1e-6;
    let size = mean / (spread - 1.0).max(1e-9);
    let share = 1.0 / spread;
    let mut each = if is_plain {
        (-mean).exp()
    } else {
        share.powf(size)
    };
    let mut below = 0.0;
    for count in 0..stories {
        below += each;
        let next = f64::from(count) + 1.0;
        each *= if is_plain {
            mean / next
        } else {
            (f64::from(count) + size) / next * (1.0 - share)
        };
    }
    (1.0 - below).max(0.0)
}

fn number(of: usize) -> f64 {
    u32::try_from(of).map_or(f64::MAX, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(counts: &[u32]) -> Vec<Day> {
        let days = counts.iter().enumerate();
        days.map(|(at, stories)| Day {
            stories: *stories,
            is_weekend: at % 7 > 4,
            is_spike: false,
        })
        .collect()
    }

    #[test]
    fn nothing_is_said_of_a_young_watch() {
        assert_eq!(expected(&days(&[1; 13]), false), None);
        assert!(expected(&days(&[1; 14]), false).is_some());
    }

    #[test]
    fn a_quiet_watch_speaks_of_three_stories_and_not_of_two() {
        let quiet = expected(&days(&[0; 30]), false).unwrap();
        assert!(!is_spike(2, quiet, Sensitivity::High));
        assert!(is_spike(3, quiet, Sensitivity::Low));
    }

    #[test]
    fn a_weekend_is_measured_by_weekends() {
        let week = [20, 22, 18, 21, 19, 4, 5];
        let before = days(&week.repeat(5));
        let weekday = expected(&before, false).unwrap();
        let weekend = expected(&before, true).unwrap();
        assert!(weekday.stories > 2.0 * weekend.stories);
        assert!(is_spike(24, weekend, Sensitivity::Normal));
        assert!(!is_spike(24, weekday, Sensitivity::Normal));
    }

    #[test]
    fn days_that_were_spikes_do_not_raise_the_level() {
        let mut before = days(&[2; 30]);
        for day in before.iter_mut().skip(20).take(5) {
            day.stories = 40;
            day.is_spike = true;
        }
        let level = expected(&before, false).unwrap();
        assert!((level.stories - 2.0).abs() < 1e-9);
    }

    #[test]
    fn the_more_the_days_differ_the_more_it_takes() {
        let even = expected(&days(&[5; 30]), false).unwrap();
        let uneven = expected(&days(&[0, 10, 1, 9, 12, 0, 3].repeat(4)), false).unwrap();
        let least = |level| (3..99).find(|count| is_spike(*count, level, Sensitivity::Normal));
        assert!(least(even) < least(uneven));
        assert!(is_spike(least(even).unwrap(), even, Sensitivity::High));
    }

    /// Numbers that look like chance, from 0 to 1.
    struct Chance(u64);

    impl Chance {
        fn next(&mut self) -> f64 {
            number(self.below(1 << 31)) / f64::from(u32::MAX >> 1)
        }

        fn below(&mut self, limit: usize) -> usize {
            self.0 = self.0.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
            (self.0 >> 33) as usize % limit
        }

        /// A number of stories around a mean, which itself differs from day to day by a third.
        fn stories(&mut self, mean: f64) -> u32 {
            let gamma: f64 = (0..8).map(|_| -(1.0 - self.next()).ln()).sum::<f64>() / 8.0;
            let (limit, mut product, mut count) = ((-mean * gamma).exp(), self.next(), 0);
            while product > limit {
                product *= self.next();
                count += 1;
            }
            count
        }
    }

    /// Days of a watch, from the fortieth on, on which a message goes out.
    fn alarms(counts: &[u32]) -> Vec<usize> {
        let mut days: Vec<Day> = Vec::new();
        for (at, stories) in counts.iter().enumerate() {
            let is_weekend = at % 7 > 4;
            let level = expected(&days, is_weekend);
            let is_spike =
                level.is_some_and(|level| is_spike(*stories, level, Sensitivity::Normal));
            days.push(Day {
                stories: *stories,
                is_weekend,
                is_spike,
            });
        }
        let begins = |at: &usize| days[*at].is_spike && !days[*at - 1].is_spike;
        (40..days.len()).filter(begins).collect()
    }

    #[test]
    fn most_spikes_of_a_busy_watch_are_found_and_false_alarms_are_few() {
        let mut chance = Chance(7);
        for (mean, least_found, most_false) in [(0.3, 25, 2.0), (2.0, 40, 3.0), (10.0, 85, 6.0)] {
            let (mut found, mut wrong) = (0, 0);
            for _ in 0..50 {
                let week = [1.1, 1.15, 1.1, 1.1, 1.0, 0.55, 0.5];
                let mut counts: Vec<u32> = (0..200)
                    .map(|day| chance.stories(mean * week[day % 7]))
                    .collect();
                let spikes = [80, 150].map(|from| from + chance.below(14));
                for day in spikes {
                    let times = if chance.next() < 0.5 { 3.0 } else { 5.0 };
                    for (after, share) in [1.0, 0.8, 0.5].into_iter().enumerate() {
                        counts[day + after] +=
                            chance.stories(mean.max(0.75) * (times - 1.0) * share);
                    }
                }
                let alarms = alarms(&counts);
                let is_of = |at: &usize, spike: usize| (spike..spike + 5).contains(at);
                found += spikes
                    .iter()
                    .filter(|spike| alarms.contains(spike) || alarms.contains(&(*spike + 1)))
                    .count();
                wrong += alarms
                    .iter()
                    .filter(|at| !spikes.iter().any(|spike| is_of(at, *spike)))
                    .count();
            }
            let a_year = number(wrong) / (50.0 * 160.0) * 365.0;
            assert!(found >= least_found, "{mean} a day: {found} of 100 found");
            assert!(
                a_year <= most_false,
                "{mean} a day: {a_year} false alarms a year"
            );
        }
    }
}
