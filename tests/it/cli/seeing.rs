//! What an operator sees of calls: `toolgate logs` and `toolgate stats`, to the letter of contract S1-72 to S1-74.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use toolgate::store::{AuditRecord, time};

use super::crm;
use crate::harness::{Upstream, Workspace, within};

/// A call of `crm` that arrived at `started_at` and took `duration_ms`.
fn call(id: usize, started_at: String, action: &str, end: (&str, Option<u16>), duration_ms: u64) -> AuditRecord {
    AuditRecord {
        call_id: format!("{id:08}"),
        ended_at: Some(started_at.clone()),
        started_at,
        user: "local".into(),
        organisation: "local".into(),
        channel: "stdio".into(),
        client: Some("claude-code 2.1.0".into()),
        tool: format!("crm__{action}"),
        connector: Some("crm".into()),
        action: Some(action.into()),
        effect: Some("read".into()),
        method: Some("GET".into()),
        path: Some("/v1/things/1".into()),
        arguments_hash: Some("ab".repeat(32)),
        decision: "allowed".into(),
        approval_id: None,
        approver: None,
        outcome: end.0.into(),
        upstream_status: end.1,
        requests: 1,
        bytes_out: 0,
        bytes_in: 20,
        duration_ms,
        message: (end.0 != "ok").then(|| "the API said no".into()),
    }
}

/// An installation whose log holds `rows`, with the clock of its terminal at UTC.
async fn with_log(rows: &[AuditRecord]) -> Workspace {
    let mut workspace = crm("http://127.0.0.1:9/v1");
    workspace.set("TZ", "UTC");
    workspace.store().await.write_audit(rows, false).await.unwrap();
    workspace
}

fn on_one_day(id: usize, time: &str, action: &str, end: (&str, Option<u16>), duration_ms: u64) -> AuditRecord {
    call(id, format!("2026-01-05T{time}.000Z"), action, end, duration_ms)
}

const OK: (&str, Option<u16>) = ("ok", Some(200));
const NOT_FOUND: (&str, Option<u16>) = ("ENDPOINT_NOT_FOUND", Some(404));
const TIMEOUT: (&str, Option<u16>) = ("TIMEOUT", None);

/// The log that the document shows.
fn documented() -> Vec<AuditRecord> {
    vec![
        on_one_day(1, "14:20:01", "get_customer", OK, 134),
        on_one_day(2, "14:22:33", "get_customer", NOT_FOUND, 89),
        on_one_day(3, "14:25:11", "search_customers", OK, 298),
        on_one_day(4, "14:28:45", "get_customer", OK, 118),
        on_one_day(5, "14:30:02", "search_customers", OK, 342),
        on_one_day(6, "14:32:15", "get_customer", OK, 127),
    ]
}

#[tokio::test]
async fn the_log_of_one_api_is_the_documents() {
    let mut workspace = with_log(&documented()).await;
    let run = workspace.run(&["logs", "crm", "--since", "all"]).await;
    insta::assert_snapshot!(run.stdout, @"
    Custom API Logs: crm

    Filter: All Endpoints, All time, All Status

    Time      Endpoint          Status  Latency
    14:32:15  get_customer      200 OK  127ms
    14:30:02  search_customers  200 OK  342ms
    14:28:45  get_customer      200 OK  118ms
    14:25:11  search_customers  200 OK  298ms
    14:22:33  get_customer      404     89ms
    14:20:01  get_customer      200 OK  134ms

    Summary (All time):
    • Total calls: 6
    • Success rate: 83.3%
    • Avg latency: 185ms
    • Errors: 1 (1 x 404)
    ");
    workspace.set("TZ", "IST-5:30");
    let run = workspace.run(&["logs", "crm", "--since", "all", "--limit", "1"]).await;
    assert!(
        run.stdout
            .contains("\n20:02:15  get_customer  200 OK  127ms\n(the newest 1; "),
        "{}",
        run.stdout
    );
}

#[tokio::test]
async fn the_log_of_all_apis_says_which_and_who_decided() {
    let mut approved = on_one_day(1, "14:20:01", "create_thing", ("ok", Some(201)), 9_000);
    approved.decision = "approved".into();
    approved.approver = Some("ana via cli".into());
    let mut unknown = on_one_day(2, "14:20:02", "x", ("UNKNOWN_API", None), 0);
    (unknown.connector, unknown.action, unknown.upstream_status) = (None, None, None);
    unknown.requests = 0;
    unknown.decision = "refused".into();
    unknown.tool = "nothing\u{1b}[2J\n__at_all".into();
    let workspace = with_log(&[approved, unknown]).await;
    let run = workspace.run(&["logs", "--since", "2026-01-05"]).await;
    insta::assert_snapshot!(run.stdout, @"
    Custom API Logs: All APIs

    Filter: All Endpoints, Since 2026-01-05, All Status

    Time      Endpoint              Status       Latency  Decision  By
    14:20:02  nothing\u{fffd}[2J\u{fffd}__at_all  UNKNOWN_API  0ms      refused
    14:20:01  crm.create_thing      201 Created  9000ms   approved  ana via cli

    Summary (Since 2026-01-05):
    • Total calls: 2
    • Success rate: 50.0%
    • Avg latency: -
    • Errors: 1 (1 x unknown api)
    ");
}

#[tokio::test]
async fn the_log_says_whose_calls_they_are_when_they_are_not_all_of_one() {
    let mut anas = on_one_day(1, "14:20:01", "create_thing", ("ok", Some(201)), 9_000);
    anas.user = "ana".into();
    anas.decision = "approved".into();
    anas.approver = Some("olga via cli".into());
    let own = on_one_day(2, "14:20:02", "get_customer", OK, 127);
    let workspace = with_log(&[anas, own]).await;
    let run = workspace.run(&["logs", "--since", "all"]).await;
    let rows: Vec<&str> = run.stdout.lines().skip(4).take(3).collect();
    insta::assert_snapshot!(rows.join("\n"), @"
    Time      Endpoint          Status       Latency  User   Decision  By
    14:20:02  crm.get_customer  200 OK       127ms    local  allowed
    14:20:01  crm.create_thing  201 Created  9000ms   ana    approved  olga via cli
    ");
    let run = workspace.run(&["logs", "crm", "--since", "all", "--user", "ana"]).await;
    insta::assert_snapshot!(run.stdout, @"
    Custom API Logs: crm

    Filter: All Endpoints, All time, All Status, User ana

    Time      Endpoint      Status       Latency  User  Decision  By
    14:20:01  create_thing  201 Created  9000ms   ana   approved  olga via cli

    Summary (All time, all calls of crm, not only those above):
    • Total calls: 2
    • Success rate: 100.0%
    • Avg latency: 127ms
    • Errors: 0
    ");
    let run = workspace
        .run(&["logs", "crm", "--since", "all", "--user", "local"])
        .await;
    assert!(
        run.stdout.contains("\nTime      Endpoint      Status  Latency\n"),
        "{}",
        run.stdout
    );
    let run = workspace.run(&["logs", "--status", "error", "--since", "all"]).await;
    assert_eq!(run.stdout, "no such calls\n");
    let run = workspace.run(&["logs", "--status", "ok", "--since", "all"]).await;
    assert!(
        run.stdout
            .contains("Summary (All time, all calls, not only those above):"),
        "{}",
        run.stdout
    );
}

#[tokio::test]
async fn filters_narrow_the_log_exactly() {
    let ago = |hours: i64| time::rfc3339(Timestamp::now() - SignedDuration::from_hours(hours));
    let rows = [
        call(1, ago(200), "get_customer", OK, 1),
        call(2, ago(25), "get_customer", TIMEOUT, 1),
        call(3, ago(23), "get_customer", NOT_FOUND, 1),
        call(4, ago(3), "search_customers", OK, 1),
        call(5, ago(2), "get_customer", TIMEOUT, 1),
        call(6, ago(1), "get_customer", ("ok", Some(404)), 1),
    ];
    let workspace = with_log(&rows).await;
    for (filter, ids) in [
        (vec![], vec![6, 5, 4, 3]),
        (vec!["--since", "Last 24 hours"], vec![6, 5, 4, 3]),
        (vec!["--since", "90m"], vec![6]),
        (vec!["--since", "26h"], vec![6, 5, 4, 3, 2]),
        (vec!["--since", "all"], vec![6, 5, 4, 3, 2, 1]),
        (vec!["--status", "404"], vec![6, 3]),
        (vec!["--status", "200 OK"], vec![4]),
        (vec!["--status", "ok"], vec![6, 4]),
        (vec!["--status", "error"], vec![5, 3]),
        (vec!["--status", "timeout"], vec![5]),
        (vec!["--status", "TIMEOUT", "--since", "7d"], vec![5, 2]),
        (vec!["--endpoint", "search_customers"], vec![4]),
        (
            vec!["--endpoint", "get_customer", "--status", "ok", "--since", "2w"],
            vec![6, 1],
        ),
        (vec!["--endpoint", "get_"], vec![]),
        (vec!["--limit", "2"], vec![6, 5]),
        (vec!["--call", "00000001"], vec![1]),
    ] {
        let run = workspace
            .run(&[["logs", "crm", "--json"].as_slice(), &filter].concat())
            .await;
        let rows: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
        let found: Vec<usize> = rows
            .iter()
            .map(|row| row["call_id"].as_str().unwrap().parse().unwrap())
            .collect();
        assert_eq!(found, ids, "{filter:?}");
    }
    let run = workspace.run(&["logs", "crm", "--since", "10m"]).await;
    assert_eq!(
        run.stdout,
        "no such calls: last 10 minutes; --since all looks at older ones, too\n"
    );
    for (arguments, said) in [
        (
            ["--since", "yesterday"],
            "`yesterday` is not a window of time; write e.g. 24h",
        ),
        (
            ["--status", "TIMEOUTS"],
            "write ok, error, a status such as 404, or one of AUTHENTICATION_FAILED",
        ),
        (["--status", "99"], "write ok, error, a status such as 404"),
    ] {
        let run = workspace.run(&[["logs"].as_slice(), &arguments].concat()).await;
        assert_eq!(run.code, Some(2), "{arguments:?}");
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
}

#[tokio::test]
async fn one_call_is_shown_whole() {
    let workspace = with_log(&documented()).await;
    let run = workspace.run(&["logs", "--call", "00000002"]).await;
    insta::assert_snapshot!(run.stdout, @"
    call_id          00000002
    started_at       2026-01-05T14:22:33.000Z
    ended_at         2026-01-05T14:22:33.000Z
    user             local
    organisation     local
    channel          stdio
    client           claude-code 2.1.0
    tool             crm__get_customer
    connector        crm
    action           get_customer
    effect           read
    method           GET
    path             /v1/things/1
    arguments_hash   abababababababababababababababababababababababababababababababab
    decision         allowed
    outcome          ENDPOINT_NOT_FOUND
    upstream_status  404
    requests         1
    bytes_out        0
    bytes_in         20
    duration_ms      89
    message          the API said no
    ");
    for form in [vec![], vec!["--json"]] {
        let run = workspace.run(&[vec!["logs", "--call", "9"], form].concat()).await;
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
        assert_eq!(
            run.stderr,
            "error: there is no call 9; `toolgate logs --json` shows the ids of calls\n"
        );
    }
}

#[tokio::test]
async fn calls_are_shown_as_they_end() {
    let upstream = Upstream::fixed("{}").await;
    let workspace = crm(&upstream.base_url());
    let get = ["call", "crm__get_thing", "--input", r#"{"id": "1"}"#];
    // What had ended before is shown as far as it was asked for.
    workspace.run(&["call", "crm__get_thing", "--input", "{}"]).await;
    workspace.run(&get).await;
    let mut following = workspace
        .command(&["logs", "crm", "--follow", "--json", "--limit", "1"])
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(following.stdout.take().unwrap()).lines();
    let mut next = async || -> Value {
        let line = within("a row", lines.next_line()).await.unwrap().unwrap();
        serde_json::from_str(&line).unwrap()
    };
    let first = next().await;
    assert_eq!(first["outcome"], "ok");
    workspace.run(&["call", "crm__get_thing"]).await;
    workspace.run(&get).await;
    let refused = next().await;
    // What names no action of the API is no call of it, and what was shown is not shown again.
    assert_eq!(refused["outcome"], "INVALID_REQUEST");
    let last = next().await;
    assert_eq!(last["outcome"], "ok");
    assert_ne!(last["call_id"], first["call_id"]);
}

/// 1,247 calls in the last 24 hours: 8 that the API answered with 404, 2 that timed out, 156 ms on average; and calls
/// that do not belong to them.
fn replayed() -> Vec<AuditRecord> {
    let start = Timestamp::now() - SignedDuration::from_hours(23);
    let at = |minutes: i64| time::rfc3339(start + SignedDuration::from_mins(minutes));
    let mut rows: Vec<AuditRecord> = (0..1_247_usize)
        .map(|index| {
            let end = match index {
                100..108 => NOT_FOUND,
                500..502 => TIMEOUT,
                _ => OK,
            };
            // 151 to 161, evenly but for the last few: 156.0 when rounded.
            let duration = 151 + u64::try_from(index % 11).unwrap();
            call(index, at(i64::try_from(index).unwrap()), "get_customer", end, duration)
        })
        .collect();
    rows.push(call(9_000, at(-120), "get_customer", TIMEOUT, 30_000));
    rows.push(AuditRecord {
        connector: Some("erp".into()),
        ..call(9_001, at(1), "get_customer", TIMEOUT, 30_000)
    });
    rows
}

#[tokio::test]
async fn the_summary_is_the_documents() {
    let workspace = with_log(&replayed()).await;
    let run = workspace.run(&["stats", "crm"]).await;
    assert_eq!(
        run.stdout,
        "Custom API: crm\n\n\
         Summary (Last 24h):\n\
         • Total calls: 1,247\n\
         • Success rate: 99.2%\n\
         • Avg latency: 156ms\n\
         • Errors: 10 (8 x 404, 2 x timeout)\n"
    );
    let logged = workspace.run(&["logs", "crm", "--limit", "3"]).await.stdout;
    let (_, summary) = run.stdout.split_once("\n\n").unwrap();
    assert!(logged.ends_with(&format!("\n\n{summary}")), "{logged}");

    let run = workspace.run(&["stats", "crm", "--json"]).await;
    let mut told: Value = serde_json::from_str(&run.stdout).unwrap();
    assert!(told["since"].take().as_str().unwrap().ends_with('Z'));
    let average = told["summary"]["average_latency_ms"].take().as_f64().unwrap();
    assert!((average - 156.0).abs() < 0.1, "{average}");
    let percent = told["summary"]["success_percent"].take().as_f64().unwrap();
    assert!((percent - 99.198).abs() < 0.001, "{percent}");
    assert_eq!(
        told,
        json!({
            "api": "crm",
            "window": "Last 24 hours",
            "since": null,
            "summary": {
                "total_calls": 1247,
                "successful_calls": 1237,
                "errors": 10,
                "error_kinds": [{"kind": "404", "calls": 8}, {"kind": "timeout", "calls": 2}],
                "unfinished_calls": 0,
                "success_percent": null,
                "average_latency_ms": null,
                "text": {
                    "total_calls": "1,247",
                    "success_rate": "99.2%",
                    "average_latency": "156ms",
                    "errors": "10 (8 x 404, 2 x timeout)",
                },
            },
        })
    );
    let run = workspace.run(&["stats", "--since", "all"]).await;
    assert!(
        run.stdout.contains("Summary (All time):\n• Total calls: 1,249\n"),
        "{}",
        run.stdout
    );
    let run = workspace.run(&["stats", "crm", "--since", "soon"]).await;
    assert_eq!(run.code, Some(2), "{}", run.stderr);
}

#[tokio::test]
async fn an_api_that_nobody_knows_is_no_api_without_calls() {
    let deleted = AuditRecord {
        connector: Some("erp".into()),
        ..on_one_day(1, "14:20:01", "get_customer", OK, 134)
    };
    let workspace = with_log(&[deleted]).await;
    for arguments in [
        ["stats", "crn"].as_slice(),
        &["stats", "crn", "--json"],
        &["logs", "crn"],
        &["logs", "crn", "--json"],
        &["logs", "crn", "--follow"],
        &["logs", "crn", "--call", "00000001"],
        &["apis", "logs", "crn"],
    ] {
        let run = workspace.run(arguments).await;
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{arguments:?}: {run:?}");
        assert!(
            run.stderr.contains("there is no API `crn`; `toolgate apis list` shows"),
            "{arguments:?}: {}",
            run.stderr
        );
    }
    // One whose files are gone is known by its calls, and one whose files are broken by its name.
    workspace.write("broken.toml", "name = 1");
    for slug in ["erp", "crm", "broken"] {
        for verb in ["stats", "logs"] {
            let run = workspace.run(&[verb, slug]).await;
            assert_eq!(run.code, Some(0), "{verb} {slug}: {run:?}");
        }
    }
}

#[tokio::test]
async fn without_calls_nothing_is_made_up() {
    let workspace = crm("http://127.0.0.1:9/v1");
    let run = workspace.run(&["stats"]).await;
    assert_eq!(
        run.stdout,
        "Summary (Last 24h):\n• Total calls: 0\n• Success rate: -\n• Avg latency: -\n• Errors: 0\n"
    );
    assert_eq!(workspace.run(&["logs", "crm"]).await.stdout, "no calls yet\n");
}
