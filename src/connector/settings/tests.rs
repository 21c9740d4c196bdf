use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::connector::model::{Action, Connector, SecretRef, Setting};
use crate::connector::{Loaded, SourceFile, load_with};
use crate::diagnostics::render;

/// The seed's settings (contract S4-12), as far as this version authenticates.
const AMAZON: &str = r#"name = "Amazon"
description = "A marketplace"
env_prefix = "AMAZON_"
[settings]
client_secret = {}
marketplace_id = { default = "A1F83G8C2ARO7P" }
base_url = { default = "https://eu.example.com/v1" }
page_size = { type = "integer", default = 50 }
[connection]
base_url = "{{settings.base_url}}"
[auth]
type = "bearer_token"
token = "{{ settings.client_secret }}"
[[actions]]
name = "list_orders"
description = "Lists orders of a marketplace"
method = "POST"
path = "/markets/{settings.marketplace_id}/orders"
query = { MarketplaceIds = "{{settings.marketplace_id}}", page = "{{settings.page_size}}" }
body = { note = "in {{settings.marketplace_id}}, {{settings.page_size}} a page" }
"#;

fn loaded(text: &str, variables: &[(&str, &str)]) -> Loaded {
    loaded_files(&[("connector.toml", text)], variables)
}

fn loaded_files(files: &[(&str, &str)], variables: &[(&str, &str)]) -> Loaded {
    let files: Vec<SourceFile> = files
        .iter()
        .map(|(relative, text)| SourceFile {
            shown: (*relative).into(),
            relative: (*relative).into(),
            text: (*text).to_owned(),
        })
        .collect();
    load_with(&files, &[], &|name| {
        let found = variables.iter().find(|(variable, _)| *variable == name);
        found.map(|(_, value)| (*value).to_owned())
    })
}

fn connector(text: &str, variables: &[(&str, &str)]) -> Connector {
    let loaded = loaded(text, variables);
    let told = render(&loaded.diagnostics, false);
    loaded.connector.unwrap_or_else(|| panic!("{told}"))
}

/// Code, line, column and message of every finding.
fn findings(text: &str, variables: &[(&str, &str)]) -> Vec<(&'static str, usize, usize, String)> {
    loaded(text, variables)
        .diagnostics
        .into_iter()
        .map(|finding| (finding.code, finding.line, finding.column, finding.message))
        .collect()
}

fn sent(action: &Arc<Action>) -> (String, Value, Value) {
    let arguments = Map::new();
    let request = action.request().expect("declarative");
    let query: Map<String, Value> = request
        .query
        .iter()
        .map(|(name, template)| (name.clone(), template.render(&arguments).unwrap().unwrap()))
        .collect();
    let body = match &request.body {
        Some(crate::connector::model::BodyTemplate::Json(template)) => template.render(&arguments).unwrap().unwrap(),
        _ => Value::Null,
    };
    (request.path.render(&arguments).unwrap(), Value::Object(query), body)
}

#[test]
fn variables_fill_the_connector_and_defaults_apply() {
    let secret = ("AMAZON_CLIENT_SECRET", "hunter2");
    let amazon = connector(AMAZON, &[secret]);
    assert_eq!(amazon.connection.base_url.as_str(), "https://eu.example.com/v1");
    assert_eq!(
        sent(&amazon.actions[0]),
        (
            "/markets/A1F83G8C2ARO7P/orders".to_owned(),
            json!({"MarketplaceIds": "A1F83G8C2ARO7P", "page": 50}),
            json!({"note": "in A1F83G8C2ARO7P, 50 a page"}),
        )
    );
    assert_eq!(
        amazon.auth.secrets(),
        [&SecretRef::Environment("AMAZON_CLIENT_SECRET".to_owned())]
    );
    assert!(!format!("{amazon:?}").contains("hunter2"));

    let moved = connector(
        AMAZON,
        &[
            secret,
            ("AMAZON_BASE_URL", "https://us.example.com"),
            ("AMAZON_MARKETPLACE_ID", "a/{b}..%2F\"{{x}}{% y"),
            ("AMAZON_PAGE_SIZE", "7"),
        ],
    );
    assert_eq!(moved.connection.base_url.as_str(), "https://us.example.com/");
    assert!(moved.security.url_allowlist.reaches(&moved.connection.base_url));
    let odd = "a/{b}..%2F\"{{x}}{% y";
    assert_eq!(
        sent(&moved.actions[0]),
        (
            "/markets/a%2F%7Bb%7D..%252F%22%7B%7Bx%7D%7D%7B%25%20y/orders".to_owned(),
            json!({"MarketplaceIds": odd, "page": 7}),
            json!({"note": format!("in {odd}, 7 a page")}),
        )
    );
    // An approval for one address is none for another.
    assert_ne!(amazon.actions[0].revision, moved.actions[0].revision);
}

#[test]
fn what_is_missing_is_told_where_it_is_referred_to() {
    assert_eq!(
        findings(AMAZON, &[]),
        [(
            "missing-setting",
            13,
            10,
            "the environment variable `AMAZON_CLIENT_SECRET` is not set here, or is empty".to_owned()
        )]
    );
    let required = AMAZON.replace("{ default = \"A1F83G8C2ARO7P\" }", "{}");
    let places: Vec<_> = findings(&required, &[("AMAZON_CLIENT_SECRET", "s")])
        .into_iter()
        .map(|(code, line, column, _)| (code, line, column))
        .collect();
    assert_eq!(
        places,
        [
            ("missing-setting", 18, 18),
            ("missing-setting", 19, 29),
            ("missing-setting", 20, 21)
        ]
    );
    let set = [("AMAZON_CLIENT_SECRET", "s"), ("AMAZON_MARKETPLACE_ID", "M")];
    assert_eq!(connector(&required, &set).variables, ["AMAZON_MARKETPLACE_ID"]);
    assert_eq!(connector(AMAZON, &set).variables, [""; 0]);
}

#[test]
fn settings_reach_the_files_of_entities_and_every_kind_of_value() {
    let main = "name = \"T\"\ndescription = \"d\"\n[settings]\ntenant = {}\ntimeout = { default = 5 }\nverify = { default = true }\n\
                [connection]\nbase_url = \"https://{{settings.tenant}}.example.com\"\ntimeout_ms = \"{{settings.timeout}}\"\nverify_ssl = \"{{settings.verify}}\"\n";
    let entity =
        "[[actions]]\nname = \"get_it\"\ndescription = \"For {{settings.tenant}}\"\nmethod = \"GET\"\npath = \"/\"\n";
    let files = [("connector.toml", main), ("services/it.toml", entity)];
    let loaded = loaded_files(&files, &[("T_TENANT", "acme"), ("T_TIMEOUT", "250")]);
    let connector = loaded.connector.unwrap();
    assert_eq!(connector.connection.base_url.as_str(), "https://acme.example.com/");
    assert_eq!(connector.connection.timeout.as_millis(), 250);
    assert!(connector.connection.verify_ssl);
    assert_eq!(connector.actions[0].description, "For acme");
    let places: Vec<_> = loaded_files(&files, &[])
        .diagnostics
        .iter()
        .map(|finding| (finding.file.display().to_string(), finding.line, finding.column))
        .collect();
    assert_eq!(
        places,
        [
            ("connector.toml".to_owned(), 8, 21),
            ("services/it.toml".to_owned(), 3, 20)
        ]
    );
}

#[test]
fn a_secret_stands_nowhere_but_in_auth() {
    let cases = [
        // In a request that an agent sees, and again where its name says so.
        (
            "note = \"in {{settings.marketplace_id}}",
            "note = \"in {{settings.client_secret}}",
            "secret-setting",
        ),
        (
            "base_url = \"{{settings.base_url}}\"",
            "base_url = \"https://{{settings.client_secret}}\"",
            "secret-setting",
        ),
        // Among other text.
        ("token = \"{{ ", "token = \"Token {{ ", "secret-setting"),
        // Written out, in the file or as a plain setting.
        (
            "client_secret = {}",
            "client_secret = { default = \"hunter2\" }",
            "literal-secret",
        ),
        (
            "client_secret = {}",
            "client_secret = { secret = false, default = \"hunter2\" }",
            "literal-secret",
        ),
    ];
    for (from, to, expected) in cases {
        let text = AMAZON.replacen(from, to, 1);
        assert_ne!(text, AMAZON, "{from}");
        let loaded = loaded(&text, &[("AMAZON_CLIENT_SECRET", "hunter2")]);
        let told = render(&loaded.diagnostics, false);
        assert!(loaded.connector.is_none() && told.contains(expected), "{to}: {told}");
        assert!(!told.contains("hunter2"), "{told}");
    }
    let unlike = AMAZON.replace("client_secret", "opaque");
    assert_eq!(
        findings(
            &unlike.replace("in {{settings.marketplace_id}}", "in {{settings.opaque}}"),
            &[("AMAZON_OPAQUE", "s")]
        )
        .iter()
        .map(|finding| (finding.0, finding.1))
        .collect::<Vec<_>>(),
        [("secret-setting", 20)]
    );
}

#[test]
fn parts_of_a_credential_that_are_no_secrets_are_filled_in() {
    let text = "name = \"T\"\ndescription = \"d\"\n[settings]\nuser = { secret = false, default = \"ana\" }\npassword = {}\n\
                [connection]\nbase_url = \"https://a.example.com\"\n[auth]\ntype = \"basic_auth\"\nusername = \"{{settings.user}}\"\n\
                password = \"{{settings.password}}\"\n[[actions]]\nname = \"get_it\"\ndescription = \"d\"\nmethod = \"GET\"\npath = \"/\"\n";
    for (value, expected) in [(None, "ana"), (Some("eva"), "eva")] {
        let mut variables = vec![("T_PASSWORD", "s")];
        variables.extend(value.map(|value| ("T_USER", value)));
        let auth = connector(text, &variables).auth;
        let written: Vec<&Setting> = auth.settings().filter(|setting| setting.secret().is_none()).collect();
        assert!(matches!(written.as_slice(), [_, Setting::Literal(name), _] if name == expected));
        assert_eq!(auth.secrets(), [&SecretRef::Environment("T_PASSWORD".to_owned())]);
    }
}

#[test]
fn mistakes_are_told() {
    let ends = |line: &str| AMAZON.replace("page_size = { type = \"integer\", default = 50 }", line);
    let secret = ("AMAZON_CLIENT_SECRET", "s");
    for (text, variables, expected, message) in [
        (
            AMAZON.replace("{{settings.page_size}} a", "{{settings.page_sise}} a"),
            vec![secret],
            "unknown-setting",
            "there is no setting `page_sise`",
        ),
        (
            AMAZON.replace("{{settings.page_size}} a", "{{settings.page_size + 1}} a"),
            vec![secret],
            "undeclared-input",
            "`settings` is not an input",
        ),
        (
            AMAZON.to_owned(),
            vec![secret, ("AMAZON_PAGE_SIZE", "many")],
            "bad-setting",
            "`AMAZON_PAGE_SIZE` must hold a whole number",
        ),
        (
            ends("page_size = { type = \"integer\", default = \"x\" }"),
            vec![secret],
            "wrong-type",
            "must be a whole number",
        ),
        (
            ends("page_size = { typ = \"integer\" }"),
            vec![secret],
            "unknown-key",
            "unknown key `typ`",
        ),
        (
            ends("page-size = {}\npage_size = { default = 1 }"),
            vec![secret],
            "bad-setting",
            "`page-size`",
        ),
        (
            ends("page_size = { default = 1 }\nspare = {}"),
            vec![secret],
            "unused-setting",
            "nothing uses the setting `spare`",
        ),
        (
            AMAZON.replace("\"AMAZON_\"", "\"AMAZON-\""),
            vec![secret],
            "bad-setting",
            "cannot begin the name of a variable",
        ),
        (
            AMAZON
                .replace("\"AMAZON_\"", "\"TOOLGATE_\"")
                .replace("client_secret", "master_key"),
            vec![("TOOLGATE_MASTER_KEY", "k")],
            "bad-setting",
            "the key of the vault",
        ),
        (
            AMAZON
                .replace("body = { note = \"", "body = '{\"note\": \"")
                .replace(" a page\" }", " a page\"}'"),
            vec![secret, ("AMAZON_MARKETPLACE_ID", "\", \"admin\": \"")],
            "bad-setting",
            "could change the body",
        ),
    ] {
        let found = findings(&text, &variables);
        assert!(
            found
                .iter()
                .any(|finding| finding.0 == expected && finding.3.contains(message)),
            "{message}: {found:?}"
        );
    }
}

/// It was declared, and what uses it is not wrong.
#[test]
fn a_setting_that_cannot_be_used_is_told_once() {
    let declared = "page_size = { type = \"integer\", default = 50 }";
    let secret = ("AMAZON_CLIENT_SECRET", "s");
    for (line, variables) in [
        ("page_size = { type = \"integer\", default = \"x\" }", vec![secret]),
        (declared, vec![secret, ("AMAZON_PAGE_SIZE", "many")]),
    ] {
        let found = findings(&AMAZON.replace(declared, line), &variables);
        assert_eq!(found.len(), 1, "{found:?}");
    }
    let only = "name = \"T\"\ndescription = \"d\"\n[settings]\nsize = { default = [] }\n[connection]\n\
                base_url = \"https://a.example.com\"\n[[actions]]\nname = \"get_it\"\ndescription = \"d\"\nmethod = \"GET\"\n\
                path = \"/{settings.size}\"\nquery = { size = \"{{settings.size}}\" }\n";
    let found = findings(only, &[]);
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn a_connector_without_settings_may_have_an_input_of_that_name() {
    let text = "name = \"T\"\ndescription = \"d\"\n[connection]\nbase_url = \"https://a.example.com\"\n[[actions]]\nname = \"set_it\"\n\
                description = \"d\"\nmethod = \"POST\"\npath = \"/\"\nbody = { theme = \"{{settings.theme}}\" }\n\
                [[actions.input]]\nname = \"settings\"\ntype = \"OBJECT\"\n";
    assert!(connector(text, &[]).variables.is_empty());
}

proptest::proptest! {
    /// Whatever a variable holds, it is a value: it never becomes a template, another parameter or another path.
    #[test]
    fn values_stay_values(value in "(?s).{1,40}|[{}%/.'\"|a ]{1,12}") {
        let variables = [("AMAZON_CLIENT_SECRET", "s"), ("AMAZON_MARKETPLACE_ID", value.as_str())];
        if let Some(connector) = loaded(AMAZON, &variables).connector {
            let (path, query, body) = sent(&connector.actions[0]);
            proptest::prop_assert_eq!(path.split('/').count(), 4, "{}", path);
            proptest::prop_assert_eq!(&query["MarketplaceIds"], &json!(value));
            proptest::prop_assert_eq!(&body["note"], &json!(format!("in {value}, 50 a page")));
        } else {
            proptest::prop_assert!(value.contains("..") || value == ".", "{value:?} was refused");
        }
    }
}
