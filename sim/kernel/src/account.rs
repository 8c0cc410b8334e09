//! The kernel's counters: one set for each process, and one for work done for no process.

use super::FaultKind;
use model::counters;

counters! {
    /// The operating system's counters.
    pub struct OsCounters {
        /// Faults resolved without the disk.
        pub minor_faults in Faults,
        /// Faults that read the disk.
        pub major_faults in Faults as "major_faults (pgmajfault)",
        /// Of the minor and major faults, those on pages that had been evicted: more memory would
        /// have saved them.
        pub refaults,
        /// Faults by which software sets A and D (`menvcfg.ADUE` = 0).
        pub ad_faults in Faults,
        /// Faults that killed the process.
        pub protection_faults in Faults,
        /// Faults on entries that were already correct.
        pub spurious_faults,
        /// Faults deferred for lack of a frame, while all were reserved for pages being read. Each
        /// is taken again, and counts under the kind that it has then.
        pub deferred_faults,
        /// Of the minor faults, those that only widened a page's permissions.
        pub permission_widened in Faults,
        /// Zeroed pages.
        pub demand_zero,
        /// Pages read from a program's image.
        pub demand_load,
        /// Times that a stack grew.
        pub stack_growths,
        /// Changes of the heap's size by `sbrk`.
        pub heap_changes,
        /// Pages that were evicted.
        pub evictions in Faults,
        /// Pages read from swap.
        pub swap_ins in Faults as "swap_ins (pswpin)",
        /// Pages written to swap.
        pub swap_outs in Faults as "swap_outs (pswpout)",
        /// Evictions that had to write the page back.
        pub write_backs in Faults,
        /// Evictions that did not, because the page was clean.
        pub write_backs_saved in Faults,
        /// Pages written to swap while they stayed in memory, so that they can be evicted clean.
        pub written_ahead,
        /// Swap slots taken from pages that were in memory as well.
        pub slots_reclaimed,
        /// How often this process was given the processor.
        pub context_switches in Faults,
        /// Forks of this process.
        pub forks in Sharing,
        /// Pages that it shared with its children at their forks.
        pub fork_shared_pages in Sharing,
        /// Pages copied for its children at their forks.
        pub fork_copied_pages in Sharing,
        /// Pages copied for a fork that then failed for lack of memory, and freed again.
        pub fork_undone_pages,
        /// Stores to pages shared copy-on-write.
        pub cow_faults in Sharing,
        /// Of these, those that copied the page.
        pub cow_copies in Sharing,
        /// Of these, those whose process was the last owner: the page was not copied.
        pub cow_reuses in Sharing,
        /// Pages mapped to the one zero frame.
        pub zero_page_maps in Sharing,
        /// Faults whose page another fault had brought into the page cache.
        pub page_cache_hits in Sharing,
        /// Faults whose swapped page was in a frame again, or still.
        pub swap_cache_hits in Sharing,
        /// Pages written to files.
        pub file_writes in Sharing,
        /// Pages mapped around the one that faulted.
        pub fault_around_maps in Sharing,
        /// Pages read from a file beyond the one that faulted.
        pub read_ahead_pages in Sharing,
        /// Pages brought in when their region was mapped.
        pub prefaulted,
        /// Faults on zeroed memory in a region that holds the whole superpage around the address, if the
        /// kernel makes superpages at the first touch.
        pub thp_candidates,
        /// Superpages allocated for zeroed memory.
        pub thp_allocations in Sharing,
        /// Superpages split.
        pub thp_splits in Sharing,
        /// Superpages not allocated because no contiguous run of frames was free.
        pub thp_fallbacks in Sharing,
        /// Runs of pages promoted to superpages.
        pub thp_promotions in Sharing,
        /// Pages copied for that; the others of each run were zeroed.
        pub thp_promotion_copies in Sharing,
        /// Runs that had enough pages, but no contiguous run of frames was free.
        pub thp_promotion_fallbacks in Sharing,
        /// Page tables freed before their process ended.
        pub tables_freed,
        /// Execs of this process.
        pub execs,
        /// Regions mapped while it ran.
        pub mmaps,
        /// Ranges unmapped while it ran.
        pub munmaps,
        /// Ranges whose permissions were changed.
        pub mprotects,
        /// Mappings moved or resized.
        pub mremaps,
        /// Ranges whose pages were dropped by `madvise`.
        pub madvises,
        /// Ranges written to their files by `msync`.
        pub msyncs,
        /// Ranges whose pages were locked into their frames.
        pub mlocks,
        /// Ranges unlocked.
        pub munlocks,
        /// System calls about processes and memory that failed: nothing had changed, and the
        /// program continued.
        pub refused_calls,
        /// Calls for which the kernel accessed the process's memory, or refused to.
        pub user_copies in UserCopies,
        /// Bytes that it moved, in either direction.
        pub user_copy_bytes in UserCopies,
        /// Of all faults, those in S-mode by the kernel's own accesses to the process's memory.
        pub supervisor_faults in UserCopies,
        /// Of these, those that made the call fail.
        pub refused_faults,
        /// Of the calls, those that failed with EFAULT: not one byte could be moved.
        pub efaults in UserCopies,
        /// Those that met such an address later: they return the number of bytes moved until then.
        pub short_copies in UserCopies,
        /// Those that failed because the kernel had not set SUM: its own error.
        pub sum_faults in UserCopies,
        /// Those that failed because the kernel had not set MXR.
        pub mxr_faults in UserCopies,
        /// Disk transfers that failed.
        pub disk_errors in Sharing,
        /// Kills because memory was exhausted.
        pub oom_kills in Sharing,
        /// Timer interrupts taken.
        pub ticks,
    }
}

impl OsCounters {
    /// The count of faults of one kind.
    pub fn faults_of(&mut self, kind: FaultKind) -> &mut u64 {
        match kind {
            FaultKind::Minor => &mut self.minor_faults,
            FaultKind::Major => &mut self.major_faults,
            FaultKind::AccessedDirty => &mut self.ad_faults,
            FaultKind::Spurious => &mut self.spurious_faults,
            FaultKind::Protection => &mut self.protection_faults,
            FaultKind::Refused => &mut self.refused_faults,
        }
    }
}
