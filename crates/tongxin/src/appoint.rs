//! `tongxin appoint`: whoever runs the house gives posts. The first head of each office begins here; the rest is theirs.

use crate::data::{self, Place};
use crate::fault::Fault;
use crate::{cli, folder, terminal};
use city::City;
use forms::people::MailAddress;
use forms::people::post::{Authority, OPERATOR};
use forms::people::powers::Post;
use ledger::name::Person;
use notice::Label;
use notice::vocabulary::words::nearest;
use std::process::ExitCode;
use std::sync::Arc;
use web::{App, People, Stopped};

/// Exit code 0 when it is done, 1 when it is refused.
pub fn run(arguments: &cli::Appoint) -> Result<ExitCode, Fault> {
    let city = folder::city(arguments.city.city.as_deref())?;
    let wanted = match wanted(arguments, &city) {
        Ok(wanted) => wanted,
        Err(why) => return terminal::told(&Err(why)),
    };
    let database = data::database(arguments.ledger.database.as_deref());
    // Where no ledger is nobody has an account, and none is begun for this.
    Place::open(&arguments.ledger.data, database.as_deref())?;
    let done = data::within(city, &arguments.ledger, async |app, people| {
        let done = give(app, people, &arguments.mail, wanted).await;
        Ok(done.map_err(|stopped| why(app, stopped)))
    });
    terminal::told(&done?)
}

fn why(app: &App, stopped: Stopped) -> Label {
    match stopped.told(app) {
        Ok((_, why)) => why,
        Err(failure) => Label::new(format!("没有办成：{failure}"), failure.to_string()),
    }
}

/// The post to give, or that the one held is to end.
enum Wanted {
    Post(Post),
    End,
}

fn wanted(arguments: &cli::Appoint, city: &City) -> Result<Wanted, Label> {
    let (Some(office), Some(role)) = (&arguments.office, &arguments.role) else {
        return Ok(Wanted::End);
    };
    let offices = city.offices.offices.iter().map(|known| &*known.id);
    let roles = city.offices.roles.iter().map(|known| &*known.id);
    known(office, offices.collect(), ("机构", "office"))?;
    known(role, roles.collect(), ("岗位", "role"))?;
    Ok(Wanted::Post(Post {
        office: office.clone(),
        role: role.clone(),
    }))
}

fn known(id: &str, all: Vec<&str>, (zh, en): (&str, &str)) -> Result<(), Label> {
    if all.contains(&id) {
        return Ok(());
    }
    Err(match nearest(id, all.iter().copied()) {
        Some(near) => Label::new(
            format!("城市里没有{zh} {id}；是不是想写 {near}？"),
            format!("the city has no {en} {id}; did you mean {near}?"),
        ),
        None => Label::new(
            format!("城市里没有{zh} {id}；有 {}", all.join("、")),
            format!("the city has no {en} {id}; there are {}", all.join(", ")),
        ),
    })
}

async fn give(
    app: &App,
    people: &Arc<People>,
    mail: &str,
    wanted: Wanted,
) -> Result<Label, Stopped> {
    let address = MailAddress::new(mail)?;
    let operator = Person::new(OPERATOR)
        .map_err(|error| Stopped::Input(Label::new(error.to_string(), error.to_string())))?;
    let (city, now) = (app.served_city(), app.clock_now());
    let name = |id: &str| {
        let known = city.offices.name(id).cloned();
        known.unwrap_or_else(|| Label::new(id, id))
    };
    let said = |post: &Post, zh: &str, en: &str| {
        let (office, role) = (name(&post.office), name(&post.role));
        Label::new(
            format!("{mail}：{zh}{}的{}", office.zh, role.zh),
            format!("{mail} is {en} {} of {}", role.en, office.en),
        )
    };
    match wanted {
        Wanted::Post(post) => {
            let label = said(&post, "现在是", "now");
            people
                .appoint(&operator, &address, post, Authority::Operator, now)
                .await?;
            Ok(label)
        }
        Wanted::End => {
            let person = people.addressed(&address).await?;
            let held = people.staff(app, mail).await?;
            let post = held.and_then(|standing| standing.post);
            let post = post.ok_or_else(|| {
                Stopped::Input(Label::new(
                    format!("{mail} 没有岗位，不用免去"),
                    format!("{mail} holds no post, so there is none to end"),
                ))
            })?;
            let label = said(&post, "不再是", "no longer");
            people
                .end_post(&operator, person, post, Authority::Operator, now)
                .await?;
            Ok(label)
        }
    }
}
