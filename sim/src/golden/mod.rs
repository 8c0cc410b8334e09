//! The specification's translation algorithm, step by step, and nothing cleverer.
