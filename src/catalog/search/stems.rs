//! Words without their inflections: `deployed` has the stem of `deploy`, and `deployment` its root.

/// Whether `word` looks like a plural.
pub(super) fn is_plural(word: &str) -> bool {
    matches!(word, "people" | "children" | "staff" | "data" | "metadata")
        || (word.len() > 3 && word.ends_with('s') && !["ss", "us", "is", "as"].iter().any(|end| word.ends_with(end)))
}

/// The form that all inflections of `word` share: `deployed` and `deploying` become `deploy`, `invoices` `invoic`.
/// English only; words of other languages stay as they are unless they end like English ones.
pub(super) fn stem(word: &str) -> String {
    if let Some((_, regular)) = IRREGULAR.iter().find(|(form, _)| *form == word) {
        return (*regular).to_owned();
    }
    if !word.is_ascii() || word.len() < 4 || word.bytes().any(|byte| byte.is_ascii_digit()) {
        return word.to_owned();
    }
    let mut stem = without_plural(word);
    for (ending, shortest) in [("ied", 5), ("ing", 6), ("ed", 5)] {
        if stem.len() >= shortest
            && let Some(rest) = stem.strip_suffix(ending)
            && rest.bytes().any(is_vowel)
        {
            stem = if ending == "ied" {
                format!("{rest}y")
            } else {
                without_double(rest).to_owned()
            };
            break;
        }
    }
    if stem.len() > 4 && stem.ends_with("ll") {
        // American and British spelling: "canceled", "cancelled".
        if stem.len() > 5 {
            stem.pop();
        }
    } else if stem.len() > 3 && stem.ends_with('e') && !stem.ends_with("ee") {
        stem.pop();
    }
    stem
}

/// What is left of a stem without the endings that make nouns of verbs: `deployment` has the root of `deploy`,
/// `cancellation` that of `cancel`. Roots are for comparing only, and words of other scripts are their own.
pub(super) fn root(stem: &str) -> &str {
    const ENDINGS: [(&str, usize); 7] = [
        ("ication", 4),
        ("ation", 5),
        ("ition", 4),
        ("ion", 4),
        ("ment", 4),
        ("anc", 4),
        ("al", 5),
    ];
    if !stem.is_ascii() {
        return stem;
    }
    let verb = ENDINGS
        .iter()
        .find_map(|(ending, shortest)| stem.strip_suffix(ending).filter(|rest| rest.len() >= *shortest))
        .unwrap_or(stem);
    // "subscription" is made of "subscribe".
    if let Some(rest) = verb.strip_suffix("script").or_else(|| verb.strip_suffix("scrib")) {
        return &verb[..rest.len() + "scri".len()];
    }
    let verb = ["at", "e", "y"]
        .iter()
        .find_map(|ending| verb.strip_suffix(ending).filter(|rest| rest.len() >= 4))
        .unwrap_or(verb);
    without_double(verb)
}

fn without_plural(word: &str) -> String {
    if let Some(rest) = word.strip_suffix("ies").filter(|rest| rest.len() >= 2) {
        return format!("{rest}y");
    }
    for ending in ["sses", "shes", "ches", "xes", "zes"] {
        if word.ends_with(ending) {
            return word[..word.len() - 2].to_owned();
        }
    }
    if is_plural(word) {
        return word[..word.len() - 1].to_owned();
    }
    word.to_owned()
}

/// `stopp` as `stop`; `call` and `pass` stay. Only for ASCII: the last byte is taken for the last letter.
fn without_double(word: &str) -> &str {
    let bytes = word.as_bytes();
    match bytes {
        [.., before, last] if before == last && !is_vowel(*last) && !b"lsz".contains(last) && bytes.len() > 3 => {
            &word[..word.len() - 1]
        }
        [.., b'l', b'l'] if bytes.len() > 5 => &word[..word.len() - 1],
        _ => word,
    }
}

fn is_vowel(byte: u8) -> bool {
    b"aeiouy".contains(&byte)
}

/// Forms that no rule gives, with their stems.
const IRREGULAR: &[(&str, &str)] = &[
    ("bought", "buy"),
    ("built", "build"),
    ("children", "child"),
    ("chose", "choos"),
    ("chosen", "choos"),
    ("drawn", "draw"),
    ("found", "find"),
    ("gave", "giv"),
    ("given", "giv"),
    ("gone", "go"),
    ("got", "get"),
    ("gotten", "get"),
    ("held", "hold"),
    ("hidden", "hid"),
    ("kept", "keep"),
    ("left", "leav"),
    ("made", "mak"),
    ("met", "meet"),
    ("paid", "pay"),
    ("opening", "opening"),
    ("people", "person"),
    ("persons", "person"),
    ("lately", "recent"),
    ("ran", "run"),
    ("recently", "recent"),
    ("said", "say"),
    ("running", "run"),
    ("sent", "send"),
    ("shown", "show"),
    ("sold", "sell"),
    ("spent", "spend"),
    ("taken", "tak"),
    ("took", "tak"),
    ("told", "tell"),
    ("went", "go"),
    ("withdrawn", "withdraw"),
    ("written", "writ"),
    ("wrote", "writ"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inflections_share_a_stem() {
        let groups: &[&[&str]] = &[
            &["deploy", "deploys", "deployed", "deploying"],
            &["cancel", "cancels", "canceled", "cancelled", "cancelling"],
            &["invoice", "invoices", "invoiced", "invoicing"],
            &["category", "categories"],
            &["stop", "stopped", "stopping"],
            &["address", "addresses"],
            &["create", "creates", "created", "creating"],
            &["copy", "copies", "copied", "copying"],
            &["person", "people"],
            &["pay", "paid", "paying"],
            &["branch", "branches"],
            &["status"],
            &["need"],
            &["string", "strings"],
        ];
        for group in groups {
            for word in *group {
                assert_eq!(stem(word), stem(group[0]), "{word}");
            }
        }
        let stems: std::collections::HashSet<String> = groups.iter().map(|group| stem(group[0])).collect();
        assert_eq!(stems.len(), groups.len(), "{stems:?}");
    }

    #[test]
    fn nouns_made_of_verbs_share_a_root() {
        for (noun, verb) in [
            ("deployment", "deploy"),
            ("cancellation", "cancel"),
            ("creation", "create"),
            ("deletion", "delete"),
            ("approval", "approve"),
            ("notification", "notify"),
            ("validation", "validate"),
            ("installation", "install"),
            ("subscription", "subscribe"),
        ] {
            assert_eq!(root(&stem(noun)), root(&stem(verb)), "{noun}");
        }
        for (one, other) in [("customer", "custom"), ("account", "accent"), ("comment", "common")] {
            assert_ne!(root(&stem(one)), root(&stem(other)));
        }
    }

    /// The last two bytes of most of these are the same.
    #[test]
    fn words_of_other_scripts_are_their_own_roots() {
        for word in ["人", "もの", "ケッ", "国人", "も", "丸", "ดุ", "naïveté人"] {
            assert_eq!(root(&stem(word)), word);
        }
    }

    #[test]
    fn plurals_are_told_from_words_that_end_alike() {
        for (word, plural) in [
            ("orders", true),
            ("people", true),
            ("address", false),
            ("status", false),
            ("analysis", false),
            ("bus", false),
            ("as", false),
            ("customer", false),
        ] {
            assert_eq!(is_plural(word), plural, "{word}");
        }
    }
}
