//! Tests of whole programs.
//!
//! | module | what is tested |
//! |---|---|
//! | `generate` | writes random programs |
//! | `pauses` | that answers which come late change nothing |
//! | `qemu` | the hart against QEMU, instruction by instruction |

mod generate;
mod pauses;
mod qemu;
