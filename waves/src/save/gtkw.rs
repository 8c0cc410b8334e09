//! GTKWave's save file, and the filter files that it refers to.

use std::fmt::Write;
use std::path::Path;

use super::{Format, Group, Paint, Row, Trace, View};
use crate::UNITS_PER_CYCLE;

/// The window that opens, in pixels.
const WINDOW: (u32, u32) = (1600, 1000);
/// The column of names and values.
const NAMES: u32 = 390;
/// The parts of the width taken by the window's frame, the closed signal tree and the scroll bar.
const FRAME: u32 = 64;
/// At zoom 0, this many pixels show one unit of time; each step of -1 doubles the visible time.
const ZOOM_PIXELS: f64 = 200.0;

/// Bits of a row's flags.
mod flag {
    pub(super) const HEX: u32 = 0x2;
    pub(super) const DECIMAL: u32 = 0x4;
    pub(super) const BINARY: u32 = 0x8;
    pub(super) const RIGHT: u32 = 0x20;
    pub(super) const BLANK: u32 = 0x200;
    pub(super) const COLLAPSED: u32 = 0x1000;
    pub(super) const FILTER: u32 = 0x2000;
    pub(super) const ANALOG_STEP: u32 = 0x8000;
    pub(super) const ANALOG_ROWS: u32 = 0x2_0000;
    pub(super) const FULL_SCALE: u32 = 0x8_0000;
    pub(super) const CLOSED: u32 = 0x40_0000;
    pub(super) const BEGIN: u32 = 0x80_0000;
    pub(super) const END: u32 = 0x100_0000;
}

/// The save file's text and, by name, its filters.
pub(super) struct Gtkw {
    pub(super) text: String,
    pub(super) filters: Vec<(String, String)>,
    /// The filters' folder, relative to the save file.
    folder: String,
}

impl Gtkw {
    pub(super) fn of(view: &View, dump: &Path, folder: &Path) -> Gtkw {
        let folder = folder.to_string_lossy().into_owned();
        let mut gtkw = Gtkw { text: String::new(), filters: Vec::new(), folder };
        gtkw.head(view, dump);
        for group in &view.groups {
            gtkw.group(group);
        }
        gtkw.line("[pattern_trace] 1\n[pattern_trace] 0");
        gtkw
    }

    fn head(&mut self, view: &View, dump: &Path) {
        let name =
            |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (width, height) = WINDOW;
        let (first, last) = view.zoom.unwrap_or((0, 100));
        let units = (last - first).saturating_mul(UNITS_PER_CYCLE) as f64;
        let zoom = -(units * ZOOM_PIXELS / f64::from(width - NAMES - FRAME)).log2();
        self.line(&format!("[dumpfile] \"{}\"", name(dump)));
        self.line(&format!("[savefile] \"{}\"", name(&dump.with_extension("gtkw"))));
        self.line(&format!("[timestart] {}", first.saturating_mul(UNITS_PER_CYCLE)));
        self.line(&format!("[size] {width} {height}\n[pos] -1 -1"));
        let time = |cycle: Option<u64>| match cycle {
            Some(cycle) => format!(" {}", cycle.saturating_mul(UNITS_PER_CYCLE)),
            None => " -1".to_owned(),
        };
        let markers: String =
            (0..View::MARKERS).map(|at| time(view.markers.get(at).map(|m| m.0))).collect();
        self.line(&format!("*{zoom:.6}{}{markers}", time(view.cursor)));
        for (letter, (_, name)) in ('A'..='Z').zip(&view.markers) {
            self.line(&format!("[markername] {letter}{name}"));
        }
        self.line(&format!("[sst_expanded] 0\n[signals_width] {NAMES}"));
    }

    fn group(&mut self, group: &Group) {
        let (begin, end) =
            if group.open { (0, 0) } else { (flag::CLOSED, flag::CLOSED | flag::COLLAPSED) };
        self.flags(flag::BEGIN | flag::BLANK | begin);
        self.line(&format!("-{}", group.name));
        for row in &group.rows {
            match row {
                Row::Trace(trace) => self.trace(trace),
                Row::Group(inner) => self.group(inner),
            }
        }
        self.flags(flag::END | flag::BLANK | end);
        self.line(&format!("-{}", group.name));
    }

    fn trace(&mut self, trace: &Trace) {
        let format = match trace.format {
            Format::Plain => flag::BINARY,
            Format::Hex => flag::HEX,
            Format::Decimal => flag::DECIMAL,
            Format::Analog { .. } => flag::DECIMAL | flag::ANALOG_STEP | flag::FULL_SCALE,
        };
        let filter = (!trace.names.is_empty()).then(|| self.filter(trace));
        let filtered = if filter.is_some() { flag::FILTER } else { 0 };
        self.flags(flag::RIGHT | format | filtered);
        if let Some(number) = filter {
            let name = &self.filters[number - 1].0;
            self.line(&format!("^{number} ./{}/{name}", self.folder));
        }
        if let Some(line) = trace.line {
            self.line(&format!("[color] {}", line as u8));
        }
        self.line(&format!("+{{{}}} {}", trace.alias, trace.reference));
        if let Format::Analog { rows } = trace.format {
            // The curve uses the empty rows below it.
            self.flags(flag::ANALOG_ROWS);
            (1..rows).for_each(|_| self.line("-"));
        }
    }

    /// The number, from 1, of the filter that names the trace's values; made when first needed.
    fn filter(&mut self, trace: &Trace) -> usize {
        let text = filter_text(&trace.names, trace.width);
        if let Some(at) = self.filters.iter().position(|(_, known)| *known == text) {
            return at + 1;
        }
        let path = trace.reference.split('[').next().unwrap_or(&trace.reference);
        self.filters.push((format!("{path}.flt"), text));
        self.filters.len()
    }

    fn flags(&mut self, flags: u32) {
        writeln!(self.text, "@{flags:x}").expect("writing into a string cannot fail");
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

/// A line for each value: its hexadecimal digits as GTKWave shows them, its colour, its name.
fn filter_text(names: &[(String, Paint)], width: u32) -> String {
    let digits = width.div_ceil(4) as usize;
    let mut text = String::new();
    for (value, (name, paint)) in names.iter().enumerate().filter(|(_, (name, _))| !name.is_empty())
    {
        writeln!(text, "{value:0digits$x} ?{}?{name}", paint.x11())
            .expect("writing into a string cannot fail");
    }
    text
}
