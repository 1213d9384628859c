//! What each character is to the words: its class, and its lower and accent-free forms.
//!
//! The answers come from the Unicode tables of `regex-syntax` and `unicode-normalization`; they are worked out
//! once for each block of 256 characters that turns up, and looked up after that.

use std::sync::OnceLock;

use regex_syntax::hir::{ClassUnicode, HirKind};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::decompose_canonical;

/// What a character does to the words around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Only separates: punctuation and signs.
    Sign,
    /// Only separates, and does not interrupt a run of unspaced writing.
    Space,
    /// A space that ends a line.
    LineEnd,
    /// A space that ends a paragraph (U+2029).
    ParagraphEnd,
    /// A letter of a script that writes spaces between words.
    Letter,
    /// A mark that belongs to the character before it.
    Mark,
    /// A decimal digit, already 0 to 9.
    Digit,
    /// A character that is a word of its own: Han, kana, Thai, Lao, Khmer, Myanmar.
    Unspaced,
    /// A Hangul syllable or letter.
    Hangul,
    /// An emoji.
    Emoji,
    /// Half of a flag.
    Flag,
    /// `.`
    Dot,
    /// `,`
    Comma,
    /// `'` and the characters used in its place.
    Apostrophe,
    /// `-`, `_` and the hyphens proper; dashes are signs.
    Hyphen,
    /// `*` or `?`, in queries alone.
    Wild,
    /// A character that is deleted wherever it stands.
    Invisible,
}

/// What is known of one character.
#[derive(Debug, Clone, Copy)]
pub(super) struct Character {
    /// What it does to the words around it.
    pub(super) class: Class,
    /// True if NFKC leaves it as it is and nothing before it can join it.
    pub(super) stable: bool,
    /// True if marks on it are accents that folding takes away.
    pub(super) sheds_marks: bool,
    /// Its forms where each is one character; the long way must be taken where this is absent.
    pub(super) forms: Option<Forms>,
}

/// The one-character forms of a character.
#[derive(Debug, Clone, Copy)]
pub(super) struct Forms {
    /// Case-folded, without its Vietnamese tone.
    pub(super) lower: char,
    /// Case-folded, without accents.
    pub(super) fold: char,
    /// The tone mark that was taken off `lower`.
    pub(super) tone: Option<char>,
}

/// Characters in a block of the table.
const BLOCK: usize = 256;
/// Blocks that cover all of Unicode.
const BLOCKS: usize = 0x11_0000 / BLOCK;

static TABLE: [OnceLock<Box<[Character]>>; BLOCKS] = [const { OnceLock::new() }; BLOCKS];

/// Tells what is known of `c`.
#[inline]
pub(super) fn character(c: char) -> Character {
    let code = c as usize;
    TABLE
        .get(code / BLOCK)
        .map(|block| block.get_or_init(|| work_out_block(code / BLOCK)))
        .and_then(|block| block.get(code % BLOCK))
        .copied()
        .unwrap_or(UNKNOWN)
}

/// The class of an ASCII character; any other byte is a sign.
#[inline]
pub(super) fn ascii_class(byte: u8) -> Class {
    static CLASSES: OnceLock<[Class; 256]> = OnceLock::new();
    let classes = CLASSES.get_or_init(|| {
        let mut classes = [Class::Sign; 256];
        for (byte, class) in (0u8..128).zip(&mut classes) {
            *class = classify(char::from(byte));
        }
        classes
    });
    classes
        .get(usize::from(byte))
        .copied()
        .unwrap_or(Class::Sign)
}

const UNKNOWN: Character = Character {
    class: Class::Sign,
    stable: true,
    sheds_marks: false,
    forms: None,
};

fn work_out_block(block: usize) -> Box<[Character]> {
    (block * BLOCK..(block + 1) * BLOCK)
        .map(|code| {
            u32::try_from(code)
                .ok()
                .and_then(char::from_u32)
                .map_or(UNKNOWN, work_out)
        })
        .collect()
}

fn work_out(c: char) -> Character {
    let class = classify(c);
    Character {
        class,
        stable: class != Class::Mark && !joins_previous(c) && std::iter::once(c).nfkc().eq([c]),
        sheds_marks: tables().sheds_marks.contains(c),
        forms: short_forms(c),
    }
}

/// True for characters that normalisation may join to the one before them.
pub(super) fn joins_previous(c: char) -> bool {
    // Half-width voiced marks and conjoining Hangul vowels and finals are letters by category.
    matches!(c, '\u{FF9E}' | '\u{FF9F}' | '\u{1160}'..='\u{11FF}' | '\u{D7B0}'..='\u{D7FB}')
        || tables().marks.contains(c)
}

fn classify(c: char) -> Class {
    let tables = tables();
    match c {
        '\n' | '\r' | '\u{85}' | '\u{2028}' => Class::LineEnd,
        '\u{2029}' => Class::ParagraphEnd,
        '.' => Class::Dot,
        ',' => Class::Comma,
        '\'' | '’' | '‘' | 'ʼ' | '`' | '´' => Class::Apostrophe,
        '-' | '\u{2010}' | '\u{2011}' | '_' => Class::Hyphen,
        '0'..='9' => Class::Digit,
        '\u{1F1E6}'..='\u{1F1FF}' => Class::Flag,
        _ if is_invisible(c) => Class::Invisible,
        _ if c.is_whitespace() => Class::Space,
        _ if tables.marks.contains(c) => Class::Mark,
        _ if decimal_value(c).is_some() => Class::Digit,
        _ if tables.unspaced.contains(c) => Class::Unspaced,
        _ if tables.hangul.contains(c) => Class::Hangul,
        _ if c.is_alphabetic() || c.is_numeric() => Class::Letter,
        _ if !c.is_ascii() && tables.emoji.contains(c) && !is_trade_sign(c) => Class::Emoji,
        _ => Class::Sign,
    }
}

/// Signs that Unicode counts among the emoji, and newspapers set after names.
///
/// NFKC would make the letters TM of ™ and hang them on the name before it.
pub(super) fn is_trade_sign(c: char) -> bool {
    matches!(c, '©' | '®' | '™' | '℠' | '‼' | '⁉')
}

/// Characters without width or meaning for a reader: they are deleted wherever they stand.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{640}'   // soft hyphen, grapheme joiner, Arabic mark, tatweel
        | '\u{180B}'..='\u{180F}'                      // Mongolian variation selectors
        | '\u{200B}'..='\u{200F}'                      // zero-width space and joiners, direction marks
        | '\u{202A}'..='\u{202E}'                      // direction embeddings
        | '\u{2060}'..='\u{206F}'                      // word joiner, invisible operators, isolates
        | '\u{20E3}'                                   // the frame of a key cap
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'         // variation selectors, byte order mark
        | '\u{1F3FB}'..='\u{1F3FF}'                    // skin tones
        | '\u{E0000}'..='\u{E0FFF}') // tags, variation selectors
}

/// The value of a decimal digit of any script.
pub(super) fn decimal_value(c: char) -> Option<u32> {
    if let Some(value) = c.to_digit(10) {
        return Some(value);
    }
    // Unicode §4.6: decimal digits are encoded in runs of ten, from zero up; ranges may hold several runs.
    let code = u32::from(c);
    tables()
        .decimals
        .iter()
        .find(|(first, last)| (*first..=*last).contains(&code))
        .map(|(first, _)| (code - first) % 10)
}

/// The tone mark of Vietnamese that `mark` is: grave, acute, tilde, hook above, dot below.
pub(super) fn is_tone(mark: char) -> bool {
    matches!(
        mark,
        '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}'
    )
}

fn short_forms(c: char) -> Option<Forms> {
    let (lower, tones) = lower_of(c);
    let mut lower = lower.chars();
    let fold = fold_of(c);
    let mut fold = fold.chars();
    let mut tones = tones.chars();
    let forms = Forms {
        lower: lower.next()?,
        fold: fold.next()?,
        tone: tones.next(),
    };
    (lower.next().is_none() && fold.next().is_none() && tones.next().is_none()).then_some(forms)
}

/// The case-folded form of a character that is no mark, and apart from it the tone marks it bore.
pub(super) fn lower_of(c: char) -> (String, String) {
    let folded = case_fold(c);
    if !tables().latin.contains(c) {
        return (folded.chars().map(same_letter).collect(), String::new());
    }
    let (mut rest, mut tones) = (String::new(), String::new());
    for part in folded.chars() {
        decompose_canonical(part, |piece| {
            if is_tone(piece) {
                tones.push(piece);
            } else {
                rest.push(piece);
            }
        });
    }
    (rest.nfc().collect(), tones)
}

/// The case-folded form of a character that is no mark, without accents.
pub(super) fn fold_of(c: char) -> String {
    let folded = case_fold(c);
    let sheds_marks = tables().sheds_marks.contains(c);
    let mut fold = String::new();
    for part in folded.chars() {
        match same_letter(part) {
            'ß' => fold.push_str("ss"),
            'æ' => fold.push_str("ae"),
            'œ' => fold.push_str("oe"),
            'đ' | 'ð' => fold.push('d'),
            'ø' | 'ǿ' => fold.push('o'),
            'ł' => fold.push('l'),
            'ı' => fold.push('i'),
            'ё' => fold.push('е'),
            same if sheds_marks => decompose_canonical(same, |piece| {
                if !tables().marks.contains(piece) {
                    fold.push(same_letter(piece));
                }
            }),
            same => fold.push(same),
        }
    }
    fold
}

/// Full case folding by way of the capitals: ß, ς, İ and ΐ come out as `CaseFolding.txt` has them.
fn case_fold(c: char) -> String {
    // Dotless ı would become i by way of I; it is told apart until accents are dropped.
    if c == 'ı' {
        return c.to_string();
    }
    c.to_lowercase()
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .collect()
}

/// Letters of the Arabic script that keyboards and publishers use for one another.
fn same_letter(c: char) -> char {
    match c {
        'ى' | 'ی' => 'ي',
        'ک' => 'ك',
        'ة' => 'ه',
        other => other,
    }
}

struct Tables {
    marks: Ranges,
    decimals: Vec<(u32, u32)>,
    unspaced: Ranges,
    hangul: Ranges,
    emoji: Ranges,
    latin: Ranges,
    sheds_marks: Ranges,
}

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| Tables {
        marks: Ranges::of(r"\p{M}"),
        decimals: Ranges::of(r"\p{Nd}").0,
        unspaced: Ranges::of(
            r"[[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]&&[\p{L}\p{Nl}]]",
        ),
        hangul: Ranges::of(r"[\p{sc=Hangul}&&\p{L}]"),
        emoji: Ranges::of(r"\p{Emoji}"),
        latin: Ranges::of(r"\p{sc=Latin}"),
        sheds_marks: Ranges::of(r"[\p{sc=Latin}\p{sc=Greek}\p{sc=Arabic}\p{sc=Hebrew}]"),
    })
}

/// Sorted ranges of code points, both ends included.
struct Ranges(Vec<(u32, u32)>);

impl Ranges {
    fn of(class: &str) -> Self {
        match regex_syntax::parse(class).map(regex_syntax::hir::Hir::into_kind) {
            Ok(HirKind::Class(regex_syntax::hir::Class::Unicode(class))) => {
                Self::from_class(&class)
            }
            _ => Self(Vec::new()),
        }
    }

    fn from_class(class: &ClassUnicode) -> Self {
        Self(
            class
                .iter()
                .map(|range| (range.start().into(), range.end().into()))
                .collect(),
        )
    }

    fn contains(&self, c: char) -> bool {
        let code = u32::from(c);
        let after = self.0.partition_point(|(first, _)| *first <= code);
        after
            .checked_sub(1)
            .and_then(|at| self.0.get(at))
            .is_some_and(|(_, last)| code <= *last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_filled() {
        let tables = tables();
        for (table, member) in [
            (&tables.marks, '\u{301}'),
            (&tables.unspaced, '海'),
            (&tables.unspaced, 'ー'),
            (&tables.unspaced, 'ก'),
            (&tables.hangul, '이'),
            (&tables.emoji, '🚀'),
            (&tables.latin, 'é'),
            (&tables.sheds_marks, 'ي'),
        ] {
            assert!(table.contains(member), "{member}");
        }
        assert!(!tables.unspaced.contains('。'));
    }

    #[test]
    fn digits_of_every_script_have_their_value() {
        for (digit, value) in [('7', 7), ('٣', 3), ('۹', 9), ('๕', 5), ('𝟘', 0), ('𝟡', 9)]
        {
            assert_eq!(decimal_value(digit), Some(value), "{digit}");
        }
        assert_eq!(decimal_value('x'), None);
    }

    #[test]
    fn case_folding_is_the_full_one() {
        for (c, folded) in [
            ('ß', "ss"),
            ('ẞ', "ss"),
            ('ς', "σ"),
            ('İ', "i\u{307}"),
            ('ı', "ı"),
        ] {
            assert_eq!(case_fold(c), folded, "{c}");
        }
    }

    #[test]
    fn a_tone_is_taken_off_and_the_other_accent_stays() {
        assert_eq!(lower_of('Ể'), ("ê".to_owned(), "\u{309}".to_owned()));
        assert_eq!(lower_of('ệ'), ("ê".to_owned(), "\u{323}".to_owned()));
    }
}
