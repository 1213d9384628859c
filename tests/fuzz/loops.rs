//! The loop: takes a document of the corpus, changes it, and hands it to a target.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

/// Documents of a short run.
const SHORT: usize = 60;

/// The longest document that is made: long enough for what grows, short enough for many of them.
const MAX_BYTES: usize = 64 * 1024;

/// Pieces of text that mean something to one of the readers.
const TOKENS: &[&str] = &[
    "<",
    ">",
    "</",
    "<!--",
    "-->",
    "<?",
    "<![CDATA[",
    "]]>",
    "&",
    "&#",
    "&#x",
    ";",
    "&amp;",
    "\"",
    "'",
    "=",
    "<p>",
    "<div>",
    "<table>",
    "<tr><td>",
    "<li>",
    "<script>",
    "</script>",
    "<item>",
    "</item>",
    "<entry>",
    "<title>",
    "<h2>t</h2>",
    "<time>",
    "<template>",
    "<svg>",
    "<input>",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\\",
    "\\u0000",
    "\\ud800",
    "null",
    "$1",
    "@type",
    "http://",
    "//",
    "/",
    "?",
    "#",
    "%00",
    "\0",
    "\u{1b}[2J",
    "\u{9b}",
    "\u{202e}",
    "\u{2066}",
    "\u{e0041}",
    "\u{feff}",
    "\u{300}",
    "\r\n",
    "\n",
    "\t",
    " ",
    "=?utf-8?q?",
    "?=",
    "=0D=0A",
    "AND ",
    "OR ",
    "NOT ",
    "NEAR/3 ",
    "(",
    ")",
    "*",
    "^2",
    "~2",
    "/a{1,9}/",
    "2026-11-23",
    "99999999999999999999",
    "-1",
    "1e999",
    "T12:00:00Z",
    "encoding=\"utf-16\"",
    "xml:base=\"",
];

/// Runs a target on changed documents of a corpus.
pub(crate) fn run(name: &str, folders: &[&str], target: impl Fn(&[u8])) {
    let seeds = corpus(folders);
    let variable = |name| {
        std::env::var(name)
            .ok()
            .and_then(|value| value.parse().ok())
    };
    let seconds: Option<u64> = variable("NEWSWATCH_FUZZ_SECONDS");
    let seed = variable("NEWSWATCH_FUZZ_SEED").unwrap_or(20_261_126);
    let mut chance = fastrand::Rng::with_seed(seed);
    let begun = Instant::now();
    let mut told = Told::default();
    for seed in &seeds {
        told.take(name, seed, &target);
    }
    while seconds.map_or(told.documents < SHORT, |seconds| {
        begun.elapsed() < Duration::from_secs(seconds)
    }) {
        let mut document = seeds[chance.usize(..seeds.len())].clone();
        for _ in 0..=chance.usize(..8) {
            change(&mut document, &seeds, &mut chance);
        }
        document.truncate(MAX_BYTES);
        told.take(name, &document, &target);
    }
    eprintln!(
        "{name}: {} documents, {} bytes, {:?}, seed {seed}; slowest {:.1} s per MB ({} bytes); most memory {}",
        told.documents,
        told.bytes,
        begun.elapsed(),
        told.slowest,
        told.slowest_bytes,
        most_memory()
    );
}

fn corpus(folders: &[&str]) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut documents = Vec::new();
    for folder in folders {
        let mut paths: Vec<_> = fs::read_dir(root.join(folder))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file())
            .collect();
        paths.sort();
        documents.extend(paths.iter().map(|path| fs::read(path).unwrap()));
    }
    assert!(!documents.is_empty(), "{folders:?} has a corpus");
    documents
}

#[derive(Default)]
struct Told {
    documents: usize,
    bytes: usize,
    slowest: f64,
    slowest_bytes: usize,
}

impl Told {
    fn take(&mut self, name: &str, document: &[u8], target: &impl Fn(&[u8])) {
        let begun = Instant::now();
        if catch_unwind(AssertUnwindSafe(|| target(document))).is_err() {
            let kept =
                std::env::temp_dir().join(format!("newswatch-fuzz-{name}-{}", self.documents));
            fs::write(&kept, document).unwrap();
            panic!(
                "{name} failed on a document of {} bytes, kept as {}",
                document.len(),
                kept.display()
            );
        }
        // A short document has costs that do not come from its length.
        #[expect(clippy::cast_precision_loss, reason = "lengths of documents")]
        let per_mb =
            begun.elapsed().as_secs_f64() / (document.len().max(16_384) as f64 / 1_000_000.0);
        if per_mb > self.slowest {
            self.slowest = per_mb;
            self.slowest_bytes = document.len();
            if let Some(kept) = std::env::var_os("NEWSWATCH_FUZZ_SLOWEST") {
                fs::write(kept, document).unwrap();
            }
        }
        self.documents += 1;
        self.bytes += document.len();
    }
}

fn most_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    line.map_or("unknown", |line| line.trim_start_matches("VmHWM:").trim())
        .to_owned()
}

fn change(document: &mut Vec<u8>, seeds: &[Vec<u8>], chance: &mut fastrand::Rng) {
    let at = chance.usize(..=document.len());
    let end = at + chance.usize(..=(document.len() - at).min(200));
    match chance.u8(..9) {
        0 if at < document.len() => document[at] = chance.u8(..),
        1 => drop(document.drain(at..end)),
        2 => {
            let piece = document[at..end].to_vec();
            let times = 1 << chance.usize(..8);
            insert(document, at, &piece.repeat(times));
        }
        3 | 4 => {
            let token = TOKENS[chance.usize(..TOKENS.len())];
            insert(document, at, token.as_bytes());
        }
        5 => {
            let token = TOKENS[chance.usize(..TOKENS.len())];
            let other = TOKENS[chance.usize(..TOKENS.len())];
            let times = 1 << chance.usize(..12);
            insert(
                document,
                at,
                format!("{token}{other}").repeat(times).as_bytes(),
            );
        }
        6 => {
            let other = &seeds[chance.usize(..seeds.len())];
            let from = chance.usize(..=other.len());
            insert(document, at, &other[from..]);
        }
        7 => document.truncate(at),
        _ => document[at..end].reverse(),
    }
}

fn insert(document: &mut Vec<u8>, at: usize, piece: &[u8]) {
    let room = MAX_BYTES.saturating_sub(document.len());
    let piece = &piece[..piece.len().min(room)];
    document.splice(at..at, piece.iter().copied());
}
