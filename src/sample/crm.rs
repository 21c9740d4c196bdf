//! The CRM itself: customers, tickets and what can be done with them. Knows nothing of HTTP.

use std::cmp::Reverse;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

const SEED: &str = include_str!("seed.json");

#[derive(Debug, Deserialize)]
pub(super) struct Crm {
    /// The CRM's own clock: it moves a minute with every change and stands still between them, so that transcripts
    /// and tests show the same times on any day.
    now: Timestamp,
    customers: Vec<Customer>,
    tickets: Vec<Ticket>,
    #[serde(skip)]
    tickets_made: u32,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
pub(super) struct Customer {
    pub(super) id: String,
    name: String,
    pub(super) company: String,
    email: String,
    phone: Option<String>,
    city: String,
    country: String,
    pub(super) segment: Segment,
    since: String,
    /// Whole euros a year.
    pub(super) annual_value: u64,
    /// Left out of lists.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    contacts: Vec<Contact>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
struct Contact {
    name: String,
    role: String,
    email: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Segment {
    Startup,
    Business,
    Enterprise,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
pub(super) struct Ticket {
    pub(super) id: String,
    pub(super) customer_id: String,
    pub(super) title: String,
    body: String,
    pub(super) priority: Priority,
    pub(super) status: Status,
    tags: Vec<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Priority {
    Low,
    Normal,
    High,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    Open,
    Pending,
    Closed,
}

/// What a ticket is made of or changed to; `None` leaves a field as it is.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct TicketFields {
    pub(super) title: Option<String>,
    pub(super) body: Option<String>,
    pub(super) priority: Option<Priority>,
    pub(super) status: Option<Status>,
    pub(super) tags: Option<Vec<String>>,
}

/// A part of the customers that a search found.
#[derive(Debug, Serialize)]
pub(super) struct Page {
    data: Vec<Customer>,
    /// How many the search found on all pages.
    total: usize,
    next_cursor: Option<String>,
}

/// The data that comes with the program cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the sample data cannot be read: {0}")]
pub struct SeedError(#[from] serde_json::Error);

impl Crm {
    pub(super) fn from_seed() -> Result<Self, SeedError> {
        Ok(serde_json::from_str(SEED)?)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.now
    }

    pub(super) fn customers(&self) -> &[Customer] {
        &self.customers
    }

    pub(super) fn tickets(&self) -> &[Ticket] {
        &self.tickets
    }

    pub(super) fn customer(&self, id: &str) -> Option<&Customer> {
        self.customers.iter().find(|customer| customer.id == id)
    }

    pub(super) fn ticket(&self, id: &str) -> Option<&Ticket> {
        self.tickets.iter().find(|ticket| ticket.id == id)
    }

    /// Customers whose name, company, e-mail or city contains `query` and whose company contains `company`, whatever
    /// the case of letters; `limit` of them, those after the customer `cursor`.
    pub(super) fn search(&self, query: &str, company: &str, cursor: Option<&str>, limit: usize) -> Page {
        let (query, company) = (query.to_lowercase(), company.to_lowercase());
        let found: Vec<&Customer> = self
            .customers
            .iter()
            .filter(|customer| customer.company.to_lowercase().contains(&company))
            .filter(|customer| {
                [&customer.name, &customer.company, &customer.email, &customer.city]
                    .iter()
                    .any(|text| text.to_lowercase().contains(&query))
            })
            .collect();
        let rest: Vec<&Customer> = found
            .iter()
            .copied()
            .filter(|customer| cursor.is_none_or(|cursor| customer.id.as_str() > cursor))
            .collect();
        let shown = &rest[..limit.min(rest.len())];
        Page {
            data: shown
                .iter()
                .map(|customer| Customer {
                    contacts: Vec::new(),
                    ..(*customer).clone()
                })
                .collect(),
            total: found.len(),
            next_cursor: shown
                .last()
                .filter(|_| shown.len() < rest.len())
                .map(|customer| customer.id.clone()),
        }
    }

    /// The tickets of a customer, newest first, in one state or in all.
    pub(super) fn tickets_of(&self, customer_id: &str, status: Option<Status>) -> Vec<&Ticket> {
        let mut tickets: Vec<&Ticket> = self
            .tickets
            .iter()
            .filter(|ticket| ticket.customer_id == customer_id)
            .filter(|ticket| status.is_none_or(|status| ticket.status == status))
            .collect();
        tickets.sort_by_key(|ticket| Reverse(ticket.created_at));
        tickets
    }

    /// Opens a ticket. The caller has looked the customer up.
    pub(super) fn open_ticket(&mut self, customer_id: &str, fields: TicketFields) -> Ticket {
        self.tick();
        self.tickets_made += 1;
        let ticket = Ticket {
            id: format!("tick_{}", 6_000 + self.tickets_made),
            customer_id: customer_id.to_owned(),
            title: fields.title.unwrap_or_default(),
            body: fields.body.unwrap_or_default(),
            priority: fields.priority.unwrap_or(Priority::Normal),
            status: fields.status.unwrap_or(Status::Open),
            tags: fields.tags.unwrap_or_default(),
            created_at: self.now,
            updated_at: self.now,
        };
        self.tickets.push(ticket.clone());
        ticket
    }

    /// Changes the fields that are given; `None` when there is no such ticket.
    pub(super) fn change_ticket(&mut self, id: &str, fields: TicketFields) -> Option<Ticket> {
        let position = self.tickets.iter().position(|ticket| ticket.id == id)?;
        self.tick();
        let ticket = &mut self.tickets[position];
        set(&mut ticket.title, fields.title);
        set(&mut ticket.body, fields.body);
        set(&mut ticket.priority, fields.priority);
        set(&mut ticket.status, fields.status);
        set(&mut ticket.tags, fields.tags);
        ticket.updated_at = self.now;
        Some(ticket.clone())
    }

    /// Removes a ticket for good; whether there was one.
    pub(super) fn delete_ticket(&mut self, id: &str) -> bool {
        let before = self.tickets.len();
        self.tickets.retain(|ticket| ticket.id != id);
        let deleted = self.tickets.len() < before;
        if deleted {
            self.tick();
        }
        deleted
    }

    fn tick(&mut self) {
        // Stands still at the end of time.
        self.now = self.now.checked_add(SignedDuration::from_mins(1)).unwrap_or(self.now);
    }
}

fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}
