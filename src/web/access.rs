//! Who is asking: by a session, a token, or the word of a proxy that is trusted.

use std::net::{IpAddr, SocketAddr};

use axum::extract::connect_info::Connected;
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::serve::IncomingStream;
use tokio::net::{TcpListener, UnixListener};

use super::House;
use crate::config::TrustedProxy;
use crate::domain::Role;
use crate::ops::entrance::{SESSION_IDLE, hash};
use crate::store::StoreError;

/// The name of the cookie that holds a session.
pub(crate) const COOKIE_NAME: &str = "newswatch";

/// The longest secret that is looked up.
const MAX_SECRET_BYTES: usize = 200;

/// The longest name that a proxy may give.
const MAX_NAME_CHARS: usize = 200;

/// Where a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// A host.
    Host(IpAddr),
    /// A process on this machine, by a unix socket.
    Unix,
}

impl Connected<IncomingStream<'_, TcpListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TcpListener>) -> Self {
        let address: SocketAddr = *stream.remote_addr();
        Self::Host(address.ip().to_canonical())
    }
}

impl Connected<IncomingStream<'_, UnixListener>> for Peer {
    fn connect_info(_: IncomingStream<'_, UnixListener>) -> Self {
        Self::Unix
    }
}

/// Somebody who is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Visitor {
    /// Who, as the journal says it.
    pub(crate) name: String,
    /// What they may do.
    pub(crate) role: Role,
    /// The time zone that they have chosen.
    pub(crate) zone: Option<String>,
    /// How they are known.
    pub(crate) by: KnownBy,
}

/// How somebody is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KnownBy {
    /// By a session, of which this is the hash.
    Session(String),
    /// By a token; `only` is what it opens, where it does not open all.
    Token { only: Option<String> },
    /// By the word of a proxy.
    Proxy,
}

impl Visitor {
    /// Whether they may do what a role may.
    pub(crate) fn may(&self, role: Role) -> bool {
        self.role >= role
    }
}

/// Who is asking; `None` for somebody who is not known.
///
/// # Errors
/// When the store fails.
pub(crate) async fn visitor(
    house: &House,
    headers: &HeaderMap,
    peer: Option<Peer>,
    token_in_address: Option<&str>,
) -> Result<Option<Visitor>, StoreError> {
    let now = house.now();
    let store = &house.ctx.store;
    // A token that is shown and does not count is not made good by a cookie.
    if let Some(secret) = bearer(headers).or(token_in_address) {
        let token = store.use_web_token(hash(limited(secret)), now).await?;
        return Ok(token.map(|token| Visitor {
            name: format!("token {}", token.name),
            role: token.role,
            zone: None,
            by: KnownBy::Token { only: token.only },
        }));
    }
    if let Some(proxy) = &house.config().web.trusted_proxy
        && let Some(visitor) = by_proxy(proxy, headers, peer)
    {
        return Ok(Some(visitor));
    }
    let Some(secret) = cookie(headers) else {
        return Ok(None);
    };
    let hash = hash(limited(secret));
    let session = store.session(hash.clone(), now - SESSION_IDLE, now).await?;
    Ok(session.map(|session| Visitor {
        name: session.user,
        role: session.role,
        zone: session.zone,
        by: KnownBy::Session(hash),
    }))
}

fn limited(secret: &str) -> &str {
    if secret.len() <= MAX_SECRET_BYTES {
        secret
    } else {
        ""
    }
}

/// The token of a request (RFC 6750 §2.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let field = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = field.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

/// The session of a request.
pub(crate) fn cookie(headers: &HeaderMap) -> Option<&str> {
    let fields = headers.get_all(COOKIE).into_iter();
    fields
        .filter_map(|field| field.to_str().ok())
        .flat_map(|field| field.split(';'))
        .find_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            (name == COOKIE_NAME).then_some(value)
        })
}

/// Whom a trusted proxy says it is; from anywhere else the fields mean nothing.
fn by_proxy(proxy: &TrustedProxy, headers: &HeaderMap, peer: Option<Peer>) -> Option<Visitor> {
    let is_trusted = match peer? {
        Peer::Unix => proxy.is_unix,
        Peer::Host(address) => proxy.from.iter().any(|net| net.contains(&address)),
    };
    if !is_trusted {
        return None;
    }
    // A field that stands there twice was added to by somebody: neither is believed.
    let only = |name: &str| {
        let mut fields = headers.get_all(name).into_iter();
        let first = fields.next()?.to_str().ok()?.trim();
        (fields.next().is_none() && !first.is_empty()).then_some(first)
    };
    let name = only(&proxy.user_header)?;
    let role = match &proxy.role_header {
        Some(header) => only(header).and_then(Role::named).unwrap_or(Role::Reader),
        None => Role::Reader,
    };
    Some(Visitor {
        name: name.chars().take(MAX_NAME_CHARS).collect(),
        role,
        zone: None,
        by: KnownBy::Proxy,
    })
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

    fn proxy() -> TrustedProxy {
        TrustedProxy {
            from: vec!["10.0.0.0/8".parse().unwrap()],
            is_unix: false,
            user_header: "x-user".into(),
            role_header: Some("x-role".into()),
        }
    }

    #[test]
    fn a_proxy_is_believed_from_its_own_address_alone_and_only_where_it_says_one_thing() {
        let trusted = Some(Peer::Host("10.1.2.3".parse().unwrap()));
        let lan = headers(&[("x-user", "lan"), ("x-role", "admin")]);
        let visitor = by_proxy(&proxy(), &lan, trusted).unwrap();
        assert_eq!((visitor.name.as_str(), visitor.role), ("lan", Role::Admin));
        for peer in [
            Some(Peer::Host("127.0.0.1".parse().unwrap())),
            Some(Peer::Unix),
            None,
        ] {
            assert_eq!(by_proxy(&proxy(), &lan, peer), None, "{peer:?}");
        }
        let twice = headers(&[("x-user", "lan"), ("x-user", "root")]);
        assert_eq!(by_proxy(&proxy(), &twice, trusted), None);
        let unknown = headers(&[("x-user", "lan"), ("x-role", "owner")]);
        assert_eq!(
            by_proxy(&proxy(), &unknown, trusted).unwrap().role,
            Role::Reader
        );
    }

    #[test]
    fn the_session_is_found_among_other_cookies() {
        assert_eq!(
            cookie(&headers(&[("cookie", "a=b; newswatch=x; c=d")])),
            Some("x")
        );
        assert_eq!(
            cookie(&headers(&[("cookie", "a=b"), ("cookie", "newswatch=y")])),
            Some("y")
        );
        assert_eq!(cookie(&headers(&[("cookie", "xnewswatch=y")])), None);
    }
}
