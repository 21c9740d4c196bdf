use std::path::Path;

use serde_json::json;

use super::*;

fn read(text: &str) -> Result<Overlay, Vec<Diagnostic>> {
    Overlay::read(Path::new("o.yaml"), text)
}

/// An overlay of these actions, in YAML's flow style.
fn overlay(actions: &str) -> Overlay {
    read(&format!(
        "overlay: 1.0.0\ninfo: {{title: T, version: 1.0.0}}\nactions:\n{actions}"
    ))
    .unwrap()
}

fn applied(root: Value, actions: &str) -> Result<Value, String> {
    let mut root = root;
    let done = overlay(actions).apply(&mut root, &mut Room::default(), &|_| None);
    done.map(|_| root).map_err(|error| error.message)
}

#[test]
fn updates_are_merged_and_removals_taken_out() {
    for (before, actions, after) in [
        (
            json!({"a": {"x": 1, "y": {"z": 1}, "l": [1]}}),
            "- {target: $.a, update: {x: 2, y: {w: 3}, l: [2], n: {m: 1}}}",
            json!({"a": {"x": 2, "y": {"z": 1, "w": 3}, "l": [1, 2], "n": {"m": 1}}}),
        ),
        (json!({"l": [1]}), "- {target: $.l, update: 2}", json!({"l": [1, 2]})),
        (
            json!({"S": {"properties": {"a": {}, "b": {}}, "required": ["a", "b", "c"]}}),
            "- {target: $.S.properties.b, remove: true}",
            json!({"S": {"properties": {"a": {}}, "required": ["a", "c"]}}),
        ),
        (
            json!({"l": [1]}),
            "- {target: $.l, update: {a: 1}}",
            json!({"l": [1, {"a": 1}]}),
        ),
        (
            json!({"l": [1]}),
            "- {target: $.l, update: [2, 3]}",
            json!({"l": [1, 2, 3]}),
        ),
        (
            json!({"a": 1}),
            "- {target: $.a, update: {b: 2}}",
            json!({"a": {"b": 2}}),
        ),
        (
            json!({"a": {"b": 1}}),
            "- {target: $, update: {c: 2}}",
            json!({"a": {"b": 1}, "c": 2}),
        ),
        (
            json!({"l": [{"n": 1, "in": [1, 2]}, {"n": 2, "in": [1, 2]}, {"n": 3}]}),
            "- {target: '$.l[?@.n == 1 || @.n == 3]', remove: true}\n- {target: '$.l[*].in[0]', remove: true}",
            json!({"l": [{"n": 2, "in": [2]}]}),
        ),
        // Of a list and of something behind it in the same list.
        (
            json!({"l": [0, {"l": [0, 1]}]}),
            "- {target: '$..l[0]', remove: true}",
            json!({"l": [{"l": [1]}]}),
        ),
        (
            json!({"a": {"x": {"x": 1}}, "x": 2}),
            "- {target: $..x, remove: true, update: {y: 1}}",
            json!({"a": {}}),
        ),
        (
            json!({"a": 1, "b": {}}),
            "- {target: \"$['b', 'b']\", update: {c: [1]}}",
            json!({"a": 1, "b": {"c": [1]}}),
        ),
        (
            json!({"a": {"x": 1}, "b": {"y": 2}}),
            "- {target: $.b, copy: $.a}",
            json!({"a": {"x": 1}, "b": {"y": 2, "x": 1}}),
        ),
        // What an action adds is there for the next.
        (
            json!({}),
            "- {target: $, update: {a: {}}}\n- {target: $.a, update: {b: 1}}",
            json!({"a": {"b": 1}}),
        ),
    ] {
        assert_eq!(applied(before, actions), Ok(after), "{actions}");
    }
}

#[test]
fn what_cannot_be_applied_is_refused_in_words() {
    for (before, actions, says) in [
        (json!({"a": {}}), "- {target: $.a, update: 1}", "is a table"),
        (json!({}), "- {target: $, remove: true}", "cannot be removed"),
        (json!({"l": [1, 2]}), "- {target: $, copy: '$.l[*]'}", "fits 2 values"),
        (json!({}), "- {target: $, copy: $.none}", "fits 0 values"),
    ] {
        let error = applied(before, actions).unwrap_err();
        assert!(error.contains(says), "{actions}: {error}");
    }
}

#[test]
fn overlays_can_neither_flood_a_description_nor_nest_it_deeper_than_it_may_be() {
    let mut root = json!({"l": vec![json!({}); 100]});
    let update = format!("- {{target: '$.l[*]', update: {{a: [{}1]}}}}", "1, ".repeat(50));
    let mut left = Room(10_000);
    let applied = overlay(&update).apply(&mut root, &mut left, &|_| None);
    assert_eq!(applied.map(|warnings| warnings.len()), Ok(0));
    let error = overlay(&update).apply(&mut root, &mut left, &|_| None).unwrap_err();
    assert!(error.message.contains("more than"), "{}", error.message);

    let deep = format!("{}1{}", "{a: ".repeat(40), "}".repeat(40));
    let below = format!("$.{}", vec!["a"; 40].join("."));
    let actions = format!(
        "- {{target: $, update: {deep}}}\n- {{target: {below}, update: {deep}}}\n- {{target: {below}.{}, update: {deep}}}\n\
         - {{target: {below}.{}.{}, update: {deep}}}",
        &below[2..],
        &below[2..],
        &below[2..]
    );
    let error = self::applied(json!({}), &actions).unwrap_err();
    assert!(error.contains("levels deep"), "{error}");
}

#[test]
fn a_target_that_fits_nothing_is_told_with_its_place() {
    let overlay = overlay("- target: $.a\n  remove: true\n- target: $.b\n  update: {x: 1}");
    let warnings = overlay
        .apply(&mut json!({"a": 1}), &mut Room::default(), &|_| None)
        .unwrap();
    let told: Vec<String> = warnings
        .iter()
        .map(|one| format!("{}:{}:{}: {}", one.file.display(), one.line, one.column, one.message))
        .collect();
    assert_eq!(told, ["o.yaml:6:11: the target `$.b` fits nothing in the description"]);
    assert!(!warnings[0].is_error());
}

#[test]
fn mistakes_have_their_place() {
    let head = "overlay: 1.0.0\ninfo: {title: T, version: 1.0.0}\n";
    let nested = format!("{head}actions: [{{target: \"$[?{}1\", remove: true}}]", "(".repeat(30));
    let long = format!("{head}actions: [{{target: $.{}, remove: true}}]", "a".repeat(2_000));
    for (text, place, says) in [
        ("", (1, 1), "empty"),
        ("openapi: 3.0.0\npaths: {}", (1, 1), "not an overlay"),
        ("overlay: 1.0.0\nactions: []", (1, 1), "`info` is missing"),
        (
            "overlay: 2.0.0\ninfo: {title: T, version: 1}\nactions: []",
            (1, 10),
            "version 2.0.0",
        ),
        (&format!("{head}actions: {{}}"), (3, 10), "must be a list"),
        (
            &format!("{head}actions:\n- target: $.a\n  updat: 1\n"),
            (5, 3),
            "unknown key `updat`",
        ),
        (&format!("{head}actions:\n- target: $.a\n"), (4, 11), "changes nothing"),
        (
            &format!("{head}actions:\n- update: {{}}\n"),
            (4, 3),
            "`target` is missing",
        ),
        (
            &format!("{head}actions:\n- target: '$.a[?@.b=1]'\n  remove: true"),
            (4, 20),
            "not a JSONPath",
        ),
        (
            &format!("{head}actions:\n- target: paths\n  remove: true"),
            (4, 11),
            "not a JSONPath",
        ),
        (&nested, (3, 47), "within each other"),
        (&long, (3, 20), "2002 bytes"),
    ] {
        let findings = read(text).unwrap_err();
        let first = &findings[0];
        assert!(first.message.contains(says), "{text}: {}", first.message);
        assert_eq!((first.line, first.column), place, "{text}: {}", first.message);
    }
    for text in [
        &format!("{head}actions: ["),
        "{\"overlay\": \"1.0.0\",}",
        "[]",
        "overlay",
    ] {
        assert!(read(text).is_err_and(|findings| findings[0].line > 0), "{text}");
    }
}

#[test]
fn versions_and_extension_keys_of_the_specification_are_read() {
    for version in ["1.0.0", "1.1.0", "1.0", "1.0.3"] {
        let text = format!(
            "overlay: {version}\nx-note: 1\ninfo: {{title: T, version: 1.0, x-y: 1}}\nextends: ./openapi.yaml\n\
             actions: [{{target: $.a, x-why: none, description: d, remove: true}}]"
        );
        assert!(read(&text).is_ok(), "{version}");
    }
    let json = r#"{"overlay": "1.0.0", "info": {"title": "T", "version": "1"}, "actions": []}"#;
    assert!(read(json).is_ok());
}

/// What took quadratic time would not end here.
#[test]
fn many_matches_of_one_table_are_removed_at_once() {
    let many: serde_json::Map<String, Value> = (0..100_000)
        .map(|index| (format!("p{index}"), json!({"x": 1})))
        .collect();
    let mut root = json!({"paths": many, "kept": 1});
    let done = overlay("- {target: '$..x', remove: true}\n- {target: '$.paths[*]', remove: true}").apply(
        &mut root,
        &mut Room::default(),
        &|_| None,
    );
    assert_eq!(done.map(|warnings| warnings.len()), Ok(0));
    assert_eq!(root, json!({"paths": {}, "kept": 1}));
}
