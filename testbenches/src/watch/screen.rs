//! The dashboard on a screen of any size.
//!
//! From above: a title, the progress, where the program is, how much it has done, what is running;
//! panels in one, two or three columns; curves over the run; the last lines printed; the keys. The
//! place of everything follows from the size and from what the command knows, so nothing moves while
//! it runs. A number always stands beside a bar, and no meaning is in a colour alone.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use ratatui::widgets::{LineGauge, Sparkline, Widget};

use super::history::{CURVES, Curve, History};
use super::panels::{Panel, panels};
use super::snapshot::{Place, Progress, Snapshot};
use super::words::{count, printable, quotient, short, time};

/// Below this only the title, the progress and the keys are shown.
const LEAST: (u16, u16) = (40, 10);
/// A longer time is not foreseen.
const MOST_SECONDS: f64 = 360_000.0;
/// The least width of a column of panels.
const COLUMN: u16 = 38;
/// Blanks between columns.
const GAP: u16 = 2;
/// The names of the curves, with a colour each.
const NAMES: [(&str, Color); CURVES] =
    [("TLB misses", Color::Yellow), ("faults", Color::Red), ("fences", Color::Cyan)];
/// The width of a curve's name, and of its figures.
const NAME: u16 = 12;
const FIGURES: u16 = 24;

/// What the run is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// It runs.
    #[default]
    Running,
    /// It waits for a key.
    Paused,
    /// It was asked to stop.
    Stopping,
}

/// Everything that is drawn.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// The newest moment, if there was one.
    pub snapshot: Option<Snapshot>,
    /// Those before it.
    pub history: History,
    /// The time since the beginning, without pauses.
    pub elapsed: Duration,
    /// Cycles a second, or what else the run is measured in.
    pub speed: Option<f64>,
    /// What the run is doing.
    pub state: State,
}

/// A place on the screen that is filled from above.
struct Lines<'b> {
    buffer: &'b mut Buffer,
    left: Rect,
}

impl Lines<'_> {
    /// Takes so many lines, as far as there are so many.
    fn take(&mut self, lines: u16) -> Rect {
        let lines = lines.min(self.left.height);
        let taken = Rect { height: lines, ..self.left };
        self.left.y += lines;
        self.left.height -= lines;
        taken
    }

    fn say(&mut self, text: &str) {
        let line = self.take(1);
        write(self.buffer, line, text, Style::new());
    }
}

/// Writes into the first line of an area; what does not fit ends with an ellipsis.
fn write(buffer: &mut Buffer, area: Rect, text: &str, style: Style) {
    let width = usize::from(area.width);
    if area.height == 0 || width == 0 {
        return;
    }
    let text = printable(text);
    let is_long = text.chars().count() > width;
    let (end, _) = buffer.set_stringn(area.x, area.y, &text, width, style);
    if is_long {
        buffer.set_stringn(end.min(area.right()).saturating_sub(1), area.y, "…", 1, style);
    }
}

/// The same at the right end.
fn write_right(buffer: &mut Buffer, area: Rect, text: &str, style: Style) {
    let width = u16::try_from(text.chars().count()).unwrap_or(u16::MAX).min(area.width);
    let area = Rect { x: area.right() - width, width, ..area };
    write(buffer, area, text, style);
}

impl Widget for &View {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let area = area.intersection(buffer.area);
        if area.width == 0 || area.height == 0 {
            return;
        }
        let last = Rect { y: area.bottom() - 1, height: 1, ..area };
        let left = Rect { height: area.height - 1, ..area };
        let mut lines = Lines { buffer, left };
        let default = Snapshot::default();
        let snapshot = self.snapshot.as_ref().unwrap_or(&default);
        self.title(snapshot, &mut lines);
        if let Some(progress) = snapshot.progress {
            self.progress(progress, &mut lines);
        }
        let (width, height) = LEAST;
        if area.width >= width && area.height >= height {
            self.body(snapshot, &mut lines);
        }
        if area.height > 1 {
            write(buffer, last, self.keys(), Style::new().add_modifier(Modifier::REVERSED));
            buffer.set_style(last, Style::new().add_modifier(Modifier::REVERSED));
        }
    }
}

impl View {
    fn keys(&self) -> &'static str {
        match self.state {
            State::Running => " q  stop, with the report    p  pause",
            State::Paused => " q  stop, with the report    p  go on",
            State::Stopping => " stopping; the report follows    Ctrl-C  end at once",
        }
    }

    fn title(&self, snapshot: &Snapshot, lines: &mut Lines<'_>) {
        let line = lines.take(1);
        let style = Style::new().add_modifier(Modifier::REVERSED | Modifier::BOLD);
        let state = match self.state {
            State::Running => "running",
            State::Paused => "paused",
            State::Stopping => "stopping",
        };
        let right = format!(" {state}  {} ", time(self.elapsed));
        let taken = u16::try_from(right.len()).unwrap_or(u16::MAX);
        let left = Rect { width: line.width.saturating_sub(taken), ..line };
        lines.buffer.set_style(line, style);
        write(lines.buffer, left, &format!(" pagewalk {}", snapshot.title), style);
        write_right(lines.buffer, line, &right, style);
    }

    fn progress(&self, Progress { done, total, unit }: Progress, lines: &mut Lines<'_>) {
        let Some(total) = total.filter(|total| *total > 0) else {
            return lines.say(&format!(" {} {unit}", count(done)));
        };
        let done = done.min(total);
        let percent = u128::from(done) * 100 / u128::from(total);
        let mut label = format!(" {percent:>3} % of {} {unit}", short(total as f64));
        let left = self.elapsed.as_secs_f64() * (total - done) as f64 / done as f64;
        // At the beginning nobody knows.
        if self.elapsed.as_secs() > 0 && left < MOST_SECONDS {
            label += &format!(", {} left", time(Duration::from_secs_f64(left)));
        }
        let line = lines.take(1);
        let gauge = LineGauge::default()
            .ratio(done as f64 / total as f64)
            .label(label + " ")
            .filled_symbol("█")
            .unfilled_symbol("░");
        gauge.render(Rect { width: line.width.saturating_sub(1), ..line }, lines.buffer);
    }

    fn body(&self, snapshot: &Snapshot, lines: &mut Lines<'_>) {
        if let Some(place) = &snapshot.place {
            lines.say(&said(place));
        }
        if let Some(work) = self.work(snapshot) {
            lines.say(&work);
        }
        if !snapshot.running.is_empty() {
            lines.say(&format!(" now: {}", snapshot.running.join("   ")));
        }
        let panels = panels(snapshot);
        let curves = self.history.curves(curve_width(lines.left.width));
        let count = curves.iter().flatten().count() as u16;
        let high = match lines.left.height {
            0..=29 => 1,
            30..=44 => 2,
            _ => 3,
        };
        let below = if count > 0 { 1 + count * high } else { 0 };
        let printed = if snapshot.lines_are.is_empty() { 0 } else { 3 };
        let room = lines.left.height.saturating_sub(below + printed);
        columns(&panels, room, lines);
        if count > 0 {
            let title = format!("over the run, per 1000 {}", self.history.along());
            rule(lines, &title);
            for ((name, colour), curve) in NAMES.iter().zip(&curves) {
                if let Some(curve) = curve {
                    draw(name, *colour, curve, lines, high);
                }
            }
        }
        if printed > 0 {
            rule(lines, snapshot.lines_are);
            let fit = usize::from(lines.left.height);
            let begin = snapshot.lines.len().saturating_sub(fit);
            snapshot.lines[begin..].iter().for_each(|line| lines.say(&format!(" {line}")));
        }
    }

    fn work(&self, snapshot: &Snapshot) -> Option<String> {
        let Snapshot { instructions, cycles, .. } = *snapshot;
        let mut words = Vec::new();
        words.extend(instructions.map(|number| format!("{} instructions", count(number))));
        words.extend(cycles.map(|number| format!("{} cycles", count(number))));
        if let (Some(instructions), Some(cycles)) = (instructions, cycles)
            && instructions > 0
        {
            words.push(format!("CPI {}", quotient(cycles, instructions, 1.0)));
        }
        if let (Some(speed), Some((_, unit))) = (self.speed, snapshot.along()) {
            words.push(format!("{} {unit}/s", short(speed)));
        }
        (!words.is_empty()).then(|| format!(" {}", words.join("   ")))
    }
}

/// Where a program is, in words.
fn said(place: &Place) -> String {
    let Place { pc, symbol, privilege, space } = place;
    let mut text = String::from(" ");
    if let Some(privilege) = privilege {
        text += &format!("{privilege}-mode  ");
    }
    text += &format!("pc {pc:#x}");
    match symbol {
        Some((name, 0)) => text += &format!("  {name}"),
        Some((name, distance)) => text += &format!("  {name}+{distance:#x}"),
        None => {}
    }
    if let Some(space) = space {
        text += &format!("  ({space})");
    }
    text
}

/// A title with a line behind it.
fn rule(lines: &mut Lines<'_>, title: &str) {
    let line = lines.take(1);
    head(lines.buffer, line, title);
}

fn head(buffer: &mut Buffer, line: Rect, title: &str) {
    let width = usize::from(line.width);
    let rest = "─".repeat(width.saturating_sub(title.chars().count() + 4));
    let dim = Style::new().add_modifier(Modifier::DIM);
    write(buffer, line, &format!("── {title} {rest}"), dim);
    let inner = Rect { x: line.x + 3.min(line.width), width: line.width.saturating_sub(3), ..line };
    write(buffer, inner, title, Style::new().add_modifier(Modifier::BOLD));
    let inner = Rect { width: u16::try_from(title.chars().count()).unwrap_or(0), ..inner };
    buffer.set_style(inner.intersection(line), Style::new().remove_modifier(Modifier::DIM));
}

/// Draws the panels in columns, in at most `room` lines.
fn columns(panels: &[Panel], room: u16, lines: &mut Lines<'_>) {
    let width = lines.left.width;
    let count = ((width + GAP) / (COLUMN + GAP)).clamp(1, 3);
    let each = (width - (count - 1) * GAP) / count;
    let mut columns: Vec<Vec<&Panel>> = (0..count).map(|_| Vec::new()).collect();
    for panel in panels {
        let height = |column: &[&Panel]| column.iter().map(|panel| panel.lines()).sum::<u16>();
        // The first of the shortest.
        if let Some(shortest) = columns.iter_mut().min_by_key(|column| height(column)) {
            shortest.push(panel);
        }
    }
    let heights: Vec<Vec<u16>> = columns.iter().map(|column| shrunk(column, room)).collect();
    let highest = heights.iter().map(|column| column.iter().sum()).max().unwrap_or(0);
    let area = lines.take(highest);
    for (number, (column, heights)) in (0..).zip(columns.iter().zip(&heights)) {
        let x = area.x + number * (each + GAP);
        let mut y = area.y;
        for (panel, height) in column.iter().zip(heights) {
            draw_panel(panel, Rect { x, y, width: each, height: *height }, lines.buffer);
            y += height;
        }
    }
}

/// The lines of the panels of a column, together at most `room`: the longest are cut first, and at
/// last those at the end go.
fn shrunk(column: &[&Panel], room: u16) -> Vec<u16> {
    let mut heights: Vec<u16> = column.iter().map(|panel| panel.lines()).collect();
    while heights.iter().sum::<u16>() > room {
        match heights.iter_mut().rev().max_by_key(|height| **height) {
            Some(longest) if *longest > 2 => *longest -= 1,
            // Nothing but a title and a row is left of each.
            _ => match heights.iter_mut().rev().find(|height| **height > 0) {
                Some(last) => *last = 0,
                None => break,
            },
        }
    }
    heights
}

fn draw_panel(panel: &Panel, area: Rect, buffer: &mut Buffer) {
    if area.height == 0 {
        return;
    }
    head(buffer, Rect { height: 1, ..area }, panel.title);
    if !panel.heads.is_empty() {
        let end = Rect { x: area.right() - 1, width: 1, ..area };
        write(buffer, end, " ", Style::new());
    }
    // The columns after the first, from the right.
    let columns = panel.rows.iter().map(Vec::len).max().unwrap_or(1).saturating_sub(1);
    let mut right = area.right().saturating_sub(1);
    let room = usize::from(area.height - 1);
    let fits = panel.rows.len() <= room;
    let shown = if fits { panel.rows.len() } else { room.saturating_sub(1) };
    for column in (0..columns).rev() {
        let head = panel.heads.get(column).copied().unwrap_or("");
        let cells = panel.rows.iter().filter_map(|row| row.get(column + 1));
        let widest = cells.map(|cell| cell.chars().count() + 1).max().unwrap_or(0);
        let least = usize::from(panel.widths.get(column).copied().unwrap_or(0));
        let width = u16::try_from(widest.max(least)).unwrap_or(u16::MAX).min(right - area.x);
        let cell = Rect { x: right - width, y: area.y, width, height: 1 };
        if !head.is_empty() {
            let head = format!("{head:>0$}", usize::from(width));
            write(buffer, cell, &head, Style::new().remove_modifier(Modifier::DIM));
        }
        for (row, y) in panel.rows.iter().take(shown).zip(area.y + 1..) {
            let text = row.get(column + 1).map_or("", String::as_str);
            write_right(buffer, Rect { y, ..cell }, text, Style::new());
        }
        right = cell.x;
    }
    let names =
        Rect { x: area.x + 1, y: area.y + 1, width: right.saturating_sub(area.x + 1), height: 1 };
    for (row, y) in panel.rows.iter().take(shown).zip(names.y..) {
        let name = row.first().map_or("", String::as_str);
        write(buffer, Rect { y, ..names }, name, Style::new());
    }
    if !fits && room > 0 {
        let y = area.y + 1 + shown as u16;
        let hidden = panel.rows.len() - shown;
        let dim = Style::new().add_modifier(Modifier::DIM);
        write(buffer, Rect { y, ..names }, &format!("and {hidden} more"), dim);
    }
}

/// The number of bars of a curve on a screen of a width.
fn curve_width(width: u16) -> usize {
    usize::from(width.saturating_sub(1 + NAME + FIGURES)).max(1)
}

/// A curve: its name, its bars, and in numbers where they are now and at most.
fn draw(name: &str, colour: Color, curve: &Curve, lines: &mut Lines<'_>, high: u16) {
    let area = lines.take(high);
    if area.height == 0 {
        return;
    }
    // Finer than a bar's eighths.
    const STEPS: f64 = 10_000.0;
    let peak = curve.rates.iter().copied().fold(0.0, f64::max);
    let least = STEPS as u64 / (8 * u64::from(area.height)) + 1;
    let bar = |rate: &f64| match rate / peak * STEPS {
        _ if *rate <= 0.0 => 0,
        // What has happened can be seen.
        scaled => (scaled.round() as u64).max(least),
    };
    let bars: Vec<u64> = curve.rates.iter().map(bar).collect();
    let now = curve.rates.last().copied().unwrap_or(0.0);
    let width = area.width.saturating_sub(1 + NAME + FIGURES);
    let base = Rect { y: area.bottom() - 1, height: 1, ..area };
    write(
        lines.buffer,
        Rect { x: base.x + 1, width: NAME.min(base.width - 1), ..base },
        name,
        Style::new(),
    );
    let sparkline =
        Sparkline::default().data(&bars).max(STEPS as u64).style(Style::new().fg(colour));
    sparkline.render(Rect { x: area.x + 1 + NAME, width, ..area }, lines.buffer);
    let figures = format!("now {:>5}  peak {:>5} ", short(now), short(peak));
    write_right(lines.buffer, base, &figures, Style::new());
}
