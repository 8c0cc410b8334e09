//! The header of a kernel: a RISC-V `Image`, which is loaded as it is and entered at its first byte.

/// Where the magic number stands, `RSC` and 5.
const MAGIC_AT: usize = 0x38;
/// The header's length; its last word is the offset of the header for EFI.
const LENGTH: usize = 0x40;
/// What loading needs besides kernel and initramfs: the device tree.
const TREE: u64 = 64 << 10;
const MIB: u64 = 1 << 20;

/// A file that cannot be booted as a kernel, with what to do instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// There is nothing in it.
    #[error("the file is empty; a kernel is the `Image` of a build for RISC-V")]
    Empty,
    /// It ends before its header does, or before what its header announces.
    #[error(
        "the file is cut off: it has {got} bytes, and its header speaks of {wanted}; copy it again"
    )]
    Truncated {
        /// Its length.
        got: u64,
        /// The least length that fits its header.
        wanted: u64,
    },
    /// It is compressed, and nobody has unpacked it.
    #[error("the file is compressed ({method}); unpack it with `{command}`")]
    Compressed {
        /// The name of the format.
        method: String,
        /// A command that unpacks it to `Image`.
        command: String,
    },
    /// It is a kernel, but of another machine.
    #[error("this is a kernel for {0}; one for RISC-V with 64 bits is needed")]
    Machine(&'static str),
    /// It is something else.
    #[error("{0}")]
    Other(String),
}

/// What a header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// How far from the beginning of memory it is to be loaded, in bytes: 2 MiB, usually, for the
    /// firmware is in front of it.
    pub text_offset: u64,
    /// The bytes of memory that it takes when loaded. More than the file has: what begins as zeros
    /// is not stored.
    pub image_size: u64,
    /// The bytes of the file.
    pub file_size: u64,
    /// The header's own version, major and minor.
    pub version: (u16, u16),
}

impl Header {
    /// Reads the header of a file's bytes. `name` stands in the commands of errors.
    ///
    /// A file that has been cut off is noticed if the kernel can be started by EFI, too, as
    /// distributions' can: that header says how long the file is. The other says it of memory only.
    ///
    /// # Errors
    /// [`ImageError`], for everything but a whole kernel of a little-endian RISC-V machine.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Header, ImageError> {
        if bytes.is_empty() {
            return Err(ImageError::Empty);
        }
        if let Some(error) = known(name, bytes) {
            return Err(error);
        }
        let got = bytes.len() as u64;
        if bytes.len() < LENGTH {
            let begun = bytes.starts_with(b"MZ");
            return Err(if begun {
                ImageError::Truncated { got, wanted: LENGTH as u64 }
            } else {
                strange()
            });
        }
        match &bytes[MAGIC_AT..MAGIC_AT + 4] {
            b"RSC\x05" => {}
            b"ARM\x64" => return Err(ImageError::Machine("ARM with 64 bits")),
            b"\xcd\x23\x82\x81" => return Err(ImageError::Machine("LoongArch")),
            _ => return Err(strange()),
        }
        let flags = number::<8>(bytes, 0x18).unwrap_or(0);
        if flags & 1 != 0 {
            return Err(ImageError::Machine("a RISC-V machine that is big-endian"));
        }
        let version = number::<4>(bytes, 0x20).unwrap_or(0);
        let header = Header {
            text_offset: number::<8>(bytes, 0x08).unwrap_or(0),
            image_size: number::<8>(bytes, 0x10).unwrap_or(0),
            file_size: got,
            version: ((version >> 16) as u16, version as u16),
        };
        // A memory that no machine has is a broken header; this also keeps sums from overflowing.
        if header.image_size == 0 || header.image_size >> 48 != 0 || header.text_offset >> 48 != 0 {
            return Err(ImageError::Other(format!(
                "the header is broken: it asks for {:#x} bytes of memory at offset {:#x}",
                header.image_size, header.text_offset
            )));
        }
        let wanted = stored(bytes);
        if wanted > got {
            return Err(ImageError::Truncated { got, wanted });
        }
        Ok(header)
    }

    /// Where it is loaded, in a memory that begins at `base`.
    pub fn address(&self, base: u64) -> u64 {
        base + self.text_offset
    }

    /// The first address behind it, in a memory that begins at `base`.
    pub fn end(&self, base: u64) -> u64 {
        self.address(base) + self.image_size.max(self.file_size)
    }

    /// The least memory, in bytes and whole MiB, that holds it with an initramfs of `initrd` bytes
    /// and a device tree. To run, it needs more: page tables, a record of each frame, the unpacked
    /// initramfs, programs. Debian's kernel with Busybox needs 84 MB, 32 of them for its image.
    pub fn memory(&self, initrd: u64) -> u64 {
        (self.end(0) + initrd.next_multiple_of(4096) + TREE).next_multiple_of(MIB)
    }
}

/// A number of `N` bytes, little-endian, if the bytes reach that far.
fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<u64> {
    let found = bytes.get(at..at.checked_add(N)?)?;
    Some(found.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

/// How long the file must be by its header for EFI, or 0 if it has none. Each of its sections says
/// which bytes of the file are its own.
fn stored(bytes: &[u8]) -> u64 {
    let pe = number::<4>(bytes, 0x3c).unwrap_or(0);
    if pe < LENGTH as u64 || pe > MIB {
        return 0;
    }
    // The header, up to its table of sections.
    if pe + 24 > bytes.len() as u64 {
        return pe + 24;
    }
    let pe = pe as usize;
    let sections = || {
        if bytes.get(pe..pe + 4)? != b"PE\0\0" {
            return None;
        }
        let count = number::<2>(bytes, pe + 6)? as usize;
        let first = pe + 24 + number::<2>(bytes, pe + 20)? as usize;
        Some((0..count).map(move |index| first + 40 * index))
    };
    let end = |at: usize| match (number::<4>(bytes, at + 16), number::<4>(bytes, at + 20)) {
        (Some(size), Some(from)) => size + from,
        // The table itself is cut off.
        _ => at as u64 + 40,
    };
    sections().into_iter().flatten().map(end).max().unwrap_or(0)
}

fn strange() -> ImageError {
    ImageError::Other(
        "this is no kernel for RISC-V: the letters RSC are missing from its header; \
         a kernel is the file `Image` in arch/riscv/boot of a build, or Debian's boot/vmlinux-*"
            .to_owned(),
    )
}

/// Files that people give in a kernel's place, by their first bytes.
fn known(name: &str, bytes: &[u8]) -> Option<ImageError> {
    let packed: [(&[u8], &str, &str); 7] = [
        (b"\x1f\x8b", "gzip", "gzip -dc"),
        (b"\x28\xb5\x2f\xfd", "zstd", "zstd -dc"),
        (b"\xfd7zXZ\0", "xz", "xz -dc"),
        (b"BZh", "bzip2", "bzip2 -dc"),
        (b"\x02\x21\x4c\x18", "lz4", "lz4 -dc"),
        (b"\x89LZO\0", "lzop", "lzop -dc"),
        (b"\x5d\0\0", "lzma", "xz --format=lzma -dc"),
    ];
    if let Some((_, method, command)) = packed.iter().find(|(magic, ..)| bytes.starts_with(magic)) {
        let command = format!("{command} {name} > Image");
        return Some(ImageError::Compressed { method: (*method).to_owned(), command });
    }
    let other = |text: &str| Some(ImageError::Other(text.to_owned()));
    match bytes {
        [b'M', b'Z', _, _, b'z', b'i', b'm', b'g', ..] => Some(zimg(name, bytes)),
        [0x7f, b'E', b'L', b'F', ..] => Some(elf(name, bytes)),
        [0xd0, 0x0d, 0xfe, 0xed, ..] => other("this is a device tree, and no kernel"),
        [b'0', b'7', b'0', b'7', b'0', b'1' | b'2', ..] => {
            other("this is an initramfs, and no kernel; are --kernel and --initrd exchanged?")
        }
        _ if bytes.get(0x202..0x206) == Some(b"HdrS") => Some(ImageError::Machine("x86")),
        _ if number::<4>(bytes, 0x24) == Some(0x016f_2818) => {
            Some(ImageError::Machine("ARM with 32 bits"))
        }
        _ => None,
    }
}

/// A kernel that unpacks itself under EFI: it says where the packed one is, and by which method.
fn zimg(name: &str, bytes: &[u8]) -> ImageError {
    let word = |at| number::<4>(bytes, at).unwrap_or(0);
    let method: String = bytes
        .get(0x18..0x38)
        .unwrap_or(&[])
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .map(|byte| char::from(*byte))
        .collect();
    let unpack = match method.as_str() {
        "zstd22" => "zstd",
        "" => "gzip",
        name => name,
    };
    let (from, size) = (word(8) + 1, word(12));
    let command = format!("tail -c +{from} {name} | head -c {size} | {unpack} -dc > Image");
    ImageError::Compressed { method: format!("{unpack}, for EFI"), command }
}

/// An ELF file has the kernel in it, with all its symbols.
fn elf(name: &str, bytes: &[u8]) -> ImageError {
    let (class, machine) = (bytes.get(4).copied(), number::<2>(bytes, 18));
    match (class, machine) {
        (Some(2), Some(243)) => ImageError::Other(format!(
            "this is an ELF file; boot the raw image that is in it: \
             `riscv64-linux-gnu-objcopy -O binary {name} Image`"
        )),
        (Some(1), Some(243)) => ImageError::Machine("RISC-V with 32 bits"),
        (_, Some(62 | 3)) => ImageError::Machine("x86"),
        (_, Some(183)) => ImageError::Machine("ARM with 64 bits"),
        (_, Some(40)) => ImageError::Machine("ARM with 32 bits"),
        _ => ImageError::Machine("another machine"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An image with a header for EFI that has one section, up to the file's end.
    fn image(length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        let mut put = |at: usize, part: &[u8]| bytes[at..at + part.len()].copy_from_slice(part);
        put(0, b"MZ");
        put(0x08, &0x20_0000_u64.to_le_bytes());
        put(0x10, &0x10_0000_u64.to_le_bytes());
        put(0x20, &2_u32.to_le_bytes());
        put(0x30, b"RISCV\0\0\0RSC\x05");
        put(0x3c, &0x40_u32.to_le_bytes());
        put(0x40, b"PE\0\0");
        put(0x46, &1_u16.to_le_bytes());
        put(0x54, &16_u16.to_le_bytes());
        let section = 0x40 + 24 + 16;
        put(section + 16, &(length as u32 - 0x200).to_le_bytes());
        put(section + 20, &0x200_u32.to_le_bytes());
        bytes
    }

    #[test]
    fn a_whole_image_says_where_it_goes_and_what_it_takes() {
        let header = Header::read("Image", &image(0x1000)).unwrap();
        let wanted = Header {
            text_offset: 0x20_0000,
            image_size: 0x10_0000,
            file_size: 0x1000,
            version: (0, 2),
        };
        assert_eq!(header, wanted);
        assert_eq!(header.address(0x8000_0000), 0x8020_0000);
        assert_eq!(header.end(0x8000_0000), 0x8030_0000);
        // 3 MiB, a device tree, and nothing or a byte of initramfs: the next whole MiB.
        assert_eq!(header.memory(0), 4 * MIB);
        assert_eq!(header.memory(MIB - TREE), 4 * MIB);
        assert_eq!(header.memory(MIB - TREE + 1), 5 * MIB);
    }

    #[test]
    fn an_image_may_be_cut_off_anywhere() {
        let whole = image(0x1000);
        for length in 1..whole.len() {
            let error = Header::read("Image", &whole[..length]);
            // Two letters say too little.
            if length >= 2 {
                assert!(matches!(error, Err(ImageError::Truncated { .. })), "{length}: {error:?}");
            } else {
                assert!(error.is_err(), "{length}");
            }
        }
        assert_eq!(Header::read("Image", &[]), Err(ImageError::Empty));
        let error = Header::read("Image", &whole[..0x800]).unwrap_err();
        assert_eq!(error, ImageError::Truncated { got: 0x800, wanted: 0x1000 });
    }

    #[test]
    fn broken_numbers_in_a_header_are_errors() {
        for (at, byte) in [(0x17, 0x80_u8), (0x0f, 0x80), (0x18, 1)] {
            let mut bytes = image(0x1000);
            bytes[at] |= byte;
            assert!(Header::read("Image", &bytes).is_err(), "{at:#x}");
        }
        let mut bytes = image(0x1000);
        bytes[0x10..0x18].fill(0);
        assert!(Header::read("Image", &bytes).unwrap_err().to_string().contains("0x0 bytes"));
        // Numbers of sections, sizes and offsets, all at their largest.
        let mut bytes = image(0x1000);
        bytes[0x46..0x1000].fill(0xff);
        assert!(matches!(Header::read("Image", &bytes), Err(ImageError::Truncated { .. })));
        let mut bytes = image(0x1000);
        bytes[0x3c..0x40].fill(0xff);
        assert!(Header::read("Image", &bytes).is_ok(), "no header for EFI is no mistake");
    }

    #[test]
    fn other_files_are_named_with_what_to_do() {
        let said = |bytes: &[u8]| Header::read("k.bin", bytes).unwrap_err().to_string();
        for (magic, words) in [
            (&b"\x1f\x8b\x08"[..], "gzip -dc k.bin > Image"),
            (b"\x28\xb5\x2f\xfd", "zstd -dc k.bin > Image"),
            (b"\xd0\x0d\xfe\xed", "device tree"),
            (b"070701000", "--initrd"),
            (b"hello", "RSC"),
        ] {
            assert!(said(magic).contains(words), "{words}: {}", said(magic));
        }
        let mut arm = image(0x1000);
        arm[MAGIC_AT..MAGIC_AT + 4].copy_from_slice(b"ARM\x64");
        assert!(said(&arm).contains("ARM with 64 bits"));
        let mut packed = image(0x1000);
        packed[4..8].copy_from_slice(b"zimg");
        packed[8..12].copy_from_slice(&0x200_u32.to_le_bytes());
        packed[12..16].copy_from_slice(&100_u32.to_le_bytes());
        packed[0x18..0x1c].copy_from_slice(b"zstd");
        assert!(said(&packed).contains("tail -c +513 k.bin | head -c 100 | zstd -dc > Image"));
        let mut elf = vec![0; 64];
        elf[..6].copy_from_slice(b"\x7fELF\x02\x01");
        elf[18] = 243;
        assert!(said(&elf).contains("objcopy -O binary k.bin Image"));
        elf[18] = 183;
        assert!(said(&elf).contains("ARM"));
        let mut bz = vec![0; 0x400];
        bz[0x202..0x206].copy_from_slice(b"HdrS");
        assert!(said(&bz).contains("x86"));
    }
}
