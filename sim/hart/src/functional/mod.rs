//! Surroundings without time: RAM, an MMU in software, and instructions decoded once.
//!
//! Every question is answered at once. Translation is the golden model's walk, whose results are
//! kept by page until a fence; PMP is judged with it.
//!
//! | part | what it is |
//! |---|---|
//! | [`Functional`] | the surroundings |
//! | [`Ram`] | memory |
//! | `pages` | decoded instructions, by physical address |
//! | `tlb` | translated pages |
//! | `borders` | which pages PMP judges as a whole |
//! | [`Outside`] | what is at all other addresses |

mod borders;
mod pages;
mod ram;
mod tlb;

pub use ram::Ram;

use crate::{Config, Control, Decoder, Modify, Op, Refused, Surroundings};
use borders::Borders;
use model::golden::{Guard, Pmp, Regime, guarded_walk};
use model::isa::{Access, Cause, Context, Extension, Extensions, Fault, PAGE_BYTES, Privilege};
use model::mmu::{Fence, Request, Response};
use pages::Pages;
use std::task::Poll;
use tlb::Tlb;

/// Devices: what is at physical addresses where there is no RAM.
pub trait Outside {
    /// Reads.
    ///
    /// # Errors
    /// [`Refused`] where there is nothing.
    fn load(&mut self, pa: u64, bytes: u8) -> Result<u64, Refused>;

    /// Writes.
    ///
    /// # Errors
    /// [`Refused`] where there is nothing.
    fn store(&mut self, pa: u64, bytes: u8, value: u64) -> Result<(), Refused>;

    /// Whether what was last read or written may have changed an interrupt or ended the machine. If
    /// so, the next fetch is answered *not yet* once: the step after the access is
    /// [`Step::Pending`](crate::Step::Pending), and who runs the hart can look.
    fn disturbs(&mut self) -> bool {
        false
    }
}

/// Nothing.
impl Outside for () {
    fn load(&mut self, _: u64, _: u8) -> Result<u64, Refused> {
        Err(Refused)
    }

    fn store(&mut self, _: u64, _: u8, _: u64) -> Result<(), Refused> {
        Err(Refused)
    }
}

/// Surroundings without time.
#[derive(Debug)]
pub struct Functional<O> {
    ram: Ram,
    /// Devices.
    pub outside: O,
    decoder: Decoder,
    pages: Pages,
    /// The page at hand: its virtual address, with the privilege.
    current: u64,
    /// The next fetch is to be answered *not yet*; there is no page at hand then.
    pauses: bool,
    fetches: Tlb,
    loads: Tlb,
    stores: Tlb,
    regime: Regime,
    pmp: Pmp,
    borders: Borders,
    /// `mtime`.
    pub time: u64,
    /// `mcycle`, before the hart's offset.
    pub cycles: u64,
}

/// The virtual page of an address, with what else decides about an access.
#[inline(always)]
fn tag(va: u64, context: Context) -> u64 {
    let bits = context.privilege as u64 | u64::from(context.sum) << 2 | u64::from(context.mxr) << 3;
    va & !(PAGE_BYTES - 1) | bits
}

/// A tag that no page has.
const NO_TAG: u64 = PAGE_BYTES - 1;

impl<O: Outside> Functional<O> {
    /// RAM and devices around a hart of this configuration.
    pub fn new(config: &Config, ram: Ram, outside: O) -> Functional<O> {
        let extensions = if config.svpbmt { &[Extension::Svpbmt][..] } else { &[] };
        Functional {
            pages: Pages::new(ram.pages()),
            ram,
            outside,
            decoder: Decoder::new(config),
            current: NO_TAG,
            pauses: false,
            fetches: Tlb::new(),
            loads: Tlb::new(),
            stores: Tlb::new(),
            regime: Regime {
                xlen: config.xlen,
                satp: 0,
                adue: false,
                pbmte: false,
                extensions: Extensions::of(extensions),
                sizes: config.sizes,
            },
            pmp: Pmp::new(config.xlen, config.pmp),
            borders: Borders::default(),
            time: 0,
            cycles: 0,
        }
    }

    /// Memory.
    pub fn ram(&self) -> &Ram {
        &self.ram
    }

    /// Memory, to be written by others than the hart: instructions decoded before are forgotten.
    pub fn ram_mut(&mut self) -> &mut Ram {
        self.pages.clear();
        self.current = NO_TAG;
        &mut self.ram
    }

    fn forget_translations(&mut self) {
        self.current = NO_TAG;
        [&mut self.fetches, &mut self.loads, &mut self.stores].into_iter().for_each(Tlb::clear);
    }

    /// Translates by a walk, and keeps the page if all of it may be accessed in the same way.
    #[cold]
    #[inline(never)]
    fn walk(&mut self, request: &Request) -> Response {
        let tables = [&self.pmp];
        let guarded = !self.pmp.is_empty();
        let guard = Guard {
            regions: &[],
            tables: if guarded { &tables } else { &[] },
            access: guarded.then_some(&self.pmp),
        };
        let walk = guarded_walk(self.regime, request, &self.ram, guard);
        let pa = walk.outcome?;
        if let Some(update) = walk.update {
            let bytes = if self.regime.xlen == model::isa::Xlen::Rv32 { 4 } else { 8 };
            if let Some(at) = self.ram.store(update.pa, bytes, update.new) {
                self.pages.written(at, bytes);
            }
        }
        let page = pa & !(PAGE_BYTES - 1);
        if self.borders.spare(page) {
            let tlb = match request.access {
                Access::Fetch => &mut self.fetches,
                Access::Load => &mut self.loads,
                Access::Store | Access::CacheBlock => &mut self.stores,
            };
            let level = walk.leaf_level.unwrap_or(0);
            let bits = if self.regime.xlen == model::isa::Xlen::Rv32 { 10 } else { 9 };
            tlb.keep(tag(request.va, request.context), page, 12 + bits * level);
        }
        Ok(pa)
    }

    /// The physical address of a part of an instruction.
    fn place_of_instruction(&mut self, va: u64, context: Context) -> Response {
        match self.fetches.find(tag(va, context)) {
            Some(page) => Ok(page + va % PAGE_BYTES),
            None => self.walk(&Request { va, access: Access::Fetch, bytes: 2, context }),
        }
    }

    /// A device was accessed.
    #[cold]
    #[inline(never)]
    fn attend_outside(&mut self) {
        if self.outside.disturbs() {
            self.pauses = true;
            self.current = NO_TAG;
        }
    }

    /// A fetch from another page than the last, or of what is not decoded.
    #[cold]
    #[inline(never)]
    fn fetch_slowly(&mut self, pc: u64, privilege: Privilege) -> Poll<Result<Op, Fault>> {
        if std::mem::take(&mut self.pauses) {
            return Poll::Pending;
        }
        Poll::Ready(self.learn(pc, privilege))
    }

    /// An instruction that is not decoded, or on another page than the last.
    fn learn(&mut self, pc: u64, privilege: Privilege) -> Result<Op, Fault> {
        let context = Context { privilege, sum: false, mxr: false };
        let tag = tag(pc, context);
        let pa = self.place_of_instruction(pc, context)?;
        let refused = |va| Fault { cause: Cause::InstructionAccessFault, tval: va };
        let page = self.ram.page(pa).ok_or(refused(pc))?;
        let slot = (pc % PAGE_BYTES / 2) as usize;
        // Only pages of which all is accessible alike are entered.
        let entered = self.fetches.find(tag).is_some();
        if entered {
            self.current = tag;
            self.pages.take(page);
            let known = self.pages.get(slot);
            if known.is_known() {
                return Ok(known);
            }
        }
        let low = self.ram.load(pa, 2).ok_or(refused(pc))? as u16;
        let mut word = u32::from(low);
        let crosses = pc % PAGE_BYTES == PAGE_BYTES - 2;
        if Decoder::is_long(low) {
            let va = pc.wrapping_add(2);
            let va = if self.regime.xlen == model::isa::Xlen::Rv32 { va & 0xffff_ffff } else { va };
            // The page of the second half may be another one; so may what protects it.
            let next = self.place_of_instruction(va, context)?;
            word |= (self.ram.load(next, 2).ok_or(refused(va))? as u32) << 16;
        }
        let op = self.decoder.decode(word);
        if entered && !(crosses && Decoder::is_long(low)) {
            self.pages.keep(slot, op);
        }
        Ok(op)
    }

    /// The decoder, for text.
    pub fn decoder(&self) -> &Decoder {
        &self.decoder
    }
}

impl<O: Outside> Surroundings for Functional<O> {
    #[inline(always)]
    fn fetch(&mut self, pc: u64, privilege: Privilege) -> Poll<Result<Op, Fault>> {
        if tag(pc, Context { privilege, sum: false, mxr: false }) == self.current {
            let op = self.pages.get((pc % PAGE_BYTES / 2) as usize);
            if op.is_known() {
                return Poll::Ready(Ok(op));
            }
        }
        self.fetch_slowly(pc, privilege)
    }

    #[inline(always)]
    fn translate(&mut self, request: &Request) -> Poll<Response> {
        let tlb = if request.access == Access::Load { &self.loads } else { &self.stores };
        Poll::Ready(match tlb.find(tag(request.va, request.context)) {
            Some(page) => Ok(page + request.va % PAGE_BYTES),
            None => self.walk(request),
        })
    }

    #[inline(always)]
    fn load(&mut self, pa: u64, bytes: u8) -> Poll<Result<u64, Refused>> {
        Poll::Ready(match self.ram.load(pa, bytes) {
            Some(value) => Ok(value),
            None => {
                let read = self.outside.load(pa, bytes);
                self.attend_outside();
                read
            }
        })
    }

    #[inline(always)]
    fn store(&mut self, pa: u64, bytes: u8, value: u64) -> Poll<Result<(), Refused>> {
        Poll::Ready(match self.ram.store(pa, bytes, value) {
            Some(at) => {
                self.pages.written(at, bytes);
                Ok(())
            }
            None => {
                let written = self.outside.store(pa, bytes, value);
                self.attend_outside();
                written
            }
        })
    }

    fn modify(
        &mut self,
        pa: u64,
        bytes: u8,
        modify: Modify,
        register: u64,
    ) -> Poll<Result<u64, Refused>> {
        let old = match self.load(pa, bytes) {
            Poll::Ready(Ok(old)) => old,
            other => return other,
        };
        self.store(pa, bytes, modify.apply(old, register, bytes)).map_ok(|()| old)
    }

    fn fence(&mut self, fence: Fence) -> Poll<()> {
        match fence.va {
            // Address spaces are not told apart here: their entries go at each change of satp.
            Some(va) => {
                self.current = NO_TAG;
                let tlbs = [&mut self.fetches, &mut self.loads, &mut self.stores];
                tlbs.into_iter().for_each(|tlb| tlb.forget(va));
            }
            None => self.forget_translations(),
        }
        Poll::Ready(())
    }

    /// Stores have dropped what they wrote to.
    fn fence_instructions(&mut self) -> Poll<()> {
        Poll::Ready(())
    }

    fn changed(&mut self, control: Control) {
        match control {
            Control::Satp(satp) => self.regime.satp = satp,
            Control::Translation { adue, pbmte } => {
                (self.regime.adue, self.regime.pbmte) = (adue, pbmte);
            }
            Control::Pmp { csr, value } => {
                self.pmp.write(csr, value);
                self.borders = Borders::of(&self.pmp);
            }
            Control::Deadline => return,
        }
        self.forget_translations();
    }

    fn time(&mut self) -> u64 {
        self.time
    }

    fn cycles(&mut self) -> u64 {
        self.cycles
    }
}
