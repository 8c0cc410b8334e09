//! Types of signals and expressions.

/// Names an [`EnumType`] in [`Types`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EnumId(pub u32);

/// Names a [`StructType`] in [`Types`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StructId(pub u32);

/// The type of a signal or expression. Every type has a width, [`Types::width`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// An unsigned word, or `Bit` when the width is 1.
    Bits(u32),
    /// A two's complement word.
    Signed(u32),
    /// A clock; one bit, but no data.
    Clock,
    /// One of several names, numbered from zero in order of declaration.
    Enum(EnumId),
    /// A packed structure; the first field is in the lowest bits.
    Struct(StructId),
}

impl Type {
    /// A single bit, Rust's `bool`.
    pub const BIT: Type = Type::Bits(1);

    /// Whether comparison and extension are two's complement.
    pub fn is_signed(self) -> bool {
        matches!(self, Type::Signed(_))
    }
}

/// An enumeration of the source (`LogicState`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EnumType {
    /// The Rust name, without path.
    pub name: String,
    /// Names of the variants; variant i has value i.
    pub variants: Vec<String>,
    /// Bits of the encoding.
    pub width: u32,
}

/// A field of a packed structure.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Field {
    /// Its Rust name.
    pub name: String,
    /// Lowest bit in the structure.
    pub offset: u32,
    /// Its type.
    pub ty: Type,
}

/// A packed structure of the source (`LogicStruct`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StructType {
    /// The Rust name, without path.
    pub name: String,
    /// Fields, from the lowest bits up, without gaps.
    pub fields: Vec<Field>,
    /// Bits in all.
    pub width: u32,
}

/// All enumerations and structures of a design.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Types {
    enums: Vec<EnumType>,
    structs: Vec<StructType>,
}

impl Types {
    /// The enumeration with this id.
    pub fn enumeration(&self, id: EnumId) -> &EnumType {
        &self.enums[id.0 as usize]
    }

    /// The structure with this id.
    pub fn structure(&self, id: StructId) -> &StructType {
        &self.structs[id.0 as usize]
    }

    /// All enumerations, in order of their ids.
    pub fn enums(&self) -> &[EnumType] {
        &self.enums
    }

    /// All structures, in order of their ids.
    pub fn structs(&self) -> &[StructType] {
        &self.structs
    }

    /// Bits of a value of this type.
    pub fn width(&self, ty: Type) -> u32 {
        match ty {
            Type::Bits(width) | Type::Signed(width) => width,
            Type::Clock => 1,
            Type::Enum(id) => self.enumeration(id).width,
            Type::Struct(id) => self.structure(id).width,
        }
    }

    /// The id of an enumeration; equal ones share an id.
    pub fn add_enum(&mut self, new: EnumType) -> EnumId {
        let at = self.enums.iter().position(|held| *held == new).unwrap_or_else(|| {
            self.enums.push(new);
            self.enums.len() - 1
        });
        EnumId(at as u32)
    }

    /// The id of a structure; equal ones share an id.
    pub fn add_struct(&mut self, new: StructType) -> StructId {
        let at = self.structs.iter().position(|held| *held == new).unwrap_or_else(|| {
            self.structs.push(new);
            self.structs.len() - 1
        });
        StructId(at as u32)
    }

    /// A variant's name, if the type is an enumeration.
    pub fn variant_name(&self, ty: Type, value: u64) -> Option<&str> {
        match ty {
            Type::Enum(id) => {
                let at = usize::try_from(value).ok()?;
                self.enumeration(id).variants.get(at).map(String::as_str)
            }
            _ => None,
        }
    }
}
