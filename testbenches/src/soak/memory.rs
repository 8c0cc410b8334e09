//! A random program's knowledge of its memory: which pages it has, and their permissions.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// Loads are allowed.
pub(super) const READ: u8 = 1;
/// Stores are allowed.
pub(super) const WRITE: u8 = 2;
/// Fetches are allowed.
pub(super) const EXECUTE: u8 = 4;
/// A page is mapped.
pub(super) const MAPPED: u8 = 8;

/// A region, as the program knows it.
#[derive(Clone, Debug)]
pub(super) struct Area {
    pub(super) name: &'static str,
    /// The number of its first page in program lines.
    pub(super) first: i64,
    /// The permissions of each page.
    pub(super) pages: Vec<u8>,
    /// Whether its pages may be unmapped and protected.
    pub(super) is_plain: bool,
    /// Whether it must be mapped by the program.
    pub(super) is_late: bool,
}

impl Area {
    fn new(name: &'static str, pages: usize, bits: u8) -> Area {
        Area { name, first: 0, pages: vec![bits; pages], is_plain: true, is_late: false }
    }

    /// The permissions of the page with this number.
    fn bits(&self, page: i64) -> u8 {
        let at = usize::try_from(page - self.first).ok();
        at.and_then(|at| self.pages.get(at)).copied().unwrap_or(0)
    }

    /// The pages around one with the same permission, both ends included.
    pub(super) fn around(&self, page: i64, bit: u8) -> (i64, i64) {
        let (mut low, mut high) = (page, page);
        while self.bits(low - 1) & bit != 0 {
            low -= 1;
        }
        while self.bits(high + 1) & bit != 0 {
            high += 1;
        }
        (low, high)
    }

    /// A page with this permission, drawn uniformly.
    pub(super) fn any(&self, random: &mut ChaCha8Rng, bit: u8) -> Option<i64> {
        let count = self.pages.iter().filter(|bits| **bits & bit != 0).count();
        let nth = random.random_range(0..count.max(1));
        let mut with = self.pages.iter().enumerate().filter(|(_, bits)| **bits & bit != 0);
        with.nth(nth).map(|(at, _)| self.first + at as i64)
    }

    /// Sets the permissions of a range of pages.
    pub(super) fn set(&mut self, low: i64, high: i64, bits: u8) {
        for page in low..=high {
            if let Some(place) = self.pages.get_mut((page - self.first) as usize) {
                *place = bits;
            }
        }
    }
}

/// The heap's pages at the start, and their maximum.
pub(super) const HEAP: (usize, usize) = (3, 10);
/// The stack's pages at the start, and their maximum.
const STACK: (i64, i64) = (2, 8);
/// The page below the stack's limit.
pub(super) const GUARD: i64 = STACK.0 - STACK.1 - 1;

/// The physical address of the console's registers.
pub(super) const CONSOLE: u64 = 0x1000_0000;
/// The region that maps them, in one process only and in none of its children.
pub(super) const DEVICE: &str = "device";

/// The console's region in a file, and as its driver knows it.
pub(super) fn device() -> (String, Area) {
    let text =
        format!("{{ kind = \"device\", start = 0x14_0000, pages = 1, device = {CONSOLE:#x} }}");
    (text, Area { is_plain: false, ..Area::new(DEVICE, 1, READ | WRITE | MAPPED) })
}

/// The regions of a new image in a file; `large` adds one with room for superpages.
///
/// `view` and `common` map different pages of the file: whether stores to the file are visible
/// through an earlier private mapping is unspecified (POSIX, `mmap`, `MAP_PRIVATE`), so no program
/// may depend on it.
pub(super) fn regions(large: bool) -> Vec<String> {
    let mut regions = vec![
        "{ kind = \"text\", start = 0x1_0000, pages = 5 }".to_owned(),
        "{ kind = \"data\", start = 0x2_0000, pages = 8 }".to_owned(),
        "{ kind = \"bss\", start = 0x4_0000, pages = 24 }".to_owned(),
        format!("{{ kind = \"heap\", start = 0x8_0000, pages = {}, limit = {} }}", HEAP.0, HEAP.1),
        "{ name = \"common\", kind = \"mapped\", start = 0xa_0000, pages = 8, file = \"common\", \
         shared = true }"
            .to_owned(),
        "{ name = \"view\", kind = \"mapped\", start = 0xc_0000, pages = 8, file = \"common\", \
         offset = 8 }"
            .to_owned(),
        "{ name = \"memory\", kind = \"bss\", start = 0xe_0000, pages = 6, file = \"memory\", \
         shared = true }"
            .to_owned(),
        "{ name = \"late\", kind = \"bss\", start = 0x10_0000, pages = 8, mapped = false }"
            .to_owned(),
        "{ name = \"log\", kind = \"mapped\", start = 0x12_0000, pages = 6, file = \"log\", \
         shared = true, mapped = false }"
            .to_owned(),
        format!(
            "{{ kind = \"stack\", start = 0x1e_0000, pages = {}, limit = {} }}",
            STACK.0, STACK.1
        ),
    ];
    if large {
        regions.push(
            "{ name = \"large\", kind = \"bss\", start = 0x100_0000, pages = 1100 }".to_owned(),
        );
    }
    regions
}

/// The same regions, as a program knows them at its start.
pub(super) fn areas(large: bool) -> Vec<Area> {
    let ordinary = READ | WRITE | MAPPED;
    let fixed = |area| Area { is_plain: false, ..area };
    let late = |area| Area { is_late: true, ..area };
    let mut heap = fixed(Area::new("heap", HEAP.1, 0));
    heap.set(0, HEAP.0 as i64 - 1, ordinary);
    let stack = Area { first: GUARD + 1, ..Area::new("stack", STACK.1 as usize, ordinary) };
    let mut areas = vec![
        fixed(Area::new("text", 5, READ | EXECUTE | MAPPED)),
        Area::new("data", 8, ordinary),
        Area::new("bss", 24, ordinary),
        heap,
        Area::new("common", 8, ordinary),
        Area::new("view", 8, ordinary),
        Area::new("memory", 6, ordinary),
        late(Area::new("late", 8, 0)),
        late(Area::new("log", 6, 0)),
        fixed(stack),
    ];
    if large {
        areas.push(Area::new("large", 1100, ordinary));
    }
    areas
}
