//! Adding, changing and taking out feeds, watches and channels outside the file.

use anyhow::Context as _;
use clap::Args;

use super::loading::{in_numbers, load, no_such};
use super::{ConfigArg, Outcome, output};
use crate::config::{
    Change, Config, Managed, ManagedError, ManagedKind, ManagedValue, Problem, Problems,
    ProcessEnvironment, Severity,
};
use crate::domain::{Feed, shown_url};

/// Arguments of `add`.
#[derive(Debug, Args)]
pub(super) struct Add<K: Args> {
    /// The name; of a feed the address
    name: String,
    #[command(flatten)]
    config: ConfigArg,
    #[command(flatten)]
    keys: K,
    /// A key with its value, any number of times
    #[arg(
        long, help = "A key as docs/CONFIGURATION.md has them: cooldown=2h, 'digest={ at = [\"07:00\"] }'; any number of times",
        value_name = "KEY=VALUE", value_parser = written)]
    set: Vec<(String, String)>,
}

/// Arguments of `edit`.
#[derive(Debug, Args)]
pub(super) struct Edit<K: Args> {
    /// The name; of a feed also the address
    name: String,
    #[command(flatten)]
    config: ConfigArg,
    #[command(flatten)]
    keys: K,
    /// A key that gets another value: cooldown=2h; a list replaces the whole list
    #[arg(long, value_name = "KEY=VALUE", value_parser = written)]
    set: Vec<(String, String)>,
    /// A key that is taken out
    #[arg(long, value_name = "KEY")]
    unset: Vec<String>,
}

/// Arguments of `remove`.
#[derive(Debug, Args)]
pub(super) struct Named {
    /// The name; of a feed also the address
    name: String,
    #[command(flatten)]
    config: ConfigArg,
}

/// Keys of a watch.
#[derive(Debug, Args)]
pub(super) struct WatchKeys {
    /// What it looks for, in the language of queries
    #[arg(long, conflicts_with = "term")]
    query: Option<String>,
    /// A word or a phrase that it looks for; any number of times
    #[arg(long)]
    term: Vec<String>,
    /// A channel that is told; any number of times
    #[arg(long, value_name = "CHANNEL")]
    notify: Vec<String>,
    /// A feed that it looks at: its name, its address, or tag:NAME; any number of times
    #[arg(long)]
    feed: Vec<String>,
    /// How urgent its alerts are: low, normal or high
    #[arg(long)]
    priority: Option<String>,
    /// A label, for routes; any number of times
    #[arg(long)]
    tag: Vec<String>,
}

/// Keys of a feed.
#[derive(Debug, Args)]
pub(super) struct FeedKeys {
    /// What people call it
    #[arg(long = "name", value_name = "NAME")]
    called: Option<String>,
    /// From one poll to the next: 10m
    #[arg(long, value_name = "DURATION")]
    every: Option<String>,
    /// A label; any number of times
    #[arg(long)]
    tag: Vec<String>,
}

/// Keys of a channel.
#[derive(Debug, Args)]
pub(super) struct ChannelKeys {
    /// What it is: email, webhook, slack, ntfy, console, ...
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<String>,
    /// A mail address that is told; any number of times
    #[arg(long, value_name = "ADDRESS")]
    to: Vec<String>,
    /// The sender of mails
    #[arg(long, value_name = "ADDRESS")]
    from: Option<String>,
    /// Where it posts to
    #[arg(long)]
    url: Option<String>,
}

/// What the options of a command say about keys.
pub(super) trait Keys: Args {
    fn pairs(&self) -> Vec<(&'static str, ManagedValue)>;
}

impl Keys for WatchKeys {
    fn pairs(&self) -> Vec<(&'static str, ManagedValue)> {
        let rows = [
            ("query", text(self.query.as_ref())),
            ("terms", texts(&self.term)),
            ("notify", texts(&self.notify)),
            ("feeds", texts(&self.feed)),
            ("priority", text(self.priority.as_ref())),
            ("tags", texts(&self.tag)),
        ];
        given(rows)
    }
}

impl Keys for FeedKeys {
    fn pairs(&self) -> Vec<(&'static str, ManagedValue)> {
        let rows = [
            ("name", text(self.called.as_ref())),
            ("every", text(self.every.as_ref())),
            ("tags", texts(&self.tag)),
        ];
        given(rows)
    }
}

impl Keys for ChannelKeys {
    fn pairs(&self) -> Vec<(&'static str, ManagedValue)> {
        let rows = [
            ("type", text(self.kind.as_ref())),
            ("to", texts(&self.to)),
            ("from", text(self.from.as_ref())),
            ("url", text(self.url.as_ref())),
        ];
        given(rows)
    }
}

fn text(given: Option<&String>) -> Option<ManagedValue> {
    given.cloned().map(ManagedValue::Text)
}

fn texts(given: &[String]) -> Option<ManagedValue> {
    (!given.is_empty()).then(|| ManagedValue::Texts(given.to_vec()))
}

fn given<const N: usize>(
    rows: [(&'static str, Option<ManagedValue>); N],
) -> Vec<(&'static str, ManagedValue)> {
    let rows = rows.into_iter();
    rows.filter_map(|(key, value)| Some((key, value?)))
        .collect()
}

/// Reads `KEY=VALUE`.
fn written(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => {
            Ok((key.trim().to_owned(), value.trim().to_owned()))
        }
        _ => Err("write KEY=VALUE, for example cooldown=2h".to_owned()),
    }
}

impl<K: Keys> Add<K> {
    pub(super) fn run(self, kind: ManagedKind) -> anyhow::Result<Outcome> {
        let config = load(&self.config.path)?;
        let key = if kind == ManagedKind::Feed {
            "url"
        } else {
            "name"
        };
        let mut change = changed(&self.keys, self.set, Vec::new());
        let named = (key.to_owned(), ManagedValue::Text(self.name.clone()));
        change.set.insert(0, named);
        let mut managed = open(&config)?;
        managed.add(kind, &change)?;
        save(
            &managed,
            &self.config,
            &format!("{} is added to", shown(kind, &self.name)),
        )
    }
}

impl<K: Keys> Edit<K> {
    pub(super) fn run(self, kind: ManagedKind) -> anyhow::Result<Outcome> {
        let config = load(&self.config.path)?;
        let mut managed = open(&config)?;
        known(&managed, &config, kind, &self.name)?;
        let change = changed(&self.keys, self.set, self.unset);
        let is_nothing = change.set.is_empty() && change.unset.is_empty();
        anyhow::ensure!(
            !is_nothing,
            "nothing is to be changed: name what, for example --set KEY=VALUE"
        );
        managed.edit(kind, &self.name, &change)?;
        save(
            &managed,
            &self.config,
            &format!("{} is changed in", shown(kind, &self.name)),
        )
    }
}

impl Named {
    pub(super) fn remove(self, kind: ManagedKind) -> anyhow::Result<Outcome> {
        let config = load(&self.config.path)?;
        let mut managed = open(&config)?;
        known(&managed, &config, kind, &self.name)?;
        managed.remove(kind, &self.name)?;
        save(
            &managed,
            &self.config,
            &format!("{} is taken out of", shown(kind, &self.name)),
        )
    }
}

fn changed(keys: &impl Keys, set: Vec<(String, String)>, unset: Vec<String>) -> Change {
    let options = keys.pairs().into_iter();
    let options = options.map(|(key, value)| (key.to_owned(), value));
    let written = set.into_iter();
    let written = written.map(|(key, value)| (key, ManagedValue::Written(value)));
    Change {
        set: options.chain(written).collect(),
        unset,
    }
}

fn open(config: &Config) -> anyhow::Result<Managed> {
    Managed::open(&config.state_dir).context("open what is made outside the file")
}

/// Makes sure that something of this name was made outside the file, and says where it is written else.
fn known(managed: &Managed, config: &Config, kind: ManagedKind, name: &str) -> anyhow::Result<()> {
    if managed.has(kind, name) {
        return Ok(());
    }
    let rows: Vec<(String, Option<String>)> = match kind {
        ManagedKind::Feed => {
            let names = |feed: &Feed| feed.name.clone().unwrap_or_else(|| shown_url(&feed.url));
            let is_it = |feed: &Feed| feed.url.as_str() == name;
            let row = |(place, feed)| {
                let name = if is_it(feed) {
                    name.to_owned()
                } else {
                    names(feed)
                };
                (name, config.feed_places.get(place))
            };
            config.feeds.iter().enumerate().map(row).collect()
        }
        ManagedKind::Watch => {
            let row = |(place, watch): (usize, &crate::domain::Watch)| {
                (watch.name.0.clone(), config.watch_places.get(place))
            };
            config.watches.iter().enumerate().map(row).collect()
        }
        ManagedKind::Channel => {
            let row = |(place, channel): (usize, &crate::channel::ChannelSettings)| {
                (channel.name.0.clone(), config.channel_places.get(place))
            };
            config.channels.iter().enumerate().map(row).collect()
        }
    };
    if let Some((_, Some(place))) = rows.iter().find(|(known, _)| known == name) {
        anyhow::bail!(
            "{} is written in {place}: change it there, and reload",
            shown(kind, name)
        );
    }
    let names = rows.iter().map(|(name, _)| name.as_str());
    anyhow::bail!("{}", no_such(kind.as_str(), name, names))
}

/// Writes it, and says what `check` has to say about it.
fn save(managed: &Managed, config: &ConfigArg, done: &str) -> anyhow::Result<Outcome> {
    let path = managed.path().display().to_string();
    let loaded = match managed.save(&config.path, &ProcessEnvironment) {
        Ok(loaded) => loaded,
        Err(ManagedError::Unusable(problems)) => anyhow::bail!("{}", unusable(problems)),
        Err(error) => return Err(error.into()),
    };
    let mut warnings = loaded.warnings;
    warnings.retain(|warning| warning.file == path);
    if !warnings.is_empty() {
        let count = in_numbers(&warnings);
        output::line(&format!(
            "{}\n\n{count}\n",
            Problems(warnings).render(output::color())
        ))?;
    }
    output::line(&format!(
        "{done} {path}; a service that runs takes it up within seconds"
    ))?;
    Ok(Outcome::Done)
}

/// What stands in the way of a change.
fn unusable(problems: Problems) -> String {
    let errors: Vec<Problem> = problems
        .0
        .into_iter()
        .filter(|problem| problem.severity == Severity::Error)
        .collect();
    let count = in_numbers(&errors);
    format!(
        "nothing is changed: the configuration could not be used with it\n{}\n\n{count}",
        Problems(errors).render(output::color_of_errors())
    )
}

fn shown(kind: ManagedKind, name: &str) -> String {
    format!("{} \"{name}\"", kind.as_str())
}
