//! The regular expressions of all queries: which of them are worth trying on an article.

use aho_corasick::AhoCorasick;

use super::field_set::Fields;
use super::key::KeyId;
use super::prose::Prose;

/// A regular expression that some query uses.
#[derive(Debug)]
pub(crate) struct Expression {
    pub(crate) regex: regex::Regex,
    /// Given to articles in which it matches.
    pub(crate) key: KeyId,
    /// The fields in which some query looks.
    pub(crate) fields: Fields,
    /// Texts of which one must occur, in any case; empty if it is to be tried on every article.
    pub(crate) literals: Vec<String>,
}

/// The regular expressions of all queries, with one automaton for the texts they require.
#[derive(Debug, Default)]
pub(crate) struct Expressions {
    pub(crate) list: Vec<Expression>,
    /// Those that are tried on every article.
    always: Vec<usize>,
    automaton: Option<AhoCorasick>,
    /// For each pattern of the automaton the expressions that require it.
    owners: Vec<usize>,
}

impl Expressions {
    /// Prepares the search for required texts.
    pub(crate) fn new(list: Vec<Expression>) -> Self {
        let mut literals = Vec::new();
        let mut owners = Vec::new();
        let mut always = Vec::new();
        for (place, expression) in list.iter().enumerate() {
            for literal in &expression.literals {
                literals.push(literal.as_str());
                owners.push(place);
            }
            if expression.literals.is_empty() {
                always.push(place);
            }
        }
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(&literals)
            .ok()
            .filter(|_| !literals.is_empty());
        if automaton.is_none() {
            always = (0..list.len()).collect();
        }
        Self {
            list,
            always,
            automaton,
            owners,
        }
    }

    /// The expressions that may match, in their order.
    pub(crate) fn candidates(&self, proses: &[Vec<Prose<'_>>]) -> Vec<usize> {
        let mut is_candidate = vec![false; self.list.len()];
        let mut mark = |place: usize| {
            if let Some(slot) = is_candidate.get_mut(place) {
                *slot = true;
            }
        };
        self.always.iter().for_each(|place| mark(*place));
        if let Some(automaton) = &self.automaton {
            for prose in proses.iter().flatten() {
                for found in automaton.find_overlapping_iter(prose.text()) {
                    if let Some(owner) = self.owners.get(found.pattern().as_usize()) {
                        mark(*owner);
                    }
                }
            }
        }
        (0..)
            .zip(&is_candidate)
            .filter_map(|(place, is)| is.then_some(place))
            .collect()
    }
}
