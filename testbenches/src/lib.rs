//! Where hardware and world meet.
