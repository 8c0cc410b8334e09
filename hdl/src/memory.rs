//! Memory that answers in the cycle in which it is addressed.

use rust_hdl::prelude::*;

/// `2^N` words with a combinational read port and a synchronous write port: distributed RAM.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock` | in | 1 | rising edge |
/// | `read_address` | in | N | the word to read |
/// | `read_data` | out | D | that word |
/// | `write_address`, `write_data` | in | N, D | the word to write, and its contents |
/// | `write_enable` | in | 1 | write it |
///
/// Timing: `read_data` is combinational in the address and the contents; a write takes effect at
/// the edge, so that a read of the address being written returns the old word until then.
/// Reset: none. Before its first write a word is zero in simulation and in FPGAs, whose
/// configuration clears it; other hardware leaves it undefined. A design must not depend on a word
/// that it has not written.
///
/// Each word is a local signal `words[i]`, so that waves show the contents.
///
/// For few words (4 to 64). A second read port is a second memory with the same write port, as it
/// is in hardware. Where an answer in the next cycle is early enough, rust-hdl's `RAM` may be block
/// RAM.
#[derive(LogicBlock)]
pub struct DistributedRam<D: Synth, const N: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// The word to read.
    pub read_address: Signal<In, Bits<N>>,
    /// Its contents.
    pub read_data: Signal<Out, D>,
    /// The word to write.
    pub write_address: Signal<In, Bits<N>>,
    /// Its new contents.
    pub write_data: Signal<In, D>,
    /// Write at this edge.
    pub write_enable: Signal<In, Bit>,
    words: Vec<Signal<Local, D>>,
}

impl<D: Synth, const N: usize> Default for DistributedRam<D, N> {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            read_address: Default::default(),
            read_data: Default::default(),
            write_address: Default::default(),
            write_data: Default::default(),
            write_enable: Default::default(),
            words: (0..1 << N).map(|_| Signal::default()).collect(),
        }
    }
}

impl<D: Synth, const N: usize> Logic for DistributedRam<D, N> {
    fn update(&mut self) {
        if self.clock.pos_edge() && self.write_enable.val() {
            self.words[self.write_address.val().index()].next = self.write_data.val();
        }
        self.read_data.next = self.words[self.read_address.val().index()].val();
    }

    fn connect(&mut self) {
        self.read_data.connect();
        self.words.iter_mut().for_each(Signal::connect);
    }

    // The netlist compiler recognises this text, word for word.
    fn hdl(&self) -> Verilog {
        let words = self.words.iter().map(|word| word.val()).enumerate();
        let written = words.filter(|(_, word)| *word != D::default());
        let set = |(at, word): (usize, D)| format!("mem[{N}'h{at:x}] = {:x};\n", word.verilog());
        let words: String = written.map(set).collect();
        let initial = if words.is_empty() { words } else { format!("initial begin\n{words}end\n") };
        Verilog::Custom(format!(
            "\
reg[{high}:0] mem[{last}:0];

{initial}
always @* begin
   read_data = mem[read_address];
end

always @(posedge clock) begin
   if (write_enable) begin
      mem[write_address] <= write_data;
   end
end
            ",
            high = D::BITS - 1,
            last = (1_u64 << N) - 1,
        ))
    }

    fn timing(&self) -> Vec<TimingInfo> {
        vec![TimingInfo {
            name: "distributed_ram".into(),
            clock: "clock".into(),
            inputs: vec!["write_address".into(), "write_data".into(), "write_enable".into()],
            outputs: Vec::new(),
        }]
    }
}
