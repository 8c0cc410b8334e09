//! MMU, bus, operating system and processor joined, cycle by cycle.
