//! "Did you mean": the known word that is nearest to a mistyped one.

/// Words that people bring along from other programs, and the keys that they may mean here, the likeliest first.
const SYNONYMS: [(&str, &[&str]); 144] = [
    ("bot_token", &["token"]),
    ("access_token", &["token"]),
    ("api_key", &["token", "key"]),
    ("api_token", &["token"]),
    ("homeserver", &["server"]),
    ("webhook", &["url"]),
    ("hook", &["url"]),
    ("quiet_hours", &["quiet"]),
    ("do_not_disturb", &["quiet"]),
    ("dnd", &["quiet"]),
    ("within", &["in"]),
    ("per_minute", &["per_hour"]),
    ("subject", &["subject_prefix"]),
    ("tag", &["watch_tag", "tags"]),
    ("to", &["notify"]),
    ("script", &["command"]),
    ("program", &["command"]),
    ("text", &["body"]),
    ("content", &["body"]),
    ("main", &["body"]),
    ("selector", &["body", "item"]),
    ("container", &["body", "item"]),
    ("author", &["byline"]),
    ("authors", &["byline"]),
    ("writer", &["byline"]),
    ("date", &["published", "date"]),
    ("pubdate", &["published", "date"]),
    ("time", &["published", "at"]),
    ("times", &["at"]),
    ("hours", &["at", "between"]),
    ("headline", &["title"]),
    ("exclude", &["remove", "not_sense"]),
    ("ignore", &["remove"]),
    ("drop", &["remove"]),
    ("room", &["chat"]),
    ("room_id", &["room", "chat"]),
    ("chat_id", &["chat"]),
    ("channel_id", &["chat", "room"]),
    ("cc", &["to"]),
    ("bcc", &["to"]),
    ("when", &["if"]),
    ("where", &["if"]),
    ("match", &["if", "must_match"]),
    ("condition", &["if"]),
    ("conditions", &["if"]),
    ("send", &["notify"]),
    ("send_to", &["notify"]),
    ("channels", &["notify", "channel"]),
    ("polling", &["poll"]),
    ("fetch", &["poll", "http"]),
    ("network", &["http"]),
    ("weekdays", &["days"]),
    ("start", &["from"]),
    ("begin", &["from"]),
    ("end", &["to"]),
    ("until", &["to"]),
    ("till", &["to"]),
    ("limit", &["per_hour", "more_than"]),
    ("hourly", &["per_hour"]),
    ("per_day", &["per_hour"]),
    ("threshold", &["more_than", "min_score"]),
    ("count", &["more_than"]),
    ("delay", &["after"]),
    ("wait", &["after", "group_wait"]),
    ("path", &["url"]),
    ("database", &["url", "store"]),
    ("db", &["url", "store"]),
    ("dsn", &["url"]),
    ("retention", &["keep_articles"]),
    ("keep", &["keep_articles"]),
    ("bind", &["listen"]),
    ("port", &["listen"]),
    ("url", &["server"]),
    ("throttle", &["cooldown"]),
    ("score", &["min_score"]),
    ("language", &["lang", "stem"]),
    ("languages", &["lang"]),
    ("importance", &["priority"]),
    ("level", &["priority"]),
    ("severity", &["priority"]),
    ("user", &["username"]),
    ("user_name", &["username"]),
    ("login", &["username"]),
    ("account", &["username"]),
    ("pass", &["password"]),
    ("passwd", &["password"]),
    ("pwd", &["password"]),
    ("server", &["host", "smtp"]),
    ("hostname", &["host"]),
    ("mailserver", &["smtp", "host"]),
    ("smtp_server", &["smtp", "host"]),
    ("smtp_host", &["smtp", "host"]),
    ("ssl", &["tls"]),
    ("starttls", &["tls"]),
    ("encryption", &["tls"]),
    ("security", &["tls"]),
    ("ca", &["ca_file"]),
    ("cafile", &["ca_file"]),
    ("interval", &["every"]),
    ("refresh", &["every"]),
    ("frequency", &["every"]),
    ("period", &["every"]),
    ("schedule", &["every"]),
    ("poll_interval", &["every"]),
    ("poll_every", &["every"]),
    ("min_interval", &["min_every"]),
    ("max_interval", &["max_every"]),
    ("link", &["url", "link"]),
    ("address", &["url", "to"]),
    ("href", &["url"]),
    ("uri", &["url"]),
    ("feed_url", &["url"]),
    ("rss", &["url", "feed"]),
    ("webhook_url", &["url"]),
    ("endpoint", &["url"]),
    ("target", &["url", "to"]),
    ("title", &["name"]),
    ("label", &["name", "tags"]),
    ("id", &["name"]),
    ("kind", &["type"]),
    ("labels", &["tags"]),
    ("category", &["tags"]),
    ("categories", &["tags"]),
    ("keyword", &["terms"]),
    ("keywords", &["terms"]),
    ("words", &["terms"]),
    ("phrases", &["terms"]),
    ("search", &["query", "watch"]),
    ("expression", &["query"]),
    ("filter", &["query"]),
    ("pattern", &["query", "match"]),
    ("sources", &["feeds", "feed"]),
    ("source", &["feeds", "feed"]),
    ("alert", &["notify", "channel"]),
    ("recipients", &["to"]),
    ("recipient", &["to"]),
    ("mailto", &["to"]),
    ("emails", &["to"]),
    ("sender", &["from"]),
    ("filename", &["path"]),
    ("file", &["path"]),
    ("output", &["path"]),
    ("user_agent", &["contact"]),
    ("retries", &["retry"]),
];

/// What to do in place of a key that switches something off.
pub(super) const SWITCHED_OFF: &str = "to switch it off, put # in front of its lines";

/// Whether a key is one that switches something on or off elsewhere.
pub(super) fn is_switch(key: &str) -> bool {
    ["enabled", "enable", "disabled", "disable", "active"].contains(&key)
}

/// Longer words are not compared: nobody mistypes them letter by letter, and the work grows with the square.
const MAX_CHARS: usize = 64;

/// The known word that is meant: the nearest, or one that has this name elsewhere.
pub(super) fn meant<'a>(
    written: &str,
    known: &(impl IntoIterator<Item = &'a str> + Clone),
) -> Option<&'a str> {
    // A word of its own is no slip of the pen, however near it is to another.
    let word = written.to_lowercase().replace(['-', ' '], "_");
    let meanings = SYNONYMS.iter().filter(|(synonym, _)| *synonym == word);
    meanings
        .flat_map(|(_, meanings)| meanings.iter())
        .find_map(|meaning| known.clone().into_iter().find(|known| known == meaning))
        .or_else(|| nearest(written, known.clone()))
}

/// The nearest of the known words, if one is near enough to be what was meant.
///
/// Near enough: a third of the letters, at least one, may be wrong, missing, added or swapped with their
/// neighbour; capitals and `-` for `_` cost nothing.
#[must_use]
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written = folded(written)?;
    let allowed = (written.len() / 3).max(1);
    known
        .into_iter()
        .filter_map(|word| {
            let letters = folded(word)?;
            if letters.len().abs_diff(written.len()) > allowed {
                return None;
            }
            Some((distance(&written, &letters), word))
        })
        .filter(|(cost, _)| *cost <= allowed)
        .min_by_key(|(cost, _)| *cost)
        .map(|(_, word)| word)
}

fn folded(word: &str) -> Option<Vec<char>> {
    let letters: Vec<char> = word
        .chars()
        .take(MAX_CHARS + 1)
        .flat_map(char::to_lowercase)
        .map(|c| if c == '-' { '_' } else { c })
        .collect();
    (!letters.is_empty() && letters.len() <= MAX_CHARS).then_some(letters)
}

/// The number of single-letter edits and swaps of neighbours between two words (optimal string alignment).
fn distance(left: &[char], right: &[char]) -> usize {
    let mut two_rows_up: Vec<usize> = Vec::new();
    let mut row_above: Vec<usize> = (0..=right.len()).collect();
    let mut left_before = None;
    for (row_number, left_char) in left.iter().enumerate() {
        let mut row = vec![row_number + 1];
        let mut right_before = None;
        for (column, right_char) in right.iter().enumerate() {
            let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX);
            let replaced = at(&row_above, column) + usize::from(left_char != right_char);
            let removed = at(&row_above, column + 1) + 1;
            let added = at(&row, column) + 1;
            let mut best = replaced.min(removed).min(added);
            if left_before == Some(right_char) && right_before == Some(left_char) && column > 0 {
                best = best.min(at(&two_rows_up, column - 1).saturating_add(1));
            }
            row.push(best);
            right_before = Some(right_char);
        }
        two_rows_up = std::mem::replace(&mut row_above, row);
        left_before = Some(left_char);
    }
    row_above.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swap_a_slip_and_a_missing_letter_find_the_word() {
        let keys = ["every", "min_every", "timeout", "tags"];
        for (written, meant) in [
            ("evrey", "every"),
            ("min-every", "min_every"),
            ("timeot", "timeout"),
            ("TAGS", "tags"),
            ("tag", "tags"),
        ] {
            assert_eq!(nearest(written, keys), Some(meant), "{written}");
        }
    }

    #[test]
    fn a_different_word_finds_nothing() {
        assert_eq!(nearest("colour", ["every", "timeout", "url"]), None);
        assert_eq!(nearest("", ["url"]), None);
    }

    #[test]
    fn the_nearest_wins() {
        assert_eq!(
            nearest("watchs", ["match", "watches", "watch"]),
            Some("watches")
        );
        assert_eq!(nearest("desk", ["desk-2", "disk", "desk"]), Some("desk"));
    }

    #[test]
    fn a_very_long_word_is_not_compared() {
        let long = "a".repeat(1_000_000);
        assert_eq!(nearest(&long, [long.as_str()]), None);
    }
}
