//! Paths written in the configuration: what they start from, the files that a pattern stands for, who can read
//! one.

use std::path::{Path, PathBuf};

use super::problem::{Kind, Problem, Report, quoted};
use super::source::{At, Place, Readers};

/// The files that a pattern of `include` stands for, by name.
pub(super) fn included(pattern: &At<String>, report: &Report) -> Vec<PathBuf> {
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
    Ok(place.source().directory.join(written))
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

/// The folder that a file stands in.
pub(super) fn directory_of(path: &Path) -> PathBuf {
    path.parent().map(Path::to_path_buf).unwrap_or_default()
}

/// One name for one file, however it is reached.
pub(super) fn identity(path: &Path) -> PathBuf {
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
