//! Listing pages: the entries that an operator's selectors find on a page, as written there.
//!
//! A page is parsed within the bounds of any other; what the texts mean (addresses, dates) is not judged here.

use scraper::{ElementRef, Html, Selector};

use super::rule::{self, Checked, RuleError};
use super::strip::{self, Detail};
use super::table::text_of;
use super::{ExtractError, Page, decoded, dom};
use crate::domain::{Budget, FoundListing, ListedEntry, ListingRule};

/// Entries that are read of one page.
const MAX_ENTRIES: usize = 2_000;

/// Bytes read of an element that holds a headline or a date.
const LONGEST_LINE: usize = 1_000;

/// Elements that may hold the date and are read of one entry.
const MAX_DATES: usize = 3;

/// A listing rule whose selectors have been checked.
#[derive(Debug, Clone)]
pub struct Listing {
    item: Checked,
    link: Option<Checked>,
    title: Option<Checked>,
    date: Option<Checked>,
    defaults: Defaults,
}

/// Why a page is no listing.
#[derive(Debug, thiserror::Error)]
pub enum ListingError {
    /// The page was not read.
    #[error(transparent)]
    Page(#[from] ExtractError),
    /// There is no entry on it.
    #[error("listing: item \"{selector}\" matches nothing on this page")]
    NoItem {
        /// The selector as written.
        selector: String,
    },
    /// There are entries, and none of them leads anywhere.
    #[error("listing: {key} \"{selector}\" finds no link in any of {items} entries")]
    NoLink {
        /// The key of the rule.
        key: &'static str,
        /// The selector as written.
        selector: String,
        /// How many entries there are.
        items: usize,
    },
}

/// What is looked for where the rule says nothing.
#[derive(Debug, Clone)]
struct Defaults {
    link: Selector,
    heading: Selector,
    time: Selector,
    title: Selector,
    base: Selector,
}

impl Listing {
    /// Checks the selectors.
    ///
    /// # Errors
    /// The first selector that is not CSS, with the key it stands under.
    pub fn new(rule: &ListingRule) -> Result<Self, RuleError> {
        let one = |key, selector: &Option<String>| {
            selector
                .as_deref()
                .map(|text| Checked::new(key, text))
                .transpose()
        };
        let own = |text| Checked::new("listing", text).map(|checked| checked.selector);
        Ok(Self {
            item: Checked::new("item", &rule.item)?,
            link: one("link", &rule.link)?,
            title: one("title", &rule.title)?,
            date: one("date", &rule.date)?,
            defaults: Defaults {
                link: own("a[href]")?,
                heading: own("h1, h2, h3, h4, h5, h6")?,
                time: own("time")?,
                title: own("title")?,
                base: own("base[href]")?,
            },
        })
    }

    /// Reads a page; `still_time` is asked from time to time whether to go on.
    ///
    /// # Errors
    /// When the page cannot be read, or no entry with a link is found: a listing that has come apart must not
    /// look like a day without news.
    pub fn read(
        &self,
        page: &Page<'_>,
        still_time: &dyn Fn() -> bool,
    ) -> Result<FoundListing, ListingError> {
        let text = decoded(page)?;
        let budget = Budget::new(still_time);
        let stripped = strip::strip(&text, Detail::All, &budget)?;
        let html = dom::parse(&stripped.html, still_time)?;
        let mut entries = Vec::new();
        let items = rule::elements(&html, &self.item, still_time)?;
        for item in items.into_iter().take(MAX_ENTRIES) {
            if !still_time() {
                return Err(ExtractError::TooSlow.into());
            }
            entries.push(self.entry(item));
        }
        self.check(&entries)?;
        Ok(FoundListing {
            title: first(&html, &self.defaults.title).map(line),
            lang: html.root_element().attr("lang").map(str::to_owned),
            base: first(&html, &self.defaults.base).and_then(address),
            entries,
        })
    }

    fn check(&self, entries: &[ListedEntry]) -> Result<(), ListingError> {
        if entries.is_empty() {
            return Err(ListingError::NoItem {
                selector: self.item.text.clone(),
            });
        }
        if entries.iter().any(|entry| entry.link.is_some()) {
            return Ok(());
        }
        let by = self.link.as_ref().unwrap_or(&self.item);
        Err(ListingError::NoLink {
            key: by.key,
            selector: by.text.clone(),
            items: entries.len(),
        })
    }

    fn entry(&self, item: ElementRef<'_>) -> ListedEntry {
        let link = match &self.link {
            Some(link) => item
                .select(&link.selector)
                .find_map(|found| self.link_at(found)),
            None => self.link_at(item),
        };
        let title = match &self.title {
            Some(title) => item.select(&title.selector).map(line).find(is_text),
            None => item
                .select(&self.defaults.heading)
                .map(line)
                .find(is_text)
                .or_else(|| link.map(line).filter(is_text))
                .or_else(|| Some(line(item)).filter(is_text)),
        };
        ListedEntry {
            link: link.and_then(address),
            title,
            dates: self.dates(item),
        }
    }

    /// The link that an element is, or the first one within it.
    fn link_at<'a>(&self, element: ElementRef<'a>) -> Option<ElementRef<'a>> {
        if address(element).is_some() {
            return Some(element);
        }
        element.select(&self.defaults.link).next()
    }

    fn dates(&self, item: ElementRef<'_>) -> Vec<String> {
        let selector = match &self.date {
            Some(date) => &date.selector,
            None => &self.defaults.time,
        };
        let mut dates = Vec::new();
        for element in item.select(selector).take(MAX_DATES) {
            for name in ["datetime", "content", "title"] {
                dates.extend(element.attr(name).map(str::to_owned));
            }
            dates.push(line(element));
        }
        dates
    }
}

fn first<'a>(html: &'a Html, selector: &Selector) -> Option<ElementRef<'a>> {
    html.select(selector).next()
}

fn address(element: ElementRef<'_>) -> Option<String> {
    element.attr("href").map(str::to_owned)
}

fn line(element: ElementRef<'_>) -> String {
    text_of(*element, LONGEST_LINE)
}

#[expect(clippy::ptr_arg, reason = "the shape that `find` and `filter` ask for")]
fn is_text(text: &String) -> bool {
    !text.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<html lang=en><head><title>Press</title><base href=/press/></head><body>
        <ul><li class=row><h3>Ports <b>open</b></h3><time datetime=2024-03-05>Tuesday</time><a href=1>more</a></li>
        <li class=row><a href=2>Ships sail</a><span class=on>6 March 2024</span></li></ul></body></html>";

    fn rule(item: &str) -> ListingRule {
        ListingRule {
            item: item.to_owned(),
            ..ListingRule::default()
        }
    }

    fn read(rule: &ListingRule, page: &str) -> Result<FoundListing, ListingError> {
        let page = Page {
            bytes: page.as_bytes(),
            content_type: None,
            url: None,
        };
        Listing::new(rule).unwrap().read(&page, &|| true)
    }

    #[test]
    fn an_entry_has_the_first_link_heading_and_time_of_its_element() {
        let found = read(&rule("li.row"), PAGE).unwrap();
        assert_eq!(found.base.as_deref(), Some("/press/"));
        assert_eq!(found.title.as_deref(), Some("Press"));
        assert_eq!(found.entries[0].link.as_deref(), Some("1"));
        assert_eq!(found.entries[0].title.as_deref(), Some("Ports open"));
        assert_eq!(found.entries[0].dates, ["2024-03-05", "Tuesday"]);
        assert_eq!(found.entries[1].title.as_deref(), Some("Ships sail"));
    }

    #[test]
    fn an_element_that_is_a_link_is_an_entry() {
        let found = read(&rule("li a"), PAGE).unwrap();
        assert_eq!(found.entries[1].link.as_deref(), Some("2"));
    }

    #[test]
    fn selectors_are_looked_for_within_the_entry() {
        let rule = ListingRule {
            date: Some(".on".to_owned()),
            link: Some("a".to_owned()),
            title: Some("a".to_owned()),
            ..rule("li")
        };
        let found = read(&rule, PAGE).unwrap();
        assert_eq!(found.entries[0].title.as_deref(), Some("more"));
        assert!(found.entries[0].dates.is_empty());
        assert_eq!(found.entries[1].dates, ["6 March 2024"]);
    }

    #[test]
    fn a_page_without_an_entry_is_an_error() {
        let error = read(&rule("article"), PAGE).unwrap_err();
        assert_eq!(
            error.to_string(),
            "listing: item \"article\" matches nothing on this page"
        );
    }

    #[test]
    fn entries_that_lead_nowhere_are_an_error() {
        assert!(matches!(
            read(&rule("h3"), PAGE),
            Err(ListingError::NoLink { items: 1, .. })
        ));
    }

    #[test]
    fn the_caller_can_stop_the_reading() {
        let page = Page {
            bytes: PAGE.as_bytes(),
            content_type: None,
            url: None,
        };
        let listing = Listing::new(&rule("li")).unwrap();
        assert!(listing.read(&page, &|| false).is_err());
    }
}
