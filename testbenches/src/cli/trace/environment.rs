//! The environment of a recorded program, from the options.

use anyhow::{Context, anyhow, ensure};
use engine::Config;
use model::isa::{Mode, Xlen};
use scenario::error::in_words;
use scenario::os_text::OsText;
use scenario::trace::Environment;
use toml::{Table, Value};

use crate::cli::RecordedArgs;
use crate::explore::path::set;
use crate::explore::values::single;

/// The configuration of a run: `os` of a scenario, built from the options, with the scheme of an
/// MMU.
pub(in crate::cli) fn environment(
    arguments: &RecordedArgs,
    mmu: &Config,
) -> anyhow::Result<Environment> {
    let xlen = mmu.xlen;
    let mode = match (arguments.mode, xlen) {
        (Some(mode), _) => mode,
        (None, Xlen::Rv32) => Mode::Sv32,
        (None, Xlen::Rv64) => Mode::Sv39,
    };
    let fits = (mode == Mode::Sv32) == (xlen == Xlen::Rv32);
    ensure!(fits, "configuration `{}` does not support {}", mmu.name, mode.name());
    let integer = |value: u64| i64::try_from(value).map(Value::Integer);
    let mut table = Table::new();
    for (name, key, value) in [
        ("--frames", "frames", arguments.frames),
        ("--tick", "tick_every", arguments.tick),
        ("--swap", "swap", arguments.swap.map(u64::from)),
        ("--seed", "seed", arguments.seed),
    ] {
        if let Some(value) = value {
            let value = integer(value).with_context(|| format!("{name} {value} is too large"))?;
            table.insert(key.to_owned(), value);
        }
    }
    if let Some(policy) = arguments.policy {
        table.insert("policy".to_owned(), Value::String(policy.name().to_owned()));
    }
    for text in &arguments.os {
        let (key, value) = text
            .split_once('=')
            .with_context(|| format!("--os {text}: write KEY=VALUE, as quantum=5000"))?;
        let key = key.trim();
        ensure!(
            !table.contains_key(key),
            "--os {text}: `{key}` is set twice, or has an option of its own"
        );
        let value = single(value.trim()).map_err(|error| anyhow!("--os {text}: {error}"))?;
        set(&mut table, key, value).map_err(|error| anyhow!("--os {text}: {error}"))?;
    }
    let os = Value::Table(table).try_into::<OsText>();
    let os = os.map_err(|error| anyhow!("--os: {}", in_words(error.message())))?;
    let environment = Environment::new(&os, mode, arguments.latency.0, !arguments.svade);
    environment.map_err(anyhow::Error::msg)
}
