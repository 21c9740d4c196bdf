//! One request, and a part of what it gives: `cargo bench --bench code` of the server compares it with the same as a
//! declarative action.

use serde::{Deserialize, Serialize};
use toolgate_guest::{Call, Failure, Request, encode};

#[derive(Deserialize)]
struct Input {
    id: String,
}

#[derive(Deserialize)]
struct Answer {
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    name: String,
}

#[derive(Serialize)]
struct Found {
    count: usize,
    first: Option<String>,
}

toolgate_guest::action!(find);

async fn find(call: Call<Input>) -> Result<Found, Failure> {
    let path = format!("/items/{}", encode(&call.input.id));
    let answer: Answer = Request::get(path).send().await?.successful()?.json()?;
    Ok(Found {
        count: answer.items.len(),
        first: answer.items.into_iter().next().map(|item| item.name),
    })
}
