//! Everyday words that are another word where their accents are left out: a query of such letters finds them as well.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::OnceLock;

use crate::matching::key::WordHasher;
use crate::matching::words::Keys;

/// By language: German, French, Spanish, Portuguese, Italian, Scandinavian, Polish, Czech, Romanian, Turkish, Vietnamese.
const EVERYDAY: [&str; 11] = [
    "über für schön hätte wäre würde könnte müsste größe männer während gegenüber zurück früher später öl bär",
    "été où dès sûr dû côté même près très après déjà santé marché passé élève père mère frère français forêt pâté rosé \
     résumé café maïs tâche pêche côte modèle siècle société",
    "año más sí qué cómo está país día así también según mamá papá sólo él aquí después ningún razón niño mañana",
    "não são já até três mês pão avó você saúde família água é às também país são",
    "è più già perché può città così né metà università però lunedì",
    "är på för så även år då två når få også må går",
    "są być też już więc się że można może będzie",
    "až či že již může při",
    "și că să în după până când",
    "için çok şu iç dış göre ilk kadın",
    "là của và có được không những tại đã từ báo bộ bà công cũng đến để giá hà hải hồ lại lý mỹ ngày nhà nước ông phải \
     rất sẽ sự tổng thế thị trên tỷ vào về việc với quân vụ bị",
];

type EverydayWords = HashMap<String, &'static str, BuildHasherDefault<WordHasher>>;

/// The everyday word that a word of these letters, typed without accents, finds as well.
pub(super) fn everyday_word(plain: &str) -> Option<&'static str> {
    static WORDS: OnceLock<EverydayWords> = OnceLock::new();
    let words = WORDS.get_or_init(|| {
        let mut keys = Keys::default();
        let all = EVERYDAY.iter().flat_map(|words| words.split_whitespace());
        let mut by_plain = EverydayWords::default();
        for word in all {
            keys.set(word);
            by_plain.entry(keys.fold().to_owned()).or_insert(word);
        }
        by_plain
    });
    words.get(plain).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_known_by_their_letters_without_accents() {
        assert_eq!(everyday_word("uber"), Some("über"));
        assert_eq!(everyday_word("bao"), Some("báo"));
        assert_eq!(everyday_word("iran"), None);
    }
}
