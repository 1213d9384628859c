//! The configuration of a command that only asks.

use std::path::Path;

use super::output;
use crate::config::{self, Config, ProcessEnvironment, Secrets};

/// Reads a configuration; secrets that cannot be read do not matter.
///
/// # Errors
/// Every problem of the file, as people read it.
pub(super) fn load(path: &Path) -> anyhow::Result<Config> {
    match config::load(path, &ProcessEnvironment, Secrets::Optional) {
        Ok(loaded) => Ok(loaded.config),
        Err(problems) => anyhow::bail!(
            "the configuration cannot be used\n{}",
            problems.render(output::color())
        ),
    }
}

/// The places of the watches to work with: the one of this name, or all.
///
/// # Errors
/// When no watch has the name.
pub(super) fn places_of(config: &Config, name: Option<&str>) -> anyhow::Result<Vec<usize>> {
    let places: Vec<usize> = (0..)
        .zip(&config.watches)
        .filter(|(_, watch)| name.is_none_or(|name| watch.name.0 == name))
        .map(|(place, _)| place)
        .collect();
    if let Some(name) = name {
        anyhow::ensure!(!places.is_empty(), "there is no watch named \"{name}\"");
    }
    Ok(places)
}
