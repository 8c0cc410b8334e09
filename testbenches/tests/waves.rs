//! Our waveform and Verilator's say the same of every signal that both have.

use testbenches::bench::{WaveOptions, waves};
use testbenches::export::tools;

#[test]
fn waves_of_compiled_state_are_those_of_verilator() {
    if !tools::or_skip("verilator") {
        return;
    }
    let config = "rv64_tiny".to_owned();
    let options =
        WaveOptions { config, cycles: 2000, rounds: 1, seconds: 0.01, ..WaveOptions::default() };
    let report = waves(&options).unwrap_or_else(|error| panic!("{error}"));
    assert!(report.compared_signals > 500, "{report}");
    assert!(report.compared_changes > 10_000, "{report}");
    println!("{report}");
}
