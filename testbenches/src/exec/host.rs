//! What a program asks of the host by its word `tohost`: the interface of the RISC-V test programs.
//!
//! An odd word ends the program; the bits above are its code, 0 if it passed. A word with device 1
//! and command 1 in its upper two bytes prints its lowest byte. Any other is the address of a system
//! call, of which `write` and `exit` are known.

use machine::computer::Computer;

use super::HostWord;

/// What a word meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// The program ended with this code.
    End(u64),
    /// It was answered, and goes on.
    Answered,
    /// It asks for a system call that is not known.
    Call(u64),
    /// It is not understood.
    Strange,
}

const EXIT: u64 = 93;
const WRITE: u64 = 64;
const CONSOLE_PRINT: u64 = 0x0101;

/// The word, which may lie at a multiple of 4.
pub(super) fn word(computer: &Computer, of: HostWord) -> u64 {
    let half = |pa| computer.memory().peek(pa, 4).unwrap_or(0);
    let upper = if of.is_short { 0 } else { half(of.pa.wrapping_add(4)) };
    upper << 32 | half(of.pa)
}

/// Carries out what a word asks for. What is printed is appended to `printed`.
pub(super) fn carry_out(
    computer: &Computer,
    word: u64,
    to_host: HostWord,
    from_host: Option<u64>,
    printed: &mut Vec<u8>,
) -> Told {
    if word & 1 == 1 && word >> 48 != CONSOLE_PRINT {
        return Told::End(word >> 1);
    }
    let memory = computer.memory();
    let answer = if word >> 48 == CONSOLE_PRINT {
        printed.push(word as u8);
        CONSOLE_PRINT << 48
    } else {
        let argument = |number: u64| memory.peek(word.wrapping_add(8 * number), 8);
        match argument(0) {
            Ok(WRITE) => {}
            Ok(EXIT) => return argument(1).map_or(Told::Strange, Told::End),
            Ok(call) if call < 1 << 16 => return Told::Call(call),
            _ => return Told::Strange,
        }
        let (Ok(text), Ok(bytes)) = (argument(2), argument(3)) else { return Told::Strange };
        for pa in (text..).take(bytes.min(1 << 16) as usize) {
            let Ok(byte) = memory.peek(pa, 1) else { return Told::Strange };
            printed.push(byte as u8);
        }
        if memory.write(word, 8, bytes).is_err() {
            return Told::Strange;
        }
        1
    };
    let put = |pa: u64, value: u64, is_short: bool| {
        let upper =
            if is_short { Ok(()) } else { memory.write(pa.wrapping_add(4), 4, value >> 32) };
        memory.write(pa, 4, value & 0xffff_ffff).and(upper)
    };
    let cleared = put(to_host.pa, 0, to_host.is_short);
    let answered = from_host.map_or(Ok(()), |pa| put(pa, answer, false));
    if cleared.is_err() || answered.is_err() { Told::Strange } else { Told::Answered }
}
