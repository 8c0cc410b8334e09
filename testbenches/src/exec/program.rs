//! A bare-metal program: an ELF file that names the physical addresses of its parts.

use std::path::Path;

use model::isa::Xlen;
use object::FileKind;
use object::elf::{EM_RISCV, ET_EXEC, FileHeader32, FileHeader64, PT_INTERP, PT_LOAD};
use object::read::elf::{FileHeader, ProgramHeader, Sym};

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
    /// Its bytes; what follows of the part in memory is zero.
    pub bytes: Vec<u8>,
}

/// A program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The name of its file.
    pub name: String,
    /// The width for which it was built.
    pub xlen: Xlen,
    /// Its first instruction.
    pub entry: u64,
    /// What is loaded.
    pub parts: Vec<Part>,
    /// The address of its word `tohost`, if it has one.
    pub to_host: Option<u64>,
    /// That of `fromhost`.
    pub from_host: Option<u64>,
    /// From `begin_signature` to `end_signature`.
    pub signature: Option<std::ops::Range<u64>>,
}

impl Program {
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
        if segment.p_type(endian) != PT_LOAD {
            continue;
        }
        let bytes = segment.data(endian, data).map_err(|()| {
            ProgramError::Broken(name.to_owned(), "a segment lies outside of it".to_owned())
        })?;
        parts.push(Part { pa: segment.p_paddr(endian).into(), bytes: bytes.to_owned() });
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
    let signature = address("begin_signature").zip(address("end_signature"));
    Ok(Program {
        name: name.to_owned(),
        xlen,
        entry: header.e_entry(endian).into(),
        parts,
        to_host: address("tohost"),
        from_host: address("fromhost"),
        signature: signature.filter(|(from, to)| from <= to).map(|(from, to)| from..to),
    })
}
