//! `newswatch revise`: what became of articles that were read before.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};

use super::jsonl::Reader;
use super::{Outcome, output};
use crate::story::{Version, Visit, revise};

/// Arguments of `revise`.
#[derive(Debug, Args)]
pub(super) struct Revise {
    /// The visits, an object a line: id, old and new (title, text), the terms that were found, and the HTTP status;
    /// - for standard input
    #[arg(long, value_name = "FILE")]
    jsonl: PathBuf,
}

#[derive(Debug, Deserialize)]
struct Asked {
    id: Value,
    old: Page,
    new: Option<Page>,
    #[serde(default)]
    terms: Vec<String>,
    #[serde(default = "served")]
    status: u16,
}

#[derive(Debug, Deserialize)]
struct Page {
    #[serde(default)]
    title: String,
    #[serde(default)]
    text: String,
}

/// The status of an answer that served the page.
fn served() -> u16 {
    200
}

impl Page {
    fn version(&self) -> Version<'_> {
        Version {
            title: &self.title,
            text: &self.text,
        }
    }
}

impl Revise {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let mut out = output::Buffered::new();
        for lines in Reader::open(&self.jsonl)? {
            for line in lines?.lines {
                let asked: Asked = serde_json::from_slice(line.bytes()).with_context(|| {
                    format!(
                        "line {} is no visit with an id and an old text",
                        line.number()
                    )
                })?;
                out.write(&format!("{}\n", answer(&asked)))?;
            }
            out.flush()?;
        }
        Ok(Outcome::Done)
    }
}

fn answer(asked: &Asked) -> Value {
    let visit = Visit {
        status: asked.status,
        version: asked.new.as_ref().map(Page::version),
    };
    let revision = revise(asked.old.version(), visit, &asked.terms);
    let kinds: Vec<&str> = revision.edits.iter().map(|edit| edit.name()).collect();
    json!({ "id": asked.id, "kinds": kinds })
}
