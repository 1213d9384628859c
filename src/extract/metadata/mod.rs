//! What a page says about its article: headline, authors, dates, language, site, address.
//!
//! Each of these is said in several places that disagree; each has its own file with the order of trust.

mod byline;
mod origin;
mod published;
mod title;

pub(super) use byline::byline;
pub(super) use origin::{canonical, lang, site};
pub(super) use published::{modified, published};
pub(super) use title::title;

use super::dates::Order;
use super::linked_data::LinkedArticle;
use super::table::Table;
use super::text::clean;
use url::Url;

/// Everything the readers of metadata look at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sources<'a> {
    /// The page.
    pub(super) table: &'a Table<'a>,
    /// Its linked data.
    pub(super) linked: &'a LinkedArticle,
    /// Where it came from.
    pub(super) url: Option<&'a Url>,
}

impl Sources<'_> {
    /// How dates of numbers alone are to be read.
    pub(super) fn date_order(&self) -> Order {
        let lang = lang(self).unwrap_or_default().to_ascii_lowercase();
        let american = lang == "en-us" || (lang == "en" && !self.has_foreign_host());
        if american {
            Order::MonthFirst
        } else {
            Order::DayFirst
        }
    }

    /// English pages under a country's own domain write the day first.
    fn has_foreign_host(&self) -> bool {
        let host = self.url.and_then(Url::host_str).unwrap_or_default();
        host.rsplit('.')
            .next()
            .is_some_and(|last| last.len() == 2 && last != "us")
    }
}

/// Decodes the entities of a value that was encoded twice, and drops tags in it.
pub(super) fn plain(value: &str) -> String {
    if value.contains('&') || value.contains('<') {
        return clean(&super::fragment_text(value).replace('\n', " "));
    }
    clean(value)
}
