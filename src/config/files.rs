//! The files of a configuration: reading them, the ones they include, and paths written in them.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::masking;
use super::problem::{Kind, Problem, Report, quoted};
use super::raw::{RawFile, Role};
use super::section::Section;
use super::source::{At, Place, Readers, Source};
use super::syntax::{self, Healed};

/// The most bytes of one file; room for some 200,000 watches.
const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

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
    pub(super) broken: Vec<(Arc<Source>, std::ops::Range<usize>)>,
}

/// Reads a file and all that it includes.
pub(super) fn read(path: &Path, report: &Report) -> Option<Files> {
    let name = path.display().to_string();
    match load(path) {
        Ok(text) => Some(read_text(
            &Text {
                name,
                directory: directory_of(path),
                readers: readers(path),
                content: &text,
            },
            Some(path),
            report,
        )),
        Err(failure) => {
            report_unreadable(name, &failure, report);
            None
        }
    }
}

/// Reads a text as if it were a file, and all that it includes.
pub(super) fn read_text(text: &Text<'_>, path: Option<&Path>, report: &Report) -> Files {
    let mut broken = Vec::new();
    let (main, mut raw) = read_one(text, Role::Main, &mut broken, report);
    let mut seen: BTreeSet<PathBuf> = path.map(identity).into_iter().collect();
    for pattern in raw
        .include
        .take()
        .map(|list| list.value)
        .unwrap_or_default()
    {
        for found in included(&pattern, report) {
            if !seen.insert(identity(&found)) {
                continue;
            }
            match load(&found) {
                Ok(text) => {
                    let included = Text {
                        name: found.display().to_string(),
                        directory: directory_of(&found),
                        readers: readers(&found),
                        content: &text,
                    };
                    raw.append(read_one(&included, Role::Included, &mut broken, report).1);
                }
                Err(Failure { message, at: None }) => {
                    let message = format!("{}: {message}", found.display());
                    report.add(Problem::error(&pattern.place, Kind::File, message));
                }
                Err(failure) => {
                    report_unreadable(found.display().to_string(), &failure, report);
                }
            }
        }
    }
    Files { raw, main, broken }
}

fn read_one(
    text: &Text<'_>,
    role: Role,
    broken: &mut Vec<(Arc<Source>, std::ops::Range<usize>)>,
    report: &Report,
) -> (Arc<Source>, RawFile) {
    let healed = syntax::heal(text.content);
    let tree = syntax::tree(&healed);
    let mut hidden = masking::collect_spans(tree.get_ref());
    hidden.extend(masking::spans_by_line(
        text.content,
        !healed.errors.is_empty(),
    ));
    let source = Arc::new(Source::new(
        text.name.clone(),
        text.directory.clone(),
        text.readers,
        text.content,
        &hidden,
    ));
    report_syntax(&source, &healed, report);
    let raw = RawFile::read(Section::root(&source, tree.get_ref()), role, report);
    broken.extend(
        healed
            .broken
            .into_iter()
            .map(|table| (Arc::clone(&source), table)),
    );
    (source, raw)
}

fn report_syntax(source: &Arc<Source>, healed: &Healed, report: &Report) {
    for error in &healed.errors {
        let place = Place {
            source: Arc::clone(source),
            span: error.span.clone(),
            path: String::new(),
            watch: None,
        };
        let problem = Problem::error(&place, Kind::Syntax, &error.message);
        report.add(match error.hint {
            Some(hint) => problem.hint(hint),
            None => problem,
        });
    }
}

/// Why a file could not be read.
struct Failure {
    message: String,
    /// The text up to the byte that is not UTF-8, where that is the reason.
    at: Option<String>,
}

fn load(path: &Path) -> Result<String, Failure> {
    let cannot = |error: std::io::Error| Failure {
        message: reason(&error),
        at: None,
    };
    let mut bytes = Vec::new();
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
    String::from_utf8(bytes).map_err(|error| {
        let good = error.as_bytes().get(..error.utf8_error().valid_up_to());
        Failure {
            message: "the file is not UTF-8".to_owned(),
            at: Some(String::from_utf8_lossy(good.unwrap_or_default()).into_owned()),
        }
    })
}

fn report_unreadable(name: String, failure: &Failure, report: &Report) {
    let text = failure.at.as_deref().unwrap_or_default();
    let hidden = masking::spans_by_line(text, true);
    let source = Source::new(name, PathBuf::new(), Readers::Owner, text, &hidden);
    let place = Place {
        source: Arc::new(source),
        span: text.len()..text.len(),
        path: String::new(),
        watch: None,
    };
    let problem = Problem::error(&place, Kind::File, failure.message.as_str());
    report.add(match failure.at {
        Some(_) => problem.hint("save it as UTF-8"),
        None => problem.hint("name a configuration file that can be read"),
    });
}

/// The files that a pattern of `include` stands for, by name.
fn included(pattern: &At<String>, report: &Report) -> Vec<PathBuf> {
    let full = match resolve(&pattern.place, &pattern.value) {
        Ok(full) => full,
        Err(hint) => {
            let message = format!("{} is not a path", quoted(&pattern.value));
            report.add(Problem::error(&pattern.place, Kind::BadValue, message).hint(hint));
            return Vec::new();
        }
    };
    let has_wildcard = |part: &str| part.contains(['*', '?']);
    let (folder, last) = pattern
        .value
        .rsplit_once('/')
        .unwrap_or(("", &pattern.value));
    if has_wildcard(folder) {
        let message = format!("{} has a wildcard in a folder", quoted(&pattern.value));
        let hint = "only the last part, the file name, may hold * and ?";
        report.add(Problem::error(&pattern.place, Kind::BadValue, message).hint(hint));
        return Vec::new();
    }
    if !has_wildcard(last) {
        return vec![full];
    }
    let found = matching_files(&directory_of(&full), last);
    if found.is_empty() {
        let message = format!("no file is named like {}", quoted(&pattern.value));
        report.add(Problem::warning(&pattern.place, Kind::Empty, message));
    }
    found
}

fn matching_files(folder: &Path, pattern: &str) -> Vec<PathBuf> {
    let pattern: Vec<char> = pattern.chars().collect();
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| {
            let name: Vec<char> = entry.file_name().to_string_lossy().chars().collect();
            // As in a shell, a wildcard does not find hidden files: editors leave their own there.
            let is_hidden = name.first() == Some(&'.') && pattern.first() != Some(&'.');
            !is_hidden && is_like(&name, &pattern)
        })
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .collect();
    found.sort();
    found
}

/// Whether a name fits a pattern in which `*` stands for any letters and `?` for one.
///
/// On a mismatch the last `*` takes one more letter: time grows with name times pattern, never faster.
fn is_like(name: &[char], pattern: &[char]) -> bool {
    let (mut at, mut wanted) = (0, 0);
    let mut last_star = None;
    while let Some(letter) = name.get(at) {
        match pattern.get(wanted) {
            Some('*') => {
                last_star = Some((wanted, at));
                wanted += 1;
            }
            Some(want) if *want == '?' || want == letter => {
                at += 1;
                wanted += 1;
            }
            _ => {
                let Some((star, taken)) = last_star else {
                    return false;
                };
                last_star = Some((star, taken + 1));
                at = taken + 1;
                wanted = star + 1;
            }
        }
    }
    pattern.iter().skip(wanted).all(|rest| *rest == '*')
}

/// The full path of a path written in the configuration: relative ones start at the folder of the file.
///
/// # Errors
/// What to write instead.
pub(super) fn resolve(place: &Place, written: &str) -> Result<PathBuf, String> {
    if written.trim().is_empty() || written.contains('\0') {
        return Err("write the path of a file".to_owned());
    }
    if written == "~" || written.starts_with("~/") || written.starts_with('$') {
        return Err("write the path in full: ~ and variables are not filled in".to_owned());
    }
    Ok(place.source.directory.join(written))
}

/// Who can read a file, by its mode; an unreadable one counts as its owner's.
pub(super) fn readers(path: &Path) -> Readers {
    use std::os::unix::fs::PermissionsExt as _;
    const GROUP_OR_OTHERS_READ: u32 = 0o044;
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.permissions().mode() & GROUP_OR_OTHERS_READ != 0 => {
            Readers::Others
        }
        _ => Readers::Owner,
    }
}

/// Why the machine could not do it, in a few words.
pub(super) fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "it must not be read by this user".to_owned(),
        std::io::ErrorKind::IsADirectory => "this is a folder".to_owned(),
        std::io::ErrorKind::InvalidData => "it is not UTF-8".to_owned(),
        _ => error.to_string(),
    }
}

fn directory_of(path: &Path) -> PathBuf {
    path.parent().map(Path::to_path_buf).unwrap_or_default()
}

/// One name for one file, however it is reached.
fn identity(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn like(name: &str, pattern: &str) -> bool {
        let letters = |text: &str| text.chars().collect::<Vec<_>>();
        is_like(&letters(name), &letters(pattern))
    }

    #[test]
    fn stars_and_question_marks_stand_for_letters() {
        assert!(like("asia.toml", "*.toml"));
        assert!(like(".toml", "*.toml"));
        assert!(like("biển-1.toml", "bi?n-*.t*l"));
        assert!(like("a", "a**"));
        assert!(!like("asia.toml.bak", "*.toml"));
        assert!(!like("ab", "?"));
        assert!(!like("", "?"));
    }

    #[test]
    fn a_pattern_of_many_stars_is_quick() {
        let name = "a".repeat(2_000);
        assert!(!like(&name, &format!("{}b", "a*".repeat(500))));
    }
}
