//! `[web]`: where the pages and the API listen, and what links to them begin with.

use std::net::SocketAddr;
use std::path::PathBuf;

use ipnet::IpNet;
use url::Url;

use super::paths;
use super::problem::{Kind, Problem, Report, quoted};
use super::raw::{RawProxy, RawWeb};
use super::source::At;

/// Where the pages listen when nothing else is said.
const DEFAULT_LISTEN: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8585);

/// What `from` of a trusted proxy says of those that come by a unix socket.
const UNIX_PEER: &str = "unix";

/// Where the pages and the API listen, and whom they believe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebSettings {
    /// Where they listen.
    pub listen: Listen,
    /// What links to the pages begin with; ends in a slash.
    pub url: Option<Url>,
    /// A listener for the figures alone, which asks nobody for a token.
    pub metrics: Option<SocketAddr>,
    /// The proxy that says who somebody is.
    pub trusted_proxy: Option<TrustedProxy>,
}

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listen {
    /// Nowhere.
    Off,
    /// At an address of this machine.
    Tcp(SocketAddr),
    /// At a socket in the file system.
    Unix(PathBuf),
    /// At the socket that systemd hands over.
    Systemd,
}

/// A proxy that has asked people who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedProxy {
    /// The addresses that it comes from.
    pub from: Vec<IpNet>,
    /// Whether whoever comes by a unix socket is it.
    pub is_unix: bool,
    /// The field of a request that names the user.
    pub user_header: String,
    /// The field that names the role; without one, everybody is a reader.
    pub role_header: Option<String>,
}

impl WebSettings {
    /// What links to the pages begin with, where somebody on this machine follows them.
    #[must_use]
    pub fn local_url(&self) -> Option<String> {
        if let Some(url) = &self.url {
            return Some(url.to_string());
        }
        match &self.listen {
            Listen::Tcp(address) => {
                let mut reached = *address;
                if address.ip().is_unspecified() {
                    reached.set_ip(DEFAULT_LISTEN.ip());
                }
                Some(format!("http://{reached}/"))
            }
            Listen::Off | Listen::Unix(_) | Listen::Systemd => None,
        }
    }
}

/// Checks the section; off where there is none.
pub(super) fn check(raw: Option<&RawWeb>, report: &Report) -> WebSettings {
    let Some(raw) = raw else {
        return WebSettings {
            listen: Listen::Off,
            url: None,
            metrics: None,
            trusted_proxy: None,
        };
    };
    let settings = WebSettings {
        listen: match &raw.listen {
            Some(written) => listen(written, report),
            None => Listen::Tcp(DEFAULT_LISTEN),
        },
        url: raw.url.as_ref().and_then(|written| url(written, report)),
        metrics: raw
            .metrics
            .as_ref()
            .and_then(|written| address(written, "127.0.0.1:9585", report)),
        trusted_proxy: raw
            .trusted_proxy
            .as_ref()
            .and_then(|proxy| trusted_proxy(proxy, report)),
    };
    warn_of_the_open(raw, &settings, report);
    refuse_one_place_for_both(raw, &settings, report);
    settings
}

/// Warns of a listener that others than this machine reach while nobody says what it is called.
fn warn_of_the_open(raw: &RawWeb, settings: &WebSettings, report: &Report) {
    let Listen::Tcp(address) = &settings.listen else {
        return;
    };
    if let Some(written) = &raw.listen
        && !address.ip().is_loopback()
        && raw.url.is_none()
    {
        let message = format!(
            "{} can be reached from other machines, and passwords travel openly",
            quoted(&written.value)
        );
        let hint = "put a reverse proxy with https before it, and name its address: url = \"https://watch.example.org\"";
        report.add(Problem::warning(&written.place, Kind::BadValue, message).hint(hint));
    }
}

/// Of two listeners at one address the second finds it taken.
fn refuse_one_place_for_both(raw: &RawWeb, settings: &WebSettings, report: &Report) {
    let (Listen::Tcp(pages), Some(figures)) = (&settings.listen, &settings.metrics) else {
        return;
    };
    if let Some(written) = raw.metrics.as_ref().filter(|_| pages == figures) {
        let message = format!("the pages listen at {} already", quoted(&written.value));
        let hint =
            "write another port; without metrics, /metrics is among the pages and wants a token";
        report.add(Problem::error(&written.place, Kind::Conflict, message).hint(hint));
    }
}

fn listen(written: &At<String>, report: &Report) -> Listen {
    let text = written.value.as_str();
    if let Some(path) = text.strip_prefix("unix:") {
        return match paths::resolve(&written.place, path) {
            Ok(path) => Listen::Unix(path),
            Err(hint) => {
                let message = format!("{} is not a path", quoted(path));
                report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
                Listen::Off
            }
        };
    }
    match text {
        "off" => Listen::Off,
        "systemd" => Listen::Systemd,
        _ => address(written, "127.0.0.1:8585", report).map_or(Listen::Off, Listen::Tcp),
    }
}

fn address(written: &At<String>, example: &str, report: &Report) -> Option<SocketAddr> {
    let text = written.value.as_str();
    let of_this_machine = text
        .strip_prefix("localhost:")
        .map(|port| format!("127.0.0.1:{port}"));
    let parsed = of_this_machine.as_deref().unwrap_or(text).parse();
    if parsed.is_err() {
        let message = format!("{} is not an address to listen at", quoted(text));
        let port = text
            .rsplit(':')
            .next()
            .unwrap_or(text)
            .trim_end_matches('/');
        let hint = if port.parse::<u16>().is_ok() && !text.contains('.') {
            format!("write the address, too: \"127.0.0.1:{port}\"")
        } else {
            format!(
                "write for example \"{example}\", \"[::1]:8585\", \"unix:/run/newswatch/web.sock\", \"systemd\" or \"off\""
            )
        };
        report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
    }
    parsed.ok()
}

fn url(written: &At<String>, report: &Report) -> Option<Url> {
    let parsed = Url::parse(&written.value).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.host_str().is_some()
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
    });
    if parsed.is_none() {
        let message = format!("{} is not the address of the pages", quoted(&written.value));
        let hint = "write scheme and host, for example \"https://watch.example.org\"";
        report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
    }
    parsed
}

fn trusted_proxy(raw: &RawProxy, report: &Report) -> Option<TrustedProxy> {
    let mut from = Vec::new();
    let mut is_unix = false;
    for written in raw.from.iter().flat_map(|list| &list.value) {
        let text = written.value.as_str();
        if text == UNIX_PEER {
            is_unix = true;
        } else if let Some(net) = network(text) {
            from.push(net);
        } else {
            let message = format!("{} is not an address", quoted(text));
            let hint = "write for example \"127.0.0.1\", \"10.0.0.0/8\", or \"unix\" for those that come by the unix socket";
            report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
        }
    }
    let user = raw.user_header.as_ref()?;
    let headers = [Some(user), raw.role_header.as_ref()];
    for written in headers.into_iter().flatten() {
        let is_token = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if written.value.is_empty() || !written.value.chars().all(is_token) {
            let message = format!(
                "{} is not the name of a header field",
                quoted(&written.value)
            );
            let hint = "write for example \"X-Forwarded-User\"";
            report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
        }
    }
    Some(TrustedProxy {
        from,
        is_unix,
        user_header: user.value.to_ascii_lowercase(),
        role_header: raw
            .role_header
            .as_ref()
            .map(|written| written.value.to_ascii_lowercase()),
    })
}

fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| {
        let address: std::net::IpAddr = text.parse().ok()?;
        Some(IpNet::from(address))
    })
}
