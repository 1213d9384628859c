//! Signatures: the few numbers by which reports are looked for that an article may belong to.

use super::text::{Text, shingle};

/// Sentences at the beginning that are kept: editors cut from the end.
const FIRST_SENTENCES: usize = 8;
/// Sentences of the rest that are kept: those with the smallest hashes, which are the same ones in every copy.
const OTHER_SENTENCES: usize = 8;
/// Runs of words that are kept, in the same way: they find copies of which every sentence was edited.
const RUNS: usize = 8;
/// Words in such a run.
const RUN_WORDS: usize = 5;

/// What of an article is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sought {
    /// The number.
    pub hash: u32,
    /// How many words it stands for.
    pub words: usize,
    /// The place of the sentence; none for a run of words.
    pub sentence: Option<usize>,
}

/// The numbers under which an article is kept.
pub(super) fn kept(text: &Text) -> Vec<u32> {
    let telling = telling(text);
    let first = telling.iter().take(FIRST_SENTENCES).map(|(_, hash)| *hash);
    let mut kept: Vec<u32> = first.collect();
    let mut rest: Vec<u32> = telling
        .iter()
        .skip(FIRST_SENTENCES)
        .map(|(_, hash)| *hash)
        .collect();
    rest.sort_unstable();
    kept.extend(rest.iter().take(OTHER_SENTENCES));
    kept.extend(runs(text));
    kept.sort_unstable();
    kept.dedup();
    kept
}

/// The numbers under which the report of an article is looked for.
pub(super) fn sought(text: &Text) -> Vec<Sought> {
    let sentences = telling(text).into_iter().map(|(place, hash)| Sought {
        hash,
        words: text.sentences.get(place).map_or(0, |one| one.words.len()),
        sentence: Some(place),
    });
    let runs = runs(text).into_iter().map(|hash| Sought {
        hash,
        words: RUN_WORDS,
        sentence: None,
    });
    sentences.chain(runs).collect()
}

/// The sentences that are long enough, with their places.
fn telling(text: &Text) -> Vec<(usize, u32)> {
    let all = text.sentences.iter().enumerate();
    all.filter(|(_, sentence)| text.is_telling(sentence))
        .map(|(place, sentence)| (place, super::text::high(sentence.hash)))
        .collect()
}

fn runs(text: &Text) -> Vec<u32> {
    // The smallest so far, the largest of them last.
    let mut smallest: Vec<u32> = Vec::with_capacity(RUNS + 1);
    for run in text.words.windows(RUN_WORDS) {
        let hash = shingle(run);
        let is_full = smallest.len() == RUNS;
        if is_full && smallest.last().is_some_and(|last| hash >= *last) {
            continue;
        }
        if let Err(place) = smallest.binary_search(&hash) {
            smallest.insert(place, hash);
            smallest.truncate(RUNS);
        }
    }
    smallest
}
