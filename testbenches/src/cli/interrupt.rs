//! Ctrl-C: the first requests a stop with a report, the second exits at once.

use std::process;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;

use super::Status;
use crate::watch;

static STOP: AtomicBool = AtomicBool::new(false);

/// From now on Ctrl-C sets the flag that is returned.
///
/// # Errors
/// When the handler cannot be installed.
pub(crate) fn stop_flag() -> anyhow::Result<&'static AtomicBool> {
    ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::Relaxed) {
            watch::leave();
            process::exit(Status::Interrupted.code().into());
        }
    })
    .context("Ctrl-C cannot be handled")?;
    Ok(&STOP)
}
