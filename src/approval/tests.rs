use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, json};
use tokio::time::Instant;

use super::gate::{GateError, LONGEST_PATH, TooLong};
use super::{Answer, ApprovalPrompt, Approvals, Asked, Asking, Front, Refusal, Settings, Verdict};
use crate::connector::model::Effect;
use crate::store::memory::MemoryStore;
use crate::store::{ApprovalKey, ApprovalState, ApprovalStore as _, Decision, Via, time};

const START: Timestamp = Timestamp::constant(1_800_000_000, 0);

/// A front that answers as it is told, and counts what it was asked.
struct Scripted {
    asking: Asking,
    answer: Answer,
    asked: AtomicU32,
    waited: AtomicU32,
}

impl Scripted {
    fn new(asking: Asking, answer: Answer) -> Self {
        Self {
            asking,
            answer,
            asked: AtomicU32::new(0),
            waited: AtomicU32::new(0),
        }
    }

    fn silent() -> Self {
        Self::new(Asking::Unavailable, Answer::Unavailable)
    }
}

#[async_trait]
impl Front for Scripted {
    fn asking(&self) -> Asking {
        self.asking
    }

    async fn ask(&self, _prompt: &ApprovalPrompt) -> Answer {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.answer
    }

    async fn progress(&self, _step: u32, _steps: u32, _message: &str) {}

    async fn waiting(&self, _approval_id: &str, _seconds: u64) {
        self.waited.fetch_add(1, Ordering::Relaxed);
    }
}

struct Fixture {
    store: Arc<MemoryStore>,
    gate: Approvals,
    moment: Arc<Mutex<Timestamp>>,
}

impl Fixture {
    fn new() -> Self {
        let store = Arc::new(MemoryStore::default());
        let moment = Arc::new(Mutex::new(START));
        let clock = Arc::clone(&moment);
        let settings = Settings {
            wait: Duration::from_mins(1),
            expires: Duration::from_mins(10),
            most_argument_bytes: 64,
        };
        let gate = Approvals::new(Arc::<MemoryStore>::clone(&store), settings)
            .with_clock(Arc::new(move || *clock.lock().unwrap()));
        Self { store, gate, moment }
    }

    fn pass(&self, seconds: i64) {
        *self.moment.lock().unwrap() += SignedDuration::from_secs(seconds);
    }

    async fn request(&self, key: &ApprovalKey, front: &dyn Front) -> Verdict {
        self.ask("/tickets", "x", key, front).await.unwrap()
    }

    async fn ask(&self, path: &str, title: &str, key: &ApprovalKey, front: &dyn Front) -> Result<Verdict, GateError> {
        let arguments = Map::from_iter([("title".to_owned(), json!(title))]);
        let asked = Asked {
            call_id: "call-1",
            key,
            connector: "CRM",
            action: "Create ticket",
            effect: Effect::Write,
            method: "POST",
            path,
            arguments: &arguments,
        };
        self.gate.request(asked, front, &key.user).await
    }

    async fn deferred(&self, key: &ApprovalKey) -> String {
        match self
            .request(key, &Scripted::new(Asking::Deferred, Answer::Unavailable))
            .await
        {
            Verdict::AskFirst(prompt) => prompt.approval_id,
            other => panic!("{other:?}"),
        }
    }

    async fn decide(&self, id: &str, approved: bool) -> bool {
        let at = time::rfc3339(*self.moment.lock().unwrap());
        let decision = Decision {
            approved,
            at,
            by: "ana".into(),
            via: Via::Cli,
        };
        self.store.decide_approval(id, &decision).await.unwrap()
    }
}

fn key() -> ApprovalKey {
    ApprovalKey {
        user: "local".into(),
        organisation: "local".into(),
        connector: "crm".into(),
        action: "create_ticket".into(),
        arguments_hash: "hash".into(),
        revision: "revision".into(),
    }
}

/// The key of a call like no other.
fn numbered(number: usize) -> ApprovalKey {
    ApprovalKey {
        arguments_hash: number.to_string(),
        ..key()
    }
}

fn refusal(verdict: &Verdict) -> Refusal {
    match verdict {
        Verdict::Refused { refusal, .. } => *refusal,
        other => panic!("{other:?}"),
    }
}

fn id_of(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Refused {
            approval_id: Some(id), ..
        } => id.clone(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn only_a_yes_lets_a_write_through() {
    for (answer, expected) in [
        (Answer::Accepted, None),
        (Answer::Declined, Some(Refusal::Declined)),
        (Answer::Cancelled, Some(Refusal::Closed)),
        (Answer::Late, Some(Refusal::Unanswered)),
        (Answer::Unavailable, Some(Refusal::Undecided)),
    ] {
        let fixture = Fixture::new();
        let verdict = fixture.request(&key(), &Scripted::new(Asking::Inline, answer)).await;
        match expected {
            None => assert!(matches!(verdict, Verdict::Allowed(_)), "{verdict:?}"),
            Some(expected) => assert_eq!(refusal(&verdict), expected, "{answer:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_question_that_is_closed_leaves_the_decision_open() {
    let fixture = Fixture::new();
    let closing = Scripted::new(Asking::Inline, Answer::Cancelled);
    let id = id_of(&fixture.request(&key(), &closing).await);
    let again = fixture.request(&key(), &closing).await;
    assert_eq!((refusal(&again), id_of(&again)), (Refusal::Closed, id.clone()));
    assert!(fixture.decide(&id, true).await);
    let through = fixture.request(&key(), &closing).await;
    assert!(matches!(through, Verdict::Allowed(_)), "{through:?}");
    assert_ne!(id_of(&fixture.request(&key(), &closing).await), id);
}

/// Decides as an operator while its person looks at the question.
struct Overtaken<'a> {
    fixture: &'a Fixture,
    approved: bool,
    answer: Answer,
}

#[async_trait]
impl Front for Overtaken<'_> {
    fn asking(&self) -> Asking {
        Asking::Inline
    }
    async fn ask(&self, prompt: &ApprovalPrompt) -> Answer {
        assert!(self.fixture.decide(&prompt.approval_id, self.approved).await);
        self.answer
    }
    async fn progress(&self, _step: u32, _steps: u32, _message: &str) {}
    async fn waiting(&self, _approval_id: &str, _seconds: u64) {}
}

#[tokio::test(start_paused = true)]
async fn a_no_revokes_what_an_operator_allowed_meanwhile() {
    let fixture = Fixture::new();
    let declining = Overtaken {
        fixture: &fixture,
        approved: true,
        answer: Answer::Declined,
    };
    let id = id_of(&fixture.request(&key(), &declining).await);
    assert!(!fixture.gate.is_allowed(&key()).await.unwrap());
    let again = fixture.request(&key(), &Scripted::silent()).await;
    assert_eq!(refusal(&again), Refusal::Undecided);
    assert_ne!(id_of(&again), id);
}

#[tokio::test(start_paused = true)]
async fn who_does_not_answer_overrules_no_operator() {
    for (approved, expected) in [(true, None), (false, Some(Refusal::Declined))] {
        let fixture = Fixture::new();
        let mute = Overtaken {
            fixture: &fixture,
            approved,
            answer: Answer::Late,
        };
        let verdict = fixture.request(&key(), &mute).await;
        match expected {
            None => assert!(matches!(verdict, Verdict::Allowed(_)), "{verdict:?}"),
            Some(expected) => assert_eq!(refusal(&verdict), expected),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn silence_is_nobodys_decision() {
    let fixture = Fixture::new();
    let id = id_of(
        &fixture
            .request(&key(), &Scripted::new(Asking::Inline, Answer::Late))
            .await,
    );
    let record = fixture.store.get_approval(&id).await.unwrap().unwrap();
    assert_eq!((record.state, record.decided_by), (ApprovalState::Pending, None));
}

#[tokio::test(start_paused = true)]
async fn a_prompt_nobody_answers_ends_with_the_record() {
    struct Mute;
    #[async_trait]
    impl Front for Mute {
        fn asking(&self) -> Asking {
            Asking::Inline
        }
        async fn ask(&self, _prompt: &ApprovalPrompt) -> Answer {
            std::future::pending().await
        }
        async fn progress(&self, _step: u32, _steps: u32, _message: &str) {}
        async fn waiting(&self, _approval_id: &str, _seconds: u64) {}
    }
    let fixture = Fixture::new();
    let arguments = Map::new();
    let key = key();
    let asked = Asked {
        call_id: "call-1",
        key: &key,
        connector: "CRM",
        action: "Create ticket",
        effect: Effect::Write,
        method: "POST",
        path: "/tickets",
        arguments: &arguments,
    };
    let verdict = fixture.gate.request(asked, &Mute, "local").await.unwrap();
    assert_eq!(refusal(&verdict), Refusal::Unanswered);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_cannot_ask_waits_as_long_as_set_and_says_so() {
    let fixture = Fixture::new();
    let front = Scripted::silent();
    let started = Instant::now();
    let verdict = fixture.request(&key(), &front).await;
    assert_eq!(refusal(&verdict), Refusal::Undecided);
    let waited = started.elapsed();
    assert!(
        waited >= Duration::from_mins(1) && waited < Duration::from_secs(62),
        "{waited:?}"
    );
    assert!(front.waited.load(Ordering::Relaxed) >= 10);
}

#[tokio::test(start_paused = true)]
async fn all_that_wait_share_one_look_at_the_store() {
    let fixture = Fixture::new();
    let keys: Vec<ApprovalKey> = (0..100).map(numbered).collect();
    let front = Scripted::silent();
    let verdicts = join_all(keys.iter().map(|key| fixture.request(key, &front))).await;
    assert!(verdicts.iter().all(|verdict| refusal(verdict) == Refusal::Undecided));
    // Four looks in each second of the minute, however many wait.
    let looks = fixture.store.approval_readings();
    assert!((200..=241).contains(&looks), "{looks}");

    // Nobody looks for those who no longer wait.
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(fixture.store.approval_readings(), looks);
    fixture.request(&numbered(100), &front).await;
    assert!(fixture.store.approval_readings() > looks);
}

#[tokio::test(start_paused = true)]
async fn each_that_waits_learns_of_its_own_decision_within_a_second() {
    let fixture = Fixture::new();
    let keys: Vec<ApprovalKey> = (0..4).map(numbered).collect();
    let front = Scripted::silent();
    let timed = async |key| {
        let verdict = fixture.request(key, &front).await;
        (verdict, Instant::now())
    };
    let began = Instant::now();
    let waiting = async { tokio::join!(timed(&keys[0]), timed(&keys[1]), timed(&keys[2]), timed(&keys[3])) };
    let deciding = async {
        tokio::time::sleep(Duration::from_secs(10)).await;
        let records = fixture.store.list_approvals(None, None, 9).await.unwrap();
        let id = |number: usize| {
            let record = records
                .iter()
                .find(|record| record.arguments_hash == number.to_string());
            record.unwrap().id.clone()
        };
        assert!(fixture.decide(&id(0), true).await && fixture.decide(&id(1), false).await);
        // The third is removed, as no other is.
        fixture.store.remove_approval(&id(2));
        tokio::time::sleep(Duration::from_secs(10)).await;
        fixture.pass(601);
    };
    let ((yes, no, gone, expired), ()) = tokio::join!(waiting, deciding);
    assert!(matches!(yes.0, Verdict::Allowed(_)), "{yes:?}");
    assert_eq!(refusal(&no.0), Refusal::Declined);
    assert_eq!(refusal(&gone.0), Refusal::NotValid);
    assert_eq!(refusal(&expired.0), Refusal::Unanswered);
    for ((_, at), seconds) in [(yes, 10), (no, 10), (gone, 10), (expired, 20)] {
        let late = at.duration_since(began).saturating_sub(Duration::from_secs(seconds));
        assert!(late < Duration::from_secs(1), "{late:?} after {seconds} s");
    }
}

#[tokio::test(start_paused = true)]
async fn equal_calls_that_wait_share_a_decision_which_one_of_them_uses() {
    let fixture = Fixture::new();
    let (key, front) = (key(), Scripted::silent());
    let deciding = async {
        tokio::time::sleep(Duration::from_secs(10)).await;
        let records = fixture.store.list_approvals(None, None, 9).await.unwrap();
        assert_eq!(records.len(), 1);
        assert!(fixture.decide(&records[0].id, true).await);
    };
    let (one, other, ()) = tokio::join!(fixture.request(&key, &front), fixture.request(&key, &front), deciding);
    let (used, left) = if matches!(one, Verdict::Allowed(_)) {
        (one, other)
    } else {
        (other, one)
    };
    assert!(matches!(used, Verdict::Allowed(_)), "{used:?}");
    assert_eq!(refusal(&left), Refusal::UsedElsewhere);
}

#[tokio::test(start_paused = true)]
async fn who_waits_while_the_store_fails_is_told() {
    let fixture = Fixture::new();
    let (key, front) = (key(), Scripted::silent());
    let failing = async {
        tokio::time::sleep(Duration::from_secs(10)).await;
        fixture.store.set_failing(true);
    };
    let (verdict, ()) = tokio::join!(fixture.ask("/tickets", "x", &key, &front), failing);
    assert!(matches!(verdict, Err(GateError::Store(_))), "{verdict:?}");
}

#[tokio::test(start_paused = true)]
async fn an_operators_yes_lets_exactly_one_call_through() {
    let fixture = Fixture::new();
    let id = id_of(&fixture.request(&key(), &Scripted::silent()).await);
    assert!(fixture.decide(&id, true).await);
    let through = fixture.request(&key(), &Scripted::silent()).await;
    assert!(
        matches!(through, Verdict::Allowed(ref granted) if granted.by == "ana via cli"),
        "{through:?}"
    );
    let again = fixture.request(&key(), &Scripted::silent()).await;
    assert_eq!(refusal(&again), Refusal::Undecided, "the approval was used twice");
    assert_ne!(id_of(&again), id);
}

#[tokio::test(start_paused = true)]
async fn an_operators_no_is_not_asked_away() {
    let fixture = Fixture::new();
    let id = id_of(&fixture.request(&key(), &Scripted::silent()).await);
    assert!(fixture.decide(&id, false).await);
    let front = Scripted::new(Asking::Inline, Answer::Accepted);
    assert_eq!(refusal(&fixture.request(&key(), &front).await), Refusal::Declined);
    assert_eq!(front.asked.load(Ordering::Relaxed), 0);
    fixture.pass(601);
    assert!(matches!(fixture.request(&key(), &front).await, Verdict::Allowed(_)));
}

#[tokio::test(start_paused = true)]
async fn an_approval_is_for_nothing_but_the_call_it_was_given_for() {
    let others = [
        ApprovalKey {
            user: "bob".into(),
            ..key()
        },
        ApprovalKey {
            organisation: "other".into(),
            ..key()
        },
        ApprovalKey {
            connector: "wiki".into(),
            ..key()
        },
        ApprovalKey {
            action: "delete_ticket".into(),
            ..key()
        },
        ApprovalKey {
            arguments_hash: "changed".into(),
            ..key()
        },
        ApprovalKey {
            revision: "changed".into(),
            ..key()
        },
    ];
    for other in others {
        let fixture = Fixture::new();
        let id = fixture.deferred(&key()).await;
        let verdict = fixture
            .gate
            .resume(&id, "call-1", Answer::Accepted, &other, "local")
            .await
            .unwrap();
        assert_eq!(refusal(&verdict), Refusal::NotValid, "{other:?}");
        let record = fixture.store.get_approval(&id).await.unwrap().unwrap();
        assert_eq!(record.state, ApprovalState::Pending, "{other:?}");

        assert!(fixture.decide(&id, true).await);
        assert_eq!(
            refusal(&fixture.request(&other, &Scripted::silent()).await),
            Refusal::Undecided,
            "{other:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_counts_once() {
    let fixture = Fixture::new();
    let id = fixture.deferred(&key()).await;
    let first = fixture
        .gate
        .resume(&id, "call-1", Answer::Accepted, &key(), "local")
        .await
        .unwrap();
    assert!(
        matches!(&first, Verdict::Allowed(granted) if granted.continues.as_ref().is_some_and(|run| run.call_id == "call-1")),
        "{first:?}"
    );
    let replay = fixture
        .gate
        .resume(&id, "call-1", Answer::Accepted, &key(), "local")
        .await
        .unwrap();
    assert_eq!(refusal(&replay), Refusal::UsedElsewhere);
    assert!(
        matches!(&replay, Verdict::Refused { continues: None, .. }),
        "the row of the call has ended: {replay:?}"
    );
    assert!(
        matches!(&replay, Verdict::Refused { by: None, .. }),
        "who allowed the call refused nothing: {replay:?}"
    );
    let unknown = fixture
        .gate
        .resume("0000", "call-1", Answer::Accepted, &key(), "local")
        .await
        .unwrap();
    assert_eq!(refusal(&unknown), Refusal::NotValid);
}

#[tokio::test(start_paused = true)]
async fn a_declined_answer_cannot_be_followed_by_a_yes() {
    let fixture = Fixture::new();
    let id = fixture.deferred(&key()).await;
    let no = fixture
        .gate
        .resume(&id, "call-1", Answer::Declined, &key(), "local")
        .await
        .unwrap();
    assert!(
        matches!(
            no,
            Verdict::Refused {
                continues: Some(_),
                refusal: Refusal::Declined,
                ..
            }
        ),
        "{no:?}"
    );
    let yes = fixture
        .gate
        .resume(&id, "call-1", Answer::Accepted, &key(), "local")
        .await
        .unwrap();
    assert_eq!(refusal(&yes), Refusal::Declined);
}

#[tokio::test(start_paused = true)]
async fn nothing_goes_through_after_expiry() {
    let fixture = Fixture::new();
    let asked = fixture.deferred(&key()).await;
    fixture.pass(601);
    let late = fixture
        .gate
        .resume(&asked, "call-1", Answer::Accepted, &key(), "local")
        .await
        .unwrap();
    assert_eq!(refusal(&late), Refusal::NotValid);

    let fixture = Fixture::new();
    let id = id_of(&fixture.request(&key(), &Scripted::silent()).await);
    assert!(fixture.decide(&id, true).await);
    fixture.pass(601);
    assert_eq!(
        refusal(&fixture.request(&key(), &Scripted::silent()).await),
        Refusal::Undecided
    );
    assert!(!fixture.decide(&id, true).await, "an expired record was decided");
}

#[tokio::test(start_paused = true)]
async fn the_same_question_is_not_asked_twice_at_once() {
    let fixture = Fixture::new();
    assert_eq!(fixture.deferred(&key()).await, fixture.deferred(&key()).await);
}

#[tokio::test]
async fn what_is_too_long_to_be_kept_asks_nobody() {
    let fixture = Fixture::new();
    let (front, key) = (Scripted::new(Asking::Inline, Answer::Accepted), key());
    let longest = "x".repeat(64 - r#"{"title":""}"#.len());
    let refused = fixture.ask("/", &format!("{longest}x"), &key, &front).await;
    let what = TooLong::Arguments { length: 65, most: 64 };
    assert!(
        matches!(refused, Err(GateError::TooLong(told)) if told == what),
        "{refused:?}"
    );
    let path = "/".repeat(LONGEST_PATH);
    let refused = fixture.ask(&format!("{path}/"), "x", &key, &front).await;
    let what = TooLong::Path {
        length: LONGEST_PATH + 1,
    };
    assert!(
        matches!(refused, Err(GateError::TooLong(told)) if told == what),
        "{refused:?}"
    );
    assert!(fixture.store.list_approvals(None, None, 1).await.unwrap().is_empty());
    assert_eq!(front.asked.load(Ordering::Relaxed), 0);
    let allowed = fixture.ask(&path, &longest, &key, &front).await;
    assert!(matches!(allowed, Ok(Verdict::Allowed(_))), "{allowed:?}");
}
