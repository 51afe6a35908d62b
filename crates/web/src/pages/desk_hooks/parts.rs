//! The parts of the page of subscriptions.

use super::{PATH, Shown, title};
use crate::app::App;
use crate::moments;
use crate::pages::sign_in::wrong;
use crate::params::Params;
use crate::posting::Posting;
use crate::reader::Reader;
use crate::wording::mixed;
use forms::hooks::{Hook, Kind, Standing};
use forms::people::powers::Citation;
use jiff::Timestamp;
use maud::{Markup, html};
use outbox::{Message, State};

/// Ended subscriptions that are listed.
const ENDED_MAX: usize = 10;

/// What all parts need.
pub(super) struct Page<'a> {
    pub(super) app: &'a App,
    pub(super) reader: &'a Reader,
    pub(super) csrf: String,
    pub(super) posting: &'a Posting,
    pub(super) under: &'a Citation,
}

impl Page<'_> {
    pub(super) fn body(
        &self,
        live: &[Hook],
        calls: &[Vec<Message>],
        ended: &[Hook],
        shown: &Shown<'_>,
        secret: Option<(&Hook, String)>,
    ) -> Markup {
        let r = self.reader;
        let clause = self.under.because().first().map(|because| &because.clause);
        let making = shown.typed.filter(|typed| typed.typed("do") == "make");
        html! {
            div .narrow {
                nav .crumbs aria-label=(r.say("上级页面", "Page above")) { ol { li { a href="/me" { (r.say("我的", "My page")) } } } }
                h1 { (title(r)) }
                p .lede {
                    (self.app.office_name(self.under.office(), r.lang))
                    (r.say(
                        "的公告有了动静、场次的名额有了变化，系统就告诉您指定的程序。推送的都是人人看得到的，没有个人信息。",
                        ": the programs that you name are told when a notice of yours changes or places are taken. They are told what everybody may see, and nothing of any person.",
                    ))
                }
                (wrong(r, shown.why.as_ref()))
                @if let Some((hook, secret)) = &secret { (self.secret(hook, secret)) }
                @if self.posting.is_elsewhere() {
                    div .notice-line { p { (r.say("推送由另一台服务器送出，送达的情况请在那台服务器上看。", "Another server makes the calls; what came of them is seen there.")) } }
                }
                @if self.posting.calls_only_named() {
                    p .fine { span .demo { (r.say("演示", "demo")) } " " (r.say("演示城市只向启动时用 ", "A demo city calls only hosts that were named with ")) code { "--may-call" } (r.say(" 放行的主机推送；推送的时间是本机时钟的。", " when it was started; the times of calls are this machine’s.")) }
                }
                section aria-labelledby="hooks" {
                    h2 #hooks .rubric { (r.say("现有的推送", "Subscriptions")) }
                    @if live.is_empty() {
                        p { (r.say("还没有。在下面填一个程序的地址，就会有。", "None yet. Give the address of a program below.")) }
                    } @else {
                        ul .hooks { @for (hook, calls) in live.iter().zip(calls) { (self.hook(hook, calls)) } }
                    }
                }
                section aria-labelledby="new" {
                    h2 #new .rubric { (r.say("另设一项", "Add a subscription")) }
                    (self.form("make", None, making))
                }
                @if !ended.is_empty() {
                    section aria-labelledby="ended" {
                        h2 #ended .rubric { (r.say("已经结束的", "Ended")) }
                        ul .device-list { @for hook in ended.iter().take(ENDED_MAX) { (self.over(hook)) } }
                    }
                }
                p .fine {
                    (r.say("怎样验证签名、推送的内容是什么样，见文档 docs/webhooks.md（Standard Webhooks）。", "How to check a signature and what is sent: docs/webhooks.md (Standard Webhooks)."))
                    br;
                    (r.say("依据：权责清单 ", "By the list of powers, "))
                    @if let Some(clause) = clause { (mixed(r, clause)) " · " }
                    a href="/notices/powers" { (r.say("看权责清单", "See the list of powers")) }
                }
            }
        }
    }

    fn secret(&self, hook: &Hook, secret: &str) -> Markup {
        let r = self.reader;
        html! {
            div .notice-line role="status" {
                p {
                    strong { (r.say("密钥只显示这一次，请现在记到程序里：", "The secret is shown this once; give it to the program now:")) }
                }
                p { code .secret { (secret) } }
                p .fine {
                    code .code-text { (hook.address.as_str()) }
                    @if hook.generation > 1 {
                        br; (r.say("原来的密钥还有效 24 小时，这期间两个签名都送。", "The secret before it holds for 24 hours more; until then both sign."))
                    }
                }
            }
        }
    }

    fn hook(&self, hook: &Hook, calls: &[Message]) -> Markup {
        let r = self.reader;
        let (class, said) = match hook.standing {
            Standing::Told => ("badge yes", r.say("推送中", "active")),
            Standing::Paused { .. } => ("badge", r.say("已暂停", "paused")),
            Standing::Stopped { .. } => ("badge no", r.say("已停止", "stopped")),
            Standing::Ended { .. } => ("badge", r.say("已结束", "ended")),
        };
        let told = hook.standing == Standing::Told;
        html! {
            li {
                h3 .hook-name { code .code-text { (hook.address.as_str()) } " " span class=(class) { (said) } }
                @if let Standing::Stopped { since, tries } = hook.standing {
                    div .notice-line {
                        p { (r.say(
                            format!("连续 {tries} 次没有送到，{}起不再推送。原因见下面；修好以后请恢复，三天以内的会补送。", self.moment(since)),
                            format!("{tries} calls in a row came to nothing, so it is told nothing since {}. Mend what is named below, then resume it: what is not older than three days is sent then.", self.moment(since)),
                        )) }
                    }
                }
                p .fine {
                    @for (at, kind) in hook.kinds.iter().enumerate() {
                        @if at > 0 { (r.say("、", "; ")) }
                        (kind.label().get(r.lang))
                    }
                    br;
                    (r.say("设于 ", "made on ")) (self.moment(hook.made))
                    @if let Standing::Paused { since } = hook.standing { (r.say("；暂停于 ", "; paused since ")) (self.moment(since)) }
                }
                (self.calls(calls))
                div .hook-buttons {
                    @if told {
                        (self.button(hook, "try", "送一个测试事件", "Send a test event"))
                        (self.button(hook, "pause", "暂停", "Pause"))
                    } @else {
                        (self.button(hook, "resume", "恢复", "Resume"))
                    }
                    (self.button(hook, "renew", "换密钥", "New secret"))
                    (self.button(hook, "end", "结束", "End it"))
                }
                details {
                    summary { (r.say("改地址或者事件", "Change address or events")) }
                    (self.form("change", Some(hook), None))
                }
            }
        }
    }

    fn button(&self, hook: &Hook, what: &str, zh: &str, en: &str) -> Markup {
        let said = self.reader.say(zh, en);
        let address = hook.address.as_str();
        html! {
            form action=(PATH) method="post" {
                (self.hidden(what, Some(hook)))
                button .quiet-button type="submit" aria-label=(format!("{said}: {address}")) { (said) }
            }
        }
    }

    fn hidden(&self, what: &str, hook: Option<&Hook>) -> Markup {
        html! {
            input type="hidden" name="csrf" value=(self.csrf);
            input type="hidden" name="do" value=(what);
            @if let Some(hook) = hook {
                input type="hidden" name="hook" value=(hook.number);
                input type="hidden" name="generation" value=(hook.generation);
            }
        }
    }

    /// What came of the last calls.
    fn calls(&self, calls: &[Message]) -> Markup {
        let r = self.reader;
        html! {
            @if calls.is_empty() {
                p .fine { (r.say("三十天内还没有送过。", "Nothing was sent within thirty days.")) }
            } @else {
                ul .hook-calls aria-label=(r.say("最近的推送", "Last deliveries")) {
                    @for call in calls {
                        @let why = call.why.map(outbox::Why::label);
                        @let (class, said) = come(r, call);
                        li {
                            span class=(class) { (said) } " "
                            (what(r, call))
                            span .fine {
                                " · " (self.moment(call.made))
                                @if call.tries > 0 { (r.say(format!("，送过 {} 次", call.tries), format!(", calls: {}", call.tries))) }
                                @if let Some(why) = &why { br; (why.get(r.lang)) }
                            }
                        }
                    }
                }
            }
        }
    }

    fn form(&self, what: &str, hook: Option<&Hook>, typed: Option<&Params>) -> Markup {
        let r = self.reader;
        let id = hook.map_or_else(
            || "address".to_owned(),
            |hook| format!("address-{}", hook.number),
        );
        let given = hook.map_or("", |hook| hook.address.as_str());
        let address = typed.map_or(given, |typed| typed.typed("address"));
        let ticked = |kind: Kind| match (hook, typed) {
            (_, Some(typed)) => typed
                .iter()
                .any(|(name, word)| name == "kind" && word == kind.word()),
            (Some(hook), None) => hook.kinds.contains(&kind),
            (None, None) => false,
        };
        html! {
            form .desk-form action=(PATH) method="post" {
                (self.hidden(what, hook))
                div .field {
                    label for=(id) { (r.say("程序的地址", "Address of the program")) }
                    input id=(id) type="url" name="address" maxlength="500" required autocomplete="off" placeholder="https://" value=(address);
                }
                fieldset {
                    legend { (r.say("推送哪几种事件", "Events it is told of")) }
                    @for kind in Kind::ALL {
                        p .tick { label { input type="checkbox" name="kind" value=(kind.word()) checked[ticked(*kind)]; " " (kind.label().get(r.lang)) " " code { (kind.word()) } } }
                    }
                }
                @if hook.is_none() {
                    p .fine { (r.say("地址会记进账本，请不要把密码写在里面；签名用的密钥设好以后显示一次。", "The ledger keeps the address, so put no password into it; the secret that signs is shown once when this is done.")) }
                }
                button .button type="submit" { @if hook.is_some() { (r.say("改好", "Change it")) } @else { (r.say("设好", "Add it")) } }
            }
        }
    }

    fn over(&self, hook: &Hook) -> Markup {
        let r = self.reader;
        html! {
            li { div {
                code .code-text { (hook.address.as_str()) }
                @if let Standing::Ended { since, gone } = hook.standing {
                    br;
                    span .fine {
                        @if gone {
                            (r.say(
                                format!("{}，对方回答 410，说这个地址不再用，推送就结束了。还要推送的，请另设一项。", self.moment(since)),
                                format!("On {} its receiver answered 410: the address is used no more. That ended it; make a new one if it is still needed.", self.moment(since)),
                            ))
                        } @else {
                            (r.say(format!("{}由本机构结束", self.moment(since)), format!("ended by your office on {}", self.moment(since))))
                        }
                    }
                }
            } }
        }
    }

    fn moment(&self, at: Timestamp) -> String {
        let at = self.app.city().zone.to_datetime(at);
        let day = moments::full_day(at.date(), self.reader.lang);
        format!("{day} {}", at.strftime("%H:%M"))
    }
}

/// What has become of a call.
fn come(reader: &Reader, call: &Message) -> (&'static str, &'static str) {
    match call.state {
        State::Sent(_) => ("badge yes", reader.say("已送达", "delivered")),
        State::GivenUp(_) => ("badge no", reader.say("不再送", "given up")),
        State::Waiting(_) if call.tries == 0 => ("badge", reader.say("等着送", "waiting")),
        State::Waiting(_) => ("badge depends", reader.say("会再送", "will be tried again")),
    }
}

/// What a call tells.
fn what(reader: &Reader, call: &Message) -> String {
    let word = call.draft.what.split('/').next().unwrap_or_default();
    match Kind::of(word) {
        Some(kind) => kind.label().get(reader.lang).to_owned(),
        None => reader.say("测试事件", "a test event").to_owned(),
    }
}
