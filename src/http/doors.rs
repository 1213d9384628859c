//! Doors: the clients of the HTTP library, one set for each guard, and the one constructor of them all.
//!
//! A door is a guard and the clients behind it. Feeds, pages and webhooks have one each where they may go to different
//! internal addresses, and there is one that leads to public addresses alone: for whoever comes from one.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Proxy};
use rustls::ClientConfig;
use url::Url;

use super::access::ProxyAddress;
use super::authorities;
use super::guard::Guard;
use super::pace::Distance;
use super::resolver::{GuardedResolver, Names};
use super::{AllowedAddress, HttpLimits, HttpSettings, Purpose};

/// How long an unused connection is kept: long enough for the pages of a feed right after it, and so short that the
/// connections that rest are those of a few seconds, however many hosts there are. TLS sessions are resumed, so that
/// coming back costs little.
const IDLE_CONNECTION_TIMEOUT: Duration = Duration::from_secs(5);

/// The fields that an answer may have: real ones stay below fifty, some have two hundred. Room for all of them is made for
/// every answer.
const MAX_FIELDS: usize = 256;

/// The largest header block taken.
pub(super) const MAX_HEADER_BYTES: usize = 64 * 1024;

/// All doors.
#[derive(Debug)]
pub(super) struct Doors {
    feeds: Arc<Door>,
    pages: Arc<Door>,
    webhooks: Arc<Door>,
    /// To public addresses alone.
    public: Arc<Door>,
    /// A client for each proxy, by its address.
    proxies: HashMap<String, Client>,
}

/// A guard, and the clients behind it.
#[derive(Debug)]
pub(super) struct Door {
    pub(super) guard: Guard,
    /// For every port that has no client of its own.
    common: Client,
    /// For the ports at which single addresses are allowed: the resolver is told a name and no port.
    by_port: Vec<(u16, Client)>,
    names: Names,
}

/// What a client is made of.
struct Making<'a> {
    settings: &'a HttpSettings,
    limits: &'a HttpLimits,
    names: &'a Names,
    tls: ClientConfig,
}

impl Doors {
    pub(super) fn make(
        settings: &HttpSettings,
        limits: &HttpLimits,
        names: &Names,
    ) -> Result<Self, reqwest::Error> {
        let making = Making {
            settings,
            limits,
            names,
            tls: authorities::client_config(),
        };
        let allowed = &settings.allow_private;
        // Clients are dear: where two doors lead to the same addresses they are one.
        let mut made: Vec<(&[AllowedAddress], Arc<Door>)> = Vec::new();
        let mut door = |list| -> Result<Arc<Door>, reqwest::Error> {
            if let Some((_, door)) = made.iter().find(|(known, _)| *known == list) {
                return Ok(Arc::clone(door));
            }
            let door = Arc::new(making.door(list)?);
            made.push((list, Arc::clone(&door)));
            Ok(door)
        };
        let proxies = settings.proxies.iter();
        Ok(Self {
            feeds: door(&allowed.feeds)?,
            pages: door(&allowed.pages)?,
            webhooks: door(&allowed.webhooks)?,
            public: door(&[])?,
            proxies: proxies
                .map(|proxy| Ok((proxy.key(), making.through(proxy)?)))
                .collect::<Result<_, reqwest::Error>>()?,
        })
    }

    pub(super) fn of(&self, purpose: Purpose) -> &Door {
        match purpose {
            Purpose::Feed => &self.feeds,
            Purpose::Page => &self.pages,
            Purpose::Webhook => &self.webhooks,
        }
    }

    /// The door for whoever comes from a public address.
    pub(super) fn public(&self) -> &Door {
        &self.public
    }

    pub(super) fn through(&self, proxy: &ProxyAddress) -> Option<&Client> {
        self.proxies.get(&proxy.key())
    }
}

impl Door {
    pub(super) fn client_for(&self, url: &Url) -> &Client {
        let port = url.port_or_known_default().unwrap_or_default();
        self.by_port
            .iter()
            .find(|(its_port, _)| *its_port == port)
            .map_or(&self.common, |(_, client)| client)
    }

    /// Whether requests to the server of a URL keep their distance: those to an address that is allowed although it is
    /// not public do not. A name is known to lead to one where that is known without asking anybody.
    pub(super) fn distance(&self, url: &Url) -> Distance {
        let own = match (url.host(), &self.names) {
            (Some(url::Host::Domain(name)), Names::Fixed(table)) => {
                let found = table(name);
                !found.is_empty() && found.iter().all(|ip| self.guard.is_own(*ip, url))
            }
            _ => self.guard.leads_to_own(url),
        };
        if own {
            Distance::NotNeeded
        } else {
            Distance::Kept
        }
    }
}

impl Making<'_> {
    fn door(&self, allowed: &[AllowedAddress]) -> Result<Door, reqwest::Error> {
        let guard = Guard::new(allowed);
        let client_for = |port: u16| {
            let resolver = GuardedResolver {
                guard: guard.clone(),
                port,
                names: self.names.clone(),
                timeout: self.limits.dns,
            };
            self.build(&resolver, None)
        };
        let by_port = guard
            .single_ports()
            .into_iter()
            .map(|port| Ok((port, client_for(port)?)))
            .collect::<Result<_, reqwest::Error>>()?;
        Ok(Door {
            // Port 0 is allowed nowhere, so this client reaches public addresses and allowed networks only.
            common: client_for(0)?,
            by_port,
            names: self.names.clone(),
            guard,
        })
    }

    /// A client behind a proxy, which resolves the names of all others by itself: the only name that is resolved here is
    /// its own, which the operator has written.
    fn through(&self, proxy: &ProxyAddress) -> Result<Client, reqwest::Error> {
        let resolver = GuardedResolver {
            guard: Guard::open(),
            port: 0,
            names: self.names.clone(),
            timeout: self.limits.dns,
        };
        self.build(&resolver, Some(proxy))
    }

    /// Makes a client of the HTTP library.
    fn build(
        &self,
        resolver: &GuardedResolver,
        proxy: Option<&ProxyAddress>,
    ) -> Result<Client, reqwest::Error> {
        let builder = self.builder(resolver.clone());
        match proxy {
            // A proxy that was added keeps those of the environment out as well.
            Some(proxy) => builder.proxy(Proxy::all(proxy.exposed())?),
            None => builder,
        }
        .build()
    }

    /// Starts a client of the HTTP library: the only place that does.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one constructor, behind the guard"
    )]
    fn builder(&self, resolver: GuardedResolver) -> ClientBuilder {
        Client::builder()
            .user_agent(&self.settings.user_agent)
            .tls_backend_preconfigured(self.tls.clone())
            .dns_resolver(resolver)
            // A proxy from the environment would resolve names itself, past the guard.
            .no_proxy()
            .redirect(Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .connect_timeout(self.limits.connect)
            .pool_idle_timeout(IDLE_CONNECTION_TIMEOUT)
            .pool_max_idle_per_host(self.settings.per_host.at_once)
            .http1_max_headers(MAX_FIELDS)
            .http1_ignore_invalid_headers_in_responses(true)
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .http2_max_header_list_size(u32::try_from(MAX_HEADER_BYTES).unwrap_or(u32::MAX))
    }
}
