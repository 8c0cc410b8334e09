//! Names that Verilog would not accept.

use super::{Diagnostic, Problem};
use crate::ir::Design;

/// Every signal, constant and instance whose name is a keyword of Verilog-2005 or
/// SystemVerilog-2017.
///
/// Simulation accepts them, and printing appends a `_` (`reg` becomes `reg_`): the Verilog is
/// correct, but such a port has another name than in the source. This function lists them.
pub fn names(design: &Design) -> Vec<Diagnostic> {
    let paths = design.first_paths();
    let mut found = Vec::new();
    for (module, path) in design.modules.iter().zip(paths) {
        let signals = module.signals.iter().map(|signal| &signal.name);
        let constants = module.constants.iter().map(|constant| &constant.name);
        let instances = module.instances.iter().map(|instance| &instance.name);
        for name in signals.chain(constants).chain(instances) {
            if is_keyword(name) {
                found.push(Diagnostic {
                    block: path.clone(),
                    signal: Some(name.clone()),
                    statement: None,
                    problem: Problem::Keyword { name: name.clone() },
                });
            }
        }
    }
    found
}

/// Whether Verilog-2005 or SystemVerilog-2017 reserves a word.
pub(crate) fn is_keyword(word: &str) -> bool {
    KEYWORDS.split_ascii_whitespace().any(|keyword| keyword == word)
}

const KEYWORDS: &str = "
    accept_on alias always always_comb always_ff always_latch and assert assign assume automatic
    before begin bind bins binsof bit break buf bufif0 bufif1 byte case casex casez cell chandle
    checker class clocking cmos config const constraint context continue cover covergroup
    coverpoint cross deassign default defparam design disable dist do edge else end endcase
    endchecker endclass endclocking endconfig endfunction endgenerate endgroup endinterface
    endmodule endpackage endprimitive endprogram endproperty endsequence endspecify endtable
    endtask enum event eventually expect export extends extern final first_match for force foreach
    forever fork forkjoin function generate genvar global highz0 highz1 if iff ifnone ignore_bins
    illegal_bins implements implies import incdir include initial inout input inside instance int
    integer interconnect interface intersect join join_any join_none large let liblist library
    local localparam logic longint macromodule matches medium modport module nand negedge nettype
    new nexttime nmos nor noshowcancelled not notif0 notif1 null or output package packed
    parameter pmos posedge primitive priority program property protected pull0 pull1 pulldown
    pullup pulsestyle_ondetect pulsestyle_onevent pure rand randc randcase randsequence rcmos real
    realtime ref reg reject_on release repeat restrict return rnmos rpmos rtran rtranif0 rtranif1
    s_always s_eventually s_nexttime s_until s_until_with scalared sequence shortint shortreal
    showcancelled signed small soft solve specify specparam static string strong strong0 strong1
    struct super supply0 supply1 sync_accept_on sync_reject_on table tagged task this throughout
    time timeprecision timeunit tran tranif0 tranif1 tri tri0 tri1 triand trior trireg type
    typedef union unique unique0 unsigned until until_with untyped use uwire var vectored virtual
    void wait wait_order wand weak weak0 weak1 while wildcard wire with within wor xnor xor";
