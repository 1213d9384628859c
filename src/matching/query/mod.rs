//! The watch language: from a query as typed to a checked tree, and back to a fully parenthesised query.
//!
//! In goes the text of a query, an alias or a term; out comes an [`Expr`], or every [`Mistake`] with its kind,
//! column and hint. Nothing here knows of articles. `docs/QUERY.md` is the language for people.

mod accented;
mod aliases;
mod check;
mod copied;
mod expr;
mod fields;
mod habits;
mod lint;
mod mistake;
mod parse;
mod pattern;
mod plain;
mod print;
mod regex;

pub(crate) use aliases::Aliases;
pub(crate) use check::check;
pub(crate) use expr::{Expr, Kind, is_neutral};
pub(crate) use fields::language_code_hint;
pub(crate) use lint::{lint, lint_term};
pub(crate) use mistake::Mistake;
pub(crate) use parse::{Scratch, query, query_with, term};
pub(crate) use pattern::{Edge, Look, Pattern, Term};
pub(crate) use plain::in_words;
pub(crate) use print::print;
pub(crate) use regex::{compile as compile_regex, required_literals};
