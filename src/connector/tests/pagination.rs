//! Lists that come in pages.

use super::*;
use crate::pagination::Parameter;

const GET: &str = "method = \"GET\"\npath = \"/list\"\n";
const CURSOR: &str = "style = \"cursor\", parameter = \"after\", next = \"next\"";

#[test]
fn an_action_says_how_its_pages_are_read() {
    let lines = format!("{GET}pagination = {{ {CURSOR}, items = \"data\", max_pages = 3 }}");
    let action = action(&lines);
    let pagination = action.pagination().unwrap();
    assert_eq!(pagination.parameter, Some(Parameter::Query("after".to_owned())));
    assert_eq!((pagination.max_pages, &pagination.argument), (3, &None));
}

#[test]
fn without_the_table_there_are_no_pages() {
    assert!(action(GET).pagination().is_none());
    let defaults = format!("[defaults]\npagination = {{ {CURSOR} }}");
    let loaded = with_lines(&defaults);
    assert!(
        render(&loaded.diagnostics, false).contains("`[defaults.pagination]` has no effect"),
        "{loaded:?}"
    );
    assert!(connector(loaded).actions[0].pagination().is_none());
}

#[test]
fn defaults_fill_in_what_an_action_leaves_out() {
    let text = format!(
        "name = \"Test\"\n[connection]\nbase_url = \"https://api.example.com\"\n[defaults.pagination]\n{}\n[[actions]]\n\
         name = \"act\"\ndescription = \"Acts.\"\n{GET}[actions.pagination]\nmax_pages = 4\n",
        CURSOR.replace(", ", "\n")
    );
    let loaded = connector(load_text("connector.toml", &text));
    assert_eq!(loaded.actions[0].pagination().unwrap().max_pages, 4);
    let bare = text.replace("max_pages = 4\n", "");
    let told = load_text("connector.toml", &bare).diagnostics;
    assert!(told.iter().all(|finding| finding.code != "no-effect"), "{told:?}");
    let broken = text.replace("next = \"next\"", "next = \"a[\"");
    let loaded = load_text("connector.toml", &broken);
    assert_eq!(errors(&loaded), ["bad-pagination"]);
    assert!(
        render(&loaded.diagnostics, false).contains("[defaults.pagination]"),
        "{loaded:?}"
    );
}

#[test]
fn the_argument_that_begins_elsewhere_is_known() {
    let input = "[[actions.input]]\nname = \"from\"\ndescription = \"Where to begin\"\n";
    let by_query = CURSOR;
    let by_body = "style = \"cursor\", parameter = \"variables.after\", in = \"body\", next = \"next\"";
    let post = "method = \"POST\"\neffect = \"read\"\npath = \"/list\"\n";
    for lines in [
        format!("{GET}query = {{ after = \"{{{{ from }}}}\" }}\npagination = {{ {by_query} }}\n{input}"),
        format!("{GET}pagination = {{ {by_query} }}\n{input}in = \"query\"\nsent_as = \"after\"\n"),
        format!("{post}body = {{ variables = {{ after = \"{{{{from}}}}\" }} }}\npagination = {{ {by_body} }}\n{input}"),
    ] {
        assert_eq!(
            action(&lines).pagination().unwrap().argument.as_deref(),
            Some("from"),
            "{lines}"
        );
    }
    let other = format!("{GET}query = {{ after = \"x{{{{from}}}}\" }}\npagination = {{ {by_query} }}\n{input}");
    assert_eq!(action(&other).pagination().unwrap().argument, None);
}

#[test]
fn what_cannot_have_pages_is_refused() {
    let body = "style = \"cursor\", parameter = \"after\", in = \"body\", next = \"next\"";
    let table = [
        (
            format!("method = \"POST\"\npath = \"/list\"\npagination = {{ {CURSOR} }}"),
            "only an action that reads",
        ),
        (
            format!("method = \"HEAD\"\npath = \"/list\"\npagination = {{ {CURSOR} }}"),
            "no body",
        ),
        (
            format!("code = \"return 1\"\neffect = \"read\"\npagination = {{ {CURSOR} }}"),
            "makes its own requests",
        ),
        (format!("{GET}pagination = {{ {body} }}"), "this request has none"),
        (
            format!(
                "method = \"POST\"\neffect = \"read\"\npath = \"/list\"\nbody = \"x\"\ncontent_type = \"text/plain\"\n\
                 pagination = {{ {body} }}"
            ),
            "this request has none",
        ),
        (
            format!("{GET}pagination = {{ style = \"cursor\" }}"),
            "needs `parameter`",
        ),
        (
            "method = \"POST\"\neffect = \"read\"\npath = \"/list\"\npagination = { style = \"link\" }".to_owned(),
            "asked for with GET",
        ),
        (format!("{GET}pagination = {{}}"), "without a `style`"),
        (
            format!("{GET}pagination = {{ {CURSOR}, items = \"a[0]\" }}"),
            "path of names",
        ),
        (
            format!("{GET}pagination = {{ {CURSOR}, max_pages = 101 }}"),
            "must be at most 100",
        ),
        (format!("{GET}pagination = {{ {CURSOR}, cursor = \"x\" }}"), "`cursor`"),
        (format!("{GET}pagination = {{ style = \"curser\" }}"), "must be"),
    ];
    for (lines, says) in table {
        let loaded = with_action(&lines);
        let told = render(&loaded.diagnostics, false);
        assert!(loaded.connector.is_none() && told.contains(says), "{lines}\n{told}");
    }
}

#[test]
fn the_credential_is_no_parameter_of_pages() {
    let text = format!(
        "name = \"Test\"\n[connection]\nbase_url = \"https://api.example.com\"\n[auth]\ntype = \"api_key\"\nin = \"query\"\n\
         name = \"after\"\nkey = \"env:KEY\"\n[[actions]]\nname = \"act\"\ndescription = \"Acts.\"\n{GET}\
         pagination = {{ {CURSOR} }}\n"
    );
    let loaded = load_text("connector.toml", &text);
    assert_eq!(errors(&loaded), ["bad-name"], "{}", render(&loaded.diagnostics, false));
}

#[test]
fn a_flaw_is_shown_where_it_is_written() {
    let lines = format!("{GET}[actions.pagination]\nstyle = \"cursor\"\nparameter = \"after\"\nnext = \"data | [\"\n");
    let loaded = with_action(&lines);
    let finding = loaded.diagnostics.iter().find(|finding| finding.is_error()).unwrap();
    assert_eq!((finding.line, finding.column > 8), (12, true), "{finding:?}");
}

#[test]
fn how_long_a_page_is_says_nothing_of_the_whole_list() {
    let list = "{ type = \"array\", items = { type = \"string\", maxLength = 3 }, minItems = 1, maxItems = 2 }";
    let object = format!("{{ type = \"object\", properties = {{ data = {list}, tags = {list} }} }}");
    let nested =
        format!("{{ allOf = [{{ type = \"object\", properties = {{ data = {list} }} }}], type = \"object\" }}");
    for (schema, items, kept) in [
        (list.to_owned(), "@", 0),
        (object.clone(), "data", 1),
        (nested, "data", 0),
        (object, "tags", 1),
    ] {
        let lines = format!("{GET}response_schema = {schema}\npagination = {{ {CURSOR}, items = \"{items}\" }}");
        let action = action(&lines);
        let checked = action.response.schema.as_ref().unwrap().document().to_string();
        let promised = serde_json::to_string(action.output_schema.as_ref().unwrap()).unwrap();
        for text in [checked, promised] {
            assert_eq!(text.matches("maxItems").count(), kept, "{text}");
            assert_eq!(text.matches("minItems").count(), kept, "{text}");
            assert!(text.contains("maxLength"), "{text}");
        }
    }
    let lines = format!("{GET}response_schema = {list}");
    let alone = action(&lines);
    assert!(
        alone
            .response
            .schema
            .as_ref()
            .unwrap()
            .document()
            .to_string()
            .contains("maxItems")
    );
}
