//! `newswatch extract`: article pages in, their text out, a line of JSON for each input.

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use serde_json::{Value, json};
use url::Url;

use super::input::{Document, Inputs};
use super::{Outcome, output};
use crate::config;
use crate::extract::{self, Extracted, Origin, Page, Rule, Sourced};

/// Arguments of `extract`.
#[derive(Debug, Args)]
pub(super) struct Extract {
    /// The address the pages came from
    #[arg(long, value_name = "URL")]
    url: Option<Url>,
    /// A TOML file with a site rule: body, title, byline, published, remove
    #[arg(long, value_name = "FILE")]
    rule: Option<PathBuf>,
    #[command(flatten)]
    inputs: Inputs,
}

impl Extract {
    pub(super) async fn run(self) -> anyhow::Result<Outcome> {
        let rule = match &self.rule {
            Some(path) => Some(Rule::new(&config::load_site_rule(path)?)?),
            None => None,
        };
        let client = self.inputs.client()?;
        let mut outcome = Outcome::Done;
        let bar = output::progress(self.inputs.names().len());
        for name in self.inputs.names() {
            let found = match self.inputs.read(&client, name).await {
                Ok(document) => self.extract(&document, rule.as_ref()),
                Err(error) => Err(error),
            };
            let line = match found {
                Ok(found) => report(name, &found),
                Err(error) => {
                    outcome = Outcome::No;
                    json!({ "input": name, "error": format!("{error:#}") })
                }
            };
            output::line(&line.to_string())?;
            bar.inc(1);
        }
        bar.finish_and_clear();
        Ok(outcome)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a budget of computing time, not a time of day"
    )]
    fn extract(&self, document: &Document, rule: Option<&Rule>) -> anyhow::Result<Extracted> {
        let page = Page {
            bytes: &document.bytes,
            content_type: document.content_type.as_deref(),
            url: self.url.as_ref().or(document.url.as_ref()),
        };
        let begun = Instant::now();
        Ok(extract::article(&page, rule, &|| {
            begun.elapsed() < extract::READING_BUDGET
        })?)
    }
}

fn report(name: &str, found: &Extracted) -> Value {
    let mut origins = serde_json::Map::new();
    let mut said = |key: &str, found: Option<(Value, &Origin)>| match found {
        Some((value, origin)) => {
            origins.insert(key.to_owned(), origin.to_string().into());
            value
        }
        None => Value::Null,
    };
    let title = said("title", text(found.title.as_ref()));
    let byline = said("byline", text(found.byline.as_ref()));
    let published = said("published", text(found.published.as_ref()));
    let modified = said("modified", text(found.modified.as_ref()));
    let lang = said("lang", text(found.lang.as_ref()));
    let site = said("site", text(found.site.as_ref()));
    let section = said("section", text(found.section.as_ref()));
    let canonical = said("canonical", text(found.canonical.as_ref()));
    let is_free = found.is_free.as_ref();
    let is_free = said(
        "isAccessibleForFree",
        is_free.map(|found| (found.value.into(), &found.origin)),
    );
    json!({
        "input": name,
        "title": title,
        "byline": byline,
        "published": published,
        "modified": modified,
        "lang": lang,
        "site": site,
        "section": section,
        "canonical": canonical,
        "isAccessibleForFree": is_free,
        "origins": origins,
        "wall": found.wall.map(|wall| wall.to_string()),
        "notes": found.notes.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "text": found.text,
    })
}

fn text<T: ToString>(found: Option<&Sourced<T>>) -> Option<(Value, &Origin)> {
    found.map(|found| (found.value.to_string().into(), &found.origin))
}
