//! Licences: granted, and ended before their time.

use jiff::civil::Date;
use ledger::Draft;
use ledger::form::Stop;
use ledger::name::Key;
use serde::Serialize;

use super::ask::Asked;
use super::money::Royalty;
use super::refusal::Refused;
use super::rows::{Ended, EndedFor, Licence};
use super::terms::{LICENCE_DAYS_MAX, Season};
use super::typed::Title;
use crate::booking::rows::Number;
use crate::people::powers::{Act, Citation};
use crate::record::rows::Authority;

/// Licences that one product can have had at most.
const LICENCES_OF_PRODUCT_MAX: usize = 256;

/// An office lets a partner make and sell a product under its brand.
#[derive(Clone, Debug, Serialize)]
pub struct GrantLicence {
    /// Whom.
    pub partner: Title,
    /// What.
    pub product: Title,
    /// The first day.
    pub from: Date,
    /// The first day after.
    pub until: Date,
    /// What the partner pays.
    pub royalty: Royalty,
    /// Nobody else may have the product meanwhile.
    pub exclusive: bool,
    /// By which clause.
    pub under: Citation,
}

/// An office ends a licence before its time.
#[derive(Clone, Debug, Serialize)]
pub struct EndLicence {
    /// Which.
    pub licence: Number,
    /// The first day on which it holds no longer: today or later.
    pub on: Date,
    /// Why.
    pub why: EndedFor,
    /// By which clause.
    pub under: Citation,
}

impl Asked for GrantLicence {
    const NAME: &'static str = "grant-licence";
    const SHAPE: u16 = 1;
    const ACT: Act = Act::GrantLicence;

    fn under(&self) -> &Citation {
        &self.under
    }

    fn decide(&self, season: &Season, draft: &mut Draft<'_>) -> Result<(), Stop<Refused>> {
        self.fits_term(season, draft)?;
        self.fits_royalty(season)?;
        let by = Licence::of_product(&season.key, &self.product);
        let by = by.map_err(|_| Stop::Refused(Refused::LongNames))?;
        let others = draft.find::<Licence>(&by, None, LICENCES_OF_PRODUCT_MAX)?;
        if others.len() >= LICENCES_OF_PRODUCT_MAX {
            let most = LICENCES_OF_PRODUCT_MAX;
            return Err(Stop::Refused(Refused::TooManyLicences { most }));
        }
        let folded = self.partner.folded();
        for other in others {
            if !other.meets(self.from, self.until) {
                continue;
            }
            let (number, from, until) = (other.number.clone(), other.from, other.held_until());
            if other.partner.folded() == folded {
                return Err(Stop::Refused(Refused::LicensedAlready {
                    licence: number,
                    from,
                    until,
                }));
            }
            if self.exclusive || other.exclusive {
                return Err(Stop::Refused(Refused::Exclusive {
                    licence: number,
                    partner: other.partner,
                    from,
                    until,
                    theirs: other.exclusive,
                }));
            }
        }
        draft.put(&Licence {
            number: Number::of(draft.sequence()).map_err(ledger::form::Fault::from)?,
            notice: season.key.clone(),
            partner: self.partner.clone(),
            product: self.product.clone(),
            from: self.from,
            until: self.until,
            royalty: self.royalty,
            exclusive: self.exclusive,
            granted: draft.now(),
            under: Authority::of(&self.under),
            ended: None,
        })?;
        Ok(())
    }
}

impl GrantLicence {
    /// The term has a day, begins today or later, and lies within the season.
    fn fits_term(&self, season: &Season, draft: &Draft<'_>) -> Result<(), Stop<Refused>> {
        let refused = |why| Err(Stop::Refused(why));
        let now = draft.now();
        if now < season.issued {
            return refused(Refused::NotIssued {
                issued: season.zone.to_datetime(season.issued),
            });
        }
        if self.until <= self.from {
            return refused(Refused::NoDay);
        }
        let today = season.day(now);
        if self.from < today {
            return refused(Refused::InPast { today });
        }
        let (from, until) = season.days();
        if self.from < from || until.is_some_and(|until| until < self.until) {
            return refused(Refused::OutsideSeason { from, until });
        }
        let days = self
            .from
            .until(self.until)
            .map_or(i32::MAX, |span| span.get_days());
        if days > LICENCE_DAYS_MAX {
            return refused(Refused::TooLong {
                days: LICENCE_DAYS_MAX,
            });
        }
        Ok(())
    }

    fn fits_royalty(&self, season: &Season) -> Result<(), Stop<Refused>> {
        match self.royalty {
            Royalty::Share(share) if share > season.royalty_most => {
                Err(Stop::Refused(Refused::RoyaltyTooHigh {
                    most: season.royalty_most,
                    clause: season.clause.clone(),
                }))
            }
            Royalty::Share(_) | Royalty::Each(_) => Ok(()),
        }
    }
}

impl Asked for EndLicence {
    const NAME: &'static str = "end-licence";
    const SHAPE: u16 = 1;
    const ACT: Act = Act::GrantLicence;

    fn under(&self) -> &Citation {
        &self.under
    }

    fn decide(&self, season: &Season, draft: &mut Draft<'_>) -> Result<(), Stop<Refused>> {
        let mut licence = licence(season, draft, self.licence.key())?;
        if let Some(ended) = &licence.ended {
            return Err(Stop::Refused(Refused::EndedAlready { on: ended.on }));
        }
        let today = season.day(draft.now());
        if licence.until <= today {
            return Err(Stop::Refused(Refused::OverAlready {
                until: licence.until,
            }));
        }
        if self.on < today || licence.until <= self.on {
            return Err(Stop::Refused(Refused::EndOutside {
                today,
                until: licence.until,
            }));
        }
        licence.ended = Some(Ended {
            on: self.on,
            why: self.why,
            at: draft.now(),
            under: Authority::of(&self.under),
        });
        draft.put(&licence)?;
        Ok(())
    }
}

/// A licence of this season.
pub(super) fn licence(
    season: &Season,
    draft: &mut Draft<'_>,
    number: &Key,
) -> Result<Licence, Stop<Refused>> {
    let found = draft.get::<Licence>(number)?;
    let found = found.filter(|licence| licence.notice == season.key);
    found.ok_or(Stop::Refused(Refused::NoSuchLicence))
}
