//! The parts of a sweep, merged.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, anyhow, ensure};

use super::{ExploreArgs, draw, ended, nothing, print_whole};
use crate::cli::Status;
use crate::explore::part::{self, PartFile};
use crate::explore::sweep::Point;
use scenario::files;

/// Larger files are no parts.
const LONGEST: u64 = 1 << 30;

/// Prints and draws what one process would have printed and drawn.
pub(super) fn merge(arguments: &ExploreArgs) -> anyhow::Result<Status> {
    ensure!(!arguments.fold, "--fold has no effect on --merge: the parts have been run");
    let read = |path: &std::path::PathBuf| {
        let name = path.display().to_string();
        let text = files::text(Path::new(path), LONGEST).with_context(|| name.clone())?;
        let file = PartFile::parse(&text).map_err(|problem| anyhow!("{name}: {problem}"))?;
        anyhow::Ok((name, file))
    };
    let parts = arguments.merge.iter().map(read).collect::<anyhow::Result<Vec<_>>>()?;
    let (name, findings) = part::merge(parts).map_err(|problem| anyhow!("--merge: {problem}"))?;
    if findings.points.iter().all(|point: &Point| point.outcome.is_err()) {
        return nothing(&name, &findings.points);
    }
    print_whole(&findings, arguments)?;
    draw(&findings, &name, arguments)?;
    Ok(ended(&name, &findings, &AtomicBool::new(false)))
}
