//! The rules that need the whole tree, or the aliases.

use super::aliases::{Aliases, Scope, is_countable, near_scope};
use super::expr::{Expr, Kind, Near, is_neutral};
use super::fields::{is_language, language_hint};
use super::habits::{self, Certainty};
use super::mistake::{Mistake, did_you_mean};
use super::pattern::Term;
use crate::domain::Field;

/// Every mistake in a query that could be read, in order of place.
pub(crate) fn check(expr: &Expr, aliases: &Aliases) -> Vec<Mistake> {
    let mut checker = Checker {
        aliases,
        mistakes: Vec::new(),
    };
    checker.clause(expr, None);
    // Whether a side can be positive is known only once all of it is understood.
    if checker.mistakes.is_empty() {
        if !is_positive(expr) {
            checker.note_only_negative(expr);
        }
        checker.or_sides(expr);
    }
    let mut mistakes = checker.mistakes;
    mistakes.sort_by_key(|mistake| mistake.at);
    mistakes.dedup();
    mistakes
}

struct Checker<'a> {
    aliases: &'a Aliases,
    mistakes: Vec<Mistake>,
}

impl Checker<'_> {
    fn clause(&mut self, expr: &Expr, field: Scope) {
        match &expr.kind {
            Kind::Alias(name) => self.alias(name, expr.place.start, field),
            Kind::Near(near) => self.near(near),
            Kind::And(clauses) => self.operators(clauses),
            Kind::Count { inner, at, .. }
                if field == Some(Field::Lang) || !is_countable(inner, self.aliases) =>
            {
                self.mistakes.push(Mistake::new(
                    "bad-count",
                    *at,
                    "what stands before >= cannot be counted",
                    ">= counts a word, a \"phrase\", an @alias of these, an (a OR b) group or NEAR",
                ));
            }
            Kind::Term(term) if field == Some(Field::Lang) => self.language(term, expr.place.start),
            Kind::Regex { .. } if field == Some(Field::Lang) => {
                self.note_language(expr.place.start, "a regular expression");
            }
            _ => {}
        }
        let field = match &expr.kind {
            Kind::Field(field, _) => Some(*field),
            _ => field,
        };
        for child in expr.children() {
            self.clause(child, field);
        }
    }

    fn alias(&mut self, name: &str, at: usize, field: Scope) {
        if self.aliases.place(name).is_none() {
            self.unknown_alias(name, at);
            return;
        }
        let Some(facts) = self.aliases.facts(name) else {
            return;
        };
        if let Some(cycle) = &facts.cycle {
            self.mistakes.push(Mistake::new(
                "alias-cycle",
                at,
                format!("@{name} leads back to itself"),
                cycle.join(" -> "),
            ));
        } else if facts.is_too_deep() {
            self.mistakes.push(Mistake::new(
                "too-deep",
                at,
                "too many aliases and groups stand inside one another",
                "write some of them into one",
            ));
        } else if let (true, Some(field)) = (facts.has_field, field) {
            self.mistakes.push(Mistake::new(
                "nested-field",
                at,
                format!("@{name} holds a field and stands inside another"),
                format!("already inside {}:( … )", field.as_str()),
            ));
        } else if let (Some(written), Some(Field::Lang)) = (&facts.no_language, field) {
            let written = written.clone();
            self.note_language(at, &written);
        }
    }

    fn unknown_alias(&mut self, name: &str, at: usize) {
        let known = || self.aliases.names();
        let hint = match did_you_mean(name, known()) {
            Some(near) => format!("no [alias] of that name; did you mean {near}?"),
            None if name.is_empty() => {
                "write the name of an alias right behind @; an @ by itself is not searched"
                    .to_owned()
            }
            None if known().next().is_none() => format!(
                "no [alias] of that name, and none at all; to look for the text write \"{name}\""
            ),
            None => format!(
                "no [alias] of that name; there are: {}",
                known().take(10).collect::<Vec<_>>().join(", ")
            ),
        };
        self.mistakes.push(Mistake::new(
            "unknown-alias",
            at,
            if name.is_empty() {
                "@ stands before no name".to_owned()
            } else {
                format!("@{name} is not known")
            },
            hint,
        ));
    }

    /// Words where an operator would stand, that nobody can mean as words.
    fn operators(&mut self, clauses: &[Expr]) {
        for (place, clause) in clauses.iter().enumerate() {
            let meant = habits::meant(clauses, place);
            let Some(meant) = meant.filter(|meant| meant.certainty == Certainty::Sure) else {
                continue;
            };
            let written = match &clause.kind {
                Kind::Term(term) => term.raw.as_str(),
                _ => "",
            };
            self.mistakes.push(Mistake::new(
                "unknown-operator",
                clause.place.start,
                format!("\"{written}\" is not an operator, and as a word it would have to stand in the article"),
                meant.hint,
            ));
        }
    }

    fn near(&mut self, near: &Near) {
        // `NEAR 5` and `NEAR(5)`: the number would be a word to look for.
        let name = if near.ordered { "ONEAR" } else { "NEAR" };
        let follows_at_once = near.right.place.start <= near.at + name.len() + " (".len();
        if let Some(distance) = habits::distance(&near.right).filter(|_| follows_at_once) {
            self.mistakes.push(Mistake::new(
                "bad-distance",
                near.at,
                format!("{name} stands before a number that is no part of it"),
                format!("write {name}/{distance}"),
            ));
        }
        let left = near_scope(&near.left, self.aliases);
        let right = near_scope(&near.right, self.aliases);
        let hint = match (left, right) {
            (Some(left), Some(right)) if left == right => return,
            (Some(_), Some(_)) => "both sides must be in one field: title:(iran NEAR/5 deal)",
            _ => "NEAR joins words, phrases or (a OR b) groups, not AND / NOT / counts",
        };
        self.mistakes.push(Mistake::new(
            "bad-near-operand",
            near.at,
            "a side of NEAR has no place in the text",
            hint,
        ));
    }

    fn language(&mut self, term: &Term, at: usize) {
        if term.slack.is_some() || !is_language(&term.raw) {
            self.note_language(at, &term.raw);
        }
    }

    fn note_language(&mut self, at: usize, written: &str) {
        self.mistakes.push(Mistake::new(
            "bad-lang",
            at,
            format!("\"{written}\" is not a language code"),
            language_hint(written),
        ));
    }

    fn or_sides(&mut self, expr: &Expr) {
        if let Kind::Or(sides) = &expr.kind {
            for side in sides {
                // A side that only subtracts points is what a weighted list is for.
                if !is_positive(side) && !is_neutral(side) {
                    self.note_only_negative(side);
                }
            }
        }
        for child in expr.children() {
            self.or_sides(child);
        }
    }

    fn note_only_negative(&mut self, expr: &Expr) {
        self.mistakes.push(Mistake::new(
            "only-negative",
            first_negation(expr).unwrap_or(expr.place.start),
            "there is nothing to look for, only something to leave out",
            "a query (and each side of an OR) needs at least one word to look for",
        ));
    }
}

/// True if the clause can make a query true.
fn is_positive(expr: &Expr) -> bool {
    match &expr.kind {
        Kind::Term(_)
        | Kind::Regex { .. }
        | Kind::Alias(_)
        | Kind::Near(_)
        | Kind::Count { .. } => true,
        Kind::Field(_, inner) => is_positive(inner),
        Kind::And(clauses) | Kind::Or(clauses) => clauses.iter().any(is_positive),
        Kind::Weight { inner, points, .. } => *points >= 0.0 && is_positive(inner),
        Kind::Not { inner, .. } => match &inner.kind {
            Kind::Not { inner, .. } => is_positive(inner),
            _ => false,
        },
    }
}

fn first_negation(expr: &Expr) -> Option<usize> {
    let own = match &expr.kind {
        Kind::Not { at, .. } => Some(*at),
        Kind::Weight { points, at, .. } if *points < 0.0 => Some(*at),
        _ => None,
    };
    let inner = expr.children().filter_map(first_negation);
    own.into_iter().chain(inner).min()
}
