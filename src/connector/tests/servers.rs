//! Other servers of an API, and which of them get the credential.

use super::*;

const BEARER: &str = "[auth]\ntype = \"bearer_token\"\ntoken = \"env:T\"\n";

/// A connector with `servers` under its connection, and one action of these lines.
fn with_servers(servers: &str, auth: &str, action: &str) -> Loaded {
    load_text(
        "connector.toml",
        &format!(
            "name = \"Test\"\ndescription = \"A test.\"\n[connection]\nbase_url = \"https://api.example.com/v1\"\n{servers}\n{auth}[[actions]]\n\
             name = \"act_now\"\ndescription = \"Acts.\"\nmethod = \"GET\"\npath = \"/a\"\n{action}\n"
        ),
    )
}

fn found(loaded: &Loaded) -> Vec<&'static str> {
    loaded.diagnostics.iter().map(|finding| finding.code).collect()
}

#[test]
fn an_action_chooses_its_server_by_name() {
    let servers = "[connection.servers.upload]\nbase_url = \"https://upload.example.com/up\"\ncredentials = true\n";
    let connector = connector(with_servers(servers, BEARER, "server = \"upload\""));
    let request = connector.actions[0].request().unwrap();
    assert_eq!(
        request.base_url(&connector.connection).as_str(),
        "https://upload.example.com/up"
    );
    assert!(
        connector
            .security
            .url_allowlist
            .patterns()
            .eq(["https://api.example.com/v1/*", "https://upload.example.com/up/*"])
    );
    let origins: Vec<String> = connector
        .connection
        .credential_origins()
        .iter()
        .map(url::Origin::ascii_serialization)
        .collect();
    assert_eq!(origins, ["https://api.example.com", "https://upload.example.com"]);
    for loaded in [
        with_servers(servers, BEARER, "server = \"uplaod\""),
        with_servers("", BEARER, "server = \"upload\""),
    ] {
        assert_eq!(errors(&loaded), ["unknown-server"]);
    }
}

#[test]
fn the_same_rules_hold_for_every_server() {
    for (url, expected) in [
        ("http://upload.example.com", "bad-base-url"),
        ("https://10.0.0.1", "private-address"),
        ("https://169.254.169.254", "metadata-address"),
        ("https://u:p@upload.example.com", "bad-base-url"),
        ("https://upload.example.com?a=b", "bad-base-url"),
    ] {
        let servers = format!("[connection.servers.upload]\nbase_url = \"{url}\"\ncredentials = false\n");
        assert_eq!(errors(&with_servers(&servers, "", "")), [expected], "{url}");
    }
    let named = "[connection.servers.\"Up load\"]\nbase_url = \"https://upload.example.com\"\ncredentials = false\n";
    assert_eq!(errors(&with_servers(named, "", "")), ["bad-name"]);
    let listed = "[connection.servers.upload]\nbase_url = \"https://upload.example.com\"\ncredentials = false\n\
                  [security]\nurl_allowlist = [\"https://api.example.com/*\"]\n";
    assert_eq!(
        found(&with_servers(listed, "", "server = \"upload\"")),
        ["unreachable"],
        "an action there would fail with every call"
    );
}

#[test]
fn who_gets_the_credential_is_written_and_told() {
    let server = |url: &str, rest: &str| format!("[connection.servers.other]\nbase_url = \"{url}\"\n{rest}\n");
    let elsewhere = "https://other.example.com";
    for (servers, auth, action, told, authenticates) in [
        (
            server(elsewhere, "credentials = true"),
            BEARER,
            "",
            vec!["credential-sent"],
            true,
        ),
        (server(elsewhere, "credentials = false"), BEARER, "", vec![], false),
        (server(elsewhere, ""), BEARER, "", vec!["no-credential"], false),
        (server(elsewhere, ""), "", "", vec![], false),
        (server("https://api.example.com/v2", ""), BEARER, "", vec![], true),
        (
            server("https://api.example.com/v2", "credentials = false"),
            BEARER,
            "",
            vec![],
            false,
        ),
        (
            server(elsewhere, "credentials = true"),
            BEARER,
            "credentials = false",
            vec!["credential-sent"],
            false,
        ),
    ] {
        let loaded = with_servers(&servers, auth, &format!("server = \"other\"\n{action}"));
        assert_eq!(found(&loaded), told, "{servers}");
        let connector = connector(loaded);
        let request = connector.actions[0].request().unwrap();
        assert_eq!(request.credentials, authenticates, "{servers}");
        let auth = connector.auth_of(&connector.actions[0]);
        assert_eq!(
            auth.label == "Bearer Token",
            authenticates && !auth_is_none(&connector),
            "{servers}"
        );
    }
    let servers = server(elsewhere, "credentials = false");
    let loaded = with_servers(&servers, BEARER, "server = \"other\"\ncredentials = true");
    assert_eq!(errors(&loaded), ["no-credential"]);
}

fn auth_is_none(connector: &model::Connector) -> bool {
    connector.auth.is_none()
}

#[test]
fn texts_that_agents_see_name_no_host_of_any_server() {
    let servers = "[connection.servers.upload]\nbase_url = \"https://upload.example.com\"\ncredentials = false\n";
    let loaded = with_servers(servers, "", "title = \"To upload.example.com\"");
    assert_eq!(found(&loaded), ["host-shown"]);
}
