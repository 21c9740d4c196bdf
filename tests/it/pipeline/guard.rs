//! The address guard and the allowlist as people meet them: `toolgate check` for what is written in a connector,
//! `toolgate call` for where an API's redirects lead.

use axum::http::{StatusCode, header};
use axum::response::IntoResponse as _;
use serde_json::{Value, json};

use crate::harness::{Upstream, Workspace, connector};

/// The findings of `toolgate check` about a connector that begins like this, as `code line:column`.
async fn findings(workspace: &Workspace, connection: &str) -> Vec<String> {
    let text = format!(
        "name = \"crm\"\ndescription = \"d\"\n{connection}\n[[actions]]\nname = \"a\"\ndescription = \"d\"\n\
         method = \"GET\"\npath = \"/\"\n"
    );
    workspace.write("crm.toml", text);
    let run = workspace.run(&["check", "--json"]).await;
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(run.code, Some(i32::from(report["errors"] != 0)));
    let found = report["diagnostics"].as_array().unwrap();
    found
        .iter()
        .map(|finding| {
            assert_eq!(finding["file"], "connectors/crm.toml");
            let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
            format!(
                "{} {} {}:{}",
                text("severity"),
                text("code"),
                finding["line"],
                finding["column"]
            )
        })
        .collect()
}

#[tokio::test]
async fn a_base_url_that_no_request_may_go_to_is_found_by_check() {
    let workspace = Workspace::new();
    for (base_url, code) in [
        ("https://127.0.0.1", "private-address"),
        ("https://0x7f.1", "private-address"),
        ("https://2130706433", "private-address"),
        ("https://[::ffff:10.0.0.1]", "private-address"),
        ("https://LOCALHOST.", "private-address"),
        ("https://crm.internal", "private-address"),
        ("https://169.254.169.254", "metadata-address"),
        ("https://0251.0376.0251.0376", "metadata-address"),
        ("https://metadata.google.internal", "metadata-address"),
        ("https://crm..example.com", "bad-base-url"),
        ("https://[fe80::1%25eth0]", "bad-base-url"),
        ("http://crm.example.com", "bad-base-url"),
    ] {
        let connection = format!("[connection]\nbase_url = \"{base_url}\"");
        assert_eq!(
            findings(&workspace, &connection).await,
            [format!("error {code} 4:12")],
            "{base_url}"
        );
    }
}

#[tokio::test]
async fn patterns_are_judged_where_they_stand() {
    let workspace = Workspace::new();
    for (pattern, found) in [
        ("https://crm.example.com/*", None),
        ("GET https://crm.example.com/*", None),
        ("*", Some("error bad-allowlist")),
        ("https://*/*", Some("error bad-allowlist")),
        ("https://crm.example.com", Some("error bad-allowlist")),
        ("FETCH https://crm.example.com/*", Some("error bad-allowlist")),
        ("http://crm.example.com/*", Some("error bad-allowlist")),
        ("https://169.254.169.254/*", Some("error bad-allowlist")),
        ("https://*.example.com/*", Some("warning wide-allowlist")),
        ("https://10.0.0.1/*", Some("warning unreachable")),
        ("https://crm.ex\u{430}mple.com/*", Some("warning lookalike-host")),
        ("https://b\u{fc}cher.example/*", Some("note foreign-host")),
        ("https://crm.example.com:6379/*", Some("warning odd-port")),
    ] {
        let connection = format!(
            "[connection]\nbase_url = \"https://crm.example.com\"\n[security]\nurl_allowlist = [\n  \
             \"https://crm.example.com/*\",\n  \"{pattern}\",\n]"
        );
        let expected: Vec<String> = found.iter().map(|found| format!("{found} 8:3")).collect();
        assert_eq!(findings(&workspace, &connection).await, expected, "{pattern}");
    }
}

#[tokio::test]
async fn a_lookalike_is_shown_as_it_is_on_the_wire() {
    let workspace = Workspace::new();
    findings(
        &workspace,
        "[connection]\nbase_url = \"https://\u{430}\u{440}\u{440}\u{4cf}\u{435}.com\"",
    )
    .await;
    let run = workspace.run(&["check"]).await;
    assert_eq!(run.code, Some(0));
    assert!(
        run.stderr.contains("this host is `xn--80ak6aa92e.com`"),
        "{}",
        run.stderr
    );
}

#[tokio::test]
async fn no_redirect_leads_around_the_guard() {
    let other = Upstream::fixed("{}").await;
    let port = other.address.port();
    let upstream = Upstream::start(move |request| async move {
        let index: usize = request.uri.path().trim_start_matches("/v1/").parse().unwrap();
        (StatusCode::FOUND, [(header::LOCATION, targets(port)[index].clone())]).into_response()
    })
    .await;
    let rest = "[[actions]]\nname = \"go\"\ndescription = \"d\"\nmethod = \"GET\"\npath = \"/{to}\"\n\
                [[actions.input]]\nname = \"to\"\nrequired = true\n";
    let allowlist = format!(
        "[security]\nurl_allowlist = [\"{}/*\", \"http://169.254.169.254/*\", \"http://localhost:{port}/*\"]\n",
        upstream.base_url()
    );
    // The pattern with the metadata address is refused; without it, the address would be by the allowlist alone.
    let workspace = Workspace::new();
    workspace.config("[limits]\nrequests_per_minute_per_action = 60\n");
    let text = connector("crm", &upstream.base_url(), rest).replacen("[security]\n", &allowlist, 1);
    workspace.write("crm.toml", &text);
    assert_eq!(workspace.run(&["check"]).await.code, Some(1));
    workspace.write("crm.toml", text.replace("\"http://169.254.169.254/*\", ", ""));

    let mut session = workspace.serve().await;
    for (index, target) in targets(port).iter().enumerate() {
        let answer = session.call("crm__go", json!({ "to": index.to_string() })).await;
        let error = &answer["result"]["content"][0]["text"];
        assert!(
            error.as_str().unwrap().contains("URL_NOT_ALLOWED"),
            "{target}: {answer}"
        );
    }
    assert_eq!((upstream.count(), other.count()), (targets(port).len(), 0));
    for row in workspace.rows().await {
        assert_eq!(row.outcome.as_str(), "URL_NOT_ALLOWED", "{row:?}");
    }
}

fn targets(port: u16) -> Vec<String> {
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:169.254.169.254]/",
        "http://2852039166/",
        "http://metadata.google.internal/",
        "http://10.0.0.1/",
        "http://[fd00::1]/",
        "http://user:password@localhost/",
        "//evil.example/",
        "https://evil.example/",
        "file:///etc/passwd",
        "gopher://localhost:25/",
        "ftp://localhost/",
    ]
    .map(str::to_owned)
    .into_iter()
    .chain([format!("http://127.0.0.1:{port}/v1"), format!("http://0x7f.1:{port}/")])
    .collect()
}

#[tokio::test]
async fn a_pattern_with_methods_keeps_writes_in_before_anybody_is_asked() {
    let upstream = Upstream::fixed("{}").await;
    let rest = "[[actions]]\nname = \"see\"\ndescription = \"d\"\nmethod = \"GET\"\npath = \"/a\"\n\
                [[actions]]\nname = \"change\"\ndescription = \"d\"\nmethod = \"POST\"\npath = \"/a\"\n";
    let allowlist = format!("[security]\nurl_allowlist = [\"GET {}/*\"]\n", upstream.base_url());
    let workspace = Workspace::new();
    let text = connector("crm", &upstream.base_url(), rest).replacen("[security]\n", &allowlist, 1);
    workspace.write("crm.toml", text);
    assert_eq!(workspace.run(&["call", "crm__see"]).await.code, Some(0));
    let run = workspace.run(&["call", "crm__change"]).await;
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr.contains("URL_NOT_ALLOWED") && run.stderr.contains("allows no POST requests"),
        "{}",
        run.stderr
    );
    assert_eq!((upstream.count(), workspace.approvals().await.len()), (1, 0));
}

#[tokio::test]
async fn an_unverified_certificate_is_told_at_each_start_and_needs_the_settings_leave() {
    let workspace = Workspace::new();
    let text = connector("crm", "https://127.0.0.1:9/v1", "")
        .replace("[connection]\n", "[connection]\nverify_ssl = false\n")
        .replace("allow_http = true\n", "");
    workspace.write(
        "crm.toml",
        format!("{text}[[actions]]\nname = \"a\"\ndescription = \"d\"\nmethod = \"GET\"\npath = \"/\"\n"),
    );
    let run = workspace.run(&["check"]).await;
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.stderr
            .contains("`allow_invalid_certificates_for = [\"127.0.0.1\"]`")
            && run.stderr.contains("extra_ca"),
        "{}",
        run.stderr
    );
    workspace.config("[egress]\nallow_invalid_certificates_for = [\"127.0.0.1\"]\n");
    assert_eq!(workspace.run(&["check"]).await.code, Some(0));
    for _ in 0..2 {
        let ended = workspace.serve().await.close().await;
        assert!(
            ended.stderr.contains("certificates are not verified"),
            "{}",
            ended.stderr
        );
    }
}
