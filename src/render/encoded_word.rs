//! A header's text on the wire: ASCII lines of at most 78 bytes (RFC 5322 §2.1.1, RFC 2047).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use unicode_segmentation::UnicodeSegmentation as _;

/// The longest line a header should have.
const MAX_LINE_BYTES: usize = 78;

/// What stands around the text of an encoded-word.
const AROUND: &str = "=?utf-8?B??=";

/// The bytes of text that one encoded-word carries: 45 bytes are 60 in base64, and 72 with what stands around
/// them. RFC 2047 §2 allows 75.
const MAX_BYTES_A_WORD: usize = 45;

/// Writes `value` as the value of the header `name`, folded.
///
/// ASCII text whose words fit a line stays as it is. Anything else becomes encoded-words, a line each, and no letter
/// is split between two of them: a mail program decodes each by itself.
#[must_use]
pub fn header_value(name: &str, value: &str) -> String {
    let is_plain = value.is_ascii() && !value.contains("=?");
    if let Some(folded) = is_plain.then(|| folded(name, value)).flatten() {
        return folded;
    }
    // The first word shares its line with the name; three bytes of text are four of base64.
    let beside_name = MAX_LINE_BYTES.saturating_sub(name.len() + ": ".len() + AROUND.len());
    chunks(value, (beside_name / 4 * 3).min(MAX_BYTES_A_WORD))
        .iter()
        .map(|chunk| format!("=?utf-8?B?{}?=", STANDARD.encode(chunk)))
        .collect::<Vec<_>>()
        .join("\r\n ")
}

/// Folds at spaces; `None` when a word is too long for a line.
fn folded(name: &str, value: &str) -> Option<String> {
    let mut lines = String::new();
    let mut line_bytes = name.len() + ": ".len();
    for (place, word) in value.split(' ').enumerate() {
        let joined_bytes = line_bytes + word.len() + usize::from(place > 0);
        if joined_bytes <= MAX_LINE_BYTES {
            if place > 0 {
                lines.push(' ');
            }
            line_bytes = joined_bytes;
        } else {
            lines.push_str("\r\n ");
            line_bytes = 1 + word.len();
        }
        // A line of nothing but space would end the header for some readers.
        if word.is_empty() || line_bytes > MAX_LINE_BYTES {
            return None;
        }
        lines.push_str(word);
    }
    Some(lines)
}

/// Splits a text into pieces of at most [`MAX_BYTES_A_WORD`], the first of at most `first_bytes`, between letters;
/// inside one only if it is larger.
fn chunks(value: &str, first_bytes: usize) -> Vec<String> {
    let mut chunks = Vec::new();
    let mut chunk = String::new();
    let mut room_bytes = first_bytes;
    for letter in value.graphemes(true).flat_map(pieces) {
        if chunk.len() + letter.len() > room_bytes {
            chunks.push(std::mem::take(&mut chunk));
            room_bytes = MAX_BYTES_A_WORD;
        }
        chunk.push_str(&letter);
    }
    chunks.push(chunk);
    chunks
}

/// A letter as it is, or its characters one by one when no encoded-word can hold it.
fn pieces(letter: &str) -> Vec<String> {
    if letter.len() <= MAX_BYTES_A_WORD {
        vec![letter.to_owned()]
    } else {
        letter.chars().map(String::from).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Decodes what [`header_value`] writes.
    fn decoded(written: &str) -> String {
        if !written.contains("=?") {
            return written.replace("\r\n ", " ");
        }
        written
            .split("\r\n ")
            .map(|word| {
                let inner = word.strip_prefix("=?utf-8?B?").unwrap();
                let bytes = STANDARD.decode(inner.strip_suffix("?=").unwrap()).unwrap();
                // Each word is valid text by itself.
                String::from_utf8(bytes).unwrap()
            })
            .collect()
    }

    #[test]
    fn any_text_comes_back_and_every_line_fits() {
        for value in [
            "",
            "[East Sea] Short",
            "[East Sea] Ministers agree to finish the code of conduct within three years, says the communique",
            "Biển Đông: các bộ trưởng nhất trí hoàn tất Bộ quy tắc ứng xử trong ba năm, thông cáo cho biết",
            "東シナ海と南シナ海に関する共同声明が発表された、行動規範の策定を三年以内に完了することで合意",
            &"x".repeat(200),
            &"a ".repeat(100),
            "two  spaces",
            "literal =?utf-8?q?x?= word",
            &"👨‍👩‍👧".repeat(20),
            &format!("a{}", "\u{301}".repeat(150)),
        ] {
            let written = header_value("Subject", value);
            assert_eq!(decoded(&written), value);
            assert!(written.is_ascii());
            for line in format!("Subject: {written}").split("\r\n") {
                assert!(line.len() <= MAX_LINE_BYTES, "{} bytes: {line}", line.len());
            }
            for word in written.split("\r\n ").filter(|word| word.starts_with("=?")) {
                assert!(word.len() <= 75, "{word}");
            }
        }
    }

    #[test]
    fn plain_titles_stay_readable_on_the_wire() {
        assert_eq!(
            header_value("Subject", "[East Sea] Short"),
            "[East Sea] Short"
        );
    }
}
