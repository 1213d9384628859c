//! The gates of a match: the first that does not let it pass gives the reason why nobody is told.

use crate::domain::{HoldReason, PastAlert, Timestamp, Watch, WatchName};

use super::Candidate;

/// The chain.
pub(super) fn hold(
    watch: &Watch,
    firing: &[&Watch],
    candidate: &Candidate<'_>,
    watches: &[Watch],
    now: Timestamp,
) -> Option<HoldReason> {
    story_known(watch, &candidate.past.alerts)
        .or_else(|| too_old(watch, candidate, now))
        .or_else(|| muted(watch, firing, candidate, watches))
}

fn story_known(watch: &Watch, told: &[PastAlert]) -> Option<HoldReason> {
    let told = told.iter().find(|past| past.watch == watch.name)?;
    Some(HoldReason::StoryKnown {
        alert: told.id.clone(),
    })
}

fn too_old(watch: &Watch, candidate: &Candidate<'_>, now: Timestamp) -> Option<HoldReason> {
    let max_age = watch.max_age?;
    let published = candidate.article.published?.at;
    let oldest = now.checked_sub(max_age).ok()?;
    (published < oldest).then_some(HoldReason::TooOld {
        published,
        max_age_s: max_age.as_secs(),
    })
}

/// Held where another watch mutes this one on the same story. Of watches that mute one another the first in the
/// configuration speaks: somebody always does.
fn muted(
    watch: &Watch,
    firing: &[&Watch],
    candidate: &Candidate<'_>,
    watches: &[Watch],
) -> Option<HoldReason> {
    let told = &candidate.past.alerts;
    let of_story = candidate.past.story.iter().flat_map(|story| &story.told);
    let has_told = |name: &WatchName| {
        told.iter().any(|past| past.watch == *name)
            || of_story.clone().any(|(watch, _)| *watch == name.0)
    };
    let before = watches
        .iter()
        .find(|muter| muter.mutes.contains(&watch.name) && has_told(&muter.name));
    let by = before.or_else(|| loudest(firing, watch))?;
    Some(HoldReason::Muted {
        by: by.name.0.clone(),
    })
}

/// The first of the firing watches that speaks and mutes this one.
fn loudest<'a>(firing: &[&'a Watch], watch: &Watch) -> Option<&'a Watch> {
    let mut speaking: Vec<&Watch> = firing.to_vec();
    // Whoever is muted by somebody outside a circle falls silent; in a circle the first one speaks.
    let mut silent: Vec<&Watch> = Vec::new();
    for one in firing.iter().rev() {
        let muter = speaking
            .iter()
            .find(|other| other.name != one.name && other.mutes.contains(&one.name));
        if muter.is_some() {
            speaking.retain(|other| other.name != one.name);
            silent.push(one);
        }
    }
    if !silent.iter().any(|other| other.name == watch.name) {
        return None;
    }
    speaking
        .iter()
        .find(|other| other.mutes.contains(&watch.name))
        .or_else(|| {
            firing
                .iter()
                .find(|other| other.name != watch.name && other.mutes.contains(&watch.name))
        })
        .copied()
}
