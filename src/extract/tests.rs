//! Whole pages: each has its expected result in the file of the same name beside it.

use super::*;

/// Reads a page as the pipeline does, with all the time in the world.
fn read(bytes: &[u8], content_type: Option<&str>) -> Extracted {
    let page = Page {
        bytes,
        content_type,
        url: None,
    };
    article(&page, None, &|| true).unwrap()
}

/// Writes a result the way the expected files have it.
fn shown(found: &Extracted) -> String {
    let field = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    format!(
        "title: {}\nbyline: {}\npublished: {}\nlang: {}\nsite: {}\n\n{}\n",
        field(found.title.as_ref().map(|found| found.value.clone())),
        field(found.byline.as_ref().map(|found| found.value.clone())),
        field(
            found
                .published
                .as_ref()
                .map(|found| found.value.to_string())
        ),
        field(found.lang.as_ref().map(|found| found.value.clone())),
        field(found.site.as_ref().map(|found| found.value.clone())),
        found.text
    )
}

macro_rules! page_fixture {
    ($($name:ident: $file:literal, $content_type:expr;)*) => {
        $(#[test]
        fn $name() {
            let page = include_bytes!(concat!("../../tests/fixtures/extract/", $file, ".html"));
            let expected = include_str!(concat!("../../tests/fixtures/extract/", $file, ".expected"));
            assert_eq!(shown(&read(page, $content_type)), expected);
        })*
    };
}

page_fixture! {
    a_print_page_is_read_from_its_visible_lines: "print", None;
    a_full_page_is_read_without_its_surroundings: "full", None;
    german_in_windows_1252_that_calls_itself_latin_1: "german-windows-1252", None;
    vietnamese_in_windows_1258_comes_out_composed: "vietnamese-windows-1258", None;
    vietnamese_in_utf_8_under_two_wrong_labels: "vietnamese-mislabelled", Some("text/html; charset=windows-1252");
    russian_in_windows_1251_under_the_servers_default: "russian-windows-1251", Some("text/html; charset=iso-8859-1");
    japanese_in_shift_jis: "japanese-shift-jis", None;
    korean_in_euc_kr: "korean-euc-kr", None;
    chinese_in_gb18030_that_calls_itself_gb2312: "chinese-gb18030", None;
    chinese_in_big5: "chinese-big5", None;
    turkish_in_utf_16_without_a_mark: "turkish-utf-16", Some("text/html; charset=utf-8");
    arabic_in_utf_8_without_a_label: "arabic-utf-8", None;
}

#[test]
fn a_document_of_another_kind_is_refused_by_name() {
    let page = Page {
        bytes: b"%PDF-1.7 ...",
        content_type: Some("text/html"),
        url: None,
    };
    let error = article(&page, None, &|| true).unwrap_err();
    assert_eq!(error.to_string(), "the document is not HTML but PDF");
}

#[test]
fn an_empty_page_has_no_text() {
    assert_eq!(read(b"", None).text, "");
}

#[test]
fn a_fragment_keeps_its_paragraphs_and_loses_its_code() {
    let text = text_of_fragment(
        "<p>One &amp; two</p><script>x()</script><style>p{}</style><p>Three<br>Four &nbsp; five</p>",
    );
    assert_eq!(text, "One & two\nThree\nFour five");
}

#[test]
fn a_line_broken_for_its_looks_is_one_line() {
    assert_eq!(
        text_of_fragment("The ferries will<br>sail all winter.<br>Fares stay.<br><br>and so on"),
        "The ferries will sail all winter.\nFares stay.\nand so on"
    );
}

#[test]
fn a_fragment_without_markup_is_cleaned() {
    assert_eq!(text_of_fragment("  a \u{A0} b\n\n c "), "a b\nc");
}

#[test]
fn a_fragment_that_is_too_deep_still_gives_its_words() {
    let html = "<div>".repeat(5_000) + "word" + &"</div>".repeat(5_000);
    assert_eq!(text_of_fragment(&html), "word");
}

/// A page whose article is these paragraphs, with other articles beside it.
fn page_of(head: &str, paragraphs: &[&str]) -> String {
    let text: String = paragraphs.join("</p><p>");
    format!(
        "<html><head>{head}</head><body><nav><a href=/>Home</a> <a href=/sea>Sea</a></nav><article><h1>Ferries sail all winter</h1>\
         <p>{text}</p></article><aside><h3>Related stories</h3><ul><li><a href=/1>Quokka seen at the lighthouse</a></li></ul></aside></body></html>"
    )
}

const FIRST: &str = "The towns of the strait will keep their night ferries through the winter, the harbour office said on Monday.";
const SECOND: &str = "Nurses and students had asked for it, and the council found the money in the fund for storm damage.";

fn article_of(html: &str) -> Extracted {
    read(html.as_bytes(), Some("text/html; charset=utf-8"))
}

#[test]
fn a_word_that_stands_only_in_related_stories_is_not_in_the_text() {
    let found = article_of(&page_of("", &[FIRST, SECOND]));
    assert_eq!(found.text, format!("{FIRST}\n{SECOND}"));
}

#[test]
fn other_stories_inside_the_text_are_left_out_without_any_name() {
    let others = "</p><h4>Related stories</h4><ul><li><a href=/1>Quokka seen at the lighthouse</a> (3 May)</li><li><a href=/2>Old pier sold</a> (2 May)</li></ul><p>";
    let found = article_of(&page_of("", &[FIRST, others, SECOND]));
    assert_eq!(found.text, format!("{FIRST}\n{SECOND}"));
}

#[test]
fn a_row_of_cards_under_the_text_is_left_out_without_any_name() {
    let card = |n: u32| {
        format!(
            "<div class=x{n}><h3><a href=/{n}>Headline number {n} of the day</a></h3><p>A quokka was seen again at the lighthouse, said the keeper, who has counted {n} this year.</p></div>"
        )
    };
    let cards: String = [card(1), card(2), card(3)].concat();
    let html = format!(
        "<body><main><h1>Ferries sail all winter</h1><div><p>{FIRST}</p><p>{SECOND}</p></div><div>{cards}</div></main>"
    );
    assert_eq!(article_of(&html).text, format!("{FIRST}\n{SECOND}"));
}

#[test]
fn the_lead_above_the_text_is_part_of_it() {
    let html = "<body><header><h1>Ferries sail all winter</h1><p class=standfirst>The narwhal route stays open, and fares do not rise this year.</p></header>"
        .to_owned()
        + &format!("<div class=article-body><p>{FIRST}</p><p>{SECOND}</p></div>");
    assert!(article_of(&html).text.starts_with("The narwhal route"));
}

#[test]
fn a_body_in_two_neighbouring_parts_is_read_whole() {
    let html = format!(
        "<body><h1>Ferries</h1><div class=main><div class=part><p>{FIRST}</p></div><div class=ad><p>Buy boots, buy them now, at the shop on the quay, where all is cheap.</p></div><div class=part><p>{SECOND}</p></div></div>"
    );
    assert_eq!(article_of(&html).text, format!("{FIRST}\n{SECOND}"));
}

#[test]
fn comments_are_left_out_however_many_there_are() {
    let comment = "<div class=comment><p>I think that is right, and somebody should have said so a long time ago, in my view.</p></div>";
    let html = page_of("", &[FIRST, SECOND]) + "<div id=comments>" + &comment.repeat(80) + "</div>";
    assert_eq!(article_of(&html).text, format!("{FIRST}\n{SECOND}"));
}

#[test]
fn a_quoted_post_is_text_and_its_date_is_not_the_articles() {
    let post = "</p><blockquote class=twitter-tweet><p>We will keep sailing, whatever the weather does to us.</p>— Harbour <a href=/p>May 6, 2024</a></blockquote><p>";
    let found = article_of(&page_of("", &[FIRST, post, SECOND]));
    assert!(
        found.text.contains("We will keep sailing"),
        "{}",
        found.text
    );
    assert_eq!(found.published, None);
}

#[test]
fn the_cells_of_a_row_are_one_line() {
    let rows = "</p><table><tr><th>Town<th>Boats</tr><tr><td>Low Haven<td>12</tr></table><p>";
    let found = article_of(&page_of("", &[FIRST, rows, SECOND]));
    assert_eq!(
        found.text,
        format!("{FIRST}\nTown | Boats\nLow Haven | 12\n{SECOND}")
    );
}

#[test]
fn a_title_that_says_nothing_gives_way_to_a_heading() {
    let html = format!(
        "<title>Print</title><body><h3>Ferries sail all winter</h3><p>{FIRST}</p><p>{SECOND}</p>"
    );
    let title = article_of(&html).title.unwrap();
    assert_eq!(title.value, "Ferries sail all winter");
    assert_eq!(title.origin, Origin::Heading(3));
}

/// The byline of a page whose linked data name one person, with a line above and one below its text.
fn byline_of(author: &str, above: &str, below: &str) -> Option<String> {
    let head = format!(
        "<script type=application/ld+json>{{\"@type\":\"NewsArticle\",\"headline\":\"Ferries\",\"author\":{{\"@type\":\"Person\",\"name\":\"{author}\"}}}}</script>"
    );
    let html = page_of(&head, &[FIRST, SECOND, below])
        .replace("</h1>", &format!("</h1><div class=author>{above}</div>"));
    article_of(&html).byline.map(|found| found.value)
}

#[test]
fn who_edited_an_article_gives_way_to_who_wrote_it() {
    let edited = "<span>Editor : Bo Finch</span>";
    let byline = |above, below| byline_of("Bo Finch", above, below);
    assert_eq!(byline("Ada Lark", edited).as_deref(), Some("Ada Lark"));
    assert_eq!(byline("", edited).as_deref(), Some("Bo Finch"));
    assert_eq!(byline("Ada Lark", "").as_deref(), Some("Bo Finch"));
    assert_eq!(
        byline("Ada Lark, Bo Finch", edited).as_deref(),
        Some("Bo Finch")
    );
}

#[test]
fn initials_in_a_main_part_that_is_named_a_card_are_the_authors() {
    let signed = "</article><p class=reference>Heard on Strait FM at ten in the morning; <span itemprop=author>alk;bof</span></p></main>";
    let html = page_of("", &[FIRST, SECOND])
        .replace("<article>", "<main class=l-card><article>")
        .replace("</article>", signed);
    let byline = article_of(&html).byline.map(|found| found.value);
    assert_eq!(byline.as_deref(), Some("alk, bof"));
}

#[test]
fn entries_of_a_list_that_tell_at_length_stay_though_they_are_named_cards() {
    let told = |name: &str| {
        let text =
            format!("The {name} carries eighty cars and four hundred people over the strait. ")
                .repeat(5);
        format!(
            "<div class=card><p><a href=https://{name}.example>The ferry called the {name}</a></p><p>{text}</p></div>"
        )
    };
    let teased = |name: &str| {
        format!(
            "<div class=card><p><a href=/{name}>The crew of the {name} is on strike again</a></p><p>What the union wants, and what the harbour office says.</p></div>"
        )
    };
    let text = |card: &dyn Fn(&str) -> String| {
        let cards: String = ["gannet", "petrel", "quokka"].map(card).concat();
        let html = format!(
            "<body><h1>Ferries sail all winter</h1><div class=article-body><p>{FIRST}</p><p>{SECOND}</p><p>{FIRST}</p>{cards}<p>{SECOND}</p></div>"
        );
        article_of(&html).text
    };
    assert!(text(&told).contains("quokka carries"));
    assert!(!text(&teased).contains("quokka"));
}

#[test]
fn a_second_article_behind_the_first_is_left_out() {
    let one = format!(
        "<article><h1>Ferries sail all winter</h1><p>{FIRST}</p>{}</article>",
        format!("<p>{SECOND}</p>").repeat(5)
    );
    let other = one
        .replace("Ferries sail", "Quokkas sleep")
        .replace("night ferries", "young quokkas");
    let html = format!("<title>Ferries sail all winter</title><body><main>{one}{other}</main>");
    assert!(!article_of(&html).text.contains("quokkas"));
}

#[test]
fn an_offset_written_for_people_is_given_to_the_time_written_for_machines() {
    let head = "<meta property='article:published_time' content='2024-03-05T12:30:00Z'>";
    let html =
        page_of(head, &[FIRST, SECOND]).replace("</h1>", "</h1><time>5 March 2024, 19:30</time>");
    let published = article_of(&html).published.unwrap();
    assert_eq!(published.value.to_string(), "2024-03-05T19:30:00+07:00");
}

#[test]
fn a_date_that_cannot_be_is_not_taken() {
    let head = "<meta property='article:published_time' content='0001-01-01T00:00:00Z'>";
    assert_eq!(article_of(&page_of(head, &[FIRST, SECOND])).published, None);
}

#[test]
fn a_date_after_tomorrow_is_not_believed() {
    let head = "<meta property='article:published_time' content='2031-01-01T00:00:00Z'>";
    let html = page_of(head, &[FIRST, SECOND])
        .replace("</h1>", "</h1><time datetime=2024-05-06>6 May</time>");
    let page = Page {
        bytes: html.as_bytes(),
        content_type: None,
        url: None,
    };
    let prior = Prior {
        now: "2024-05-07T00:00:00Z".parse().ok(),
        published: None,
    };
    let found = article_given(&page, None, prior, &|| true).unwrap();
    assert_eq!(
        found.published.unwrap().value.to_string(),
        "2024-05-06T00:00:00+00:00"
    );
}

#[test]
fn the_date_of_another_article_is_not_taken() {
    let html = page_of("", &[FIRST, SECOND]).replace(
        "lighthouse</a>",
        "lighthouse</a> <span class=date>3 May 2020</span>",
    );
    assert_eq!(article_of(&html).published, None);
}

fn rule(change: impl FnOnce(&mut crate::domain::SiteRule)) -> Rule {
    let mut rule = crate::domain::SiteRule::default();
    change(&mut rule);
    Rule::new(&rule).unwrap()
}

fn ruled(html: &str, rule: &Rule) -> Extracted {
    let page = Page {
        bytes: html.as_bytes(),
        content_type: None,
        url: None,
    };
    article(&page, Some(rule), &|| true).unwrap()
}

#[test]
fn a_rule_decides_what_is_read() {
    let html = "<body><b id=t>Short</b><i class=w>By Ada Lark</i><u>3/4/2021</u><div id=x><p>one <s>two</s></p></div><p>A long paragraph that would be taken for the text, were it not for the rule, which says otherwise.</p>";
    let rule = rule(|rule| {
        rule.body = Some("#x".to_owned());
        rule.title = Some("#t".to_owned());
        rule.byline = Some(".w".to_owned());
        rule.published = Some("u".to_owned());
        rule.remove = vec!["s".to_owned()];
    });
    let found = ruled(html, &rule);
    assert_eq!(
        shown(&found),
        "title: Short\nbyline: Ada Lark\npublished: 2021-04-03T00:00:00+00:00\nlang: -\nsite: -\n\none\n"
    );
}

#[test]
fn a_selector_that_matches_nothing_is_reported_and_the_text_found_anyway() {
    let rule = rule(|rule| rule.body = Some(".gone".to_owned()));
    let found = ruled(&page_of("", &[FIRST, SECOND]), &rule);
    assert_eq!(
        found.notes,
        [Note::RuleMatchedNothing {
            key: "body",
            selector: ".gone".to_owned()
        }]
    );
    assert_eq!(found.text, format!("{FIRST}\n{SECOND}"));
}

#[test]
fn a_selector_that_is_no_css_is_named() {
    let rule = crate::domain::SiteRule {
        title: Some("h1[".to_owned()),
        ..crate::domain::SiteRule::default()
    };
    let error = Rule::new(&rule).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("title: \"h1[\" is not a CSS selector"),
        "{error}"
    );
}

#[test]
fn a_paywall_is_named_and_the_beginning_kept() {
    let head = "<script type=application/ld+json>{\"@type\":\"NewsArticle\",\"headline\":\"Ferries\",\"isAccessibleForFree\":\"False\"}</script>";
    let html = page_of(head, &[FIRST, "Subscribe to continue reading this story."]);
    let found = article_of(&html);
    assert_eq!(found.wall, Some(Wall::Paywall));
    assert!(found.text.starts_with(FIRST));
}

#[test]
fn a_check_for_robots_is_named() {
    let html = "<title>Just a moment...</title><body><h1>news.example.org</h1><p>Verifying you are human. This may take a few seconds.</p><script>window._cf_chl_opt={}</script>";
    let found = article_of(html);
    assert_eq!(
        (found.wall, found.text.as_str()),
        (Some(Wall::Challenge), "")
    );
}

#[test]
fn a_consent_page_is_named() {
    let line = "<p>We and our partners store cookies on your device and use them to personalise content, with your consent, which you can withdraw at any time.</p>";
    let html = format!(
        "<title>Before you continue</title><body><h1>Your privacy</h1>{}<button>Accept</button>",
        line.repeat(4)
    );
    let found = article_of(&html);
    assert_eq!((found.wall, found.text.as_str()), (Some(Wall::Consent), ""));
}

#[test]
fn a_page_not_found_is_named() {
    let html = "<title>Page not found | Courier</title><body><h1>Page not found</h1><p>The page you were looking for may have been moved, or it never was here. Try the search.</p>";
    assert_eq!(article_of(html).wall, Some(Wall::NotFound));
}

#[test]
fn an_article_about_walls_is_none() {
    let paragraphs: Vec<String> = (1..13)
        .map(|n| format!("On day {n} the publishers discussed cookies, paywalls and captchas at length, and said that readers who subscribe to read more should not be asked twice for consent."))
        .collect();
    let paragraphs: Vec<&str> = paragraphs.iter().map(String::as_str).collect();
    let html = page_of(
        "<title>Page not found? Why readers leave</title>",
        &paragraphs,
    );
    assert_eq!(article_of(&html).wall, None);
}

#[test]
fn a_page_that_is_too_long_is_cut_and_says_so() {
    let html = page_of("", &[FIRST, SECOND]) + &"<p>x ".repeat(10) + &" ".repeat(MAX_PAGE_BYTES);
    let found = article_of(&html);
    assert_eq!(
        found.notes,
        [Note::CutBytes {
            limit: MAX_PAGE_BYTES
        }]
    );
    assert!(found.text.starts_with(FIRST));
}

#[test]
fn the_section_and_the_name_of_the_site_go_where_no_space_parts_them() {
    for (title, site, expected) in [
        (
            "겨울 산장, 토요일에 문 연다-지역ㅣ산골신문",
            "산골신문",
            "겨울 산장, 토요일에 문 연다",
        ),
        (
            "겨울 산장, 토요일에 문 연다_산골신문",
            "산골신문",
            "겨울 산장, 토요일에 문 연다",
        ),
        (
            "山村滑雪场周六开门迎客｜社会｜山村日报",
            "山村日报",
            "山村滑雪场周六开门迎客",
        ),
        (
            "Slopes open early—Tarn Gazette",
            "Tarn Gazette",
            "Slopes open early",
        ),
        (
            "Well-known guide honoured-Tarn Gazette",
            "Tarn Gazette",
            "Well-known guide honoured",
        ),
    ] {
        let html = format!(
            "<title>{title}</title><meta property=og:title content=\"{title}\"><meta property=og:site_name content=\"{site}\"><p>A</p>"
        );
        let found = article_of(&html).title.map(|found| found.value);
        assert_eq!(found.as_deref(), Some(expected));
    }
}

#[test]
fn titles_of_a_million_parts_are_read_in_time() {
    let html = format!("<title>{}</title><p>{FIRST}", "a - ".repeat(500_000));
    assert_eq!(article_of(&html).text, FIRST);
}

#[test]
fn a_hundred_thousand_tags_of_the_body_are_read_in_time() {
    let html: String =
        (0..100_000).fold(String::new(), |html, n| html + &format!("<body a{n}=1>")) + FIRST;
    assert_eq!(article_of(&html).text, FIRST);
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_without_harm(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
        let page = Page { bytes: &bytes, content_type: None, url: None };
        let _found = article(&page, None, &|| true);
    }

    #[test]
    fn any_soup_of_tags_is_read_without_harm(
        parts in proptest::collection::vec("</?(p|div|table|td|a|b|h1|li|ul|script|title|meta|template|svg|select|form|body)( class=(related|body|date))?>|[a-z ,.]{0,20}|2019-01-02", 0..80)
    ) {
        let html = parts.concat();
        let found = article_of(&html);
        proptest::prop_assert!(!found.text.contains("\n\n"));
        let _text = text_of_fragment(&html);
    }
}

/// The headline of a page with this head and these headings above its text.
fn headline(head: &str, headings: &str) -> (String, Origin) {
    let html = format!(
        "<head>{head}</head><body>{headings}<article><p>{FIRST}</p><p>{SECOND}</p></article>"
    );
    let title = article_of(&html).title.unwrap();
    (title.value, title.origin)
}

fn linked(kind: &str, headline: &str) -> String {
    format!(
        "<script type=application/ld+json>{{\"@type\":\"{kind}\",\"headline\":\"{headline}\"}}</script>"
    )
}

#[test]
fn the_only_heading_of_its_level_is_the_headline_whatever_the_head_tells_search_engines() {
    let head = "<meta property=og:title content='Ferry tickets: prices and sailings 2024'>";
    let headings = "<h1>What a winter crossing costs this year</h1><h2>Ferry prices and sailings: what to know</h2>";
    assert_eq!(
        headline(head, headings),
        (
            "What a winter crossing costs this year".to_owned(),
            Origin::Heading(1)
        )
    );
}

#[test]
fn a_kicker_that_two_declarations_have_is_part_of_the_headline() {
    let title = "Night ferries: Towns share two boats";
    let head = linked("NewsArticle", title)
        + &format!("<meta property=og:title content='{title} | Strait Courier'>")
        + "<meta property=og:site_name content='Strait Courier'>";
    let headings = "<span>Night ferries</span><h1>Towns share two boats</h1>";
    assert_eq!(headline(&head, headings).0, title);
}

#[test]
fn a_heading_that_names_the_section_is_no_headline() {
    let head = linked("NewsArticle", "Towns share two boats through the winter")
        + "<meta property=og:title content='Boats for the night'>";
    let (title, origin) = headline(&head, "<h1>Harbour</h1>");
    assert_eq!(title, "Boats for the night");
    assert_eq!(origin, Origin::Meta("og:title".to_owned()));
}

#[test]
fn headlines_without_spaces_between_words_are_compared_by_their_characters() {
    let head = "<title>七つの島の町が夜間フェリーを共同運航へ | 海峡新聞</title>";
    let headings = "<h1>海峡新聞</h1><h2>七つの島の町が夜間フェリーを共同運航へ、冬の間</h2><h2>あわせて読みたい記事はこちら</h2>";
    assert_eq!(
        headline(head, headings).0,
        "七つの島の町が夜間フェリーを共同運航へ、冬の間"
    );
}

/// Ten paragraphs, each its own.
fn many_paragraphs() -> Vec<String> {
    (1..11)
        .map(|n| format!("Ferry number {n} leaves the quay at dawn and comes back after dark, whatever the weather does, its captain said."))
        .collect()
}

#[test]
fn an_opinion_in_a_part_called_comment_is_the_text() {
    let text = many_paragraphs().join("</p><p>");
    let html = format!(
        "<title>Ferries sail all winter</title><body><div class=comentarios-container><h2>Ferries sail all winter</h2><p>{text}</p></div>\
         <div id=other><p>Another part of this page says something about the harbour, and is quite long as well, for it goes on and on.</p></div>"
    );
    assert_eq!(article_of(&html).text, many_paragraphs().join("\n"));
}

#[test]
fn names_that_a_machine_made_hide_no_text() {
    let text = many_paragraphs().join("</p><p>");
    let html = format!(
        "<body><main class='sc-1x2 nAdXq'><h1>Ferries</h1><div class='sc-qOiPt jpYiwZ'><p>{text}</p></div></main>"
    );
    assert_eq!(article_of(&html).text, many_paragraphs().join("\n"));
}

#[test]
fn a_list_of_sources_does_not_cut_the_text_in_two() {
    let paragraphs = many_paragraphs();
    let (before, after) = paragraphs.split_at(6);
    let source = |n: u32| {
        format!("<li><a href=/{n}>A source of the story, with its number {n} in the list</a></li>")
    };
    let sources: Vec<String> = (1..60).map(source).collect();
    let sources = sources.concat();
    let part = |paragraphs: &[String]| {
        format!(
            "<div class=part><p>{}</p></div>",
            paragraphs.join("</p><p>")
        )
    };
    let html = format!(
        "<body><h1>Ferries</h1><article>{}<ul>{sources}</ul>{}</article>",
        part(before),
        part(after)
    );
    let text = article_of(&html).text;
    assert!(text.starts_with(&before.join("\n")), "{text}");
    assert!(text.ends_with(&after.join("\n")), "{text}");
}

#[test]
fn read_also_above_a_box_in_the_middle_does_not_end_the_text() {
    let paragraphs = many_paragraphs();
    let (before, after) = paragraphs.split_at(8);
    let html = format!(
        "<body><article><h1>Ferries</h1><p>{}</p><h3>Read also:</h3><p><a href=/1>Quokka seen at the lighthouse</a></p><p>{}</p></article>",
        before.join("</p><p>"),
        after.join("</p><p>")
    );
    assert_eq!(article_of(&html).text, paragraphs.join("\n"));
}

#[test]
fn posts_headed_by_their_time_keep_their_headlines() {
    let post = |hour: u32| {
        format!(
            "<h5 class='part time'><span class=time>{hour}.15 Uhr: Boat number {hour} leaves the harbour in the fog</span></h5><p>{FIRST}{hour}</p>"
        )
    };
    let posts: String = (10..14).map(post).collect();
    let html = format!("<body><article><h1>Fog: all that happens</h1>{posts}</article>");
    let text = article_of(&html).text;
    assert!(text.contains("Boat number 11 leaves the harbour"), "{text}");
}

#[test]
fn a_paragraph_in_a_part_named_more_is_kept() {
    let html = page_of(
        "",
        &[
            FIRST,
            &format!("<span class=read-more>{SECOND} {FIRST} {SECOND}</span>"),
        ],
    );
    assert!(article_of(&html).text.contains(SECOND));
}

#[test]
fn only_so_many_lines_are_searched_for_a_byline() {
    let lines = |count: usize| "<p>By the by, nobody wrote this".repeat(count) + "<p>By Ada Lark";
    let byline = |count: usize| {
        let html =
            page_of("", &[FIRST, SECOND]) + &lines(count) + &format!("<p>{SECOND} And so on.");
        article_of(&html).byline
    };
    assert!(byline(10).is_some());
    assert_eq!(byline(3_000), None);
}

#[test]
fn of_a_page_of_very_many_blocks_the_first_are_explained() {
    let html = format!("<p>{FIRST}") + &"<p>x".repeat(50_000);
    let page = Page {
        bytes: html.as_bytes(),
        content_type: None,
        url: None,
    };
    let (_, explanation) = explained(&page, None, Prior::default(), &|| true).unwrap();
    assert_eq!(explanation.blocks.len(), 20_000);
    assert_eq!(explanation.more_blocks, 30_001);
}

#[test]
fn the_last_short_sentences_behind_a_link_are_kept() {
    let link = "</p><p><a href=/x>How the flood of 1997 changed the town</a></p><p>";
    let end = "The vote is on Friday.</p><p>It may be close.";
    let found = article_of(&page_of("", &[FIRST, SECOND, link, end]));
    assert!(
        found
            .text
            .ends_with("The vote is on Friday.\nIt may be close."),
        "{}",
        found.text
    );
}

#[test]
fn a_box_of_text_called_a_card_is_part_of_the_text_and_a_card_that_links_is_not() {
    let card = "</p><div class='kg-card callout-card'><p>The wall will cost 40 million, of which the state pays half.</p></div><p>";
    let teaser = "</p><div class='teaser card'><a href=/1>Quokka seen at the lighthouse</a> by a keeper</div><p>";
    let html = page_of("", &[FIRST, card, teaser, SECOND])
        .replace("<article>", "<article class=article-content>");
    let text = article_of(&html).text;
    assert!(text.contains("The wall will cost"), "{text}");
    assert!(!text.contains("Quokka"), "{text}");
}

#[test]
fn an_empty_line_in_preformatted_text_ends_a_paragraph() {
    let html = format!("<body><h1>Ferries</h1><pre>{FIRST}\n\n{SECOND}\nIt may\nbe close.</pre>");
    assert_eq!(
        article_of(&html).text,
        format!("{FIRST}\n{SECOND} It may be close.")
    );
}

#[test]
fn a_short_lead_that_is_named_one_is_part_of_the_text() {
    let html = format!(
        "<body><h1>Ferries sail all winter</h1><p class=lead>The wall is too low.</p><div class=article-body><p>{FIRST}</p><p>{SECOND}</p></div>"
    );
    assert!(article_of(&html).text.starts_with("The wall is too low.\n"));
}

#[test]
fn a_preformatted_text_is_parted_so_often_and_no_more() {
    let text = article_of(&format!("<pre>{}</pre>", "ab\n\n".repeat(10_000))).text;
    let fragment = text_of_fragment(&format!("<pre>{}</pre>", "ab\n\n".repeat(10_000)));
    assert!(text.lines().count() <= 2_000);
    assert_eq!(fragment.lines().count(), 2_000);
}

#[test]
fn boxes_in_a_row_are_words_of_their_own() {
    let meta = "</h1><div><span>By Ann Lee</span><span>November 3, 2025 4:12 PM GMT+7</span></div>";
    let found = article_of(&page_of("", &[FIRST, SECOND]).replace("</h1>", meta));
    assert_eq!(found.byline.unwrap().value, "Ann Lee");
    assert_eq!(
        found.published.unwrap().value.to_string(),
        "2025-11-03T16:12:00+07:00"
    );
    let capital =
        text_of_fragment("<p><span>T</span><span>he ferries</span> sail to <b>Mc</b>Coy.");
    assert_eq!(capital, "The ferries sail to McCoy.");
}

#[test]
fn every_attribute_that_a_date_is_read_from_outlives_the_stripping_of_the_page() {
    for name in metadata::DATE_ATTRIBUTES {
        let date = format!("</h1><span class=date {name}=2019-07-31>Wednesday</span>");
        let html = page_of("", &[FIRST, SECOND]).replace("</h1>", &date);
        let published = article_of(&html).published.map(|found| found.value);
        let day = published.map(|at| at.to_string().chars().take(10).collect::<String>());
        assert_eq!(day.as_deref(), Some("2019-07-31"), "{name}");
    }
}

fn text_of_fragment(html: &str) -> String {
    fragment_text(html, &Budget::new(&|| true))
}

#[test]
fn names_are_told_by_the_date_beside_them_and_by_labels_of_many_scripts() {
    let text = "The towns of the strait will keep their night ferries through the winter, the harbour office said on Monday morning.";
    for (line, name) in [
        ("14. März 2026 | Gesine Abendroth", "Gesine Abendroth"),
        ("2026年03月14日 09:30 | 慕容晓棠", "慕容晓棠"),
        ("١٤ مارس 2026 | رباب الشنفرى", "رباب الشنفرى"),
        ("كتبت: رباب الشنفرى<br>14 مارس 2026", "رباب الشنفرى"),
        (
            "Thứ Bảy, 14/3/2026, 09:30 (GMT+7) | Đoàn Thục Khuê",
            "Đoàn Thục Khuê",
        ),
        (
            "Đoàn Thục Khuê<br>Thứ Bảy, 14/3/2026, 09:30 (GMT+7)",
            "Đoàn Thục Khuê",
        ),
        ("14 March 2026, Upper Tarn", ""),
        ("<span class=author>ABONE OL</span>", ""),
        (
            "<span itemprop=author>מאת <span itemprop=name>אביגיל נחשונוביץ</span></span>",
            "אביגיל נחשונוביץ",
        ),
    ] {
        let html = format!(
            "<title>Ferries</title><h1>Ferries</h1><div>{line}</div><p>{text}</p><p>{text} Again.</p>"
        );
        let found = read(html.as_bytes(), Some("text/html; charset=utf-8"));
        let byline = found.byline.map(|found| found.value).unwrap_or_default();
        assert_eq!(byline, name, "{line}");
    }
}

#[test]
fn a_story_in_pictures_keeps_its_short_captions_too() {
    let caption =
        |text: &str| format!("<figure><img src=p.jpg><figcaption>{text}</figcaption></figure>");
    let long = "The ferry leaves the eastern quay at dawn with nurses and bakers on board.";
    let html = format!(
        "<title>Ferries</title><main><h1>Ferries</h1><div><p>{long}</p>{}{}{}{}</div></main>",
        caption(long),
        caption(&long.replace("dawn", "noon")),
        caption(&long.replace("dawn", "dusk")),
        caption("At night the quay is empty."),
    );
    let found = read(html.as_bytes(), None);
    assert!(
        found.text.contains("At night the quay is empty."),
        "{}",
        found.text
    );
}

#[test]
fn a_line_above_a_headline_is_no_part_of_it_where_the_head_knows_better() {
    let title = "Harbour council keeps the night ferries through the winter";
    let text = "The towns of the strait will keep their night ferries, the harbour office said on Monday, and nurses of the islands were glad to hear it.";
    for (heading, expected) in [
        (format!("<h1><span>Ferries</span> {title}</h1>"), title),
        (format!("<h3>Winter in the strait - {title}</h3>"), title),
        (
            format!("<h2><span>Winter</span><span>{title}</span></h2>"),
            title,
        ),
    ] {
        let html = format!(
            "<title>{title}</title><meta property=og:title content='{title}'><div>{heading}<p>3 May 2024</p><p>{text}</p><p>{text} Again.</p></div><footer><ul><li>{title}</ul></footer>"
        );
        let found = read(html.as_bytes(), Some("text/html; charset=utf-8"));
        assert_eq!(found.title.unwrap().value, expected, "{heading}");
        assert!(
            found.text.starts_with("The towns"),
            "{heading}: {}",
            found.text
        );
        let published = found.published.map(|found| found.value.to_string());
        assert!(
            published.is_some_and(|day| day.starts_with("2024-05-03")),
            "{heading}"
        );
    }
}

/// An article of a few sentences under a headline, with what stands between them and what its head says.
fn article_page(head: &str, below_headline: &str) -> Vec<u8> {
    let text = "<p>The harbour council met on Monday and spoke for two hours about the cranes on the north pier.</p>"
        .repeat(6);
    format!(
        "<html lang='en'><head>{head}</head><body><article><h1>Cranes on the north pier will stay another year</h1>\
         {below_headline}{text}</article></body></html>"
    )
    .into_bytes()
}

#[test]
fn a_headline_that_the_head_gives_word_for_word_is_believed_before_what_is_written_for_sharing() {
    let own = linked(
        "NewsArticle",
        "Cranes on the north pier will stay another year",
    );
    let shared =
        "<meta property='og:title' content='Dockers fear that rust could ruin their summer'>";
    let found = read(&article_page(&format!("{shared}{own}"), ""), None);
    assert_eq!(
        found.title.unwrap().value,
        "Cranes on the north pier will stay another year"
    );
    // A desk that says it otherwise everywhere in the head means that.
    let twice = "<title>Dockers fear that rust could ruin their summer</title>";
    let elsewhere = linked(
        "NewsArticle",
        "Dockers fear that rust could ruin their summer",
    );
    let found = read(
        &article_page(&format!("{shared}{twice}{elsewhere}"), ""),
        None,
    );
    assert_eq!(
        found.title.unwrap().value,
        "Dockers fear that rust could ruin their summer"
    );
}

#[test]
fn a_button_in_the_place_of_a_byline_is_no_author() {
    for button in ["ABONE OL", "Jetzt abonnieren", "Suivez nous"] {
        let byline = format!(
            "<div class='author'><a href='https://news.example/p/1'><span>{button}</span></a></div>"
        );
        let picture =
            format!("<a href='/p/1'><img src='/a.png' alt='{button}'><span>{button}</span></a>");
        for beside in [byline, picture] {
            let found = read(&article_page("", &beside), None);
            assert_eq!(found.byline.map(|found| found.value), None, "{beside}");
        }
    }
    let byline =
        "<div class='author'><a href='https://news.example/p/1'><span>Ada Lark</span></a></div>";
    let found = read(&article_page("", byline), None);
    assert_eq!(found.byline.unwrap().value, "Ada Lark");
}

#[test]
fn who_is_shown_beside_a_picture_and_spoken_of_in_the_text_has_not_written_it() {
    let picture = "<div><img src='/a.jpg' alt='Ada Lark'><p>Ada Lark</p></div>";
    let found = read(&article_page("", picture), None);
    assert_eq!(found.byline.unwrap().value, "Ada Lark");
    let interview = format!(
        "<p>How that may go on is known to nobody better than Ada Lark, who has built cranes for forty years.</p>{picture}"
    );
    let found = read(&article_page("", &interview), None);
    assert_eq!(found.byline.map(|found| found.value), None);
}
