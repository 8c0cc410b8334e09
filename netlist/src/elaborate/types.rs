//! Type descriptors become types; Rust type names become module names.

use crate::check::Problem;
use crate::ir::{EnumType, Field, StructType, Type, Types};
use rust_hdl::prelude::{TypeDescriptor, TypeKind};

/// The type that a descriptor describes.
pub(super) fn lower(types: &mut Types, descriptor: &TypeDescriptor) -> Result<Type, Problem> {
    let width = |bits: usize| match u32::try_from(bits) {
        Ok(0) | Err(_) => Err(Problem::unsupported(format!("a signal of {bits} bits"))),
        Ok(width) => Ok(width),
    };
    match &descriptor.kind {
        TypeKind::Bits(1) if descriptor.name == "clock" => Ok(Type::Clock),
        TypeKind::Bits(bits) => Ok(Type::Bits(width(*bits)?)),
        TypeKind::Signed(bits) => Ok(Type::Signed(width(*bits)?)),
        TypeKind::Enum(names) => {
            let variant = |name: &String| name.rsplit("::").next().unwrap_or(name).to_owned();
            let bits = names.len().next_power_of_two().trailing_zeros();
            let new = EnumType {
                name: descriptor.name.clone(),
                variants: names.iter().map(variant).collect(),
                width: width(bits as usize)?,
            };
            Ok(Type::Enum(types.add_enum(new)))
        }
        TypeKind::Composite(parts) => {
            let mut fields = Vec::new();
            let mut offset = 0;
            for part in parts {
                let ty = lower(types, &part.kind)?;
                fields.push(Field { name: part.fieldname.clone(), offset, ty });
                offset += types.width(ty);
            }
            let width = width(offset as usize)?;
            let new = StructType { name: descriptor.name.clone(), fields, width };
            Ok(Type::Struct(types.add_struct(new)))
        }
    }
}

/// `cpu::core::Pipeline<16, 4>` becomes `Pipeline_16_4`.
pub(super) fn module_name(type_name: &str) -> String {
    let mut name = String::new();
    for word in type_name.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')) {
        let last = word.rsplit("::").next().unwrap_or(word);
        if !last.is_empty() {
            if !name.is_empty() {
                name.push('_');
            }
            name.push_str(last);
        }
    }
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { "top".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::module_name;

    #[test]
    fn module_names_keep_parameters() {
        assert_eq!(module_name("cpu::core::Pipeline<16, 4>"), "Pipeline_16_4");
        assert_eq!(module_name("a::Fifo<b::Bits<8>, 2>"), "Fifo_Bits_8_2");
    }
}
