//! What a program asks of the host by its word `tohost`: the interface of the RISC-V test programs.
//!
//! An odd word ends the program; the bits above are its code, 0 if it passed. A word with device 1
//! and command 1 in its upper two bytes prints its lowest byte. Any other is the address of a system
//! call, of which `write` is known: it prints.

use machine::computer::Computer;

/// What a word meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// The program ended with this code.
    End(u64),
    /// It was answered, and goes on.
    Answered,
    /// It is not understood.
    Strange,
}

const WRITE: u64 = 64;
const CONSOLE_PRINT: u64 = 0x0101;

/// Carries out what a word asks for. What is printed is appended to `printed`.
pub(super) fn carry_out(
    computer: &Computer,
    word: u64,
    to_host: u64,
    from_host: Option<u64>,
    printed: &mut Vec<u8>,
) -> Told {
    if word & 1 == 1 {
        return Told::End(word >> 1);
    }
    let memory = computer.memory();
    let answer = if word >> 48 == CONSOLE_PRINT {
        printed.push(word as u8);
        CONSOLE_PRINT << 48
    } else {
        let argument = |number: u64| memory.peek(word.wrapping_add(8 * number), 8);
        let (Ok(WRITE), Ok(text), Ok(bytes)) = (argument(0), argument(2), argument(3)) else {
            return Told::Strange;
        };
        for pa in (text..).take(bytes.min(1 << 16) as usize) {
            let Ok(byte) = memory.peek(pa, 1) else { return Told::Strange };
            printed.push(byte as u8);
        }
        if memory.write(word, 8, bytes).is_err() {
            return Told::Strange;
        }
        1
    };
    let cleared = memory.write(to_host, 8, 0);
    let answered = from_host.map_or(Ok(()), |pa| memory.write(pa, 8, answer));
    if cleared.is_err() || answered.is_err() { Told::Strange } else { Told::Answered }
}
