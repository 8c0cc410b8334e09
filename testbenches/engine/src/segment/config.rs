//! The named sizes of the unit.

use hdl::fault::HeldFault;
use hdl::segment::{SegmentCheck, SegmentRegister, SegmentUnit};
use machine::contiguous::Shape;
use netlist::{Design, Names};

use super::Pin;
use crate::top::{self, Top};
use crate::{Engine, Simulator, UnknownConfig};

/// A named size. Physical addresses have 34 bits, as in the RV32 MMU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// Its name on the command line.
    pub name: &'static str,
    /// Segment registers.
    pub segments: usize,
    /// Bits of an offset.
    pub offset_bits: u32,
}

/// Every configuration, smallest first. `segment_toy` is the machine of the textbooks: 14-bit
/// addresses, four segments of up to 4 KiB.
pub const CONFIGS: &[Config] = &[
    Config { name: "segment_toy", segments: 4, offset_bits: 12 },
    Config { name: "segment_4", segments: 4, offset_bits: 30 },
    Config { name: "segment_8", segments: 8, offset_bits: 29 },
    Config { name: "segment_16", segments: 16, offset_bits: 28 },
];

/// The configuration with this name.
///
/// # Errors
/// [`UnknownConfig`].
pub fn find(name: &str) -> Result<&'static Config, UnknownConfig> {
    let found = CONFIGS.iter().find(|config| config.name == name);
    found.ok_or_else(|| UnknownConfig::Name { name: name.to_owned() })
}

impl<const N: usize, const IDX: usize, const VA: usize, const OFF: usize, const PA: usize> Top
    for SegmentUnit<N, IDX, VA, OFF, PA>
{
    type Pin = Pin;
    type Parameters = ();

    fn build((): ()) -> Self {
        Self::default()
    }

    fn names((): ()) -> Names {
        Names::new()
            .with::<SegmentRegister<VA, PA>>()
            .with::<SegmentCheck<VA, OFF, PA>>()
            .with::<HeldFault<VA>>()
    }
}

/// Evaluates an expression with `$top` standing for the configuration's block type.
macro_rules! with_top {
    ($config:expr, $top:ident => $body:expr) => {
        match ($config.segments, $config.offset_bits) {
            (4, 12) => with_top!(@ SegmentUnit<4, 2, 14, 12, 34>, $top, $body),
            (4, 30) => with_top!(@ SegmentUnit<4, 2, 32, 30, 34>, $top, $body),
            (8, 29) => with_top!(@ SegmentUnit<8, 3, 32, 29, 34>, $top, $body),
            (16, 28) => with_top!(@ SegmentUnit<16, 4, 32, 28, 34>, $top, $body),
            _ => unreachable!("every entry of CONFIGS stands above"),
        }
    };
    (@ $type:ty, $top:ident, $body:expr) => {{
        type $top = $type;
        $body
    }};
}

impl Config {
    /// The number of segments and their maximum length.
    pub fn shape(&self) -> Shape {
        Shape { segments: self.segments, offset_bits: self.offset_bits }
    }

    /// The typed design of the unit, the input of the netlist compiler.
    ///
    /// # Panics
    /// If the compiler reports a finding: a defect of the design, which the first build reveals.
    pub fn design(&self) -> Design {
        with_top!(self, Top => top::design::<Top>(()))
    }

    /// The hardware as bare pins, at power-up, on an engine; like the MMU's.
    ///
    /// # Panics
    /// As [`Config::design`].
    pub fn simulator(&self, engine: Engine) -> Box<dyn Simulator<Pin>> {
        with_top!(self, Top => top::simulator::<Top>(self.name, (), engine))
    }

    /// The width of a pin in bits.
    pub fn pin_width(&self, pin: Pin) -> usize {
        with_top!(self, Top => top::pin_width::<Top>((), pin))
    }
}
