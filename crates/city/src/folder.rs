//! Reading a city folder: the only I/O of this crate.
