//! What can follow an item: `>=3`, `^10`, `~5`.

use super::{MAX_DISTANCE, Parser};
use crate::matching::query::expr::{Expr, Kind};

impl Parser<'_> {
    pub(super) fn count(&mut self, inner: Expr, start: usize, at: usize, again: bool) -> Expr {
        self.skip_white();
        match self.take_word().parse() {
            Ok(min) if min >= 1 && !again => self.counted(inner, min, at, start),
            _ => {
                self.note_bad_count(at);
                inner
            }
        }
    }

    /// The points of `iran^5>=3` are for the count.
    pub(super) fn counted(&self, expr: Expr, min: u32, at: usize, start: usize) -> Expr {
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

    pub(super) fn note_bad_count(&mut self, at: usize) {
        self.note(
            "bad-count",
            at,
            "the number of mentions cannot be read",
            "write a whole number: iran>=3",
        );
    }

    pub(super) fn weight(&mut self, inner: Expr, start: usize, at: usize, again: bool) -> Expr {
        let text = self.take_word();
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
    pub(super) fn slack(&mut self, expr: &mut Expr, at: usize) {
        let text = self.take_word();
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

    /// `>=`, `^` or `~` where an item should start.
    pub(super) fn stray_suffix(&mut self) -> Expr {
        let start = self.at;
        let sign = self.peek().unwrap_or_default();
        while matches!(self.peek(), Some('>' | '<' | '=' | '≥' | '≤' | '^' | '~')) {
            self.at += 1;
        }
        self.take_word();
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
}
