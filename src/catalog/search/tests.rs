//! How actions are found, rule by rule; how well, by labelled sentences in `tests/it/finding`.

use crate::catalog::folder::{ConnectorSource, Sources};
use crate::catalog::{Catalog, Loader};
use crate::connector::SourceFile;
use std::fmt::Write as _;

const ACTIONS: [(&str, &str, &str); 9] = [
    ("GET", "list_invoices", "Lists invoices."),
    ("GET", "get_invoice", "One invoice."),
    ("POST", "create_invoice", "Makes an invoice."),
    ("DELETE", "delete_invoice", "Deletes an invoice."),
    ("GET", "list_invoice_items", "Lists what is on an invoice."),
    ("GET", "search_pages", "Finds pages by words."),
    ("GET", "get_timesheet", "The hours of a week."),
    ("POST", "rückerstattung_buchen", "Books a Rückerstattung."),
    ("GET", "getDeploymentStatus", "How far a deployment is."),
];

fn catalog() -> Catalog {
    let mut text =
        "name = \"Office\"\ndescription = \"Paperwork\"\n[connection]\nbase_url = \"https://example.com\"\n".to_owned();
    for (method, name, description) in ACTIONS {
        let (path, more) = match name {
            "search_pages" => (
                "/x",
                "query = { query = \"{{query}}\" }\n[[actions.input]]\nname = \"query\"\nrequired = true\n",
            ),
            "get_invoice" | "delete_invoice" => ("/x/{id}", "[[actions.input]]\nname = \"id\"\nrequired = true\n"),
            _ => ("/x", ""),
        };
        writeln!(
            text,
            "[[actions]]\nname = \"{name}\"\ndescription = \"{description}\"\nmethod = \"{method}\"\npath = \"{path}\"\n{more}"
        )
        .unwrap();
    }
    loaded(vec![source("office", text)])
}

/// A connector with these actions: method, path, name and description. What stands in braces in a path must be given.
pub(super) fn connector(name: &str, actions: &[(&str, &str, &str, &str)]) -> ConnectorSource {
    let mut text = format!("name = \"{name}\"\n[connection]\nbase_url = \"https://example.com\"\n");
    for (method, path, action, description) in actions {
        writeln!(
            text,
            "[[actions]]\nname = \"{action}\"\ndescription = \"{description}\"\nmethod = \"{method}\"\npath = \"{path}\""
        )
        .unwrap();
        for argument in path.split('{').skip(1).filter_map(|part| part.split('}').next()) {
            writeln!(text, "[[actions.input]]\nname = \"{argument}\"\nrequired = true").unwrap();
        }
    }
    source(name, text)
}

/// The name of the tool that fits `sentence` best.
pub(super) fn best(catalog: &Catalog, sentence: &str) -> String {
    let hits = catalog.index().search(sentence, 1, |_| true);
    catalog.tools()[hits[0].tool].name.clone()
}

fn source(path: &str, text: String) -> ConnectorSource {
    ConnectorSource {
        path: path.into(),
        code: Vec::new(),
        files: vec![SourceFile {
            shown: path.into(),
            relative: "connector.toml".into(),
            text,
        }],
    }
}

pub(super) fn loaded(connectors: Vec<ConnectorSource>) -> Catalog {
    let report = Loader::default().load_sources(Sources {
        connectors,
        problems: Vec::new(),
    });
    assert!(!report.has_errors(), "{:?}", report.diagnostics);
    report.catalog
}

/// The titles of what is found.
fn found(sentence: &str, limit: usize) -> Vec<String> {
    let catalog = catalog();
    let hits = catalog.index().search(sentence, limit, |_| true);
    hits.iter()
        .map(|hit| catalog.tools()[hit.tool].action.name.clone())
        .collect()
}

#[test]
fn the_best_fits_in_verb_noun_and_number() {
    for (sentence, best) in [
        ("show me the invoices", "list_invoices"),
        ("what invoices are there?", "list_invoices"),
        ("show invoice 4711", "get_invoice"),
        ("bill the customer", "create_invoice"),
        ("get rid of that invoice", "delete_invoice"),
        ("which items does the invoice have", "list_invoice_items"),
        ("is there anything about parental leave?", "search_pages"),
        ("my time sheet", "get_timesheet"),
        ("Ruckerstattung", "r_ckerstattung_buchen"),
        ("the status of the deployment", "getdeploymentstatus"),
    ] {
        let best_found = found(sentence, 5).first().map(|name| name.replace('_', ""));
        assert_eq!(
            best_found,
            Some(best.replace('_', "")),
            "{sentence}: {:?}",
            found(sentence, 5)
        );
    }
}

#[test]
fn spelling_is_doubted_only_where_nothing_is_spelt_like_that() {
    for sentence in ["show invioces", "list the invoces", "shwo me invoicse"] {
        assert!(found(sentence, 1)[0].contains("invoice"), "{sentence}");
    }
    assert_eq!(found("deploymnet", 1).len(), 1);
    assert!(found("xyzzy", 5).is_empty());
    assert!(found("", 5).is_empty());
}

#[test]
fn no_more_than_asked_for_and_nothing_that_is_hidden() {
    assert_eq!(found("invoice", 2).len(), 2);
    assert!(found("invoice", 0).is_empty());
    let catalog = catalog();
    let hidden = |position: usize| catalog.tools()[position].action.name != "list_invoices";
    let hits = catalog.index().search("list the invoices", 100, hidden);
    assert!(!hits.is_empty() && hits.iter().all(|hit| hidden(hit.tool)));
}

#[test]
fn the_same_sentence_finds_the_same() {
    for sentence in ["invoice", "shwo invoicse of deploymnets", "get the status"] {
        let first = found(sentence, 10);
        for _ in 0..5 {
            assert_eq!(found(sentence, 10), first);
        }
    }
}

#[test]
fn nobody_waits_for_a_long_or_strange_text() {
    for sentence in [
        "invoice ".repeat(50_000),
        "\u{0}\u{202e}🙂'\"«".repeat(1_000),
        "x".repeat(100_000),
    ] {
        assert!(found(&sentence, 5).len() <= 5);
    }
}

/// The words that begin, end or turn a sentence, with nothing before, between or behind them.
#[test]
fn what_turns_a_sentence_may_stand_alone() {
    let turning = [
        "",
        "make",
        "have",
        "as",
        "a",
        "my",
        "am",
        "i",
        "stop",
        "sharing",
        "should",
        "no",
        "longer",
        "here",
        "is",
        "who",
        "may",
        "done",
        "up",
        "#",
        "#general",
        "12",
        "https://x.example/a",
        "whenever",
        "?",
    ];
    let catalog = catalog();
    for one in turning {
        for other in turning {
            for third in ["", "the", "invoice"] {
                let sentence = format!("{one} {other} {third}");
                assert!(catalog.index().search(&sentence, 3, |_| true).len() <= 3, "{sentence}");
            }
        }
    }
    assert_eq!(found("who may", 3), Vec::<String>::new());
}

#[test]
fn what_a_thing_is_can_be_told_from_how_it_is_written() {
    let stems = |text: &str| {
        let terms = super::sentence::read(text).terms;
        terms
            .into_iter()
            .map(|term| (term.stem, term.weight))
            .collect::<Vec<_>>()
    };
    assert!(stems("upload report.pdf").iter().any(|(stem, _)| stem == "fil"));
    assert!(stems("remove Tom").iter().any(|(stem, _)| stem == "person"));
    // An address is content, and "that" before a thing begins no clause.
    let weight = |text: &str, stem: &str| stems(text).into_iter().find(|(known, _)| known == stem).unwrap().1;
    assert!(weight("add ana@example.com", "ana") < 0.5 * weight("add ana", "ana"));
    assert!(weight("delete that invoice", "invoic") > 2.0 * weight("tell Ana that invoice", "invoic"));
}

/// Words of scripts that need several bytes for a letter, alone, in pairs and among others, asked for and told.
#[test]
fn words_of_every_script_are_found() {
    let words = [
        "人",
        "外国人",
        "もの",
        "ケッ",
        "チケット",
        "丸",
        "日本語",
        "한국어",
        "사람",
        "ดุ",
        "ภาษาไทย",
        "עברית",
        "العربية",
        "हिन्दी",
        "Ελληνικά",
        "русский",
        "größe",
        "naïve",
        "İstanbul",
        "ŁÓDŹ",
        "e\u{301}e\u{301}",
        "ﬁﬁ",
        "🙂🙂",
        "invoice",
        "running",
        "cancellation",
        "v2",
        "id",
    ];
    let after = |one: usize| (0..9).map(move |step| words[(one + step) % words.len()]);
    let texts: Vec<String> = (0..words.len())
        .flat_map(|one| after(one).map(move |other| (words[one], other)))
        .map(|(one, other)| format!("{one} {other}{one}s {one}ing_{other}ation"))
        .collect();
    let actions: Vec<(String, &String)> = texts
        .iter()
        .enumerate()
        .map(|(number, text)| (format!("get_{number}"), text))
        .collect();
    let actions: Vec<(&str, &str, &str, &str)> = actions
        .iter()
        .map(|(name, text)| ("GET", "/x", name.as_str(), text.as_str()))
        .collect();
    let catalog = loaded(vec![connector("Tickets チケット", &actions)]);
    for text in words.iter().copied().chain(texts.iter().map(String::as_str)) {
        for sentence in [text.to_owned(), format!("show me the {text}s")] {
            let hits = catalog.index().search(&sentence, 3, |_| true);
            assert!(!hits.is_empty() || text == "🙂🙂" || text == "id", "{sentence}");
        }
    }
}

#[test]
fn words_that_begin_alike_need_not_be_related() {
    let actions = [
        ("POST", "/a", "add_screen", "Adds a screen."),
        ("POST", "/b", "add_attachment", "Adds an attachment."),
        ("GET", "/c", "list_voice_mails", "Lists what was said."),
        ("GET", "/d", "list_recordings", "Lists what was recorded."),
        ("GET", "/e", "list_notifications", "Lists notifications."),
        (
            "PUT",
            "/e",
            "mark_notifications_as_read",
            "Marks notifications as read.",
        ),
    ];
    let catalog = loaded(vec![connector("Desk", &actions)]);
    for (sentence, meant) in [
        ("upload a screenshot", "add_attachment"),
        ("voicemails", "list_voice_mails"),
        ("my unread notifications", "list_notifications"),
    ] {
        assert_eq!(best(&catalog, sentence), format!("desk__{meant}"), "{sentence}");
    }
}
