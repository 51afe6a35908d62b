//! `tongxin serve`: the city's pages and API until the process is told to stop.

use crate::data::{self, Kept, Refusal};
use crate::fault::Fault;
use crate::{cli, findings, folder, lang, moment, terminal};
use city::City;
use decide::Book;
use decide::prove::prove;
use jiff::tz::TimeZone;
use notice::{Diagnostic, Lang, Severity};
use std::process::ExitCode;
use std::sync::Arc;
use web::{App, Clock, People};

/// Serves; exit code 0 after an orderly stop.
pub fn run(arguments: &cli::Serve) -> Result<ExitCode, Fault> {
    let origin = folder::Origin::choose(arguments.city.city.as_deref())?;
    let (city, found) = origin.load()?;
    let start = match &arguments.clock {
        Some(text) => Some(moment::read(text, &city)?),
        None => city.clock,
    };
    let clock = match start {
        Some(start) => Clock::starting_at(instant(start, &city.zone)),
        None => Clock::real(),
    };
    let root = arguments.public.as_deref().map(public).transpose()?;
    let book = publishable(city, found)?;
    let city = book.city().clone();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Fault::Pipe)?;
    let listen = |error| Fault::Listen {
        address: arguments.listen,
        error,
    };
    let listener = runtime.block_on(tokio::net::TcpListener::bind(arguments.listen));
    let listener = listener.map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    // Waits for files and databases, so not where requests are answered.
    let database = data::database(arguments.database.as_deref());
    let mailing = data::Mailing::of(arguments, &city, root.clone())?;
    let data = arguments.data.as_deref();
    let started = Kept::start(data, database.as_deref(), &city, clock, mailing)?;
    let clock = started.as_ref().map_or(clock, |(kept, _)| kept.clock);
    runtime.block_on(async {
        let mut app = App::new(book, clock);
        if let Some(root) = root {
            app = app.at(root);
        }
        let kept = match started {
            Some((kept, keeping)) => {
                let people = People::start(keeping).await.map_err(Refusal::from)?;
                app = app.with_people(people);
                Some(kept)
            }
            None => None,
        };
        let hello = greeting(&city, &clock, address, kept.as_ref(), lang::chosen());
        let stop = Stop::listen().map_err(Fault::Pipe)?;
        terminal::out(&hello)?;
        let app = Arc::new(app);
        let router = web::router(app.clone());
        let time = tokio::spawn(web::keep_time(app.clone()));
        let mail = tokio::spawn(web::deliver(app.clone()));
        let asked = async {
            // Without its ledger a server would promise what it cannot keep: it ends, and says why.
            let failed = async {
                match &kept {
                    Some(kept) => kept.failed().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = stop.asked() => {}
                () = failed => {}
            }
            app.stop();
        };
        web::serve(listener, router, asked).await;
        // Nothing gives commands any more when the ledger's writer ends.
        for ended in [time.await, mail.await] {
            ended.map_err(|error| Fault::Pipe(std::io::Error::other(error)))?;
        }
        drop(app);
        if let Some(kept) = kept {
            kept.stop()?;
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// The address of the site, without a slash at its end.
fn public(text: &str) -> Result<String, Fault> {
    const BYTES_MAX: usize = 200;
    let root = text.trim_end_matches('/');
    let host = root
        .strip_prefix("https://")
        .or_else(|| root.strip_prefix("http://"));
    let fine = host.is_some_and(|host| {
        !host.is_empty()
            && host
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-._~:/[]".contains(&b))
    });
    if fine && root.len() <= BYTES_MAX {
        Ok(root.to_owned())
    } else {
        Err(Fault::Public(text.chars().take(BYTES_MAX).collect()))
    }
}

/// The city's notices, proved. One with errors refuses the whole: half of what is in force must not look like all of it.
pub fn publishable(city: City, mut found: Vec<Diagnostic>) -> Result<Book, Fault> {
    let notices = city.notices.clone();
    let book = Book::compile(Arc::new(city), notices);
    found.extend(prove(&book, None));
    if found.iter().any(|one| one.severity == Severity::Error) {
        return Err(Fault::City(found));
    }
    terminal::err(&findings::text(&found, lang::chosen()));
    Ok(book)
}

/// A civil time as an instant; of two in the night clocks are turned back, the first.
pub fn instant(civil: jiff::civil::DateTime, zone: &TimeZone) -> jiff::Timestamp {
    zone.to_timestamp(civil).unwrap_or_default()
}

fn greeting(
    city: &City,
    clock: &Clock,
    address: std::net::SocketAddr,
    kept: Option<&Kept>,
    lang: Lang,
) -> String {
    let storage = match kept {
        Some(kept) => kept.said(lang),
        None => match lang {
            Lang::Zh => "无，没有账号；要有账号，请用 --data 给出数据目录".to_owned(),
            Lang::En => {
                "none, and no accounts; to have them, name a data directory with --data".to_owned()
            }
        },
    };
    let name = city.name.get(lang);
    let now = clock.civil(&city.zone);
    let now = now.strftime("%Y-%m-%d %H:%M");
    let demo = match (lang, city.clock.is_some()) {
        (_, false) => "",
        (Lang::Zh, true) => "演示城市：未标明来源的名称与数字为演示数据。\n",
        (Lang::En, true) => "A demo city: names and figures without a source are demo data.\n",
    };
    match lang {
        Lang::Zh => format!(
            "同心 · {name}  http://{address}/\n时钟 {now}。存储：{storage}。\n{demo}按 Ctrl-C 停止。\n"
        ),
        Lang::En => format!(
            "Tongxin · {name}  http://{address}/\nClock {now}. Storage: {storage}.\n{demo}Ctrl-C stops it.\n"
        ),
    }
}

/// The signals that ask the process to stop. They are listened for from here on, so none is missed once the address is told.
#[cfg(unix)]
struct Stop {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Stop {
    fn listen() -> std::io::Result<Stop> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Stop {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Ready when the process is asked to stop, by the terminal or by the system.
    async fn asked(mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Elsewhere there is the terminal's signal only.
#[cfg(not(unix))]
struct Stop;

#[cfg(not(unix))]
impl Stop {
    fn listen() -> std::io::Result<Stop> {
        Ok(Stop)
    }

    async fn asked(self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
