//! Blocks without a kernel are recognised by their Verilog text, word for word.
//!
//! rust-hdl's registers, memories and tables give Verilog as text instead of a kernel. A text
//! that is not exactly one of the known shapes is refused: it could mean anything.

use super::atoms::Declared;
use super::literal::Literal;
use crate::check::Problem;
use crate::ir::{Kind, MemoryWrite, Primitive, SignalId, Type, Types, Value};
use rust_hdl::prelude::TimingInfo;
use std::collections::BTreeMap;

/// A primitive under recognition.
struct Known<'a> {
    declared: &'a Declared,
    types: &'a Types,
    text: String,
}

/// The primitive that a text describes.
pub(super) fn recognise(
    declared: &Declared,
    types: &Types,
    text: &str,
    timing: &[TimingInfo],
) -> Result<Primitive, Problem> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let known = Known { declared, types, text };
    let found = match timing.first().map(|info| info.name.as_str()) {
        Some("dff" | "edge_ff") => known.register(&timing[0]),
        Some("ram_read") => {
            known.memory(Some("read_clock"), "read_address", "read_data", Some("write_clock"))
        }
        Some("sync_rom") => known.memory(Some("clock"), "address", "data", None),
        Some("distributed_ram") => known.memory(None, "read_address", "read_data", Some("clock")),
        None => known.table(),
        Some(_) => None,
    };
    found.ok_or_else(|| {
        let start: String = known.text.chars().take(60).collect();
        Problem::unsupported(format!("a block given as the Verilog text `{start}...`"))
    })
}

impl Known<'_> {
    fn port(&self, name: &str) -> Option<(SignalId, Type, u32)> {
        let at = self.declared.signals.iter().position(|signal| signal.name == name)?;
        let ty = self.declared.signals[at].ty;
        Some((SignalId(at as u32), ty, self.types.width(ty)))
    }

    fn register(&self, info: &TimingInfo) -> Option<Primitive> {
        let ([d], [q]) = (&info.inputs[..], &info.outputs[..]) else { return None };
        let clock = &info.clock;
        let edge = format!("always @(posedge {clock})");
        let rest = self.text.strip_prefix(&format!("initial begin {q} = "))?;
        let (init, rest) = rest.split_once("; end ")?;
        let shapes = [format!("{edge} begin {q} <= {d}; end"), format!("{edge} {q} <= {d};")];
        if !shapes.contains(&rest.trim().to_owned()) {
            return None;
        }
        let ((clock, ..), (d, ..), (q, _, width)) =
            (self.port(clock)?, self.port(d)?, self.port(q)?);
        let init = Literal::parse(init)?.truncated(width);
        Some(Primitive::Register { clock, d, q, init })
    }

    /// A memory whose read port has this clock, or none, and whose write port has that one.
    fn memory(
        &self,
        clock: Option<&str>,
        address: &str,
        data: &str,
        write: Option<&str>,
    ) -> Option<Primitive> {
        let read_clock = match clock {
            Some(clock) => Some(self.port(clock)?.0),
            None => None,
        };
        let (read_address, _, address_width) = self.port(address)?;
        let (data_id, _, width) = self.port(data)?;
        let last = 1_u64.checked_shl(address_width)? - 1;
        let high = width - 1;
        let rest = self
            .text
            .strip_prefix(&format!("reg[{high}:0] mem"))?
            .trim_start()
            .strip_prefix(&format!("[{last}:0];"))?
            .trim_start();
        let (init, rest) = match rest.strip_prefix("initial begin") {
            Some(rest) => rest.split_once("end ")?,
            None => ("", rest),
        };
        let mut ports = match clock {
            Some(clock) => {
                format!("always @(posedge {clock}) begin {data} <= mem[{address}]; end")
            }
            None => format!("always @* begin {data} = mem[{address}]; end"),
        };
        if let Some(clock) = write {
            ports += &format!(
                " always @(posedge {clock}) begin if (write_enable) begin \
                 mem[write_address] <= write_data; end end"
            );
        }
        if rest.trim() != ports {
            return None;
        }
        let mut contents = BTreeMap::new();
        for line in init.split(';').map(str::trim).filter(|line| !line.is_empty()) {
            let (at, word) = line.strip_prefix("mem[")?.split_once("] = ")?;
            let word = Literal::parse(word)?.truncated(width);
            if word.any() {
                contents.insert(Literal::parse(at)?.as_u64()?, word);
            }
        }
        let write = match write {
            Some(clock) => Some(MemoryWrite {
                clock: self.port(clock)?.0,
                address: self.port("write_address")?.0,
                data: self.port("write_data")?.0,
                enable: self.port("write_enable")?.0,
            }),
            None => None,
        };
        let words = self.words(1 << address_width)?;
        let (data, init) = (data_id, contents);
        Some(Primitive::Memory { read_clock, read_address, data, write, init, words })
    }

    /// The signals of the words, if there are any; `None` if there are others.
    fn words(&self, count: u64) -> Option<Option<SignalId>> {
        let mut locals = (0..)
            .map(SignalId)
            .zip(&self.declared.signals)
            .filter(|(_, signal)| signal.kind == Kind::Local);
        match (locals.next(), locals.next()) {
            (None, _) => Some(None),
            (Some((id, signal)), None) if signal.name == "words" => {
                (u64::from(signal.count()) == count).then_some(Some(id))
            }
            _ => None,
        }
    }

    fn table(&self) -> Option<Primitive> {
        let (address, ..) = self.port("address")?;
        let (data, _, width) = self.port("data")?;
        let rest = self.text.strip_prefix("always @* case (address) ")?;
        let lines = rest.strip_suffix("endcase")?;
        let mut contents = BTreeMap::new();
        let mut default: Option<Value> = None;
        for line in lines.split(';').map(str::trim).filter(|line| !line.is_empty()) {
            let (at, word) = line.split_once(": data = ")?;
            let word = Literal::parse(word)?.truncated(width);
            match at {
                "default" => default = Some(word),
                at => {
                    contents.insert(Literal::parse(at)?.as_u64()?, word);
                }
            }
        }
        let default = default?;
        contents.retain(|_, word| *word != default);
        Some(Primitive::Table { address, data, contents, default })
    }
}
