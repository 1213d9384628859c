//! The rules that need the whole tree, or the aliases.

use std::collections::HashMap;

use super::expr::{Expr, Kind, Near, Term, is_neutral};
use super::fields::{is_language, language_hint};
use super::mistake::{Mistake, did_you_mean};
use crate::domain::Field;

/// Aliases inside one another; beyond that recursion would go deep.
const MAX_ALIAS_DEPTH: usize = 32;

/// The named lists, each with what its users must know of it.
#[derive(Debug, Default)]
pub(crate) struct Aliases {
    places: HashMap<String, usize>,
    list: Vec<Alias>,
}

#[derive(Debug)]
struct Alias {
    name: String,
    /// Absent if it could not be read.
    expr: Option<Expr>,
    facts: Facts,
}

/// What follows from the query of an alias.
#[derive(Debug, Clone, Default)]
struct Facts {
    /// The path of a cycle that it leads into.
    cycle: Option<Vec<String>>,
    /// Aliases inside one another, itself included.
    depth: usize,
    has_field: bool,
    /// The field in which it can be a side of NEAR; absent if it cannot.
    near: Option<Scope>,
    is_countable: bool,
    /// The first of its terms that is no language code.
    no_language: Option<String>,
}

/// The field that a clause is bound to; `None` for title and body.
type Scope = Option<Field>;

impl Aliases {
    /// Gathers the aliases; `None` stands for a query that could not be read.
    pub(crate) fn new(entries: Vec<(String, Option<Expr>)>) -> Self {
        let mut aliases = Self::default();
        for (place, (name, expr)) in entries.into_iter().enumerate() {
            aliases.places.entry(name.clone()).or_insert(place);
            aliases.list.push(Alias {
                name,
                expr,
                facts: Facts::default(),
            });
        }
        let mut state = vec![Visit::Open; aliases.list.len()];
        for place in 0..aliases.list.len() {
            aliases.visit(place, &mut state, &mut Vec::new());
        }
        aliases
    }

    /// The place of an alias in the list.
    pub(crate) fn place(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    /// The query of the alias at `place`.
    pub(crate) fn expr(&self, place: usize) -> Option<&Expr> {
        self.list.get(place)?.expr.as_ref()
    }

    fn facts(&self, name: &str) -> Option<&Facts> {
        let alias = self.list.get(self.place(name)?)?;
        // What is wrong with an alias is reported at the alias, and not again at its users.
        alias.expr.as_ref()?;
        Some(&alias.facts)
    }

    /// Works out the facts of an alias after those of the aliases it uses.
    fn visit(&mut self, place: usize, state: &mut [Visit], path: &mut Vec<usize>) {
        if state.get(place) != Some(&Visit::Open) {
            return;
        }
        if path.len() > MAX_ALIAS_DEPTH {
            // Too deep to go on, and so is all that led here.
            if let Some(alias) = self.list.get_mut(place) {
                alias.facts.depth = MAX_ALIAS_DEPTH + 1;
            }
            return;
        }
        let Some(expr) = self.list.get_mut(place).and_then(|alias| alias.expr.take()) else {
            return;
        };
        if let Some(state) = state.get_mut(place) {
            *state = Visit::Under;
        }
        path.push(place);
        let mut used = Vec::new();
        collect_aliases(&expr, &mut used);
        let mut cycle = None;
        let mut depth = 0;
        for name in used {
            let Some(inner) = self.place(&name) else {
                continue;
            };
            if state.get(inner) == Some(&Visit::Under) {
                cycle = Some(self.path_from(inner, path));
            } else {
                self.visit(inner, state, path);
            }
            if let Some(alias) = self.list.get(inner) {
                depth = depth.max(alias.facts.depth);
                if cycle.is_none() {
                    cycle = self.lead_in(place, alias.facts.cycle.as_deref());
                }
            }
        }
        path.pop();
        let facts = Facts {
            cycle,
            depth: depth + 1,
            has_field: has_field(&expr, self),
            near: near_scope(&expr, self),
            is_countable: is_countable(&expr, self),
            no_language: no_language(&expr, self),
        };
        if let Some(alias) = self.list.get_mut(place) {
            alias.expr = Some(expr);
            alias.facts = facts;
        }
        if let Some(state) = state.get_mut(place) {
            *state = Visit::Done;
        }
    }

    /// The cycle that the alias at `place` is part of, or leads into.
    fn lead_in(&self, place: usize, cycle: Option<&[String]>) -> Option<Vec<String>> {
        let own = &self.list.get(place)?.name;
        let cycle = cycle?;
        let mut path = Vec::new();
        if cycle.first() != Some(own) {
            path.push(own.clone());
        }
        path.extend(cycle.iter().cloned());
        Some(path)
    }

    /// The names from `start` along `path` back to `start`.
    fn path_from(&self, start: usize, path: &[usize]) -> Vec<String> {
        let name = |place: &usize| self.list.get(*place).map(|alias| alias.name.clone());
        path.iter()
            .skip_while(|place| **place != start)
            .chain([&start])
            .filter_map(name)
            .collect()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Visit {
    Open,
    Under,
    Done,
}

fn collect_aliases(expr: &Expr, names: &mut Vec<String>) {
    if let Kind::Alias(name) = &expr.kind {
        names.push(name.clone());
    }
    for child in expr.children() {
        collect_aliases(child, names);
    }
}

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
            Kind::Count { inner, at, .. } => {
                if field == Some(Field::Lang) || !is_countable(inner, self.aliases) {
                    self.mistakes.push(Mistake::new(
                        "bad-count",
                        *at,
                        "what stands before >= cannot be counted",
                        ">= counts a word, a \"phrase\", an @alias of these, an (a OR b) group or NEAR",
                    ));
                }
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
        } else if facts.depth > MAX_ALIAS_DEPTH {
            self.mistakes.push(Mistake::new(
                "too-deep",
                at,
                format!("more than {MAX_ALIAS_DEPTH} aliases stand inside one another"),
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
        let known = || self.aliases.list.iter().map(|alias| alias.name.as_str());
        let hint = match did_you_mean(name, known()) {
            Some(near) => format!("no [alias] of that name; did you mean {near}?"),
            None if self.aliases.list.is_empty() => format!(
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
            format!("@{name} is not known"),
            hint,
        ));
    }

    fn near(&mut self, near: &Near) {
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
    let inner = expr.children().into_iter().filter_map(first_negation);
    own.into_iter().chain(inner).min()
}

fn has_field(expr: &Expr, aliases: &Aliases) -> bool {
    match &expr.kind {
        Kind::Field(..) => true,
        Kind::Alias(name) => aliases.facts(name).is_some_and(|facts| facts.has_field),
        _ => expr
            .children()
            .into_iter()
            .any(|child| has_field(child, aliases)),
    }
}

/// The field in which a clause has places; absent if it has none.
fn near_scope(expr: &Expr, aliases: &Aliases) -> Option<Scope> {
    match &expr.kind {
        Kind::Term(_) => Some(None),
        // An alias that cannot be used is reported by itself.
        Kind::Alias(name) => aliases.facts(name).map_or(Some(None), |facts| facts.near),
        Kind::Field(Field::Lang, _) => None,
        Kind::Field(field, inner) => near_scope(inner, aliases).map(|_| Some(*field)),
        Kind::Or(sides) => one_scope(sides.iter().collect(), aliases),
        Kind::Near(near) => one_scope(vec![&near.left, &near.right], aliases),
        Kind::Regex { .. }
        | Kind::And(_)
        | Kind::Not { .. }
        | Kind::Count { .. }
        | Kind::Weight { .. } => None,
    }
}

fn one_scope(clauses: Vec<&Expr>, aliases: &Aliases) -> Option<Scope> {
    let mut scopes = clauses
        .into_iter()
        .map(|clause| near_scope(clause, aliases));
    let first = scopes.next()??;
    scopes.all(|scope| scope == Some(first)).then_some(first)
}

fn is_countable(expr: &Expr, aliases: &Aliases) -> bool {
    match &expr.kind {
        Kind::Term(_) | Kind::Regex { .. } | Kind::Near(_) => true,
        Kind::Alias(name) => aliases.facts(name).is_none_or(|facts| facts.is_countable),
        Kind::Field(field, inner) => *field != Field::Lang && is_countable(inner, aliases),
        Kind::Or(sides) => sides.iter().all(|side| is_countable(side, aliases)),
        Kind::Weight { inner, points, .. } => *points >= 0.0 && is_countable(inner, aliases),
        Kind::And(_) | Kind::Not { .. } | Kind::Count { .. } => false,
    }
}

fn no_language(expr: &Expr, aliases: &Aliases) -> Option<String> {
    match &expr.kind {
        Kind::Term(term) => (!is_language(&term.raw)).then(|| term.raw.clone()),
        Kind::Alias(name) => aliases.facts(name)?.no_language.clone(),
        Kind::Regex { pattern, .. } => Some(pattern.clone()),
        _ => expr
            .children()
            .into_iter()
            .find_map(|child| no_language(child, aliases)),
    }
}
