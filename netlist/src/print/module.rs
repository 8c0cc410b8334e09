//! The text of one module.

use super::Describe;
use super::depends::{Paths, looped};
use super::expression::comment;
use super::logic::{Item, ordered};
use super::net::{Net, NetInfo, range};
use super::place::Labels;
use super::procedure::braced;
use super::sheet::{Sheet, Unroll};
use super::text::{Declaration, aligned, indented};
use crate::ir::{Design, InstanceId, Kind, Module, ModuleId, Primitive, SignalId};
use std::collections::BTreeSet;

/// Prints a module. `module` is `id` with its reads made final.
pub(super) fn print(
    design: &Design,
    id: ModuleId,
    module: &Module,
    names: &[String],
    paths: &[Paths],
    describe: &Describe,
) -> Result<(String, Labels), Unroll> {
    let mut sheet = Sheet::new(design, module, names);
    for net in looped(design, module, paths) {
        sheet.split(net);
    }
    let shared: BTreeSet<Net> = sheet.shared_outputs().into_iter().collect();
    let registers = sheet.registers();
    let (items, ahead) = ordered(items(&mut sheet, &shared)?);
    let regs: BTreeSet<Net> = items.iter().filter(|i| i.is_reg()).map(|i| i.net).collect();

    let mut declared = sheet.declarations(&registers);
    let mut memories = Vec::new();
    let mut children = Vec::new();
    for (at, instance) in module.instances.iter().enumerate() {
        let id = InstanceId(at as u32);
        match design.primitive(instance) {
            Some(Primitive::Memory { .. }) => {
                let (declarations, lines) = sheet.memory(id)?;
                declared.extend(declarations);
                memories.push(String::new());
                memories.extend(lines);
            }
            Some(_) => {}
            None => {
                let lines = sheet.child(id)?;
                children.push(String::new());
                children.append(&mut sheet.hoisted);
                children.extend(lines);
            }
        }
    }
    let wires = output_wires(&sheet, &shared);
    let initials = sheet.initials(&registers);
    let edges = sheet.edges(&registers)?;
    let logic = logic(&sheet, &items, &ahead);
    let unused = unused(&mut sheet);

    let mut body: Vec<String> = Vec::new();
    let mut section = |lines: Vec<String>| {
        if !lines.is_empty() {
            if !body.is_empty() && body.last().is_some_and(|line| !line.is_empty()) {
                body.push(String::new());
            }
            let start = lines.iter().position(|line| !line.is_empty()).unwrap_or(0);
            body.extend_from_slice(&lines[start..]);
        }
    };
    section(sheet.parameters());
    section(aligned(&declared));
    if !initials.is_empty() {
        section(braced("initial".to_owned(), initials));
    }
    section(wires);
    section(logic);
    section(memories);
    section(edges);
    // Last: linters take a loop variable below a genvar of the same name for a mistake.
    if !sheet.genvars.is_empty() {
        let names: Vec<&str> = sheet.genvars.iter().map(String::as_str).collect();
        section(vec![format!("genvar {};", names.join(", "))]);
    }
    section(children);
    section(unused);

    let mut lines = header(&sheet, id, &regs, describe);
    lines.extend(indented(&body, 4));
    lines.push("endmodule".to_owned());
    let labels = Labels::of(&mut sheet);
    Ok((lines.join("\n") + "\n", labels))
}

/// Everything that the module drives and that needs a name, in order of the kernel.
fn items(sheet: &mut Sheet<'_>, shared: &BTreeSet<Net>) -> Result<Vec<Item>, Unroll> {
    let mut nets: Vec<Net> = Vec::new();
    super::rewrite::each_assignment(sheet.module.statements(), &mut |target, _| {
        let net = Net::of(&target.reference);
        if !nets.contains(&net) {
            nets.push(net);
        }
    });
    let mut items = Vec::new();
    for net in nets {
        if !shared.contains(&net) && needs_item(sheet, net) {
            items.push(sheet.item(net)?);
        }
    }
    for at in 0..sheet.module.instances.len() {
        items.extend(sheet.table(InstanceId(at as u32))?);
    }
    Ok(items)
}

fn needs_item(sheet: &Sheet<'_>, net: Net) -> bool {
    let Net::Child(id, port) = net else { return true };
    let instance = sheet.module.instance(id);
    match sheet.design.primitive(instance) {
        Some(Primitive::Register { d, .. }) if *d == port => sheet.is_read(net),
        Some(Primitive::Register { clock, .. }) if *clock == port => {
            sheet.is_read(net) || sheet.clock_of(net) == net
        }
        Some(Primitive::Memory { read_clock, write, .. })
            if *read_clock == port || write.is_some_and(|write| write.clock == port) =>
        {
            sheet.clock_of(net) == net
        }
        _ => !sheet.stands_in_port_list(net),
    }
}

/// Wires for the outputs of children.
fn output_wires(sheet: &Sheet<'_>, shared: &BTreeSet<Net>) -> Vec<String> {
    let mut lines = Vec::new();
    for (at, instance) in sheet.module.instances.iter().enumerate() {
        if sheet.design.primitive(instance).is_some() {
            continue;
        }
        let child = sheet.design.module(instance.modules[0]);
        for (port, _) in child.ports().filter(|(_, signal)| signal.kind == Kind::Output) {
            let net = Net::Child(InstanceId(at as u32), port);
            let is_shared = sheet.shared.get(&net).is_some_and(|own| shared.contains(own));
            if !is_shared {
                lines.extend(declarations("wire", sheet.net(net)));
            }
        }
    }
    aligned(&lines)
}

fn declarations(kind: &'static str, info: &NetInfo) -> Vec<Declaration> {
    match &info.split[..] {
        [] => vec![(kind, range(info.width()), info.name.clone())],
        names => names.iter().map(|name| (kind, range(info.element), name.clone())).collect(),
    }
}

/// The combinational logic: lines stand together, blocks apart.
fn logic(sheet: &Sheet<'_>, items: &[Item], ahead: &BTreeSet<Net>) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for item in items {
        let info = sheet.net(item.net);
        let early = ahead.contains(&item.net) || !info.split.is_empty();
        if early && sheet.is_local(item.net) {
            lines.extend(aligned(&declarations(if item.is_reg() { "reg" } else { "wire" }, info)));
        }
    }
    let mut line_before = true;
    for item in items {
        let info = sheet.net(item.net);
        let early = ahead.contains(&item.net) || !info.split.is_empty();
        let declare = sheet.is_local(item.net) && !early;
        let text = item.lines(&info.name, info.width(), declare);
        let is_line = item.is_line(&text);
        let together = line_before && is_line;
        if !lines.is_empty() && !together {
            lines.push(String::new());
        }
        lines.extend(text);
        line_before = is_line;
    }
    lines
}

/// A wire that reads what nothing else does, so that linters know it is meant.
fn unused(sheet: &mut Sheet<'_>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut add = |name: &str, read: &[bool]| {
        if read.iter().all(|bit| !bit) {
            names.push(name.to_owned());
            return;
        }
        let mut at = 0;
        while at < read.len() {
            let run = read[at..].iter().take_while(|bit| !**bit).count();
            match run {
                0 => {}
                1 => names.push(format!("{name}[{at}]")),
                _ => names.push(format!("{name}[{}:{at}]", at + run - 1)),
            }
            at += run.max(1);
        }
    };
    let statements_assign = |net: Net| !sheet.slice(net).is_empty();
    for (net, info) in &sheet.nets {
        let shown = match net {
            Net::Own(id) => match sheet.module.signal(*id).kind {
                Kind::Input => true,
                Kind::Output => false,
                Kind::Local => statements_assign(*net),
            },
            Net::Child(id, _) => {
                let instance = sheet.module.instance(*id);
                let output = !sheet.drives(*net) && !sheet.shared.contains_key(net);
                output && (sheet.design.primitive(instance).is_none() || !info.read.is_empty())
            }
        };
        if shown && info.split.is_empty() {
            add(&info.name, &info.read);
        } else if shown {
            let elements = info.read.chunks(info.element as usize);
            info.split.iter().zip(elements).for_each(|(name, read)| add(name, read));
        }
    }
    for (name, read) in &sheet.wires {
        add(name, read);
    }
    if names.is_empty() {
        return Vec::new();
    }
    let name = sheet.fresh("unused");
    let text = super::text::Text::Atom(names.join(", ")).flat();
    let flat = format!("wire {name} = &{{1'b0, {text}, 1'b0}};");
    let mut lines = vec!["// Bits that nothing reads, named for linters.".to_owned()];
    if flat.len() <= 96 {
        lines.push(flat);
        return lines;
    }
    lines.push(format!("wire {name} = &{{"));
    lines.push("    1'b0,".to_owned());
    let last = names.len();
    for (at, name) in names.iter().enumerate() {
        lines.push(format!("    {name}{}", if at + 1 == last { "" } else { "," }));
    }
    lines.push("};".to_owned());
    lines
}

/// Comment, name and ports.
fn header(
    sheet: &Sheet<'_>,
    id: ModuleId,
    regs: &BTreeSet<Net>,
    describe: &Describe,
) -> Vec<String> {
    let own = &sheet.design.module(id).name;
    let mut lines = describe.text(own).map(comment).unwrap_or_default();
    let ports: Vec<(SignalId, Kind)> =
        sheet.module.ports().map(|(id, signal)| (id, signal.kind)).collect();
    let ranges: Vec<String> = ports
        .iter()
        .map(|(id, _)| range(sheet.net(Net::Own(*id)).width()).trim_end().to_owned())
        .collect();
    let column = ranges.iter().map(String::len).max().unwrap_or(0);
    lines.push(format!("module {} (", sheet.module_names[id.0 as usize]));
    let mut rows = Vec::new();
    for (at, (port, kind)) in ports.iter().enumerate() {
        let net = Net::Own(*port);
        let direction = match (kind, regs.contains(&net)) {
            (Kind::Input, _) => "input  wire",
            (_, true) => "output reg ",
            _ => "output wire",
        };
        let gap = if column == 0 { "" } else { " " };
        let comma = if at + 1 == ports.len() { "" } else { "," };
        let text =
            format!("    {direction}{gap}{:column$} {}{comma}", ranges[at], sheet.net(net).name);
        let path = format!("{own}.{}", sheet.module.signal(*port).name);
        rows.push((text, describe.text(&path)));
    }
    let wide = rows.iter().filter(|(_, text)| text.is_some()).map(|(row, _)| row.len()).max();
    for (row, text) in rows {
        match (text, wide) {
            (Some(text), Some(wide)) => lines.push(format!("{row:wide$}  // {}", one_line(text))),
            _ => lines.push(row),
        }
    }
    lines.push(");".to_owned());
    lines
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
