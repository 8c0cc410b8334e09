//! Aligned columns.

use comfy_table::{CellAlignment, ColumnConstraint, Table, Width, presets};

/// The layout of a column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    alignment: CellAlignment,
    least: u16,
    gap: u16,
}

impl Column {
    /// Left-aligned, at least `least` wide, two blanks after the column before.
    pub(crate) const fn left(least: u16) -> Column {
        Column { alignment: CellAlignment::Left, least, gap: 2 }
    }

    /// Right-aligned, likewise.
    pub(crate) const fn right(least: u16) -> Column {
        Column { alignment: CellAlignment::Right, ..Column::left(least) }
    }

    /// Sets the number of blanks after the column before.
    pub(crate) const fn gap(self, gap: u16) -> Column {
        Column { gap, ..self }
    }
}

/// Rows in columns, without trailing blanks. The last column's layout applies to all after it.
pub(crate) fn aligned<R>(columns: &[Column], rows: impl IntoIterator<Item = R>) -> String
where
    R: IntoIterator<Item: Into<String>>,
{
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    for row in rows {
        table.add_row(row.into_iter().map(Into::<String>::into));
    }
    let last = columns.last().into_iter().cycle();
    for (column, shape) in table.column_iter_mut().zip(columns.iter().chain(last)) {
        let least = Width::Fixed(shape.gap + shape.least);
        column.set_constraint(ColumnConstraint::LowerBoundary(least));
        column.set_cell_alignment(shape.alignment);
        column.set_padding((shape.gap, 0));
    }
    table.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_what_is_in_them() {
        let columns = [Column::left(3).gap(0), Column::right(4)];
        let rows = [vec!["a", "b"], vec!["long", "12345", "6"], vec![]];
        assert_eq!(aligned(&columns, rows), "a         b\nlong  12345     6\n\n");
        assert_eq!(aligned(&columns, [["a ", ""]]), "a\n");
    }
}
