//! All small blocks, and random kernels, in Verilator: one build for many devices, since a build
//! takes longer than all their cycles.

use crate::base::Clocked;
use crate::random::{Random, stimulus};
use crate::replay::{Recording, record, verilate};
use crate::{arithmetic, arrays, dimensions, distributed, enums, golden, hardware, hierarchy};
use crate::{interfaces, memories, mismatches, selects, shapes, shims, signed, structs, widgets};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::cell::RefCell;

thread_local! {
    /// Collects this thread's runs instead of replaying them.
    static COLLECTED: RefCell<Option<Vec<Recording>>> = const { RefCell::new(None) };
}

/// Records a run if this thread collects them; otherwise returns the block.
pub(crate) fn collect<B: Clocked>(
    block: B,
    cycles: u64,
    seed: u64,
    present: &mut impl FnMut(&mut crate::base::Dice, &mut B),
) -> Option<B> {
    COLLECTED.with_borrow_mut(|collected| {
        let Some(list) = collected else { return Some(block) };
        let device = format!("device{}", list.len());
        list.push(record(&device, block, cycles.min(600), seed, present));
        None
    })
}

/// Every test that runs a block.
const RUNS: &[fn()] = &[
    arithmetic::of_8_bits,
    arithmetic::of_32_bits,
    arithmetic::of_33_bits,
    arithmetic::of_64_bits,
    arithmetic::of_100_bits,
    arithmetic::casts_keep_low_bits,
    arrays::rows_and_chains,
    dimensions::grids_are_found_by_their_indices,
    distributed::words_are_read_within_the_cycle,
    enums::states_follow_each_other,
    golden::an_archive_answers,
    hardware::a_chooser_agrees_alone,
    hardware::a_held_fault_agrees_alone,
    hardware::a_line_agrees_alone,
    hardware::a_port_agrees_alone,
    hardware::a_replacement_agrees_alone,
    hardware::a_tlb_agrees_alone,
    hardware::a_waiting_miss_agrees_alone,
    hardware::decoders_agree_alone,
    hardware::schemes_agree_alone,
    hardware::small_blocks_agree_alone,
    hardware::walkers_agree_alone,
    hierarchy::values_settle,
    interfaces::buses_carry_both_ways,
    memories::words_are_read_as_they_were_before_the_edge,
    mismatches::they_mean_what_rust_means,
    selects::bits_are_found_and_replaced,
    shapes::chains_through_arrays_are_no_loops,
    shapes::keywords_and_fields,
    shapes::rows_of_two_modules_stand_side_by_side,
    shims::a_handshake_agrees_alone,
    shims::a_swap_agrees_alone,
    shims::accesses_agree_alone,
    shims::lanes_agree_alone,
    shims::loads_and_stores_on_buses_agree,
    shims::narrow_addresses_agree_alone,
    shims::walkers_on_buses_agree,
    signed::signs_are_extended_and_compared,
    structs::fields_are_bits_of_the_whole,
    widgets::the_library_elaborates,
];

#[test]
fn all_small_blocks_agree_in_verilator() {
    COLLECTED.set(Some(Vec::new()));
    for run in RUNS {
        let before = COLLECTED.with_borrow(|list| list.as_ref().map_or(0, Vec::len));
        run();
        let after = COLLECTED.with_borrow(|list| list.as_ref().map_or(0, Vec::len));
        assert!(after > before, "each of them runs a block");
    }
    let recordings = COLLECTED.take().unwrap_or_default();
    verilate(&recordings);
}

#[test]
fn random_kernels_agree_in_verilator() {
    let mut runner = TestRunner::deterministic();
    let mut draw = || {
        let bytes = prop::collection::vec(any::<u8>(), 100..500);
        bytes.new_tree(&mut runner).expect("nothing is rejected").current()
    };
    let recordings: Vec<Recording> = (0..24)
        .map(|at| record(&format!("device{at}"), Random::new(&draw()), 40, at, stimulus))
        .collect();
    verilate(&recordings);
}
