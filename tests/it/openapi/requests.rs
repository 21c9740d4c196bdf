//! The requests that imported actions make, as they arrive at an API: of the description that has every style.

use serde_json::{Value, json};

use crate::committed;
use crate::harness::{Seen, Upstream, Workspace};

/// The description imported for `upstream`, with every action allowed.
async fn imported(upstream: &Upstream) -> Workspace {
    let workspace = Workspace::new();
    let spec = committed::path("tests/cases/openapi/styles/openapi.yaml");
    let base_url = format!("http://{}", upstream.address);
    let run = workspace
        .run(&[
            "import",
            spec.to_str().unwrap(),
            "--name",
            "echo",
            "--base-url",
            &base_url,
        ])
        .await;
    assert_eq!(run.code, Some(0), "{run:?}");
    let check = workspace.run(&["check"]).await;
    assert_eq!(check.code, Some(0), "{check:?}");
    workspace
}

pub(super) async fn call(workspace: &Workspace, upstream: &Upstream, action: &str, arguments: &Value) -> Seen {
    let before = upstream.count();
    let tool = format!("echo__{action}");
    let input = arguments.to_string();
    let mut run = workspace.run(&["call", &tool, "--input", &input]).await;
    if let Some((_, rest)) = run.stderr.split_once("(approval ") {
        // A write: a person allows it, and then it goes through.
        let id = rest.split_once(')').unwrap().0;
        let approved = workspace.run(&["approvals", "approve", id]).await;
        assert_eq!(approved.code, Some(0), "{approved:?}");
        run = workspace.run(&["call", &tool, "--input", &input]).await;
    }
    assert_eq!(run.code, Some(0), "{action}: {run:?}");
    upstream.seen()[before].clone()
}

fn header<'a>(seen: &'a Seen, name: &str) -> &'a str {
    seen.headers.get(name).map_or("", |value| value.to_str().unwrap())
}

/// The examples of the specification: its own table of styles.
#[tokio::test]
async fn every_style_arrives_as_the_specification_has_it() {
    let upstream = Upstream::fixed("{}").await;
    let workspace = imported(&upstream).await;
    let all = json!({"primitive": "blue", "array": ["blue", "black"], "object": {"name": "R", "description": "G"}});
    for (action, expected) in [
        ("paths_standard", "/anything/path/blue/blue,black/name,R,description,G"),
        (
            "paths_simple_non_exploded",
            "/anything/path/simple/blue/blue,black/name,R,description,G",
        ),
        (
            "paths_simple_exploded",
            "/anything/path/simple/blue/blue,black/name=R,description=G",
        ),
        (
            "paths_matrix_non_exploded",
            "/anything/path/matrix/;primitive=blue/;array=blue,black/;object=name,R,description,G",
        ),
        (
            "paths_matrix_exploded",
            "/anything/path/matrix/;primitive=blue/;array=blue;array=black/;name=R;description=G",
        ),
        (
            "paths_label_non_exploded",
            "/anything/path/label/.blue/.blue,black/.name,R,description,G",
        ),
        (
            "paths_label_exploded",
            "/anything/path/label/.blue/.blue.black/.name=R.description=G",
        ),
        (
            "query_standard",
            "/anything/query?primitive=blue&array=blue&array=black&name=R&description=G",
        ),
        (
            "query_form_non_exploded",
            "/anything/query/form?primitive=blue&array=blue,black&object=name,R,description,G",
        ),
        (
            "query_form_exploded",
            "/anything/query/form?primitive=blue&array=blue&array=black&name=R&description=G",
        ),
    ] {
        let seen = call(&workspace, &upstream, action, &all).await;
        assert_eq!(seen.uri.to_string(), expected, "{action}");
    }
    let without_primitive = json!({"array": all["array"], "object": all["object"]});
    for (action, expected) in [
        (
            "query_space_delimited_non_exploded",
            "?array=blue%20black&object=name%20R%20description%20G",
        ),
        (
            "query_pipe_delimited_non_exploded",
            "?array=blue%7Cblack&object=name%7CR%7Cdescription%7CG",
        ),
    ] {
        let seen = call(&workspace, &upstream, action, &without_primitive).await;
        assert!(seen.uri.to_string().ends_with(expected), "{action}: {}", seen.uri);
    }
    let deep = call(
        &workspace,
        &upstream,
        "query_deep_object_non_exploded",
        &json!({"object": all["object"]}),
    )
    .await;
    assert_eq!(deep.uri.query(), Some("object%5Bname%5D=R&object%5Bdescription%5D=G"));
    for (action, array, object) in [
        ("headers_simple_non_exploded", "blue,black", "name,R,description,G"),
        ("headers_simple_exploded", "blue,black", "name=R,description=G"),
    ] {
        let seen = call(&workspace, &upstream, action, &all).await;
        let found = (
            header(&seen, "primitive"),
            header(&seen, "array"),
            header(&seen, "object"),
        );
        assert_eq!(found, ("blue", array, object), "{action}");
    }
    for (action, expected) in [
        (
            "cookies_form_non_exploded",
            "primitive=blue; array=blue,black; object=name,R,description,G",
        ),
        (
            "cookies_form_exploded",
            "primitive=blue; array=blue; array=black; name=R; description=G",
        ),
    ] {
        let seen = call(&workspace, &upstream, action, &all).await;
        assert_eq!(header(&seen, "cookie"), expected, "{action}");
    }
}
