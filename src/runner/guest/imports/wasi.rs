//! An empty WASI, for languages whose runtime cannot start without one: no files, environment, arguments or sockets.
//! What a program prints becomes log lines.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use async_trait::async_trait;
use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime::component::{HasData, Linker, ResourceTable};
use wasmtime_wasi::cli::{IsTerminal, StdoutStream, WasiCli, WasiCliView};
use wasmtime_wasi::clocks::{WasiClocks, WasiClocksView};
use wasmtime_wasi::filesystem::{WasiFilesystem, WasiFilesystemView};
use wasmtime_wasi::p2::bindings::{cli, clocks, filesystem, random};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};
use wasmtime_wasi::random::WasiRandom;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_io::bindings::wasi::io::{error, poll, streams};

use super::super::meter::Meter;
use super::super::{GuestLogLevel, Outside, SEARCHED_BEYOND};
use super::{Run, log};

/// Randomness at once, in bytes.
const MOST_RANDOM: u64 = 65_536;

/// Most bytes that a program can print at once.
const MOST_PRINTED: usize = 64 * 1024;

/// WASI's part of a run. Made when a program first asks for anything of it.
pub(super) struct Wasi {
    context: WasiCtx,
    table: ResourceTable,
}

impl Wasi {
    fn new(outside: &Arc<dyn Outside>, meter: &Arc<Meter>) -> Self {
        let print = |level| Print(Arc::new(Mutex::new(Lines::new(level, outside, meter))));
        let mut context = WasiCtx::builder();
        context
            .stdout(print(GuestLogLevel::Info))
            .stderr(print(GuestLogLevel::Warn))
            .max_random_size(MOST_RANDOM);
        let mut table = ResourceTable::new();
        table.set_max_capacity(usize::try_from(meter.limits().handles).unwrap_or(usize::MAX));
        Self {
            context: context.build(),
            table,
        }
    }
}

impl WasiView for Run {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let wasi = self
            .wasi
            .get_or_insert_with(|| Box::new(Wasi::new(&self.outside, &self.meter)));
        WasiCtxView {
            ctx: &mut wasi.context,
            table: &mut wasi.table,
        }
    }
}

/// The table of resources, as `wasi:io` wants it.
struct Resources;

impl HasData for Resources {
    type Data<'a> = &'a mut ResourceTable;
}

/// All of WASI 0.2 but sockets. The files are there for their types only: no folder is open.
pub(super) fn add_to_linker(linker: &mut Linker<Run>) -> wasmtime::Result<()> {
    error::add_to_linker::<_, Resources>(linker, |run: &mut Run| run.ctx().table)?;
    poll::add_to_linker::<_, Resources>(linker, |run: &mut Run| run.ctx().table)?;
    streams::add_to_linker::<_, Resources>(linker, |run: &mut Run| run.ctx().table)?;
    clocks::wall_clock::add_to_linker::<_, WasiClocks>(linker, Run::clocks)?;
    clocks::monotonic_clock::add_to_linker::<_, WasiClocks>(linker, Run::clocks)?;
    random::random::add_to_linker::<_, WasiRandom>(linker, |run: &mut Run| run.ctx().ctx.random())?;
    random::insecure::add_to_linker::<_, WasiRandom>(linker, |run: &mut Run| run.ctx().ctx.random())?;
    random::insecure_seed::add_to_linker::<_, WasiRandom>(linker, |run: &mut Run| run.ctx().ctx.random())?;
    filesystem::preopens::add_to_linker::<_, WasiFilesystem>(linker, Run::filesystem)?;
    filesystem::types::add_to_linker::<_, WasiFilesystem>(linker, Run::filesystem)?;
    cli::exit::add_to_linker::<_, WasiCli>(linker, Run::cli)?;
    cli::environment::add_to_linker::<_, WasiCli>(linker, Run::cli)?;
    cli::stdin::add_to_linker::<_, WasiCli>(linker, Run::cli)?;
    cli::stdout::add_to_linker::<_, WasiCli>(linker, Run::cli)?;
    cli::stderr::add_to_linker::<_, WasiCli>(linker, Run::cli)?;
    cli::terminal_input::add_to_linker::<_, WasiCli>(linker, Run::cli)?;
    cli::terminal_output::add_to_linker::<_, WasiCli>(linker, Run::cli)?;
    cli::terminal_stdin::add_to_linker::<_, WasiCli>(linker, Run::cli)?;
    cli::terminal_stdout::add_to_linker::<_, WasiCli>(linker, Run::cli)?;
    cli::terminal_stderr::add_to_linker::<_, WasiCli>(linker, Run::cli)
}

/// What is printed, up to the next line break.
struct Lines {
    begun: Vec<u8>,
    /// Longest line in bytes: no log has room for more, and with this much more whoever keeps it sees that it goes on.
    longest: usize,
    level: GuestLogLevel,
    outside: Arc<dyn Outside>,
    meter: Arc<Meter>,
}

impl Lines {
    fn new(level: GuestLogLevel, outside: &Arc<dyn Outside>, meter: &Arc<Meter>) -> Self {
        Self {
            begun: Vec::new(),
            longest: usize::try_from(meter.limits().log_bytes)
                .unwrap_or(usize::MAX)
                .saturating_add(2 * SEARCHED_BEYOND),
            level,
            outside: Arc::clone(outside),
            meter: Arc::clone(meter),
        }
    }

    fn write(&mut self, bytes: &[u8]) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            let room = self.longest.saturating_sub(self.begun.len());
            self.begun.extend_from_slice(&part[..part.len().min(room)]);
            if part.ends_with(b"\n") {
                self.end();
            }
        }
    }

    fn end(&mut self) {
        let line = String::from_utf8_lossy(&self.begun);
        let line = line.trim_end_matches(['\r', '\n']);
        if !self.begun.is_empty() {
            log::keep(&*self.outside, &self.meter, self.level, line);
        }
        self.begun.clear();
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        self.end();
    }
}

/// Where a program prints to.
#[derive(Clone)]
struct Print(Arc<Mutex<Lines>>);

impl Print {
    fn print(&self, bytes: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes);
    }
}

impl IsTerminal for Print {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Print {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

#[async_trait]
impl Pollable for Print {
    async fn ready(&mut self) {}
}

impl OutputStream for Print {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.print(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(MOST_PRINTED)
    }
}

impl AsyncWrite for Print {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.print(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;
    use crate::config::SandboxConfig;
    use crate::runner::guest::{GuestLimits, GuestRequest, GuestResponse, SendFailure};

    /// Remembers lines, and how much of each there was room for.
    #[derive(Default)]
    struct World(Mutex<Vec<(String, usize)>>);

    #[async_trait]
    impl Outside for World {
        async fn send(&self, _: GuestRequest) -> Result<GuestResponse, SendFailure> {
            Err(SendFailure::Refused("no".to_owned()))
        }

        fn log(&self, _: GuestLogLevel, message: &str, room: usize) {
            self.0.lock().unwrap().push((message.to_owned(), room));
        }

        fn progress(&self, _: f64, _: Option<f64>, _: Option<&str>) {}

        fn secret_key(&self, _: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
            None
        }
    }

    /// A secret that was cut in two would not be found.
    #[test]
    fn a_long_line_is_one_line_and_bounded() {
        let world = Arc::new(World::default());
        let outside: Arc<dyn Outside> = world.clone();
        let limits = GuestLimits::from(&SandboxConfig::default());
        let most = usize::try_from(limits.log_bytes).unwrap();
        let meter = Arc::new(Meter::new(limits));
        let mut lines = Lines::new(GuestLogLevel::Info, &outside, &meter);
        let long = "x".repeat(MOST_PRINTED + 10);
        for part in [long.as_str(), "y\r\n", "short\nno end"] {
            lines.write(part.as_bytes());
        }
        for _ in 0..20 {
            lines.write(long.as_bytes());
        }
        drop(lines);
        let kept = world.0.lock().unwrap();
        let whole = format!("{long}y");
        assert_eq!(kept[0], (whole.clone(), whole.len()));
        assert_eq!(kept[1], ("short".to_owned(), 5));
        let left = most - whole.len() - 5;
        assert_eq!((kept[2].0.len(), kept[2].1), (most + 2 * SEARCHED_BEYOND, left));
        assert_eq!(kept.len(), 3);
    }
}
