//! What is worked on and was written by a stranger, by the name that people and the next start know it by.

use std::fmt;

use url::Url;

use super::{DeliveryId, EntryId, TextHash, shown_url};

/// How the name begins of the text of an article.
const ARTICLE_TEXT: &str = "the text of entry ";

/// Something that is read, matched or written for people, as far as it may be named: an address without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DocumentName {
    /// A feed, or a page of an article.
    At(Url),
    /// The text that a feed itself gives of an entry.
    FeedText(EntryId),
    /// The text of an article, as it is matched.
    ArticleText(EntryId),
    /// A message, whole or in its short form.
    Message {
        /// Its delivery.
        delivery: DeliveryId,
        /// Whether it is the short form.
        is_short: bool,
    },
}

impl DocumentName {
    /// The entry whose article's text a name means, if it means one.
    #[must_use]
    pub fn article_named(name: &str) -> Option<EntryId> {
        let id = name.strip_prefix(ARTICLE_TEXT)?;
        id.parse().ok().map(EntryId)
    }
}

impl fmt::Display for DocumentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(url) => {
                let shown = shown_url(url);
                f.write_str(&shown)?;
                // Two addresses that differ in what is hidden are two documents.
                if shown == url.as_str() {
                    return Ok(());
                }
                write!(
                    f,
                    " ({:08x})",
                    TextHash::of(url.as_str()).0 >> 32 & 0xffff_ffff
                )
            }
            Self::FeedText(entry) => write!(f, "the feed's text of entry {entry}"),
            Self::ArticleText(entry) => write!(f, "{ARTICLE_TEXT}{entry}"),
            Self::Message { delivery, is_short } => {
                let short = if *is_short { "short " } else { "" };
                write!(f, "the {short}message {}", delivery.0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_differ_in_what_is_hidden_have_names_of_their_own() {
        let name = |url: &str| DocumentName::At(url.parse().unwrap()).to_string();
        let [one, two] = ["1", "2"].map(|end| name(&format!("https://a.example/f?token={end}")));
        assert!(one.starts_with("https://a.example/f?token=... ("), "{one}");
        assert_ne!(one, two);
        assert_eq!(name("https://a.example/f"), "https://a.example/f");
    }

    #[test]
    fn the_text_of_an_article_is_found_again_by_its_name() {
        let name = DocumentName::ArticleText(EntryId(7)).to_string();
        assert_eq!(DocumentName::article_named(&name), Some(EntryId(7)));
        for name in ["the feed's text of entry 7", "https://example.org/", "7"] {
            assert_eq!(DocumentName::article_named(name), None, "{name}");
        }
    }
}
