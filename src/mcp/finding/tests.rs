//! Reading requests and answering questions; calls through `call_action` are tried on the handler.

use rmcp::model::CallToolRequestParams;
use serde_json::{Value, json};
use std::fmt::Write as _;

use super::*;
use crate::catalog::{Catalog, Loader, folder};
use crate::config::{FindingConfig, FindingMode};
use crate::connector::SourceFile;
use crate::engine::{CallError, ErrorCode};

/// A connector with `count` reads `get_0`, `get_1` and so on, one write `create_ticket`, and the lines `more` in front.
fn connector(name: &str, count: usize, more: &str) -> folder::ConnectorSource {
    let mut text = format!(
        "name = \"{name}\"\ndescription = \"Things of {name}\"\n{more}\n[connection]\n\
         base_url = \"https://secret-host.example.com/api\"\n[auth]\ntype = \"api_key\"\n\
         header_name = \"X-Secret-Header\"\nkey = \"env:SECRET_KEY\"\n"
    );
    text.push_str(
        "[[actions]]\nname = \"create_ticket\"\ntitle = \"Open a ticket\"\ndescription = \"Opens a ticket. Much more.\"\n\
         method = \"POST\"\npath = \"/tickets\"\nbody = { title = \"{{title}}\", urgent = \"{{urgent}}\" }\n\
         response_schema = { id = \"string\" }\n[[actions.input]]\nname = \"title\"\nrequired = true\n\
         [[actions.input]]\nname = \"urgent\"\ntype = \"BOOLEAN\"\n",
    );
    for number in 0..count {
        writeln!(
            text,
            "[[actions]]\nname = \"get_{number}\"\ndescription = \"Reads number {number}\"\nmethod = \"GET\"\npath = \"/{number}\""
        )
        .unwrap();
    }
    folder::ConnectorSource {
        path: name.into(),
        code: Vec::new(),
        files: vec![SourceFile {
            shown: name.into(),
            relative: "connector.toml".into(),
            text,
        }],
    }
}

fn catalog(connectors: Vec<folder::ConnectorSource>) -> Catalog {
    let report = Loader::default().load_sources(folder::Sources {
        connectors,
        problems: Vec::new(),
    });
    assert!(!report.has_errors(), "{:?}", report.diagnostics);
    report.catalog
}

fn two() -> Catalog {
    catalog(vec![connector("crm", 1, ""), connector("wiki", 2, "")])
}

fn request(name: &str, arguments: &Value) -> CallToolRequestParams {
    let mut request = CallToolRequestParams::new(name.to_owned());
    request.arguments = arguments.as_object().cloned();
    request
}

#[expect(clippy::needless_pass_by_value, reason = "reads like the call it stands for")]
fn asked(name: &str, arguments: Value) -> Result<Request, CallError> {
    read(&two(), request(name, &arguments))
}

/// What a question is answered, structured; the text must say the same.
#[expect(clippy::needless_pass_by_value, reason = "reads like the call it stands for")]
fn answered(catalog: &Catalog, name: &str, arguments: Value) -> Value {
    let Ok(Request::Question(question)) = read(catalog, request(name, &arguments)) else {
        panic!("{name} is no question");
    };
    let find = |name: &str| match catalog.find(name) {
        crate::catalog::Lookup::Found(tool) => Ok(std::sync::Arc::clone(tool)),
        _ => Err(CallError::new(ErrorCode::UnknownApi, "unknown", "look again")),
    };
    let result = answer(catalog, &question, find);
    let structured = result.structured_content.clone().expect("structured");
    if result.is_error != Some(true) {
        let text = &result.content[0].as_text().expect("text").text;
        assert_eq!(serde_json::from_str::<Value>(text).expect("JSON"), structured);
    }
    for secret in ["secret-host", "X-Secret-Header", "SECRET_KEY"] {
        assert!(
            !serde_json::to_string(&result).expect("JSON").contains(secret),
            "{structured}"
        );
    }
    structured
}

#[test]
fn every_name_of_the_contract_is_understood() {
    let find = |limit, connector: Option<&str>| Question::Find {
        sentence: "a ticket".into(),
        connector: connector.map(str::to_owned),
        limit,
    };
    for (name, arguments, expected) in [
        ("find_actions", json!({ "query": "a ticket" }), find(5, None)),
        (
            "find_actions",
            json!({ "query": "a ticket", "limit": 25, "connector": "crm" }),
            find(25, Some("crm")),
        ),
        // As with the arguments of a call, models write numbers as text.
        (
            "find_actions",
            json!({ "query": "a ticket", "limit": " 7 " }),
            find(7, None),
        ),
        ("custom_call_nl", json!({ "query": "a ticket" }), find(5, None)),
        ("custom_call_nl", json!({ "text": "a ticket" }), find(5, None)),
        ("custom.call_nl", json!({ "query": "a ticket" }), find(5, None)),
        (
            "describe_action",
            json!({ "name": "x" }),
            Question::Describe("x".into()),
        ),
        ("custom_list", json!({}), Question::Connectors),
        ("custom.list", json!(null), Question::Connectors),
        ("custom.list()", json!(null), Question::Connectors),
        (
            "custom_schema",
            json!({ "connector": "crm" }),
            Question::Schema("crm".into()),
        ),
        ("custom_schema", json!({ "api": "crm" }), Question::Schema("crm".into())),
        ("custom.crm.schema", json!(null), Question::Schema("crm".into())),
        ("custom.crm.schema()", json!(null), Question::Schema("crm".into())),
        ("custom.nothing.schema", json!(null), Question::Schema("nothing".into())),
    ] {
        match asked(name, arguments) {
            Ok(Request::Question(question)) => assert_eq!(question, expected, "{name}"),
            Ok(_) => panic!("{name} is a call"),
            Err(error) => panic!("{name}: {error}"),
        }
    }
    for name in [
        "crm__create_ticket",
        "custom.crm.create_ticket",
        "custom.crm",
        "nothing",
        "",
    ] {
        assert!(matches!(asked(name, json!({})), Ok(Request::Action(_))), "{name}");
    }
}

#[test]
fn an_action_called_schema_stays_an_action() {
    let mut source = connector("crm", 0, "");
    source.files[0].text = source.files[0].text.replace("create_ticket", "schema");
    let catalog = catalog(vec![source]);
    let read = read(&catalog, request("custom.crm.schema", &json!({ "title": "a" })));
    assert!(matches!(read, Ok(Request::Action(_))));
}

#[test]
fn arguments_of_an_inner_call_may_be_an_object_or_its_text() {
    for arguments in [
        json!({ "name": "crm__create_ticket", "arguments": { "title": "a" } }),
        json!({ "name": "#crm__create_ticket", "arguments": "{\"title\": \"a\"}" }),
    ] {
        let Ok(Request::Indirect(inner)) = asked("call_action", arguments) else {
            panic!("no call");
        };
        assert_eq!(inner.name, "crm__create_ticket");
        assert_eq!(
            Value::Object(inner.arguments.expect("arguments")),
            json!({ "title": "a" })
        );
    }
    for arguments in [json!({ "name": "x" }), json!({ "name": "x", "arguments": null })] {
        let Ok(Request::Indirect(inner)) = asked("call_action", arguments) else {
            panic!("no call");
        };
        assert_eq!(inner.arguments, Some(serde_json::Map::new()));
    }
}

#[test]
fn wrong_arguments_are_explained() {
    for (name, arguments, says) in [
        ("call_action", json!({}), "needs the argument `name`"),
        (
            "call_action",
            json!({ "name": "find_actions", "arguments": { "query": "x" } }),
            "`find_actions` is a tool of its own",
        ),
        (
            "describe_action",
            json!({ "name": "call_action()" }),
            "`call_action` is a tool of its own",
        ),
        (
            "call_action",
            json!({ "name": 7 }),
            "`name` of `call_action` is a number",
        ),
        (
            "call_action",
            json!({ "name": "x", "arguments": [] }),
            "is a list, not an object",
        ),
        (
            "call_action",
            json!({ "name": "x", "arguments": "title: a" }),
            "not that of a JSON object",
        ),
        (
            "call_action",
            json!({ "name": "x", "arguments": "[1]" }),
            "not that of a JSON object",
        ),
        (
            "call_action",
            json!({ "name": "x", "title": "a" }),
            "put the action's own arguments into `arguments`",
        ),
        ("describe_action", json!({ "name": " " }), "is empty text"),
        ("find_actions", json!({}), "needs the argument `query`"),
        ("find_actions", json!({ "query": "a", "limit": 0 }), "from 1 to 25"),
        ("find_actions", json!({ "query": "a", "limit": "five" }), "from 1 to 25"),
        ("find_actions", json!({ "query": "a", "limit": "26" }), "from 1 to 25"),
        ("find_actions", json!({ "query": "a", "limit": 1.5 }), "from 1 to 25"),
        (
            "find_actions",
            json!({ "query": "a", "connector": 1 }),
            "`connector` is a number",
        ),
        ("find_actions", json!({ "query": "a", "filter": 1 }), "no `filter`"),
    ] {
        let Err(error) = asked(name, arguments.clone()) else {
            panic!("{name} {arguments} is fine");
        };
        assert_eq!(error.code, ErrorCode::InvalidRequest);
        assert!(error.text().contains(says), "{error}");
    }
}

#[test]
fn what_is_found_says_how_to_go_on() {
    let found = answered(&two(), "find_actions", json!({ "query": "open a ticket in the crm" }));
    assert_eq!(
        found["actions"][0],
        json!({ "name": "crm__create_ticket", "title": "Open a ticket", "does": "Opens a ticket.", "connector": "crm",
            "required": ["title"], "effect": "write", "asks_first": true })
    );
    assert!(found["next"].as_str().expect("text").contains("call_action"));

    let found = answered(
        &two(),
        "find_actions",
        json!({ "query": "a ticket", "connector": "wiki", "limit": 1 }),
    );
    assert_eq!(found["actions"].as_array().map(Vec::len), Some(1));
    assert_eq!(found["actions"][0]["name"], "wiki__create_ticket");

    let nothing = answered(&two(), "find_actions", json!({ "query": "zzz" }));
    assert_eq!(
        (&nothing["actions"], &nothing["connectors"]),
        (&json!([]), &json!(["crm", "wiki"]))
    );

    // To somebody for whom there is none, none can be named.
    let nobodys = catalog(Vec::new());
    let nothing = answered(&nobodys, "find_actions", json!({ "query": "a ticket" }));
    assert_eq!(nothing["connectors"], json!([]));
    let next = nothing["next"].as_str().expect("text");
    assert!(next.starts_with("There is no connector for this caller."), "{next}");
    let unknown = answered(&nobodys, "find_actions", json!({ "query": "a", "connector": "crm" }));
    assert_eq!(unknown["error"]["resolution"], next);

    let unknown = answered(&two(), "find_actions", json!({ "query": "a", "connector": "cms" }));
    assert!(
        unknown["error"]["resolution"]
            .as_str()
            .expect("text")
            .contains("`crm`, `wiki`")
    );
}

#[test]
fn names_in_a_sentence_come_first() {
    for (query, first) in [
        ("#wiki__create_ticket for the crm", "wiki__create_ticket"),
        ("wiki__create_ticket", "wiki__create_ticket"),
        ("custom.wiki.create_ticket", "wiki__create_ticket"),
        ("open a ticket in #wiki", "wiki__create_ticket"),
        ("use #wiki.get_1", "wiki__get_1"),
        ("what is in #wiki", "wiki__get_0"),
    ] {
        let found = answered(&two(), "find_actions", json!({ "query": query }));
        assert_eq!(found["actions"][0]["name"], first, "{query}: {found}");
    }
}

#[test]
fn an_action_is_described_with_all_that_a_call_needs() {
    let described = answered(&two(), "describe_action", json!({ "name": "crm__create_ticket" }));
    assert_eq!(described["effect"], "write");
    assert_eq!(described["asks_first"], true);
    assert_eq!(described["description"], "Opens a ticket. Much more.");
    assert_eq!(described["input_schema"]["required"], json!(["title"]));
    assert_eq!(described["output_schema"]["properties"]["id"]["type"], "string");
    assert_eq!(
        described["example"],
        json!({ "name": "crm__create_ticket", "arguments": { "title": "text" } })
    );

    let several = answered(&two(), "describe_action", json!({ "name": "#create_ticket" }));
    let resolution = several["error"]["resolution"].as_str().expect("text");
    assert!(
        resolution.contains("`crm__create_ticket`, `wiki__create_ticket`"),
        "{resolution}"
    );
    let only = answered(&two(), "describe_action", json!({ "name": "get_1" }));
    assert_eq!(only["name"], "wiki__get_1");
    let unknown = answered(&two(), "describe_action", json!({ "name": "nothing" }));
    assert_eq!(unknown["error"]["code"], "UNKNOWN_API");
}

/// One action with these lines behind its path.
fn single(lines: &str) -> Catalog {
    let mut source = connector("crm", 0, "");
    let (head, _) = source.files[0].text.split_once("[[actions]]").expect("an action");
    source.files[0].text =
        format!("{head}[[actions]]\nname = \"a\"\ndescription = \"A\"\nmethod = \"POST\"\npath = \"/a\"\n{lines}");
    catalog(vec![source])
}

/// Its arguments `x` of this schema, which must be given, and `kind`, `n` and `z`, which need not.
fn lines(schema: &str) -> String {
    let input = |name: &str, rest: &str| format!("[[actions.input]]\nname = \"{name}\"\nin = \"body\"\n{rest}\n");
    let optional = ["kind", "n", "z"].map(|name| input(name, "schema = { type = \"integer\", minimum = 3 }"));
    input("x", &format!("required = true\nschema = {schema}")) + &optional.concat()
}

#[test]
fn the_example_of_an_action_is_one_that_its_schema_takes() {
    for (schema, example) in [
        ("{ type = \"string\", pattern = \"^[0-9]{4}$\" }", Some(json!("1111"))),
        ("{ type = \"string\", pattern = \"^[A-Z]{3}-[0-9]+$\" }", None),
        ("{ type = \"integer\", exclusiveMinimum = 7 }", Some(json!(8))),
        ("{ type = \"number\", exclusiveMinimum = 0.5 }", Some(json!(1.5))),
        ("{ type = \"integer\", maximum = -2 }", Some(json!(-2))),
        ("{ type = \"number\", exclusiveMaximum = 0 }", Some(json!(-1))),
        (
            "{ type = \"array\", minItems = 3, items = { type = \"boolean\" } }",
            Some(json!([true, true, true])),
        ),
        ("{ type = \"array\", maxItems = 0 }", Some(json!([]))),
        ("{ type = \"integer\", multipleOf = 5 }", None),
        ("{ type = \"string\", examples = [7] }", None),
    ] {
        let catalog = single(&lines(schema));
        let described = answered(&catalog, "describe_action", json!({ "name": "crm__a" }));
        let given = described["example"]["arguments"].get("x").cloned();
        assert_eq!(given, example, "{schema}: {described}");
        assert_eq!(described.get("example").is_some(), example.is_some());
        let next = described["next"].as_str().expect("text");
        assert_eq!(next.contains("as in the example"), example.is_some(), "{next}");
    }
}

#[test]
fn what_one_of_several_arguments_must_be_is_told() {
    let any_of = "any_of = [[\"n\", \"z\"], [\"kind\"]]\n";
    let catalog = single(&(any_of.to_owned() + &lines("{ enum = [\"b\"] }")));
    let described = answered(&catalog, "describe_action", json!({ "name": "crm__a" }));
    assert_eq!(described["example"]["arguments"], json!({ "x": "b", "n": 3, "z": 3 }));
    let found = answered(&catalog, "find_actions", json!({ "query": "a" }));
    assert_eq!(
        (&found["actions"][0]["required"], &found["actions"][0]["any_of"]),
        (&json!(["x"]), &json!([["n", "z"], ["kind"]]))
    );
    assert_eq!(
        answered(&two(), "find_actions", json!({ "query": "ticket" }))["actions"][0].get("any_of"),
        None
    );
}

#[test]
fn definitions_that_are_too_long_for_one_answer_are_cut_short() {
    let long = catalog(vec![connector("crm", 400, "")]);
    let schema = answered(&long, "custom_schema", json!({ "connector": "crm" }));
    let actions = schema["actions"].as_array().expect("list");
    assert_eq!(actions.len(), 401);
    assert_eq!(
        actions[0],
        json!({ "name": "crm__create_ticket", "title": "Open a ticket", "required": ["title"] })
    );
    assert!(
        schema["next"].as_str().expect("text").contains("describe_action"),
        "{}",
        schema["next"]
    );
    let longest = catalog(vec![connector("crm", 4_000, "")]);
    let schema = answered(&longest, "custom_schema", json!({ "connector": "crm" }));
    assert!(schema.to_string().len() < 60_000);
    let told = schema["actions"].as_array().expect("list").len();
    let next = schema["next"].as_str().expect("text");
    assert!(
        next.contains(&format!("{} more", 4_001 - told)) && next.contains("find_actions"),
        "{next}"
    );
    let short = catalog(vec![connector("crm", 20, "")]);
    let schema = answered(&short, "custom_schema", json!({ "connector": "crm" }));
    assert!(schema["actions"][0]["input_schema"].is_object() && schema.get("next").is_none());
}

#[test]
fn connectors_and_their_definitions_are_told() {
    assert_eq!(
        answered(&two(), "custom_list", json!({})),
        json!({ "connectors": ["crm", "wiki"] })
    );
    for slug in ["wiki", "custom.wiki", "#wiki"] {
        let schema = answered(&two(), "custom_schema", json!({ "connector": slug }));
        let names: Vec<_> = schema["actions"]
            .as_array()
            .expect("list")
            .iter()
            .map(|action| &action["name"])
            .collect();
        assert_eq!(names, ["wiki__create_ticket", "wiki__get_0", "wiki__get_1"]);
        assert_eq!(schema["actions"][0]["input_schema"]["required"], json!(["title"]));
    }
    let unknown = answered(&two(), "custom.cms.schema", json!({}));
    assert_eq!(unknown["error"]["code"], "UNKNOWN_API");

    let hidden = catalog(vec![
        connector("crm", 0, ""),
        connector("old", 0, "metadata = { status = \"retired\" }"),
    ]);
    assert_eq!(
        answered(&hidden, "custom_list", json!({})),
        json!({ "connectors": ["crm"] })
    );
    let schema = answered(&hidden, "custom_schema", json!({ "connector": "old" }));
    assert_eq!(schema["error"]["code"], "UNKNOWN_API");
}

#[test]
fn the_list_is_short_when_there_are_too_many_actions_or_tokens() {
    let settings = |mode, max_tools, max_tokens| FindingConfig {
        mode,
        max_tools,
        max_tokens,
    };
    let default = FindingConfig::default();
    assert_eq!(
        (default.mode, default.max_tools, default.max_tokens),
        (FindingMode::Auto, 40, 20_000)
    );
    let many = catalog(vec![connector("crm", 40, "")]);
    let few = catalog(vec![connector("crm", 39, "")]);
    assert_eq!((few.tools().len(), many.tools().len()), (40, 41));
    for (catalog, settings, searching) in [
        (&few, default.clone(), false),
        (&many, default, true),
        (&many, settings(FindingMode::Direct, 0, 0), false),
        (&few, settings(FindingMode::Search, 100, 100_000), true),
        (&many, settings(FindingMode::Auto, 41, 100_000), false),
        (&few, settings(FindingMode::Auto, 40, 100), true),
    ] {
        let plan = Plan::new(catalog, &settings);
        assert_eq!(plan.searching, searching, "{settings:?}: {}", plan.reason);
        let listed = plan.listed(catalog).count();
        assert_eq!(listed, if searching { 0 } else { catalog.tools().len() });
        if searching {
            assert!(plan.tokens(catalog) < 1_000, "{}", plan.tokens(catalog));
        }
    }
}

#[test]
fn pinned_actions_stay_in_the_list() {
    let mut source = connector("crm", 50, "");
    source.files[0].text = source.files[0]
        .text
        .replace("title = \"Open a ticket\"", "pinned = true");
    let catalog_of_two = catalog(vec![source, connector("wiki", 1, "pinned = true")]);
    let plan = Plan::new(&catalog_of_two, &FindingConfig::default());
    let listed: Vec<&str> = plan.listed(&catalog_of_two).map(|tool| tool.name.as_str()).collect();
    assert_eq!(listed, ["crm__create_ticket", "wiki__create_ticket", "wiki__get_0"]);
}

#[test]
fn what_finds_tools_says_honestly_what_it_may_do() {
    let names: Vec<&str> = TOOLS.iter().map(|tool| tool.name.as_ref()).collect();
    assert_eq!(names, ["call_action", "describe_action", "find_actions"]);
    for tool in TOOLS.iter() {
        let annotations = tool.annotations.as_ref().expect("annotations");
        let calls = tool.name == "call_action";
        assert_eq!(annotations.read_only_hint, Some(!calls), "{}", tool.name);
        assert_eq!(annotations.destructive_hint, Some(calls), "{}", tool.name);
        let schema = Value::Object((*tool.input_schema).clone());
        crate::schema::Schema::compile(&schema).expect("a schema");
        assert!(tokens::of_description(tool) < 350, "{}", tokens::of_description(tool));
    }
}
