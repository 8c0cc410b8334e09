//! The names of modules: of the top the one that is wanted; of every other the top's, then the
//! word for its block. Several designs can so be in one project.
//!
//! Where several modules are of one block, with different parameters or constants, a suffix tells
//! them apart: what distinguishes the paths of their instances (`top_queue_left`,
//! `top_queue_right`), the number of an element of an array (`top_bank_0`). If nothing does, it is
//! a number.

use super::describe::Describe;
use super::names::{Scope, snake};
use crate::ir::{Body, Design, ModuleId};
use std::collections::{BTreeMap, BTreeSet};

/// A step of an instance's path: its name in the module above, and its number in an array.
type Step = (String, Option<usize>);

/// For each module of a design, its name in the text.
pub(super) fn module_names(design: &Design, top: &str, describe: &Describe) -> Vec<String> {
    let words: Vec<String> =
        design.modules.iter().map(|module| word(&module.name, describe)).collect();
    let paths = paths(design);
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, module) in design.modules.iter().enumerate() {
        if matches!(module.body, Body::Kernel(_)) && at != design.top.0 as usize {
            groups.entry(&words[at]).or_default().push(at);
        }
    }
    let mut scope = Scope::default();
    let mut names = vec![String::new(); design.modules.len()];
    names[design.top.0 as usize] = scope.take(top);
    let top = names[design.top.0 as usize].clone();
    for (word, group) in groups {
        let of: Vec<&[Vec<Step>]> = group.iter().map(|at| &paths[*at][..]).collect();
        let suffixes = suffixes(word, &of);
        for (at, suffix) in group.iter().zip(suffixes) {
            names[*at] = scope.take(&format!("{top}_{word}{suffix}"));
        }
    }
    names
}

/// The word for a block: that of its description, or its type's name without parameters.
fn word(module: &str, describe: &Describe) -> String {
    let is_number = |part: &&str| part.chars().all(|digit| digit.is_ascii_digit());
    let parts: Vec<&str> = module.split('_').take_while(|part| !is_number(part)).collect();
    let block = if parts.is_empty() { module.to_owned() } else { parts.join("_") };
    describe.word(&block).map_or_else(|| snake(&block), str::to_owned)
}

/// For each module, the paths of its instances from the top.
fn paths(design: &Design) -> Vec<Vec<Vec<Step>>> {
    let mut paths = vec![Vec::new(); design.modules.len()];
    let mut open: Vec<(ModuleId, Vec<Step>)> = vec![(design.top, Vec::new())];
    while let Some((id, path)) = open.pop() {
        for instance in design.module(id).instances.iter().rev() {
            for (at, module) in instance.modules.iter().enumerate().rev() {
                if matches!(design.module(*module).body, Body::Kernel(_)) {
                    let element = (instance.modules.len() > 1).then_some(at);
                    let step = (snake(&instance.name), element);
                    open.push((*module, path.iter().cloned().chain([step]).collect()));
                }
            }
        }
        paths[id.0 as usize].push(path);
    }
    paths
}

/// What tells modules of one word apart, each with the paths of its instances.
fn suffixes(word: &str, modules: &[&[Vec<Step>]]) -> Vec<String> {
    if let [_] = modules {
        return vec![String::new()];
    }
    let depth = modules.iter().flat_map(|paths| paths.iter()).map(Vec::len).max().unwrap_or(0);
    let first: Vec<&[Vec<Step>]> =
        modules.iter().map(|paths| &paths[..paths.len().min(1)]).collect();
    let from_the_top = |at| steps(modules, &|path: &[Step]| path.get(at));
    let from_the_block = |at| steps(modules, &|path: &[Step]| path.iter().rev().nth(at));
    // Where the instances of one module have nothing in common, its first one names it.
    let of_the_first = |at| steps(&first, &|path: &[Step]| path.iter().rev().nth(at));
    let all = (0..depth).map(from_the_top);
    let all = all.chain((0..depth).map(from_the_block)).chain((0..depth).map(of_the_first));
    let told = all.flatten().find(|steps| {
        let different: BTreeSet<&Step> = steps.iter().collect();
        different.len() == steps.len()
    });
    let Some(told) = told else { return vec![String::new(); modules.len()] };
    let stems: BTreeSet<&str> = told.iter().map(|(stem, _)| stem.as_str()).collect();
    let text = |(stem, element): &Step| {
        let number = element.map(|at| format!("_{at}")).unwrap_or_default();
        let own = stems.len() > 1 && !word.split('_').any(|part| part == stem);
        if own { format!("_{stem}{number}") } else { number }
    };
    told.iter().map(text).collect()
}

/// The step that the paths of all instances of each module have in common, if all have one.
fn steps<'a>(
    modules: &[&'a [Vec<Step>]],
    step: &dyn Fn(&'a [Step]) -> Option<&'a Step>,
) -> Option<Vec<Step>> {
    let of = |paths: &&'a [Vec<Step>]| {
        let steps: Option<BTreeSet<&Step>> = paths.iter().map(|path| step(path)).collect();
        let steps = steps?;
        let stems: BTreeSet<&str> = steps.iter().map(|(stem, _)| stem.as_str()).collect();
        match (steps.first(), stems.first(), steps.len(), stems.len()) {
            (Some(only), _, 1, _) => Some((*only).clone()),
            (_, Some(stem), _, 1) => Some(((*stem).to_owned(), None)),
            _ => None,
        }
    };
    modules.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(word: &str, modules: &[&[&str]]) -> Vec<String> {
        let step = |text: &str| match text.split_once('#') {
            Some((stem, at)) => (stem.to_owned(), Some(at.parse().expect("a number"))),
            None => (text.to_owned(), None),
        };
        let path = |text: &&str| text.split('.').map(step).collect::<Vec<_>>();
        let paths: Vec<Vec<Vec<Step>>> =
            modules.iter().map(|paths| paths.iter().map(path).collect()).collect();
        suffixes(word, &paths.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }

    #[test]
    fn suffixes_tell_the_place() {
        assert_eq!(told("tlb", &[&["fetch.tlb", "data.tlb"]]), [""]);
        assert_eq!(told("tlb", &[&["fetch.tlb"], &["data.tlb"]]), ["_fetch", "_data"]);
        assert_eq!(told("bank", &[&["l2.banks#0"], &["l2.banks#1"]]), ["_0", "_1"]);
        let ways: &[&[&str]] = &[&["l2.b#0.way#0", "l2.b#0.way#1"], &["l2.b#1.way#0"]];
        assert_eq!(told("way", ways), ["_0", "_1"]);
        let masks: &[&[&str]] =
            &[&["walk.page", "port.add.page"], &["port.tlb.new_page"], &["cache.line#0.region"]];
        assert_eq!(told("page_mask", masks), ["", "_new_page", "_region"]);
        let several: &[&[&str]] = &[&["walk.page", "add.page"], &["tlb.new_page", "line#0.region"]];
        assert_eq!(told("page_mask", several), ["", "_new_page"]);
        assert_eq!(told("pair", &[&["x", "y"], &["x", "y"]]), ["", ""]);
    }

    #[test]
    fn words_have_no_parameters() {
        let mut describe = Describe::new();
        describe.call("Cam", "tlb");
        assert_eq!(word("Cam_4_45_44_16_2", &describe), "tlb");
        assert_eq!(word("CamLine_45_16", &describe), "cam_line");
        assert_eq!(word("Fifo_Bits_8_2", &describe), "fifo_bits");
        assert_eq!(word("lane_2", &describe), "lane");
    }
}
