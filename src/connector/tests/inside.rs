//! Members inside of arguments, and parts of bodies.

use super::*;

fn inside(lines: &str) -> Loaded {
    let schema = "{ type = \"object\", properties = { city = { type = \"string\" }, to = { type = \"array\", items = { type = \"object\", properties = { n = {} } } } } }";
    with_action(&format!(
        "method = \"POST\"\npath = \"/\"\ninput = [{{ name = \"x\", in = \"body\", schema = {schema}, inside = [{lines}] }}]"
    ))
}

#[test]
fn what_is_said_about_members_has_an_effect() {
    for (lines, expected) in [
        ("{ path = \"city\", sent_as = \"town\", default = \"Ulm\" }", vec![]),
        (
            "{ path = \"to[].n\", sent_as = \"m\" }, { path = \"to[].k\", value = 1 }",
            vec![],
        ),
        ("{ path = \"land\", value = \"DE\" }", vec![]),
        ("{ path = \"land\", sent_as = \"country\" }", vec!["no-effect"]),
        ("{ path = \"to[].k\", default = 1 }", vec!["no-effect"]),
        ("{ path = \"at.k\", value = 1 }", vec!["no-effect"]),
        ("{ path = \"city\", value = \"a\", sent_as = \"b\" }", vec!["no-effect"]),
        ("{ path = \"city\" }", vec!["missing-key"]),
        ("{ path = \"to[]\", sent_as = \"a\" }", vec!["bad-path"]),
        (
            "{ path = \"city\", default = 1 }, { path = \"city\", sent_as = \"a\" }",
            vec!["duplicate-key"],
        ),
        ("{ path = \"api_key\", value = \"abc\" }", vec!["literal-secret"]),
        (
            "{ path = \"city\", sentas = \"town\" }",
            vec!["missing-key", "unknown-key"],
        ),
    ] {
        assert_eq!(errors(&inside(lines)), expected, "{lines}");
    }
}

#[test]
fn code_gets_what_agents_send() {
    let found = with_action(
        "code = \"return 1\"\neffect = \"read\"\ninput = [{ name = \"x\", schema = { type = \"object\" }, inside = [{ path = \"a\", value = 1 }] }]",
    );
    assert_eq!(errors(&found), ["no-effect"]);
}

#[test]
fn only_parts_have_headers_and_not_all() {
    let with = |kind: &str, place: &str, headers: &str| {
        errors(&with_action(&format!(
            "method = \"POST\"\npath = \"/\"\ncontent_type = \"{kind}\"\ninput = [\n\
             {{ name = \"x\", in = \"{place}\", headers = {{ {headers} }} }},\n{{ name = \"y\", in = \"body\" }}, {{ name = \"z\" }}]\nquery = {{ q = \"{{{{z}}}}\" }}"
        )))
    };
    let form = "multipart/form-data";
    for (headers, expected) in [
        ("X-A = \"{{z}}\", X-B = 1", vec![]),
        ("X-A = \"{{a}}\"", vec!["undeclared-input"]),
        ("Content-Type = \"text/plain\"", vec!["bad-header"]),
        ("Content-Disposition = \"a\"", vec!["bad-header"]),
        ("Content-Transfer-Encoding = \"base64\"", vec!["bad-header"]),
        ("\"X A\" = \"a\"", vec!["bad-header"]),
        ("X-A = \"1\", x-a = \"2\"", vec!["bad-header"]),
        ("X-A = \"a\\n\"", vec!["bad-header"]),
        ("X-Api-Key = \"abc\"", vec!["literal-secret"]),
    ] {
        assert_eq!(with(form, "body", headers), expected, "{headers}");
    }
    assert_eq!(with(form, "query", "X-A = \"a\""), ["no-effect"]);
    assert_eq!(with("application/json", "body", "X-A = \"a\""), ["no-effect"]);
}

#[test]
fn a_value_of_xml_has_a_root_and_its_place() {
    let with = |rest: &str| {
        errors(&with_action(&format!(
            "method = \"POST\"\npath = \"/\"\ninput = [{{ name = \"x\", style = \"xml\", {rest} }}]"
        )))
    };
    let object = "schema = { type = \"object\" }";
    assert_eq!(with(&format!("in = \"query\", {object}")), [""; 0]);
    assert_eq!(with(&format!("in = \"header\", {object}")), [""; 0]);
    assert_eq!(with(&format!("in = \"body\", {object}")), ["no-effect"]);
    assert_eq!(
        with(&format!("in = \"query\", explode = true, {object}")),
        ["no-effect"]
    );
    assert_eq!(
        with("in = \"query\", sent_as = \"a b\", schema = { type = \"object\" }"),
        ["bad-xml"]
    );
}

#[test]
fn two_members_cannot_end_at_one_name() {
    for (lines, expected) in [
        ("{ path = \"city\", sent_as = \"to\" }", vec!["duplicate-key"]),
        (
            "{ path = \"city\", sent_as = \"a\" }, { path = \"to\", sent_as = \"a\" }",
            vec!["duplicate-key"],
        ),
        (
            "{ path = \"city\", sent_as = \"land\" }, { path = \"land\", value = 1 }",
            vec!["duplicate-key"],
        ),
        (
            "{ path = \"city\", sent_as = \"to\" }, { path = \"to\", sent_as = \"city\" }",
            vec![],
        ),
        (
            "{ path = \"city\", sent_as = \"n\" }, { path = \"to[].n\", sent_as = \"city\" }",
            vec![],
        ),
    ] {
        assert_eq!(errors(&inside(lines)), expected, "{lines}");
    }
}
