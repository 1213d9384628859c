//! The sample newsroom with its sinks, and a service over it that runs pass by pass.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use newswatch::clock::Clock;
use newswatch::config::{self, Config, ProcessEnvironment, Secrets};
use newswatch::daemon;
use newswatch::demo::config::{Console, DemoSetup, write};
use newswatch::demo::newsroom::{Newsroom, Publishing, WATCHES};
use newswatch::demo::smtp_sink::SmtpSink;
use newswatch::demo::webhook_sink::WebhookSink;
use newswatch::store::Store;
use tempfile::TempDir;

use crate::support::database;

/// How long a test waits for what must happen, on a machine that does much else.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

/// A newsroom, a mail server, a webhook receiver, and a folder with a configuration that joins them.
pub(crate) struct World {
    pub(crate) newsroom: Newsroom,
    pub(crate) mail: SmtpSink,
    pub(crate) webhook: WebhookSink,
    pub(crate) folder: TempDir,
    pub(crate) config_path: PathBuf,
}

impl World {
    pub(crate) async fn open(publishing: Publishing) -> Self {
        newswatch::http::install_tls_provider();
        let newsroom = Newsroom::open(publishing, Clock::system().now())
            .await
            .unwrap();
        let mail = SmtpSink::start().await.unwrap();
        let webhook = WebhookSink::start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let config_path = write(&DemoSetup {
            folder: folder.path(),
            newsroom: newsroom.addr(),
            smtp: mail.address(),
            webhook: webhook.addr(),
            poll_every: "15m",
            console: Console::Hidden,
        })
        .unwrap();
        if let Some(section) = database::section() {
            let config = std::fs::read_to_string(&config_path).unwrap();
            std::fs::write(&config_path, config + &section).unwrap();
        }
        Self {
            newsroom,
            mail,
            webhook,
            folder,
            config_path,
        }
    }

    /// The store of the configuration.
    pub(crate) async fn store(&self) -> Store {
        daemon::open_store(&self.config()).await.unwrap()
    }

    pub(crate) fn state_dir(&self) -> std::path::PathBuf {
        self.folder.path().join("state")
    }

    pub(crate) fn config(&self) -> Config {
        config::load(&self.config_path, &ProcessEnvironment, Secrets::Required)
            .unwrap()
            .config
    }

    /// One pass of the service over a store.
    pub(crate) async fn pass(&self, store: Store, clock: Clock) -> anyhow::Result<()> {
        let ctx = daemon::context(self.config(), store, clock).await?;
        daemon::pass(Arc::new(ctx)).await?;
        Ok(())
    }

    /// Waits until the webhook receiver has got so many calls; a service that never sends them is a failure, not a
    /// test that never ends.
    pub(crate) async fn calls(&self, count: usize) {
        tokio::time::timeout(PATIENCE, self.webhook.wait_for(count))
            .await
            .expect("the webhook calls have arrived in time");
    }

    /// The alerts that the webhook receiver was told: watch and story.
    pub(crate) fn alerted(&self) -> Vec<(String, String)> {
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

/// The stories that the newsroom must bring about: a reader gets one mail for each, however many watches fire on it.
pub(crate) fn expected_stories() -> BTreeSet<String> {
    expected().into_iter().map(|(_, story)| story).collect()
}

/// What the newsroom must bring about: watch and story.
pub(crate) fn expected() -> BTreeSet<(String, String)> {
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
