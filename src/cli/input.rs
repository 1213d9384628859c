//! Documents named on the command line: files, and addresses that are fetched as the service would.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use url::Url;

use crate::clock::Clock;
use crate::config::Config;
use crate::domain::Validators;
use crate::http::{AllowedAddress, Get, HttpClient, HttpSettings};

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

    /// A client for those that are to be fetched.
    pub(super) fn client(&self) -> anyhow::Result<HttpClient> {
        let settings = HttpSettings {
            user_agent: crate::config::user_agent(None),
            allow_private: self.allow_private.clone(),
        };
        Ok(HttpClient::new(&settings, Clock::system())?)
    }

    /// Reads one of them.
    pub(super) async fn read(&self, client: &HttpClient, name: &str) -> anyhow::Result<Document> {
        if name.starts_with("http://") || name.starts_with("https://") {
            self.fetch(client, name).await
        } else {
            Ok(Document {
                bytes: read_file(Path::new(name))?,
                content_type: self.content_type.clone(),
                url: None,
            })
        }
    }

    /// Fetches a page as the service of this configuration would.
    pub(super) async fn fetch_as(config: &Config, address: &str) -> anyhow::Result<Document> {
        let client = HttpClient::new(&config.http, Clock::system())?;
        fetch(&client, address, config.poll.timeout).await
    }

    async fn fetch(&self, client: &HttpClient, name: &str) -> anyhow::Result<Document> {
        let document = fetch(client, name, TIMEOUT).await?;
        Ok(Document {
            content_type: self.content_type.clone().or(document.content_type),
            ..document
        })
    }
}

async fn fetch(client: &HttpClient, name: &str, timeout: Duration) -> anyhow::Result<Document> {
    let url = Url::parse(name).with_context(|| format!("\"{name}\" is not a URL"))?;
    let fetched = client
        .get(&Get {
            url: &url,
            accept: "*/*",
            validators: &Validators::default(),
            max_body_bytes: MAX_BYTES,
            timeout,
        })
        .await?;
    let body = fetched.body.context("the server sent no document")?;
    Ok(Document {
        bytes: body.bytes,
        content_type: body.content_type,
        url: Some(fetched.final_url),
    })
}

fn read_file(path: &Path) -> anyhow::Result<Vec<u8>> {
    let size = std::fs::metadata(path)?.len();
    anyhow::ensure!(
        size <= MAX_BYTES,
        "the file is larger than {MAX_BYTES} bytes"
    );
    Ok(std::fs::read(path)?)
}
