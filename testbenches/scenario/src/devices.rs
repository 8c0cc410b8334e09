//! Devices on a scenario's bus: `os = { console = { at = 0x1000_0000 } }`.
//!
//! A console has its registers in one page of the physical address space, outside RAM. A process
//! accesses it through a region of kind `device`; the run counts its use:
//!
//! | figure | what it is |
//! |---|---|
//! | `console.reads` | loads of the register that removes a typed character |
//! | `console.printed` | characters printed |
//! | `console.waiting` | characters typed and not read |

use kernel::ConsoleSpec;
use machine::system::Machine;
use model::bus::{Console, Device};
use model::isa::PAGE_BYTES;

use super::expect::Figures;
use super::place::{Mistake, Place};

/// Offsets of the console's registers that can be read without side effects.
const WAITING: u64 = 8;
const READS: u64 = 16;

/// A console on the machine's bus, with a handle for the outside.
pub(super) fn connect(spec: &ConsoleSpec, machine: &mut Machine) -> Result<Console, Mistake> {
    let console = Console::new();
    console.type_in(spec.typed.as_bytes());
    let place = Place::file().key("os").key("console");
    let wrong = |problem: String| place.wrong(format!("the console: {problem}"));
    if !spec.at.is_multiple_of(PAGE_BYTES) {
        return Err(wrong(format!("{:#x} is not a multiple of {PAGE_BYTES}", spec.at)));
    }
    let end = spec.at.checked_add(Console::BYTES);
    let end = end.ok_or_else(|| wrong(format!("no device can be at {:#x}", spec.at)))?;
    let memory = machine.hardware_mut().board.memory();
    let connected = memory.map_device(spec.at..end, Box::new(console.clone()));
    connected.map_err(|error| wrong(error.to_string()))?;
    Ok(console)
}

/// The figures of a console, by name.
pub(super) fn figures(console: &Console, into: &mut Figures) {
    let register = |offset| console.peek(offset, 8).expect("the register is there") as f64;
    into.insert("console.reads".to_owned(), register(READS));
    into.insert("console.waiting".to_owned(), register(WAITING));
    into.insert("console.printed".to_owned(), console.printed().len() as f64);
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use model::golden::IdealMmu;
    use model::mmu::Mmu;

    use super::super::load::Scenario;
    use super::super::run::{Unwatched, run};
    use super::super::variant::Select;

    /// How the run of one process differs from the file's expectations, or why it cannot be run.
    fn differs(console: &str, expect: &str) -> Option<String> {
        let text = format!(
            "idea = \"x\"\nspec = \"sv32algorithm: x\"\nmachine = {{ modes = [\"sv39\"] }}\n\
             os = {{ {console} }}\nexpect = {{ {expect} }}\n[[process]]\nname = \"p\"\n\
             regions = [{{ kind = \"device\", start = 0x40_0000, pages = 1, device = 0x1000_0000 }}]\n\
             program = [\"3 x load device 0\", \"2 x store device 0\"]\n"
        );
        let scenario = Scenario::parse("x", "x.toml", &text).unwrap();
        let ideal = |_: &str| Ok(Box::new(IdealMmu::new(model::isa::Xlen::Rv64)) as Box<dyn Mmu>);
        let stop = AtomicBool::new(false);
        match run(&scenario, Select::default(), &ideal, &mut Unwatched, &stop) {
            Ok(reports) => reports[0].failure(),
            Err(error) => Some(error.to_string()),
        }
    }

    #[test]
    fn a_console_is_read_and_written_once_for_each_access() {
        let console = "console = { at = 0x1000_0000, typed = \"abcd\" }";
        let all = "console = { reads = 3, waiting = 1, printed = 2 }";
        assert_eq!(differs(console, all), None);
        let failure = differs(console, "console = { reads = 2 }").unwrap();
        assert!(failure.contains("console.reads"), "{failure}");
    }

    #[test]
    fn a_console_stands_where_nothing_else_does_and_without_one_nothing_answers() {
        let failure = differs("console = { at = 0x8000_0000 }", "").unwrap();
        assert!(failure.contains("the console:"), "{failure}");
        let failure = differs("console = { at = 0x1000_0008 }", "").unwrap();
        assert!(failure.contains("not a multiple of 4096"), "{failure}");
        assert!(differs("console = { at = 0x3000_0000 }", "").unwrap().contains("bus_error"));
        assert!(differs("", "").unwrap().contains("bus_error"));
        assert!(differs("", "console = { reads = 0 }").unwrap().contains("bus_error"));
    }
}
