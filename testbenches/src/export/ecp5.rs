//! Blocks in cells of the Lattice ECP5, for `export --target ecp5`.
//!
//! Synthesis makes a masked comparison of 45 bits a tree of several levels. The carry chain beside
//! the look-up tables of this family does it in one, if its cells are named. The same is true of a
//! few other blocks on the path from a request to its answer: each is small, and mapped as well as
//! by hand where the cells are written down. All else stays as it is.
//!
//! Each of these modules computes what the one without cells does: [`prove`] has Yosys prove it.

use super::tools::{self, ToolError};
use engine::Config;
use model::isa::Extension;
use netlist::print::Verilog;
use std::fmt::Write;
use std::path::Path;

/// What the header says besides.
pub(super) const HEADER: &str = "\
//
// For the Lattice ECP5: some modules consist of its cells (CCU2C, LUT4, PFUMX).
// To simulate it, add the models of these cells that come with Yosys,
// share/yosys/ecp5/cells_sim.v.
";

/// Whether a configuration compares NAPOT ranges.
pub fn has_napot(config: &Config) -> bool {
    config.extensions.has(Extension::Svnapot)
}

/// Replaces the bodies of the modules that have a form in cells. `napot`: there are NAPOT ranges.
pub fn with_cells(verilog: &mut Verilog, napot: bool) {
    for module in &mut verilog.modules {
        let text = &module.text;
        let Some(body) = body(&module.block, text, napot) else { continue };
        let ports = text.find(");\n").expect("a module has ports") + ");\n".len();
        let end = text.rfind("endmodule").expect("a module ends");
        // Cells drive wires.
        let header = text[..ports].replace("output reg ", "output wire ");
        module.text = format!("{header}{body}{}", &text[end..]);
    }
}

/// The body of a block in cells, if it has one. A block is named for its type and parameters; `text`
/// is its module without cells. One that lost an input, since it is always the same, stays as it is.
fn body(block: &str, text: &str, napot: bool) -> Option<String> {
    let (name, parameters) = block.split_once('_')?;
    let mut parameters = parameters.split('_').map(|parameter| parameter.parse().ok());
    let width: usize = parameters.next()??;
    let ports = text.split_once(");\n")?.0;
    let words: Vec<_> = ports.split_whitespace().map(|word| word.trim_end_matches(',')).collect();
    let has = |names: &str| names.split(' ').all(|name| words.contains(&name));
    match name {
        "SamePage" if has("held held_inside key key_inside") => {
            Some(same_page(width, napot, smallest(text)))
        }
        "SameEntry" if has("held_vpn key_vpn held_asid key_asid in_all all_spaces") => {
            Some(same_entry(width, parameters.next()??))
        }
        "SameWord" if has("held key") => Some(chain(&equal(["held", "key"], 0..width, true))),
        "HitNumber" if has("same usable") => Some(hit_number(lines(text)?, width)),
        "KeyChoice" if has("request miss fence waits fence_presented") => Some(key_choice(width)),
        "OneOfFour" if has("first second third fourth takes_second takes_fourth takes_others") => {
            Some(one_of_four(width))
        }
        "LateChoice" if has("early late is_early only_early") => Some(late_choice(width)),
        _ => None,
    }
}

/// One half of a CCU2C cell: a look-up table, whether the carry is only passed on, four inputs.
struct Half {
    /// The table; bit `8 d + 4 c + 2 b + a` for these inputs.
    table: u16,
    /// `YES`: the carry out is the table's output and the carry in. `NO`: where the table is 0, the
    /// carry out is its bit `2 b + a`.
    inject: &'static str,
    inputs: [String; 4],
}

/// The table of a function of a, b, c and d.
fn table(function: impl Fn(bool, bool, bool, bool) -> bool) -> u16 {
    let at = |row: u16, bit: u16| row >> bit & 1 == 1;
    (0..16)
        .filter(|&row| function(at(row, 0), at(row, 1), at(row, 2), at(row, 3)))
        .fold(0, |table, row| table | 1 << row)
}

const HIGH: &str = "1'b1";
const LOW: &str = "1'b0";

impl Half {
    /// The carry goes on if the table's output is 1.
    fn and(table: u16, inputs: [&str; 4]) -> Self {
        Self { table, inject: "YES", inputs: inputs.map(str::to_owned) }
    }

    /// A carry that depends on two inputs alone.
    fn start(table: u16, a: &str, b: &str) -> Self {
        let inputs = [a, b, HIGH, HIGH].map(str::to_owned);
        Self { table: table & 0xF, inject: "NO", inputs }
    }

    /// The carry becomes 1 if one of two inputs is.
    fn force(a: &str, b: &str) -> Self {
        let goes_on = table(|a, b, c, d| c && d && !a && !b);
        let inputs = [a, b, HIGH, HIGH].map(str::to_owned);
        Self { table: goes_on | 0xE, inject: "NO", inputs }
    }

    /// The sum output is the carry.
    fn end() -> Self {
        Self { table: 0, inject: "NO", inputs: [LOW; 4].map(str::to_owned) }
    }
}

/// Bits of two words are equal, two bits in a half.
fn equal(words: [&str; 2], bits: std::ops::Range<usize>, begins: bool) -> Vec<Half> {
    let one = table(|a, b, _, _| a == b);
    let two = table(|a, b, c, d| a == b && c == d);
    let pair = |at: usize| (format!("{}[{at}]", words[0]), format!("{}[{at}]", words[1]));
    let mut bits: Vec<usize> = bits.collect();
    let mut halves = Vec::new();
    if begins {
        let (held, key) = pair(bits.remove(0));
        halves.push(Half::start(one, &held, &key));
    }
    for bits in bits.chunks(2) {
        let (held, key) = pair(bits[0]);
        halves.push(match bits.get(1) {
            Some(&other) => {
                let (other_held, other_key) = pair(other);
                Half::and(two, [&held, &key, &other_held, &other_key])
            }
            None => Half::and(one, [&held, &key, HIGH, HIGH]),
        });
    }
    halves
}

/// A chain of halves; the carry at its end is `same`.
fn chain(halves: &[Half]) -> String {
    let pass = Half::and(0xFFFF, [HIGH; 4]);
    let end = Half::end();
    let filler = halves.len().is_multiple_of(2).then_some(&pass);
    let halves: Vec<&Half> = halves.iter().chain(filler).chain([&end]).collect();
    let cells = halves.len() / 2;
    let mut text = format!(
        "    wire [{cells}:0] carry;\n    wire [{}:0] sum_0;\n    wire [{}:0] sum_1;\n    \
         assign carry[0] = 1'b0;\n    assign same = sum_1[{}];\n",
        cells - 1,
        cells - 1,
        cells - 1
    );
    for (at, halves) in halves.chunks(2).enumerate() {
        let (first, second) = (halves[0], halves[1]);
        let _ = write!(
            text,
            "\n    CCU2C #(\n        .INIT0(16'h{:04x}),\n        .INIT1(16'h{:04x}),\n        \
             .INJECT1_0(\"{}\"),\n        .INJECT1_1(\"{}\")\n    ) cell_{at} (\n        \
             .CIN(carry[{at}]),\n",
            first.table, second.table, first.inject, second.inject
        );
        for (number, half) in [first, second].iter().enumerate() {
            let [a, b, c, d] = &half.inputs;
            let _ = writeln!(
                text,
                "        .A{number}({a}), .B{number}({b}), .C{number}({c}), .D{number}({d}),"
            );
        }
        let _ = write!(
            text,
            "        .S0(sum_0[{at}]), .S1(sum_1[{at}]), .COUT(carry[{}])\n    );\n",
            at + 1
        );
    }
    text
}

/// A level's bits, then a half at which the carry becomes 1 if the page contains them. What a larger
/// page contains, it contains with all below.
fn same_page(vpn: usize, napot: bool, smallest: usize) -> String {
    let segment = if vpn == 20 { 10 } else { 9 };
    let levels = (segment..=vpn).step_by(segment);
    let ends = napot.then_some(4).into_iter().chain(levels).filter(|end| *end > smallest);
    let mut halves = Vec::new();
    let mut begin = smallest;
    for end in ends {
        halves.extend(equal(["held", "key"], begin..end, begin == smallest));
        if end < vpn {
            let last = end - 1;
            halves
                .push(Half::force(&format!("held_inside[{last}]"), &format!("key_inside[{last}]")));
        }
        begin = end;
    }
    chain(&halves)
}

/// The address spaces, a half at which the carry becomes 1 if they do not count, and the page above
/// the bits of its set.
fn same_entry(vpn: usize, asid: usize) -> String {
    let mut halves = equal(["held_asid", "key_asid"], 0..asid, true);
    halves.push(Half::force("in_all", "all_spaces"));
    halves.extend(equal(["held_vpn", "key_vpn"], 4..vpn, false));
    chain(&halves)
}

/// The bits of the page number that the text of a comparison leaves out.
fn smallest(text: &str) -> usize {
    let never = text.split_once(" NEVER_COMPARED = ");
    let mask =
        never.and_then(|(_, rest)| rest.split_once(';')).and_then(|(mask, _)| mask.split_once("'"));
    let ones = mask.and_then(|(_, digits)| match digits.split_at_checked(1)? {
        ("d", digits) => digits.parse::<u64>().ok(),
        (_, digits) => u64::from_str_radix(digits, 16).ok(),
    });
    ones.map_or(0, |ones| ones.trailing_ones() as usize)
}

/// The width of the port `same` in a module's text.
fn lines(text: &str) -> Option<usize> {
    let (before, _) = text.split_once("] same,")?;
    let (_, range) = before.rsplit_once('[')?;
    let (high, _) = range.split_once(':')?;
    Some(high.parse::<usize>().ok()? + 1)
}

/// The bits of the number: each a disjunction, two lines in the first look-up table.
fn hit_number(lines: usize, width: usize) -> String {
    let two = table(|a, b, c, d| a && b || c && d);
    let four = table(|a, b, c, d| a || b || c || d);
    let mut text = String::new();
    let mut cell = |table: u16, name: &str, inputs: [&str; 4], output: &str| {
        let [a, b, c, d] = inputs;
        let _ = write!(
            text,
            "    LUT4 #(.INIT(16'h{table:04x})) {name} (\n        \
             .A({a}), .B({b}), .C({c}), .D({d}), .Z({output})\n    );\n"
        );
    };
    let mut wires = String::new();
    for bit in 0..width {
        let of: Vec<usize> = (0..lines).filter(|line| line >> bit & 1 == 1).collect();
        let mut level: Vec<String> = Vec::new();
        let mut number = 0;
        let mut next = |wires: &mut String| {
            let name = format!("bit_{bit}_{number}");
            number += 1;
            let _ = writeln!(wires, "    wire {name};");
            name
        };
        for lines in of.chunks(2) {
            let name = next(&mut wires);
            let input = |at: usize, port: &str| match lines.get(at) {
                Some(line) => format!("{port}[{line}]"),
                None => LOW.to_owned(),
            };
            let inputs =
                [input(0, "same"), input(0, "usable"), input(1, "same"), input(1, "usable")];
            cell(two, &format!("{name}_cell"), inputs.each_ref().map(String::as_str), &name);
            level.push(name);
        }
        while level.len() > 1 {
            let mut above = Vec::new();
            for group in level.chunks(4) {
                if let [only] = group {
                    above.push(only.clone());
                    continue;
                }
                let name = next(&mut wires);
                let input = |at: usize| group.get(at).map_or(LOW, String::as_str);
                let inputs = [input(0), input(1), input(2), input(3)];
                cell(four, &format!("{name}_cell"), inputs, &name);
                above.push(name);
            }
            level = above;
        }
        let bit_value = level.first().map_or(LOW, String::as_str);
        let at = if width == 1 { String::new() } else { format!("[{bit}]") };
        let _ = writeln!(wires, "    assign number{at} = {bit_value};");
    }
    format!("{wires}\n{text}")
}

/// The width of a page number that a block compares.
fn page_bits(block: &str) -> Option<usize> {
    block.strip_prefix("SamePage_")?.parse().ok()
}

/// Two comparisons of pages of any sizes; `trigger` is high where they differ.
fn masked_pair(name: &str, vpn: usize, napot: bool) -> String {
    let segment = if vpn == 20 { 10 } else { 9 };
    let mask = |width: usize| format!("{{{vpn}{{1'b1}}}} >> {}", vpn - width);
    let sizes = (1..vpn / segment).map(|level| (level, level * segment));
    let sizes = sizes.chain(napot.then_some((7, 4)));
    let masks = sizes.fold(format!("{vpn}'d0"), |masks, (code, width)| {
        format!("size == {code} ? {} : {masks}", mask(width))
    });
    let high = vpn - 1;
    let instance = |module: &str, output: &str| {
        format!(
            "    {module} {output}_of (.held(held), .key(key), .held_inside(inside(held_size)), \
             .key_inside(inside(key_size)), .same({output}));\n"
        )
    };
    format!(
        "module masked_pair (input [{high}:0] held, key, input [2:0] held_size, key_size, \
         output trigger);\n    function [{high}:0] inside(input [2:0] size);\n        \
         inside = {masks};\n    endfunction\n    wire plain, cells;\n{}{}    \
         assign trigger = plain != cells;\nendmodule\n",
        instance(name, "plain"),
        instance("in_cells", "cells")
    )
}

/// Has Yosys prove that each module in cells computes what the one without them does, whatever its
/// inputs: of `SamePage`, for masks of a page size.
///
/// # Errors
/// [`ToolError`] if Yosys is missing, or finds inputs for which two differ.
pub fn prove(
    plain: &Verilog,
    cells: &Verilog,
    napot: bool,
    folder: &Path,
) -> Result<usize, ToolError> {
    let mut proven = 0;
    for (plain, cells) in plain.modules.iter().zip(&cells.modules) {
        if plain.text == cells.text {
            continue;
        }
        let (gold, gate) = (&plain.text, cells.text.replace(&cells.name, "in_cells"));
        let file = folder.join(format!("{}_pair.v", plain.name));
        let pair = match page_bits(&plain.block) {
            Some(vpn) => masked_pair(&plain.name, vpn, napot),
            None => String::new(),
        };
        std::fs::write(&file, format!("{gold}\n{gate}\n{pair}")).map_err(|error| {
            ToolError::Objected {
                tool: "yosys",
                message: format!("{} cannot be written: {error}", file.display()),
            }
        })?;
        let compare = match page_bits(&plain.block) {
            Some(_) => "hierarchy -top masked_pair".to_owned(),
            None => format!(
                "miter -equiv -make_outputs {} in_cells masked_pair; hierarchy -top masked_pair",
                plain.name
            ),
        };
        let script = format!(
            "read_verilog +/ecp5/cells_sim.v; read_verilog \"{}\"; {compare}; proc; flatten; opt; \
             sat -verify -prove trigger 0 masked_pair",
            file.display()
        );
        tools::run("yosys", Path::new("."), &["-q", "-p", &script])?;
        proven += 1;
    }
    Ok(proven)
}

/// One of three in a single level: two look-up tables and the multiplexer between them.
fn key_choice(width: usize) -> String {
    let either = table(|a, b, c, _| if c { b } else { a });
    let a = table(|a, _, _, _| a);
    format!(
        "    wire [{high}:0] own;\n    wire [{high}:0] other;\n    genvar i;\n\n    generate\n        \
         for (i = 0; i < {width}; i = i + 1) begin : bits\n            \
         LUT4 #(.INIT(16'h{either:04x})) of_port (\n                \
         .A(request[i]), .B(miss[i]), .C(waits), .D(1'b0), .Z(own[i])\n            );\n            \
         LUT4 #(.INIT(16'h{a:04x})) of_fence (\n                \
         .A(fence[i]), .B(1'b0), .C(1'b0), .D(1'b0), .Z(other[i])\n            );\n            \
         PFUMX choice (\n                \
         .ALUT(other[i]), .BLUT(own[i]), .C0(fence_presented), .Z(key[i])\n            );\n        \
         end\n    endgenerate\n",
        high = width - 1
    )
}

/// A look-up table for each bit.
fn late_choice(width: usize) -> String {
    let chosen = table(
        |early, late, is_early, only_early| {
            if is_early || only_early { early } else { late }
        },
    );
    format!(
        "    genvar i;\n\n    generate\n        \
         for (i = 0; i < {width}; i = i + 1) begin : bits\n            \
         LUT4 #(.INIT(16'h{chosen:04x})) choice (\n                \
         .A(early[i]), .B(late[i]), .C(is_early[i]), .D(only_early), .Z(chosen[i])\n            \
         );\n        end\n    endgenerate\n"
    )
}

/// Two look-up tables and the multiplexer between them.
fn one_of_four(width: usize) -> String {
    let either = table(|a, b, c, _| if c { b } else { a });
    // A port of one bit is no vector.
    let at = if width == 1 { "" } else { "[i]" };
    format!(
        "    wire [{high}:0] low;\n    wire [{high}:0] high;\n    genvar i;\n\n    generate\n        \
         for (i = 0; i < {width}; i = i + 1) begin : bits\n            \
         LUT4 #(.INIT(16'h{either:04x})) of_two (\n                \
         .A(first{at}), .B(second{at}), .C(takes_second), .D(1'b0), .Z(low[i])\n            );\n            \
         LUT4 #(.INIT(16'h{either:04x})) of_others (\n                \
         .A(third{at}), .B(fourth{at}), .C(takes_fourth), .D(1'b0), .Z(high[i])\n            );\n            \
         PFUMX choice (\n                \
         .ALUT(high[i]), .BLUT(low[i]), .C0(takes_others), .Z(word{at})\n            );\n        \
         end\n    endgenerate\n",
        high = width - 1
    )
}
