//! Which city a command speaks of, and loading it.

use crate::fault::Fault;
use crate::findings;
use crate::{lang, terminal};
use city::City;
use notice::Diagnostic;
use std::path::{Path, PathBuf};

/// Where the city comes from.
pub enum Origin {
    /// A folder.
    Folder(PathBuf),
    /// The demo city inside the command itself.
    BuiltIn,
}

impl Origin {
    /// `--city`, else `TONGXIN_CITY`, else the only city under `./cities`, else the built-in demo city.
    pub fn choose(said: Option<&Path>) -> Result<Origin, Fault> {
        let named = said.map(Path::to_owned).or_else(|| {
            std::env::var_os("TONGXIN_CITY")
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        });
        if let Some(folder) = named {
            return match folder.metadata() {
                Err(error) => Err(Fault::Read {
                    path: folder,
                    error,
                }),
                Ok(_) if is_city(&folder) => Ok(Origin::Folder(folder)),
                Ok(_) => Err(Fault::NoCity(folder)),
            };
        }
        let mut near: Vec<PathBuf> = std::fs::read_dir("cities")
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| is_city(path))
            .collect();
        near.sort();
        match near.len() {
            0 => Ok(Origin::BuiltIn),
            1 => Ok(near.pop().map_or(Origin::BuiltIn, Origin::Folder)),
            _ => Err(Fault::ManyCities(
                near.iter().map(|path| path.display().to_string()).collect(),
            )),
        }
    }

    /// Loads it whole; its warnings come with it.
    pub fn load(&self) -> Result<(City, Vec<Diagnostic>), Fault> {
        match self {
            Origin::Folder(folder) => City::load(folder).map_err(Fault::City),
            Origin::BuiltIn => crate::builtin::load(),
        }
    }
}

/// The folder holds a city.
pub fn is_city(folder: &Path) -> bool {
    folder.join("city.toml").is_file()
}

/// Loads the city a command speaks of; its warnings go to the error output.
pub fn city(said: Option<&Path>) -> Result<City, Fault> {
    let (city, warnings) = Origin::choose(said)?.load()?;
    terminal::err(&findings::text(&warnings, lang::chosen()));
    Ok(city)
}
