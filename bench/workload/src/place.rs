//! The places a workload uses: a few levels of a city's tree.

/// Places, parents before children.
#[derive(Debug, Clone)]
pub struct Places(Vec<Place>);

/// One place.
#[derive(Debug, Clone)]
pub struct Place {
    /// Its code, unique; what all three sides call it.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Position of the place above it.
    pub parent: Option<usize>,
}

impl Places {
    /// From `(code, name, code of the place above)`, parents first. An unknown parent counts as none.
    pub fn new(list: &[(&str, &str, Option<&str>)]) -> Places {
        let mut places: Vec<Place> = Vec::with_capacity(list.len());
        for (code, name, parent) in list {
            let parent = parent.and_then(|p| places.iter().position(|other| other.code == p));
            places.push(Place {
                code: (*code).to_owned(),
                name: (*name).to_owned(),
                parent,
            });
        }
        Places(places)
    }

    /// All of them.
    pub fn all(&self) -> &[Place] {
        &self.0
    }

    /// A place and those above it, from the top down.
    pub fn chain(&self, place: usize) -> Vec<usize> {
        let mut chain = vec![place];
        while let Some(parent) = self.0[chain[chain.len() - 1]].parent {
            chain.push(parent);
        }
        chain.reverse();
        chain
    }

    /// Places with nothing under them.
    pub fn leaves(&self) -> Vec<usize> {
        (0..self.0.len())
            .filter(|i| self.0.iter().all(|p| p.parent != Some(*i)))
            .collect()
    }
}
