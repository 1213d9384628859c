//! Cookies, for as long as one chain of redirects lasts: some sites set one and ask the visitor to come again.
//!
//! Nothing is kept beyond the chain, so nobody is followed by it. A cookie goes back to the host that set it and to no
//! other, whatever its Domain says.

use reqwest::header::{HeaderMap, HeaderValue, SET_COOKIE};
use url::Url;

/// Cookies of a chain, at most.
const MAX_COOKIES: usize = 20;

/// The longest cookie that is kept (RFC 6265 §6.1 asks for as much).
const MAX_COOKIE_BYTES: usize = 4096;

/// The cookies of one chain.
#[derive(Debug, Default)]
pub(super) struct Cookies(Vec<Cookie>);

#[derive(Debug, PartialEq, Eq)]
struct Cookie {
    host: String,
    needs_tls: bool,
    name: Vec<u8>,
    value: Vec<u8>,
}

impl Cookies {
    /// Takes the cookies of an answer from this URL; tells whether there was one that is new, or has a new value.
    pub(super) fn take(&mut self, url: &Url, fields: &HeaderMap) -> bool {
        let mut learned = false;
        for field in fields.get_all(SET_COOKIE) {
            let Some(cookie) = Cookie::read(url, field.as_bytes()) else {
                continue;
            };
            if self.0.contains(&cookie) {
                continue;
            }
            self.0
                .retain(|known| known.host != cookie.host || known.name != cookie.name);
            if self.0.len() < MAX_COOKIES {
                learned = true;
                self.0.push(cookie);
            }
        }
        learned
    }

    /// The field that a request to this URL carries.
    pub(super) fn field(&self, url: &Url) -> Option<HeaderValue> {
        let host = url.host_str()?;
        let pairs: Vec<Vec<u8>> = self
            .0
            .iter()
            .filter(|cookie| cookie.host == host && (!cookie.needs_tls || url.scheme() == "https"))
            .map(|cookie| [&cookie.name[..], b"=", &cookie.value[..]].concat())
            .collect();
        if pairs.is_empty() {
            return None;
        }
        HeaderValue::from_bytes(&pairs.join(&b"; "[..])).ok()
    }
}

impl Cookie {
    fn read(url: &Url, field: &[u8]) -> Option<Self> {
        if field.len() > MAX_COOKIE_BYTES {
            return None;
        }
        let mut parts = field.split(|byte| *byte == b';');
        let pair = parts.next()?;
        let equals = pair.iter().position(|byte| *byte == b'=')?;
        let (name, value) = pair.split_at_checked(equals)?;
        let (name, value) = (name.trim_ascii(), value.get(1..)?.trim_ascii());
        if name.is_empty() {
            return None;
        }
        let needs_tls = parts.any(|part| part.trim_ascii().eq_ignore_ascii_case(b"secure"));
        Some(Self {
            host: url.host_str()?.to_owned(),
            needs_tls,
            name: name.to_vec(),
            value: value.to_vec(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(values: &[&'static str]) -> HeaderMap {
        let values = values.iter();
        values
            .map(|value| (SET_COOKIE, HeaderValue::from_static(value)))
            .collect()
    }

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn a_cookie_goes_back_to_its_host_alone() {
        let mut cookies = Cookies::default();
        let fields = set(&["a=1; Path=/; Domain=example", "b=2; Secure", "=x", "c"]);
        assert!(cookies.take(&url("https://a.example/"), &fields));
        assert!(!cookies.take(&url("https://a.example/"), &fields));
        let sent = |target| cookies.field(&url(target));
        assert_eq!(sent("https://a.example/x").unwrap(), "a=1; b=2");
        assert_eq!(sent("http://a.example/x").unwrap(), "a=1");
        assert_eq!(sent("https://b.example/"), None);
        assert_eq!(sent("https://sub.a.example/"), None);
    }

    #[test]
    fn what_a_chain_may_set_is_bounded() {
        let mut cookies = Cookies::default();
        for number in 0..100 {
            let value = HeaderValue::from_str(&format!("c{number}=1")).unwrap();
            let fields = HeaderMap::from_iter([(SET_COOKIE, value)]);
            cookies.take(&url("https://a.example/"), &fields);
        }
        assert_eq!(cookies.0.len(), MAX_COOKIES);
    }
}
