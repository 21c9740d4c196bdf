use super::*;
use crate::connector::{self, SourceFile};

fn load(head: &str, actions: &str) -> Connector {
    let text = format!("name = \"Crm\"\n[connection]\nbase_url = \"https://a.example.com\"\n{head}\n{actions}");
    let file = SourceFile {
        shown: "connector.toml".into(),
        relative: "connector.toml".into(),
        text,
    };
    let loaded = connector::load(&[file]);
    loaded.connector.unwrap_or_else(|| panic!("{:?}", loaded.diagnostics))
}

fn action(rest: &str) -> String {
    format!("[[actions]]\nname = \"a\"\ndescription = \"A\"\nmethod = \"POST\"\npath = \"/a\"\n{rest}\n")
}

#[test]
fn every_difference_of_an_action_is_told() {
    let input = |keys: &str| format!("input = [{{ name = \"x\", in = \"query\", {keys} }}]");
    let plain = input("type = \"string\"");
    for (before, after, told) in [
        (plain.clone(), plain.clone(), vec![]),
        (
            plain.clone(),
            "effect = \"read\"".to_owned(),
            vec![
                "it wrote, and only reads now",
                "nobody is asked any more",
                "the argument `x` is gone",
            ],
        ),
        (
            plain.clone(),
            input("type = \"string\", required = true"),
            vec!["`x` is required now"],
        ),
        (
            input("type = \"string\", required = true"),
            plain.clone(),
            vec!["`x` is not required any more"],
        ),
        (
            plain.clone(),
            input("type = \"integer\""),
            vec!["`x` is integer, and was string"],
        ),
        (
            plain.clone(),
            input("schema = { type = \"string\", enum = [\"a\"] }"),
            vec!["`x` takes other values"],
        ),
        (
            plain.clone(),
            input("type = \"string\", description = \"X\""),
            vec!["`x` is described differently"],
        ),
        (
            String::new(),
            input("type = \"string\", required = true"),
            vec!["the argument `x` is new, and required"],
        ),
        (
            String::new(),
            "title = \"B\"".to_owned(),
            vec!["it is described differently"],
        ),
        (
            String::new(),
            "response_schema = { type = \"object\" }".to_owned(),
            vec!["its answer is described differently"],
        ),
        (
            String::new(),
            "response = \"id\"".to_owned(),
            vec!["its answer is reshaped differently"],
        ),
        (
            String::new(),
            "ok_statuses = [404]".to_owned(),
            vec!["other answers count as good"],
        ),
        (
            "pinned = true\ntimeout_ms = 5".to_owned(),
            "requests_per_minute = 5".to_owned(),
            vec!["it is not pinned any more", "its limits are others"],
        ),
        (
            String::new(),
            "query = { y = 1 }".to_owned(),
            vec!["its requests are built differently"],
        ),
        (
            String::new(),
            "confirm = false".to_owned(),
            vec!["nobody is asked any more"],
        ),
    ] {
        let difference = Difference::between(&load("", &action(&before)), &load("", &action(&after)));
        let changes: Vec<&str> = difference
            .changed
            .iter()
            .flat_map(|one| one.changes.iter().map(String::as_str))
            .collect();
        assert_eq!(changes, told, "{before} to {after}");
        assert_eq!(
            (difference.same == 1, difference.is_empty()),
            (told.is_empty(), told.is_empty())
        );
    }
}

#[test]
fn actions_come_and_go_and_move() {
    let one = |name: &str, path: &str| {
        format!("[[actions]]\nname = \"{name}\"\ndescription = \"A\"\nmethod = \"GET\"\npath = \"{path}\"\n")
    };
    let before = load("", &(one("a", "/a") + &one("b", "/b")));
    let after = load("", &(one("c", "/c") + &one("b", "/v2/b")));
    let difference = Difference::between(&before, &after);
    let names =
        |all: &[Named]| -> Vec<String> { all.iter().map(|one| format!("{} {}", one.name, one.sends)).collect() };
    assert_eq!(names(&difference.added), ["c GET /c"]);
    assert_eq!(names(&difference.removed), ["a GET /a"]);
    assert_eq!(difference.changed[0].changes, ["was GET /b and is GET /v2/b"]);
}

#[test]
fn how_the_api_is_reached_is_compared_once_for_all_actions() {
    let before = load("", &action(""));
    let after = load(
        "timeout_ms = 1\n[auth]\ntype = \"bearer_token\"\ntoken = \"vault://crm/token\"",
        &action(""),
    );
    let difference = Difference::between(&before, &after);
    assert_eq!((difference.connection.len(), difference.same), (2, 1));
    for (change, part) in difference
        .connection
        .iter()
        .zip(["sent differently", "authenticated differently"])
    {
        assert!(change.contains(part), "{difference:?}");
    }
}

#[test]
fn requests_that_change_are_told_however_the_api_is_reached() {
    let server = |url: &str| format!("[connection.servers.upload]\nbase_url = \"{url}\"\ncredentials = true");
    let input = |more: &str| {
        format!(
            "input = [{{ name = \"x\", in = \"query\", schema = {{ type = \"array\" }}, style = \"form\", {more} }}]"
        )
    };
    let at = "server = \"upload\"";
    let form = "content_type = \"application/x-www-form-urlencoded\"\nbody = { y = 1 }";
    for (before, after, told) in [
        (
            "body = { y = 1 }".to_owned(),
            form.to_owned(),
            "its body was JSON and is a form",
        ),
        (
            input("explode = true"),
            input("explode = false"),
            "its requests are built differently",
        ),
    ] {
        // Whatever else has changed.
        for head in ["", "timeout_ms = 7"] {
            let difference = Difference::between(&load("", &action(&before)), &load(head, &action(&after)));
            assert_eq!(difference.connection.is_empty(), head.is_empty());
            let changes: Vec<&String> = difference.changed.iter().flat_map(|one| &one.changes).collect();
            assert_eq!(changes, [told], "{before} to {after}, {head}");
        }
    }
    // A server of its own that moves.
    let difference = Difference::between(
        &load(&server("https://u1.example.com"), &action(at)),
        &load(&server("https://u2.example.com"), &action(at)),
    );
    assert!(
        difference
            .connection
            .contains(&"the server `upload` was https://u1.example.com/ and is https://u2.example.com/".to_owned()),
        "{difference:?}"
    );
    assert_eq!(
        difference.changed[0].changes,
        ["it went to https://u1.example.com/ and goes to https://u2.example.com/"]
    );
    // One that is new, and that an action goes to.
    let difference = Difference::between(
        &load("", &action("")),
        &load(&server("https://u2.example.com"), &action(at)),
    );
    assert!(
        difference
            .connection
            .contains(&"the server `upload` (https://u2.example.com/) is new".to_owned()),
        "{difference:?}"
    );
    assert_eq!(
        difference.changed[0].changes,
        ["it went to the API's own address and goes to https://u2.example.com/"]
    );
}
