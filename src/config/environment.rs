//! The environment variables that count, and the places they name.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Where the state goes when nothing says otherwise and there is no home.
const LAST_RESORT: &str = "/var/lib/newswatch";

/// The environment, so that what is read from it can be tried with values of one's own.
pub trait Environment {
    /// The value of a variable; `None` where it is not set.
    fn variable(&self, name: &str) -> Option<OsString>;
}

/// The environment of this process: the only place that asks for it.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProcessEnvironment;

impl Environment for ProcessEnvironment {
    fn variable(&self, name: &str) -> Option<OsString> {
        std::env::var_os(name)
    }
}

/// Variables given by hand.
impl Environment for BTreeMap<String, OsString> {
    fn variable(&self, name: &str) -> Option<OsString> {
        self.get(name).cloned()
    }
}

/// Where the state goes when the configuration does not say.
///
/// The service manager's folder (`$STATE_DIRECTORY` of systemd.exec(5), the first of a list with colons);
/// else the user's state folder of the XDG base directory specification; else `/var/lib/newswatch`.
pub(super) fn default_state_dir(environment: &dyn Environment) -> PathBuf {
    let service = environment
        .variable("STATE_DIRECTORY")
        .and_then(|list| std::env::split_paths(&list).next());
    let user = || {
        absolute(environment.variable("XDG_STATE_HOME").map(PathBuf::from))
            .or_else(|| {
                absolute(environment.variable("HOME").map(PathBuf::from))
                    .map(|home| home.join(".local/state"))
            })
            .map(|state| state.join("newswatch"))
    };
    absolute(service)
        .or_else(user)
        .unwrap_or_else(|| PathBuf::from(LAST_RESORT))
}

/// The folder of the service manager's credentials (`$CREDENTIALS_DIRECTORY` of systemd.exec(5)).
pub(super) fn credentials_dir(environment: &dyn Environment) -> Option<PathBuf> {
    absolute(
        environment
            .variable("CREDENTIALS_DIRECTORY")
            .map(PathBuf::from),
    )
}

/// A relative path in such a variable is to be ignored (XDG base directory specification).
fn absolute(path: Option<PathBuf>) -> Option<PathBuf> {
    path.filter(|path| Path::is_absolute(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state_dir(variables: &[(&str, &str)]) -> PathBuf {
        let environment: BTreeMap<String, OsString> = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), OsString::from(value)))
            .collect();
        default_state_dir(&environment)
    }

    #[test]
    fn the_service_managers_folder_comes_first() {
        let all = [
            ("STATE_DIRECTORY", "/var/lib/a:/var/lib/b"),
            ("XDG_STATE_HOME", "/x"),
            ("HOME", "/h"),
        ];
        assert_eq!(state_dir(&all), Path::new("/var/lib/a"));
        assert_eq!(state_dir(&all[1..]), Path::new("/x/newswatch"));
        assert_eq!(state_dir(&all[2..]), Path::new("/h/.local/state/newswatch"));
        assert_eq!(state_dir(&[]), Path::new("/var/lib/newswatch"));
    }

    #[test]
    fn empty_and_relative_values_count_as_absent() {
        let unusable = [
            ("STATE_DIRECTORY", ""),
            ("XDG_STATE_HOME", "state"),
            ("HOME", "/h"),
        ];
        assert_eq!(state_dir(&unusable), Path::new("/h/.local/state/newswatch"));
    }
}
