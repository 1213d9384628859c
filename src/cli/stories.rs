//! `newswatch stories`: which articles tell one story, which are copies, and what these add.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::ops::ControlFlow;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use serde_json::{Value, json};

use super::jsonl::{Article, Guess, Lines, Reader};
use super::status::open_store;
use super::{ConfigArg, Outcome, default_config, output};
use crate::domain::visible;
use crate::ops::in_order::{Event, in_order};
use crate::ops::stories::{stories, story};
use crate::store::Store;
use crate::story::{Desk, Incoming, Placed, Texts};

/// Arguments of `stories`.
#[derive(Debug, Args)]
pub(super) struct Stories {
    /// The story to show; without one, those that went on last are listed
    story: Option<i64>,
    /// Sort these articles instead, in order of publication, an object a line: id, title, text, source, lang, published,
    /// url; - for standard input
    #[arg(long, value_name = "FILE", conflicts_with = "story")]
    jsonl: Option<PathBuf>,
    /// The configuration whose store is asked [default: as for other commands]
    #[arg(long, short = 'c', value_name = "FILE", conflicts_with = "jsonl")]
    config: Option<PathBuf>,
    /// How many are listed
    #[arg(long, default_value_t = 20, value_name = "N")]
    limit: usize,
    /// Print an object a line
    #[arg(long)]
    json: bool,
}

impl Stories {
    pub(super) async fn run(self) -> anyhow::Result<Outcome> {
        if let Some(jsonl) = &self.jsonl {
            return sort(jsonl);
        }
        let path = self
            .config
            .or_else(|| default_config().map(PathBuf::from))
            .context("name a configuration with --config FILE, or articles with --jsonl FILE")?;
        let store = open_store(&ConfigArg { path }).await?;
        match self.story {
            Some(id) => show(&store, id, self.json).await,
            None => list(&store, self.limit, self.json).await,
        }
    }
}

async fn list(store: &Store, limit: usize, as_json: bool) -> anyhow::Result<Outcome> {
    for story in stories(store, limit).await? {
        if as_json {
            output::json(&story)?;
        } else {
            let reports = match story.reports {
                1 => "1 report".to_owned(),
                more => format!("{more} independent reports"),
            };
            output::line(&format!(
                "{}  {}  since {}, last {}: {}",
                story.story,
                plain(&story.title),
                output::time(story.first_at),
                output::time(story.last_at),
                reports
            ))?;
        }
    }
    Ok(Outcome::Done)
}

async fn show(store: &Store, id: i64, as_json: bool) -> anyhow::Result<Outcome> {
    let Some(view) = story(store, id).await? else {
        output::complain(&format!("there is no story {id}"));
        return Ok(Outcome::No);
    };
    if !as_json {
        let first = view.articles.first().map(|one| one.outlet.as_str());
        output::line(&format!(
            "first in {} at {}; {} in {}; languages: {}",
            plain(first.unwrap_or_default()),
            output::time(view.first_at),
            match view.reports {
                1 => "1 report".to_owned(),
                more => format!("{more} independent reports"),
            },
            output::counted(view.articles.len(), "article", "articles"),
            view.langs.join(", "),
        ))?;
    }
    for article in &view.articles {
        if as_json {
            output::json(article)?;
            continue;
        }
        let copied = article
            .same_words
            .zip(article.of_words)
            .map_or_else(String::new, |(same, of)| {
                format!("  (copy: {same} of {of} words)")
            });
        output::line(&format!(
            "{}  {}  {}{copied}",
            output::time(article.at),
            plain(&article.outlet),
            plain(article.title.as_deref().unwrap_or("its text is forgotten")),
        ))?;
        for sentence in &article.delta_sentences {
            output::line(&format!("    + {}", plain(sentence)))?;
        }
    }
    Ok(Outcome::Done)
}

/// A text with nothing in it that steers a terminal.
fn plain(text: &str) -> String {
    visible(text).collect()
}

fn sort(jsonl: &Path) -> anyhow::Result<Outcome> {
    let lines = Reader::open(jsonl)?;
    let bar = output::progress_bytes(lines.size_bytes);
    let mut out = output::Buffered::new();
    let mut sorter = Sorter::new()?;
    let mut ended = Ok(());
    in_order(lines, read, |event| {
        let result = match event {
            Event::Idle => out.flush(),
            Event::Done((bytes, articles)) => {
                bar.inc(bytes);
                articles.into_iter().try_for_each(|article| {
                    let printed = sorter.place(&article?)?;
                    out.write(&format!("{printed}\n"))
                })
            }
        };
        ended = result;
        if ended.is_ok() {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    });
    out.flush()?;
    bar.finish_and_clear();
    ended.map(|()| Outcome::Done)
}

fn read(lines: anyhow::Result<Lines>) -> (u64, Vec<anyhow::Result<Article>>) {
    match lines {
        Ok(lines) => {
            let articles = lines.lines.iter();
            let read = articles.map(|line| Article::read(line, Guess::Language));
            (lines.bytes, read.collect())
        }
        Err(error) => (0, vec![Err(error)]),
    }
}

/// Puts articles to their stories; keeps what it must read again in a file of its own.
struct Sorter {
    desk: Desk,
    kept: KeptTexts,
}

/// The ids and texts of the articles, in a file that vanishes with the process.
struct KeptTexts {
    file: BufWriter<File>,
    length: u64,
    /// For each article, where its id starts and where its text does.
    places: Vec<(u64, u32)>,
}

impl Sorter {
    fn new() -> anyhow::Result<Self> {
        let file = tempfile::tempfile().context("make a file for the texts")?;
        Ok(Self {
            desk: Desk::new(),
            kept: KeptTexts {
                file: BufWriter::new(file),
                length: 0,
                places: Vec::new(),
            },
        })
    }

    fn place(&mut self, article: &Article) -> anyhow::Result<Value> {
        let text = article.text();
        let incoming = Incoming {
            title: text.title,
            text: text.text,
            source: text.source,
            url: text.url,
            lang: text.lang,
            published: article.published_ms(),
        };
        let placed = self.desk.place(&incoming, &mut self.kept);
        let id = article.id.to_string();
        self.kept.keep(&id, text.text)?;
        let copy_of = placed.copy_of.map(|first| self.kept.id(first));
        Ok(shown(&article.id, &placed, copy_of.transpose()?.as_ref()))
    }
}

fn shown(id: &Value, placed: &Placed, copy_of: Option<&Value>) -> Value {
    let (same, of) = placed.same_words;
    let mut shown = json!({
        "id": id,
        "story": placed.story,
        "copy_of": copy_of,
        "delta_sentences": placed.delta,
    });
    if placed.copy_of.is_some()
        && let Some(object) = shown.as_object_mut()
    {
        object.insert("same_words".into(), same.into());
        object.insert("of_words".into(), of.into());
    }
    shown
}

impl KeptTexts {
    fn keep(&mut self, id: &str, text: &str) -> anyhow::Result<()> {
        self.places.push((self.length, u32::try_from(id.len())?));
        for piece in [id, text] {
            self.file
                .write_all(piece.as_bytes())
                .context("keep a text")?;
            self.length += u64::try_from(piece.len())?;
        }
        Ok(())
    }

    fn bytes(&mut self, from: u64, to: u64) -> anyhow::Result<Vec<u8>> {
        self.file.flush().context("keep a text")?;
        let mut bytes = vec![0; usize::try_from(to - from)?];
        self.file
            .get_ref()
            .read_exact_at(&mut bytes, from)
            .context("read a text again")?;
        Ok(bytes)
    }

    fn id(&mut self, number: u32) -> anyhow::Result<Value> {
        let place = self.places.get(usize::try_from(number)?).copied();
        let (from, length) = place.context("an article that was not kept")?;
        let bytes = self.bytes(from, from + u64::from(length))?;
        Ok(serde_json::from_slice(&bytes)?)
    }
}

impl Texts for KeptTexts {
    fn text(&mut self, number: u32) -> Option<String> {
        let number = usize::try_from(number).ok()?;
        let (from, id_length) = *self.places.get(number)?;
        let to = self
            .places
            .get(number + 1)
            .map_or(self.length, |next| next.0);
        let bytes = self.bytes(from + u64::from(id_length), to).ok()?;
        String::from_utf8(bytes).ok()
    }
}
