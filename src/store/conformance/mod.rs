//! What every backend must do, whichever it is: must never know how one keeps its data. A backend's own tests run all of it with `cases!(open)`, where `open` returns a fresh
//! store and whatever must live as long as it. One file per trait.

pub(crate) mod apis;
pub(crate) mod approvals;
pub(crate) mod audit;
pub(crate) mod call_logs;
pub(crate) mod keys;
pub(crate) mod questions;
pub(crate) mod secrets;
pub(crate) mod statistics;
pub(crate) mod windows;

use super::time::rfc3339;

/// Every case of every trait, each one a test of the module that names the backend.
macro_rules! cases {
    ($open:path) => {
        $crate::store::conformance::audit::cases!($open);
        $crate::store::conformance::approvals::cases!($open);
        $crate::store::conformance::call_logs::cases!($open);
        $crate::store::conformance::keys::cases!($open);
        $crate::store::conformance::questions::cases!($open);
        $crate::store::conformance::windows::cases!($open);
        $crate::store::conformance::statistics::cases!($open);
        $crate::store::conformance::apis::cases!($open);
        $crate::store::conformance::secrets::cases!($open);
    };
}
pub(crate) use cases;

/// The cases of one file: one test each.
macro_rules! each {
    ($open:path, $file:ident: $($case:ident),+ $(,)?) => {
        $(
            #[tokio::test]
            async fn $case() {
                let (store, _guard) = $open().await;
                $crate::store::conformance::$file::$case(&*store).await;
            }
        )+
    };
}
pub(crate) use each;

/// A moment, `seconds` after an arbitrary start.
pub(crate) fn at(seconds: i64) -> String {
    rfc3339(jiff::Timestamp::from_second(1_790_000_000 + seconds).unwrap())
}
