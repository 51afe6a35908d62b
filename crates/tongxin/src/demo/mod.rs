//! `tongxin demo`: a past and a present for a demo city, invented by a seed and given to its ledger by the ordinary commands.

mod draws;
mod house;
mod life;
mod menu;
mod names;
mod people;
mod season;

use crate::data::{self, Place, Refusal};
use crate::fault::Fault;
use crate::lang::{self, say};
use crate::progress::Progress;
use crate::{cli, folder, moment, serve, terminal};
use decide::Eligibility;
use forms::booking::Offering;
use forms::menu::Ordering;
use forms::season::Season;
use house::House;
use jiff::{SignedDuration, Timestamp};
use ledger::name::Notice;
use life::{Events, Life};
use notice::Lang;
use people::broken;
use std::process::ExitCode;
use std::sync::Arc;

/// People of one measure of `--scale`.
const PEOPLE: u64 = 100;
/// How long before an offer opens people begin to open accounts.
const BEFORE: SignedDuration = SignedDuration::from_hours(3 * 24);

/// What has happened.
#[derive(Default)]
pub struct Counts {
    people: u64,
    signed_up: u64,
    refused: u64,
    given_back: u64,
    moved_up: u64,
    came: u64,
    absent: u64,
    granted: u64,
    licensed: u64,
    entered: u64,
    wished: u64,
    said: u64,
}

/// Fills a data directory; exit code 0.
pub fn run(arguments: &cli::Demo) -> Result<ExitCode, Fault> {
    let (city, found) = folder::Origin::choose(arguments.city.city.as_deref())?.load()?;
    let Some(clock) = city.clock else {
        return Err(Refusal::NoDemoCity.into());
    };
    let until = match &arguments.until {
        Some(text) => moment::read(text, &city)?,
        None => clock,
    };
    let until = serve::instant(until, &city.zone);
    let book = serve::publishable(city, found)?;
    let city = book.city().clone();
    let database = data::database(arguments.ledger.database.as_deref());
    let place = Place::open_or_make(&arguments.ledger.data, database.as_deref(), &city)?;
    let mut house = House::open(&place, arguments.seed)?;
    if house.entries()? > 0 {
        return Err(Refusal::Lived(arguments.ledger.data.clone()).into());
    }
    let blind = place.blind_key()?;
    // What a server makes when it first comes here, so that the directory is whole.
    let _ = (place.ticket_key()?, place.sessions()?);

    let accounts = house.text(web::ACCOUNTS_TEXT)?;
    let notice = Notice::new(web::ACCOUNTS).map_err(broken)?;
    let offers = offers(&book, until)?;
    for of in book
        .notices()
        .iter()
        .filter(|of| !of.offers.is_empty() || Season::is_of(&city.vocabulary, of))
    {
        house.text(of.source.as_bytes())?;
    }
    let somebody = people::invent(
        &city,
        &mut house,
        PEOPLE.saturating_mul(arguments.scale.into()),
    )?;
    let first = offers.iter().map(|offering| offering.opens()).min();
    let first = first.unwrap_or(until).min(until) - BEFORE;
    let mut life = Life {
        city: &city,
        book: &book,
        people: &somebody,
        offers: &offers,
        until,
        accounts: (notice, accounts),
        blind,
        menu: menu(&book),
        events: Events::default(),
        seasons: season::Story::all(&book, &offers, until),
        secrets: draws::Secrets::new(),
    };
    let mut counts = Counts::default();
    life.arrivals(first);
    life.evenings(first);
    life.draws();
    let hours = |from: Timestamp, to: Timestamp| {
        usize::try_from(to.duration_since(from).as_hours().max(0)).unwrap_or(0)
    };
    let mut bar = Progress::counting(hours(first, until), "小时", "hours");
    let mut shown = 0;
    life.happen(&mut house, &mut counts, |now| {
        let passed = hours(first, now);
        bar.add(passed.saturating_sub(shown));
        shown = shown.max(passed);
    })?;
    bar.done();
    let entries = house.entries()?;
    terminal::line(&told(arguments, &counts, entries, &city, until, clock))?;
    Ok(ExitCode::SUCCESS)
}

/// The offers that had opened by then.
fn offers(book: &decide::Book, until: Timestamp) -> Result<Vec<Arc<Offering>>, Fault> {
    let city = book.city();
    let eligibility = Arc::new(Eligibility::of(city, book.notices()));
    let mut offers = Vec::new();
    for notice in book.notices() {
        for offer in &notice.offers {
            let offering = Offering::new(city, eligibility.clone(), notice, &offer.name);
            let offering = offering.map_err(broken)?;
            // Invented people belong to no class, and answer nothing.
            let open = offering.is_seen_by_all() && offering.questions().is_empty();
            if open && offering.opens() < until && !offering.slots().is_empty() {
                offers.push(offering);
            }
        }
    }
    Ok(offers)
}

/// The menu under its notice, if the city has one, and from when on wishes can be made.
fn menu(book: &decide::Book) -> Option<menu::Menu> {
    let city = book.city();
    let mut notices = book.notices().iter();
    let notice = notices.find(|notice| *notice.slug.0 == *city.menu.notice)?;
    let from = city.zone.to_timestamp(notice.in_force.from).ok();
    Some((Ordering::new(city, notice)?, from))
}

fn told(
    arguments: &cli::Demo,
    counts: &Counts,
    entries: u64,
    city: &city::City,
    until: Timestamp,
    clock: jiff::civil::DateTime,
) -> String {
    let data = arguments.ledger.data.display();
    let civil = city.zone.to_datetime(until);
    let at = civil.strftime("%Y-%m-%d %H:%M");
    let seed = arguments.seed;
    let serve = match &arguments.ledger.database {
        Some(_) => format!(
            "tongxin serve --data {data} --database {}",
            say("地址", "ADDRESS")
        ),
        None => format!("tongxin serve --data {data}"),
    };
    let serve = if civil > clock {
        format!("{serve} --clock {}", civil.strftime("%Y-%m-%dT%H:%M"))
    } else {
        serve
    };
    let Counts {
        people,
        signed_up,
        refused,
        given_back,
        moved_up,
        came,
        absent,
        granted,
        licensed,
        entered,
        wished,
        said,
    } = counts;
    match lang::chosen() {
        Lang::Zh => format!(
            "{data} 已填好，到 {at} 为止：{people} 人，报名 {signed_up} 次（另有 {refused} 次未获接受），退出 {given_back} 次，递补 {moved_up} 次，到场 {came} 次，缺席 {absent} 次，补记 {granted} 次，产品授权 {licensed} 件，成效登记 {entered} 条，评价 {said} 次，点课 {wished} 门；账本 {entries} 条\n全部是合成的演示数据，没有真实的人；种子 {seed}\n打开：{serve}"
        ),
        Lang::En => format!(
            "{data} is filled up to {at}: people {people}, signed up {signed_up} (and refused {refused}), given back {given_back}, moved up {moved_up}, came {came}, absent {absent}, granted {granted}, products licensed {licensed}, results entered {entered}, feedback {said}, wishes {wished}; entries {entries}\nAll of it is synthetic demo data, of nobody who exists; seed {seed}\nOpen it: {serve}"
        ),
    }
}
