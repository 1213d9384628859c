//! The resolver: from a name to addresses, of which only those that the guard permits get out.
//!
//! The client connects to exactly the addresses that this module returns, so a name cannot be checked as one
//! address and connected to as another.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::error::{RefusedAddress, ResolveError};
use super::guard::Guard;

/// Where the addresses of names come from.
#[derive(Clone)]
pub enum Names {
    /// The machine's resolver, with all that its administrator configured.
    System,
    /// A function, for work that must not depend on the machine's resolver.
    Fixed(FixedNames),
}

/// From a name to its addresses.
pub type FixedNames = Arc<dyn Fn(&str) -> Vec<IpAddr> + Send + Sync>;

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::System => "Names::System",
            Self::Fixed(_) => "Names::Fixed",
        })
    }
}

/// Resolves names for requests to one port.
#[derive(Debug, Clone)]
pub(crate) struct GuardedResolver {
    pub(crate) guard: Guard,
    /// The port that the requests go to, where the guard allows single ports; a name alone does not tell.
    pub(crate) port: u16,
    pub(crate) names: Names,
    pub(crate) timeout: Duration,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = self.clone();
        Box::pin(async move {
            let found = resolver.look_up(name.as_str()).await?;
            let permitted = resolver.permitted(&found)?;
            Ok(Box::new(permitted.into_iter()) as Addrs)
        })
    }
}

impl GuardedResolver {
    async fn look_up(&self, name: &str) -> Result<Vec<IpAddr>, ResolveError> {
        if let Names::Fixed(table) = &self.names {
            return Ok(table(name));
        }
        let limit = self.timeout;
        // The lookup occupies a thread of the blocking pool until the C library gives up; only the wait ends here.
        match tokio::time::timeout(limit, tokio::net::lookup_host((name, 0))).await {
            Ok(Ok(found)) => Ok(found.map(|address| address.ip()).collect()),
            Ok(Err(_)) => Err(ResolveError::NoAddress),
            Err(_) => Err(ResolveError::Timeout { limit }),
        }
    }

    /// Keeps the addresses that the guard permits, with port 0, which the client fills in.
    fn permitted(
        &self,
        found: &[IpAddr],
    ) -> Result<Vec<SocketAddr>, Box<dyn std::error::Error + Send + Sync>> {
        let permitted: Vec<SocketAddr> = found
            .iter()
            .filter(|ip| self.guard.permits(SocketAddr::new(**ip, self.port)))
            .map(|ip| SocketAddr::new(*ip, 0))
            .collect();
        match found.first() {
            None => Err(ResolveError::NoAddress.into()),
            Some(address) if permitted.is_empty() => {
                Err(RefusedAddress { address: *address }.into())
            }
            Some(_) => Ok(permitted),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolver(allowed: &[&str], port: u16) -> GuardedResolver {
        let allowed: Vec<_> = allowed.iter().map(|text| text.parse().unwrap()).collect();
        GuardedResolver {
            guard: Guard::new(&allowed),
            port,
            names: Names::System,
            timeout: Duration::from_secs(5),
        }
    }

    #[test]
    fn of_the_addresses_of_a_name_only_the_permitted_ones_get_out() {
        let found = [
            "127.0.0.1".parse().unwrap(),
            "8.8.8.8".parse().unwrap(),
            "::1".parse().unwrap(),
        ];
        let permitted = resolver(&[], 80).permitted(&found).unwrap();
        assert_eq!(permitted, ["8.8.8.8:0".parse().unwrap()]);
    }

    #[test]
    fn a_name_with_no_permitted_address_is_refused_with_the_address() {
        let found = ["10.0.0.7".parse().unwrap()];
        let error = resolver(&[], 80).permitted(&found).unwrap_err();
        let refused = error.downcast_ref::<RefusedAddress>().unwrap();
        assert_eq!(refused.address, found[0]);
    }

    #[test]
    fn a_single_allowed_port_does_not_open_the_others_to_names() {
        let found = ["127.0.0.1".parse().unwrap()];
        assert!(
            resolver(&["127.0.0.1:8080"], 8080)
                .permitted(&found)
                .is_ok()
        );
        assert!(resolver(&["127.0.0.1:8080"], 22).permitted(&found).is_err());
    }
}
