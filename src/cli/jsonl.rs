//! Articles as people hand them over: an object a line.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::Path;

use anyhow::Context as _;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::Value;

use super::input::not_opened;
use crate::domain::{ArticleText, Timestamp};
use crate::language;

/// Bytes that are read at once.
const BUFFER_BYTES: usize = 256 * 1024;

/// The longest line; a file of one endless line is not to fill the memory.
const MAX_LINE_BYTES: u64 = 64 * 1024 * 1024;

/// Lines that are worked on together: handing over costs less than reading a word of each.
const LINES_TOGETHER: usize = 64;

/// One line of the input; keys that are not named here are left alone.
#[derive(Debug, Deserialize)]
pub(super) struct Article {
    /// What its matches are known by.
    pub(super) id: Value,
    title: Option<String>,
    text: Option<String>,
    feed_title: Option<String>,
    feed_summary: Option<String>,
    source: Option<String>,
    lang: Option<String>,
    author: Option<String>,
    tags: Option<Vec<String>>,
    url: Option<String>,
    published: Option<Value>,
}

/// Whether a language that is not given is guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guess {
    /// From the letters and words of the article.
    Language,
    /// Nobody asks for it.
    Nothing,
}

impl Article {
    /// Reads a line.
    pub(super) fn read(line: &Line, guess: Guess) -> anyhow::Result<Self> {
        let number = line.number;
        let mut article: Self = serde_json::from_slice(&line.bytes)
            .with_context(|| format!("line {number} is not an article"))?;
        if guess == Guess::Language && article.lang.as_deref().unwrap_or_default().is_empty() {
            let title = article.title.as_deref().unwrap_or_default();
            let text = article.text.as_deref().unwrap_or_default();
            article.lang = language::detect(title, text);
        }
        Ok(article)
    }

    /// When it was published, in milliseconds since 1970: a number, or a date as RFC 3339 writes it.
    pub(super) fn published_ms(&self) -> Option<i64> {
        match self.published.as_ref()? {
            Value::Number(number) => {
                let number = number.as_i64()?;
                // Seconds of this century have ten figures, milliseconds thirteen.
                Some(if number.abs() < 100_000_000_000 {
                    number.saturating_mul(1000)
                } else {
                    number
                })
            }
            Value::String(text) => {
                let at: Option<Timestamp> = text.trim().parse().ok();
                let day = || text.trim().parse::<jiff::civil::DateTime>().ok();
                let at = at.or_else(|| TimeZone::UTC.to_timestamp(day()?).ok());
                at.map(Timestamp::as_millisecond)
            }
            _ => None,
        }
    }

    /// The article as queries see it; its text as it is, paragraphs parted by blank lines.
    pub(super) fn text(&self) -> ArticleText<'_> {
        ArticleText {
            title: self.title.as_deref().unwrap_or_default(),
            text: self.text.as_deref().unwrap_or_default(),
            feed_title: self.feed_title.as_deref().unwrap_or_default(),
            feed_summary: self.feed_summary.as_deref().unwrap_or_default(),
            author: self.author.as_deref().unwrap_or_default(),
            source: self.source.as_deref().unwrap_or_default(),
            tags: self.tags.as_deref().unwrap_or_default(),
            url: self.url.as_deref().unwrap_or_default(),
            lang: self.lang.as_deref().unwrap_or_default(),
        }
    }
}

/// A line and its number, from 1.
#[derive(Debug)]
pub(super) struct Line {
    number: usize,
    bytes: Vec<u8>,
}

impl Line {
    /// Its number, from 1.
    pub(super) fn number(&self) -> usize {
        self.number
    }

    /// What stands on it.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Lines that are worked on together; those without an article are left out.
#[derive(Debug)]
pub(super) struct Lines {
    pub(super) lines: Vec<Line>,
    /// How much was read for them.
    pub(super) bytes: u64,
}

/// The lines of a file, or of standard input.
pub(super) struct Reader {
    input: BufReader<Box<dyn Read + Send>>,
    /// The size of the file, if it is one.
    pub(super) size_bytes: Option<u64>,
    number: usize,
}

impl Reader {
    /// Opens a file; `-` is standard input.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let (input, size_bytes): (Box<dyn Read + Send>, _) = if path.as_os_str() == "-" {
            (Box::new(io::stdin()), None)
        } else {
            let file = File::open(path).map_err(|error| not_opened(path, &error))?;
            let size_bytes = file.metadata().map(|data| data.len()).ok();
            (Box::new(file), size_bytes)
        };
        Ok(Self {
            input: BufReader::with_capacity(BUFFER_BYTES, input),
            size_bytes,
            number: 0,
        })
    }

    fn line(&mut self) -> anyhow::Result<Option<Vec<u8>>> {
        self.number += 1;
        let number = self.number;
        let mut bytes = Vec::new();
        let mut limited = (&mut self.input).take(MAX_LINE_BYTES);
        limited
            .read_until(b'\n', &mut bytes)
            .with_context(|| format!("line {number}"))?;
        anyhow::ensure!(
            limited.limit() > 0,
            "line {number} is longer than {MAX_LINE_BYTES} bytes"
        );
        Ok((!bytes.is_empty()).then_some(bytes))
    }
}

impl Iterator for Reader {
    type Item = anyhow::Result<Lines>;

    /// As many lines as are there now, and at least one: whoever writes them slowly is answered at once.
    fn next(&mut self) -> Option<Self::Item> {
        let mut together = Lines {
            lines: Vec::new(),
            bytes: 0,
        };
        loop {
            match self.line() {
                Ok(Some(bytes)) => {
                    together.bytes += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                    if !bytes.trim_ascii().is_empty() {
                        together.lines.push(Line {
                            number: self.number,
                            bytes,
                        });
                    }
                }
                Ok(None) if together.bytes == 0 => return None,
                Ok(None) => return Some(Ok(together)),
                Err(error) => return Some(Err(error)),
            }
            let is_full = together.lines.len() >= LINES_TOGETHER;
            if is_full || !self.input.buffer().contains(&b'\n') {
                return Some(Ok(together));
            }
        }
    }
}
