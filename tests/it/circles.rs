//! No circles: between the files and folders of one folder, imports go one way.
//!
//! A folder's `mod.rs` is its door and its ground: it names what is inside, and what is inside names what it defines. All others
//! are judged at every level: the files and folders of a folder name one another without a circle. What a name stands for
//! is followed through re-exports to the file that defines it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use regex::Regex;

type Module = Vec<String>;

struct Tree {
    code: BTreeMap<Module, String>,
    /// What each file imports: the name, and the path that it stands for.
    imports: BTreeMap<Module, BTreeMap<String, Module>>,
}

#[test]
fn the_files_of_a_folder_name_one_another_without_a_circle() {
    let named = Tree::read().named();
    assert!(named.len() > 500, "the source tree was not understood");
    let folders: BTreeSet<&[String]> = named
        .iter()
        .flat_map(|(from, _)| (1..from.len()).filter_map(|depth| from.get(..depth)))
        .collect();
    for folder in folders {
        let mut edges: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (from, to) in &named {
            let (Some(from), Some(to)) = (from.strip_prefix(folder), to.strip_prefix(folder))
            else {
                continue;
            };
            if let (Some(from), Some(to)) = (from.first(), to.first())
                && from != to
            {
                edges.entry(from).or_default().insert(to);
            }
        }
        assert_eq!(
            circle(edges),
            Vec::<String>::new(),
            "in {}",
            folder.join("/")
        );
    }
}

/// Takes away whatever names nobody, again and again; what is left names one another in circles.
fn circle(mut edges: BTreeMap<&str, BTreeSet<&str>>) -> Vec<String> {
    loop {
        let open: BTreeSet<&str> = edges.keys().copied().collect();
        for others in edges.values_mut() {
            others.retain(|other| open.contains(other));
        }
        let before = edges.len();
        edges.retain(|_, others| !others.is_empty());
        if edges.len() == before {
            let shown = |(from, to): (&str, BTreeSet<&str>)| format!("{from} names {to:?}");
            return edges.into_iter().map(shown).collect();
        }
    }
}

impl Tree {
    fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut tree = Self {
            code: BTreeMap::new(),
            imports: BTreeMap::new(),
        };
        tree.add(&root, &Vec::new());
        let uses = Regex::new(r"(?m)^\s*(?:pub(?:\([^)]*\))?\s+)?use ([^;]+);").unwrap();
        for module in tree.code.keys().cloned().collect::<Vec<_>>() {
            let imports = uses
                .captures_iter(&tree.code[&module])
                .flat_map(|found| leaves("", &found[1]))
                .filter_map(|path| tree.absolute(&module, &path))
                .filter_map(|path| Some((path.last()?.clone(), path)))
                .collect();
            tree.imports.insert(module, imports);
        }
        tree
    }

    fn add(&mut self, folder: &Path, module: &Module) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let inside: Module = module.iter().cloned().chain([name.clone()]).collect();
            if name == "tests" {
                continue;
            }
            if path.is_dir() {
                self.add(&path, &inside);
            } else if name == "mod" {
                self.code.insert(module.clone(), code_of(&path));
            } else if path.extension().is_some_and(|extension| extension == "rs")
                && !(module.is_empty() && ["main", "lib"].contains(&name.as_str()))
            {
                self.code.insert(inside, code_of(&path));
            }
        }
    }

    /// The path from the root of the crate; `None` where another crate is named.
    fn absolute(&self, module: &Module, path: &str) -> Option<Module> {
        let mut parts: Vec<&str> = path.split("::").collect();
        if ["self", "*"].contains(parts.last()?) && parts.len() > 1 {
            parts.pop();
        }
        let mut base: Module = module.clone();
        let first = *parts.first()?;
        let skipped = match first {
            "crate" => {
                base.clear();
                1
            }
            "self" => 1,
            "super" => {
                let up = parts.iter().take_while(|part| **part == "super").count();
                base.truncate(base.len().checked_sub(up)?);
                up
            }
            _ => {
                let child: Module = base.iter().cloned().chain([first.to_owned()]).collect();
                if !self.code.contains_key(&child) {
                    return None;
                }
                0
            }
        };
        base.extend(parts.iter().skip(skipped).map(|part| (*part).to_owned()));
        Some(base)
    }

    /// The file that defines what a path names.
    fn home(&self, path: &[String], depth: usize) -> Option<Module> {
        let length = (1..=path.len())
            .rev()
            .find(|length| self.code.contains_key(&path[..*length]))?;
        let (module, rest) = path.split_at(length);
        let again = rest
            .first()
            .and_then(|name| self.imports.get(module)?.get(name))
            .filter(|target| depth < 8 && target.as_slice() != path);
        match again {
            Some(target) => {
                let whole: Module = target.iter().chain(rest.iter().skip(1)).cloned().collect();
                self.home(&whole, depth + 1)
            }
            None => Some(module.to_vec()),
        }
    }

    /// Which file names what of which other.
    fn named(&self) -> BTreeSet<(Module, Module)> {
        let exports = Regex::new(r"(?m)^\s*pub(?:\([^)]*\))?\s+use [^;]+;").unwrap();
        let uses = Regex::new(r"(?m)^\s*use ([^;]+);").unwrap();
        let paths = Regex::new(r"\b[a-z_][a-z_0-9]*(?:::[A-Za-z_0-9]+)+").unwrap();
        let mut named = BTreeSet::new();
        for (module, code) in &self.code {
            // Who only hands a name on does not use it.
            let code = exports.replace_all(code, "");
            let imported = uses
                .captures_iter(&code)
                .flat_map(|found| leaves("", &found[1]))
                .filter_map(|path| self.absolute(module, &path));
            let body = uses.replace_all(&code, "");
            let written = paths.find_iter(&body).filter_map(|path| {
                let path = path.as_str();
                let (first, rest) = path.split_once("::")?;
                match self.imports[module].get(first) {
                    Some(target) => {
                        let rest = rest.split("::").map(str::to_owned);
                        Some(target.iter().cloned().chain(rest).collect())
                    }
                    None => self.absolute(module, path),
                }
            });
            for path in imported.chain(written) {
                if let Some(home) = self.home(&path, 0)
                    && home != *module
                {
                    named.insert((module.clone(), home));
                }
            }
        }
        named
    }
}

/// A file without its comments, and without the tests that stand last in it.
fn code_of(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let code = text.split("\n#[cfg(test)]\nmod tests {").next();
    code.unwrap_or_default()
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The paths of a tree of imports: `a::{b, c::{d}}` is `a::b` and `a::c::d`.
fn leaves(before: &str, tree: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (place, c) in tree.char_indices().chain([(tree.len(), ',')]) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                let item = tree[start..place].trim();
                start = place + c.len_utf8();
                match item.split_once('{') {
                    _ if item.is_empty() => {}
                    Some((path, inside)) => {
                        let inside = inside.strip_suffix('}').unwrap();
                        found.extend(leaves(&format!("{before}{path}"), inside));
                    }
                    None => {
                        let name = item.split(" as ").next().unwrap().trim();
                        found.push(format!("{before}{name}"));
                    }
                }
            }
            _ => {}
        }
    }
    found
}

#[test]
fn a_circle_is_seen_and_what_only_leads_into_it_is_told_apart() {
    let edges = |pairs: &[(&'static str, &'static str)]| {
        let mut edges: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (from, to) in pairs {
            edges.entry(from).or_default().insert(to);
        }
        edges
    };
    assert!(circle(edges(&[("a", "b"), ("b", "c"), ("a", "c")])).is_empty());
    assert_eq!(
        circle(edges(&[("a", "b"), ("b", "a"), ("c", "d")])).len(),
        2
    );
    assert_eq!(
        leaves("", "super::{a::{b, self}, c as d}"),
        ["super::a::b", "super::a::self", "super::c"]
    );
}
