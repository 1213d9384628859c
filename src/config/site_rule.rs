//! A site rule in a file of its own, as `newswatch extract --rule` reads it while a rule is being written.

use std::path::Path;

use crate::domain::SiteRule;

use super::problem::{Problem, Problems, Report};
use super::raw::RawRule;
use super::{feeds, files};

/// Reads a rule: the keys of a feed's `article` table, at the top level of a TOML file.
///
/// # Errors
/// When the file cannot be read, is not TOML, or holds other keys or something that is no selector: everything
/// that is wrong with it.
pub fn load_site_rule(path: &Path) -> Result<SiteRule, Problems> {
    let report = Report::default();
    let rule = files::read_other(path, &report, |root| RawRule::read(root, &report))
        .map(|raw| feeds::site_rule(&raw, &report));
    let mut problems = report.into_problems();
    problems.sort_by_key(Problem::offset);
    match rule {
        Some(rule) if problems.iter().all(Problem::is_warning) => Ok(rule),
        _ => Err(Problems(problems)),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// The rule in a file with this text, or the lines of what is wrong with it.
    fn loaded(text: &str) -> Result<SiteRule, Vec<usize>> {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("rule.toml");
        fs::write(&path, text).unwrap();
        load_site_rule(&path)
            .map_err(|problems| problems.0.iter().map(|problem| problem.line).collect())
    }

    #[test]
    fn a_rule_has_the_keys_of_a_feeds_article_table() {
        let rule = loaded("body = 'article p'\nremove = ['.ad']\n").unwrap();
        assert_eq!(rule.body.as_deref(), Some("article p"));
        assert_eq!(rule.remove, [".ad"]);
    }

    #[test]
    fn everything_that_is_wrong_with_a_rule_is_told() {
        let lines = loaded("boddy = 'p'\ntitle = 5\nbyline = '['\nremove = '.ad'\npublished = x\n");
        assert_eq!(lines.unwrap_err(), [1, 2, 3, 4, 5]);
    }

    #[test]
    fn a_rule_rewrites_addresses_and_follows_pages() {
        let text = "url = { match = '/(\\d+)$', replace = '/print/$1' }\nnext = 'a.next'\nstrip = ['Ad']\n";
        let rule = loaded(text).unwrap();
        assert_eq!(
            rule.url.map(|url| url.replace).as_deref(),
            Some("/print/$1")
        );
        assert_eq!(rule.next.as_deref(), Some("a.next"));
        assert_eq!(rule.strip, ["Ad"]);
    }

    #[test]
    fn a_rewrite_that_cannot_be_used_is_told_where_it_stands() {
        let lines = loaded("next = '['\nurl = { match = '(', replace = '' }\n");
        assert_eq!(lines.unwrap_err(), [1, 2]);
        assert_eq!(loaded("url = { match = 'a' }\n").unwrap_err(), [1]);
    }

    #[test]
    fn an_empty_rule_is_one() {
        assert_eq!(loaded(""), Ok(SiteRule::default()));
    }

    #[test]
    fn a_file_that_is_not_there_is_an_error() {
        assert!(load_site_rule(Path::new("/nonexistent/rule.toml")).is_err());
    }
}
