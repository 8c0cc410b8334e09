//! What regions map besides private memory: files and shared memory, each with its pages.

use crate::memory::PageId;
use crate::memory::content::fill_page;
use crate::{FileId, PageData};
use model::isa::PAGE_BYTES;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// A file's or a shared memory's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectId(pub u32);

/// Named files are numbered from here; an image without a name by its process.
const NAMED: u32 = 1 << 20;

/// A file, or shared memory.
#[derive(Debug)]
pub struct Object {
    /// The file; shared memory has none, and starts as zero.
    pub file: Option<FileId>,
    /// Its name; an object without a name ends with the last region that maps it.
    pub name: Option<String>,
    /// Its length in pages; unlimited if absent.
    pub length: Option<u64>,
    /// The page cache: its pages that are in frames, or in swap, by their number.
    pub pages: BTreeMap<u64, PageId>,
}

/// All objects, and the disk's copy of the files' pages.
#[derive(Debug, Default)]
pub struct Objects {
    objects: BTreeMap<ObjectId, Object>,
    names: BTreeMap<String, ObjectId>,
    /// Pages of files that were written; the others are as generated.
    written: BTreeMap<(FileId, u64), Box<PageData>>,
    next: u32,
    seed: u64,
}

impl Objects {
    /// No objects yet. The contents of files follow from the seed.
    pub fn new(seed: u64) -> Objects {
        Objects { seed, ..Objects::default() }
    }

    fn add(&mut self, object: Object) -> ObjectId {
        let id = ObjectId(self.next);
        self.next += 1;
        self.objects.insert(id, object);
        id
    }

    /// A program's image without a name.
    pub fn image(&mut self, file: FileId) -> ObjectId {
        self.add(Object { file: Some(file), name: None, length: None, pages: BTreeMap::new() })
    }

    /// Shared memory without a name, which a fork inherits.
    pub fn anonymous(&mut self) -> ObjectId {
        self.add(Object { file: None, name: None, length: None, pages: BTreeMap::new() })
    }

    /// The file or the shared memory of this name, created if there is none.
    ///
    /// # Errors
    /// A message, if the name belongs to the other kind, or the length contradicts an earlier one.
    pub fn named(
        &mut self,
        name: &str,
        is_file: bool,
        length: Option<u64>,
    ) -> Result<ObjectId, String> {
        let Some(&id) = self.names.get(name) else {
            let file = is_file.then_some(FileId(NAMED + self.next));
            let (pages, named) = (BTreeMap::new(), Some(name.to_owned()));
            let id = self.add(Object { file, name: named, length, pages });
            self.names.insert(name.to_owned(), id);
            return Ok(id);
        };
        let object = self.objects.get_mut(&id).expect("a name leads to an object");
        if object.file.is_some() != is_file {
            let kind = if is_file { "shared memory" } else { "a file" };
            return Err(format!("`{name}` is {kind} elsewhere"));
        }
        match (object.length, length) {
            (Some(old), Some(new)) if old != new => {
                return Err(format!("the file `{name}` has {old} pages elsewhere, here {new}"));
            }
            (None, Some(_)) => object.length = length,
            _ => {}
        }
        Ok(id)
    }

    /// An object.
    pub fn get(&self, id: ObjectId) -> Option<&Object> {
        self.objects.get(&id)
    }

    /// An object, mutable.
    pub fn get_mut(&mut self, id: ObjectId) -> Option<&mut Object> {
        self.objects.get_mut(&id)
    }

    /// All, in order of creation.
    pub fn iter(&self) -> impl Iterator<Item = (ObjectId, &Object)> {
        self.objects.iter().map(|(id, object)| (*id, object))
    }

    /// Removes an object, and the pages written to it.
    pub fn remove(&mut self, id: ObjectId) {
        let Some(object) = self.objects.remove(&id) else { return };
        if let Some(name) = object.name {
            self.names.remove(&name);
        }
        if let Some(file) = object.file {
            self.written.retain(|(written, _), _| *written != file);
        }
    }

    /// Reads the disk's copy of a file's page.
    pub fn read(&self, file: FileId, page: u64, data: &mut PageData) {
        match self.written.get(&(file, page)) {
            Some(written) => data.copy_from_slice(&**written),
            None => fill_page(self.seed, file, page * PAGE_BYTES, data),
        }
    }

    /// Writes a file's page to the disk.
    pub fn write(&mut self, file: FileId, page: u64, data: &PageData) {
        match self.written.entry((file, page)) {
            Entry::Occupied(written) => written.into_mut().copy_from_slice(data),
            Entry::Vacant(place) => _ = place.insert(Box::new(*data)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file_page;

    #[test]
    fn a_name_is_one_object_of_one_kind_and_length() {
        let mut objects = Objects::new(1);
        let libc = objects.named("libc", true, None).unwrap();
        assert_eq!(objects.named("libc", true, Some(4)), Ok(libc));
        assert!(objects.named("libc", true, Some(5)).unwrap_err().contains("4 pages"));
        assert!(objects.named("libc", false, None).unwrap_err().contains("a file elsewhere"));
        assert_ne!(objects.named("libm", true, None), Ok(libc));
        assert_ne!(objects.anonymous(), objects.anonymous());
        let board = objects.named("board", false, None).unwrap();
        let file = |objects: &Objects, id| objects.get(id).and_then(|object| object.file);
        let before = file(&objects, libc);
        objects.remove(board);
        let next = objects.named("libd", true, None).unwrap();
        assert_ne!(file(&objects, next), before, "what went gives no number free");
    }

    #[test]
    fn what_is_written_to_a_file_is_read_from_it() {
        let mut objects = Objects::new(1);
        let image = objects.image(FileId(1));
        let read = |objects: &Objects| {
            let mut data = [0; 512];
            objects.read(FileId(1), 2, &mut data);
            Box::new(data)
        };
        assert_eq!(read(&objects), file_page(1, FileId(1), 8192));
        for value in [7, 8] {
            objects.write(FileId(1), 2, &[value; 512]);
            assert_eq!(read(&objects), Box::new([value; 512]));
        }
        objects.remove(image);
        assert_eq!(read(&objects), file_page(1, FileId(1), 8192));
    }
}
