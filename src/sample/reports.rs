//! `/v1/reports/summary`: figures over everything, nested as reports tend to be.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::Shared;
use super::crm::{Crm, Customer, Priority, Segment, Status};

/// Customers in the list of the best ones.
const BEST_CUSTOMERS: usize = 3;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/v1/reports/summary", get(summary))
}

async fn summary(State(shared): State<Shared>) -> Json<Value> {
    Json(report(&shared.crm()))
}

fn report(crm: &Crm) -> Value {
    let by_segment = [Segment::Startup, Segment::Business, Segment::Enterprise].map(|segment| {
        let customers = || crm.customers().iter().filter(|customer| customer.segment == segment);
        json!({ "segment": segment, "count": customers().count(), "annual_value": annual_value(customers()) })
    });
    let mut best: Vec<&Customer> = crm.customers().iter().collect();
    best.sort_by_key(|customer| std::cmp::Reverse(customer.annual_value));
    best.truncate(BEST_CUSTOMERS);
    let count = |status| crm.tickets().iter().filter(|ticket| ticket.status == status).count();
    let urgent = crm
        .tickets()
        .iter()
        .filter(|ticket| ticket.status == Status::Open && ticket.priority == Priority::High);
    json!({
        "meta": { "generated_at": crm.now(), "currency": "EUR" },
        "customers": { "total": crm.customers().len(), "by_segment": by_segment },
        "revenue": {
            "annual_total": annual_value(crm.customers().iter()),
            "best": best.iter().map(|customer| json!({
                "customer": { "id": customer.id, "company": customer.company },
                "annual_value": customer.annual_value,
            })).collect::<Value>(),
        },
        "tickets": {
            "by_status": {
                "open": count(Status::Open),
                "pending": count(Status::Pending),
                "closed": count(Status::Closed),
            },
            "urgent": urgent.map(|ticket| json!({
                "id": ticket.id, "title": ticket.title, "customer_id": ticket.customer_id,
            })).collect::<Value>(),
        },
    })
}

fn annual_value<'a>(customers: impl Iterator<Item = &'a Customer>) -> u64 {
    customers.map(|customer| customer.annual_value).sum()
}
