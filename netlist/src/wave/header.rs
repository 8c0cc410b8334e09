//! The variables of a dump: which nets share one.

use super::{Style, WaveError};
use crate::compile::Field;
use crate::ir::{NetId, Netlist, Type};
use std::collections::BTreeMap;
use waves::{Builder, SignalId};

/// The declared variables.
pub(super) struct Header {
    /// One net of each group with the same node, and its variable.
    pub(super) fields: Vec<Field>,
    pub(super) variables: Vec<SignalId>,
    /// The variable of all clock nets, if they are written.
    pub(super) clock: Option<SignalId>,
}

/// Declares these nets. Nets with the same node and enumeration share a variable.
pub(super) fn declare(
    builder: &mut Builder,
    netlist: &Netlist,
    nets: &[NetId],
    style: Style,
) -> Result<Header, WaveError> {
    let mut header = Header { fields: Vec::new(), variables: Vec::new(), clock: None };
    let mut known = BTreeMap::new();
    // In order of path, so that the nets of a scope are together.
    let mut sorted: Vec<_> = nets.iter().map(|id| (&*netlist.net(*id).path, *id)).collect();
    sorted.sort_by(|(one, _), (other, _)| one.split('.').cmp(other.split('.')));
    for (path, id) in sorted {
        let net = netlist.net(id);
        let path = waves::path(&format!("{}.{path}", netlist.name));
        if net.ty == Type::Clock {
            match header.clock {
                _ if !style.clock => {}
                Some(clock) => builder.alias(&path, clock)?,
                None => header.clock = Some(builder.clock(&path)?),
            }
            continue;
        }
        let names = match net.ty {
            Type::Enum(id) if style.names => Some(id),
            _ => None,
        };
        let key = (net.node, names.map(|id| id.0));
        if let Some(variable) = known.get(&key) {
            builder.alias(&path, *variable)?;
            continue;
        }
        let width = netlist.node(net.node).width;
        let variable = match names {
            Some(id) => builder.state(&path, width, &netlist.types.enumeration(id).variants)?,
            None => builder.wide(&path, width)?,
        };
        known.insert(key, variable);
        header.fields.push(Field { net: id, offset: 0, width });
        header.variables.push(variable);
    }
    Ok(header)
}
