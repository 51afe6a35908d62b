//! People of a table: `mail`, and if one likes `name` and `facts`.

use super::{House, Sheet, Wrong, all_right, bar, broken, unusable};
use crate::data::Refusal;
use crate::fault::Fault;
use city::City;
use decide::Book;
use forms::people::account::{LoginOf, Open, Opening};
use forms::people::fact::{StateFact, StatedFact};
use forms::people::identity::{StateIdentity, Stating};
use forms::people::{MailAddress, PasswordHash, PersonName, PersonalData, Private, SaidFact};
use ledger::Declined;
use ledger::Turn;
use ledger::given::{Chance as _, SystemChance};
use ledger::item::{ItemId, Row as _};
use ledger::name::{Key, Kind, Notice, Person, TextVersion};
use ledger::store::Read as _;
use notice::Label;
use std::collections::HashMap;

struct Somebody {
    line: u64,
    person: Person,
    mail: MailAddress,
    name: Option<PersonName>,
    facts: Vec<SaidFact>,
}

/// Takes all people in, or none. Gives how many.
pub fn load(house: &mut House, book: &Book, rows: Sheet) -> Result<usize, Fault> {
    let mut bar = bar(&rows);
    let all = read(house, book.city(), &rows)?;
    let mut keys = Turn::new();
    drop(keys.text(web::ACCOUNTS_TEXT.to_vec()));
    for somebody in &all {
        drop(keys.key(somebody.person.clone()));
    }
    house.turn(keys)?;
    let notice = Notice::new(web::ACCOUNTS).map_err(broken)?;
    let text = TextVersion::of(web::ACCOUNTS_TEXT);
    let (mut turn, mut pending) = (Turn::new(), Vec::new());
    for somebody in &all {
        let person = &somebody.person;
        let origin = || house.origin(person, &notice, text);
        let opening = Opening {
            person: person.clone(),
            login: house.blind.login(&somebody.mail),
            mail: seal(house, person, &somebody.mail)?,
            password: seal(house, person, &no_password()?)?,
        };
        let given = turn.command(origin()?, Open, opening);
        pending.push((somebody.line, "mail", given.map_err(broken)?));
        for said in &somebody.facts {
            let stated = StatedFact {
                person: person.clone(),
                index: house.blind.attribute(person, &said.attribute),
                said: Some(seal(house, person, said)?),
            };
            let given = turn.command(origin()?, StateFact, stated);
            pending.push((somebody.line, "facts", given.map_err(broken)?));
        }
        if let Some(name) = &somebody.name {
            let stating = Stating {
                person: person.clone(),
                name: seal(house, person, name)?,
                number: None,
            };
            let given = turn.command(origin()?, StateIdentity, stating);
            pending.push((somebody.line, "name", given.map_err(broken)?));
        }
        bar.add(1);
    }
    bar.done();
    house.turn(turn)?;
    let mut wrong = Vec::new();
    for (line, column, pending) in pending {
        match pending.wait() {
            // Told of those that stopped the others.
            Ok(_) | Err(Declined::Later(_)) => {}
            Err(Declined::Refused(refusal)) => {
                let what = refusal.label(book.city());
                wrong.push(Wrong { line, column, what });
            }
            Err(other) => return Err(broken(other)),
        }
    }
    all_right(wrong)?;
    Ok(all.len())
}

fn read(house: &House, city: &City, rows: &Sheet) -> Result<Vec<Somebody>, Fault> {
    let (mut all, mut wrong, mut seen) = (Vec::new(), Vec::new(), HashMap::new());
    for (line, cells) in &rows.rows {
        let line = *line;
        let before = wrong.len();
        let mut tell = |column, what| wrong.push(Wrong { line, column, what });
        let mail = cells.get("mail").map_or("", String::as_str);
        let mail = match MailAddress::new(mail) {
            Ok(mail) => Some(mail),
            Err(error) => {
                tell("mail", error.label());
                None
            }
        };
        if let Some(mail) = &mail {
            let login = house.blind.login(mail);
            if let Some(first) = seen.insert(login.to_string(), line) {
                tell(
                    "mail",
                    Label::new(
                        format!("第 {first} 行已经有这个邮箱"),
                        format!("line {first} has this address already"),
                    ),
                );
            }
            let key = LoginOf::key_of(&login).map_err(broken)?;
            let kind = Kind::new(LoginOf::KIND).map_err(broken)?;
            let taken = house.reader.item(&ItemId { kind, key }).map_err(unusable)?;
            if taken.is_some() {
                tell(
                    "mail",
                    Label::new(
                        "这个邮箱已经有账号了",
                        "this address has an account already",
                    ),
                );
            }
        }
        let name = match cells.get("name").map(|name| PersonName::new(name)) {
            Some(Err(error)) => {
                tell("name", error.label());
                None
            }
            Some(Ok(name)) => Some(name),
            None => None,
        };
        let facts = match facts(city, cells.get("facts").map_or("", String::as_str)) {
            Ok(facts) => facts,
            Err(what) => {
                tell("facts", what);
                Vec::new()
            }
        };
        if wrong.len() == before
            && let Some(mail) = mail
        {
            let bytes = SystemChance.bytes().ok_or(Refusal::Chance)?;
            let digits: String = bytes[..16].iter().map(|b| format!("{b:02x}")).collect();
            all.push(Somebody {
                line,
                person: Person::new(&format!("p-{digits}")).map_err(broken)?,
                mail,
                name,
                facts,
            });
        }
    }
    all_right(wrong)?;
    Ok(all)
}

/// Facts as they are written after `--who`, one by one in the vocabulary's words.
fn facts(city: &City, text: &str) -> Result<Vec<SaidFact>, Label> {
    let mut all = Vec::new();
    for one in text
        .split([',', '，'])
        .map(str::trim)
        .filter(|one| !one.is_empty())
    {
        let read = notice::read_facts(city.context(), "facts", one.into());
        let read = read.map_err(|found| {
            let first = found.first();
            let said =
                |lang| first.map_or_else(String::new, |found| found.message.get(lang).to_string());
            Label::new(said(notice::Lang::Zh), said(notice::Lang::En))
        })?;
        let plain = web::said_facts(&read, &city.vocabulary);
        match (plain.is_empty(), one.split_once('=')) {
            // A number is kept as it was written.
            (true, Some((attribute, value))) => all.push(SaidFact {
                attribute: attribute.trim().to_owned(),
                value: value.trim().to_owned(),
            }),
            (true, None) => {
                return Err(Label::new(
                    format!("“{one}”不是可以记下的个人情况；写成“会说普通话”或“年龄 = 30 岁”"),
                    format!(
                        "'{one}' is no fact that can be kept; write 'speaks Mandarin' or 'age = 30'"
                    ),
                ));
            }
            (false, _) => all.extend(plain),
        }
    }
    Ok(all)
}

/// A hash that no password fits.
fn no_password() -> Result<PasswordHash, Fault> {
    let digits = || -> Result<String, Fault> {
        let bytes = SystemChance.bytes().ok_or(Refusal::Chance)?;
        Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    };
    let (salt, hash) = (digits()?, digits()?);
    let text = format!(
        "$argon2id$v=19$m=19456,t=2,p=1${}${}",
        &salt[..22],
        &hash[..43]
    );
    PasswordHash::new(&text).map_err(broken)
}

fn seal<T: PersonalData>(house: &House, person: &Person, value: &T) -> Result<Private<T>, Fault> {
    Private::seal(&house.reader, &mut SystemChance, person, value).map_err(broken)
}

/// Whose account an address enters.
pub fn entered_by(house: &House, mail: &MailAddress) -> Result<Option<Person>, Fault> {
    let key: Key = LoginOf::key_of(&house.blind.login(mail)).map_err(broken)?;
    let kind = Kind::new(LoginOf::KIND).map_err(broken)?;
    let item = house.reader.item(&ItemId { kind, key }).map_err(unusable)?;
    let of = item
        .map(|item| item.read::<LoginOf>().map_err(broken))
        .transpose()?;
    Ok(of.map(|of| of.person))
}
