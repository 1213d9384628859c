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
