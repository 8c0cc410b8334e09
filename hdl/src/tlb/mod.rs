//! The translation look-aside buffer.

mod cam;
mod line;
mod replacement;

pub use cam::Cam;
pub use line::CamLine;
pub use replacement::Replacement;
