//! The world as values: which feeds there are, what stands in them, what the watches look for, and who must be told
//! of what. Everything follows from the seed.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use crate::words::{Dice, capitals, name};

/// How many watches there are.
pub(crate) const WATCHES: usize = 100;

/// The feeds of one address.
const FEEDS_OF_A_HOST: usize = 4;

/// The size of a world and the number that decides the rest.
#[derive(Debug, Clone, Copy, serde::Serialize, serde::Deserialize, clap::Args)]
pub(crate) struct Size {
    /// How many feeds there are.
    #[arg(long, default_value_t = 100)]
    pub(crate) feeds: usize,
    /// How many entries stand in each feed.
    #[arg(long, default_value_t = 20)]
    pub(crate) entries: usize,
    /// The number that decides everything that is drawn.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// The port of the feeds and pages, on every address.
    #[arg(long, default_value_t = 8480)]
    pub(crate) port: u16,
}

/// The form of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Rss,
    Atom,
    Rdf,
    Json,
}

/// What a feed's server gives to ask with the next time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Validators {
    Both,
    Tag,
    Date,
    None,
}

/// An article, by the feed that has it first and its number there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Story {
    pub(crate) feed: usize,
    pub(crate) number: usize,
}

/// Where the words of a watch stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Headline,
    Summary,
    Page,
}

/// What a story says that a watch looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) watch: usize,
    pub(crate) place: Place,
}

impl Size {
    /// The address of a feed's server.
    pub(crate) fn host_of(feed: usize) -> Ipv4Addr {
        let host = feed / FEEDS_OF_A_HOST;
        let byte = |number: usize| u8::try_from(number % 250).unwrap_or(0);
        Ipv4Addr::new(
            127,
            10 + byte(host / 62_500),
            byte(host / 250),
            byte(host) + 1,
        )
    }

    /// All addresses.
    pub(crate) fn hosts(self) -> BTreeSet<Ipv4Addr> {
        (0..self.feeds).map(Self::host_of).collect()
    }

    /// The address of a feed, as it stands in the configuration.
    pub(crate) fn feed_url(self, feed: usize) -> String {
        format!("http://{}:{}/feed/{feed}", Self::host_of(feed), self.port)
    }

    /// The address of an article's page.
    pub(crate) fn story_url(self, story: Story) -> String {
        let Story { feed, number } = story;
        format!(
            "http://{}:{}/story/{feed}/{number}",
            Self::host_of(feed),
            self.port
        )
    }

    /// What stands in a feed at the beginning, the newest first.
    pub(crate) fn standing(self, feed: usize) -> Vec<Story> {
        let mut stories = Vec::new();
        for number in (0..self.entries).rev() {
            stories.push(Story { feed, number });
            stories.extend(
                feed.checked_sub(1)
                    .map(|neighbour| Story {
                        feed: neighbour,
                        number,
                    })
                    .filter(|story| self.echo_of(*story) == Some(feed)),
            );
        }
        stories
    }

    /// The second feed that announces a story, if one does.
    pub(crate) fn echo_of(self, story: Story) -> Option<usize> {
        let second = story.feed + 1;
        let is_first_of_host = story.feed.is_multiple_of(FEEDS_OF_A_HOST);
        (is_first_of_host && second < self.feeds && self.dice(story, 1).happens(50))
            .then_some(second)
    }

    /// What a watch finds in a story.
    pub(crate) fn hit(self, story: Story) -> Option<Hit> {
        let mut dice = self.dice(story, 2);
        dice.happens(250).then(|| Hit {
            watch: dice.below(WATCHES),
            place: match dice.below(10) {
                0 | 1 => Place::Headline,
                2..=4 => Place::Summary,
                _ => Place::Page,
            },
        })
    }

    /// A watch whose words a story almost says.
    pub(crate) fn decoy(self, story: Story) -> Option<usize> {
        let mut dice = self.dice(story, 3);
        let watch = dice.happens(100).then(|| dice.below(WATCHES))?;
        let is_hit = self.hit(story).is_some_and(|hit| hit.watch == watch);
        (!is_hit).then_some(watch)
    }

    /// The row of numbers for one purpose of a story.
    pub(crate) fn dice(self, story: Story, purpose: u64) -> Dice {
        Dice::of(
            self.seed,
            &[story.feed as u64, story.number as u64, purpose],
        )
    }
}

/// The form of a feed: six in ten are RSS, a quarter is Atom.
pub(crate) fn kind_of(feed: usize) -> Kind {
    match feed % 20 {
        0..=11 => Kind::Rss,
        12..=16 => Kind::Atom,
        17 => Kind::Rdf,
        _ => Kind::Json,
    }
}

/// What a feed's server gives to ask with: 2 % give nothing.
pub(crate) fn validators_of(feed: usize) -> Validators {
    match feed % 50 {
        7 => Validators::None,
        8..=14 => Validators::Tag,
        15..=21 => Validators::Date,
        _ => Validators::Both,
    }
}

/// Whether a feed has moved for good: 1 %.
pub(crate) fn has_moved(feed: usize) -> bool {
    feed % 100 == 50
}

/// The name of a watch.
pub(crate) fn watch_name(watch: usize) -> String {
    format!("watch {watch}")
}

/// What a watch looks for: words, phrases, abbreviations exactly as typed, pairs and words with marks.
pub(crate) fn query(watch: usize) -> String {
    let (first, second) = (name(2 * watch), name(2 * watch + 1));
    match watch % 5 {
        0 => first,
        1 => format!("\"{first} {second}\""),
        2 => format!("={}", capitals(watch)),
        3 => format!("{first} AND {second}"),
        _ => format!("\"Vịnh {first}\""),
    }
}

/// A sentence that a watch must find.
pub(crate) fn words_of(watch: usize) -> String {
    let (first, second) = (name(2 * watch), name(2 * watch + 1));
    match watch % 5 {
        0 => format!("The people of {first} went home."),
        1 => format!("The line to {first} {second} will be long."),
        2 => format!("The sound of {} came back.", capitals(watch)),
        3 => format!("From {second} they could see the land of {first}."),
        _ => format!("The water of Vịnh {first} was read about."),
    }
}

/// A sentence that a watch must not find, though it has its letters.
pub(crate) fn almost(watch: usize) -> String {
    let (first, second) = (name(2 * watch), name(2 * watch + 1));
    match watch % 5 {
        0 => format!("The people of {first}{second} went home."),
        1 => format!("The line from {second} to {first} will be long."),
        2 => format!("The sound of {} came back.", capitals(watch).to_lowercase()),
        3 => format!("They could not see the land of {first}."),
        _ => format!("The water of {first} was read about."),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::Timestamp;
    use newswatch::parse::{Document, feed as parsed};

    use super::*;
    use crate::documents;

    const SMALL: Size = Size {
        feeds: 200,
        entries: 20,
        seed: 1,
        port: 8480,
    };

    #[test]
    fn no_two_watches_look_for_one_name() {
        let names: BTreeSet<String> = (0..2 * WATCHES).map(name).collect();
        assert_eq!(names.len(), 2 * WATCHES);
        let queries: BTreeSet<String> = (0..WATCHES).map(query).collect();
        assert_eq!(queries.len(), WATCHES);
    }

    #[test]
    fn a_feed_of_each_kind_is_read_with_all_its_stories() {
        for feed in [0, 12, 17, 18] {
            let stories: Vec<(Story, Timestamp)> = SMALL
                .standing(feed)
                .into_iter()
                .map(|story| (story, Timestamp::UNIX_EPOCH))
                .collect();
            let body = documents::feed(SMALL, feed, &stories).plain();
            assert!((10_000..100_000).contains(&body.len()), "{}", body.len());
            let url: url::Url = SMALL.feed_url(feed).parse().unwrap();
            let document = Document {
                bytes: &body,
                content_type: None,
                url: Some(&url),
            };
            let read = parsed(&document, &|| true).unwrap();
            assert_eq!(read.entries.len(), stories.len(), "feed {feed}");
        }
    }

    #[test]
    fn a_page_has_the_size_of_a_news_page() {
        for number in 0..20 {
            let story = Story { feed: 3, number };
            let page = documents::page(SMALL, story, Timestamp::UNIX_EPOCH).plain();
            assert!((80_000..172_000).contains(&page.len()), "{}", page.len());
        }
    }

    #[test]
    fn some_stories_are_announced_by_two_feeds_and_some_say_what_is_looked_for_on_the_page_alone() {
        let stories = || {
            (0..SMALL.feeds)
                .flat_map(|feed| (0..SMALL.entries).map(move |number| Story { feed, number }))
        };
        assert!(stories().any(|story| SMALL.echo_of(story).is_some()));
        let places: Vec<Place> = stories()
            .filter_map(|story| SMALL.hit(story))
            .map(|hit| hit.place)
            .collect();
        for place in [Place::Headline, Place::Summary, Place::Page] {
            assert!(places.contains(&place), "{place:?}");
        }
    }
}
