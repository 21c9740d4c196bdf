//! What several words mean together: "get rid of" is deleting.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::LazyLock;

use super::super::lexicon::is_particle;
use super::super::stems::stem;

/// Most words that may stand inside of one.
const APART: usize = 5;

/// Expressions of several words, and the words that they stand for.
const EXPRESSIONS: &[(&str, &str)] = &[
    ("anymore", "delete"),
    ("any longer", "delete"),
    ("any more", "delete"),
    ("allowed to", "permission"),
    ("ask for", "request"),
    ("can go", "delete"),
    ("carry on", "resume"),
    ("cut off", "disconnect"),
    ("do without", "delete"),
    ("done with", "delete"),
    ("from now on", "update"),
    ("get out", "remove"),
    ("how far", "progress status"),
    ("let through", "approve"),
    ("no longer", "delete"),
    ("no more", "delete"),
    ("tear down", "delete"),
    ("tick off", "complete"),
    ("belong to", "parent"),
    ("belongs to", "parent"),
    ("turn up", "raise"),
    ("ask review", "request reviewer"),
    ("show up", "attend"),
    ("take out", "remove"),
    ("turn down", "reject lower"),
    ("up and running", "health ping"),
    ("add up", "total"),
    ("agenda", "calendar event"),
    ("at once", "bulk"),
    ("ask join", "invite add"),
    ("back up", "backup"),
    ("back out", "revert"),
    ("bring back", "restore"),
    ("bring into", "add"),
    ("bring up", "show"),
    ("call off", "cancel"),
    ("check out", "get"),
    ("close out", "close"),
    ("come in", "receive"),
    ("day off", "absence"),
    ("days off", "absence"),
    ("diary", "calendar event"),
    ("do not disturb", "dnd disturb"),
    ("fill in", "update"),
    ("find out", "get"),
    ("get back", "restore"),
    ("get into", "add invite"),
    ("get in touch", "send message"),
    ("get rid", "delete"),
    ("get me", "get"),
    ("give me", "get"),
    ("give us", "get"),
    ("give back", "refund"),
    ("send back", "return"),
    ("mailing list", "audience subscriber list"),
    ("pull into", "add invite"),
    ("catch up", "history recent"),
    ("loop in", "add invite"),
    ("power off", "stop"),
    ("power on", "start"),
    ("power cycle", "reboot"),
    ("forgot my password", "reset password"),
    ("forgot their password", "reset password"),
    ("forgot the password", "reset password"),
    ("fall through", "lose"),
    ("do i have left", "balance remaining"),
    ("do we have left", "balance remaining"),
    ("card on file", "saved payment method"),
    ("pass on", "forward"),
    ("fill in for", "override"),
    ("cover for", "override"),
    ("sign out", "logout"),
    ("log out", "logout"),
    ("sign in", "login"),
    ("opt out", "unsubscribe"),
    ("opt in", "subscribe"),
    ("write off", "void"),
    ("wrap up", "close"),
    ("bring down", "stop lower"),
    ("clean up", "delete"),
    ("clear out", "delete"),
    ("reach out", "send message"),
    ("follow up", "task activity"),
    ("sick day", "absence"),
    ("sick leave", "absence"),
    ("out sick", "absence"),
    ("dial in", "join"),
    ("freed up", "release"),
    ("free up", "release"),
    ("credit card", "card payment method"),
    ("at risk", "risk health"),
    ("how often", "count frequency"),
    ("how long", "duration time"),
    ("go over", "review"),
    ("hand over", "assign"),
    ("how many", "count"),
    ("how much", "amount"),
    ("in charge", "owner"),
    ("kick off", "start"),
    ("let go", "terminate"),
    ("let me", "get"),
    ("let in", "invite"),
    ("log in", "login"),
    ("look at", "get"),
    ("look for", "search"),
    ("look up", "find"),
    ("money back", "refund"),
    ("note down", "create note"),
    ("on call", "oncall"),
    ("open again", "reopen"),
    ("on hold", "pause"),
    ("on leave", "absence"),
    ("out of office", "vacation office"),
    ("pay back", "refund"),
    ("pr", "pull request"),
    ("prs", "pull request"),
    ("pull up", "get"),
    ("push back", "postpone"),
    ("put off", "postpone"),
    ("put up", "post"),
    ("roll back", "rollback"),
    ("roll out", "deploy"),
    ("run again", "retry"),
    ("send again", "resend"),
    ("put aside", "reserve"),
    ("set aside", "reserve"),
    ("set up", "create"),
    ("shut down", "stop"),
    ("shut off", "disable"),
    ("sign off", "approve"),
    ("sign up", "register subscribe"),
    ("spin up", "create"),
    ("start again", "restart"),
    ("switch off", "disable"),
    ("switch on", "enable"),
    ("take away", "remove"),
    ("take a look", "get"),
    ("take a", "create"),
    ("take back", "revoke"),
    ("take down", "delete"),
    ("take off", "remove"),
    ("thumbs up", "reaction"),
    ("thumbs down", "reaction"),
    ("throw away", "delete"),
    ("throw out", "delete"),
    ("tell me", "get"),
    ("tell us", "get"),
    ("time off", "absence"),
    ("turn off", "disable"),
    ("turn on", "enable"),
    ("vm", "virtual machine"),
    ("what is in", "list items"),
    ("whats in", "list items"),
    ("who am i", "current user"),
    ("who belongs", "list members"),
    ("who is in", "list members"),
    ("vms", "virtual machine"),
    ("write down", "create note"),
];

/// An expression: its words after the first, and what it stands for.
struct Expression {
    others: Vec<&'static str>,
    meaning: &'static str,
}

/// Expressions by the stem of their first word.
static BY_FIRST: LazyLock<HashMap<String, Vec<Expression>>> = LazyLock::new(|| {
    let mut by_first: HashMap<String, Vec<Expression>> = HashMap::new();
    for (written, meaning) in EXPRESSIONS {
        let mut words = written.split(' ');
        let first = words.next().map(stem).unwrap_or_default();
        let others = words.collect();
        by_first.entry(first).or_default().push(Expression { others, meaning });
    }
    by_first
});

/// What the expression that begins with these words stands for, and which of them belong to it. Other words may stand in
/// between: "switch the light off".
pub(in crate::catalog::search) fn expression(words: &[&str]) -> Option<(&'static str, Vec<usize>)> {
    let known = BY_FIRST.get(&stem(words.first()?))?;
    known
        .iter()
        .filter_map(|expression| Some((expression.meaning, found(expression, words)?)))
        // Words that stand side by side belong together, and more of them say more.
        .min_by_key(|(_, taken)| (taken.last().map(|last| last + 1 - taken.len()), Reverse(taken.len())))
}

/// Where the words of `expression` stand, if they are all there.
fn found(expression: &Expression, words: &[&str]) -> Option<Vec<usize>> {
    let mut taken = vec![0];
    for part in &expression.others {
        let from = taken.last()? + 1;
        let window = words.get(from..words.len().min(from + 1 + APART))?;
        let found = window.iter().position(|word| word == part)?;
        // Only a particle moves away from its verb, and what somebody is asked for or brought into.
        if found > 0 && !is_particle(part) && !matches!(*part, "into" | "join" | "review") {
            return None;
        }
        taken.push(from + found);
    }
    Some(taken)
}
