//! The parser: a query as typed to its tree.
//!
//! Recursive descent over code points, a function for each rule of the grammar, in its order. A mistake that
//! leaves the rest readable is noted and the parser goes on, so that a query shows all of them at once; after a
//! mistake in the structure it stops.

mod cursor;
mod foreign;
mod items;
mod suffix;

use cursor::{is_white, without_quotes};

use super::lint::single_quoted;

use super::expr::{Expr, Kind, Near};
use super::mistake::Mistake;
use super::pattern::{Pattern, Term};
use crate::domain::Field;
use crate::matching::words::Words;

/// Groups and negations inside one another; beyond that nobody can read a query, and recursion stays shallow.
const MAX_DEPTH: usize = 32;
/// The most words that NEAR may allow between: a paragraph of news.
const MAX_DISTANCE: u32 = 100;
/// The words between for NEAR without a number.
const DEFAULT_DISTANCE: u32 = 4;

/// What reading a query needs, kept for the next one.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    chars: Vec<char>,
    words: Words,
}

/// Reads a query.
///
/// # Errors
/// Every mistake that was found, in order of place.
pub(crate) fn query(text: &str) -> Result<Expr, Vec<Mistake>> {
    query_with(text, &mut Scratch::default())
}

/// Reads one of many queries.
///
/// # Errors
/// Every mistake that was found, in order of place.
pub(crate) fn query_with(text: &str, scratch: &mut Scratch) -> Result<Expr, Vec<Mistake>> {
    let mut parser = Parser::new(text, scratch);
    let expr = parser.whole();
    match expr {
        Ok(expr) if parser.mistakes.is_empty() => Ok(expr),
        Ok(_) | Err(Stop) => {
            parser.mistakes.sort_by_key(|mistake| mistake.at);
            Err(parser.mistakes)
        }
    }
}

/// Reads an element of a list of terms: a word or phrase as if in quotes, `=` before it for exactly as typed.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn term(text: &str) -> Result<Expr, Mistake> {
    let length = text.chars().count();
    let start = length - text.trim_start().chars().count();
    let trimmed = text.trim();
    let exact = trimmed.strip_prefix('=');
    let mut term = Term {
        raw: without_quotes(exact.unwrap_or(trimmed).to_owned()),
        raw_at: start + usize::from(exact.is_some()),
        is_exact: exact.is_some(),
        is_quoted: true,
        slack: None,
        pattern: Pattern::default(),
    };
    match Pattern::of(&term, &mut Words::default()) {
        Ok(pattern) => {
            term.pattern = pattern;
            let end = start + trimmed.chars().count();
            Ok(Expr::new(Kind::Term(term), start..end))
        }
        Err(mistake) if mistake.kind == "empty-phrase" => Err(Mistake {
            kind: "empty-term",
            at: start,
            message: "the term holds no word".to_owned(),
            ..mistake
        }),
        Err(mistake) => Err(mistake),
    }
}

/// The structure is broken: what follows cannot be read.
struct Stop;

type Parsed<T = Expr> = Result<T, Stop>;

struct Parser<'s> {
    chars: &'s [char],
    words: &'s mut Words,
    at: usize,
    depth: usize,
    in_field: Option<Field>,
    mistakes: Vec<Mistake>,
}

/// A token that joins two clauses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    Or,
    And,
    Near { ordered: bool },
}

impl<'s> Parser<'s> {
    fn new(text: &str, scratch: &'s mut Scratch) -> Self {
        let Scratch { chars, words } = scratch;
        chars.clear();
        chars.extend(text.chars());
        Self {
            chars,
            words,
            at: 0,
            depth: 0,
            in_field: None,
            mistakes: Vec::new(),
        }
    }

    /// `query = or`
    fn whole(&mut self) -> Parsed {
        self.skip_space();
        if self.peek().is_none() {
            self.note(
                "empty-query",
                0,
                "the query is empty",
                "type at least one word",
            );
            return Err(Stop);
        }
        let expr = self.or(None)?;
        if let Some(')' | '）') = self.peek() {
            return self.stop(
                "unbalanced-paren",
                self.at,
                "a ) stands alone",
                "this ) has no matching (",
            );
        }
        Ok(expr)
    }

    /// `or = and { ("OR" | "|") and }`
    fn or(&mut self, after: Option<usize>) -> Parsed {
        let start = self.start();
        let (first, mut has_implied_and) = self.and(after)?;
        let mut others = Vec::new();
        let mut first_or = None;
        while let Some((Operator::Or, at)) = self.operator() {
            first_or.get_or_insert(at);
            self.consume_operator();
            let (side, implied) = self.and(Some(at))?;
            has_implied_and |= implied;
            others.push(side);
        }
        if let (Some(at), true) = (first_or, has_implied_and) {
            let hint = match single_quoted(self.chars.get(start..).unwrap_or_default()) {
                Some((_, phrase)) => {
                    format!("single quotes make no phrase; write \"{phrase}\" in double quotes")
                }
                None => {
                    "a space means AND here; add parentheses: a (b OR c), or (a b) OR c".to_owned()
                }
            };
            let message = "OR stands beside words that are joined by a space";
            self.note("ambiguous-or", at, message, hint);
        }
        Ok(self.list(Kind::Or, first, others, start))
    }

    /// `and = near { [ "AND" ] near }`; the flag is true if an AND was implied.
    fn and(&mut self, after: Option<usize>) -> Parsed<(Expr, bool)> {
        let start = self.start();
        let first = self.near(after)?;
        let mut others = Vec::new();
        let mut has_implied = false;
        loop {
            match self.operator() {
                Some((Operator::And, at)) => {
                    self.consume_operator();
                    others.push(self.near(Some(at))?);
                }
                Some(_) => break,
                None if self.at_end_of_group() => break,
                None => {
                    has_implied = true;
                    others.push(self.near(None)?);
                }
            }
        }
        Ok((self.list(Kind::And, first, others, start), has_implied))
    }

    /// `near = not { ("NEAR" | "ONEAR") [ "/" int ] not }`
    fn near(&mut self, after: Option<usize>) -> Parsed {
        let start = self.start();
        let mut left = self.not(after)?;
        let outer_depth = self.depth;
        while let Some((Operator::Near { ordered }, at)) = self.operator() {
            let distance = self.distance();
            self.deepen(at)?;
            let right = self.not(Some(at))?;
            let near = Near {
                left: Box::new(left),
                right: Box::new(right),
                distance,
                ordered,
                at,
            };
            left = self.expr(Kind::Near(near), start);
        }
        self.depth = outer_depth;
        Ok(left)
    }

    /// `not = ("NOT" | "-") not | item`
    fn not(&mut self, after: Option<usize>) -> Parsed {
        let at = self.start();
        let is_minus = self.peek() == Some('-');
        if !is_minus && !self.word_is("NOT") {
            return self.item(after);
        }
        self.at += if is_minus { 1 } else { 3 };
        self.deepen(at)?;
        let inner = self.not(Some(at))?;
        self.depth -= 1;
        let kind = Kind::Not {
            inner: Box::new(inner),
            at,
        };
        Ok(self.expr(kind, at))
    }

    /// `item = prim { ">=" int | "^" number | "~" int }`
    fn item(&mut self, after: Option<usize>) -> Parsed {
        let start = self.start();
        let mut expr = self.prim(after)?;
        let (mut has_count, mut has_weight) = (false, false);
        loop {
            let end = self.at;
            self.skip_white();
            let at = self.at;
            match (self.peek(), self.peek_at(1)) {
                (Some('>'), Some('=')) | (Some('≥'), _) => {
                    self.at += if self.peek() == Some('>') { 2 } else { 1 };
                    expr = self.count(expr, start, at, has_count);
                    has_count = true;
                }
                (Some('>' | '<' | '≤'), _) => {
                    self.at += 1;
                    self.take_word();
                    self.note_bad_count(at);
                }
                (Some('^'), _) => {
                    self.at += 1;
                    expr = self.weight(expr, start, at, has_weight);
                    has_weight = true;
                }
                (Some('~'), _) => {
                    self.at += 1;
                    self.slack(&mut expr, at);
                }
                _ => {
                    self.at = end;
                    return Ok(expr);
                }
            }
        }
    }

    fn dangling(&mut self, at: usize) -> Parsed {
        let end = self.end_of_word(at);
        let operator = self.slice(at, end);
        let (name, sides) = match operator.as_str() {
            "NOT" | "" => ("NOT", "after it"),
            word if word.starts_with('-') => ("-", "after it"),
            word if word.starts_with("ONEAR") => ("ONEAR", "on both sides"),
            word if word.starts_with("NEAR") => ("NEAR", "on both sides"),
            "AND" => ("AND", "on both sides"),
            _ => ("OR", "on both sides"),
        };
        self.stop(
            "dangling-operator",
            at,
            format!("{name} lacks a side"),
            format!("{name} needs a word or (group) {sides}"),
        )
    }

    /// The operator that comes next, and where it stands.
    fn operator(&mut self) -> Option<(Operator, usize)> {
        self.skip_space();
        let at = self.at;
        if let Some('|' | '｜') = self.peek() {
            return Some((Operator::Or, at));
        }
        let is_near = |name: &str, with: &str| self.word_is(name) || self.starts_with(with);
        let operator = match self.peek()? {
            'O' if self.word_is("OR") => Operator::Or,
            'A' if self.word_is("AND") => Operator::And,
            'N' if is_near("NEAR", "NEAR/") => Operator::Near { ordered: false },
            'O' if is_near("ONEAR", "ONEAR/") => Operator::Near { ordered: true },
            _ => return None,
        };
        Some((operator, at))
    }

    fn consume_operator(&mut self) {
        if let Some('|' | '｜') = self.peek() {
            let at = self.at;
            self.at += 1;
            if let Some('|' | '｜') = self.peek() {
                self.at += 1;
                self.note(
                    "unknown-operator",
                    at,
                    "|| is not an operator",
                    "write OR or |",
                );
            }
        } else {
            self.at = self.end_of_word(self.at);
        }
    }

    /// Reads `NEAR/5`.
    fn distance(&mut self) -> u32 {
        let at = self.at;
        let word = self.take_word();
        let Some((name, number)) = word.split_once('/') else {
            return DEFAULT_DISTANCE;
        };
        match number.parse::<u32>() {
            Ok(distance)
                if distance <= MAX_DISTANCE && number.starts_with(|c: char| c.is_ascii_digit()) =>
            {
                distance
            }
            _ => {
                self.note(
                    "bad-distance",
                    at,
                    format!("the distance of {name} cannot be read"),
                    format!("{name}/n needs a whole number from 0 to 100, for example {name}/5"),
                );
                DEFAULT_DISTANCE
            }
        }
    }

    fn deepen(&mut self, at: usize) -> Parsed<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            self.note(
                "too-deep",
                at,
                format!("more than {MAX_DEPTH} groups stand inside one another"),
                "put a part of the query into an [alias]",
            );
            return Err(Stop);
        }
        Ok(())
    }

    /// The clauses as one, where there are several.
    fn list(
        &self,
        kind: fn(Vec<Expr>) -> Kind,
        first: Expr,
        mut others: Vec<Expr>,
        start: usize,
    ) -> Expr {
        if others.is_empty() {
            return first;
        }
        others.insert(0, first);
        self.expr(kind(others), start)
    }

    /// A clause from `start` to the last character that was read.
    fn expr(&self, kind: Kind, start: usize) -> Expr {
        let read = self.chars.get(start..self.at).unwrap_or_default();
        let spaces = read
            .iter()
            .rev()
            .take_while(|c| is_white(**c) || matches!(c, ',' | '，'))
            .count();
        Expr::new(kind, start..(self.at - spaces).max(start))
    }

    fn note(
        &mut self,
        kind: &'static str,
        at: usize,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.mistakes.push(Mistake::new(kind, at, message, hint));
    }

    fn stop<T>(
        &mut self,
        kind: &'static str,
        at: usize,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Parsed<T> {
        self.note(kind, at, message, hint);
        Err(Stop)
    }
}
