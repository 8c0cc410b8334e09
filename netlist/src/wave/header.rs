//! The header of a dump: scopes, variables, and which nets share a record.

use super::Style;
use super::record::Record;
use crate::compile::Field;
use crate::ir::{NetId, Netlist, NodeId, Type};
use std::collections::BTreeMap;
use std::io::{self, Write};
use vcd::{IdCode, ReferenceIndex, TimescaleUnit, VarType};

/// What a header declares.
pub(super) struct Header {
    /// One net of each group that carries the same node.
    pub(super) fields: Vec<Field>,
    /// How each field's changes are written.
    pub(super) records: Vec<Record>,
    /// The variable of all clock nets, if they are drawn.
    pub(super) clock: Option<IdCode>,
}

/// A scope: nets by name, and scopes in it; both in order of name, so that no scope opens twice.
#[derive(Default)]
struct Scope<'a> {
    nets: Vec<(&'a str, NetId)>,
    scopes: BTreeMap<&'a str, Scope<'a>>,
}

/// Writes the header for these nets.
pub(super) fn write<W: Write>(
    out: &mut vcd::Writer<W>,
    netlist: &Netlist,
    nets: &[NetId],
    style: Style,
) -> io::Result<Header> {
    out.timescale(1, TimescaleUnit::NS)?;
    let mut root = Scope::default();
    for id in nets {
        let mut parts: Vec<&str> = netlist.net(*id).path.split('.').collect();
        let name = parts.pop().unwrap_or_default();
        let scope =
            parts.into_iter().fold(&mut root, |scope, part| scope.scopes.entry(part).or_default());
        scope.nets.push((name, *id));
    }
    let mut writer = Declarations {
        netlist,
        style,
        known: BTreeMap::new(),
        next: IdCode::FIRST,
        header: Header { fields: Vec::new(), records: Vec::new(), clock: None },
    };
    out.add_module(&netlist.name)?;
    writer.scope(out, &root)?;
    out.upscope()?;
    out.enddefinitions()?;
    Ok(writer.header)
}

struct Declarations<'a> {
    netlist: &'a Netlist,
    style: Style,
    /// Variables by node and by whether they have names.
    known: BTreeMap<(NodeId, Names), (IdCode, Option<IdCode>)>,
    next: IdCode,
    header: Header,
}

/// The enumeration whose names are beside a variable: nets of one node and enumeration share it.
type Names = Option<u32>;

impl Declarations<'_> {
    fn code(&mut self) -> IdCode {
        let code = self.next;
        self.next = code.next();
        code
    }

    fn scope<W: Write>(&mut self, out: &mut vcd::Writer<W>, scope: &Scope<'_>) -> io::Result<()> {
        for (name, net) in &scope.nets {
            self.variable(out, name, *net)?;
        }
        for (name, inner) in &scope.scopes {
            out.add_module(name)?;
            self.scope(out, inner)?;
            out.upscope()?;
        }
        Ok(())
    }

    fn variable<W: Write>(
        &mut self,
        out: &mut vcd::Writer<W>,
        name: &str,
        id: NetId,
    ) -> io::Result<()> {
        let net = self.netlist.net(id);
        if net.ty == Type::Clock {
            if self.style.clock {
                let code = match self.header.clock {
                    Some(code) => code,
                    None => self.code(),
                };
                self.header.clock = Some(code);
                out.var_def(VarType::Wire, 1, code, name, None)?;
            }
            return Ok(());
        }
        let names = match net.ty {
            Type::Enum(id) if self.style.names => Some(id),
            _ => None,
        };
        let key = (net.node, names.map(|id| id.0));
        let width = self.netlist.node(net.node).width;
        let (code, name_code) = match self.known.get(&key) {
            Some(known) => *known,
            None => {
                let name_code = names.map(|_| self.code());
                let code = self.code();
                let variants = names.map(|id| self.netlist.types.enumeration(id).variants.clone());
                self.header.fields.push(Field { net: id, offset: 0, width });
                self.header.records.push(Record::new(width, code, name_code.zip(variants)));
                self.known.insert(key, (code, name_code));
                (code, name_code)
            }
        };
        if let Some(code) = name_code {
            out.var_def(VarType::String, 1, code, &format!("{name}_name"), None)?;
        }
        let range = (width > 1).then(|| ReferenceIndex::Range(width as i32 - 1, 0));
        out.var_def(VarType::Wire, width, code, name, range)
    }
}
