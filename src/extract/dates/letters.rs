//! Letters of dates, each in the one way that the tables of names have it.

use unicode_normalization::UnicodeNormalization;

/// A word as the tables of names have it: in lower case, Arabic letters in the one way of several.
pub(super) fn folded_letters(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    // Indic letters with a dot below are composed in one way alone.
    for c in word.nfc() {
        push_folded(&mut folded, c);
    }
    folded
}

/// Appends a letter as those words have it.
pub(super) fn push_folded(word: &mut String, c: char) {
    match c {
        // Arabic and Persian keyboards have letters of their own for these, and seats of hamza are left out at will.
        'ي' | 'ى' => word.push('ی'),
        'ك' => word.push('ک'),
        'أ' | 'إ' | 'آ' => word.push('ا'),
        'ة' | 'ہ' | 'ۃ' | 'ھ' => word.push('ه'),
        '\u{200C}' | '\u{200D}' | '\u{0640}' | '\u{064B}'..='\u{0652}' => {}
        _ if c.is_lowercase() => word.push(c),
        _ => word.extend(c.to_lowercase()),
    }
}
