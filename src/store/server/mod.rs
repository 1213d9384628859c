//! Where a PostgreSQL server is, and how newswatch presents itself to it.

#[cfg(feature = "postgres")]
mod address;

use std::fmt;

use secrecy::SecretString;

#[cfg(feature = "postgres")]
pub(super) use address::{configured, is_refused_by_tls, tls};

/// The most connections that can be set: each costs the server a process and some 10 MB.
const MAX_CONNECTIONS: usize = 64;

/// The longest name of a worker: PostgreSQL cuts the name of a session at 63 bytes.
pub(crate) const MAX_WORKER_BYTES: usize = 40;

/// A PostgreSQL database, and who works on it.
#[derive(Clone)]
pub struct Server {
    /// `postgres://user@host/database`, as written; without a password.
    pub(super) url: String,
    pub(super) password: Option<SecretString>,
    /// Who works: the claims that a process of this name left behind are taken back when it starts anew.
    pub(super) worker: String,
    pub(super) connections: usize,
}

impl Server {
    /// Where it is, without a password.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.url
    }

    /// Checks where a server is and who works on it.
    ///
    /// # Errors
    /// When one of them cannot be used.
    pub fn new(
        url: &str,
        password: Option<SecretString>,
        worker: &str,
        connections: usize,
    ) -> Result<Self, ServerError> {
        if worker.is_empty() || worker.len() > MAX_WORKER_BYTES || !worker.bytes().all(is_plain) {
            return Err(ServerError::Worker);
        }
        if !(1..=MAX_CONNECTIONS).contains(&connections) {
            return Err(ServerError::Connections);
        }
        let server = Self {
            url: url.to_owned(),
            password,
            worker: worker.to_owned(),
            connections,
        };
        server.checked()
    }

    #[cfg(feature = "postgres")]
    fn checked(self) -> Result<Self, ServerError> {
        match address::configured(&self.url, self.password.as_ref()) {
            Ok(_) => Ok(self),
            Err(message) => Err(ServerError::Url(message)),
        }
    }

    #[cfg(not(feature = "postgres"))]
    fn checked(self) -> Result<Self, ServerError> {
        let message = "this newswatch was built without PostgreSQL";
        Err(ServerError::Url(message.to_owned()))
    }

    /// The name of the worker.
    #[must_use]
    pub fn worker(&self) -> &str {
        &self.worker
    }
}

/// Why a server cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServerError {
    /// Its address: a clause that repeats nothing of it.
    #[error("{0}")]
    Url(String),
    /// The name of the worker.
    #[error("a worker's name has 1 to {MAX_WORKER_BYTES} letters, digits and -._ alone")]
    Worker,
    /// The number of connections.
    #[error("there are 1 to {MAX_CONNECTIONS} connections")]
    Connections,
}

/// PostgreSQL turns other characters in the name of a session into question marks.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._".contains(&byte)
}

/// An address may hold a password against all advice: nothing of it is shown.
impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("worker", &self.worker)
            .field("connections", &self.connections)
            .finish_non_exhaustive()
    }
}

impl PartialEq for Server {
    fn eq(&self, other: &Self) -> bool {
        use secrecy::ExposeSecret as _;
        let secret = |server: &Self| {
            let password = server.password.as_ref();
            password.map(|password| password.expose_secret().to_owned())
        };
        self.url == other.url
            && self.worker == other.worker
            && self.connections == other.connections
            && secret(self) == secret(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_and_those_who_work_on_it_cannot_take_is_refused_at_once() {
        let at = |worker: &str, connections| {
            Server::new("postgres://me@localhost/news", None, worker, connections)
        };
        for (worker, connections, refused) in [
            ("w", 0, ServerError::Connections),
            ("w", 65, ServerError::Connections),
            ("", 4, ServerError::Worker),
            ("a worker", 4, ServerError::Worker),
            (&"w".repeat(41), 4, ServerError::Worker),
        ] {
            assert_eq!(at(worker, connections).unwrap_err(), refused);
        }
        #[cfg(feature = "postgres")]
        assert_eq!(at("w-1.a_b", 64).unwrap().connections, 64);
    }
}
