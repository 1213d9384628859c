//! The dependencies: none older than the version in which what is known of it was mended.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

#[derive(Deserialize)]
struct List {
    date: String,
    least: BTreeMap<String, String>,
    never: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Lock {
    package: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    source: Option<String>,
}

fn read<T: for<'de> Deserialize<'de>>(path: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    toml::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn numbers(version: &str) -> Vec<u64> {
    let release = version.split(['-', '+']).next().unwrap_or_default();
    release
        .split('.')
        .map(|number| number.parse().unwrap())
        .collect()
}

#[test]
fn no_dependency_is_older_than_what_is_known_of_it_allows() {
    let list: List = read("tests/it/least_versions.toml");
    let lock: Lock = read("Cargo.lock");
    for package in &lock.package {
        if let Some(least) = list.least.get(&package.name) {
            assert!(
                numbers(&package.version) >= numbers(least),
                "{} {} is older than {least} (list of {})",
                package.name,
                package.version,
                list.date
            );
        }
        if let Some(why) = list.never.get(&package.name) {
            panic!("{} is in the lock file: {why}", package.name);
        }
    }
    for name in list.least.keys() {
        assert!(
            lock.package.iter().any(|package| package.name == *name),
            "{name} is no dependency any more: take it off the list"
        );
    }
}

#[test]
fn every_dependency_comes_from_the_one_registry() {
    let lock: Lock = read("Cargo.lock");
    for package in lock.package {
        let is_own = package.name == "newswatch";
        let source = package.source.as_deref();
        assert!(
            is_own || source == Some("registry+https://github.com/rust-lang/crates.io-index"),
            "{} comes from {source:?}",
            package.name
        );
    }
}
