//! The memory manager, call by call: processes driven by hand, every invariant checked after
//! every step, every load compared with what must be there.

mod calls;
mod cow;
mod eager;
mod files;
mod inaccessible;
mod oracle;
mod promotion;
mod random;
mod remap;
mod residency;
mod superpages;
mod swap;
mod tables;
mod told;

use super::caching::caching;
use super::{page, region, strict};
use crate::stats::OsCounters;
use crate::system::{Machine, MachineConfig};
use kernel::{Execed, Hal, Layout, Pid, RegionKind, RegionSpec, Remap, State, Verdict};
use model::golden::IdealMmu;
use model::isa::{self, Context, Mode, PAGE_BYTES, pte};
use model::mmu::Request;
use oracle::Oracle;
use std::ops::Range;

/// A machine whose processes do what the test says.
struct Hand {
    machine: Machine,
    oracle: Oracle,
    stored: u64,
    /// The label of error messages.
    label: String,
}

impl Hand {
    /// On an MMU that forgets only what is fenced; a missing fence gives a wrong answer.
    fn new(config: MachineConfig) -> Hand {
        let machine = match config.mode {
            Mode::Sv32 => {
                let mmu = Box::new(IdealMmu::new(isa::Xlen::Rv32));
                Machine::new(mmu, config).unwrap()
            }
            _ => caching(config, 0),
        };
        Hand { machine, oracle: Oracle::default(), stored: 0, label: String::new() }
    }

    /// With so many frames beyond the kernel's.
    fn with_frames(config: MachineConfig, frames: u64) -> Hand {
        let mut config = config;
        config.frames = config.kernel + frames;
        Hand::new(config)
    }

    fn spawn(&mut self, name: &str, regions: Vec<RegionSpec>) -> Pid {
        self.spawn_limited(name, regions, None)
    }

    fn spawn_limited(&mut self, name: &str, specs: Vec<RegionSpec>, frames: Option<u64>) -> Pid {
        let Machine { os, hardware, .. } = &mut self.machine;
        let pid = os.spawn(hardware, name, &Layout::Regions(specs), frames).unwrap();
        self.check();
        pid
    }

    /// Lets a process run.
    fn switch(&mut self, pid: Pid) {
        let Machine { os, hardware, .. } = &mut self.machine;
        for _ in 0..os.processes().count() {
            if os.current() == Some(pid) {
                break;
            }
            if let Some(running) = os.current() {
                os.turn_over(hardware, running).unwrap();
            }
            os.dispatch(hardware).unwrap();
        }
        assert_eq!(os.current(), Some(pid));
        self.check();
    }

    fn current(&self) -> Pid {
        self.machine.os.current().expect("a process runs")
    }

    /// One access of the running process; the cause of death if it is killed.
    fn access(&mut self, access: isa::Access, va: u64) -> Result<(), &'static str> {
        let pid = self.current();
        let pa = loop {
            match self.translate(access, va) {
                Ok(pa) => break pa,
                Err(fault) => {
                    let Machine { os, hardware, .. } = &mut self.machine;
                    hardware.take_fault().unwrap();
                    let verdict = os.fault(hardware, access, fault).unwrap();
                    self.check();
                    if verdict == Verdict::Killed {
                        return Err(self.fate(pid));
                    }
                }
            }
        };
        let Machine { os, hardware, .. } = &mut self.machine;
        let memory = hardware.board.memory();
        let expected = self.oracle.page(os, pid, va, access == isa::Access::Store);
        if let Some(expected) = expected.map(|page| &mut page[(va % PAGE_BYTES / 8) as usize]) {
            if access == isa::Access::Store {
                self.stored += 1;
                *expected = kernel::scramble(self.stored);
                memory.write(pa, 8, *expected).unwrap();
            } else {
                assert_eq!(
                    memory.read(pa, 8).unwrap(),
                    *expected,
                    "{} process {pid} at {va:#x}",
                    self.label
                );
            }
        }
        os.accessed(pa);
        self.check();
        Ok(())
    }

    fn translate(&mut self, access: isa::Access, va: u64) -> model::mmu::Response {
        let request = Request { va, access, bytes: 8, context: Context::USER };
        self.machine.hardware.board.translate(0, request).unwrap()
    }

    fn load(&mut self, va: u64) {
        self.access(isa::Access::Load, va).unwrap();
    }

    fn store(&mut self, va: u64) {
        self.access(isa::Access::Store, va).unwrap();
    }

    fn fetch(&mut self, va: u64) {
        self.access(isa::Access::Fetch, va).unwrap();
    }

    fn fork(&mut self) -> Option<Pid> {
        let parent = self.current();
        let Machine { os, hardware, .. } = &mut self.machine;
        let child = os.fork(hardware, "child").unwrap();
        self.check();
        let own = &mut self.oracle.own;
        let pages: Vec<_> = own.range((parent, 0)..=(parent, u64::MAX)).collect();
        let copies = pages.iter().map(|((_, vpn), page)| (*vpn, (*page).clone()));
        let copies: Vec<_> = copies.collect();
        own.extend(copies.into_iter().filter_map(|(vpn, page)| Some(((child?, vpn), page))));
        child
    }

    fn exec(&mut self, name: &str, regions: Vec<RegionSpec>) -> Execed {
        let pid = self.current();
        let Machine { os, hardware, .. } = &mut self.machine;
        let execed = os.exec(hardware, name, &Layout::Regions(regions)).unwrap();
        if execed == Execed::Done {
            self.oracle.own.retain(|(holder, _), _| *holder != pid);
        }
        self.check();
        execed
    }

    fn sbrk(&mut self, pages: i64) -> bool {
        let Machine { os, hardware, .. } = &mut self.machine;
        let gone = os.sbrk(hardware, pages).unwrap();
        if let Some(range) = gone.clone() {
            self.forget(range);
        }
        self.check();
        gone.is_some()
    }

    fn mmap(&mut self, spec: RegionSpec) -> bool {
        let Machine { os, hardware, .. } = &mut self.machine;
        let done = os.mmap(hardware, &spec).unwrap();
        if done {
            self.forget(spec.start..spec.start + spec.pages * PAGE_BYTES);
        }
        self.check();
        done
    }

    fn munmap(&mut self, range: Range<u64>) -> bool {
        let Machine { os, hardware, .. } = &mut self.machine;
        let done = os.munmap(hardware, range.clone()).unwrap();
        if done {
            self.forget(range);
        }
        self.check();
        done
    }

    /// The running process's own stores there are discarded.
    fn forget(&mut self, range: Range<u64>) {
        let Some(pid) = self.machine.os.current() else { return };
        let gone = range.start / PAGE_BYTES..range.end / PAGE_BYTES;
        self.oracle.own.retain(|(holder, vpn), _| *holder != pid || !gone.contains(vpn));
    }

    /// Moves or resizes `pages` pages at an address.
    fn mremap(&mut self, old: Range<u64>, pages: u64, to: Option<u64>) -> Option<Range<u64>> {
        let asked = Remap { old: old.clone(), pages, to, may_move: to.is_none() };
        let pid = self.current();
        let Machine { os, hardware, .. } = &mut self.machine;
        let new = os.mremap(hardware, &asked).unwrap();
        if let Some(new) = &new {
            let kept = (old.end - old.start).min(new.end - new.start);
            self.forget(old.start + kept..old.end);
            if new.start != old.start {
                self.forget(new.clone());
                let vpns = (old.start / PAGE_BYTES..(old.start + kept) / PAGE_BYTES).rev();
                let own = &mut self.oracle.own;
                let moved: Vec<_> =
                    vpns.filter_map(|vpn| Some((vpn, own.remove(&(pid, vpn))?))).collect();
                let there = |vpn: u64| new.start / PAGE_BYTES + vpn - old.start / PAGE_BYTES;
                own.extend(moved.into_iter().map(|(vpn, page)| ((pid, there(vpn)), page)));
            }
        }
        self.check();
        new
    }

    fn madvise(&mut self, range: Range<u64>) -> bool {
        let Machine { os, hardware, .. } = &mut self.machine;
        let done = os.madvise(hardware, range.clone()).unwrap();
        if done {
            self.forget(range);
        }
        self.check();
        done
    }

    fn msync(&mut self, range: Range<u64>) -> bool {
        let Machine { os, hardware, .. } = &mut self.machine;
        let done = os.msync(hardware, range).unwrap();
        self.check();
        done
    }

    fn mlock(&mut self, range: Range<u64>) -> bool {
        let Machine { os, hardware, .. } = &mut self.machine;
        let done = os.mlock(hardware, range).unwrap();
        self.check();
        done
    }

    fn munlock(&mut self, range: Range<u64>) -> bool {
        let Machine { os, hardware, .. } = &mut self.machine;
        let done = os.munlock(hardware, range).unwrap();
        self.check();
        done
    }

    fn mprotect(&mut self, range: Range<u64>, permissions: &str) -> bool {
        let permissions = kernel::Permissions::parse(permissions).unwrap();
        let Machine { os, hardware, .. } = &mut self.machine;
        let done = os.mprotect(hardware, range, permissions).unwrap();
        self.check();
        done
    }

    fn tick(&mut self) {
        let Machine { os, hardware, .. } = &mut self.machine;
        os.tick(hardware).unwrap();
        self.check();
    }

    fn exit(&mut self) {
        let Machine { os, hardware, .. } = &mut self.machine;
        os.exit(hardware).unwrap();
        self.check();
    }

    fn check(&mut self) {
        let Machine { os, hardware, .. } = &mut self.machine;
        if let Err(error) = os.check(hardware) {
            panic!("{} {error}", self.label);
        }
    }

    fn counters(&self, pid: Pid) -> OsCounters {
        self.machine.os.process(pid).unwrap().counters
    }

    fn free(&self) -> u64 {
        self.machine.os.frames().free()
    }

    fn resident(&self, pid: Pid) -> u64 {
        self.machine.os.process(pid).unwrap().space.as_ref().map_or(0, |space| space.resident)
    }

    fn fate(&self, pid: Pid) -> &'static str {
        match &self.machine.os.process(pid).unwrap().state {
            State::Killed { death } => death.name(),
            State::Exited => "exited",
            _ => "lives",
        }
    }

    /// The frame to which an address of the running process is mapped, by a debugger's walk.
    fn frame(&mut self, va: u64) -> Option<u64> {
        let pid = self.current();
        let Machine { os, hardware, .. } = &mut self.machine;
        let space = os.process(pid)?.space.as_ref()?;
        let kernel::space::table::Place::Leaf(at) =
            space.table.find(hardware, va / PAGE_BYTES, 0).unwrap()
        else {
            return None;
        };
        let mode = os.config().mode;
        let entry = hardware.peek(at, mode.pte_bytes() as u8)?;
        (entry & 1 == 1).then(|| pte::ppn(mode, entry))
    }
}

fn bss(pages: u64) -> RegionSpec {
    region(RegionKind::Bss, super::BSS, pages)
}

/// A mapping of a file, or of shared memory.
fn file(kind: RegionKind, start: u64, pages: u64, name: &str) -> RegionSpec {
    RegionSpec { file: Some(name.to_owned()), ..RegionSpec::new(kind, start, pages) }
}
