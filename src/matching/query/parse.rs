//! The parser: a query as typed to its tree.
//!
//! Recursive descent over code points, a function for each rule of the grammar, in its order. A mistake that
//! leaves the rest readable is noted and the parser goes on, so that a query shows all of them at once; after a
//! mistake in the structure it stops.

use super::expr::{Expr, Kind, Near, Term};
use super::fields::{field, unknown_field_hint};
use super::mistake::Mistake;
use super::pattern::Pattern;
use super::regex;
use crate::domain::Field;

/// Groups and negations inside one another; beyond that nobody can read a query, and recursion stays shallow.
const MAX_DEPTH: usize = 32;
/// The most words that NEAR may allow between: a paragraph of news.
const MAX_DISTANCE: u32 = 100;
/// The words between for NEAR without a number.
const DEFAULT_DISTANCE: u32 = 4;

/// Reads a query.
///
/// # Errors
/// Every mistake that was found, in order of place.
pub(crate) fn query(text: &str) -> Result<Expr, Vec<Mistake>> {
    let mut parser = Parser::new(text);
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
    let term = Term {
        raw: exact.unwrap_or(trimmed).replace(is_quote, " "),
        raw_at: start + usize::from(exact.is_some()),
        is_exact: exact.is_some(),
        is_quoted: true,
        slack: None,
    };
    match Pattern::of(&term) {
        Ok(_) => Ok(Expr::new(
            Kind::Term(term),
            start..start + trimmed.chars().count(),
        )),
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

struct Parser {
    chars: Vec<char>,
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

impl Parser {
    fn new(text: &str) -> Self {
        Self {
            chars: text.chars().collect(),
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
        let mut sides = vec![first];
        let mut first_or = None;
        while let Some((Operator::Or, at)) = self.operator() {
            first_or.get_or_insert(at);
            self.consume_operator();
            let (side, implied) = self.and(Some(at))?;
            has_implied_and |= implied;
            sides.push(side);
        }
        if let (Some(at), true) = (first_or, has_implied_and) {
            self.note(
                "ambiguous-or",
                at,
                "OR stands beside words that are joined by a space",
                "a space means AND here; add parentheses: a (b OR c), or (a b) OR c",
            );
        }
        Ok(self.list(Kind::Or, sides, start))
    }

    /// `and = near { [ "AND" ] near }`; the flag is true if an AND was implied.
    fn and(&mut self, after: Option<usize>) -> Parsed<(Expr, bool)> {
        let start = self.start();
        let mut clauses = vec![self.near(after)?];
        let mut has_implied = false;
        loop {
            match self.operator() {
                Some((Operator::And, at)) => {
                    self.consume_operator();
                    clauses.push(self.near(Some(at))?);
                }
                Some(_) => break,
                None if self.at_end_of_group() => break,
                None => {
                    has_implied = true;
                    clauses.push(self.near(None)?);
                }
            }
        }
        Ok((self.list(Kind::And, clauses, start), has_implied))
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
        if !is_minus && self.peek_word() != "NOT" {
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
                    self.number_text();
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

    fn count(&mut self, inner: Expr, start: usize, at: usize, again: bool) -> Expr {
        self.skip_white();
        match self.number_text().parse() {
            Ok(min) if min >= 1 && !again => self.counted(inner, min, at, start),
            _ => {
                self.note_bad_count(at);
                inner
            }
        }
    }

    /// The points of `iran^5>=3` are for the count.
    fn counted(&self, expr: Expr, min: u32, at: usize, start: usize) -> Expr {
        match expr.kind {
            Kind::Weight {
                inner,
                points,
                at: weight_at,
            } => {
                let count = Kind::Count { inner, min, at };
                let inner = Box::new(self.expr(count, start));
                self.expr(
                    Kind::Weight {
                        inner,
                        points,
                        at: weight_at,
                    },
                    start,
                )
            }
            kind => {
                let inner = Box::new(Expr::new(kind, expr.place));
                self.expr(Kind::Count { inner, min, at }, start)
            }
        }
    }

    fn note_bad_count(&mut self, at: usize) {
        self.note(
            "bad-count",
            at,
            "the number of mentions cannot be read",
            "write a whole number: iran>=3",
        );
    }

    fn weight(&mut self, inner: Expr, start: usize, at: usize, again: bool) -> Expr {
        let text = self.number_text();
        let is_plain = !text.is_empty()
            && text
                .strip_prefix(['-', '+'])
                .unwrap_or(&text)
                .starts_with(|c: char| c.is_ascii_digit() || c == '.')
            && text
                .chars()
                .all(|c| c.is_ascii_digit() || "+-.".contains(c));
        match text.parse::<f64>() {
            Ok(points) if is_plain && !again && points.is_finite() => {
                let inner = Box::new(inner);
                self.expr(Kind::Weight { inner, points, at }, start)
            }
            _ => {
                self.note(
                    "bad-weight",
                    at,
                    "the points cannot be read",
                    "write a number after ^: iran^10",
                );
                inner
            }
        }
    }

    /// `~n` after a phrase.
    fn slack(&mut self, expr: &mut Expr, at: usize) {
        let text = self.number_text();
        let end = self.at;
        let phrase = match &mut expr.kind {
            Kind::Field(_, inner) => &mut inner.kind,
            kind => kind,
        };
        match phrase {
            Kind::Term(term) if term.is_quoted && term.slack.is_none() => {
                match text.parse::<u32>() {
                    Ok(slack) if slack <= MAX_DISTANCE => {
                        term.slack = Some(slack);
                        expr.place.end = end;
                        if let Kind::Field(_, inner) = &mut expr.kind {
                            inner.place.end = end;
                        }
                    }
                    _ => self.note(
                        "bad-distance",
                        at,
                        "the number of extra words cannot be read",
                        "~n needs a whole number from 0 to 100, for example \"nuclear deal\"~5",
                    ),
                }
            }
            _ => self.note(
                "unknown-operator",
                at,
                "~ stands after something that is no phrase",
                "fuzzy search (~) is not supported; ~n works only after a \"phrase\"",
            ),
        }
    }

    /// `prim = "(" or ")" | field ":" prim | "@" name | [ "=" ] ( word | phrase ) | regex`
    fn prim(&mut self, after: Option<usize>) -> Parsed {
        let is_spent = self.skip_foreign_signs();
        let start = self.start();
        if is_spent {
            return Ok(self.expr(Kind::And(Vec::new()), start));
        }
        if let Some((_, at)) = self.operator() {
            return self.dangling(after.unwrap_or(at));
        }
        match self.peek() {
            None => self.dangling(after.unwrap_or(start)),
            Some(')' | '）') if after.is_some() => self.dangling(after.unwrap_or(start)),
            Some(')' | '）') => self.stop(
                "unbalanced-paren",
                start,
                "a ) stands alone",
                "this ) has no matching (",
            ),
            Some('(' | '（') => self.group(),
            Some('@') => Ok(self.alias()),
            Some('/') => self.regex(),
            Some('=') => self.exact(),
            Some(c) if is_quote(c) => self.phrase(false, start),
            Some('>' | '<' | '≥' | '≤' | '^' | '~') => Ok(self.stray_suffix()),
            Some(_) => match self.field_name() {
                Some(name) => self.field(&name),
                None => Ok(self.word(false, start)),
            },
        }
    }

    fn dangling(&mut self, at: usize) -> Parsed {
        let end = self.end_of_word(at);
        let operator: String = self.chars.get(at..end).unwrap_or_default().iter().collect();
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

    fn group(&mut self) -> Parsed {
        let open = self.at;
        self.at += 1;
        self.deepen(open)?;
        self.skip_space();
        if let Some(')' | '）') = self.peek() {
            return self.stop(
                "empty-group",
                open,
                "the parentheses are empty",
                "nothing between ( and )",
            );
        }
        if self.peek().is_none() {
            return self.unclosed(open);
        }
        let mut inner = self.or(None)?;
        self.skip_space();
        if !matches!(self.peek(), Some(')' | '）')) {
            return self.unclosed(open);
        }
        self.at += 1;
        self.depth -= 1;
        if let Kind::And(_) | Kind::Or(_) | Kind::Near(_) = inner.kind {
            inner.place = open..self.at;
        }
        Ok(inner)
    }

    fn unclosed(&mut self, open: usize) -> Parsed {
        self.stop(
            "unbalanced-paren",
            open,
            "a ( stands alone",
            "this ( is never closed",
        )
    }

    fn alias(&mut self) -> Expr {
        let start = self.at;
        self.at += 1;
        let name = self.take_word();
        self.expr(Kind::Alias(name), start)
    }

    fn regex(&mut self) -> Parsed {
        let start = self.at;
        let mut pattern = String::new();
        let mut at = start + 1;
        loop {
            match self.chars.get(at).copied() {
                None => {
                    return self.stop(
                        "unclosed-regex",
                        start,
                        "a regular expression is not closed",
                        "the closing / is missing; to look for the text itself put it in quotes",
                    );
                }
                Some('/') => break,
                Some('\\') => {
                    let escaped = self.chars.get(at + 1).copied();
                    if escaped != Some('/') {
                        pattern.push('\\');
                    }
                    pattern.extend(escaped);
                    at += 2;
                }
                Some(c) => {
                    pattern.push(c);
                    at += 1;
                }
            }
        }
        self.at = at + 1;
        let flags = self.take_word();
        let ignore_case = flags == "i";
        if !flags.is_empty() && !ignore_case {
            self.note(
                "bad-regex",
                start,
                format!("\"{flags}\" after the closing / is not known"),
                "only i may follow (ignore case); to look for a path put it in quotes",
            );
        } else if let Err((message, hint)) = regex::check(&pattern, ignore_case) {
            self.note("bad-regex", start, message, hint);
        }
        let kind = Kind::Regex {
            pattern,
            ignore_case,
        };
        Ok(self.expr(kind, start))
    }

    /// `=` and a word or phrase.
    fn exact(&mut self) -> Parsed {
        let start = self.at;
        self.at += 1;
        match self.peek() {
            Some(c) if is_quote(c) => self.phrase(true, start),
            Some(c) if !is_break(c) => Ok(self.word(true, start)),
            _ => {
                self.note(
                    "empty-term",
                    start,
                    "= stands before nothing",
                    "write = right before a word or a \"phrase\": =PA",
                );
                Ok(self.expr(Kind::And(Vec::new()), start))
            }
        }
    }

    /// `phrase = '"' { word | "*" } '"'`
    fn phrase(&mut self, is_exact: bool, start: usize) -> Parsed {
        let open = self.at;
        let length = self.chars.iter().skip(open + 1).position(|c| is_quote(*c));
        let Some(length) = length else {
            return self.stop(
                "unclosed-quote",
                open,
                "a quote is not closed",
                "the closing quote is missing",
            );
        };
        let raw_at = open + 1;
        self.at = raw_at + length + 1;
        let raw = self.slice(raw_at, raw_at + length);
        Ok(self.term(
            Term {
                raw,
                raw_at,
                is_exact,
                is_quoted: true,
                slack: None,
            },
            start,
        ))
    }

    fn word(&mut self, is_exact: bool, start: usize) -> Expr {
        let raw_at = self.at;
        let raw = self.take_word();
        if !is_exact && let Some((offset, message, hint)) = foreign_operator(&raw) {
            self.note("unknown-operator", raw_at + offset, message, hint);
            return self.expr(Kind::And(Vec::new()), start);
        }
        self.term(
            Term {
                raw,
                raw_at,
                is_exact,
                is_quoted: false,
                slack: None,
            },
            start,
        )
    }

    fn term(&mut self, term: Term, start: usize) -> Expr {
        if let Err(mistake) = Pattern::of(&term) {
            self.mistakes.push(mistake);
        }
        self.expr(Kind::Term(term), start)
    }

    /// The name before a colon, if an item starts with one.
    fn field_name(&self) -> Option<String> {
        let name: String = self
            .chars
            .iter()
            .skip(self.at)
            .take_while(|c| c.is_alphabetic() || matches!(c, '_' | '-'))
            .collect();
        let colon = self.peek_at(name.chars().count());
        (matches!(colon, Some(':' | '：')) && name.starts_with(char::is_alphabetic)).then_some(name)
    }

    fn field(&mut self, name: &str) -> Parsed {
        let start = self.at;
        self.at += name.chars().count() + 1;
        let known = field(name);
        if known.is_none() {
            self.note(
                "unknown-field",
                start,
                format!("there is no field {name}:"),
                unknown_field_hint(name),
            );
        } else if self.in_field.is_some() {
            self.note(
                "nested-field",
                start,
                format!("{name}: stands inside another field"),
                format!(
                    "already inside {}:( … )",
                    self.in_field.map_or("title", Field::as_str)
                ),
            );
        }
        let is_empty = match self.peek() {
            None | Some('-' | ')' | '）') => true,
            Some(c) => is_break(c) && !is_quote(c) && !matches!(c, '(' | '（'),
        };
        if is_empty {
            if known.is_some() {
                self.note(
                    "empty-field",
                    start,
                    format!("nothing follows {name}:"),
                    format!("no space after {name}:; to leave out write -{name}:word"),
                );
            }
            return Ok(self.expr(Kind::And(Vec::new()), start));
        }
        let outer = self.in_field;
        self.in_field = outer.or(known);
        self.deepen(start)?;
        let inner = self.prim(None)?;
        self.depth -= 1;
        self.in_field = outer;
        Ok(match known {
            Some(field) => self.expr(Kind::Field(field, Box::new(inner)), start),
            None => inner,
        })
    }

    /// `>=`, `^` or `~` where an item should start.
    fn stray_suffix(&mut self) -> Expr {
        let start = self.at;
        let sign = self.peek().unwrap_or_default();
        while matches!(self.peek(), Some('>' | '<' | '=' | '≥' | '≤' | '^' | '~')) {
            self.at += 1;
        }
        self.number_text();
        match sign {
            '^' => self.note(
                "bad-weight",
                start,
                "^ stands after nothing",
                "write it right after a word: iran^10",
            ),
            '~' => self.note(
                "unknown-operator",
                start,
                "~ stands after something that is no phrase",
                "fuzzy search (~) is not supported; ~n works only after a \"phrase\"",
            ),
            _ => self.note(
                "bad-count",
                start,
                "the count stands after nothing",
                "write it right after a word: iran>=3",
            ),
        }
        self.expr(Kind::And(Vec::new()), start)
    }

    /// Skips `+`, `!`, braces and brackets of other search languages where an item should start; true if nothing
    /// is left to be the item, which is then no second mistake.
    fn skip_foreign_signs(&mut self) -> bool {
        loop {
            self.skip_space();
            let at = self.at;
            let (message, hint) = match self.peek() {
                Some('+') => (
                    "+ is not an operator",
                    "+ is not needed: every word is already required",
                ),
                Some('!') => ("! is not an operator", "write -word or NOT word"),
                Some('{') => (
                    "{ is not an operator",
                    "write the words alone; the fields are title: body: author: source: tag: url: lang:",
                ),
                Some('}') => ("} is not an operator", "write ( and ) for groups"),
                Some('[') => (
                    "[ is not an operator",
                    "ranges are not supported; use a regular expression, or ( and ) for groups",
                ),
                Some(']') => ("] is not an operator", "write ( and ) for groups"),
                _ => return false,
            };
            self.note("unknown-operator", at, message, hint);
            let close = match self.peek() {
                Some('{') => Some('}'),
                Some('[') => Some(']'),
                _ => None,
            };
            self.at += 1;
            let length =
                close.and_then(|close| self.chars.iter().skip(self.at).position(|c| *c == close));
            self.at += length.map_or(0, |length| length + 1);
            if self.at_end_of_group() || self.operator().is_some() {
                return true;
            }
        }
    }

    /// The operator that comes next, and where it stands.
    fn operator(&mut self) -> Option<(Operator, usize)> {
        self.skip_space();
        let at = self.at;
        if let Some('|' | '｜') = self.peek() {
            return Some((Operator::Or, at));
        }
        let word = self.peek_word();
        let near = word.split('/').next().unwrap_or_default();
        let operator = match (word.as_str(), near) {
            ("OR", _) => Operator::Or,
            ("AND", _) => Operator::And,
            (_, "NEAR") => Operator::Near { ordered: false },
            (_, "ONEAR") => Operator::Near { ordered: true },
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
            self.take_word();
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

    fn at_end_of_group(&mut self) -> bool {
        self.skip_space();
        matches!(self.peek(), None | Some(')' | '）'))
    }

    /// The place of what comes next.
    fn start(&mut self) -> usize {
        self.skip_space();
        self.at
    }

    fn skip_space(&mut self) {
        while self
            .peek()
            .is_some_and(|c| is_white(c) || matches!(c, ',' | '，'))
        {
            self.at += 1;
        }
    }

    fn skip_white(&mut self) {
        while self.peek().is_some_and(is_white) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<char> {
        self.peek_at(0)
    }

    fn peek_at(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn peek_word(&self) -> String {
        self.slice(self.at, self.end_of_word(self.at))
    }

    fn take_word(&mut self) -> String {
        let end = self.end_of_word(self.at);
        let word = self.slice(self.at, end);
        self.at = end;
        word
    }

    /// A word ends at white space, a quote, a parenthesis, `|`, `,` and before `>=` `^` `~`.
    fn end_of_word(&self, start: usize) -> usize {
        let mut end = start;
        while let Some(c) = self.chars.get(end).copied() {
            let is_end = is_break(c) && !self.is_thousands_comma(end);
            if is_end {
                break;
            }
            end += 1;
        }
        end
    }

    /// True for the comma of 1,000: it is dropped in articles, so a query may have it too.
    fn is_thousands_comma(&self, at: usize) -> bool {
        let is_digit = |at: usize| self.chars.get(at).is_some_and(char::is_ascii_digit);
        self.chars.get(at) == Some(&',')
            && at.checked_sub(1).is_some_and(is_digit)
            && (1..=3).all(|ahead| is_digit(at + ahead))
            && !is_digit(at + 4)
    }

    /// What stands where a number is due.
    fn number_text(&mut self) -> String {
        self.take_word()
    }

    fn slice(&self, start: usize, end: usize) -> String {
        self.chars
            .get(start..end)
            .unwrap_or_default()
            .iter()
            .collect()
    }

    fn list(&self, kind: fn(Vec<Expr>) -> Kind, clauses: Vec<Expr>, start: usize) -> Expr {
        if clauses.len() == 1 {
            clauses
                .into_iter()
                .next()
                .unwrap_or_else(|| self.expr(Kind::And(Vec::new()), start))
        } else {
            self.expr(kind(clauses), start)
        }
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

/// An operator of another search language, written as a word: where in it, what it is, and our spelling.
fn foreign_operator(word: &str) -> Option<(usize, String, &'static str)> {
    if let Some(byte) = word.find("&&") {
        let offset = word.get(..byte).map_or(0, |before| before.chars().count());
        return Some((
            offset,
            "&& is not an operator".to_owned(),
            "write AND or just a space",
        ));
    }
    let lower = word.to_ascii_lowercase();
    let number_at = lower
        .find(|c: char| c.is_ascii_digit())
        .unwrap_or(lower.len());
    let (name, number) = lower.split_at_checked(number_at)?;
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
    let (hint, known) = match name {
        "w/" | "within/" | "near/" | "n/" | "adj/" | "nr/" | "near" | "adj"
            if !number.is_empty() =>
        {
            ("write NEAR/5 (or ONEAR/5) in capitals", true)
        }
        "pre/" | "p/" | "onear/" | "onear" if !number.is_empty() => {
            ("write ONEAR/5 in capitals", true)
        }
        "w/s" | "w/p" | "near/" | "onear/" => (
            "write NEAR/15 (about a sentence) or NEAR/50 (a paragraph)",
            true,
        ),
        _ => ("", false),
    };
    (known && is_number).then(|| (0, format!("\"{word}\" is not an operator"), hint))
}

fn is_white(c: char) -> bool {
    c.is_whitespace()
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '＂' | '“' | '”' | '„' | '‟')
}

/// True for characters that end a word.
fn is_break(c: char) -> bool {
    is_white(c)
        || is_quote(c)
        || matches!(
            c,
            '(' | ')' | '（' | '）' | '|' | '｜' | ',' | '，' | '^' | '~' | '<' | '>' | '≥' | '≤'
        )
}
