//! The sample newsroom with its sinks, and a service over it that runs pass by pass.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use newswatch::clock::Clock;
use newswatch::config::{self, Config, ProcessEnvironment, Secrets};
use newswatch::daemon;
use newswatch::demo::config::{Console, DemoSetup, toml};
use newswatch::demo::newsroom::{Newsroom, Publishing, WATCHES};
use newswatch::demo::smtp_sink::SmtpSink;
use newswatch::demo::webhook_sink::WebhookSink;
use newswatch::store::Store;
use tempfile::TempDir;

const SECRET: &str = "whsec_bmV3c3dhdGNoIGRlbW9uc3RyYXRpb24h";

/// A newsroom, a mail server, a webhook receiver, and a folder with a configuration that joins them.
pub struct World {
    pub newsroom: Newsroom,
    pub mail: SmtpSink,
    pub webhook: WebhookSink,
    pub folder: TempDir,
}

impl World {
    pub async fn open(publishing: Publishing) -> Self {
        newswatch::http::install_tls_provider();
        let newsroom = Newsroom::open(publishing, Clock::system().now())
            .await
            .unwrap();
        let mail = SmtpSink::start().await.unwrap();
        let webhook = WebhookSink::start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        write_private(&folder.path().join("secret"), SECRET);
        let world = Self {
            newsroom,
            mail,
            webhook,
            folder,
        };
        write_private(&world.config_path(), &world.config_text());
        world
    }

    pub fn config_path(&self) -> std::path::PathBuf {
        self.folder.path().join("newswatch.toml")
    }

    pub fn state_dir(&self) -> std::path::PathBuf {
        self.folder.path().join("state")
    }

    pub fn config_text(&self) -> String {
        toml(&DemoSetup {
            state_dir: &self.state_dir(),
            newsroom: self.newsroom.addr(),
            smtp: self.mail.address(),
            webhook: self.webhook.addr(),
            webhook_secret_file: &self.folder.path().join("secret"),
            poll_every: "15m",
            console: Console::Hidden,
        })
    }

    pub fn config(&self) -> Config {
        config::load(&self.config_path(), &ProcessEnvironment, Secrets::Required)
            .unwrap()
            .config
    }

    /// One pass of the service over a store.
    pub async fn pass(&self, store: Store, clock: Clock) -> anyhow::Result<()> {
        let ctx = daemon::context(self.config(), store, clock).await?;
        daemon::pass(Arc::new(ctx)).await
    }

    /// The alerts that the webhook receiver was told: watch and story.
    pub fn alerted(&self) -> Vec<(String, String)> {
        self.webhook
            .received()
            .iter()
            .map(|call| {
                let body = call.json().unwrap();
                let data = &body["data"];
                let url = data["url"].as_str().unwrap();
                let story = self.newsroom.story_at(url).unwrap();
                (
                    data["watch"].as_str().unwrap().to_owned(),
                    story.slug.to_owned(),
                )
            })
            .collect()
    }
}

/// What the newsroom must bring about: watch and story.
pub fn expected() -> BTreeSet<(String, String)> {
    WATCHES
        .iter()
        .flat_map(|watch| {
            watch
                .expected
                .iter()
                .map(|slug| (watch.name.to_owned(), (*slug).to_owned()))
        })
        .collect()
}

pub fn write_private(path: &Path, text: &str) {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
}
