//! Which text an article gets: the page's, or the feed's own.

use std::time::Duration;

use url::Url;

use super::{Extracted, fragment_text};
use crate::domain::{Article, Entry, LocalTimestamp, TextBasis, Timestamp};

/// A page's text must be at least this share of the feed's own to be taken: below it is a teaser.
const TEASER_SHARE: f64 = 0.6;

/// A time of publication this far ahead is a mistake of the page.
const MAX_AHEAD: Duration = Duration::from_hours(36);

/// Why there is no page to take the text from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoPage {
    /// Nobody asked for it.
    NotWanted,
    /// It could not be had or read, for this reason.
    Failed(String),
}

/// Makes the article of an entry from its page, or from the feed's own text when the page is missing or poorer.
#[must_use]
pub fn choose(entry: &Entry, page: Result<(Extracted, Url), NoPage>, now: Timestamp) -> Article {
    let feed_text = feed_text(entry);
    match page {
        Ok((found, url)) => match poorer(&found, &feed_text) {
            None => from_page(entry, found, url, now),
            Some(problem) => Article {
                text: feed_text,
                basis: TextBasis::Feed {
                    page_problem: Some(problem),
                },
                ..from_page(entry, found, url, now)
            },
        },
        Err(missing) => Article {
            url: entry.link.clone(),
            title: entry.title.clone().unwrap_or_default(),
            byline: entry.author.clone(),
            published: entry.published.map(LocalTimestamp::utc),
            lang: entry.lang.clone(),
            site: site(entry.link.as_ref()),
            text: feed_text,
            basis: TextBasis::Feed {
                page_problem: match missing {
                    NoPage::NotWanted => None,
                    NoPage::Failed(problem) => Some(problem),
                },
            },
        },
    }
}

/// Why the page is not the better source, if it is not.
fn poorer(found: &Extracted, feed_text: &str) -> Option<String> {
    if found.text.trim().is_empty() {
        return Some("no article text was found on the page".into());
    }
    let (page, feed) = (found.text.chars().count(), feed_text.chars().count());
    #[expect(
        clippy::cast_precision_loss,
        reason = "lengths of texts, far below 2^52"
    )]
    let is_teaser = (page as f64) < TEASER_SHARE * feed as f64;
    is_teaser.then(|| format!("the page holds {page} characters of text, the feed {feed}"))
}

fn from_page(entry: &Entry, found: Extracted, url: Url, now: Timestamp) -> Article {
    let latest = now.checked_add(MAX_AHEAD).unwrap_or(now);
    let published = found
        .published
        .filter(|published| published.at <= latest)
        .or_else(|| entry.published.map(LocalTimestamp::utc));
    Article {
        site: found.site.or_else(|| site(Some(&url))),
        url: Some(url),
        title: found
            .title
            .or_else(|| entry.title.clone())
            .unwrap_or_default(),
        byline: found.byline.or_else(|| entry.author.clone()),
        published,
        lang: found.lang.or_else(|| entry.lang.clone()),
        text: found.text,
        basis: TextBasis::Page,
    }
}

fn feed_text(entry: &Entry) -> String {
    let texts = [&entry.summary, &entry.content].map(|html| {
        html.as_deref()
            .map(fragment_text)
            .unwrap_or_default()
            .trim()
            .to_owned()
    });
    let [summary, content] = texts;
    // Many feeds repeat the summary at the head of the content.
    if content.contains(&summary) {
        content
    } else if summary.contains(&content) {
        summary
    } else {
        format!("{summary}\n{content}")
    }
}

fn site(url: Option<&Url>) -> Option<String> {
    let host = url?.host_str()?;
    Some(host.strip_prefix("www.").unwrap_or(host).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry {
            title: Some("Talks resume".into()),
            link: "https://news.example.org/talks".parse().ok(),
            summary: Some("<p>Talks resumed on Monday after a pause of two weeks.</p>".into()),
            ..Entry::default()
        }
    }

    fn page(text: &str) -> Result<(Extracted, Url), NoPage> {
        let found = Extracted {
            text: text.into(),
            ..Extracted::default()
        };
        Ok((found, "https://news.example.org/talks".parse().unwrap()))
    }

    #[test]
    fn the_page_is_taken_when_it_holds_the_article() {
        let text = "Talks resumed on Monday.\nThe delegations met for three hours.";
        let article = choose(&entry(), page(text), Timestamp::UNIX_EPOCH);
        assert_eq!(article.text, text);
        assert_eq!(article.basis, TextBasis::Page);
        assert_eq!(article.site.as_deref(), Some("news.example.org"));
    }

    #[test]
    fn the_feed_is_taken_when_the_page_is_only_a_teaser() {
        let article = choose(&entry(), page("Register."), Timestamp::UNIX_EPOCH);
        assert_eq!(
            article.text,
            "Talks resumed on Monday after a pause of two weeks."
        );
        assert!(matches!(article.basis, TextBasis::Feed { .. }));
    }

    #[test]
    fn the_feed_is_taken_when_the_page_fails_and_the_record_says_why() {
        let failed = Err(NoPage::Failed("the server answered 404".to_owned()));
        let article = choose(&entry(), failed, Timestamp::UNIX_EPOCH);
        assert_eq!(article.title, "Talks resume");
        assert_eq!(
            article.basis,
            TextBasis::Feed {
                page_problem: Some("the server answered 404".into())
            }
        );
    }

    #[test]
    fn a_date_far_in_the_future_gives_way_to_the_feeds() {
        let mut entry = entry();
        entry.published = "2026-11-20T08:00:00Z".parse().ok();
        let mut page = page("Talks resumed on Monday after a pause of two weeks.").unwrap();
        page.0.published = Some(LocalTimestamp::utc("2062-01-01T00:00:00Z".parse().unwrap()));
        let now = "2026-11-23T12:00:00Z".parse().unwrap();
        let article = choose(&entry, Ok(page), now);
        assert_eq!(article.published.map(|at| at.at), entry.published);
    }
}
