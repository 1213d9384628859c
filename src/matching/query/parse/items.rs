//! The smallest clauses: words, phrases, groups, fields, aliases, regular expressions.

use super::cursor::{closes, is_break, is_quote, without_quotes};
use super::foreign::foreign_operator;
use super::{Parsed, Parser};
use crate::domain::Field;
use crate::matching::query::expr::{Expr, Kind};
use crate::matching::query::fields::{field, unknown_field_hint};
use crate::matching::query::habits::foreign_function;
use crate::matching::query::pattern::{Pattern, Term};
use crate::matching::query::regex;

impl Parser<'_> {
    /// `prim = "(" or ")" | field ":" prim | "@" name | [ "=" ] ( word | phrase ) | regex`
    pub(super) fn prim(&mut self, after: Option<usize>) -> Parsed {
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
        self.note_bracketed_operator(&inner, open);
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
        if self.foreign_slash() {
            return Ok(self.expr(Kind::And(Vec::new()), start));
        }
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
        let sign = self.peek().unwrap_or_default();
        let is_close = |at: &usize| {
            let c = self.chars.get(*at);
            c.is_some_and(|c| closes(sign, *c)) && !self.is_hebrew_abbreviation(*at)
        };
        let close = (open + 1..self.chars.len()).find(is_close);
        let Some(length) = close.map(|close| close - open - 1) else {
            return self.stop(
                "unclosed-quote",
                open,
                "a quote is not closed",
                "the closing quote is missing",
            );
        };
        let raw_at = open + 1;
        self.at = raw_at + length + 1;
        let raw = without_quotes(self.slice(raw_at, raw_at + length));
        Ok(self.term(
            Term {
                raw,
                raw_at,
                is_exact,
                is_quoted: true,
                slack: None,
                pattern: Pattern::default(),
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
        if matches!(self.peek(), Some('(' | '（'))
            && let Some(hint) = foreign_function(&raw, &self.inside_parentheses())
        {
            let message = format!("\"{raw}(\" is not an operator");
            self.note("unknown-operator", raw_at, message, hint);
            return self.expr(Kind::And(Vec::new()), start);
        }
        self.term(
            Term {
                raw,
                raw_at,
                is_exact,
                is_quoted: false,
                slack: None,
                pattern: Pattern::default(),
            },
            start,
        )
    }

    /// What stands between the parenthesis here and the next one.
    fn inside_parentheses(&self) -> String {
        let inside = self.chars.iter().skip(self.at + 1);
        inside.take_while(|c| !matches!(c, ')' | '）')).collect()
    }

    fn term(&mut self, mut term: Term, start: usize) -> Expr {
        match Pattern::of(&term, self.words) {
            Ok(pattern) => term.pattern = pattern,
            Err(mistake) => self.mistakes.push(mistake),
        }
        self.expr(Kind::Term(term), start)
    }

    /// The name before a colon, if an item starts with one.
    fn field_name(&self) -> Option<String> {
        let ahead = self.chars.get(self.at..).unwrap_or_default();
        let is_name = |c: &&char| c.is_alphabetic() || matches!(c, '_' | '-');
        let length = ahead.iter().take_while(is_name).count();
        let is_field = matches!(ahead.get(length), Some(':' | '：'))
            && ahead.first().is_some_and(|first| first.is_alphabetic());
        is_field.then(|| self.slice(self.at, self.at + length))
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
        if known.is_none() && self.starts_with("//") {
            self.take_word();
            return Ok(self.expr(Kind::And(Vec::new()), start));
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
}
