//! How much work may be done: counted, not timed, so that what fits is the same on every machine.

use std::cell::Cell;
use std::rc::Rc;

/// Work was to be done beyond the budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "these rules are more work than the budget; split them, or name fewer places and values in them"
)]
pub(crate) struct TooLarge;

/// Nodes a diagram may have, and steps that may still be taken.
///
/// A step is an arm of a node made or looked at, or as much work elsewhere (tens of nanoseconds, up to a few hundred where memory is
/// slow). Clones share the steps: what one takes, the others no longer have.
#[derive(Debug, Clone)]
pub(crate) struct Budget {
    nodes: usize,
    steps: Rc<Cell<u64>>,
}

impl Budget {
    pub(crate) fn new(nodes: usize, steps: u64) -> Budget {
        Budget {
            nodes,
            steps: Rc::new(Cell::new(steps)),
        }
    }

    /// Nodes that one diagram's arena may hold.
    pub(crate) fn nodes(&self) -> usize {
        self.nodes
    }

    /// Steps that are left.
    pub(crate) fn left(&self) -> u64 {
        self.steps.get()
    }

    /// Counts steps that were taken.
    pub(crate) fn count(&self, steps: usize) {
        self.steps.set(self.left().saturating_sub(steps as u64));
    }

    /// Counts steps; an error once none are left.
    pub(crate) fn take(&self, steps: usize) -> Result<(), TooLarge> {
        self.count(steps);
        if self.left() == 0 {
            Err(TooLarge)
        } else {
            Ok(())
        }
    }
}
