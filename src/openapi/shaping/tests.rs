use super::*;

fn action(shape: &Value) -> ActionShape {
    ActionShape::of(&json!({ KEY: shape }))
}

fn argument(shape: &Value) -> ArgumentShape {
    ArgumentShape::of("limit", &[&json!({ KEY: shape })])
}

#[test]
fn actions_take_the_keys_of_a_connector() {
    let written = json!({
        "title": "Find", "effect": "read", "confirm": false, "pinned": true, "response": {"id": "id"},
        "validation": "strict", "ok_statuses": [404], "timeout_ms": 100, "requests_per_minute": "unlimited",
        "pagination": {"style": "page", "parameter": "page", "items": "data"},
    });
    let found = action(&written);
    assert_eq!(
        (Value::Object(found.settings), found.notes),
        (written, Vec::<String>::new())
    );
    let found = action(&json!({"name": "find", "description": "Finds", "hidden": true}));
    assert_eq!(
        (found.name.as_deref(), found.description.as_deref(), found.hidden),
        (Some("find"), Some("Finds"), true)
    );
    assert_eq!(ActionShape::of(&json!({})), ActionShape::default());
}

#[test]
fn what_cannot_be_used_is_told() {
    for (written, says) in [
        (json!({"efect": "read"}), "did you mean `effect`?"),
        (
            json!({"cursor": {}}),
            "`x-toolgate.cursor` is not known: there are name, description, hidden, title",
        ),
        (json!({"value": 1}), "`x-toolgate.value` is not known"),
        (json!({"effect": "delete"}), "must be `read` or `write`"),
        (json!({"confirm": "no"}), "must be true or false"),
        (json!({"response": "[?"}), "must be a JMESPath"),
        (json!({"ok_statuses": [99]}), "must be a list of statuses"),
        (json!({"timeout_ms": 0}), "must be milliseconds"),
        (json!({"requests_per_minute": 0}), "must be a number of calls"),
        (json!({"validation": "lax"}), "`strict` or `warn`"),
        (json!({"pagination": {"style": "page"}}), "needs `parameter`"),
        (json!({"pagination": {"styel": "page"}}), "unknown field `styel`"),
        (json!({"pagination": true}), "must be a table of pagination"),
        (json!({"name": 1}), "must be text"),
        (json!({"title": "{{settings.a}}"}), "begins a template"),
        (json!([]), "must be a table"),
    ] {
        let found = action(&written);
        assert_eq!(found.notes.len(), 1, "{written}");
        assert!(found.notes[0].contains(says), "{written}: {}", found.notes[0]);
        assert!(found.settings.is_empty(), "{written}");
    }
    for (written, says) in [
        (
            json!({"defualt": 1}),
            "`limit`: `x-toolgate.defualt` is not known: did you mean `default`?",
        ),
        (json!({"effect": "read"}), "`x-toolgate.effect` is not known"),
        (json!({"hidden": 1}), "must be true or false"),
        (json!({"value": 1}), "no effect without `hidden: true`"),
    ] {
        let found = argument(&written);
        assert_eq!((found.notes.len(), found.value), (1, None), "{written}");
        assert!(found.notes[0].contains(says), "{written}: {}", found.notes[0]);
    }
}

#[test]
fn a_fixed_value_is_never_a_secret() {
    let written = json!({ KEY: {"hidden": true, "value": "x"} });
    assert_eq!(ArgumentShape::of("tenant", &[&written]).value, Some(json!("x")));
    let found = ArgumentShape::of("X-Api-Key", &[&written]);
    assert_eq!((found.hidden, found.value), (true, None));
    assert!(found.notes[0].contains("belongs into `[auth]`"), "{:?}", found.notes);
}

#[test]
fn what_stands_beside_a_reference_wins() {
    let beside = json!({ KEY: {"name": "mine"} });
    let target = json!({ KEY: {"name": "shared", "description": "d"} });
    let found = ArgumentShape::of("a", &[&beside, &target]);
    assert_eq!(
        (found.name.as_deref(), found.description.as_deref()),
        (Some("mine"), Some("d"))
    );
}

#[test]
fn only_overlays_make_calls_less_careful() {
    let mut tree = json!({"paths": {"/a": {
        "get": {KEY: {"effect": "write", "confirm": true, "pinned": true}},
        "delete": {KEY: {"effect": "read", "confirm": false, "requests_per_minute": 9, "name": "drop"}},
        "parameters": [{KEY: {"confirm": false}}],
    }}});
    assert_eq!(leave_to_overlays(&mut tree), 4);
    assert_eq!(
        tree,
        json!({"paths": {"/a": {
            "get": {KEY: {"effect": "write", "confirm": true, "pinned": true}},
            "delete": {KEY: {"name": "drop"}},
            "parameters": [{KEY: {}}],
        }}})
    );
}

#[test]
fn who_is_asked_follows_from_effect_and_confirm() {
    for (settings, method, asks) in [
        (json!({}), "GET", false),
        (json!({}), "POST", true),
        (json!({}), "OPTIONS", false),
        (json!({}), "QUERY", false),
        (json!({"effect": "read"}), "POST", false),
        (json!({"effect": "write"}), "GET", true),
        (json!({"effect": "read", "confirm": true}), "GET", true),
        (json!({"confirm": false}), "DELETE", false),
    ] {
        assert_eq!(
            ActionShape::asks(settings.as_object().unwrap(), method),
            asks,
            "{settings} {method}"
        );
    }
}

#[test]
fn pagination_is_taken_back_where_it_cannot_be() {
    let by_page = json!({"style": "page", "parameter": "page"});
    let in_body = json!({"style": "page", "parameter": "page", "in": "body"});
    for (shape, method, has_json_body, says) in [
        (json!({"pagination": by_page}), "GET", false, None),
        (json!({"pagination": by_page, "effect": "read"}), "POST", true, None),
        (json!({"pagination": in_body, "effect": "read"}), "POST", true, None),
        (
            json!({"pagination": by_page}),
            "POST",
            true,
            Some("it changes something"),
        ),
        (
            json!({"pagination": by_page, "effect": "write"}),
            "GET",
            false,
            Some("it changes something"),
        ),
        (
            json!({"pagination": {"style": "link"}, "effect": "read"}),
            "POST",
            true,
            Some("with GET"),
        ),
        (json!({"pagination": by_page}), "HEAD", false, Some("HEAD")),
        (json!({"pagination": in_body}), "GET", false, Some("no JSON body")),
    ] {
        let mut found = action(&shape);
        found.check_pagination(method, has_json_body);
        assert_eq!(
            found.settings.contains_key("pagination"),
            says.is_none(),
            "{shape} {method}"
        );
        assert_eq!(found.notes.len(), usize::from(says.is_some()), "{shape} {method}");
        if let Some(says) = says {
            assert!(found.notes[0].contains(says), "{}", found.notes[0]);
        }
    }
}
