//! The control and status registers: which there are, who may access them, and what their fields
//! keep.

use crate::hart::{Executed, Hart};
use crate::trap::{DELEGABLE, bit};
use crate::{Control, Op, Surroundings, status};
use model::isa::{Privilege, Satp, Xlen};

/// What an instruction does to a CSR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Write,
    Set,
    Clear,
}

const FFLAGS: u16 = 0x001;
const FRM: u16 = 0x002;
const FCSR: u16 = 0x003;
const SSTATUS: u16 = 0x100;
const SIE: u16 = 0x104;
const STVEC: u16 = 0x105;
const SCOUNTEREN: u16 = 0x106;
const SENVCFG: u16 = 0x10a;
const SSCRATCH: u16 = 0x140;
const SEPC: u16 = 0x141;
const SCAUSE: u16 = 0x142;
const STVAL: u16 = 0x143;
const SIP: u16 = 0x144;
const STIMECMP: u16 = 0x14d;
const STIMECMPH: u16 = 0x15d;
const SATP: u16 = 0x180;
const MSTATUS: u16 = 0x300;
const MISA: u16 = 0x301;
const MEDELEG: u16 = 0x302;
const MIDELEG: u16 = 0x303;
const MIE: u16 = 0x304;
const MTVEC: u16 = 0x305;
const MCOUNTEREN: u16 = 0x306;
const MENVCFG: u16 = 0x30a;
const MSTATUSH: u16 = 0x310;
const MEDELEGH: u16 = 0x312;
const MENVCFGH: u16 = 0x31a;
const MCOUNTINHIBIT: u16 = 0x320;
const MSCRATCH: u16 = 0x340;
const MEPC: u16 = 0x341;
const MCAUSE: u16 = 0x342;
const MTVAL: u16 = 0x343;
const MIP: u16 = 0x344;
const MCYCLE: u16 = 0xb00;
const MINSTRET: u16 = 0xb02;
const MCYCLEH: u16 = 0xb80;
const MINSTRETH: u16 = 0xb82;
const CYCLE: u16 = 0xc00;
const TIME: u16 = 0xc01;
const INSTRET: u16 = 0xc02;
const CYCLEH: u16 = 0xc80;
const TIMEH: u16 = 0xc81;
const INSTRETH: u16 = 0xc82;
const MHARTID: u16 = 0xf14;

/// Names by number, without those that are numbered.
static NAMES: &[(u16, &str)] = &[
    (FFLAGS, "fflags"),
    (FRM, "frm"),
    (FCSR, "fcsr"),
    (SSTATUS, "sstatus"),
    (SIE, "sie"),
    (STVEC, "stvec"),
    (SCOUNTEREN, "scounteren"),
    (SENVCFG, "senvcfg"),
    (SSCRATCH, "sscratch"),
    (SEPC, "sepc"),
    (SCAUSE, "scause"),
    (STVAL, "stval"),
    (SIP, "sip"),
    (STIMECMP, "stimecmp"),
    (STIMECMPH, "stimecmph"),
    (SATP, "satp"),
    (MSTATUS, "mstatus"),
    (MISA, "misa"),
    (MEDELEG, "medeleg"),
    (MIDELEG, "mideleg"),
    (MIE, "mie"),
    (MTVEC, "mtvec"),
    (MCOUNTEREN, "mcounteren"),
    (MENVCFG, "menvcfg"),
    (MSTATUSH, "mstatush"),
    (MEDELEGH, "medelegh"),
    (MENVCFGH, "menvcfgh"),
    (MCOUNTINHIBIT, "mcountinhibit"),
    (MSCRATCH, "mscratch"),
    (MEPC, "mepc"),
    (MCAUSE, "mcause"),
    (MTVAL, "mtval"),
    (MIP, "mip"),
    (0x7a0, "tselect"),
    (MCYCLE, "mcycle"),
    (MINSTRET, "minstret"),
    (MCYCLEH, "mcycleh"),
    (MINSTRETH, "minstreth"),
    (CYCLE, "cycle"),
    (TIME, "time"),
    (INSTRET, "instret"),
    (CYCLEH, "cycleh"),
    (TIMEH, "timeh"),
    (INSTRETH, "instreth"),
    (0xf11, "mvendorid"),
    (0xf12, "marchid"),
    (0xf13, "mimpid"),
    (MHARTID, "mhartid"),
    (0xf15, "mconfigptr"),
];

/// The name of a CSR that some hart has.
pub(crate) fn name(number: u16) -> Option<String> {
    let numbered = |name: &str, first: u16| Some(format!("{name}{}", number - first));
    match number {
        0x323..=0x33f => numbered("mhpmevent", 0x320),
        0x3a0..=0x3af => numbered("pmpcfg", 0x3a0),
        0x3b0..=0x3ef => numbered("pmpaddr", 0x3b0),
        0x7a1..=0x7a3 => numbered("tdata", 0x7a0),
        0xb03..=0xb1f => numbered("mhpmcounter", 0xb00),
        0xb83..=0xb9f => numbered("mhpmcounter", 0xb80).map(|name| name + "h"),
        _ => NAMES.iter().find(|row| row.0 == number).map(|row| row.1.to_string()),
    }
}

/// Bits of `mcounteren` and the registers like it.
const CY: u64 = 1;
const TM: u64 = 2;
const IR: u64 = 4;

/// Bits of `menvcfg`.
const FIOM: u64 = 1;
const ADUE: u64 = 1 << 61;
const PBMTE: u64 = 1 << 62;
const STCE: u64 = 1 << 63;

/// One half of a register of 64 bits, as RV32 has it.
fn high(value: u64) -> u64 {
    value >> 32
}
fn with_low(old: u64, low: u64) -> u64 {
    old >> 32 << 32 | low & 0xffff_ffff
}
fn with_high(old: u64, high: u64) -> u64 {
    old & 0xffff_ffff | high << 32
}

impl Hart {
    /// The instructions that read and change a CSR.
    pub(crate) fn csr<S: Surroundings>(
        &mut self,
        around: &mut S,
        op: Op,
        change: Change,
        immediate: bool,
    ) -> Executed {
        let number = op.imm() as u16;
        let writes = change == Change::Write || op.rs1() != 0;
        let too_low = u64::from(number >> 8 & 3) > self.privilege as u64;
        // The top bits of the number say that it is read-only (`norm:Zicsr_rw`).
        if too_low || writes && number >> 10 == 3 {
            return self.illegal(op);
        }
        let Some(old) = self.read_csr(around, number) else { return self.illegal(op) };
        if writes {
            let operand = if immediate { op.rs1() as u64 } else { self.get(op.rs1()) } & self.mask;
            // norm:mip_seip_wrcsr: the controller's line does not become software's bit.
            let kept = match number {
                MIP => old & !bit::SEI | self.software_pending & bit::SEI,
                _ => old,
            };
            let value = match change {
                Change::Write => operand,
                Change::Set => kept | operand,
                Change::Clear => kept & !operand,
            };
            self.write_csr(around, number, value);
        }
        let old = if self.config.xlen == Xlen::Rv32 { old as i32 as u64 } else { old };
        self.set(op, old);
        self.advance(op)
    }

    /// The value of a CSR as an instruction reads it in the present mode, XLEN bits; `None` if there is
    /// none of this number, or not now. That the mode is privileged enough is not checked.
    pub fn csr_value<S: Surroundings>(&mut self, around: &mut S, number: u16) -> Option<u64> {
        self.read_csr(around, number)
    }

    /// Writes a CSR likewise; false if there is none. What is read-only stays as it is.
    pub fn set_csr<S: Surroundings>(&mut self, around: &mut S, number: u16, value: u64) -> bool {
        let there = self.read_csr(around, number).is_some();
        if there {
            self.write_csr(around, number, value & self.mask);
        }
        there
    }

    /// Whether S-mode's view of translation is accessible: `satp` and fences
    /// (`norm:mstatus_tvm_warl_op`).
    pub(crate) fn may_manage_translation(&self) -> bool {
        match self.privilege {
            Privilege::Machine => true,
            Privilege::Supervisor => self.mstatus & status::TVM == 0,
            Privilege::User => false,
        }
    }

    /// Whether a counter is accessible below M-mode (`norm:mcounteren_op`, `norm:scounteren_op`).
    fn may_count(&self, bit: u64) -> bool {
        match self.privilege {
            Privilege::Machine => true,
            Privilege::Supervisor => self.mcounteren & bit != 0,
            Privilege::User => self.mcounteren & self.scounteren & bit != 0,
        }
    }

    /// Whether `stimecmp` is accessible (`norm:menvcfg_stce_op2`).
    fn may_time(&self) -> bool {
        let machine = self.privilege == Privilege::Machine;
        self.config.sstc && (machine || self.menvcfg & STCE != 0 && self.may_count(TM))
    }

    /// The value of a CSR, XLEN bits; `None` if there is none of this number, or not in this mode.
    /// That the mode is privileged enough has been checked.
    fn read_csr<S: Surroundings>(&mut self, around: &mut S, number: u16) -> Option<u64> {
        let narrow = self.config.xlen == Xlen::Rv32;
        let value = match number {
            FFLAGS | FRM | FCSR if !self.config.f || !self.has_floats() => return None,
            FFLAGS => u64::from(self.fflags),
            FRM => u64::from(self.frm),
            FCSR => u64::from(self.frm << 5 | self.fflags),

            SSTATUS => self.status(status::SUPERVISOR),
            SIE => self.mie & self.mideleg,
            STVEC => self.stvec,
            SCOUNTEREN => self.scounteren,
            SENVCFG => self.senvcfg,
            SSCRATCH => self.sscratch,
            SEPC => self.sepc & self.aligned,
            SCAUSE => self.scause,
            STVAL => self.stval,
            SIP => self.pending() & self.mideleg,
            STIMECMP if self.may_time() => self.stimecmp,
            STIMECMPH if narrow && self.may_time() => high(self.stimecmp),
            SATP if self.may_manage_translation() => self.satp,

            MSTATUS => self.status(status::MACHINE),
            MISA => self.isa(),
            MEDELEG => self.medeleg,
            MIDELEG => self.mideleg,
            MIE => self.mie,
            MTVEC => self.mtvec,
            MCOUNTEREN => self.mcounteren,
            MENVCFG => self.menvcfg,
            MSTATUSH | MEDELEGH if narrow => 0,
            MENVCFGH if narrow => high(self.menvcfg),
            MCOUNTINHIBIT => self.mcountinhibit,
            0x323..=0x33f => 0,
            MSCRATCH => self.mscratch,
            MEPC => self.mepc & self.aligned,
            MCAUSE => self.mcause,
            MTVAL => self.mtval,
            MIP => self.pending(),
            // norm:pmp_cfg_rv64_illegal
            0x3a0..=0x3af if narrow || number.is_multiple_of(2) => self.pmp.read(number),
            0x3b0..=0x3ef => self.pmp.read(number),
            // Debug triggers: there are none.
            0x7a0..=0x7a3 => 0,

            MCYCLE => self.counted_cycles(around),
            MINSTRET => self.counted_instructions(),
            MCYCLEH if narrow => high(self.counted_cycles(around)),
            MINSTRETH if narrow => high(self.counted_instructions()),
            0xb03..=0xb1f => 0,
            0xb83..=0xb9f if narrow => 0,
            CYCLE if self.may_count(CY) => self.counted_cycles(around),
            TIME if self.may_count(TM) => around.time(),
            INSTRET if self.may_count(IR) => self.counted_instructions(),
            CYCLEH if narrow && self.may_count(CY) => high(self.counted_cycles(around)),
            TIMEH if narrow && self.may_count(TM) => high(around.time()),
            INSTRETH if narrow && self.may_count(IR) => high(self.counted_instructions()),

            0xf11..=0xf13 | 0xf15 => 0,
            MHARTID => self.config.id,
            _ => return None,
        };
        Some(value & self.mask)
    }

    /// Writes a CSR that was read before: the fields that there are take legal values.
    fn write_csr<S: Surroundings>(&mut self, around: &mut S, number: u16, value: u64) {
        match number {
            FFLAGS => self.set_float_control(self.frm, value as u8),
            FRM => self.set_float_control(value as u8, self.fflags),
            FCSR => self.set_float_control((value >> 5) as u8, value as u8),

            SSTATUS => self.set_status(value, status::SUPERVISOR),
            SIE => self.mie = self.mie & !self.mideleg | value & self.mideleg,
            STVEC => self.stvec = legal_vector(self.stvec, value),
            SCOUNTEREN => self.scounteren = value & (CY | TM | IR),
            SENVCFG => self.senvcfg = value & FIOM,
            SSCRATCH => self.sscratch = value,
            SEPC => self.sepc = value & !1,
            SCAUSE => self.scause = value,
            STVAL => self.stval = value,
            // norm:sip_acc: of those that are delegated, S-mode writes SSIP.
            SIP => self.set_pending(value, bit::SSI & self.mideleg),
            STIMECMP if self.config.xlen == Xlen::Rv64 => self.set_deadline(around, value),
            STIMECMP => self.set_deadline(around, with_low(self.stimecmp, value)),
            STIMECMPH => self.set_deadline(around, with_high(self.stimecmp, value)),
            SATP => self.set_satp(around, value),

            MSTATUS => self.set_status(value, status::MACHINE),
            MEDELEG => self.medeleg = value & DELEGABLE,
            MIDELEG => self.mideleg = value & bit::SUPERVISOR,
            MIE => self.mie = value & bit::ALL,
            MTVEC => self.mtvec = legal_vector(self.mtvec, value),
            MCOUNTEREN => self.mcounteren = value & (CY | TM | IR),
            MENVCFG if self.config.xlen == Xlen::Rv64 => self.set_environment(around, value),
            MENVCFG => self.set_environment(around, with_low(self.menvcfg, value)),
            MENVCFGH => self.set_environment(around, with_high(self.menvcfg, value)),
            MCOUNTINHIBIT => self.inhibit(around, value & (CY | IR)),
            MSCRATCH => self.mscratch = value,
            MEPC => self.mepc = value & !1,
            MCAUSE => self.mcause = value,
            MTVAL => self.mtval = value,
            MIP => {
                // norm:mip_stip_stimecmp_acc
                let timed = self.menvcfg & STCE != 0;
                let writable = if timed { bit::SSI | bit::SEI } else { bit::SUPERVISOR };
                self.set_pending(value, writable);
            }
            0x3a0..=0x3ef => {
                self.pmp.write(number, value);
                around.changed(Control::Pmp { csr: number, value });
            }

            MCYCLE | MCYCLEH => {
                let old = self.counted_cycles(around);
                self.set_cycles(around, self.half(number == MCYCLEH, old, value));
            }
            MINSTRET | MINSTRETH => {
                let old = self.counted_instructions();
                self.set_instructions(self.half(number == MINSTRETH, old, value));
            }
            // The others are read-only zero, or read-only and refused before.
            _ => {}
        }
        self.refresh();
    }

    /// `mstatus` or a part of it, with what is read-only.
    pub(crate) fn status(&self, fields: u64) -> u64 {
        let dirty = self.mstatus & status::FS == status::FS;
        let widths = match (self.config.xlen, fields == status::MACHINE) {
            (Xlen::Rv32, _) => 0,
            (Xlen::Rv64, true) => status::WIDTHS,
            // UXL alone.
            (Xlen::Rv64, false) => 2 << 32,
        };
        self.mstatus & fields | widths | if dirty { (self.mask >> 1) + 1 } else { 0 }
    }

    fn set_status(&mut self, value: u64, fields: u64) {
        let fields = if self.config.f { fields } else { fields & !status::FS };
        let written = status::legal(self.mstatus, value);
        self.mstatus = self.mstatus & !fields | written & fields;
    }

    fn set_float_control(&mut self, frm: u8, fflags: u8) {
        (self.frm, self.fflags) = (frm & 7, fflags & 0x1f);
        self.mstatus |= status::FS;
    }

    /// `misa`: what is implemented cannot be switched off.
    fn isa(&self) -> u64 {
        let config = &self.config;
        let letters = [
            ('a', config.a),
            ('c', config.c),
            ('d', config.f && config.d),
            ('f', config.f),
            ('i', true),
            ('m', config.m),
            ('s', true),
            ('u', true),
        ];
        let there = letters.into_iter().filter(|(_, there)| *there);
        let bits = there.fold(0, |bits, (letter, _)| bits | 1 << (letter as u32 - 'a' as u32));
        match config.xlen {
            Xlen::Rv32 => 1 << 30 | bits,
            Xlen::Rv64 => 2 << 62 | bits,
        }
    }

    fn set_pending(&mut self, value: u64, writable: u64) {
        self.software_pending = self.software_pending & !writable | value & writable;
    }

    /// A write of an unsupported mode has no effect (`norm:satp_mode_op_unsupported`).
    fn set_satp<S: Surroundings>(&mut self, around: &mut S, value: u64) {
        let (sizes, xlen) = (self.config.sizes, self.config.xlen);
        let Some(decoded) = Satp::decode(value, xlen) else { return };
        if !sizes.has(decoded.mode) {
            return;
        }
        let root = decoded.root & ((1 << (sizes.pa_bits(xlen) - 12)) - 1);
        let asid = sizes.asid(decoded.asid, xlen);
        self.satp = Satp { root, asid, ..decoded }.encode(xlen);
        around.changed(Control::Satp(self.satp));
    }

    fn set_environment<S: Surroundings>(&mut self, around: &mut S, value: u64) {
        let config = &self.config;
        let there = [(config.svadu, ADUE), (config.svpbmt, PBMTE), (config.sstc, STCE)];
        let fields =
            there.into_iter().filter(|(there, _)| *there).fold(FIOM, |all, (_, bit)| all | bit);
        let changed = (self.menvcfg ^ value) & fields;
        self.menvcfg = value & fields;
        if changed & (ADUE | PBMTE) != 0 {
            let adue = self.menvcfg & ADUE != 0;
            around.changed(Control::Translation { adue, pbmte: self.menvcfg & PBMTE != 0 });
        }
        if changed & STCE != 0 {
            self.software_pending &= !bit::STI;
            self.tick(around.time());
            around.changed(Control::Deadline);
        }
    }

    fn set_deadline<S: Surroundings>(&mut self, around: &mut S, value: u64) {
        self.stimecmp = value;
        self.tick(around.time());
        around.changed(Control::Deadline);
    }

    /// The time at which `stimecmp` signals an interrupt; `None` if it never does.
    pub fn deadline(&self) -> Option<u64> {
        (self.config.sstc && self.menvcfg & STCE != 0).then_some(self.stimecmp)
    }

    /// Tells the time: from [`Hart::deadline`] on a timer interrupt is pending for S-mode
    /// (`norm:mip_stip_stimecmp_op2`).
    pub fn tick(&mut self, time: u64) {
        let due = self.deadline().is_some_and(|deadline| time >= deadline);
        let lines = if due { self.lines | bit::STI } else { self.lines & !bit::STI };
        if lines != self.lines {
            self.lines = lines;
            self.refresh();
        }
    }

    fn counted_cycles<S: Surroundings>(&self, around: &mut S) -> u64 {
        let stopped = self.mcountinhibit & CY != 0;
        if stopped { self.cycle_base } else { around.cycles().wrapping_sub(self.cycle_base) }
    }

    fn counted_instructions(&self) -> u64 {
        let stopped = self.mcountinhibit & IR != 0;
        if stopped { self.instret_base } else { self.retired.wrapping_sub(self.instret_base) }
    }

    fn set_cycles<S: Surroundings>(&mut self, around: &mut S, value: u64) {
        let stopped = self.mcountinhibit & CY != 0;
        self.cycle_base = if stopped { value } else { around.cycles().wrapping_sub(value) };
    }

    /// The next instruction reads this value: the one that writes it does not count any more
    /// (`norm:mcycle_minstret_wr`).
    fn set_instructions(&mut self, value: u64) {
        let stopped = self.mcountinhibit & IR != 0;
        let after = self.retired.wrapping_add(1);
        self.instret_base = if stopped { value } else { after.wrapping_sub(value) };
    }

    fn inhibit<S: Surroundings>(&mut self, around: &mut S, value: u64) {
        let (cycles, instructions) = (self.counted_cycles(around), self.counted_instructions());
        self.mcountinhibit = value;
        self.set_cycles(around, cycles);
        self.set_instructions(instructions);
    }

    /// What a counter becomes when it, or with RV32 one half of it, is written.
    fn half(&self, upper: bool, old: u64, value: u64) -> u64 {
        match (self.config.xlen, upper) {
            (Xlen::Rv64, _) => value,
            (Xlen::Rv32, false) => with_low(old, value),
            (Xlen::Rv32, true) => with_high(old, value),
        }
    }
}

/// A trap vector keeps its value if a reserved mode is written.
fn legal_vector(old: u64, new: u64) -> u64 {
    if new & 2 == 0 { new } else { old }
}
