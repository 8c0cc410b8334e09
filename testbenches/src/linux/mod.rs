//! Debian's Linux for the machine: where its parts come from, what they say, and what its boot is
//! compared with.
//!
//! | part | does |
//! |---|---|
//! | [`packages`] | fetches kernel, Busybox and firmware through apt, into a folder of its own |
//! | `apt` | runs apt beside the system's own state |
//! | `deb` | takes single files out of a package |
//! | [`initramfs()`] (`initramfs`) | makes the first file system |
//! | [`Header`] (`image`) | reads a kernel's header, and names files that are none |
//! | [`Symbols`] (`symbols`) | names of addresses |
//! | `kallsyms` | finds the kernel's own table of them |
//! | [`console`] | what two consoles of the same boot must have in common |
//! | [`Reference`], [`in_qemu`] (`reference`) | the same boot in QEMU |

mod apt;
pub mod console;
mod deb;
mod image;
mod initramfs;
mod kallsyms;
pub mod packages;
mod reference;
mod symbols;

pub use image::{Header, ImageError};
pub use initramfs::{Extra, InitramfsError, Kind, initramfs};
pub use packages::{Packages, PackagesError};
pub use reference::{Boot, CPU, Reference, ReferenceError, in_qemu};
pub use symbols::Symbols;

/// The kernel's command line for a boot with everything.
///
/// - `console=ttyS0`: messages and programs use the serial port.
/// - `earlycon=sbi`: until its driver is there, messages go through the firmware.
pub const DEFAULT: &str = "console=ttyS0 earlycon=sbi";

/// The kernel's command line for a short boot: about a fifth of the instructions. What is left out
/// computes or fills tables without touching what a program of ours would see of memory.
///
/// - `console=ttyS0`: as in [`DEFAULT`]. Messages before its driver is there are printed then.
/// - `cryptomgr.notests`: ciphers and hashes are not tried on known answers. Two fifths of a whole
///   boot are these tests.
/// - `initcall_blacklist=`: functions that are not called. They are
///   - `jent_mod_init`: a source of random numbers, which first measures how random it is;
///   - `load_system_certificate_list`: reads and checks the certificate of the kernel's own modules;
///   - `check_unaligned_access_all_cpus`: measures how fast misaligned accesses are, by millions;
///   - `bpf_tcp_ca_kfunc_init`, `bpf_dummy_struct_ops_init`: make what programs in BPF may replace
///     known, for which they search a long table of types;
///   - `blake2s_mod_init`: tests one more hash;
///   - `init_kprobe_trace`, `tracer_init_tracefs`, `init_trace_printk_function_export`,
///     `event_trace_init`, `trace_eval_init`: thousands of files through which one traces the kernel.
pub const LEAN: &str = "console=ttyS0 cryptomgr.notests \
    initcall_blacklist=jent_mod_init,load_system_certificate_list,\
    check_unaligned_access_all_cpus,bpf_tcp_ca_kfunc_init,bpf_dummy_struct_ops_init,\
    blake2s_mod_init,init_kprobe_trace,tracer_init_tracefs,init_trace_printk_function_export,\
    event_trace_init,trace_eval_init";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_lines_are_words_with_one_space_between() {
        for line in [LEAN, DEFAULT] {
            let words: Vec<&str> = line.split_whitespace().collect();
            assert_eq!(words.join(" "), line);
            assert!(words.contains(&"console=ttyS0"));
        }
        let (_, list) = LEAN.split_once("initcall_blacklist=").unwrap();
        assert_eq!(list.split(',').filter(|name| !name.is_empty()).count(), 11);
    }
}
