//! Transfers of bytes over the bus, in the largest pieces that their addresses allow.

use std::ops::Range;

use super::{Activity, Contiguous, Event};
use crate::board::Observer;
use model::bus::{Channel, Request, Response};

/// A channel with its clock, and its observers.
pub(super) struct Wire {
    channel: Box<dyn Channel>,
    /// The cycle.
    pub(super) now: u64,
    pub(super) observer: Option<Box<dyn Observer<Contiguous>>>,
}

/// Memory refused this address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refused(pub(super) u64);

impl Wire {
    pub(super) fn new(channel: Box<dyn Channel>) -> Wire {
        Wire { channel, now: 0, observer: None }
    }

    /// Something happened.
    pub(super) fn event(&mut self, event: Event) {
        if let Some(observer) = &mut self.observer {
            observer.on_event(self.now, &event, &());
        }
    }

    /// What the coming cycles are spent on.
    pub(super) fn activity(&mut self, activity: Activity) {
        self.event(Event::Spends { activity });
    }

    /// One request and its response; waits for both.
    fn ask(&mut self, request: Request) -> Response {
        while !self.channel.ready(self.now) {
            self.now += 1;
        }
        let accepted = self.now;
        self.channel.submit(accepted, request);
        loop {
            self.now = self.channel.next_response().unwrap_or(self.now + 1).max(self.now + 1);
            if let Some(response) = self.channel.poll(self.now) {
                if let Some(observer) = &mut self.observer {
                    let transfer = Event::Transfer { cycles: accepted..self.now, request };
                    observer.on_event(accepted, &transfer, &());
                }
                return response;
            }
        }
    }

    fn read(&mut self, pa: u64, bytes: u8) -> Result<u64, Refused> {
        let response = self.ask(Request::Read { pa, bytes });
        if response.error { Err(Refused(pa)) } else { Ok(response.value) }
    }

    fn write(&mut self, pa: u64, bytes: u8, value: u64) -> Result<(), Refused> {
        let response = self.ask(Request::Write { pa, bytes, value });
        if response.error { Err(Refused(pa)) } else { Ok(()) }
    }

    pub(super) fn fetch(&mut self, pa: u64, length: usize) -> Result<Vec<u8>, Refused> {
        let mut bytes = Vec::with_capacity(length);
        while bytes.len() < length {
            let at = pa + bytes.len() as u64;
            let size = piece(at, length - bytes.len());
            let word = self.read(at, size)?.to_le_bytes();
            bytes.extend_from_slice(&word[..usize::from(size)]);
        }
        Ok(bytes)
    }

    pub(super) fn store(&mut self, pa: u64, bytes: &[u8]) -> Result<(), Refused> {
        let mut done = 0;
        while done < bytes.len() {
            let at = pa + done as u64;
            let size = piece(at, bytes.len() - done);
            let mut word = [0; 8];
            word[..usize::from(size)].copy_from_slice(&bytes[done..done + usize::from(size)]);
            self.write(at, size, u64::from_le_bytes(word))?;
            done += usize::from(size);
        }
        Ok(())
    }

    /// Stores bytes in several places one after the other; the last one need not be filled.
    pub(super) fn images(&mut self, bytes: &[u8], places: &[Range<u64>]) -> Result<(), Refused> {
        let mut rest = bytes;
        for place in places {
            let (own, more) = rest.split_at(rest.len().min((place.end - place.start) as usize));
            self.store(place.start, own)?;
            rest = more;
        }
        Ok(())
    }

    /// Copies upwards, word by word: correct for a move downwards by any distance, and for a move
    /// to a range that does not overlap.
    pub(super) fn copy(&mut self, from: u64, to: u64, length: u64) -> Result<(), Refused> {
        let mut done = 0;
        while done < length {
            // Not more than the distance between the two: a move by less than a word would
            // overwrite itself.
            let most = (length - done).min(from.abs_diff(to).max(1)) as usize;
            let size = piece(from + done, most).min(piece(to + done, most));
            let value = self.read(from + done, size)?;
            self.write(to + done, size, value)?;
            done += u64::from(size);
        }
        Ok(())
    }
}

/// The largest natural piece at an address: 8 bytes or 1.
fn piece(pa: u64, left: usize) -> u8 {
    if pa.is_multiple_of(8) && left >= 8 { 8 } else { 1 }
}
