//! A bare-metal program: an ELF file that names the physical addresses of its parts.

use std::path::Path;

use model::isa::Xlen;
use object::FileKind;
use object::elf::{EM_RISCV, ET_EXEC, FileHeader32, FileHeader64, PT_INTERP, PT_LOAD};
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader, Sym};

use super::needs;

/// A file that is no bare-metal program.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// It cannot be read.
    #[error("{0}: {1}")]
    Host(String, std::io::Error),
    /// It is no ELF file, or its tables are broken.
    #[error("{0}: not a readable ELF file: {1}")]
    Broken(String, String),
    /// It is for another machine, or another world.
    #[error("{0}: {1}")]
    Unfit(String, String),
}

/// A part of memory that the file fills.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Physical address.
    pub pa: u64,
    /// Its virtual address, which may differ where software switches translation on.
    pub va: u64,
    /// Its bytes; what follows of the part in memory is zero.
    pub bytes: Vec<u8>,
    /// Its size in memory.
    pub size: u64,
}

/// The word by which a program speaks to the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostWord {
    /// Its physical address.
    pub pa: u64,
    /// It has 32 bits only: what follows is something else.
    pub is_short: bool,
}

/// A program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The name of its file.
    pub name: String,
    /// The width for which it was built.
    pub xlen: Xlen,
    /// The physical address of its first instruction.
    pub entry: u64,
    /// What is loaded.
    pub parts: Vec<Part>,
    /// Its word `tohost`, if it has one: the symbol, or else the section `.tohost`.
    pub to_host: Option<HostWord>,
    /// The physical address of `fromhost`.
    pub from_host: Option<u64>,
    /// From `begin_signature` to `end_signature`, or between one of the other pairs of [`SIGNATURES`].
    pub signature: Option<std::ops::Range<u64>>,
    /// Extensions for which it says that it was built, and that the hart lacks.
    pub lacking: Vec<String>,
}

/// The symbols between which a signature lies, by the age of their use.
pub const SIGNATURES: [(&str, &str); 2] =
    [("begin_signature", "end_signature"), ("rvtest_sig_begin", "rvtest_sig_end")];

impl Program {
    /// The address after the last byte that it takes.
    pub fn end(&self) -> u64 {
        self.parts.iter().map(|part| part.pa + part.size).max().unwrap_or(0)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`ProgramError`].
    pub fn open(path: &Path) -> Result<Program, ProgramError> {
        let name = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|error| ProgramError::Host(name.clone(), error))?;
        Program::read(&name, &bytes)
    }

    /// Reads a file's bytes; `name` is for messages.
    ///
    /// # Errors
    /// [`ProgramError`].
    pub fn read(name: &str, bytes: &[u8]) -> Result<Program, ProgramError> {
        match FileKind::parse(bytes) {
            Ok(FileKind::Elf32) => {
                read::<FileHeader32<object::Endianness>>(name, bytes, Xlen::Rv32)
            }
            Ok(FileKind::Elf64) => {
                read::<FileHeader64<object::Endianness>>(name, bytes, Xlen::Rv64)
            }
            Ok(kind) => Err(ProgramError::Broken(name.to_owned(), format!("it is {kind:?}"))),
            Err(error) => Err(ProgramError::Broken(name.to_owned(), error.to_string())),
        }
    }
}

fn read<H: FileHeader<Endian = object::Endianness>>(
    name: &str,
    data: &[u8],
    xlen: Xlen,
) -> Result<Program, ProgramError> {
    let broken = |error: object::Error| ProgramError::Broken(name.to_owned(), error.to_string());
    let unfit = |problem: &str| ProgramError::Unfit(name.to_owned(), problem.to_owned());
    let header = H::parse(data).map_err(broken)?;
    let endian = header.endian().map_err(broken)?;
    if header.e_machine(endian) != EM_RISCV {
        return Err(unfit("it is for another machine than RISC-V"));
    }
    if header.e_type(endian) != ET_EXEC {
        return Err(unfit(
            "it is no program at fixed addresses; link it with -static, and without -pie",
        ));
    }
    let mut parts = Vec::new();
    for segment in header.program_headers(endian, data).map_err(broken)? {
        if segment.p_type(endian) == PT_INTERP {
            return Err(unfit("it asks for a dynamic loader, which bare metal does not have"));
        }
        let size: u64 = segment.p_memsz(endian).into();
        if segment.p_type(endian) != PT_LOAD || size == 0 {
            continue;
        }
        let bytes = segment.data(endian, data).map_err(|()| {
            ProgramError::Broken(name.to_owned(), "a segment lies outside of it".to_owned())
        })?;
        let (pa, va): (u64, u64) = (segment.p_paddr(endian).into(), segment.p_vaddr(endian).into());
        if bytes.len() as u64 > size || pa.checked_add(size).is_none() {
            return Err(ProgramError::Broken(
                name.to_owned(),
                format!("the segment at {pa:#x} has {} of {size:#x} bytes", bytes.len()),
            ));
        }
        parts.push(Part { pa, va, bytes: bytes.to_owned(), size });
    }
    if parts.iter().all(|part| part.bytes.is_empty()) {
        return Err(unfit("it has nothing to load"));
    }
    let sections = header.sections(endian, data).map_err(broken)?;
    let symbols = sections.symbols(endian, data, object::elf::SHT_SYMTAB).map_err(broken)?;
    let address = |wanted: &str| {
        let mut found = symbols.iter().filter(|symbol| {
            symbols.symbol_name(endian, symbol).is_ok_and(|name| name == wanted.as_bytes())
        });
        found.next().map(|symbol| symbol.st_value(endian).into())
    };
    // A section of its own, and where it ends.
    let mut found = sections.iter().filter(|section| {
        sections.section_name(endian, section).is_ok_and(|name| name == b".tohost")
    });
    let section = found.next().map(|section| {
        let from: u64 = section.sh_addr(endian).into();
        from..from.saturating_add(section.sh_size(endian).into())
    });
    let word = |va: u64| HostWord {
        pa: physical(&parts, va),
        is_short: section.as_ref().is_some_and(|of| of.end.wrapping_sub(va) < 8),
    };
    let of_section = section.clone().filter(|of| of.end - of.start >= 4).map(|of| of.start);
    let to_host = address("tohost").or(of_section).map(word);
    let signature = SIGNATURES.iter().find_map(|(from, to)| {
        let (from, to): (u64, u64) = address(from).zip(address(to))?;
        let pa = physical(&parts, from);
        (from <= to).then(|| pa..pa.saturating_add(to - from))
    });
    let built_for = needs::architecture(endian, data, &sections);
    Ok(Program {
        name: name.to_owned(),
        xlen,
        entry: physical(&parts, header.e_entry(endian).into()),
        to_host,
        from_host: address("fromhost").map(|va| physical(&parts, va)),
        signature,
        lacking: built_for.map_or_else(Vec::new, |built_for| needs::lacking(&built_for)),
        parts,
    })
}

/// The physical address of a virtual one: that of the part which has it, else the address itself.
fn physical(parts: &[Part], va: u64) -> u64 {
    let part = parts.iter().find(|part| va.wrapping_sub(part.va) < part.size);
    part.map_or(va, |part| part.pa + (va - part.va))
}
