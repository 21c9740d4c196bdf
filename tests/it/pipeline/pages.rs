//! Lists that come in pages, read from one end to the other over a real connection.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use toolgate::engine::{Content, ErrorCode};

use super::gateway::{Gateway, KEY, NOBODY, Setting};
use crate::harness::{Seen, Upstream, connector, json_answer};

/// Settings in front of the action.
const SETTINGS: &str = "[auth]\ntype = \"api_key\"\nheader_name = \"X-Key\"\nkey = \"env:KEY\"\n";

/// Every page but the last one has two records.
const RECORDS: u64 = 5;

async fn gateway(upstream: &Upstream, settings: &str, action: &str) -> Gateway {
    let rest = format!(
        "{settings}\n{SETTINGS}[[actions]]\nname = \"list\"\ndescription = \"Lists\"\npath = \"/list\"\n{action}\n"
    );
    Gateway::new(&[connector("crm", &upstream.base_url(), &rest)], Setting::default()).await
}

/// The number of the first record that a request asks for: the value of the query parameter `name`, multiplied.
fn asked(seen: &Seen, name: &str, records: u64, first: u64) -> u64 {
    let query = seen.uri.query().unwrap_or_default();
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let mut values = pairs.filter(|(found, _)| *found == name).map(|(_, value)| value);
    let value = values.next().map_or(first, |value| value.parse().unwrap());
    assert_eq!(values.next(), None, "{query}");
    (value - first) * records
}

/// Two records from `start` on, and where the next ones begin.
fn records(start: u64) -> (Vec<Value>, Option<u64>) {
    let end = RECORDS.min(start + 2);
    let items = (start..end).map(|id| json!({ "id": id })).collect();
    (items, (end < RECORDS).then_some(end))
}

/// The ids of all records.
fn all() -> Value {
    (0..RECORDS).collect()
}

async fn ids(gateway: &Gateway, arguments: Value) -> Value {
    let outcome = gateway.done("crm__list", arguments, &NOBODY).await;
    assert!(outcome.warnings.is_empty(), "{:?}", outcome.warnings);
    let Content::Json(value) = outcome.content else {
        panic!("no JSON")
    };
    value["result"].clone()
}

/// What a request of a paged list answers in most of these tests: by the query parameter `after`.
async fn by_cursor(seen: Seen) -> Response {
    let (data, next) = records(asked(&seen, "after", 1, 0));
    json_answer(json!({ "data": data, "next": next }).to_string())
}

const BY_CURSOR: &str = "method = \"GET\"\nresponse = \"data[].id\"\n\
                         pagination = { style = \"cursor\", parameter = \"after\", next = \"next\", items = \"data\" }";

#[tokio::test]
async fn every_style_reads_three_pages_with_three_requests() {
    type Answering = fn(Seen) -> Response;
    let table: [(&str, Answering); 8] = [
        (
            "style = \"cursor\", parameter = \"after\", next = \"next\", items = \"data\"",
            |seen| {
                let (data, next) = records(asked(&seen, "after", 1, 0));
                json_answer(json!({ "data": data, "next": next }).to_string())
            },
        ),
        // Stripe.
        (
            "style = \"cursor\", parameter = \"starting_after\", next = \"data[-1].id\", more = \"has_more\", items = \"data\"",
            |seen| {
                let query = seen.uri.query().unwrap_or_default();
                let start = if query.is_empty() {
                    0
                } else {
                    asked(&seen, "starting_after", 1, 0) + 1
                };
                let (data, next) = records(start);
                json_answer(json!({ "data": data, "has_more": next.is_some() }).to_string())
            },
        ),
        (
            "style = \"page\", parameter = \"page\", total_pages = \"pages\", items = \"data\"",
            |seen| {
                let (data, _) = records(asked(&seen, "page", 2, 1));
                json_answer(json!({ "data": data, "pages": 3 }).to_string())
            },
        ),
        (
            "style = \"page\", parameter = \"page\", start = 0, page_size = 2, items = \"data\"",
            |seen| {
                let (data, _) = records(asked(&seen, "page", 2, 0));
                json_answer(json!({ "data": data }).to_string())
            },
        ),
        (
            "style = \"offset\", parameter = \"skip\", total = \"total\", items = \"data\"",
            |seen| {
                let (data, _) = records(asked(&seen, "skip", 1, 0));
                json_answer(json!({ "data": data, "total": RECORDS }).to_string())
            },
        ),
        (
            "style = \"offset\", parameter = \"startIndex\", start = 1, page_size = 2, items = \"data\"",
            |seen| {
                let (data, _) = records(asked(&seen, "startIndex", 1, 1));
                json_answer(json!({ "data": data }).to_string())
            },
        ),
        ("style = \"url\", next = \"links.next\", items = \"data\"", |seen| {
            let (data, next) = records(asked(&seen, "from", 1, 0));
            let next = next.map(|next| format!("/v1/list?from={next}"));
            json_answer(json!({ "data": data, "links": { "next": next } }).to_string())
        }),
        ("style = \"link\", items = \"data\"", |seen| {
            let (data, next) = records(asked(&seen, "from", 1, 0));
            let mut answer = json_answer(json!({ "data": data }).to_string());
            if let Some(next) = next {
                let host = seen.headers[header::HOST].to_str().unwrap();
                let link =
                    format!("<http://{host}/v1/list>; rel=first, <http://{host}/v1/list?from={next}>; rel=\"next\"");
                answer.headers_mut().insert(header::LINK, link.parse().unwrap());
            }
            answer
        }),
    ];
    for (pagination, answer) in table {
        let upstream = Upstream::start(move |seen| async move { answer(seen) }).await;
        let action = format!("method = \"GET\"\nresponse = \"data[].id\"\npagination = {{ {pagination} }}");
        let gateway = gateway(&upstream, "", &action).await;
        assert_eq!(ids(&gateway, json!({})).await, all(), "{pagination}");
        assert_eq!(upstream.count(), 3, "{pagination}");
        for seen in upstream.seen() {
            assert_eq!(seen.headers["x-key"], KEY, "{pagination}");
        }
    }
}

#[tokio::test]
async fn graphql_asks_on_in_its_body() {
    let upstream = Upstream::start(|seen| async move {
        let body: Value = serde_json::from_slice(&seen.body).unwrap();
        assert_eq!(
            (&body["query"], &body["variables"]["state"]),
            (&json!("{ … }"), &json!("open"))
        );
        let (nodes, next) = records(
            body["variables"]["after"]
                .as_str()
                .map_or(0, |text| text.parse().unwrap()),
        );
        let page = json!({ "hasNextPage": next.is_some(), "endCursor": next.unwrap_or(9).to_string() });
        json_answer(json!({ "data": { "issues": { "nodes": nodes, "pageInfo": page } } }).to_string())
    })
    .await;
    let action = r#"
method = "POST"
effect = "read"
body = { query = "{ … }", variables = { state = "open" } }
response = "data.issues.nodes[].id"
pagination = { style = "cursor", in = "body", parameter = "variables.after", items = "data.issues.nodes", more = "data.issues.pageInfo.hasNextPage", next = "data.issues.pageInfo.endCursor" }
"#;
    let gateway = gateway(&upstream, "", action).await;
    assert_eq!(ids(&gateway, json!({})).await, all());
    assert_eq!(upstream.count(), 3);
    let sent: usize = upstream.seen().iter().map(|seen| seen.body.len()).sum();
    assert_eq!(gateway.rows().await[0].bytes_out, u64::try_from(sent).unwrap());
}

#[tokio::test]
async fn all_pages_are_one_call_to_limits_and_to_the_log() {
    let upstream = Upstream::start(by_cursor).await;
    let limit = "[security.rate_limit]\nrequests_per_minute = 1";
    let gateway = gateway(&upstream, limit, BY_CURSOR).await;
    assert_eq!(ids(&gateway, json!({})).await, all());
    assert_eq!(gateway.secrets_resolved(), 1);
    let error = gateway.refused("crm__list", json!({})).await;
    assert_eq!(error.code, ErrorCode::RateLimited);
    let rows = gateway.rows().await;
    assert_eq!(rows.len(), 2);
    let sent: usize = [(0, Some(2)), (2, Some(4)), (4, None)]
        .map(|(start, next): (u64, Option<u64>)| json!({ "data": records(start).0, "next": next }).to_string().len())
        .iter()
        .sum();
    assert_eq!((rows[0].requests, rows[0].upstream_status), (3, Some(200)));
    assert_eq!(rows[0].bytes_in, u64::try_from(sent).unwrap());
    assert_eq!((rows[0].outcome.as_str(), rows[1].requests), ("ok", 0));
}

#[tokio::test]
async fn a_call_that_names_a_page_begins_there() {
    let upstream = Upstream::start(by_cursor).await;
    let input =
        "[[actions.input]]\nname = \"from\"\ndescription = \"Where to begin\"\nin = \"query\"\nsent_as = \"after\"";
    let gateway = gateway(&upstream, "", &format!("{BY_CURSOR}\n{input}")).await;
    assert_eq!(ids(&gateway, json!({ "from": "2" })).await, json!([2, 3, 4]));
    assert_eq!(upstream.count(), 2);
}

#[tokio::test]
async fn what_is_cut_off_says_so_and_how_to_go_on() {
    let upstream = Upstream::start(by_cursor).await;
    let input =
        "[[actions.input]]\nname = \"from\"\ndescription = \"Where to begin\"\nin = \"query\"\nsent_as = \"after\"";
    let action = BY_CURSOR.replace("items =", "max_pages = 2, items =");
    let gateway = gateway(&upstream, "", &format!("{action}\n{input}")).await;
    let outcome = gateway.done("crm__list", json!({}), &NOBODY).await;
    assert_eq!(upstream.count(), 2);
    let told = &outcome.warnings[0];
    assert!(
        told.contains("2 pages (4 items)") && told.contains("`from` = 4"),
        "{told}"
    );
    let Content::Json(value) = outcome.content else {
        panic!("no JSON")
    };
    assert_eq!(value, json!({ "result": [0, 1, 2, 3], "incomplete": told }));
    assert_eq!(ids(&gateway, json!({ "from": "4" })).await, json!([4]));
}

#[tokio::test]
async fn ten_pages_are_read_unless_more_are_allowed() {
    let upstream = Upstream::start(|seen| async move {
        let page = asked(&seen, "page", 1, 0);
        json_answer(json!([{ "id": page }]).to_string())
    })
    .await;
    for (most, expected) in [("", 10), (", max_pages = 12", 12)] {
        let action = format!("method = \"GET\"\npagination = {{ style = \"page\", parameter = \"page\"{most} }}");
        let before = upstream.count();
        let gateway = gateway(&upstream, "", &action).await;
        gateway.done("crm__list", json!({}), &NOBODY).await;
        assert_eq!(upstream.count() - before, expected);
    }
}

#[tokio::test]
async fn nothing_is_sent_to_another_server_that_the_api_names() {
    let other = Upstream::fixed("[]").await;
    let at_other = format!("{}/list?page=2", other.base_url());
    // A header that names another private address is kept from everybody else.
    let inside = "http://10.0.0.9/v1/list?page=2".to_owned();
    for (style, target) in [("link", at_other.clone()), ("url", at_other), ("link", inside)] {
        let upstream = Upstream::start(move |_| {
            let answer = json_answer(json!({ "data": [{ "id": 1 }], "next": target }).to_string());
            let link = format!("<{target}>; rel=next");
            async move { ([(header::LINK, link)], answer).into_response() }
        })
        .await;
        let next = if style == "url" { ", next = \"next\"" } else { "" };
        // Even where the connector may call both.
        let action = format!("method = \"GET\"\npagination = {{ style = \"{style}\", items = \"data\"{next} }}");
        let rest = format!(
            "url_allowlist = [\"{}/*\", \"{}/*\"]\n{SETTINGS}[[actions]]\nname = \"list\"\ndescription = \
             \"Lists\"\npath = \"/list\"\n{action}\n",
            upstream.base_url(),
            other.base_url()
        );
        let gateway = Gateway::new(&[connector("crm", &upstream.base_url(), &rest)], Setting::default()).await;
        let error = gateway.refused("crm__list", json!({})).await;
        assert_eq!(error.code, ErrorCode::UrlNotAllowed, "{error}");
        assert!(
            error.cause.contains("another server") && error.cause.contains("nothing was sent there"),
            "{error}"
        );
        assert!(!error.text().contains("127.0.0.1"), "{error}");
        assert_eq!((upstream.count(), other.count()), (1, 0), "{style}");
    }
}

#[tokio::test]
async fn a_next_page_outside_of_the_allowlist_is_not_asked_for() {
    let upstream =
        Upstream::start(|_| async move { json_answer(r#"{"data": [{"id": 1}], "next": "/admin/keys"}"#) }).await;
    let action = "method = \"GET\"\npagination = { style = \"url\", next = \"next\", items = \"data\" }";
    let gateway = gateway(&upstream, "", action).await;
    let error = gateway.refused("crm__list", json!({})).await;
    assert_eq!(error.code, ErrorCode::UrlNotAllowed, "{error}");
    assert!(
        error.cause.contains("page 2 of the list failed") && error.cause.contains("`url_allowlist`"),
        "{error}"
    );
    assert_eq!(upstream.count(), 1);
    assert_eq!(gateway.rows().await[0].requests, 1);
}

#[tokio::test]
async fn a_page_that_fails_fails_the_call_and_is_named() {
    let upstream = Upstream::start(|seen| async move {
        let (data, next) = records(asked(&seen, "after", 1, 0));
        if next.is_none() {
            return (StatusCode::SERVICE_UNAVAILABLE, "busy").into_response();
        }
        json_answer(json!({ "data": data, "next": next }).to_string())
    })
    .await;
    let gateway = gateway(&upstream, "", BY_CURSOR).await;
    let error = gateway.refused("crm__list", json!({})).await;
    assert_eq!(
        (error.code, error.upstream_status),
        (ErrorCode::UpstreamError, Some(503)),
        "{error}"
    );
    assert!(
        error
            .cause
            .starts_with("page 3 of the list failed, so none of it is returned"),
        "{error}"
    );
    let row = &gateway.rows().await[0];
    assert_eq!(
        (row.requests, row.upstream_status, row.outcome.as_str()),
        (3, Some(503), "UPSTREAM_ERROR")
    );
}

#[tokio::test]
async fn the_limit_of_bytes_is_one_of_all_pages() {
    let page = |start: u64| {
        json!({ "data": records(start).0, "next": records(start).1 })
            .to_string()
            .len()
    };
    let upstream = Upstream::start(by_cursor).await;
    let whole = page(0) + page(2) + page(4);
    for (limit, fits) in [(whole, true), (whole - 1, false)] {
        let rest = format!(
            "max_response_bytes = {limit}\n{SETTINGS}[[actions]]\nname = \"list\"\ndescription = \"Lists\"\npath = \
             \"/list\"\n{BY_CURSOR}\n"
        );
        let gateway = Gateway::new(&[connector("crm", &upstream.base_url(), &rest)], Setting::default()).await;
        if fits {
            assert_eq!(ids(&gateway, json!({})).await, all());
        } else {
            let error = gateway.refused("crm__list", json!({})).await;
            assert_eq!(error.code, ErrorCode::ResponseTooLarge, "{error}");
            assert!(
                error.cause.contains("page 3") && error.cause.contains(&format!("{limit} bytes")),
                "{error}"
            );
        }
    }
}

#[tokio::test]
async fn a_page_that_never_comes_ends_with_the_time_of_all_pages() {
    let upstream = Upstream::start(|seen| async move {
        if seen.uri.query().is_some() {
            std::future::pending::<()>().await;
        }
        by_cursor(seen).await
    })
    .await;
    let gateway = gateway(&upstream, "", &format!("{BY_CURSOR}\ntimeout_ms = 300")).await;
    let error = gateway.refused("crm__list", json!({})).await;
    assert_eq!(error.code, ErrorCode::Timeout, "{error}");
    // What was left for the second page is less than what it says: the time of all pages.
    assert!(
        error.cause.contains("page 2") && error.cause.contains("300 ms"),
        "{error}"
    );
    assert_eq!(upstream.count(), 2);
}

#[tokio::test]
async fn an_api_that_leads_in_circles_is_left() {
    let upstream = Upstream::start(|seen| async move {
        let (data, _) = records(asked(&seen, "after", 1, 0));
        json_answer(json!({ "data": data, "next": 2 }).to_string())
    })
    .await;
    let gateway = gateway(&upstream, "", BY_CURSOR).await;
    let outcome = gateway.done("crm__list", json!({}), &NOBODY).await;
    assert_eq!(upstream.count(), 2);
    assert!(
        outcome.warnings[0].contains("may not be whole"),
        "{:?}",
        outcome.warnings
    );
    let Content::Json(value) = outcome.content else {
        panic!("no JSON")
    };
    assert_eq!(value["result"], json!([0, 1, 2, 3]));
}

#[tokio::test]
async fn a_secret_in_what_names_the_next_page_is_not_shown() {
    let upstream = Upstream::start(|seen| async move {
        let (data, _) = records(asked(&seen, "page", 2, 1));
        let next = format!("/v1/list?key={KEY}&page={}", seen.uri.query().map_or(2, |_| 3));
        json_answer(json!({ "data": data, "next": next }).to_string())
    })
    .await;
    let action = "method = \"GET\"\npagination = { style = \"url\", next = \"next\", items = \"data\", max_pages = 2 }";
    let gateway = gateway(&upstream, "", action).await;
    let outcome = gateway.done("crm__list", json!({}), &NOBODY).await;
    assert!(!format!("{outcome:?}").contains(KEY), "{outcome:?}");
    assert_eq!(upstream.count(), 2);
}
