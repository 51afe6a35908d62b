//! The pages of the texts that stand now. When others come to stand, by an entry or because a planned time has come, all
//! pages, indexes and offers are made anew and put in the place of the old ones at once: a request sees the one or the other.

use crate::app::App;
use crate::failure::Failure;
use crate::people::{locked, ours};
use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use forms::publish::{Seen, Shelf};
use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};
use tower::ServiceExt as _;

/// How often the ledger is looked at for what others have published: another process, another node.
const TICK: Duration = Duration::from_secs(1);
/// After pages could not be made anew, so long until it is tried again. The old ones stand meanwhile.
const AGAIN: Duration = Duration::from_secs(10);

/// Whoever answers requests.
pub(crate) struct House {
    current: RwLock<Served>,
    /// Whether what the ledger holds has been looked at.
    loaded: AtomicBool,
    /// One at a time makes pages anew.
    renewing: tokio::sync::Mutex<()>,
    failed: Mutex<Option<Instant>>,
}

#[derive(Clone)]
struct Served {
    app: Arc<App>,
    router: Router,
}

impl Served {
    fn of(app: Arc<App>) -> Served {
        let router = crate::guarded(app.clone(), crate::routes());
        Served { app, router }
    }
}

impl House {
    /// A house that begins with these pages.
    pub fn open(app: Arc<App>) -> Arc<House> {
        let house = Arc::new(House {
            loaded: AtomicBool::new(app.people.is_none()),
            current: RwLock::new(Served::of(app.clone())),
            renewing: tokio::sync::Mutex::default(),
            failed: Mutex::default(),
        });
        app.live_in(&house);
        house
    }

    /// Its router.
    pub fn router(self: Arc<House>) -> Router {
        Router::new().fallback(move |request: Request| {
            let house = self.clone();
            async move { house.answer(request).await }
        })
    }

    /// The pages of now.
    pub fn app(&self) -> Arc<App> {
        self.served().app
    }

    fn served(&self) -> Served {
        let current = self.current.read();
        current.unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn answer(self: &Arc<House>, request: Request) -> Response {
        let mut served = self.served();
        if self.is_stale(&served.app) {
            // Whoever asks after a planned time is answered by the text that stands since.
            if let Err(failure) = self.renew().await {
                eprintln!("texts: {failure}");
            }
            served = self.served();
        }
        let answered: Result<Response, Infallible> = served.router.oneshot(request).await;
        answered
            .unwrap_or_else(|never| match never {})
            .into_response()
    }

    fn is_stale(&self, app: &App) -> bool {
        let due = app
            .editions
            .until
            .is_some_and(|until| until <= app.clock.now());
        if !due && self.loaded.load(Ordering::Acquire) {
            return false;
        }
        locked(&self.failed).is_none_or(|at| at.elapsed() >= AGAIN)
    }

    /// Makes the pages anew if other texts stand than those that they were made of. What cannot be made leaves the old ones.
    pub async fn renew(self: &Arc<House>) -> Result<(), Failure> {
        let _one = self.renewing.lock().await;
        let renewed = self.try_renew().await;
        let failed = renewed.is_err().then(Instant::now);
        *locked(&self.failed) = failed;
        renewed
    }

    async fn try_renew(self: &Arc<House>) -> Result<(), Failure> {
        let old = self.app();
        let Some(people) = old.people.clone() else {
            return Ok(());
        };
        let (city, before) = (old.city().clone(), old.editions.shelf.clone());
        let loaded = self.loaded.load(Ordering::Acquire);
        let read = people.bookings.read(move |reader| {
            let seen = Seen::now(reader).map_err(ours)?;
            if seen == before.seen {
                return Ok(None);
            }
            Shelf::load(city, reader, Some(&before))
                .map(Some)
                .map_err(ours)
        });
        let shelf = read.await?;
        let now = old.clock.now();
        let due = old.editions.until.is_some_and(|until| until <= now);
        if shelf.is_none() && !due {
            self.loaded.store(true, Ordering::Release);
            return Ok(());
        }
        for aside in shelf.iter().flat_map(|shelf| &shelf.aside) {
            eprintln!(
                "texts: edition {} of {} cannot be read; what stood before it stands on",
                aside.number, aside.slug
            );
        }
        let shelf = shelf.map_or_else(|| old.editions.shelf.clone(), Arc::new);
        let work = {
            let old = old.clone();
            move || catch_unwind(AssertUnwindSafe(|| old.renewed(shelf, now)))
        };
        let made = tokio::task::spawn_blocking(work).await.map_err(ours)?;
        let app = made.map_err(|_| {
            Failure::Ours(
                "the pages of the new texts could not be made; the old ones stand".to_owned(),
            )
        })?;
        let app = Arc::new(app);
        app.live_in(self);
        let served = Served::of(app);
        {
            let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
            *current = served;
        }
        self.loaded.store(true, Ordering::Release);
        if loaded {
            people.bookings.texts_changed();
        }
        Ok(())
    }

    /// Looks again and again whether other texts stand.
    pub async fn follow(self: Arc<House>) {
        loop {
            if let Err(failure) = self.renew().await {
                eprintln!("texts: {failure}");
                tokio::time::sleep(AGAIN).await;
            }
            tokio::time::sleep(TICK).await;
        }
    }
}
