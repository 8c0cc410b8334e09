//! Files that contradict themselves or refer to nothing.

use super::*;

#[test]
fn parts_fit_into_every_size_that_a_file_names() {
    let error = |machine: &str| runs(&steps(machine, "{ wait = 1 }")).unwrap_err();
    for (machine, said) in [
        ("size = [\"tiny\", \"linux\"], ways = 8", "with size `tiny`: `ways` is 8"),
        ("size = \"tiny\", fetch_lines = 16", "with size `tiny`: `fetch_lines` is 16"),
        ("l1 = { data = 4, fetch = 8 }", "with size `tiny`: `fetch_lines` is 8"),
    ] {
        let error = error(&format!("machine = {{ {machine} }}"));
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn files_that_cannot_be_run_never_begin() {
    let mut all = Refusals::default();
    let heap = "{ kind = \"heap\", start = 0x0040_0000, pages = 8 }";
    for (process, part) in [
        (
            format!("regions = [{heap},\n ¦{{ kind = \"bss\", start = 0x0040_1000, pages = 8 }}]"),
            "it overlaps heap",
        ),
        (
            format!("regions = [{heap},\n ¦{{ kind = \"bss\", start = 0x0080_0001, pages = 8 }}]"),
            "not a multiple of 4096",
        ),
        (
            format!("regions = [{heap},\n ¦{{ kind = \"bss\", start = 0x0080_0000, pages = 0 }}]"),
            "it has no pages",
        ),
        (
            format!(
                "regions = [{heap},\n ¦{{ kind = \"stack\", start = 0x0080_0000, pages = 4, limit = 2 }}]"
            ),
            "its limit of 2 pages is below the 4",
        ),
        (
            format!(
                "regions = [{heap},\n ¦{{ kind = \"bss\", start = 0x40_0000_0000, pages = 8 }}]"
            ),
            "leaves the user's part",
        ),
        (
            format!("regions = [{heap},\n ¦{{ kind = \"heap\", start = 0x0080_0000, pages = 8 }}]"),
            "two regions are called `heap`",
        ),
        (
            format!(
                "regions = [{heap},\n {{ kind = \"bss\", start = 0x0080_0000, pages = 8, ¦colour = 1 }}]"
            ),
            "unknown field `colour`",
        ),
    ] {
        all.refused(&story("", "", &process), part);
    }
    for (process, part) in [
        (
            "ends = ¦\"foo\"",
            "`foo` is not an end of a process; ends are exited, never, any, null_page",
        ),
        ("ends = ¦\"hole or\"", "`hole or` is not an end"),
        ("¦at = 0x1000", "`at` is the access that killed it"),
        ("ends = \"out_of_memory\"\n¦at = 0x1000", "`at` is the access that killed it"),
        ("expect = { minor_faults = 4,\n ¦nosuch = 9 }", "nothing is counted as `nosuch`"),
        ("expect.cycles = { idle = 0,\n ¦nosuch = 9 }", "nothing is counted as `cycles.nosuch`"),
        ("expect_by_policy = { fifo = {},\n ¦lru = { minor_faults = 4 } }", "does not name lru"),
        ("victims_by_policy = { ¦lru = [0] }", "does not name lru"),
        ("expect = { minor_faults = ¦{} }", "expects nothing"),
        ("expect = { minor_faults = ¦{ at_least = 3, at_most = 2 } }", "nothing is at least 3"),
        ("expect = { minor_faults = ¦{ about = 3, within = -2.0 } }", "negative"),
        ("expect = { minor_faults = ¦nan }", "NaN is not a number"),
        ("¦frames = 0", "`frames` is 0"),
        ("victims = [¦\"foo 3\"]", "there is no region `foo`"),
        ("victims = [0,\n ¦\"heap\"]", "`heap` is not a page; pages are written `heap 3`"),
        ("victims = [¦1.5]", "a page: 3 of the first region"),
        ("frames_after = [¦\"foo 3\"]", "there is no region `foo`"),
        ("faults_at = [¦0]", "`faults_at` is 0"),
        ("faults_at = [1, 3,\n ¦2]", "in the order"),
        ("program = [\"store heap 0\",\n \"load ¦hepa 1\"]", "there is no region `hepa`"),
        ("¦colour = 1", "unknown field `colour`"),
        (
            "[[process]]\nname = \"¦p\"\nregions = [{ kind = \"heap\", start = 0x0040_0000, pages = 8 }]\nprogram = []",
            "two processes have this name",
        ),
        (
            "[[process]]\nname = \"¦q\"\nexecuted = true\nregions = [{ kind = \"heap\", start = 0x0040_0000, pages = 8 }]\nprogram = []",
            "no process executes",
        ),
    ] {
        let process = match process.contains("[[process]]") {
            true => format!("program = []\nregions = [{heap}]\n{process}"),
            false => process.to_owned(),
        };
        all.refused(&story("", "os = { policy = \"fifo\" }", &process), part);
    }
    for (machine, part) in [
        ("machine = { modes = ¦[] }", "the list is empty"),
        ("machine = { modes = [\"sv39\", ¦\"sv40\"] }", "unknown variant `sv40`"),
        ("machine = { modes = [\"sv39\",\n ¦\"bare\"] }", "`bare` is not a scheme"),
        ("machine = { modes = ¦[\"sv39\", \"sv39\"] }", "entries 1 and 2 are the same"),
        ("machine = { modes = \"sv39\", size = ¦[] }", "the list is empty"),
        ("machine = { modes = \"sv39\", size = ¦\"vast\" }", "unknown variant `vast`"),
        ("machine = { modes = \"sv39\",\n latency = ¦0 }", "at least 1 cycle"),
        ("machine = { modes = \"sv39\",\n latency = [1,\n ¦10000] }", "less than 10000 cycles"),
        ("machine = { modes = \"sv39\", latency = ¦-1 }", "`-1`"),
        ("machine = { modes = \"sv39\", ¦colour = 1 }", "unknown field `colour`"),
    ] {
        all.refused(&story(machine, "", ""), part);
    }
    for (os, part) in [
        ("policy = ¦[]", "the list is empty"),
        ("policy = [\"fifo\", ¦\"lruu\"]", "lruu"),
        ("policy = ¦[\"fifo\", \"fifo\"]", "entries 1 and 2 are the same"),
        ("¦window = 0", "`window` is 0"),
        ("¦frames = 0", "`frames` is 0"),
        ("frames = 64,\n ¦kernel = 64", "64 frames with 64 reserved for the kernel"),
        ("¦frames = 66", "66 frames with 64 reserved for the kernel"),
        ("¦check_every = 0", "`check_every` is 0"),
        ("load_control = \"working_set\", ¦ws_cycles = 0", "`ws_cycles` is 0"),
        ("policy = [\"lru\", \"nru\"], ¦tau = 3", "it is of the policy wsclock"),
        ("load_control = \"working_set\", ¦pff_cycles = 9", "it is of the load control `pff`"),
        ("¦ws_cycles = 9", "it is of the load control `working_set`"),
        ("¦swap_limit = 70000", "swap does not grow"),
        ("load_control = \"pff\", ¦pff_cycles = 0", "`pff_cycles` is 0"),
        ("disk_errors = { reads = [1, ¦0] }", "`reads` is 0"),
        ("bus_errors = { data = [¦0] }", "`data` is 0"),
        ("bus_errors = { ¦kernel = [1] }", "unknown field `kernel`"),
        ("reserved = [¦[70, 0]]", "0 frames from 70 on"),
        ("reserved = [¦[4090, 20]]", "20 frames from 4090 on are not among the 4096"),
        ("swap = 9, ¦swap_limit = 8", "`swap_limit` is 8; it can be 9 to"),
        ("¦data_latency = 0", "at least 1 cycle"),
        ("¦data_latency = [3, 2]", "the latency range 3 to 2 is empty"),
        ("data_latency = ¦[3]", "invalid length 1"),
        ("data_latency = { hit = 1, miss = 2, every = 3, ¦colour = 4 }", "unknown field `colour`"),
        ("data_latency = ¦\"fast\"", "cycles as 10"),
        ("data_latency = ¦-1", "no latency is negative"),
        ("allocation = ¦1.5", "allocation is \"global\""),
        ("¦allocation = { equal = 0 }", "0 frames cannot be shared out"),
        ("costs = { ¦colour = 1 }", "unknown field `colour`"),
        ("¦console = { at = 0x1000_0001 }", "not a multiple of 4096"),
        ("¦console = { at = 0x8000_0000 }", "the console"),
    ] {
        let os = format!("os = {{ {os} }}");
        all.refused(&story("machine = { modes = \"sv39\" }", &os, ""), part);
    }
    all.refused("idea = \"x\"\nspec = ¦[]\nprocess = []", "the list is empty");
    all.refused("idea = \"x\"\nspec = \"a: b\"\n¦process = []", "a scenario needs a process");
    all.refused("¦idea = \"x\"\nspec = \"a: b\"", "needs `step` or `[[process]]`");
}

#[test]
fn steps_that_cannot_be_made_are_refused() {
    let mut all = Refusals::default();
    for (head, part) in [
        ("machine = { ¦ready_every = 0 }", "`ready_every` is 0"),
        ("machine = { latency = ¦0 }", "at least 1 cycle"),
        (
            "machine = { ¦extensions = [\"svnapot\"] }",
            "no configuration of size `small` has what is asked for",
        ),
        ("machine = { extensions = [¦\"svnapott\"] }", "svnapott"),
        (
            "machine = { modes = \"sv39\" }\nspace.two.asid = 2\nspace.two.map = [\n¦{ va = 0x1000, pa = 0, flags = \"R\", napot = true }]",
            "not both multiples of 0x10000",
        ),
        ("machine = { satp = ¦\"other\" }", "there is no address space `other`"),
        ("machine = { ¦extensions = [\"svpbmt\", \"svpbmt\"] }", "Svpbmt is named twice"),
        ("machine = { ¦l1 = { data = 12 } }", "compiled in are TLBs of 4, 8, 16, 32, 64 lines"),
        ("machine = { ¦ways = 2, l1 = { ways = 4 } }", "`ways` and `l1` say the same"),
        ("machine = { l1 = { ¦lines = 4 } }", "unknown field `lines`"),
        (
            "machine = { modes = \"sv39\" }\nspace.two.asid = 2\nspace.two.map = [\n{ va = 0x1000, pa = 0, flags = \"R\" },\n¦{ va = 0, pages = 2, pa = 0, flags = \"R\" }]",
            "the mapping of 0x1000 overlaps an earlier one",
        ),
        (
            "machine = { modes = \"sv39\" }\nspace.two.asid = 2\nspace.two.map = [\n{ va = 0, pa = 0, level = 1, flags = \"R\" },\n¦{ va = 0x1000, pa = 0, flags = \"R\" }]",
            "the mapping of 0x1000 is inside an earlier one",
        ),
        ("edit = [\n{ pte = 0x1000, ¦clear = \"PBMT=1\" }]", "a field with a value is `set`"),
        ("events = { fence = 0, ¦fences = 0 }", "there is no event `fences`"),
        ("edit = [\n¦{ pte = 0x1000 }]", "needs `set`, `clear`, `pa` or `value`"),
        ("edit = [\n¦{ pte = 0x1000, set = \"A\", value = 0 }]", "the whole entry"),
        (
            "edit = [\n¦{ pte = 0x1000, set = \"A\", clear = \"AD\" }]",
            "both in `set` and in `clear`",
        ),
        ("edit = [{ ¦bus_error = 0x1000 }]", "unknown field `bus_error`"),
        ("edit = [{ pte = 0x1000, set = \"A\", space = ¦\"other\" }]", "no address space `other`"),
        ("edit = [\n¦{ pte = 0x1000, set = \"A\", level = 7 }]", "has no level 7"),
        ("space.¦main.asid = 3", "`main` is the space of the mappings"),
        ("space.¦bare.asid = 3", "names no space"),
    ] {
        all.refused(&steps(head, "{ load = 0x1000 },"), part);
    }
    for (step, part) in [
        ("{ load = 0x1000 },\n{ fence = {}, ¦hit = true },", "unknown field `hit`"),
        ("{ load = 0x1000, ¦because = \"permission\" },", "`because` needs trace pins"),
        ("{ wait = 3, ¦latency = 3 },", "`latency` does not belong to `wait`"),
        ("{ stream = \"load\", va = 0x1000, stride = 4, count = 2, ¦latency = 1 },", "`latency`"),
        ("{ load = 0x1000, ¦va = 0x1000 },", "`va` does not belong to `load`"),
        ("{ expect_pte = 0x1000, set = \"A\", ¦pte = 0x1000 },", "a step does one thing"),
        ("¦{ expect_pte = 0x1000 },", "needs `set`, `clear`, `pa` or `value`"),
        ("{ bus_error = 0x1000, space = ¦\"other\" },", "there is no address space `other`"),
        ("¦{ pte = 0x1000, set = \"A\", level = 9 },", "has no level 9"),
        ("¦{ load = 0x1000, pa = 0, fault = \"load page fault\" },", "either `pa` or `fault`"),
        (
            "¦{ load = 0x1000, size = \"mega\", fault = \"load page fault\" },",
            "neither `size` nor `pbmt`",
        ),
        ("{ load = 0x1000, size = ¦\"huge\" },", "not a page size; there are base, mega"),
        ("{ load = 0x1000, pbmt = ¦\"reserved\" },", "not a memory type; there are pma, nc, io"),
        ("¦{ stream = \"load\", va = 0x1000, stride = 4, count = 0 },", "1 to 1048576 accesses"),
    ] {
        all.refused(&steps("machine = { modes = \"sv39\" }", step), part);
    }
    all.refused("idea = \"x\"\nspec = \"a: b\"\n¦step = []", "`step` is empty");
}

#[test]
fn segments_that_cannot_be_placed_are_refused() {
    let mut all = Refusals::default();
    for (head, part) in [
        ("contiguous = { memory = 64, hardware = ¦\"segment_5\" }", "there is no unit `segment_5`"),
        ("contiguous = { memory = 64, hardware = ¦[] }", "the list is empty"),
        ("contiguous = { memory = 64, fit = ¦[] }", "the list is empty"),
        ("contiguous = { memory = 64, fit = ¦[\"best\", \"best\"] }", "are the same"),
        ("contiguous = { holes = [1, 2], fit = ¦\"buddy\" }", "one piece of memory"),
        ("contiguous = { ¦memory = 0 }", "`memory` is 0"),
        ("contiguous = { holes = [2, ¦0] }", "`holes` is 0"),
        ("¦contiguous = { memory = 64, holes = [3] }", "either `memory` or `holes`"),
        ("contiguous = { memory = 64, ¦unit = 0 }", "`unit` is 0"),
        ("contiguous = { memory = 64, ¦page = 0 }", "`page` is 0"),
        ("contiguous = { memory = 64, ¦latency = 0 }", "at least 1 cycle"),
        ("contiguous = { memory = 64, ¦handler = 9223372036854775807 }", "`handler` is"),
        ("¦contiguous = { memory = 4194305 }", "4 GiB"),
    ] {
        all.refused(&segments(head, "{ load = \"P\" },"), part);
    }
    for (step, part) in [
        ("{ load = ¦\"Q\" },", "there is no process `Q`"),
        ("¦{ load = \"P\", times = 0 },", "`times` is 0"),
        ("¦{ load = \"P\", times = 2, at = [0] },", "`at` is for a single process"),
        ("¦{ load = \"P\", placed = false, at = [0] },", "not placed has no `at`"),
        ("{ load = \"P\" },\n¦{ end = \"P\", every = 2 },", "not loaded several times"),
        ("¦{ end = \"P\", every = 0 },", "`every` is 0"),
        ("{ load = \"P\" },\n¦{ grow = \"P\", segment = \"all\", by = 0 },", "`by` is 0"),
        (
            "{ load = \"P\" },\n¦{ grow = \"P\", segment = \"all\", by = 9223372036854775807 },",
            "`by` is",
        ),
        ("{ load = \"P\" }, { run = \"P\" },\n¦{ read = 0, bytes = 3 },", "1, 2, 4 or 8"),
        (
            "{ load = \"P\" }, { run = \"P\" },\n¦{ write = 0, value = 256 },",
            "does not fit 1 bytes",
        ),
        (
            "{ load = \"P\" }, { run = \"P\" },\n¦{ read = 9223372036854775807, in = \"all\" },",
            "out of range",
        ),
        ("¦{ compact = false },", "`compact` can only be true"),
        ("¦{ check = {} },", "`check` checks nothing"),
        (
            "¦{ churn = 10, lengths = [5, 1], segments = 4, seed = 1, holes = [0, 9] },",
            "`lengths` is 5",
        ),
        (
            "¦{ churn = 10, lengths = [0, 1], segments = 4, seed = 1, holes = [0, 9] },",
            "`lengths` is 0",
        ),
        (
            "¦{ churn = 10, lengths = [1, 2], segments = 0, seed = 1, holes = [0, 9] },",
            "`segments` is 0",
        ),
    ] {
        all.refused(&segments(MEMORY, step), part);
    }
    let text = segments(MEMORY, "{ load = \"P\" },");
    let twice = text.replace("{ length = 4 }", "{ length = 4 },\n¦{ length = 1 }");
    all.refused(&twice, "two segments are called `all`");
    let number = "{ length = 4 },\n¦{ name = \"b\", number = 0, length = 1 }";
    all.refused(&text.replace("{ length = 4 }", number), "two segments have the number 0");
    all.refused(
        &text.replace("{ length = 4 }", "{ ¦length = 9223372036854775807 }"),
        "`length` is",
    );
    all.refused(&format!("{}expect = {{ ¦nosuch = 1 }}\n", text), "nothing is counted as `nosuch`");
}
