//! The shipped example of an action with code, against the sample API.

use serde_json::{Value, json};

use super::{folder, load};
use crate::harness::{share_compiled_code, shipped};

const ACTION: &str = "demo_desk__waiting_customers";

#[tokio::test]
async fn customers_are_joined_with_their_tickets_in_one_call() {
    let (workspace, api) = shipped("demo-desk").await;
    share_compiled_code(&workspace.state());
    let run = workspace.run(&["test", ACTION, "--json"]).await;
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
    let whole: Value = serde_json::from_str(&run.stdout).unwrap();
    let result = &whole["result"];
    let waiting: Vec<&Value> = result["customers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["id"])
        .collect();
    assert_eq!(
        waiting,
        ["cust_1003", "cust_1001", "cust_1009", "cust_1006"],
        "{result:#}"
    );
    assert_eq!((&result["tickets"], &result["more"]), (&json!(4), &json!(false)));
    assert_eq!(result["customers"][0]["tickets"][0]["id"], "tick_5003");
    // The search, and one request for each of the twelve customers.
    let log = whole["log"].as_array().unwrap();
    assert_eq!(
        log.iter().filter(|event| event["status"] == 200).count(),
        13,
        "{log:#?}"
    );

    let input = json!({ "query": "lamp", "status": "pending" }).to_string();
    let run = workspace.run(&["call", ACTION, "--input", &input]).await;
    let result: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(result, json!({ "customers": [], "tickets": 0, "more": false }));
    api.stop().await;
}

#[test]
fn it_reads_and_its_skill_names_it() {
    let skill = std::fs::read_to_string(folder("demo-desk").join("SKILL.md")).unwrap();
    for action in &load("demo-desk").actions {
        assert!(action.code().is_some() && !action.confirm, "{}", action.name);
        assert!(skill.contains(&format!("`{}`", action.name)), "{}", action.name);
    }
}
