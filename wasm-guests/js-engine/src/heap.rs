//! One heap for Rust and for JavaScript: libc's `malloc`.
//!
//! With the allocator that `rquickjs` brings for this target, `QuickJS` cannot ask how large a block is, and its own
//! garbage collection threshold would count wrongly. Sharing one heap also keeps the snapshot small.

use std::alloc::{GlobalAlloc, Layout};
use std::ffi::c_void;

unsafe extern "C" {
    fn malloc(size: usize) -> *mut c_void;
    fn calloc(count: usize, size: usize) -> *mut c_void;
    fn realloc(block: *mut c_void, size: usize) -> *mut c_void;
    fn free(block: *mut c_void);
    fn aligned_alloc(alignment: usize, size: usize) -> *mut c_void;
    fn malloc_usable_size(block: *mut c_void) -> usize;
}

/// What `malloc` of wasm32 libc aligns every block to.
const MALLOC_ALIGNMENT: usize = 16;

struct RustHeap;

#[global_allocator]
static HEAP: RustHeap = RustHeap;

// SAFETY: each function passes on to the C function of the same contract; blocks of a larger alignment than malloc's
// come from `aligned_alloc`, which `free` takes back too.
unsafe impl GlobalAlloc for RustHeap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        unsafe {
            if layout.align() <= MALLOC_ALIGNMENT {
                malloc(layout.size()).cast()
            } else {
                // C demands a size that is a multiple of the alignment.
                aligned_alloc(layout.align(), layout.size().next_multiple_of(layout.align())).cast()
            }
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        unsafe {
            if layout.align() <= MALLOC_ALIGNMENT {
                return calloc(1, layout.size()).cast();
            }
            let block = self.alloc(layout);
            if !block.is_null() {
                block.write_bytes(0, layout.size());
            }
            block
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, _layout: Layout) {
        unsafe { free(block.cast()) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        unsafe {
            if layout.align() <= MALLOC_ALIGNMENT {
                return realloc(block.cast(), size).cast();
            }
            let moved = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !moved.is_null() {
                moved.copy_from_nonoverlapping(block, layout.size().min(size));
                free(block.cast());
            }
            moved
        }
    }
}

/// The same heap, as `QuickJS` wants it.
pub(crate) struct ScriptHeap;

// SAFETY: as above; `usable_size` is what libc says of a block that it gave.
unsafe impl rquickjs::allocator::Allocator for ScriptHeap {
    fn alloc(&mut self, size: usize) -> *mut u8 {
        unsafe { malloc(size).cast() }
    }

    fn calloc(&mut self, count: usize, size: usize) -> *mut u8 {
        unsafe { calloc(count, size).cast() }
    }

    unsafe fn dealloc(&mut self, block: *mut u8) {
        unsafe { free(block.cast()) }
    }

    unsafe fn realloc(&mut self, block: *mut u8, size: usize) -> *mut u8 {
        unsafe { realloc(block.cast(), size).cast() }
    }

    unsafe fn usable_size(block: *mut u8) -> usize {
        unsafe { malloc_usable_size(block.cast()) }
    }
}
