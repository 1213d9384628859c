//! What a term looks for, word by word.

use super::mistake::Mistake;
use crate::matching::words::{Gap, Reading, Script, Tie, Word, Words};

/// A word or a phrase as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Term {
    /// The text without quotes and `=`.
    pub(crate) raw: String,
    /// The code point at which `raw` starts.
    pub(crate) raw_at: usize,
    /// True after `=`.
    pub(crate) is_exact: bool,
    /// True in quotes.
    pub(crate) is_quoted: bool,
    /// The most extra words for `"…"~n`.
    pub(crate) slack: Option<u32>,
    /// What it looks for, word by word; nothing where it has a mistake.
    pub(crate) pattern: Pattern,
}

/// The words of a term, as edges of a graph whose nodes are the places between words.
///
/// `cyber-security law` has the edges cyber (0 to 1), security (1 to 2), cybersecurity (0 to 2), law (2 to 3);
/// the term is found where a path from the first node to the last is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Pattern {
    /// One word at a time, sorted by `from`.
    pub(crate) edges: Vec<Edge>,
    /// The last node.
    pub(crate) length: usize,
    /// The nodes at which a part between spaces starts; they may be found in any order for `"…"~n`.
    pub(crate) part_starts: Vec<usize>,
}

/// A word that is looked for between two nodes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Edge {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) look: Look,
    /// What may stand before it in the text.
    pub(crate) tie: Tie,
}

/// How a word is compared.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Look {
    /// Any one word.
    Any,
    /// Case-blind, accents as the rules have them; the word in NFKC.
    Plain(String),
    /// Exactly.
    Exact(String),
    /// Words that start with this.
    Prefix(String),
    /// With `*` and `?`.
    Glob { pattern: String, is_exact: bool },
}

/// Letters that must come before the first `*` or `?` of a word.
///
/// With fewer, a tenth of all words would have to be tried.
const MIN_HEAD: usize = 2;

impl Pattern {
    /// Reads a term; `words` is room for it, whatever it held before.
    ///
    /// # Errors
    /// No word in it, or a `*` or `?` with too little before it.
    pub(crate) fn of(term: &Term, words: &mut Words) -> Result<Self, Mistake> {
        words.clear();
        words.read(&term.raw, Reading::Term, 0);
        let words = &*words;
        let mut pattern = Self {
            edges: Vec::new(),
            length: 0,
            part_starts: Vec::new(),
        };
        let all = words.all();
        let is_plain = !all
            .iter()
            .any(|word| word.gap == Gap::And || joins(word.gap));
        let mut starts = Vec::new();
        for (place, word) in all.iter().enumerate() {
            starts.extend((!is_plain).then_some(pattern.length));
            pattern.add_word(term, words, word, all.get(place + 1))?;
        }
        if pattern.edges.iter().all(|edge| edge.look == Look::Any) {
            return Err(nothing_to_look_for(term));
        }
        if !is_plain {
            pattern.add_joined_forms(term, words, &starts);
        }
        Ok(pattern)
    }

    /// The only word of a term without quotes and `=`, if it is a plain one: its other forms may count as well.
    pub(crate) fn plain_word(&self, term: &Term) -> Option<&str> {
        match self.edges.as_slice() {
            [
                Edge {
                    look: Look::Plain(word),
                    ..
                },
            ] if !term.is_quoted && !term.is_exact => Some(word),
            _ => None,
        }
    }

    fn add_word(
        &mut self,
        term: &Term,
        words: &Words,
        word: &Word,
        next: Option<&Word>,
    ) -> Result<(), Mistake> {
        let letters = words.letters(word);
        if !letters.contains(['*', '?']) {
            let look = look_for(term, word, letters);
            if word.gap == Gap::And {
                self.push_name(&look);
            }
            self.push(look, word);
            return Ok(());
        }
        // A word in quotes is pointed at; without quotes the term is, with its `=`.
        let at = match word.start {
            0 if !term.is_quoted => term.raw_at.saturating_sub(usize::from(term.is_exact)),
            start => term.raw_at + index(start),
        };
        let too_broad = || {
            Err(Mistake::new(
                "wildcard-too-broad",
                at,
                format!("\"{letters}\" would match too many words"),
                "at least two letters must come before * or ?",
            ))
        };
        let only_wild = letters.chars().all(|c| matches!(c, '*' | '?'));
        let stands_alone = is_apart(word) && next.is_none_or(is_apart);
        if only_wild && letters == "*" && term.is_quoted && stands_alone {
            self.push(Look::Any, word);
            return Ok(());
        }
        if only_wild && word.gap == Gap::Nothing {
            // After a character of unspaced writing, which is a whole word: * may be nothing, ? is one more.
            let goes_on = next.is_some_and(|next| next.gap == Gap::Nothing);
            if letters.contains('*') && goes_on {
                return too_broad();
            }
            for _ in letters.chars().filter(|c| *c == '?') {
                self.push(Look::Any, word);
            }
            return Ok(());
        }
        let head = letters
            .chars()
            .take_while(|c| !matches!(c, '*' | '?'))
            .count();
        let is_hangul = word.script == Script::Hangul;
        if head < if is_hangul { 1 } else { MIN_HEAD } {
            return too_broad();
        }
        self.push(look_with_wildcards(term, letters, is_hangul), word);
        Ok(())
    }

    fn push(&mut self, look: Look, word: &Word) {
        if is_apart(word) {
            self.part_starts.push(self.length);
        }
        self.edges.push(Edge {
            from: self.length,
            to: self.length + 1,
            look,
            // After the place for "and" it stands as any word does.
            tie: match tie(word) {
                Tie::And => Tie::Loose,
                other => other,
            },
        });
        self.length += 1;
    }

    /// `AT&T`: the second half where the sign stands before it, and a place for a word that is said for the sign.
    fn push_name(&mut self, look: &Look) {
        let from = self.length;
        self.edges.push(Edge {
            from,
            to: from + 2,
            look: look.clone(),
            tie: Tie::And,
        });
        let words_for_and = AND.iter().map(|word| Edge {
            from,
            to: from + 1,
            look: Look::Plain((*word).to_owned()),
            tie: Tie::Loose,
        });
        self.edges.extend(words_for_and);
        self.length += 1;
    }

    /// Adds the joined spellings of hyphenated words: each neighbouring pair, and the whole.
    fn add_joined_forms(&mut self, term: &Term, words: &Words, starts: &[usize]) {
        let all = words.all();
        // Where a wildcard has become several words, or none, a join would not fit.
        let is_whole = (1..).zip(all).all(|(next, _)| {
            let end = starts.get(next).copied().unwrap_or(self.length);
            next.checked_sub(1)
                .and_then(|own| starts.get(own))
                .is_some_and(|start| end > *start)
        });
        if !is_whole {
            return;
        }
        let mut chain_start = 0;
        for end in 1..=all.len() {
            let joins = all.get(end - 1).zip(all.get(end)).is_some_and(|(a, b)| {
                joins(b.gap)
                    && a.script == b.script
                    && matches!(a.script, Script::Spaced | Script::Hangul)
            });
            if joins {
                self.add_joined(term, words, (end - 1, end), starts);
            } else {
                if end - chain_start > 2 {
                    self.add_joined(term, words, (chain_start, end - 1), starts);
                }
                chain_start = end;
            }
        }
        self.edges.sort_by_key(|edge| (edge.from, edge.to));
    }

    fn add_joined(
        &mut self,
        term: &Term,
        words: &Words,
        (from, last): (usize, usize),
        starts: &[usize],
    ) {
        let Some((first, last_word)) = words.all().get(from).zip(words.all().get(last)) else {
            return;
        };
        let letters = words.joined(first, last_word);
        let is_hangul = first.script == Script::Hangul;
        let look = if letters.contains(['*', '?']) {
            look_with_wildcards(term, letters, is_hangul)
        } else if term.is_exact {
            Look::Exact(letters.to_owned())
        } else if is_hangul {
            Look::Prefix(letters.to_owned())
        } else {
            Look::Plain(letters.to_owned())
        };
        self.edges.push(Edge {
            from: starts.get(from).copied().unwrap_or_default(),
            to: starts.get(last + 1).copied().unwrap_or(self.length),
            look,
            tie: tie(first),
        });
    }
}

/// True for what stands between two words that are also written as one.
fn joins(gap: Gap) -> bool {
    matches!(gap, Gap::Hyphen | Gap::Apostrophe | Gap::Okina)
}

/// Words that are said for `&` in a name, in the languages that use it most; n is for `R’n’B`, amp for `AT&amp;T`.
const AND: [&str; 12] = [
    "and", "und", "et", "og", "och", "en", "ve", "és", "și", "và", "n", "amp",
];

fn tie(word: &Word) -> Tie {
    if word.gap == Gap::Nothing {
        Tie::Close
    } else if word.gap == Gap::And {
        Tie::And
    } else if word.begins_sentence {
        Tie::OverStop
    } else {
        Tie::Loose
    }
}

/// True for a word that neither the script nor a hyphen or apostrophe ties to the one before.
fn is_apart(word: &Word) -> bool {
    !matches!(
        word.gap,
        Gap::Nothing | Gap::Hyphen | Gap::Apostrophe | Gap::Okina | Gap::And
    )
}

fn look_for(term: &Term, word: &Word, letters: &str) -> Look {
    let letters = letters.to_owned();
    if term.is_exact || word.is_dotted {
        Look::Exact(letters)
    } else if word.script == Script::Hangul {
        Look::Prefix(letters)
    } else {
        Look::Plain(letters)
    }
}

fn look_with_wildcards(term: &Term, letters: &str, is_hangul: bool) -> Look {
    let mut pattern = letters.to_owned();
    // Particles may follow a Korean word, whatever its pattern.
    if is_hangul && !term.is_exact && !pattern.ends_with('*') {
        pattern.push('*');
    }
    Look::Glob {
        pattern,
        is_exact: term.is_exact,
    }
}

fn nothing_to_look_for(term: &Term) -> Mistake {
    let equals = usize::from(term.is_exact);
    if term.is_quoted {
        Mistake::new(
            "empty-phrase",
            term.raw_at.saturating_sub(1 + equals),
            "the quotes hold no word",
            "there is no word here to search for",
        )
    } else {
        let hint = match term.raw.as_str() {
            "&" => "write AND or just a space; a name that has it is written in quotes",
            "," | ";" | "，" | "；" | "、" | "،" | "؛" => {
                "write OR if either side will do, or a space if both must be found"
            }
            "/" => "write OR",
            "•" | "·" | "*" => "write OR between the words, or terms = [\"...\", \"...\"]",
            "-" | "–" | "—" => "to leave a word out write -word",
            _ => {
                "there is no word here to search for; signs are not searched, use a regex: /C\\+\\+/"
            }
        };
        Mistake::new(
            "empty-term",
            term.raw_at.saturating_sub(equals),
            format!("\"{}\" holds no word", term.raw),
            hint,
        )
    }
}

fn index(code_point: u32) -> usize {
    usize::try_from(code_point).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(raw: &str, is_exact: bool) -> Vec<String> {
        let term = Term {
            raw: raw.to_owned(),
            raw_at: 1,
            is_exact,
            is_quoted: true,
            slack: None,
            pattern: Pattern::default(),
        };
        let pattern = Pattern::of(&term, &mut Words::default()).unwrap();
        let show = |look: &Look| match look {
            Look::Any => "*".to_owned(),
            Look::Plain(word) => word.clone(),
            Look::Exact(word) => format!("={word}"),
            Look::Prefix(word) => format!("{word}…"),
            Look::Glob { pattern, is_exact } => {
                format!("{}{pattern}", if *is_exact { "=~" } else { "~" })
            }
        };
        pattern
            .edges
            .iter()
            .map(|edge| {
                format!(
                    "{}-{}{} {}",
                    edge.from,
                    edge.to,
                    match edge.tie {
                        Tie::Loose => "",
                        Tie::OverStop => ".",
                        Tie::Close => "!",
                        Tie::And => "&",
                    },
                    show(&edge.look)
                )
            })
            .collect()
    }

    #[test]
    fn a_compound_has_all_spellings() {
        assert_eq!(
            edges("cyber-security law", false),
            ["0-1 cyber", "0-2 cybersecurity", "1-2 security", "2-3 law"]
        );
        assert_eq!(edges("Xi'an", false), ["0-1 Xi", "0-2 Xian", "1-2 an"]);
        assert_eq!(
            edges("a-b-c", false),
            ["0-1 a", "0-2 ab", "0-3 abc", "1-2 b", "1-3 bc", "2-3 c"]
        );
    }

    #[test]
    fn each_script_is_compared_in_its_way() {
        assert_eq!(edges("U.S. AT", false), ["0-1 =US", "1-2 AT"]);
        assert_eq!(edges("end. Next", false), ["0-1 end", "1-2. Next"]);
        let name = edges("R&D", false);
        assert_eq!(name.first().map(String::as_str), Some("0-1 R"));
        assert!(name.contains(&"1-3& D".to_owned()) && name.contains(&"2-3 D".to_owned()));
        assert!(name.contains(&"1-2 and".to_owned()));
        assert_eq!(
            edges("5G手机 이란", false),
            ["0-1 5G", "1-2! 手", "2-3! 机", "3-4 이란…"]
        );
        assert_eq!(edges("이란", true), ["0-1 =이란"]);
    }

    #[test]
    fn wildcards_stand_inside_a_word_or_for_one() {
        assert_eq!(
            edges("state * emergenc*", false),
            ["0-1 state", "1-2 *", "2-3 ~emergenc*"]
        );
        assert_eq!(edges("Mac*", true), ["0-1 =~Mac*"]);
        assert_eq!(edges("南海*", false), ["0-1 南", "1-2! 海"]);
        assert_eq!(edges("南?海", false), ["0-1 南", "1-2! *", "2-3! 海"]);
        assert_eq!(
            edges("cyber-secur*", false),
            ["0-1 cyber", "0-2 ~cybersecur*", "1-2 ~secur*"]
        );
    }
}
