//! A block prepared for every engine: its design, its netlist, its signals.

use super::compiled::Native;
use super::interpreted::Interpreted;
use super::signals::Nets;
use super::{Engine, PinBlock, PinSet, RustHdl, Simulator};
use netlist::compile::CompileError;
use netlist::{Design, Names, Netlist};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A block that can be a top: one with pins, whose child blocks can be named after their types.
pub(crate) trait Top: PinBlock<Self::Pin> + Send + 'static {
    /// Its pins.
    type Pin: PinSet;

    /// What may differ in one type: constants that it is made with.
    type Parameters: Copy + Send;

    /// The block at power-up.
    fn build(parameters: Self::Parameters) -> Self;

    /// The types of all blocks below it.
    fn names(parameters: Self::Parameters) -> Names;
}

/// A block at power-up, on the heap. It is built on a stack, and a large one does not fit on that
/// of every thread.
fn fresh<T: Top>(parameters: T::Parameters) -> Box<T> {
    const STACK: usize = 64 << 20;
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().stack_size(STACK);
        let thread = builder.spawn_scoped(scope, move || Box::new(T::build(parameters)));
        thread.expect("the system has another thread").join().expect("making a block is total")
    })
}

/// A block with its signals connected.
fn connected<T: Top>(parameters: T::Parameters) -> Box<T> {
    let mut block = fresh::<T>(parameters);
    block.connect_all();
    block
}

/// A block as bare pins, at power-up, on an engine. `name` is that of its configuration.
pub(crate) fn simulator<T: Top>(
    name: &'static str,
    parameters: T::Parameters,
    engine: Engine,
) -> Box<dyn Simulator<T::Pin>> {
    if engine == Engine::RustHdl {
        return Box::new(RustHdl::new(fresh::<T>(parameters)));
    }
    if engine == Engine::Compiled
        && let Ok(compiled) = native::<T>(name, parameters)
    {
        return Box::new(compiled);
    }
    let made = netlist::<T>(name, parameters);
    let (netlist, nets) = &*made;
    Box::new(Interpreted::new::<T::Pin>(netlist.clone(), nets))
}

/// As [`simulator`] with the compiled engine, by its type.
pub(crate) fn native<T: Top>(
    name: &'static str,
    parameters: T::Parameters,
) -> Result<Native<T::Pin>, CompileError> {
    let made = netlist::<T>(name, parameters);
    let (netlist, nets) = &*made;
    Native::new(netlist, nets)
}

/// The typed design of a block, the input of the netlist compiler.
pub(crate) fn design<T: Top>(parameters: T::Parameters) -> Design {
    netlist::elaborate_named(&*connected::<T>(parameters), &T::names(parameters))
        .unwrap_or_else(|findings| panic!("{findings:#?}"))
}

/// The flat netlist and the signals worth showing; made once for each configuration.
fn netlist<T: Top>(name: &'static str, parameters: T::Parameters) -> Arc<(Netlist, Nets)> {
    type Made = Mutex<BTreeMap<&'static str, Arc<(Netlist, Nets)>>>;
    static MADE: Made = Made::new(BTreeMap::new());
    // A panic while the lock was held left the map as it was.
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let make = || {
        let flat = design::<T>(parameters).flatten();
        let flat = flat.unwrap_or_else(|found| panic!("{found:#?}"));
        Arc::new((flat, Nets::of(&*connected::<T>(parameters))))
    };
    Arc::clone(made.entry(name).or_insert_with(make))
}

/// The width of a pin in bits.
pub(crate) fn pin_width<T: Top>(parameters: T::Parameters, pin: T::Pin) -> usize {
    fresh::<T>(parameters).width(pin)
}
