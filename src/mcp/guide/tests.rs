use rmcp::model::{ArgumentInfo, CompleteRequestParams, GetPromptRequestParams, Reference};
use serde_json::{Value, json};

use super::*;
use crate::connector::{self, SourceFile};

fn connector(name: &str, more: &str, skill: Option<&str>) -> Arc<Connector> {
    let file = |relative: &str, text: String| SourceFile {
        shown: relative.into(),
        relative: relative.into(),
        text,
    };
    let text = format!(
        "name = {name:?}\ndescription = \"All of {name}.\"\n{more}\n[connection]\nbase_url = \"https://host.example.com/v1\"\n\
         [[actions]]\nname = \"get_ticket\"\ndescription = \"Reads a ticket.\"\nmethod = \"GET\"\npath = \"/tickets/{{id}}\"\n\
         [[actions.input]]\nname = \"id\"\ndescription = \"Its id.\"\nrequired = true\n\
         [[actions]]\nname = \"{}_only\"\ndescription = \"Changes it.\"\nmethod = \"POST\"\npath = \"/x\"\n",
        name.to_lowercase()
    );
    let mut files = vec![file("connector.toml", text)];
    files.extend(skill.map(|skill| file("SKILL.md", skill.to_owned())));
    let loaded = connector::load(&files);
    Arc::new(loaded.connector.unwrap_or_else(|| panic!("{:?}", loaded.diagnostics)))
}

fn catalog() -> Catalog {
    let disabled = "[metadata]\nstatus = \"inactive\"";
    let (catalog, collisions) = Catalog::assemble(vec![
        connector("CRM", "", Some("# Read me")),
        connector("Wiki", "", None),
        connector("Bens", "user_id = \"ben\"", Some("For Ben.")),
        connector("Off", disabled, Some("Off.")),
    ]);
    assert!(collisions.is_empty());
    catalog
}

fn ana() -> Principal {
    Principal::caller("ana", "acme")
}

fn json(value: impl serde::Serialize) -> Value {
    serde_json::to_value(value).expect("JSON")
}

fn texts(view: View<'_>, name: &str, arguments: &Value) -> Vec<String> {
    let request = GetPromptRequestParams::new(name).with_arguments(arguments.as_object().cloned().expect("object"));
    let messages = json(prompt(view, &request).expect("a prompt"))["messages"].clone();
    messages
        .as_array()
        .expect("messages")
        .iter()
        .map(|message| {
            let content = &message["content"];
            let text = content["text"].as_str().or(content["resource"]["text"].as_str());
            text.expect("text").to_owned()
        })
        .collect()
}

fn completed(view: View<'_>, reference: Reference, argument: &str, value: &str) -> Vec<String> {
    let request = CompleteRequestParams::new(reference, ArgumentInfo::new(argument, value));
    complete(view, &request).expect("values").completion.values
}

#[test]
fn skills_are_resources_of_those_who_may_see_their_connector() {
    let (catalog, ana) = (catalog(), ana());
    let view = View {
        catalog: &catalog,
        principal: &ana,
    };
    let listed = resources(view, None, 10).expect("a page");
    let uris: Vec<&str> = listed.resources.iter().map(|resource| resource.uri.as_str()).collect();
    assert_eq!(uris, ["toolgate://connectors/crm/SKILL.md"]);
    let read = json(resource(view, uris[0]).ok().expect("found"));
    assert_eq!(
        read["contents"],
        json!([{ "uri": uris[0], "mimeType": "text/markdown", "text": "# Read me" }])
    );
    for hidden in [
        "toolgate://connectors/bens/SKILL.md",
        "toolgate://connectors/off/SKILL.md",
        "toolgate://connectors/wiki/SKILL.md",
        "toolgate://connectors/../SKILL.md",
        "file:///etc/passwd",
    ] {
        assert!(resource(view, hidden).is_err(), "{hidden}");
    }
}

#[test]
fn lists_come_in_pages() {
    let (catalog, local) = (catalog(), Principal::local());
    let view = View {
        catalog: &catalog,
        principal: &local,
    };
    let mut names = Vec::new();
    let mut cursor = None;
    loop {
        let page = prompts(view, cursor.as_deref(), 2).expect("a page");
        names.extend(page.prompts.into_iter().map(|prompt| prompt.name));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(names, ["bens", "crm", "use-actions", "wiki"]);
    assert!(prompts(view, Some("nonsense"), 2).is_err());
    let first = resources(view, None, 1).expect("a page");
    let second = resources(view, first.next_cursor.as_deref(), 1).expect("a page");
    assert_eq!((second.resources.len(), second.next_cursor), (1, None));
}

#[test]
fn a_connector_as_a_prompt_tells_of_its_tools_and_its_skill_and_not_how_it_is_reached() {
    let (catalog, local) = (catalog(), Principal::local());
    let view = View {
        catalog: &catalog,
        principal: &local,
    };
    let whole = texts(view, "crm", &json!({ "request": "Find Ada" }));
    assert_eq!(
        whole,
        [
            "`crm` is CRM: All of CRM.\n\nIts tools:\n- `crm__crm_only` (asks a person first): Changes it.\n- \
             `crm__get_ticket` (reads): Reads a ticket.\n",
            "# Read me",
            "Find Ada"
        ]
    );
    let one = texts(view, "crm", &json!({ "action": "#get_ticket" }));
    assert_eq!(
        one[0],
        "Use this tool.\n\n`crm__get_ticket` (reads, of CRM): Reads a ticket.\n- `id` (required): Its id.\n"
    );
    assert!(!whole.concat().contains("host.example.com") && !one.concat().contains("host.example.com"));
    for (name, arguments) in [
        ("nobody", json!({})),
        ("crm", json!({ "action": "fly" })),
        ("use-actions", json!({})),
    ] {
        let request = GetPromptRequestParams::new(name).with_arguments(arguments.as_object().cloned().expect("object"));
        assert!(prompt(view, &request).is_err(), "{name}");
    }
}

#[test]
fn names_in_a_text_attach_what_they_stand_for() {
    let (catalog, ana) = (catalog(), ana());
    let view = View {
        catalog: &catalog,
        principal: &ana,
    };
    let cases = [
        ("ask #wiki", vec!["`wiki` is Wiki"]),
        ("ask #crm__get_ticket", vec!["`#crm__get_ticket` is this tool."]),
        ("ask #crm.get_ticket", vec!["`#crm.get_ticket` is this tool."]),
        (
            "ask #custom.crm.get_ticket.",
            vec!["`#custom.crm.get_ticket` is this tool."],
        ),
        ("ask #wiki_only", vec!["`#wiki_only` is this tool."]),
        ("ask #get_ticket", vec!["`#get_ticket` may be any of these tools."]),
        (
            "ask #bens, #bens__get_ticket and #off",
            vec!["`#bens`, `#bens__get_ticket`, `#off` names no connector or action here."],
        ),
        ("no names", vec![]),
    ];
    for (text, beginnings) in cases {
        let said = texts(view, "use-actions", &json!({ "text": text }));
        assert_eq!(said.len(), beginnings.len() + 1, "{said:?}");
        for (said, beginning) in said.iter().zip(&beginnings) {
            assert!(said.starts_with(beginning), "{said}");
        }
        assert_eq!(said.last().map(String::as_str), Some(text));
    }
}

#[test]
fn what_is_typed_is_completed_with_what_may_be_seen() {
    let (catalog, ana) = (catalog(), ana());
    let view = View {
        catalog: &catalog,
        principal: &ana,
    };
    let mentions = || Reference::for_prompt("use-actions");
    let cases = [
        (
            mentions(),
            "text",
            "ask #cr",
            vec!["ask #crm", "ask #crm__crm_only", "ask #crm__get_ticket"],
        ),
        (
            mentions(),
            "text",
            "#TICKET",
            vec!["#crm__get_ticket", "#wiki__get_ticket"],
        ),
        (mentions(), "text", "ask #be", vec![]),
        (mentions(), "text", "no name", vec![]),
        (mentions(), "other", "#", vec![]),
        (Reference::for_prompt("crm"), "action", "#get", vec!["get_ticket"]),
        (Reference::for_prompt("crm"), "action", "only", vec!["crm_only"]),
        (Reference::for_prompt("crm"), "request", "x", vec![]),
        (
            Reference::for_resource("toolgate://connectors/{connector}/SKILL.md"),
            "connector",
            "",
            vec!["crm"],
        ),
    ];
    for (reference, argument, value, expected) in cases {
        assert_eq!(completed(view, reference, argument, value), expected, "{value}");
    }
    for unknown in [Reference::for_prompt("bens"), Reference::for_resource("file:///{x}")] {
        let request = CompleteRequestParams::new(unknown, ArgumentInfo::new("action", ""));
        assert!(complete(view, &request).is_err());
    }
}

#[test]
fn at_most_a_hundred_values_are_completed() {
    let actions: Vec<String> = (0..150)
        .map(|index| format!("[[actions]]\nname = \"act_{index}\"\nmethod = \"GET\"\npath = \"/\"\n"))
        .collect();
    let actions = actions.concat();
    let text = format!("name = \"Big\"\n[connection]\nbase_url = \"https://a.example.com\"\n{actions}");
    let file = SourceFile {
        shown: "connector.toml".into(),
        relative: "connector.toml".into(),
        text,
    };
    let big = Arc::new(connector::load(&[file]).connector.expect("a connector"));
    let (catalog, _) = Catalog::assemble(vec![big]);
    let local = Principal::local();
    let view = View {
        catalog: &catalog,
        principal: &local,
    };
    let request = CompleteRequestParams::new(Reference::for_prompt("big"), ArgumentInfo::new("action", "act"));
    let completion = complete(view, &request).expect("values").completion;
    assert_eq!(
        (completion.values.len(), completion.total, completion.has_more),
        (100, Some(150), Some(true))
    );
    let said = texts(view, "big", &json!({}));
    assert!(said[0].ends_with("- and 110 more\n"), "{}", said[0]);
}
