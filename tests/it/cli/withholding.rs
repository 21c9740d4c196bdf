//! `toolgate new action` where something is in its way: it says what, and nothing is written.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::harness::{Finished, Workspace};

const TOML: &str = "name = \"Shop\"\ndescription = \"A shop\"\n[connection]\nbase_url = \"https://shop.example.com/v1\"\n\
    [[actions]]\nname = \"list\"\ndescription = \"d\"\nmethod = \"GET\"\npath = \"/orders\"\n";

fn shop() -> Workspace {
    let workspace = Workspace::new();
    workspace.write("shop/connector.toml", TOML);
    workspace.write("shop/SKILL.md", "# Working with Shop\n");
    workspace
}

/// Every file and folder below `folder`, and what the files hold.
fn everything(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        let name = path.display().to_string();
        if path.is_dir() {
            found.extend(everything(&path));
            found.insert(name, Vec::new());
        } else {
            found.insert(name, fs::read(path).unwrap_or_default());
        }
    }
    found
}

/// Runs it, and makes sure that everything is as it was.
async fn refused(workspace: &Workspace, arguments: &[&str]) -> Finished {
    let before = everything(workspace.path());
    let run = workspace.run(&[&["new", "action"], arguments].concat()).await;
    assert_eq!(run.stdout, "", "{run:?}");
    assert_eq!(everything(workspace.path()), before, "{run:?}");
    run
}

#[cfg(unix)]
#[tokio::test]
async fn nothing_is_written_through_a_link() {
    use std::os::unix::fs::symlink;
    for (link, target, language) in [
        ("actions", "outside", "js"),
        ("actions", "nowhere", "js"),
        ("actions/report.js", "outside/file", "js"),
        ("components", "outside", "rust"),
        ("components/report", "outside", "rust"),
        ("actions/report.wasm", "outside/file", "python"),
        ("SKILL.md", "outside/file", "js"),
        ("connector.toml", "outside/connector.toml", "js"),
    ] {
        let workspace = shop();
        let outside = workspace.path().join("outside");
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("file"), "").unwrap();
        fs::write(outside.join("connector.toml"), TOML).unwrap();
        let place = workspace.connectors().join("shop").join(link);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        drop(fs::remove_file(&place));
        let target = workspace.path().canonicalize().unwrap().join(target);
        symlink(&target, &place).unwrap();
        let run = refused(&workspace, &["report", "--lang", language]).await;
        // What is read of a connector is not even read through one.
        let (told, code) = if ["SKILL.md", "connector.toml"].contains(&link) {
            let told =
                format!("cannot read connectors/shop/{link}: it is a link that leads out of the connector's folder");
            (told, 1)
        } else {
            let told = format!(
                "connectors/shop/{link} is a link to {}, which is not in the connector's folder: nothing is written \
                 through it",
                target.display()
            );
            (told, 2)
        };
        assert!(run.stderr.contains(&told), "{told}\n{}", run.stderr);
        assert_eq!(run.code, Some(code), "{run:?}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn links_within_the_folder_are_followed_and_the_folder_may_be_one() {
    let workspace = shop();
    let real = workspace.path().join("real");
    fs::rename(workspace.connectors().join("shop"), &real).unwrap();
    fs::create_dir(real.join("scripts")).unwrap();
    std::os::unix::fs::symlink("scripts", real.join("actions")).unwrap();
    std::os::unix::fs::symlink(&real, workspace.connectors().join("shop")).unwrap();
    let run = workspace.run(&["new", "action", "report"]).await;
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
    assert!(real.join("scripts/report.js").exists());
}

#[tokio::test]
async fn a_name_that_no_connector_takes_is_refused() {
    let workspace = shop();
    for length in [65, 100] {
        let run = refused(&workspace, &[&"a".repeat(length)]).await;
        let told = format!("the name has {length} characters; an action's has at most 64");
        assert!(run.stderr.contains(&told), "{}", run.stderr);
        assert_eq!(run.code, Some(2), "{run:?}");
    }
    let run = workspace.run(&["new", "action", &"a".repeat(64)]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(workspace.run(&["check"]).await.code, Some(0));
}

#[tokio::test]
async fn a_file_that_cannot_be_written_leaves_nothing_behind() {
    for file in ["SKILL.md", "connector.toml"] {
        let workspace = shop();
        let path = workspace.connectors().join("shop").join(file);
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).unwrap();
        let run = refused(&workspace, &["report"]).await;
        let told = format!("connectors/shop/{file} can only be read, so nothing was written; make it writable");
        assert!(run.stderr.contains(&told), "{}", run.stderr);
        assert_eq!(run.code, Some(1), "{run:?}");
    }
}

#[tokio::test]
async fn a_file_in_the_place_of_a_folder_is_said() {
    let workspace = shop();
    workspace.write("shop/components", "mine");
    let run = refused(&workspace, &["report", "--lang", "rust"]).await;
    assert!(
        run.stderr
            .contains("cannot create connectors/shop/components, so nothing was written"),
        "{}",
        run.stderr
    );
    assert_eq!(run.code, Some(1), "{run:?}");
}

#[tokio::test]
async fn a_component_that_is_there_is_not_taken_for_the_new_one() {
    for language in ["rust", "python"] {
        let workspace = shop();
        workspace.write("shop/actions/report.wasm", "old");
        let run = refused(&workspace, &["report", "--lang", language]).await;
        let told = "connectors/shop/actions/report.wasm is there already; name another action, or remove it";
        assert!(run.stderr.contains(told), "{}", run.stderr);
        assert_eq!(run.code, Some(1), "{run:?}");
    }
}

#[tokio::test]
async fn a_file_that_is_not_utf8_is_named_with_the_place() {
    for (file, name) in [("connector.toml", "shop"), ("SKILL.md", "shop")] {
        let workspace = shop();
        workspace.write(&format!("shop/{file}"), b"# one\n# \xc3\xa9 caf\xe9\n");
        let run = refused(&workspace, &["report", "--connector", name]).await;
        let told = format!(
            "cannot read connectors/shop/{file}: it is not UTF-8 text: the byte 0xe9 in line 2, column 8 (offset 14) does \
             not belong; save the file as UTF-8"
        );
        assert!(run.stderr.contains(&told), "{}", run.stderr);
        assert_eq!(run.code, Some(1), "{run:?}");
    }
}

#[tokio::test]
async fn an_action_that_would_break_the_connector_is_not_written() {
    let workspace = shop();
    // The name is one of an action that is not offered.
    let hidden = TOML.replace(
        "description = \"A shop\"\n",
        "description = \"A shop\"\nexpose = [\"list\"]\n",
    );
    let second = "[[actions]]\nname = \"report\"\ndescription = \"d\"\nmethod = \"GET\"\npath = \"/report\"\n";
    workspace.write("shop/connector.toml", format!("{hidden}{second}"));
    let run = refused(&workspace, &["report"]).await;
    assert!(
        run.stderr.contains("there is an action `report` already")
            && run
                .stderr
                .contains("connectors/shop would not load with the action `report`; nothing was written"),
        "{}",
        run.stderr
    );
    assert_eq!(run.code, Some(1), "{run:?}");
}
