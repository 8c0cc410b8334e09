//! Translation vectors of an independent model.
