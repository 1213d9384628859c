//! `newswatch extract`: article pages in, their text out, a line of JSON for each input; or how each was read.

mod explain;

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};
use url::Url;

use super::input::{Document, Fetcher, Inputs, is_address, web_address};
use super::{Outcome, output};
use crate::clock::{self, Clock};
use crate::config;
use crate::extract::{
    self, Explanation, ExtractError, Extracted, Origin, Page, Prior, Rule, Sourced,
};
use crate::http::Purpose;
use crate::pipeline::page::{self, Missing};

/// Arguments of `extract`.
#[derive(Debug, Args)]
pub(super) struct Extract {
    /// The address the pages came from
    #[arg(long, value_name = "URL")]
    url: Option<Url>,
    /// A TOML file with a site rule: body, title, byline, published, remove, strip, next, url
    #[arg(long, value_name = "FILE")]
    rule: Option<PathBuf>,
    /// Show for people how the page was read: each block, whether it was kept, and why
    #[arg(long)]
    explain: bool,
    /// With --explain: an object a line instead, with all blocks
    #[arg(long, requires = "explain")]
    json: bool,
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
            let read = match client.as_ref().filter(|_| is_address(name)) {
                Some(client) => self.follow(client, name, rule.as_ref()).await,
                None => match self.inputs.read(None, name).await {
                    Ok(document) => Ok(self.extract(&document, rule.as_ref())?),
                    Err(error) => Err(error),
                },
            };
            if read.is_err() {
                outcome = Outcome::No;
            }
            output::line(&self.told(name, read))?;
            bar.inc(1);
        }
        bar.finish_and_clear();
        Ok(outcome)
    }

    /// What is printed of one input.
    fn told(&self, name: &str, read: anyhow::Result<(Extracted, Option<Explanation>)>) -> String {
        match read {
            Ok((found, Some(explanation))) if self.json => {
                explain::as_json(report(name, &found), &explanation).to_string()
            }
            Ok((found, Some(explanation))) => explain::shown(name, &found, &explanation),
            Ok((found, None)) => report(name, &found).to_string(),
            Err(error) if self.explain && !self.json => format!("{name}: {error:#}\n"),
            Err(error) => json!({ "input": name, "error": format!("{error:#}") }).to_string(),
        }
    }

    /// Reads an article of the web as the service would, with the pages on which it goes on.
    async fn follow(
        &self,
        client: &Fetcher,
        name: &str,
        rule: Option<&Rule>,
    ) -> anyhow::Result<(Extracted, Option<Explanation>)> {
        let mut reader = Reader {
            of: self,
            client,
            rule,
            explanation: None,
        };
        let first = page::leaf(&mut reader, &web_address(name)?).await?;
        let explanation = reader.explanation.take();
        if self.url.is_some() {
            // Whoever says where it came from asks for this one page.
            return Ok((first.found, explanation));
        }
        let found = page::with_next(&mut reader, first.found, &first.url).await;
        Ok((found, explanation))
    }

    fn extract(
        &self,
        document: &Document,
        rule: Option<&Rule>,
    ) -> Result<(Extracted, Option<Explanation>), ExtractError> {
        let page = Page {
            bytes: &document.bytes,
            content_type: document.content_type.as_deref(),
            url: self.url.as_ref().or(document.url.as_ref()),
        };
        let prior = Prior {
            now: Some(Clock::system().now()),
            published: None,
        };
        let still_time = clock::still_time(extract::READING_BUDGET);
        if self.explain {
            let (found, explanation) = extract::explained(&page, rule, prior, &still_time)?;
            return Ok((found, Some(explanation)));
        }
        let found = extract::article_given(&page, rule, prior, &still_time)?;
        Ok((found, None))
    }
}

/// Reads pages as they come, one after the other.
struct Reader<'a> {
    of: &'a Extract,
    client: &'a Fetcher,
    rule: Option<&'a Rule>,
    /// How the page was read that was read last, where people asked.
    explanation: Option<Explanation>,
}

impl page::Reader for Reader<'_> {
    type Document = Document;

    async fn fetch(&mut self, asked: &Url) -> Result<(Document, Url), Missing> {
        let document = self.client.get(asked, Purpose::Feed).await?;
        let url = document.url.clone().unwrap_or_else(|| asked.clone());
        Ok((self.of.inputs.declared(document), url))
    }

    fn bytes(document: &Document) -> &[u8] {
        &document.bytes
    }

    async fn read(&mut self, document: Document, _: &Url) -> Result<Extracted, Missing> {
        let (found, explanation) = self.of.extract(&document, self.rule)?;
        self.explanation = explanation;
        Ok(found)
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
