//! Whole feeds broken in every way that has been met, and what must survive of them.

use super::read;
use crate::parse::ParsedFeed;

/// Entries of each sample feed.
const ENTRIES: usize = 5;

/// Share of the cases, in percent, of which everything that can survive must survive.
const WHOLE_PERCENT: usize = 99;

/// A feed to break: its text, and the markup of its parts for the rules that break them.
struct Sample {
    name: &'static str,
    text: String,
    entry: &'static str,
    guid: &'static str,
    body: &'static str,
}

fn title(number: usize) -> String {
    format!("Café number {number} opens in Zürich")
}

fn link(number: usize) -> String {
    format!("https://example.org/news/{number}")
}

fn body(number: usize) -> String {
    format!("Report {number} of the opening")
}

fn samples() -> Vec<Sample> {
    let mut rss = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\">\n<channel>\n<title>Town news</title>\n<link>https://example.org/</link>\n<description>All of it</description>\n",
    );
    let mut atom = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<title>Town news</title>\n<link href=\"https://example.org/\"/>\n<id>urn:town</id>\n",
    );
    let mut rdf = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns=\"http://purl.org/rss/1.0/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n<channel rdf:about=\"https://example.org/\">\n<title>Town news</title>\n<link>https://example.org/</link>\n</channel>\n",
    );
    for number in 0..ENTRIES {
        let (title, link, body) = (title(number), link(number), body(number));
        rss += &format!(
            "<item>\n<title>{title}</title>\n<link>{link}</link>\n<guid isPermaLink=\"false\">id-{number}</guid>\n<pubDate>Tue, 05 Mar 2024 10:0{number}:00 GMT</pubDate>\n<description>{body}</description>\n</item>\n"
        );
        atom += &format!(
            "<entry>\n<title>{title}</title>\n<link href=\"{link}\"/>\n<id>id-{number}</id>\n<published>2024-03-05T10:0{number}:00Z</published>\n<summary>{body}</summary>\n</entry>\n"
        );
        rdf += &format!(
            "<item rdf:about=\"id-{number}\">\n<title>{title}</title>\n<link>{link}</link>\n<dc:date>2024-03-05T10:0{number}:00Z</dc:date>\n<description>{body}</description>\n</item>\n"
        );
    }
    rss += "</channel>\n</rss>\n";
    atom += "</feed>\n";
    rdf += "</rdf:RDF>\n";
    vec![
        Sample {
            name: "rss",
            text: rss,
            entry: "item",
            guid: "guid",
            body: "description",
        },
        Sample {
            name: "atom",
            text: atom,
            entry: "entry",
            guid: "id",
            body: "summary",
        },
        Sample {
            name: "rdf",
            text: rdf,
            entry: "item",
            guid: "none",
            body: "description",
        },
    ]
}

/// A broken feed and what is expected of it.
struct Case {
    name: String,
    bytes: Vec<u8>,
    /// How many of the first entries must be whole.
    entries: usize,
    /// Of these, one whose title, link or body need not be right.
    except: Option<usize>,
}

/// Replaces the text that stands for the nth entry's part.
fn replaced(text: &str, from: &str, to: &str) -> Vec<u8> {
    assert!(text.contains(from), "{from} is not in the sample");
    text.replacen(from, to, 1).into_bytes()
}

fn cases(sample: &Sample) -> Vec<Case> {
    let mut cases = Vec::new();
    let text = sample.text.as_str();
    let mut add = |name: &str, bytes: Vec<u8>, entries: usize, except: Option<usize>| {
        cases.push(Case {
            name: format!("{}: {name}", sample.name),
            bytes,
            entries,
            except,
        });
    };
    whole_document(sample, &mut add);
    encodings(text, &mut add);
    cuts(sample, &mut add);
    for number in 0..ENTRIES {
        in_one_entry(sample, number, &mut add);
    }
    cases
}

type Add<'a> = dyn FnMut(&str, Vec<u8>, usize, Option<usize>) + 'a;

/// Damage outside the entries, or the same in all of them.
fn whole_document(sample: &Sample, add: &mut Add<'_>) {
    let text = sample.text.as_str();
    let (declaration, rest) = text.split_once('\n').unwrap();
    let entry = sample.entry;
    let upper: String = {
        let mut in_tag = false;
        text.chars()
            .map(|c| {
                in_tag = (in_tag || c == '<') && !matches!(c, '>' | ' ');
                if in_tag { c.to_ascii_uppercase() } else { c }
            })
            .collect()
    };
    let warning = "<br />\n<b>Warning</b>:  Cannot modify header information - headers already sent in <b>/srv/www/feed.php</b> on line <b>12</b><br />\n";
    let all: Vec<(&str, String)> = vec![
        ("unbroken", text.to_owned()),
        ("a program's warning in front", format!("{warning}{text}")),
        (
            "a warning between declaration and root",
            format!("{declaration}\n{warning}{rest}"),
        ),
        (
            "a notice as plain text in front",
            format!("Notice: Undefined index: x in feed.php on line 3\n{text}"),
        ),
        ("blank lines in front", format!("\n\n  {text}")),
        (
            "a byte order mark and blank lines",
            format!("\u{FEFF}\n\n{text}"),
        ),
        (
            "a comment with the root's name in front",
            format!("<!-- <rss> <feed> -->{text}"),
        ),
        ("two declarations", format!("{declaration}\n{text}")),
        ("no declaration", rest.to_owned()),
        (
            "a style sheet",
            format!(
                "{declaration}\n<?xml-stylesheet href=\"feed.xsl\" type=\"text/xsl\"?>\n{rest}"
            ),
        ),
        (
            "a doctype",
            format!(
                "{declaration}\n<!DOCTYPE rss PUBLIC \"-//Netscape//DTD RSS 0.91//EN\" \"http://my.netscape.com/publish/formats/rss-0.91.dtd\" [<!ENTITY x \"y\">]>\n{rest}"
            ),
        ),
        (
            "nonsense behind",
            format!("{text}<script>track()</script></body></html>"),
        ),
        ("zero bytes behind", format!("{text}{}", "\0".repeat(500))),
        ("a second feed's end behind", format!("{text}</rss></feed>")),
        ("upper-case names", upper),
        ("old line ends", text.replace('\n', "\r")),
        ("everything on one line", text.replace('\n', "")),
        ("tabs for all white space", text.replace('\n', "\t\t")),
        (
            "control characters everywhere",
            text.replace("opens", "op\u{8}en\u{1}s"),
        ),
        (
            "zero bytes between letters of a word",
            text.replace("opens", "op\0ens"),
        ),
        (
            "bare ampersands beside every title",
            text.replace("<title>", "<category>R&D</category><title>"),
        ),
        (
            "references of HTML",
            text.replace("Café", "Caf&eacute;").replace("ü", "&uuml;"),
        ),
        (
            "numbers for characters",
            text.replace("Café", "Caf&#233;").replace("ü", "&#xfc;"),
        ),
        (
            "numbers with a capital X",
            text.replace("Café", "Caf&#XE9;"),
        ),
        ("escaped twice", text.replace("Café", "Caf&amp;eacute;")),
        ("escaped thrice", text.replace("Café", "Caf&amp;amp;#233;")),
        (
            "titles in CDATA",
            text.replace("<title>", "<title><![CDATA[")
                .replace("</title>", "]]></title>"),
        ),
        (
            "small cdata",
            text.replace("<title>", "<title><![cdata[")
                .replace("</title>", "]]></title>"),
        ),
        (
            "blank around titles",
            text.replace("<title>", "<title>\n\t ")
                .replace("</title>", "\n </title>"),
        ),
        ("bold in titles", text.replace("number", "<b>number</b>")),
        (
            "escaped bold in titles",
            text.replace("number", "&lt;b&gt;number&lt;/b&gt;"),
        ),
        (
            "end tags with blanks",
            text.replace("</title>", "</title >")
                .replace("</link>", "</link\n>"),
        ),
        (
            "comments inside entries",
            text.replace("</title>", "</title><!-- <title>no</title> -->"),
        ),
        (
            "comments inside titles",
            text.replace("</title>", "<!-- no --></title>"),
        ),
        (
            "instructions inside entries",
            text.replace("</title>", "</title><?php echo 1 ?>"),
        ),
        (
            "attributes without quotes",
            text.replace("isPermaLink=\"false\"", "isPermaLink=false")
                .replace("version=\"2.0\"", "version=2.0"),
        ),
        (
            "attributes twice",
            text.replace(
                "isPermaLink=\"false\"",
                "isPermaLink=\"false\" isPermaLink=\"false\"",
            ),
        ),
        (
            "no namespaces",
            text.replace(" xmlns=\"http://www.w3.org/2005/Atom\"", "")
                .replace(" xmlns=\"http://purl.org/rss/1.0/\"", "")
                .replace(" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"", ""),
        ),
        (
            "a foreign namespace",
            text.replace("http://www.w3.org/2005/Atom", "http://example.com/x")
                .replace("http://purl.org/rss/1.0/", "http://example.com/y")
                .replace("<rss ", "<rss xmlns=\"http://example.com/z\" "),
        ),
        (
            "a namespace in the wrong case",
            text.replace("http://www.w3.org/2005/Atom", "HTTP://WWW.W3.ORG/2005/ATOM")
                .replace("http://purl.org/rss/1.0/", "http://PURL.org/RSS/1.0/"),
        ),
        ("no version", text.replace(" version=\"2.0\"", "")),
        (
            "an odd version",
            text.replace(" version=\"2.0\"", " version=\"2.01 beta\""),
        ),
        (
            "an undeclared prefix",
            text.replace(
                "</title>",
                "</title><foo:bar>1</foo:bar><slash:comments>0</slash:comments>",
            ),
        ),
        (
            "foreign elements with our names",
            text.replace(
                "</title>",
                "</title><geo:point><geo:title>no</geo:title></geo:point>",
            ),
        ),
        (
            "a picture with a title of its own",
            text.replace(
                &format!("<{entry}"),
                &format!(
                    "<image><title>Logo</title><url>https://example.org/x.png</url></image><{entry}"
                ),
            ),
        ),
        (
            "wrapped in another root",
            format!("{declaration}\n<response><status>ok</status>{rest}</response>"),
        ),
        (
            "wrapped in a web page",
            format!("<html><body><pre>{rest}</pre></body></html>"),
        ),
        ("the root twice", {
            let end = rest.find('>').unwrap();
            format!("{declaration}\n{}{rest}", &rest[..=end])
        }),
        (
            "no end of the root",
            text.trim_end().rsplit_once('<').unwrap().0.to_owned(),
        ),
        (
            "no channel tags",
            text.replace("<channel>\n", "").replace("</channel>\n", ""),
        ),
        (
            "the channel closed before the entries",
            text.replacen(&format!("<{entry}"), &format!("</channel><{entry}"), 1),
        ),
        ("no head at all", {
            let start = text.find(&format!("<{entry}")).unwrap();
            text[start..].to_owned()
        }),
        (
            "titles twice, the first counts",
            text.replace("</title>", "</title><title>Later title</title>"),
        ),
        (
            "links twice, the first counts",
            text.replace("</link>", "</link><link>https://example.org/later</link>")
                .replace(
                    "\"/>\n<id",
                    "\"/><link href=\"https://example.org/later\"/>\n<id",
                ),
        ),
        (
            "doubled guids",
            text.replace(
                &format!("</{}>", sample.guid),
                &format!("</{0}><{0}>other</{0}>", sample.guid),
            ),
        ),
        (
            "unknown types",
            text.replace("<title>", "<title type=\"application/octet-text\">")
                .replace("<summary>", "<summary type=\"text/junk\">"),
        ),
        (
            "plain types",
            text.replace("<title>", "<title type=\"text/plain\">")
                .replace("<summary>", "<summary type=\"TEXT/HTML\">"),
        ),
        (
            "empty types",
            text.replace("<title>", "<title type=\"\">")
                .replace("<summary>", "<summary type=\"\">"),
        ),
        (
            "empty entries between",
            text.replace(&format!("</{entry}>"), &format!("</{entry}>\n"))
                .replace("<items/>", ""),
        ),
        (
            "stray end tags",
            text.replace("</title>", "</title></p></div></b>"),
        ),
        (
            "end tags in the wrong case",
            text.replace("</title>", "</TITLE>")
                .replace("</link>", "</Link>"),
        ),
        (
            "dates in words",
            text.replace("Tue, 05 Mar 2024", "Dienstag, 5. März 2024")
                .replace("2024-03-05T10", "5 mars 2024 10"),
        ),
        (
            "everything at once",
            format!(
                "{warning}{}",
                text.replace(" version=\"2.0\"", "")
                    .replace("Café", "Caf&eacute;")
                    .replace("</title>", "</title></p>")
                    .replace("opens", "op\u{8}ens")
                    .trim_end()
                    .rsplit_once('<')
                    .unwrap()
                    .0
            ),
        ),
    ];
    for (name, broken) in all {
        add(name, broken.into_bytes(), ENTRIES, None);
    }
}

/// The same text in other encodings, declared or not.
fn encodings(text: &str, add: &mut Add<'_>) {
    let utf16 = |big: bool, marked: bool| -> Vec<u8> {
        let mark = marked.then_some(0xFEFF_u16);
        mark.into_iter()
            .chain(text.encode_utf16())
            .flat_map(|unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    };
    let latin: Vec<u8> = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    let declared = |label: &str, bytes: &[u8]| -> Vec<u8> {
        let from = b"encoding=\"utf-8\"";
        let at = bytes
            .windows(from.len())
            .position(|window| window == from)
            .unwrap();
        [
            &bytes[..at],
            format!("encoding=\"{label}\"").as_bytes(),
            &bytes[at + from.len()..],
        ]
        .concat()
    };
    add(
        "UTF-16 with a mark, big end first",
        utf16(true, true),
        ENTRIES,
        None,
    );
    add(
        "UTF-16 with a mark, little end first",
        utf16(false, true),
        ENTRIES,
        None,
    );
    add(
        "UTF-16 without a mark, big end first",
        utf16(true, false),
        ENTRIES,
        None,
    );
    add(
        "UTF-16 without a mark, little end first",
        utf16(false, false),
        ENTRIES,
        None,
    );
    add("latin-1 that says UTF-8", latin.clone(), ENTRIES, None);
    add(
        "latin-1 that says so",
        declared("iso-8859-1", &latin),
        ENTRIES,
        None,
    );
    add(
        "UTF-8 that says latin-1",
        declared("iso-8859-1", text.as_bytes()),
        ENTRIES,
        None,
    );
    add(
        "UTF-8 that says UTF-16",
        declared("utf-16", text.as_bytes()),
        ENTRIES,
        None,
    );
    add(
        "UTF-8 that says nothing known",
        declared("none-such", text.as_bytes()),
        ENTRIES,
        None,
    );
}

/// The document cut off at many places: what was complete before survives.
fn cuts(sample: &Sample, add: &mut Add<'_>) {
    let end_tag = format!("</{}>", sample.entry);
    for step in 1..60 {
        let at = sample
            .text
            .floor_char_boundary(sample.text.len() * step / 60);
        let complete = sample.text[..at].matches(&end_tag).count();
        if complete > 0 {
            add(
                &format!("cut after {at} bytes"),
                sample.text.as_bytes()[..at].to_vec(),
                complete,
                None,
            );
        }
    }
}

/// Damage in one entry, which must not reach the others.
fn in_one_entry(sample: &Sample, number: usize, add: &mut Add<'_>) {
    let text = sample.text.as_str();
    let (title, link, body) = (title(number), link(number), body(number));
    let titled = format!("<title>{title}</title>");
    let bodied = format!("<{0}>{body}</{0}>", sample.body);
    let end_tag = format!("</{}>", sample.entry);
    let nth_end = text.match_indices(&end_tag).nth(number).unwrap().0;
    let name = |what: &str| format!("{what} in entry {number}");
    let mut title_case = |what: &str, to: &str, except: Option<usize>| {
        add(&name(what), replaced(text, &titled, to), ENTRIES, except);
    };
    title_case("no end of the title", &format!("<title>{title}"), None);
    title_case(
        "a misspelt end of the title",
        &format!("<title>{title}</titel>"),
        None,
    );
    title_case(
        "an open CDATA section",
        &format!("<title><![CDATA[{title}</title>"),
        None,
    );
    title_case(
        "an open comment",
        &format!("<title>{title}</title><!-- oops"),
        None,
    );
    title_case(
        "an unclosed tag in the title",
        &format!("<title><b>{title}</title>"),
        None,
    );
    title_case(
        "crossed tags",
        &format!("<title><b>{title}</title></b>"),
        None,
    );
    title_case(
        "a tag without its bracket",
        &format!("<title>{title}</title\n"),
        None,
    );
    title_case(
        "an attribute without its end",
        &format!("<title type=\"text>{title}</title>"),
        None,
    );
    title_case("no title", "", Some(number));
    title_case("an empty title", "<title/>", Some(number));
    title_case(
        "a heart",
        &format!("<title>{title} <3 & more</title>"),
        Some(number),
    );
    title_case(
        "a comparison",
        &format!("<title>{title} 1<2 a < b</title>"),
        Some(number),
    );
    let bodies = [
        ("naked HTML", format!("<p>{body}</p><br><img src=x>")),
        ("unclosed HTML", format!("<p><b>{body}")),
        ("a stray end tag", format!("{body}</p></div>")),
        (
            "an attribute with a bracket",
            format!("<a title=\"a > b\" href=\"x\">{body}</a>"),
        ),
        ("a link element in the text", format!("{body}<hr>")),
        ("half a reference", format!("{body} &#")),
    ];
    for (what, inner) in bodies {
        add(
            &name(what),
            replaced(text, &bodied, &format!("<{0}>{inner}</{0}>", sample.body)),
            ENTRIES,
            Some(number),
        );
    }
    add(
        &name("no end of the body"),
        replaced(text, &bodied, &format!("<{}>{body}", sample.body)),
        ENTRIES,
        None,
    );
    add(
        &name("a body in CDATA without its end"),
        replaced(
            text,
            &bodied,
            &format!("<{0}><![CDATA[{body}</{0}>", sample.body),
        ),
        ENTRIES,
        None,
    );
    let mut without_end = text.to_owned();
    without_end.replace_range(nth_end..nth_end + end_tag.len(), "");
    add(
        &name("no end of the entry"),
        without_end.into_bytes(),
        ENTRIES,
        None,
    );
    let mut bad_byte = text.as_bytes().to_vec();
    let at = text.find(&body).unwrap();
    bad_byte.splice(at..at, [0xFF, 0xC3]);
    add(
        &name("bytes that are no character"),
        bad_byte,
        ENTRIES,
        Some(number),
    );
    add(
        &name("no address"),
        text.replace(&format!("<link>{link}</link>"), "")
            .replace(&format!("<link href=\"{link}\"/>"), "")
            .into_bytes(),
        ENTRIES,
        Some(number),
    );
    add(
        &name("a date of nonsense"),
        text.replace(&format!("10:0{number}:00"), "25:61:99")
            .into_bytes(),
        ENTRIES,
        Some(number),
    );
}

/// Says what is wrong with a feed; nothing where all that is expected has survived.
fn wrong(case: &Case, outcome: Result<ParsedFeed, crate::parse::ParseError>) -> Option<String> {
    let feed = match outcome {
        Ok(feed) => feed,
        Err(error) => return Some(error.to_string()),
    };
    if feed.entries.len() < case.entries {
        return Some(format!("{} entries", feed.entries.len()));
    }
    for (number, entry) in feed.entries.iter().take(case.entries).enumerate() {
        if case.except == Some(number) {
            continue;
        }
        let read_body = entry.summary.as_deref().unwrap_or_default();
        let date = entry.published.map(|at| at.to_string()).unwrap_or_default();
        if entry.title.as_deref() != Some(&title(number)) {
            return Some(format!("title {number}: {:?}", entry.title));
        }
        if entry.link.as_ref().map(url::Url::as_str) != Some(&link(number)) {
            return Some(format!("link {number}: {:?}", entry.link));
        }
        if read_body.replace("op\u{8}ening", "opening").trim() != body(number) {
            return Some(format!("body {number}: {read_body:?}"));
        }
        if date != format!("2024-03-05T10:0{number}:00Z") {
            return Some(format!("date {number}: {date:?}"));
        }
    }
    let extra = feed.entries.len() > ENTRIES;
    extra.then(|| format!("{} entries are too many", feed.entries.len()))
}

#[test]
fn feeds_broken_in_every_known_way_keep_what_was_whole() {
    let mut count = 0;
    let mut failures = Vec::new();
    for case in samples().iter().flat_map(cases) {
        count += 1;
        if let Some(wrong) = wrong(&case, read(&case.bytes)) {
            failures.push(format!("{}: {wrong}", case.name));
        }
    }
    let whole_percent = (count - failures.len()) * 100 / count;
    assert!(
        whole_percent >= WHOLE_PERCENT,
        "{} of {count} cases lost something:\n{}",
        failures.len(),
        failures.join("\n")
    );
}
