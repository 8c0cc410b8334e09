//! Names for modules, from the Rust types of their blocks.

use super::types::module_name;
use rust_hdl::prelude::Block;

/// Block types whose modules shall be named for them.
///
/// A block that is met inside another does not tell its type, only its field's name, after
/// which its module is called by default. A module that is equal to the module of a type listed
/// here takes that type's name and parameters instead, e.g. `CamLine_45_44_16`.
///
/// ```ignore
/// let names = Names::new().with::<CamLine<45, 44, 16>>().with::<Permission>();
/// let design = netlist::elaborate_named(&mmu, &names)?;
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
