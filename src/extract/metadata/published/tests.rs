//! Small pages of our own, each with the one thing that its test is about.

use crate::extract::{Extracted, Origin, Page, Prior, article_given};

const TEXT: &str = "<p>The towns of the strait will keep their night ferries through the winter, the harbour office said on Monday.</p>\
    <p>Nurses and students had asked for it, and the council found the money in the fund for storm damage.</p>";

/// Reads a page as `newswatch` does when its feed gave this date.
fn read_with(html: &str, feed: Option<&str>) -> Extracted {
    let page = Page {
        bytes: html.as_bytes(),
        content_type: Some("text/html; charset=utf-8"),
        url: None,
    };
    let prior = Prior {
        now: None,
        published: feed.map(|feed| feed.parse().unwrap()),
    };
    article_given(&page, None, prior, &|| true).unwrap()
}

fn page(head: &str, above: &str, below: &str) -> String {
    format!(
        "<html><head>{head}</head><body><nav><a href=/>Home</a></nav><article><h1>Ferries sail all winter</h1>{above}{TEXT}{below}</article></body></html>"
    )
}

fn when(html: &str) -> Option<String> {
    let found = read_with(html, None).published;
    found.map(|found| found.value.to_string())
}

fn day(html: &str) -> Option<String> {
    when(html).map(|when| when.chars().take(10).collect())
}

fn guessed_day(html: &str) -> Option<String> {
    let found = read_with(html, None).published?;
    assert_eq!(found.origin, Origin::Guess, "{}", found.value);
    Some(found.value.to_string().chars().take(10).collect())
}

fn published_meta(content: &str) -> String {
    format!("<meta property='article:published_time' content='{content}'>")
}

fn linked(published: &str, modified: &str) -> String {
    format!(
        "<script type=application/ld+json>{{\"@type\":\"NewsArticle\",\"headline\":\"Ferries\",\"datePublished\":\"{published}\",\"dateModified\":\"{modified}\"}}</script>"
    )
}

#[test]
fn a_day_shown_beside_the_utc_day_tells_the_newsrooms_clock() {
    let head = published_meta("2024-03-05T23:00:00Z");
    let html = page(&head, "<time>6 March 2024</time>", "");
    assert_eq!(when(&html).as_deref(), Some("2024-03-06T00:00:00+01:00"));
    let head = published_meta("2024-03-06T02:41:41Z");
    let html = page(&head, "<time>5 March 2024</time>", "");
    assert_eq!(when(&html).as_deref(), Some("2024-03-05T23:41:41-03:00"));
}

#[test]
fn the_day_that_a_time_element_shows_tells_the_newsrooms_clock() {
    let head = published_meta("2024-03-05T23:01:00Z");
    let shown = "<time datetime=2024-03-05T23:01:00Z>6 March 2024</time>";
    let html = page(&head, shown, "");
    assert_eq!(when(&html).as_deref(), Some("2024-03-06T00:01:00+01:00"));
    let html = page("", shown, "");
    assert_eq!(day(&html).as_deref(), Some("2024-03-06"));
    let far = "<time datetime=2024-03-05T23:01:00Z>9 March 2024</time>";
    assert_eq!(day(&page("", far, "")).as_deref(), Some("2024-03-05"));
}

#[test]
fn the_leaf_of_a_calendar_is_read_though_nothing_parts_its_boxes() {
    let leaf = "<div class=date><b>Mar</b> <b>18</b><b>2009</b></div>";
    assert_eq!(day(&page("", leaf, "")).as_deref(), Some("2009-03-18"));
}

#[test]
fn the_date_above_the_first_entry_counts_where_the_headline_is_not_on_the_page() {
    let entry = |date: &str, title: &str| {
        format!(
            "<div><p>[<a href=/{title}>{date}</a>]</p><h2><a href=/{title}>{title} sails</a></h2>{TEXT}</div>"
        )
    };
    let html = format!(
        "<html><head><title>The harbour of the strait</title></head><body><main><h1>News</h1>{}{}</main></body></html>",
        entry("Saturday, 19 July 2014", "Gannet"),
        entry("Thursday, 9 May 2013", "Petrel"),
    );
    assert_eq!(day(&html).as_deref(), Some("2014-07-19"));
}

#[test]
fn a_time_in_utc_is_not_turned_into_the_day_of_the_address() {
    let head = published_meta("2024-03-05T23:01:00Z")
        + "<link rel=canonical href=https://news.example.org/2024/03/06/ferries>";
    let html = page(&head, "", "");
    assert_eq!(when(&html).as_deref(), Some("2024-03-05T23:01:00+00:00"));
}

#[test]
fn a_day_that_no_clock_explains_changes_nothing() {
    let head = published_meta("2024-03-05T12:36:00Z");
    for shown in ["4 March 2024", "7 March 2024"] {
        let html = page(&head, &format!("<time>{shown}</time>"), "");
        assert_eq!(
            when(&html).as_deref(),
            Some("2024-03-05T12:36:00+00:00"),
            "{shown}"
        );
    }
}

#[test]
fn the_first_publication_is_believed_where_the_declared_one_is_that_of_the_last_change() {
    let head = linked("2025-06-24T10:00:00Z", "2025-06-24T10:00:00Z");
    let html = page(&head, "<p class=date>August 25, 2024</p>", "");
    assert_eq!(day(&html).as_deref(), Some("2024-08-25"));
    // The page was changed long after that publication: it is one.
    let head = linked("2025-06-24T10:00:00Z", "2025-11-02T10:00:00Z");
    let html = page(&head, "<p class=date>August 25, 2024</p>", "");
    assert_eq!(day(&html).as_deref(), Some("2025-06-24"));
}

#[test]
fn the_feeds_date_decides_between_the_dates_of_a_page() {
    let head = linked("2019-05-06T10:00:00Z", "2019-05-06T10:00:00Z");
    let html = page(&head, "<p class=date>7 March 2024</p>", "");
    let found = read_with(&html, Some("2024-03-07T09:00:00Z"));
    let found = found.published.unwrap().value.to_string();
    assert!(found.starts_with("2024-03-07"), "{found}");
}

#[test]
fn neither_the_date_of_a_change_nor_a_guess_is_taken_where_the_feed_gives_one() {
    let head = "<meta property='article:modified_time' content='2024-05-06T10:00:00Z'>";
    let html = page(head, "", "");
    assert_eq!(day(&html).as_deref(), Some("2024-05-06"));
    let found = read_with(&html, Some("2024-03-07T09:00:00Z"));
    assert_eq!(found.published, None);
    let html = page("", "", "<script>x={'publishedAt':'2019-08-30'}</script>");
    assert_eq!(guessed_day(&html).as_deref(), Some("2019-08-30"));
    let found = read_with(&html, Some("2024-03-07T09:00:00Z"));
    assert_eq!(found.published, None);
}

#[test]
fn a_line_of_publication_is_taken_before_one_of_a_change_above_it() {
    let html = page(
        "",
        "<p>Last updated: 31 October 2023</p><p>Published: 1 October 2023</p>",
        "",
    );
    assert_eq!(day(&html).as_deref(), Some("2023-10-01"));
}

#[test]
fn the_words_of_a_time_element_are_believed_where_they_say_that_it_is_publication() {
    let above = "<time datetime=2019-07-03T10:18:46Z>Published 29 June 2019</time>";
    assert_eq!(day(&page("", above, "")).as_deref(), Some("2019-06-29"));
}

#[test]
fn a_time_kept_in_a_tooltip_is_read_where_the_words_give_none() {
    let above = "<abbr class=published title='2011-03-30T21:05:00-07:00'>9:05 PM</abbr>";
    assert_eq!(
        when(&page("", above, "")).as_deref(),
        Some("2011-03-30T21:05:00-07:00")
    );
}

#[test]
fn a_header_of_an_opinion_that_is_named_after_comments_keeps_its_date() {
    let html = format!(
        "<body><div class=commentHeader><h1>Ferries sail all winter</h1><p class='commentHeader_date'>29 January 2019</p></div>{TEXT}"
    );
    assert_eq!(day(&html).as_deref(), Some("2019-01-29"));
}

#[test]
fn a_month_written_out_in_the_address_counts_and_tells_the_order_of_the_numbers() {
    let head = "<link rel=canonical href=https://news.example.org/2023/october/03/ferries>";
    assert_eq!(day(&page(head, "", "")).as_deref(), Some("2023-10-03"));
    let html = page(head, "<p class=date>10/03/2023</p>", "");
    assert_eq!(day(&html).as_deref(), Some("2023-10-03"));
}

#[test]
fn a_meta_tag_counts_whose_name_speaks_of_publication_but_not_one_of_something_else() {
    let head = "<meta name=x-published-date content=2025-05-27><meta name=x-published-time content=2026-01-02T03:04:05Z>";
    assert_eq!(day(&page(head, "", "")).as_deref(), Some("2025-05-27"));
    for name in ["expiry-date", "event_date", "last-crawl-date"] {
        let html = page(&format!("<meta name={name} content=03.05.2025>"), "", "");
        let found = read_with(&html, None).published;
        assert!(
            found.is_none_or(|found| found.origin == Origin::Guess),
            "{name}"
        );
    }
}

#[test]
fn a_change_before_publication_is_none() {
    let head = linked("2024-03-05T12:00:00Z", "2021-01-01T00:00:00Z");
    assert_eq!(read_with(&page(&head, "", ""), None).modified, None);
    let head = linked("2024-03-05T12:00:00Z", "2024-03-06T00:00:00Z");
    assert!(read_with(&page(&head, "", ""), None).modified.is_some());
}

#[test]
fn the_foot_of_the_page_tells_when_it_was_made_before_when_it_was_changed() {
    let far = "<div class=related><a href=/x>Another story</a></div>".repeat(40);
    let foot = "<footer><p>This page was last modified on 29 January 2020.</p></footer>";
    let html = page("", "", "") + &far + foot;
    assert_eq!(guessed_day(&html).as_deref(), Some("2020-01-29"));
    let html = html + "<footer><p>Published on 3 May 2018</p></footer>";
    assert_eq!(guessed_day(&html).as_deref(), Some("2018-05-03"));
}

#[test]
fn a_box_of_labels_at_the_side_tells_the_date() {
    let aside =
        "<aside><h3>Published</h3><p>30 August 2019</p><h3>Author</h3><p>Ada Lark</p></aside>";
    let html = page("", "", &"<p>One more line.</p>".repeat(20)) + aside;
    assert_eq!(guessed_day(&html).as_deref(), Some("2019-08-30"));
}

#[test]
fn what_is_kept_for_programs_tells_the_date_and_that_nearest_to_the_headline_first() {
    let html = page("", "", "")
        + "<script>x=[{\"title\":\"Pier sold\",\"publishedAt\":\"2018-01-02T03:04:05Z\",\"text\":\"The old pier is sold, after years\"},\
           {\"title\":\"Ferries sail all winter\",\"publishedAt\":\"2019-08-30T12:00:00+02:00\"}]</script>";
    let found = read_with(&html, None).published.unwrap();
    assert_eq!(found.origin, Origin::Guess);
    assert_eq!(found.value.to_string(), "2019-08-30T12:00:00+02:00");
}

#[test]
fn a_value_in_an_attribute_and_one_of_milliseconds_are_read() {
    let escaped = "<div data-x='{&quot;datePublished&quot;:&quot;2019-08-30&quot;}'></div>";
    let number = "<script>x={published_at: 1567159200000, id: 5}</script>";
    for kept in [escaped, number] {
        let html = page("", "", kept);
        assert_eq!(guessed_day(&html).as_deref(), Some("2019-08-30"), "{kept}");
    }
}

#[test]
fn the_address_of_the_articles_picture_tells_a_day_but_not_a_month() {
    let picture = |path: &str| {
        let head = format!("<meta property=og:image content='https://img.example.org/{path}'>");
        page(&head, "", "")
    };
    assert_eq!(
        guessed_day(&picture("2016/05/04/a.png")).as_deref(),
        Some("2016-05-04")
    );
    assert_eq!(guessed_day(&picture("2016/05/1024px.png")), None);
}

#[test]
fn the_day_of_most_addresses_is_guessed_else_the_latest() {
    let links = |days: &[&str]| {
        let links = days
            .iter()
            .map(|day| format!("<a href=/{day}/x>A story</a>"));
        page("", "", "") + &links.collect::<Vec<_>>().concat()
    };
    let html = links(&["2020-02/19", "2020-02/19", "2020-02/21"]);
    assert_eq!(guessed_day(&html).as_deref(), Some("2020-02-19"));
    let html = links(&["2020/02/17", "2020/02/18", "2020/02/16"]);
    assert_eq!(guessed_day(&html).as_deref(), Some("2020-02-18"));
}

#[test]
fn a_page_without_any_date_has_none() {
    assert_eq!(when(&page("", "<p>In 2019 it rained.</p>", "")), None);
}

#[test]
fn todays_date_high_above_the_headline_is_not_guessed() {
    let html = format!(
        "<body><p>Tuesday, 5 May 2020</p>{}<h1>Ferries sail all winter</h1>{TEXT}",
        "<p>Weather and tides</p>".repeat(12)
    );
    assert_eq!(when(&html), None);
}

#[test]
fn a_date_of_the_story_or_of_another_article_is_not_that_of_publication() {
    let above = "<p>On 4 July 1996 the old pier burned.</p>";
    assert_eq!(day(&page("", above, "")), None);
    let beside = "<aside><time datetime=2023-01-02>2 January</time> <a href=/1>Rain</a></aside>";
    let html = page("", "<span>6 March 2024, 8:00</span>", "");
    let html = html.replace("<article>", &format!("{beside}<article>"));
    assert_eq!(day(&html).as_deref(), Some("2024-03-06"));
}

#[test]
fn a_line_that_says_nothing_never_beats_the_feed() {
    let feed = Some("2024-11-26T00:30:00Z");
    let found = |above: &str| read_with(&page("", above, ""), feed).published;
    assert_eq!(found("<span>6 March 2024, 8:00</span>"), None);
    assert_eq!(found("<p>On 4 July 1996 the old pier burned.</p>"), None);
    let in_sentence = "<p>On <time datetime=1996-07-04>4 July 1996</time> the old pier burned.</p>";
    assert_eq!(found(in_sentence), None);
    let of_another = "<ul><li><time datetime=2023-01-02>2 January</time> <a href=/1>Rain all over the coast</a></li></ul>";
    assert_eq!(found(of_another), None);
    assert!(found("<time datetime=2024-11-26T01:30:00+01:00>26 November</time>").is_some());
}

#[test]
fn the_label_of_an_element_may_stand_before_it() {
    let above = "<p>Uppdaterad <time datetime=2024-03-08T10:00:00+01:00>8 mars 10:00</time></p>\
        <p>Publicerad <time datetime=2024-03-06T08:00:00+01:00>6 mars 08:00</time></p>";
    assert_eq!(day(&page("", above, "")).as_deref(), Some("2024-03-06"));
    let above = "<div>Updated <time datetime=2024-03-08>8 March</time> Published <time datetime=2024-03-06>6 March</time></div>";
    assert_eq!(day(&page("", above, "")).as_deref(), Some("2024-03-06"));
}

#[test]
fn the_calendars_of_each_countrys_newspapers_are_read() {
    for (lang, line) in [
        ("fa", "چهارشنبه ۱۶ اسفند ۱۴۰۲ - ۰۸:۰۰"),
        ("fa", "تاریخ انتشار: ۱۴۰۲/۱۲/۱۶"),
        ("fa", "1402/12/16 - 08:00"),
        ("ar", "الأربعاء 25 شعبان 1445هـ"),
        ("ar", "الأربعاء 25 شعبان 1445هـ - 6 مارس 2024م"),
        ("ar", "6 آذار/مارس 2024"),
        ("th", "6 มี.ค. 2567 08:00 น."),
        ("th", "6 มี.ค. 67"),
        ("th", "วันพุธที่ ๖ มีนาคม พ.ศ. ๒๕๖๗"),
        ("ja", "令和6年3月6日 8時00分"),
        ("ja", "令和六年三月六日"),
        ("ja", "2024（令和6）年3月6日"),
        ("zh-TW", "中華民國113年3月6日"),
        ("zh-TW", "113/03/06 08:00"),
        ("zh", "二〇二四年三月六日"),
        ("ko", "주체113(2024)년 3월 6일"),
        ("am", "የካቲት 27 ቀን 2016"),
        ("ne", "२०८० फागुन २३ गते बुधबार"),
        ("bn", "৬ মার্চ ২০২৪, ২২ ফাল্গুন ১৪৩০"),
        ("ur", "۶ مارچ ۲۰۲۴"),
        ("mn", "2024 оны 3-р сарын 6"),
        ("kk", "2024 жылғы 6 наурыз"),
        ("ka", "6 მარტი 2024"),
        ("km", "ថ្ងៃទី៦ ខែមីនា ឆ្នាំ២០២៤"),
        ("my", "၂၀၂၄ ခုနှစ် မတ်လ ၆ ရက်"),
        ("ta", "6 மார்ச் 2024"),
    ] {
        let html = page("", &format!("<div>{line}</div>"), "");
        let html = html.replace("<html>", &format!("<html lang={lang}>"));
        assert_eq!(day(&html).as_deref(), Some("2024-03-06"), "{line}");
    }
}
