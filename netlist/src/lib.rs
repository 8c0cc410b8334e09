//! rust-hdl blocks become checked netlists, Verilog and fast cycles.

pub mod ir;
