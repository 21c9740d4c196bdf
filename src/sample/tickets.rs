//! Tickets: list, open, read, change and delete.

use std::collections::HashMap;

use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Shared;
use super::crm::TicketFields;
use super::customers::no_customer;
use super::problem::{FieldProblem, Parameters, Problem};

const MAX_TITLE_LENGTH: usize = 200;

const PRIORITIES: &str = "one of low, normal, high";
const STATUSES: &str = "one of open, pending, closed";

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/customers/{id}/tickets", get(list).post(open))
        .route("/v1/tickets/{id}", get(one).patch(change).delete(delete))
}

async fn list(
    State(shared): State<Shared>,
    Path(customer_id): Path<String>,
    Parameters(parameters): Parameters<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let status = match parameters.get("status") {
        None => None,
        Some(text) => Some(
            choice(&json!(text), STATUSES)
                .map_err(|detail| Problem::fields(vec![FieldProblem::new("status", detail)]))?,
        ),
    };
    let crm = shared.crm();
    crm.customer(&customer_id).ok_or_else(|| no_customer(&customer_id))?;
    Ok(Json(json!({ "data": crm.tickets_of(&customer_id, status) })).into_response())
}

async fn open(
    State(shared): State<Shared>,
    Path(customer_id): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let fields = fields(&object(&headers, body)?, Purpose::Open)?;
    let mut crm = shared.crm();
    crm.customer(&customer_id).ok_or_else(|| no_customer(&customer_id))?;
    let ticket = crm.open_ticket(&customer_id, fields);
    let location = [(header::LOCATION, format!("/v1/tickets/{}", ticket.id))];
    Ok((StatusCode::CREATED, location, Json(ticket)).into_response())
}

async fn one(State(shared): State<Shared>, Path(id): Path<String>) -> Result<Response, Problem> {
    let crm = shared.crm();
    let ticket = crm.ticket(&id).ok_or_else(|| no_ticket(&id))?;
    Ok(Json(ticket).into_response())
}

async fn change(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let fields = fields(&object(&headers, body)?, Purpose::Change)?;
    let ticket = shared.crm().change_ticket(&id, fields).ok_or_else(|| no_ticket(&id))?;
    Ok(Json(ticket).into_response())
}

async fn delete(State(shared): State<Shared>, Path(id): Path<String>) -> Result<Response, Problem> {
    if !shared.crm().delete_ticket(&id) {
        return Err(no_ticket(&id));
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn no_ticket(id: &str) -> Problem {
    Problem::not_found(
        "ticket",
        id,
        "Ids look like `tick_5001`; find them with GET /v1/customers/{id}/tickets.",
    )
}

/// The body as a JSON object.
fn object(headers: &HeaderMap, body: Result<Bytes, BytesRejection>) -> Result<Map<String, Value>, Problem> {
    let body = body.map_err(|rejection| Problem::new(rejection.status(), rejection.body_text()))?;
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if !content_type.starts_with("application/json") {
        let detail = format!("Send the body as application/json, not as `{content_type}`.");
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
    }
    match serde_json::from_slice(&body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Problem::new(StatusCode::BAD_REQUEST, "The body must be a JSON object.")),
        Err(error) => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            format!("The body is not JSON: {error}."),
        )),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Open,
    Change,
}

/// Checks every field and names all that are wrong, not only the first.
fn fields(object: &Map<String, Value>, purpose: Purpose) -> Result<TicketFields, Problem> {
    let mut fields = TicketFields::default();
    let mut problems = Vec::new();
    for (name, value) in object {
        let result = match name.as_str() {
            "title" => title(value).map(|title| fields.title = Some(title)),
            "body" => text(value).map(|body| fields.body = Some(body)),
            "priority" => choice(value, PRIORITIES).map(|priority| fields.priority = Some(priority)),
            "status" if purpose == Purpose::Change => {
                choice(value, STATUSES).map(|status| fields.status = Some(status))
            }
            "tags" => tags(value).map(|tags| fields.tags = Some(tags)),
            _ => Err("is not a field of a ticket".to_owned()),
        };
        if let Err(detail) = result {
            problems.push(FieldProblem::new(name, detail));
        }
    }
    if purpose == Purpose::Open && !object.contains_key("title") {
        problems.push(FieldProblem::new("title", "is required"));
    }
    if problems.is_empty() {
        Ok(fields)
    } else {
        Err(Problem::fields(problems))
    }
}

fn text(value: &Value) -> Result<String, String> {
    value
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| format!("must be a text, not `{value}`"))
}

fn title(value: &Value) -> Result<String, String> {
    let title = text(value)?;
    match title.chars().count() {
        1..=MAX_TITLE_LENGTH => Ok(title),
        length => Err(format!("must have 1 to {MAX_TITLE_LENGTH} characters, not {length}")),
    }
}

fn choice<'a, T: Deserialize<'a>>(value: &'a Value, choices: &str) -> Result<T, String> {
    T::deserialize(value).map_err(|_| format!("must be {choices}, not `{value}`"))
}

fn tags(value: &Value) -> Result<Vec<String>, String> {
    Vec::deserialize(value).map_err(|_| format!("must be an array of texts, not `{value}`"))
}
