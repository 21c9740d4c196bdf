//! What `--help` says of every verb, kept in `tests/cases/help.txt`.
//!
//! `TOOLGATE_UPDATE=1 cargo test --test it help` writes it anew.

use std::fmt::Write as _;
use std::process::{Command, Output, Stdio};

use crate::committed;

/// Every verb, the hidden one included.
const VERBS: &[&[&str]] = &[
    &[],
    &["serve"],
    &["demo"],
    &["new"],
    &["new", "connector"],
    &["import"],
    &["analyze"],
    &["check"],
    &["tools"],
    &["find"],
    &["call"],
    &["test"],
    &["apis"],
    &["apis", "list"],
    &["apis", "enable"],
    &["apis", "disable"],
    &["apis", "test"],
    &["apis", "fix"],
    &["apis", "logs"],
    &["apis", "edit"],
    &["apis", "delete"],
    &["approvals"],
    &["approvals", "list"],
    &["approvals", "show"],
    &["approvals", "approve"],
    &["approvals", "deny"],
    &["keys"],
    &["keys", "create"],
    &["keys", "list"],
    &["keys", "revoke"],
    &["logs"],
    &["stats"],
    &["vault"],
    &["vault", "set"],
    &["vault", "list"],
    &["vault", "remove"],
    &["vault", "rotate-key"],
    &["install"],
    &["bundle"],
    &["health"],
    &["schema"],
    &["completions"],
    &["man"],
    &["audit"],
    &["audit", "verify"],
    &["sample"],
];

fn toolgate(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_toolgate"))
        .args(arguments)
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// What `--help` says of a verb.
pub(super) fn help(verb: &[&str]) -> String {
    let output = toolgate(&[verb, &["--help"]].concat());
    assert!(output.status.success(), "{verb:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn help_says_what_is_expected() {
    let mut text = String::new();
    for verb in VERBS {
        writeln!(text, "$ toolgate {}\n", [*verb, &["--help"]].concat().join(" ")).unwrap();
        for line in help(verb).lines() {
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text.push('\n');
    }
    let file = committed::path("tests/cases/help.txt");
    if let Some(difference) = committed::difference(&file, &text) {
        panic!("{difference}");
    }
}

#[test]
fn every_verb_has_an_example_and_its_exit_codes() {
    for verb in VERBS.iter().filter(|verb| verb.len() < 2) {
        let help = help(verb);
        assert!(help.contains("\nExample"), "{verb:?}: {help}");
        assert!(help.contains("\nExit codes: 0 "), "{verb:?}: {help}");
    }
}

#[test]
fn every_verb_of_the_command_line_is_here() {
    let listed: Vec<String> = help(&[])
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| Some(line.split_whitespace().next()?.to_owned()))
        .filter(|verb| verb != "help")
        .collect();
    for verb in &listed {
        assert!(VERBS.contains(&[verb.as_str()].as_slice()), "{verb}");
    }
}
