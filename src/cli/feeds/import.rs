//! `newswatch feeds import`: a list of feeds in OPML as `[[feed]]` tables.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use url::Url;

use super::{Outcome, output};
use crate::cli::input::not_opened;
use crate::config::{self, ProcessEnvironment, Secrets};
use crate::parse::{self, FeedList, ListedFeed};

/// The longest name and tag in characters that a configuration takes.
const MAX_NAME_CHARS: usize = 200;

/// What a feed's name cannot begin with: in a watch it would stand for a tag.
const TAG_PREFIX: &str = "tag:";

/// Arguments of `feeds import`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Import {
    /// The list of feeds
    #[arg(value_name = "FILE.opml")]
    list: PathBuf,
    /// Append to this configuration file instead of printing; feeds that it has already are left out
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Import {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let list = self.list.display();
        let bytes = std::fs::read(&self.list).map_err(|error| not_opened(&self.list, &error))?;
        let FeedList { feeds, repairs } = parse::opml(&parse::Document {
            bytes: &bytes,
            content_type: None,
            url: None,
        })
        .map_err(|_| anyhow::anyhow!("{list} is not a list of feeds (OPML)"))?;
        for repair in &repairs {
            output::complain(&format!("{list}: mended: {repair}"));
        }
        let mut known = match &self.output {
            Some(path) => Known::of_file(path)?,
            None => Known::default(),
        };
        let found = feeds.len();
        let tables: Vec<String> = feeds.iter().filter_map(|feed| known.table(feed)).collect();
        match &self.output {
            Some(path) => {
                append(path, &tables)?;
                output::line(&format!(
                    "{}: {} of {found} feeds added",
                    path.display(),
                    tables.len()
                ))?;
            }
            None => output::line(tables.join("\n").trim_end())?,
        }
        Ok(if found == 0 {
            Outcome::No
        } else {
            Outcome::Done
        })
    }
}

/// The addresses and names that are taken.
#[derive(Default)]
struct Known {
    addresses: HashSet<Url>,
    names: HashSet<String>,
}

impl Known {
    /// Those of a configuration, its included files among them; none where there is no such file yet.
    fn of_file(path: &Path) -> anyhow::Result<Self> {
        if !path.exists() {
            return Ok(Self::default());
        }
        let loaded = config::load(path, &ProcessEnvironment, Secrets::Optional)
            .map_err(|problems| unusable(path, &problems))?;
        let mut known = Self::default();
        for feed in loaded.config.feeds {
            known.addresses.insert(without_fragment(feed.url));
            known.names.extend(feed.name);
        }
        Ok(known)
    }

    /// Writes the table of a feed; nothing where its address is none, or is known. Both are told to people.
    fn table(&mut self, feed: &ListedFeed) -> Option<String> {
        let Some(url) = web_address(&feed.url) else {
            let shown = shown(&feed.url);
            output::complain(&format!("\"{shown}\" is not a web address; left out"));
            return None;
        };
        if !self.addresses.insert(without_fragment(url.clone())) {
            return None;
        }
        let mut table = format!("[[feed]]\nurl = {}\n", quoted(url.as_str()));
        if let Some(name) = self.name(feed, &url) {
            let _infallible = writeln!(table, "name = {}", quoted(&name));
        }
        let tags: Vec<String> = feed
            .tags
            .iter()
            .filter_map(|tag| name_of(tag))
            .map(|tag| quoted(&tag))
            .collect();
        if !tags.is_empty() {
            let _infallible = writeln!(table, "tags = [{}]", tags.join(", "));
        }
        Some(table)
    }

    /// A name that no other feed has; none where the list names the feed by its address only.
    fn name(&mut self, feed: &ListedFeed, url: &Url) -> Option<String> {
        let listed = feed.title.as_deref().and_then(name_of)?;
        if listed == feed.url || listed == url.as_str() {
            return None;
        }
        let name = listed.trim_start_matches(TAG_PREFIX).trim().to_owned();
        let numbered = (2..).map(|number| format!("{name} ({number})"));
        let free = std::iter::once(name.clone())
            .chain(numbered)
            .find(|name| !self.names.contains(name))
            .filter(|name| !name.is_empty())?;
        self.names.insert(free.clone());
        Some(free)
    }
}

/// Appends tables to a file, having made sure that it is a configuration with them as well.
fn append(path: &Path, tables: &[String]) -> anyhow::Result<()> {
    if tables.is_empty() {
        return Ok(());
    }
    let old = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error).with_context(|| format!("read {}", path.display())),
    };
    let gap = match old.as_str() {
        "" => "",
        text if text.ends_with('\n') => "\n",
        _ => "\n\n",
    };
    let added = format!("{gap}{}", tables.join("\n"));
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    let name = path.display().to_string();
    config::load_text(
        &name,
        &format!("{old}{added}"),
        folder,
        &ProcessEnvironment,
        Secrets::Optional,
    )
    .map_err(|problems| unusable(path, &problems))?;
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    file.write_all(added.as_bytes())
        .and_then(|()| file.sync_all())
        .with_context(|| format!("write {name}"))
}

fn unusable(path: &Path, problems: &config::Problems) -> anyhow::Error {
    anyhow::anyhow!(
        "nothing is added to {}, which cannot be used\n{}",
        path.display(),
        problems.render(output::color())
    )
}

fn web_address(written: &str) -> Option<Url> {
    let url = Url::parse(written.trim()).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

fn without_fragment(mut url: Url) -> Url {
    url.set_fragment(None);
    url
}

/// What a configuration takes as a name: a line that is not too long.
fn name_of(text: &str) -> Option<String> {
    let line: String = text.chars().filter(|c| !c.is_control()).collect();
    let short: String = line.trim().chars().take(MAX_NAME_CHARS - 10).collect();
    let name = short.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn shown(text: &str) -> String {
    crate::render::one_line(text, 200)
}
