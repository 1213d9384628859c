//! `newswatch senses`: what the abbreviations in texts stand for.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};

use super::jsonl::Reader;
use super::{Outcome, output};
use crate::story::{Definition, definitions, sense};

/// Arguments of `senses`.
#[derive(Debug, Args)]
pub(super) struct Senses {
    /// The texts, an object a line: id, text, acronym, and as context what the rest of its story defines; - for
    /// standard input
    #[arg(long, value_name = "FILE")]
    jsonl: PathBuf,
}

#[derive(Debug, Deserialize)]
struct Asked {
    id: Value,
    #[serde(default)]
    title: String,
    #[serde(default)]
    text: String,
    acronym: Option<String>,
    context: Option<Around>,
}

#[derive(Debug, Default, Deserialize)]
struct Around {
    #[serde(default)]
    story_defines: Vec<(String, String)>,
}

impl Senses {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let mut out = output::Buffered::new();
        for lines in Reader::open(&self.jsonl)? {
            for line in lines?.lines {
                let asked: Asked = serde_json::from_slice(line.bytes())
                    .with_context(|| format!("line {} is no text with an id", line.number()))?;
                out.write(&format!("{}\n", answer(asked)))?;
            }
            out.flush()?;
        }
        Ok(Outcome::Done)
    }
}

fn answer(asked: Asked) -> Value {
    let mut own = definitions(&asked.title);
    for definition in definitions(&asked.text) {
        if !own.contains(&definition) {
            own.push(definition);
        }
    }
    let around = asked.context.unwrap_or_default().story_defines;
    let around: Vec<Definition> = around
        .into_iter()
        .map(|(short, long)| Definition { short, long })
        .collect();
    let found = asked
        .acronym
        .as_deref()
        .and_then(|short| sense(short, &own, &around));
    let pairs: Vec<Value> = own.iter().map(|one| json!([one.short, one.long])).collect();
    json!({ "id": asked.id, "sense": found, "definitions": pairs })
}
