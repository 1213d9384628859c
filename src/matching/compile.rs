//! From the tree of a query to a program over keys.

use std::borrow::Cow;
use std::collections::HashMap;

use super::Fold;
use super::expressions::Expression;
use super::field_set::Fields;
use super::key::KeyId;
use super::near::Closeness;
use super::program::{Ask, Clause, KeySet, Scattered, Search, Step, Steps};
use super::query::{Aliases, Edge, Expr, Kind, Look, Pattern, Term};
use super::query::{compile_regex, is_neutral, required_literals};
use super::vocabulary::Vocabulary;
use super::words::Keys;
use crate::domain::Field;

/// What compiling queries gathers besides their clauses.
#[derive(Debug, Default)]
pub(crate) struct Compiler {
    pub(crate) vocabulary: Vocabulary,
    pub(crate) shared: Vec<Clause>,
    /// For each shared clause the alias it is of.
    pub(crate) shared_aliases: Vec<usize>,
    pub(crate) expressions: Vec<Expression>,
    /// The fields in which some query looks.
    pub(crate) fields: Fields,
    shared_places: HashMap<SharedUse, usize>,
    expression_places: HashMap<(String, bool), usize>,
    forms: Keys,
}

/// An alias in a surrounding that changes what it means.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct SharedUse {
    alias: usize,
    field: Option<Field>,
    stem: Option<String>,
    fold: Option<Fold>,
    is_negated: bool,
}

/// The text of a query, and where in it each code point is.
#[derive(Debug)]
pub(crate) struct Source<'t> {
    pub(crate) text: Cow<'t, str>,
    /// The byte of each code point; empty where both are the same.
    bytes: Vec<u32>,
}

impl<'t> Source<'t> {
    /// Prepares a text.
    pub(crate) fn new(text: Cow<'t, str>) -> Self {
        let bytes = if text.is_ascii() {
            Vec::new()
        } else {
            let starts = text.char_indices().map(|(byte, _)| byte);
            starts
                .chain([text.len()])
                .map(|byte| u32::try_from(byte).unwrap_or(u32::MAX))
                .collect()
        };
        Self { text, bytes }
    }

    fn byte(&self, code_point: usize) -> u32 {
        let same = || u32::try_from(code_point).unwrap_or(u32::MAX);
        self.bytes.get(code_point).copied().unwrap_or_else(same)
    }
}

/// The query that is being compiled, and where in it.
#[derive(Clone, Copy)]
pub(crate) struct Context<'c> {
    pub(crate) source: &'c Source<'c>,
    pub(crate) aliases: &'c Aliases,
    pub(crate) alias_sources: &'c [Source<'c>],
    /// The language whose word forms count as the same.
    pub(crate) stem: Option<&'c str>,
    /// The way to write letters that counts as the same.
    pub(crate) fold: Option<Fold>,
    pub(crate) field: Option<Field>,
    /// True under NOT, where points count for nothing.
    pub(crate) is_negated: bool,
}

impl Compiler {
    /// Compiles a query that has been checked.
    pub(crate) fn clause(&mut self, expr: &Expr, context: Context<'_>) -> Clause {
        let ask = self.ask(expr, context);
        // A field stands for its clause: nothing of it is left but the restriction.
        let mut clause = match (ask, &expr.kind) {
            (Compiled::Inner(clause), _) => clause,
            (Compiled::Ask(ask), _) => Clause {
                ask,
                place: (0, 0),
                is_neutral: !context.is_negated && is_neutral(expr),
            },
        };
        clause.place = (
            context.source.byte(expr.place.start),
            context.source.byte(expr.place.end),
        );
        clause
    }

    fn ask(&mut self, expr: &Expr, context: Context<'_>) -> Compiled {
        let ask = match &expr.kind {
            Kind::Term(term) => self.term(term, context),
            Kind::Regex {
                pattern,
                ignore_case,
            } => self.regex(pattern, *ignore_case, context),
            Kind::Alias(name) => self.alias(name, context),
            Kind::Field(field, inner) => {
                let context = Context {
                    field: Some(*field),
                    ..context
                };
                return Compiled::Inner(self.clause(inner, context));
            }
            Kind::And(clauses) => Ask::And(self.clauses(clauses, context)),
            Kind::Or(clauses) => Ask::Or(self.clauses(clauses, context)),
            Kind::Not { inner, .. } => {
                let context = Context {
                    is_negated: true,
                    ..context
                };
                Ask::Not(Box::new(self.clause(inner, context)))
            }
            Kind::Near(near) => Ask::Near {
                sides: Box::new((
                    self.clause(&near.left, context),
                    self.clause(&near.right, context),
                )),
                closeness: Closeness {
                    distance: near.distance,
                    is_ordered: near.ordered,
                },
            },
            Kind::Count { inner, min, .. } => Ask::Count {
                inner: Box::new(self.clause(inner, context)),
                min: *min,
            },
            Kind::Weight { inner, .. } if context.is_negated => {
                return Compiled::Inner(self.clause(inner, context));
            }
            Kind::Weight { inner, points, .. } => Ask::Weight {
                inner: Box::new(self.clause(inner, context)),
                points: *points,
            },
        };
        Compiled::Ask(ask)
    }

    fn clauses(&mut self, clauses: &[Expr], context: Context<'_>) -> Box<[Clause]> {
        clauses
            .iter()
            .map(|clause| self.clause(clause, context))
            .collect()
    }

    fn alias(&mut self, name: &str, context: Context<'_>) -> Ask {
        let Some(alias) = context.aliases.place(name) else {
            return Ask::Or(Box::default());
        };
        let wanted = SharedUse {
            alias,
            field: context.field,
            stem: context.stem.map(str::to_owned),
            fold: context.fold,
            is_negated: context.is_negated,
        };
        if let Some(place) = self.shared_places.get(&wanted) {
            return Ask::Shared(*place);
        }
        let (Some(expr), Some(source)) = (
            context.aliases.expr(alias),
            context.alias_sources.get(alias),
        ) else {
            return Ask::Or(Box::default());
        };
        let clause = self.clause(expr, Context { source, ..context });
        let place = self.shared.len();
        self.shared.push(clause);
        self.shared_aliases.push(alias);
        self.shared_places.insert(wanted, place);
        Ask::Shared(place)
    }

    fn regex(&mut self, pattern: &str, ignore_case: bool, context: Context<'_>) -> Ask {
        let fields = context.field.map_or(Fields::PROSE, Fields::of);
        self.fields = self.fields.and(fields);
        let identity = (pattern.to_owned(), ignore_case);
        let known = self.expression_places.get(&identity).copied();
        let Some(place) = known.or_else(|| self.new_expression(identity)) else {
            return Ask::Or(Box::default());
        };
        let Some(expression) = self.expressions.get_mut(place) else {
            return Ask::Or(Box::default());
        };
        expression.fields = expression.fields.and(fields);
        Ask::Regex {
            place,
            key: expression.key,
            fields,
        }
    }

    fn new_expression(&mut self, identity: (String, bool)) -> Option<usize> {
        let (pattern, ignore_case) = &identity;
        let expression = Expression {
            regex: compile_regex(pattern, *ignore_case).ok()?,
            key: self.vocabulary.new_key(),
            fields: Fields::default(),
            literals: required_literals(pattern, *ignore_case),
        };
        let place = self.expressions.len();
        self.expressions.push(expression);
        self.expression_places.insert(identity, place);
        Some(place)
    }

    fn term(&mut self, term: &Term, context: Context<'_>) -> Ask {
        if context.field == Some(Field::Lang) {
            return Ask::Language(self.vocabulary.language(&term.raw));
        }
        let fields = context.field.map_or(Fields::PROSE, Fields::of);
        self.fields = self.fields.and(fields);
        let pattern = &term.pattern;
        let stem_key = context.stem.zip(pattern.plain_word(term));
        let stem_key = stem_key.and_then(|(language, word)| self.stem_key(language, word));
        let mut step = |edge: &Edge| Step {
            from: node(edge.from),
            to: node(edge.to),
            keys: self.key_set(&edge.look, context.fold),
            tie: edge.tie,
        };
        let mut edges = match pattern.edges.as_slice() {
            [edge] => Steps::One(step(edge)),
            edges => Steps::Several(edges.iter().map(step).collect()),
        };
        if let (Some(key), Steps::One(step)) = (stem_key, &mut edges) {
            let keys = step.keys.as_slice().iter().copied().chain([key]);
            step.keys = KeySet::Several(keys.collect());
        }
        let scattered = term
            .slack
            .map(|slack| Box::new(scatter(pattern, &edges, slack, fields)));
        Ask::Search(Search {
            fields,
            edges,
            length: node(pattern.length),
            scattered,
        })
    }

    fn stem_key(&mut self, language: &str, word: &str) -> Option<KeyId> {
        self.vocabulary.stem(language, &word.to_lowercase())
    }

    fn key_set(&mut self, look: &Look, fold: Option<Fold>) -> KeySet {
        match look {
            Look::Any => KeySet::any(),
            Look::Exact(word) => KeySet::One(self.vocabulary.exact(word)),
            Look::Prefix(word) => {
                self.forms.set(word);
                KeySet::One(self.vocabulary.prefix(self.forms.fold()))
            }
            Look::Glob { pattern, is_exact } => {
                if *is_exact {
                    return KeySet::One(self.vocabulary.glob(pattern, true));
                }
                self.forms.set(pattern);
                let key = self.vocabulary.glob(self.forms.fold(), false);
                match fold {
                    None => KeySet::One(key),
                    Some(Fold::German) => {
                        let german = self.forms.german(pattern);
                        KeySet::Several([key, self.vocabulary.german_glob(german)].into())
                    }
                }
            }
            Look::Plain(word) => match fold {
                None => self.plain(word),
                Some(Fold::German) => {
                    let german = self.vocabulary.german(self.forms.german(word));
                    let plain = self.plain(word);
                    let keys = plain.as_slice().iter().copied();
                    KeySet::Several(keys.chain([german]).collect())
                }
            },
        }
    }

    /// A word without accents is found under any accents; one with accents under the same, or under none at all.
    ///
    /// UTS #10 §8.2 (asymmetric search), and the step that plain text stands for any accents.
    fn plain(&mut self, word: &str) -> KeySet {
        self.forms.set(word);
        if self.forms.lower() == self.forms.fold() {
            return KeySet::One(self.vocabulary.fold(self.forms.fold()));
        }
        let same = self.vocabulary.lower(self.forms.lower());
        let none = self.vocabulary.lower(self.forms.fold());
        KeySet::Several([same, none].into())
    }
}

enum Compiled {
    Ask(Ask),
    /// The clause itself is gone; this is what it held.
    Inner(Clause),
}

/// A phrase cut into the parts that may stand in any order.
fn scatter(pattern: &Pattern, edges: &[Step], slack: u32, fields: Fields) -> Scattered {
    let mut scattered = Scattered {
        slack,
        parts: Vec::new(),
        wildcards: 0,
    };
    let ends = pattern.part_starts.iter().skip(1).copied();
    let ends = ends.chain([pattern.length]);
    for (start, end) in pattern.part_starts.iter().zip(ends) {
        let (start, end) = (node(*start), node(end));
        let steps: Vec<Step> = edges
            .iter()
            .filter(|step| step.from >= start && step.to <= end)
            .map(|step| Step {
                from: step.from - start,
                to: step.to - start,
                ..step.clone()
            })
            .collect();
        if steps.iter().all(|step| step.keys.is_any()) {
            scattered.wildcards = scattered.wildcards.saturating_add(u32::from(end - start));
        } else {
            scattered.parts.push(Search {
                fields,
                edges: steps.into(),
                length: end - start,
                scattered: None,
            });
        }
    }
    scattered
}

/// A query of more than 65,535 words in one phrase does not fit a configuration.
fn node(place: usize) -> u16 {
    u16::try_from(place).unwrap_or(u16::MAX)
}
