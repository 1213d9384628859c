//! Names of elements and attributes, as the tree holds them.

use std::borrow::Cow;

use html5ever::{LocalName, local_name};

/// The name as it is compared: in small letters.
pub(super) fn local_name_of(written: &str) -> LocalName {
    if let Some(name) = frequent(written) {
        return name;
    }
    let is_other = |byte: u8| byte.is_ascii_uppercase() || byte == b'\0';
    if written.bytes().any(is_other) {
        let name = written.to_ascii_lowercase().replace('\0', "\u{fffd}");
        return LocalName::from(Cow::Owned(name));
    }
    LocalName::from(written)
}

/// The names that nearly all tags of a page have: they need not be looked up.
fn frequent(written: &str) -> Option<LocalName> {
    Some(match written {
        "class" => local_name!("class"),
        "div" => local_name!("div"),
        "a" => local_name!("a"),
        "href" => local_name!("href"),
        "span" => local_name!("span"),
        "li" => local_name!("li"),
        "p" => local_name!("p"),
        "id" => local_name!("id"),
        "ul" => local_name!("ul"),
        "meta" => local_name!("meta"),
        "content" => local_name!("content"),
        "property" => local_name!("property"),
        "name" => local_name!("name"),
        "link" => local_name!("link"),
        "rel" => local_name!("rel"),
        "button" => local_name!("button"),
        "h2" => local_name!("h2"),
        "h3" => local_name!("h3"),
        "img" => local_name!("img"),
        "alt" => local_name!("alt"),
        "figure" => local_name!("figure"),
        "article" => local_name!("article"),
        "section" => local_name!("section"),
        "strong" => local_name!("strong"),
        "br" => local_name!("br"),
        "target" => local_name!("target"),
        "role" => local_name!("role"),
        _ => return None,
    })
}
