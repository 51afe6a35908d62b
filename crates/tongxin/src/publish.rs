//! `tongxin publish`: an office's machine publishes a notice in the name of two officers, as the desk's pages would.

use crate::data;
use crate::fault::Fault;
use crate::{cli, findings, folder, lang, moment, terminal};
use jiff::Timestamp;
use ledger::given::{Chance as _, SystemChance};
use ledger::name::RequestId;
use notice::{Label, Lang, Slug};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use web::publishing::{Desk, Looked, Stopped};
use web::{App, People};

/// A larger file is no notice; what is read is refused as too long.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// Exit code 0 when it is published (or, with `--dry-run`, could be); 1 when it is refused.
pub fn run(arguments: &cli::Publish) -> Result<ExitCode, Fault> {
    let city = folder::city(arguments.city.city.as_deref())?;
    let text = text(&arguments.notice)?;
    let from = match &arguments.at {
        Some(at) => {
            let civil = moment::read(at, &city)?;
            Some(
                city.zone
                    .to_timestamp(civil)
                    .map_err(|_| Fault::Time(at.clone()))?,
            )
        }
        None => None,
    };
    let slug = Slug::of_file(&arguments.notice.display().to_string()).to_owned();
    let told = data::within(city, &arguments.ledger, async |app, people| {
        publish(arguments, app, people, &slug, &text, from).await
    });
    terminal::told(&told?)
}

async fn publish(
    arguments: &cli::Publish,
    app: &Arc<App>,
    people: &Arc<People>,
    slug: &str,
    text: &str,
    from: Option<Timestamp>,
) -> Result<Result<Label, Label>, Fault> {
    if let Err(stopped) = web::publishing::ready(app).await {
        return Ok(Err(why(app, stopped)?));
    }
    let (by, signer) = match (
        officer(app, people, &arguments.by).await,
        officer(app, people, &arguments.signed_by).await,
    ) {
        (Ok(by), Ok(signer)) => (by, signer),
        (Err(stopped), _) | (_, Err(stopped)) => return Ok(Err(why(app, stopped)?)),
    };
    if let Err(denied) = by.may_write(slug, None) {
        return Ok(Err(denied.label(app.served_city())));
    }
    let looked = by
        .look(slug, Some(text), from.unwrap_or_else(|| app.clock_now()))
        .await;
    let Looked { proof, changes } = match looked {
        Ok(looked) => looked,
        Err(failure) => return Ok(Err(why(app, failure.into())?)),
    };
    terminal::err(&findings::text(&proof.findings, lang::chosen()));
    if proof.refuses() {
        return Ok(Err(refused()));
    }
    for change in changes.iter().flat_map(|found| &found.changes) {
        terminal::line(&format!("- {}", change.sentence.get(lang::chosen())))?;
    }
    for left in changes.iter().flat_map(|found| &found.left_out) {
        terminal::line(&format!("… {}", left.sentence.get(lang::chosen())))?;
    }
    if arguments.dry_run {
        return Ok(Ok(Label::new(
            format!("公告 {slug} 可以发布；这一次什么也没有写"),
            format!("the notice {slug} can be published; nothing was written this time"),
        )));
    }
    match give(&by, &signer, slug, text, from).await {
        Ok(()) => Ok(Ok(done(app, slug))),
        Err(stopped) => Ok(Err(why(app, stopped)?)),
    }
}

/// Saves, signs and publishes. What does not come to be published leaves no draft behind.
async fn give(
    by: &Desk,
    signer: &Desk,
    slug: &str,
    text: &str,
    from: Option<Timestamp>,
) -> Result<(), Stopped> {
    let version = by.save(slug, text, (None, from), request()?).await?;
    let published = match signer.sign(slug, version, request()?).await {
        Ok(()) => by.publish(slug, version, request()?).await,
        Err(stopped) => Err(stopped),
    };
    if published.is_err() {
        // The draft may be gone all the same, if it was published and only its pages could not be made.
        let _ = by.drop_draft(slug, version, request()?).await;
    }
    published
}

fn request() -> Result<RequestId, Stopped> {
    let chance = SystemChance.bytes();
    let chance = chance.as_ref().and_then(|bytes| bytes.first_chunk());
    let chance = chance.ok_or_else(|| {
        Stopped::Input(Label::new(
            "系统给不出随机数，请再试",
            "the system gives no random numbers: try again",
        ))
    })?;
    Ok(RequestId::new(Timestamp::now(), *chance))
}

async fn officer(app: &Arc<App>, people: &Arc<People>, meant: &str) -> Result<Desk, Stopped> {
    let who = people.staff(app, meant).await?;
    let who = who.ok_or_else(|| {
        Stopped::Input(Label::new(
            format!("没有叫“{meant}”的工作人员；写登录用的邮箱，或者演示人物的编号"),
            format!("no member of staff is called `{meant}`: write the address they sign in with, or the id of a demo person"),
        ))
    })?;
    Desk::of(app.clone(), who)
}

fn done(app: &App, slug: &str) -> Label {
    let edition = app.last_edition(slug);
    let (number, from) = edition.map_or((0, app.clock_now()), |edition| {
        (edition.number, edition.from)
    });
    let from = app.served_city().zone.to_datetime(from);
    let from = from.strftime("%Y-%m-%d %H:%M");
    Label::new(
        format!("已发布 {slug}，第 {number} 版，{from} 起生效"),
        format!("published {slug}, version {number}, in force from {from} on"),
    )
}

fn refused() -> Label {
    Label::new(
        "检验不通过，什么也没有写；请先处理上面的错误",
        "it does not pass, and nothing was written: mend the errors above first",
    )
}

/// Why it was not done, in both languages; a fault of the machine is the command's own.
fn why(app: &App, stopped: Stopped) -> Result<Label, Fault> {
    Ok(match stopped {
        Stopped::Denied(denied) => denied.label(app.served_city()),
        Stopped::Refused(refusal) => refusal.label(),
        Stopped::Input(label) => label,
        Stopped::Found(proof) => {
            terminal::err(&findings::text(&proof.findings, lang::chosen()));
            refused()
        }
        Stopped::Failure(failure) => match lang::chosen() {
            Lang::Zh => Label::new(format!("没有办成：{failure}"), String::new()),
            Lang::En => Label::new(String::new(), failure.to_string()),
        },
    })
}

fn text(path: &Path) -> Result<String, Fault> {
    let read = || {
        let mut bytes = Vec::new();
        File::open(path)?
            .take(FILE_BYTES_MAX)
            .read_to_end(&mut bytes)?;
        String::from_utf8(bytes).map_err(|_| std::io::Error::from(std::io::ErrorKind::InvalidData))
    };
    read().map_err(|error| Fault::Read {
        path: path.to_owned(),
        error,
    })
}
