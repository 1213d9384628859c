//! A client of the HTTP library, and with it the connections that rest: the one constructor of both.
//!
//! The library bounds how many connections to one host rest and for how long, and not how many there are. Whoever goes
//! through a long list in a few seconds would leave one at each of its hosts: so a client is made anew once it has been to
//! so many servers, and what rests with the one before it is closed.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Proxy};
use rustls::ClientConfig;
use url::{Position, Url};

use super::access::ProxyAddress;
use super::resolver::GuardedResolver;

/// How long an unused connection is kept: long enough for the pages of a feed right after it.
const IDLE_CONNECTION_TIMEOUT: Duration = Duration::from_secs(5);

/// The servers that a client goes to before it is made anew. A connection that rests takes some 27 kB without TLS.
const MOST_SERVERS: usize = 256;

/// The fields that an answer may have: real ones stay below fifty, some have two hundred. Room for all of them is made for
/// every answer.
const MAX_FIELDS: usize = 256;

/// The largest header block taken.
pub(super) const MAX_HEADER_BYTES: usize = 64 * 1024;

/// What a client is made of.
#[derive(Debug, Clone)]
pub(super) struct Recipe {
    pub(super) user_agent: String,
    pub(super) tls: ClientConfig,
    pub(super) resolver: GuardedResolver,
    pub(super) connect_timeout: Duration,
    /// Connections to one host that rest at most.
    pub(super) at_once: usize,
}

impl Recipe {
    /// Makes a client of the HTTP library: the only place that does.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one constructor, behind the guard"
    )]
    pub(super) fn client(&self, proxy: Option<&ProxyAddress>) -> Result<Client, reqwest::Error> {
        let builder = Client::builder()
            .user_agent(&self.user_agent)
            .tls_backend_preconfigured(self.tls.clone())
            .dns_resolver(self.resolver.clone())
            .redirect(Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .connect_timeout(self.connect_timeout)
            .pool_idle_timeout(IDLE_CONNECTION_TIMEOUT)
            .pool_max_idle_per_host(self.at_once)
            .http1_max_headers(MAX_FIELDS)
            .http1_ignore_invalid_headers_in_responses(true)
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .http2_max_header_list_size(u32::try_from(MAX_HEADER_BYTES).unwrap_or(u32::MAX));
        match proxy {
            // One that was added keeps those of the environment out as well.
            Some(proxy) => builder.proxy(Proxy::all(proxy.exposed())?),
            // A proxy from the environment would resolve names itself, past the guard.
            None => builder.no_proxy(),
        }
        .build()
    }
}

/// The client of the moment.
#[derive(Debug)]
pub(super) struct Pool {
    recipe: Recipe,
    hasher: RandomState,
    current: Mutex<Current>,
}

/// A client, and the servers that it was given out for.
#[derive(Debug)]
struct Current {
    client: Client,
    servers: HashSet<u64>,
}

impl Pool {
    pub(super) fn new(recipe: Recipe) -> Result<Self, reqwest::Error> {
        let client = recipe.client(None)?;
        Ok(Self {
            recipe,
            hasher: RandomState::new(),
            current: Mutex::new(Current {
                client,
                servers: HashSet::new(),
            }),
        })
    }

    /// The client for a request to this URL.
    pub(super) fn client_for(&self, url: &Url) -> Client {
        let server = &url[Position::BeforeHost..Position::AfterPort];
        let server = self.hasher.hash_one(server);
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.servers.len() >= MOST_SERVERS && !current.servers.contains(&server) {
            current.servers.clear();
            // It was made of the same once; were it refused now, the one that there is does as well.
            if let Ok(client) = self.recipe.client(None) {
                current.client = client;
            }
        }
        current.servers.insert(server);
        current.client.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};

    use super::super::authorities;
    use super::super::guard::Guard;
    use super::super::install_tls_provider;
    use super::super::resolver::Names;
    use super::*;

    /// Answers whatever comes over a connection, until the other side closes it.
    async fn answer(mut stream: TcpStream) {
        let mut request = [0; 4_096];
        while let Ok(1..) = stream.read(&mut request).await {
            let answer = b"HTTP/1.1 204 No Content\r\n\r\n";
            stream.write_all(answer).await.unwrap();
        }
    }

    /// A server at every address of this machine: its port, how many connections it has, and how many it had.
    async fn server() -> (u16, Arc<[AtomicUsize; 2]>) {
        let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let counts = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
        let counted = Arc::clone(&counts);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let counted = Arc::clone(&counted);
                let [open, all] = &*counted;
                open.fetch_add(1, Ordering::SeqCst);
                all.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(async move {
                    answer(stream).await;
                    let [open, _] = &*counted;
                    open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        (port, counts)
    }

    fn pool() -> Pool {
        install_tls_provider();
        let resolver = GuardedResolver {
            guard: Guard::open(),
            port: 0,
            names: Names::System,
            timeout: Duration::from_secs(5),
        };
        Pool::new(Recipe {
            user_agent: "newswatch-test".into(),
            tls: authorities::client_config(),
            resolver,
            connect_timeout: Duration::from_secs(5),
            at_once: 2,
        })
        .unwrap()
    }

    async fn ask(pool: &Pool, server: usize, port: u16) {
        let (high, low) = (server / 250, server % 250 + 1);
        let url = Url::parse(&format!("http://127.20.{high}.{low}:{port}/")).unwrap();
        let client = pool.client_for(&url);
        client.get(url).send().await.unwrap();
    }

    #[tokio::test]
    async fn connections_to_many_servers_do_not_all_rest_at_once() {
        let (port, counts) = server().await;
        let pool = pool();
        let [open, _] = &*counts;
        for server in 0..2 * MOST_SERVERS + 10 {
            ask(&pool, server, port).await;
        }
        // What rested with the clients before is closed, as soon as their tasks have had a turn.
        let closed = async {
            while open.load(Ordering::SeqCst) > MOST_SERVERS {
                tokio::task::yield_now().await;
            }
        };
        let in_time = tokio::time::timeout(Duration::from_secs(30), closed).await;
        in_time.unwrap();
    }

    #[tokio::test]
    async fn few_servers_keep_their_connections() {
        let (port, counts) = server().await;
        let pool = pool();
        for server in (0..MOST_SERVERS).chain(0..MOST_SERVERS) {
            ask(&pool, server, port).await;
        }
        let [_, all] = &*counts;
        assert_eq!(all.load(Ordering::SeqCst), MOST_SERVERS);
    }
}
