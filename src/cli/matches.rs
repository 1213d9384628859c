//! `newswatch match`: articles in, the watches that fire out, a line of JSON for each match.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ConfigArg, Outcome, output};
use crate::config::{self, ProcessEnvironment, Secrets};
use crate::domain::{ArticleText, Hit, Watch};
use crate::matching::Matcher;

/// Arguments of `match`.
#[derive(Debug, Args)]
pub(super) struct Match {
    #[command(flatten)]
    config: ConfigArg,
    /// The articles, an object a line: id, title, text, source, lang, published, author, tags, url; - for
    /// standard input
    #[arg(long, value_name = "FILE")]
    jsonl: PathBuf,
}

/// One line of the input; keys that are not named here are left alone.
#[derive(Debug, Deserialize)]
struct Article {
    id: Value,
    title: Option<String>,
    text: Option<String>,
    source: Option<String>,
    lang: Option<String>,
    author: Option<String>,
    tags: Option<Vec<String>>,
    url: Option<String>,
}

impl Match {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let config = match config::load(&self.config.path, &ProcessEnvironment, Secrets::Optional) {
            Ok(loaded) => loaded.config,
            Err(problems) => anyhow::bail!(
                "the configuration cannot be used\n{}",
                problems.render(output::color())
            ),
        };
        let input: Box<dyn Read> = if self.jsonl.as_os_str() == "-" {
            Box::new(std::io::stdin())
        } else {
            let file = File::open(&self.jsonl)
                .with_context(|| format!("open {}", self.jsonl.display()))?;
            Box::new(file)
        };
        let bar = output::progress(0);
        for (number, line) in (1..).zip(BufReader::new(input).lines()) {
            let line = line.with_context(|| format!("line {number}"))?;
            if !line.trim().is_empty() {
                let article: Article = serde_json::from_str(&line)
                    .with_context(|| format!("line {number} is not an article"))?;
                print_matches(&config.matcher, &config.watches, &article)?;
            }
            bar.inc(1);
        }
        bar.finish_and_clear();
        Ok(Outcome::Done)
    }
}

fn print_matches(matcher: &Matcher, watches: &[Watch], article: &Article) -> anyhow::Result<()> {
    let tags = article.tags.as_deref().unwrap_or_default();
    let hits = matcher.hits(&ArticleText {
        title: article.title.as_deref().unwrap_or_default(),
        text: article.text.as_deref().unwrap_or_default(),
        author: article.author.as_deref().unwrap_or_default(),
        source: article.source.as_deref().unwrap_or_default(),
        tags,
        url: article.url.as_deref().unwrap_or_default(),
        lang: article.lang.as_deref().unwrap_or_default(),
    });
    for hit in hits {
        if let Some(watch) = watches.get(hit.watch) {
            output::line(&report(&article.id, watch, &hit).to_string())?;
        }
    }
    Ok(())
}

fn report(article: &Value, watch: &Watch, hit: &Hit) -> Value {
    let spans: Vec<Value> = hit
        .spans
        .iter()
        .map(|span| json!({ "field": span.field.as_str(), "start": span.start, "end": span.end }))
        .collect();
    json!({
        "id": article,
        "watch": watch.name.0,
        "score": hit.score,
        "spans": spans,
    })
}
