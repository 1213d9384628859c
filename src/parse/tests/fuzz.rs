//! Any bytes whatever: no panic, and never an entry without a key.

use proptest::prelude::*;

use super::read;
use crate::domain::Budget;
use crate::parse::lexer::{Lexer, Piece};
use crate::parse::{date, sanitised};

/// Pieces that feeds are made of; a random order of them gets deeper than random bytes.
const PIECES: [&str; 48] = [
    "<rss>",
    "<rss version=\"2.0\">",
    "</rss>",
    "<channel>",
    "</channel>",
    "<item>",
    "</item>",
    "<feed>",
    "</feed>",
    "<entry>",
    "</entry>",
    "<rdf:RDF>",
    "<title>",
    "</title>",
    "<title/>",
    "<link>",
    "<link/>",
    "<link href='x' rel=\"self\"/>",
    "</link>",
    "<guid isPermaLink=",
    "<guid>",
    "</guid>",
    "<pubDate>",
    "</pubDate>",
    "<description>",
    "</description>",
    "<content type=\"xhtml\">",
    "<content mode='base64'>",
    "</content>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?xml",
    "?>",
    "<!DOCTYPE x [<!ENTITY a \"&a;b\">]>",
    "&a;",
    "&#x",
    "&#233;",
    "&amp;",
    "&",
    "<",
    ">",
    "\"",
    "é",
    "http://example.org/",
    "Tue, 05 Mar 2024 10:00 GMT",
    "\u{0}",
];

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(read(&bytes).map_or(0, |feed| feed.entries.len()) <= bytes.len());
    }

    #[test]
    fn no_pieces_of_feeds_make_the_reader_panic(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..80)) {
        if let Ok(feed) = read(pieces.concat().as_bytes()) {
            prop_assert!(feed.entries.iter().all(|entry| !entry.keys.is_empty()));
        }
    }

    #[test]
    fn no_json_makes_the_reader_panic(members in "[\\[{\"items:titlurd0-9\\\\,}\\]a-z ]{0,200}") {
        let whole = format!("{{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[{{{members}}}]}}");
        prop_assert!(read(whole.as_bytes()).map_or(0, |feed| feed.entries.len()) <= members.len() + 1);
        let half = ["{", &members].concat();
        prop_assert!(read(half.as_bytes()).is_err());
    }

    #[test]
    fn no_text_makes_the_date_reader_panic(text in ".{0,60}", shape in "[0-9]{0,17}[-+/.: TZ年月日apm0-9]{0,30}") {
        for text in [text, shape] {
            if let Some(at) = date::timestamp(&text) {
                prop_assert!((1899..=2201).contains(&jiff::tz::Offset::UTC.to_datetime(at).year()), "{text}: {at}");
            }
        }
    }

    #[test]
    fn nothing_dangerous_survives_the_sanitiser(text in "(<|>|/|script|img|on|error|=|\"|'|javascript:|a|href| ){0,40}") {
        let safe = sanitised(&text, None, &Budget::new(&|| true));
        let tags = Lexer::new(&safe).filter_map(|piece| match piece {
            Piece::Start(tag) => Some(tag),
            _ => None,
        });
        for tag in tags {
            prop_assert!(!tag.name.eq_ignore_ascii_case("script"), "{safe}");
            prop_assert!(tag.attributes().all(|(name, _)| !name.starts_with("on")), "{safe}");
            prop_assert!(!tag.attribute("href").unwrap_or_default().contains("javascript"), "{safe}");
        }
    }
}
