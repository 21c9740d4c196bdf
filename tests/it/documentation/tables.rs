//! Tables of the manual list what there is, all of it and nothing else, with the defaults that it has.

use std::collections::BTreeSet;

use serde_json::Value;
use toolgate::engine::{CallError, ErrorCode};
use toolgate::{config, connector};

use super::markdown::{code, rows, section};
use super::workspace::Workspace;
use super::{Page, help};

/// Parts of a connector: the name of the schema's definition, and the heading of its table.
const CONNECTOR: [(&str, &str); 14] = [
    ("", "Connector"),
    ("Connection", "`[connection]`"),
    ("Server", "`[connection.servers.NAME]`"),
    ("Setting", "`[settings.NAME]`"),
    ("Security", "`[security]`"),
    ("RateLimit", "`[security.rate_limit]`"),
    ("Code", "`[code]`"),
    ("Defaults", "`[defaults]`"),
    ("Action", "`[[actions]]`"),
    ("Input", "`[[actions.input]]`"),
    ("Inside", "`[[actions.input.inside]]`"),
    ("Pagination", "`[actions.pagination]`"),
    ("Tunnel", "`[tunnel]`"),
    ("Metadata", "`[metadata]`"),
];

/// Tables of the settings.
const SETTINGS: &[(&str, &str)] = &[
    ("ServerConfig", "`[server]`"),
    ("HttpConfig", "`[http]`"),
    ("LimitsConfig", "`[limits]`"),
    ("ApprovalsConfig", "`[approvals]`"),
    ("AuditConfig", "`[audit]`"),
    ("EgressConfig", "`[egress]`"),
    ("SandboxConfig", "`[sandbox]`"),
    ("FilesConfig", "`[files]`"),
    ("VaultConfig", "`[vault]`"),
    ("LogConfig", "`[log]`"),
    ("CatalogConfig", "`[catalog]`"),
    ("FindingConfig", "`[finding]`"),
];

#[test]
fn every_key_of_a_connector_is_listed() {
    compare(&connector::schema(), &Page::read("docs/connectors.md").text, &CONNECTOR);
}

#[test]
fn every_setting_is_listed() {
    let schema = config::schema();
    assert_eq!(keys(&schema["properties"]).len(), SETTINGS.len());
    compare(&schema, &Page::read("docs/operating.md").text, SETTINGS);
}

#[test]
fn every_kind_of_authentication_is_listed_with_its_keys() {
    let page = Page::read("docs/connectors.md").text;
    let rows = rows(section(&page, "`[auth]`"));
    let schema = connector::schema();
    let kinds = schema["$defs"]["Auth"]["oneOf"].as_array().unwrap();
    let listed: BTreeSet<&str> = rows.iter().map(|row| code(&row[0])).collect();
    assert_eq!(listed.len(), kinds.len());
    for kind in kinds {
        let properties = kind["properties"].as_object().unwrap();
        let name = properties["type"]["const"].as_str().unwrap();
        for key in properties.keys().filter(|key| *key != "type") {
            let mentioned = rows.iter().any(|row| {
                code(&row[0]) == name
                    && (row[1].contains(&format!("`{key}`")) || row[1].contains(&format!("`{key} = ")))
            });
            assert!(mentioned, "`{key}` of `{name}` is not in the table");
        }
    }
}

#[test]
fn every_type_of_input_is_listed() {
    let page = Page::read("docs/connectors.md").text;
    let listed: BTreeSet<String> = rows(section(&page, "Types of input"))
        .iter()
        .flat_map(|row| codes(&row[0]))
        .collect();
    let schema = connector::schema();
    let types = schema["$defs"]["FieldType"]["oneOf"].as_array().unwrap();
    let types = types
        .iter()
        .map(|one| one["const"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(listed, types);
}

#[test]
fn every_filter_is_listed() {
    let page = Page::read("docs/templates.md").text;
    let (_, list) = page.split_once("\nFilters: ").unwrap();
    let (list, _) = list.split_once("\n\n").unwrap();
    let source = include_str!("../../../src/template/filters.rs");
    let filters = source
        .split("(\"")
        .skip(1)
        .filter_map(|rest| rest.split_once("\", Value::from_function("))
        .map(|(name, _)| name.to_owned())
        .collect();
    assert_eq!(codes(list).into_iter().collect::<BTreeSet<_>>(), filters);
}

#[test]
fn every_code_of_an_error_is_listed() {
    let page = Page::read("docs/errors.md").text;
    let listed: BTreeSet<String> = rows(section(&page, "Codes"))
        .iter()
        .map(|row| code(&row[0]).to_owned())
        .collect();
    let source = include_str!("../../../src/error_code.rs");
    let codes = source
        .split(" => \"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    assert_eq!(listed, codes);
}

#[test]
fn every_field_of_an_error_is_listed() {
    let page = Page::read("docs/errors.md").text;
    let error = CallError {
        retry_after_seconds: Some(1),
        source: Some("local"),
        upstream_status: Some(500),
        approval_id: Some("id".to_owned()),
        violations: vec!["/: wrong".to_owned()],
        ..CallError::new(ErrorCode::Timeout, "cause", "resolution")
    };
    assert_eq!(
        firsts(section(&page, "Errors")),
        keys(&serde_json::to_value(error).unwrap())
    );
}

#[test]
fn every_verb_is_listed() {
    let page = Page::read("docs/operating.md").text;
    let help = help::help(&[]);
    let (_, verbs) = help.split_once("Commands:\n").unwrap();
    let (verbs, _) = verbs.split_once("\n\n").unwrap();
    let verbs: BTreeSet<String> = verbs
        .lines()
        .filter_map(|line| Some(line.split_whitespace().next()?.to_owned()))
        .filter(|verb| verb != "help")
        .collect();
    let listed: BTreeSet<String> = firsts(section(&page, "Verbs"))
        .into_iter()
        .filter(|first| first.parse::<u8>().is_err())
        .collect();
    assert_eq!(listed, verbs);
}

#[tokio::test]
async fn every_column_of_the_audit_log_is_listed() {
    let page = Page::read("docs/operating.md").text;
    let workspace = Workspace::new().await;
    workspace.run("toolgate call demo_crm__sales_summary").await;
    let printed = workspace.run("toolgate logs --json").await.stdout;
    let rows: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(firsts(section(&page, "Audit log")), keys(&rows[0]));
}

/// Compares tables of keys with the definitions of a schema.
fn compare(schema: &Value, page: &str, parts: &[(&str, &str)]) {
    for (definition, heading) in parts {
        let definition = if definition.is_empty() {
            schema
        } else {
            &schema["$defs"][definition]
        };
        let section = section(page, heading);
        assert_eq!(firsts(section), keys(&definition["properties"]), "{heading}");
        for row in rows(section) {
            let key = code(&row[0]);
            let default = &definition["properties"][key]["default"];
            let written = match default {
                Value::Array(items) if !items.is_empty() => continue,
                Value::Object(members) if !members.is_empty() => continue,
                Value::Null => continue,
                default => format!("`{default}`"),
            };
            assert_eq!(row[1], written, "the default of `{key}` in {heading}");
        }
    }
}

fn firsts(section: &str) -> BTreeSet<String> {
    rows(section).iter().map(|row| code(&row[0]).to_owned()).collect()
}

/// The keys of a table, but for the one that only editors read.
fn keys(value: &Value) -> BTreeSet<String> {
    let keys = value.as_object().unwrap().keys();
    keys.filter(|key| *key != "$schema").cloned().collect()
}

/// Everything in backquotes.
fn codes(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}
