//! The number of the line that hits.

use rust_hdl::prelude::*;

/// Encodes the number of the one line whose page is the key's and that is usable. As at most one
/// line hits, that is the disjunction of the numbers of all lines that do: no line waits for another.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `same` | in | lines | the line's page is the key's |
/// | `usable` | in | lines | it holds an entry of the address space looked up |
/// | `number` | out | IDX | the line for which both are high; 0 if there is none |
///
/// Timing: combinational. Reset: no state.
#[derive(LogicBlock)]
pub struct HitNumber<const IDX: usize> {
    /// The line's page is the key's.
    pub same: Vec<Signal<In, Bit>>,
    /// It holds an entry of the address space looked up.
    pub usable: Vec<Signal<In, Bit>>,
    /// The line for which both are high.
    pub number: Signal<Out, Bits<IDX>>,
    own: Vec<Constant<Bits<IDX>>>,
}

impl<const IDX: usize> HitNumber<IDX> {
    /// For so many lines.
    pub fn new(lines: usize) -> Self {
        Self {
            same: (0..lines).map(|_| Default::default()).collect(),
            usable: (0..lines).map(|_| Default::default()).collect(),
            number: Default::default(),
            own: (0..lines as u64).map(|line| Constant::new(line.into())).collect(),
        }
    }
}

impl<const IDX: usize> Logic for HitNumber<IDX> {
    #[hdl_gen]
    fn update(&mut self) {
        self.number.next = bits::<IDX>(0);
        for i in 0..self.own.len() {
            if self.same[i].val() && self.usable[i].val() {
                self.number.next = self.number.val() | self.own[i].val();
            }
        }
    }
}
