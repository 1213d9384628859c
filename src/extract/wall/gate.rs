//! Pages that ask for something first, told by their shape and in any language: the head names the site alone, the
//! heading says something else, there is little text, and something to press.

use super::{ARTICLE_WEIGHT, CONSENT_SIGNS, CONSENT_WORDS, NEARLY_EMPTY, Signs, page_weight};
use crate::extract::likeness::share_a_word;
use crate::extract::tag::Tag;
use crate::extract::text::{folded, weight};

/// Weight of all text of a page up to which it can be one question with its small print.
const LONGEST_QUESTION: usize = 3_000;

/// Blocks that such a page has.
const MOST_BLOCKS: usize = 25;

/// Tells whether such a page stands where the article should.
pub(super) fn stands(signs: &Signs<'_>) -> bool {
    let is_article = signs.linked.is_article || signs.table.meta(&["og:type"]) == Some("article");
    let is_long = weight(signs.text) >= ARTICLE_WEIGHT || page_weight(signs) >= LONGEST_QUESTION;
    if is_article || signs.is_dated || is_long || signs.table.blocks.len() > MOST_BLOCKS {
        return false;
    }
    // A headline for networks is that of an article, unless it is the site's.
    let declared = signs.table.meta(&["og:title", "twitter:title"]);
    let heads = signs.table.title.as_deref().into_iter().chain(declared);
    heads.clone().count() > 0
        && heads.clone().all(|head| names_site(signs, head))
        && can_be_answered(signs)
}

/// Tells whether the title of a page is that of its site: an address, or words of which its heading has none.
fn names_site(signs: &Signs<'_>, head: &str) -> bool {
    let is_address = head.contains('.') && !head.trim().contains(' ');
    let mut headings = signs
        .table
        .elements
        .iter()
        .filter(|part| matches!(part.tag, Tag::Heading(1..=2)))
        .map(|part| signs.table.text_of(part))
        .filter(|text| !text.is_empty())
        .peekable();
    is_address || headings.peek().is_some() && headings.all(|heading| !share_a_word(&heading, head))
}

/// Tells whether there is something to press or to fill in, or on a nearly empty page a way back.
fn can_be_answered(signs: &Signs<'_>) -> bool {
    let has = |mark: &str| signs.page.contains(mark);
    has("<button")
        || has("<input")
        || has("type=\"submit\"")
        || { page_weight(signs) < NEARLY_EMPTY && (has("href=\"/\"") || has("href='/'")) }
        || page_weight(signs) < ARTICLE_WEIGHT && is_about_consent(signs)
}

/// Tells whether the question is one of consent.
pub(super) fn is_about_consent(signs: &Signs<'_>) -> bool {
    /// Words of consent on a page that is about it.
    const WORDS_OF_CONSENT: usize = 2;
    let said = signs.table.blocks.iter().map(|block| folded(&block.text));
    let told: usize = said
        .map(|text| {
            let words = text
                .split(' ')
                .filter(|word| CONSENT_WORDS.iter().any(|sign| word.starts_with(sign)));
            words.count()
                + CONSENT_SIGNS
                    .iter()
                    .filter(|sign| text.contains(**sign))
                    .count()
        })
        .sum();
    told >= WORDS_OF_CONSENT
}

#[cfg(test)]
mod tests {
    use crate::extract::{Extracted, Page, Wall, article};

    fn read(html: &str) -> Extracted {
        let page = Page {
            bytes: html.as_bytes(),
            content_type: Some("text/html; charset=utf-8"),
            url: None,
        };
        article(&page, None, &|| true).unwrap()
    }

    fn page(title: &str, body: &str) -> String {
        format!("<html><head><title>{title}</title></head><body>{body}</body></html>")
    }

    #[test]
    fn a_question_in_the_articles_place_is_a_wall_in_every_language() {
        for (title, body, wall) in [
            (
                "valley.example",
                "<h1>valley.example with ads</h1><p>Read on with advertising and tracking, and consent to cookies of our partners, or subscribe for 2 a month.</p><button>Accept</button>",
                Wall::Consent,
            ),
            (
                "Talblatt",
                "<h2>Lesen mit Werbung oder im Abo</h2><p>Stimmen Sie der Verarbeitung durch uns und unsere Partner zu, mit Werbung und Tracking, oder lesen Sie für 2 € im Monat ohne.</p><button>Zustimmen</button>",
                Wall::Consent,
            ),
            (
                "Le Val",
                "<h1>Vous avez le choix</h1><p>Acceptez les traceurs de nos partenaires publicitaires ou abonnez-vous pour 2 € par mois ; votre consentement peut être retiré.</p><button>Accepter</button>",
                Wall::Consent,
            ),
            (
                "谷地日报",
                "<h1>请先确认年龄</h1><p>本页内容仅供年满十八岁的读者阅读，请确认您已成年后继续。</p><button>我已年满十八岁</button>",
                Wall::Gate,
            ),
            (
                "Doliny Kurier",
                "<h1>Blokujesz reklamy</h1><p>Wyłącz program, który blokuje nasze ogłoszenia, i wczytaj stronę od nowa.</p><button>Gotowe</button>",
                Wall::Gate,
            ),
            (
                "Vadi Postası",
                "<h1>Bir dakika</h1><p>Okumaya devam etmek için adresinizi yazın, size bir bağlantı gönderelim.</p><form><input name=a></form>",
                Wall::Gate,
            ),
        ] {
            let found = read(&page(title, body));
            assert_eq!(found.wall, Some(wall), "{title}");
            assert_eq!(found.text, "", "{title}");
        }
    }

    #[test]
    fn a_short_piece_of_news_with_a_button_is_none() {
        let news = "<h1>Mill opens again</h1><p>The mill at the weir opens again on Monday, two years after the flood took its wheel.</p><button>Share</button>";
        assert_eq!(
            read(&page("Mill opens again - The Valley", news)).wall,
            None
        );
        assert_eq!(read(&page("Mill opens again", news)).wall, None);
    }

    #[test]
    fn a_page_that_holds_nothing_but_a_word_about_scripts_is_a_wall() {
        let html = page(
            "O Vale",
            "<div id=root></div><noscript>Ative o JavaScript.</noscript>",
        );
        assert_eq!(read(&html).wall, Some(Wall::Browser));
    }
}
