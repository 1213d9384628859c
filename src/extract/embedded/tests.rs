use super::*;

const LINE: &str = "The ferry office said on Monday that the boats will sail all winter, whatever the weather, and that nobody will wait for long.";

#[test]
fn a_quoted_text_is_taken_only_where_the_page_shows_less() {
    let quoted_text = [LINE; 6].join("\n");
    let budget = Budget::new(&|| true);
    let shown = |text| Shown {
        text,
        title: None,
        html: "",
        scripts: &[],
        noscripts: &[],
        budget: &budget,
    };
    assert_eq!(
        quoted(&shown(""), Some(&quoted_text)),
        Some(quoted_text.clone())
    );
    assert_eq!(quoted(&shown(&quoted_text), Some(&quoted_text)), None);
}

const FIRST: &str = "The towns of the strait will keep their night ferries through the winter, the harbour office said on Monday.";
const SECOND: &str = "Nurses and students had asked for it, and the council found the money in the fund for storm damage.";
const THIRD: &str = "Fishermen from the outer islands fear that the wash of the faster boats will harm the young oysters.";
const OTHER: &str = "Quokkas were seen again at the lighthouse on the northern cape, said the keeper, who has counted forty.";
const COOKIES: &str = "We and our partners store cookies on your device to personalise content. You can withdraw your consent at any time.";

fn read(head: &str, body: &str) -> String {
    let html = format!(
        "<html><head><title>Ferries sail all winter</title>{head}</head><body>{body}</body></html>"
    );
    let page = crate::extract::Page {
        bytes: html.as_bytes(),
        content_type: Some("text/html; charset=utf-8"),
        url: None,
    };
    crate::extract::article(&page, None, &|| true).unwrap().text
}

/// The values of a page about the ferries, with all that pages keep beside the article.
fn values(article: &str) -> String {
    format!(
        r#"{{"props":{{"pageProps":{{"menu":[{{"label":"{OTHER}"}}],"i18n":{{"consent":{{"text":"{COOKIES}"}}}},
        "article":{{"headline":"Ferries sail all winter","url":"/f",{article}}},
        "related":[{{"title":"Quokkas","summary":"{OTHER}","url":"/q"}}],"others":[{{"title":"Quokkas","url":"/q","text":"{OTHER} {OTHER} {OTHER} {OTHER}"}}],
        "comments":[{{"id":1,"body":"{OTHER}"}}]}}}}}}"#
    )
}

/// A paragraph as three pieces, written by `piece`, with a link in the middle.
fn pieces(line: &str, piece: impl Fn(&str, bool) -> String) -> String {
    let (before, rest) = line.split_at(9);
    let (linked, after) = rest.split_at(12);
    [
        piece(before, false),
        piece(linked, true),
        piece(after, false),
    ]
    .join(",")
}

#[test]
fn lists_and_trees_of_blocks_in_scripts_are_read_and_what_is_beside_them_is_not() {
    let expected = [FIRST, SECOND, THIRD].join("\n");
    let all = |block: &dyn Fn(&str) -> String| [FIRST, SECOND, THIRD].map(block).join(",");
    let html = [FIRST, SECOND, THIRD]
        .map(|line| format!("<p>{line}</p>"))
        .concat();
    for article in [
        format!("\"body\":\"{html}\""),
        format!("\"body\":\"{}\"", html.replace('<', "\\u003c")),
        format!("\"content\":{{\"rendered\":\"{html}\"}}"),
        format!("\"text\":\"{}\"", expected.replace('\n', "\\n\\n")),
        format!("\"paragraphs\":[{}]", all(&|line| format!("\"{line}\""))),
        format!(
            "\"content\":[{}]",
            all(&|line| format!("{{\"type\":\"paragraph\",\"text\":\"{line}\"}}"))
        ),
        format!(
            "\"content_elements\":[{}]",
            all(&|line| format!("{{\"_id\":\"X\",\"type\":\"text\",\"content\":\"{line}\"}}"))
        ),
        // Slate
        format!(
            "\"body\":[{}]",
            all(&|line| format!(
                "{{\"type\":\"p\",\"children\":[{}]}}",
                pieces(line, |text, linked| if linked {
                    format!(
                        "{{\"type\":\"link\",\"url\":\"/x\",\"children\":[{{\"text\":\"{text}\"}}]}}"
                    )
                } else {
                    format!("{{\"text\":\"{text}\"}}")
                })
            ))
        ),
        // ProseMirror
        format!(
            "\"body\":{{\"type\":\"doc\",\"content\":[{}]}}",
            all(&|line| format!(
                "{{\"type\":\"paragraph\",\"content\":[{}]}}",
                pieces(line, |text, _| format!(
                    "{{\"type\":\"text\",\"marks\":[],\"text\":\"{text}\"}}"
                ))
            ))
        ),
        // Contentful
        format!(
            "\"body\":{{\"nodeType\":\"document\",\"content\":[{}]}}",
            all(&|line| format!(
                "{{\"nodeType\":\"paragraph\",\"content\":[{}]}}",
                pieces(line, |text, linked| if linked {
                    format!(
                        "{{\"nodeType\":\"hyperlink\",\"content\":[{{\"nodeType\":\"text\",\"value\":\"{text}\"}}]}}"
                    )
                } else {
                    format!("{{\"nodeType\":\"text\",\"value\":\"{text}\"}}")
                })
            ))
        ),
        // Portable Text
        format!(
            "\"body\":[{}]",
            all(&|line| format!(
                "{{\"_type\":\"block\",\"style\":\"normal\",\"children\":[{}]}}",
                pieces(line, |text, _| format!(
                    "{{\"_type\":\"span\",\"text\":\"{text}\"}}"
                ))
            ))
        ),
    ] {
        let script = format!(
            "<script type=application/json>{}</script>",
            values(&article)
        );
        assert_eq!(read("", &script), expected, "{article}");
    }
}

#[test]
fn values_are_read_wherever_a_framework_puts_them() {
    let values = values(&format!(
        "\"body\":\"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>\""
    ));
    let one_line = values.replace('\n', " ");
    let quoted = |text: &str| serde_json::to_string(text).unwrap();
    let row = format!("5:{one_line}\n");
    let (first, second) = row.split_at(row.len() / 2);
    for script in [
        format!("window.__INITIAL_STATE__ = {values};(function(){{}})();"),
        format!("window.x=JSON.parse({})", quoted(&one_line)),
        format!(
            "self.__next_f.push([1,{}]);self.__next_f.push([1,{}])",
            quoted(first),
            quoted(second)
        ),
    ] {
        let text = read("", &format!("<script>{script}</script>"));
        assert_eq!(text, [FIRST, SECOND, THIRD].join("\n"), "{script}");
    }
}

#[test]
fn elements_that_are_written_as_values_are_read_as_a_page() {
    let paragraph = |line: &str| {
        format!(
            "[\"$\",\"p\",null,{{\"children\":[{}]}}]",
            pieces(line, |text, linked| {
                let text = serde_json::to_string(text).unwrap();
                if linked {
                    format!("[\"$\",\"b\",null,{{\"children\":{text}}}]")
                } else {
                    text
                }
            })
        )
    };
    let row = format!(
        "0:[\"$\",\"article\",null,{{\"children\":[{},\"$L1\",{}]}}]\n1:{}\n",
        paragraph(FIRST),
        paragraph(THIRD),
        paragraph(&SECOND.repeat(3))
    );
    let script = format!(
        "<script>self.__next_f.push([1,{}])</script>",
        serde_json::to_string(&row).unwrap()
    );
    assert_eq!(
        read("", &script),
        [FIRST, &SECOND.repeat(3), THIRD].join("\n")
    );
}

#[test]
fn what_is_held_back_in_templates_is_read() {
    let paragraphs = format!("<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>");
    for body in [
        format!("<div><script type=text/template>{paragraphs}</script></div>"),
        format!("<template>{paragraphs}</template>"),
        format!("<noscript>{paragraphs}</noscript>"),
        format!(
            "<textarea hidden>{}</textarea>",
            paragraphs.replace('<', "&lt;")
        ),
    ] {
        assert_eq!(read("", &body), [FIRST, SECOND, THIRD].join("\n"), "{body}");
    }
}

#[test]
fn a_text_that_a_script_goes_on_with_is_read_whole() {
    let shown = format!(
        "<main><h1>Ferries sail all winter</h1><p>{FIRST}</p><p>{SECOND}</p><p>{LINE}</p></main>"
    );
    let article = format!(
        "\"body\":\"<p>{FIRST}</p><p>{SECOND}</p><p>{LINE}</p><p>{THIRD}</p><p>And so on: {LINE}</p>\""
    );
    let script = format!(
        "<script type=application/json>{}</script>",
        values(&article)
    );
    assert!(read("", &(shown.clone() + &script)).contains(THIRD));
    let linked = format!(
        "<script type=application/ld+json>{{\"@type\":\"NewsArticle\",\"articleBody\":\"{FIRST} {SECOND} {LINE} {THIRD} And so on: {LINE}\"}}</script>"
    );
    assert!(read(&linked, &shown).contains(THIRD));
}

#[test]
fn a_short_text_is_not_replaced_by_what_scripts_say_of_other_things() {
    let shown =
        format!("<main><h1>Ferries sail all winter</h1><p>{FIRST}</p><p>{SECOND}</p></main>");
    let script = format!(
        "<script>window.x={{\"more\":[{{\"title\":\"Quokkas\",\"url\":\"/q\",\"body\":\"<p>{}</p>\"}}],\"text\":\"{}\"}}</script>",
        OTHER.repeat(9),
        COOKIES.repeat(9)
    );
    assert_eq!(read("", &(shown + &script)), [FIRST, SECOND].join("\n"));
    assert_eq!(
        read(
            "",
            &format!("<script>var x = \"{}\"</script>", COOKIES.repeat(9))
        ),
        ""
    );
}

#[test]
fn the_posts_that_linked_data_lists_are_the_text_where_the_page_shows_but_one() {
    let posts = [SECOND, THIRD, LINE].map(|line| {
        format!("{{\"@type\":\"BlogPosting\",\"headline\":\"News of {}\",\"articleBody\":\"<p>{line}</p>\"}}", line.len())
    });
    let linked = format!(
        "<script type=application/ld+json>{{\"@type\":\"LiveBlogPosting\",\"headline\":\"Ferries sail all winter\",\"liveBlogUpdate\":[{}]}}</script>",
        posts.join(",")
    );
    let shown = format!(
        "<main><h1>Ferries sail all winter</h1><p>{FIRST}</p><article><h2>News of {}</h2><p>{SECOND}</p></article></main>",
        SECOND.len()
    );
    let expected = format!(
        "{FIRST}\nNews of {}\n{SECOND}\nNews of {}\n{THIRD}\nNews of {}\n{LINE}",
        SECOND.len(),
        THIRD.len(),
        LINE.len()
    );
    assert_eq!(read(&linked, &shown), expected);
}
