//! Parsing within bounds: html5ever is fed in pieces, and between two of them depth, size and time are asked.
//!
//! The parser needs time in proportion to length times depth, and some constructs make it build hundreds of
//! elements from one tag. A page that goes past a bound is refused with the reason, never half read.

use html5ever::driver::{self, ParseOpts};
use html5ever::tendril::{StrTendril, TendrilSink};
use scraper::{Html, HtmlTreeSink, Node};

use super::ExtractError;

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

/// Bytes given to the parser at a time. One byte can make at most about 170 nodes (a paragraph that reopens
/// every open formatting element), so a piece stays well below [`MAX_NODES`].
const PIECE_BYTES: u32 = 2_048;

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
    let options = ParseOpts::default();
    let mut parser = driver::parse_document(HtmlTreeSink::new(Html::new_document()), options);
    // One buffer for the whole page: the text of the nodes points into it.
    let whole = StrTendril::from_slice(html);
    let length = whole.len32();
    let mut from = 0_u32;
    while from < length {
        let take = piece_length(html, from, length);
        let Ok(piece) = whole.try_subtendril(from, take) else {
            break;
        };
        parser.process(piece);
        from += take;
        let mut tree = parser.tokenizer.sink.sink.0.borrow_mut();
        check(&tree, max_nodes)?;
        // Nobody reads the parse errors, and a page of nothing else would fill the memory with them.
        tree.errors.clear();
        drop(tree);
        if !still_time() {
            return Err(ExtractError::TooSlow);
        }
    }
    Ok(parser.finish())
}

/// The length of the next piece, which ends between two characters.
fn piece_length(html: &str, from: u32, length: u32) -> u32 {
    let end = from.saturating_add(PIECE_BYTES);
    if end >= length {
        return length - from;
    }
    let boundary = html.ceil_char_boundary(end as usize);
    u32::try_from(boundary).map_or(length - from, |boundary| boundary - from)
}

fn check(tree: &Html, max_nodes: usize) -> Result<(), ExtractError> {
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
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALWAYS: &dyn Fn() -> bool = &|| true;

    #[test]
    fn a_deep_page_is_refused_before_it_is_read_to_its_end() {
        let page = "<div>".repeat(60_000);
        assert!(matches!(
            parse(&page, ALWAYS),
            Err(ExtractError::TooDeep { limit: 512 })
        ));
    }

    #[test]
    fn depth_hidden_behind_an_early_end_of_the_body_is_seen() {
        let page = "<div>".repeat(400) + "</body>" + &"<b>".repeat(400);
        let page = page + &"<p>x</p>".repeat(800);
        assert!(matches!(
            parse(&page, ALWAYS),
            Err(ExtractError::TooDeep { .. })
        ));
    }

    #[test]
    fn a_page_that_multiplies_its_elements_is_refused() {
        let open = (0..300).fold(String::new(), |open, n| open + &format!("<b id={n}>"));
        let page = format!("<p>{open}</p>") + &"<p>x</p>".repeat(20_000);
        assert!(matches!(
            parse(&page, ALWAYS),
            Err(ExtractError::TooLarge { .. })
        ));
    }

    #[test]
    fn the_caller_can_stop_the_parser() {
        let page = "<p>text".repeat(10_000);
        assert!(matches!(
            parse(&page, &|| false),
            Err(ExtractError::TooSlow)
        ));
    }

    #[test]
    fn characters_are_not_split_between_pieces() {
        let page = format!("<p>{}</p>", "ộ".repeat(5_000));
        let tree = parse(&page, ALWAYS).unwrap();
        let text: String = tree.root_element().text().collect();
        assert_eq!(text, "ộ".repeat(5_000));
    }

    #[test]
    fn an_ordinary_page_of_many_siblings_is_read() {
        let page = "<ul>".to_owned() + &"<li>item".repeat(20_000);
        assert!(parse(&page, ALWAYS).is_ok());
    }
}
