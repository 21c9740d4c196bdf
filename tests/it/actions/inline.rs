//! Code that is written where its action is: its places are those of that file.

use crate::harness::{Finished, Workspace, share_compiled_code};

const TOML: &str = r#"name = "Desk"
description = "Tickets"

[connection]
base_url = "https://api.example.com/v1"

[[actions]]
name = "thrown"
description = "Fails."
effect = "read"
code = '''
const a = 1;
  throw new Error('no way');
'''

[[actions]]
name = "undone"
description = "Waits for nothing."
effect = "read"
code = '''
const answer = Promise.resolve({ json: 1 });
ld.log('before', new Error('seen'));
return answer.json;
'''

[[actions]]
name = "empty"
description = "Gives nothing."
effect = "read"
code = "ld.log(1);"

[[actions]]
name = "escaped"
description = "Finds nothing."
effect = "read"
code = """
const words = /\bfoo\b/;
return words.test('foo');
"""
"#;

const YAML: &str = "name: Office
description: Papers
connection:
  base_url: https://api.example.com/v1
actions:
  - name: thrown
    description: Fails.
    effect: read
    code: |
      const a = 1;
      if (a) {
        throw new Error('no way');
      }
";

fn workspace() -> Workspace {
    let workspace = Workspace::new();
    workspace.write("desk/connector.toml", TOML);
    workspace.write("office.yaml", YAML);
    share_compiled_code(&workspace.state());
    workspace
}

async fn tried(workspace: &Workspace, tool: &str) -> Finished {
    workspace.run(&["test", tool]).await
}

#[tokio::test]
async fn what_fails_is_placed_in_the_file_of_the_action() {
    let workspace = workspace();
    let thrown = tried(&workspace, "desk__thrown").await;
    assert!(
        thrown.stderr.contains("no way (at connector.toml:13:") && !thrown.stdout.contains('#'),
        "{thrown:?}"
    );
    let thrown = tried(&workspace, "office__thrown").await;
    assert!(thrown.stderr.contains("no way (at office.yaml:12:"), "{thrown:?}");
    let undone = tried(&workspace, "desk__undone").await;
    assert!(undone.stdout.contains("(connector.toml:22:"), "{undone:?}");
}

#[tokio::test]
async fn nothing_that_was_returned_is_told_by_what_may_be_missing() {
    let workspace = workspace();
    let undone = tried(&workspace, "desk__undone").await;
    assert!(
        undone
            .stderr
            .contains("the code returned nothing: either it reached no `return`")
            && undone.stderr.contains("without `await`"),
        "{undone:?}"
    );
    let empty = tried(&workspace, "desk__empty").await;
    assert!(
        empty
            .stderr
            .contains("the code returned nothing: it must end with `return` and a value"),
        "{empty:?}"
    );
}

#[tokio::test]
async fn characters_that_the_notation_made_are_told() {
    let run = workspace().run(&["check"]).await;
    assert!(
        run.stderr
            .contains("warning[unmeant-escape]: the code holds the control character U+0008"),
        "{run:?}"
    );
    assert!(run.stderr.contains("desk/connector.toml:37:16"), "{run:?}");
}

#[tokio::test]
async fn a_trial_counts_for_no_limit_and_its_input_is_no_connector() {
    let workspace = Workspace::new();
    workspace.write(
        "desk/connector.toml",
        TOML.replace("code = \"ld.log(1);\"", "requests_per_minute = 1\ncode = \"return 1;\""),
    );
    share_compiled_code(&workspace.state());
    for input in ["desk/input.json", "input.json", "input.json"] {
        workspace.write(input, "{}");
        let input = workspace.connectors().join(input);
        let run = workspace
            .run(&["test", "desk__empty", "--input", input.to_str().unwrap()])
            .await;
        std::fs::remove_file(&input).unwrap();
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
        assert!(run.stdout.contains("\"result\": 1"), "{run:?}");
    }
    assert_eq!(workspace.rows().await.len(), 3);
    let call = ["call", "desk__empty", "--input", "{}"];
    assert_eq!(workspace.run(&call).await.code, Some(0));
    let second = workspace.run(&call).await;
    assert!(second.stderr.starts_with("RATE_LIMITED"), "{second:?}");
}
