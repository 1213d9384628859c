//! How much two short texts have in common, by their words.

use super::text::units;

/// The share of words that two texts have in common, of the longer one's.
pub(super) fn shared_words(a: &str, b: &str) -> f64 {
    let a: std::collections::BTreeSet<String> = units(a).collect();
    let b: std::collections::BTreeSet<String> = units(b).collect();
    let longer = a.len().max(b.len());
    if longer == 0 {
        return 0.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "a headline has few words")]
    let share = a.intersection(&b).count() as f64 / longer as f64;
    share
}

/// Tells whether a folded heading is a folded title with a line above it, or without the one that the title has.
pub(super) fn says_title(heading: &str, title: &str) -> bool {
    let (shorter, longer) = if heading.len() < title.len() {
        (heading, title)
    } else {
        (title, heading)
    };
    shorter.len() >= SHORTEST_TITLE
        && longer.ends_with(shorter)
        && longer.len() - shorter.len() <= LONGEST_KICKER
}

/// Bytes of the shortest headline that is known by its end, and of the longest line above one.
const SHORTEST_TITLE: usize = 20;
const LONGEST_KICKER: usize = 60;

/// Tells whether two titles have a word in common that says something: articles and prepositions are short.
pub(super) fn share_a_word(one: &str, other: &str) -> bool {
    const SHORTEST: usize = 4;
    let is_telling = |unit: &String| {
        unit.chars().count() >= SHORTEST || unit.chars().any(|c| c >= FIRST_WITHOUT_SPACES)
    };
    let telling = |text: &str| -> Vec<String> {
        let all: Vec<String> = units(text).collect();
        let long: Vec<String> = all
            .iter()
            .filter(|unit| is_telling(unit))
            .cloned()
            .collect();
        if long.is_empty() { all } else { long }
    };
    let other = telling(other);
    telling(one).iter().any(|unit| other.contains(unit))
}

/// Thai is the first of the scripts whose signs and syllables say as much as words.
const FIRST_WITHOUT_SPACES: char = '\u{0E00}';
