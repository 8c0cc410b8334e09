//! The one place where compiled code is entered.
#![expect(unsafe_code, reason = "machine code made at run time cannot be called in safe Rust")]

use super::native::Module;
use cranelift_jit::JITModule;
use cranelift_module::FuncId;

type Entry = unsafe extern "C" fn(*mut u64, u64) -> u64;

/// A function that was compiled for a buffer of at least a known length. It must not outlive its
/// module; [`super::variants::Variants`] owns both and gives out neither beyond a cycle.
#[derive(Clone, Copy)]
pub(super) struct Code {
    entry: Entry,
    words: usize,
}

/// Gives back the memory of a module's functions.
pub(super) fn free(jit: JITModule) {
    // SAFETY: the only addresses of its functions are in values of `Code`, which are owned by
    // the owner of the module, who is being dropped and calls none of them any more.
    unsafe { jit.free_memory() }
}

impl Code {
    /// The finalized function `id` of `module`, which reads and writes only the first `words`
    /// words of its buffer.
    pub(super) fn new(module: &Module, id: FuncId, words: usize) -> Self {
        let address = module.address(id);
        // SAFETY: `id` was declared with the signature (i64, i64) -> i64 in the platform's C
        // convention, which is this type's, and has been finalized, so that `address` is the
        // entry of executable memory, which lives as long as the module.
        let entry = unsafe { std::mem::transmute::<*const u8, Entry>(address) };
        Self { entry, words }
    }

    /// Runs the function; `commit` takes the clock edge too.
    ///
    /// # Panics
    ///
    /// If the buffer is too short: a mistake of this crate.
    pub(super) fn run(self, buffer: &mut [u64], commit: bool) -> u64 {
        assert!(buffer.len() >= self.words, "the buffer that the code was compiled for");
        // SAFETY: emitted code accesses memory in three ways: at constant offsets that `Layout`
        // handed out, below its `bytes`, which `words` covers; at rows of columns, whose numbers
        // come from masks without bits beyond the rows, or are 0; and at addresses of memories,
        // which their width bounds. `validate` has checked the widths on which this rests. The
        // exclusive borrow makes it the only access. It calls nothing and does not unwind.
        unsafe { (self.entry)(buffer.as_mut_ptr(), u64::from(commit)) }
    }
}
