//! `newswatch check --live`: whether the feeds, mail servers and webhooks of a configuration answer, from here and now.
//!
//! Feeds are fetched once and read, and nothing is stored; a mail server is greeted and logged in to, and no mail is
//! sent; of a webhook the host is asked for its front page, since a post would be an alert. A host is asked once a
//! second at most.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;
use url::Url;

use super::input::{Document, Fetcher};
use super::output::{self, Tone, counted, toned};
use super::{Outcome, loading};
use crate::channel::{Channel, ChannelKind, ChannelSettings};
use crate::clock::{self, Clock};
use crate::config::Config;
use crate::domain::{Timestamp, shown_url, what_helps};
use crate::http::{FetchError, HttpClient, Purpose};
use crate::parse::{self, Recognised};

/// The least time between two requests to one host.
const SPACING: Duration = Duration::from_secs(1);

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A line for people.
    Text,
    /// An object a line.
    Json,
}

/// What was tried, and what came of it.
struct Tried {
    what: &'static str,
    name: String,
    /// What was found, or why it failed.
    result: Result<String, String>,
}

/// Asks everything that the configuration names, and prints each answer.
///
/// # Errors
/// When a client cannot be made, or nothing can be printed.
pub(super) async fn check_live(config: &Config, shape: Shape) -> anyhow::Result<Outcome> {
    let mut asker = Asker::new(config)?;
    let mut failures = 0_usize;
    for feed in &config.feeds {
        let tried = Tried {
            what: "feed",
            name: shown_url(&feed.url),
            result: asker.feed(&feed.url).await,
        };
        failures += usize::from(tried.result.is_err());
        tried.print(shape)?;
    }
    for settings in &config.channels {
        let tried = Tried {
            what: "channel",
            name: settings.name.to_string(),
            result: asker.channel(settings).await,
        };
        failures += usize::from(tried.result.is_err());
        tried.print(shape)?;
    }
    if shape == Shape::Text {
        let total = config.feeds.len() + config.channels.len();
        let failed = if failures == 0 {
            "none failed".to_owned()
        } else {
            format!("{failures} failed")
        };
        let line = format!(
            "{} tried, {failed}",
            counted(total, "feed or channel", "feeds and channels")
        );
        output::line(&line)?;
    }
    Ok(if failures == 0 {
        Outcome::Done
    } else {
        Outcome::No
    })
}

impl Tried {
    fn print(&self, shape: Shape) -> anyhow::Result<()> {
        let (is_good, message) = match &self.result {
            Ok(found) => (true, found),
            Err(reason) => (false, reason),
        };
        if shape == Shape::Json {
            let object = json!({
                "live": self.what,
                "name": self.name,
                "ok": is_good,
                "message": message,
            });
            return output::line(&object.to_string());
        }
        let (word, tone) = if is_good {
            ("ok   ", Tone::Good)
        } else {
            ("fails", Tone::Bad)
        };
        let text = format!("{} {}: {message}", self.what, self.name);
        let text = loading::one_paragraph(&text, word.len() + 2);
        output::line(&format!("{}  {text}", toned(word, tone)))?;
        let hint = self
            .result
            .as_ref()
            .err()
            .and_then(|reason| what_helps(reason));
        let Some(hint) = hint.filter(|_| self.what == "channel") else {
            return Ok(());
        };
        let hint = loading::one_paragraph(&format!("help: {hint}"), word.len() + 2);
        output::line(&format!("{}  {hint}", " ".repeat(word.len())))
    }
}

/// Asks servers, each once a second at most.
struct Asker {
    clock: Clock,
    fetcher: Fetcher,
    http: HttpClient,
    last_asked: BTreeMap<String, Timestamp>,
}

impl Asker {
    fn new(config: &Config) -> anyhow::Result<Self> {
        Ok(Self {
            clock: Clock::system(),
            fetcher: Fetcher::of(config)?,
            http: HttpClient::new(&config.http, Clock::system())?,
            last_asked: BTreeMap::new(),
        })
    }

    async fn feed(&mut self, url: &Url) -> Result<String, String> {
        self.wait_for(url.host_str().unwrap_or_default()).await;
        let document = self
            .fetcher
            .get(url, Purpose::Feed)
            .await
            .map_err(|error| error.to_string())?;
        found(&document)
    }

    async fn channel(&mut self, settings: &ChannelSettings) -> Result<String, String> {
        if let Some(front) = settings.kind.server() {
            return self.server(&front).await;
        }
        match &settings.kind {
            ChannelKind::Email(email) => {
                self.wait_for(&email.smtp.host).await;
                let channel = Channel::new(settings.clone(), self.http.clone())
                    .map_err(|error| error.to_string())?;
                channel.probe().await
            }
            ChannelKind::File(file) => can_append(&file.path),
            ChannelKind::Console(_) => Ok("prints here".to_owned()),
            _ => Ok("nothing to try without a message".to_owned()),
        }
    }

    /// Asks for the front page of a channel's server.
    async fn server(&mut self, front: &Url) -> Result<String, String> {
        let host = front.host_str().unwrap_or_default().to_owned();
        self.wait_for(&host).await;
        match self.fetcher.get(front, Purpose::Webhook).await {
            Err(error @ FetchError::PrivateAddress { .. }) => Err(error.to_string()),
            Err(error) if !error.reached_server() => Err(error.to_string()),
            _ => Ok(format!("{host} answers; nothing was posted")),
        }
    }

    async fn wait_for(&mut self, host: &str) {
        let now = self.clock.now();
        if let Some(last) = self.last_asked.get(host)
            && let Ok(passed) = Duration::try_from(now.duration_since(*last))
            && passed < SPACING
        {
            self.clock.sleep(SPACING.saturating_sub(passed)).await;
        }
        self.last_asked.insert(host.to_owned(), self.clock.now());
    }
}

/// What a document is that should be a feed.
fn found(document: &Document) -> Result<String, String> {
    let read = parse::Document {
        bytes: &document.bytes,
        content_type: document.content_type.as_deref(),
        url: document.url.as_ref(),
    };
    let recognised = parse::recognise(&read, &clock::still_time(parse::READING_BUDGET));
    match recognised {
        Ok(Recognised::Feed(feed)) => {
            let dates = feed
                .entries
                .iter()
                .filter_map(|entry| entry.published.max(entry.updated));
            let newest = match dates.max() {
                Some(at) => format!("the newest of {}", output::time(at)),
                None => "none with a date".to_owned(),
            };
            let entries = counted(feed.entries.len(), "entry", "entries");
            Ok(format!("{}, {entries}, {newest}", feed.kind.as_str()))
        }
        Ok(Recognised::Sitemap(map)) => {
            let entries = counted(map.feed.entries.len(), "entry", "entries");
            Ok(format!("a sitemap, {entries}"))
        }
        Ok(Recognised::Page(_)) => {
            Ok("a web page; the service looks for its feed at the first poll".to_owned())
        }
        Err(error) => Err(error.to_string()),
    }
}

/// Whether a file that is there can be written to; one that is not there is not made.
fn can_append(path: &std::path::Path) -> Result<String, String> {
    if !path.exists() {
        return Ok("is made with the first alert".to_owned());
    }
    match std::fs::OpenOptions::new().append(true).open(path) {
        Ok(_) => Ok("can be written".to_owned()),
        Err(error) => Err(format!("{} cannot be written: {error}", path.display())),
    }
}
