//! A computer that executes instructions, at a moment of its run.

use machine::computer::Computer;
use model::isa::{Privilege, Satp};

use super::machine::{ports, walks};
use super::snapshot::{Place, Snapshot};
use crate::exec::{cause, interrupt_cause};

/// Page faults are shown before the first has happened; other causes when they have.
const ALWAYS: [usize; 3] = [12, 13, 15];

/// What a computer has counted until now. `symbol` names the function around an address, and the
/// distance from its beginning. Title and progress are left to the command.
pub fn of_computer(
    computer: &mut Computer,
    symbol: impl FnOnce(u64) -> Option<(String, u64)>,
) -> Snapshot {
    let account = computer.account();
    let mmu = computer.board().meter.total().mmu;
    let organisation = computer.mmu().organisation();
    let hart = computer.hart();
    let satp = Satp::decode(hart.satp(), computer.mmu().xlen());
    let pc = hart.pc();
    let place = Place {
        pc,
        symbol: symbol(pc),
        privilege: Some(match hart.privilege() {
            Privilege::Machine => "M",
            Privilege::Supervisor => "S",
            Privilege::User => "U",
        }),
        space: satp.map(|satp| format!("satp {}, ASID {}", satp.mode.name(), satp.asid)),
    };
    let exceptions = account.exceptions.iter().enumerate();
    let faults = exceptions.filter(|(code, count)| ALWAYS.contains(code) || **count > 0);
    let faults = faults.map(|(code, count)| (cause(code), *count));
    let interrupts = account.interrupts.iter().enumerate().filter(|(_, count)| **count > 0);
    let interrupts = interrupts.map(|(code, count)| (interrupt_cause(code), *count));
    Snapshot {
        instructions: Some(account.instructions.iter().sum()),
        cycles: Some(computer.cycles()),
        place: Some(place),
        ports: ports(&mmu, organisation.one_port),
        walks: Some(walks(&mmu, &organisation)),
        faults_in_all: Some(mmu.page_faults + mmu.access_faults),
        faults: pages_first(faults.collect()),
        fences: vec![
            ("all", account.fences),
            ("by address", account.fences_by_va),
            ("by address space", account.fences_by_asid),
            ("by address and space", account.fences_by_va_and_asid),
        ],
        other: std::iter::once(("writes of satp", account.satp_writes)).chain(interrupts).collect(),
        ..Snapshot::default()
    }
}

/// Page faults first, for the list may be cut; each in the order of its code.
fn pages_first(mut causes: Vec<(&'static str, u64)>) -> Vec<(&'static str, u64)> {
    causes.sort_by_key(|(name, _)| !name.ends_with("page fault"));
    causes
}
