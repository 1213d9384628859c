//! In which order the feeds of a site are looked for, and when the search ends.
//!
//! The caller fetches what [`Search::next_place`] names and tells what came of it; nothing is fetched here.
//! A search is a guest on a site that did not ask for it: it takes few requests, and goes home when the host
//! says no.

use std::collections::{HashSet, VecDeque};

use url::Url;

use super::discover::{FeedLink, common_places};

/// Addresses that a page names and that are tried by a search that wants them all.
const MAX_NAMED: usize = 10;

/// Addresses that a page names and that are tried by a search that wants one.
const MAX_NAMED_FOR_ONE: usize = 3;

/// Common places that are tried; they cover nearly every site that keeps a feed at one of them.
const MAX_COMMON: usize = 6;

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// All feeds that the page names, for people to choose from.
    All,
    /// The site's news, to be polled: no feed of comments, and nothing after the first that is found.
    One,
}

/// What came of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// There is a feed.
    Feed,
    /// There is none.
    Nothing,
    /// The host does not want to be asked, or does not answer.
    Refused,
}

/// A place where a feed may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Where.
    pub url: Url,
    /// What the page calls it; nothing for a place that no page names.
    pub title: Option<String>,
    /// Whether the page names it.
    pub is_named: bool,
}

/// A search under way.
#[derive(Debug)]
pub struct Search {
    wanted: Wanted,
    named: VecDeque<Place>,
    common: VecDeque<Place>,
    asked: HashSet<Url>,
    has_found: bool,
}

impl Search {
    /// Plans a search: first what the page names, then, where none of that is a feed, the common places of its host.
    #[must_use]
    pub fn new(page: &Url, links: Vec<FeedLink>, wanted: Wanted) -> Self {
        let limit = match wanted {
            Wanted::All => MAX_NAMED,
            Wanted::One => MAX_NAMED_FOR_ONE,
        };
        let named = links
            .into_iter()
            .filter(|link| wanted == Wanted::All || link.is_of_news())
            .take(limit)
            .map(|link| Place {
                url: link.url,
                title: link.title,
                is_named: true,
            })
            .collect();
        let common = common_places(page)
            .into_iter()
            .take(MAX_COMMON)
            .map(|url| Place {
                url,
                title: None,
                is_named: false,
            })
            .collect();
        Self {
            wanted,
            named,
            common,
            asked: HashSet::from([page.clone()]),
            has_found: false,
        }
    }

    /// Leaves the common places out: a site that has been asked for them in vain is not asked again and again.
    #[must_use]
    pub fn of_named_places_only(mut self) -> Self {
        self.common.clear();
        self
    }

    /// Names the next place to fetch; nothing once the search has come to its end.
    pub fn next_place(&mut self) -> Option<Place> {
        if self.has_found && self.wanted == Wanted::One {
            return None;
        }
        while let Some(place) = self.named.pop_front() {
            if self.asked.insert(place.url.clone()) {
                return Some(place);
            }
        }
        while let Some(place) = self.common.pop_front() {
            if !self.has_found && self.asked.insert(place.url.clone()) {
                return Some(place);
            }
        }
        None
    }

    /// Takes what came of the place that was named last.
    pub fn hear(&mut self, heard: Heard) {
        match heard {
            Heard::Feed => self.has_found = true,
            Heard::Nothing => {}
            Heard::Refused => self.common.clear(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(path: &str, rank: u8) -> FeedLink {
        FeedLink {
            url: page().join(path).unwrap(),
            title: None,
            rank,
        }
    }

    fn page() -> Url {
        Url::parse("https://example.org/").unwrap()
    }

    /// The paths that are asked for when every place answers like this.
    fn asked(links: Vec<FeedLink>, wanted: Wanted, answer: impl Fn(&str) -> Heard) -> Vec<String> {
        let mut search = Search::new(&page(), links, wanted);
        let mut asked = Vec::new();
        while let Some(place) = search.next_place() {
            let path = place.url.path().to_owned();
            search.hear(answer(&path));
            asked.push(path);
        }
        asked
    }

    #[test]
    fn a_search_for_one_ends_at_the_first_feed() {
        let links = vec![link("/a", 0), link("/b", 0)];
        assert_eq!(asked(links, Wanted::One, |_| Heard::Feed), ["/a"]);
    }

    #[test]
    fn a_search_for_all_asks_for_all_that_is_named_and_nothing_else() {
        let links = vec![link("/a", 0), link("/comments", 5)];
        assert_eq!(
            asked(links, Wanted::All, |_| Heard::Feed),
            ["/a", "/comments"]
        );
    }

    #[test]
    fn comments_are_no_news() {
        let links = vec![link("/comments", 5)];
        let asked = asked(links, Wanted::One, |path| {
            if path == "/rss.xml" {
                Heard::Feed
            } else {
                Heard::Nothing
            }
        });
        assert_eq!(asked, ["/feed/", "/rss.xml"]);
    }

    #[test]
    fn a_site_without_a_feed_is_asked_a_few_times_only() {
        let asked = asked(Vec::new(), Wanted::All, |_| Heard::Nothing);
        assert_eq!(asked.len(), MAX_COMMON);
    }

    #[test]
    fn a_host_that_says_no_is_not_asked_for_more() {
        let asked = asked(Vec::new(), Wanted::All, |_| Heard::Refused);
        assert_eq!(asked, ["/feed/"]);
    }

    #[test]
    fn no_address_is_asked_for_twice_nor_the_page_itself() {
        let links = vec![link("/", 0), link("/feed/", 0)];
        let asked = asked(links, Wanted::All, |_| Heard::Nothing);
        assert_eq!(asked.iter().filter(|path| *path == "/feed/").count(), 1);
        assert!(!asked.contains(&"/".to_owned()));
    }
}
