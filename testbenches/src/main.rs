//! The command `pagewalk`.

fn main() {}
