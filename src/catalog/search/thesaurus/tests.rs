//! What words mean, and which stand for one another.

use super::super::stems::stem;
use super::*;

#[test]
fn verbs_have_intents() {
    for (verb, intents) in [
        ("show", Intent::READ),
        ("cancelled", Intent::DELETE),
        ("cancelled", Intent::UPDATE),
        ("opened", Intent::CREATE),
        ("renamed", Intent::UPDATE),
    ] {
        assert!(intent(&stem(verb)).shares(intents), "{verb}");
    }
    assert!(intent("invoic").is_unknown());
    assert!(intent("get").writes().is_unknown());
}

#[test]
fn synonyms_go_both_ways() {
    for (one, other) in [("client", "customer"), ("bill", "invoice"), ("parcel", "shipment")] {
        assert!(nouns_like(&stem(one)).any(|word| word == stem(other)), "{one}");
        assert!(nouns_like(&stem(other)).any(|word| word == stem(one)), "{other}");
    }
    // What APIs call otherwise than people is no word for it the other way round.
    assert!(nouns_like(&stem("song")).any(|word| word == stem("track")));
    assert!(nouns_like(&stem("track")).next().is_none());
    assert!(verbs_like(&stem("erase")).any(|word| word == stem("delete")));
    assert!(verbs_like(&stem("zebra")).next().is_none() && nouns_like("zebra").next().is_none());
}

#[test]
fn expressions_are_found_together_and_apart() {
    for (words, meaning, taken) in [
        (["turn", "off", "the", "light"], Some("disable"), vec![0, 1]),
        (["turn", "the", "light", "off"], Some("disable"), vec![0, 3]),
        (["get", "me", "rid", "of"], Some("get"), vec![0, 1]),
        (["getting", "rid", "of", "it"], Some("delete"), vec![0, 1]),
        (["how", "many", "are", "there"], Some("count"), vec![0, 1]),
        (["light", "off", "turn", "on"], None, vec![]),
    ] {
        let found = expression(&words);
        assert_eq!(found.as_ref().map(|(meaning, _)| *meaning), meaning, "{words:?}");
        assert_eq!(found.map(|(_, taken)| taken).unwrap_or_default(), taken, "{words:?}");
    }
    assert_eq!(expression(&[]), None);
}

/// A verb that is listed as a noun would no longer be read as one: `list` of "listing", `show` of a broadcast.
#[test]
fn nouns_of_groups_are_no_verbs() {
    for verb in ["show", "post", "follow", "mark", "track"] {
        assert!(is_only_verb(&stem(verb)), "{verb}");
    }
}
