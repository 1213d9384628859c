//! The named lists: what follows from each for the queries that use it.

use std::collections::HashMap;

use super::expr::{Expr, Kind};
use super::fields::is_language;
use crate::domain::Field;

/// Aliases inside one another; beyond that recursion would go deep.
const MAX_ALIAS_DEPTH: usize = 32;

/// Clauses inside one another in an alias and those it uses: every level costs stack when it is evaluated.
const MAX_ALIAS_HEIGHT: usize = 2 * MAX_ALIAS_DEPTH;

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
pub(super) struct Facts {
    /// The path of a cycle that it leads into.
    pub(super) cycle: Option<Vec<String>>,
    /// Aliases inside one another, itself included.
    depth: usize,
    /// Clauses inside one another, those of the aliases it uses included.
    height: usize,
    pub(super) has_field: bool,
    /// The field in which it can be a side of NEAR; absent if it cannot.
    near: Option<Scope>,
    is_countable: bool,
    /// The first of its terms that is no language code.
    pub(super) no_language: Option<String>,
}

/// The field that a clause is bound to; `None` for title and body.
pub(super) type Scope = Option<Field>;

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

    /// All names, in order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|alias| alias.name.as_str())
    }

    /// What is known of an alias; absent if it does not exist or could not be read.
    pub(super) fn facts(&self, name: &str) -> Option<&Facts> {
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
            height: height(&expr, self),
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

impl Facts {
    /// True if there is too much inside one another.
    pub(super) fn is_too_deep(&self) -> bool {
        self.depth > MAX_ALIAS_DEPTH || self.height > MAX_ALIAS_HEIGHT
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

/// Clauses inside one another, those of aliases included.
fn height(expr: &Expr, aliases: &Aliases) -> usize {
    let of_alias = match &expr.kind {
        Kind::Alias(name) => aliases.facts(name).map(|facts| facts.height),
        _ => None,
    };
    let children = expr.children();
    let of_children = children.map(|child| height(child, aliases)).max();
    1 + of_alias.or(of_children).unwrap_or_default()
}

fn has_field(expr: &Expr, aliases: &Aliases) -> bool {
    match &expr.kind {
        Kind::Field(..) => true,
        Kind::Alias(name) => aliases.facts(name).is_some_and(|facts| facts.has_field),
        _ => expr.children().any(|child| has_field(child, aliases)),
    }
}

/// The field in which a clause has places; absent if it has none.
pub(super) fn near_scope(expr: &Expr, aliases: &Aliases) -> Option<Scope> {
    match &expr.kind {
        Kind::Term(_) => Some(None),
        // An alias that cannot be used is reported by itself.
        Kind::Alias(name) => aliases.facts(name).map_or(Some(None), |facts| facts.near),
        Kind::Field(field, inner) if *field != Field::Lang => {
            near_scope(inner, aliases).map(|_| Some(*field))
        }
        Kind::Or(sides) => one_scope(sides.iter().collect(), aliases),
        Kind::Near(near) => one_scope(vec![&near.left, &near.right], aliases),
        Kind::Field(..)
        | Kind::Regex { .. }
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

pub(super) fn is_countable(expr: &Expr, aliases: &Aliases) -> bool {
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
            .find_map(|child| no_language(child, aliases)),
    }
}
