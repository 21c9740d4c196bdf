//! The committed engine belongs to the committed sources. Needs no toolchain; `wasm-guests/build check` builds anew.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use toolgate::crypto::sha256_hex;

fn guests() -> PathBuf {
    crate::committed::path("wasm-guests")
}

fn manifest() -> Value {
    serde_json::from_slice(&std::fs::read(guests().join("js-engine/artefact/manifest.json")).unwrap()).unwrap()
}

fn texts(object: &Value) -> BTreeMap<String, String> {
    serde_json::from_value(object.clone()).unwrap()
}

fn hash_files(path: &Path, name: &str, hashes: &mut BTreeMap<String, String>) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).unwrap() {
            let entry = entry.unwrap();
            hash_files(
                &entry.path(),
                &format!("{name}/{}", entry.file_name().to_str().unwrap()),
                hashes,
            );
        }
    } else {
        hashes.insert(name.to_owned(), sha256_hex(&std::fs::read(path).unwrap()));
    }
}

/// "name version" to checksum, of everything that `roots` need by the lock file.
fn locked(lock: &toml::Table, roots: &[&str]) -> BTreeMap<String, String> {
    let packages: Vec<&toml::Value> = lock["package"].as_array().unwrap().iter().collect();
    let mut waiting: Vec<String> = roots.iter().map(ToString::to_string).collect();
    let mut seen = std::collections::BTreeSet::new();
    let mut checksums = BTreeMap::new();
    while let Some(wanted) = waiting.pop() {
        let mut words = wanted.split(' ');
        let (name, version) = (words.next().unwrap(), words.next());
        let package = packages.iter().find(|package| {
            package["name"].as_str() == Some(name)
                && version.is_none_or(|version| package["version"].as_str() == Some(version))
        });
        let package = package.unwrap_or_else(|| panic!("Cargo.lock names no {wanted}"));
        let key = format!("{name} {}", package["version"].as_str().unwrap());
        if !seen.insert(key.clone()) {
            continue;
        }
        if let Some(checksum) = package.get("checksum") {
            checksums.insert(key, checksum.as_str().unwrap().to_owned());
        }
        let needs = package.get("dependencies").and_then(toml::Value::as_array);
        waiting.extend(
            needs
                .into_iter()
                .flatten()
                .map(|need| need.as_str().unwrap().to_owned()),
        );
    }
    checksums
}

const HINT: &str = "the engine was built from other sources; run wasm-guests/build (wasm-guests/README.md) and commit";

#[test]
fn the_engine_is_the_one_that_its_manifest_describes() {
    let engine = std::fs::read(guests().join("js-engine/artefact/engine.wasm")).unwrap();
    let manifest = manifest();
    assert_eq!(manifest["component"]["sha256"], sha256_hex(&engine), "{HINT}");
    assert_eq!(manifest["component"]["bytes"], engine.len());
}

#[test]
fn the_engine_was_built_from_these_files() {
    let manifest = manifest();
    let mut hashes = BTreeMap::new();
    for input in manifest["inputs"].as_array().unwrap() {
        let input = input.as_str().unwrap();
        hash_files(&guests().join(input), input, &mut hashes);
    }
    assert!(
        hashes.contains_key("js-engine/prelude/request.js"),
        "the inputs leave out the prelude"
    );
    assert_eq!(hashes, texts(&manifest["files"]), "{HINT}");
}

#[test]
fn the_engine_was_built_from_these_packages() {
    let lock: toml::Table = std::fs::read_to_string(guests().join("Cargo.lock"))
        .unwrap()
        .parse()
        .unwrap();
    let manifest = manifest();
    assert_eq!(
        locked(&lock, &["js-engine", "builder"]),
        texts(&manifest["packages"]),
        "{HINT}"
    );
    let licences = texts(&manifest["licences"]);
    for package in locked(&lock, &["js-engine"]).keys() {
        assert!(licences.contains_key(package), "no licence is noted for {package}");
    }
}
