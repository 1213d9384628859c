//! Documents named on the command line: files, and addresses that are fetched as the service would.

use std::path::Path;
use std::time::Duration;

use clap::Args;
use url::Url;

use crate::clock::Clock;
use crate::config::Config;
use crate::domain::{Shown, Validators};
use crate::http::{
    Access, AllowPrivate, AllowedAddress, FetchError, Get, HttpClient, HttpSettings, Purpose,
};

/// The time for fetching one document.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The most that is read of one document.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// The documents to read, and how.
#[derive(Debug, Args)]
pub(super) struct Inputs {
    /// Files, or addresses beginning with http:// or https://
    #[arg(required = true, value_name = "FILE-OR-URL")]
    names: Vec<String>,
    /// The Content-Type that the documents came with
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,
    /// An internal address that may be fetched from all the same, as the configuration allows it
    #[arg(long, value_name = "ADDRESS")]
    allow_private: Vec<AllowedAddress>,
}

/// One document.
#[derive(Debug)]
pub(super) struct Document {
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
    /// Its declared type.
    pub(super) content_type: Option<String>,
    /// Where it came from, if it was fetched.
    pub(super) url: Option<Url>,
}

impl Inputs {
    /// What was named, in order.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// What fetches those that are addresses; none for files alone, for it takes as long as reading two of them.
    pub(super) fn client(&self) -> anyhow::Result<Option<Fetcher>> {
        let is_wanted = self.names.iter().any(|name| is_address(name));
        let client = is_wanted.then(|| Fetcher::new(&self.allow_private));
        client.transpose()
    }

    /// Reads one of them.
    pub(super) async fn read(
        &self,
        client: Option<&Fetcher>,
        name: &str,
    ) -> anyhow::Result<Document> {
        match client.filter(|_| is_address(name)) {
            Some(client) => self.fetch(client, name).await,
            None => Ok(Document {
                bytes: read_file(Path::new(name))?,
                content_type: self.content_type.clone(),
                url: None,
            }),
        }
    }

    async fn fetch(&self, client: &Fetcher, name: &str) -> anyhow::Result<Document> {
        let url = web_address(name)?;
        Ok(self.declared(client.get(&url, Purpose::Feed).await?))
    }

    /// A document with the type that it was said to have.
    pub(super) fn declared(&self, document: Document) -> Document {
        Document {
            content_type: self.content_type.clone().or(document.content_type),
            ..document
        }
    }
}

/// Fetches documents for people at a terminal, by the rules of the service.
#[derive(Debug)]
pub(super) struct Fetcher {
    client: HttpClient,
    timeout: Duration,
    /// How the feeds of a configuration are asked.
    accesses: Vec<Access>,
}

impl Fetcher {
    /// Makes one that may fetch from these internal addresses, too.
    pub(super) fn new(allow_private: &[AllowedAddress]) -> anyhow::Result<Self> {
        let settings = HttpSettings {
            allow_private: AllowPrivate::for_all(allow_private),
            ..HttpSettings::new(crate::config::user_agent(None))
        };
        Ok(Self {
            client: HttpClient::new(&settings, Clock::system())?,
            timeout: TIMEOUT,
            accesses: Vec::new(),
        })
    }

    /// Makes one that fetches as the service of this configuration would.
    pub(super) fn of(config: &Config) -> anyhow::Result<Self> {
        Ok(Self {
            client: HttpClient::new(&config.http, Clock::system())?,
            timeout: config.poll.timeout,
            accesses: config.accesses.clone(),
        })
    }

    /// Fetches a document.
    pub(super) async fn get(&self, url: &Url, purpose: Purpose) -> Result<Document, FetchError> {
        let request = Get {
            url,
            accept: "*/*",
            validators: &Validators::default(),
            max_body_bytes: MAX_BYTES,
            timeout: self.timeout,
            purpose,
            access: self.accesses.iter().find(|access| access.own() == url),
        };
        let fetched = self.client.get(&request).await?;
        // No validators were sent, so a server that answers 304 has sent nothing.
        let (bytes, content_type) = fetched
            .body
            .map(|body| (body.bytes, body.content_type))
            .unwrap_or_default();
        Ok(Document {
            bytes,
            content_type,
            url: Some(fetched.final_url),
        })
    }
}

/// Whether a name is that of a page in the web, and not of a file.
pub(super) fn is_address(name: &str) -> bool {
    name.starts_with("http://") || name.starts_with("https://")
}

/// Reads the address of a page as people write it: one without a scheme is taken for https.
pub(super) fn web_address(text: &str) -> anyhow::Result<Url> {
    let whole = if text.contains("://") {
        text.to_owned()
    } else {
        format!("https://{text}")
    };
    match Url::parse(&whole) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(url),
        _ => anyhow::bail!(
            "\"{}\" is not the address of a page; write for example https://example.org/news/1",
            Shown::of(text)
        ),
    }
}

/// Why a file that was named cannot be read, and what may have been meant.
pub(super) fn not_opened(path: &Path, error: &std::io::Error) -> anyhow::Error {
    let name = path.display();
    if error.kind() != std::io::ErrorKind::NotFound {
        return anyhow::anyhow!("open {name}: {error}");
    }
    let text = path.to_string_lossy();
    let first = text.split('/').next().unwrap_or_default();
    if first.contains('.') && !first.starts_with('.') && text.contains('/') {
        return anyhow::anyhow!(
            "there is no file {name}; if it is a page in the web, write https://{name}"
        );
    }
    anyhow::anyhow!("there is no file {name}")
}

fn read_file(path: &Path) -> anyhow::Result<Vec<u8>> {
    let found = std::fs::metadata(path).map_err(|error| not_opened(path, &error))?;
    anyhow::ensure!(
        !found.is_dir(),
        "{} is a folder; name the files in it",
        path.display()
    );
    let size = found.len();
    anyhow::ensure!(
        size <= MAX_BYTES,
        "the file is larger than {MAX_BYTES} bytes"
    );
    Ok(std::fs::read(path)?)
}
