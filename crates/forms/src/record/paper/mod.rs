//! A certificate as a sheet of paper: PDF, A4, with Chinese type embedded, tagged, and a QR code that leads to its check page.
//!
//! Pure: the same certificate gives the same bytes. Why this is written with `pdf-writer` and not with a larger library:
//! `docs/decisions`.

mod font;
mod layout;
mod ornament;
mod sheet;
mod words;

use jiff::tz::TimeZone;
use notice::Label;

use super::holder::Holder;
use super::rows::Certificate;

/// What a sheet says beside what the certificate holds.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// The office's name.
    pub issuer: &'a Label,
    /// The city's name.
    pub city: &'a Label,
    /// The city's time zone.
    pub zone: &'a TimeZone,
    /// The page that tells whether the certificate holds: what the QR code has.
    pub check: &'a str,
}

/// The sheet could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPaper {
    /// The address of the check page is too long for a QR code.
    #[error("the address of the check page is too long for a QR code")]
    Address,
    /// A fault of the program: its fonts cannot be embedded.
    #[error("the fonts of this program cannot be embedded: report it")]
    Fonts,
}

/// The sheet of a certificate.
///
/// # Errors
/// [`NoPaper`].
pub fn pdf(
    certificate: &Certificate,
    holder: &Holder,
    setting: &Setting<'_>,
) -> Result<Vec<u8>, NoPaper> {
    layout::pdf(certificate, holder, setting)
}
