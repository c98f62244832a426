use std::fmt;

use console::{Alignment, Style, measure_text_width, pad_str};

use crate::words;

/// What stands between two columns.
const GAP: &str = "  ";

/// Rows below a header, in columns that are as wide as they need to be.
#[derive(Debug)]
pub(crate) struct Table {
    header: Vec<Cell>,
    rows: Vec<Vec<Cell>>,
}

/// A text in its column, in which nothing steers the terminal.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    text: String,
    style: Style,
    alignment: Alignment,
}

impl Cell {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self {
            text: words::printable(&text.into()),
            style: Style::new(),
            alignment: Alignment::Left,
        }
    }

    /// Returns it in this style.
    pub(crate) fn styled(self, style: Style) -> Self {
        Self { style, ..self }
    }

    /// Returns it at the right edge of its column, for numbers.
    pub(crate) fn right(self) -> Self {
        let alignment = Alignment::Right;
        Self { alignment, ..self }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::new(text)
    }
}

impl Table {
    /// Returns one without rows; a header cell at the right edge is above numbers.
    pub(crate) fn new(header: impl IntoIterator<Item = Cell>) -> Self {
        let bold = |cell: Cell| cell.styled(Style::new().bold());
        Self {
            header: header.into_iter().map(bold).collect(),
            rows: Vec::new(),
        }
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths = vec![0; self.header.len()];
        for row in [&self.header].into_iter().chain(&self.rows) {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(measure_text_width(&cell.text));
            }
        }
        widths
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        for row in [&self.header].into_iter().chain(&self.rows) {
            let cells = row.iter().zip(&widths);
            let cells =
                cells.map(|(cell, width)| pad_str(&cell.text, *width, cell.alignment, None));
            let mut cells: Vec<_> = cells.collect();
            if let Some(last) = cells.last_mut() {
                *last = last.trim_end().to_owned().into();
            }
            let styled = cells.iter().zip(row);
            let styled = styled.map(|(text, cell)| cell.style.apply_to(text).to_string());
            writeln!(f, "{}", styled.collect::<Vec<_>>().join(GAP))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = Table::new([Cell::new("test"), Cell::new("size").right(), "age".into()]);
        table.row(["größe".into(), Cell::new("12 kB").right(), "3 days".into()]);
        table.row(["名前".into(), Cell::new("1 B").right(), "".into()]);
        insta::assert_snapshot!(table, @r"
        test    size  age
        größe  12 kB  3 days
        名前     1 B
        ");
    }
}
