//! Names for modules, from the Rust types of their blocks.

use super::types::module_name;
use rust_hdl::prelude::Block;

/// Block types whose modules shall be named for them.
///
/// A block inside another one does not reveal its type, only its field's name, which is the default
/// name of its module. A module that is equal to the module of a type listed here takes that type's
/// name and parameters instead, e.g. `Row_45_16`.
///
/// ```
/// use rust_hdl::prelude::*;
///
/// let names = netlist::Names::new().with::<DFF<Bits<8>>>();
/// let block = DFFWithInit::<Bits<8>>::new(7.into());
/// let design = netlist::elaborate_named(&block, &names).expect("a sound design");
/// let modules: Vec<&str> = design.modules.iter().map(|module| module.name.as_str()).collect();
/// assert_eq!(modules, ["DFF_Bits_8", "DFFWithInit_Bits_8"]);
/// ```
#[derive(Default)]
pub struct Names {
    pub(super) examples: Vec<(String, Box<dyn Block>)>,
}

impl Names {
    /// No names.
    pub fn new() -> Self {
        Self::default()
    }

    /// Names the module of a type, as `Default` builds it.
    pub fn with<B: Block + Default + 'static>(self) -> Self {
        self.with_example(B::default())
    }

    /// Names the module of a block that was built with other constants than `Default`'s.
    pub fn with_example<B: Block + 'static>(mut self, example: B) -> Self {
        let name = module_name(std::any::type_name::<B>());
        self.examples.push((name, Box::new(example)));
        self
    }
}

impl std::fmt::Debug for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.examples.iter().map(|(name, _)| name)).finish()
    }
}
