//! `newswatch channel`: the channels as they are written, and how they are; those that are added outside the file; and who
//! asked for no more messages.

use clap::{Args, Subcommand};

use super::loading::{load, no_such, one_paragraph, places_of};
use super::managed::{self, ChannelKeys, Named};
use super::output::{counted, span};
use super::status::{open, open_store, print_channel, store_of};
use super::{ConfigArg, Outcome, output};
use crate::channel::EmailAddress;
use crate::clock::Clock;
use crate::config::{Config, ManagedKind};
use crate::ops::channel::OpenRow;
use crate::ops::channel_list::{self, ChannelListing, ChannelShown, Configured, Timing};

/// What `channel` can do.
#[derive(Debug, Subcommand)]
pub(super) enum Channel {
    /// List the channels: how they are, where they lead, which watches tell them
    List(List),
    /// Show one channel: when it takes messages, and which deliveries wait or were given up
    Show(Show),
    /// Add a channel outside the file, checked with it
    Add(managed::Add<ChannelKeys>),
    /// Change a channel that was added so
    Edit(managed::Edit<ChannelKeys>),
    /// Take out a channel that was added so
    Remove(Named),
    /// Send a recipient no more messages, of one watch or at all
    Suppress(Recipient),
    /// Take that back
    Allow(Recipient),
    /// List who asked for no more messages
    Suppressed(Listing),
}

/// Arguments of `channel list`.
#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    config: ConfigArg,
    /// Print an object a line instead
    #[arg(long)]
    json: bool,
}

/// Arguments of `channel show`.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// The name of the channel
    name: String,
    #[command(flatten)]
    config: ConfigArg,
    /// Print an object instead
    #[arg(long)]
    json: bool,
}

/// Arguments of `channel suppress` and `channel allow`.
#[derive(Debug, Args)]
pub(super) struct Recipient {
    /// The mail address
    address: String,
    /// Only this watch; all of them else
    #[arg(long)]
    watch: Option<String>,
    #[command(flatten)]
    config: ConfigArg,
}

/// Arguments of `channel suppressed`.
#[derive(Debug, Args)]
pub(super) struct Listing {
    #[command(flatten)]
    config: ConfigArg,
}

impl Channel {
    pub(super) async fn run(self) -> anyhow::Result<Outcome> {
        match self {
            Self::List(list) => list.run().await,
            Self::Show(show) => show.run().await,
            Self::Add(add) => add.run(ManagedKind::Channel),
            Self::Edit(edit) => edit.run(ManagedKind::Channel),
            Self::Remove(named) => named.remove(ManagedKind::Channel),
            Self::Suppress(recipient) => recipient.suppress().await,
            Self::Allow(recipient) => recipient.allow().await,
            Self::Suppressed(listing) => listing.run().await,
        }
    }
}

impl List {
    async fn run(self) -> anyhow::Result<Outcome> {
        let config = load(&self.config.path)?;
        let store = store_of(&config).await?;
        let channels = channel_list::channels(store.as_ref(), &configured(&config)).await?;
        let none = "there are no channels in the configuration";
        output::list(&channels, self.json, none, |channel| print(channel, false))?;
        Ok(Outcome::Done)
    }
}

impl Show {
    async fn run(self) -> anyhow::Result<Outcome> {
        let config = load(&self.config.path)?;
        let names = config.channels.iter().map(|one| one.name.0.as_str());
        let found = config
            .channels
            .iter()
            .position(|one| one.name.0 == self.name);
        let Some((place, settings)) = found.zip(found.and_then(|at| config.channels.get(at)))
        else {
            anyhow::bail!("{}", no_such("channel", &self.name, names));
        };
        let store = store_of(&config).await?;
        let mut channels = channel_list::channels(store.as_ref(), &configured(&config)).await?;
        let listing = channels.swap_remove(place);
        let shown = channel_list::channel(store.as_ref(), listing, &settings.name).await?;
        if self.json {
            output::json(&shown)?;
        } else {
            print_shown(&shown)?;
        }
        Ok(Outcome::Done)
    }
}

fn configured(config: &Config) -> Configured<'_> {
    Configured {
        channels: &config.channels,
        places: &config.channel_places,
        policies: &config.policies,
        watches: &config.watches,
        routes: &config.routes,
    }
}

fn detail(text: &str) -> anyhow::Result<()> {
    output::line(&format!("                {}", one_paragraph(text, 16)))
}

fn print(channel: &ChannelListing, with_help: bool) -> anyhow::Result<()> {
    print_channel(&channel.channel, with_help)?;
    let mut leads = channel.kind.to_owned();
    if !channel.to.is_empty() {
        leads = format!("{leads} to {}", channel.to.join(", "));
    } else if let Some(server) = &channel.server {
        leads = format!("{leads} at {server}");
    }
    let mut parts = vec![leads];
    parts.extend(in_words(&channel.timing));
    parts.extend(
        channel
            .place
            .as_ref()
            .map(|place| format!("written in {place}")),
    );
    detail(&parts.join("; "))?;
    let mut tellers = match channel.watches.as_slice() {
        [] => "no watch tells it".to_owned(),
        watches => format!("watches: {}", watches.join(", ")),
    };
    if !channel.routes.is_empty() {
        let routes: Vec<String> = channel.routes.iter().map(usize::to_string).collect();
        tellers = format!("{tellers}; routes: {}", routes.join(", "));
    }
    detail(&tellers)
}

/// When a channel takes messages and how many, in words.
fn in_words(timing: &Timing) -> Vec<String> {
    let mut words = Vec::new();
    if let Some(digest) = &timing.digest {
        let days = if digest.days.is_empty() {
            String::new()
        } else {
            format!(" on {}", digest.days.join(", "))
        };
        words.push(format!("digest at {}{days}", digest.at.join(", ")));
    }
    if let Some(quiet) = &timing.quiet {
        let but = quiet.except.map(|least| format!(" except {least}"));
        let but = but.unwrap_or_default();
        words.push(format!("quiet from {} to {}{but}", quiet.from, quiet.to));
    }
    words.extend(
        timing
            .per_hour
            .map(|most| format!("at most {most} an hour")),
    );
    words.extend(
        timing
            .group_wait_s
            .map(|wait| format!("joins what comes in {}", span(wait))),
    );
    if let Some(storm) = &timing.storm {
        let within = span(storm.in_s);
        words.push(format!(
            "more than {} in {within} are joined",
            storm.more_than
        ));
    }
    if let Some(escalate) = &timing.escalate {
        let to = escalate.to.join(", ");
        words.push(format!("after {} to {to}", span(escalate.after_s)));
    }
    words
}

fn print_shown(shown: &ChannelShown) -> anyhow::Result<()> {
    print(&shown.channel, true)?;
    let timing = &shown.channel.timing;
    let tries = counted(timing.retries, "time", "times");
    detail(&format!(
        "tries again {tries}; its times are those of {}",
        timing.timezone
    ))?;
    if shown.open.is_empty() {
        return output::line("\nNothing waits, and nothing was given up");
    }
    output::line("\nThe newest deliveries that wait or were given up")?;
    shown.open.iter().try_for_each(print_open)
}

fn print_open(open: &OpenRow) -> anyhow::Result<()> {
    let state = match open.state {
        "abandoned" => "given up",
        state => state,
    };
    let title = open.title.as_deref().unwrap_or("no alert");
    let more = match open.alerts {
        0 | 1 => String::new(),
        many => format!(" and {} more", many - 1),
    };
    let to = open
        .recipient
        .as_ref()
        .map(|to| format!(" to {to}"))
        .unwrap_or_default();
    let line = format!("{}  {state}{to}: {title}{more}", output::time(open.at));
    output::line(&format!("  {}", one_paragraph(&line, 4)))?;
    let tries = counted(open.tries as usize, "try", "tries");
    let reason = open
        .reason
        .as_ref()
        .map(|reason| format!(": {reason}"))
        .unwrap_or_default();
    output::line(&format!(
        "    {}",
        one_paragraph(&format!("{}, {tries}{reason}", open.id), 4)
    ))
}

impl Recipient {
    async fn suppress(self) -> anyhow::Result<Outcome> {
        let address = EmailAddress::parse(&self.address)?;
        let (store, config) = open(&self.config).await?;
        places_of(&config, self.watch.as_deref())?;
        let now = Clock::system().now();
        let to = address.as_str().to_owned();
        store.suppress(to.clone(), self.watch.clone(), now).await?;
        output::line(&match &self.watch {
            Some(watch) => format!("{to} gets no more messages of the watch \"{watch}\""),
            None => format!("{to} gets no more messages"),
        })?;
        Ok(Outcome::Done)
    }

    async fn allow(self) -> anyhow::Result<Outcome> {
        let address = EmailAddress::parse(&self.address)?;
        let store = open_store(&self.config).await?;
        let to = address.as_str().to_owned();
        let taken_back = store.allow(to.clone(), self.watch).await?;
        if taken_back == 0 {
            output::line(&format!("{to} was not suppressed"))?;
            return Ok(Outcome::No);
        }
        output::line(&format!(
            "{to} gets messages again; what was given up meanwhile is sent by newswatch alerts retry"
        ))?;
        Ok(Outcome::Done)
    }
}

impl Listing {
    async fn run(self) -> anyhow::Result<Outcome> {
        let store = open_store(&self.config).await?;
        let suppressions = store.suppressions().await?;
        if suppressions.is_empty() {
            output::line("nobody asked for no more messages")?;
        }
        for one in suppressions {
            let watch = one.watch.map_or_else(
                || "every watch".to_owned(),
                |watch| format!("the watch \"{watch}\""),
            );
            let since = output::time(one.since);
            output::line(&format!("{}: {watch}, since {since}", one.recipient))?;
        }
        Ok(Outcome::Done)
    }
}
