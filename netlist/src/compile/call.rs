//! The only place that calls compiled code.
#![expect(unsafe_code, reason = "machine code made at run time cannot be called in safe Rust")]

use cranelift_jit::JITModule;
use cranelift_module::FuncId;

type Entry = unsafe extern "C" fn(*mut u64, u64) -> u64;

/// Functions compiled at run time. Their memory is freed when it is dropped.
pub(super) struct Functions {
    /// Present until it is dropped.
    jit: Option<JITModule>,
}

/// A function that was compiled for a buffer of at least a known length. It must not outlive the
/// functions that it is one of; [`super::variants::Variants`] owns both and gives out neither
/// beyond a cycle.
#[derive(Clone, Copy)]
pub(super) struct Code {
    entry: Entry,
    words: usize,
}

impl Functions {
    pub(super) fn new(jit: JITModule) -> Self {
        Self { jit: Some(jit) }
    }

    /// The module to which functions are added.
    pub(super) fn jit(&mut self) -> &mut JITModule {
        self.jit.as_mut().expect("present until it is dropped")
    }

    /// The finalized function `id`, which reads and writes only the first `words` words of its
    /// buffer.
    pub(super) fn code(&self, id: FuncId, words: usize) -> Code {
        let jit = self.jit.as_ref().expect("present until it is dropped");
        let address = jit.get_finalized_function(id);
        // SAFETY: `id` was declared with the signature (i64, i64) -> i64 in the platform's C
        // convention, which is this type's, and has been finalized, so `address` is the entry of
        // executable memory, which lives as long as the functions.
        let entry = unsafe { std::mem::transmute::<*const u8, Entry>(address) };
        Code { entry, words }
    }
}

impl Drop for Functions {
    fn drop(&mut self) {
        if let Some(jit) = self.jit.take() {
            // SAFETY: the only addresses of its functions are in values of `Code`; their owner also
            // owns these functions, is being dropped, and calls none of them any more.
            unsafe { jit.free_memory() }
        }
    }
}

impl Code {
    /// Runs the function; `commit` takes the clock edge too.
    ///
    /// # Panics
    ///
    /// If the buffer is too short: a defect of this crate.
    #[inline]
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
