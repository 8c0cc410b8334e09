//! Exec: a process is given a new image.

use super::frames::Use;
use super::layout::{Image, lay_out};
use super::table::PageTable;
use super::{Activity, AddressSpace, Event, Hal, Layout, Os, OsError, Pid, Region, Verdict};
use crate::isa::Satp;
use std::collections::BTreeMap;

impl Os {
    /// Gives the running process a new image, the file `name`: whoever runs the same file shares
    /// its pages. The old address space is given back.
    ///
    /// # Errors
    /// [`OsError::Region`] for a layout that cannot be; else the hardware's.
    pub fn exec(
        &mut self,
        hal: &mut dyn Hal,
        name: &str,
        layout: &Layout,
    ) -> Result<Verdict, OsError> {
        let Some(pid) = self.current else { return Ok(Verdict::Killed) };
        self.pinned.clear();
        let account = hal.charge(Activity::Handler);
        hal.wait(self.config.costs.trap + self.config.costs.handler)?;
        let image = self.image(name)?;
        let (regions, on_demand) = self.regions(pid, name, image, layout)?;
        let verdict = match self.demand_frame(hal, pid, Use::Table(pid))? {
            None => Verdict::Killed,
            Some(root) => {
                let table = PageTable::new(hal, self.config.mode, root)?;
                self.show_kernel(hal, &table)?;
                let space = AddressSpace::new(table, regions, on_demand);
                self.replace_space(hal, pid, space)?;
                let process = self.process_mut(pid);
                name.clone_into(&mut process.name);
                process.image = image;
                process.counters.execs += 1;
                hal.event(Event::Exec { pid, name: name.to_owned() });
                self.settle(hal, pid)?;
                if let Layout::Regions(specs) = layout {
                    self.prefault_all(hal, pid, specs)?;
                }
                Verdict::Resume
            }
        };
        hal.charge(account);
        Ok(verdict)
    }

    /// The named file as an image.
    fn image(&mut self, name: &str) -> Result<Image, OsError> {
        let object = self.objects.named(name, true, None).map_err(|problem| OsError::Region {
            process: name.to_owned(),
            region: "image".to_owned(),
            problem,
        })?;
        let file = self.objects.get(object).and_then(|object| object.file);
        Ok(Image { file: file.expect("it was asked for as a file"), object })
    }

    /// The regions of a layout, and whether they appear on demand.
    pub(super) fn regions(
        &mut self,
        pid: Pid,
        name: &str,
        image: Image,
        layout: &Layout,
    ) -> Result<(BTreeMap<u64, Region>, bool), OsError> {
        let (Layout::Regions(specs) | Layout::OnDemand(specs)) = layout;
        let regions = lay_out(&self.ground(), name, image, specs, &mut self.objects)?;
        for region in regions.values() {
            if let Some(problem) = self.device_taken(pid, region) {
                let (process, region) = (name.to_owned(), region.name.clone());
                return Err(OsError::Region { process, region, problem });
            }
        }
        Ok((regions, matches!(layout, Layout::OnDemand(_))))
    }

    /// Puts the running process onto other tables: first the register, then the fence, and only
    /// then are the old tables somebody else's memory.
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
        self.dissolve(hal, pid, &old)
    }
}
