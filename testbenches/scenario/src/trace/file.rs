//! Traces named in scenarios.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use machine::cpu::{Fit, Program, ProgramError, open};
use machine::system::{ElfImage, MachineConfig, ProcessSpec};

use super::{Recording, TraceError};

/// A trace that a process of a scenario runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traced {
    path: PathBuf,
    fit: Fit,
}

impl Traced {
    /// The trace `name`, which is named in the scenario file `scenario`: a path from that file's
    /// folder, else from the current one.
    ///
    /// # Errors
    /// A sentence, if there is no such file.
    pub fn find(scenario: &str, name: &str, fold: bool) -> Result<Traced, String> {
        let beside = Path::new(scenario).parent().map(|folder| folder.join(name));
        let mut paths = beside.into_iter().chain([PathBuf::from(name)]);
        // It is read several times, which a pipe cannot be.
        let path = paths.find(|path| path.is_file());
        let path = path.ok_or_else(|| format!("there is no trace file `{name}`"))?;
        Ok(Traced { path, fit: if fold { Fit::Fold } else { Fit::Refuse } })
    }

    /// Whether an error is about this trace.
    pub(crate) fn is_source_of(&self, error: &ProgramError) -> bool {
        error.to_string().starts_with(&format!("{}:", self.path.display()))
    }

    /// The process that runs it.
    ///
    /// # Errors
    /// [`TraceError`]; an error in the trace itself is found by the run.
    pub(crate) fn process(
        &self,
        name: &str,
        config: &MachineConfig,
        frames: Option<u64>,
        image: Option<&ElfImage>,
        stop: &AtomicBool,
    ) -> Result<ProcessSpec, TraceError> {
        let recording = Recording {
            file: self.path.display().to_string(),
            open: Box::new(|| open(&self.path)),
            again: true,
            fit: self.fit,
            only: None,
            images: image.cloned().into_iter().collect(),
        };
        let around = |program| -> Box<dyn Program> { Box::new(program) };
        recording.process(name, config, frames, &around, stop)
    }
}
