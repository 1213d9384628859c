//! Access: what the operator has set for the requests of one feed.
//!
//! A user name, a password and fields go to the feed's own origin and nowhere else; who we say we are, and the proxy,
//! hold for every request that is made on the feed's behalf.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONNECTION, CONTENT_LENGTH, EXPECT, HOST, HeaderMap,
    HeaderName, HeaderValue, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE,
    IF_UNMODIFIED_SINCE, RANGE, REFERER, TE, TRAILER, TRANSFER_ENCODING, UPGRADE, USER_AGENT,
};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

/// The fields that belong to the exchange itself, and are not the operator's to set.
const RESERVED: [HeaderName; 17] = [
    ACCEPT_ENCODING,
    CONNECTION,
    CONTENT_LENGTH,
    EXPECT,
    HOST,
    IF_MATCH,
    IF_MODIFIED_SINCE,
    IF_NONE_MATCH,
    IF_RANGE,
    IF_UNMODIFIED_SINCE,
    RANGE,
    REFERER,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    USER_AGENT,
];

/// How the requests of one feed are made; found by the feed's address.
#[derive(Debug, Clone)]
pub struct Access {
    /// The feed's configured address: its origin is the one that secrets are for.
    own: Url,
    /// Nothing is set for most feeds.
    set: Option<Box<Set>>,
}

/// What is set for the requests of one feed.
#[derive(Debug, Clone, Default)]
struct Set {
    user_agent: Option<HeaderValue>,
    /// For the feed's own origin alone.
    secrets: HeaderMap,
    proxy: Option<ProxyAddress>,
}

/// What is wrong with a setting of a feed's requests, as a clause that repeats no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// It is no name of a field.
    #[error("this is not the name of a field")]
    NoFieldName,
    /// The field belongs to the exchange itself.
    #[error("this field is set by newswatch itself")]
    Reserved,
    /// The value has characters that a field cannot have.
    #[error("this cannot be the value of a field: it has a line end or another control character")]
    BadValue,
    /// It is no address of a proxy.
    #[error("this is not the address of a proxy")]
    NoProxy,
}

impl Access {
    /// A feed for which nothing is set.
    #[must_use]
    pub fn of(own: &Url) -> Self {
        Self {
            own: own.clone(),
            set: None,
        }
    }

    fn set(&mut self) -> &mut Set {
        self.set.get_or_insert_default()
    }

    /// The feed's configured address.
    #[must_use]
    pub fn own(&self) -> &Url {
        &self.own
    }

    /// Says who asks.
    ///
    /// # Errors
    /// When it cannot be the value of a field.
    pub fn set_user_agent(&mut self, text: &str) -> Result<(), AccessError> {
        let value = HeaderValue::from_str(text).map_err(|_| AccessError::BadValue)?;
        self.set().user_agent = Some(value);
        Ok(())
    }

    /// Adds a field.
    ///
    /// # Errors
    /// When there is no such field, it is not the operator's to set, or the value cannot be sent.
    pub fn add_field(&mut self, name: &str, value: &SecretString) -> Result<(), AccessError> {
        let name: HeaderName = name.parse().map_err(|_| AccessError::NoFieldName)?;
        if RESERVED.contains(&name) {
            return Err(AccessError::Reserved);
        }
        let value = secret_value(value.expose_secret())?;
        self.set().secrets.append(name, value);
        Ok(())
    }

    /// Sets the user and the password: RFC 7617 §2.
    ///
    /// # Errors
    /// When the user's name holds a colon or a control character.
    pub fn set_login(&mut self, user: &str, password: &SecretString) -> Result<(), AccessError> {
        if user.contains(|c: char| c == ':' || c.is_control()) {
            return Err(AccessError::BadValue);
        }
        let pair = format!("{user}:{}", password.expose_secret());
        let value = secret_value(&format!("Basic {}", STANDARD.encode(pair)))?;
        self.set().secrets.insert(AUTHORIZATION, value);
        Ok(())
    }

    /// Sends everything through a proxy.
    pub fn set_proxy(&mut self, proxy: ProxyAddress) {
        self.set().proxy = Some(proxy);
    }

    /// The proxy, where there is one.
    #[must_use]
    pub fn proxy(&self) -> Option<&ProxyAddress> {
        self.set.as_ref()?.proxy.as_ref()
    }

    /// Whether an address has the host of the feed's own.
    pub(super) fn is_own_host(&self, url: &Url) -> bool {
        url.host() == self.own.host()
            && url.port_or_known_default() == self.own.port_or_known_default()
    }

    /// The fields for a request; `has_stayed` tells whether the way to it never left the feed's own origin.
    pub(super) fn fields(&self, url: &Url, has_stayed: impl FnOnce() -> bool) -> HeaderMap {
        let Some(set) = &self.set else {
            return HeaderMap::new();
        };
        let mut fields =
            if !set.secrets.is_empty() && has_stayed() && url.origin() == self.own.origin() {
                set.secrets.clone()
            } else {
                HeaderMap::new()
            };
        if let Some(user_agent) = &set.user_agent {
            fields.insert(USER_AGENT, user_agent.clone());
        }
        fields
    }
}

/// One feed has one.
impl PartialEq for Access {
    fn eq(&self, other: &Self) -> bool {
        self.own == other.own
    }
}

impl Eq for Access {}

impl Hash for Access {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.own.hash(state);
    }
}

impl Borrow<Url> for Access {
    fn borrow(&self) -> &Url {
        &self.own
    }
}

fn secret_value(text: &str) -> Result<HeaderValue, AccessError> {
    let mut value = HeaderValue::from_str(text).map_err(|_| AccessError::BadValue)?;
    value.set_sensitive(true);
    Ok(value)
}

/// The address of a proxy, with its user and password where it wants them: a secret as a whole.
#[derive(Clone)]
pub struct ProxyAddress(SecretString);

impl ProxyAddress {
    /// Reads the address of a proxy: `http://` or `https://`, a host and a port.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &SecretString) -> Result<Self, AccessError> {
        let url = Url::parse(text.expose_secret().trim()).map_err(|_| AccessError::NoProxy)?;
        let is_one = matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.path().len() <= 1
            && url.query().is_none();
        if !is_one {
            return Err(AccessError::NoProxy);
        }
        Ok(Self(SecretString::from(String::from(url))))
    }

    pub(super) fn exposed(&self) -> &str {
        self.0.expose_secret()
    }

    pub(super) fn key(&self) -> String {
        self.exposed().to_owned()
    }
}

impl PartialEq for ProxyAddress {
    fn eq(&self, other: &Self) -> bool {
        self.exposed() == other.exposed()
    }
}

/// Its host alone.
impl fmt::Debug for ProxyAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = Url::parse(self.exposed()).ok();
        let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
        write!(f, "ProxyAddress({host})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn secret(text: &str) -> SecretString {
        SecretString::from(text.to_owned())
    }

    fn access() -> Access {
        let mut access = Access::of(&url("https://news.example/feed"));
        access.set_user_agent("Reader/1").unwrap();
        access.add_field("X-Key", &secret("k-1")).unwrap();
        access.set_login("me", &secret("pw")).unwrap();
        access
    }

    #[test]
    fn secrets_go_to_the_feeds_own_origin_by_a_way_that_never_left_it() {
        let access = access();
        let own = url("https://news.example/articles/1");
        let sent = access.fields(&own, || true);
        assert_eq!(sent["x-key"], "k-1");
        assert_eq!(sent["authorization"], "Basic bWU6cHc=");
        assert_eq!(sent["user-agent"], "Reader/1");
        for (target, has_stayed) in [
            ("https://news.example/articles/1", false),
            ("http://news.example/feed", true),
            ("https://news.example:8443/feed", true),
            ("https://cdn.news.example/feed", true),
            ("https://other.example/feed", true),
        ] {
            let sent = access.fields(&url(target), || has_stayed);
            assert_eq!(sent.len(), 1, "{target}: {sent:?}");
            assert_eq!(sent["user-agent"], "Reader/1");
        }
    }

    #[test]
    fn nothing_that_is_shown_repeats_a_secret() {
        let mut access = access();
        let proxy = ProxyAddress::parse(&secret("http://u:hunter2@proxy.example:3128")).unwrap();
        access.set_proxy(proxy);
        let shown = format!("{access:?}");
        for hidden in ["k-1", "bWU6cHc", "hunter2"] {
            assert!(!shown.contains(hidden), "{shown}");
        }
    }

    #[test]
    fn fields_of_the_exchange_itself_and_broken_values_are_refused() {
        let mut access = access();
        for (name, value, expected) in [
            ("Host", "x", AccessError::Reserved),
            ("content-length", "1", AccessError::Reserved),
            ("If-None-Match", "\"a\"", AccessError::Reserved),
            ("a b", "x", AccessError::NoFieldName),
            ("", "x", AccessError::NoFieldName),
            ("X-Key", "a\r\nB: c", AccessError::BadValue),
        ] {
            assert_eq!(
                access.add_field(name, &secret(value)),
                Err(expected),
                "{name}"
            );
        }
        assert!(access.set_login("a:b", &secret("x")).is_err());
        assert!(access.set_user_agent("a\nb").is_err());
    }

    #[test]
    fn a_proxy_is_a_scheme_a_host_and_a_port() {
        for good in ["http://proxy.example:3128", "https://u:p@10.0.0.1:8443/"] {
            assert!(ProxyAddress::parse(&secret(good)).is_ok(), "{good}");
        }
        for bad in [
            "",
            "proxy.example:3128",
            "socks5://a:1",
            "http://a/path",
            "http://",
        ] {
            assert!(ProxyAddress::parse(&secret(bad)).is_err(), "{bad}");
        }
    }
}
