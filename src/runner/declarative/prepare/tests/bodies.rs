//! Types of bodies, and what is wrong with files in them.

use super::*;

#[test]
fn a_body_is_json_by_its_type_whatever_parameters_that_has() {
    let given = json!({"x": "1\", \"admin\": \"yes"});
    for (written, sent) in [
        ("application/vnd.api+json; charset=utf-8", None),
        ("application/json;odata=verbose", None),
        ("Application/JSON", Some("application/json")),
        ("Application/Merge-Patch+JSON", None),
        ("text/json", None),
        ("application/x-amz-json-1.1", None),
    ] {
        for content in [r#"'{"a": "{{x}}"}'"#, r#"{ a = "{{x}}" }"#] {
            let action = format!(
                "method = \"POST\"\npath = \"/\"\ncontent_type = \"{written}\"\nbody = {content}\n{}",
                inputs(&["x"])
            );
            let request = built("", &action, given.clone()).unwrap_or_else(|error| panic!("{written}: {error}"));
            let parsed: Value = serde_json::from_str(body(&request)).expect("JSON");
            assert_eq!(parsed, json!({"a": given["x"]}), "{written}");
            assert_eq!(header(&request, "content-type"), Some(sent.unwrap_or(written)));
        }
    }
    let form = "application/x-www-form-urlencoded; charset=UTF-8";
    let action = format!(
        "method = \"POST\"\npath = \"/\"\ncontent_type = \"{form}\"\nbody = {{ a = \"{{{{x}}}}\" }}\n{}",
        inputs(&["x"])
    );
    let request = built("", &action, json!({"x": 1})).unwrap();
    assert_eq!((body(&request), header(&request, "content-type")), ("a=1", Some(form)));
}

#[test]
fn what_is_wrong_with_a_file_is_said_of_the_argument() {
    let action = "method = \"POST\"\npath = \"/\"\ncontent_type = \"multipart/form-data\"\n\
                  input = [{ name = \"photo\", type = \"FILE\", in = \"body\", sent_as = \"file[0]\" }]";
    let file = json!({"fileName": "a", "mimeType": "image/png", "base64": "!"});
    let error = built("", action, json!({"photo": file})).expect_err("no base64");
    assert_eq!(error.pointer.as_deref(), Some("/photo"), "{error}");
}
