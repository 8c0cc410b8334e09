//! Real programs as images of processes: the segments of an ELF file become regions.
//!
//! Each loadable segment becomes one region of whole pages from the file, and one of zeroes for its
//! memory beyond the file (bss). Only the segment is mapped: its first and its last page hold
//! zeroes where the segment has no bytes. The regions are private: a store copies the page, the
//! file stays as it is. RISC-V and x86-64 files are accepted, of 32 and 64 bits, at fixed addresses
//! or position independent; a position-independent file is moved up to 1 MiB, off the null page.
//!
//! Not modelled: the dynamic loader, relocations, thread-local storage.

use kernel::{PAGE_WORDS, PageData, Permissions, RegionKind, RegionSpec};
use model::isa::PAGE_BYTES;
use object::elf::{PF_R, PF_W, PF_X};
use object::{Architecture, Object, ObjectKind, ObjectSegment, SegmentFlags};

/// The load address of a position-independent file.
const BIAS: u64 = 0x10_0000;

/// A program with more pages than this is refused.
const MOST_PAGES: u64 = 1 << 18;

/// A file that cannot be an image.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// It is no ELF file, or its tables are broken.
    #[error("{file}: not a readable ELF file: {problem}")]
    Broken {
        /// The file.
        file: String,
        /// The message of the parser.
        problem: String,
    },
    /// It is not a program that can be loaded.
    #[error("{file}: {problem}")]
    Unfit {
        /// The file.
        file: String,
        /// The reason.
        problem: String,
    },
}

/// The regions of a program, and the contents of their file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElfImage {
    /// The name of the file in the regions.
    pub file: String,
    /// In ascending order; named text, rodata, data and bss by their permissions, with a number
    /// from the second of a kind on: `rodata2`.
    pub regions: Vec<RegionSpec>,
    /// The file's pages, from page 0 on.
    pub pages: Vec<Box<PageData>>,
    /// The program's first instruction.
    pub entry: u64,
}

/// A segment, in bytes.
struct Segment<'d> {
    address: u64,
    data: &'d [u8],
    memory: u64,
    permissions: Permissions,
}

impl ElfImage {
    /// Reads an ELF file's bytes. `file` names it in messages and as a file of the machine.
    ///
    /// # Errors
    /// [`ImageError`] for a file that is not a program.
    pub fn read(file: &str, bytes: &[u8]) -> Result<ElfImage, ImageError> {
        ElfImage::read_at(file, bytes, None)
    }

    /// As [`ElfImage::read`], with a position-independent file at `base`.
    ///
    /// # Errors
    /// [`ImageError`] for a file that is not a program, and for a base with a file at fixed
    /// addresses.
    pub fn read_at(file: &str, bytes: &[u8], base: Option<u64>) -> Result<ElfImage, ImageError> {
        let broken = |problem: String| ImageError::Broken { file: file.to_owned(), problem };
        let unfit = |problem: &str| {
            let (file, problem) = (file.to_owned(), problem.to_owned());
            Err(ImageError::Unfit { file, problem })
        };
        let elf = object::File::parse(bytes).map_err(|error| broken(error.to_string()))?;
        if elf.format() != object::BinaryFormat::Elf {
            return unfit("only ELF files are known");
        }
        if !matches!(elf.kind(), ObjectKind::Executable | ObjectKind::Dynamic) {
            return unfit("it is not a program: it must be linked first");
        }
        let known = [Architecture::Riscv32, Architecture::Riscv64, Architecture::X86_64];
        if !known.contains(&elf.architecture()) {
            return unfit("only RISC-V and x86-64 programs are known");
        }
        let bias = match (elf.kind() == ObjectKind::Dynamic, base) {
            (true, base) => base.unwrap_or(BIAS),
            (false, None) => 0,
            (false, Some(_)) => return unfit("its addresses are fixed: it cannot be moved"),
        };
        if !bias.is_multiple_of(PAGE_BYTES) {
            return unfit("it can be moved by whole pages only");
        }
        let mut segments = Vec::new();
        for segment in elf.segments().filter(|segment| segment.size() > 0) {
            let data = segment.data().map_err(|error| broken(error.to_string()))?;
            let Some(address) = segment.address().checked_add(bias) else {
                return unfit("a segment's address does not fit 64 bits");
            };
            let permissions = permissions(segment.flags());
            segments.push(Segment { address, data, memory: segment.size(), permissions });
        }
        if segments.is_empty() {
            return unfit("it has no segment to load");
        }
        segments.sort_by_key(|segment| segment.address);
        let (regions, pages) = lay(file, &segments)
            .map_err(|problem| ImageError::Unfit { file: file.to_owned(), problem })?;
        let entry = elf.entry().wrapping_add(bias);
        Ok(ElfImage { file: file.to_owned(), regions, pages, entry })
    }
}

fn permissions(flags: SegmentFlags) -> Permissions {
    let bits = if let SegmentFlags::Elf { p_flags } = flags { p_flags } else { PF_R };
    let write = bits & PF_W != 0;
    // Writable implies readable: W without R is a reserved encoding of page-table entries.
    Permissions { read: bits & PF_R != 0 || write, write, execute: bits & PF_X != 0 }
}

type Laid = (Vec<RegionSpec>, Vec<Box<PageData>>);

/// Makes regions of the segments. The error is a sentence.
fn lay(file: &str, segments: &[Segment<'_>]) -> Result<Laid, String> {
    let mut regions: Vec<RegionSpec> = Vec::new();
    let mut pages = Vec::new();
    let mut free = 0;
    for segment in segments {
        let Segment { address, data, memory, permissions } = *segment;
        let start = address / PAGE_BYTES * PAGE_BYTES;
        let ends = address.checked_add(memory.max(data.len() as u64));
        let end = ends.and_then(|end| end.checked_next_multiple_of(PAGE_BYTES));
        let Some(end) = end.filter(|end| (end - start) / PAGE_BYTES <= MOST_PAGES) else {
            return Err(format!("the segment at {address:#x} is too large"));
        };
        if start < free {
            return Err(format!("the segment at {address:#x} shares a page with the one before"));
        }
        free = end;
        let filled = match data.len() as u64 {
            0 => start,
            bytes => (address + bytes).next_multiple_of(PAGE_BYTES),
        };
        if filled > start {
            let first = pages.len() as u64;
            pages.extend((start..filled).step_by(PAGE_BYTES as usize).map(|va| page(segment, va)));
            let kind = match (permissions.execute, permissions.write) {
                (true, _) => RegionKind::Text,
                (false, true) => RegionKind::Data,
                (false, false) => RegionKind::Rodata,
            };
            let mut region = RegionSpec::new(kind, start, (filled - start) / PAGE_BYTES);
            (region.file, region.offset) = (Some(file.to_owned()), Some(first));
            region.permissions = Some(permissions);
            add(&mut regions, region);
        }
        if end > filled {
            let mut region = RegionSpec::new(RegionKind::Bss, filled, (end - filled) / PAGE_BYTES);
            region.permissions = Some(permissions);
            add(&mut regions, region);
        }
    }
    Ok((regions, pages))
}

/// Adds a region, under a distinct name if its kind is there already.
fn add(regions: &mut Vec<RegionSpec>, mut region: RegionSpec) {
    let twins = regions.iter().filter(|other| other.kind == region.kind).count();
    if twins > 0 {
        region.name = Some(format!("{}{}", region.kind.name(), twins + 1));
    }
    regions.push(region);
}

/// A segment's page at an address, with its contents in memory.
fn page(segment: &Segment<'_>, va: u64) -> Box<PageData> {
    let byte = |at: u64| {
        let place = at.checked_sub(segment.address)?;
        segment.data.get(usize::try_from(place).ok()?).copied()
    };
    let mut data = Box::new([0; PAGE_WORDS]);
    for (index, word) in data.iter_mut().enumerate() {
        let at = va + 8 * index as u64;
        *word = u64::from_le_bytes(std::array::from_fn(|n| byte(at + n as u64).unwrap_or(0)));
    }
    data
}

#[cfg(test)]
mod tests;
