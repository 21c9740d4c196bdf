//! What people say, and the action that they mean: `tests/cases/finding` has made-up and imported APIs, and sentences about
//! them.

use std::fmt::Write as _;
use std::path::PathBuf;

use toolgate::catalog::folder::{self, ConnectorSource, Sources};
use toolgate::catalog::{Catalog, Loader};
use toolgate::connector::SourceFile;

use crate::committed;

/// How well the sentences of one file are understood.
#[derive(Default)]
struct Score {
    sentences: usize,
    first: usize,
    among_five: usize,
    missed: Vec<String>,
}

impl Score {
    fn first(&self) -> f64 {
        share(self.first, self.sentences)
    }

    fn among_five(&self) -> f64 {
        share(self.among_five, self.sentences)
    }
}

fn share(part: usize, all: usize) -> f64 {
    f64::from(u32::try_from(part).unwrap()) / f64::from(u32::try_from(all).unwrap())
}

fn case(name: &str) -> PathBuf {
    committed::path("tests/cases/finding").join(name)
}

/// The APIs of a file, and those in `connectors` beside them where they are asked for as well.
pub(super) fn catalog(file: &str, shipped: bool) -> Catalog {
    let mut sources = if shipped {
        folder::read(&committed::path("connectors"))
    } else {
        Sources::default()
    };
    let table: toml::Table = toml::from_str(&std::fs::read_to_string(case(file)).unwrap()).unwrap();
    for api in table["connector"].as_array().unwrap() {
        let text = connector(api, "https://api.example.com");
        sources.connectors.push(ConnectorSource {
            path: api["name"].as_str().unwrap().into(),
            code: Vec::new(),
            files: vec![SourceFile {
                shown: file.into(),
                relative: "connector.toml".into(),
                text,
            }],
        });
    }
    let report = Loader::default().load_sources(sources);
    assert!(!report.has_errors(), "{:?}", report.diagnostics);
    report.catalog
}

/// An API as a connector's file.
pub(super) fn connector(api: &toml::Value, base_url: &str) -> String {
    let text = |key: &str| api[key].as_str().unwrap();
    let mut connector = format!(
        "name = {:?}\ndescription = {:?}\n[connection]\nbase_url = {base_url:?}\n",
        text("name"),
        text("description")
    );
    for line in text("actions").trim().lines() {
        let [request, name, description, arguments] = line.split('|').map(str::trim).collect::<Vec<_>>()[..] else {
            panic!("{line}: not four parts");
        };
        let (method, path) = request.split_once(' ').unwrap();
        let in_path = path.split('{').skip(1).map(|part| part.split('}').next().unwrap());
        let others: Vec<&str> = arguments
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .collect();
        // As an import has it that finds nothing said.
        let description = if description.is_empty() { request } else { description };
        let place = if matches!(method, "GET" | "DELETE" | "HEAD" | "OPTIONS") {
            "query"
        } else {
            "body"
        };
        let filled = others.iter().map(|name| name.trim_end_matches('!'));
        let filled: Vec<String> = filled.map(|name| format!("{name} = \"{{{{{name}}}}}\"")).collect();
        writeln!(
            connector,
            "[[actions]]\nname = {name:?}\ndescription = {description:?}\nmethod = {method:?}\npath = {path:?}\n\
             {place} = {{ {} }}",
            filled.join(", ")
        )
        .unwrap();
        let required = in_path.map(|name| (name, true));
        let others = others
            .iter()
            .map(|name| (name.trim_end_matches('!'), name.ends_with('!')));
        for (name, required) in required.chain(others) {
            writeln!(connector, "[[actions.input]]\nname = {name:?}\nrequired = {required}").unwrap();
        }
    }
    connector
}

/// Asks for every sentence of a file.
fn score(catalog: &Catalog, file: &str) -> Score {
    let mut score = Score::default();
    let text = std::fs::read_to_string(case(file)).unwrap();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (meant, sentence) = line.split_once(": ").unwrap();
        let meant: Vec<&str> = meant.split('|').collect();
        for name in &meant {
            assert!(catalog.tools().iter().any(|tool| tool.name == *name), "{file}: {name}");
        }
        let hits = catalog.index().search(sentence, 5, |_| true);
        let names: Vec<&str> = hits.iter().map(|hit| catalog.tools()[hit.tool].name.as_str()).collect();
        let rank = names.iter().position(|name| meant.contains(name));
        score.sentences += 1;
        score.first += usize::from(rank == Some(0));
        score.among_five += usize::from(rank.is_some());
        if rank != Some(0) {
            score
                .missed
                .push(format!("{sentence}\n  meant {meant:?}, found {names:?}"));
        }
    }
    score
}

#[test]
fn what_people_say_leads_to_what_they_mean() {
    let office = catalog("office.toml", true);
    let seed = catalog("seed.toml", false);
    let imported = catalog("imported.toml", false);
    let everyday = catalog("everyday.toml", false);
    let platform = catalog("platform.toml", false);
    let teams = catalog("teams.toml", false);
    assert!(office.tools().len() > 250 && seed.tools().len() > 25 && imported.tools().len() > 1300);
    for (catalog, file, first, among_five) in [
        (&office, "office.txt", 0.96, 0.98),
        (&office, "held-out.txt", 0.95, 0.98),
        (&seed, "seed.txt", 0.94, 0.98),
        (&imported, "imported.txt", 0.92, 0.95),
        (&imported, "imported-second.txt", 0.92, 0.95),
        (&imported, "imported-fresh.txt", 0.89, 0.96),
        (&imported, "imported-third.txt", 0.87, 0.94),
        (&imported, "imported-fourth.txt", 0.62, 0.86),
        (&imported, "imported-fifth.txt", 0.75, 0.89),
        (&everyday, "everyday.txt", 0.66, 0.81),
        (&everyday, "everyday-second.txt", 0.55, 0.72),
        (&platform, "platform.txt", 0.78, 0.96),
        (&platform, "platform-second.txt", 0.77, 0.9),
        (&teams, "teams.txt", 0.63, 0.81),
        // Sentences that share few words with what they mean: nothing to promise, but no step back either.
        (&office, "office-hard.txt", 0.74, 0.88),
    ] {
        let score = score(catalog, file);
        assert!(score.sentences >= 30, "{file}: {}", score.sentences);
        let (told, missed) = (score.first(), score.missed.join("\n"));
        assert!(told >= first, "{file}: {told:.3} first\n{missed}");
        let told = score.among_five();
        assert!(told >= among_five, "{file}: {told:.3} among five\n{missed}");
    }
}
