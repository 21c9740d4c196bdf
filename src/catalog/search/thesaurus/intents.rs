//! What verbs do to things: reading, creating, updating, deleting.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::super::stems::stem;

/// What a verb does to things. A verb can do several: "open" begins a ticket and reads a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::catalog::search) struct Intent(u8);

impl Intent {
    pub(in crate::catalog::search) const READ: Self = Self(1);
    pub(in crate::catalog::search) const CREATE: Self = Self(2);
    pub(in crate::catalog::search) const UPDATE: Self = Self(4);
    pub(in crate::catalog::search) const DELETE: Self = Self(8);
    /// Anything that changes something.
    const WRITE: Self = Self(2 | 4 | 8);

    pub(in crate::catalog::search) fn is_unknown(self) -> bool {
        self.0 == 0
    }

    pub(in crate::catalog::search) fn shares(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// What of it changes something.
    pub(in crate::catalog::search) fn writes(self) -> Self {
        Self(self.0 & Self::WRITE.0)
    }

    pub(in crate::catalog::search) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(in crate::catalog::search) fn and_not(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

/// Verbs and what they do. `r`, `c`, `u` and `d` stand for reading, creating, updating and deleting.
const VERBS: &str = "\
r open get fetch show read retrieve view see display look find search list browse query tell describe check inspect
r count know lookup enumerate summarise summarize download export preview compare track monitor watch pull verify
c report deploy release reserve react create add make new insert register post raise build generate record submit send book write draft start launch issue
c schedule open log upload import invite copy duplicate clone share attach subscribe order place buy request reply
c tell leave comment note keep answer respond message notify announce enroll onboard hire provision spin file charge trigger run publish fork save
c put block text bill email remind upsert begin deliver dispatch execute follow install mail
r locate validate translate extract
u abort allocate amend authorise authorize continue delegate deny hide reboot recover refuse regenerate
u reimburse relaunch relocate rerun retry settle suspend unarchive unblock undelete unpause unpack unzip
d abort disconnect exclude invalidate uninstall
u block freeze hold silence update change edit modify set rename adjust alter patch replace correct fix move mark assign put close reopen
u approve reject resolve complete finish pause resume enable disable activate deactivate lock unlock merge archive
u reschedule postpone pin promote demote upgrade downgrade switch convert transfer extend renew restore publish
u reset rotate restart stop confirm accept decline tag label star mute escalate reassign unassign raise lower scale
u cancel revert rollback undo capture void refund pay receive ship transition link rate turn swap increase decrease
u bump give grant allow let quit acknowledge solve adjust upsert overwrite make finalize finalise
d delete remove prune cancel drop erase destroy clear discard trash purge revoke unassign unsubscribe uninvite kick
c inform ping blast nudge compose craft jot spawn mint
r grab peek skim
u tweak toggle flip refresh sync revise reword reorder greenlight okay ack
d ditch nuke axe evict
d unsend cut deduct
u dedupe deduplicate combine override forward
d lift end detach unlink unpin unshare leave withdraw terminate kill wipe fire ban unstar unfollow scrap
";

static INTENTS: LazyLock<HashMap<String, Intent>> = LazyLock::new(|| {
    let mut intents: HashMap<String, Intent> = HashMap::new();
    for line in VERBS.lines() {
        let (letter, verbs) = line.split_at(1);
        let intent = match letter {
            "c" => Intent::CREATE,
            "u" => Intent::UPDATE,
            "d" => Intent::DELETE,
            _ => Intent::READ,
        };
        for verb in verbs.split_whitespace() {
            let known = intents.entry(stem(verb)).or_default();
            *known = known.and(intent);
        }
    }
    intents
});

/// What the verb with this stem does; unknown for other words.
pub(in crate::catalog::search) fn intent(stem: &str) -> Intent {
    INTENTS.get(stem).copied().unwrap_or_default()
}

/// Whether the verb with this stem says no more than what kind of thing is done.
pub(in crate::catalog::search) fn is_general(stem: &str) -> bool {
    matches!(
        stem,
        "add" | "creat" | "delet" | "edit" | "modify" | "remov" | "set" | "updat"
    )
}

/// Whether the verb with this stem reads, whatever it is done to: one checks a box as well, and pulls an image.
pub(in crate::catalog::search) fn is_reading(stem: &str) -> bool {
    matches!(
        stem,
        "count" | "fetch" | "find" | "get" | "list" | "query" | "retriev" | "search"
    )
}

/// Whether the verb with this stem shows several things.
pub(in crate::catalog::search) fn is_listing(stem: &str) -> bool {
    matches!(stem, "enumerat" | "list" | "search")
}

/// Stems of all verbs that do something.
pub(super) fn verbs() -> impl Iterator<Item = &'static str> {
    INTENTS.keys().map(String::as_str)
}
