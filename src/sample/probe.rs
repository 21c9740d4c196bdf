//! Endpoints that do what they are told: echo, any status, slow, long and redirecting answers.
//!
//! They need no key, so that every way of authenticating can be looked at.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use axum::{Json, Router};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::problem::{FieldProblem, Parameters, Problem};

/// Longest wait of `/slow`.
const MAX_WAIT: Duration = Duration::from_mins(1);
/// Longest answer of `/bytes`.
const MAX_BYTES: usize = 64 * 1024 * 1024;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/echo", any(echo))
        .route("/v1/echo/{*rest}", any(echo))
        .route("/v1/status/{code}", any(status))
        .route("/v1/slow", any(slow))
        .route("/v1/bytes", get(bytes))
        .route("/v1/redirect", any(redirect))
}

/// Everything about the request as JSON. Headers that came more than once are joined with `, `.
async fn echo(method: Method, uri: Uri, headers: HeaderMap, body: Result<Bytes, BytesRejection>) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(rejection) => return Problem::new(rejection.status(), rejection.body_text()).into_response(),
    };
    let mut shown: BTreeMap<&str, String> = BTreeMap::new();
    for (name, value) in &headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        shown
            .entry(name.as_str())
            .and_modify(|values| {
                values.push_str(", ");
                values.push_str(&value);
            })
            .or_insert_with(|| value.clone().into_owned());
    }
    Json(json!({
        "method": method.as_str(),
        "path": uri.path(),
        "query": uri.query(),
        "headers": shown,
        "body": String::from_utf8_lossy(&body),
        "json": serde_json::from_slice::<Value>(&body).ok(),
    }))
    .into_response()
}

/// An answer with this status: JSON up to 399, a problem from 400 on, nothing where HTTP allows no body.
async fn status(Path(code): Path<String>) -> Result<Response, Problem> {
    let status = code
        .parse()
        .ok()
        .filter(|status: &StatusCode| status.as_u16() >= 200)
        .ok_or_else(|| {
            let detail = format!("must be a status from 200 to 999, not `{code}`");
            Problem::fields(vec![FieldProblem::new("code", detail)])
        })?;
    if status == StatusCode::NO_CONTENT || status == StatusCode::NOT_MODIFIED {
        return Ok(status.into_response());
    }
    if status.as_u16() >= 400 {
        return Err(Problem::new(status, format!("You asked for status {code}.")));
    }
    Ok((status, Json(json!({ "status": status.as_u16() }))).into_response())
}

#[derive(Deserialize)]
struct Wait {
    ms: u64,
}

/// An answer after `ms` milliseconds, one minute at most.
async fn slow(State(shared): State<Shared>, Parameters(wait): Parameters<Wait>) -> Response {
    let duration = Duration::from_millis(wait.ms).min(MAX_WAIT);
    tokio::select! {
        () = tokio::time::sleep(duration) => Json(json!({ "waited_ms": wait.ms })).into_response(),
        () = shared.stop.cancelled() => Problem::new(StatusCode::SERVICE_UNAVAILABLE, "The server stops.").into_response(),
    }
}

#[derive(Deserialize)]
struct Length {
    count: usize,
}

/// A JSON text of `count` bytes, 64 MiB at most.
async fn bytes(Parameters(length): Parameters<Length>) -> Response {
    let quoted = length.count.clamp(2, MAX_BYTES) - 2;
    let body = format!("\"{}\"", "a".repeat(quoted));
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

#[derive(Deserialize)]
struct Redirect {
    to: String,
    status: Option<u16>,
}

/// A redirect to any place, with 302 unless another status is asked for.
async fn redirect(Parameters(redirect): Parameters<Redirect>) -> Result<Response, Problem> {
    let status = redirect.status.unwrap_or(302);
    let status = StatusCode::from_u16(status)
        .ok()
        .filter(StatusCode::is_redirection)
        .ok_or_else(|| {
            let detail = format!("must be a status from 300 to 399, not `{status}`");
            Problem::fields(vec![FieldProblem::new("status", detail)])
        })?;
    Ok((status, [(header::LOCATION, redirect.to)]).into_response())
}
