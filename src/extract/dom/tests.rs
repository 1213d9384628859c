//! The bounds hold, and the tree is the one that `html5ever` builds by itself.

use html5ever::driver::{self, ParseOpts};
use html5ever::tendril::TendrilSink;
use scraper::HtmlTreeSink;

use super::*;

/// As the parser alone reads a page.
fn by_the_parser(page: &str) -> Html {
    let sink = HtmlTreeSink::new(Html::new_document());
    let mut html = driver::parse_document(sink, ParseOpts::default()).one(page);
    html.errors.clear();
    html
}

#[track_caller]
fn assert_same(page: &str) {
    let mut ours = parse(page, &|| true).unwrap();
    ours.errors.clear();
    let theirs = by_the_parser(page);
    assert!(
        ours == theirs,
        "{page:?}\nours:   {:?}\ntheirs: {:?}",
        ours.html(),
        theirs.html()
    );
}

#[test]
fn what_a_page_is_made_of_is_read_as_the_parser_reads_it() {
    for page in [
        "",
        "\u{feff}<!DOCTYPE html><HTML Lang=de><title>A &amp; B</title><p Class='a&amp;b' ID=c>d",
        "<!doctype HTML PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\"><p><table><td>a",
        "<p><table><td>a",
        "<!doctype",
        "<p>a<br/>b<br / >c<img alt=d/>e</p/></br>f",
        "<a href=a/b/c/>d</a><a href='>'>e</a><a b= >f</a><a =g>h</a><a i=\"j\"k=l>m</a>",
        "<p a=1 A=2 b b=c>d<p \u{e9}\u{c9}=1 Z\u{e9}>e<x\u{c9}Y>f",
        "<p a>b<p a='b",
        "<p>a</p x='>'>b</>c</ d>e</",
        "a<b<c",
        "a < b <3 c <",
        "a<?xml version='1.0'?>b<![endif]>c<!d>e<!>f<?",
        "a<![CDATA[b]]>c<math><mi>d<![CDATA[e>]]>f",
        "a<!-- b --><p>c<!-- d",
        "a<!-",
        "a\r\nb\rc<p d='e\r\nf\rg' h=i\rj=k\r>l<pre>\r\nm</pre><textarea>\n\rn</textarea>",
        "a\0b<p c='d\0e' f\0g=h\0i>j<k\0l>m<title>n\0o</title><math><mi>p\0q",
        "\0 <table>\0a<tr>\0</table>",
        "<table>a<tr> b <td>c</table>d",
        "<title>a<b>c</titlex>d</title e='f>'>g</title>h",
        "<textarea>a</TEXTAREA/>b",
        "<title>a</title",
        "<title>a</",
        "<style>a&amp;b</style ><iframe>c<d></iframe>e<noscript>f<g></noscript>h",
        "<script>a<!--<script>b</script>c--></script>d<p>e",
        "<script>a</script>d<p>e<script>f",
        "<plaintext>a<p>b&amp;</plaintext>c",
        "<svg><title>a<b>c</title></svg><svg/>d<math><mi/>e",
        "<select><option>a<div>b</select>c",
        "<template><p>a</template><form><form>b",
        "<p><b id=1><b id=2><p>a</b>c<a>d<a>e",
        "<frameset><frame></frameset>a",
    ] {
        assert_same(page);
    }
}

#[test]
fn references_are_read_as_the_parser_reads_them() {
    for text in [
        "&amp;&lt;&gt;&quot;&apos;&nbsp;&eacute;&Eacute",
        "&amp &ampx &amp= &copy=1 &copy1 &copy;1 &not; &notin; &notit; &noti &notin",
        "&",
        "&&amp;&",
        "&;",
        "&nope; &nope &a",
        "&#233;&#xE9;&#Xe9;&#233&#xe9g&#233a",
        "&#;&#x;&#xg;&#a &#",
        "&#x",
        "&#0;&#128;&#x92;&#129;&#xD800;&#x110000;&#99999999999999999999;&#13;\r&#10;\n&#65534;",
        "&acE;&NotEqualTilde;&CounterClockwiseContourIntegral;&CounterClockwiseContourIntegra",
        "&amp\r\nb&#38;amp;",
        "&\0amp;&#\0;&am\0p;",
        "&AMP;&AMP&Amp;&QUOT",
    ] {
        assert_same(text);
        assert_same(&format!("{text}="));
        assert_same(&format!("<title>{text}</title>{text}"));
        assert_same(&format!("<p a=\"{text}\" b='{text}'>"));
        assert_same(&format!("<p a={text}>b"));
        assert_same(&format!("<style>{text}</style>"));
    }
}

proptest::proptest! {
    #[test]
    fn any_soup_of_tags_is_read_as_the_parser_reads_it(
        parts in proptest::collection::vec("</?[pPb]|</?(div|table|tr|td|a|b|li|title|svg|math|mi|select|option|pre|script|style|head|body|form|template|p|br)( [a-c]=?['\"]?[a-c&;#=/]{0,4}['\"]?)?/?>|<[!?/a-]{0,3}|[<>&#;=/ \n\r\0'\"]|&(amp|lt|not|copy|noti|#x?[0-9a]{1,3});?|-->|[a-c ]{0,5}|<!doctype html>|<!\\[CDATA\\[|\\]\\]>", 0..40)
    ) {
        assert_same(&parts.concat());
    }

    #[test]
    fn any_characters_are_read_as_the_parser_reads_them(page in "[<>/!?&#;=x\"' \n\r\0abpi1-]{0,60}") {
        assert_same(&page);
    }
}

const ALWAYS: &dyn Fn() -> bool = &|| true;

#[test]
fn a_deep_page_is_refused_before_it_is_read_to_its_end() {
    let page = "<div>".repeat(60_000);
    assert!(matches!(
        parse(&page, ALWAYS),
        Err(ExtractError::TooDeep { limit: 512 })
    ));
}

#[test]
fn depth_hidden_behind_an_early_end_of_the_body_is_seen() {
    let page = "<div>".repeat(400) + "</body>" + &"<b>".repeat(400);
    let page = page + &"<p>x</p>".repeat(800);
    assert!(matches!(
        parse(&page, ALWAYS),
        Err(ExtractError::TooDeep { .. })
    ));
}

#[test]
fn a_page_that_multiplies_its_elements_is_refused() {
    let open = (0..300).fold(String::new(), |open, n| open + &format!("<b id={n}>"));
    let page = format!("<p>{open}</p>") + &"<p>x</p>".repeat(20_000);
    assert!(matches!(
        parse(&page, ALWAYS),
        Err(ExtractError::TooLarge { .. })
    ));
}

#[test]
fn the_caller_can_stop_the_parser() {
    let page = "<p>text".repeat(10_000);
    assert!(matches!(
        parse(&page, &|| false),
        Err(ExtractError::TooSlow)
    ));
}

#[test]
fn characters_are_not_split_between_pieces() {
    let page = format!("<p>{}</p>", "ộ".repeat(5_000));
    let tree = parse(&page, ALWAYS).unwrap();
    let text: String = tree.root_element().text().collect();
    assert_eq!(text, "ộ".repeat(5_000));
}

#[test]
fn an_ordinary_page_of_many_siblings_is_read() {
    let page = "<ul>".to_owned() + &"<li>item".repeat(20_000);
    assert!(parse(&page, ALWAYS).is_ok());
}

#[test]
fn a_tag_of_thousands_of_attributes_is_refused_here_as_well() {
    // What is cut out of a page can leave a tag where there was none.
    let page = format!("<p {}>", "a ".repeat(5_000));
    assert!(matches!(
        parse(&page, ALWAYS),
        Err(ExtractError::TooManyAttributes { limit: 4_096 })
    ));
}
