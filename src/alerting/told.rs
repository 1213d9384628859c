//! What a watch has told of a report already, and whether a copy adds to it.

use crate::domain::{
    AlertId, FoundCopy, Held, HoldReason, Match, Passage, Past, Per, StoryPast, Timestamp, Watch,
    WatchName,
};

/// What an article is to a watch that may have told its report.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// The watch has told nothing of it, or it is not clear that it has.
    Nothing,
    /// The watch has told it, and the article adds sentences that the watch looks for.
    Adds {
        /// These sentences.
        sentences: Vec<String>,
        /// The first alert of the watch for the report.
        first: AlertId,
        /// The headline under which the report was told: programs for mail keep together what has one subject.
        title: String,
        /// The how many-th alert of the watch for the report this is.
        episode: i64,
    },
    /// The watch tells every article.
    Again {
        /// The how many-th alert of the watch for the report this is.
        episode: i64,
    },
    /// The watch has told it, and the article adds nothing to that.
    Known(HoldReason),
}

/// Tells what a copy is to a watch; `met` are the places of the sentences of the article that the watch looks for.
#[must_use]
pub fn told(
    watch: &Watch,
    past: &Past,
    story: Option<&StoryPast>,
    copy: Option<&FoundCopy>,
    met: &[usize],
) -> Told {
    let own = || past.alerts.iter().filter(|alert| alert.watch == watch.name);
    let next = own()
        .map(|alert| alert.episode + 1)
        .max()
        .unwrap_or_default();
    if watch.per == Per::Article {
        return Told::Again { episode: next };
    }
    if watch.per == Per::Story
        && let Some((_, alert)) = story.and_then(|story| {
            let mut told = story.told.iter();
            told.find(|(name, _)| *name == watch.name.0)
        })
    {
        let alert = AlertId(alert.clone());
        return Told::Known(HoldReason::StoryKnown { alert });
    }
    let (Some(first), Some(copy)) = (own().next(), copy) else {
        return Told::Nothing;
    };
    let added = copy.delta.iter().filter(|(place, _)| met.contains(place));
    let sentences: Vec<String> = added.map(|(_, text)| text.clone()).collect();
    if sentences.is_empty() {
        return Told::Known(known(&first.id, copy));
    }
    Told::Adds {
        sentences,
        first: first.id.clone(),
        title: first.title.clone(),
        episode: next,
    }
}

/// A match as the gates see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Started {
    /// The match: of a copy, the sentences that it adds.
    pub found: Match,
    /// What was told of the report, as far as it stands in the way of this match.
    pub past: Past,
    /// The how many-th alert of the watch for the report it would be.
    pub episode: i64,
    /// The headline to tell it under, where it is not its own.
    pub title: Option<String>,
    /// The alert to which it adds sentences.
    pub adds_to: Option<AlertId>,
}

/// Sets a match out on its way through the gates, or holds it where the watch has told its report: what a copy adds
/// passes the same gates as a report of its own.
///
/// # Errors
/// With the held match.
pub fn started(
    watch: &WatchName,
    found: &Match,
    past: &Past,
    told: Told,
) -> Result<Started, Box<Held>> {
    let mut started = Started {
        found: found.clone(),
        past: past.clone(),
        episode: 0,
        title: None,
        adds_to: None,
    };
    match told {
        Told::Nothing => {}
        Told::Known(reason) => {
            let found = started.found;
            return Err(Box::new(Held { found, reason }));
        }
        Told::Again { episode } => {
            started.past.alerts.retain(|alert| alert.watch != *watch);
            started.episode = episode;
        }
        Told::Adds {
            sentences,
            first,
            title,
            episode,
        } => {
            started.title = Some(title);
            started.adds_to = Some(first);
            started.past.alerts.retain(|alert| alert.watch != *watch);
            started.found.sentence = sentences.join(" ");
            started.found.quote.title_marks.clear();
            let passages = &mut started.found.quote.passages;
            passages.retain(|passage| sentences.iter().any(|one| one.contains(&passage.text)));
            if passages.is_empty() {
                let plain = |text| Passage {
                    text,
                    ..Passage::default()
                };
                passages.extend(sentences.into_iter().map(plain));
            }
            started.episode = episode;
        }
    }
    Ok(started)
}

/// What is said with an alert of the story it belongs to, once there is something to say.
#[must_use]
pub fn of_story(story: &StoryPast, now: Timestamp) -> Option<String> {
    if story.reports < 2 {
        return None;
    }
    let hours = now.duration_since(story.first_at).as_hours().max(0);
    Some(format!(
        "day {} of this story, {} independent reports",
        hours / 24 + 1,
        story.reports
    ))
}

fn known(alert: &AlertId, copy: &FoundCopy) -> HoldReason {
    HoldReason::Copy {
        alert: alert.clone(),
        same_words: copy.same_words,
        of_words: copy.of_words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{PastAlert, ReportId, Timestamp};

    fn past(watches: &[&str]) -> Past {
        let alerts = watches.iter().enumerate();
        Past {
            report: ReportId(1),
            story: None,
            alerts: alerts
                .map(|(place, watch)| PastAlert {
                    id: AlertId(format!("alr_{place}")),
                    watch: WatchName((*watch).into()),
                    episode: i64::try_from(place).unwrap(),
                    title: "A pier".into(),
                    raised_at: Timestamp::UNIX_EPOCH,
                })
                .collect(),
        }
    }

    fn copy() -> FoundCopy {
        FoundCopy {
            report: ReportId(1),
            same_words: 62,
            of_words: 70,
            delta: vec![(3, "A ferry waits.".into()), (5, "It rains.".into())],
        }
    }

    #[test]
    fn a_copy_is_told_by_what_it_adds_for_the_watch() {
        let watch = Watch {
            name: WatchName("Ferries".into()),
            ..crate::alerting::tests::watch(Vec::new())
        };
        let copied = copy();
        let told = |past: &Past, copy: Option<&FoundCopy>, met: &[usize]| {
            told(&watch, past, None, copy, met)
        };
        assert_eq!(told(&past(&["Piers"]), Some(&copied), &[3]), Told::Nothing);
        assert_eq!(told(&past(&["Ferries"]), None, &[3]), Told::Nothing);
        assert_eq!(
            told(&past(&["Ferries"]), Some(&copied), &[1]),
            Told::Known(HoldReason::Copy {
                alert: AlertId("alr_0".into()),
                same_words: 62,
                of_words: 70,
            })
        );
        assert_eq!(
            told(&past(&["Ferries", "Ferries"]), Some(&copied), &[1, 3]),
            Told::Adds {
                sentences: vec!["A ferry waits.".into()],
                first: AlertId("alr_0".into()),
                title: "A pier".into(),
                episode: 2,
            }
        );
        let each = Watch {
            per: Per::Article,
            ..watch.clone()
        };
        let again = super::told(&each, &past(&["Ferries"]), None, Some(&copy()), &[]);
        assert_eq!(again, Told::Again { episode: 1 });
        let once = Watch {
            per: Per::Story,
            ..watch.clone()
        };
        let story = StoryPast {
            id: 3,
            reports: 5,
            first_at: Timestamp::UNIX_EPOCH,
            told: vec![("Ferries".into(), "alr_9".into())],
        };
        let alert = AlertId("alr_9".into());
        assert_eq!(
            super::told(&once, &past(&[]), Some(&story), None, &[0]),
            Told::Known(HoldReason::StoryKnown { alert })
        );
        let later = Timestamp::from_second(30 * 3600).unwrap();
        assert_eq!(
            of_story(&story, later).as_deref(),
            Some("day 2 of this story, 5 independent reports")
        );
    }
}
