//! Overlays and `x-toolgate` through the front door: what agents see, what the API gets, and what is refused.

use serde_json::{Value, json};

use super::requests::call;
use crate::committed;
use crate::harness::{Upstream, Workspace};

fn shaped(file: &str) -> String {
    let path = committed::path(&format!("tests/cases/openapi/shaped/{file}"));
    path.to_str().unwrap().to_owned()
}

#[tokio::test]
async fn fixed_values_are_sent_exactly_and_never_shown() {
    let upstream = Upstream::fixed("{}").await;
    let workspace = Workspace::new();
    let (spec, overlay, base_url) = (shaped("openapi.yaml"), shaped("overlay.yaml"), upstream.base_url());
    let run = workspace
        .run(&[
            "import",
            &spec,
            "--name",
            "echo",
            "--overlay",
            &overlay,
            "--base-url",
            &base_url,
        ])
        .await;
    assert_eq!(run.code, Some(0), "{run:?}");
    let check = workspace.run(&["check"]).await;
    assert_eq!(check.code, Some(0), "{check:?}");

    let seen = call(&workspace, &upstream, "newest_tickets", &json!({"sort": "old"})).await;
    assert_eq!(
        seen.uri.to_string(),
        "/v1/tenants/a%2Fb/tickets?status=open&status=%7B%7Bwaiting%7D%7D&limit=20&sort=old"
    );
    assert_eq!(seen.headers["x-team"], "7");
    let seen = call(
        &workspace,
        &upstream,
        "create_ticket",
        &json!({"title": "Lamp", "text": "{{x}}"}),
    )
    .await;
    let body: Value = serde_json::from_slice(&seen.body).unwrap();
    assert_eq!(
        body,
        json!({"source": "agent", "meta": {"by": "{{agent}}", "for": null}, "title": "Lamp", "body": "{{x}}"})
    );
    // It only reads, so nobody is asked.
    let run = workspace
        .run(&["call", "echo__search", "--input", r#"{"query": "lamp"}"#])
        .await;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(upstream.seen().last().unwrap().body, "format=json&query=lamp");
    // What the description says about itself does not keep a person from being asked.
    let before = upstream.count();
    let run = workspace.run(&["call", "echo__delete_tickets", "--input", "{}"]).await;
    assert!(run.stderr.contains("(approval "), "{run:?}");
    assert_eq!(upstream.count(), before);

    let tools = workspace.run(&["tools", "--json"]).await.stdout;
    for hidden in [
        "waiting",
        "X-Team",
        "tenant",
        "agent",
        "not-in-here",
        "internal",
        "unused",
    ] {
        assert!(!tools.contains(&format!("\"{hidden}")), "{hidden}: {tools}");
    }
    for shown in [
        "how_many",
        "How many to list",
        "What the customer wrote",
        "Lists the newest tickets",
    ] {
        assert!(tools.contains(shown), "{shown}: {tools}");
    }
}

/// An order whose every part somebody wants otherwise.
const ORDER: &str = r"
openapi: 3.1.0
info: { title: Orders, version: '1' }
paths:
  /orders:
    post:
      operationId: create
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                address: { $ref: '#/components/schemas/Address' }
                positions:
                  type: array
                  items:
                    type: object
                    required: [sku, price]
                    properties:
                      sku: { type: string }
                      price: { type: object, required: [currency], properties: { amount: { type: number }, currency: { type: string } } }
                      note: { type: string }
                choice:
                  oneOf:
                    - { type: object, required: [a], properties: { a: { type: string }, secret: { type: string } } }
                    - { type: object, required: [b], properties: { b: { type: string } } }
    get:
      operationId: find
      parameters:
        - { name: filter, in: query, style: deepObject, explode: true, schema: { type: object, properties: { st: { type: string }, tenant: { type: string } } } }
components:
  schemas:
    Address:
      type: object
      required: [country]
      properties: { town: { type: string }, country: { type: string }, kind: { type: string } }
";

const SHAPES: &str = r"
overlay: 1.0.0
info: { title: T, version: 1.0.0 }
actions:
  - target: $.components.schemas.Address.properties.town
    update: { x-toolgate: { name: city, description: Where it goes } }
  - target: $.components.schemas.Address.properties.country
    update: { x-toolgate: { hidden: true, value: DE } }
  - target: $.components.schemas.Address.properties.kind
    update: { x-toolgate: { default: home } }
  - target: $..positions.items.properties.sku
    update: { x-toolgate: { name: article } }
  - target: $..positions.items.properties.price
    update: { x-toolgate: { name: cost } }
  - target: $..price.properties.currency
    update: { x-toolgate: { hidden: true, value: EUR } }
  - target: $..positions.items.properties.note
    update: { x-toolgate: { hidden: true } }
  - target: $..choice.oneOf[0].properties.a
    update: { x-toolgate: { name: first } }
  - target: $..parameters[0].schema.properties.st
    update: { x-toolgate: { name: state } }
  - target: $..parameters[0].schema.properties.tenant
    update: { x-toolgate: { hidden: true, value: 7 } }
";

#[tokio::test]
async fn what_is_inside_of_arguments_is_shaped() {
    let upstream = Upstream::fixed("{}").await;
    let workspace = Workspace::new();
    std::fs::write(workspace.path().join("spec.yaml"), ORDER).unwrap();
    std::fs::write(workspace.path().join("shapes.yaml"), SHAPES).unwrap();
    let base_url = upstream.base_url();
    let run = workspace
        .run(&[
            "import",
            "spec.yaml",
            "--name",
            "echo",
            "--overlay",
            "shapes.yaml",
            "--base-url",
            &base_url,
        ])
        .await;
    assert_eq!(run.code, Some(0), "{run:?}");
    let report = std::fs::read_to_string(workspace.connectors().join("echo/openapi/report.json")).unwrap();
    assert!(report.contains("one alternative is left out"), "{report}");
    let check = workspace.run(&["check"]).await;
    assert_eq!(check.code, Some(0), "{check:?}");

    let arguments = json!({"address": {"city": "Ulm"}, "choice": {"a": "x"},
        "positions": [{"article": "A", "cost": {"amount": 2}}, {"article": "B", "cost": {"amount": 3}}]});
    let seen = call(&workspace, &upstream, "create", &arguments).await;
    let body: Value = serde_json::from_slice(&seen.body).unwrap();
    assert_eq!(
        body,
        json!({"address": {"town": "Ulm", "country": "DE", "kind": "home"}, "choice": {"a": "x"}, "positions": [
            {"sku": "A", "price": {"amount": 2, "currency": "EUR"}}, {"sku": "B", "price": {"amount": 3, "currency": "EUR"}}]})
    );
    let seen = call(&workspace, &upstream, "find", &json!({"filter": {"state": "open"}})).await;
    let query = seen.uri.query().unwrap();
    let mut pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    pairs.sort();
    let expected = [("filter[st]", "open"), ("filter[tenant]", "7")];
    assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));

    let tools = workspace.run(&["tools", "--json"]).await.stdout;
    for hidden in ["country", "currency", "tenant", "note", "x-toolgate", "sku", "town"] {
        assert!(!tools.contains(&format!("\"{hidden}\"")), "{hidden}: {tools}");
    }
    assert!(tools.contains("Where it goes"), "{tools}");
}

#[tokio::test]
async fn overlays_reach_what_stands_in_other_files() {
    let workspace = Workspace::new();
    std::fs::create_dir_all(workspace.path().join("paths")).unwrap();
    std::fs::create_dir_all(workspace.path().join("schemas")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(workspace.path().join(name), text).unwrap();
    write(
        "openapi.yaml",
        "openapi: 3.1.0\ninfo: {title: Pets, version: '1'}\nservers: [{url: 'https://a.example.com'}]\npaths: {/pets: {$ref: paths/pets.yaml}}",
    );
    write(
        "paths/pets.yaml",
        "post: {operationId: addPet, requestBody: {content: {application/json: {schema: {$ref: '../schemas/pet.yaml#/Pet'}}}}}",
    );
    write(
        "schemas/pet.yaml",
        "Pet: {type: object, properties: {name: {type: string}, shop: {type: string}}}",
    );
    let head = "overlay: 1.0.0\ninfo: {title: T, version: 1.0.0}\n";
    write(
        "root.yaml",
        &format!(
            "{head}actions:\n- {{target: \"$.paths['/pets'].post\", update: {{summary: Takes in a pet}}}}\n\
             - {{target: \"$.paths['/pets'].post.requestBody.content.*.schema.properties.name\", remove: true}}"
        ),
    );
    write(
        "pet.yaml",
        &format!(
            "{head}extends: ./schemas/pet.yaml\nactions: [{{target: $.Pet.properties.shop, update: {{x-toolgate: {{hidden: true, value: 7}}}}}}]"
        ),
    );
    let import = [
        "import",
        "openapi.yaml",
        "--name",
        "x",
        "--overlay",
        "root.yaml",
        "--overlay",
        "pet.yaml",
    ];
    let run = workspace.run(&import).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    let text = std::fs::read_to_string(workspace.connectors().join("x/services/pets.toml")).unwrap();
    assert!(
        text.contains("Takes in a pet") && text.contains("body = { shop = 7 }"),
        "{text}"
    );
    // What stands behind a reference says where it is to be changed.
    let told = "root.yaml:5:12: the target `$.paths['/pets'].post.requestBody.content.*.schema.properties.name` fits nothing in \
                the description: `$.paths['/pets'].post.requestBody.content.*.schema` is a reference to `schemas/pet.yaml`, so \
                write the target `$.Pet.properties.name` in an overlay of its own, with `extends: schemas/pet.yaml`";
    assert!(run.stdout.contains(told), "{}", run.stdout);
    // An update lays them over the same files.
    let update = workspace.run(&["import", "--update", "x"]).await;
    assert_eq!(update.code, Some(0), "{update:?}");
    write(
        "pet.yaml",
        &format!("{head}extends: schemas/cat.yaml\nactions: [{{target: $.Cat, remove: true}}]"),
    );
    let run = workspace
        .run(&["analyze", "openapi.yaml", "--overlay", "pet.yaml"])
        .await;
    assert_ne!(run.code, Some(0), "{run:?}");
    assert!(
        run.stderr.contains("pet.yaml:3:10")
            && run
                .stderr
                .contains("`schemas/cat.yaml` is neither the description nor a file"),
        "{}",
        run.stderr
    );
}

/// A part may refer to the root by its file: what an overlay took out of that is gone there, too.
#[tokio::test]
async fn an_overlay_counts_wherever_its_document_is_referred_to() {
    let workspace = Workspace::new();
    std::fs::create_dir_all(workspace.path().join("paths")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(workspace.path().join(name), text).unwrap();
    write(
        "openapi.yaml",
        "openapi: 3.1.0\ninfo: {title: Pets, version: '1'}\nservers: [{url: 'https://a.example.com'}]\npaths: {/pets: {$ref: paths/pets.yaml}}\n\
         components: {schemas: {Pet: {type: object, properties: {name: {type: string}, secret: {type: string}}}}}",
    );
    write(
        "paths/pets.yaml",
        "post: {operationId: addPet, requestBody: {content: {application/json: {schema: {$ref: '../openapi.yaml#/components/schemas/Pet'}}}}}",
    );
    write(
        "own.yaml",
        "overlay: 1.0.0\ninfo: {title: T, version: 1.0.0}\nactions: [{target: $.components.schemas.Pet.properties.secret, remove: true}]",
    );
    let run = workspace
        .run(&["import", "openapi.yaml", "--name", "x", "--overlay", "own.yaml"])
        .await;
    assert_eq!(run.code, Some(0), "{run:?}");
    let text = std::fs::read_to_string(workspace.connectors().join("x/services/pets.toml")).unwrap();
    assert!(text.contains("\"name\"") && !text.contains("secret"), "{text}");
    let kept = std::fs::read_dir(workspace.connectors().join("x/openapi"))
        .unwrap()
        .count();
    assert_eq!(kept, 4, "the root, its part, the overlay and the report");
}

/// A part may have the same name as the root, in another folder.
#[tokio::test]
async fn an_overlay_is_about_the_document_whose_whole_path_it_says() {
    let workspace = Workspace::new();
    std::fs::create_dir_all(workspace.path().join("common")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(workspace.path().join(name), text).unwrap();
    write(
        "openapi.yaml",
        "openapi: 3.1.0\ninfo: {title: Pets, version: '1'}\nservers: [{url: 'https://a.example.com'}]\n\
         paths: {/pets: {post: {summary: Takes in a pet, requestBody: {content: {application/json: {schema: {$ref: 'common/openapi.yaml#/Pet'}}}}}}}",
    );
    write(
        "common/openapi.yaml",
        "Pet: {type: object, properties: {name: {type: string}, shop: {type: string}}}",
    );
    let head = "overlay: 1.0.0\ninfo: {title: T, version: 1.0.0}\n";
    let cases = [
        ("common/openapi.yaml", "$.Pet.properties.shop", false),
        ("./common/../common/openapi.yaml", "$.Pet.properties.shop", false),
        // A path from elsewhere, such as the overlay's own folder, means the root.
        ("../specs/openapi.yaml", "$.paths['/pets'].post.summary", true),
        ("./openapi.yaml", "$.paths['/pets'].post.summary", true),
        ("https://a.example.com/x.yaml", "$.paths['/pets'].post.summary", true),
    ];
    for (number, (extends, target, is_root)) in cases.into_iter().enumerate() {
        write(
            "own.yaml",
            &format!("{head}extends: {extends}\nactions: [{{target: \"{target}\", remove: true}}]"),
        );
        let name = format!("x{number}");
        let run = workspace
            .run(&["import", "openapi.yaml", "--name", &name, "--overlay", "own.yaml"])
            .await;
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(!run.stdout.contains("fits nothing"), "{extends}: {}", run.stdout);
        let text = std::fs::read_to_string(workspace.connectors().join(name).join("services/pets.toml")).unwrap();
        assert_eq!(
            (text.contains("shop"), text.contains("Takes in a pet")),
            (is_root, !is_root),
            "{extends}: {text}"
        );
    }
}

#[tokio::test]
async fn overlays_are_applied_in_order_and_kept() {
    let workspace = Workspace::new();
    let write = |name: &str, text: &str| std::fs::write(workspace.path().join(name), text).unwrap();
    let head = "overlay: 1.0.0\ninfo: {title: T, version: 1.0.0}\n";
    write(
        "spec.yaml",
        "openapi: 3.0.0\nservers: [{url: 'https://a.example.com'}]\npaths: {/a: {get: {summary: zero}}}",
    );
    write(
        "one.yaml",
        &format!("{head}actions: [{{target: '$.paths.*.get', update: {{summary: one}}}}]"),
    );
    let two = format!(
        "{head}actions: [{{target: \"$.paths.*[?@.summary == 'one']\", remove: true}}, {{target: $.x, remove: true}}]"
    );
    write("two.json", &two);
    let run = workspace
        .run(&["import", "spec.yaml", "--name", "x", "--overlay", "one.yaml"])
        .await;
    assert_eq!(run.code, Some(0), "{run:?}");
    let text = std::fs::read_to_string(workspace.connectors().join("x/services/a.toml")).unwrap();
    assert!(text.contains("description = \"one\""), "{text}");
    let report = std::fs::read_to_string(workspace.connectors().join("x/openapi/report.json")).unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    let kept = std::fs::read(workspace.connectors().join("x/openapi/overlay.yaml")).unwrap();
    assert_eq!(kept, std::fs::read(workspace.path().join("one.yaml")).unwrap());
    assert_eq!(
        report["source"]["overlays"],
        json!([{"file": "openapi/overlay.yaml", "sha256": toolgate::crypto::sha256_hex(&kept)}])
    );
    // The description stays as it is.
    assert_eq!(
        std::fs::read(workspace.connectors().join("x/openapi/spec.yaml")).unwrap(),
        std::fs::read(workspace.path().join("spec.yaml")).unwrap()
    );
    // In the other order the second fits nothing.
    for (order, found) in [(["one.yaml", "two.json"], 0), (["two.json", "one.yaml"], 1)] {
        let run = workspace
            .run(&[
                "analyze",
                "spec.yaml",
                "--json",
                "--overlay",
                order[0],
                "--overlay",
                order[1],
            ])
            .await;
        let analysis: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
        assert_eq!(
            analysis["report"]["imported"].as_array().unwrap().len(),
            found,
            "{order:?}"
        );
        let notes = analysis["report"]["notes"].to_string();
        assert!(notes.contains("two.json:3:"), "{notes}");
        assert!(notes.contains("the target `$.x` fits nothing"), "{notes}");
    }
}

#[tokio::test]
async fn an_overlay_that_cannot_be_used_stops_the_import() {
    let workspace = Workspace::new();
    let spec = shaped("openapi.yaml");
    let head = "overlay: 1.0.0\ninfo: {title: T, version: 1.0.0}\n";
    for (text, says) in [
        ("openapi: 3.0.0".to_owned(), "this is not an overlay"),
        (
            format!("{head}actions:\n- target: $.paths[\n  remove: true"),
            "bad.yaml:4:",
        ),
        (format!("{head}actions:\n- target: $.info\n  update: 1"), "bad.yaml:5:3"),
        (
            format!("{head}actions:\n- target: $\n  remove: true"),
            "the whole description cannot be removed",
        ),
    ] {
        std::fs::write(workspace.path().join("bad.yaml"), &text).unwrap();
        let run = workspace
            .run(&["import", &spec, "--name", "x", "--overlay", "bad.yaml"])
            .await;
        assert_eq!(run.code, Some(1), "{text}: {run:?}");
        assert!(run.stderr.contains(says), "{text}: {}", run.stderr);
        assert!(
            run.stderr.contains("the overlay bad.yaml cannot be applied"),
            "{}",
            run.stderr
        );
        assert!(!workspace.connectors().join("x").exists());
    }
    let run = workspace
        .run(&["import", &spec, "--name", "x", "--overlay", "none.yaml"])
        .await;
    assert!(
        run.stderr.contains("cannot read the overlay none.yaml"),
        "{}",
        run.stderr
    );
    let file = std::fs::File::create(workspace.path().join("long.yaml")).unwrap();
    file.set_len(4 * 1024 * 1024 + 1).unwrap();
    let run = workspace
        .run(&["import", &spec, "--name", "x", "--overlay", "long.yaml"])
        .await;
    assert!(run.stderr.contains("long.yaml is too long"), "{}", run.stderr);
}
