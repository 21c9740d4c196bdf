use serde_json::{Map, json};

use super::*;
use crate::auth::Scrubber;
use crate::connector::model::Action;
use crate::connector::{SourceFile, load};
use crate::schema::Violation;

fn action(more: &str) -> std::sync::Arc<Action> {
    let text = format!(
        "name = \"T\"\n[connection]\nbase_url = \"https://a.example.com\"\n[[actions]]\nname = \"act\"\n\
         effect = \"read\"\ncode = \"return 1;\"\n{more}"
    );
    let loaded = load(&[SourceFile {
        shown: "connector.toml".into(),
        relative: "connector.toml".into(),
        text,
    }]);
    loaded
        .connector
        .unwrap_or_else(|| panic!("{:?}", loaded.diagnostics))
        .actions[0]
        .clone()
}

const RULES: CodeRules = CodeRules {
    aliases: false,
    returned_errors_fail: true,
};

fn read(result: &Value) -> Result<Returned, ReturnedError> {
    read_as(&action(""), RULES, result)
}

fn read_as(action: &Action, rules: CodeRules, result: &Value) -> Result<Returned, ReturnedError> {
    let scrubber = Scrubber::new(["hunter2hunter2"]);
    let redaction = Redaction::of(&scrubber, &action.secret_arguments, &Map::new());
    returned(action, rules, &result.to_string(), &redaction, &Handles::default())
}

#[test]
fn the_size_of_a_file_is_that_of_what_is_left_of_it() {
    for (key, content) in [("text", "in hunter2hunter2"), ("base64", "aW4gaHVudGVyMmh1bnRlcjI=")] {
        let mut file = json!({"fileName": "a.txt", "mimeType": "text/plain"});
        file[key] = content.into();
        for result in [json!({ "files": [file] }), json!({ "files": file }), file.clone()] {
            let returned = read(&result).expect("a result");
            let length = returned.files[0].content.len();
            assert_eq!(length, "in [REDACTED]".len());
            let said = returned.content.to_string();
            assert!(said.contains(&format!("\"size\":{length}")), "{said}");
        }
    }
}

#[test]
fn a_result_is_an_object_without_secrets() {
    for (result, content) in [
        (json!({"a": 1}), json!({"a": 1})),
        (json!([1, 2]), json!({"result": [1, 2]})),
        (json!(null), json!({"result": null})),
        (json!("hunter2hunter2!"), json!({"result": "[REDACTED]!"})),
        (
            json!({"a": {"b": ["x hunter2hunter2"]}}),
            json!({"a": {"b": ["x [REDACTED]"]}}),
        ),
    ] {
        let returned = read(&result).expect("a result");
        assert_eq!(returned.content, content);
        assert!(returned.error.is_none() && returned.files.is_empty());
    }
    let nothing = returned(
        &action(""),
        RULES,
        "",
        &Redaction::of(&Scrubber::empty(), &[], &Map::new()),
        &Handles::default(),
    );
    assert_eq!(nothing, Err(ReturnedError::Nothing));
    let broken = returned(
        &action(""),
        RULES,
        "{",
        &Redaction::of(&Scrubber::empty(), &[], &Map::new()),
        &Handles::default(),
    );
    assert!(matches!(broken, Err(ReturnedError::NotJson(_))));
}

#[test]
fn a_result_that_tells_of_an_error_is_one() {
    for (result, error) in [
        (json!({"error": "Title is required"}), Some("Title is required")),
        (json!({"success": false, "error": "no"}), Some("no")),
        (
            json!({"success": false, "message": "no such ticket"}),
            Some("no such ticket"),
        ),
        (
            json!({"success": false}),
            Some("the action reports that it did not succeed"),
        ),
        (json!({"error": {"message": "deep", "code": 3}}), Some("deep")),
        (json!({"error": {"code": 3}}), Some("{\"code\":3}")),
        (json!({"error": true, "message": "m"}), Some("m")),
        (json!({"error": null, "success": true}), None),
        (json!({"error": ""}), None),
        (json!({"error": [], "result": {"x": 1}}), None),
        (json!({"error": {}, "data": [1]}), None),
        (json!({"error": ["EAPI:Invalid key"]}), Some("[\"EAPI:Invalid key\"]")),
        (json!({"error": 0}), None),
        (json!({"error": false}), None),
        (json!({"errors": ["x"]}), None),
        (json!({"success": "false"}), None),
        (json!([{"error": "x"}]), None),
    ] {
        let returned = read(&result).expect("a result");
        assert_eq!(returned.error.as_deref(), error, "{result}");
        let rules = CodeRules {
            returned_errors_fail: false,
            ..RULES
        };
        assert_eq!(read_as(&action(""), rules, &result).expect("a result").error, None);
    }
    let long = read(&json!({"error": "x".repeat(5_000)})).expect("a result");
    assert_eq!(long.error.map(|error| error.chars().count()), Some(LONGEST_MESSAGE + 1));
}

#[test]
fn files_are_taken_out_of_the_result() {
    let one = json!({"files": {"fileName": "a.csv", "mimeType": "text/csv", "text": "x,y\n"}, "success": true, "exported": 2});
    let returned = read(&one).expect("a result");
    assert_eq!(
        returned.content,
        json!({"files": {"fileName": "a.csv", "mimeType": "text/csv", "size": 4}, "success": true, "exported": 2})
    );
    let file = |name: &str, mime_type: &str, content: FileContent| File {
        name: name.to_owned(),
        mime_type: mime_type.to_owned(),
        content,
    };
    let bytes = |bytes: &'static [u8]| FileContent::Bytes(Bytes::from_static(bytes));
    assert_eq!(
        returned.files,
        [file("a.csv", "text/csv", FileContent::Text("x,y\n".to_owned()))]
    );

    for content in [
        json!("AAEC"),
        json!("AAEC\n"),
        json!("data:application/pdf;base64,AAEC"),
        json!({"type": "Buffer", "data": [0, 1, 2]}),
        json!({"type": "Buffer", "data": "AAEC"}),
        json!([0, 1, 2]),
        json!({"0": 0, "1": 1, "2": 2}),
    ] {
        for key in ["base64", "buffer"] {
            let list = json!({"files": [{"fileName": "a.bin", "mimeType": "a/b", key: content}, "a name"]});
            let returned = read(&list).expect("a result");
            assert_eq!(returned.files, [file("a.bin", "a/b", bytes(&[0, 1, 2]))], "{content}");
            assert_eq!(
                returned.content,
                json!({"files": [{"fileName": "a.bin", "mimeType": "a/b", "size": 3}, "a name"]})
            );
            // A download returns the file itself.
            let itself =
                json!({"filename": "../a\u{202e}b.bin", key: content, "url": "https://x.example", "text": null});
            let returned = read(&itself).expect("a result");
            assert_eq!(
                returned.files,
                [file("_a_b.bin", "application/octet-stream", bytes(&[0, 1, 2]))]
            );
            assert_eq!(
                returned.content,
                json!({"url": "https://x.example", "fileName": "_a_b.bin", "mimeType": "application/octet-stream", "size": 3})
            );
        }
    }
}

#[test]
fn what_only_looks_like_a_file_stays() {
    for result in [
        json!({"fileName": "a.txt", "text": "a note about a.txt"}),
        json!({"text": "x", "mimeType": "text/plain"}),
        json!({"files": ["a", "b"], "base64": "AAEC"}),
        json!({"files": 3}),
        json!({"files": {"total": 3}}),
        json!({"files": [{"id": "1", "name": "Report.pdf", "mimeType": "application/pdf"}, null]}),
        json!({"files": [{"filename": "src/a.rs", "status": "modified", "additions": 1, "patch": "@@"}]}),
        json!({"files": {"filename": "invoice.pdf", "contentType": "application/pdf", "size": 1234}}),
        json!({"files": [{"fileName": "a", "mimeType": "a/b", "buffer": null, "error": "too large"}]}),
    ] {
        let returned = read(&result).expect("a result");
        assert!(returned.files.is_empty(), "{result}");
        assert_eq!(returned.content, result);
    }
}

#[test]
fn a_file_has_a_name_and_one_content() {
    for (file, problem) in [
        (json!({"fileName": "a", "mimeType": "a/b"}), "has no content"),
        (
            json!({"fileName": "a", "mimeType": "a/b", "text": "x", "base64": "AAEC"}),
            "has both `text` and `base64`",
        ),
        (json!({"mimeType": "a/b", "text": "x"}), "has no `fileName`"),
        (json!({"fileName": "a", "text": 3}), "has a `text` that is not a text"),
        (
            json!({"fileName": "a", "base64": "%%%"}),
            "has a `base64` that is not base64",
        ),
        (json!({"fileName": "a", "buffer": {}}), ""),
        (
            json!({"fileName": "a", "buffer": [256]}),
            "contains something that is not a byte",
        ),
    ] {
        let told = read(&json!({ "files": [file] }));
        if problem.is_empty() {
            // What an empty typed array becomes.
            assert!(told.is_ok(), "{told:?}");
            continue;
        }
        let told = told.expect_err(problem).to_string();
        assert!(told.contains(problem) && told.contains("`/files/0`"), "{told}");
    }
    let many = json!({ "files": vec![json!({"fileName": "a", "text": "x"}); MOST_FILES + 1] });
    assert!(read(&many).is_err());
}

#[test]
fn secrets_are_gone_from_files() {
    let result = json!({"files": [
        {"fileName": "hunter2hunter2.txt", "mimeType": "text/hunter2hunter2", "text": "k hunter2hunter2"},
        {"fileName": "b", "base64": "aHVudGVyMmh1bnRlcjI="},
    ]});
    let returned = read(&result).expect("a result");
    assert!(!format!("{returned:?}").contains("hunter2"), "{returned:?}");
    assert_eq!(returned.files[0].name, "[REDACTED].txt");
    let contents: Vec<&FileContent> = returned.files.iter().map(|file| &file.content).collect();
    assert_eq!(
        contents,
        [
            &FileContent::Text("k [REDACTED]".to_owned()),
            &FileContent::Bytes(Bytes::from_static(b"[REDACTED]"))
        ]
    );
}

#[test]
fn a_described_result_is_checked() {
    let strict = action("[actions.response_schema]\ntype = \"object\"\nproperties = { id = { type = \"integer\" } }\n");
    assert!(read_as(&strict, RULES, &json!({"id": 3})).is_ok());
    let Err(ReturnedError::SchemaMismatch { violations }) = read_as(&strict, RULES, &json!({"id": "hunter2hunter2"}))
    else {
        panic!("no mismatch");
    };
    let shown = |violation: &Violation| format!("{} {}", violation.pointer, violation.message);
    assert!(violations.iter().all(|violation| !shown(violation).contains("hunter2")));
    // An error follows no schema.
    let error = read_as(&strict, RULES, &json!({"error": "no", "id": "x"})).expect("a result");
    assert_eq!(error.error.as_deref(), Some("no"));
    let lenient = action(
        "validation = \"warn\"\n[actions.response_schema]\ntype = \"object\"\nproperties = { id = { type = \"integer\" } }\n",
    );
    let returned = read_as(&lenient, RULES, &json!({"id": "x"})).expect("a result");
    assert!(returned.warnings[0].contains("/id"), "{:?}", returned.warnings);
}

#[test]
fn a_text_that_was_cut_within_a_character_is_a_result() {
    let returned = |text: &str| {
        let redaction = Redaction::of(&Scrubber::empty(), &[], &Map::new());
        returned(&action(""), RULES, text, &redaction, &Handles::default()).map(|returned| returned.content)
    };
    assert_eq!(
        returned(r#"{"preview":"at noon \ud83c"}"#),
        Ok(json!({"preview": "at noon \u{fffd}"}))
    );
    assert!(matches!(returned(r#"{"a":"\ud8"}"#), Err(ReturnedError::NotJson(_))));
}

#[test]
fn a_result_that_is_nested_too_deep_is_told_so() {
    let redaction = Redaction::of(&Scrubber::empty(), &[], &Map::new());
    let nested = |levels: usize| format!("{}\"\\ud83c\"{}", "[".repeat(levels), "]".repeat(levels));
    let read = |text: &str| returned(&action(""), RULES, text, &redaction, &Handles::default());
    assert!(read(&nested(127)).is_ok());
    let error = read(&nested(128)).expect_err("too deep");
    assert_eq!(
        error.to_string(),
        "the code's result is nested more than 127 levels deep: return fewer levels, or the deep part as a text of JSON"
    );
}
