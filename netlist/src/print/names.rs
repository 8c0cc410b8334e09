//! Identifiers: legal in Verilog and SystemVerilog, unique, the same in every run.

use crate::check::is_keyword;
use crate::ir::{Module, SignalId};
use std::collections::BTreeSet;

/// Words that Verilator rejects as names of ports, because it generates C++.
const CPP_WORDS: &str = "abort alignas alignof and_eq asm atomic_cancel atomic_commit atomic_noexcept auto bit_vector \
bitand bitor bool catch cdecl char char16_t char32_t compl complex concept const_cast \
const_iterator constexpr decltype default delete deque double dynamic_cast explicit false far \
float friend goto huge inline interrupt iterator list long map mutable namespace near noexcept \
not_eq nullptr operator or_eq override pascal private public queue reference register requires \
sc_clock sc_in sc_inout sc_out sc_signal sensitive sensitive_neg sensitive_pos set short sizeof \
stack static_assert static_cast switch synchronized template thread_local throw transaction_safe \
transaction_safe_dynamic true try type_info typeid typename uint16_t uint32_t uint64_t uint8_t \
using vector volatile wchar_t xor_eq multimap multiset";

/// A name as an identifier: every character that is not a letter, digit or `_` becomes `_`,
/// repeated `_` become one, and `_` is appended to a reserved word.
pub(super) fn legal(name: &str) -> String {
    let mut text = String::new();
    for character in name.chars() {
        let kept = if character.is_ascii_alphanumeric() { character } else { '_' };
        if kept != '_' || !text.ends_with('_') {
            text.push(kept);
        }
    }
    if text.chars().next().is_none_or(|first| first.is_ascii_digit()) {
        text.insert(0, 'n');
    }
    let mut words = CPP_WORDS.split_ascii_whitespace();
    if is_keyword(&text) || words.any(|word| word == text) {
        text.push('_');
    }
    text
}

/// `WalkState` and `walkState` as `walk_state`.
pub(super) fn snake(name: &str) -> String {
    legal(&separated(name))
}

fn separated(name: &str) -> String {
    let mut text = String::new();
    let mut before = '_';
    for character in name.chars() {
        let starts_word = character.is_ascii_uppercase()
            && (before.is_ascii_lowercase() || before.is_ascii_digit());
        if starts_word {
            text.push('_');
        }
        text.push(character.to_ascii_lowercase());
        before = character;
    }
    text
}

/// `WalkState` as `WALK_STATE`.
pub(super) fn upper(name: &str) -> String {
    legal(&separated(name).to_ascii_uppercase())
}

/// The names taken in one module.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    taken: BTreeSet<String>,
}

impl Scope {
    /// A free name like the wanted one: itself, or with the first free number appended.
    pub(super) fn take(&mut self, wanted: &str) -> String {
        let wanted = legal(wanted);
        let numbered = (2..).map(|number| format!("{wanted}_{number}"));
        let mut names = std::iter::once(wanted.clone()).chain(numbered);
        let free = names.find(|name| !self.taken.contains(name)).expect("names do not run out");
        self.taken.insert(free.clone());
        free
    }

    /// Whether nothing has this name yet.
    pub(super) fn is_free(&self, name: &str) -> bool {
        !self.taken.contains(name)
    }
}

/// The ports of a module by their Verilog names, in order of declaration.
///
/// An array is one vector, element 0 in the lowest bits; a structure is one vector, its first
/// field in the lowest bits.
pub fn port_names(module: &Module) -> Vec<(SignalId, String)> {
    let mut scope = Scope::default();
    module.ports().map(|(id, signal)| (id, scope.take(&signal.name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_legal() {
        assert_eq!(legal("bus.data"), "bus_data");
        assert_eq!(legal("top$row$0"), "top_row_0");
        assert_eq!(legal("reg"), "reg_");
        assert_eq!(legal("global"), "global_");
        assert_eq!(legal("set"), "set_");
        assert_eq!(legal("0x"), "n0x");
        assert_eq!(snake("CamLine"), "cam_line");
        assert_eq!(upper("S2Wait"), "S2_WAIT");
    }

    #[test]
    fn names_stay_unique() {
        let mut scope = Scope::default();
        assert_eq!(scope.take("a.b"), "a_b");
        assert_eq!(scope.take("a_b"), "a_b_2");
        assert_eq!(scope.take("a$b"), "a_b_3");
    }
}
