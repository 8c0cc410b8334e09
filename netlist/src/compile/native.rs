//! Cranelift: from emitted functions to executable memory.

use super::CompileError;
use super::call::{Code, Functions};
use super::emit::Emitter;
use super::layout::Layout;
use crate::optimise::{Gates, Special};
use cranelift_codegen::ir::{AbiParam, UserFuncName, types};
use cranelift_codegen::settings::{self, Configurable};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{FuncId, Linkage, Module as _, default_libcall_names};

/// The functions of one design.
pub(super) struct Module {
    name: String,
    functions: Functions,
    count: u32,
}

impl Module {
    /// A module without functions.
    pub(super) fn new(name: &str) -> Result<Self, CompileError> {
        let jit =
            new_jit().map_err(|reason| CompileError::Backend { name: name.into(), reason })?;
        Ok(Self { name: name.into(), functions: Functions::new(jit), count: 0 })
    }

    /// Compiles a function.
    pub(super) fn compile(
        &mut self,
        special: &Special,
        gates: &Gates,
        layout: &Layout,
    ) -> Result<FuncId, CompileError> {
        let result = self.try_compile(special, gates, layout);
        result.map_err(|reason| CompileError::Backend { name: self.name.clone(), reason })
    }

    fn try_compile(
        &mut self,
        special: &Special,
        gates: &Gates,
        layout: &Layout,
    ) -> Result<FuncId, String> {
        let jit = self.functions.jit();
        let mut signature = jit.make_signature();
        signature.params = vec![AbiParam::new(types::I64); 2];
        signature.returns = vec![AbiParam::new(types::I64)];
        let name = format!("cycle{}", self.count);
        let id = jit.declare_function(&name, Linkage::Local, &signature);
        let id = id.map_err(|error| error.to_string())?;
        let mut context = jit.make_context();
        context.func.signature = signature;
        context.func.name = UserFuncName::user(0, self.count);
        self.count += 1;
        let mut functions = FunctionBuilderContext::new();
        let build = FunctionBuilder::new(&mut context.func, &mut functions);
        let build = Emitter::function(special, gates, layout, build);
        build.finalize(jit.target_config());
        jit.define_function(id, &mut context).map_err(|error| format!("{error:?}"))?;
        jit.finalize_definitions().map_err(|error| error.to_string())?;
        Ok(id)
    }

    /// A compiled function, which reads and writes only the first `words` words of its buffer.
    pub(super) fn code(&self, id: FuncId, words: usize) -> Code {
        self.functions.code(id, words)
    }
}

fn new_jit() -> Result<JITModule, String> {
    let mut flags = settings::builder();
    let verifier = if cfg!(debug_assertions) { "true" } else { "false" };
    for (name, value) in [
        // Cranelift's own optimiser finds nothing more in this code, and makes it spill.
        ("opt_level", "none"),
        ("is_pic", "false"),
        ("use_colocated_libcalls", "false"),
        ("enable_verifier", verifier),
        ("unwind_info", "false"),
    ] {
        flags.set(name, value).map_err(|error| error.to_string())?;
    }
    let isa = cranelift_native::builder()?;
    let isa = isa.finish(settings::Flags::new(flags)).map_err(|error| error.to_string())?;
    Ok(JITModule::new(JITBuilder::with_isa(isa, default_libcall_names())))
}
