//! Tests of whole programs.
//!
//! | module | what is tested |
//! |---|---|
//! | `generate` | writes random programs |
//! | `qemu` | the hart against QEMU, instruction by instruction |

mod generate;
mod qemu;
