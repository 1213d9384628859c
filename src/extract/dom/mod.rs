//! Parsing within bounds: a page is read in pieces ([`reader`]), of which html5ever builds the tree, and between two of
//! them depth, size and time are asked.
//!
//! The parser needs time in proportion to length times depth, and some constructs make it build hundreds of
//! elements from one tag. A page that goes past a bound is refused with the reason, never half read.

mod names;
mod reader;
mod references;

use html5ever::TokenizerResult;
use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::State;
use html5ever::tokenizer::{Tokenizer, TokenizerOpts};
use html5ever::tree_builder::TreeSink;
use scraper::{Html, Node};

use super::ExtractError;
use reader::{Builder, Next, Reader};

/// Elements within elements; browsers stop at 512 as well.
const MAX_DEPTH: usize = 512;

/// Nodes of a tree, of which each takes some 200 bytes, and as much again in what is made of it: the longest of two
/// thousand pages of news has a quarter of these.
const MAX_NODES: usize = 120_000;

/// Nodes of the tree of a feed's own text: the longest articles have some thousand, and each entry of a feed has such
/// a text, so that many trees may stand at once.
const MAX_NODES_OF_FRAGMENT: usize = 50_000;

/// What a piece counts in a budget that counts steps: it makes some tens of nodes.
pub(super) const STEPS_FOR_PIECE: usize = 256;

/// Bytes read at a time, to the end of the tag or text that they end in. One byte can make at most about 170 nodes (a
/// paragraph that reopens every open formatting element), so a piece stays well below [`MAX_NODES`].
const PIECE_BYTES: usize = 2_048;

/// The newest elements whose depth is looked at after each piece.
const NEWEST_ELEMENTS: usize = 4;

/// Parses a page or a fragment of one.
///
/// # Errors
/// When the tree grows too deep or too large, or `still_time` says no.
pub(super) fn parse(html: &str, still_time: &dyn Fn() -> bool) -> Result<Html, ExtractError> {
    parse_up_to(html, MAX_NODES, still_time)
}

/// Parses a fragment, which has fewer nodes than a page.
///
/// # Errors
/// When the tree grows too deep or too large, or `still_time` says no.
pub(super) fn parse_small(html: &str, still_time: &dyn Fn() -> bool) -> Result<Html, ExtractError> {
    parse_up_to(html, MAX_NODES_OF_FRAGMENT, still_time)
}

fn parse_up_to(
    html: &str,
    max_nodes: usize,
    still_time: &dyn Fn() -> bool,
) -> Result<Html, ExtractError> {
    let mut reader = Reader::new(html);
    loop {
        let next = reader.read_to(reader.at + PIECE_BYTES)?;
        check(&reader.builder, max_nodes, still_time)?;
        match next {
            Next::More => {}
            Next::End => return Ok(reader.finish()),
            Next::Rest(state, last_start) => {
                let rest = reader.rest();
                return parse_rest(rest, (state, last_start), reader.builder, &|builder| {
                    check(builder, max_nodes, still_time)
                });
            }
        }
    }
}

/// Leaves the rest of a page to the parser's own reader.
fn parse_rest(
    html: &str,
    (state, last_start): (State, String),
    builder: Builder,
    check: &dyn Fn(&Builder) -> Result<(), ExtractError>,
) -> Result<Html, ExtractError> {
    let options = TokenizerOpts {
        initial_state: Some(state),
        last_start_tag_name: Some(last_start),
        discard_bom: false,
        ..TokenizerOpts::default()
    };
    let tokenizer = Tokenizer::new(builder, options);
    let input = BufferQueue::default();
    let mut rest = html;
    while let Some((piece, after)) = rest.split_at_checked(piece_length(rest)) {
        input.push_back(StrTendril::from_slice(piece));
        while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
        check(&tokenizer.sink)?;
        if after.is_empty() {
            break;
        }
        rest = after;
    }
    tokenizer.end();
    Ok(tokenizer.sink.sink.finish())
}

/// The length of the next piece, which ends between two characters.
fn piece_length(rest: &str) -> usize {
    rest.ceil_char_boundary(PIECE_BYTES.min(rest.len()))
}

fn check(
    builder: &Builder,
    max_nodes: usize,
    still_time: &dyn Fn() -> bool,
) -> Result<(), ExtractError> {
    let mut tree = builder.sink.0.borrow_mut();
    // Nobody reads the parse errors, and a page of nothing else would fill the memory with them.
    tree.errors.clear();
    if tree.tree.values().len() > max_nodes {
        return Err(ExtractError::TooLarge { limit: max_nodes });
    }
    let too_deep = tree
        .tree
        .nodes()
        .rev()
        .filter(|node| matches!(node.value(), Node::Element(_)))
        .take(NEWEST_ELEMENTS)
        .any(|node| node.ancestors().take(MAX_DEPTH + 1).count() > MAX_DEPTH);
    if too_deep {
        return Err(ExtractError::TooDeep { limit: MAX_DEPTH });
    }
    if !still_time() {
        return Err(ExtractError::TooSlow);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
