//! The language, the site and the address of a page.

use url::Url;

use super::{Sources, plain};
use crate::extract::text::clean_some;

/// The language as a BCP 47 tag: what the page declares, else what its linked data says.
pub(in crate::extract) fn lang(sources: &Sources<'_>) -> Option<String> {
    let table = sources.table;
    [
        table.lang,
        table.meta(&[
            "og:locale",
            "content-language",
            "dc.language",
            "dcterms.language",
            "language",
            "inlanguage",
        ]),
        sources.linked.lang.as_deref(),
    ]
    .into_iter()
    .flatten()
    .find_map(tag)
}

/// Writes a language tag as BCP 47 has it: `vi_vn` becomes `vi-VN`.
fn tag(value: &str) -> Option<String> {
    let mut parts = value
        .trim()
        .split(['-', '_', ',', ';', '.', ' '])
        .filter(|part| !part.is_empty());
    let language = parts.next()?;
    if !(2..=3).contains(&language.len())
        || !language.bytes().all(|byte| byte.is_ascii_alphabetic())
    {
        return None;
    }
    let mut tag = language.to_ascii_lowercase();
    if let Some(region) = parts
        .next()
        .filter(|part| part.bytes().all(|b| b.is_ascii_alphanumeric()))
    {
        match region.len() {
            2 => tag = format!("{tag}-{}", region.to_ascii_uppercase()),
            3 | 4 => tag = format!("{tag}-{region}"),
            _ => {}
        }
    }
    Some(tag)
}

/// The name of the site, else its host.
pub(in crate::extract) fn site(sources: &Sources<'_>) -> Option<String> {
    let named = sources
        .table
        .meta(&[
            "og:site_name",
            "application-name",
            "apple-mobile-web-app-title",
            "dc.publisher",
            "publisher",
        ])
        .map(plain)
        .filter(|name| !name.is_empty() && !name.starts_with("http"));
    named
        .or_else(|| sources.linked.publisher.as_deref().and_then(clean_some))
        .or_else(|| host(sources))
}

fn host(sources: &Sources<'_>) -> Option<String> {
    let canonical = canonical(sources);
    let host = sources.url.or(canonical.as_ref())?.host_str()?.to_owned();
    Some(host.strip_prefix("www.").unwrap_or(&host).to_owned())
}

/// The address the page gives as its own.
pub(in crate::extract) fn canonical(sources: &Sources<'_>) -> Option<Url> {
    let table = sources.table;
    let link = table
        .links
        .iter()
        .find(|(rel, _)| rel.split_ascii_whitespace().any(|word| word == "canonical"))
        .map(|(_, href)| *href);
    [link, table.meta(&["og:url", "twitter:url"])]
        .into_iter()
        .flatten()
        .filter_map(|href| match sources.url {
            Some(base) => base.join(href.trim()).ok(),
            None => Url::parse(href.trim()).ok(),
        })
        .find(|url| matches!(url.scheme(), "http" | "https"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_tags_are_written_one_way() {
        assert_eq!(tag("vi_VN").as_deref(), Some("vi-VN"));
        assert_eq!(tag("EN-us").as_deref(), Some("en-US"));
        assert_eq!(tag("zh-Hans-CN").as_deref(), Some("zh-Hans"));
        assert_eq!(tag("english"), None);
    }
}
