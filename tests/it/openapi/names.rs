//! Names stay when a description is imported again, whatever came, went or moved in it.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use serde_json::{Map, Value, json};
use toolgate::diagnostics::Source;
use toolgate::document::{self, Format};
use toolgate::openapi::{self, Documents, KeptName, Options};

use crate::committed;

const CASES: [&str; 5] = [
    "bar/openapi.yaml",
    "circular/openapi.yaml",
    "museum/openapi.yaml",
    "security/openapi.json",
    "styles/openapi.yaml",
];

/// How many times each description is changed.
const ROUNDS: u64 = 12;

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides.max(1)
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            items.swap(end, self.roll(end + 1));
        }
    }
}

fn read(case: &str) -> Value {
    let path = committed::path(&format!("tests/cases/openapi/{case}"));
    let text = std::fs::read_to_string(&path).unwrap();
    let format = Format::of(&path).unwrap();
    let source = Source::new(Path::new(case), &text);
    document::parse(&source, format)
        .unwrap_or_else(|found| panic!("{case}: {found:?}"))
        .to_json()
}

/// The name of each operation's action.
fn names(root: &Value, kept: Vec<KeptName>) -> BTreeMap<(String, String), KeptName> {
    let documents = Documents::read(&root.to_string()).unwrap();
    let options = Options {
        slug: "case".to_owned(),
        kept,
        ..Options::default()
    };
    let report = openapi::import(&documents, &options).report;
    let imported = report.imported.into_iter().map(|one| {
        let place = (one.method.clone(), one.path.clone());
        let kept = KeptName {
            method: one.method,
            path: one.path,
            operation_id: one.operation_id,
            name: one.action,
        };
        (place, kept)
    });
    imported.collect()
}

/// Operations in another order, some of them gone, and newcomers that would like to have their names.
fn changed(root: &Value, dice: &mut Dice) -> Value {
    let mut root = root.clone();
    let paths = std::mem::take(root["paths"].as_object_mut().unwrap());
    let mut items: Vec<(String, Value)> = paths.into_iter().collect();
    items.retain(|_| dice.roll(4) > 0);
    for (path, item) in items.clone() {
        let ids = item
            .as_object()
            .into_iter()
            .flatten()
            .filter_map(|(_, operation)| operation.get("operationId"));
        let id = ids.clone().nth(dice.roll(ids.count()));
        let tags = item
            .as_object()
            .and_then(|item| item.values().find_map(|operation| operation.get("tags")));
        let newcomer = json!({"get": {"operationId": id, "tags": tags}});
        items.push((format!("/new{path}").replace(['{', '}'], ""), newcomer));
    }
    dice.shuffle(&mut items);
    root["paths"] = Value::Object(Map::from_iter(items));
    root
}

#[test]
fn a_name_stays_whatever_else_changes() {
    for case in CASES {
        let root = read(case);
        let before = names(&root, Vec::new());
        let kept: Vec<KeptName> = before.values().cloned().collect();
        for seed in 0..ROUNDS {
            let mut dice = Dice(seed);
            let now = names(&changed(&root, &mut dice), kept.clone());
            let mut survivors = 0;
            for (place, one) in &now {
                if let Some(earlier) = before.get(place) {
                    survivors += 1;
                    assert_eq!(one.name, earlier.name, "{case}, {seed}: {place:?}");
                }
            }
            assert!(survivors > 0 || seed > 0, "{case}: nothing is left to look at");
            let unique: HashSet<&String> = now.values().map(|one| &one.name).collect();
            assert_eq!(unique.len(), now.len(), "{case}, {seed}");
        }
    }
}

#[test]
fn a_name_does_not_depend_on_the_order_of_a_description() {
    for case in CASES {
        let root = read(case);
        let before = names(&root, Vec::new());
        for seed in 0..ROUNDS {
            let mut reordered = root.clone();
            let paths = std::mem::take(reordered["paths"].as_object_mut().unwrap());
            let mut items: Vec<(String, Value)> = paths.into_iter().collect();
            Dice(seed).shuffle(&mut items);
            reordered["paths"] = Value::Object(Map::from_iter(items));
            assert_eq!(names(&reordered, Vec::new()), before, "{case}, {seed}");
        }
    }
}

#[test]
fn an_operation_is_known_by_its_id_when_it_moves_and_by_its_path_when_its_id_changes() {
    let description = |path: &str, id: &str| {
        json!({"openapi": "3.0.0", "paths": {
            "/new": {"get": {"operationId": "listPets"}},
            path: {"get": {"operationId": id}}}})
    };
    let kept = vec![KeptName {
        method: "GET".to_owned(),
        path: "/pets/{id}".to_owned(),
        operation_id: Some("listPets".to_owned()),
        name: "list_pets".to_owned(),
    }];
    for (path, id, name) in [
        ("/pets/{id}", "allPets", "list_pets"),
        ("/pets/{petId}", "allPets", "list_pets"),
        ("/animals/{id}", "allPets", "all_pets"),
    ] {
        let found = names(&description(path, id), kept.clone());
        assert_eq!(found[&("GET".to_owned(), path.to_owned())].name, name, "{path} {id}");
    }
    let moved = json!({"openapi": "3.0.0", "paths": {"/animals": {"get": {"operationId": "listPets"}}}});
    let renamed = vec![KeptName {
        name: "pets_of_before".to_owned(),
        ..kept[0].clone()
    }];
    let found = names(&moved, renamed);
    assert_eq!(found[&("GET".to_owned(), "/animals".to_owned())].name, "pets_of_before");
}
