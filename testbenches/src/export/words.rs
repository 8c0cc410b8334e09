//! Words for the hardware's blocks, where a reader of Verilog would not expect their own names.

use netlist::print::Describe;

/// Blocks, and what modules that are made of them are called. All others have their own names, in
/// lower case.
const WORDS: &[(&str, &str)] = &[
    ("Cam", "tlb"),
    ("CamLine", "tlb_line"),
    ("Fifo", "fifo_replacement"),
    ("Lru", "lru_replacement"),
    ("PseudoLru", "plru_replacement"),
    ("NotMostRecent", "nmr_replacement"),
    ("Random", "random_replacement"),
    ("Scheme32", "scheme"),
    ("Scheme64", "scheme"),
    ("Cause", "fault_cause"),
    ("Choice", "walk_choice"),
    ("PointerLine", "walk_cache_line"),
    ("KeptLine", "line_fill_line"),
    ("Bank", "second_level_bank"),
    ("BankWay", "second_level_bank_way"),
];

/// Tells the printer.
pub(super) fn words(describe: &mut Describe) {
    WORDS.iter().for_each(|(block, word)| describe.call(*block, *word));
}

#[cfg(test)]
mod tests {
    use super::super::describe::FILES;
    use super::WORDS;

    #[test]
    fn every_word_has_a_block() {
        for (block, word) in WORDS {
            let declared = |(_, source): &(&str, &str)| {
                ["<", " ", "("].iter().any(|end| source.contains(&format!("struct {block}{end}")))
            };
            assert!(FILES.iter().any(declared), "there is no block {block} to be called {word}");
        }
    }
}
