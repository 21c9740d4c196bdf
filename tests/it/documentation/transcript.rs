//! The session in the README is what `toolgate demo` prints.
//!
//! `TOOLGATE_UPDATE=1 cargo test --test it transcript` writes it anew.

use std::process::{Command, Stdio};

use super::Page;
use crate::committed;

const BEGIN: &str = "<!-- transcript -->\n";
const END: &str = "<!-- /transcript -->\n";

/// Widest line: what a page shows without scrolling.
const WIDEST: usize = 112;

#[test]
fn the_readme_shows_what_the_demo_prints() {
    let readme = Page::read("README.md").text;
    let (before, rest) = readme.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let shown = format!("{before}{BEGIN}\n```text\n{}```\n\n{END}{after}", demo());
    if let Some(difference) = committed::difference(&committed::path("README.md"), &shown) {
        panic!("{difference}");
    }
}

#[test]
fn the_transcript_can_be_read_without_scrolling() {
    for line in demo().lines() {
        let width = line.chars().count();
        assert!(width <= WIDEST, "{width} characters: {line}");
    }
}

/// What the demo prints without a terminal, with what differs from run to run replaced.
pub(super) fn demo() -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_toolgate"))
        .arg("demo")
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let complaints = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{complaints}");
    assert_eq!(complaints, "", "nothing to complain of");
    let text = String::from_utf8(output.stdout).unwrap();
    stable(&text)
}

/// Ports, times and latencies are replaced by others of the same width, so that columns stay columns.
fn stable(text: &str) -> String {
    text.lines()
        .map(|line| stable_times(&stable_port(line)) + "\n")
        .collect()
}

fn stable_port(line: &str) -> String {
    let Some((before, after)) = line.split_once("127.0.0.1:") else {
        return line.to_owned();
    };
    format!(
        "{before}127.0.0.1:7878{}",
        after.trim_start_matches(|mark: char| mark.is_ascii_digit())
    )
}

fn stable_times(line: &str) -> String {
    // Only rows of the audit log begin with a time.
    let is_time = |text: &str| {
        text.split(':')
            .all(|part| part.len() == 2 && part.parse::<u8>().is_ok())
    };
    let Some((time, rest)) = line.split_at_checked(8).filter(|(time, _)| is_time(time)) else {
        return line.to_owned();
    };
    let Some((before, after)) = rest.split_once("ms ") else {
        panic!("a row without a latency: {time}{rest}");
    };
    let digits = before.len() - before.trim_end_matches(|mark: char| mark.is_ascii_digit()).len();
    let (before, latency) = before.split_at(before.len() - digits);
    let padding = " ".repeat(latency.len() - 1);
    format!("09:00:00{before}2ms{padding} {after}")
}
