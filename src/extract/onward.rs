//! Pages that hold nothing but the way to another one, as click counters and search alerts serve them.

use url::Url;

/// The longest such page, in bytes; one that holds more is a page.
const MAX_BYTES: usize = 64 * 1024;

/// The longest wait before a page sends on, in seconds: one that is to be read lets its reader stay longer.
const MAX_WAIT_S: f64 = 5.0;

/// The most that such a page says, in characters: that one is being sent on, and a link to where.
const MAX_WORDS_CHARS: usize = 300;

/// Scripts that send a reader on, up to the address.
const SCRIPTS: [&str; 6] = [
    "location.replace(",
    "location.assign(",
    "location.href=",
    "window.location=",
    "document.location=",
    "top.location=",
];

/// Returns where a page sends its reader, if it does nothing else; `url` is the page's own address.
#[must_use]
pub fn onward(bytes: &[u8], url: &Url) -> Option<Url> {
    if bytes.len() > MAX_BYTES {
        return None;
    }
    let page = String::from_utf8_lossy(bytes);
    if visible_chars(&page) > MAX_WORDS_CHARS {
        return None;
    }
    let written = refresh(&page).or_else(|| script(&page))?;
    let next = url.join(written.replace("&amp;", "&").trim()).ok()?;
    let is_page = matches!(next.scheme(), "http" | "https");
    let mut bare = next.clone();
    bare.set_fragment(None);
    (is_page && bare != *url).then_some(next)
}

/// The address in `<meta http-equiv="refresh" content="0; url=...">`.
fn refresh(page: &str) -> Option<String> {
    let lower = page.to_ascii_lowercase();
    for (at, _) in lower.match_indices("<meta") {
        let tag = page.get(at..)?.split('>').next()?;
        let is_refresh = attribute(tag, "http-equiv")
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("refresh"));
        if !is_refresh {
            continue;
        }
        let content = attribute(tag, "content")?;
        let (wait, rest) = content.split_once([';', ','])?;
        let wait: f64 = wait.trim().parse().ok()?;
        let rest = rest.trim();
        let is_url = rest
            .get(..3)
            .is_some_and(|name| name.eq_ignore_ascii_case("url"));
        let rest = if is_url {
            rest.get(3..)?.trim_start().strip_prefix('=')?
        } else {
            rest
        };
        let address = rest.trim().trim_matches(['"', '\'']);
        return (wait <= MAX_WAIT_S && !address.is_empty()).then(|| address.to_owned());
    }
    None
}

/// The value of an attribute in the text of a tag.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let lower = tag.to_ascii_lowercase();
    let at = lower.find(name)?;
    let value = tag
        .get(at + name.len()..)?
        .trim_start()
        .strip_prefix('=')?
        .trim_start();
    match value.chars().next()? {
        quote @ ('"' | '\'') => value.get(1..)?.split(quote).next(),
        _ => value.split_whitespace().next(),
    }
}

/// The address that a script goes to.
fn script(page: &str) -> Option<String> {
    let packed: String = page.split(' ').collect();
    SCRIPTS.iter().find_map(|call| {
        let (_, after) = packed.split_once(call)?;
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let address = after.get(1..)?.split(quote).next()?;
        (!address.is_empty()).then(|| {
            address
                .replace("\\/", "/")
                .replace("\\u0026", "&")
                .replace("\\x26", "&")
        })
    })
}

/// Characters that a reader sees.
fn visible_chars(page: &str) -> usize {
    let lower = page.to_ascii_lowercase();
    let mut rest = lower.as_str();
    let mut chars = 0;
    while let Some((before, tag)) = rest.split_once('<') {
        chars += before
            .split_whitespace()
            .map(|word| word.chars().count())
            .sum::<usize>();
        let hidden = ["script", "style", "noscript", "head"]
            .into_iter()
            .find(|name| {
                tag.strip_prefix(name)
                    .is_some_and(|after| after.starts_with(['>', ' ', '\n']))
            });
        rest = match hidden {
            Some(name) => tag
                .split_once(&format!("</{name}"))
                .map_or("", |(_, after)| after),
            None => tag,
        };
        rest = rest.split_once('>').map_or("", |(_, after)| after);
    }
    chars
        + rest
            .split_whitespace()
            .map(|word| word.chars().count())
            .sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leads_to(page: &str) -> Option<String> {
        onward(
            page.as_bytes(),
            &Url::parse("https://a.example/go?x=1").unwrap(),
        )
        .map(String::from)
    }

    #[test]
    fn a_page_that_only_sends_on_is_followed() {
        for page in [
            "<html><head><meta http-equiv=\"refresh\" content=\"0;URL='https://b.example/x'\"></head></html>",
            "<META HTTP-EQUIV=Refresh CONTENT='0; url=https://b.example/x'>",
            "<meta content=\"1,https://b.example/x\" http-equiv=refresh><p>You are being sent on.</p>",
            "<noscript><meta http-equiv=refresh content=\"0;url=//b.example/x\"></noscript>",
            "<script>window.location = \"https://b.example/x\";</script>",
            "<script>location.replace('https:\\/\\/b.example\\/x')</script><p>One moment</p>",
        ] {
            assert_eq!(
                leads_to(page).as_deref(),
                Some("https://b.example/x"),
                "{page}"
            );
        }
    }

    #[test]
    fn a_page_that_says_something_is_read() {
        let words = "The river rose in the night. ".repeat(20);
        for page in [
            format!("<meta http-equiv=refresh content=\"0;url=/next\"><p>{words}</p>"),
            "<meta http-equiv=refresh content=\"300;url=https://b.example/\">".to_owned(),
            "<meta http-equiv=refresh content=300>".to_owned(),
            "<meta http-equiv=refresh content=\"0;url=/go?x=1\">".to_owned(),
            "<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">".to_owned(),
            "<p>Hello</p>".to_owned(),
        ] {
            assert_eq!(leads_to(&page), None, "{page}");
        }
    }
}
