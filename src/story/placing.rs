//! Placing: a report of the line among the stories that the store knows.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::threads::{Newcomer, Threads, indexed_terms};
use super::vectors::{Frequencies, Profile, Vector};
use crate::domain::{StoryMark, StoryMember, Timestamp};

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

/// The story that a report belongs to, among those whose reports share something with it.
#[must_use]
pub fn story(mark: &StoryMark, near: &[StoryMember]) -> Option<i64> {
    let mut threads = Threads::default();
    let mut numbers: HashMap<i64, u32> = HashMap::new();
    for member in near {
        let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        let number = *numbers.entry(member.story).or_insert(next);
        let profile = profile(&member.profile);
        threads.add(&newcomer(&profile, &member.language, member.at), number);
    }
    let profile = profile(&mark.profile);
    let found = threads.find(&newcomer(&profile, &mark.language, mark.at))?;
    numbers
        .into_iter()
        .find(|(_, number)| *number == found)
        .map(|(story, _)| story)
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
    use super::super::vectors::Terms;
    use super::*;

    fn mark_of(title: &str, text: &str, hour: i64) -> StoryMark {
        let profile = Terms::of(&Text::read(title, text)).profile(everyday());
        let at = Timestamp::from_second(1_790_000_000 + hour * 3600).unwrap();
        mark(profile, title, "en", at)
    }

    fn member(mark: &StoryMark, story: i64) -> StoryMember {
        StoryMember {
            at: mark.at,
            language: mark.language.clone(),
            profile: mark.profile.clone(),
            story,
        }
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
}
