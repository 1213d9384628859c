//! By which name we are called, and from which page a request comes: against names that are made to lead here
//! (DNS rebinding), and against other people's pages that press our buttons.

use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, Method};
use url::{Host, Url};

/// Whether a request calls us by a name that is ours: that of the configuration, an address, or `localhost`.
///
/// A page that makes its own name lead to this machine (rebinding) calls us by that name. An address cannot be made to
/// lead elsewhere.
pub(crate) fn is_our_name(headers: &HeaderMap, ours: Option<&Url>) -> bool {
    let Some(authority) = authority(headers) else {
        return false;
    };
    let Ok(url) = Url::parse(&format!("http://{authority}/")) else {
        return false;
    };
    let is_plain = url.username().is_empty() && url.password().is_none();
    let is_ours = match url.host() {
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        Some(Host::Domain(name)) => {
            name == "localhost"
                || ours
                    .and_then(Url::host_str)
                    .is_some_and(|host| host == name)
        }
        None => false,
    };
    is_plain && is_ours
}

/// Whether a request that changes something comes from a page of ours, or from no page at all.
///
/// Browsers say where they come from in `Sec-Fetch-Site`, older ones and those over plain http in `Origin`; programs say
/// neither, and have no cookie of somebody else.
pub(crate) fn is_from_us(method: &Method, headers: &HeaderMap, ours: Option<&Url>) -> bool {
    if method.is_safe() {
        return true;
    }
    let site = headers
        .get("sec-fetch-site")
        .map(axum::http::HeaderValue::as_bytes);
    if site.is_some_and(|site| site != b"same-origin" && site != b"none") {
        return false;
    }
    let Some(origin) = headers.get(ORIGIN) else {
        return true;
    };
    let origin = origin.to_str().ok().and_then(|text| Url::parse(text).ok());
    let Some(origin) = origin.filter(|url| matches!(url.scheme(), "http" | "https")) else {
        return false;
    };
    if ours.is_some_and(|ours| ours.origin() == origin.origin()) {
        return true;
    }
    let called = authority(headers).and_then(|authority| {
        // Behind a proxy that speaks https the port that is left out is another.
        Url::parse(&format!("{}://{authority}/", origin.scheme())).ok()
    });
    called.is_some_and(|called| called.origin() == origin.origin())
}

fn authority(headers: &HeaderMap) -> Option<&str> {
    let mut fields = headers.get_all(HOST).into_iter();
    let first = fields.next()?.to_str().ok()?;
    fields.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(fields: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn a_name_that_is_made_to_lead_here_is_not_ours() {
        let url = Url::parse("https://watch.example.org").unwrap();
        for (host, is_ours) in [
            ("127.0.0.1:8585", true),
            ("[::1]:8585", true),
            ("localhost:8585", true),
            ("LOCALHOST", true),
            ("watch.example.org", true),
            ("watch.example.org:8443", true),
            ("evil.example", false),
            ("localhost.evil.example", false),
            ("watch.example.org.evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("me@127.0.0.1", false),
            ("127.0.0.1/evil.example", true),
            ("", false),
        ] {
            let asked = headers(&[("host", host)]);
            assert_eq!(is_our_name(&asked, Some(&url)), is_ours, "{host}");
        }
        assert!(!is_our_name(&headers(&[]), Some(&url)));
        let two = headers(&[("host", "localhost"), ("host", "evil.example")]);
        assert!(!is_our_name(&two, Some(&url)));
        assert!(!is_our_name(
            &headers(&[("host", "watch.example.org")]),
            None
        ));
    }

    #[test]
    fn only_our_own_pages_press_our_buttons() {
        let url = Url::parse("https://watch.example.org").unwrap();
        let local = ("host", "127.0.0.1:8585");
        for (fields, is_ours) in [
            (vec![local], true),
            (vec![local, ("origin", "http://127.0.0.1:8585")], true),
            (vec![local, ("origin", "http://127.0.0.1:9999")], false),
            (vec![local, ("origin", "http://localhost:8585")], false),
            (vec![local, ("origin", "null")], false),
            (vec![local, ("origin", "https://evil.example")], false),
            (vec![local, ("origin", "https://watch.example.org")], true),
            (vec![local, ("sec-fetch-site", "same-origin")], true),
            (vec![local, ("sec-fetch-site", "none")], true),
            (vec![local, ("sec-fetch-site", "same-site")], false),
            (vec![local, ("sec-fetch-site", "cross-site")], false),
            (
                vec![
                    local,
                    ("sec-fetch-site", "same-origin"),
                    ("origin", "https://evil.example"),
                ],
                false,
            ),
            (
                vec![("host", "10.0.0.5"), ("origin", "https://10.0.0.5")],
                true,
            ),
        ] {
            let asked = headers(&fields);
            assert_eq!(
                is_from_us(&Method::POST, &asked, Some(&url)),
                is_ours,
                "{fields:?}"
            );
            assert!(is_from_us(&Method::GET, &asked, Some(&url)));
        }
    }
}
