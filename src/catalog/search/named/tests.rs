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

/// A word that nearly every action of a connector has tells that it is meant, if the caller can see any of that.
#[test]
fn a_connector_is_known_by_what_its_actions_are_about() {
    let boxes = [
        ("PUT", "/crates/{crate}/{key}", "put_thing", "Adds a thing to a crate."),
        ("GET", "/crates/{crate}", "list_things", "Lists the things in a crate."),
    ];
    let chat = [
        ("POST", "/notes", "add_thing", "Adds a thing."),
        ("GET", "/rooms", "list_rooms", "Lists rooms."),
        ("GET", "/notes", "list_notes", "Lists notes."),
    ];
    let catalog = loaded(vec![connector("Storage", &boxes), connector("Chatter", &chat)]);
    let sentence = super::super::sentence::read("add a thing to the crate");
    let index = catalog.index();
    let wanted = index.wanted(&sentence);
    let hit = |tool| Hit { tool, score: 1.0 };
    let of = |name: &str| catalog.tools().iter().position(|tool| tool.name == name).unwrap();
    let (chatter, storage) = (of("chatter__add_thing"), of("storage__put_thing"));
    let connector = |tool: usize| index.documents[tool].connector;
    let left = index.subjects(&wanted, &[hit(chatter), hit(storage)]);
    assert!(left[connector(chatter)] < left[connector(storage)]);
    let seen = index.subjects(&wanted, &[hit(chatter)]);
    assert!((seen[connector(chatter)] - 1.0).abs() < f32::EPSILON);
}
