//! Which of several actions that have the words of a sentence fits it best.

use super::super::tests::{best, connector, loaded};

#[test]
fn what_is_changed_is_what_the_name_is_about() {
    let actions = [
        ("POST", "/a", "create_card_holder", "Creates a holder of a card."),
        ("POST", "/b", "create_card", "Creates a card for a holder."),
        ("POST", "/c", "channel_add_group", "Adds a group to a channel."),
        ("POST", "/d", "channel_invite", "Invites a user to a channel."),
        ("DELETE", "/e", "unban_user", "Unbans a user."),
        ("POST", "/f", "ban_user", "Bans a user."),
        ("POST", "/g", "open_shelf", "Opens a shelf."),
        ("POST", "/h", "create_shelf", "Creates a shelf."),
    ];
    let catalog = loaded(vec![connector("Club", &actions)]);
    for (sentence, meant) in [
        ("issue a new card to the holder", "create_card"),
        ("make a card holder", "create_card_holder"),
        ("add Maria to the channel", "channel_invite"),
        ("add the group to the channel", "channel_add_group"),
        ("lift the ban on user 5", "unban_user"),
        ("start a new shelf", "create_shelf"),
    ] {
        assert_eq!(best(&catalog, sentence), format!("club__{meant}"), "{sentence}");
    }
}

#[test]
fn what_is_deprecated_comes_last_among_equals() {
    for (first, second) in [
        ("Deprecated. Lists pins.", "Lists pins."),
        ("Lists pins.", "Deprecated. Lists pins."),
    ] {
        let actions = [
            ("GET", "/a", "list_pins", first),
            ("GET", "/b", "list_the_pins", second),
        ];
        let catalog = loaded(vec![connector("Board", &actions)]);
        let meant = if first.starts_with("Deprecated") {
            "list_the_pins"
        } else {
            "list_pins"
        };
        assert_eq!(best(&catalog, "list the pins"), format!("board__{meant}"));
    }
}

#[test]
fn what_is_ones_own_and_what_needs_an_identifier_come_in_their_order() {
    let actions = [
        ("GET", "/users/{user}/lists", "get_list_users_lists", "Lists of a user."),
        (
            "GET",
            "/me/lists",
            "get_a_list_of_current_users_lists",
            "Lists of the current user.",
        ),
        (
            "GET",
            "/calls/{call}/tapes",
            "list_call_tapes",
            "Lists the tapes of a call.",
        ),
        ("GET", "/tapes", "list_tapes", "Lists the tapes of calls."),
    ];
    let catalog = loaded(vec![connector("Studio", &actions)]);
    for (sentence, meant) in [
        ("list my lists", "get_a_list_of_current_users_lists"),
        ("get the tapes of all calls", "list_tapes"),
    ] {
        assert_eq!(best(&catalog, sentence), format!("studio__{meant}"), "{sentence}");
    }
}

#[test]
fn a_place_is_not_what_is_listed_in_it() {
    let actions = [
        ("GET", "/a", "list_racks", "Lists the racks."),
        ("GET", "/b", "list_discs", "Lists the discs of a rack."),
    ];
    let catalog = loaded(vec![connector("Music", &actions)]);
    assert_eq!(best(&catalog, "list the discs in a rack"), "music__list_discs");
    assert_eq!(best(&catalog, "list the racks"), "music__list_racks");
}

#[test]
fn a_thing_that_is_called_like_a_verb_is_not_that_verb() {
    let actions = [
        ("POST", "/a", "merge_merge_request", "Merges it."),
        ("POST", "/b", "approve_merge_request", "Approves it."),
    ];
    let catalog = loaded(vec![connector("Forge", &actions)]);
    assert_eq!(
        best(&catalog, "approve the merge request"),
        "forge__approve_merge_request"
    );
    assert_eq!(best(&catalog, "merge the merge request"), "forge__merge_merge_request");
}
