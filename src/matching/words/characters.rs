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
    /// A dot at half height: it joins what a hyphen joins, and is nothing between unspaced characters.
    MiddleDot,
    /// A sign that ends a sentence, other than the full stop.
    Stop,
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
    /// What marks on it are.
    pub(super) marks: Marks,
    /// Its forms where each is one character; the long way must be taken where this is absent.
    pub(super) forms: Option<Forms>,
}

/// What the marks on a letter are to its reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marks {
    /// Part of the spelling.
    Kept,
    /// Accents of Latin letters: another spelling, and left out where accents are.
    Accents,
    /// Accents of Greek letters: capitals leave some out, learned spelling has more.
    Greek,
    /// Vowel signs that are written for learners alone; a hamza is an accent.
    Arabic,
    /// Points and cantillation, written for learners alone.
    Hebrew,
    /// The stress, shown for learners alone; what is on й and ї is no mark any more.
    Cyrillic,
    /// A dot for sounds of other languages is an accent, everything else the spelling.
    Nukta,
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
    marks: Marks::Kept,
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
        marks: marks_on(c),
        forms: short_forms(c),
    }
}

/// True for characters that normalisation may join to the one before them.
pub(super) fn joins_previous(c: char) -> bool {
    // Half-width voiced marks and conjoining Hangul vowels and finals are letters by category.
    matches!(c, '\u{FF9E}' | '\u{FF9F}' | '゛' | '゜' | '\u{1160}'..='\u{11FF}' | '\u{D7B0}'..='\u{D7FB}')
        || tables().marks.contains(c)
}

fn classify(c: char) -> Class {
    let tables = tables();
    match c {
        '\n' | '\r' | '\u{85}' | '\u{2028}' => Class::LineEnd,
        '\u{2029}' => Class::ParagraphEnd,
        '.' | '\u{66B}' => Class::Dot,
        ',' | '\u{66C}' => Class::Comma,
        _ if is_apostrophe(c) => Class::Apostrophe,
        // With those of Armenian, Hebrew and Mongolian.
        '-' | '\u{2010}' | '\u{2011}' | '_' | '\u{58A}' | '\u{5BE}' | '\u{1806}' => Class::Hyphen,
        '·' | '‧' | '•' | '∙' | '⋅' | '・' | 'ㆍ' => Class::MiddleDot,
        // The filler is set where a blank is to be seen.
        '\u{3164}' => Class::Space,
        '0'..='9' => Class::Digit,
        '\u{1F1E6}'..='\u{1F1FF}' => Class::Flag,
        _ if is_invisible(c) => Class::Invisible,
        _ if c.is_whitespace() => Class::Space,
        _ if tables.marks.contains(c) => Class::Mark,
        _ if decimal_value(c).is_some() => Class::Digit,
        _ if tables.unspaced.contains(c) => Class::Unspaced,
        _ if tables.hangul.contains(c) => Class::Hangul,
        _ if is_list_number(c) => Class::Sign,
        _ if c.is_alphabetic() || c.is_numeric() => Class::Letter,
        _ if !c.is_ascii() && tables.emoji.contains(c) && !is_trade_sign(c) => Class::Emoji,
        _ if c == '…' || tables.stops.contains(c) => Class::Stop,
        _ => Class::Sign,
    }
}

/// Signs that Unicode counts among the emoji, and newspapers set after names.
///
/// NFKC would make the letters TM of ™ and hang them on the name before it.
pub(super) fn is_trade_sign(c: char) -> bool {
    matches!(c, '©' | '®' | '™' | '℠' | '‼' | '⁉')
}

/// `'` and what is typed or printed in its place, in every script that has one.
fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '’' | '‘' | '‛' | 'ʼ' | '`' | '´' | '′' | '‵' | '\u{55A}' | '\u{5F3}'
    ) || is_okina(c)
}

/// Apostrophes that are letters of a word: those of Hawaiian, Uzbek, Mayan and of transliterations.
pub(super) fn is_okina(c: char) -> bool {
    matches!(
        c,
        '\u{2B9}' | '\u{2BB}' | '\u{2BD}'..='\u{2BF}' | '‘' | '‛' | '\u{A78B}' | '\u{A78C}'
    )
}

/// The mark of Hebrew abbreviations before their last letter, and the quotes that are typed for it.
pub(super) fn is_gershayim(c: char) -> bool {
    matches!(c, '"' | '\u{5F4}' | '“' | '”' | '„' | 'ʺ')
}

/// True for a letter of the Hebrew alphabet.
pub(super) fn is_hebrew_letter(c: char) -> bool {
    matches!(c, '\u{5D0}'..='\u{5EA}')
}

/// Figures set above the line, most often for a note.
pub(super) fn is_superscript(c: char) -> bool {
    matches!(c, '²' | '³' | '¹' | '\u{2070}' | '\u{2074}'..='\u{2079}')
}

/// Numbers in circles, brackets or with a full stop: a sign of a list or a note, not part of the word before.
fn is_list_number(c: char) -> bool {
    matches!(c, '\u{2460}'..='\u{249B}' | '\u{24EA}'..='\u{24FF}' | '\u{2776}'..='\u{2793}')
}

/// Characters without width or meaning for a reader: they are deleted wherever they stand.
fn is_invisible(c: char) -> bool {
    is_steering(c)
        || matches!(c,
        '\u{640}'                                      // tatweel: letters drawn out
        | '\u{55B}' | '\u{55C}' | '\u{55E}' | '\u{55F}' // Armenian writes stress, ! and ? over a vowel
        | '\u{17B4}' | '\u{17B5}'                       // inherent vowels of Khmer
        | '\u{180B}'..='\u{180D}' | '\u{180F}'          // Mongolian variation selectors
        | '\u{200C}' | '\u{200D}'                       // zero-width joiners
        | '\u{20E3}'                                   // the frame of a key cap
        | '\u{FE00}'..='\u{FE0F}'                      // variation selectors
        | '\u{1F3FB}'..='\u{1F3FF}'                    // skin tones
        | '\u{E0000}'..='\u{E0FFF}') // tags, variation selectors
}

/// Characters that tell a program where to break a line or which way to write, and that nobody can see.
pub(super) fn is_steering(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}'               // soft hyphen, grapheme joiner, Arabic mark
        | '\u{180E}'                                   // Mongolian vowel separator
        | '\u{200B}' | '\u{200E}' | '\u{200F}'          // zero-width space, direction marks
        | '\u{202A}'..='\u{202E}'                      // direction embeddings
        | '\u{2060}'..='\u{206F}'                      // word joiner, invisible operators, isolates
        | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}') // byte order mark, interlinear annotation
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

/// What marks on a character are to its reader.
fn marks_on(c: char) -> Marks {
    let tables = tables();
    match c {
        // Devanagari and Gurmukhi write the dot or not; in Bengali and Odia it makes another letter.
        '\u{900}'..='\u{97F}' | '\u{A00}'..='\u{A7F}' => Marks::Nukta,
        _ if tables.latin.contains(c) => Marks::Accents,
        _ if tables.greek.contains(c) => Marks::Greek,
        _ if tables.cyrillic.contains(c) => Marks::Cyrillic,
        _ if tables.arabic.contains(c) => Marks::Arabic,
        _ if tables.hebrew.contains(c) => Marks::Hebrew,
        _ => Marks::Kept,
    }
}

/// What is left of a mark on a letter with such marks: in the case-folded form, and in the accent-free one.
pub(super) fn mark_forms(mark: char, on: Marks) -> (Option<char>, Option<char>) {
    match on {
        Marks::Accents => (Some(mark), None),
        Marks::Greek => (greek_accent(mark), None),
        Marks::Arabic => (is_hamza(mark).then_some(mark), None),
        Marks::Hebrew => (None, None),
        Marks::Cyrillic if is_stress(mark) => (None, None),
        Marks::Nukta if matches!(mark, '\u{93C}' | '\u{A3C}') => (Some(mark), None),
        // Hindi newspapers set the moon's dot for the moon.
        Marks::Nukta if mark == '\u{901}' => (Some('\u{902}'), Some('\u{902}')),
        // Malayalam has an old and a new sign for au.
        _ if mark == '\u{D4C}' => (Some('\u{D57}'), Some('\u{D57}')),
        Marks::Cyrillic | Marks::Nukta | Marks::Kept => (Some(mark), Some(mark)),
    }
}

/// Modern Greek has one accent, and capitals keep a diaeresis of which small letters have no need: ΜΑΪΟΥ, Μαΐου.
fn greek_accent(mark: char) -> Option<char> {
    matches!(mark, '\u{300}' | '\u{301}' | '\u{342}').then_some('\u{301}')
}

fn is_hamza(mark: char) -> bool {
    matches!(mark, '\u{653}'..='\u{655}')
}

fn is_stress(mark: char) -> bool {
    matches!(
        mark,
        '\u{300}'..='\u{302}' | '\u{304}' | '\u{30F}' | '\u{311}'
    )
}

/// The case-folded form of a character that is no mark, and apart from it the tone marks it bore.
pub(super) fn lower_of(c: char) -> (String, String) {
    let marks = marks_on(c);
    let (mut rest, mut tones) = (String::new(), String::new());
    for letter in case_fold(c).chars().map(same_letter) {
        if let Some(spelled) = spelled_out(letter) {
            rest.push_str(spelled);
            continue;
        }
        if !matches!(marks, Marks::Accents | Marks::Greek) {
            rest.push(letter);
            continue;
        }
        decompose_canonical(letter, |piece| {
            if !tables().marks.contains(piece) {
                rest.push(piece);
            } else if marks == Marks::Accents && is_tone(piece) {
                tones.push(piece);
            } else {
                rest.extend(mark_forms(piece, marks).0);
            }
        });
    }
    (rest.nfc().collect(), tones)
}

/// The case-folded form of a character that is no mark, without accents.
pub(super) fn fold_of(c: char) -> String {
    let sheds_marks = !matches!(marks_on(c), Marks::Kept | Marks::Cyrillic | Marks::Nukta);
    let mut fold = String::new();
    for part in case_fold(c).chars() {
        let letter = same_letter(part);
        if let Some(plain) = plain_letters(letter).or_else(|| spelled_out(letter)) {
            fold.push_str(plain);
        } else if sheds_marks {
            decompose_canonical(letter, |piece| {
                if !tables().marks.contains(piece) {
                    fold.push(same_letter(piece));
                }
            });
        } else {
            fold.push(letter);
        }
    }
    fold
}

/// What stands for a letter where it cannot be typed, beyond what its accents are taken off.
fn plain_letters(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' => "ss",
        'æ' | 'ǽ' | 'ǣ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'đ' | 'ɗ' => "d",
        'ø' | 'ǿ' | 'ɔ' => "o",
        'ł' => "l",
        'ħ' => "h",
        'ŧ' => "t",
        'ŋ' | 'ɲ' => "n",
        'ɓ' => "b",
        'ƙ' => "k",
        'ƴ' => "y",
        'ə' | 'ɛ' => "e",
        'ё' => "е",
        _ => return None,
    })
}

/// Characters that are another way to write several.
fn spelled_out(c: char) -> Option<&'static str> {
    Some(match c {
        // Ligatures of Yiddish.
        'װ' => "וו",
        'ױ' => "וי",
        'ײ' => "יי",
        // Letters of Bengali and Malayalam without a vowel, which older programs write with a joiner.
        'ৎ' => "ত্",
        'ൺ' => "ണ്",
        'ൻ' => "ന്",
        'ർ' => "ര്",
        'ൽ' => "ല്",
        'ൾ' => "ള്",
        'ൿ' => "ക്",
        _ => return None,
    })
}

/// Full case folding by way of the capitals: ß, ς and ΐ come out as `CaseFolding.txt` has them. The two letters i of
/// Turkish come out as one: capitals and foreign keyboards do not tell them apart.
fn case_fold(c: char) -> String {
    if matches!(c, 'ı' | 'İ') {
        return "i".to_owned();
    }
    c.to_lowercase()
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .collect()
}

/// The usual one of letters that keyboards, publishers and reforms of spelling use for one another.
fn same_letter(c: char) -> char {
    match c {
        // Arabic, Persian, Urdu, Kurdish.
        'ى' | 'ی' => 'ي',
        'ک' | 'ڪ' => 'ك',
        'ة' | 'ۃ' | 'ہ' | 'ھ' | 'ە' => 'ه',
        'ٱ' => 'ا',
        // Hebrew letters at the end of a word, which an ending moves into its middle.
        'ך' => 'כ',
        'ם' => 'מ',
        'ן' => 'נ',
        'ף' => 'פ',
        'ץ' => 'צ',
        // Romanian with the comma and, in older text, the cedilla; the capital of Vietnamese and of Icelandic.
        'ş' => 'ș',
        'ţ' => 'ț',
        'ð' | 'ɖ' => 'đ',
        'ǝ' => 'ə',
        // Bulgarian and Macedonian letters with a stress.
        'ѐ' => 'е',
        'ѝ' => 'и',
        // Place names of Japan.
        'ヶ' => 'ケ',
        'ヵ' => 'カ',
        _ => same_letter_of_a_row(c),
    }
}

/// Letters of Georgian church capitals, and those of Amharic that have come to sound alike.
fn same_letter_of_a_row(c: char) -> char {
    let (row, usual) = match c {
        '\u{2D00}'..='\u{2D25}' => (0x2D00, 0x10D0),
        'ሃ' => return 'ሀ',
        'ኣ' => return 'አ',
        '\u{1210}'..='\u{1216}' => (0x1210, 0x1200),
        '\u{1280}'..='\u{1286}' => (0x1280, 0x1200),
        '\u{1220}'..='\u{1226}' => (0x1220, 0x1230),
        '\u{12D0}'..='\u{12D6}' => (0x12D0, 0x12A0),
        '\u{1340}'..='\u{1346}' => (0x1340, 0x1338),
        _ => return c,
    };
    let usual = char::from_u32(u32::from(c) - row + usual).unwrap_or(c);
    if c == usual { c } else { same_letter(usual) }
}

/// Adds a letter to a form of a word, as it is spelled after those before it.
#[inline]
pub(super) fn spell(form: &mut String, letter: char) {
    // Nearly all letters of nearly all texts.
    if !('\u{580}'..='\u{E4D}').contains(&letter) {
        form.push(letter);
        return;
    }
    spell_in_context(form, letter);
}

fn spell_in_context(form: &mut String, letter: char) {
    match letter {
        // The ligature և, in reformed spelling եվ: Երևան, ԵՐԵՎԱՆ.
        'ւ' if form.ends_with('ե') => form.push('վ'),
        // Thai: the ring of ำ comes before the tone, though many type it after.
        '\u{E4D}' if form.ends_with(is_thai_tone) => {
            let tone = form.pop();
            form.push(letter);
            form.extend(tone);
        }
        '\u{915}'..='\u{92D}' => spell_after_nasal(form, letter, 0x900),
        '\u{A95}'..='\u{AAD}' => spell_after_nasal(form, letter, 0xA80),
        _ => form.push(letter),
    }
}

fn is_thai_tone(c: char) -> bool {
    matches!(c, '\u{E48}'..='\u{E4B}')
}

/// Hindi, Marathi, Nepali and Gujarati write a nasal before a consonant of its own row, or a dot: हिन्दी, हिंदी.
fn spell_after_nasal(form: &mut String, consonant: char, block: u32) {
    let nasal = match u32::from(consonant) - block {
        0x15..=0x18 => 0x19,
        0x1A..=0x1D => 0x1E,
        0x1F..=0x22 => 0x23,
        0x24..=0x27 => 0x28,
        0x2A..=0x2D => 0x2E,
        _ => 0,
    };
    let of_block = |code: u32| char::from_u32(block + code);
    if let (Some(nasal), Some(virama), Some(dot)) =
        (of_block(nasal), of_block(0x4D), of_block(0x02))
        && form.ends_with(virama)
        && form.trim_end_matches(virama).ends_with(nasal)
    {
        form.truncate(form.len() - nasal.len_utf8() - virama.len_utf8());
        form.push(dot);
    }
    form.push(consonant);
}

struct Tables {
    marks: Ranges,
    decimals: Vec<(u32, u32)>,
    unspaced: Ranges,
    hangul: Ranges,
    emoji: Ranges,
    stops: Ranges,
    latin: Ranges,
    greek: Ranges,
    cyrillic: Ranges,
    arabic: Ranges,
    hebrew: Ranges,
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
        stops: Ranges::of(r"\p{Sentence_Terminal}"),
        latin: Ranges::of(r"\p{sc=Latin}"),
        greek: Ranges::of(r"\p{sc=Greek}"),
        cyrillic: Ranges::of(r"\p{sc=Cyrillic}"),
        arabic: Ranges::of(r"\p{sc=Arabic}"),
        hebrew: Ranges::of(r"\p{sc=Hebrew}"),
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
            (&tables.greek, 'ώ'),
            (&tables.cyrillic, 'й'),
            (&tables.arabic, 'ي'),
            (&tables.hebrew, 'ש'),
            (&tables.stops, '。'),
            (&tables.stops, '।'),
            (&tables.stops, '!'),
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
            ('İ', "i"),
            ('ı', "i"),
            ('Ა', "ა"),
            ('Ꭰ', "ꭰ"),
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
