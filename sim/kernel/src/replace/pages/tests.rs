//! The pages in frames against a plain list.

use super::super::Marks;
use super::*;
use crate::OsError;
use proptest::prelude::*;
use std::cmp::Reverse;

/// Bits that forbid these frames, and say which was refused last.
struct Stuck {
    frames: Vec<u64>,
    refused: Option<u64>,
}

impl PageBits for Stuck {
    fn may_evict(&self, frame: u64) -> bool {
        !self.frames.contains(&frame)
    }

    fn refused(&self) -> Option<u64> {
        self.refused
    }

    fn look(&mut self, _: u64) -> Result<Marks, OsError> {
        Ok(Marks::default())
    }

    fn test_and_clear(&mut self, _: u64) -> Result<bool, OsError> {
        Ok(false)
    }

    fn write_back(&mut self, _: u64) -> Result<bool, OsError> {
        Ok(false)
    }
}

proptest! {
    #[test]
    fn pages_keep_the_order_of_loading(
        moves in prop::collection::vec((any::<bool>(), 100_u64..140), 0..200),
    ) {
        let (mut pages, mut list) = (Pages::default(), Vec::new());
        for (note, (loads, frame)) in moves.into_iter().enumerate() {
            list.retain(|&(other, _)| other != frame);
            if loads {
                pages.insert(frame, VirtualPage { pid: 1, vpn: frame }, note);
                list.push((frame, note));
            } else {
                pages.remove(frame);
            }
            let mut bits = Stuck { frames: Vec::new(), refused: None };
            let frames: Vec<u64> = list.iter().map(|(frame, _)| *frame).collect();
            prop_assert_eq!(pages.candidates(&bits), frames.clone());
            // One refused after the other: all come, in order.
            let mut chosen = Vec::new();
            while let Some(frame) = pages.first(&bits) {
                chosen.push(frame);
                bits.frames.push(frame);
                bits.refused = Some(frame);
            }
            prop_assert_eq!(chosen, frames);
            let mut by_frame = list.clone();
            by_frame.sort_unstable();
            let found: Vec<_> = pages.iter_mut().map(|(frame, note)| (frame, *note)).collect();
            prop_assert_eq!(found, by_frame);
            // By another key, some frames are forbidden from the start.
            let forbidden = |frame: &u64| frame.is_multiple_of(3);
            let frames = (100..140).filter(forbidden).collect();
            let mut bits = Stuck { frames, refused: None };
            let mut chosen = Vec::new();
            while let Some(frame) = pages.least(&bits, |loaded| Reverse(loaded.note)) {
                chosen.push(frame);
                bits.frames.push(frame);
                bits.refused = Some(frame);
            }
            let newest = list.iter().rev().map(|(frame, _)| *frame);
            let newest: Vec<u64> = newest.filter(|frame| !forbidden(frame)).collect();
            prop_assert_eq!(chosen, newest);
            prop_assert_eq!(pages.get(frame).map(|loaded| loaded.note), loads.then_some(note));
        }
    }
}
