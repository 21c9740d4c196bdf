use std::path::Path;
use std::time::Duration;

use super::load::from_text;
use super::*;
use crate::connector::Allowance;
use crate::diagnostics::render;

fn read(text: &str) -> Result<Config, String> {
    let read = from_text(Path::new("settings/config.toml"), text);
    read.map(|(config, _)| config)
        .map_err(|findings| render(&findings, false))
}

#[test]
fn nothing_written_means_the_defaults() {
    for text in ["", "# only a comment\n", "[http]\n", "\u{feff}"] {
        assert_eq!(read(text), Ok(Config::default()), "{text:?}");
    }
    let locations = Locations {
        config: None,
        connectors: "connectors".into(),
        state: "state".into(),
    };
    assert_eq!(load(&locations), Ok(Config::default()));
}

#[test]
fn the_defaults_are_the_documented_ones() {
    let config = Config::default();
    assert_eq!(
        (config.server.max_concurrent_calls, config.server.max_queued_calls),
        (64, 256)
    );
    assert_eq!(
        (config.server.call_timeout_ms, config.server.shutdown_grace_ms),
        (120_000, 30_000)
    );
    assert_eq!(config.server.tools_page_size, 100);
    assert_eq!(
        (config.http.address, config.http.legacy_sse, config.http.max_sessions),
        (None, true, 1_000)
    );
    assert_eq!(
        (config.http.max_request_body_bytes, config.http.session_idle_seconds),
        (4_194_304, 3_600)
    );
    assert_eq!(
        (config.approvals.wait_ms, config.approvals.expires_ms),
        (60_000, 600_000)
    );
    assert_eq!(
        (config.approvals.max_waiting, config.approvals.max_waiting_per_caller),
        (256, 64)
    );
    assert_eq!(config.approvals.max_argument_bytes, 1_048_576);
    // Ruling C-01.
    let limits = &config.limits;
    assert_eq!(limits.requests_per_minute_per_action, Allowance::Calls(10));
    assert_eq!(
        (limits.requests_per_minute, limits.requests_per_day),
        (Allowance::Calls(60), Allowance::Calls(10_000))
    );
    // Contract S3-26.
    assert_eq!(config.egress.connect_timeout, Duration::from_secs(5));
    assert_eq!(config.egress.read_timeout, Duration::from_secs(30));
    // Ruling C-08 for the time; the rest is what docs/operating.md says.
    let sandbox = &config.sandbox;
    assert_eq!(
        (sandbox.timeout, sandbox.cpu),
        (Duration::from_mins(2), Duration::from_secs(30))
    );
    assert_eq!(
        (sandbox.max_memory_bytes, sandbox.max_stack_bytes),
        (134_217_728, 2_097_152)
    );
    assert!(config.catalog.watch);
}

#[test]
#[expect(clippy::too_many_lines, reason = "there are that many settings")]
fn every_setting_can_be_written() {
    let config = read(
        r#"
        [server]
        name = "crm"
        instructions = "Be kind."
        max_concurrent_calls = 1
        max_queued_calls = 0
        call_timeout_ms = 2
        shutdown_grace_ms = 0
        tools_page_size = 3
        worker_threads = 8
        [http]
        address = "[::1]:8722"
        authentication = "keys"
        allowed_hosts = ["crm.example.com"]
        allowed_origins = []
        legacy_sse = false
        max_request_body_bytes = 1024
        session_idle_seconds = 4
        max_sessions = 5
        [limits]
        requests_per_minute_per_action = 6
        requests_per_minute = "unlimited"
        requests_per_day = 1000000000
        [approvals]
        ask_clients = false
        wait_ms = 0
        expires_ms = 1000
        max_waiting = 7
        max_waiting_per_caller = 8
        max_argument_bytes = 1024
        [audit]
        retention_days = 0
        [egress]
        connect_timeout_ms = 6
        read_timeout_ms = 7
        extra_ca = "ca.pem"
        allow_invalid_certificates_for = ["crm.internal"]
        [sandbox]
        timeout_ms = 1
        cpu_ms = 10
        max_memory_bytes = 1048576
        max_total_memory_bytes = 3145728
        max_table_elements = 100
        max_stack_bytes = 65536
        max_requests = 0
        max_concurrent_requests = 1
        max_sent_bytes = 1024
        max_received_bytes = 1025
        max_handles = 11
        max_log_lines = 12
        max_log_bytes = 13
        max_result_bytes = 1026
        max_concurrent_runs = 14
        max_queued_runs = 15
        [files]
        max_embedded_bytes = 0
        lifetime_ms = 1001
        max_kept_bytes = 16
        [vault]
        master_key_file = "vault.key"
        [log]
        level = "debug"
        format = "json"
        [catalog]
        watch = false
        [finding]
        mode = "search"
        max_tools = 8
        max_tokens = 9
        "#,
    )
    .unwrap();
    let expected = Config {
        server: ServerConfig {
            name: "crm".into(),
            instructions: Some("Be kind.".into()),
            max_concurrent_calls: 1,
            max_queued_calls: 0,
            call_timeout_ms: 2,
            shutdown_grace_ms: 0,
            tools_page_size: 3,
            worker_threads: Some(8),
        },
        http: HttpConfig {
            address: "[::1]:8722".parse().ok(),
            authentication: CallerAuthentication::Keys,
            allowed_hosts: vec!["crm.example.com".into()],
            allowed_origins: Vec::new(),
            legacy_sse: false,
            max_request_body_bytes: 1024,
            session_idle_seconds: 4,
            max_sessions: 5,
        },
        limits: LimitsConfig {
            requests_per_minute_per_action: Allowance::Calls(6),
            requests_per_minute: Allowance::Unlimited,
            requests_per_day: Allowance::Calls(1_000_000_000),
        },
        approvals: ApprovalsConfig {
            ask_clients: false,
            wait_ms: 0,
            expires_ms: 1000,
            max_waiting: 7,
            max_waiting_per_caller: 8,
            max_argument_bytes: 1024,
        },
        audit: AuditConfig { retention_days: 0 },
        egress: EgressConfig {
            connect_timeout: Duration::from_millis(6),
            read_timeout: Duration::from_millis(7),
            extra_ca: Some("settings/ca.pem".into()),
            allow_invalid_certificates_for: vec!["crm.internal".into()],
        },
        sandbox: SandboxConfig {
            timeout: Duration::from_millis(1),
            cpu: Duration::from_millis(10),
            max_memory_bytes: 1_048_576,
            max_total_memory_bytes: 3_145_728,
            max_table_elements: 100,
            max_stack_bytes: 65_536,
            max_requests: 0,
            max_concurrent_requests: 1,
            max_sent_bytes: 1024,
            max_received_bytes: 1025,
            max_handles: 11,
            max_log_lines: 12,
            max_log_bytes: 13,
            max_result_bytes: 1026,
            max_concurrent_runs: 14,
            max_queued_runs: 15,
        },
        files: FilesConfig {
            max_embedded_bytes: 0,
            lifetime: Duration::from_millis(1001),
            max_kept_bytes: 16,
        },
        vault: VaultConfig {
            master_key_file: Some("settings/vault.key".into()),
        },
        log: LogConfig {
            level: LogLevel::Debug,
            format: LogFormat::Json,
        },
        catalog: CatalogConfig { watch: false },
        finding: FindingConfig {
            mode: FindingMode::Search,
            max_tools: 8,
            max_tokens: 9,
        },
    };
    assert_eq!(config, expected);
}

#[test]
fn a_key_that_is_written_in_the_settings_is_not_repeated() {
    let told = read("[vault]\nmaster_key = \"cAn4ry\"\nmaster_key_file = 1\n").unwrap_err();
    assert!(told.contains("`master_key_file`") && !told.contains("cAn4ry"), "{told}");
}

#[test]
fn an_address_may_be_a_port() {
    for written in ["8722", ":8722", "localhost:8722"] {
        let config = read(&format!("[http]\naddress = \"{written}\"\n")).unwrap();
        assert_eq!(config.http.address, "127.0.0.1:8722".parse().ok(), "{written}");
    }
}

#[test]
fn every_mistake_is_told_at_once() {
    let told = read(
        "[sever]\nname = \"x\"\n[server]\nmax_calls = 1\ncall_timeout_ms = 0\n[http]\naddress = \"localhost\"\nlegacy_sse = \"yes\"\n\
         [egress]\nconnect_timeout_ms = 0\nread_timeout_ms = \"30\"\n[log]\nlevel = \"verbose\"\n",
    )
    .unwrap_err();
    insta::assert_snapshot!(told, @r#"
    error[unknown-key]: unknown key `sever`
     --> settings/config.toml:1:2
      |
    1 | [sever]
      |  ^^^^^
      |
      = help: did you mean `server`? It is written already, on line 3

    error[unknown-key]: unknown key `max_calls` in `server`
     --> settings/config.toml:4:1
      |
    4 | max_calls = 1
      | ^^^^^^^^^
      |
      = help: known keys: name, instructions, max_concurrent_calls, max_queued_calls, call_timeout_ms, shutdown_grace_ms, tools_page_size, worker_threads

    error[out-of-range]: `server.call_timeout_ms` must be at least 1, not 0
     --> settings/config.toml:5:19
      |
    5 | call_timeout_ms = 0
      |                   ^

    error[bad-address]: `localhost` is not an address and a port
     --> settings/config.toml:7:11
      |
    7 | address = "localhost"
      |           ^^^^^^^^^^^
      |
      = help: write a port, e.g. "8722", which only this machine can reach, or an IP address and a port, e.g. 127.0.0.1:8722 or [::1]:8722

    error[wrong-type]: `http.legacy_sse` must be true or false, not the text "yes"
     --> settings/config.toml:8:14
      |
    8 | legacy_sse = "yes"
      |              ^^^^^
      |
      = help: write `true` or `false`

    error[out-of-range]: `egress.connect_timeout_ms` must be at least 1, not 0
      --> settings/config.toml:10:22
       |
    10 | connect_timeout_ms = 0
       |                      ^

    error[wrong-type]: `egress.read_timeout_ms` must be a whole number, not the text "30"
      --> settings/config.toml:11:19
       |
    11 | read_timeout_ms = "30"
       |                   ^^^^
       |
       = help: write 30 without quotes

    error[unknown-value]: `log.level` must be one of off, error, warn, info, debug, trace, not the text "verbose"
      --> settings/config.toml:13:9
       |
    13 | level = "verbose"
       |         ^^^^^^^^^
    "#);
}

/// A limit is no text.
#[test]
fn a_number_with_too_many_digits_is_told_how_large_it_may_be() {
    let told = read("[limits]\nrequests_per_day = 99999999999999999999\n").unwrap_err();
    assert!(
        told.contains("the largest whole number that is kept is 18446744073709551615"),
        "{told}"
    );
    let told = read("[limits]\nrequests_per_day = 18446744073709551615\n").unwrap_err();
    assert!(told.contains("at most 1000000000"), "{told}");
}

/// Contract S1-88.
#[test]
fn limits_that_are_switched_off_are_reported() {
    let warnings = |text: &str| from_text(Path::new("config.toml"), text).unwrap().1;
    assert_eq!(warnings("[limits]\nrequests_per_minute = 1000000"), []);
    let all = "[limits]\nrequests_per_day = \"unlimited\"\nrequests_per_minute = \"unlimited\"\n\
               requests_per_minute_per_action = \"unlimited\"";
    let mut found = warnings(all);
    found.sort_by_key(|finding| finding.line);
    let told: Vec<_> = found.iter().map(|finding| (finding.line, finding.code)).collect();
    assert_eq!(told, [(2, "unlimited"), (3, "unlimited"), (4, "unlimited")]);
    assert!(
        found[0]
            .message
            .starts_with("nothing limits calls of a connector in a day")
    );
    assert!(found.iter().all(|finding| !finding.is_error()));
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let locations = |file: &Path| Locations {
        config: Some(file.to_owned()),
        connectors: "connectors".into(),
        state: "state".into(),
    };
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.toml");
    let findings = load(&locations(&missing)).unwrap_err();
    assert_eq!(
        (findings.len(), findings[0].code, findings[0].file.as_path()),
        (1, "unreadable", missing.as_path())
    );
    let binary = folder.path().join("binary.toml");
    std::fs::write(&binary, [0xff, 0xfe]).unwrap();
    assert!(load(&locations(&binary)).unwrap_err()[0].message.contains("not UTF-8"));
}

#[test]
fn the_example_holds_every_default() {
    assert_eq!(read(&example()), Ok(Config::default()));
    // What has no default is there as a comment that works when it is uncommented.
    let uncommented = example()
        .replace("# address =", "address =")
        .replace("# extra_ca =", "extra_ca =")
        .replace("# master_key_file =", "master_key_file =")
        .replace("# instructions =", "instructions =");
    let config = read(&uncommented).unwrap();
    assert!(config.http.address.is_some() && config.egress.extra_ca.is_some() && config.server.instructions.is_some());
    assert!(config.vault.master_key_file.is_some());
}
