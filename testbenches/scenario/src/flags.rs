//! Page-table-entry bits by the names that the specification gives them.

use std::fmt;
use std::str::FromStr;

use model::isa::pte::LETTERS;
use serde::de::{Deserialize, Deserializer};

use super::names::from_text;

/// Permission and status bits written as letters: `"RW UAD"`. Blanks are ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flags(pub u64);

/// Any bits: words of letters, `N`, `PBMT`, `RSW` or `bitNN`, separated by blanks. A field with a
/// value, `PBMT=1`, is the whole field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bits {
    /// The bits that are named.
    pub ones: u64,
    /// The bits that a field's value leaves 0.
    pub zeros: u64,
}

impl FromStr for Flags {
    type Err = String;

    /// Parses letters. The error is a sentence.
    fn from_str(text: &str) -> Result<Flags, String> {
        let mut bits = 0;
        for c in text.chars().filter(|c| !c.is_whitespace()) {
            let Some(bit) = LETTERS.find(c) else {
                return Err(format!("`{c}` is not a flag; flags are {LETTERS}"));
            };
            bits |= 1 << bit;
        }
        Ok(Flags(bits))
    }
}

impl FromStr for Bits {
    type Err = String;

    /// Parses words of bits. The error is a sentence.
    fn from_str(text: &str) -> Result<Bits, String> {
        let (mut ones, mut zeros) = (0, 0);
        for word in text.split_whitespace() {
            ones |= match word {
                "N" => 1 << 63,
                "PBMT" => 0b11 << 61,
                "PBMT=1" => {
                    zeros |= 1 << 62;
                    1 << 61
                }
                "PBMT=2" => {
                    zeros |= 1 << 61;
                    1 << 62
                }
                "RSW" => 0b11 << 8,
                _ => match word.strip_prefix("bit").map(str::parse::<u32>) {
                    Some(Ok(bit @ 0..=63)) => 1 << bit,
                    Some(_) => return Err(format!("`{word}` is not a bit; bits are 0 to 63")),
                    None => {
                        let flags = word.parse::<Flags>().map_err(|_| unknown(word))?;
                        flags.0
                    }
                },
            };
        }
        if ones & zeros != 0 {
            return Err(format!("`{text}` gives a field two values"));
        }
        Ok(Bits { ones, zeros })
    }
}

/// The low bits of an entry as letters, for messages.
pub fn letters(pte: u64) -> String {
    LETTERS.chars().enumerate().map(|(bit, c)| if pte >> bit & 1 == 1 { c } else { '-' }).collect()
}

impl<'de> Deserialize<'de> for Flags {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Flags, D::Error> {
        from_text(deserializer)
    }
}

impl<'de> Deserialize<'de> for Bits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Bits, D::Error> {
        from_text(deserializer)
    }
}

impl fmt::Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&letters(self.0))
    }
}

fn unknown(word: &str) -> String {
    format!(
        "`{word}` is no bits; bits are letters of {LETTERS}, or N, PBMT, PBMT=1, PBMT=2, RSW, bit0 \
         to bit63"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_and_bits_have_the_encodings_of_the_specification() {
        let bits = |text: &str| text.parse::<Bits>();
        assert_eq!("RWX UGAD".parse(), Ok(Flags(0xfe)));
        assert_eq!(bits("N PBMT VR bit54"), Ok(Bits { ones: 0xe040_0000_0000_0003, zeros: 0 }));
        assert_eq!(bits("PBMT=2"), Ok(Bits { ones: 1 << 62, zeros: 1 << 61 }));
        assert!(bits("PBMT=1 PBMT=2").is_err() && bits("PBMT PBMT=2").is_err());
        assert_eq!(letters(0xcf), "VRWX--AD");
        assert!("RWN".parse::<Flags>().is_err());
        assert!(bits("bit64").is_err() && bits("bitx").is_err());
    }
}
