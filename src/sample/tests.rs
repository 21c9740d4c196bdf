use std::time::Duration;

use reqwest::Response;
use serde_json::{Value, json};

use super::*;

struct Client {
    api: Running,
    http: reqwest::Client,
}

#[expect(
    clippy::disallowed_methods,
    reason = "the caller of the sample API is a program of its own"
)]
async fn client() -> Client {
    crate::crypto::install_tls_provider();
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(Duration::from_secs(20))
        .build()
        .unwrap();
    Client {
        api: start(ANY_LOOPBACK_PORT, "a key".into()).await.unwrap(),
        http,
    }
}

impl Client {
    fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{path}", self.api.base_url());
        self.http
            .request(method.parse().unwrap(), url)
            .header("X-API-Key", self.api.api_key())
    }

    async fn get(&self, path: &str) -> Value {
        let response = self.request("GET", path).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        json_of(response).await
    }

    async fn send(&self, method: &str, path: &str, body: Value) -> Response {
        let request = self.request(method, path).header("Content-Type", "application/json");
        request.body(body.to_string()).send().await.unwrap()
    }
}

async fn json_of(response: Response) -> Value {
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

/// The body of an error answer, checked to be what RFC 9457 asks for.
async fn problem(response: Response, status: u16) -> Value {
    assert_eq!(response.status(), status);
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let body = json_of(response).await;
    assert_eq!(body["status"], status);
    assert_eq!(body["type"], "about:blank");
    assert!(body["title"].as_str().is_some_and(|title| !title.is_empty()), "{body}");
    body
}

fn ids(page: &Value) -> Vec<&str> {
    page["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["id"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn only_the_key_opens_the_crm() {
    let client = client().await;
    let url = |path: &str| format!("{}{path}", client.api.base_url());
    for path in [
        "/customers",
        "/customers/cust_1001",
        "/tickets/tick_5001",
        "/reports/summary",
    ] {
        let without = client.http.get(url(path)).send().await.unwrap();
        assert!(without.headers().contains_key("www-authenticate"));
        assert_eq!(
            problem(without, 401).await["detail"],
            "Send your API key in the header X-API-Key."
        );
        let wrong = client
            .http
            .get(url(path))
            .header("X-API-Key", "wrong")
            .send()
            .await
            .unwrap();
        assert_eq!(
            problem(wrong, 401).await["detail"],
            "The key in X-API-Key is not valid."
        );
    }
    let echo = client.http.get(url("/echo")).send().await.unwrap();
    assert_eq!(echo.status(), 200);
}

#[tokio::test]
async fn an_address_in_use_is_named() {
    let api = start(ANY_LOOPBACK_PORT, String::new()).await.unwrap();
    let taken = start(api.address(), String::new()).await.err().unwrap().to_string();
    assert!(
        taken.starts_with(&format!("the sample API cannot listen on {}: ", api.address())),
        "{taken}"
    );
}

#[tokio::test]
async fn search_finds_filters_and_pages() {
    let client = client().await;
    let first = client.get("/customers").await;
    assert_eq!((ids(&first).len(), &first["total"]), (10, &json!(12)));
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = client.get(&format!("/customers?cursor={cursor}")).await;
    assert_eq!(ids(&rest), ["cust_1011", "cust_1012"]);
    assert_eq!(rest["next_cursor"], Value::Null);

    let cases = [
        ("query=novák", vec!["cust_1008"]),
        ("query=LYON", vec!["cust_1007"]),
        ("query=e&company=freight", vec!["cust_1006"]),
        ("query=nobody", vec![]),
        ("limit=2", vec!["cust_1001", "cust_1002"]),
    ];
    for (query, expected) in cases {
        assert_eq!(
            ids(&client.get(&format!("/customers?{query}")).await),
            expected,
            "{query}"
        );
    }
    assert!(first["data"][0].get("contacts").is_none(), "{first}");
    assert_eq!(
        client.get("/customers/cust_1001").await["contacts"][0]["name"],
        "Per Holm"
    );
}

#[tokio::test]
async fn parameters_at_fault_are_named() {
    let client = client().await;
    let response = client
        .request("GET", "/customers?limit=0&cursor=x")
        .send()
        .await
        .unwrap();
    let body = problem(response, 422).await;
    assert_eq!(
        body["detail"],
        "`limit` must be a whole number from 1 to 50, not `0`; \
         `cursor` must be the `next_cursor` of an earlier page, not `x`."
    );
    assert_eq!(body["errors"][1]["field"], "cursor");
    let response = client
        .request("GET", "/customers/cust_1001/tickets?status=lost")
        .send()
        .await
        .unwrap();
    assert_eq!(problem(response, 422).await["errors"][0]["field"], "status");
}

#[tokio::test]
async fn a_ticket_lives_from_opening_to_deletion() {
    let client = client().await;
    let new = json!({"title": "It leaks", "body": "Since \"Monday\"\n", "priority": "high", "tags": ["a", "b"]});
    let response = client.send("POST", "/customers/cust_1004/tickets", new).await;
    assert_eq!(response.status(), 201);
    assert_eq!(response.headers()["location"], "/v1/tickets/tick_6001");
    let ticket = json_of(response).await;
    let expected = json!({
        "id": "tick_6001", "customer_id": "cust_1004", "title": "It leaks", "body": "Since \"Monday\"\n",
        "priority": "high", "status": "open", "tags": ["a", "b"],
        "created_at": "2026-11-20T09:01:00Z", "updated_at": "2026-11-20T09:01:00Z",
    });
    assert_eq!(ticket, expected);
    assert_eq!(client.get("/tickets/tick_6001").await, expected);

    let response = client
        .send("PATCH", "/tickets/tick_6001", json!({"status": "closed"}))
        .await;
    let changed = json_of(response).await;
    assert_eq!(
        (&changed["status"], &changed["title"]),
        (&json!("closed"), &json!("It leaks"))
    );
    assert_eq!(changed["updated_at"], "2026-11-20T09:02:00Z");
    assert_eq!(
        ids(&client.get("/customers/cust_1004/tickets?status=closed").await),
        ["tick_6001"]
    );
    assert!(ids(&client.get("/customers/cust_1004/tickets?status=open").await).is_empty());

    assert_eq!(
        client
            .request("DELETE", "/tickets/tick_6001")
            .send()
            .await
            .unwrap()
            .status(),
        204
    );
    problem(
        client.request("DELETE", "/tickets/tick_6001").send().await.unwrap(),
        404,
    )
    .await;
    problem(client.send("PATCH", "/tickets/tick_6001", json!({})).await, 404).await;
}

#[tokio::test]
async fn a_ticket_that_is_not_right_names_every_field() {
    let client = client().await;
    let tickets = "/customers/cust_1001/tickets";
    let cases = [
        (json!({}), "`title` is required."),
        (json!({"title": ""}), "`title` must have 1 to 200 characters, not 0."),
        (
            json!({"title": "x".repeat(201)}),
            "`title` must have 1 to 200 characters, not 201.",
        ),
        (
            json!({"title": 5, "priority": "urgent", "tags": "a", "colour": 1}),
            "`title` must be a text, not `5`; `priority` must be one of low, normal, high, not `\"urgent\"`; \
             `tags` must be an array of texts, not `\"a\"`; `colour` is not a field of a ticket.",
        ),
        (
            json!({"title": "x", "status": "open"}),
            "`status` is not a field of a ticket.",
        ),
    ];
    for (body, detail) in cases {
        assert_eq!(
            problem(client.send("POST", tickets, body).await, 422).await["detail"],
            detail
        );
    }
    assert_eq!(
        ids(&client.get(tickets).await),
        ["tick_5001", "tick_5002"],
        "nothing was opened"
    );
}

#[tokio::test]
async fn bodies_that_are_no_object_are_refused() {
    let client = client().await;
    let post = |content_type: &'static str, body: &'static str| {
        let request = client
            .request("POST", "/customers/cust_1001/tickets")
            .header("Content-Type", content_type);
        request.body(body).send()
    };
    problem(post("application/json", "{").await.unwrap(), 400).await;
    problem(post("application/json", "[]").await.unwrap(), 400).await;
    problem(post("text/plain", "{}").await.unwrap(), 415).await;
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_with_a_hint() {
    let client = client().await;
    let get = |path: &'static str| client.request("GET", path).send();
    let missing = problem(get("/customers/cust_9").await.unwrap(), 404).await;
    assert_eq!(
        missing["detail"],
        "There is no customer `cust_9`. Ids look like `cust_1001`; find them with GET /v1/customers?query=NAME."
    );
    for path in [
        "/customers/x/tickets",
        "/customers/x/avatar",
        "/tickets/x",
        "/nothing",
        "/status/99",
    ] {
        let status = if path == "/status/99" { 422 } else { 404 };
        problem(get(path).await.unwrap(), status).await;
    }
    let response = client.request("PUT", "/tickets/tick_5001").send().await.unwrap();
    assert!(response.headers().contains_key("allow"));
    assert_eq!(
        problem(response, 405).await["detail"],
        "/v1/tickets/tick_5001 does not answer to PUT."
    );
    let nowhere = problem(get("/no/where").await.unwrap(), 404).await;
    assert_eq!(nowhere["detail"], "There is no endpoint /v1/no/where.");
    problem(get("/slow?ms=soon").await.unwrap(), 400).await;
}

#[tokio::test]
async fn the_report_adds_up() {
    let client = client().await;
    let report = client.get("/reports/summary").await;
    let total = |field: &str| -> u64 {
        let segments = report["customers"]["by_segment"].as_array().unwrap();
        segments.iter().map(|segment| segment[field].as_u64().unwrap()).sum()
    };
    assert_eq!(report["customers"]["total"], 12);
    assert_eq!(total("count"), 12);
    assert_eq!(report["revenue"]["annual_total"], total("annual_value"));
    assert_eq!(
        report["revenue"]["best"][0]["customer"]["company"],
        "Brightwell Clinics"
    );
    assert_eq!(
        report["tickets"]["by_status"],
        json!({"open": 4, "pending": 2, "closed": 2})
    );
    assert_eq!(report["tickets"]["urgent"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_picture_is_a_png() {
    let client = client().await;
    let response = client
        .request("GET", "/customers/cust_1001/avatar")
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers()["content-type"], "image/png");
    assert!(response.bytes().await.unwrap().starts_with(b"\x89PNG\r\n\x1a\n"));
}

#[tokio::test]
async fn probes_do_as_they_are_told() {
    let client = client().await;
    let response = client
        .send("PATCH", "/echo/a%2Fb?x=1&x=2", json!({"n": [1, null]}))
        .await;
    let echo = json_of(response).await;
    assert_eq!(
        (&echo["method"], &echo["path"], &echo["query"]),
        (&json!("PATCH"), &json!("/v1/echo/a%2Fb"), &json!("x=1&x=2"))
    );
    assert_eq!(echo["headers"]["x-api-key"], client.api.api_key());
    assert_eq!(
        (&echo["body"], &echo["json"]),
        (&json!("{\"n\":[1,null]}"), &json!({"n": [1, null]}))
    );

    for status in [200, 204, 302, 304, 404, 503] {
        let response = client
            .request("POST", &format!("/status/{status}"))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), status);
    }
    for (asked, length) in [(0, 2), (2, 2), (100_000, 100_000)] {
        let response = client
            .request("GET", &format!("/bytes?count={asked}"))
            .send()
            .await
            .unwrap();
        let text = response.text().await.unwrap();
        assert_eq!(text.len(), length);
        assert!(serde_json::from_str::<Value>(&text).unwrap().is_string());
    }
    let response = client
        .request("GET", "/redirect?to=http://127.0.0.2/x&status=307")
        .send()
        .await
        .unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["location"]),
        (307, &"http://127.0.0.2/x".parse().unwrap())
    );
    assert_eq!(client.get("/slow?ms=1").await, json!({"waited_ms": 1}));
}

#[tokio::test]
async fn the_journal_tells_what_arrived_and_what_became_of_it() {
    let client = client().await;
    let mut requests = client.api.requests();
    client.get("/customers?limit=1").await;
    let call = tokio::spawn(client.request("GET", "/slow?ms=60000").send());
    requests.wait_for(|requests| requests.len() == 2).await.unwrap();
    assert_eq!(requests.borrow()[1].state, RequestState::Running);
    call.abort();
    requests
        .wait_for(|requests| requests[1].state == RequestState::Disconnected)
        .await
        .unwrap();
    let first = requests.borrow()[0].clone();
    assert_eq!((first.method.as_str(), first.path.as_str()), ("GET", "/v1/customers"));
    assert_eq!(
        (first.query.as_deref(), first.state),
        (Some("limit=1"), RequestState::Answered { status: 200 })
    );
    assert_eq!(client.api.count("GET", "/v1/slow"), 1);
    assert_eq!(client.api.count("POST", "/v1/slow"), 0);

    let shown = client.http.get(format!("http://{}/_requests", client.api.address()));
    let shown = json_of(shown.send().await.unwrap()).await;
    let expected = json!([
        {"method": "GET", "path": "/v1/customers", "query": "limit=1", "state": "answered", "status": 200},
        {"method": "GET", "path": "/v1/slow", "query": "ms=60000", "state": "disconnected"},
    ]);
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn stopping_does_not_wait_for_slow_answers() {
    let client = client().await;
    let mut requests = client.api.requests();
    let call = tokio::spawn(client.request("GET", "/slow?ms=60000").send());
    requests.wait_for(|requests| requests.len() == 1).await.unwrap();
    client.api.stop().await;
    assert_eq!(call.await.unwrap().unwrap().status(), 503);
}
