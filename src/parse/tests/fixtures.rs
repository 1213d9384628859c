//! Feeds as they come, and beside each what `newswatch parse` says of it.

use url::Url;

use crate::parse::{Document, report};

/// Compares what is reported of a document with what is expected, both as pretty JSON.
#[track_caller]
fn assert_reported(name: &str, bytes: &[u8], expected: &str) {
    let url = Url::parse("https://base.example/dir/feed").unwrap();
    let document = Document {
        bytes,
        content_type: None,
        url: Some(&url),
    };
    let reported = serde_json::to_string_pretty(&report(name, &document, &|| true)).unwrap();
    assert_eq!(reported, expected.trim_end());
}

macro_rules! fixture {
    ($test:ident, $name:literal) => {
        #[test]
        fn $test() {
            assert_reported(
                $name,
                include_bytes!(concat!("../../../tests/fixtures/feeds/", $name)),
                include_str!(concat!(
                    "../../../tests/fixtures/feeds/",
                    $name,
                    ".expected.json"
                )),
            );
        }
    };
}

fixture!(a_weblog_with_the_usual_modules, "weblog.rss");
fixture!(
    a_channel_of_videos_with_its_text_in_media_elements,
    "videos.atom"
);
fixture!(
    a_feed_with_warnings_windows_letters_and_missing_ends,
    "broken.rss"
);
fixture!(letters_in_json_without_a_title_of_the_feed, "letters.json");
