//! Texts broken between words, for terminals.

/// The columns that every terminal has.
pub const TERMINAL_WIDTH: usize = 80;

/// The least room for a text, whatever stands before it.
const LEAST_ROOM: usize = 20;

/// A text of several lines, broken between words, that stands behind a margin of so many columns; the lines below the first
/// are without it.
#[must_use]
pub fn wrapped(text: &str, margin: usize) -> String {
    let room = TERMINAL_WIDTH.saturating_sub(margin).max(LEAST_ROOM);
    let mut lines: Vec<String> = Vec::new();
    let mut width = 0;
    for word in text.split(' ') {
        let word_width = columns(word);
        match lines.last_mut() {
            Some(line) if width + 1 + word_width <= room => {
                line.push(' ');
                line.push_str(word);
                width += 1 + word_width;
            }
            _ => {
                lines.push(word.to_owned());
                width = word_width;
            }
        }
    }
    lines.join("\n")
}

/// The columns that a word takes: its characters, without the commands that colour it.
fn columns(word: &str) -> usize {
    let colored = |c: &char| *c == '\u{1b}';
    if !word.chars().any(|c| colored(&c)) {
        return word.chars().count();
    }
    let mut pieces = word.split('\u{1b}');
    let first = pieces.next().map_or(0, |piece| piece.chars().count());
    let after = |piece: &str| {
        let shown = piece.split_once('m').map_or("", |(_, shown)| shown);
        shown.chars().count()
    };
    first + pieces.map(after).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_between_words_and_colours_take_no_room() {
        let text = wrapped(&"word ".repeat(40), 10);
        assert!(
            text.lines().all(|line| line.chars().count() <= 70),
            "{text}"
        );
        let colored = format!("\u{1b}[33mwarning\u{1b}[0m: {}", "word ".repeat(13));
        let colored = colored.trim_end();
        assert_eq!(wrapped(colored, 0), colored);
        let address = "x".repeat(100);
        assert_eq!(
            wrapped(&address, 0),
            address,
            "what has no space stays whole"
        );
    }
}
