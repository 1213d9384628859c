//! Mistakes in a query: their kinds, and the hint that says what to write instead.

/// A mistake in the text of a query, an alias or a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mistake {
    /// The name of the kind, for programs.
    pub(crate) kind: &'static str,
    /// The code point at which it stands, from 0.
    pub(crate) at: usize,
    /// What is wrong, as a clause.
    pub(crate) message: String,
    /// What to write instead.
    pub(crate) hint: String,
}

impl Mistake {
    /// A mistake at the code point `at`, counted from 0.
    pub(crate) fn new(
        kind: &'static str,
        at: usize,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            at,
            message: message.into(),
            hint: hint.into(),
        }
    }
}

/// The name among `known` that `written` most likely means.
pub(crate) fn did_you_mean<'k>(
    written: &str,
    known: impl IntoIterator<Item = &'k str>,
) -> Option<&'k str> {
    let written = written.to_lowercase();
    known
        .into_iter()
        .map(|name| (edits(&written, &name.to_lowercase()), name))
        // A third of the letters may be wrong; beyond that a suggestion is a guess.
        .filter(|(edits, name)| *edits <= 1.max(name.chars().count().div_ceil(3)))
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, name)| name)
}

/// The Levenshtein distance.
fn edits(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, a) in left.chars().enumerate() {
        let mut diagonal = line;
        let mut before = line + 1;
        let mut next_row = vec![before];
        for (b, above) in right.iter().zip(row.iter().skip(1)) {
            let cost = (diagonal + usize::from(a != *b))
                .min(above + 1)
                .min(before + 1);
            diagonal = *above;
            before = cost;
            next_row.push(cost);
        }
        row = next_row;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_name_is_suggested_and_a_far_one_is_not() {
        let known = ["east-sea", "acronyms"];
        assert_eq!(did_you_mean("est-sea", known), Some("east-sea"));
        assert_eq!(did_you_mean("East-Sea", known), Some("east-sea"));
        assert_eq!(did_you_mean("oil", known), None);
    }

    #[test]
    fn edits_are_counted() {
        assert_eq!(edits("kitten", "sitting"), 3);
        assert_eq!(edits("", "abc"), 3);
    }
}
