//! rust-hdl blocks become checked netlists, Verilog and fast cycles.

pub mod ir;

pub mod compile;
pub mod optimise;
