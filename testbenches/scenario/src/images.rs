//! Program files named in scenarios: those in the binary, others by path.

use std::path::{Path, PathBuf};

use machine::system::ElfImage;

/// Files in the binary, by their names in scenarios.
const BUILT_IN: [(&str, &[u8]); 1] =
    [("programs/primes.elf", include_bytes!("../../data/programs/primes.elf"))];

/// Larger files are refused.
const LARGEST: u64 = 1 << 30;

/// Reads the program `name`, which is named in the scenario file `scenario`: a path from that
/// file's folder, else from the current one, else one of those in the binary. The error is a
/// sentence.
pub(super) fn load(scenario: &str, name: &str) -> Result<ElfImage, String> {
    let beside = Path::new(scenario).parent().map(|folder| folder.join(name));
    let paths = beside.into_iter().chain([PathBuf::from(name)]);
    if let Some(path) = paths.into_iter().find(|path| path.is_file()) {
        let shown = path.display();
        let size = std::fs::metadata(&path).map_err(|error| format!("{shown}: {error}"))?.len();
        if size > LARGEST {
            return Err(format!("{shown}: {size} bytes are too large for a program"));
        }
        let bytes = std::fs::read(&path).map_err(|error| format!("{shown}: {error}"))?;
        return ElfImage::read(name, &bytes).map_err(|error| error.to_string());
    }
    match BUILT_IN.iter().find(|(built_in, _)| *built_in == name) {
        Some((_, bytes)) => ElfImage::read(name, bytes).map_err(|error| error.to_string()),
        None => {
            let names: Vec<_> = BUILT_IN.iter().map(|(name, _)| *name).collect();
            Err(format!("there is no file `{name}`; built in is {}", names.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_programs_read_and_others_are_refused() {
        for (name, _) in BUILT_IN {
            let image = load("a/b.toml", name).unwrap_or_else(|error| panic!("{error}"));
            assert!(image.regions.len() >= 4, "{:?}", image.regions);
        }
        assert!(load("x.toml", "no.elf").unwrap_err().contains("programs/primes.elf"));
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("broken.elf"), b"\x7fELF").unwrap();
        let scenario = folder.path().join("s.toml");
        let error = load(&scenario.display().to_string(), "broken.elf").unwrap_err();
        assert!(error.starts_with("broken.elf: not a readable ELF file"), "{error}");
    }
}
