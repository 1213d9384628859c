//! Whole feeds broken in every way that has been met, and what must survive of them.

use super::read;
use crate::parse::ParsedFeed;

/// Entries of each sample feed.
const ENTRIES: usize = 5;

/// Share of the cases, in percent, in which everything that can survive must survive.
const WHOLE_PERCENT: usize = 99;

/// A feed to break, and the names of its parts, for the rules that break them.
struct Sample {
    name: &'static str,
    text: String,
    entry: &'static str,
    guid: &'static str,
    body: &'static str,
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

/// A way to break a feed, and what comes of it.
type Broken = (&'static str, String);

#[test]
fn feeds_broken_in_every_known_way_keep_what_was_whole() {
    let cases: Vec<Case> = samples().iter().flat_map(cases).collect();
    let failures: Vec<String> = cases
        .iter()
        .filter_map(|case| Some(format!("{}: {}", case.name, lost(case)?)))
        .collect();
    let whole_percent = (cases.len() - failures.len()) * 100 / cases.len();
    assert!(
        whole_percent >= WHOLE_PERCENT,
        "{} of {} cases lost something:\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n")
    );
}

/// Says what a case has lost; nothing where all that is expected has survived.
fn lost(case: &Case) -> Option<String> {
    match read(&case.bytes) {
        Ok(feed) if feed.entries.len() > ENTRIES => {
            Some(format!("{} entries are too many", feed.entries.len()))
        }
        Ok(feed) if feed.entries.len() < case.entries => {
            Some(format!("only {} entries", feed.entries.len()))
        }
        Ok(feed) => (0..case.entries)
            .filter(|number| case.except != Some(*number))
            .find_map(|number| wrong(&feed, number)),
        Err(error) => Some(error.to_string()),
    }
}

/// Says what is wrong with one entry.
fn wrong(feed: &ParsedFeed, number: usize) -> Option<String> {
    let entry = &feed.entries[number];
    let read = [
        entry.title.clone().unwrap_or_default(),
        entry
            .link
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        entry
            .summary
            .as_deref()
            .unwrap_or_default()
            .trim()
            .to_owned(),
        entry.published.map(|at| at.to_string()).unwrap_or_default(),
    ];
    let written = [
        title(number),
        link(number),
        body(number),
        format!("2024-03-05T10:0{number}:00Z"),
    ];
    (read != written).then(|| format!("entry {number} reads {read:?}"))
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
    vec![
        Sample {
            name: "rss",
            text: sample(
                "<rss version=\"2.0\">\n<channel>\n<title>Town news</title>\n<link>https://example.org/</link>\n",
                "<item>\n<title>{title}</title>\n<link>{link}</link>\n<guid isPermaLink=\"false\">id-{number}</guid>\n\
                <pubDate>Tue, 05 Mar 2024 10:0{number}:00 GMT</pubDate>\n<description>{body}</description>\n</item>\n",
                "</channel>\n</rss>\n",
            ),
            entry: "item",
            guid: "guid",
            body: "description",
        },
        Sample {
            name: "atom",
            text: sample(
                "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<title>Town news</title>\n<id>urn:town</id>\n",
                "<entry>\n<title>{title}</title>\n<link href=\"{link}\"/>\n<id>id-{number}</id>\n\
                <published>2024-03-05T10:0{number}:00Z</published>\n<summary>{body}</summary>\n</entry>\n",
                "</feed>\n",
            ),
            entry: "entry",
            guid: "id",
            body: "summary",
        },
        Sample {
            name: "rdf",
            text: sample(
                "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns=\"http://purl.org/rss/1.0/\" \
                xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n<channel rdf:about=\"https://example.org/\">\n\
                <title>Town news</title>\n</channel>\n",
                "<item rdf:about=\"id-{number}\">\n<title>{title}</title>\n<link>{link}</link>\n\
                <dc:date>2024-03-05T10:0{number}:00Z</dc:date>\n<description>{body}</description>\n</item>\n",
                "</rdf:RDF>\n",
            ),
            entry: "item",
            guid: "dc:identifier",
            body: "description",
        },
    ]
}

/// Puts a feed together; `{title}` and its like stand for what each entry has.
fn sample(head: &str, entry: &str, end: &str) -> String {
    let entries: Vec<String> = (0..ENTRIES)
        .map(|number| {
            entry
                .replace("{title}", &title(number))
                .replace("{link}", &link(number))
                .replace("{body}", &body(number))
                .replace("{number}", &number.to_string())
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{head}{}{end}",
        entries.concat()
    )
}

fn cases(sample: &Sample) -> Vec<Case> {
    let everywhere = [
        surroundings(sample),
        characters(sample),
        names(sample),
        structure(sample),
    ]
    .concat();
    let mut cases: Vec<Case> = everywhere
        .into_iter()
        .map(|(name, text)| Case {
            name: name.to_owned(),
            bytes: text.into_bytes(),
            entries: ENTRIES,
            except: None,
        })
        .collect();
    cases.extend(encodings(&sample.text));
    cases.extend(cuts(sample));
    for number in 0..ENTRIES {
        cases.extend(titles(sample, number));
        cases.extend(bodies(sample, number));
        cases.extend(others(sample, number));
    }
    for case in &mut cases {
        case.name = format!("{}: {}", sample.name, case.name);
    }
    cases
}

/// What programs put around a feed.
fn surroundings(sample: &Sample) -> Vec<Broken> {
    let text = sample.text.as_str();
    let (declaration, rest) = text.split_once('\n').unwrap();
    let warning = "<br />\n<b>Warning</b>:  Cannot modify header information in <b>/srv/www/feed.php</b> on line <b>12</b><br />\n";
    let doctype = "<!DOCTYPE rss PUBLIC \"-//Example//DTD RSS 0.91//EN\" \"http://example.org/rss.dtd\" [<!ENTITY x \"y\">]>";
    vec![
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
        ("a doctype", format!("{declaration}\n{doctype}\n{rest}")),
        (
            "nonsense behind",
            format!("{text}<script>track()</script></body></html>"),
        ),
        ("zero bytes behind", format!("{text}{}", "\0".repeat(500))),
        ("a second feed's end behind", format!("{text}</rss></feed>")),
        (
            "wrapped in another root",
            format!("{declaration}\n<response><status>ok</status>{rest}</response>"),
        ),
        (
            "wrapped in a web page",
            format!("<html><body><pre>{rest}</pre></body></html>"),
        ),
    ]
}

/// Characters and references written as they should not be.
fn characters(sample: &Sample) -> Vec<Broken> {
    let text = sample.text.as_str();
    let accented = |written: &str| text.replace("Café", written);
    let around_titles = |before: &str, after: &str| {
        text.replace("<title>", &format!("<title>{before}"))
            .replace("</title>", &format!("{after}</title>"))
    };
    vec![
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
            accented("Caf&eacute;").replace('ü', "&uuml;"),
        ),
        (
            "numbers for characters",
            accented("Caf&#233;").replace('ü', "&#xfc;"),
        ),
        ("numbers with a capital X", accented("Caf&#XE9;")),
        ("escaped twice", accented("Caf&amp;eacute;")),
        ("escaped thrice", accented("Caf&amp;amp;#233;")),
        ("titles in CDATA", around_titles("<![CDATA[", "]]>")),
        ("small cdata", around_titles("<![cdata[", "]]>")),
        (
            "titles in two sections",
            around_titles("<![CDATA[", "]]><![CDATA[]]>"),
        ),
        ("blank around titles", around_titles("\n\t ", "\n ")),
        ("comments inside titles", around_titles("", "<!-- no -->")),
        ("bold in titles", text.replace("number", "<b>number</b>")),
        (
            "escaped bold in titles",
            text.replace("number", "&lt;b&gt;number&lt;/b&gt;"),
        ),
    ]
}

/// Names, prefixes, attributes and versions written as they should not be.
fn names(sample: &Sample) -> Vec<Broken> {
    let text = sample.text.as_str();
    let after_titles = |markup: &str| text.replace("</title>", &format!("</title>{markup}"));
    let typed = |kind: &str| {
        text.replace("<title>", &format!("<title type=\"{kind}\">"))
            .replace("<summary>", &format!("<summary type=\"{kind}\">"))
    };
    let namespaces = ["http://www.w3.org/2005/Atom", "http://purl.org/rss/1.0/"];
    let with_namespaces = |rename: fn(&str) -> String| {
        namespaces.iter().fold(text.to_owned(), |text, namespace| {
            text.replace(namespace, &rename(namespace))
        })
    };
    vec![
        ("upper-case names", with_upper_case_names(text)),
        (
            "end tags in the wrong case",
            text.replace("</title>", "</TITLE>")
                .replace("</link>", "</Link>"),
        ),
        (
            "end tags with blanks",
            text.replace("</title>", "</title >")
                .replace("</link>", "</link\n>"),
        ),
        (
            "comments inside entries",
            after_titles("<!-- <title>no</title> -->"),
        ),
        (
            "instructions inside entries",
            after_titles("<?php echo 1 ?>"),
        ),
        ("stray end tags", after_titles("</p></div></b>")),
        (
            "undeclared prefixes",
            after_titles("<foo:bar>1</foo:bar><slash:comments>0</slash:comments>"),
        ),
        (
            "foreign elements with our names",
            after_titles("<geo:point><geo:title>no</geo:title></geo:point>"),
        ),
        (
            "titles twice, the first counts",
            after_titles("<title>Later title</title>"),
        ),
        (
            "attributes without quotes",
            text.replace("=\"false\"", "=false")
                .replace("=\"2.0\"", "=2.0"),
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
            with_namespaces(|_| String::new()).replace(" xmlns=\"\"", ""),
        ),
        (
            "a foreign namespace",
            with_namespaces(|_| "http://example.com/x".to_owned())
                .replace("<rss ", "<rss xmlns=\"http://example.com/z\" "),
        ),
        (
            "a namespace in the wrong case",
            with_namespaces(str::to_uppercase),
        ),
        ("no version", text.replace(" version=\"2.0\"", "")),
        (
            "an odd version",
            text.replace(" version=\"2.0\"", " version=\"2.01 beta\""),
        ),
        ("unknown types", typed("text/junk")),
        ("plain types", typed("text/plain")),
        ("types in capitals", typed("TEXT/HTML")),
        ("empty types", typed("")),
        (
            "dates in words",
            text.replace("Tue, 05 Mar 2024", "Dienstag, 5. März 2024")
                .replace("2024-03-05T10", "5 mars 2024 10"),
        ),
    ]
}

/// Elements missing, doubled and in the wrong place.
fn structure(sample: &Sample) -> Vec<Broken> {
    let text = sample.text.as_str();
    let (declaration, rest) = text.split_once('\n').unwrap();
    let (root, _) = rest.split_once('>').unwrap();
    let start_tag = format!("<{}", sample.entry);
    let (_, entries) = text.split_once(&start_tag).unwrap();
    let (without_end, _) = text.trim_end().rsplit_once('<').unwrap();
    let guid_end = format!("</{}>", sample.guid);
    let links_twice = text
        .replace("</link>", "</link><link>https://example.org/later</link>")
        .replace(
            "\"/>\n<id",
            "\"/><link href=\"https://example.org/later\"/>\n<id",
        );
    let picture = "<image><title>Logo</title><url>https://example.org/x.png</url></image>";
    vec![
        ("links twice, the first counts", links_twice),
        (
            "guids twice",
            text.replace(
                &guid_end,
                &format!("{guid_end}<{0}>other</{0}>", sample.guid),
            ),
        ),
        (
            "pictures with titles of their own",
            text.replace(&start_tag, &format!("{picture}{start_tag}")),
        ),
        ("the root twice", format!("{declaration}\n{root}>{rest}")),
        ("no end of the root", without_end.to_owned()),
        (
            "no channel tags",
            text.replace("<channel>\n", "").replace("</channel>\n", ""),
        ),
        (
            "the channel closed before the entries",
            text.replacen(&start_tag, &format!("</channel>{start_tag}"), 1),
        ),
        ("no head at all", format!("{start_tag}{entries}")),
        (
            "no ends of entries at all",
            text.replace(&format!("</{}>", sample.entry), ""),
        ),
        ("no ends of titles at all", text.replace("</title>", "")),
        (
            "no ends of bodies at all",
            text.replace(&format!("</{}>", sample.body), ""),
        ),
        (
            "everything at once",
            format!(
                "Warning: it is late\n{}",
                without_end
                    .replace(" version=\"2.0\"", "")
                    .replace("Café", "Caf&eacute;")
                    .replace("</title>", "</p>")
                    .replace("opens", "op\u{8}ens")
            ),
        ),
    ]
}

fn with_upper_case_names(text: &str) -> String {
    let mut is_name = false;
    text.chars()
        .map(|c| {
            is_name = (is_name || c == '<') && !matches!(c, '>' | ' ');
            if is_name { c.to_ascii_uppercase() } else { c }
        })
        .collect()
}

/// The same text in other encodings, declared or not.
fn encodings(text: &str) -> Vec<Case> {
    let utf16 = |big_end_first: bool, mark: &str| -> Vec<u8> {
        let units = mark.encode_utf16().chain(text.encode_utf16());
        units
            .flat_map(|unit| {
                if big_end_first {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    };
    let says = |label: &str| text.replace("encoding=\"utf-8\"", &format!("encoding=\"{label}\""));
    let latin1 = |text: &str| -> Vec<u8> {
        text.chars()
            .map(|c| u8::try_from(u32::from(c)).unwrap())
            .collect()
    };
    [
        ("UTF-16 with a mark, big end first", utf16(true, "\u{FEFF}")),
        (
            "UTF-16 with a mark, little end first",
            utf16(false, "\u{FEFF}"),
        ),
        ("UTF-16 without a mark, big end first", utf16(true, "")),
        ("UTF-16 without a mark, little end first", utf16(false, "")),
        ("latin-1 that says UTF-8", latin1(text)),
        ("latin-1 that says so", latin1(&says("iso-8859-1"))),
        ("UTF-8 that says latin-1", says("iso-8859-1").into_bytes()),
        ("UTF-8 that says UTF-16", says("utf-16").into_bytes()),
        (
            "UTF-8 that says nothing known",
            says("none-such").into_bytes(),
        ),
    ]
    .map(|(name, bytes)| Case {
        name: name.to_owned(),
        bytes,
        entries: ENTRIES,
        except: None,
    })
    .into()
}

/// The document cut off at many places: what was complete before survives.
fn cuts(sample: &Sample) -> Vec<Case> {
    let end_tag = format!("</{}>", sample.entry);
    (1..60)
        .filter_map(|step| {
            let (kept, _) = sample.text.split_at(
                sample
                    .text
                    .floor_char_boundary(sample.text.len() * step / 60),
            );
            let entries = kept.matches(&end_tag).count();
            let name = format!("cut after {} bytes", kept.len());
            (entries > 0).then(|| Case {
                name,
                bytes: kept.into(),
                entries,
                except: None,
            })
        })
        .collect()
}

/// One case of damage in one entry; where it may lose something, it may do so in that entry only.
fn in_entry(name: &str, text: String, number: usize, may_lose: bool) -> Case {
    let name = format!("{name} in entry {number}");
    Case {
        name,
        bytes: text.into_bytes(),
        entries: ENTRIES,
        except: may_lose.then_some(number),
    }
}

fn titles(sample: &Sample, number: usize) -> Vec<Case> {
    let title = title(number);
    let whole = format!("<title>{title}</title>");
    [
        ("no end of the title", format!("<title>{title}"), false),
        (
            "a misspelt end of the title",
            format!("<title>{title}</titel>"),
            false,
        ),
        (
            "an open CDATA section",
            format!("<title><![CDATA[{title}</title>"),
            false,
        ),
        (
            "an open comment",
            format!("<title>{title}</title><!-- oops"),
            false,
        ),
        (
            "an unclosed tag in the title",
            format!("<title><b>{title}</title>"),
            false,
        ),
        (
            "crossed tags",
            format!("<title><b>{title}</title></b>"),
            false,
        ),
        (
            "a tag without its bracket",
            format!("<title>{title}</title\n"),
            false,
        ),
        (
            "an attribute without its end",
            format!("<title type=\"text>{title}</title>"),
            false,
        ),
        (
            "a title in a title",
            format!("<title><title>{title}</title></title>"),
            false,
        ),
        ("no title", String::new(), true),
        ("an empty title", "<title/>".to_owned(), true),
        ("a heart", format!("<title>{title} <3 & more</title>"), true),
        (
            "a comparison",
            format!("<title>{title} 1<2 a < b</title>"),
            true,
        ),
        (
            "a bracket at the end",
            format!("<title>{title} <</title>"),
            true,
        ),
    ]
    .map(|(name, broken, may_lose)| {
        in_entry(name, sample.text.replace(&whole, &broken), number, may_lose)
    })
    .into()
}

fn bodies(sample: &Sample, number: usize) -> Vec<Case> {
    let (name_of_body, body) = (sample.body, body(number));
    let whole = format!("<{name_of_body}>{body}</{name_of_body}>");
    let inside = |inner: &str| {
        format!(
            "<{name_of_body}>{}</{name_of_body}>",
            inner.replace("{}", &body)
        )
    };
    [
        ("naked HTML", inside("<p>{}</p><br><img src=x>"), true),
        ("unclosed HTML", inside("<p><b>{}"), true),
        ("a stray end tag", inside("{}</p></div>"), true),
        (
            "an attribute with a bracket",
            inside("<a title=\"a > b\" href=\"x\">{}</a>"),
            true,
        ),
        (
            "an attribute without its end",
            inside("<a href=\"x>{}</a>"),
            true,
        ),
        (
            "a table that ends too late",
            inside("<table><tr><td>{}"),
            true,
        ),
        ("half a reference", inside("{} &#"), true),
        ("the end of a section in the text", inside("{} ]]>"), true),
        (
            "no end of the body",
            format!("<{name_of_body}>{body}"),
            false,
        ),
        (
            "a body in CDATA without its end",
            format!("<{name_of_body}><![CDATA[{body}</{name_of_body}>"),
            false,
        ),
    ]
    .map(|(name, broken, may_lose)| {
        in_entry(name, sample.text.replace(&whole, &broken), number, may_lose)
    })
    .into()
}

fn others(sample: &Sample, number: usize) -> Vec<Case> {
    let text = sample.text.as_str();
    let end_tag = format!("</{}>", sample.entry);
    let (nth_end, _) = text.match_indices(&end_tag).nth(number).unwrap();
    let (before, after) = text.split_at(nth_end);
    let without_end = format!("{before}{}", after.strip_prefix(&end_tag).unwrap());
    let link = link(number);
    let without_link = text
        .replace(&format!("<link>{link}</link>"), "")
        .replace(&format!("<link href=\"{link}\"/>"), "");
    let (before_body, after_body) = text.split_at(text.find(&body(number)).unwrap());
    let bad_bytes = [before_body.as_bytes(), b"\xFF\xC3", after_body.as_bytes()].concat();
    vec![
        in_entry("no end of the entry", without_end, number, false),
        in_entry("no address", without_link, number, true),
        in_entry(
            "a date of nonsense",
            text.replace(&format!("10:0{number}:00"), "25:61:99"),
            number,
            true,
        ),
        Case {
            name: format!("bytes that are no character in entry {number}"),
            bytes: bad_bytes,
            entries: ENTRIES,
            except: Some(number),
        },
    ]
}
