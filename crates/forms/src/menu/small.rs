//! Small counts are not shown, so that nobody is recognised: which lines of a table are kept back, and whether its sum is.

/// Counts below it are not shown.
pub const LEAST: u64 = 5;

/// A count, or why it is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// So many; none, or [`LEAST`] at least.
    Count(u64),
    /// Some, but fewer than [`LEAST`].
    Few,
    /// Not few, but with the sum it would tell how many the few are.
    Withheld,
}

/// A table's lines and their sum, as they are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its lines, in order.
    pub lines: Vec<Shown>,
    /// Their sum.
    pub all: Shown,
}

impl Table {
    /// What is shown of these counts: no line below [`LEAST`], and of the others the smallest only if nobody can tell a small
    /// line from the sum.
    #[must_use]
    pub fn of(counts: &[u64]) -> Self {
        let sum: u64 = counts
            .iter()
            .fold(0, |sum, count| sum.saturating_add(*count));
        let mut lines: Vec<Shown> = counts.iter().map(|count| one(*count)).collect();
        let mut all = one(sum);
        while matches!(all, Shown::Count(_)) && told(counts, &lines) {
            let shown = counts.iter().enumerate().filter(|(at, count)| {
                **count > 0 && matches!(lines.get(*at), Some(Shown::Count(_)))
            });
            let smallest = shown.min_by_key(|(_, count)| **count).map(|(at, _)| at);
            match smallest.and_then(|at| lines.get_mut(at)) {
                Some(line) => *line = Shown::Withheld,
                None => all = Shown::Withheld,
            }
        }
        Self { lines, all }
    }
}

const fn one(count: u64) -> Shown {
    match count {
        0 => Shown::Count(0),
        1..LEAST => Shown::Few,
        _ => Shown::Count(count),
    }
}

/// Whether the sum of the lines that are not shown leaves one of the few a single value.
fn told(counts: &[u64], lines: &[Shown]) -> bool {
    let hidden = || {
        counts
            .iter()
            .zip(lines)
            .filter(|(_, line)| !matches!(line, Shown::Count(_)))
    };
    let few = hidden().filter(|(_, line)| **line == Shown::Few).count() as u64;
    let withheld = hidden().count() as u64 - few;
    if few == 0 {
        return false;
    }
    let sum: u64 = hidden().map(|(count, _)| *count).sum();
    // The others are at least so many, and at most so many unless one of them is only known to be no few.
    let least = (few - 1) + withheld * LEAST;
    let most = (few - 1) * (LEAST - 1);
    let highest = (LEAST - 1).min(sum.saturating_sub(least));
    let lowest = if withheld > 0 {
        1
    } else {
        sum.saturating_sub(most).max(1)
    };
    lowest >= highest
}
