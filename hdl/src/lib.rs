//! The MMU as synthesizable hardware blocks.
