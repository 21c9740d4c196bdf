//! What one wants to know of a customer before a call: the company, what it pays, and which tickets are open. Both
//! requests are under way at once.

use serde::{Deserialize, Serialize};
use toolgate_guest::{Call, Failure, Request, both, encode, info};

#[derive(Deserialize)]
struct Input {
    customer_id: String,
}

#[derive(Deserialize)]
struct Customer {
    company: String,
    annual_value: u64,
}

#[derive(Deserialize)]
struct Tickets {
    data: Vec<Ticket>,
}

#[derive(Deserialize)]
struct Ticket {
    title: String,
    status: String,
}

#[derive(Serialize)]
struct Summary {
    company: String,
    annual_value: u64,
    tickets: usize,
    open: Vec<String>,
}

toolgate_guest::action!(summarise);

async fn summarise(call: Call<Input>) -> Result<Summary, Failure> {
    let customer_id = &call.input.customer_id;
    let path = format!("/customers/{}", encode(customer_id));
    let customer = Request::get(&path);
    let tickets = Request::get(format!("{path}/tickets"));
    let (customer, tickets) = both(customer.send(), tickets.send()).await;
    let customer = customer?;
    if customer.status == 404 {
        return Err(Failure::new(format!("there is no customer {customer_id}")));
    }
    let customer: Customer = customer.successful()?.json()?;
    let tickets: Tickets = tickets?.successful()?.json()?;
    let count = tickets.data.len();
    let open = tickets.data.into_iter().filter(|ticket| ticket.status == "open");
    info(&format!("{customer_id}: {count} tickets"));
    Ok(Summary {
        company: customer.company,
        annual_value: customer.annual_value,
        tickets: count,
        open: open.map(|ticket| ticket.title).collect(),
    })
}
