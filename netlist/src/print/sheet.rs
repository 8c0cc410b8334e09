//! One module while it is printed: its names, its nets, what has been used of them.

use super::names::{Scope, legal, upper};
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
    constants: BTreeMap<ConstantId, String>,
    variants: BTreeMap<(EnumId, u64), String>,
    fields: BTreeMap<(StructId, u32, String), String>,
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
        self.nets.insert(net, NetInfo { name, ty, element, count, per_instance, read });
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

    fn fresh_parameter(&mut self, short: &str, long: String) -> String {
        let free = !short.is_empty() && self.scope.is_free(&legal(short));
        self.scope.take(if free { short } else { &long })
    }

    /// The localparam of a `Constant` field.
    pub(super) fn constant_name(&mut self, id: ConstantId) -> String {
        if let Some(name) = self.constants.get(&id) {
            return name.clone();
        }
        let name = self.scope.take(&upper(&self.module.constant(id).name));
        self.constants.insert(id, name.clone());
        name
    }

    /// The localparam of a variant; `None` if the number names none.
    pub(super) fn variant_name(&mut self, id: EnumId, value: &Value) -> Option<String> {
        let at = value.to_u64()?;
        if let Some(name) = self.variants.get(&(id, at)) {
            return Some(name.clone());
        }
        let ty = self.design.types.enumeration(id);
        let short = upper(ty.variants.get(usize::try_from(at).ok()?)?);
        let long = format!("{}_{short}", upper(&ty.name));
        let name = self.fresh_parameter(&short, long);
        self.variants.insert((id, at), name.clone());
        Some(name)
    }

    /// The localparam of a field's lowest bit.
    pub(super) fn field_name(&mut self, id: StructId, low: u32, field: &str) -> String {
        let key = (id, low, field.to_owned());
        if let Some(name) = self.fields.get(&key) {
            return name.clone();
        }
        let ty = self.design.types.structure(id);
        let name = self.scope.take(&format!("{}_{}", upper(&ty.name), upper(field)));
        self.fields.insert(key, name.clone());
        name
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

    /// Lines that declare every localparam used.
    pub(super) fn parameters(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut last = None;
        for ((id, value), name) in &self.variants {
            let ty = self.design.types.enumeration(*id);
            if last.replace(*id) != Some(*id) {
                lines.push(format!("// {}", ty.name));
            }
            let literal = literal(&Value::new(ty.width, *value));
            lines.push(format!("localparam {}{name} = {literal};", super::net::range(ty.width)));
        }
        let mut last = None;
        for ((id, low, _), name) in &self.fields {
            if last.replace(*id) != Some(*id) {
                let name = &self.design.types.structure(*id).name;
                lines.push(format!("// Lowest bits of the fields of {name}"));
            }
            lines.push(format!("localparam {name} = {low};"));
        }
        if !self.constants.is_empty() && !lines.is_empty() {
            lines.push("// Constants".to_owned());
        }
        for (id, name) in &self.constants {
            let constant = self.module.constant(*id);
            let mut all = constant.values[0].clone();
            for value in &constant.values[1..] {
                all = value.concat(&all);
            }
            let range = super::net::range(all.width());
            lines.push(format!("localparam {range}{name} = {};", literal(&all)));
        }
        lines
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
