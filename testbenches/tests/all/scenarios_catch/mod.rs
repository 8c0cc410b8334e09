//! Tests of the scenarios themselves: each planted defect is caught by the one assigned to it.

mod defective;
mod mutant;
mod physical;
mod rules;
mod tlb;
mod walker;

use std::sync::atomic::AtomicBool;

use defective::Model;
use model::mmu::Mmu;
use mutant::Mutant;
use scenario::library;
use scenario::load::{Body, Scenario};
use scenario::run::{Report, Unwatched, run};
use scenario::schema::Exactly;
use scenario::variant::Select;

/// Each defect with the scenario that catches it.
const CAUGHT: &[(Mutant, &str)] = &[
    (Mutant::MxrFrozenAtFill, "mxr-opens-executable-pages-to-loads"),
    (Mutant::NoWriteCheckOnHit, "every-permission-warm"),
    (Mutant::NoUserCheckOnHit, "user-pages-need-user-mode"),
    (Mutant::SharedTlbWithoutExecuteCheck, "data-pages-are-not-executed"),
    (Mutant::SumAllowsFetch, "sum-never-opens-fetch"),
    (Mutant::SumIgnored, "sum-opens-user-pages-to-data"),
    (Mutant::MxrOpensStores, "mxr-opens-nothing-else"),
    (Mutant::CacheBlockNeedsWrite, "a-cache-block-where-a-load-or-a-store-may"),
    (Mutant::CacheBlockFaultsAsLoad, "a-cache-block-faults-as-a-store"),
    (Mutant::CacheBlockNeedsDirty, "a-cache-block-leaves-a-and-no-d"),
    (Mutant::UserReachesSupervisorPages, "supervisor-pages-refuse-user-mode"),
    (Mutant::WriteOnlyAcceptedByFetch, "write-without-read-is-reserved"),
    (Mutant::WriteOnlyAcceptedByData, "write-without-read-is-reserved"),
    (Mutant::PointerBitsAccepted, "pointers-have-no-a-d-u"),
    (Mutant::PointerReservedAccepted, "reserved-bits-in-a-pointer"),
    (Mutant::LeafReservedAccepted, "reserved-bits-in-a-leaf"),
    (Mutant::NapotAccepted, "napot-bit-is-reserved"),
    (Mutant::PbmtAccepted, "pbmt-bits-are-reserved"),
    (Mutant::NapotCodeUnchecked, "napot-encodings"),
    (Mutant::NapotSuperpageAccepted, "napot-encodings"),
    (Mutant::SoftwareBitsRefused, "bits-60-and-59-for-software"),
    (Mutant::ReservedTypeAccepted, "memory-types"),
    (Mutant::PointerTypeAccepted, "memory-types"),
    (Mutant::PbmteIgnored, "memory-types-by-pbmte"),
    (Mutant::TypeLostOnHit, "memory-types"),
    (Mutant::RetypedWalkCached, "memory-types-by-pbmte"),
    (Mutant::NapotSizeHidden, "a-napot-range"),
    (Mutant::MisalignedOred, "misaligned-megapage"),
    (Mutant::MisalignedOred, "misaligned-upper-levels"),
    (Mutant::PointerAtLastLevelAccepted, "pointer-at-the-last-level"),
    (Mutant::RswRefused, "software-bits-are-ignored"),
    (Mutant::ReservedGivesAccessFault, "reserved-bits-in-a-leaf"),
    (Mutant::InvalidAccepted, "invalid-at-every-level"),
    (Mutant::TablePpnCut, "high-physical-addresses"),
    (Mutant::PhysicalPpnCut, "high-physical-addresses-of-sv32"),
    (Mutant::FaultingLeafCached, "napot-bit-is-reserved"),
    (Mutant::PermissionFaultCached, "faults-are-not-remembered"),
    (Mutant::UpdateBeforePermission, "refused-accesses-set-nothing"),
    (Mutant::FaultFlagSurvives, "a-bus-error-is-over-when-it-is-over"),
    (Mutant::StaleResponseTaken, "a-fence-overtakes-a-fetch-walk"),
    (Mutant::InvalidCached, "faults-are-not-remembered"),
    (Mutant::UnaccessedCached, "svade-faults-on-a-clear"),
    (Mutant::FenceAsidFromSatp, "one-space"),
    (Mutant::FenceForgetsVa, "one-address"),
    (Mutant::FenceVaFromLastFence, "operands-of-consecutive-fences"),
    (Mutant::RefillSurvivesFence, "a-fence-overtakes-a-walk"),
    (Mutant::WalkIgnoresFence, "a-fence-overtakes-the-upper-levels"),
    (Mutant::AsidFenceKillsGlobal, "one-address-of-one-space"),
    (Mutant::VaFenceSparesGlobal, "a-superpage-by-any-inner-address"),
    (Mutant::AsidIgnored, "asids-keep-spaces-apart"),
    (Mutant::AsidCompareLowByte, "every-asid-bit-counts"),
    (Mutant::GlobalIgnored, "a-global-leaf-is-everybodys"),
    (Mutant::GlobalPointerIgnored, "a-global-pointer-makes-all-below-global"),
    (Mutant::GlobalSticks, "a-global-walk-does-not-colour-the-next"),
    (Mutant::SuperpageFencedByExactVa, "upper-superpages-by-any-inner-address"),
    (Mutant::SatpChangeMidWalk, "the-space-changes-during-a-walk"),
    (Mutant::OvertakenWalkCached, "the-space-changes-during-a-walk"),
    (Mutant::RequestBesideFenceAccepted, "a-request-beside-a-fence"),
    (Mutant::SuperpageOffsetCut, "megapage"),
    (Mutant::NapotOffsetOred, "a-napot-range"),
    (Mutant::NapotLineOfOnePage, "a-napot-range"),
    (Mutant::NapotFencedByExactVa, "a-napot-range-by-any-inner-address"),
    (Mutant::NapotOverlapsKept, "a-napot-range-gives-way-to-pages"),
    (Mutant::NapotCopyWritten, "in-a-napot-range"),
    (Mutant::MegapageTagTooWide, "a-superpage-ends-where-it-ends"),
    (Mutant::NoRetry, "a-changed-entry-is-read-again"),
    (Mutant::RetryFromOldEntry, "a-revoked-entry-is-not-used"),
    (Mutant::LoadSetsDirty, "hardware-sets-a"),
    (Mutant::DirtyIgnored, "svade-faults-on-d-clear"),
    (Mutant::AccessedIgnored, "svade-faults-on-a-clear"),
    (Mutant::UpdateUnderSvade, "svade-faults-on-a-clear"),
    (Mutant::StaleDirtyAfterUpdate, "hardware-sets-d"),
    (Mutant::StoreBusErrorAsLoad, "bus-error-at-every-level"),
    (Mutant::BusErrorAsPageFault, "bus-error-in-the-middle"),
    (Mutant::BusErrorIgnored, "bus-error-at-every-level"),
    (Mutant::UpdateErrorIgnored, "bus-error-on-the-update"),
    (Mutant::CanonicalOneLate, "non-canonical-aliases-do-not-hit"),
    (Mutant::CanonicalUnchecked, "non-canonical-addresses"),
    (Mutant::TvalIsPhysical, "tval-is-the-whole-virtual-address"),
    (Mutant::TvalCut, "tval-is-the-whole-virtual-address"),
    (Mutant::MachineTranslated, "machine-mode-translates-to-itself"),
    (Mutant::BareChecksPermission, "bare-translates-to-itself"),
    (Mutant::BareBeyondWidthPasses, "addresses-beyond-physical-memory"),
    (Mutant::ReservedModePasses, "reserved-modes-let-nothing-through"),
    (Mutant::RefillOnWrongPort, "both-ports-miss-at-once"),
    (Mutant::AnswersSwapped, "both-ports-miss-at-once"),
    (Mutant::DataAlwaysFirst, "both-ports-miss-at-once"),
    (Mutant::DataStarvesFetch, "nobody-starves"),
    (Mutant::HitsWaitForWalk, "hits-go-on-under-a-miss"),
    (Mutant::HitTakesACycle, "a-hit-takes-none"),
    (Mutant::HitTakesACycle, "one-translation-a-cycle"),
    (Mutant::WalkReadsOneLate, "a-miss-takes-two-and-the-memory"),
    (Mutant::WalkReadsOneLate, "every-depth-of-a-walk"),
    (Mutant::AnswerOneLate, "a-fault-takes-no-longer"),
    (Mutant::UpdateOneLate, "an-update-takes-one-more-access"),
    (Mutant::FenceTakesTwo, "a-fence-takes-one"),
    (Mutant::WalkAfterFenceLate, "the-walk-after-a-fence"),
    (Mutant::NewestFaultHeld, "the-oldest-fault-is-held"),
    (Mutant::FaultNeverDropped, "the-oldest-fault-is-held"),
    (Mutant::PmpLockIgnored, "what-is-locked-stays"),
    (Mutant::PmpReservedKept, "what-registers-keep"),
    (Mutant::PmpReservedKept, "what-registers-of-rv32-keep"),
    (Mutant::PmpTorLockIgnored, "what-is-locked-stays"),
    (Mutant::PmpTopInclusive, "each-way-to-match"),
    (Mutant::PmpPriorityReversed, "the-lowest-entry-decides"),
    (Mutant::PmpPartialAllowed, "an-entry-must-hold-the-whole-access"),
    (Mutant::PmpBindsMachine, "machine-mode-is-bound-by-locks"),
    (Mutant::PmpNoMatchAllowed, "nothing-is-open-after-reset"),
    (Mutant::PmpUncheckedOnHit, "a-change-and-a-fence"),
    (Mutant::TablesUnchecked, "a-refused-table-is-not-read"),
    (Mutant::RefusedReadReachesMemory, "a-refused-table-is-not-read"),
    (Mutant::UpdateCheckedAsRead, "an-update-needs-a-write"),
    (Mutant::RegionTablesIgnored, "no-tables-in-a-region"),
    (Mutant::RegionAtomicsIgnored, "tables-without-atomics"),
    (Mutant::AbsentRegionAnswers, "attributes-go-out-with-the-answer"),
    (Mutant::RegionHidden, "attributes-go-out-with-the-answer"),
];

/// Whether a scenario is about parts that the model does not have.
fn asks_for_more(scenario: &Scenario) -> bool {
    let machine = match &scenario.body {
        Body::Ports(head, _) => head.machine.clone(),
        Body::System(system) => system.machine.machine(),
        Body::Segments(..) => return false,
    };
    let sizes = [machine.walk_cache, machine.l2, machine.line_fill, machine.trace];
    let sized = machine.sizes != Exactly::default();
    let registered = machine.answer.as_deref() == Some("registered");
    sized
        || registered
        || sizes.into_iter().flatten().any(|size| size > 0)
        || machine.walkers == Some(2)
        || machine.ports == Some(1)
}

fn runs(name: &str, mutant: Option<Mutant>) -> Vec<Report> {
    let factory = |config: &str| -> anyhow::Result<Box<dyn Mmu>> {
        Ok(Box::new(Model::new(engine::find(config)?, mutant)))
    };
    let scenarios = library::find(name).unwrap_or_else(|error| panic!("{error}"));
    let mut reports = Vec::new();
    for scenario in scenarios.into_iter().filter(|scenario| !asks_for_more(scenario)) {
        let result =
            run(&scenario, Select::default(), &factory, &mut Unwatched, &AtomicBool::new(false));
        reports.extend(result.unwrap_or_else(|error| panic!("{error}")));
    }
    reports
}

#[test]
fn the_sound_model_passes_every_scenario() {
    let mut failures = Vec::new();
    for (name, _) in library::files() {
        for report in runs(name, None) {
            if let Some(mismatch) = report.mismatch {
                failures
                    .push(format!("{name} on {}\n{:?}\n{mismatch}", report.machine, report.step));
            }
        }
    }
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn each_planted_defect_is_caught_by_the_scenario_that_names_it() {
    let missed: Vec<_> = CAUGHT
        .iter()
        .filter(|(mutant, name)| runs(name, Some(*mutant)).iter().all(|r| r.mismatch.is_none()))
        .collect();
    assert!(missed.is_empty(), "not caught: {missed:#?}");
}
