//! The reference that is made from the doc comments of the settings and of the connector format.

use toolgate::{config, connector};

use crate::committed;

#[test]
fn schemas_and_example_are_up_to_date() {
    let pretty = |schema: serde_json::Value| format!("{schema:#}\n");
    let changed: Vec<String> = [
        ("docs/schema/config.schema.json", pretty(config::schema())),
        ("docs/schema/connector.schema.json", pretty(connector::schema())),
        ("docs/schema/entity.schema.json", pretty(connector::entity_schema())),
        ("config.example.toml", config::example()),
    ]
    .into_iter()
    .filter_map(|(file, text)| committed::difference(&committed::path(file), &text))
    .collect();
    assert!(changed.is_empty(), "{}", changed.join("\n"));
}
