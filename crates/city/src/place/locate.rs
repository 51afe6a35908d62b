//! From a point to the places it lies in.
//!
//! A grid over the city's shapes. Most cells lie wholly in the same places: a point there is answered by looking the
//! cell up. In a cell that a border crosses, the borders are tested by counting how many of their edges lie to the
//! right of the point, and a shape keeps its edges by row of the grid, so only a few are looked at.
//!
//! An edge belongs to the side on its right, whichever way it was drawn: of two shapes that share a border exactly
//! one holds a point on it.

use super::{Level, Outline, Place};
use geo::kernels::{Kernel, RobustKernel};
use geo::{Coord, Orientation};
use notice::PlaceId;
use std::collections::HashMap;

/// Cells a side. More cells mean fewer border cells and more memory: 256 KB here.
const SIDE: usize = 256;
/// Rounding of a border's crossing with a row is far below this (degrees).
const MARGIN: f64 = 1e-9;

#[derive(Debug, Default)]
pub(super) struct Grid {
    west: f64,
    south: f64,
    columns_per_degree: f64,
    rows_per_degree: f64,
    /// What each cell holds, by position in `contents`, row by row from the south-west.
    cells: Vec<u32>,
    contents: Vec<Content>,
    shapes: Vec<Shape>,
}

/// What a cell holds.
#[derive(Debug, Default, PartialEq, Eq, Hash, Clone)]
struct Content {
    /// Places that hold the whole cell, with those above, ascending.
    certain: Vec<PlaceId>,
    /// Shapes whose border crosses the cell, ascending.
    open: Vec<u32>,
    /// Levels of division already found among `certain`, a bit each.
    levels: u8,
}

/// A place's border, by row.
#[derive(Debug)]
struct Shape {
    place: PlaceId,
    /// The places above it.
    above: Vec<PlaceId>,
    /// Its level as a bit; 0 for areas, of which a point may lie in several.
    level: u8,
    /// Edges that reach into each row, from `rows[r]` to `rows[r + 1]`.
    rows: Vec<u32>,
    edges: Vec<Edge>,
}

/// An edge, its lower end first.
#[derive(Debug, Clone, Copy)]
struct Edge {
    low: Coord,
    high: Coord,
}

impl Edge {
    /// Whether the edge crosses the line from the point to the east: it lies strictly to the right.
    fn is_right_of(&self, point: Coord) -> bool {
        if point.y < self.low.y || point.y >= self.high.y {
            return false;
        }
        if point.x < self.low.x.min(self.high.x) {
            return true;
        }
        if point.x >= self.low.x.max(self.high.x) {
            return false;
        }
        RobustKernel::orient2d(self.low, self.high, point) == Orientation::CounterClockwise
    }
}

impl Grid {
    pub(super) fn of(places: &[Place], outlines: &[Option<Outline>], city: PlaceId) -> Self {
        let points = outlines.iter().flatten().flatten().flatten().flatten();
        let Some([west, south, east, north]) = super::shape::bounds(points) else {
            return Self::default();
        };
        let mut grid = Self {
            west,
            south,
            columns_per_degree: SIDE as f64 / (east - west),
            rows_per_degree: SIDE as f64 / (north - south),
            ..Self::default()
        };
        for ((id, place), outline) in (0..).map(PlaceId).zip(places).zip(outlines) {
            if let Some(outline) = outline {
                let shape = grid.shape(id, place, outline, places, city);
                grid.shapes.push(shape);
            }
        }
        grid.fill();
        grid
    }

    /// Every edge goes into each row it reaches. `row` never decreases with latitude, so no row is missed.
    fn shape(
        &self,
        id: PlaceId,
        place: &Place,
        outline: &Outline,
        places: &[Place],
        city: PlaceId,
    ) -> Shape {
        let mut by_row: Vec<Vec<Edge>> = vec![Vec::new(); SIDE];
        let windows = outline.iter().flatten().flat_map(|ring| ring.windows(2));
        for window in windows {
            let [a, b] = [window[0], window[1]].map(|[x, y]| Coord { x, y });
            let (low, high) = if a.y <= b.y { (a, b) } else { (b, a) };
            for row in &mut by_row[self.row(low.y)..=self.row(high.y)] {
                row.push(Edge { low, high });
            }
        }
        let mut rows = Vec::with_capacity(SIDE + 1);
        let mut edges = Vec::new();
        for row in by_row {
            rows.push(edges.len() as u32);
            edges.extend(row);
        }
        rows.push(edges.len() as u32);
        let parent = match place.level {
            Level::Area => Some(city),
            _ => place.parent,
        };
        let above = std::iter::successors(parent, |id| places.get(id.0 as usize)?.parent);
        Shape {
            place: id,
            above: above.collect(),
            level: match place.level {
                Level::Area => 0,
                level => 1 << level as u8,
            },
            rows,
            edges,
        }
    }

    /// Marks the cells that borders cross, then finds what holds the stretches of cells between them.
    fn fill(&mut self) {
        let mut open: Vec<Vec<u32>> = vec![Vec::new(); SIDE * SIDE];
        let mut certain: Vec<Vec<u32>> = vec![Vec::new(); SIDE * SIDE];
        for (index, shape) in (0..).zip(&self.shapes) {
            for row in 0..SIDE {
                for edge in shape.edges_of(row) {
                    let (first, last) = self.columns(edge, row);
                    for cell in &mut open[row * SIDE + first..=row * SIDE + last] {
                        if cell.last() != Some(&index) {
                            cell.push(index);
                        }
                    }
                }
                // No edge reaches the row, so nothing of the shape does.
                if shape.edges_of(row).is_empty() {
                    continue;
                }
                let mut inside = None;
                for column in 0..SIDE {
                    let at = row * SIDE + column;
                    if open[at].last() == Some(&index) {
                        inside = None;
                    } else if *inside
                        .get_or_insert_with(|| shape.holds(row, self.centre(row, column)))
                    {
                        certain[at].push(index);
                    }
                }
            }
        }
        let mut known: HashMap<Content, u32> = HashMap::new();
        self.cells = open
            .into_iter()
            .zip(certain)
            .map(|(open, certain)| {
                let mut content = Content {
                    open,
                    ..Content::default()
                };
                for index in certain {
                    if let Some(shape) = self.shapes.get(index as usize) {
                        shape.found(&mut content.levels, &mut content.certain);
                    }
                }
                tidy(&mut content.certain);
                let next = known.len() as u32;
                *known.entry(content).or_insert(next)
            })
            .collect();
        let mut contents: Vec<_> = known.into_iter().collect();
        contents.sort_unstable_by_key(|(_, position)| *position);
        self.contents = contents.into_iter().map(|(content, _)| content).collect();
    }
}

impl Grid {
    /// Every place the point lies in, ascending, with those above them.
    pub(super) fn at(&self, lon: f64, lat: f64, found: &mut Vec<PlaceId>) {
        found.clear();
        let point = Coord { x: lon, y: lat };
        let (column, row) = (
            (lon - self.west) * self.columns_per_degree,
            (lat - self.south) * self.rows_per_degree,
        );
        let side = 0.0..=SIDE as f64;
        if !side.contains(&column) || !side.contains(&row) {
            return;
        }
        let (column, row) = (
            (column as usize).min(SIDE - 1),
            (row as usize).min(SIDE - 1),
        );
        let content = self
            .cells
            .get(row * SIDE + column)
            .and_then(|content| self.contents.get(*content as usize));
        let Some(content) = content else { return };
        found.extend_from_slice(&content.certain);
        if content.open.is_empty() {
            return;
        }
        let mut levels = content.levels;
        for index in &content.open {
            if let Some(shape) = self.shapes.get(*index as usize)
                && (shape.level == 0 || levels & shape.level == 0)
                && shape.holds(row, point)
            {
                shape.found(&mut levels, found);
            }
        }
        tidy(found);
    }

    fn row(&self, lat: f64) -> usize {
        (((lat - self.south) * self.rows_per_degree) as usize).min(SIDE - 1)
    }

    fn column(&self, lon: f64) -> usize {
        (((lon - self.west) * self.columns_per_degree) as usize).min(SIDE - 1)
    }

    fn centre(&self, row: usize, column: usize) -> Coord {
        Coord {
            x: self.west + (column as f64 + 0.5) / self.columns_per_degree,
            y: self.south + (row as f64 + 0.5) / self.rows_per_degree,
        }
    }

    /// First and last column of a row that the edge crosses, with room for rounding.
    fn columns(&self, edge: &Edge, row: usize) -> (usize, usize) {
        let Edge { low, high } = *edge;
        let (least, most) = (low.x.min(high.x), low.x.max(high.x));
        let height = high.y - low.y;
        let (from, to) = if height > MARGIN {
            let crossing = |lat: f64| {
                let part = ((lat - low.y) / height).clamp(0.0, 1.0);
                low.x + part * (high.x - low.x)
            };
            let south = self.south + row as f64 / self.rows_per_degree;
            let north = self.south + (row as f64 + 1.0) / self.rows_per_degree;
            let (a, b) = (crossing(south - MARGIN), crossing(north + MARGIN));
            (a.min(b).max(least), a.max(b).min(most))
        } else {
            (least, most)
        };
        (self.column(from - MARGIN), self.column(to + MARGIN))
    }
}

impl Shape {
    fn edges_of(&self, row: usize) -> &[Edge] {
        match (self.rows.get(row), self.rows.get(row + 1)) {
            (Some(from), Some(to)) => &self.edges[*from as usize..*to as usize],
            _ => &[],
        }
    }

    /// Whether a point of that row lies in the shape: an odd number of edges lies to its right.
    fn holds(&self, row: usize, point: Coord) -> bool {
        let right = |edge: &&Edge| edge.is_right_of(point);
        self.edges_of(row).iter().filter(right).count() % 2 == 1
    }

    /// Adds the place and those above, unless a division of the same level holds the point already.
    fn found(&self, levels: &mut u8, found: &mut Vec<PlaceId>) {
        if self.level == 0 || *levels & self.level == 0 {
            *levels |= self.level;
            found.push(self.place);
            found.extend_from_slice(&self.above);
        }
    }
}

fn tidy(found: &mut Vec<PlaceId>) {
    found.sort_unstable();
    found.dedup();
}
