//! Lines of a text that are about the page it stands on.

use super::text::{ends_sentence, folded, weight};
use super::{lines, metadata};

/// Tells whether a line of a text is about the page and not about what the article tells: its age, its date, a call to
/// read something else.
#[must_use]
pub fn is_line_about_the_page(line: &str) -> bool {
    let weight = weight(line);
    if weight > LONGEST_AGE || ends_sentence(line) {
        return false;
    }
    let text = folded(line);
    let has_figure = text.chars().any(char::is_numeric);
    let is_of_time = has_figure
        && (metadata::says_when(line)
            || AGES
                .iter()
                .any(|age| text.split(' ').any(|word| word == *age)));
    is_of_time || lines::begins_as_between(line, &text)
}

/// The longest such line, in weight.
const LONGEST_AGE: usize = 80;

/// Folded words that make a span of time an age: "3 minutes ago".
#[rustfmt::skip]
const AGES: &[&str] = &[
    "ago", "vor", "hace", "fa", "há", "atrás", "geleden", "sedan", "siden", "sitten", "temu", "назад", "тому", "před", "önce", "lalu", "trước", "前", "전", "منذ", "قبل", "پیش", "לפני", "पहले",
];
