//! Listing pages as feeds: from what selectors found on a page to entries like those of any feed.

use url::Url;

use super::draft::{Draft, DraftEntry};
use super::{FeedKind, MAX_ENTRIES, ParsedFeed, date, finish, text};
use crate::domain::{Budget, FoundListing, ListedEntry};

/// Makes a feed of what was found on a page; `page` is its address.
///
/// An entry that announces no page is left out and told in `repairs`.
#[must_use]
pub fn listing(found: FoundListing, page: &Url) -> ParsedFeed {
    let base = found
        .base
        .and_then(|base| finish::resolved(&base, Some(page)))
        .unwrap_or_else(|| page.clone());
    let mut draft = Draft::new(FeedKind::Listing);
    draft.title = found.title.as_deref().and_then(text::line);
    draft.lang = found.lang.as_deref().and_then(text::line);
    draft.entries = found
        .entries
        .into_iter()
        .take(MAX_ENTRIES)
        .map(|entry| drafted(entry, &base))
        .collect();
    let mut feed = finish::finish(draft, Some(page), &Budget::new(&|| true)).feed;
    let all = feed.entries.len();
    feed.entries.retain(|entry| entry.link.is_some());
    let without_link = all - feed.entries.len();
    if without_link > 0 {
        feed.repairs.push(format!(
            "{without_link} of {all} entries of the listing have no link and were left out"
        ));
    }
    feed
}

fn drafted(entry: ListedEntry, base: &Url) -> DraftEntry {
    DraftEntry {
        title: entry.title.as_deref().and_then(text::line),
        link: entry.link,
        published: entry.dates.iter().find_map(|date| date::timestamp(date)),
        base: Some(base.clone()),
        ..DraftEntry::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(link: &str, title: &str, dates: &[&str]) -> ListedEntry {
        ListedEntry {
            link: Some(link.to_owned()),
            title: Some(title.to_owned()),
            dates: dates.iter().map(ToString::to_string).collect(),
        }
    }

    fn read(entries: Vec<ListedEntry>, base: Option<&str>) -> ParsedFeed {
        let found = FoundListing {
            title: Some(" Press \n releases".to_owned()),
            lang: Some("en".to_owned()),
            base: base.map(str::to_owned),
            entries,
        };
        listing(found, &Url::parse("https://example.org/press/").unwrap())
    }

    #[test]
    fn rows_become_entries_with_dates_and_keys() {
        let feed = read(
            vec![
                entry("1", "One", &["yesterday", "5 March 2024"]),
                entry("/2", "Two", &[]),
            ],
            None,
        );
        assert_eq!(feed.title.as_deref(), Some("Press releases"));
        assert_eq!(
            feed.entries[0].link.as_ref().unwrap().as_str(),
            "https://example.org/press/1"
        );
        assert_eq!(
            feed.entries[0].published.unwrap().to_string(),
            "2024-03-05T00:00:00Z"
        );
        assert!(feed.entries.iter().all(|entry| !entry.keys.is_empty()));
        assert_eq!(feed.entries[1].lang.as_deref(), Some("en"));
    }

    #[test]
    fn links_are_relative_to_the_base_of_the_page() {
        let feed = read(vec![entry("1", "One", &[])], Some("/archive/"));
        assert_eq!(
            feed.entries[0].link.as_ref().unwrap().as_str(),
            "https://example.org/archive/1"
        );
    }

    #[test]
    fn an_entry_without_a_page_is_left_out_and_told() {
        let feed = read(
            vec![
                entry("javascript:alert(1)", "Evil", &[]),
                entry("1", "One", &[]),
            ],
            None,
        );
        assert_eq!(feed.entries.len(), 1);
        assert_eq!(feed.repairs.len(), 1);
    }
}
