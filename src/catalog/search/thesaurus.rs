//! Words that people use for one another, whatever the API: verbs of what can be done to anything, and the nouns of
//! offices, shops and software.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::lexicon::is_particle;
use super::words::{root, stem};

/// What a verb does to things. A verb can do several: "open" begins a ticket and reads a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Intent(u8);

impl Intent {
    pub(super) const READ: Self = Self(1);
    pub(super) const CREATE: Self = Self(2);
    pub(super) const UPDATE: Self = Self(4);
    pub(super) const DELETE: Self = Self(8);
    /// Anything that changes something.
    const WRITE: Self = Self(2 | 4 | 8);

    pub(super) fn is_unknown(self) -> bool {
        self.0 == 0
    }

    pub(super) fn shares(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// What of it changes something.
    pub(super) fn writes(self) -> Self {
        Self(self.0 & Self::WRITE.0)
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn and_not(self, other: Self) -> Self {
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
c email remind upsert begin deliver dispatch execute follow install mail
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
d lift end detach unlink unpin unshare leave withdraw terminate kill wipe fire ban unstar unfollow scrap
";

/// Verbs of one line stand for one another.
const VERB_GROUPS: &str = "\
get fetch show read retrieve view see display look tell describe check lookup pull detail inspect open
list find search show browse query look all see enumerate overview lookup
list read fetch retrieve view
find search look lookup locate query
count number total
create add make new insert register open raise file build generate record start set submit launch write put report
update change edit modify set adjust alter patch correct fix amend replace
replace overwrite
set make
insert upsert put add
rename update edit
delete remove drop erase destroy discard trash purge wipe bin cancel prune
remove detach unassign take kick exclude
kick delete
cancel abort call terminate delete quit end
send post message deliver share mail email tell write
remind reminder
sign signature
render export
reply answer respond comment
comment remark note
close resolve complete finish end solve
reopen open again
approve accept confirm authorise authorize sign allow
reject decline refuse deny
archive hide shelve close
restore recover undelete unarchive bring
extract unpack unzip
disconnect detach unlink
pause suspend hold freeze stop
resume continue unpause restart
start launch run begin trigger execute boot kick
stop halt shut terminate end kill cancel
restart reboot relaunch bounce
retry rerun again repeat
rollback revert undo restore back
publish release announce post
install pull add
uninstall remove delete
deploy release rollout ship push
disable deactivate suspend switch
enable activate switch
lock freeze block
unlock open unblock
assign give hand delegate reassign allocate
give add grant
invite add onboard ask join
add bring put insert
ban block
mute silence quiet snooze
pin stick keep
star favourite favorite bookmark
follow watch subscribe track
share grant allow access invite give
revoke withdraw invalidate remove lift
upload attach add import put
download export get fetch
copy duplicate clone fork
move transfer shift relocate put
rename name title call
merge combine unite join
reschedule move postpone shift delay update
schedule book plan arrange create
book reserve
refund reimburse reverse return
pay settle
charge bill debit
bill invoice
ship dispatch send deliver
receive arrive restock replenish
translate convert
verify check validate confirm
rotate renew regenerate reset
hire employ onboard create
upgrade downgrade update switch
acknowledge confirm accept
log record note create add
adjust correct fix
";

/// Nouns of one line stand for one another.
const NOUN_GROUPS: &str = "\
customer client buyer shopper
customer account company
user person member people everyone everybody employee staff colleague teammate account
employee staff worker colleague person
ticket issue bug case incident request problem complaint defect
incident outage alert
message text note dm
message chat conversation
email mail inbox
file document doc attachment presentation spreadsheet
folder directory
picture image photo avatar
picture image icon logo
app application
image png jpg jpeg svg
invoice bill
payment transaction charge
price cost rate fee amount spend
order purchase
product item article sku good
stock inventory quantity availability level unit piece
warehouse depot storage site
meeting event appointment session standup retro kickoff interview
availability free busy slot
task todo reminder
repository repo codebase project
build pipeline job run workflow ci
deployment release rollout
comment remark note reply
page article wiki document entry
team group department squad
role permission right access privilege scope
report summary statistic figure overview metric analytic
subscription plan membership
address location place
phone telephone mobile
company organisation organization firm business enterprise
absence leave vacation holiday pto
salary pay wage payroll compensation
payslip payroll salary
server machine host vm instance node
log trace output
alert alarm warning notification
secret credential password token key
webhook hook callback
shift rota roster schedule
oncall duty
channel room
thread conversation discussion
label tag category
lead prospect
deal opportunity
offer quote proposal
supplier vendor
shipment delivery parcel package
coupon discount voucher promo promotion
tax vat
link url bookmark
alive health healthz livez ping reachable running
ready readyz
waiting pending
login access
vector embedding
presence online away
version revision history
history log audit activity timeline
review rating feedback
rating satisfaction happy satisfy
device hardware laptop
contact person customer
info information detail
project board
sprint iteration cycle milestone
status state progress condition
priority urgency urgent importance
deadline due date
next upcoming
history recent latest previous past
bulk batch multiple several many
access collaboration collaborator
signature sign
usage use consumption
cpu processor resource
memory resource
stat statistic metric usage
disk space storage
expense receipt reimbursement
budget spending
revenue sale turnover earning income
best top biggest largest
setting preference option configuration config
description text body content
title name subject
nick nickname
attendee participant guest
owner own responsible assignee
domain site website
backup snapshot dump
database db table
disk volume storage
memory ram
metric load
amount total quota usage balance level count
money balance fund amount
workspace team organization
channel conversation
dispute chargeback
content item inside
error failure exception
feature flag toggle
space section area
contract agreement
applicant candidate
vacancy job position opening
manager boss supervisor
trash bin
reaction emoji
ssh key
firewall port
";

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
    ("take out", "remove"),
    ("turn down", "reject"),
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
    ("day off", "leave"),
    ("days off", "leave"),
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
    ("on leave", "leave"),
    ("out of office", "leave"),
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
    ("sign up", "register"),
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
    ("time off", "leave"),
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

/// Groups of words of one kind, and in which of them a word is.
struct Groups {
    members: Vec<Vec<String>>,
    by_word: HashMap<String, Vec<usize>>,
}

impl Groups {
    fn read(lines: &str) -> Self {
        let members: Vec<Vec<String>> = lines
            .lines()
            .map(|line| line.split_whitespace().map(stem).collect())
            .collect();
        let mut by_word: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, group) in members.iter().enumerate() {
            for member in group {
                by_word.entry(member.clone()).or_default().push(index);
            }
        }
        Self { members, by_word }
    }

    fn with(&self, stem: &str) -> impl Iterator<Item = &str> {
        let groups = self.by_word.get(stem).map(Vec::as_slice).unwrap_or_default();
        groups
            .iter()
            .flat_map(|group| self.members[*group].iter().map(String::as_str))
    }
}

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

static VERB_ROOTS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let verbs = INTENTS.keys().chain(OF_VERBS.by_word.keys());
    verbs.map(|verb| root(verb)).collect()
});

static OF_VERBS: LazyLock<Groups> = LazyLock::new(|| Groups::read(VERB_GROUPS));
static OF_NOUNS: LazyLock<Groups> = LazyLock::new(|| Groups::read(NOUN_GROUPS));

/// What the verb with this stem does; unknown for other words.
pub(super) fn intent(stem: &str) -> Intent {
    INTENTS.get(stem).copied().unwrap_or_default()
}

/// Whether the verb with this stem says no more than what kind of thing is done.
pub(super) fn is_general(stem: &str) -> bool {
    matches!(
        stem,
        "add" | "creat" | "delet" | "edit" | "modify" | "remov" | "set" | "updat"
    )
}

/// Whether the verb with this stem reads, whatever it is done to: one checks a box as well, and pulls an image.
pub(super) fn is_reading(stem: &str) -> bool {
    matches!(
        stem,
        "count" | "fetch" | "find" | "get" | "list" | "query" | "retriev" | "search"
    )
}

/// Whether the verb with this stem shows several things.
pub(super) fn is_listing(stem: &str) -> bool {
    matches!(stem, "enumerat" | "list" | "search")
}

/// Stems of the verbs that can stand for the one with this stem.
pub(super) fn verbs_like(stem: &str) -> impl Iterator<Item = &'static str> {
    OF_VERBS.with(stem)
}

/// Stems of the nouns that can stand for the one with this stem.
pub(super) fn nouns_like(stem: &str) -> impl Iterator<Item = &'static str> {
    OF_NOUNS.with(stem)
}

/// Whether a verb has the root of the word with this stem: nouns that look alike otherwise need not be related, such as
/// "product" and "production".
pub(super) fn makes_nouns(stem: &str) -> bool {
    VERB_ROOTS.contains(root(stem))
}

/// Whether the word with this stem is a verb where it stands alone: "order" and "file" are also things.
pub(super) fn is_only_verb(stem: &str) -> bool {
    !intent(stem).is_unknown() && nouns_like(stem).next().is_none()
}

/// What the expression that begins with these words stands for, and how many of them it has. Other words may stand
/// between the first and the second: "switch the light off".
pub(super) fn expression(words: &[&str]) -> Option<(&'static str, Vec<usize>)> {
    /// Most words in between.
    const APART: usize = 5;
    let first = stem(words.first()?);
    EXPRESSIONS
        .iter()
        .filter_map(|(written, meaning)| {
            let mut parts = written.split(' ');
            if stem(parts.next()?) != first {
                return None;
            }
            let mut taken = vec![0];
            for part in parts {
                let from = taken.last()? + 1;
                let window = words.get(from..words.len().min(from + 1 + APART))?;
                let found = window.iter().position(|word| *word == part)?;
                // Only a particle moves away from its verb.
                if found > 0 && !is_particle(part) && !matches!(part, "into" | "join") {
                    return None;
                }
                taken.push(from + found);
            }
            Some((*meaning, taken))
        })
        // Words that stand side by side belong together, and more of them say more.
        .min_by_key(|(_, taken)| (taken.last().map(|last| last + 1 - taken.len()), Reverse(taken.len())))
}

#[cfg(test)]
mod tests;
