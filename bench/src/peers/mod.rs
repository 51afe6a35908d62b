//! The peers, each behind the same small surface: load a workload, decide a case, say by which rules.

pub mod cedar;
pub mod rego;
