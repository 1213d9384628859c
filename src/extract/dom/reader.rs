//! From the bytes of a page to the tokens of which `html5ever` builds the tree.
//!
//! A page comes here stripped, so that hardly more than tags and text is left: those are read as the HTML standard has
//! them (§13.2.5), each in one piece and out of one buffer, at a small part of what a machine that goes from character
//! to character costs. What seldom stands on a page is left to that machine, `html5ever`'s own: from there on it reads
//! the rest ([`Next::Rest`]). The tokens are the same, and so is the tree.

use std::cell::RefCell;
use std::ops::Range;

use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::{RawKind, State};
use html5ever::tokenizer::{
    Doctype, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts, TreeSink};
use html5ever::{Attribute, QualName, ns};
use scraper::{Html, HtmlTreeSink};

use super::names::local_name_of;
use super::references::{Place, read_text};
use crate::extract::ExtractError;
use crate::extract::strip::{Attributes, End, KEPT_ATTRIBUTES, plain_end_tag};

/// What builds the tree.
pub(super) type Builder = TreeBuilder<Handle, HtmlTreeSink>;

type Handle = <HtmlTreeSink as TreeSink>::Handle;

/// How far a reader came.
pub(super) enum Next {
    /// There is more to read.
    More,
    /// The page has been read.
    End,
    /// The rest is for `html5ever` to read, beginning in this state, behind a start tag of this name.
    Rest(State, String),
}

/// Reads a page.
pub(super) struct Reader<'a> {
    html: &'a str,
    /// The page as one buffer, into which the text of the nodes points.
    whole: StrTendril,
    /// Where it goes on.
    pub(super) at: usize,
    pub(super) builder: Builder,
    /// The element whose text is being read, where that holds no tags.
    raw: Option<(RawKind, &'a str)>,
    /// The name of the last start tag.
    last_start: &'a str,
    /// Room for texts that are not as they are written.
    buffer: String,
}

impl<'a> Reader<'a> {
    pub(super) fn new(html: &'a str) -> Self {
        let sink = HtmlTreeSink::new(Html::new_document());
        Self {
            html,
            whole: StrTendril::from_slice(html),
            at: if html.starts_with('\u{feff}') { 3 } else { 0 },
            builder: TreeBuilder::new(sink, TreeBuilderOpts::default()),
            raw: None,
            last_start: "",
            buffer: String::new(),
        }
    }

    /// Reads on until a place.
    ///
    /// # Errors
    /// When a tag has too many attributes.
    pub(super) fn read_to(&mut self, end: usize) -> Result<Next, ExtractError> {
        while self.at < end {
            if self.at >= self.html.len() {
                return Ok(Next::End);
            }
            if let Some((kind, name)) = self.raw.take() {
                self.raw_text(kind, name)?;
            } else if let Some(state) = self.step()? {
                return Ok(Next::Rest(state, self.last_start.to_ascii_lowercase()));
            }
        }
        Ok(Next::More)
    }

    /// Ends a page that has been read.
    pub(super) fn finish(self) -> Html {
        self.put(Token::EOFToken);
        self.builder.end();
        self.builder.sink.finish()
    }

    /// What has not been read.
    pub(super) fn rest(&self) -> &'a str {
        self.html.get(self.at..).unwrap_or_default()
    }

    /// Reads one piece of text, tag or remark, and tells in which state the rest is for others to read, if it is.
    fn step(&mut self) -> Result<Option<State>, ExtractError> {
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let text = memchr::memchr(b'<', bytes).unwrap_or(bytes.len());
        if text > 0 {
            self.text(self.at..self.at + text, Place::Text);
            self.at += text;
            return Ok(None);
        }
        match (bytes.get(1), bytes.get(2)) {
            (Some(byte), _) if byte.is_ascii_alphabetic() => return self.tag(TagKind::StartTag),
            (Some(b'/'), Some(byte)) if byte.is_ascii_alphabetic() => {
                let Some(name) = plain_end_tag(rest) else {
                    return self.tag(TagKind::EndTag);
                };
                self.at += "</>".len() + name.len();
                let result = self.give(Token::TagToken(Tag {
                    kind: TagKind::EndTag,
                    name: local_name_of(name),
                    self_closing: false,
                    attrs: Vec::new(),
                    had_duplicate_attributes: false,
                }));
                return Ok(self.follow(&result, name));
            }
            (Some(b'/'), Some(b'>')) => self.at += 3,
            (Some(b'/'), Some(_)) => self.remark(2),
            (Some(b'/'), None) => {
                self.text(self.at..self.at + 2, Place::Text);
                self.at += 2;
            }
            (Some(b'?'), _) => self.remark(1),
            (Some(b'!'), _) => return Ok(self.declaration(rest)),
            _ => {
                self.text(self.at..self.at + 1, Place::Text);
                self.at += 1;
            }
        }
        Ok(None)
    }

    fn tag(&mut self, kind: TagKind) -> Result<Option<State>, ExtractError> {
        // An end tag is read from its slash on.
        let start = self.at + usize::from(kind == TagKind::EndTag);
        let from_tag = self.html.get(start..).unwrap_or_default();
        let mut written = Attributes::of(from_tag);
        let name = from_tag.get(1..written.at).unwrap_or_default();
        let mut attrs: Vec<Attribute> = Vec::new();
        let mut had_duplicate_attributes = false;
        while let Some(attribute) = written.next()? {
            // The end tags that stand for an element stand for one without attributes.
            if written.count > KEPT_ATTRIBUTES || kind == TagKind::EndTag {
                continue;
            }
            let local = local_name_of(attribute.name);
            if attrs.iter().any(|other| other.name.local == local) {
                had_duplicate_attributes = true;
                continue;
            }
            let from = start + attribute.value_at;
            attrs.push(Attribute {
                name: QualName::new(None, ns!(), local),
                value: self.value(from..from + attribute.value.len()),
            });
        }
        self.at = start + written.at;
        if kind == TagKind::StartTag {
            self.last_start = name;
        }
        if written.end == End::Page {
            return Ok(None);
        }
        let result = self.give(Token::TagToken(Tag {
            kind,
            name: local_name_of(name),
            self_closing: written.end == End::EmptyTag,
            attrs,
            had_duplicate_attributes,
        }));
        Ok(self.follow(&result, name))
    }

    /// Goes on behind a tag as the builder has it.
    fn follow(&mut self, answer: &TokenSinkResult<Handle>, name: &'a str) -> Option<State> {
        match answer {
            TokenSinkResult::RawData(kind @ (RawKind::Rcdata | RawKind::Rawtext)) => {
                self.raw = Some((*kind, name));
                None
            }
            TokenSinkResult::RawData(kind) => Some(State::RawData(*kind)),
            TokenSinkResult::Plaintext => Some(State::Plaintext),
            TokenSinkResult::Continue
            | TokenSinkResult::Script(_)
            | TokenSinkResult::EncodingIndicator(_) => None,
        }
    }

    /// Reads the text of an element that holds no tags, and its end tag.
    fn raw_text(&mut self, kind: RawKind, name: &str) -> Result<(), ExtractError> {
        let rest = self.rest();
        let text = end_of_raw_text(rest, name).unwrap_or(rest.len());
        let place = match kind {
            RawKind::Rcdata => Place::TextWithoutTags,
            RawKind::Rawtext | RawKind::ScriptData | RawKind::ScriptDataEscaped(_) => Place::Raw,
        };
        self.text(self.at..self.at + text, place);
        self.at += text;
        if self.at < self.html.len() {
            self.tag(TagKind::EndTag)?;
        }
        Ok(())
    }

    /// Reads what begins with `<!`.
    fn declaration(&mut self, rest: &str) -> Option<State> {
        let is_word = |word: &str| {
            let found = rest.as_bytes().get(2..2 + word.len());
            found.is_some_and(|found| found.eq_ignore_ascii_case(word.as_bytes()))
        };
        if is_word("doctype") {
            let length = memchr::memchr(b'>', rest.as_bytes()).map(|at| at + 1);
            let Some(written) = length.and_then(|length| rest.get(..length)) else {
                return Some(State::Data);
            };
            self.at += written.len();
            if let Some(doctype) = doctype(written) {
                self.put(Token::DoctypeToken(doctype));
            }
            return None;
        }
        let is_foreign = || {
            self.builder
                .adjusted_current_node_present_but_not_in_html_namespace()
        };
        if is_word("--") || is_word("[CDATA[") && is_foreign() {
            return Some(State::Data);
        }
        self.remark(2);
        None
    }

    /// Reads what is taken for a comment, whose text begins so many bytes on.
    fn remark(&mut self, before: usize) {
        let start = self.at + before;
        let rest = self.html.get(start..).unwrap_or_default();
        let length = memchr::memchr(b'>', rest.as_bytes()).unwrap_or(rest.len());
        let text = self.read(start..start + length, Place::Raw);
        self.put(Token::CommentToken(text));
        self.at = (start + length + 1).min(self.html.len());
    }

    /// Gives a text to the builder.
    fn text(&mut self, range: Range<usize>, place: Place) {
        let text = self.read(range, place);
        if place != Place::Text || !text.contains('\0') {
            self.characters(text);
            return;
        }
        for (index, part) in text.split('\0').enumerate() {
            if index > 0 {
                self.put(Token::NullCharacterToken);
            }
            self.characters(StrTendril::from_slice(part));
        }
    }

    fn characters(&self, text: StrTendril) {
        if !text.is_empty() {
            self.put(Token::CharacterTokens(text));
        }
    }

    fn value(&mut self, range: Range<usize>) -> StrTendril {
        if range.is_empty() {
            return StrTendril::new();
        }
        self.read(range, Place::Attribute)
    }

    /// What a piece of the page says.
    fn read(&mut self, range: Range<usize>, place: Place) -> StrTendril {
        let written = self.html.get(range.clone()).unwrap_or_default();
        if read_text(written, place, &mut self.buffer) {
            return StrTendril::from_slice(&self.buffer);
        }
        let start = u32::try_from(range.start).unwrap_or(u32::MAX);
        let length = u32::try_from(range.len()).unwrap_or(u32::MAX);
        let shared = self.whole.try_subtendril(start, length);
        shared.unwrap_or_else(|_| StrTendril::from_slice(written))
    }

    /// Gives the builder what is no tag: it never has anything to answer.
    fn put(&self, token: Token) {
        drop(self.give(token));
    }

    fn give(&self, token: Token) -> TokenSinkResult<Handle> {
        self.builder.process_token(token, 1)
    }
}

/// Where the end tag of an element begins whose text holds no tags.
fn end_of_raw_text(text: &str, name: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'<', bytes).find(|at| {
        let end_of_name = at + 2 + name.len();
        let is_end_tag = bytes
            .get(*at + 1..end_of_name)
            .and_then(|tag| tag.strip_prefix(b"/"))
            .is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()));
        is_end_tag
            && bytes
                .get(end_of_name)
                .is_some_and(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>'))
    })
}

/// Reads a document type: how broken pages are read depends on it.
fn doctype(written: &str) -> Option<Doctype> {
    #[derive(Default)]
    struct Seen(RefCell<Option<Doctype>>);
    impl TokenSink for Seen {
        type Handle = ();
        fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
            if let Token::DoctypeToken(doctype) = token {
                *self.0.borrow_mut() = Some(doctype);
            }
            TokenSinkResult::Continue
        }
    }
    let tokenizer = Tokenizer::new(Seen::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(written));
    drop(tokenizer.feed(&input));
    tokenizer.sink.0.take()
}
