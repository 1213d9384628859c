//! Traps in the queries of a configuration.

use super::query::{self, Mistake};
use super::{Asks, Place, QueryProblem, WatchSource};

/// Finds what can be read and most likely does not mean what its author had in mind: `PA` that is also "pa",
/// `C++` of which only "C" is looked for, a regular expression that is tried on every article.
///
/// The list is for warnings; a query that cannot be read at all has its problems from
/// [`Matcher::compile`](super::Matcher::compile) and none here.
#[must_use]
pub fn lint(aliases: &[(String, String)], watches: &[WatchSource]) -> Vec<QueryProblem> {
    let mut warnings = Vec::new();
    for (place, (_, text)) in aliases.iter().enumerate() {
        if let Ok(expr) = query::query(text) {
            add(
                query::lint(&expr, text),
                &Place::Alias(place),
                &mut warnings,
            );
        }
    }
    for (place, watch) in watches.iter().enumerate() {
        match &watch.asks {
            Asks::Query(text) => {
                if let Ok(expr) = query::query(text) {
                    add(
                        query::lint(&expr, text),
                        &Place::Query(place),
                        &mut warnings,
                    );
                }
            }
            Asks::Terms(terms) => {
                for (number, text) in terms.iter().enumerate() {
                    if let Ok(expr) = query::term(text) {
                        let traps = query::lint_term(&expr, text);
                        add(traps, &Place::Term(place, number), &mut warnings);
                    }
                }
            }
        }
    }
    warnings
}

fn add(traps: Vec<Mistake>, place: &Place, warnings: &mut Vec<QueryProblem>) {
    let traps = traps.into_iter();
    warnings.extend(traps.map(|trap| Mistake::into_problem(trap, *place)));
}
