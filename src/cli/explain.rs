//! `newswatch explain`: why each watch fires on an article, or why it does not.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};
use url::Url;

use super::input::{Document, Fetcher, is_address, not_opened, web_address};
use super::jsonl::{Article as Given, Guess, Reader};
use super::loading::{load, one_paragraph};
use super::output::{Tone, toned};
use super::{ConfigArg, Outcome, output};
use crate::clock;
use crate::config::Config;
use crate::domain::{Article, ArticleText, Budget, Entry, FeedSelector, Watch, paragraphs};
use crate::extract::{self, Page};
use crate::http::Purpose;
use crate::ops::explain::{Why, WhyClause, why};

/// The most that is read of one page.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// Texts of hits that are shown to people for one clause.
const SHOWN_TEXTS: usize = 5;

/// Arguments of `explain`.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("article").required(true))]
pub(super) struct Explain {
    #[command(flatten)]
    config: ConfigArg,
    /// The page of an article; - for standard input
    #[arg(group = "article", value_name = "FILE")]
    file: Option<PathBuf>,
    /// The address of an article, fetched as the service would
    #[arg(long, group = "article")]
    url: Option<String>,
    /// Articles, an object a line, as `match` reads them; - for standard input
    #[arg(long, group = "article", value_name = "FILE")]
    jsonl: Option<PathBuf>,
    /// Only this watch
    #[arg(long, value_name = "NAME")]
    watch: Option<String>,
    /// Print an object a line instead, for each article and watch
    #[arg(long)]
    json: bool,
}

impl Explain {
    pub(super) async fn run(self) -> anyhow::Result<Outcome> {
        let config = load(&self.config.path)?;
        let watches = super::loading::places_of(&config, self.watch.as_deref())?;
        if let Some(path) = &self.jsonl {
            for lines in Reader::open(path)? {
                for line in &lines?.lines {
                    let given = Given::read(line, Guess::Language)?;
                    self.print(&config, &watches, &given.id, &given.text())?;
                }
            }
            return Ok(Outcome::Done);
        }
        let named = self.file.as_deref().and_then(Path::to_str);
        let address = self
            .url
            .as_deref()
            .or(named.filter(|name| is_address(name)));
        let document = match (address, &self.file) {
            (Some(url), _) => {
                Fetcher::of(&config)?
                    .get(&web_address(url)?, Purpose::Page)
                    .await?
            }
            (None, Some(path)) => Document {
                bytes: read(path)?,
                content_type: None,
                url: None,
            },
            (None, None) => anyhow::bail!("no article is given"),
        };
        let article = article(&document)?;
        let id = article
            .url
            .as_ref()
            .map_or(Value::Null, |url| url.as_str().into());
        let text = paragraphs(&article.text);
        self.print(
            &config,
            &watches,
            &id,
            &ArticleText::of(&article, &text, &[]),
        )?;
        Ok(Outcome::Done)
    }

    fn print(
        &self,
        config: &Config,
        places: &[usize],
        id: &Value,
        article: &ArticleText<'_>,
    ) -> anyhow::Result<()> {
        if !self.json {
            output::line(&heading(article))?;
        }
        for place in places {
            let (Some(watch), Some(why)) = (
                config.watches.get(*place),
                why(&config.matcher, *place, article),
            ) else {
                continue;
            };
            if self.json {
                output::line(&as_json(id, watch, &why)?.to_string())?;
            } else {
                output::line(&shown(watch, &why))?;
            }
        }
        Ok(())
    }
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if path.as_os_str() == "-" {
        std::io::stdin().take(MAX_BYTES).read_to_end(&mut bytes)?;
    } else {
        let file = std::fs::File::open(path).map_err(|error| not_opened(path, &error))?;
        file.take(MAX_BYTES).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// Makes an article of a page as the service would, of an entry that says nothing itself.
fn article(document: &Document) -> anyhow::Result<Article> {
    let page = Page {
        bytes: &document.bytes,
        content_type: document.content_type.as_deref(),
        url: document.url.as_ref(),
    };
    let found = extract::article(&page, None, &clock::still_time(extract::READING_BUDGET))?;
    // A file has no address; one that nobody can mean stands in while the article is made.
    let nowhere = || Url::parse("file:///");
    let address = document.url.clone().map_or_else(nowhere, Ok)?;
    let always = || true;
    let article = extract::choose(
        &Entry::default(),
        Ok((found, address)),
        &Budget::new(&always),
    );
    let url = article.url.filter(|url| url.scheme() != "file");
    Ok(Article { url, ..article })
}

fn heading(article: &ArticleText<'_>) -> String {
    let lang = match article.lang {
        "" => "language not known".to_owned(),
        lang => format!("language {lang}"),
    };
    let words = article.text.split_whitespace().count();
    format!("{} ({lang}, {words} words)", article.title)
}

fn as_json(id: &Value, watch: &Watch, why: &Why) -> anyhow::Result<Value> {
    let mut object = json!({
        "id": id, "watch": watch.name.0, "feeds": selectors(watch), "paused": !watch.is_enabled,
    });
    if let (Value::Object(object), Value::Object(why)) = (&mut object, serde_json::to_value(why)?) {
        object.extend(why);
    }
    Ok(object)
}

fn selectors(watch: &Watch) -> Vec<String> {
    watch
        .feeds
        .iter()
        .map(|selector| match selector {
            FeedSelector::Tag(tag) => format!("tag:{tag}"),
            FeedSelector::Feed(name) => name.clone(),
        })
        .collect()
}

fn shown(watch: &Watch, why: &Why) -> String {
    let answer = if why.matched {
        toned("fires", Tone::Good)
    } else {
        toned("does not fire", Tone::Doubtful)
    };
    let points = match why.min_score {
        Some(min_score) => format!(", {} of {min_score} points", why.score),
        None => String::new(),
    };
    let mut lines = vec![String::new(), format!("{}: {answer}{points}", watch.name)];
    add_clause(&why.clause, 1, &mut lines);
    for lacking in &why.near_misses {
        let lacking = format!("one clause short: {lacking}");
        lines.push(format!("  {}", one_paragraph(&lacking, 4)));
    }
    if !watch.is_enabled {
        lines.push("  it is paused (enabled = false): it raises no alert".into());
    }
    let selectors = selectors(watch);
    if !selectors.is_empty() {
        lines.push(format!(
            "  it looks only at the feeds {}",
            selectors.join(", ")
        ));
    }
    lines.join("\n")
}

fn add_clause(clause: &WhyClause, depth: usize, lines: &mut Vec<String>) {
    let (mark, remark) = match (clause.only_points, clause.met) {
        (true, _) => (
            "~".to_owned(),
            "   (takes points away, and decides nothing)",
        ),
        (false, true) => (toned("+", Tone::Good), ""),
        (false, false) => (toned("-", Tone::Doubtful), ""),
    };
    let written: Vec<&str> = clause.text.split_whitespace().collect();
    let text = format!("{}{}{remark}", written.join(" "), shown_hits(clause));
    lines.push(format!(
        "{}{mark} {}",
        "  ".repeat(depth),
        one_paragraph(&text, 2 * depth + 4)
    ));
    for inner in &clause.clauses {
        add_clause(inner, depth + 1, lines);
    }
}

fn shown_hits(clause: &WhyClause) -> String {
    if clause.count == 0 {
        return String::new();
    }
    let mut texts: Vec<String> = Vec::new();
    for hit in &clause.hits {
        let quoted = format!("“{}” in the {}", hit.text, hit.field.name());
        if texts.len() < SHOWN_TEXTS && !texts.contains(&quoted) {
            texts.push(quoted);
        }
    }
    format!("   {}x: {}", clause.count, texts.join(", "))
}
