//! What clients are told of the catalog, and when.

use super::*;

#[tokio::test]
async fn both_eras_learn_what_the_server_is_for() {
    let server = Server::start(Duration::ZERO).await;
    for lifecycle in [sessions(), stateless()] {
        let client = server.connect(Person::new(None), lifecycle).await;
        let info = client.peer_info().expect("info");
        assert_eq!(
            info.server_info.as_ref().map(|info| info.name.as_str()),
            Some("our-tools")
        );
        let instructions = info.instructions.as_deref().expect("instructions");
        assert!(instructions.ends_with("Ask Ana about the wiki."), "{instructions}");
        assert!(
            instructions.contains("crm (CRM): Customers and their tickets"),
            "{instructions}"
        );
        let capabilities = &info.capabilities;
        assert!(capabilities.tools.is_some() && capabilities.prompts.is_some() && capabilities.resources.is_some());
        let prompts = client.list_prompts(None).await.expect("prompts").prompts;
        assert_eq!(prompts.len(), 2, "{prompts:?}");
        assert!(
            client
                .list_resources(None)
                .await
                .expect("resources")
                .resources
                .is_empty()
        );
    }
}

#[tokio::test]
async fn a_resource_that_is_not_there_has_the_code_of_its_era() {
    let server = Server::start(Duration::ZERO).await;
    for (lifecycle, code) in [
        (sessions(), ErrorCode::RESOURCE_NOT_FOUND),
        (stateless(), ErrorCode::INVALID_PARAMS),
    ] {
        let client = server.connect(Person::new(None), lifecycle).await;
        let request = ReadResourceRequestParams::new("toolgate://connectors/crm/SKILL.md");
        assert_eq!(protocol_error(client.read_resource(request).await).code, code);
    }
}

#[tokio::test]
async fn tools_come_in_pages_that_survive_a_change() {
    let server = Server::start(Duration::ZERO).await;
    let client = server.connect(Person::new(None), sessions()).await;
    let names = |page: &ListToolsResult| page.tools.iter().map(|tool| tool.name.to_string()).collect::<Vec<_>>();
    let page = async |cursor: Option<String>| {
        let request = PaginatedRequestParams::default().with_cursor(cursor);
        client.list_tools(Some(request)).await
    };
    let first = page(None).await.expect("page");
    assert_eq!(names(&first), ["crm__create_ticket", "crm__get_ticket"]);
    // A tool that comes in front of the cursor neither shifts nor repeats the others.
    server.install(MORE);
    let second = page(first.next_cursor).await.expect("page");
    assert_eq!(names(&second), ["crm__slow"]);
    assert_eq!(second.next_cursor, None);
    for invented in ["", "x", "YWZ0ZXI", "####"] {
        assert_eq!(
            protocol_error(page(Some(invented.into())).await).code,
            ErrorCode::INVALID_PARAMS,
            "{invented:?}"
        );
    }
    assert_eq!(client.list_all_tools().await.expect("tools").len(), 4);
    let alias = server.handler.get_tool("custom.crm.get_ticket").expect("alias");
    assert_eq!(alias.name, "crm__get_ticket");
    assert!(server.handler.get_tool("crm__nothing").is_none());
}

#[tokio::test]
async fn both_eras_are_told_of_changed_lists() {
    let server = Server::start(Duration::ZERO).await;
    let person = Person::new(None);
    let _session = server.connect(person.clone(), sessions()).await;
    let client = server.connect(Person::new(None), stateless()).await;
    let filter = SubscriptionFilter::builder()
        .tools_list_changed()
        .prompts_list_changed()
        .resources_list_changed()
        .resource_subscriptions(vec!["toolgate://connectors/crm/SKILL.md".to_owned()])
        .build();
    let mut subscription = client.listen(filter).await.expect("subscribed");
    assert_eq!(subscription.acknowledged().tools_list_changed, Some(true));
    assert_eq!(subscription.acknowledged().resource_subscriptions, None);
    let tools = SubscriptionFilter::builder().tools_list_changed().build();
    let mut tools = client.listen(tools).await.expect("subscribed");
    server.install(MORE);
    for list in ["ToolListChanged", "PromptListChanged", "ResourceListChanged"] {
        let notification = format!("{:?}", subscription.next().await.expect("open"));
        assert!(notification.contains(list), "{notification}");
    }
    server.install("");
    for _ in 0..2 {
        let notification = format!("{:?}", tools.next().await.expect("open"));
        assert!(notification.contains("ToolListChanged"), "{notification}");
    }
    person
        .changes
        .subscribe()
        .wait_for(|changes| *changes == 6)
        .await
        .expect("told");
}
