//! How long a configuration takes, for the files that state it.

use engine::Config;
use model::isa::Xlen;

/// What a configuration adds to the latencies of the plain one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Timing {
    /// Cycles of a hit.
    pub(super) hit: usize,
    /// A second level is looked up before each walk, which takes a cycle.
    pub(super) second_level: bool,
    /// Walks may begin below the root.
    walk_cache: bool,
    /// Memory may give lines.
    line_fill: bool,
    two_walkers: bool,
    one_port: bool,
    /// PMP or PMA may refuse a table.
    protected: bool,
    levels: &'static [(&'static str, usize)],
}

/// A row of the table of latencies.
pub(super) struct Row {
    pub(super) what: String,
    pub(super) formula: String,
    /// With memory of latency 1, and of 10.
    pub(super) cycles: Option<[usize; 2]>,
}

impl Timing {
    pub(super) fn of(config: &Config) -> Timing {
        let own = config.organisation;
        let levels: &[_] = match config.xlen {
            Xlen::Rv32 => &[("Sv32", 2)],
            Xlen::Rv64 => &[("Sv39", 3), ("Sv48", 4), ("Sv57", 5)],
        };
        Timing {
            hit: usize::from(own.registered_answer),
            second_level: own.l2 > 0,
            walk_cache: own.walk_cache > 0,
            line_fill: own.line_fill > 0,
            two_walkers: own.two_walkers,
            one_port: own.one_port,
            protected: config.physical.is_some(),
            levels,
        }
    }

    /// The latencies, with memory that is always ready.
    pub(super) fn rows(self) -> Vec<Row> {
        // Of a walk, before its first request and after its last response.
        let (around, d) = (2 + self.hit + usize::from(self.second_level), self.levels[0].1);
        let at = |cycles: &dyn Fn(usize) -> usize| Some([cycles(1), cycles(10)]);
        let row =
            |what: &str, formula: String, cycles| Row { what: what.to_owned(), formula, cycles };
        let mut rows = vec![row(
            "hit, permitted or refused; not translated; not canonical",
            self.hit.to_string(),
            at(&|_| self.hit),
        )];
        for (scheme, d) in self.levels {
            rows.push(row(
                &format!("miss of a 4 KiB page in {scheme}, page or fault"),
                format!("{around} + {d}·L"),
                at(&|latency| around + d * latency),
            ));
        }
        rows.push(row(
            "miss of a superpage k levels above",
            format!("k·L less: {around} + (d - k)·L"),
            None,
        ));
        rows.push(row(
            "the same, and A or D are set",
            "L + 1 more".to_owned(),
            at(&|latency| around + d * latency + latency + 1),
        ));
        if self.second_level {
            let found = "miss whose page is in the second level";
            let (alone, second) = (2 + self.hit, 3 + self.hit);
            let formula = match self.one_port {
                true => alone.to_string(),
                false => format!("{alone}; of two at once the fetch port's {second}"),
            };
            rows.push(row(found, formula, Some([alone, alone])));
        }
        if self.walk_cache {
            let known = "miss whose last table the walk cache knows";
            rows.push(row(known, format!("{around} + L"), at(&|latency| around + latency)));
        }
        if self.line_fill {
            let kept = "each entry in a line that memory has given";
            rows.push(row(kept, "1 instead of L".to_owned(), None));
        }
        let both = "two misses at once";
        let order = match self.two_walkers {
            true => "the slower one alone, and L more at most",
            false => "one after the other, the data port's first or in turn",
        };
        if !self.one_port {
            rows.push(row(both, order.to_owned(), None));
        }
        if self.protected {
            let refused = "miss whose d-th table PMP or PMA refuse";
            rows.push(row(refused, format!("{} + (d - 1)·L", around + 1), None));
        }
        rows.push(row(
            "a fence",
            "taken in its own cycle, unless an A/D update waits".to_owned(),
            None,
        ));
        rows
    }
}
