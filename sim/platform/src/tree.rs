//! The device tree: what software is told about the machine, made by the library `vm-fdt`.

use std::ops::Range;

use vm_fdt::FdtWriter;

use crate::Map;

/// The tree cannot be made of these texts.
#[derive(Debug, thiserror::Error)]
#[error("the device tree cannot be made: {0}")]
pub struct TreeError(#[from] vm_fdt::Error);

/// What the tree says beside the fixed [`Map`].
#[derive(Clone, Debug)]
pub struct Tree {
    /// Bytes of RAM, from [`Map::RAM`] on.
    pub memory: u64,
    /// RAM that belongs to firmware.
    pub reserved: Option<Range<u64>>,
    /// Harts.
    pub harts: u32,
    /// Their instruction set: `rv64imafdc_zicsr_zifencei`.
    pub isa: String,
    /// Their largest scheme: `riscv,sv57`.
    pub mmu: String,
    /// The command line of the operating system.
    pub arguments: String,
    /// Random bytes for its generator. Without any, Linux measures jitter instead, which takes long
    /// on a machine that has none.
    pub randomness: Vec<u8>,
    /// Where its initial file system is.
    pub initrd: Option<Range<u64>>,
    /// Whether there is a disk.
    pub disk: bool,
    /// Whether timer and software interrupts are for firmware in M-mode.
    pub clint: bool,
}

/// The interrupts of M-mode and S-mode, in the specification's numbers.
const SOFTWARE: u32 = 3;
const TIMER: u32 = 7;
const EXTERNAL: [u32; 2] = [11, 9];
const PLIC_HANDLE: u32 = 1;
const SYSCON_HANDLE: u32 = 2;
const FIRST_HART_HANDLE: u32 = 3;

impl Tree {
    /// The tree as the flattened blob that software reads.
    ///
    /// # Errors
    /// [`TreeError`]: a text that contains a zero byte.
    pub fn blob(&self) -> Result<Vec<u8>, TreeError> {
        let mut fdt = FdtWriter::new()?;
        let root = fdt.begin_node("")?;
        fdt.property_u32("#address-cells", 2)?;
        fdt.property_u32("#size-cells", 2)?;
        fdt.property_string("compatible", "pagewalk,machine")?;
        fdt.property_string("model", "pagewalk,machine")?;
        self.chosen(&mut fdt)?;
        self.reservation(&mut fdt)?;
        let memory = fdt.begin_node(&format!("memory@{:x}", Map::RAM))?;
        fdt.property_string("device_type", "memory")?;
        fdt.property_array_u64("reg", &[Map::RAM, self.memory])?;
        fdt.end_node(memory)?;
        self.harts(&mut fdt)?;
        self.devices(&mut fdt)?;
        for (name, value) in [("poweroff", 0x5555), ("reboot", 0x7777)] {
            let node = fdt.begin_node(name)?;
            fdt.property_string("compatible", &format!("syscon-{name}"))?;
            fdt.property_u32("regmap", SYSCON_HANDLE)?;
            fdt.property_u32("offset", 0)?;
            fdt.property_u32("value", value)?;
            fdt.end_node(node)?;
        }
        fdt.end_node(root)?;
        Ok(fdt.finish()?)
    }

    fn chosen(&self, fdt: &mut FdtWriter) -> Result<(), TreeError> {
        let chosen = fdt.begin_node("chosen")?;
        fdt.property_string("bootargs", &self.arguments)?;
        fdt.property_string("stdout-path", &format!("/soc/serial@{:x}", Map::UART.start))?;
        if !self.randomness.is_empty() {
            fdt.property("rng-seed", &self.randomness)?;
        }
        if let Some(Range { start, end }) = self.initrd {
            fdt.property_u64("linux,initrd-start", start)?;
            fdt.property_u64("linux,initrd-end", end)?;
        }
        Ok(fdt.end_node(chosen)?)
    }

    fn reservation(&self, fdt: &mut FdtWriter) -> Result<(), TreeError> {
        let Some(Range { start, end }) = self.reserved else { return Ok(()) };
        let reserved = fdt.begin_node("reserved-memory")?;
        fdt.property_u32("#address-cells", 2)?;
        fdt.property_u32("#size-cells", 2)?;
        fdt.property_null("ranges")?;
        let firmware = fdt.begin_node(&format!("firmware@{start:x}"))?;
        fdt.property_array_u64("reg", &[start, end - start])?;
        fdt.property_null("no-map")?;
        fdt.end_node(firmware)?;
        Ok(fdt.end_node(reserved)?)
    }

    fn harts(&self, fdt: &mut FdtWriter) -> Result<(), TreeError> {
        let cpus = fdt.begin_node("cpus")?;
        fdt.property_u32("#address-cells", 1)?;
        fdt.property_u32("#size-cells", 0)?;
        fdt.property_u32("timebase-frequency", Map::TIMEBASE)?;
        for hart in 0..self.harts {
            let cpu = fdt.begin_node(&format!("cpu@{hart}"))?;
            fdt.property_string("device_type", "cpu")?;
            fdt.property_u32("reg", hart)?;
            fdt.property_string("status", "okay")?;
            fdt.property_string("compatible", "riscv")?;
            fdt.property_string("riscv,isa", &self.isa)?;
            fdt.property_string("mmu-type", &self.mmu)?;
            let controller = fdt.begin_node("interrupt-controller")?;
            fdt.property_u32("#interrupt-cells", 1)?;
            fdt.property_null("interrupt-controller")?;
            fdt.property_string("compatible", "riscv,cpu-intc")?;
            fdt.property_phandle(FIRST_HART_HANDLE + hart)?;
            fdt.end_node(controller)?;
            fdt.end_node(cpu)?;
        }
        Ok(fdt.end_node(cpus)?)
    }

    fn devices(&self, fdt: &mut FdtWriter) -> Result<(), TreeError> {
        let soc = fdt.begin_node("soc")?;
        fdt.property_u32("#address-cells", 2)?;
        fdt.property_u32("#size-cells", 2)?;
        fdt.property_string("compatible", "simple-bus")?;
        fdt.property_null("ranges")?;
        if self.clint {
            let clint = begin(fdt, "clint", &Map::CLINT)?;
            compatible(fdt, &["sifive,clint0", "riscv,clint0"])?;
            fdt.property_array_u32("interrupts-extended", &self.wires([SOFTWARE, TIMER]))?;
            fdt.end_node(clint)?;
        }
        let plic = begin(fdt, "plic", &Map::PLIC)?;
        compatible(fdt, &["sifive,plic-1.0.0", "riscv,plic0"])?;
        fdt.property_u32("#address-cells", 0)?;
        fdt.property_u32("#interrupt-cells", 1)?;
        fdt.property_null("interrupt-controller")?;
        fdt.property_u32("riscv,ndev", Map::SOURCES)?;
        fdt.property_array_u32("interrupts-extended", &self.wires(EXTERNAL))?;
        fdt.property_phandle(PLIC_HANDLE)?;
        fdt.end_node(plic)?;
        let uart = begin(fdt, "serial", &Map::UART)?;
        compatible(fdt, &["ns16550a"])?;
        fdt.property_u32("clock-frequency", 3_686_400)?;
        fdt.property_u32("interrupt-parent", PLIC_HANDLE)?;
        fdt.property_u32("interrupts", Map::UART_SOURCE)?;
        fdt.end_node(uart)?;
        if self.disk {
            let disk = begin(fdt, "virtio_mmio", &Map::BLOCK)?;
            compatible(fdt, &["virtio,mmio"])?;
            fdt.property_u32("interrupt-parent", PLIC_HANDLE)?;
            fdt.property_u32("interrupts", Map::BLOCK_SOURCE)?;
            fdt.end_node(disk)?;
        }
        let syscon = begin(fdt, "test", &Map::SYSCON)?;
        compatible(fdt, &["sifive,test1", "sifive,test0", "syscon"])?;
        fdt.property_phandle(SYSCON_HANDLE)?;
        fdt.end_node(syscon)?;
        Ok(fdt.end_node(soc)?)
    }

    /// A pair of interrupts of every hart.
    fn wires(&self, interrupts: [u32; 2]) -> Vec<u32> {
        let wire = |hart| interrupts.into_iter().flat_map(move |n| [FIRST_HART_HANDLE + hart, n]);
        (0..self.harts).flat_map(wire).collect()
    }
}

/// Begins the node of a device, with its registers.
fn begin(
    fdt: &mut FdtWriter,
    name: &str,
    registers: &Range<u64>,
) -> Result<vm_fdt::FdtWriterNode, TreeError> {
    let node = fdt.begin_node(&format!("{name}@{:x}", registers.start))?;
    fdt.property_array_u64("reg", &[registers.start, registers.end - registers.start])?;
    Ok(node)
}

fn compatible(fdt: &mut FdtWriter, names: &[&str]) -> Result<(), TreeError> {
    let names = names.iter().map(|&name| name.to_owned()).collect();
    Ok(fdt.property_string_list("compatible", names)?)
}
