//! What is right is not warned of: `right.txt` holds files with features that are rarely used together.

use super::*;

/// The files, each with its name.
fn cases() -> Vec<(&'static str, String)> {
    let parts = include_str!("right.txt").split("\n=== ").skip(1);
    parts
        .filter_map(|part| part.split_once('\n'))
        .map(|(name, text)| (name, format!("{text}\n")))
        .collect()
}

#[test]
fn nothing_is_said_of_a_file_that_is_right() {
    let cases = cases();
    assert!(cases.len() >= 25);
    for (name, text) in cases {
        let of_windows = format!("\u{feff}{}", text.replace('\n', "\r\n"));
        for text in [text, of_windows] {
            let told = match load(&text) {
                Ok(loaded) => loaded.warnings,
                Err(problems) => problems.0,
            };
            assert!(told.is_empty(), "{name}: {told:?}");
        }
    }
}
