//! A command that does in a city's house what its pages would, over the ledger that they are over.

use super::{Kept, Mailing, Refusal, database};
use crate::cli;
use crate::fault::Fault;
use city::City;
use decide::Book;
use std::sync::Arc;
use web::{App, Clock, People};

/// Opens the house, does the work in it, and lets the ledger's writer end.
pub fn within<T>(
    city: City,
    ledger: &cli::LedgerAt,
    work: impl AsyncFnOnce(&Arc<App>, &Arc<People>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let clock = match city.clock {
        Some(start) => Clock::starting_at(city.zone.to_timestamp(start).unwrap_or_default()),
        None => Clock::real(),
    };
    let notices = city.notices.clone();
    let book = Book::compile(Arc::new(city), notices);
    let city = book.city().clone();
    let database = database(ledger.database.as_deref());
    let started = Kept::start(
        Some(&ledger.data),
        database.as_deref(),
        &city,
        clock,
        Mailing::none(),
    )?;
    let Some((kept, keeping)) = started else {
        return Err(Fault::NoCity(ledger.data.clone()));
    };
    let clock = kept.clock;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Fault::Pipe)?;
    let done = runtime.block_on(async {
        let people = Arc::new(People::start(keeping).await.map_err(Refusal::from)?);
        let app = Arc::new(App::new(book, clock).with_people(people.clone()));
        // The house in which the app's pages live, while this is done.
        let house = web::router(app.clone());
        let done = work(&app, &people).await;
        app.stop();
        drop(house);
        done
    });
    kept.stop()?;
    done
}
