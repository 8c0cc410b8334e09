//! The bits of addresses and pages.

/// More bits than this in a virtual or physical address are no toy.
const MOST_BITS: u32 = 20;

/// The sizes of a toy machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Bits of a virtual address.
    pub va_bits: u32,
    /// Bits of a physical address.
    pub pa_bits: u32,
    /// Bits of an offset: a page has `1 << page_bits` bytes.
    pub page_bits: u32,
}

/// Sizes that do not fit together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SizeError(pub String);

impl Shape {
    /// Checks that there is at least one page in each kind of address.
    ///
    /// # Errors
    /// [`SizeError`], a sentence.
    pub fn check(&self) -> Result<(), SizeError> {
        for (name, bits) in [("virtual", self.va_bits), ("physical", self.pa_bits)] {
            if bits > MOST_BITS {
                let message =
                    format!("{bits} bits of a {name} address; a toy has {MOST_BITS} at most");
                return Err(SizeError(message));
            }
            if bits <= self.page_bits {
                let message = format!(
                    "{bits} bits of a {name} address are no more than the {} of an offset",
                    self.page_bits
                );
                return Err(SizeError(message));
            }
        }
        Ok(())
    }

    /// Bytes of a page.
    pub fn page(&self) -> u64 {
        1 << self.page_bits
    }

    /// Bits of a page number.
    pub fn vpn_bits(&self) -> u32 {
        self.va_bits - self.page_bits
    }

    /// Frames of physical memory.
    pub fn frames(&self) -> u64 {
        1 << (self.pa_bits - self.page_bits)
    }

    /// The page number and the offset of an address.
    pub fn split(&self, va: u64) -> (u64, u64) {
        (va >> self.page_bits, va & (self.page() - 1))
    }

    /// The physical address of an offset in a frame.
    pub fn join(&self, frame: u64, offset: u64) -> u64 {
        frame << self.page_bits | offset
    }
}
