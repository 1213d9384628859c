//! `newswatch demo`: the whole job, offline: a sample newsroom, the real service, a mail server and a webhook
//! receiver, all on this machine.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use tempfile::TempDir;

use super::{Outcome, output};
use crate::clock::Clock;
use crate::config::{self, ProcessEnvironment, Secrets};
use crate::daemon;
use crate::demo;
use crate::demo::config::{Console, DemoSetup};
use crate::demo::newsroom::{Newsroom, Outlet, Publishing, STORIES, WATCHES};
use crate::demo::smtp_sink::SmtpSink;
use crate::demo::webhook_sink::{Received, WebhookSink};
use crate::domain::Role;
use crate::store::Counts;

/// How often a story comes out in the live demonstration.
const STORY_EVERY: Duration = Duration::from_secs(3);

/// How often the live demonstration polls; a real service polls every few minutes.
const POLL_EVERY: &str = "1s";

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Publish everything at once, make one pass over it, and end
    #[arg(long)]
    once: bool,
}

/// Everything that the service talks to in the demonstration.
struct Stage {
    newsroom: Newsroom,
    mail: SmtpSink,
    webhook: WebhookSink,
    config: PathBuf,
    /// Removed with all that is in it when the demonstration ends.
    _folder: TempDir,
}

impl Demo {
    pub(super) async fn run(self) -> anyhow::Result<Outcome> {
        let publishing = if self.once {
            Publishing::AllAtOnce
        } else {
            Publishing::StoryByStory
        };
        let stage = Stage::set(publishing).await?;
        stage.introduce()?;
        if self.once {
            daemon::once(&stage.config).await?;
        } else {
            stage.open_the_pages()?;
            stage.play().await?;
        }
        stage.sum_up(self.once).await
    }
}

impl Stage {
    async fn set(publishing: Publishing) -> anyhow::Result<Self> {
        let newsroom = Newsroom::open(publishing, Clock::system().now())
            .await
            .context("open the newsroom")?;
        let mail = SmtpSink::start().await.context("start the mail server")?;
        let webhook = WebhookSink::start()
            .await
            .context("start the webhook receiver")?;
        let folder = tempfile::Builder::new()
            .prefix("newswatch-demo-")
            .tempdir()?;
        let config = demo::config::write(&DemoSetup {
            folder: folder.path(),
            newsroom: newsroom.addr(),
            smtp: mail.address(),
            webhook: webhook.addr(),
            poll_every: POLL_EVERY,
            console: Console::Shown,
        })?;
        Ok(Self {
            newsroom,
            mail,
            webhook,
            config,
            _folder: folder,
        })
    }

    fn introduce(&self) -> anyhow::Result<()> {
        output::line(&format!(
            "The sample newsroom is open at {} with {} feeds and {} stories.",
            self.newsroom.base_url(),
            Outlet::ALL.len(),
            STORIES.len()
        ))?;
        output::line(&format!(
            "The real service reads it, with its state in SQLite, and tells a mail server at {} and a webhook at {}.",
            self.mail.address(),
            self.webhook.url()
        ))?;
        let watches: Vec<String> = WATCHES
            .iter()
            .map(|watch| format!("  {:<28} {}", watch.name, watch.query))
            .collect();
        output::line(&format!("It watches for:\n{}\n", watches.join("\n")))
    }

    /// Writes a port of this machine that is free into the configuration.
    fn open_the_pages(&self) -> anyhow::Result<()> {
        use std::io::Write as _;
        let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut file = std::fs::OpenOptions::new()
            .append(true)
            .open(&self.config)?;
        writeln!(file, "\n[web]\nlisten = \"{address}\"")?;
        Ok(())
    }

    /// Prints the link that lets the audience in.
    async fn tell_of_the_pages(&self) -> anyhow::Result<()> {
        let loaded = config::load(&self.config, &ProcessEnvironment, Secrets::Optional)?;
        let store = daemon::open_store_beside(&loaded.config).await?;
        let link = super::web::login_link(&store, &loaded.config, Role::Admin).await?;
        output::line(&format!(
            "--- Look at it in a browser, within ten minutes: {link}"
        ))
    }

    /// Lets the stories come out one by one while the service runs, until somebody stops it.
    async fn play(&self) -> anyhow::Result<()> {
        output::line("A story comes out every few seconds; Ctrl-C ends the demonstration.\n")?;
        let service = daemon::run(&self.config);
        tokio::pin!(service);
        let clock = Clock::system();
        let mut is_told = false;
        loop {
            tokio::select! {
                ended = &mut service => return ended,
                () = clock.sleep(STORY_EVERY) => match self.newsroom.release_next() {
                    Some(story) => output::line(&format!(
                        "--- {} publishes: {}",
                        story.outlet.name(),
                        story.title
                    ))?,
                    None => return self.run_out(service).await,
                },
            }
            // The service makes the store that the link is kept in.
            is_told = is_told || self.tell_of_the_pages().await.is_ok();
        }
    }

    async fn run_out(
        &self,
        service: impl Future<Output = anyhow::Result<()>>,
    ) -> anyhow::Result<()> {
        output::line("--- All stories are out. Ctrl-C ends the demonstration.")?;
        service.await
    }

    /// Compares what arrived with what had to arrive.
    async fn sum_up(&self, is_whole: bool) -> anyhow::Result<Outcome> {
        let calls = self.webhook.received();
        let mails = self.mail.mails().len();
        // A reader gets one mail for an article, however many watches fire on it.
        let stories: BTreeSet<&str> = WATCHES
            .iter()
            .flat_map(|watch| watch.expected.iter().copied())
            .collect();
        let fired = self.fired(&calls);
        output::line("\nWatch                        fired on")?;
        let mut is_right = true;
        for watch in WATCHES {
            let expected: BTreeSet<&str> = watch.expected.iter().copied().collect();
            let found = fired.get(watch.name).cloned().unwrap_or_default();
            let wrong: Vec<&str> = found.difference(&expected).copied().collect();
            let missed: Vec<&str> = expected.difference(&found).copied().collect();
            let found: Vec<&str> = found.into_iter().collect();
            output::line(&format!("{:<28} {}", watch.name, found.join(", ")))?;
            if !wrong.is_empty() {
                is_right = false;
                output::line(&format!(
                    "  WRONGLY ON                 {}",
                    wrong.join(", ")
                ))?;
            }
            if is_whole && !missed.is_empty() {
                is_right = false;
                output::line(&format!(
                    "  MISSED                     {}",
                    missed.join(", ")
                ))?;
            }
        }
        let counts = self.counts().await?;
        let alerts = usize::try_from(counts.alerts).unwrap_or(usize::MAX);
        output::line(&format!(
            "\n{alerts} alerts: {mails} mails and {} webhook calls arrived. {} matches were held, because the same \
             story had been alerted already. {} of {} stories raised no alert.",
            calls.len(),
            counts.held,
            silent_stories(&fired),
            STORIES.len()
        ))?;
        if is_right && (!is_whole || (mails == stories.len() && calls.len() == alerts)) {
            Ok(Outcome::Done)
        } else {
            output::complain("what arrived is not what the sample newsroom had to bring about");
            Ok(Outcome::No)
        }
    }

    /// The stories each watch fired on, by their slugs.
    fn fired(&self, calls: &[Received]) -> BTreeMap<String, BTreeSet<&'static str>> {
        let mut fired: BTreeMap<String, BTreeSet<&'static str>> = BTreeMap::new();
        for call in calls {
            let Some(body) = call.json() else { continue };
            let text = |key: &str| {
                body.pointer(&format!("/data/{key}"))
                    .and_then(serde_json::Value::as_str)
                    .unwrap_or_default()
                    .to_owned()
            };
            let slug = self
                .newsroom
                .story_at(&text("url"))
                .map_or("an unknown page", |story| story.slug);
            fired.entry(text("watch")).or_default().insert(slug);
        }
        fired
    }

    /// What the service itself has counted.
    async fn counts(&self) -> anyhow::Result<Counts> {
        let loaded = config::load(&self.config, &ProcessEnvironment, Secrets::Optional)?;
        let store = daemon::open_store_beside(&loaded.config).await?;
        Ok(store.counts().await?)
    }
}

fn silent_stories(fired: &BTreeMap<String, BTreeSet<&'static str>>) -> usize {
    STORIES
        .iter()
        .filter(|story| !fired.values().any(|slugs| slugs.contains(story.slug)))
        .count()
}
