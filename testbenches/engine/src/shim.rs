//! The shims that are exported: those of `hdl::shim`, for the widths that people need.

use hdl::shim::{
    AxiHandshake, DataAccess, DataAxi4, DataAxiLite, DataWishbone, Lanes, NarrowAddress,
    SwapByLock, WalkerAccess, WalkerAxi4, WalkerAxiLite, WalkerWishbone,
};
use netlist::{Design, Names};
use rust_hdl::prelude::Block;

use crate::UnknownConfig;

/// A shim with its widths.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// Its name on the command line, and that of its module.
    pub name: &'static str,
    /// What it does, in half a line.
    pub what: &'static str,
    design: fn() -> Design,
}

impl Config {
    /// The typed design of the shim, the input of the netlist compiler.
    ///
    /// # Panics
    /// If the compiler reports a finding: a defect of the design, which the first build reveals.
    pub fn design(&self) -> Design {
        (self.design)()
    }
}

/// Declares `CONFIGS` and the types of its rows.
macro_rules! shims {
    ($($name:literal $block:ty, $what:literal;)+) => {
        /// Every shim: those without a bus, then the walker's, then those for loads and stores.
        pub const CONFIGS: &[Config] = &[
            $(Config { name: $name, what: $what, design: design::<$block> },)+
        ];
    };
}

// The widths are those of an entry or word, its bytes, a physical address, an address of the bus, the
// bus's data, its bytes.
shims! {
    "shim_swap_rv32" SwapByLock<32, 34>,
        "compare-and-swap for memory that reads and writes";
    "shim_swap_rv64" SwapByLock<64, 56>,
        "compare-and-swap for memory that reads and writes";
    "shim_narrow_rv32" NarrowAddress<34, 32>,
        "34 address bits on a bus of 32";
    "shim_narrow_rv64" NarrowAddress<56, 32>,
        "56 address bits on a bus of 32";
    "shim_walker_axi4_rv32" WalkerAxi4<32, 4, 34, 32, 32, 4>,
        "the walker on AXI4, 32 address bits, 32 data bits";
    "shim_walker_axi4_rv32_d64" WalkerAxi4<32, 4, 34, 32, 64, 8>,
        "the walker on AXI4, 32 address bits, 64 data bits";
    "shim_walker_axi4_rv64" WalkerAxi4<64, 8, 56, 32, 64, 8>,
        "the walker on AXI4, 32 address bits, 64 data bits";
    "shim_walker_axi4_rv64_a56" WalkerAxi4<64, 8, 56, 56, 64, 8>,
        "the walker on AXI4, 56 address bits, 64 data bits";
    "shim_walker_axi_lite_rv32" WalkerAxiLite<32, 4, 34, 32, 32, 4>,
        "the walker on AXI4-Lite, 32 address bits, 32 data bits";
    "shim_walker_axi_lite_rv64" WalkerAxiLite<64, 8, 56, 32, 64, 8>,
        "the walker on AXI4-Lite, 32 address bits, 64 data bits";
    "shim_walker_wishbone_rv32" WalkerWishbone<32, 4, 34, 32, 32, 4>,
        "the walker on Wishbone B4, 32 address bits, 32 data bits";
    "shim_walker_wishbone_rv32_d64" WalkerWishbone<32, 4, 34, 32, 64, 8>,
        "the walker on Wishbone B4, 32 address bits, 64 data bits";
    "shim_walker_wishbone_rv64" WalkerWishbone<64, 8, 56, 32, 64, 8>,
        "the walker on Wishbone B4, 32 address bits, 64 data bits";
    "shim_data_axi4_rv32" DataAxi4<32, 4, 34, 32, 32, 4>,
        "loads and stores on AXI4, 32 address bits, 32 data bits";
    "shim_data_axi4_rv32_d64" DataAxi4<32, 4, 34, 32, 64, 8>,
        "loads and stores on AXI4, 32 address bits, 64 data bits";
    "shim_data_axi4_rv64" DataAxi4<64, 8, 56, 32, 64, 8>,
        "loads and stores on AXI4, 32 address bits, 64 data bits";
    "shim_data_axi4_rv64_a56" DataAxi4<64, 8, 56, 56, 64, 8>,
        "loads and stores on AXI4, 56 address bits, 64 data bits";
    "shim_data_axi_lite_rv32" DataAxiLite<32, 4, 34, 32, 32, 4>,
        "loads and stores on AXI4-Lite, 32 address bits, 32 data bits";
    "shim_data_axi_lite_rv64" DataAxiLite<64, 8, 56, 32, 64, 8>,
        "loads and stores on AXI4-Lite, 32 address bits, 64 data bits";
    "shim_data_wishbone_rv32" DataWishbone<32, 4, 34, 32, 32, 4>,
        "loads and stores on Wishbone B4, 32 address bits, 32 data bits";
    "shim_data_wishbone_rv32_d64" DataWishbone<32, 4, 34, 32, 64, 8>,
        "loads and stores on Wishbone B4, 32 address bits, 64 data bits";
    "shim_data_wishbone_rv64" DataWishbone<64, 8, 56, 32, 64, 8>,
        "loads and stores on Wishbone B4, 32 address bits, 64 data bits";
}

/// The shim with this name.
///
/// # Errors
/// [`UnknownConfig`].
pub fn find(name: &str) -> Result<&'static Config, UnknownConfig> {
    let found = CONFIGS.iter().find(|config| config.name == name);
    found.ok_or_else(|| UnknownConfig::Name { name: name.to_owned() })
}

/// A block that is exported.
trait Shim: Block + Default {
    /// The types of all blocks below it.
    fn names() -> Names {
        Names::new()
    }
}

impl<const W: usize, const A: usize> Shim for SwapByLock<W, A> {}
impl<const PA: usize, const A: usize> Shim for NarrowAddress<PA, A> {}

macro_rules! of_widths {
    ($($block:ident: $names:expr;)+) => { $(
        impl<
            const W: usize, const B: usize, const PA: usize, const A: usize, const D: usize,
            const DB: usize,
        > Shim for $block<W, B, PA, A, D, DB> {
            fn names() -> Names {
                let names: Names = $names;
                if D > W { names.with::<Lanes<W, B, D, DB>>() } else { names }
            }
        }
    )+ };
}

/// The blocks of a walker's shim.
fn walker<
    const W: usize,
    const B: usize,
    const PA: usize,
    const A: usize,
    const D: usize,
    const DB: usize,
>() -> Names {
    Names::new()
        .with::<WalkerAccess<W, B, PA, A, D, DB>>()
        .with::<NarrowAddress<PA, A>>()
        .with::<SwapByLock<W, A>>()
}

/// The blocks of a shim for loads and stores.
fn data<
    const W: usize,
    const B: usize,
    const PA: usize,
    const A: usize,
    const D: usize,
    const DB: usize,
>() -> Names {
    Names::new().with::<DataAccess<W, B, PA, A, D, DB>>()
}

of_widths! {
    WalkerAxi4: walker::<W, B, PA, A, D, DB>().with::<AxiHandshake>();
    WalkerAxiLite: walker::<W, B, PA, A, D, DB>().with::<AxiHandshake>();
    WalkerWishbone: walker::<W, B, PA, A, D, DB>();
    DataAxi4: data::<W, B, PA, A, D, DB>().with::<AxiHandshake>();
    DataAxiLite: data::<W, B, PA, A, D, DB>().with::<AxiHandshake>();
    DataWishbone: data::<W, B, PA, A, D, DB>();
}

fn design<S: Shim>() -> Design {
    let mut block = Box::<S>::default();
    block.connect_all();
    netlist::elaborate_named(&*block, &S::names())
        .unwrap_or_else(|findings| panic!("{findings:#?}"))
}
