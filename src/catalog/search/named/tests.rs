//! Which connectors are found to be meant.

use super::super::tests::{best, connector, loaded};
use super::*;

/// Actions of these names.
fn named(names: &[String]) -> Vec<(&str, &str, &str, &str)> {
    names
        .iter()
        .map(|name| ("POST", "/x", name.as_str(), "Does it."))
        .collect()
}

/// A sentence that names a connector is about it, however well another's words fit.
#[test]
fn a_connector_that_is_named_is_meant() {
    let chatter = [
        ("POST", "/x", "pins_add", "Pins an item."),
        ("POST", "/x", "users_list", "Lists users."),
    ];
    let guilds = [("POST", "/x", "pin_message", "Pin a message in a channel.")];
    let catalog = loaded(vec![connector("Chatter", &chatter), connector("Guilds", &guilds)]);
    let first = |sentence: &str, visible: &str| {
        let tools = catalog.tools();
        let seen = |tool: usize| tools[tool].name.starts_with(visible);
        let hits = catalog.index().search(sentence, 1, seen);
        tools[hits[0].tool].name.clone()
    };
    assert_eq!(first("pin a message", ""), "guilds__pin_message");
    assert_eq!(first("pin a message in Chatter", ""), "chatter__pins_add");
    // One that the caller cannot see is not named.
    assert_eq!(first("pin a message in Chatter", "guilds"), "guilds__pin_message");
}

/// Others have actions for a well known service too: its name stays its name.
#[test]
fn a_name_that_is_rare_among_others_stays_a_name() {
    let nouns = [
        "room", "user", "pin", "star", "file", "call", "view", "bot", "team", "emoji",
    ];
    let own = nouns.map(|noun| format!("{noun}s_add"));
    for (actions, first) in [
        (own.as_slice(), "chatter__rooms_add"),
        (&own[..5], "guilds__add_chatter_room"),
    ] {
        let others = ["add_chatter_room".to_owned()];
        let catalog = loaded(vec![
            connector("Chatter", &named(actions)),
            connector("Guilds", &named(&others)),
        ]);
        assert_eq!(best(&catalog, "add a room in Chatter"), first);
    }
}

#[test]
fn words_that_one_connector_has_to_itself_tell_that_it_is_meant() {
    let mut uses = Uses::default();
    for _ in 1..OFTEN {
        uses.add(3);
        assert_eq!(uses.owner(), None);
    }
    uses.add(3);
    assert_eq!(uses.owner(), Some(3));
    let about = |by_name: &[usize], by_words: &[usize], connector: usize| {
        let (by_name, by_words) = (by_name.to_vec(), by_words.to_vec());
        Named { by_name, by_words }.fits(connector)
    };
    assert!(about(&[], &[3], 4) < about(&[], &[3], 3));
    assert!(about(&[4], &[3], 3) < about(&[], &[3], 4));
    uses.add(4);
    assert_eq!(uses.owner(), None);
}
