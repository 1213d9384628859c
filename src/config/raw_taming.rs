//! What tames noise, as written: keys of watches and channels, `[[route]]`.

use std::ops::Deref;

use super::problem::Report;
use super::section::Section;
use super::source::{At, Place};

/// What a storm can be.
const STORM: &str = "{ more_than = 20, in = \"60s\" } or \"off\"";

/// Keys of a watch. Most watches have none of them, and of 100,000 watches the room for them counts.
pub(super) struct WatchTaming(Option<Box<RawWatchTaming>>);

/// Keys of a watch that has one.
pub(super) struct RawWatchTaming {
    pub(super) enabled: Option<At<bool>>,
    pub(super) tags: Option<At<Vec<At<String>>>>,
    pub(super) cooldown: Option<At<String>>,
    pub(super) max_age: Option<At<String>>,
    pub(super) mutes: Option<At<Vec<At<String>>>>,
    pub(super) per: Option<At<String>>,
    pub(super) sense: Option<At<Vec<At<String>>>>,
    pub(super) not_sense: Option<At<Vec<At<String>>>>,
    pub(super) spike: Option<At<String>>,
    pub(super) revisit: Option<At<Vec<At<String>>>>,
}

/// Keys of a channel.
#[derive(Default)]
pub(super) struct RawChannelTaming {
    pub(super) timezone: Option<At<String>>,
    pub(super) group_wait: Option<At<String>>,
    pub(super) digest: Option<RawDigest>,
    pub(super) quiet: Option<RawQuiet>,
    pub(super) budget: Option<RawBudget>,
    pub(super) storm: Option<RawStorm>,
    pub(super) escalate: Option<RawEscalate>,
}

/// Times of the day and days of the week.
pub(super) struct RawSchedule {
    pub(super) place: Place,
    pub(super) at: Option<At<Vec<At<String>>>>,
    pub(super) days: Option<At<Vec<At<String>>>>,
}

/// `digest` of a channel.
pub(super) struct RawDigest {
    pub(super) schedule: RawSchedule,
    pub(super) empty: Option<At<bool>>,
}

/// `quiet` of a channel.
pub(super) struct RawQuiet {
    pub(super) from: Option<At<String>>,
    pub(super) to: Option<At<String>>,
    pub(super) except: Option<At<String>>,
}

/// `budget` of a channel.
pub(super) struct RawBudget {
    pub(super) per_hour: Option<At<i64>>,
}

/// `storm` of a channel.
pub(super) enum RawStorm {
    /// `"off"`
    Word(At<String>),
    /// A table.
    Table {
        more_than: Option<At<i64>>,
        within: Option<At<String>>,
    },
}

/// `escalate` of a channel.
pub(super) struct RawEscalate {
    pub(super) after: Option<At<String>>,
    pub(super) to: Option<At<String>>,
}

/// `[[route]]`
pub(super) struct RawRoute {
    pub(super) condition: Option<RawCondition>,
    pub(super) notify: Option<At<Vec<At<String>>>>,
    pub(super) goes_on: Option<At<bool>>,
}

/// `if` of a route.
pub(super) struct RawCondition {
    pub(super) watch: Option<At<Vec<At<String>>>>,
    pub(super) watch_tag: Option<At<Vec<At<String>>>>,
    pub(super) feed: Option<At<Vec<At<String>>>>,
    pub(super) lang: Option<At<Vec<At<String>>>>,
    pub(super) priority: Option<At<Vec<At<String>>>>,
    pub(super) between: Option<At<Vec<At<String>>>>,
}

impl WatchTaming {
    /// None of them.
    pub(super) const NONE: Self = Self(None);

    /// Takes the keys out of the table of a watch from which all others have been taken.
    pub(super) fn read_keys(section: &mut Section<'_>, report: &Report) -> Self {
        let keys = section.has_any();
        Self(keys.then(|| Box::new(RawWatchTaming::read_keys(section, report))))
    }
}

impl Deref for WatchTaming {
    type Target = RawWatchTaming;

    fn deref(&self) -> &RawWatchTaming {
        static NONE: RawWatchTaming = RawWatchTaming {
            enabled: None,
            tags: None,
            cooldown: None,
            max_age: None,
            mutes: None,
            per: None,
            sense: None,
            not_sense: None,
            spike: None,
            revisit: None,
        };
        self.0.as_deref().unwrap_or(&NONE)
    }
}

impl RawWatchTaming {
    fn read_keys(section: &mut Section<'_>, report: &Report) -> Self {
        Self {
            enabled: section.boolean("enabled", report),
            tags: section.strings("tags", report),
            cooldown: section.duration("cooldown", report),
            max_age: section.duration("max_age", report),
            mutes: section.strings("mutes", report),
            per: section.word("per", "\"report\", \"story\" or \"article\"", report),
            sense: section.strings("sense", report),
            not_sense: section.strings("not_sense", report),
            spike: section.word("spike", "\"off\", \"low\", \"normal\" or \"high\"", report),
            revisit: section.strings("revisit", report),
        }
    }
}

impl RawChannelTaming {
    /// Takes the keys out of the table of a channel.
    pub(super) fn read_keys(section: &mut Section<'_>, report: &Report) -> Self {
        Self {
            timezone: section.string("timezone", report),
            group_wait: section.duration("group_wait", report),
            digest: section
                .table("digest", report)
                .map(|digest| RawDigest::read(digest, report)),
            quiet: section
                .table("quiet", report)
                .map(|quiet| RawQuiet::read(quiet, report)),
            budget: section
                .table("budget", report)
                .map(|budget| RawBudget::read(budget, report)),
            storm: section.value("storm").and_then(|storm| {
                if storm.is_string() {
                    return storm.string(report).map(RawStorm::Word);
                }
                let table = storm.table_or(STORM, report)?;
                Some(RawStorm::read(table, report))
            }),
            escalate: section
                .table("escalate", report)
                .map(|escalate| RawEscalate::read(escalate, report)),
        }
    }
}

impl RawSchedule {
    /// Takes the keys out of the table of a digest or a heartbeat.
    pub(super) fn read_keys(section: &mut Section<'_>, report: &Report) -> Self {
        Self {
            place: section.place.clone(),
            at: section.strings("at", report),
            days: section.strings("days", report),
        }
    }
}

impl RawDigest {
    fn read(mut section: Section<'_>, report: &Report) -> Self {
        let digest = Self {
            schedule: RawSchedule::read_keys(&mut section, report),
            empty: section.boolean("empty", report),
        };
        section.finish(report);
        digest
    }
}

impl RawQuiet {
    fn read(mut section: Section<'_>, report: &Report) -> Self {
        let mut time = |key| {
            let value = section.required(key, report)?;
            value.string(report)
        };
        let (from, to) = (time("from"), time("to"));
        let quiet = Self {
            from,
            to,
            except: section.word("except", "\"high\", \"normal\" or \"none\"", report),
        };
        section.finish(report);
        quiet
    }
}

impl RawBudget {
    fn read(mut section: Section<'_>, report: &Report) -> Self {
        let budget = Self {
            per_hour: section.integer("per_hour", report),
        };
        section.finish(report);
        budget
    }
}

impl RawStorm {
    fn read(mut section: Section<'_>, report: &Report) -> Self {
        let storm = Self::Table {
            more_than: section.integer("more_than", report),
            within: section.duration("in", report),
        };
        section.finish(report);
        storm
    }
}

impl RawEscalate {
    fn read(mut section: Section<'_>, report: &Report) -> Self {
        let mut text = |key| {
            let value = section.required(key, report)?;
            value.string(report)
        };
        let escalate = Self {
            after: text("after"),
            to: text("to"),
        };
        section.finish(report);
        escalate
    }
}

impl RawRoute {
    /// Reads a route.
    pub(super) fn read(mut section: Section<'_>, report: &Report) -> Self {
        let route = Self {
            condition: section
                .table("if", report)
                .map(|condition| RawCondition::read(condition, report)),
            notify: section
                .required("notify", report)
                .and_then(|notify| notify.strings(report)),
            goes_on: section.boolean("continue", report),
        };
        section.finish(report);
        route
    }
}

impl RawCondition {
    fn read(mut section: Section<'_>, report: &Report) -> Self {
        let condition = Self {
            watch: section.strings("watch", report),
            watch_tag: section.strings("watch_tag", report),
            feed: section.strings("feed", report),
            lang: section.strings("lang", report),
            priority: section.strings("priority", report),
            between: section.strings("between", report),
        };
        section.finish(report);
        condition
    }
}
