//! What issues accesses: programs and recorded traces of real ones.
