//! Which text an article gets: the page's, or the feed's own.

use url::Url;

use super::{Extracted, Note, Origin, Sourced, fragment_text, likeness};
use crate::domain::{Article, Budget, Entry, LocalTimestamp, TextBasis};
use crate::language;

/// A page's text must be at least this share of the feed's own to be taken: below it is a teaser.
const TEASER_SHARE: f64 = 0.6;

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
pub fn choose(
    entry: &Entry,
    page: Result<(Extracted, Url), NoPage>,
    budget: &Budget<'_>,
) -> Article {
    let mut article = chosen(entry, page, budget);
    if article.lang.is_none() {
        article.lang = language::detect(&article.title, &article.text);
    }
    article
}

fn chosen(entry: &Entry, page: Result<(Extracted, Url), NoPage>, budget: &Budget<'_>) -> Article {
    let feed_text = feed_text(entry, budget);
    let (found, url) = match page.and_then(unless_walled) {
        Ok(page) => page,
        Err(missing) => return from_feed(entry, feed_text, missing),
    };
    match poorer(&found, &feed_text) {
        None => from_page(entry, found, url),
        Some(problem) => Article {
            text: feed_text,
            basis: TextBasis::Feed {
                page_problem: Some(problem),
            },
            ..from_page(entry, found, url)
        },
    }
}

/// Takes a page that stands in front of the article for no page at all: its headline is not the article's.
fn unless_walled(page: (Extracted, Url)) -> Result<(Extracted, Url), NoPage> {
    match page.0.wall {
        Some(wall) if page.0.text.trim().is_empty() => Err(NoPage::Failed(wall.to_string())),
        Some(_) | None => Ok(page),
    }
}

fn from_feed(entry: &Entry, text: String, missing: NoPage) -> Article {
    Article {
        url: entry.link.clone(),
        title: entry.title.clone().unwrap_or_default(),
        byline: entry.author.clone(),
        published: entry.published.map(LocalTimestamp::utc),
        lang: entry.lang.clone(),
        site: site(entry.link.as_ref()),
        text,
        basis: TextBasis::Feed {
            page_problem: match missing {
                NoPage::NotWanted => None,
                NoPage::Failed(problem) => Some(problem),
            },
        },
    }
}

/// Why the page is not the better source, if it is not.
fn poorer(found: &Extracted, feed_text: &str) -> Option<String> {
    if found.text.trim().is_empty() {
        let is_dropped = |note: &Note| matches!(note, Note::RepeatedLines { .. });
        return Some(if found.notes.iter().any(is_dropped) {
            "the page's text is nothing but lines that stand on many pages of its host".into()
        } else {
            "no article text was found on the page".into()
        });
    }
    let (page, feed) = (found.text.chars().count(), feed_text.chars().count());
    if let Some(wall) = found.wall {
        return (page < feed).then(|| wall.to_string());
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "lengths of texts, far below 2^52"
    )]
    let is_teaser = (page as f64) < TEASER_SHARE * feed as f64;
    is_teaser.then(|| format!("the page holds {page} characters of text, the feed {feed}"))
}

/// The address that a page has: the one it gives as its own, where that is another of the same site. A feed may lead to
/// it by others, which count readers or are made for phones.
fn own_address(url: Url, canonical: Option<&Url>) -> Url {
    let host = |url: &Url| {
        let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
        let bare = ["www.", "m.", "amp."]
            .iter()
            .find_map(|prefix| host.strip_prefix(prefix));
        bare.unwrap_or(&host).to_owned()
    };
    let is_front = |url: &Url| url.path() == "/" && url.query().is_none();
    let is_own = |own: &&Url| {
        matches!(own.scheme(), "http" | "https")
            && host(own) == host(&url)
            && own.port() == url.port()
            && (!is_front(own) || is_front(&url))
    };
    canonical.filter(is_own).cloned().unwrap_or(url)
}

fn from_page(entry: &Entry, found: Extracted, url: Url) -> Article {
    let url = own_address(url, found.canonical.as_ref().map(|found| &found.value));
    Article {
        site: value(found.site).or_else(|| site(Some(&url))),
        url: Some(url),
        title: title(entry, found.title),
        byline: value(found.byline).or_else(|| entry.author.clone()),
        published: published(entry, found.published),
        lang: lang(entry, found.lang),
        text: found.text,
        basis: match found.wall {
            None => TextBasis::Page,
            Some(wall) => TextBasis::Beginning {
                problem: wall.to_string(),
            },
        },
    }
}

/// The page's headline, unless it was only seen there and the feed's shares no word with it: then it heads a box, a
/// list or the shell of the site.
fn title(entry: &Entry, found: Option<Sourced<String>>) -> String {
    let of_feed = entry
        .title
        .as_deref()
        .filter(|title| !title.trim().is_empty());
    let is_foreign = |found: &Sourced<String>| {
        let is_seen = matches!(
            found.origin,
            Origin::Heading(_) | Origin::Element | Origin::TitleTag
        );
        is_seen && of_feed.is_some_and(|title| !likeness::share_a_word(title, &found.value))
    };
    value(found.filter(|found| !is_foreign(found)))
        .or_else(|| of_feed.map(str::to_owned))
        .unwrap_or_default()
}

fn value<T>(found: Option<Sourced<T>>) -> Option<T> {
    found.map(|found| found.value)
}

/// The page's date, unless it is a mere guess and the feed has one.
fn published(entry: &Entry, found: Option<Sourced<LocalTimestamp>>) -> Option<LocalTimestamp> {
    let of_feed = entry.published.map(LocalTimestamp::utc);
    match found {
        Some(found) if found.origin == Origin::Guess => of_feed.or(Some(found.value)),
        Some(found) => Some(found.value),
        None => of_feed,
    }
}

/// What the page or the feed says of itself; it knows better than the words can tell.
fn lang(entry: &Entry, found: Option<Sourced<String>>) -> Option<String> {
    match found {
        Some(found) if found.origin == Origin::Words => entry.lang.clone().or(Some(found.value)),
        Some(found) => Some(found.value),
        None => entry.lang.clone(),
    }
}

fn feed_text(entry: &Entry, budget: &Budget<'_>) -> String {
    let texts = [&entry.summary, &entry.content].map(|html| {
        html.as_deref()
            .map(|html| fragment_text(html, budget))
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
    use crate::extract::Wall;

    fn entry() -> Entry {
        Entry {
            title: Some("Talks resume".into()),
            link: "https://news.example.org/talks".parse().ok(),
            summary: Some("<p>Talks resumed on Monday after a pause of two weeks.</p>".into()),
            ..Entry::default()
        }
    }

    fn chosen_of(entry: &Entry, page: Result<(Extracted, Url), NoPage>) -> Article {
        choose(entry, page, &Budget::new(&|| true))
    }

    fn page(text: &str) -> (Extracted, Url) {
        let found = Extracted {
            text: text.into(),
            ..Extracted::default()
        };
        (found, "https://news.example.org/talks".parse().unwrap())
    }

    #[test]
    fn the_page_is_taken_when_it_holds_the_article() {
        let text = "Talks resumed on Monday.\nThe delegations met for three hours.";
        let article = chosen_of(&entry(), Ok(page(text)));
        assert_eq!(article.text, text);
        assert_eq!(article.basis, TextBasis::Page);
        assert_eq!(article.site.as_deref(), Some("news.example.org"));
    }

    #[test]
    fn the_feed_is_taken_when_the_page_is_only_a_teaser() {
        let article = chosen_of(&entry(), Ok(page("Register.")));
        assert_eq!(
            article.text,
            "Talks resumed on Monday after a pause of two weeks."
        );
        assert!(matches!(article.basis, TextBasis::Feed { .. }));
    }

    #[test]
    fn the_headline_of_a_box_or_of_a_shell_gives_way_to_the_feeds() {
        let titled = |title: &str, origin: Origin| {
            let (mut found, url) =
                page("The delegations met for three hours on Monday, as was said.");
            found.title = Some(Sourced::new(title.to_owned(), origin));
            chosen_of(&entry(), Ok((found, url))).title
        };
        assert_eq!(titled("App", Origin::TitleTag), "Talks resume");
        assert_eq!(
            titled("More from the coast", Origin::Heading(1)),
            "Talks resume"
        );
        assert_eq!(titled("Talks go on", Origin::Heading(1)), "Talks go on");
        let declared = Origin::Meta("og:title".to_owned());
        assert_eq!(titled("Delegates meet", declared), "Delegates meet");
    }

    #[test]
    fn the_feed_is_taken_when_the_page_fails_and_the_record_says_why() {
        let failed = Err(NoPage::Failed("the server answered 404".to_owned()));
        let article = chosen_of(&entry(), failed);
        assert_eq!(article.title, "Talks resume");
        assert_eq!(
            article.basis,
            TextBasis::Feed {
                page_problem: Some("the server answered 404".into())
            }
        );
    }

    #[test]
    fn the_feed_is_taken_where_the_page_holds_only_what_its_host_repeats() {
        let mut page = page("");
        page.0.title = Some(Sourced::new("Talks resume today".into(), Origin::TitleTag));
        page.0.notes = vec![Note::RepeatedLines { dropped: 2 }];
        let article = chosen_of(&entry(), Ok(page));
        assert_eq!(
            article.text,
            "Talks resumed on Monday after a pause of two weeks."
        );
        assert_eq!(article.title, "Talks resume today");
        let problem = article.basis.problem().unwrap();
        assert!(problem.contains("many pages of its host"), "{problem}");
    }

    #[test]
    fn a_page_in_front_of_the_article_gives_neither_text_nor_headline() {
        let mut page = page("");
        page.0.title = Some(Sourced::new("Just a moment".into(), Origin::TitleTag));
        page.0.wall = Some(Wall::Challenge);
        let article = chosen_of(&entry(), Ok(page));
        assert_eq!(article.title, "Talks resume");
        assert_eq!(
            article.basis.problem(),
            Some(Wall::Challenge.to_string().as_str())
        );
    }

    #[test]
    fn the_beginning_that_a_paywall_leaves_is_taken_where_the_feed_has_less_and_is_named() {
        let text = "Talks resumed on Monday after a pause of two weeks.\nThe delegations met for three hours.";
        let mut page = page(text);
        page.0.wall = Some(Wall::Paywall);
        let article = chosen_of(&entry(), Ok(page));
        assert_eq!(article.text, text);
        assert!(matches!(article.basis, TextBasis::Beginning { .. }));
    }

    #[test]
    fn a_guessed_date_gives_way_to_the_feeds() {
        let mut entry = entry();
        entry.published = "2024-03-07T09:00:00Z".parse().ok();
        let at = |origin| {
            let mut page = page("Talks resumed on Monday after a pause of two weeks.");
            let guess = LocalTimestamp::utc("2020-02-02T00:00:00Z".parse().unwrap());
            page.0.published = Some(Sourced::new(guess, origin));
            chosen_of(&entry, Ok(page)).published.unwrap().to_string()
        };
        assert!(at(Origin::Guess).starts_with("2024-03-07"));
        assert!(at(Origin::Element).starts_with("2020-02-02"));
    }

    #[test]
    fn whatever_stands_in_front_of_the_article_the_feed_is_taken_and_the_record_names_it() {
        for wall in [
            Wall::Consent,
            Wall::Challenge,
            Wall::NotFound,
            Wall::Removed,
            Wall::Region,
            Wall::Unavailable,
            Wall::LogIn,
            Wall::Browser,
            Wall::FrontPage,
        ] {
            let mut page = page("");
            page.0.title = Some(Sourced::new("Strait Courier".into(), Origin::TitleTag));
            page.0.wall = Some(wall);
            let article = chosen_of(&entry(), Ok(page));
            assert_eq!(article.title, "Talks resume", "{wall}");
            assert!(article.text.starts_with("Talks resumed"), "{wall}");
            assert_eq!(article.basis.problem(), Some(wall.to_string().as_str()));
        }
    }
}
