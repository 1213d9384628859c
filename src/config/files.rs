//! The files of a configuration: reading them and the ones they include.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::paths::{directory_of, identity, included, readers, reason};
use super::problem::{Kind, Problem, Report};
use super::raw::{RawFile, Role};
use super::section::Section;
use super::source::{At, Place, Readers, Source};
use super::suggest::nearest;
use super::syntax::{self, Healed};
use super::{foreign, masking, meant};

/// The most bytes of one file; room for some 200,000 watches.
const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// Keys that stand in files alone, and why: whoever may add a watch must not be able to run a program, read a file or reach
/// an address inside by it.
const NEVER_MANAGED: [(&str, &str); 9] = [
    ("file", FILE_ALONE),
    ("env", FILE_ALONE),
    ("proxy", FILE_ALONE),
    ("command", FILE_ALONE),
    ("token_command", FILE_ALONE),
    ("ca_file", FILE_ALONE),
    ("path", FILE_ALONE),
    ("socket", FILE_ALONE),
    ("allow_private", FILE_ALONE),
];

/// What to do about a key that stands in files alone.
const FILE_ALONE: &str =
    "write it in newswatch.toml; a secret can be { credential = \"NAME\" } here";

/// A text with its name and surroundings, not yet read as TOML.
pub(super) struct Text<'a> {
    /// The name for messages.
    pub(super) name: String,
    /// The folder that relative paths start from.
    pub(super) directory: PathBuf,
    /// Who can read it.
    pub(super) readers: Readers,
    /// What it holds.
    pub(super) content: &'a str,
}

/// What was read of all files.
pub(super) struct Files {
    /// The lists of all files, the named file's first.
    pub(super) raw: RawFile,
    /// The named file.
    pub(super) main: Arc<Source>,
    /// The tables with syntax errors: what they lack is no fault of its own.
    pub(super) broken: Broken,
    /// Whether there is no key in the named file at all.
    pub(super) is_empty: bool,
}

/// The tables of a file with syntax errors.
type Broken = Vec<(Arc<Source>, Range<usize>)>;

/// Reads a file and all that it includes.
pub(super) fn read(path: &Path, report: &Report) -> Option<Files> {
    let content = load_or_report(path, report)?;
    Some(read_text(&Text::of(path, &content), Some(path), report))
}

/// Reads a text as if it were a file, and all that it includes.
pub(super) fn read_text(text: &Text<'_>, path: Option<&Path>, report: &Report) -> Files {
    let mut broken = Vec::new();
    let mut is_empty = false;
    let (main, mut raw) = read_tree(text, &mut broken, report, |root| {
        is_empty = !root.has_any();
        RawFile::read(root, Role::Main, report)
    });
    // A file that could not be read at all is broken, and not empty.
    is_empty &= broken.is_empty();
    let mut seen: BTreeSet<PathBuf> = path.map(identity).into_iter().collect();
    let patterns = raw.include.take().map(|list| list.value);
    for pattern in patterns.unwrap_or_default() {
        for found in included(&pattern, report) {
            if seen.insert(identity(&found))
                && let Some(content) = load_included(&found, &pattern, report)
            {
                let (_, lists) =
                    read_tree(&Text::of(&found, &content), &mut broken, report, |root| {
                        RawFile::read(root, Role::Included, report)
                    });
                raw.append(lists);
            }
        }
    }
    Files {
        raw,
        main,
        broken,
        is_empty,
    }
}

/// Reads what is made outside the files, and adds it to what they hold.
pub(super) fn join(files: &mut Files, path: &Path, content: &str, report: &Report) {
    let text = Text::of(path, content);
    let (_, lists) = read_tree(&text, &mut files.broken, report, |root| {
        root.refuse_within(&NEVER_MANAGED, report);
        RawFile::read(root, Role::Included, report)
    });
    files.raw.append(lists);
}

/// Reads a file of another kind, in which nothing can be included.
pub(super) fn read_other<T>(
    path: &Path,
    report: &Report,
    read: impl FnOnce(Section<'_>) -> T,
) -> Option<T> {
    let content = load_or_report(path, report)?;
    let (_, found) = read_tree(&Text::of(path, &content), &mut Vec::new(), report, read);
    Some(found)
}

fn read_tree<T>(
    text: &Text<'_>,
    broken: &mut Broken,
    report: &Report,
    read: impl FnOnce(Section<'_>) -> T,
) -> (Arc<Source>, T) {
    let foreign = foreign::kind_of(text.content);
    let mut healed = match &foreign {
        Some(_) => Healed::nothing_of(text.content),
        None => syntax::heal(text.content),
    };
    let whole = healed.tree.take();
    let tree = whole.unwrap_or_else(|| syntax::tree(&healed.text));
    let is_broken = !healed.errors.is_empty() || !healed.broken.is_empty();
    let mut hidden = masking::collect_spans(&tree);
    hidden.extend(masking::spans_by_line(text.content, is_broken));
    let source = Arc::new(Source::new(
        text.name.clone(),
        text.directory.clone(),
        text.readers,
        text.content,
        &hidden,
    ));
    if let Some(foreign) = foreign {
        let place = Place::of_file(&source, foreign.at..foreign.at + 1);
        let message = format!("this file is {}, and not a configuration", foreign.what);
        report.add(Problem::error(&place, Kind::Syntax, message).hint(foreign.hint));
    }
    report_syntax(&source, &healed, report);
    let found = read(Section::root(&source, tree));
    let tables = healed.broken.into_iter();
    broken.extend(tables.map(|table| (Arc::clone(&source), table)));
    (source, found)
}

impl<'a> Text<'a> {
    fn of(path: &Path, content: &'a str) -> Self {
        Self {
            name: path.display().to_string(),
            directory: directory_of(path),
            readers: readers(path),
            content,
        }
    }
}

/// Reports what is not TOML, read for what was meant by it.
fn report_syntax(source: &Arc<Source>, healed: &Healed<'_>, report: &Report) {
    for error in &healed.errors {
        let (start, text) = source.line(source.position(error.span.start).line);
        let line = meant::Line {
            text,
            above: source.text(0..start),
            at: error.span.start.saturating_sub(start).min(text.len()),
            said: &error.said,
        };
        let (span, message, hint) = if let Some(meant) = meant::meant(&line) {
            let span = meant.span.start + start..meant.span.end + start;
            (span, meant.message, meant.hint)
        } else {
            let (message, hint) = meant::unexplained(&error.said);
            (error.span.clone(), message, hint.to_owned())
        };
        let place = Place::of_file(source, span);
        report.add(Problem::error(&place, Kind::Syntax, message).hint(hint));
    }
}

/// Why a file could not be read.
struct Failure {
    message: String,
    /// The text up to the byte that is not UTF-8, where that is the reason.
    at: Option<String>,
}

fn load_or_report(path: &Path, report: &Report) -> Option<String> {
    load(path)
        .map_err(|failure| report_unreadable(path, &failure, report))
        .ok()
}

/// Reads an included file; one that is not there is the fault of the line that names it.
fn load_included(path: &Path, pattern: &At<String>, report: &Report) -> Option<String> {
    match load(path) {
        Ok(content) => Some(content),
        Err(Failure { message, at: None }) => {
            let message = format!("{}: {message}", path.display());
            let folder = pattern.value.trim_end_matches('/');
            let hint = if path.is_dir() || folder != pattern.value {
                format!("write \"{folder}/*.toml\" for the files in it")
            } else {
                "a path begins at the folder of the file that it stands in".to_owned()
            };
            report.add(Problem::error(&pattern.place, Kind::File, message).hint(hint));
            None
        }
        Err(failure) => {
            report_unreadable(path, &failure, report);
            None
        }
    }
}

fn load(path: &Path) -> Result<String, Failure> {
    let cannot = |error: std::io::Error| Failure {
        message: reason(&error),
        at: None,
    };
    let mut bytes = Vec::new();
    if path.is_dir() {
        return Err(Failure {
            message: "this is a folder".to_owned(),
            at: None,
        });
    }
    let file = File::open(path).map_err(cannot)?;
    file.take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(cannot)?;
    if u64::try_from(bytes.len()).is_ok_and(|size| size > MAX_FILE_BYTES) {
        return Err(Failure {
            message: format!("the file is larger than {MAX_FILE_BYTES} bytes"),
            at: None,
        });
    }
    if let Some(what) = foreign::kind_of_bytes(&bytes) {
        return Err(Failure {
            message: format!("this file is {what}, and not a configuration"),
            at: None,
        });
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = error.as_bytes().get(..error.utf8_error().valid_up_to());
        Failure {
            message: "the file is not UTF-8".to_owned(),
            at: Some(String::from_utf8_lossy(good.unwrap_or_default()).into_owned()),
        }
    })
}

fn report_unreadable(path: &Path, failure: &Failure, report: &Report) {
    let text = failure.at.as_deref().unwrap_or_default();
    let hidden = masking::spans_by_line(text, true);
    let name = path.display().to_string();
    let source = Source::new(name, PathBuf::new(), Readers::Owner, text, &hidden);
    let place = Place::of_file(&Arc::new(source), text.len()..text.len());
    let problem = Problem::error(&place, Kind::File, failure.message.as_str());
    report.add(match failure.at {
        Some(_) => problem.hint("save it as UTF-8"),
        None => problem.hint(hint_for(path)),
    });
}

/// What to do about a file that cannot be read.
fn hint_for(path: &Path) -> String {
    let inside = path.join("newswatch.toml");
    if inside.is_file() {
        return format!("write {}", inside.display());
    }
    if path.exists() {
        return "name a configuration in TOML, saved as plain text in UTF-8".to_owned();
    }
    match similar(path) {
        Some(other) => format!("did you mean {}?", other.display()),
        None => "newswatch init DIR writes a commented one into a folder".to_owned(),
    }
}

/// A file beside a path that is not there, with a name like it.
fn similar(path: &Path) -> Option<PathBuf> {
    let folder = directory_of(path);
    let here = Path::new(".");
    let listed = if folder.as_os_str().is_empty() {
        here
    } else {
        &folder
    };
    let names: Vec<String> = std::fs::read_dir(listed)
        .ok()?
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| {
            Path::new(name)
                .extension()
                .is_some_and(|kind| kind == "toml")
        })
        .collect();
    let wanted = path.file_name()?.to_str()?;
    let found = nearest(wanted, names.iter().map(String::as_str))?;
    Some(folder.join(found))
}
