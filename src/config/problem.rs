//! A problem of the configuration: what is wrong, where, and what to write instead.
//!
//! Problems are gathered in a [`Report`] while the file is read and checked, and shown together at the end.
//! No message ever holds a secret: the lines of the file that are printed come from a masked copy.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

use super::source::{Place, Source};
use crate::domain::{TERMINAL_WIDTH, visible, wrapped};

/// The most characters of a value that a message repeats.
const MAX_QUOTED_CHARS: usize = 60;

/// The most characters of a line that are underlined: beside them stand the margin, and dots where the line is cut.
const MAX_UNDERLINED: usize = 60;

/// One thing that is wrong with the configuration, or will surprise.
#[derive(Clone)]
pub struct Problem {
    /// Whether the configuration can be used all the same.
    pub severity: Severity,
    /// The file it stands in, as it was named.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in code points, from 1.
    pub column: usize,
    /// The key it is about: `watch[2].query`, counted from 1; empty where it is about the whole file.
    pub path: String,
    /// The watch it is about.
    pub watch: Option<String>,
    /// What kind of problem it is.
    pub kind: Kind,
    /// For a mistake in a query: the code point of the query, from 1.
    pub query_col: Option<usize>,
    /// What is wrong, as a clause.
    pub message: String,
    /// What to write instead.
    pub hint: Option<String>,
    source: Arc<Source>,
    span: Range<usize>,
    /// The key paths that are missing, or that an unknown key stands for.
    about: Vec<String>,
}

/// Whether a problem keeps the configuration from being used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing runs until it is mended.
    Error,
    /// Worth knowing.
    Warning,
}

/// What kind of problem it is; scripts tell problems apart by [`Kind::as_str`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The file, or a file it includes, cannot be read.
    File,
    /// The file is not TOML.
    Syntax,
    /// A key that does not exist here.
    UnknownKey,
    /// A key that must be there.
    MissingKey,
    /// A value of the wrong type, out of range, or not understood.
    BadValue,
    /// Two keys that exclude each other.
    Conflict,
    /// A name or address that was given before.
    DuplicateName,
    /// A channel that does not exist.
    UnknownChannel,
    /// A feed or tag that does not exist.
    UnknownFeed,
    /// A channel type that is announced, and not yet there.
    NotSupported,
    /// An address that will be refused.
    NotAllowed,
    /// A secret that cannot be read, or that others can read.
    Secret,
    /// A text of `must_match` that the watch does not match.
    MustMatch,
    /// A text of `must_not_match` that the watch matches.
    MustNotMatch,
    /// Something without which nothing happens: no feeds, no watches, no channels.
    Empty,
    /// A mistake in a query, by the kind that the watch language gives it.
    Query(&'static str),
}

impl Kind {
    /// The word for it in `check --json`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Syntax => "syntax",
            Self::UnknownKey => "unknown-key",
            Self::MissingKey => "missing-key",
            Self::BadValue => "bad-value",
            Self::Conflict => "conflict",
            Self::DuplicateName => "duplicate-name",
            Self::UnknownChannel => "unknown-channel",
            Self::UnknownFeed => "unknown-feed",
            Self::NotSupported => "not-supported",
            Self::NotAllowed => "not-allowed",
            Self::Secret => "secret",
            Self::MustMatch => "must-match",
            Self::MustNotMatch => "must-not-match",
            Self::Empty => "empty",
            Self::Query(kind) => kind,
        }
    }

    /// Whether it may be nothing but the echo of a syntax error elsewhere in the files.
    pub(super) fn may_echo_a_syntax_error(self) -> bool {
        matches!(
            self,
            Self::UnknownChannel
                | Self::UnknownFeed
                | Self::Empty
                | Self::MustMatch
                | Self::MustNotMatch
                | Self::Query("unknown-alias")
        )
    }
}

/// Whether a rendered problem carries colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Color {
    /// Colours for a terminal.
    Ansi,
    /// Text alone.
    Plain,
}

impl Problem {
    /// A problem that keeps the configuration from being used.
    pub(super) fn error(place: &Place, kind: Kind, message: impl AsRef<str>) -> Self {
        Self::new(place, Severity::Error, kind, message.as_ref())
    }

    /// A problem that does not.
    pub(super) fn warning(place: &Place, kind: Kind, message: impl AsRef<str>) -> Self {
        Self::new(place, Severity::Warning, kind, message.as_ref())
    }

    fn new(place: &Place, severity: Severity, kind: Kind, message: &str) -> Self {
        let position = place.source().position(place.span().start);
        Self {
            severity,
            file: place.source().name.clone(),
            line: position.line,
            column: position.column,
            path: one_line(&place.path()),
            watch: place.watch().map(str::to_owned),
            kind,
            query_col: None,
            message: one_line(message),
            hint: None,
            source: Arc::clone(place.source()),
            span: place.span(),
            about: Vec::new(),
        }
    }

    /// Adds a key that is missing, or that an unknown key stands for.
    pub(super) fn about(mut self, table: &str, key: &str) -> Self {
        self.about.push(format!("{table}.{key}"));
        self
    }

    /// Whether this problem says that something is missing which another problem has found under a wrong name.
    pub(super) fn is_explained_by(&self, other: &Self) -> bool {
        self.kind == Kind::MissingKey
            && other.kind == Kind::UnknownKey
            && self.file == other.file
            && self.about.iter().any(|path| other.about.contains(path))
    }

    /// Whether this problem says of a slip in spelling what another one says of the value, or of the key, which is none.
    pub(super) fn is_spelling_of(&self, other: &Self) -> bool {
        let is_same = match other.kind {
            Kind::BadValue => self.span.start == other.span.start,
            Kind::UnknownKey => self.line == other.line && self.span.start > other.span.start,
            _ => false,
        };
        self.kind == Kind::Syntax && self.file == other.file && is_same
    }

    /// Adds what to write instead.
    pub(super) fn hint(mut self, hint: impl AsRef<str>) -> Self {
        self.hint = Some(one_line(hint.as_ref()));
        self
    }

    /// Adds the code point of the query that a mistake stands at.
    pub(super) fn query_col(mut self, col: usize) -> Self {
        self.query_col = Some(col);
        self
    }

    /// Whether it is about something between these bytes of this file.
    pub(super) fn is_within(&self, source: &Arc<Source>, bytes: &Range<usize>) -> bool {
        Arc::ptr_eq(&self.source, source) && bytes.contains(&self.span.start)
    }

    /// The place for sorting: errors and warnings in the order of the file.
    pub(super) fn offset(&self) -> usize {
        self.span.start
    }

    /// Whether the configuration can be used all the same.
    pub(super) fn is_warning(&self) -> bool {
        self.severity == Severity::Warning
    }

    /// The message with its key path in front, and the watch by its name:
    /// `watch[2].priority of "East Sea": "urgent" is not a priority`.
    #[must_use]
    pub fn full_message(&self) -> String {
        let (path, message) = (&self.path, &self.message);
        match &self.watch {
            _ if path.is_empty() => message.clone(),
            Some(watch) => format!("{path} of {}: {message}", quoted(watch)),
            None => format!("{path}: {message}"),
        }
    }

    /// The problem with its line of the file, underlined, and the hint; several lines, no final line end.
    #[must_use]
    pub fn render(&self, color: Color) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let (line_start, line) = self.source.line(self.line);
        let underlined = underlined(line, line_start, &self.span);
        let id = self.kind.as_str();
        let title = wrapped(
            &self.full_message(),
            self.severity.as_str().len() + id.len() + 4,
        );
        let group = level.primary_title(title).id(id);
        let mut group = if self.source.is_nothing() {
            group.element(Origin::path(self.file.as_str()))
        } else {
            let snippet = Snippet::source(line)
                .line_start(self.line)
                .path(self.file.as_str())
                .annotation(AnnotationKind::Primary.span(underlined));
            group.element(snippet)
        };
        let margin = self.line.to_string().len() + " = help: ".len();
        let hint = self.hint.as_deref().map(|hint| wrapped(hint, margin));
        if let Some(hint) = &hint {
            group = group.element(Level::HELP.message(hint.as_str()));
        }
        let renderer = match color {
            Color::Ansi => Renderer::styled(),
            Color::Plain => Renderer::plain(),
        };
        renderer.term_width(TERMINAL_WIDTH).render(&[group])
    }

    /// The problem as `check --json` prints it: `watch`, `kind`, `col`, `message`, `hint`, and beside them the
    /// severity and the place in the file. `watch` and `col` (in the query) are null where they do not apply.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({
            "watch": self.watch,
            "kind": self.kind.as_str(),
            "col": self.query_col,
            "message": self.full_message(),
            "hint": self.hint,
            "severity": self.severity.as_str(),
            "file": self.file,
            "line": self.line,
            "column": self.column,
        })
    }
}

impl Severity {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One line: `newswatch.toml:12:9: error: poll.every: "15" is not a duration; a unit is missing: ...`
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (file, line, column) = (&self.file, self.line, self.column);
        let severity = self.severity.as_str();
        write!(
            f,
            "{file}:{line}:{column}: {severity}: {}",
            self.full_message()
        )?;
        match &self.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Problem")
            .field("kind", &self.kind.as_str())
            .field("query_col", &self.query_col)
            .field("at", &format_args!("{self}"))
            .finish_non_exhaustive()
    }
}

/// Why a configuration cannot be used: everything that is wrong with it, and the warnings.
#[derive(Debug, Clone)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// Every problem with its line of the file, an empty line between two.
    #[must_use]
    pub fn render(&self, color: Color) -> String {
        let rendered: Vec<String> = self.0.iter().map(|problem| problem.render(color)).collect();
        rendered.join("\n\n")
    }
}

/// A line for each problem.
impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(Problem::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for Problems {}

/// Where problems are gathered.
#[derive(Debug, Default)]
pub(super) struct Report {
    problems: RefCell<Vec<Problem>>,
    /// The files and key paths that have a problem.
    blamed: RefCell<HashSet<(String, String)>>,
}

impl Report {
    /// Takes one more.
    pub(super) fn add(&self, problem: Problem) {
        let mut blamed = self.blamed.borrow_mut();
        // What is wrong within a value is wrong with its key: it is there, too.
        let mut path = problem.path.as_str();
        while blamed.insert((problem.file.clone(), path.to_owned())) {
            let Some(end) = path.rfind(['.', '[']) else {
                break;
            };
            path = path.get(..end).unwrap_or_default();
        }
        self.problems.borrow_mut().push(problem);
    }

    /// Whether a key of a table has been complained about: then it is there, and not missing.
    pub(super) fn has_blamed(&self, table: &Place, key: &str) -> bool {
        let blamed = (
            table.source().name.clone(),
            format!("{}.{key}", table.path()),
        );
        self.blamed.borrow().contains(&blamed)
    }

    /// Whether a problem of a kind was found.
    pub(super) fn has_kind(&self, kind: Kind) -> bool {
        self.problems
            .borrow()
            .iter()
            .any(|problem| problem.kind == kind)
    }

    /// All of them, in the order they were found.
    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.problems.into_inner()
    }
}

/// A value as messages repeat it: in quotes, shortened, control characters escaped.
pub(super) fn quoted(value: &str) -> String {
    if value.chars().nth(MAX_QUOTED_CHARS).is_none() {
        return format!("{value:?}");
    }
    let shortened: String = value.chars().take(MAX_QUOTED_CHARS).collect();
    format!("{:?}", shortened + "…")
}

/// The bytes of a line to underline: those of the span that stand on it, at least one place wide, and no more of them
/// than the width has room for.
fn underlined(line: &str, line_start: usize, span: &Range<usize>) -> Range<usize> {
    let start = span.start.saturating_sub(line_start).min(line.len());
    let end = span.end.saturating_sub(line_start).clamp(start, line.len());
    let rest = line.get(start..end).unwrap_or_default();
    let end = match rest.char_indices().nth(MAX_UNDERLINED) {
        Some((most, _)) => start + most,
        None => end,
    };
    if line.is_char_boundary(start) && line.is_char_boundary(end) {
        start..end
    } else {
        0..0
    }
}

/// A text without line ends and whatever else would move what a terminal shows, whatever it repeats.
fn one_line(text: &str) -> String {
    visible(text)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
