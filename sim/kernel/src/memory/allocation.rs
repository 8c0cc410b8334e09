//! Allocation of frames to processes: how many each may have before it replaces its own pages.

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use std::fmt;

/// How frames are allocated to processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Allocation {
    /// On request, from one pool: a page of any process may be evicted.
    #[default]
    Global,
    /// This many frames in equal shares. The remainder stays unused.
    Equal(u64),
    /// This many frames in proportion to the sizes of the processes, each share rounded down.
    Proportional(u64),
}

/// The forms in a file.
const FORMS: &str = "allocation is \"global\", { equal = 62 } or { proportional = 62 }, with the \
                     number of frames that are shared out";

impl<'de> Deserialize<'de> for Allocation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Allocation, D::Error> {
        struct Forms;
        impl<'de> Visitor<'de> for Forms {
            type Value = Allocation;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(FORMS)
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<Allocation, E> {
                if word == "global" { Ok(Allocation::Global) } else { Err(E::custom(FORMS)) }
            }
            fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<Allocation, A::Error> {
                let kind: Option<String> = table.next_key()?;
                let allocation = match kind.as_deref() {
                    Some("equal") => Allocation::Equal(table.next_value()?),
                    Some("proportional") => Allocation::Proportional(table.next_value()?),
                    _ => return Err(de::Error::custom(FORMS)),
                };
                match table.next_key::<String>()? {
                    Some(_) => Err(de::Error::custom(FORMS)),
                    None => Ok(allocation),
                }
            }
        }
        deserializer.deserialize_any(Forms)
    }
}

impl Allocation {
    /// The limit of each process, by its size in pages; none where there are no limits. Every
    /// process gets at least one frame, and together they get no more than there are.
    ///
    /// # Errors
    /// A message, if there are fewer frames than processes.
    pub fn shares(self, sizes: &[u64]) -> Result<Option<Vec<u64>>, String> {
        let count = sizes.len() as u64;
        let frames = match self {
            Allocation::Global => return Ok(None),
            Allocation::Equal(frames) | Allocation::Proportional(frames) => frames,
        };
        if frames < count || count == 0 {
            return Err(format!("{frames} frames cannot be shared out among {count} processes"));
        }
        if matches!(self, Allocation::Equal(_)) {
            return Ok(Some(vec![frames / count; sizes.len()]));
        }
        let all = sizes.iter().map(|&size| u128::from(size)).sum::<u128>().max(1);
        let share = |&size: &u64| (u128::from(size) * u128::from(frames) / all) as u64;
        let mut shares: Vec<u64> = sizes.iter().map(|size| share(size).max(1)).collect();
        // Shares that were raised to one frame took it from the largest.
        let mut surplus = shares.iter().sum::<u64>().saturating_sub(frames);
        while surplus > 0 {
            let largest = shares.iter_mut().max().expect("there are processes");
            *largest -= 1;
            surplus -= 1;
        }
        Ok(Some(shares))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(allocation: Allocation, sizes: &[u64]) -> Vec<u64> {
        allocation.shares(sizes).expect("there are enough").expect("there are limits")
    }

    #[test]
    fn shares_are_those_of_the_book() {
        // Silberschatz, Galvin and Gagne, Allocation Algorithms.
        assert_eq!(shares(Allocation::Equal(93), &[1, 2, 3, 4, 5]), [18; 5]);
        assert_eq!(shares(Allocation::Equal(62), &[10, 127]), [31, 31]);
        assert_eq!(shares(Allocation::Proportional(62), &[10, 127]), [4, 57]);
        assert_eq!(Allocation::Global.shares(&[10, 127]), Ok(None));
    }

    #[test]
    fn every_process_gets_a_frame_and_no_more_are_given_than_there_are() {
        assert_eq!(shares(Allocation::Proportional(10), &[1, 1, 1_000]), [1, 1, 8]);
        assert_eq!(shares(Allocation::Proportional(3), &[5, 0, u64::MAX]), [1, 1, 1]);
        for frames in 3..200 {
            let given = shares(Allocation::Proportional(frames), &[3, 40, 900]);
            assert!(given.iter().sum::<u64>() <= frames && !given.contains(&0), "{given:?}");
        }
        assert!(Allocation::Equal(1).shares(&[4, 4]).is_err());
        assert!(Allocation::Proportional(9).shares(&[]).is_err());
    }
}
