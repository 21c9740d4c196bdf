//! Misbehaves as its input says.

use serde::Deserialize;
use toolgate_guest::{Call, Failure};

#[derive(Deserialize)]
struct Input {
    how: String,
}

toolgate_guest::action!(misbehave);

async fn misbehave(call: Call<Input>) -> Result<usize, Failure> {
    match call.input.how.as_str() {
        "loops" => loop {
            std::hint::black_box(());
        },
        "hoards" => {
            let mut hoard = Vec::new();
            loop {
                hoard.push(vec![1_u8; 1_048_576]);
                std::hint::black_box(&hoard);
            }
        }
        "breaks" => Ok(breaks(call.input.how.len())),
        other => Err(Failure::new(format!("nobody knows how to {other}"))),
    }
}

#[inline(never)]
fn breaks(length: usize) -> usize {
    [1, 2, 3][std::hint::black_box(length)]
}
