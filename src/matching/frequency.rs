//! How often a word stands in the news: a guess, by which a query chooses the word it is found by.
//!
//! A wrong guess costs time and never a match.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::OnceLock;

use super::key::WordHasher;

/// Words of everyday text by the share of articles that hold them, most frequent first.
const FREQUENT: [(f32, &str); 4] = [
    (
        0.8,
        "the of to and in a is for on that with as at by from it was be he his are has have an not this but who \
         will they been were said had which one their or more about after would also can all new its s t",
    ),
    (
        0.4,
        "if you out up over two when than into year years first us no people time government could last other some \
         her she what there we so just like now most before because during between against many state president day \
         week while under country world national minister months month part made while through only including since \
         told how where any did do may per three these those them him our your i my me being work public official \
         officials reported according report statement company million percent la de le les des et en que el los di \
         da der die und von das del un une du em do o e a y se por para con na il",
    ),
    (
        0.15,
        "war police city group party law court military security political economic economy market trade deal talks \
         news media city home house united states american chinese russia russian china iran israel trump ukraine \
         european europe india africa north south east west international global foreign leader leaders election \
         power policy plan support attack attacks killed death health school water oil gas price prices bank money \
         business industry system data technology online social family children women man men life area local federal \
         monday tuesday wednesday thursday friday saturday sunday january february march april may june july august \
         september october november december của và các là có cho trong được với một người không những này đã tại \
         theo năm về ngày khi từ",
    ),
    (
        0.06,
        "uk eu un nato asean vietnam japan korea france germany britain london washington beijing moscow tokyo paris \
         biden putin xi minister ministry parliament congress senate republican democratic nuclear missile army navy \
         sea island border refugees migrants climate energy coal inflation tax budget central bonds stocks dollar euro \
         google apple microsoft amazon tesla openai ai football league cup team player players match season film music \
         covid vaccine hospital virus fire flood storm earthquake crash ship aircraft sanctions tariff tariffs",
    ),
];

type Shares = HashMap<&'static str, f32, BuildHasherDefault<WordHasher>>;

/// The share of articles that hold a word, in any case and with any accents.
pub(crate) fn of_word(fold: &str) -> f32 {
    static TABLE: OnceLock<Shares> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let tiers = FREQUENT.iter().rev();
        tiers
            .flat_map(|(share, words)| words.split_whitespace().map(move |word| (word, *share)))
            .collect()
    });
    if let Some(share) = table.get(fold) {
        return *share;
    }
    let letters = fold.chars().count();
    if !fold.is_ascii() && letters == 1 {
        // A character of unspaced writing: frequent there, and there are few such articles elsewhere.
        return 0.2;
    }
    by_length(letters)
}

/// The share of articles that hold a word with these letters in front.
pub(crate) fn of_head(letters: usize) -> f32 {
    by_length(letters.saturating_sub(2)).max(0.01)
}

/// Long words are rare.
fn by_length(letters: usize) -> f32 {
    match letters {
        0 | 1 => 0.3,
        2 => 0.1,
        3 => 0.05,
        4 => 0.03,
        5 => 0.02,
        6 => 0.014,
        7 => 0.01,
        8 => 0.007,
        _ => 0.005,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyday_words_are_frequent_and_long_ones_rare() {
        assert!(of_word("the") > of_word("china"));
        assert!(of_word("china") > of_word("bakhmut"));
        assert!(of_word("uk") > of_word("kyrgyzstan"));
    }
}
