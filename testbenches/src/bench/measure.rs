//! One configuration and workload: every contender's checksum, then rounds in which they run in turn.

use super::cxxrtl;
use super::icarus::Icarus;
use super::ours::measured;
use super::verilator::{self, Best};
use super::workshop::{Program, Workshop};
use super::{BenchError, Contender, GoOn, Measurement, Options};
use engine::traffic::{Driven, Loop, Sampled, Workload};
use engine::{Config, Engine};

/// The faster engines are also compared over a run that is so many times longer.
const LONGER: u64 = 50;

/// A speed is estimated from a run of at least so many seconds, which any clock can measure.
const RESOLVED: f64 = 0.05;

/// How a contender is run in a configuration.
pub(super) enum Stand {
    /// In this process.
    Ours(Contender),
    Best(Best),
    Program(Program),
    Icarus(Icarus),
}

impl Stand {
    /// Builds what is needed; returns also the CPU seconds that it took.
    pub(super) fn build(
        contender: Contender,
        workshop: &Workshop,
    ) -> Result<(Self, Option<f64>), BenchError> {
        let built = |(program, seconds)| (Stand::Program(program), Some(seconds));
        Ok(match contender {
            Contender::VerilatorBest => {
                let best = Best::build(workshop)?;
                let seconds = best.ready;
                (Stand::Best(best), Some(seconds))
            }
            Contender::Verilator => built(verilator::usual(workshop)?),
            Contender::Cxxrtl => built(cxxrtl::build(workshop)?),
            Contender::Icarus => {
                let (icarus, seconds) = Icarus::build(workshop)?;
                (Stand::Icarus(icarus), Some(seconds))
            }
            Contender::Compiled
            | Contender::CompiledNoskip
            | Contender::Interpreter
            | Contender::RustHdl => (Stand::Ours(contender), None),
        })
    }
}

/// A running contender: an engine of ours continues from its last state, a program starts again.
enum Runner<'s> {
    Ours(Box<dyn FnMut(u64) -> Measurement>),
    Best(&'s Best),
    Program(&'s Program),
    Icarus(&'s Icarus),
}

impl Runner<'_> {
    fn run(&mut self, workshop: &Workshop, cycles: u64) -> Result<Measurement, BenchError> {
        match self {
            Runner::Ours(run) => Ok(run(cycles)),
            Runner::Best(best) => best.run(workshop, cycles),
            Runner::Program(program) => program.run(workshop, cycles),
            Runner::Icarus(icarus) => icarus.run(workshop, cycles),
        }
    }
}

/// An engine of ours in the loop, after reset.
fn ours(
    contender: Contender,
    config: &'static Config,
    workload: Workload,
    seed: u64,
) -> Result<Box<dyn FnMut(u64) -> Measurement>, BenchError> {
    fn looped<D: Driven + 'static>(mut traffic: Loop<D>) -> Box<dyn FnMut(u64) -> Measurement> {
        Box::new(move |cycles| measured(&mut traffic, cycles))
    }
    let slow = |engine| Sampled::new(config.simulator(engine));
    Ok(match contender {
        Contender::RustHdl => {
            looped(Loop::new(config, slow(Engine::RustHdl), false, workload, seed))
        }
        Contender::Interpreter => {
            looped(Loop::new(config, slow(Engine::Interpreter), false, workload, seed))
        }
        _ => {
            let skips = contender == Contender::Compiled;
            looped(Loop::new(config, config.native()?, skips, workload, seed))
        }
    })
}

/// The results of a contender.
pub(super) struct Measured {
    pub(super) contender: Contender,
    /// Over [`Options::cycles`] cycles from reset.
    pub(super) checksum: u64,
    /// One for each round.
    pub(super) rounds: Vec<Measurement>,
}

/// The approximate cycles per second, after a first run.
fn estimate(
    runner: &mut Runner<'_>,
    workshop: &Workshop,
    mut run: Measurement,
) -> Result<f64, BenchError> {
    // Endless waiting would be skipped at once, and the loop would never end.
    while run.seconds < RESOLVED && run.cycles < 1 << 36 {
        run = runner.run(workshop, run.cycles * 2)?;
    }
    Ok(run.speed())
}

/// Measures all contenders that are ready for a configuration.
pub(super) fn measure(
    workshop: &Workshop,
    stands: &mut [(Contender, Stand)],
    workload: Workload,
    options: &Options,
    go_on: &mut GoOn<'_>,
) -> Result<Vec<Measured>, BenchError> {
    let config = workshop.config;
    workshop.load(workload, options.seed)?;
    let mut told = [None, None];
    let mut entrants = Vec::new();
    for (contender, stand) in stands {
        go_on(&format!("{} {}: {contender} answers", config.name, workload.name()))?;
        let long = options.cycles * LONGER;
        match stand {
            Stand::Best(best) => best.choose(workshop, long)?,
            Stand::Icarus(icarus) => icarus.calibrate(workshop)?,
            Stand::Ours(_) | Stand::Program(_) => {}
        }
        let fresh = || -> Result<Runner<'_>, BenchError> {
            Ok(match &*stand {
                Stand::Ours(contender) => {
                    Runner::Ours(ours(*contender, config, workload, options.seed)?)
                }
                Stand::Best(best) => Runner::Best(best),
                Stand::Program(program) => Runner::Program(program),
                Stand::Icarus(icarus) => Runner::Icarus(icarus),
            })
        };
        let mut runner = fresh()?;
        let short = runner.run(workshop, options.cycles)?;
        let mut runs = vec![short];
        if contender.is_fast() {
            runner = fresh()?;
            runs.push(runner.run(workshop, long)?);
        }
        let speed = estimate(&mut runner, workshop, runs[runs.len() - 1])?;
        for (told, run) in told.iter_mut().zip(runs) {
            let answer = (run.checksum, run.translations);
            if *told.get_or_insert(answer) != answer {
                return Err(BenchError::Disagree {
                    config: config.name,
                    workload: workload.name(),
                    engine: contender.name(),
                    cycles: run.cycles,
                });
            }
        }
        let seconds = match stand {
            // Its time is known to a hundredth of a second.
            Stand::Icarus(_) => options.seconds.max(0.5),
            _ => options.seconds,
        };
        let cycles = (speed * seconds) as u64;
        entrants.push((*contender, short.checksum, runner, cycles.max(100)));
    }
    let mut measured: Vec<Measured> = entrants
        .iter()
        .map(|(contender, checksum, ..)| Measured {
            contender: *contender,
            checksum: *checksum,
            rounds: Vec::new(),
        })
        .collect();
    for round in 1..=options.rounds {
        for ((contender, _, runner, cycles), measured) in entrants.iter_mut().zip(&mut measured) {
            let (name, rounds) = (workload.name(), options.rounds);
            go_on(&format!("{} {name}: {contender}, round {round} of {rounds}", config.name))?;
            measured.rounds.push(runner.run(workshop, *cycles)?);
        }
    }
    Ok(measured)
}
