//! The places of pins and signals in a netlist.

use super::signals::{Nets, Place};
use super::{Direction, PinSet};
use model::mmu::Signal;
use netlist::Netlist;
use netlist::compile::Field;
use netlist::ir::{InputId, NetId, Type, Types, Value};

/// Maps pins and signals to a netlist's inputs and nets.
pub(super) struct Plan {
    /// For each pin in port order: its input, if it is one. The netlist has all of them.
    pub(super) inputs: Vec<Option<InputId>>,
    /// For each pin in port order: its output, if it is one.
    pub(super) outputs: Vec<Option<NetId>>,
    pub(super) shown: Shown,
}

impl Plan {
    /// Matches names; netlist and `nets` must be of the same block.
    ///
    /// # Panics
    /// If a pin or signal is not in the netlist, which cannot happen for the same block.
    pub(super) fn new<P: PinSet>(netlist: &Netlist, nets: &Nets) -> Self {
        let named = |path: &str| named(netlist, path);
        let pin =
            |wanted: Direction| P::ALL.iter().map(move |pin| (pin.direction() == wanted, pin));
        Self {
            inputs: pin(Direction::In)
                .map(|(is, pin)| is.then(|| netlist.input_named(pin.name())).flatten())
                .collect(),
            outputs: pin(Direction::Out).map(|(is, pin)| is.then(|| named(pin.name()))).collect(),
            shown: Shown::new(netlist, nets),
        }
    }
}

/// The signals of a design, and their places in its netlist.
pub(super) struct Shown {
    signals: Vec<Signal>,
    nets: Vec<(NetId, Vec<(u32, u32)>)>,
}

impl Shown {
    /// Matches names; netlist and `nets` must be of the same block.
    ///
    /// # Panics
    /// If a signal is not in the netlist, which cannot happen for the same block.
    pub(super) fn new(netlist: &Netlist, nets: &Nets) -> Self {
        let place = |Place { path }: &Place| {
            let net = named(netlist, path);
            let mut fields = Vec::new();
            spread(&netlist.types, netlist.net(net).ty, 0, &mut fields);
            (net, fields)
        };
        Self { signals: nets.signals().to_vec(), nets: nets.places().iter().map(place).collect() }
    }

    pub(super) fn signals(&self) -> &[Signal] {
        &self.signals
    }

    /// The field of each signal.
    pub(super) fn fields(&self) -> Vec<Field> {
        let nets = self.nets.iter();
        nets.flat_map(|(net, fields)| {
            fields.iter().map(|(offset, width)| Field { net: *net, offset: *offset, width: *width })
        })
        .collect()
    }

    /// Appends the signals' values; a structure's are those of its fields.
    pub(super) fn sample(&self, values: &mut Vec<u128>, value: impl Fn(NetId) -> Value) {
        for (net, fields) in &self.nets {
            let whole = value(*net);
            values.extend(fields.iter().map(|(offset, width)| {
                whole.extract(u64::from(*offset), *width).to_u128().unwrap_or(u128::MAX)
            }));
        }
    }

    /// The values of some signals, by their places among all.
    pub(super) fn pick(&self, signals: &[usize], value: impl Fn(NetId) -> Value) -> Vec<u128> {
        let mut picked = vec![0; signals.len()];
        let mut first = 0;
        for (net, fields) in &self.nets {
            let places = first..first + fields.len();
            for (at, signal) in signals.iter().enumerate().filter(|(_, at)| places.contains(at)) {
                let (offset, width) = fields[signal - first];
                let part = value(*net).extract(u64::from(offset), width);
                picked[at] = part.to_u128().unwrap_or(u128::MAX);
            }
            first = places.end;
        }
        picked
    }
}

fn named(netlist: &Netlist, path: &str) -> NetId {
    netlist.net_named(path).unwrap_or_else(|| panic!("the netlist has no net `{path}`"))
}

/// Offset and width of every field, in order.
fn spread(types: &Types, ty: Type, offset: u32, fields: &mut Vec<(u32, u32)>) {
    match ty {
        Type::Struct(id) => {
            for field in &types.structure(id).fields {
                spread(types, field.ty, offset + field.offset, fields);
            }
        }
        _ => fields.push((offset, types.width(ty))),
    }
}
