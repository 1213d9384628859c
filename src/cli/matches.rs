//! `newswatch match`: articles in, the watches that fire out, a line of JSON for each match.

use std::ops::ControlFlow;
use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::jsonl::{Article, Guess, Lines, Reader};
use super::loading::load;
use super::{ConfigArg, Outcome, output};
use crate::config::Config;
use crate::domain::{Hit, Watch};
use crate::ops;
use crate::ops::in_order::{Event, in_order};

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

/// What a few lines of the input come to.
struct Matched {
    printed: String,
    bytes: u64,
    /// What ended the work, after what was printed.
    error: Option<anyhow::Error>,
}

impl Match {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let config = load(&self.config.path)?;
        let guess = if ops::depends_on_language(&config.aliases, &config.sources) {
            Guess::Language
        } else {
            Guess::Nothing
        };
        let lines = Reader::open(&self.jsonl)?;
        let bar = output::progress_bytes(lines.size_bytes);
        let mut out = output::Buffered::new();
        let mut ended = Ok(());
        in_order(
            lines,
            |lines| matched(&config, guess, lines),
            |event| {
                let result = match event {
                    Event::Idle => out.flush(),
                    Event::Done(matched) => {
                        bar.inc(matched.bytes);
                        let printed = out.write(&matched.printed);
                        printed.and(matched.error.map_or(Ok(()), Err))
                    }
                };
                ended = result;
                if ended.is_ok() {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                }
            },
        );
        out.flush()?;
        bar.finish_and_clear();
        ended.map(|()| Outcome::Done)
    }
}

fn matched(config: &Config, guess: Guess, lines: anyhow::Result<Lines>) -> Matched {
    let mut matched = Matched {
        printed: String::new(),
        bytes: 0,
        error: None,
    };
    let lines = match lines {
        Ok(lines) => lines,
        Err(error) => {
            matched.error = Some(error);
            return matched;
        }
    };
    matched.bytes = lines.bytes;
    for line in &lines.lines {
        let article = match Article::read(line, guess) {
            Ok(article) => article,
            Err(error) => {
                matched.error = Some(error);
                return matched;
            }
        };
        for hit in config.matcher.hits(&article.text()) {
            if let Some(watch) = config.watches.get(hit.watch) {
                let report = report(&article.id, watch, &hit);
                matched.printed.push_str(&report.to_string());
                matched.printed.push('\n');
            }
        }
    }
    matched
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
