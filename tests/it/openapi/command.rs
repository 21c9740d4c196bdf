//! `toolgate import` and `toolgate analyze`.

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use serde_json::{Value, json};

use crate::committed;
use crate::harness::{Upstream, Workspace, json_answer};

fn case(name: &str) -> String {
    committed::path(&format!("tests/cases/openapi/{name}"))
        .to_str()
        .unwrap()
        .to_owned()
}

fn read(workspace: &Workspace, file: &str) -> String {
    std::fs::read_to_string(workspace.connectors().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

#[tokio::test]
async fn an_imported_connector_passes_the_check_and_keeps_its_description() {
    let workspace = Workspace::new();
    let museum = case("museum/openapi.yaml");
    let run = workspace.run(&["import", &museum, "--name", "Museum"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.stdout.starts_with("Wrote connectors/museum: 8 of 8 operations."),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("toolgate vault set museum/password"),
        "{}",
        run.stdout
    );
    assert_eq!(
        read(&workspace, "museum/openapi/openapi.yaml"),
        std::fs::read_to_string(&museum).unwrap()
    );
    let report: Value = serde_json::from_str(&read(&workspace, "museum/openapi/report.json")).unwrap();
    assert_eq!(
        report["source"]["sha256"],
        toolgate::crypto::sha256_hex(&std::fs::read(&museum).unwrap())
    );
    assert!(report["source"]["imported_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(report["report"]["imported"].as_array().unwrap().len(), 8);
    let check = workspace.run(&["check", "--json"]).await;
    let check: Value = serde_json::from_str(&check.stdout).unwrap();
    assert_eq!(
        (&check["diagnostics"], &check["problems"], &check["tools"]),
        (&json!([]), &json!([]), &json!(8))
    );

    let again = workspace.run(&["import", &museum, "--name", "Museum"]).await;
    assert_eq!(again.code, Some(1));
    assert!(
        again.stderr.contains("connectors/museum is there already"),
        "{}",
        again.stderr
    );
}

/// What marks references within the importer cannot come from a description.
#[tokio::test]
async fn a_reference_that_no_document_can_hold_is_refused_with_its_place() {
    let workspace = Workspace::new();
    let root = json!({"openapi": "3.0.0", "paths": {"/a": {"$ref": "\u{0}999\u{0}#/x"}}});
    std::fs::write(workspace.path().join("hostile.json"), root.to_string()).unwrap();
    for arguments in [
        &["import", "hostile.json", "--name", "x"][..],
        &["analyze", "hostile.json"],
    ] {
        let run = workspace.run(arguments).await;
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(run.stderr.contains("/paths/~1a/$ref"), "{}", run.stderr);
        assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    }
}

#[tokio::test]
async fn files_that_a_description_refers_to_are_read_and_kept() {
    let workspace = Workspace::new();
    let run = workspace
        .run(&["import", &case("separate/spec/openapi.yaml"), "--name", "pets"])
        .await;
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
    assert!(read(&workspace, "pets/openapi/up/common/Error.yaml").contains("message"));
    let run = workspace.run(&["check"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
}

#[tokio::test]
async fn only_what_is_asked_for_is_imported() {
    let workspace = Workspace::new();
    let museum = case("museum/openapi.yaml");
    for (arguments, imported) in [
        (vec!["--tag", "Tickets"], 2),
        (vec!["--exclude-tag", "Events"], 3),
        (vec!["--method", "get", "--exclude-path", "/tickets*"], 3),
        (vec!["--operation", "*SpecialEvent", "--exclude-method", "DELETE"], 3),
    ] {
        let run = workspace
            .run(&[&["analyze", &museum, "--json"], arguments.as_slice()].concat())
            .await;
        let found: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
        assert_eq!(
            found["report"]["imported"].as_array().unwrap().len(),
            imported,
            "{arguments:?}"
        );
        assert_eq!(found["report"]["not_selected"], 8 - imported, "{arguments:?}");
    }
    assert!(
        std::fs::read_dir(workspace.connectors()).unwrap().next().is_none(),
        "analyze writes nothing"
    );
    let run = workspace
        .run(&["import", &museum, "--name", "m", "--tag", "Nothing"])
        .await;
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("nothing was written"), "{}", run.stderr);
    assert!(!workspace.connectors().join("m").exists());
}

#[tokio::test]
async fn an_analysis_has_its_headings() {
    let workspace = Workspace::new();
    let run = workspace.run(&["analyze", &case("museum/openapi.yaml")]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    for heading in [
        "Endpoints",
        "Address",
        "Authentication",
        "Limits",
        "Formats",
        "Webhooks",
        "Pattern",
        "Layout",
    ] {
        assert!(
            run.stdout.lines().any(|line| line.starts_with(heading)),
            "{heading}: {}",
            run.stdout
        );
    }
}

#[tokio::test]
async fn what_is_no_description_is_refused_in_words() {
    let workspace = Workspace::new();
    for (text, says) in [
        ("asyncapi: 3.0.0", "this is AsyncAPI 3.0.0"),
        ("{\"openapi\": \"3.0.0\",", "not valid JSON: line 1"),
        ("hello", "not a document with keys and values"),
        ("openapi: 3.0.0", "it has no `paths`"),
        ("openapi: 3.0.0\npaths: {/a: {get: {}}}", "--base-url"),
        (
            "openapi: 3.0.0\nservers: [{url: 'https://a.example.com'}]\npaths: {/a: {trace: {}}}",
            "do not send TRACE",
        ),
    ] {
        let file = workspace.path().join("spec.yaml");
        std::fs::write(&file, text).unwrap();
        let run = workspace.run(&["import", "spec.yaml", "--name", "x"]).await;
        assert_eq!(run.code, Some(1), "{text}: {run:?}");
        assert!(run.stderr.contains(says), "{text}: {}", run.stderr);
        assert!(!workspace.connectors().join("x").exists());
    }
    let run = workspace.run(&["import", "none.yaml", "--name", "x"]).await;
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("cannot read none.yaml"), "{}", run.stderr);
}

#[tokio::test]
async fn a_description_is_fetched_through_the_guard() {
    let described = |server: &str| {
        let paths = json!({"/a": {"get": {"operationId": "getIt"}}});
        json!({"openapi": "3.0.0", "servers": [{"url": server}], "paths": paths}).to_string()
    };
    let (here, elsewhere) = (described("/v2"), described("http://127.0.0.1:9/v2"));
    let upstream = Upstream::start(move |seen| {
        let (here, elsewhere) = (here.clone(), elsewhere.clone());
        async move {
            match seen.uri.path() {
                "/openapi.json" => json_answer(here),
                "/elsewhere.json" => json_answer(elsewhere),
                _ => StatusCode::NOT_FOUND.into_response(),
            }
        }
    })
    .await;
    let workspace = Workspace::new();
    let url = format!("http://{}/openapi.json", upstream.address);
    let import = ["import", url.as_str(), "--name", "x"];
    let run = workspace.run(&import).await;
    assert_eq!((run.code, upstream.count()), (Some(2), 0), "{run:?}");
    assert!(run.stderr.contains("--network"), "{}", run.stderr);
    let inside = ["--network", "127.0.0.0/8"];
    // The place that a description was fetched from has been named; nobody is led to another one in their network.
    let other = format!("http://{}/elsewhere.json", upstream.address);
    let import_other = ["import", other.as_str(), "--name", "z"];
    let run = workspace.run(&[&import_other[..], &inside].concat()).await;
    assert_eq!((run.code, upstream.count()), (Some(1), 1), "{run:?}");
    assert!(run.stderr.contains("--base-url"), "{}", run.stderr);
    let run = workspace.run(&[&import[..], &inside].concat()).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    let connector = read(&workspace, "x/connector.toml");
    assert!(
        connector.contains(&format!("base_url = \"http://{}/v2\"", upstream.address)),
        "{connector}"
    );
    assert!(connector.contains("ip_allowlist = [\"127.0.0.0/8\"]"), "{connector}");
    let missing = format!("http://{}/none.json", upstream.address);
    let run = workspace
        .run(&[&["import", missing.as_str(), "--name", "y"], &inside[..]].concat())
        .await;
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("status 404"), "{}", run.stderr);
}

#[tokio::test]
async fn a_description_has_a_largest_size() {
    let workspace = Workspace::new();
    let import = ["import", "spec.yaml", "--name", "x"];
    let file = std::fs::File::create(workspace.path().join("spec.yaml")).unwrap();
    file.set_len(100 * 1024 * 1024 + 1).unwrap();
    let run = workspace.run(&import).await;
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("spec.yaml is too long"), "{}", run.stderr);

    let files: Vec<String> = (0..=1000)
        .map(|index| format!("  /{index}: {{$ref: 'p{index}.yaml'}}\n"))
        .collect();
    let files = files.concat();
    let text = format!("openapi: 3.0.0\nservers: [{{url: 'https://a.example.com'}}]\npaths:\n{files}");
    std::fs::write(workspace.path().join("spec.yaml"), text).unwrap();
    let run = workspace.run(&import).await;
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("more than 1000 files"), "{}", run.stderr);
}

#[tokio::test]
async fn a_reference_leads_to_descriptions_only() {
    let workspace = Workspace::new();
    std::fs::write(workspace.path().join("secret.txt"), "get: {summary: a secret}").unwrap();
    std::fs::write(workspace.path().join("b.yaml"), "get: {summary: Reads b}").unwrap();
    let text = "openapi: 3.0.0\nservers: [{url: 'https://a.example.com'}]\n\
                paths: {/a: {$ref: secret.txt}, /b: {$ref: b.yaml}, /c: {$ref: none.yaml}}";
    std::fs::write(workspace.path().join("spec.yaml"), text).unwrap();
    let run = workspace.run(&["import", "spec.yaml", "--name", "x"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.stderr.contains("`secret.txt` is not read") && run.stderr.contains("none.yaml"),
        "{}",
        run.stderr
    );
    assert!(
        run.stdout.contains("everything under `/a` is left out"),
        "{}",
        run.stdout
    );
    let written = read(&workspace, "x/services/b.toml");
    assert!(written.contains("Reads b") && !written.contains("secret"), "{written}");
    assert!(!workspace.connectors().join("x/openapi/secret.txt").exists());
}

#[tokio::test]
async fn a_reference_does_not_choose_among_the_files_of_whoever_imports() {
    let elsewhere = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = elsewhere.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let canary = r#"{"x": {"type": "string", "description": "cAn4ry"}}"#;
    for name in ["keys.json", "api/.hidden/keys.json", "api/common/shared.json"] {
        write(name, canary);
    }
    let parameter = |name: &str, reference: &str| json!({ "name": name, "in": "query", "schema": { "$ref": format!("{reference}#/x") } });
    let description = |parameters: Value| {
        json!({
            "openapi": "3.0.0",
            "info": { "title": "A", "version": "1" },
            "servers": [{ "url": "https://a.example.com" }],
            "paths": { "/a": { "get": { "parameters": parameters, "responses": { "200": { "description": "ok" } } } } },
        })
        .to_string()
    };
    let strange = ["../../keys.json", "../.hidden/keys.json"];
    write(
        "api/spec/strange.json",
        &description(json!([parameter("a", strange[0]), parameter("b", strange[1])])),
    );
    write(
        "api/spec/usual.json",
        &description(json!([parameter("a", "../common/shared.json")])),
    );
    let workspace = Workspace::new();
    let import = async |name: &str| {
        let file = elsewhere.path().join(format!("api/spec/{name}.json"));
        workspace.run(&["import", file.to_str().unwrap(), "--name", name]).await
    };
    let run = import("strange").await;
    assert_eq!(run.code, Some(0), "{run:?}");
    for name in strange {
        assert!(run.stderr.contains(&format!("`{name}` is not read")), "{}", run.stderr);
    }
    assert!(!read(&workspace, "strange/services/a.toml").contains("cAn4ry"));
    assert!(!workspace.connectors().join("strange/openapi/up").exists());
    let run = import("usual").await;
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
    assert!(read(&workspace, "usual/services/a.toml").contains("cAn4ry"));
}
