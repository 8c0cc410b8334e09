//! A segmentation unit made of the golden translation.

use super::{Descriptor, Fault, Inputs, Outputs, SegmentUnit, Shape, golden};

/// Answers as the hardware must, computed by software.
#[derive(Debug)]
pub struct IdealUnit {
    shape: Shape,
    table: Vec<Option<Descriptor>>,
    held: Option<Fault>,
}

impl IdealUnit {
    /// A unit of a shape, with no segment.
    pub fn new(shape: Shape) -> IdealUnit {
        IdealUnit { shape, table: vec![None; shape.segments], held: None }
    }
}

impl SegmentUnit for IdealUnit {
    fn name(&self) -> &str {
        "ideal"
    }

    fn shape(&self) -> Shape {
        self.shape
    }

    fn cycle(&mut self, inputs: &Inputs) -> Outputs {
        if inputs.reset {
            let held = self.held.take();
            self.table.fill(None);
            return Outputs { held, ..Outputs::default() };
        }
        let ready = inputs.load.is_none();
        let response = inputs.request.filter(|_| ready).map(|request| {
            golden::translate(&self.table, self.shape, &request)
                .map_err(|reason| Fault { reason, va: request.va })
        });
        let outputs = Outputs { ready, load_ready: true, response, held: self.held };
        if self.held.is_none() || inputs.fault_ready {
            self.held = response.and_then(Result::err);
        }
        if let Some((index, descriptor)) = inputs.load {
            self.table[index] = descriptor;
        }
        outputs
    }
}
