//! `toolgate:action/clock`.

use std::time::Duration;

use jiff::Timestamp;
use wasmtime::component::{Accessor, HasSelf};

use super::super::world::toolgate::action::clock::{Host, HostWithStore};
use super::Run;

impl Host for Run {
    fn now(&mut self) -> u64 {
        // A clock before 1970 is wrong anyway.
        u64::try_from(Timestamp::now().as_microsecond()).unwrap_or(0)
    }
}

impl<T: Send + 'static> HostWithStore<T> for HasSelf<Run> {
    async fn sleep(_: &Accessor<T, Self>, milliseconds: u32) {
        // The run's own deadline ends it when it would take longer.
        tokio::time::sleep(Duration::from_millis(milliseconds.into())).await;
    }
}
