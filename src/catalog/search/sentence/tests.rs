//! What is read out of sentences.

use super::*;

fn stems(text: &str) -> Vec<String> {
    read(text).terms.into_iter().map(|term| term.stem).collect()
}

#[test]
fn what_is_to_be_done_is_told_from_what_it_is_done_to() {
    for (text, intent) in [
        ("Cancel the meeting with Ana", Intent::DELETE),
        ("Could you please open a ticket?", Intent::CREATE),
        ("which orders were cancelled last week", Intent::READ),
        ("show me the closed tickets", Intent::READ),
        ("I want this ticket closed", Intent::UPDATE),
        ("turn the old key off", Intent::UPDATE),
        ("new ticket for Acme", Intent::CREATE),
        ("The printer is broken, raise a ticket", Intent::CREATE),
        ("how many orders do we have to delete", Intent::READ),
        ("let's rename the report", Intent::UPDATE),
        ("index the field", Intent::CREATE),
        ("plan an event", Intent::CREATE),
    ] {
        assert!(read(text).intent.shares(intent), "{text}: {:?}", read(text));
    }
    assert!(read("the invoices of Acme").intent.is_unknown());
    assert!(read("which orders were cancelled").intent.writes().is_unknown());
}

#[test]
fn content_counts_less_than_what_is_asked() {
    for text in [
        "open a ticket \"delete the invoice\"",
        "open a ticket titled delete the invoice",
        "open a ticket: delete the invoice",
        "open a ticket “delete the invoice”, quickly",
    ] {
        let weight = |stem: &str| {
            let terms = read(text).terms;
            terms
                .iter()
                .find(|term| term.stem == stem)
                .map(|term| term.weight)
                .unwrap()
        };
        assert!(weight("invoic") < 0.5 * weight("ticket"), "{text}");
        assert!(read(text).intent.shares(Intent::CREATE), "{text}");
    }
    assert!(read("\"delete the invoice\"").intent.shares(Intent::DELETE));
}

#[test]
fn names_and_identifiers_are_known_for_what_they_are() {
    let sentence = read("get Joanna and cust_1001");
    assert!(sentence.names_one);
    let of = |stem: &str| sentence.terms.iter().find(|term| term.stem == stem).unwrap();
    assert!(!of("joanna").is_word && !of("1001").is_word && of("get").is_word);
    assert!(!read("get Joanna").names_one && !read("get the user with the mail ana@example.com").names_one);
    let crm = read("look into the CRM");
    assert!(crm.terms.iter().any(|term| term.stem == "crm" && term.is_word));
}

#[test]
fn what_the_sentence_is_about_stands_before_where_it_is() {
    for (text, head) in [
        ("copy the report into the folder", Some("report")),
        ("show the details of the customer", Some("customer")),
        ("which invoices of Acme are open", Some("invoic")),
        ("cancel it", None),
    ] {
        let terms = read(text).terms;
        let found = terms.iter().find(|term| term.is_head);
        assert_eq!(found.map(|term| term.stem.as_str()), head, "{text}");
    }
}

#[test]
fn what_is_new_and_what_is_sent_is_told() {
    for (text, is_new) in [
        ("create a ticket", true),
        ("add a new ticket", true),
        ("make the ticket urgent", false),
        ("show the ticket \"new printer\"", false),
    ] {
        assert_eq!(read(text).is_new, is_new, "{text}");
    }
    assert!(stems("post \"we are back\" to #general").contains(&"messag".to_owned()));
    assert!(!stems("post an invoice to the customer").contains(&"messag".to_owned()));
    let reminder = read("remind me to delete the invoice");
    let of = |stem: &str| reminder.terms.iter().find(|term| term.stem == stem).unwrap();
    assert!(of("invoic").weight < 0.5 * of("remind").weight);
}

#[test]
fn what_is_implied_is_known_as_if_it_were_said() {
    for (text, implied) in [
        ("send the report to Ana tomorrow", "schedul"),
        ("post \"done\" next Monday", "schedul"),
        ("what was written in #general", "messag"),
        ("add ana@example.com to the team", "person"),
    ] {
        assert!(stems(text).contains(&implied.to_owned()), "{text}: {:?}", stems(text));
    }
    for (text, other) in [
        ("post \"see you tomorrow\"", "schedul"),
        ("send the report of last week", "schedul"),
    ] {
        assert!(!stems(text).contains(&other.to_owned()), "{text}: {:?}", stems(text));
    }
    let head = |text: &str| {
        let terms = read(text).terms;
        terms.into_iter().find(|term| term.is_head).map(|term| term.stem)
    };
    assert_eq!(head("add Maria to the channel").as_deref(), Some("person"));
    assert_eq!(head("add the Moderator role to the channel").as_deref(), Some("rol"));
    assert_eq!(head("list the refunds of payment 71").as_deref(), Some("refund"));
}

#[test]
fn next_says_when_or_which() {
    let weight = |text: &str| {
        read(text)
            .terms
            .into_iter()
            .find(|term| term.stem == "next")
            .unwrap()
            .weight
    };
    assert!(weight("show the next invoice") > 2.0 * weight("show the invoices of next week"));
}

#[test]
fn what_a_place_is_searched_for_is_content() {
    let weight = |text: &str| {
        read(text)
            .terms
            .into_iter()
            .find(|term| term.stem == "plan")
            .unwrap()
            .weight
    };
    assert!(weight("search the wiki for the plan") < 0.5 * weight("search for the plan"));
}

#[test]
fn expressions_become_what_they_stand_for() {
    assert_eq!(stems("get rid of the label"), ["delet", "label"]);
    assert_eq!(stems("switch the heating off"), ["disabl", "heat"]);
}

#[test]
fn any_text_can_be_read() {
    for text in [
        "",
        "   ",
        "?!",
        "\"",
        "'",
        "the of",
        &"word ".repeat(10_000),
        &"x".repeat(100_000),
    ] {
        assert!(read(text).terms.len() <= 2 * spoken::MOST_WORDS, "{}", text.len());
    }
}

#[test]
fn a_noun_says_what_is_done_where_the_verb_does_not() {
    for (text, leading) in [
        ("make a copy of this task", "copy"),
        ("run another export for Ana", "export"),
        ("make a ticket", "make"),
        ("make a report template", "make"),
    ] {
        let sentence = read(text);
        let first = sentence.terms.first().map(|term| term.text.as_str());
        assert_eq!(first, Some(leading), "{text}");
        assert_eq!(
            leading == "make",
            sentence.terms.iter().any(|term| term.text == "make"),
            "{text}"
        );
    }
}

#[test]
fn what_is_said_about_a_thing_is_not_what_is_to_be_done() {
    assert!(read("all albums that the band released").intent.writes().is_unknown());
    assert!(read("the albums, archived please").intent.shares(Intent::UPDATE));
}

#[test]
fn who_is_written_to_gets_a_message() {
    let is_sent = |text: &str| {
        let terms = read(text).terms;
        terms.last().is_some_and(|last| last.text == "message" && last.is_head)
    };
    for text in ["text the customer that it is ready", "message her", "dm them"] {
        assert!(is_sent(text), "{text}");
    }
    for text in ["text messages of today", "show the text of the note"] {
        assert!(!is_sent(text), "{text}");
    }
}

#[test]
fn what_only_says_which_things_are_meant_is_read() {
    for text in [
        "open incidents of the shop",
        "orders placed since Monday",
        "pending leave requests",
        "unpaid invoices",
    ] {
        assert_eq!(read(text).intent, Intent::READ, "{text}");
    }
    for text in ["open a ticket", "deduplicate two records", "publish releases"] {
        assert_ne!(read(text).intent, Intent::READ, "{text}");
    }
    assert!(
        read("payments should be refunded")
            .intent
            .writes()
            .shares(Intent::UPDATE)
    );
}

#[test]
fn what_is_implied_is_added() {
    for (text, implied) in [
        ("I'd like to take next Friday off", "absence"),
        ("who edited the page last?", "history"),
        ("let me know when the page changes", "watch"),
        ("tell the channel that we are done", "message"),
        ("catch me up on what was said", "message"),
    ] {
        let terms = read(text).terms;
        assert!(terms.iter().any(|term| term.text == implied), "{text}: {terms:?}");
    }
    let terms = read("take the label off the ticket").terms;
    assert!(terms.iter().all(|term| term.text != "absence"));
}

#[test]
fn what_is_not_to_be_done_hardly_counts() {
    let weight = |text: &str| {
        let terms = read(text).terms;
        terms.iter().find(|term| term.stem == "send").unwrap().weight
    };
    assert!(weight("draft a mail but don't send it") < 0.5 * weight("draft a mail and send it"));
}

#[test]
fn getting_what_may_not_be_there_may_be_creating_it() {
    assert!(read("get a certificate for the domain").intent.shares(Intent::CREATE));
    for text in [
        "get the certificate",
        "get a list of domains",
        "get a user by mail",
        "get a user 12",
    ] {
        assert_eq!(read(text).intent, Intent::READ, "{text}");
    }
    let verb = |text: &str| read(text).terms[0].weight;
    assert!(verb("check whether the export is ready") < verb("check the export"));
}

#[test]
fn a_thing_is_identified_also_behind_what_is_asked_of_it() {
    assert!(read("the status of order 1001").is_about_one);
    assert!(!read("the lines of order 1001").is_about_one);
}
