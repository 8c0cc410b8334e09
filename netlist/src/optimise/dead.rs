//! Dead logic: what neither state nor an observer needs.
//!
//! Proves: a node that no root reaches cannot influence a next value, a memory port or a watched
//! net. Gives: nothing but smaller code; nets that are named but not watched cost nothing.

use crate::ir::{NetId, Netlist};

/// Which nodes reach a root of the netlist or a net in `watch`.
pub fn live(netlist: &Netlist, watch: &[NetId]) -> Vec<bool> {
    let mut live = vec![false; netlist.nodes.len()];
    for root in netlist.roots() {
        live[root.0 as usize] = true;
    }
    for net in watch {
        live[netlist.net(*net).node.0 as usize] = true;
    }
    for at in (0..live.len()).rev() {
        if live[at] {
            for operand in netlist.nodes[at].op.operands() {
                live[operand.0 as usize] = true;
            }
        }
    }
    live
}
