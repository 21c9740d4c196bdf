use std::path::Path;

use serde_json::{Value, json};

use super::*;

/// What a text is read as: its value, or `code line:column` of every finding.
fn read(format: Format, text: &str) -> Result<Value, Vec<String>> {
    let source = Source::new(Path::new("file"), text);
    parse(&source, format).map(|root| root.to_json()).map_err(|findings| {
        findings
            .iter()
            .map(|finding| format!("{} {}:{}", finding.code, finding.line, finding.column))
            .collect()
    })
}

fn finding(text: &str) -> Result<Value, Vec<String>> {
    Err(vec![text.to_owned()])
}

#[test]
fn all_formats_give_the_same_tree() {
    let expected = json!({"name": "é", "list": [1, 2.5, true, "x"], "table": {"a": {"b": "c"}}, "big": 18_446_744_073_709_551_615_u64});
    let toml = "name = 'é'\nlist = [1, 2.5, true, \"x\"]\nbig = 18446744073709551615\n[table.a]\nb = 'c'\n";
    let yaml = "name: é\nlist: [1, 2.5, true, x]\ntable:\n  a: {b: c}\nbig: 18446744073709551615\n";
    for (format, text) in [
        (Format::Toml, toml),
        (Format::Yaml, yaml),
        (Format::Json, &expected.to_string()),
    ] {
        for text in [text.to_owned(), format!("\u{feff}{text}"), text.replace('\n', "\r\n")] {
            assert_eq!(read(format, &text), Ok(expected.clone()), "{format:?} {text}");
        }
    }
}

#[test]
fn members_keep_the_order_of_the_file() {
    let keys = |format, text| {
        let source = Source::new(Path::new("file"), text);
        let root = parse(&source, format).unwrap_or_else(|_| unreachable!());
        root.members()
            .iter()
            .map(|member| member.key.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        keys(Format::Toml, "z = 1\na = 2\n[m]\nx = 1\n[[b]]\nx = 1\n"),
        ["z", "a", "m", "b"]
    );
    assert_eq!(keys(Format::Yaml, "z: 1\na: 2\nm: {}\n"), ["z", "a", "m"]);
}

#[test]
fn yaml_follows_the_core_schema_of_1_2() {
    for (text, expected) in [
        ("no", json!("no")),
        ("on", json!("on")),
        ("yes", json!("yes")),
        ("True", json!(true)),
        ("~", json!(null)),
        ("", json!(null)),
        ("012", json!(12)),
        ("0o14", json!(12)),
        ("0xff", json!(255)),
        ("1e3", json!(1000.0)),
        ("-.5", json!(-0.5)),
        ("1.", json!(1.0)),
        ("+7", json!(7)),
        (".", json!(".")),
        ("1_000", json!("1_000")),
        ("1.2.3", json!("1.2.3")),
        ("12:30", json!("12:30")),
        ("2024-01-15", json!("2024-01-15")),
        ("'12'", json!("12")),
        ("\"true\"", json!("true")),
        ("!!str 12", json!("12")),
        ("|\n  a\n  b\n", json!("a\nb\n")),
        (">-\n  a\n  b\n", json!("a b")),
    ] {
        let document = format!("key: {text}");
        assert_eq!(read(Format::Yaml, &document), Ok(json!({ "key": expected })), "{text}");
    }
}

#[test]
fn yaml_keys_are_what_was_written() {
    assert_eq!(
        read(Format::Yaml, "200: a\ntrue: b\n1.50: c\n'x y': d\n"),
        Ok(json!({"200": "a", "true": "b", "1.50": "c", "x y": "d"}))
    );
    assert_eq!(read(Format::Yaml, "? [a]\n: b\n"), finding("syntax 1:3"));
    assert_eq!(read(Format::Yaml, "~: b\n"), finding("syntax 1:1"));
}

#[test]
fn yaml_aliases_repeat_and_bombs_are_refused() {
    assert_eq!(
        read(Format::Yaml, "a: &x {b: [1]}\nc: *x\nd: [*x, *x]\n"),
        Ok(json!({"a": {"b": [1]}, "c": {"b": [1]}, "d": [{"b": [1]}, {"b": [1]}]}))
    );
    let mut bomb = vec!["a0: &a0 [x, x, x, x, x, x, x, x, x, x]".to_owned()];
    for level in 1..20 {
        let items = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push(format!("a{level}: &a{level} [{items}]"));
    }
    // Ten values on the first line, ten times more on each one after it.
    assert_eq!(read(Format::Yaml, &bomb.join("\n")), finding("too-large 5:45"));
    assert_eq!(read(Format::Yaml, "a: &a [*a]\n"), finding("syntax 1:8"));
    assert_eq!(read(Format::Yaml, "a: *nowhere\n"), finding("syntax 1:4"));
    assert_eq!(
        read(Format::Yaml, "base: &b {x: 1}\nmore:\n  <<: *b\n"),
        finding("syntax 3:3")
    );
}

#[test]
fn yaml_anchors_around_anchors_do_not_multiply() {
    let items = vec!["1"; 5_000].join(",");
    let open = (0..50).fold(String::new(), |open, level| open + &format!("&a{level} ["));
    let text = format!("key: {open}{items}{}", "]".repeat(50));
    assert_eq!(read(Format::Yaml, &text).unwrap_err().len(), 1);
}

#[test]
fn texts_that_are_no_documents() {
    for (format, text, expected) in [
        (Format::Toml, "", "empty-file 1:1"),
        (Format::Toml, "# only\n", "empty-file 1:1"),
        (Format::Yaml, "", "empty-file 1:1"),
        (Format::Yaml, "# only\n", "empty-file 1:1"),
        (Format::Yaml, "---\n...\n", "empty-file 1:1"),
        (Format::Json, "", "empty-file 1:1"),
        (Format::Json, "  \n", "empty-file 1:1"),
        (Format::Json, "[1]", "wrong-type 1:1"),
        (Format::Yaml, "- a\n", "wrong-type 1:1"),
        (Format::Yaml, "just text\n", "wrong-type 1:1"),
        (Format::Toml, "a = 1\na = 2\n", "syntax 2:1"),
        (Format::Yaml, "a: 1\nb:\n  c: 1\n  c: 2\n", "duplicate-key 4:3"),
        (Format::Json, "{\"a\": 1,\n \"a\": 2}", "duplicate-key 2:2"),
        (Format::Toml, "a = inf", "bad-number 1:5"),
        (Format::Toml, "a = 99999999999999999999", "bad-number 1:5"),
        (Format::Yaml, "a: .nan", "bad-number 1:4"),
        (Format::Yaml, "a: 99999999999999999999", "bad-number 1:4"),
        (Format::Json, "{\"a\": 1e999}", "bad-number 1:7"),
        (Format::Json, "{\"a\": 99999999999999999999}", "bad-number 1:7"),
        (Format::Json, "{\"a\": 1,}", "syntax 1:8"),
        (Format::Json, "{\"a\": 1} // x", "syntax 1:10"),
        (Format::Json, "{'a': 1}", "syntax 1:2"),
        (Format::Yaml, "a:\n\t- b\n", "syntax 2:2"),
        (Format::Yaml, "a: !custom b\n", "syntax 1:4"),
        (Format::Yaml, "a: 1\n---\nb: 2\n", "syntax 2:1"),
        (Format::Yaml, "a: [1, 2\n", "syntax 2:1"),
        (Format::Toml, "a = \"x\ny\"", "syntax 1:7"),
    ] {
        let found = read(format, text).unwrap_err();
        assert_eq!(
            found.first().map(String::as_str),
            Some(expected),
            "{format:?} {text:?}: {found:?}"
        );
    }
}

#[test]
fn all_errors_of_toml_are_found_at_once() {
    let found = read(Format::Toml, "a = \nb = 1\nc = ]\n").unwrap_err();
    assert_eq!(found.len(), 2, "{found:?}");
}

#[test]
fn depth_and_size_are_capped_in_every_format() {
    let nested = |open: &str, close: &str, levels: usize| format!("{}{}", open.repeat(levels), close.repeat(levels));
    for levels in [DEEPEST_NESTING, 500, 100_000] {
        for (format, text) in [
            (Format::Toml, format!("a = {}", nested("[", "]", levels))),
            (
                Format::Toml,
                format!("a = {}", nested("{a=", "}", levels).replace("=}", "=1}")),
            ),
            (Format::Toml, format!("{} = 1", vec!["a"; levels + 1].join("."))),
            (Format::Yaml, format!("a: {}", nested("[", "]", levels))),
            (Format::Yaml, format!("a: {}", "- ".repeat(levels))),
            (Format::Json, format!("{{\"a\": {}}}", nested("[", "]", levels))),
            (Format::Json, nested("{\"a\":", "}", levels)),
        ] {
            assert!(read(format, &text).is_err(), "{format:?} {levels}");
        }
    }
    let deepest = format!("a = {}", nested("[", "]", DEEPEST_NESTING - 1));
    assert!(read(Format::Toml, &deepest).is_ok());
    let many = format!("{{\"a\": [{}]}}", vec!["1"; MOST_VALUES].join(","));
    assert_eq!(read(Format::Json, &many).unwrap_err().len(), 1);
    assert_eq!(
        read(Format::Json, &" ".repeat(LARGEST_DOCUMENT + 1)),
        finding("too-large 1:1")
    );
}

proptest::proptest! {
    #[test]
    fn no_text_panics(text in r#"[a-c:=\-\[\]{}"'|>&*#!,.\\ \t\n\r0-9é\u{feff}]{0,60}"#) {
        for format in [Format::Toml, Format::Yaml, Format::Json] {
            drop(read(format, &text));
        }
    }
}
