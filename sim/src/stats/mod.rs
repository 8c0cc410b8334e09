//! Counters and reports in the field's names.
