//! Waveforms in VCD and the save files that make them readable.
