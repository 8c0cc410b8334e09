//! The named configurations.

use super::compiled::Native;
use super::parts;
use super::pool::Lent;
use super::{Engine, HardwareMmu, Pin, Simulator, top};
use hdl::second::SecondShape;
use hdl::tlb::{Policy, Shape};
use hdl::{Rv32Mmu, Rv64Mmu};
use model::isa::Extension::{Svnapot, Svpbmt, Svrsw60t59b};
use model::isa::{Extension, Extensions, Mode, Physical, Region, RegionKind, Sizes, Xlen};
use model::mmu::{Mmu, Organisation, Replacement};
use netlist::Design;
use netlist::compile::CompileError;
use std::sync::OnceLock;

/// A named size of one of the two tops, with the extensions that are built in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// Its name on the command line.
    pub name: &'static str,
    /// The width of the top.
    pub xlen: Xlen,
    /// Lines in each of the two TLBs, unless the fetch port's has its own number; or in the one.
    pub entries: usize,
    /// Extensions built in.
    pub extensions: Extensions,
    /// Its other parts.
    pub organisation: Organisation,
    /// What protects physical memory.
    pub physical: Physical,
}

/// A configuration without extensions.
const fn plain(name: &'static str, xlen: Xlen, entries: usize) -> Config {
    let extensions = Extensions::NONE;
    let organisation = Organisation::NONE;
    Config { name, xlen, entries, extensions, organisation, physical: Physical::NONE }
}

/// An RV64 configuration with the lines of `rv64_linux`, and these extensions.
const fn extended(name: &'static str, extensions: &[Extension]) -> Config {
    Config { extensions: Extensions::of(extensions), ..plain(name, Xlen::Rv64, 16) }
}

impl Config {
    /// With so many PMP entries, and these regions.
    const fn protected(mut self, pmp: usize, regions: &'static [Region]) -> Config {
        self.physical = Physical { pmp, regions };
        self
    }
}

/// Regions of a system with most of its memory without restrictions, to show each attribute.
const REGIONS: &[Region] = &[
    region(0, 56, RegionKind::Memory, true, true),
    region(0x70_1000_0000, 28, RegionKind::Io, false, false),
    region(0x70_2000_0000, 28, RegionKind::Io, true, false),
    region(0x70_3000_0000, 28, RegionKind::Absent, false, false),
    region(0x70_4000_0000, 28, RegionKind::Memory, false, true),
    region(0x70_5000_0000, 28, RegionKind::Memory, true, false),
];

const fn region(base: u64, log2: u32, kind: RegionKind, atomics: bool, tables: bool) -> Region {
    Region { base, log2, kind, atomics, tables }
}

/// Sets of 4 KiB pages, where there are any.
const SETS_OF_PAGES: usize = hdl::tlb::PageSets::<45, 44, 16>::SETS;

impl Config {
    /// With a walk cache of so many lines.
    const fn walk_cache(self, walk_cache: usize) -> Config {
        Config { organisation: Organisation { walk_cache, ..self.organisation }, ..self }
    }

    /// With a second level of so many entries, in four ways.
    const fn l2(self, l2: usize) -> Config {
        Config { organisation: Organisation { l2, ..self.organisation }, ..self }
    }

    /// With parity in the second level.
    const fn parity(self) -> Config {
        Config { organisation: Organisation { l2_parity: true, ..self.organisation }, ..self }
    }

    /// With TLBs that replace so.
    const fn replacing(self, replacement: Replacement) -> Config {
        Config { organisation: Organisation { replacement, ..self.organisation }, ..self }
    }

    /// With sets of so many lines.
    const fn ways(self, ways: usize) -> Config {
        Config { organisation: Organisation { ways, ..self.organisation }, ..self }
    }

    /// With so many lines in the fetch port's TLB.
    const fn fetch_lines(self, fetch_lines: usize) -> Config {
        Config { organisation: Organisation { fetch_lines, ..self.organisation }, ..self }
    }

    /// With one port for fetches and data.
    const fn one_port(self) -> Config {
        Config { organisation: Organisation { one_port: true, ..self.organisation }, ..self }
    }

    /// With answers a cycle later.
    const fn registered(self) -> Config {
        let organisation = Organisation { registered_answer: true, ..self.organisation };
        Config { organisation, ..self }
    }

    /// With so many entries for 4 KiB pages in each TLB, besides its lines.
    const fn pages(self, pages: usize) -> Config {
        Config { organisation: Organisation { pages, ..self.organisation }, ..self }
    }

    /// With ASIDs and physical addresses of so many bits, and the schemes up to one.
    const fn sized(self, asid_bits: u32, pa_bits: u32, deepest: Mode) -> Config {
        let sizes = Sizes { asid_bits, pa_bits, deepest };
        Config { organisation: Organisation { sizes, ..self.organisation }, ..self }
    }

    /// With trace pins.
    const fn traced(self) -> Config {
        Config { organisation: Organisation { trace: true, ..self.organisation }, ..self }
    }

    /// With so many lines of memory kept by each walker.
    const fn line_fill(self, line_fill: usize) -> Config {
        Config { organisation: Organisation { line_fill, ..self.organisation }, ..self }
    }

    /// With a walker for each port.
    const fn two_walkers(self) -> Config {
        Config { organisation: Organisation { two_walkers: true, ..self.organisation }, ..self }
    }
}

/// Every configuration: smallest first within a width, then those with
/// extensions, then other organisations.
pub const CONFIGS: &[Config] = &[
    plain("rv32_tiny", Xlen::Rv32, 4),
    plain("rv32_small", Xlen::Rv32, 8),
    plain("rv32_linux", Xlen::Rv32, 16),
    plain("rv32_large", Xlen::Rv32, 32),
    plain("rv32_huge", Xlen::Rv32, 64),
    plain("rv64_tiny", Xlen::Rv64, 4),
    plain("rv64_small", Xlen::Rv64, 8),
    plain("rv64_linux", Xlen::Rv64, 16),
    plain("rv64_large", Xlen::Rv64, 32),
    plain("rv64_huge", Xlen::Rv64, 64),
    extended("rv64_linux_napot", &[Svnapot]),
    extended("rv64_linux_pbmt", &[Svpbmt]),
    extended("rv64_linux_rva23", &[Svnapot, Svpbmt]),
    extended("rv64_linux_ext", &[Svnapot, Svpbmt, Svrsw60t59b]),
    plain("rv64_linux_walk", Xlen::Rv64, 16).walk_cache(8),
    plain("rv64_linux_overlap", Xlen::Rv64, 16).two_walkers(),
    plain("rv64_linux_line", Xlen::Rv64, 16).walk_cache(8).line_fill(1),
    plain("rv64_linux_l2", Xlen::Rv64, 16).l2(512),
    plain("rv64_linux_lru", Xlen::Rv64, 16).replacing(Replacement::Lru),
    plain("rv64_linux_plru", Xlen::Rv64, 16).replacing(Replacement::PseudoLru),
    plain("rv64_linux_nmr", Xlen::Rv64, 16).replacing(Replacement::NotMostRecent),
    plain("rv64_linux_random", Xlen::Rv64, 16).replacing(Replacement::Random),
    plain("rv64_linux_ways4", Xlen::Rv64, 16).ways(4).replacing(Replacement::Lru),
    plain("rv64_linux_fetch8", Xlen::Rv64, 16).fetch_lines(8),
    plain("rv64_linux_registered", Xlen::Rv64, 16).registered(),
    plain("rv32_tiny_registered", Xlen::Rv32, 4).registered(),
    plain("rv64_linux_pages", Xlen::Rv64, 2).registered().pages(32),
    plain("rv32_micro", Xlen::Rv32, 4).sized(0, 32, Mode::Sv57),
    plain("rv64_sv39", Xlen::Rv64, 16).sized(9, 40, Mode::Sv39),
    plain("rv64_sv39_small", Xlen::Rv64, 8).sized(0, 32, Mode::Sv39),
    plain("rv64_linux_one_port", Xlen::Rv64, 16).one_port(),
    plain("rv32_tiny_one_port", Xlen::Rv32, 4).one_port().registered(),
    plain("rv32_linux_full", Xlen::Rv32, 16)
        .walk_cache(4)
        .two_walkers()
        .line_fill(1)
        .l2(64)
        .parity(),
    extended("rv64_linux_full", &[Svnapot, Svpbmt]).walk_cache(8).two_walkers().l2(512).parity(),
    plain("rv32_small_pmp", Xlen::Rv32, 8).protected(8, &[]),
    plain("rv32_linux_pmp", Xlen::Rv32, 16).protected(16, &[]),
    plain("rv64_linux_pmp", Xlen::Rv64, 16).protected(16, &[]),
    extended("rv64_linux_pbmt_pmp", &[Svpbmt]).protected(16, &[]),
    extended("rv64_linux_rva23_pmp", &[Svnapot, Svpbmt]).protected(16, &[]),
    extended("rv64_linux_protected", &[Svnapot, Svpbmt, Svrsw60t59b])
        .walk_cache(8)
        .two_walkers()
        .protected(16, REGIONS),
    extended("rv64_linux_traced", &[Svnapot, Svpbmt])
        .walk_cache(8)
        .two_walkers()
        .l2(128)
        .protected(8, &[])
        .traced(),
];

/// No configuration has that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownConfig {
    /// It is not in the table.
    #[error("there is no configuration `{name}`; there are {}", names())]
    Name {
        /// The name requested.
        name: String,
    },
    /// A part that it adds to one of the table cannot be.
    #[error("configuration `{name}`: {why}")]
    Parts {
        /// The name requested.
        name: String,
        /// What is wrong, as a sentence.
        why: String,
    },
}

fn names() -> String {
    CONFIGS.iter().map(|config| config.name).collect::<Vec<_>>().join(", ")
}

/// The configuration with this name: a row of [`CONFIGS`], or one with other parts, as in
/// `rv64_linux+walk_cache=8+walkers=2`.
///
/// # Errors
/// [`UnknownConfig`], which lists the existing ones.
pub fn find(name: &str) -> Result<&'static Config, UnknownConfig> {
    let unknown = || UnknownConfig::Name { name: name.to_string() };
    let found = parts::named(name);
    found.map_err(|why| UnknownConfig::Parts { name: name.to_string(), why })?.ok_or_else(unknown)
}

/// Evaluates an expression with `$top` standing for the configuration's block type.
macro_rules! with_top {
    ($config:expr, $top:ident => $body:expr) => {
        match ($config.xlen, $config.entries) {
            (Xlen::Rv32, 4) => with_top!(@ Rv32Mmu<4, 2>, $top, $body),
            (Xlen::Rv32, 8) => with_top!(@ Rv32Mmu<8, 3>, $top, $body),
            (Xlen::Rv32, 16) => with_top!(@ Rv32Mmu<16, 4>, $top, $body),
            (Xlen::Rv32, 32) => with_top!(@ Rv32Mmu<32, 5>, $top, $body),
            (Xlen::Rv32, 64) => with_top!(@ Rv32Mmu<64, 6>, $top, $body),
            (Xlen::Rv64, 2) => with_top!(@ Rv64Mmu<2, 1>, $top, $body),
            (Xlen::Rv64, 4) => with_top!(@ Rv64Mmu<4, 2>, $top, $body),
            (Xlen::Rv64, 8) => with_top!(@ Rv64Mmu<8, 3>, $top, $body),
            (Xlen::Rv64, 16) => with_top!(@ Rv64Mmu<16, 4>, $top, $body),
            (Xlen::Rv64, 32) => with_top!(@ Rv64Mmu<32, 5>, $top, $body),
            (Xlen::Rv64, 64) => with_top!(@ Rv64Mmu<64, 6>, $top, $body),
            _ => unreachable!("every entry of CONFIGS stands above"),
        }
    };
    (@ $type:ty, $top:ident, $body:expr) => {{
        type $top = $type;
        $body
    }};
}

/// Regions as the hardware's blocks take them; made once for each list.
fn protection(physical: Physical) -> hdl::pmp::Physical {
    let region = |region: &Region| hdl::pmp::Region {
        base: region.base,
        log2: region.log2,
        absent: region.kind == RegionKind::Absent,
        io: region.kind == RegionKind::Io,
        atomics: region.atomics,
        tables: region.tables,
    };
    static MADE: OnceLock<Vec<hdl::pmp::Region>> = OnceLock::new();
    let regions = match physical.regions.is_empty() {
        true => &[],
        false => &MADE.get_or_init(|| REGIONS.iter().map(region).collect())[..],
    };
    hdl::pmp::Physical { pmp: physical.pmp, regions }
}

impl Config {
    /// Its name as a module of Verilog and as a file: other characters than letters and digits
    /// become `_`.
    pub fn module(&self) -> String {
        self.name.replace(|c: char| !c.is_ascii_alphanumeric(), "_")
    }

    /// The hardware after reset, on an engine. Compiled code of an earlier run of this thread is
    /// used again.
    pub fn mmu(&self, engine: Engine) -> Box<dyn Mmu> {
        // Used by its own type, the fastest engine is driven without indirection.
        let native = || {
            let native = Box::new(self.native()?);
            Ok::<_, CompileError>(HardwareMmu::new(native, *self))
        };
        if engine == Engine::Compiled
            && let Ok(lent) = Lent::new(self.name, native)
        {
            return Box::new(lent);
        }
        let simulator = self.simulator(engine);
        Box::new(HardwareMmu::new(simulator, *self))
    }

    /// The hardware as bare pins, at power-up, on an engine. If Cranelift does not support this
    /// machine, the interpreter replaces the compiled engine.
    ///
    /// # Panics
    /// If the netlist compiler reports a finding: a defect of the design, which the first build
    /// reveals.
    pub fn simulator(&self, engine: Engine) -> Box<dyn Simulator> {
        with_top!(self, Top => top::simulator::<Top>(self.name, self.built_in(), engine))
    }

    /// As [`Config::simulator`] with the compiled engine, by its type.
    ///
    /// # Errors
    /// [`CompileError`] if Cranelift does not support this machine.
    ///
    /// # Panics
    /// If the netlist compiler reports a finding.
    pub fn native(&self) -> Result<Native, CompileError> {
        with_top!(self, Top => top::native::<Top>(self.name, self.built_in()))
    }

    /// The typed design of the top, the input of the netlist compiler.
    ///
    /// # Panics
    /// If the compiler reports a finding.
    pub fn design(&self) -> Design {
        with_top!(self, Top => top::design::<Top>(self.built_in()))
    }

    /// Its parts as the hardware takes them.
    fn built_in(&self) -> hdl::Organisation {
        let extensions = hdl::Extensions {
            svnapot: self.extensions.has(Svnapot),
            svpbmt: self.extensions.has(Svpbmt),
            svrsw60t59b: self.extensions.has(Svrsw60t59b),
        };
        let Organisation { replacement, ways, fetch_lines, line_fill, .. } = self.organisation;
        let Organisation { walk_cache, two_walkers, l2, l2_ways, l2_parity, .. } =
            self.organisation;
        let Organisation { registered_answer, pages, trace, sizes, .. } = self.organisation;
        let one_port = self.organisation.one_port;
        let sizes = hdl::Sizes {
            asid_bits: sizes.asid_bits as usize,
            pa_bits: sizes.pa_bits as usize,
            levels: sizes.deepest.levels(),
        };
        let shape = SecondShape { entries: l2, ways: l2_ways, parity: l2_parity };
        let second = (l2 > 0).then_some(shape);
        let policy = match replacement {
            Replacement::Fifo => Policy::Fifo,
            Replacement::Lru => Policy::Lru,
            Replacement::PseudoLru => Policy::PseudoLru,
            Replacement::NotMostRecent => Policy::NotMostRecent,
            Replacement::Random => Policy::Random,
        };
        let tlb = |lines| {
            let ways = if ways == 0 { lines } else { ways };
            Some(Shape { lines, ways, policy })
        };
        let fetch = if fetch_lines == 0 { self.entries } else { fetch_lines };
        let (fetch, data) = (tlb(fetch), tlb(self.entries));
        let physical = protection(self.physical);
        hdl::Organisation {
            extensions,
            one_port,
            fetch,
            data,
            walk_cache,
            two_walkers,
            line_fill,
            second,
            physical,
            registered_answer,
            page_ways: pages / SETS_OF_PAGES,
            trace,
            sizes,
        }
    }

    /// Whether a pin is one of this configuration, and a port of its Verilog.
    pub fn has_pin(&self, pin: Pin) -> bool {
        !self.organisation.lacks(pin.name())
    }

    /// The width of a pin in bits.
    pub fn pin_width(&self, pin: Pin) -> usize {
        with_top!(self, Top => top::pin_width::<Top>(self.built_in(), pin))
    }
}
