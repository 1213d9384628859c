//! The environment variables that count, and the places they name.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Where the state goes when nothing says otherwise and there is no home.
const LAST_RESORT: &str = "/var/lib/newswatch";

/// The name of a configuration that nobody names.
const CONFIG_FILE: &str = "newswatch.toml";

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

/// Where a configuration is looked for when none is named: the file that `$NEWSWATCH_CONFIG` names, and nothing
/// else, or `newswatch.toml` in this folder, in the user's configuration folder (XDG base directory specification)
/// and in `/etc/newswatch`.
#[must_use]
pub fn config_places(environment: &dyn Environment) -> Vec<PathBuf> {
    let named = environment.variable("NEWSWATCH_CONFIG").map(PathBuf::from);
    if let Some(named) = named.filter(|path| !path.as_os_str().is_empty()) {
        return vec![named];
    }
    let user = absolute(environment.variable("XDG_CONFIG_HOME").map(PathBuf::from)).or_else(|| {
        absolute(environment.variable("HOME").map(PathBuf::from)).map(|home| home.join(".config"))
    });
    let folders = [
        Some(PathBuf::new()),
        user.map(|folder| folder.join("newswatch")),
        Some(PathBuf::from("/etc/newswatch")),
    ];
    let files = folders.into_iter().flatten();
    files.map(|folder| folder.join(CONFIG_FILE)).collect()
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
    fn a_configuration_is_looked_for_here_at_home_and_in_etc() {
        let places = |variables: &[(&str, &str)]| -> Vec<String> {
            let environment: BTreeMap<String, OsString> = variables
                .iter()
                .map(|(name, value)| ((*name).to_owned(), OsString::from(value)))
                .collect();
            let places = config_places(&environment);
            places
                .iter()
                .map(|place| place.display().to_string())
                .collect()
        };
        let (here, etc) = ("newswatch.toml", "/etc/newswatch/newswatch.toml");
        assert_eq!(places(&[]), [here, etc]);
        let home = "/h/.config/newswatch/newswatch.toml";
        assert_eq!(
            places(&[("HOME", "/h"), ("NEWSWATCH_CONFIG", "")]),
            [here, home, etc]
        );
        assert_eq!(
            places(&[("XDG_CONFIG_HOME", "/x"), ("HOME", "/h")])[1],
            "/x/newswatch/newswatch.toml"
        );
        assert_eq!(
            places(&[("NEWSWATCH_CONFIG", "mine.toml"), ("HOME", "/h")]),
            ["mine.toml"]
        );
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
