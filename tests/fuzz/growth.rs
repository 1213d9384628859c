//! Finds what costs more than in proportion to its length.
use newswatch::{extract, parse};
use std::time::Instant;
const T: &[&str] = &[
    "<",
    "<!--",
    "<?",
    "<![CDATA[",
    "]]>",
    "&",
    "&#",
    "&amp;",
    "<a",
    "<a ",
    "<a b",
    "<a b=\"",
    "<p>a",
    "</",
    "</p",
    "</p>",
    "<item>",
    "</item>",
    "<item><title>x</title>",
    "<entry>",
    "<![CDATA[<p>",
    "<script>",
    "<script",
    "</script",
    "<style>",
    "<title>",
    "<title><![CDATA[",
    "<description>&lt;p&gt;",
    "<h2>t</h2><time>x</time>",
    "<h1>t</h1><input>",
    "<div>",
    "<b><i>",
    "<td>",
    "<table><tr><td>",
    "<li>x",
    "<p>Ada said, on Monday.</p>",
    "<time>",
    "<meta name=a content=b>",
    "<link rel=alternate href=x>",
    "<template>",
    "<noscript>",
    "<svg>",
    "<a href=x>y</a>",
    "<h1>t</h1>",
    "<h2>t</h2>",
    "x ",
    "\n",
    "\u{300}",
    "{\"a\":",
    "[",
    "[[]],",
    "<x:y>",
    "<url><loc>http://a/b</loc></url>",
    "<!DOCTYPE",
    "<!ENTITY a \"b\">",
    "<category>a</category>",
    "<author>a</author>",
    "By A B, ",
    "2024-05-06 ",
    "<script type=application/ld+json>{\"@type\":\"NewsArticle\"}</script>",
    "<article><h1>t</h1><p>word word word word word word</p></article>",
    "<section class=live><h2>t</h2>",
    "<blockquote>",
    "<pre>a\n\n",
    "<ul><li>",
    "<form><input>",
    "<img src=x>",
    "<figure>",
    "<br>",
    "<br><br>x",
    "<select><option>a",
    "<span>a</span>",
    "<label for=a>b</label>",
    "<dl><dt>a<dd>b",
    "<!-- a -->",
    "<? a ?>",
    "<textarea>",
    "<iframe>",
    "<h3>t",
    "<address>a</address>",
    "<p class=byline>By Ada Lark</p>",
    "<div class=paywall>subscribe</div>",
    "=\"",
    "'",
    "\\u",
    "\\",
    "window.a={\"b\":\"<p>c</p>\"};",
    "<script>self.__next_f.push([1,\"a\"])</script>",
    "<script>x={\"a\":\"",
    "href=",
    "<time datetime=2024-05-06>May 6, 2024</time><h2>t</h2><p>aaaaaaaa aaaaaaa aaaaaaaaa aaaaaaaaaa aaaaaaaa aaaaaa aaaaaaaa aaaaaaaaaa aaaaaaaaa aaaaaaaa aaaaaaaa aaaaaaa</p>",
];
fn cost(f: &dyn Fn()) -> f64 {
    let t = Instant::now();
    f();
    t.elapsed().as_secs_f64()
}
#[test]
fn growth() {
    let pre = [
        ("", ""),
        (
            "<rss><channel><item><description>",
            "</description></item></channel></rss>",
        ),
        ("<rss><channel>", ""),
        ("<rss><channel><item><title>", ""),
        ("{\"items\":[", ""),
        ("<feed><entry><content type=html>", ""),
        (
            "<rss><channel><item><description><![CDATA[",
            "]]></description>",
        ),
    ];
    let html = [
        ("<html><body>", ""),
        ("<title>t</title><body><h1>t</h1><p>aaaa aaaa</p>", ""),
        ("<head>", "</head><body>"),
        ("<script>", "</script>"),
    ];
    for t in T {
        for (kind, list) in [
            ("feed", &pre[..]),
            ("page", &html[..]),
            ("frag", &html[..1]),
            ("san", &html[..1]),
        ] {
            for (a, b) in list {
                let run = |bytes: usize| {
                    let doc = format!("{a}{}{b}", t.repeat(bytes / t.len()));
                    cost(&|| match kind {
                        "feed" => {
                            let d = parse::Document {
                                bytes: doc.as_bytes(),
                                content_type: None,
                                url: None,
                            };
                            let _ = std::hint::black_box(parse::recognise(&d, &|| true));
                        }
                        "frag" => {
                            std::hint::black_box(extract::fragment_text(&doc));
                        }
                        "san" => {
                            std::hint::black_box(parse::sanitised(&doc, None));
                        }
                        _ => {
                            let p = extract::Page {
                                bytes: doc.as_bytes(),
                                content_type: Some("text/html"),
                                url: None,
                            };
                            let _ = std::hint::black_box(extract::article(&p, None, &|| true));
                        }
                    })
                };
                let one = run(20_000);
                if one > 1.5 {
                    println!("{kind} {a:?} {t:?}: {one:.3} at 20k");
                    continue;
                }
                let four = run(80_000);
                if four > 0.15 && four > 7.0 * one || four > 2.5 {
                    println!("{kind} {a:?} {t:?}: {one:.4} {four:.4} x{:.1}", four / one);
                }
            }
        }
    }
}
