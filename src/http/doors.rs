//! Doors: the clients of the HTTP library, one set for each guard.
//!
//! A door is a guard and the clients behind it. Feeds, pages and webhooks have one each where they may go to different
//! internal addresses, and there is one that leads to public addresses alone: for whoever comes from one.

use std::collections::HashMap;
use std::sync::Arc;

use reqwest::Client;
use rustls::ClientConfig;
use url::Url;

use super::access::ProxyAddress;
use super::authorities;
use super::guard::Guard;
use super::pace::Distance;
use super::pool::{Pool, Recipe};
use super::resolver::{GuardedResolver, Names};
use super::{AllowedAddress, HttpLimits, HttpSettings, Purpose};

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
    common: Pool,
    /// For the ports at which single addresses are allowed: the resolver is told a name and no port.
    by_port: Vec<(u16, Pool)>,
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
    pub(super) fn client_for(&self, url: &Url) -> Client {
        let port = url.port_or_known_default().unwrap_or_default();
        self.by_port
            .iter()
            .find(|(its_port, _)| *its_port == port)
            .map_or(&self.common, |(_, pool)| pool)
            .client_for(url)
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
        let pool_for = |port: u16| {
            let resolver = GuardedResolver {
                guard: guard.clone(),
                port,
                names: self.names.clone(),
                timeout: self.limits.dns,
            };
            Pool::new(self.recipe(resolver))
        };
        let by_port = guard
            .single_ports()
            .into_iter()
            .map(|port| Ok((port, pool_for(port)?)))
            .collect::<Result<_, reqwest::Error>>()?;
        Ok(Door {
            // Port 0 is allowed nowhere, so this client reaches public addresses and allowed networks only.
            common: pool_for(0)?,
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
        self.recipe(resolver).client(Some(proxy))
    }

    fn recipe(&self, resolver: GuardedResolver) -> Recipe {
        Recipe {
            user_agent: self.settings.user_agent.clone(),
            tls: self.tls.clone(),
            resolver,
            connect_timeout: self.limits.connect,
            at_once: self.settings.per_host.at_once,
        }
    }
}
