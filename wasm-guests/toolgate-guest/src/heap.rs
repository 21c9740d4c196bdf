//! The heap of an action in WebAssembly: the standard library's allocator, which finds its first memory in place.
//!
//! Each call has a fresh instance. One that asks for more memory, as the standard library's heap does at its first block,
//! makes the host open pages to it and close them again for the next call, and each of the two costs more than all the
//! blocks of a usual action.

use std::alloc::{GlobalAlloc, Layout};
use std::arch::wasm32;
use std::cell::UnsafeCell;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};

use dlmalloc::{Allocator, Dlmalloc};

/// Bytes that are there from the start. They are no part of the component's file, and pages that are never written to
/// cost nothing.
const FIRST: usize = 256 * 1024;

/// Bytes of a WebAssembly page.
const PAGE: usize = 64 * 1024;

#[repr(align(16))]
struct First(UnsafeCell<[u8; FIRST]>);

// SAFETY: a guest has one thread.
unsafe impl Sync for First {}

static MEMORY: First = First(UnsafeCell::new([0; FIRST]));
static IS_TAKEN: AtomicBool = AtomicBool::new(false);

/// Where the heap has its memory from: what is there, then whole pages of the host's.
struct Pages;

// SAFETY: each piece is given once: the first behind a flag, the others by the host.
unsafe impl Allocator for Pages {
    fn alloc(&self, size: usize) -> (*mut u8, usize, u32) {
        if size <= FIRST && !IS_TAKEN.swap(true, Ordering::Relaxed) {
            return (MEMORY.0.get().cast(), FIRST, 0);
        }
        let pages = size.div_ceil(PAGE);
        let before = wasm32::memory_grow(0, pages);
        let start = before.wrapping_mul(PAGE);
        // The very last page would end at address zero: nothing may.
        if before == usize::MAX || start.wrapping_add(pages * PAGE) == 0 {
            return (ptr::null_mut(), 0, 0);
        }
        (ptr::with_exposed_provenance_mut(start), pages * PAGE, 0)
    }

    fn remap(&self, _: *mut u8, _: usize, _: usize, _: bool) -> *mut u8 {
        ptr::null_mut()
    }

    fn free_part(&self, _: *mut u8, _: usize, _: usize) -> bool {
        false
    }

    fn free(&self, _: *mut u8, _: usize) -> bool {
        false
    }

    fn can_release_part(&self, _: u32) -> bool {
        false
    }

    fn allocates_zeros(&self) -> bool {
        true
    }

    fn page_size(&self) -> usize {
        PAGE
    }
}

struct Heap(UnsafeCell<Dlmalloc<Pages>>);

// SAFETY: a guest has one thread.
unsafe impl Sync for Heap {}

#[global_allocator]
static HEAP: Heap = Heap(UnsafeCell::new(Dlmalloc::new_with_allocator(Pages)));

// SAFETY: one thread, so that one caller at a time has the heap; it keeps the rules of the trait itself.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        unsafe { (*self.0.get()).malloc(layout.size(), layout.align()) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        unsafe { (*self.0.get()).calloc(layout.size(), layout.align()) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        unsafe { (*self.0.get()).free(block, layout.size(), layout.align()) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        unsafe { (*self.0.get()).realloc(block, layout.size(), layout.align(), size) }
    }
}
