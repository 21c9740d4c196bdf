//! What leaves with an API that is deleted, and what stays.

use super::super::ACTIONS;
use crate::harness::{Workspace, connector};

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
