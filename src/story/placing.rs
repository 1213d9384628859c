//! Placing: a report of the line among the stories that the store knows.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use super::threads::{Compared, Newcomer, Other, find_among, indexed_terms};
use super::vectors::{Frequencies, Profile, Vector};
use crate::domain::{Newest, ReportId, StoryMark, StoryMember, Timestamp};

/// How frequent words are, for whoever does not count them.
pub(super) fn everyday() -> &'static Frequencies {
    static FREQUENCIES: OnceLock<Frequencies> = OnceLock::new();
    FREQUENCIES.get_or_init(Frequencies::of_everyday_text)
}

/// A profile as the store keeps it.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    words: Vec<u32>,
    names: Vec<u32>,
    headline: Vec<u32>,
    rare_names: Vec<u32>,
    rare_numbers: Vec<u32>,
}

/// What a report is put to a story by.
pub(super) fn mark(profile: Profile, title: &str, language: &str, at: Timestamp) -> StoryMark {
    let mut terms: Vec<u32> = indexed_terms(&profile).collect();
    terms.extend(&profile.rare_names);
    terms.sort_unstable();
    terms.dedup();
    let kept = Kept {
        words: profile.words.terms,
        names: profile.names.terms,
        headline: profile.headline.terms,
        rare_names: profile.rare_names,
        rare_numbers: profile.rare_numbers,
    };
    StoryMark {
        terms,
        profile: serde_json::to_string(&kept).unwrap_or_default(),
        language: language.to_owned(),
        title: title.to_owned(),
        at,
    }
}

/// Puts reports to stories. It keeps what it has read of the last ones, as the next report is mostly compared with them too.
#[derive(Debug, Default)]
pub struct Placing {
    known: Newest<ReportId, Known, KEPT>,
}

/// A report as it is compared.
#[derive(Debug)]
struct Known {
    /// What it was read from: the number of a report may come again when its transaction is undone.
    profile: Arc<str>,
    compared: Compared,
    rare_names: Vec<u32>,
}

/// Reports of which it is kept what was read.
const KEPT: usize = 4_096;

impl Placing {
    /// The story that a report belongs to, among those whose reports share something with it.
    #[must_use]
    pub fn story(&mut self, mark: &StoryMark, near: &[StoryMember]) -> Option<i64> {
        let mut numbers: HashMap<i64, u32> = HashMap::new();
        let numbered: Vec<(u32, &StoryMember)> = near
            .iter()
            .map(|member| {
                let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
                (*numbers.entry(member.story).or_insert(next), member)
            })
            .collect();
        let profile = profile(&mark.profile);
        let newcomer = newcomer(&profile, &mark.language, mark.at);
        self.read(near);
        let known = numbered.iter().filter_map(|(story, member)| {
            let known = self.known.get(member.report)?;
            Some(Other {
                story: *story,
                report: &known.compared,
                rare_names: &known.rare_names,
            })
        });
        let found = find_among(&newcomer, &known.collect::<Vec<_>>())?;
        numbers
            .into_iter()
            .find(|(_, number)| *number == found)
            .map(|(story, _)| story)
    }

    /// Reads those that are not known.
    fn read(&mut self, near: &[StoryMember]) {
        self.known.make_room(near.len());
        for member in near {
            let known = self.known.get(member.report);
            if known.is_some_and(|known| known.profile == member.profile) {
                continue;
            }
            let profile = profile(&member.profile);
            let compared = Compared::of(&newcomer(&profile, &member.language, member.at));
            let known = Known {
                profile: Arc::clone(&member.profile),
                compared,
                rare_names: profile.rare_names,
            };
            self.known.insert(member.report, known);
        }
    }
}

fn newcomer<'p>(profile: &'p Profile, language: &str, at: Timestamp) -> Newcomer<'p> {
    Newcomer {
        profile,
        at: at.as_millisecond(),
        language: super::desk::language(language),
    }
}

fn profile(kept: &str) -> Profile {
    let kept: Kept = serde_json::from_str(kept).unwrap_or_default();
    Profile {
        words: Vector { terms: kept.words },
        names: Vector { terms: kept.names },
        headline: Vector {
            terms: kept.headline,
        },
        rare_names: kept.rare_names,
        rare_numbers: kept.rare_numbers,
    }
}

#[cfg(test)]
mod tests {
    use super::super::text::Text;
    use super::super::threads::Threads;
    use super::super::vectors::Terms;
    use super::*;

    fn mark_of(title: &str, text: &str, hour: i64) -> StoryMark {
        let profile = Terms::of(&Text::read(title, text)).profile(everyday());
        let at = Timestamp::from_second(1_790_000_000 + hour * 3600).unwrap();
        mark(profile, title, "en", at)
    }

    fn member(mark: &StoryMark, story: i64) -> StoryMember {
        StoryMember {
            report: ReportId(story),
            at: mark.at,
            language: mark.language.as_str().into(),
            profile: mark.profile.as_str().into(),
            story,
        }
    }

    fn story(mark: &StoryMark, near: &[StoryMember]) -> Option<i64> {
        Placing::default().story(mark, near)
    }

    #[test]
    fn a_report_in_other_words_joins_the_story_and_its_twin_elsewhere_does_not() {
        let first = mark_of(
            "Ferry Selka sinks off Port Orrin",
            "The ferry Selka sank off Port Orrin late on Monday with 120 passengers. Captain Ilo Brandt was rescued by \
fishermen from Sandrey. The operator Vell Lines said the Selka had been inspected in spring.",
            0,
        );
        let twin = mark_of(
            "Ferry Amber sinks near Kelmar",
            "The ferry Amber sank near Kelmar late on Tuesday with 80 passengers. Captain Jona Weiss was rescued by \
fishermen from Dorrum. The operator Nordal Lines said the Amber had been inspected in autumn.",
            20,
        );
        let near = [member(&first, 31), member(&twin, 32)];
        let second = mark_of(
            "Search for passengers of the Selka goes on",
            "Divers searched the wreck of the Selka off Port Orrin on Tuesday. Vell Lines stopped its ferry to Sandrey, \
and police questioned the captain, Ilo Brandt.",
            24,
        );
        assert_eq!(story(&second, &near), Some(31));
        assert_eq!(story(&twin, &[member(&first, 31)]), None);
    }

    /// Numbers that look like chance.
    struct Chance(u64);

    impl Chance {
        fn below(&mut self, limit: usize) -> usize {
            self.0 = self.0.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
            (self.0 >> 33) as usize % limit
        }
    }

    /// Reports of a few names and words, so that many resemble one another.
    fn reports(chance: &mut Chance, count: usize) -> Vec<StoryMark> {
        let syllables = ["ka", "lo", "mi", "ru", "ta", "ve", "so", "ni"];
        let mut word = |letters: usize| -> String {
            (0..letters).map(|_| syllables[chance.below(8)]).collect()
        };
        let names: Vec<String> = (0..24)
            .map(|_| {
                let mut name = word(2);
                let first = name.remove(0).to_ascii_uppercase();
                name.insert(0, first);
                name
            })
            .collect();
        let words: Vec<String> = (0..120).map(|_| word(3)).collect();
        let mut text = |length: usize| -> String {
            let words = (0..length).map(|place| match (place % 9, chance.below(4)) {
                (0, _) => "The",
                (_, 0) => names[chance.below(24)].as_str(),
                _ => words[chance.below(120)].as_str(),
            });
            words.collect::<Vec<_>>().join(" ")
        };
        let hours = [0, 1, 30, 130];
        (0..count)
            .map(|place| {
                mark_of(
                    &text(5),
                    &format!("{}.", text(40)),
                    hours[place * 4 / count],
                )
            })
            .collect()
    }

    #[test]
    fn among_a_few_reports_the_story_is_the_one_that_is_found_among_all() {
        let mut chance = Chance(11);
        let mut placing = Placing::default();
        let (mut joined, mut across) = (0, 0);
        for _ in 0..40 {
            let mut members: Vec<StoryMember> = Vec::new();
            for (number, mut mark) in (1..).zip(reports(&mut chance, 60)) {
                mark.language = ["en", "de", ""][chance.below(3)].into();
                let near = &members[members.len().saturating_sub(48)..];
                let found = placing.story(&mark, near);
                assert_eq!(found, by_threads(&mark, near));
                joined += usize::from(found.is_some());
                let alone = near
                    .iter()
                    .filter(|other| *other.language == *mark.language);
                let alone: Vec<StoryMember> = alone.cloned().collect();
                across += usize::from(found.is_some() && by_threads(&mark, &alone).is_none());
                members.push(StoryMember {
                    report: ReportId(number),
                    ..member(&mark, found.unwrap_or(number))
                });
            }
        }
        assert!((200..2_400).contains(&joined), "{joined} of 2400");
        assert!(across > 20, "{across} by another language");
    }

    /// The stories of reports, each with the number that its story has here.
    fn of_all(numbered: &[(u32, &StoryMember)]) -> Threads {
        let mut threads = Threads::default();
        for (number, member) in numbered {
            let profile = profile(&member.profile);
            threads.add(&newcomer(&profile, &member.language, member.at), *number);
        }
        threads
    }

    fn by_threads(mark: &StoryMark, near: &[StoryMember]) -> Option<i64> {
        let mut stories: Vec<i64> = Vec::new();
        let numbered: Vec<(u32, &StoryMember)> = near
            .iter()
            .map(|member| {
                let place = stories.iter().position(|story| *story == member.story);
                let place = place.unwrap_or_else(|| {
                    stories.push(member.story);
                    stories.len() - 1
                });
                (u32::try_from(place).unwrap(), member)
            })
            .collect();
        let profile = profile(&mark.profile);
        let newcomer = newcomer(&profile, &mark.language, mark.at);
        let found = of_all(&numbered).find(&newcomer)?;
        Some(stories[found as usize])
    }
}
