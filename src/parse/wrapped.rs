//! Links that lead to a page by way of somebody who counts clicks, and carry its address in a parameter.

use url::Url;

/// Who wraps links: the host (its end, or a name of any country where it ends in a dot), the path, and the parameters
/// that hold the page's own address.
const WRAPPERS: [(&str, &str, &[&str]); 10] = [
    ("google.", "/url", &["url", "q"]),
    ("bing.com", "/news/apiclick.aspx", &["url"]),
    ("l.facebook.com", "/l.php", &["u"]),
    ("lm.facebook.com", "/l.php", &["u"]),
    ("l.instagram.com", "/", &["u"]),
    ("t.umblr.com", "/redirect", &["z"]),
    ("youtube.com", "/redirect", &["q"]),
    ("vk.com", "/away.php", &["to"]),
    ("out.reddit.com", "/", &["url"]),
    ("duckduckgo.com", "/l/", &["uddg"]),
];

/// How many wrappers are taken off: some stand in one another.
const MAX_WRAPPERS: usize = 3;

/// Returns the address of the page that a link is about.
pub(super) fn unwrapped(link: Url) -> Url {
    let mut link = link;
    for _ in 0..MAX_WRAPPERS {
        match inner(&link) {
            Some(inner) => link = inner,
            None => break,
        }
    }
    link
}

fn inner(link: &Url) -> Option<Url> {
    let host = link.host_str()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    let (_, _, parameters) = WRAPPERS.iter().find(|(of, path, _)| {
        let is_host = if of.ends_with('.') {
            host.starts_with(of)
        } else {
            host == *of
        };
        is_host && link.path() == *path
    })?;
    parameters.iter().find_map(|wanted| {
        let (_, value) = link.query_pairs().find(|(name, _)| name == wanted)?;
        Url::parse(&value)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counted_link_is_the_page_it_leads_to() {
        for (link, page) in [
            (
                "https://www.google.com/url?rct=j&sa=t&url=https://a.example/x%3Fid%3D1&ct=ga",
                "https://a.example/x?id=1",
            ),
            (
                "https://www.google.co.uk/url?q=https%3A%2F%2Fa.example%2Fy",
                "https://a.example/y",
            ),
            (
                "https://www.bing.com/news/apiclick.aspx?ref=FexRss&url=https%3a%2f%2fa.example%2fz",
                "https://a.example/z",
            ),
            (
                "https://l.facebook.com/l.php?u=https%3A%2F%2Fa.example%2F&h=AT",
                "https://a.example/",
            ),
            (
                "https://www.google.com/url?url=javascript:alert(1)",
                "https://www.google.com/url?url=javascript:alert(1)",
            ),
            (
                "https://www.google.com/search?q=https://a.example/",
                "https://www.google.com/search?q=https://a.example/",
            ),
            (
                "https://a.example/url?url=https://b.example/",
                "https://a.example/url?url=https://b.example/",
            ),
        ] {
            assert_eq!(unwrapped(Url::parse(link).unwrap()).as_str(), page);
        }
    }
}
