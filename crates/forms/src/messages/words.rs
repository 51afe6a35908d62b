//! What messages say, in both languages.

use city::City;
use jiff::Timestamp;
use jiff::civil::DateTime;
use notice::{Label, Lang};

use super::{Message, NoticeChange, Standing, Tells};
use crate::booking::rows::Booking;
use crate::people::code::{CODE_LIFE, Code, Purpose};
use crate::people::guardian::{Guardianship, LinkState};

/// What a message is said with.
#[derive(Clone, Copy)]
pub struct Site<'a> {
    /// The city, for its name and clocks.
    pub city: &'a City,
    /// The title of the notice that a message is about.
    pub title: Option<&'a Label>,
    /// Under which address people find the pages, without a slash at the end.
    pub address: Option<&'a str>,
    /// The digits of a code, if the message is one.
    pub digits: Option<&'a str>,
}

/// A message as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// One line.
    pub subject: String,
    /// The whole; lines end with `\n`.
    pub body: String,
}

impl Message {
    /// What it says in a language.
    #[must_use]
    pub fn text(&self, lang: Lang, site: &Site<'_>) -> Text {
        let (subject, paragraphs) = match &self.tells {
            Tells::Code(code) => of_code(code, lang, site),
            Tells::Booking(booking, standing) => of_booking(booking, *standing, lang, site),
            Tells::Notice(change) => of_notice(change, lang, site),
            Tells::Guardian(link) => of_guardian(link, lang, site),
            Tells::Passkey(added) => of_passkey(*added, lang, site),
        };
        let name = site.city.name.get(lang);
        let demo = site.city.clock.is_some();
        let end = match (lang, demo) {
            (Lang::Zh, false) => format!("同心 · {name}\n这封信由系统发出，不用回复。"),
            (Lang::Zh, true) => {
                format!("同心 · {name}（演示城市，信中所说都是演示）\n这封信由系统发出，不用回复。")
            }
            (Lang::En, false) => {
                format!("Tongxin · {name}\nThis mail was sent by a machine; no answer is needed.")
            }
            (Lang::En, true) => format!(
                "Tongxin · {name} (a demo city: nothing in this mail is real)\nThis mail was sent by a machine; no answer is needed."
            ),
        };
        let mut body = paragraphs.join("\n\n");
        body.push_str("\n\n");
        body.push_str(&end);
        body.push('\n');
        Text { subject, body }
    }
}

fn of_code(code: &Code, lang: Lang, site: &Site<'_>) -> (String, Vec<String>) {
    let digits = site.digits.unwrap_or("——");
    let until = site.city.zone.to_datetime(code.until).strftime("%H:%M");
    let minutes = CODE_LIFE.as_mins();
    match lang {
        Lang::Zh => {
            let what = match code.purpose {
                Purpose::SignIn => "登录",
                Purpose::ConfirmMail => "确认邮箱",
                Purpose::NewPassword => "设新密码",
            };
            (
                format!("同心：{what}的验证码"),
                vec![
                    format!("您{what}的验证码是 {digits}"),
                    format!("{minutes} 分钟内有效，到 {until} 为止，只能用一次。"),
                    "不是您要的，不用理会这封信，账号不会有变化。不要把验证码告诉别人，工作人员也不会来问。"
                        .to_owned(),
                ],
            )
        }
        Lang::En => {
            let what = match code.purpose {
                Purpose::SignIn => "sign in",
                Purpose::ConfirmMail => "confirm your address",
                Purpose::NewPassword => "set a new password",
            };
            (
                format!("Tongxin: your code to {what}"),
                vec![
                    format!("Your code to {what} is {digits}"),
                    format!("It is good for {minutes} minutes, until {until}, and once only."),
                    "If you did not ask for it, leave this mail alone: nothing has changed. Tell the code to nobody; no member of staff will ask for it."
                        .to_owned(),
                ],
            )
        }
    }
}

fn of_passkey(added: Timestamp, lang: Lang, site: &Site<'_>) -> (String, Vec<String>) {
    let added = moment(site.city.zone.to_datetime(added), lang);
    let (subject, mut paragraphs) = match lang {
        Lang::Zh => (
            "同心：您的账号添加了通行密钥",
            vec![
                format!("{added}，您的账号添加了一个通行密钥，以后可以用它登录。"),
                "是您自己添加的，不用理会这封信。".to_owned(),
                "不是您添加的，请马上到“我的”里移除它，在所有设备上退出，再设一个新密码。"
                    .to_owned(),
            ],
        ),
        Lang::En => (
            "Tongxin: a passkey was added to your account",
            vec![
                format!("A passkey was added to your account on {added}. It signs in from now on."),
                "If you added it yourself, leave this mail alone.".to_owned(),
                "If you did not, remove it on your page at once, sign out everywhere, and set a new password."
                    .to_owned(),
            ],
        ),
    };
    if let Some(address) = site.address {
        paragraphs.push(match lang {
            Lang::Zh => {
                format!("通行密钥：{address}/me/passkeys\n登录的设备：{address}/me/devices")
            }
            Lang::En => format!(
                "Passkeys: {address}/me/passkeys\nWhere you are signed in: {address}/me/devices"
            ),
        });
    }
    (subject.to_owned(), paragraphs)
}

fn of_booking(
    booking: &Booking,
    standing: Standing,
    lang: Lang,
    site: &Site<'_>,
) -> (String, Vec<String>) {
    let civil = |at: Timestamp| site.city.zone.to_datetime(at);
    let title = match site.title {
        Some(title) => title.get(lang).to_owned(),
        // A notice that is no longer there is still known by its short name.
        None => booking
            .offer
            .as_str()
            .split('#')
            .next()
            .unwrap_or_default()
            .to_owned(),
    };
    let (from, to) = (civil(booking.from), civil(booking.to));
    let session = session(from, to, lang);
    let said = said(standing, &|at| moment(civil(at), lang), lang);
    let about = match lang {
        Lang::Zh => format!(
            "公告：{title}\n场次：{session}\n预约编号：{}",
            booking.number
        ),
        Lang::En => format!(
            "Notice: {title}\nSession: {session}\nBooking: {}",
            booking.number
        ),
    };
    let mut paragraphs = vec![said.sentence, about, said.next];
    if let Some(address) = site.address {
        paragraphs.push(match lang {
            Lang::Zh => format!(
                "到这里查看或者办理：{address}/me/bookings/{}",
                booking.number
            ),
            Lang::En => format!(
                "See and do it there: {address}/me/bookings/{}",
                booking.number
            ),
        });
    }
    let house = match lang {
        Lang::Zh => "同心：",
        Lang::En => "Tongxin: ",
    };
    (format!("{house}{} · {title}", said.short), paragraphs)
}

fn of_notice(change: &NoticeChange, lang: Lang, site: &Site<'_>) -> (String, Vec<String>) {
    let title = match site.title {
        Some(title) => title.get(lang).to_owned(),
        None => change.slug.to_string(),
    };
    let from = moment(site.city.zone.to_datetime(change.from), lang);
    let (subject, mut paragraphs) = match (lang, &change.withdrawn) {
        (Lang::Zh, Some(reason)) => (
            format!("同心：公告已撤回 · {title}"),
            vec![
                format!("您按《{title}》约了名额或者在等候，这份公告已于 {from} 撤回。"),
                format!("撤回的原因：{reason}"),
                "以后的场次不再举行，您在其中的预约、候补和抽签都已取消，不用您再办什么；请不要照原来的时间前往。有疑问的，请向发布公告的单位询问。"
                    .to_owned(),
            ],
        ),
        (Lang::Zh, None) => (
            format!("同心：公告有更正 · {title}"),
            vec![
                format!("您按《{title}》约了名额或者在等候，这份公告有更正，自 {from} 起按新的文本办理。"),
                "您的预约还在；时间、地点或者条件是不是变了，请看更正的内容，来不了的请尽早退出。"
                    .to_owned(),
            ],
        ),
        (Lang::En, Some(reason)) => (
            format!("Tongxin: notice withdrawn · {title}"),
            vec![
                format!("You have a place or wait for one under “{title}”. The notice was withdrawn on {from}."),
                format!("Why: {reason}"),
                "Nothing more is held under it, and what you had there is cancelled: you need not do anything, and do not come at the times it gave. Ask the office that issued it if you are in doubt."
                    .to_owned(),
            ],
        ),
        (Lang::En, None) => (
            format!("Tongxin: notice corrected · {title}"),
            vec![
                format!("You have a place or wait for one under “{title}”. The notice was corrected; the new text holds from {from} on."),
                "Your booking stands. See whether time, place or conditions have changed, and give your place back early if you cannot come."
                    .to_owned(),
            ],
        ),
    };
    if let Some(address) = site.address {
        let slug = &change.slug;
        paragraphs.push(match (lang, change.withdrawn.is_some()) {
            (Lang::Zh, true) => format!("您的预约：{address}/me/bookings"),
            (Lang::Zh, false) => format!(
                "更正的内容：{address}/notices/{slug}/versions\n您的预约：{address}/me/bookings"
            ),
            (Lang::En, true) => format!("Your bookings: {address}/me/bookings"),
            (Lang::En, false) => format!(
                "What was corrected: {address}/notices/{slug}/versions\nYour bookings: {address}/me/bookings"
            ),
        });
    }
    (subject, paragraphs)
}

/// The child is named by its code alone, and a reason stands on the guardian's page only: mail is read by others too.
fn of_guardian(link: &Guardianship, lang: Lang, site: &Site<'_>) -> (String, Vec<String>) {
    let (LinkState::Proposed { office, at }
    | LinkState::Refused { office, at, .. }
    | LinkState::Accepted { office, at }) = &link.state;
    let known = site.city.offices.name(office);
    let office = known.map_or(office.as_str(), |label| label.get(lang));
    let at = moment(site.city.zone.to_datetime(*at), lang);
    let (subject, mut paragraphs) = match (lang, link.accepted()) {
        (Lang::Zh, true) => (
            "同心：监护关系已核实",
            vec![
                format!("您提出的监护关系，{office}看过证件，已于 {at} 通过。"),
                "您现在可以替孩子报名、取消、填写情况。".to_owned(),
            ],
        ),
        (Lang::Zh, false) => (
            "同心：监护关系没有通过",
            vec![
                format!("您提出的监护关系，{office}已于 {at} 退回，没有通过。"),
                "理由写在您的页面上，只有您看得到。补齐材料以后可以重新提出，也可以换一个机构。".to_owned(),
            ],
        ),
        (Lang::En, true) => (
            "Tongxin: you were accepted as guardian",
            vec![
                format!("{office} has seen the papers, and accepted you as guardian on {at}."),
                "You can now sign the child up, cancel, and answer for the child.".to_owned(),
            ],
        ),
        (Lang::En, false) => (
            "Tongxin: you were not accepted as guardian",
            vec![
                format!("{office} did not accept you as guardian, on {at}."),
                "Why, stands on your page, where only you read it. Propose it again once you have the papers, or ask another office.".to_owned(),
            ],
        ),
    };
    paragraphs.insert(
        1,
        match lang {
            Lang::Zh => format!("孩子的代号：{}", link.child),
            Lang::En => format!("The child's code: {}", link.child),
        },
    );
    if let Some(address) = site.address {
        paragraphs.push(match lang {
            Lang::Zh => format!("到这里查看：{address}/me/children"),
            Lang::En => format!("See it there: {address}/me/children"),
        });
    }
    (subject.to_owned(), paragraphs)
}

/// What is said of a booking.
struct Said {
    short: String,
    sentence: String,
    next: String,
}

fn said(standing: Standing, moment: &dyn Fn(Timestamp) -> String, lang: Lang) -> Said {
    let label = |short: (&str, &str), sentence: (&str, &str), next: (&str, &str)| {
        let pick = |(zh, en): (&str, &str)| match lang {
            Lang::Zh => zh.to_owned(),
            Lang::En => en.to_owned(),
        };
        Said {
            short: pick(short),
            sentence: pick(sentence),
            next: pick(next),
        }
    };
    match standing {
        Standing::Booked => label(
            ("已约好", "booked"),
            (
                "您已经约好，名额是您的。",
                "You have a place: it is booked for you.",
            ),
            (
                "来不了的，请尽早退出，好让候补的人来。",
                "If you cannot come, give it back early, so that somebody else can.",
            ),
        ),
        Standing::Waiting => label(
            ("在候补名单里", "on the waiting list"),
            (
                "名额已满，您在候补名单里。",
                "All places are taken; you are on the waiting list.",
            ),
            (
                "轮到您时会另写信，写明保留到什么时候；不想等了，可以随时退出。",
                "When it is your turn you get another mail, which says until when the place is kept. You can leave the list at any time.",
            ),
        ),
        Standing::Entered => label(
            ("已参加抽签", "in the draw"),
            ("您已经参加抽签。", "You are in the draw."),
            (
                "报名截止后抽签，结果会写信告诉您；抽签的经过任何人都可以核对。",
                "It is drawn after sign-up has closed, and you are told the result by mail; anybody can draw it again and check.",
            ),
        ),
        Standing::Offered(until) => {
            let until = moment(until);
            label(
                ("为您留了一个名额", "a place is kept for you"),
                (
                    &format!("空出了一个名额，为您保留到 {until}。"),
                    &format!("A place has come free and is kept for you until {until}."),
                ),
                (
                    "要来的，请在这以前接受；过了时间，名额会给下一个人。",
                    "Take it before then if you want to come; afterwards it goes to the next in line.",
                ),
            )
        }
        Standing::Lapsed => label(
            ("保留的名额已过时间", "the kept place has gone"),
            (
                "为您保留的名额没有在时间内接受，已经给了下一个人。",
                "The place that was kept for you was not taken in time and has gone to the next in line.",
            ),
            (
                "还想来的，可以重新报名。",
                "If you still want to come, sign up again.",
            ),
        ),
        Standing::CancelledForThem => label(
            ("预约已被取消", "your booking was cancelled"),
            (
                "您的预约已由工作人员或者代办的人取消。",
                "Your booking was cancelled, by staff or by somebody who acts for you.",
            ),
            (
                "有疑问的，请向发布公告的单位询问；要来的，可以另选场次。",
                "Ask the office that issued the notice if this is not right, or choose another session.",
            ),
        ),
        Standing::Drawn => label(
            ("抽签抽中了", "the draw gave you a place"),
            (
                "抽签已经完成，您抽中了，名额是您的。",
                "The draw is done and gave you a place.",
            ),
            (
                "来不了的，请尽早退出，好让候补的人来。",
                "If you cannot come, give it back early, so that somebody else can.",
            ),
        ),
        Standing::DrawnWaiting => label(
            ("抽签后在候补名单里", "on the waiting list after the draw"),
            (
                "抽签已经完成，这次没有抽中名额，您在候补名单里。",
                "The draw is done. It gave you no place, and put you on the waiting list.",
            ),
            (
                "轮到您时会另写信，写明保留到什么时候。",
                "When it is your turn you get another mail, which says until when the place is kept.",
            ),
        ),
        Standing::NotDrawn => label(
            ("抽签没有抽中", "not drawn"),
            (
                "抽签已经完成，这次没有抽中，候补名单也满了。",
                "The draw is done. It gave you no place, and the waiting list is full.",
            ),
            (
                "您可以核对抽签的经过，也可以另选场次。",
                "You can check how it was drawn, and choose another session.",
            ),
        ),
        Standing::PassedOver => label(
            ("抽签轮到您，但时间冲突", "drawn, but not free"),
            (
                "抽签轮到了您，但您在这段时间已有别的预约，或者已到每人的上限，名额给了下一个人。",
                "The draw came to you, but you have another booking at that time or as many as one may have, so the place went to the next in line.",
            ),
            (
                "已有的预约不受影响。",
                "Nothing has changed about what you have booked.",
            ),
        ),
    }
}

/// `2022年1月15日 09:00 至 12:00`.
fn session(from: DateTime, to: DateTime, lang: Lang) -> String {
    let end = match from.date() == to.date() {
        true => to.strftime("%H:%M").to_string(),
        false => moment(to, lang),
    };
    match lang {
        Lang::Zh => format!("{} 至 {end}", moment(from, lang)),
        Lang::En => format!("{} to {end}", moment(from, lang)),
    }
}

/// `2022年1月15日 09:00`.
fn moment(at: DateTime, lang: Lang) -> String {
    match lang {
        Lang::Zh => at.strftime("%Y年%-m月%-d日 %H:%M").to_string(),
        Lang::En => at.strftime("%-d %B %Y, %H:%M").to_string(),
    }
}
