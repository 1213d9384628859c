//! One article's pages, one after the other: where a page only sends on to another, and where the article goes on.
//!
//! How a page is fetched and read is its [`Reader`]'s: the stage does it in its turn and behind the gate, a command as it
//! stands there.

use url::Url;

use crate::extract::{self, ExtractError, Extracted, Note};
use crate::http::FetchError;

/// Pages of one article that are read at most, the first among them.
pub const MAX_PAGES: usize = 5;

/// Pages that only send on which are followed, one after the other.
const MAX_ONWARD: usize = 2;

/// Fetches pages and reads them.
pub trait Reader: Send {
    /// A page as it came.
    type Document: Send;

    /// Fetches a page; says where it came from in the end.
    fn fetch(
        &mut self,
        asked: &Url,
    ) -> impl Future<Output = Result<(Self::Document, Url), Missing>> + Send;

    /// The bytes of a page.
    fn bytes(document: &Self::Document) -> &[u8];

    /// Takes the article out of a page.
    fn read(
        &mut self,
        document: Self::Document,
        url: &Url,
    ) -> impl Future<Output = Result<Extracted, Missing>> + Send;
}

/// Why there is no page; a reason is a clause for people.
#[derive(Debug, thiserror::Error)]
pub enum Missing {
    /// Another try may bring it.
    #[error("{0}")]
    Passing(String),
    /// It is not to be had.
    #[error("{0}")]
    Lasting(String),
    /// It is not there any more.
    #[error("{0}")]
    Gone(String),
    /// The server sends none: what was read before is still good.
    #[error("the server sent no page")]
    Unchanged,
    /// It is not read any more: the process died over it.
    #[error("it is set aside: the process died twice while it was read")]
    SetAside {
        /// Its name.
        document: String,
    },
}

impl From<FetchError> for Missing {
    fn from(error: FetchError) -> Self {
        if error.is_transient() {
            Self::Passing(error.to_string())
        } else if error.is_gone() {
            Self::Gone(error.to_string())
        } else {
            Self::Lasting(error.to_string())
        }
    }
}

impl From<ExtractError> for Missing {
    fn from(error: ExtractError) -> Self {
        Self::Lasting(error.to_string())
    }
}

/// One page of an article.
#[derive(Debug)]
pub struct Leaf {
    /// What was found on it.
    pub found: Extracted,
    /// Where it came from.
    pub url: Url,
    /// Whether another page had sent on to it.
    pub was_sent_on: bool,
}

/// Fetches a page and reads it, or the one that it sends on to.
///
/// # Errors
/// When there is none.
pub async fn leaf<R: Reader>(reader: &mut R, asked: &Url) -> Result<Leaf, Missing> {
    let (mut document, mut url) = reader.fetch(asked).await?;
    let mut was_sent_on = false;
    for _ in 0..MAX_ONWARD {
        let Some(next) = extract::onward(R::bytes(&document), &url) else {
            break;
        };
        (document, url) = reader.fetch(&next).await?;
        was_sent_on = true;
    }
    let found = reader.read(document, &url).await?;
    Ok(Leaf {
        found,
        url,
        was_sent_on,
    })
}

/// Adds the texts of the pages on which the article goes on: of the same site, each once.
pub async fn with_next<R: Reader>(reader: &mut R, mut whole: Extracted, first: &Url) -> Extracted {
    let mut read = vec![first.clone()];
    for _ in 1..MAX_PAGES {
        let Some(next) = whole.next.take().filter(|next| !read.contains(next)) else {
            break;
        };
        match leaf(reader, &next).await {
            Ok(page) if is_elsewhere(&page.url, first) || came_back(&page.url, &next, &read) => {
                break;
            }
            Ok(Leaf { found, url, .. }) => {
                read.extend([next, url]);
                if !found.text.is_empty() {
                    whole.text.push('\n');
                    whole.text.push_str(&found.text);
                }
                whole.next = found.next;
            }
            Err(missing) => {
                let reason = missing.to_string();
                whole.notes.push(Note::NextPageFailed { reason });
            }
        }
    }
    whole
}

/// Whether a page is of another site than the first, whatever link led to it.
fn is_elsewhere(url: &Url, first: &Url) -> bool {
    url.origin() != first.origin()
}

/// Whether a link to the next page led to one that was read before.
fn came_back(url: &Url, next: &Url, read: &[Url]) -> bool {
    url != next && read.contains(url)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// A page: where it is in the end, what it is, and where its article goes on.
    type Page = (&'static str, &'static str, Option<&'static str>);

    /// Pages by the address that they are asked for at; remembers which were asked for.
    #[derive(Default)]
    struct Shelf {
        pages: BTreeMap<&'static str, Page>,
        asked: Vec<String>,
    }

    fn url(address: &str) -> Url {
        Url::parse(address).unwrap()
    }

    impl Reader for Shelf {
        type Document = Page;

        async fn fetch(&mut self, asked: &Url) -> Result<(Page, Url), Missing> {
            self.asked.push(asked.path().to_owned());
            let page = self.pages.get(asked.as_str()).copied();
            let page = page.ok_or_else(|| Missing::Lasting("not on the shelf".into()))?;
            Ok((page, url(page.0)))
        }

        fn bytes(document: &Page) -> &[u8] {
            document.1.as_bytes()
        }

        async fn read(&mut self, document: Page, _: &Url) -> Result<Extracted, Missing> {
            Ok(Extracted {
                text: document.1.to_owned(),
                next: document.2.map(url),
                ..Extracted::default()
            })
        }
    }

    async fn whole(pages: &[(&'static str, Page)]) -> (String, Vec<String>) {
        let mut shelf = Shelf {
            pages: pages.iter().copied().collect(),
            ..Shelf::default()
        };
        let first = leaf(&mut shelf, &url("https://wire.example/1"))
            .await
            .unwrap();
        let found = with_next(&mut shelf, first.found, &first.url).await;
        (found.text, shelf.asked)
    }

    #[tokio::test]
    async fn an_article_goes_on_over_pages_of_its_own_site_alone() {
        let (text, asked) = whole(&[
            (
                "https://wire.example/1",
                (
                    "https://wire.example/1",
                    "one",
                    Some("https://wire.example/2"),
                ),
            ),
            (
                "https://wire.example/2",
                ("https://other.example/2", "another's", None),
            ),
        ])
        .await;
        assert_eq!(text, "one");
        assert_eq!(asked, ["/1", "/2"]);
    }

    #[tokio::test]
    async fn a_link_that_leads_back_by_a_redirect_ends_the_article() {
        let (text, _) = whole(&[
            (
                "https://wire.example/1",
                (
                    "https://wire.example/1",
                    "one",
                    Some("https://wire.example/last"),
                ),
            ),
            (
                "https://wire.example/last",
                ("https://wire.example/1", "one", None),
            ),
        ])
        .await;
        assert_eq!(text, "one");
    }

    #[tokio::test]
    async fn a_page_that_only_sends_on_is_passed_and_one_that_is_missing_is_noted() {
        let sends_on = "<meta http-equiv=\"refresh\" content=\"0; url=/story\">";
        let (text, asked) = whole(&[
            (
                "https://wire.example/1",
                ("https://wire.example/1", sends_on, None),
            ),
            (
                "https://wire.example/story",
                (
                    "https://wire.example/story",
                    "the story",
                    Some("https://wire.example/gone"),
                ),
            ),
        ])
        .await;
        assert_eq!(text, "the story");
        assert_eq!(asked, ["/1", "/story", "/gone"]);
    }
}
