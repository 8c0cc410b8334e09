//! An inverted page table: one entry for each frame, which says whose page is in it.

use super::Mapping;

/// The table of a machine: for each frame the process and the page, if any is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inverted {
    entries: Vec<Option<(String, u64)>>,
}

impl Inverted {
    /// An empty table for so many frames.
    pub fn new(frames: u64) -> Inverted {
        Inverted { entries: (0..frames).map(|_| None).collect() }
    }

    /// Adds a page.
    ///
    /// # Errors
    /// A sentence: the frame is taken. Two pages cannot share a frame, since it has one entry.
    pub fn add(&mut self, mapping: &Mapping) -> Result<(), String> {
        let Mapping { process, page, frame } = mapping;
        let entry = usize::try_from(*frame).ok().and_then(|frame| self.entries.get_mut(frame));
        match entry {
            Some(entry @ None) => {
                *entry = Some((process.clone(), *page));
                Ok(())
            }
            Some(Some((other, there))) => Err(format!(
                "frame {frame} holds page {there} of {other}, and an inverted table has one entry for \
                 each frame"
            )),
            None => Err(format!("there is no frame {frame}")),
        }
    }

    /// The entries: what is in each frame.
    pub fn entries(&self) -> impl Iterator<Item = Option<(&str, u64)>> {
        self.entries.iter().map(|entry| entry.as_ref().map(|(who, page)| (who.as_str(), *page)))
    }

    /// Searches a page, from frame 0 on: the frame, and how many entries were read.
    pub fn search(&self, process: &str, page: u64) -> (Option<u64>, u64) {
        let wanted = Some((process, page));
        match (0..).zip(self.entries()).find(|(_, entry)| *entry == wanted) {
            Some((frame, _)) => (Some(frame), frame + 1),
            None => (None, self.entries.len() as u64),
        }
    }
}
