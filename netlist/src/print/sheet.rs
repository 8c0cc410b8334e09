//! One module while it is printed: its names, its nets, what has been used of them.

use super::names::Scope;
use super::net::{Net, NetInfo};
use crate::ir::{
    ConstantId, Design, EnumId, Index, InstanceId, Kind, Module, Primitive, SignalId, StructId,
    Type, Value,
};
use std::collections::{BTreeMap, BTreeSet};

/// The module's loops must be unrolled before it can be printed.
#[derive(Debug)]
pub(super) struct Unroll;

/// A loop around what is being printed.
#[derive(Clone, Debug)]
pub(super) enum Loop {
    /// Printed as a loop with this variable.
    Printed { name: String, from: u64, to: u64 },
    /// One round of it.
    Round(u64),
}

/// A module being printed.
pub(super) struct Sheet<'a> {
    pub(super) design: &'a Design,
    pub(super) module: &'a Module,
    pub(super) module_names: &'a [String],
    pub(super) scope: Scope,
    pub(super) nets: BTreeMap<Net, NetInfo>,
    pub(super) instance_names: Vec<String>,
    /// Elements of child blocks: their names in the text, once they are printed.
    pub(super) labels: BTreeMap<(InstanceId, u32), String>,
    pub(super) loops: Vec<Loop>,
    /// Nets read since this was last emptied.
    pub(super) touched: BTreeSet<Net>,
    /// Wires that the expression being printed needs before it.
    pub(super) hoisted: Vec<String>,
    /// What a hoisted wire is named for.
    pub(super) subject: String,
    /// Variables of the loops printed since this was last emptied.
    pub(super) loops_used: BTreeSet<String>,
    /// Variables of the `generate` loops.
    pub(super) genvars: BTreeSet<String>,
    /// Outputs of children that share their name with an output of the module.
    pub(super) shared: BTreeMap<Net, Net>,
    /// Signals by their logic and width.
    pub(super) printed: BTreeMap<(String, u32), Net>,
    /// Bits read of each hoisted wire.
    pub(super) wires: BTreeMap<String, Vec<bool>>,
    pub(super) constants: BTreeMap<ConstantId, String>,
    pub(super) variants: BTreeMap<(EnumId, u64), String>,
    pub(super) fields: BTreeMap<(StructId, u32, String), String>,
    loop_names: BTreeMap<(String, u32), String>,
}

impl<'a> Sheet<'a> {
    /// An empty sheet: ports have their names first, then registers, locals and children.
    pub(super) fn new(design: &'a Design, module: &'a Module, module_names: &'a [String]) -> Self {
        let mut sheet = Self {
            design,
            module,
            module_names,
            scope: Scope::default(),
            nets: BTreeMap::new(),
            instance_names: Vec::new(),
            labels: BTreeMap::new(),
            loops: Vec::new(),
            touched: BTreeSet::new(),
            hoisted: Vec::new(),
            subject: String::new(),
            loops_used: BTreeSet::new(),
            genvars: BTreeSet::new(),
            shared: BTreeMap::new(),
            printed: BTreeMap::new(),
            wires: BTreeMap::new(),
            constants: BTreeMap::new(),
            variants: BTreeMap::new(),
            fields: BTreeMap::new(),
            loop_names: BTreeMap::new(),
        };
        let signals = || module.signals.iter().enumerate().map(|(at, s)| (SignalId(at as u32), s));
        for (id, signal) in signals().filter(|(_, signal)| signal.is_port()) {
            sheet.add(Net::Own(id), &signal.name, signal.ty, signal.count(), signal.count());
        }
        for (id, signal) in signals().filter(|(_, signal)| !signal.is_port()) {
            sheet.add(Net::Own(id), &signal.name, signal.ty, signal.count(), signal.count());
        }
        for (at, instance) in module.instances.iter().enumerate() {
            let id = InstanceId(at as u32);
            let child = design.module(instance.modules[0]);
            let primitive = design.primitive(instance);
            // Linters take an instance and a signal inside it of the same name for a mistake.
            let hidden = primitive.is_none() && child.signal_named(&instance.name).is_some();
            let name = match hidden {
                true => sheet.scope.take(&format!("{}_block", instance.name)),
                false => sheet.scope.take(&instance.name),
            };
            for (port, signal) in child.ports() {
                let wanted = match primitive {
                    Some(Primitive::Register { q, .. }) if *q == port => None,
                    Some(Primitive::Register { d, .. }) if *d == port => Some("next"),
                    _ => Some(signal.name.as_str()),
                };
                let net = Net::Child(id, port);
                let all = signal.count() * instance.count();
                match wanted {
                    Some(port) => {
                        let wanted = format!("{}_{port}", instance.name);
                        sheet.add(net, &wanted, signal.ty, all, signal.count());
                    }
                    None => sheet.insert(net, name.clone(), signal.ty, all, signal.count()),
                }
            }
            sheet.instance_names.push(name);
        }
        sheet
    }

    fn add(&mut self, net: Net, wanted: &str, ty: Type, count: u32, per_instance: u32) {
        let name = self.scope.take(wanted);
        self.insert(net, name, ty, count, per_instance);
    }

    fn insert(&mut self, net: Net, name: String, ty: Type, count: u32, per_instance: u32) {
        let element = self.design.types.width(ty);
        let read = vec![false; (element * count) as usize];
        let split = Vec::new();
        self.nets.insert(net, NetInfo { name, ty, element, count, per_instance, split, read });
    }

    /// Gives each element of a net a name of its own.
    pub(super) fn split(&mut self, net: Net) {
        let (name, count) = (self.net(net).name.clone(), self.net(net).count);
        let names = (0..count).map(|at| self.scope.take(&format!("{name}_{at}"))).collect();
        self.nets.get_mut(&net).expect("every net is known").split = names;
    }

    /// What is known of a net.
    pub(super) fn net(&self, net: Net) -> &NetInfo {
        &self.nets[&net]
    }

    /// Notes that bits of a net are read.
    pub(super) fn touch(&mut self, net: Net, low: u32, width: u32) {
        self.touched.insert(net);
        let info = self.nets.get_mut(&net).expect("every net is known");
        let end = ((low + width) as usize).min(info.read.len());
        info.read[low as usize..end].fill(true);
    }

    /// Notes that a whole net is read.
    pub(super) fn touch_all(&mut self, net: Net) {
        let width = self.net(net).width();
        self.touch(net, 0, width);
    }

    /// Notes that bits of a hoisted wire are read.
    pub(super) fn touch_wire(&mut self, name: &str, low: u32, width: u32) {
        if let Some(read) = self.wires.get_mut(name) {
            read[low as usize..(low + width) as usize].fill(true);
        }
    }

    /// A fresh identifier.
    pub(super) fn fresh(&mut self, wanted: &str) -> String {
        self.scope.take(wanted)
    }

    /// The variable of a printed loop.
    pub(super) fn loop_name(&mut self, wanted: &str, depth: u32) -> String {
        let key = (wanted.to_owned(), depth);
        if let Some(name) = self.loop_names.get(&key) {
            return name.clone();
        }
        let name = self.scope.take(wanted);
        self.loop_names.insert(key, name.clone());
        name
    }

    /// The smallest and largest number that an index takes in the loops around; `None`: it is
    /// negative or undefined in some round.
    pub(super) fn bounds(&self, index: &Index) -> Option<(u64, u64)> {
        fn go(
            loops: &[Loop],
            at: &mut Vec<u64>,
            index: &Index,
            seen: &mut Option<(u64, u64)>,
        ) -> Option<()> {
            match loops.get(at.len()) {
                None => {
                    let now = index.evaluate(at)?;
                    let (low, high) = seen.unwrap_or((now, now));
                    *seen = Some((low.min(now), high.max(now)));
                }
                Some(Loop::Round(round)) => {
                    at.push(*round);
                    go(loops, at, index, seen)?;
                    at.pop();
                }
                Some(Loop::Printed { from, to, .. }) => {
                    for round in *from..*to {
                        at.push(round);
                        go(loops, at, index, seen)?;
                        at.pop();
                    }
                }
            }
            Some(())
        }
        let mut seen = None;
        go(&self.loops, &mut Vec::new(), index, &mut seen)?;
        seen
    }

    /// Kind of an own signal, or of a child's port as the module sees it: inputs of children are
    /// driven here.
    pub(super) fn drives(&self, net: Net) -> bool {
        match net {
            Net::Own(id) => self.module.signal(id).kind != Kind::Input,
            Net::Child(instance, port) => {
                let child = self.design.module(self.module.instance(instance).modules[0]);
                child.signal(port).kind == Kind::Input
            }
        }
    }
}

/// A sized constant: binary if it is a bit, decimal below ten, else hexadecimal.
pub(super) fn literal(value: &Value) -> String {
    match value.to_u64() {
        Some(bit) if value.width() == 1 => format!("1'b{bit}"),
        Some(small @ 0..10) => format!("{}'d{small}", value.width()),
        _ => {
            let digits = format!("{value:x}");
            format!("{}'h{}", value.width(), digits.trim_start_matches('0'))
        }
    }
}
