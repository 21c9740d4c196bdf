//! Callers for whom there is not everything: what is not there for them looks as if it had never existed.

use std::collections::BTreeSet;

use super::*;
use crate::policy::{Role, Roles, Scope};

const WIKI: &str = r#"
name = "Wiki"
description = "Pages"
[connection]
base_url = "http://127.0.0.1:{port}"
[security]
allow_http = true
ip_allowlist = ["127.0.0.0/8"]
[auth]
type = "none"
[[actions]]
name = "get_page"
description = "Reads a page"
method = "GET"
path = "/ticket"
"#;

/// A server with two connectors and more tools than a page holds.
async fn server() -> Server {
    let server = Server::start(Duration::ZERO).await;
    server.install_all(&[("crm.toml", CRM), ("wiki.toml", WIKI)]);
    server
}

/// A user of `slug` alone.
fn within(user: &str, slug: &str) -> Principal {
    Principal::caller(user, "acme").within(Scope::Only(Arc::new(BTreeSet::from([slug.to_owned()]))))
}

async fn names(client: &Client) -> Vec<String> {
    let tools = client.list_all_tools().await.expect("tools");
    tools.into_iter().map(|tool| tool.name.into_owned()).collect()
}

#[tokio::test]
async fn a_caller_sees_its_own_connectors_only() {
    let server = server().await;
    let crm = ["crm__create_ticket", "crm__get_ticket", "crm__slow"];
    let wiki = ["wiki__get_page"];
    let cases = [
        (Principal::local(), [&crm[..], &wiki].concat()),
        (Principal::caller("ana", "acme"), [&crm[..], &wiki].concat()),
        (within("ana", "crm"), crm.to_vec()),
        (within("ana", "wiki"), wiki.to_vec()),
        (within("ana", "nothing"), Vec::new()),
    ];
    // Twice: the second time from what was kept of the first.
    for (principal, tools) in cases.iter().chain(&cases) {
        for lifecycle in [sessions(), stateless()] {
            let client = server.connect_as(principal.clone(), Person::new(None), lifecycle).await;
            assert_eq!(names(&client).await, *tools, "{principal:?}");
            let info = client.peer_info().expect("info");
            let instructions = info.instructions.as_deref().expect("instructions");
            for (slug, line) in [("crm", "- crm (CRM)"), ("wiki", "- wiki (Wiki)")] {
                let shown = tools.iter().any(|tool| tool.starts_with(slug));
                assert_eq!(instructions.contains(line), shown, "{principal:?}: {instructions}");
            }
        }
        let handler = server.handler.clone().acting_for(Arc::new(principal.clone()));
        for tool in crm.iter().chain(&wiki) {
            assert_eq!(
                handler.get_tool(tool).is_some(),
                tools.contains(tool),
                "{principal:?}: {tool}"
            );
        }
    }
}

/// What is kept for one caller is shown to others only where they see the same.
#[tokio::test]
async fn connectors_of_somebody_are_listed_for_those_whose_they_are() {
    let server = Server::start(Duration::ZERO).await;
    let owned = |name: &str, owner: &str| WIKI.replacen("name = \"Wiki\"\n", &format!("name = \"{name}\"\n{owner}"), 1);
    let (of_acme, of_ana) = (
        owned("Acme", "organisation = \"acme\"\n"),
        owned("Ana", "organisation = \"acme\"\nuser_id = \"ana\"\n"),
    );
    server.install_all(&[("wiki.toml", WIKI), ("acme.toml", &of_acme), ("ana.toml", &of_ana)]);
    let (wiki, acme, ana) = ("wiki__get_page", "acme__get_page", "ana__get_page");
    let of_ana_alone = || Scope::Only(Arc::new(BTreeSet::from(["ana".to_owned()])));
    let cases = [
        (Principal::local(), vec![acme, ana, wiki]),
        (Principal::caller("ana", "acme"), vec![acme, ana, wiki]),
        (Principal::caller("ben", "acme"), vec![acme, wiki]),
        (Principal::caller("eva", "acme"), vec![acme, wiki]),
        (Principal::caller("ana", "other"), vec![wiki]),
        (Principal::caller("ben", "other"), vec![wiki]),
        (Principal::caller("ana", "acme").within(of_ana_alone()), vec![ana]),
        (Principal::caller("ben", "acme").within(of_ana_alone()), vec![]),
        (Principal::local().within(of_ana_alone()), vec![ana]),
        (Principal::caller("ana", "other").within(of_ana_alone()), vec![]),
    ];
    for (principal, tools) in cases.iter().chain(cases.iter().rev()) {
        let client = server
            .connect_as(principal.clone(), Person::new(None), stateless())
            .await;
        assert_eq!(names(&client).await, *tools, "{principal:?}");
    }
}

#[tokio::test]
async fn what_is_somebody_elses_fails_like_what_never_was() {
    let server = server().await;
    let elsewhere = Server::start(Duration::ZERO).await;
    elsewhere.install_all(&[("wiki.toml", WIKI)]);
    let scoped = server
        .connect_as(within("ana", "wiki"), Person::new(None), sessions())
        .await;
    let whole = elsewhere.connect(Person::new(None), sessions()).await;
    for hidden in [
        "crm__get_ticket",
        "crm__get_tickets",
        "custom.crm.get_ticket",
        "crm",
        "wiki__get",
    ] {
        let refusal = async |client: &Client| protocol_error(client.call_tool(call(hidden, json!({}))).await);
        assert_eq!(refusal(&scoped).await, refusal(&whole).await, "{hidden}");
    }
    assert_eq!(server.rows().await, elsewhere.rows().await);
}

#[tokio::test]
async fn a_cursor_leads_nobody_to_what_is_not_theirs() {
    let server = server().await;
    let local = server.connect(Person::new(None), sessions()).await;
    let first = local.list_tools(None).await.expect("page");
    let cursor = first.next_cursor.expect("more");
    let client = server
        .connect_as(within("ana", "wiki"), Person::new(None), sessions())
        .await;
    let request = PaginatedRequestParams::default().with_cursor(Some(cursor));
    let page = client.list_tools(Some(request)).await.expect("page");
    let names: Vec<_> = page.tools.iter().map(|tool| &*tool.name).collect();
    assert_eq!((names, page.next_cursor), (vec!["wiki__get_page"], None));
}

#[tokio::test]
async fn a_change_is_told_to_those_who_can_see_it() {
    let server = server().await;
    let told = Person::new(None);
    let blind = Person::new(None);
    let _local = server.connect(told.clone(), sessions()).await;
    let _scoped = server
        .connect_as(within("ana", "wiki"), blind.clone(), sessions())
        .await;
    let modern = server
        .connect_as(within("ben", "wiki"), Person::new(None), stateless())
        .await;
    let filter = SubscriptionFilter::builder().tools_list_changed().build();
    let mut subscription = modern.listen(filter).await.expect("subscribed");
    // Each change is three notifications: of the tools, the prompts and the resources.
    let reaches = async |person: &Person, count: u32| {
        let mut changes = person.changes.subscribe();
        changes.wait_for(|changes| *changes == 3 * count).await.expect("told");
    };

    let crm = format!("{CRM}{MORE}");
    server.install_all(&[("crm.toml", &crm), ("wiki.toml", WIKI)]);
    reaches(&told, 1).await;
    let wiki = WIKI.replace("Reads a page", "Reads one page");
    server.install_all(&[("crm.toml", &crm), ("wiki.toml", &wiki)]);
    reaches(&told, 2).await;
    // Notifications keep their order: what this one had been told before would be counted.
    reaches(&blind, 1).await;
    subscription.next().await.expect("told");
    // A third change that it sees; the next thing it hears is that one.
    server.install_all(&[("wiki.toml", &wiki)]);
    reaches(&told, 3).await;
    server.install_all(&[("wiki.toml", WIKI)]);
    reaches(&blind, 2).await;
    reaches(&told, 4).await;
    assert_eq!(*blind.changes.borrow(), 6);
}

#[tokio::test]
async fn calling_takes_the_role_to_call() {
    let server = server().await;
    for (role, allowed) in [(Role::Call, true), (Role::Author, false), (Role::Admin, false)] {
        let principal = Principal::caller("ana", "acme").with_roles(Roles::from_iter([role]));
        let client = server.connect_as(principal, Person::new(None), sessions()).await;
        let result = client
            .call_tool(call("crm__get_ticket", json!({})))
            .await
            .expect("result");
        assert_eq!(result.is_error, Some(!allowed), "{role:?}: {}", text(&result));
        assert_eq!(
            text(&result).starts_with("NOT_PERMITTED"),
            !allowed,
            "{}",
            text(&result)
        );
    }
}

#[tokio::test]
async fn nobody_answers_for_another() {
    let server = server().await;
    let person = || Person::new(Some(ElicitationAction::Accept));
    let ana = server.connect_as(within("ana", "crm"), person(), stateless()).await;
    let CallToolResponse::InputRequired(question) = ana.call_tool_once(create()).await.expect("result") else {
        panic!("not asked");
    };
    let state = question.request_state.expect("state");
    let answered = || {
        let accept = InputResponses::from([("approval".to_owned(), json!({ "action": "accept" }))]);
        create().with_input_responses(accept).with_request_state(state.clone())
    };
    let strangers = [
        Principal::local(),
        within("ben", "crm"),
        Principal::caller("ana", "other"),
        within("ana", "wiki"),
    ];
    for stranger in strangers {
        let client = server.connect_as(stranger.clone(), person(), stateless()).await;
        let refused = client.call_tool_once(answered()).await;
        assert!(refused.is_err(), "{stranger:?}: {refused:?}");
        assert_eq!(server.created(), 0, "{stranger:?}");
    }
    let CallToolResponse::Complete(result) = ana.call_tool_once(answered()).await.expect("result") else {
        panic!("asked");
    };
    assert_eq!(result.is_error, Some(false), "{}", text(&result));
    assert_eq!(server.created(), 1);
    let row = &server.store.read_audit(&AuditFilter::default()).await.expect("rows")[0];
    assert_eq!((row.user.as_str(), row.organisation.as_str()), ("ana", "acme"));
}
