//! The demo's connector against the sample API: what it sends is understood, and what comes back is what it promises.

use async_trait::async_trait;
use secrecy::SecretString;
use serde_json::{Map, Value, json};
use toolgate::auth::{Credential, ScrubberCache};
use toolgate::config::Config;
use toolgate::connector::model::{Action, Connector, Effect, SecretRef};
use toolgate::egress::{Egress, Route};
use toolgate::runner::declarative::{Content, ResponseError, interpret, prepare};
use toolgate::sample::{self, Running};
use toolgate::schema::Schema;
use toolgate::vault::{Holder, SecretError, SecretSource};

use super::{folder, load, load_with};

/// The address in the committed file, which the demo replaces as well.
const COMMITTED_ADDRESS: &str = "127.0.0.1:7878";

/// Has the one secret that the connector names.
struct DemoKey(String);

#[async_trait]
impl SecretSource for DemoKey {
    async fn resolve(&self, reference: &SecretRef, _holder: Holder<'_>) -> Result<SecretString, SecretError> {
        assert_eq!(*reference, SecretRef::Environment("DEMO_CRM_KEY".to_owned()));
        Ok(self.0.clone().into())
    }
}

struct Demo {
    api: Running,
    connector: Connector,
    route: Route,
    credential: Credential,
}

impl Demo {
    async fn start() -> Self {
        let api = sample::start(sample::ANY_LOOPBACK_PORT, "demo-key".into())
            .await
            .unwrap();
        let address = api.address().to_string();
        let connector = load_with("demo-crm", |text| text.replace(COMMITTED_ADDRESS, &address));
        let route = Egress::new(&Config::default().egress)
            .unwrap()
            .route(&connector)
            .unwrap();
        let key = DemoKey(api.api_key().to_owned());
        let credential = Credential::resolve(&connector.auth, &key, Holder::local(), &ScrubberCache::new())
            .await
            .unwrap();
        Self {
            api,
            connector,
            route,
            credential,
        }
    }

    fn action(&self, name: &str) -> &Action {
        self.connector
            .actions
            .iter()
            .find(|action| action.name == name)
            .unwrap()
    }

    /// Does what a call does between its approval and its end; checks the result against what the tool promises.
    async fn call(&self, name: &str, arguments: Value) -> Result<Content, ResponseError> {
        let action = self.action(name);
        let Value::Object(mut arguments) = arguments else {
            panic!("{name}: arguments are an object")
        };
        action.input.complete(&mut arguments);
        let violations = action.input.violations(&Value::Object(arguments.clone()));
        assert!(violations.is_empty(), "{name}: {violations:?}");
        let request = prepare(&self.connector, action, action.request().unwrap(), &arguments).unwrap();
        let response = self.route.send(request, &self.credential).await.unwrap();
        let interpreted = interpret(
            &self.connector,
            action,
            &arguments,
            &response,
            self.credential.scrubber(),
        )?;
        assert!(interpreted.warnings.is_empty(), "{name}: {:?}", interpreted.warnings);
        if let (Content::Json(value), Some(promised)) = (&interpreted.content, &action.output_schema) {
            let promised = Schema::compile(&Value::Object(Map::clone(promised))).unwrap();
            assert!(promised.violations(value).is_empty(), "{name}: {value}");
        }
        Ok(interpreted.content)
    }

    async fn json(&self, name: &str, arguments: Value) -> Value {
        match self.call(name, arguments).await.unwrap() {
            Content::Json(value) => value,
            Content::Binary { mime_type, .. } => panic!("{name} returned {mime_type}"),
        }
    }
}

#[tokio::test]
async fn customers_are_found_read_and_seen() {
    let demo = Demo::start().await;
    let found = demo
        .json("search_customers", json!({"query": "lamp", "limit": 1}))
        .await;
    let first = json!({
        "id": "cust_1002", "name": "Marco Bellini", "company": "Bellini Lampade",
        "email": "marco@bellini.example", "city": "Florence", "segment": "business",
    });
    assert_eq!(
        found,
        json!({"customers": [first], "total": 2, "next_cursor": "cust_1002"})
    );
    let rest = demo
        .json("search_customers", json!({"query": "lamp", "cursor": "cust_1002"}))
        .await;
    assert_eq!(rest["customers"][0]["id"], "cust_1004");
    assert_eq!(rest["next_cursor"], Value::Null);

    let customer = demo.json("get_customer", json!({"customer_id": "cust_1004"})).await;
    assert_eq!((&customer["city"], &customer["phone"]), (&json!("Porto"), &Value::Null));
    let picture = demo
        .call("get_customer_picture", json!({"customer_id": "cust_1004"}))
        .await
        .unwrap();
    assert!(matches!(picture, Content::Binary { mime_type, .. } if mime_type == "image/png"));
}

#[tokio::test]
async fn the_default_limit_is_sent() {
    let demo = Demo::start().await;
    demo.json("search_customers", json!({})).await;
    assert_eq!(demo.api.requests().borrow()[0].query.as_deref(), Some("limit=10"));
}

#[tokio::test]
async fn figures_are_flat_and_named() {
    let demo = Demo::start().await;
    let summary = demo.json("sales_summary", json!({})).await;
    assert_eq!(
        (&summary["currency"], &summary["open_tickets"]),
        (&json!("EUR"), &json!(4))
    );
    assert_eq!(
        summary["segments"][0],
        json!({"segment": "startup", "customers": 3, "annual_value": 28_000})
    );
    let best = json!({"id": "cust_1003", "company": "Brightwell Clinics", "annual_value": 212_300});
    assert_eq!(summary["best_customers"][0], best);
    assert_eq!(summary["urgent_tickets"][0]["id"], "tick_5001");
}

#[tokio::test]
async fn a_ticket_goes_through_every_action() {
    let demo = Demo::start().await;
    let customer = json!({"customer_id": "cust_1002"});
    let new = json!({"customer_id": "cust_1002", "title": "Desk lamp flickers", "body": "\"Since\"\nMonday", "tags": ["lamp"]});
    let ticket = demo.json("create_ticket", new).await;
    assert_eq!(
        (&ticket["priority"], &ticket["body"]),
        (&json!("normal"), &json!("\"Since\"\nMonday"))
    );
    assert_eq!(ticket["tags"], json!(["lamp"]));
    let this = json!({"ticket_id": ticket["id"]});
    assert_eq!(demo.json("get_ticket", this.clone()).await, ticket);

    let change = json!({"ticket_id": ticket["id"], "priority": "high", "status": "pending"});
    let changed = demo.json("update_ticket", change).await;
    assert_eq!(
        (&changed["priority"], &changed["status"]),
        (&json!("high"), &json!("pending"))
    );
    assert_eq!(changed["title"], ticket["title"], "what is not given stays");
    assert_eq!(demo.json("close_ticket", this.clone()).await["status"], "closed");
    let closed = demo
        .json("list_tickets", json!({"customer_id": "cust_1002", "status": "closed"}))
        .await;
    assert_eq!(closed["tickets"][0]["id"], ticket["id"]);

    demo.json("delete_ticket", this.clone()).await;
    assert_eq!(demo.json("list_tickets", customer).await, json!({"tickets": []}));
    let ResponseError::Status { status, detail, .. } = demo.call("get_ticket", this).await.unwrap_err() else {
        panic!("a ticket that is gone is not there");
    };
    assert_eq!(status, 404);
    assert!(detail.unwrap().contains("There is no ticket"));
}

#[test]
fn what_changes_data_waits_for_a_person_and_nothing_else_does() {
    for action in &load("demo-crm").actions {
        let changes =
            ["create_ticket", "update_ticket", "close_ticket", "delete_ticket"].contains(&action.name.as_str());
        let expected = if changes { Effect::Write } else { Effect::Read };
        assert_eq!((action.effect, action.confirm), (expected, changes), "{}", action.name);
        assert!(
            action.output_schema.is_some() || ["get_customer_picture", "delete_ticket"].contains(&action.name.as_str())
        );
    }
}

#[test]
fn the_skill_names_every_action_and_files_stay_short() {
    let root = folder("demo-crm");
    let skill = std::fs::read_to_string(root.join("SKILL.md")).unwrap();
    for action in &load("demo-crm").actions {
        assert!(
            skill.contains(&format!("`{}`", action.name)),
            "{} is not in SKILL.md",
            action.name
        );
    }
    for entity in root.join("services").read_dir().unwrap() {
        let path = entity.unwrap().path();
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines < 300, "{} has {lines} lines", path.display());
    }
}
