//! The guard: which addresses newswatch may talk to.
//!
//! Takes addresses and URLs, and says yes or no; it resolves and connects to nothing. Every hop of every request
//! passes here twice: the URL before it is used, and the addresses its name stands for before one is connected to.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use url::{Host, Url};

use super::FetchError;

/// One entry of `allow_private`: a network, or one address and port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AllowedAddress {
    /// `10.0.0.0/8`, or `127.0.0.1` for every port of it.
    Network(IpNet),
    /// `127.0.0.1:8080`
    Socket(SocketAddr),
}

impl AllowedAddress {
    /// Says whether this entry covers the address; `::ffff:10.0.0.1` counts as `10.0.0.1`.
    #[must_use]
    pub fn covers(&self, address: SocketAddr) -> bool {
        let ip = address.ip().to_canonical();
        match self {
            Self::Network(network) => network.contains(&ip),
            Self::Socket(socket) => {
                socket.ip().to_canonical() == ip && socket.port() == address.port()
            }
        }
    }
}

/// A text that is no entry of `allow_private`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{value}\" is not an address: {problem}; write for example \"10.0.0.0/8\", \"127.0.0.1\", \"127.0.0.1:8080\" or \"[::1]:8080\""
)]
pub struct AllowedAddressError {
    /// The text.
    pub value: String,
    /// What is wrong with it.
    pub problem: &'static str,
}

impl FromStr for AllowedAddress {
    type Err = AllowedAddressError;

    fn from_str(value: &str) -> Result<Self, Self::Err> {
        let text = value.trim();
        if text.contains('/') {
            return network(text).map_err(|problem| refuse(value, problem));
        }
        let bare = text
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        if let Ok(address) = bare.unwrap_or(text).parse::<IpAddr>() {
            return Ok(Self::Network(IpNet::from(address.to_canonical())));
        }
        match text.parse::<SocketAddr>() {
            Ok(socket) if socket.port() == 0 => Err(refuse(value, "port 0 is no port")),
            Ok(socket) => Ok(Self::Socket(SocketAddr::new(
                socket.ip().to_canonical(),
                socket.port(),
            ))),
            Err(_) => Err(refuse(value, what_else(text))),
        }
    }
}

/// The entry in the form that [`FromStr`] reads.
impl fmt::Display for AllowedAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network(network) if network.prefix_len() == network.max_prefix_len() => {
                network.addr().fmt(f)
            }
            Self::Network(network) => network.fmt(f),
            Self::Socket(socket) => socket.fmt(f),
        }
    }
}

/// Reads a network, with the bits behind the prefix cleared.
fn network(text: &str) -> Result<AllowedAddress, &'static str> {
    let network: IpNet = text
        .parse()
        .map_err(|_| "what stands around the slash is not a network and its length in bits")?;
    match network {
        IpNet::V6(v6) if v6.addr().to_ipv4_mapped().is_some() => {
            Err("write an IPv4 network as such, without ::ffff:")
        }
        other => Ok(AllowedAddress::Network(other.trunc())),
    }
}

/// Guesses why a text is no address, for the message.
fn what_else(text: &str) -> &'static str {
    if text.is_empty() {
        "it is empty"
    } else if text.contains("://") {
        "it is a URL"
    } else if text.chars().any(|c| c.is_ascii_alphabetic()) && !text.contains("::") {
        "names are not accepted here, only addresses"
    } else {
        "it cannot be read"
    }
}

fn refuse(value: &str, problem: &'static str) -> AllowedAddressError {
    AllowedAddressError {
        value: value.to_owned(),
        problem,
    }
}

/// The rules together with what the operator allows beyond them; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    allowed: Arc<[AllowedAddress]>,
}

impl Guard {
    pub(crate) fn new(allowed: &[AllowedAddress]) -> Self {
        Self {
            allowed: allowed.into(),
        }
    }

    /// One that lets everything pass: for the name of a proxy, which the operator has written.
    pub(crate) fn open() -> Self {
        let everything = [
            IpNet::from(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
            IpNet::from(IpAddr::V6(Ipv6Addr::UNSPECIFIED)),
        ];
        let whole = |net: IpNet| IpNet::new(net.addr(), 0).unwrap_or(net);
        Self::new(&everything.map(|net| AllowedAddress::Network(whole(net))))
    }

    /// Whether an address is allowed although it is not public.
    pub(crate) fn is_own(&self, address: IpAddr, url: &Url) -> bool {
        let port = url.port_or_known_default().unwrap_or_default();
        let socket = SocketAddr::new(address, port);
        !is_public(address) && self.allowed.iter().any(|entry| entry.covers(socket))
    }

    /// Whether a URL leads to an address that is allowed although it is not public, as far as that is known without
    /// asking for the name.
    pub(crate) fn leads_to_own(&self, url: &Url) -> bool {
        match url.host() {
            Some(Host::Ipv4(address)) => self.is_own(address.into(), url),
            Some(Host::Ipv6(address)) => self.is_own(address.into(), url),
            // RFC 6761 §6.3: localhost and what ends in it is this machine, whatever a name server says.
            Some(Host::Domain(name)) => {
                let name = name.trim_end_matches('.');
                (name == "localhost" || name.ends_with(".localhost"))
                    && (self.is_own(Ipv4Addr::LOCALHOST.into(), url)
                        || self.is_own(Ipv6Addr::LOCALHOST.into(), url))
            }
            None => false,
        }
    }

    /// Says whether this address may be connected to.
    pub(crate) fn permits(&self, address: SocketAddr) -> bool {
        is_public(address.ip()) || self.allowed.iter().any(|entry| entry.covers(address))
    }

    /// Checks a URL before it is requested: its scheme, and its host where that is an address.
    ///
    /// The second half is not the resolver's to do: a host that is an address never reaches a resolver. The URL
    /// parser has already brought `2130706433`, `0x7f.1` and their kin to the usual four numbers.
    pub(crate) fn check_url(&self, url: &Url) -> Result<(), FetchError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(FetchError::BadScheme {
                scheme: url.scheme().to_owned(),
            });
        }
        let address = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Domain(_)) => return Ok(()),
            None => return Err(FetchError::NoHost),
        };
        let port = url.port_or_known_default().unwrap_or_default();
        if self.permits(SocketAddr::new(address, port)) {
            return Ok(());
        }
        Err(FetchError::PrivateAddress {
            host: host_of(url),
            address,
        })
    }

    /// The ports that single addresses are allowed at, each once.
    pub(crate) fn single_ports(&self) -> Vec<u16> {
        let mut ports: Vec<u16> = self
            .allowed
            .iter()
            .filter_map(|entry| match entry {
                AllowedAddress::Socket(socket) => Some(socket.port()),
                AllowedAddress::Network(_) => None,
            })
            .collect();
        ports.sort_unstable();
        ports.dedup();
        ports
    }
}

/// The host of a URL for people: without user, port, path and query.
pub(crate) fn host_of(url: &Url) -> String {
    url.host_str().unwrap_or("(no host)").to_owned()
}

/// IPv4 networks that are not part of the public Internet (IANA special-purpose registry, RFC 6890).
const NOT_PUBLIC_V4: &[(Ipv4Addr, u8)] = &[
    (Ipv4Addr::UNSPECIFIED, 8),           // "this network"
    (Ipv4Addr::new(10, 0, 0, 0), 8),      // private, RFC 1918
    (Ipv4Addr::new(100, 64, 0, 0), 10),   // carrier-grade NAT, RFC 6598
    (Ipv4Addr::new(127, 0, 0, 0), 8),     // loopback
    (Ipv4Addr::new(169, 254, 0, 0), 16),  // link-local: cloud metadata services
    (Ipv4Addr::new(172, 16, 0, 0), 12),   // private
    (Ipv4Addr::new(192, 0, 0, 0), 24),    // IETF protocol assignments
    (Ipv4Addr::new(192, 0, 2, 0), 24),    // documentation
    (Ipv4Addr::new(192, 88, 99, 0), 24),  // 6to4 relays, deprecated
    (Ipv4Addr::new(192, 168, 0, 0), 16),  // private
    (Ipv4Addr::new(198, 18, 0, 0), 15),   // benchmarks
    (Ipv4Addr::new(198, 51, 100, 0), 24), // documentation
    (Ipv4Addr::new(203, 0, 113, 0), 24),  // documentation
    (Ipv4Addr::new(224, 0, 0, 0), 4),     // multicast
    (Ipv4Addr::new(240, 0, 0, 0), 4),     // reserved, and broadcast
];

/// Networks inside `2000::/3` that are not public unicast.
const NOT_PUBLIC_V6: &[(Ipv6Addr, u8)] = &[
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // IETF assignments, Teredo, ORCHID
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32), // documentation
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // documentation, RFC 9637
];

/// Says whether an address belongs to the public Internet.
///
/// `Ipv4Addr::is_global` is not stable. An IPv6 address that carries an IPv4 address is judged by that one.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => match embedded_v4(v6) {
            Some(v4) => is_public_v4(v4),
            None => is_public_v6(v6),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !NOT_PUBLIC_V4.iter().any(|(network, bits)| {
        Ipv4Net::new(*network, *bits).is_ok_and(|network| network.contains(&address))
    })
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    // Global unicast is 2000::/3; everything else is local, multicast or unassigned (RFC 4291 §2.4).
    address.octets().first().is_some_and(|byte| byte >> 5 == 1)
        && !NOT_PUBLIC_V6.iter().any(|(network, bits)| {
            Ipv6Net::new(*network, *bits).is_ok_and(|network| network.contains(&address))
        })
}

/// The IPv4 address that a translated or tunnelled IPv6 address ends at.
///
/// NAT64 `64:ff9b::/96` (RFC 6052) and 6to4 `2002::/16` (RFC 3056); the local-use prefix `64:ff9b:1::/48` of
/// RFC 8215 is not read: it lies outside `2000::/3`, and so is refused.
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let of = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => Some(of(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(allowed: &[&str]) -> Guard {
        let allowed: Vec<AllowedAddress> =
            allowed.iter().map(|text| text.parse().unwrap()).collect();
        Guard::new(&allowed)
    }

    #[test]
    fn addresses_that_are_not_public_are_told_from_those_that_are() {
        let refused = [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.9",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.7",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:0:127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::8.8.8.8",
            "100::1",
            "2001::1",
            "2001:10::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:a00:1::1",
            "2002:c0a8:101::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ];
        let public = [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.1",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.255.255",
            "172.32.0.1",
            "192.0.1.1",
            "192.167.255.255",
            "198.17.255.255",
            "198.20.0.1",
            "223.255.255.255",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2002:808:808::1",
            "2606:4700::1111",
            "2a00:1450::1",
        ];
        for text in refused {
            assert!(!is_public(text.parse().unwrap()), "{text} passed");
        }
        for text in public {
            assert!(is_public(text.parse().unwrap()), "{text} was refused");
        }
    }

    #[test]
    fn every_way_to_write_loopback_in_a_url_is_refused() {
        for text in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0x7f000001/",
            "http://0177.0.0.1/",
            "http://127.0.0.1./",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:7f00:1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://0/",
            "https://user:secret@127.0.0.1:8443/x?y",
            "http://\u{ff11}27.0.0.1/",
            "http://127.0.0.1%2e/",
        ] {
            let url = Url::parse(text).unwrap();
            let outcome = guard(&[]).check_url(&url);
            assert!(
                matches!(outcome, Err(FetchError::PrivateAddress { .. })),
                "{text}: {outcome:?}"
            );
        }
    }

    #[test]
    fn only_http_and_https_are_requested() {
        for text in [
            "file:///etc/passwd",
            "ftp://example.org/feed",
            "gopher://example.org/",
            "data:text/plain,x",
        ] {
            let outcome = guard(&["0.0.0.0/0"]).check_url(&Url::parse(text).unwrap());
            assert!(
                matches!(outcome, Err(FetchError::BadScheme { .. })),
                "{text}: {outcome:?}"
            );
        }
    }

    #[test]
    fn an_allowed_network_opens_all_its_ports_and_an_allowed_socket_one() {
        let guard = guard(&["10.1.0.0/16", "127.0.0.1:8080", "[::1]:8080", "192.168.7.7"]);
        for yes in [
            "10.1.2.3:80",
            "[::ffff:10.1.2.3]:443",
            "127.0.0.1:8080",
            "[::1]:8080",
            "192.168.7.7:1",
            "8.8.8.8:80",
        ] {
            assert!(guard.permits(yes.parse().unwrap()), "{yes} was refused");
        }
        for no in [
            "10.2.0.1:80",
            "127.0.0.1:8081",
            "127.0.0.2:8080",
            "[::1]:80",
            "192.168.7.8:1",
            "[2002:a01:203::]:80",
        ] {
            assert!(!guard.permits(no.parse().unwrap()), "{no} passed");
        }
    }

    #[test]
    fn entries_are_shown_in_the_form_they_are_read_in() {
        for (written, shown) in [
            ("10.0.0.0/8", "10.0.0.0/8"),
            ("10.9.8.7/8", "10.0.0.0/8"),
            ("127.0.0.1", "127.0.0.1"),
            ("127.0.0.1/32", "127.0.0.1"),
            ("127.0.0.1:8080", "127.0.0.1:8080"),
            ("[::1]:8080", "[::1]:8080"),
            ("[::1]", "::1"),
            ("::1", "::1"),
            ("fd00::/8", "fd00::/8"),
            ("::ffff:10.0.0.1", "10.0.0.1"),
            ("[::ffff:10.0.0.1]:80", "10.0.0.1:80"),
            (" 10.0.0.0/8 ", "10.0.0.0/8"),
        ] {
            let entry: AllowedAddress = written.parse().unwrap();
            assert_eq!(entry.to_string(), shown);
            assert_eq!(shown.parse::<AllowedAddress>().unwrap(), entry);
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_the_reason() {
        for (written, problem) in [
            ("", "empty"),
            ("localhost", "names"),
            ("localhost:8080", "names"),
            ("example.org", "names"),
            ("http://127.0.0.1/", "slash"),
            ("10.0.0.0/33", "slash"),
            ("10.0.0/8", "slash"),
            ("127.0.0.1:0", "port 0"),
            ("127.0.0.1:65536", "cannot be read"),
            ("256.0.0.1", "cannot be read"),
            ("::ffff:10.0.0.0/104", "::ffff:"),
        ] {
            let error = written.parse::<AllowedAddress>().unwrap_err();
            assert!(error.to_string().contains(problem), "{error}");
        }
    }
}
