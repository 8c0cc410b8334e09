//! Numbers for everything that a module can name: its own signals and the ports of its children.

use crate::ir::{
    Design, Index, InstanceId, Kind, ModuleId, Reference, SignalId, Type, element_name,
};

/// A signal element that a module can name, numbered within the module.
pub(super) type Wire = u32;

/// A wire's place, type and role.
#[derive(Clone, Copy, Debug)]
pub(super) struct Info {
    /// The child and its element; the module itself if absent.
    pub(super) child: Option<(InstanceId, u32)>,
    /// The signal, in the module or the child's module.
    pub(super) signal: SignalId,
    /// Element of the signal.
    pub(super) element: u32,
    pub(super) kind: Kind,
    pub(super) ty: Type,
    pub(super) width: u32,
}

impl Info {
    /// Whether the module itself must drive it.
    pub(super) fn driven_here(&self) -> bool {
        match self.child {
            None => self.kind != Kind::Input,
            Some(_) => self.kind == Kind::Input,
        }
    }
}

/// The wires of one module: own signals first, then each child's ports.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) wires: Vec<Info>,
    /// First wire of each own signal.
    pub(super) own: Vec<Wire>,
    /// Number of own wires.
    pub(super) own_count: u32,
    /// First wire of each child.
    children: Vec<Wire>,
    /// Seen from a parent: first wire of each port, relative to the child's first.
    ports: Vec<u32>,
    /// Seen from a parent: wires of all ports.
    port_count: u32,
}

impl Layout {
    pub(super) fn of_all(design: &Design) -> Vec<Layout> {
        let mut layouts: Vec<Layout> = Vec::with_capacity(design.modules.len());
        for at in 0..design.modules.len() {
            let layout = Layout::of(design, &layouts, at);
            layouts.push(layout);
        }
        layouts
    }

    fn of(design: &Design, layouts: &[Layout], at: usize) -> Layout {
        let module = &design.modules[at];
        let mut layout = Layout {
            wires: Vec::new(),
            own: Vec::new(),
            own_count: 0,
            children: Vec::new(),
            ports: Vec::new(),
            port_count: 0,
        };
        for (id, signal) in module.signals.iter().enumerate() {
            layout.own.push(layout.wires.len() as Wire);
            layout.ports.push(layout.port_count);
            if signal.is_port() {
                layout.port_count += signal.count();
            }
            for element in 0..signal.count() {
                layout.wires.push(Info {
                    child: None,
                    signal: SignalId(id as u32),
                    element,
                    kind: signal.kind,
                    ty: signal.ty,
                    width: design.types.width(signal.ty),
                });
            }
        }
        layout.own_count = layout.wires.len() as u32;
        for (id, instance) in module.instances.iter().enumerate() {
            layout.children.push(layout.wires.len() as Wire);
            for (row, child) in instance.modules.iter().enumerate() {
                let own = layouts[child.0 as usize].own_wires();
                let ports = own.iter().filter(|info| info.kind != Kind::Local);
                let child = Some((InstanceId(id as u32), row as u32));
                layout.wires.extend(ports.map(|info| Info { child, ..*info }));
            }
        }
        layout
    }

    fn own_wires(&self) -> &[Info] {
        &self.wires[..self.own_count as usize]
    }

    /// The wire of a reference, given the loop variables. `None`: outside an array.
    pub(super) fn wire(
        &self,
        design: &Design,
        layouts: &[Layout],
        module: ModuleId,
        reference: &Reference,
        loops: &[u64],
    ) -> Option<Wire> {
        let within = |index: &Option<Index>, count: u32| match index {
            None => Some(0),
            Some(index) => {
                let at = u32::try_from(index.evaluate(loops)?).ok()?;
                (at < count).then_some(at)
            }
        };
        let signal = reference.signal;
        let module = design.module(module);
        match &reference.instance {
            None => {
                let at = within(&reference.element, module.signal(signal).count())?;
                Some(self.own[signal.0 as usize] + at)
            }
            Some((id, row)) => {
                let instance = module.instance(*id);
                let row = within(row, instance.count())?;
                let child = instance.modules[row as usize];
                let ports = &layouts[child.0 as usize];
                let count = design.module(child).signal(signal).count();
                let at = within(&reference.element, count)?;
                let first = self.children[id.0 as usize] + row * ports.port_count;
                Some(first + ports.ports[signal.0 as usize] + at)
            }
        }
    }

    /// The wire's name, as the module's kernel writes it.
    pub(super) fn name(&self, design: &Design, module: ModuleId, wire: Wire) -> String {
        let info = self.wires[wire as usize];
        let module = design.module(module);
        match info.child {
            None => {
                let signal = module.signal(info.signal);
                signal.name.clone() + &element_name(&signal.dims, info.element)
            }
            Some((id, row)) => {
                let instance = module.instance(id);
                let port = design.module(instance.modules[row as usize]).signal(info.signal);
                let row = element_name(&instance.dims, row);
                let element = element_name(&port.dims, info.element);
                format!("{}{row}.{}{element}", instance.name, port.name)
            }
        }
    }
}
