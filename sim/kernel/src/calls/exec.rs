//! Exec: a process gets a new image.

use crate::memory::Use;
use crate::paging::denial;
use crate::space::table::PageTable;
use crate::space::{Image, lay_out};
use crate::{AddressSpace, Event, Hal, Layout, Os, OsError, Pid, Region};
use model::isa::Satp;
use std::collections::BTreeMap;

/// The outcome of an `exec`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Execed {
    /// The process has its new image.
    Done,
    /// The image cannot be laid out: the caller continues with its memory unchanged.
    Refused,
    /// The caller was killed, for lack of a frame.
    Killed,
}

impl Os {
    /// Replaces the running process's image by the file `name`; processes that run the same file
    /// share its pages. The old address space is freed. An image that cannot be laid out is
    /// refused.
    ///
    /// # Errors
    /// Errors of the hardware.
    pub fn exec(
        &mut self,
        hal: &mut dyn Hal,
        name: &str,
        layout: &Layout,
    ) -> Result<Execed, OsError> {
        let Some((pid, account)) = self.enter(hal)? else { return Ok(Execed::Killed) };
        let image = self.image(name);
        let laid = image.and_then(|image| Ok((image, self.regions(pid, name, image, layout)?)));
        let Ok((image, (regions, on_demand))) = laid else {
            self.leave(hal, pid, account, false);
            return Ok(Execed::Refused);
        };
        let execed = match denial(self.demand_frame(hal, pid, Use::Table(pid)))? {
            Err(_) => Execed::Killed,
            Ok(root) => {
                let table = PageTable::new(hal, self.config.mode, root)?;
                self.show_kernel(hal, &table)?;
                let space = AddressSpace::new(table, regions, on_demand);
                self.replace_space(hal, pid, space)?;
                let process = self.process_mut(pid);
                name.clone_into(&mut process.name);
                process.image = image;
                self.happened(hal, Event::Exec { pid, name: name.to_owned() });
                self.settle(hal, pid)?;
                if let Layout::Regions(specs) = layout {
                    self.prefault_all(hal, pid, specs)?;
                }
                Execed::Done
            }
        };
        hal.charge(account);
        Ok(execed)
    }

    /// The named file as an image.
    fn image(&mut self, name: &str) -> Result<Image, OsError> {
        let object = self.memory.objects.named(name, true, None).map_err(|problem| {
            OsError::Region { process: name.to_owned(), region: "image".to_owned(), problem }
        })?;
        let file = self.memory.objects.get(object).and_then(|object| object.file);
        Ok(Image { file: file.expect("it was asked for as a file"), object })
    }

    /// The regions of a layout, and whether they appear on demand.
    pub(crate) fn regions(
        &mut self,
        pid: Pid,
        name: &str,
        image: Image,
        layout: &Layout,
    ) -> Result<(BTreeMap<u64, Region>, bool), OsError> {
        let (Layout::Regions(specs) | Layout::OnDemand(specs)) = layout;
        let regions = lay_out(&self.ground(), name, image, specs, &mut self.memory.objects)?;
        for region in regions.values() {
            if let Some(problem) = self.device_taken(pid, region) {
                let (process, region) = (name.to_owned(), region.name.clone());
                return Err(OsError::Region { process, region, problem });
            }
        }
        Ok((regions, matches!(layout, Layout::OnDemand(_))))
    }

    /// Switches the running process to other tables: first the register, then the fence, and only
    /// then may the old tables be reused.
    fn replace_space(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        space: AddressSpace,
    ) -> Result<(), OsError> {
        let asid = self.asids.held(pid).unwrap_or_default();
        let satp = Satp { mode: self.config.mode, asid, root: space.table.root() };
        hal.set_satp(satp.encode(hal.xlen()));
        self.fence_space(hal, pid)?;
        let old = self.process_mut(pid).space.replace(space);
        let old = old.expect("a running process has memory");
        self.free_address_space(hal, pid, &old)
    }
}
