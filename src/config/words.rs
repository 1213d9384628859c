//! Values that are one of a few words.

use super::problem::{Kind, Problem, Report, quoted};
use super::source::At;
use super::suggest::nearest;

/// A word and what it stands for.
pub(super) type Word<T> = (&'static str, T);

/// What a word stands for; one that stands for nothing is reported, with the nearest that does.
///
/// `what` says what the words are ("a priority"), `otherwise` what can stand in their place ("an age, for example
/// \"24h\"").
pub(super) fn one_of<T: Copy>(
    written: &At<String>,
    what: &str,
    words: &[Word<T>],
    otherwise: &str,
    report: &Report,
) -> Option<T> {
    let text = written.value.trim();
    if let Some((_, meaning)) = words.iter().find(|(word, _)| *word == text) {
        return Some(*meaning);
    }
    let message = format!("{} is not {what}", quoted(&written.value));
    let known = words.iter().map(|(word, _)| *word);
    let hint = match nearest(text, known.clone()) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None => format!("write {}", listed(known, otherwise)),
    };
    report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
    None
}

/// `"low", "normal" or "high"`
pub(super) fn listed<'a>(words: impl IntoIterator<Item = &'a str>, otherwise: &str) -> String {
    let mut all: Vec<String> = words
        .into_iter()
        .map(|word| format!("\"{word}\""))
        .collect();
    if !otherwise.is_empty() {
        all.push(otherwise.to_owned());
    }
    match all.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}
