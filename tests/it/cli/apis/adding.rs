//! Connectors that were written elsewhere, added to those that are there.

use super::super::{ACTIONS, CHANGED, crm};
use crate::harness::{Workspace, connector, share_compiled_code};

const READ: &str = "[[actions]]\nname = \"get_it\"\ndescription = \"Gets\"\nmethod = \"GET\"\npath = \"/\"\nresponse_schema = { id = \"string\" }\n";

fn elsewhere(workspace: &Workspace, name: &str, text: &str) -> String {
    let file = workspace.path().join("elsewhere").join(name);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, text).unwrap();
    format!("elsewhere/{name}")
}

#[tokio::test]
async fn an_api_is_added_while_a_server_runs() {
    let workspace = crm("http://127.0.0.1:9/v1");
    let mut session = workspace.serve().await;
    let file = elsewhere(
        &workspace,
        "mine.toml",
        &connector("My Wiki", "http://127.0.0.1:9/v1", ACTIONS),
    );
    let run = workspace.run(&["apis", "add", "--file", &file]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(run.stdout, "my_wiki is added as connectors/my_wiki.toml; tools: 2\n");
    session.notification(CHANGED).await;
    assert_eq!(session.tools().await.len(), 4);
    // Once is enough.
    let run = workspace.run(&["apis", "add", "--file", &file]).await;
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr.contains("the name `my_wiki` is taken by another API"),
        "{}",
        run.stderr
    );
}

#[tokio::test]
async fn a_folder_is_added_without_what_does_not_belong_to_it() {
    let workspace = Workspace::new();
    elsewhere(
        &workspace,
        "shop/connector.toml",
        &connector("shop", "http://127.0.0.1:9/v1", ""),
    );
    elsewhere(&workspace, "shop/services/it.toml", READ);
    elsewhere(&workspace, "shop/SKILL.md", "`get_it` gets it.");
    elsewhere(&workspace, "shop/AGENTS.md", "Read first.");
    elsewhere(&workspace, "shop/.env", "SHOP_KEY=s3cret");
    let run = workspace.run(&["apis", "add", "--file", "elsewhere/shop"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let added = workspace.connectors().join("shop");
    assert_eq!(std::fs::read_to_string(added.join("AGENTS.md")).unwrap(), "Read first.");
    assert!(!added.join(".env").exists());
    assert_eq!(workspace.run(&["check"]).await.code, Some(0));
}

#[tokio::test]
async fn a_folder_is_added_with_its_code() {
    let workspace = Workspace::new();
    share_compiled_code(&workspace.state());
    let action =
        "[[actions]]\nname = \"greet\"\ndescription = \"Greets\"\neffect = \"read\"\ncode = \"actions/greet.js\"\n";
    elsewhere(
        &workspace,
        "shop/connector.toml",
        &connector("shop", "http://127.0.0.1:9/v1", action),
    );
    let script = "\u{feff}return { greeting: 'Grüße' };\r\n";
    elsewhere(&workspace, "shop/actions/greet.js", script);
    elsewhere(&workspace, "shop/actions/greet.ts", "the script's source");
    let run = workspace.run(&["apis", "add", "--file", "elsewhere/shop"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let actions = workspace.connectors().join("shop/actions");
    assert_eq!(std::fs::read_to_string(actions.join("greet.js")).unwrap(), script);
    assert_eq!(std::fs::read_dir(actions).unwrap().count(), 1);
    let run = workspace.run(&["check"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let run = workspace.run(&["call", "shop__greet"]).await;
    assert!(run.stdout.contains("Grüße"), "{run:?}");
}

#[tokio::test]
async fn what_has_errors_is_not_added() {
    let workspace = crm("http://127.0.0.1:9/v1");
    let broken = elsewhere(&workspace, "one/broken.toml", "name = 1");
    let other = elsewhere(&workspace, "two/a.toml", &connector("a", "http://127.0.0.1:9/v1", READ));
    elsewhere(&workspace, "two/b.toml", &connector("b", "http://127.0.0.1:9/v1", READ));
    for (file, code, says) in [
        (broken.as_str(), 1, "error[wrong-type]"),
        ("elsewhere/nothing", 1, "cannot read elsewhere/nothing"),
        (
            "elsewhere/two",
            2,
            "holds 2 connectors: name the file or the folder of one",
        ),
    ] {
        let run = workspace.run(&["apis", "add", "--file", file]).await;
        assert_eq!(run.code, Some(code), "{file}: {}", run.stderr);
        assert!(run.stderr.contains(says), "{file}: {}", run.stderr);
    }
    // Another file is in the way.
    std::fs::create_dir(workspace.connectors().join("a.toml")).unwrap();
    let run = workspace.run(&["apis", "add", "--file", &other]).await;
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr.contains("connectors/a.toml is there already"),
        "{}",
        run.stderr
    );
    let left: Vec<_> = std::fs::read_dir(workspace.connectors()).unwrap().collect();
    assert_eq!(left.len(), 2, "{left:?}");
}
