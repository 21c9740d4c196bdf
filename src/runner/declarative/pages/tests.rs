//! From pages to requests and to one result.

use serde_json::json;

use super::super::fixture::{arguments, connector, inputs, response};
use super::super::prepare;
use super::*;

/// A list of records with a cursor, under the key `data`.
const LIST: &str = r#"
method = "GET"
path = "/list"
pagination = { style = "cursor", parameter = "after", next = "next", items = "data", max_pages = 2 }
"#;

/// Takes in `answers`; the queries of the requests between them, and the result.
fn read(
    settings: &str,
    action: &str,
    given: Value,
    answers: &[UpstreamResponse],
) -> (Vec<String>, Result<Interpreted, ResponseError>) {
    let (connector, action) = connector(settings, action);
    let given = arguments(given);
    let template = action.request().expect("a request");
    let pagination = action.pagination().expect("pagination");
    let request = prepare(&connector, &action, template, &given).expect("a request");
    let mut pages = Pages::begin(pagination, &request);
    let mut asked = Vec::new();
    let nothing = Scrubber::empty();
    for answer in answers {
        match pages.take(&connector, &action, &given, answer, &nothing) {
            Ok(Taken::Next(request)) => asked.push(request.url.query().unwrap_or_default().to_owned()),
            Ok(Taken::Last) => break,
            Ok(Taken::NoPage) => {
                return (
                    asked,
                    interpret::interpret(&connector, &action, &given, answer, &nothing),
                );
            }
            Err(error) => return (asked, Err(error)),
        }
    }
    let result = pages.finish(&action, &given, &nothing);
    (asked, result)
}

fn json_page(body: &Value) -> UpstreamResponse {
    response(200, "application/json", body.to_string())
}

fn structured(result: Result<Interpreted, ResponseError>) -> Value {
    match result.expect("a result").content {
        Content::Json(value) => value,
        Content::Binary { .. } => panic!("binary"),
    }
}

#[test]
fn pages_are_one_answer_to_schema_and_mapping() {
    let action = format!(
        "{LIST}response = \"data[].id\"\nresponse_schema = {{ type = \"object\", required = [\"data\"], properties = {{ data = \
         {{ type = \"array\", minItems = 2, items = {{ type = \"object\", properties = {{ id = {{ type = \"integer\" }} }} }} }} }} }}"
    );
    let pages = [
        json_page(&json!({"data": [{"id": 1}], "next": "b"})),
        json_page(&json!({"data": [{"id": 2}]})),
    ];
    let (asked, result) = read("", &action, json!({}), &pages);
    assert_eq!(asked, ["after=b"]);
    assert_eq!(structured(result), json!({"result": [1, 2]}));
    let pages = [
        json_page(&json!({"data": [{"id": 1}], "next": "b"})),
        json_page(&json!({"data": [{"id": "two"}]})),
    ];
    let (_, result) = read("", &action, json!({}), &pages);
    let Err(ResponseError::SchemaMismatch { violations }) = result else {
        panic!("{result:?}")
    };
    assert_eq!(violations[0].pointer, "/data/1/id");
}

#[test]
fn a_part_of_a_list_says_so_and_how_to_go_on() {
    let with_argument = format!("{LIST}query = {{ after = \"{{{{ from }}}}\" }}\n{}", inputs(&["from"]));
    let pages = [
        json_page(&json!({"data": [1], "next": "b"})),
        json_page(&json!({"data": [2], "next": "c\"d"})),
    ];
    let (_, result) = read("", &with_argument, json!({"from": "a"}), &pages);
    let told = &result.as_ref().expect("a result").warnings[0];
    assert!(told.contains("2 pages (2 items) were read"), "{told}");
    assert!(told.contains(r#"call again with `from` = "c\"d""#), "{told}");
    assert_eq!(structured(result.clone())["incomplete"], told.as_str());
    // Without an argument for it there is nothing to call with.
    let (_, result) = read("", LIST, json!({}), &pages);
    let told = &result.expect("a result").warnings[0];
    assert!(told.contains("`max_pages`") && !told.contains("c\"d"), "{told}");
}

#[test]
fn a_closed_schema_stays_as_it_is() {
    let closed = format!(
        "{LIST}response_schema = {{ type = \"object\", additionalProperties = false, properties = {{ data = {{ type = \
         \"array\" }}, next = {{ type = \"string\" }} }} }}"
    );
    let open = closed.replace("additionalProperties = false, ", "");
    let pages = [
        json_page(&json!({"data": [1], "next": "b"})),
        json_page(&json!({"data": [2], "next": "c"})),
    ];
    for (action, says) in [(closed, false), (open, true)] {
        let (_, result) = read("", &action, json!({}), &pages);
        assert_eq!(result.as_ref().expect("a result").warnings.len(), 1);
        let content = structured(result);
        assert_eq!(content.get("incomplete").is_some(), says, "{content}");
    }
}

#[test]
fn circles_are_told() {
    let same = [
        json_page(&json!({"data": [{"id": 1}], "next": "b"})),
        json_page(&json!({"data": [{"id": 2}], "next": "b"})),
    ];
    let (_, result) = read("", LIST, json!({}), &same);
    let told = &result.expect("a result").warnings[0];
    assert!(
        told.contains("may not be whole") && told.contains("read already"),
        "{told}"
    );
}

#[test]
fn an_answer_that_is_no_page_is_told_as_what_it_is() {
    let page = json_page(&json!({"data": [1], "next": "b"}));
    let table = [
        (response(500, "application/json", "{}"), "status 500"),
        (response(200, "text/html", "<html>"), "not JSON"),
        (response(200, "application/json", "{"), "not JSON"),
        (response(200, "image/png", "x"), "image/png"),
        (
            json_page(&json!({"data": "x"})),
            "`pagination.items` (`data`) leads to text",
        ),
    ];
    for (answer, says) in table {
        for answers in [vec![answer.clone()], vec![page.clone(), answer.clone()]] {
            let (_, result) = read("", LIST, json!({}), &answers);
            let error = result.expect_err(says).to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}

#[test]
fn a_status_that_is_normal_ends_a_list_or_is_the_answer() {
    let action = format!("{LIST}ok_statuses = [404]");
    let gone = response(404, "application/json", r#"{"error": "no such page"}"#);
    let page = json_page(&json!({"data": [1], "next": "b"}));
    let (asked, result) = read("", &action, json!({}), &[page, gone.clone()]);
    assert_eq!(asked.len(), 1);
    assert_eq!(structured(result), json!({"data": [1], "next": "b"}));
    let (_, result) = read("", &action, json!({}), &[gone]);
    assert_eq!(structured(result), json!({"error": "no such page"}));
}
