//! A site rule in a file of its own, as `newswatch extract --rule` reads it while a rule is being written.

use std::path::Path;

use serde::Deserialize;

use crate::domain::SiteRule;

/// The keys of `article = { ... }` of a feed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    body: Option<String>,
    title: Option<String>,
    byline: Option<String>,
    published: Option<String>,
    #[serde(default)]
    remove: Vec<String>,
}

/// Why a rule's file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SiteRuleError {
    /// It cannot be read.
    #[error("{path} cannot be read")]
    Read {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It is no rule.
    #[error("{path} is not a site rule: {source}")]
    Syntax {
        /// The file.
        path: String,
        /// What is wrong, and where.
        source: Box<toml::de::Error>,
    },
}

/// Reads a rule: the keys of a feed's `article` table, at the top level of a TOML file.
///
/// # Errors
/// When the file cannot be read, is not TOML or has other keys.
pub fn load_site_rule(path: &Path) -> Result<SiteRule, SiteRuleError> {
    let name = || path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|source| SiteRuleError::Read {
        path: name(),
        source,
    })?;
    let written: Written = toml::from_str(&text).map_err(|source| SiteRuleError::Syntax {
        path: name(),
        source: Box::new(source),
    })?;
    Ok(SiteRule {
        body: written.body,
        title: written.title,
        byline: written.byline,
        published: written.published,
        remove: written.remove,
    })
}
