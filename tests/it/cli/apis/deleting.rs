//! What leaves with an API that is deleted, and what stays.

use super::super::ACTIONS;
use crate::harness::{Workspace, connector};

/// The names of the secrets in the vault.
async fn stored(workspace: &Workspace) -> Vec<String> {
    let run = workspace.run(&["vault", "list", "--json"]).await;
    let secrets: Vec<serde_json::Value> = serde_json::from_str(&run.stdout).unwrap();
    let names = secrets.iter().map(|secret| secret["name"].as_str().unwrap().to_owned());
    names.collect()
}

#[tokio::test]
async fn no_secret_leaves_while_it_is_not_known_what_others_need() {
    let in_vault = ACTIONS.replace("env:CRM_KEY", "vault://crm/key");
    let workspace = Workspace::with("http://127.0.0.1:9/v1", &in_vault);
    workspace.store_secret("crm/key", "k3y-of-both-of-them").await;
    let other = connector("other", "http://127.0.0.1:9/v1", &in_vault);
    workspace.write("other.toml", other.replace("method = \"GET\"", "method = \"GOT\""));
    let run = workspace.run(&["apis", "delete", "crm", "--yes"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(stored(&workspace).await, ["crm/key"]);
    assert!(
        run.stdout.ends_with(
            "\ncrm/key, shared, stays in the vault, because connectors/other.toml is left out and may need it; if not: \
             toolgate vault remove crm/key\n"
        ),
        "{}",
        run.stdout
    );

    // A folder that is left out because its name is taken may need it as well.
    let workspace = Workspace::with("http://127.0.0.1:9/v1", &in_vault);
    workspace
        .run_with_input(&["vault", "set", "crm/key", "--user", "ana"], b"k3y-of-both-of-them")
        .await;
    workspace.write("later.toml", connector("crm", "http://127.0.0.1:9/v1", &in_vault));
    let run = workspace.run(&["apis", "delete", "crm", "--yes"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(stored(&workspace).await, ["crm/key"]);
    assert!(
        run.stdout.ends_with("toolgate vault remove crm/key --user ana\n"),
        "{}",
        run.stdout
    );
}

#[cfg(unix)]
#[tokio::test]
async fn of_a_linked_folder_only_the_link_goes() {
    let workspace = Workspace::new();
    let real = workspace.path().join("elsewhere/shop");
    std::fs::create_dir_all(&real).unwrap();
    let text = connector("shop", "http://127.0.0.1:9/v1", ACTIONS);
    std::fs::write(real.join("connector.toml"), &text).unwrap();
    std::os::unix::fs::symlink("../elsewhere/shop", workspace.connectors().join("shop")).unwrap();
    let run = workspace.run(&["apis", "delete", "shop", "--yes"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(
        run.stdout,
        format!(
            "shop is deleted: connectors/shop was a link, which is gone; {}, where it led, stays as it is\n",
            real.canonicalize().unwrap().display()
        )
    );
    assert_eq!(std::fs::read_to_string(real.join("connector.toml")).unwrap(), text);
    assert!(workspace.connectors().join("shop").symlink_metadata().is_err());
    // Nothing that leads nowhere is left.
    assert!(!workspace.state().join("trash").exists());
}
