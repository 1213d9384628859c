//! The language, the site, the section and the address of a page, and whether anyone may read it.

use url::Url;

use super::{Sources, plain};
use crate::extract::origin::{Origin, Sourced};
use crate::extract::text::clean_some;
use crate::language;

/// The language as a BCP 47 tag: what the page declares, else what its words are.
pub(in crate::extract) fn lang(
    sources: &Sources<'_>,
    title: Option<&str>,
    text: &str,
) -> Option<Sourced<String>> {
    declared_lang(sources).or_else(|| {
        language::detect(title.unwrap_or_default(), text)
            .map(|tag| Sourced::new(tag, Origin::Words))
    })
}

/// The language as a BCP 47 tag that the page declares, or its linked data.
pub(super) fn declared_lang(sources: &Sources<'_>) -> Option<Sourced<String>> {
    let table = sources.table;
    let linked = sources.linked.lang.as_deref();
    [
        table.lang.map(|value| Sourced::new(value, Origin::HtmlTag)),
        table.named_meta(&[
            "og:locale",
            "content-language",
            "dc.language",
            "dcterms.language",
            "language",
            "inlanguage",
        ]),
        linked.map(|value| Sourced::new(value, Origin::LinkedData("inLanguage"))),
    ]
    .into_iter()
    .flatten()
    .find_map(|found| Some(Sourced::new(tag(found.value)?, found.origin)))
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
pub(in crate::extract) fn site(sources: &Sources<'_>) -> Option<Sourced<String>> {
    let named = sources
        .table
        .named_meta(&[
            "og:site_name",
            "application-name",
            "apple-mobile-web-app-title",
            "dc.publisher",
            "publisher",
        ])
        .map(|found| found.map(plain))
        .filter(|name| !name.value.is_empty() && !name.value.starts_with("http"));
    let linked = || {
        let name = sources.linked.publisher.as_deref().and_then(clean_some)?;
        Some(Sourced::new(name, Origin::LinkedData("publisher")))
    };
    named
        .or_else(linked)
        .or_else(|| host(sources).map(|host| Sourced::new(host, Origin::Address)))
}

/// The name of the site, or nothing.
pub(super) fn site_name(sources: &Sources<'_>) -> String {
    site(sources).map(|found| found.value).unwrap_or_default()
}

fn host(sources: &Sources<'_>) -> Option<String> {
    let canonical = canonical(sources).map(|found| found.value);
    let host = sources.url.or(canonical.as_ref())?.host_str()?.to_owned();
    Some(host.strip_prefix("www.").unwrap_or(&host).to_owned())
}

/// The address the page gives as its own.
pub(in crate::extract) fn canonical(sources: &Sources<'_>) -> Option<Sourced<Url>> {
    let table = sources.table;
    let link = table
        .links
        .iter()
        .find(|(rel, _)| rel.split_ascii_whitespace().any(|word| word == "canonical"))
        .map(|(_, href)| Sourced::new(*href, Origin::Link("canonical")));
    [link, table.named_meta(&["og:url", "twitter:url"])]
        .into_iter()
        .flatten()
        .filter_map(|found| {
            let href = found.value.trim();
            let url = match sources.url {
                Some(base) => base.join(href).ok(),
                None => Url::parse(href).ok(),
            };
            Some(Sourced::new(url?, found.origin))
        })
        .find(|url| matches!(url.value.scheme(), "http" | "https"))
}

/// The section of the paper that the article stands in.
pub(in crate::extract) fn section(sources: &Sources<'_>) -> Option<Sourced<String>> {
    let linked = sources.linked.section.as_deref();
    let linked = linked.map(|name| Sourced::new(name, Origin::LinkedData("articleSection")));
    linked
        .or_else(|| {
            sources.table.named_meta(&[
                "article:section",
                "og:article:section",
                "articlesection",
                "parsely-section",
                "section",
                "cxenseparse:articlesection",
                "dc.subject.section",
            ])
        })
        .map(|found| found.map(plain))
        .filter(|name| {
            !name.value.is_empty()
                && name.value.chars().count() <= LONGEST_SECTION
                && !name.value.starts_with("http")
        })
}

/// The longest name of a section, in characters; longer ones are lists of words for search engines.
const LONGEST_SECTION: usize = 80;

/// Whether anyone may read all of the article, where the page says so.
pub(in crate::extract) fn is_free(sources: &Sources<'_>) -> Option<Sourced<bool>> {
    let linked = sources.linked.is_free;
    linked
        .map(|free| Sourced::new(free, Origin::LinkedData("isAccessibleForFree")))
        .or_else(|| {
            let tier = sources
                .table
                .named_meta(&["article:content_tier", "article:content-tier"])?;
            match tier.value.trim().to_ascii_lowercase().as_str() {
                "free" => Some(Sourced::new(true, tier.origin)),
                "locked" | "metered" => Some(Sourced::new(false, tier.origin)),
                _ => None,
            }
        })
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
