//! One heap for Rust and for JavaScript, in place of libc's `malloc`. Small blocks are cut here, one behind the other
//! whatever their size, and are used again for blocks of their own size; larger ones come from the standard library's
//! allocator.
//!
//! What it is made for is the snapshot: every page that an instance writes to is copied for it and restored after it. A
//! call that makes a few objects of each size should write to a few pages, so that it must not find its blocks in the
//! holes that the start left all over the snapshot ([`start_afresh`]), nor on a page for each size, as `QuickJS` would
//! keep them by itself.

#![allow(
    clippy::cast_ptr_alignment,
    reason = "blocks are aligned to twice a pointer, and headers begin a pointer before them"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::ffi::c_void;
use std::ptr;

/// What blocks are aligned to, and what their sizes differ by.
const ALIGNMENT: usize = 8;

/// What stands before each block: how many bytes it may hold, as a number of four bytes.
const HEADER: usize = size_of::<u32>();

/// A small block with its header has at most so many times the alignment.
const MOST_UNITS: usize = 64;
const LARGEST_SMALL: usize = MOST_UNITS * ALIGNMENT - HEADER;

/// A large block has its header behind as many bytes more as keep it aligned.
const BEFORE_LARGE: usize = ALIGNMENT;

/// What small blocks are cut from.
const PIECE: usize = 32 * 1024;

/// Bytes behind the last block that belong to the memory from the start, so that a usual call need not ask for more.
const ROOM: usize = 256 * 1024;

/// What sizes of holes differ by.
const HOLE_STEP: usize = 8;

/// Small blocks: the free ones of each size, linked through their first bytes, and the rest of the piece at hand.
struct Small {
    free: [*mut u8; MOST_UNITS + 1],
    rest: *mut u8,
    rest_bytes: usize,
}

struct OneThread(UnsafeCell<Small>);

// SAFETY: a guest has one thread.
unsafe impl Sync for OneThread {}

static SMALL: OneThread = OneThread(UnsafeCell::new(Small {
    free: [ptr::null_mut(); MOST_UNITS + 1],
    rest: ptr::null_mut(),
    rest_bytes: 0,
}));

impl Small {
    /// A block of `units`, its header written; null where there is no memory.
    #[inline]
    unsafe fn take(&mut self, units: usize) -> *mut u8 {
        unsafe {
            let free = self.free[units];
            if !free.is_null() {
                self.free[units] = free.cast::<*mut u8>().read();
                return free;
            }
            let bytes = units * ALIGNMENT;
            if self.rest_bytes < bytes && !self.refill() {
                return ptr::null_mut();
            }
            let block = self.rest.add(HEADER);
            self.rest = self.rest.add(bytes);
            self.rest_bytes -= bytes;
            write_size(block, bytes - HEADER);
            block
        }
    }

    /// Another piece to cut from. Its blocks begin a header before each multiple of the alignment.
    #[cold]
    unsafe fn refill(&mut self) -> bool {
        unsafe {
            let piece = System.alloc(Layout::from_size_align_unchecked(PIECE, ALIGNMENT));
            if piece.is_null() {
                return false;
            }
            self.rest = piece.add(ALIGNMENT - HEADER);
            self.rest_bytes = PIECE - ALIGNMENT;
            true
        }
    }
}

#[allow(clippy::cast_possible_truncation, reason = "memory has at most 2^32 bytes")]
unsafe fn write_size(block: *mut u8, size: usize) {
    unsafe { block.sub(HEADER).cast::<u32>().write(size as u32) }
}

/// Bytes that may be used of `block`.
#[inline]
unsafe fn size_of_block(block: *mut u8) -> usize {
    unsafe { block.sub(HEADER).cast::<u32>().read() as usize }
}

/// What the standard library is asked for a large block of `size`; nothing when there cannot be as much.
fn large(size: usize) -> Option<Layout> {
    Layout::from_size_align(size.checked_add(BEFORE_LARGE)?, ALIGNMENT).ok()
}

unsafe fn with_size(start: *mut u8, size: usize) -> *mut u8 {
    unsafe {
        if start.is_null() {
            return start;
        }
        let block = start.add(BEFORE_LARGE);
        write_size(block, size);
        block
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn malloc(size: usize) -> *mut u8 {
    unsafe {
        if size <= LARGEST_SMALL {
            // The smallest has room for the pointer that links it when it is free.
            return (*SMALL.0.get()).take((size + HEADER).div_ceil(ALIGNMENT));
        }
        large(size).map_or(ptr::null_mut(), |layout| with_size(System.alloc(layout), size))
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn calloc(count: usize, size: usize) -> *mut u8 {
    unsafe {
        let Some(size) = count.checked_mul(size) else {
            return ptr::null_mut();
        };
        if size > LARGEST_SMALL {
            // What was never used is zero already, and is not touched.
            return large(size).map_or(ptr::null_mut(), |layout| with_size(System.alloc_zeroed(layout), size));
        }
        let block = malloc(size);
        if !block.is_null() {
            block.write_bytes(0, size);
        }
        block
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn free(block: *mut u8) {
    unsafe {
        if block.is_null() {
            return;
        }
        let size = size_of_block(block);
        if size <= LARGEST_SMALL {
            let first = &mut (*SMALL.0.get()).free[(size + HEADER) / ALIGNMENT];
            block.cast::<*mut u8>().write(*first);
            *first = block;
        } else {
            let layout = Layout::from_size_align_unchecked(size + BEFORE_LARGE, ALIGNMENT);
            System.dealloc(block.sub(BEFORE_LARGE), layout);
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn realloc(block: *mut u8, size: usize) -> *mut u8 {
    unsafe {
        if block.is_null() {
            return malloc(size);
        }
        let old = size_of_block(block);
        if old > LARGEST_SMALL && size > LARGEST_SMALL {
            let layout = Layout::from_size_align_unchecked(old + BEFORE_LARGE, ALIGNMENT);
            return large(size).map_or(ptr::null_mut(), |new| {
                with_size(System.realloc(block.sub(BEFORE_LARGE), layout, new.size()), size)
            });
        }
        // A block that has room already stays, unless it would waste more than it uses.
        if size <= old && size >= old / 2 {
            return block;
        }
        let moved = malloc(size);
        if !moved.is_null() {
            moved.copy_from_nonoverlapping(block, old.min(size));
            free(block);
        }
        moved
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn malloc_usable_size(block: *mut c_void) -> usize {
    unsafe { size_of_block(block.cast()) }
}

/// Gives up all holes between the blocks that there are, for good, so that new blocks lie side by side behind them.
pub(crate) fn start_afresh() {
    let layout = |size| Layout::from_size_align(size, ALIGNMENT).expect("the sizes below are small");
    // SAFETY: every block that is taken here is either given back at once or never touched again.
    unsafe {
        // No hole is as large, so that this block is behind all of them.
        let behind = System.alloc(layout(ROOM));
        let mut size = ROOM / 2;
        while size > 0 {
            let block = System.alloc(layout(size));
            if block > behind {
                System.dealloc(block, layout(size));
            }
            if block.is_null() || block > behind {
                size -= if size > PIECE { PIECE } else { HOLE_STEP };
            }
        }
        System.dealloc(behind, layout(ROOM));
        let small = &mut *SMALL.0.get();
        small.free.fill(ptr::null_mut());
        small.refill();
    }
}

struct RustHeap;

#[global_allocator]
static HEAP: RustHeap = RustHeap;

// SAFETY: which of the two gave a block follows from its alignment, also when it is given back.
unsafe impl GlobalAlloc for RustHeap {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        unsafe {
            if layout.align() <= ALIGNMENT {
                malloc(layout.size())
            } else {
                System.alloc(layout)
            }
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        unsafe {
            if layout.align() <= ALIGNMENT {
                calloc(1, layout.size())
            } else {
                System.alloc_zeroed(layout)
            }
        }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        unsafe {
            if layout.align() <= ALIGNMENT {
                free(block);
            } else {
                System.dealloc(block, layout);
            }
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        unsafe {
            if layout.align() <= ALIGNMENT {
                realloc(block, size)
            } else {
                System.realloc(block, layout, size)
            }
        }
    }
}
