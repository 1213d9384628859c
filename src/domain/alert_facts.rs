//! An alert as every form of it has it: the keys that webhooks, the command line and the API share.

use serde::Serialize;

use super::{Alert, Shown};

/// What is said of an alert, whoever asks; each text from outside has passed the door of [`Shown`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlertFacts {
    /// Its name.
    pub id: String,
    /// The watch.
    pub watch: String,
    /// `low`, `normal` or `high`.
    pub priority: &'static str,
    /// The terms found, as the watch has them.
    pub terms: Vec<String>,
    /// The first feed that announced it.
    pub feed: Option<String>,
    /// The feeds that announced it.
    pub feeds: Vec<String>,
    /// The site.
    pub source: Option<String>,
    /// The headline.
    pub title: String,
    /// Where to read it.
    pub url: Option<String>,
    /// When it was published, with the offset its author used.
    pub published: Option<String>,
    /// The sentence with the first of the terms.
    pub excerpt: String,
    /// True when only the headline and the feed's own text could be read.
    pub summary_only: bool,
}

/// How much of an alert there is room for, in characters and in names of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Of a headline.
    pub title: usize,
    /// Of the sentence.
    pub excerpt: usize,
    /// Of a name: a watch, a site, a feed, a term.
    pub name: usize,
    /// Names in a list.
    pub names: usize,
}

impl AlertFacts {
    /// What is said of an alert where there is so much room.
    #[must_use]
    pub fn of(alert: &Alert, room: Room) -> Self {
        let shown = |text: &str, chars| String::from(Shown::up_to(text, chars));
        let names = |names: &[String]| -> Vec<String> {
            let names = names.iter().take(room.names);
            names.map(|name| shown(name, room.name)).collect()
        };
        let feeds = names(&alert.feeds);
        Self {
            id: alert.id.0.clone(),
            watch: shown(&alert.found.watch.0, room.name),
            priority: alert.priority.as_str(),
            terms: names(&alert.found.terms),
            feed: feeds.first().cloned(),
            feeds,
            source: alert.source.as_deref().map(|name| shown(name, room.name)),
            title: shown(&alert.title, room.title),
            url: alert.url.clone().map(String::from),
            published: alert.published.map(|published| published.to_string()),
            excerpt: shown(&alert.found.sentence, room.excerpt),
            summary_only: alert.summary_only,
        }
    }
}
