//! What becomes of each generated file: what somebody edited is never lost.
//!
//! A file that is as it was generated belongs to the import: it is written again, or removed. A file that was edited
//! stays as it is while the import would still generate what it was edited from. Where that is different now, the
//! settings and the pages stay and the difference is told; a file of actions cannot be both, and refuses the update.

use std::collections::{BTreeMap, BTreeSet};

/// Files that stay as they were edited whatever the import would write now: what they hold beyond it is written nowhere
/// else.
const STAYING: [&str; 3] = ["connector.toml", "SKILL.md", "AGENTS.md"];

/// What becomes of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is what it was, and what it would be.
    Same,
    /// It is written.
    Written,
    /// It is removed.
    Removed,
    /// It was edited and stays.
    Stays,
    /// It was edited and stays, although the import would write something else now.
    StaysBehind,
    /// It was edited and would have to be written over.
    Refused(Edit),
}

/// What somebody did to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edit {
    Changed,
    Removed,
    /// It was never generated.
    Added,
}

impl Edit {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "was edited since",
            Self::Removed => "was removed since",
            Self::Added => "is not of the import",
        }
    }
}

/// Hashes of files by their paths.
pub(super) type Hashes = BTreeMap<String, String>;

/// The fate of every file that was `generated`, or would be `now`. `present` knows the hash of a file that is there.
pub(super) fn plan(
    generated: &Hashes,
    now: &Hashes,
    present: &dyn Fn(&str) -> Option<String>,
    overwrite: bool,
) -> BTreeMap<String, Fate> {
    let paths: BTreeSet<&String> = generated.keys().chain(now.keys()).collect();
    let fate_of = |path: &str| {
        fate(
            path,
            [generated.get(path), now.get(path), present(path).as_ref()],
            overwrite,
        )
    };
    paths.into_iter().map(|path| (path.clone(), fate_of(path))).collect()
}

fn fate(path: &str, [before, now, present]: [Option<&String>; 3], overwrite: bool) -> Fate {
    let put = if now.is_some() { Fate::Written } else { Fate::Removed };
    if present == now {
        return Fate::Same;
    }
    if present == before {
        return put;
    }
    if before.is_some() && before == now {
        return Fate::Stays;
    }
    if before.is_some() && STAYING.contains(&path) {
        return Fate::StaysBehind;
    }
    if overwrite {
        return put;
    }
    Fate::Refused(match (before, present) {
        (None, _) => Edit::Added,
        (Some(_), None) => Edit::Removed,
        (Some(_), Some(_)) => Edit::Changed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_was_edited_is_lost() {
        let file = "services/a.toml";
        for (path, before, now, present, expected) in [
            (file, Some("1"), Some("1"), Some("1"), Fate::Same),
            (file, Some("1"), Some("2"), Some("1"), Fate::Written),
            (file, Some("1"), None, Some("1"), Fate::Removed),
            (file, None, Some("1"), None, Fate::Written),
            (file, Some("1"), Some("1"), Some("x"), Fate::Stays),
            (file, Some("1"), Some("1"), None, Fate::Stays),
            (file, Some("1"), Some("2"), Some("2"), Fate::Same),
            (file, Some("1"), None, None, Fate::Same),
            (file, Some("1"), Some("2"), Some("x"), Fate::Refused(Edit::Changed)),
            (file, Some("1"), None, Some("x"), Fate::Refused(Edit::Changed)),
            (file, Some("1"), Some("2"), None, Fate::Refused(Edit::Removed)),
            (file, None, Some("1"), Some("x"), Fate::Refused(Edit::Added)),
            ("connector.toml", Some("1"), Some("2"), Some("x"), Fate::StaysBehind),
            ("SKILL.md", Some("1"), Some("2"), None, Fate::StaysBehind),
            ("connector.toml", Some("1"), Some("2"), Some("1"), Fate::Written),
        ] {
            let hashes = |hash: Option<&str>| -> Hashes {
                hash.into_iter()
                    .map(|hash| (path.to_owned(), hash.to_owned()))
                    .collect()
            };
            let of = |overwrite| {
                plan(
                    &hashes(before),
                    &hashes(now),
                    &|_| present.map(str::to_owned),
                    overwrite,
                )[path]
            };
            assert_eq!(of(false), expected, "{path} {before:?} {now:?} {present:?}");
            let overwritten = match expected {
                Fate::Refused(_) if now.is_some() => Fate::Written,
                Fate::Refused(_) => Fate::Removed,
                other => other,
            };
            assert_eq!(of(true), overwritten, "{path} {before:?} {now:?} {present:?}");
        }
    }
}
