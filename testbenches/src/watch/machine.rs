//! A machine with an operating system, at a moment of its run.

use machine::system::Machine;
use model::mmu::{Organisation, Port, Pulse};

use super::snapshot::{PortRate, Snapshot, Walks};
use machine::stats::MmuCounters;

/// What the machine has counted until now. Title and progress are left to the command, which knows
/// what it runs.
pub fn of_machine(machine: &Machine) -> Snapshot {
    let report = machine.report();
    let (total, memory) = (&report.total, &report.memory);
    let census = machine.os().frames().census();
    let organisation = machine.hardware().board.hart(0).mmu().organisation();
    let instructions = total.accesses.instructions;
    let running = machine.os().processes().filter(|process| process.space.is_some());
    Snapshot {
        running: running.map(|process| format!("{} ({})", process.name, process.pid)).collect(),
        instructions: (instructions > 0).then_some(instructions),
        cycles: Some(report.cycles),
        ports: ports(&total.mmu, organisation.one_port),
        walks: Some(walks(&total.mmu, &organisation)),
        faults: vec![
            ("minor page faults", total.faults.minor_faults),
            ("major page faults", total.faults.major_faults),
            ("copy on write", total.faults.cow_faults),
            ("A or D by software", total.faults.ad_faults),
            ("protection faults", total.faults.protection_faults),
        ],
        fences: vec![("sfence.vma, all forms", total.mmu.fences)],
        faults_in_all: Some(total.mmu.page_faults + total.mmu.access_faults),
        memory: vec![
            ("pages", census.pages),
            ("page tables", census.tables),
            ("free", memory.frames_free),
        ],
        other: vec![
            ("evictions", total.faults.evictions),
            ("swapped in", total.faults.swap_ins),
            ("swapped out", total.faults.swap_outs),
        ],
        ..Snapshot::default()
    }
}

/// The TLBs of an MMU; one with a single port has the data port only.
pub(super) fn ports(mmu: &MmuCounters, one_port: bool) -> Vec<PortRate> {
    let rate = |name, port| PortRate {
        name,
        hits: mmu.of(Pulse::hit(port)),
        misses: mmu.of(Pulse::miss(port)),
    };
    if one_port {
        return vec![rate("one port", Port::Data)];
    }
    vec![rate("fetch", Port::Fetch), rate("data", Port::Data)]
}

/// Its walks.
pub(super) fn walks(mmu: &MmuCounters, organisation: &Organisation) -> Walks {
    Walks {
        walks: mmu.walks,
        entries: mmu.pte_reads,
        updates: mmu.pte_updates,
        l2_hits: (organisation.l2 > 0).then_some(mmu.l2_hits),
        cache_hits: (organisation.walk_cache > 0).then_some(mmu.walk_cache_hits),
    }
}
