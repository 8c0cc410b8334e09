//! An engine with every net followed.

use crate::Interpreter;
use crate::compile::{Compiled, Field, Follower};
use crate::ir::{NetId, Netlist, Value};
use crate::optimise::Options;

/// The engine, and the last reported value of each field.
pub(super) struct Followed {
    pub(super) engine: Compiled,
    follower: Follower,
    fields: Vec<Field>,
    seen: Vec<Option<Value>>,
}

impl Followed {
    /// Follows every net, whole and a part of it.
    pub(super) fn new(netlist: &Netlist, options: &Options) -> Result<Self, String> {
        let nets: Vec<NetId> = (0..netlist.nets.len()).map(|at| NetId(at as u32)).collect();
        let options = Options { follow: nets.clone(), ..options.clone() };
        let engine = Compiled::with(netlist, &options).map_err(|error| error.to_string())?;
        let mut fields = Vec::new();
        for net in nets {
            let width = netlist.node(netlist.net(net).node).width;
            fields.push(Field { net, offset: 0, width });
            fields.push(Field { net, offset: width / 3, width: width - width / 3 });
        }
        let follower = engine.follower(&fields).expect("all nets are followed");
        let seen = vec![None; fields.len()];
        Ok(Self { engine, follower, fields, seen })
    }

    /// One cycle: every reported value is new, and what is not reported is unchanged. Every seventh
    /// edge is not followed.
    pub(super) fn cycle(
        &mut self,
        netlist: &Netlist,
        slow: &Interpreter<'_>,
        cycle: u64,
    ) -> Result<(), String> {
        if cycle % 7 == 5 {
            self.engine.cycle();
            return Ok(());
        }
        if cycle % 4 == 1 {
            self.engine.settle();
        }
        if cycle == 10 {
            // Another engine, with other passes, continues; then this one does again.
            let plain = Options { columns: false, guards: false, ..Options::default() };
            let mut other = Compiled::with(netlist, &plain).map_err(|error| error.to_string())?;
            other.continue_from(&self.engine);
            self.engine.reset();
            self.engine.continue_from(&other);
        }
        let (fields, seen) = (&self.fields, &mut self.seen);
        let mut idle = None;
        self.engine.cycle_following(&mut self.follower, |at, words| {
            let value = Value::from_words(fields[at].width, |word| words[word]);
            if seen[at].as_ref() == Some(&value) {
                idle = Some(at);
            }
            seen[at] = Some(value);
        });
        let path = |at: usize| &netlist.net(self.fields[at].net).path;
        if let Some(at) = idle {
            return Err(format!("cycle {cycle}: {} did not change and was reported", path(at)));
        }
        for (at, (field, seen)) in self.fields.iter().zip(&self.seen).enumerate() {
            let want = slow.get(field.net).extract(u64::from(field.offset), field.width);
            if seen.as_ref() != Some(&want) {
                let path = path(at);
                return Err(format!("cycle {cycle}: {path} was seen as {seen:?}, not {want}"));
            }
        }
        Ok(())
    }
}
