//! WebAssembly as it is switched on here, and where its instances live.

use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

use super::SandboxError;
use crate::config::SandboxConfig;

/// Kept in memory for the next run of a slot, so that it costs no page faults: an instance of the JavaScript engine
/// writes to less than this in most scripts. All that is kept is written over before the next run, so that more of it
/// would make every run pay for the largest one before it in the same slot.
const MEMORY_KEPT: usize = 1024 * 1024;
const TABLE_KEPT: usize = 64 * 1024;

/// What the host's own functions need of a stack beside the guest's share.
const HOST_STACK: usize = 1536 * 1024;

/// What a run may be made of. Languages with a runtime of many parts, e.g. Python, have tens of core instances. The pool
/// has room for all of them in every run, so that a run which has its place never lacks a part.
const CORE_INSTANCES_PER_RUN: u32 = 64;
const MEMORIES_PER_RUN: u32 = 4;
const TABLES_PER_RUN: u32 = 32;

/// Bookkeeping of one instance.
const INSTANCE_BYTES: usize = 1024 * 1024;

/// Address space of a memory where address space is short; it grows by moving.
const SHORT_RESERVATION: u64 = 16 * 1024 * 1024;
const SHORT_GUARD: u64 = 64 * 1024;

/// An engine whose instances come from a pool, which is what makes a run cheap. A pool takes four GiB of address space
/// for each run; where the system gives less, instances are made one by one.
///
/// # Errors
/// When not even that works, e.g. on a processor that code cannot be compiled for.
pub(super) fn engine(settings: &SandboxConfig) -> Result<Engine, SandboxError> {
    let mut pooled = common(settings);
    pooled.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(settings)));
    match Engine::new(&pooled) {
        Ok(engine) => Ok(engine),
        Err(error) => {
            tracing::warn!(
                "action code will run slower: there is no address space for a pool of {} instances ({error:#}); a \
                 lower sandbox.max_concurrent_runs or a higher `ulimit -v` helps",
                settings.max_concurrent_runs
            );
            Engine::new(&one_by_one(settings)).map_err(|error| SandboxError::Engine(format!("{error:#}")))
        }
    }
}

fn one_by_one(settings: &SandboxConfig) -> Config {
    let mut config = common(settings);
    config.memory_reservation(SHORT_RESERVATION);
    config.memory_reservation_for_growth(SHORT_RESERVATION);
    config.memory_guard_size(SHORT_GUARD);
    config
}

fn common(settings: &SandboxConfig) -> Config {
    let stack = whole(settings.max_stack_bytes);
    let mut config = Config::new();
    config.wasm_component_model_async(true);
    // Nothing that shares memory between threads: a run has one, and a timer is made of two.
    config.shared_memory(false);
    config.epoch_interruption(true);
    config.max_wasm_stack(stack);
    config.async_stack_size(stack.saturating_add(HOST_STACK));
    config
}

fn pool(settings: &SandboxConfig) -> PoolingAllocationConfig {
    let runs = u32::try_from(settings.max_concurrent_runs).unwrap_or(u32::MAX);
    let mut pool = PoolingAllocationConfig::default();
    pool.total_component_instances(runs)
        .total_stacks(runs.saturating_mul(2))
        .total_core_instances(runs.saturating_mul(CORE_INSTANCES_PER_RUN))
        .total_memories(runs.saturating_mul(MEMORIES_PER_RUN))
        .total_tables(runs.saturating_mul(TABLES_PER_RUN))
        .max_core_instances_per_component(CORE_INSTANCES_PER_RUN)
        .max_memories_per_component(MEMORIES_PER_RUN)
        .max_tables_per_component(TABLES_PER_RUN)
        .max_core_instance_size(INSTANCE_BYTES)
        .max_component_instance_size(INSTANCE_BYTES)
        .max_memory_size(whole(settings.max_memory_bytes))
        .table_elements(whole(settings.max_table_elements))
        .linear_memory_keep_resident(MEMORY_KEPT)
        .table_keep_resident(TABLE_KEPT)
        .pagemap_scan(Enabled::Auto);
    pool
}

fn whole(setting: u64) -> usize {
    usize::try_from(setting).unwrap_or(usize::MAX)
}
