//! Page-table-entry bits by the names that the specification gives them.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer};
use sim::isa::pte::LETTERS;

/// Permission and status bits written as letters: `"RW UAD"`. Blanks are free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flags(pub u64);

/// Any bits: words of letters, `N`, `PBMT`, `RSW` or `bitNN`, separated by blanks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bits(pub u64);

impl Flags {
    /// Reads letters. The error is a sentence.
    pub fn parse(text: &str) -> Result<Flags, String> {
        let mut bits = 0;
        for c in text.chars().filter(|c| !c.is_whitespace()) {
            let Some(bit) = LETTERS.find(c) else {
                return Err(format!("`{c}` is no flag; flags are {LETTERS}"));
            };
            bits |= 1 << bit;
        }
        Ok(Flags(bits))
    }
}

impl Bits {
    /// Reads words of bits. The error is a sentence.
    pub fn parse(text: &str) -> Result<Bits, String> {
        let mut bits = 0;
        for word in text.split_whitespace() {
            bits |= match word {
                "N" => 1 << 63,
                "PBMT" => 0b11 << 61,
                "PBMT=1" => 1 << 61,
                "PBMT=2" => 1 << 62,
                "RSW" => 0b11 << 8,
                _ => match word.strip_prefix("bit").map(str::parse::<u32>) {
                    Some(Ok(bit @ 0..=63)) => 1 << bit,
                    Some(_) => return Err(format!("`{word}` is no bit; bits are 0 to 63")),
                    None => Flags::parse(word)?.0,
                },
            };
        }
        Ok(Bits(bits))
    }
}

/// The low bits of an entry as letters, for messages.
pub fn letters(pte: u64) -> String {
    LETTERS.chars().enumerate().map(|(bit, c)| if pte >> bit & 1 == 1 { c } else { '-' }).collect()
}

impl<'de> Deserialize<'de> for Flags {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Flags, D::Error> {
        Flags::parse(&text(deserializer)?).map_err(de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Bits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Bits, D::Error> {
        Bits::parse(&text(deserializer)?).map_err(de::Error::custom)
    }
}

fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    String::deserialize(deserializer)
}

impl fmt::Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&letters(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_and_bits_have_the_encodings_of_the_specification() {
        assert_eq!(Flags::parse("RWX UGAD"), Ok(Flags(0xfe)));
        assert_eq!(Bits::parse("N PBMT VR bit54"), Ok(Bits(0xe040_0000_0000_0003)));
        assert_eq!(letters(0xcf), "VRWX--AD");
        assert!(Flags::parse("RWN").is_err());
        assert!(Bits::parse("bit64").is_err() && Bits::parse("bitx").is_err());
    }
}
