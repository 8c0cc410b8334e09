//! The operating system's memory manager.
