//! A message on its way: which entry it is of, to whom it goes, and what has become of it.

use jiff::Timestamp;
use notice::Label;

/// A way out of the house. What waits in one holds nothing up in another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// One-time codes, which must not wait behind other mail.
    Code,
    /// Mail.
    Mail,
    /// Notifications of browsers.
    Push,
    /// One endpoint of the city's webhooks, by its name.
    Hook(String),
}

impl Lane {
    /// Its name, as the queue keeps it.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Code => "code".to_owned(),
            Self::Mail => "mail".to_owned(),
            Self::Push => "push".to_owned(),
            Self::Hook(name) => format!("hook/{name}"),
        }
    }

    /// The lane of a name; nothing if there is none.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "code" => Some(Self::Code),
            "mail" => Some(Self::Mail),
            "push" => Some(Self::Push),
            name => Some(Self::Hook(name.strip_prefix("hook/")?.to_owned())),
        }
    }
}

/// A message that an entry gives rise to. It is made once, however often its entry is followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// By which way.
    pub lane: Lane,
    /// To whom: a person's pseudonym, or an endpoint's name.
    pub recipient: String,
    /// Of which entry.
    pub entry: u64,
    /// What it tells and of what, in one word each: `booked/000000000041`.
    pub what: String,
}

/// A message in the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Which.
    pub id: i64,
    /// What it is.
    pub draft: Draft,
    /// Since when it is here.
    pub made: Timestamp,
    /// How often it has been tried.
    pub tries: u32,
    /// What has become of it.
    pub state: State,
    /// What the last try came to, if it failed.
    pub why: Option<Why>,
}

/// What has become of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is to be sent, not before this.
    Waiting(Timestamp),
    /// It has left, then.
    Sent(Timestamp),
    /// It will not be sent: since then.
    GivenUp(Timestamp),
}

/// Why a message was not delivered. It never quotes what a server said, for servers repeat addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The server cannot be reached.
    NoConnection,
    /// It did not answer in time.
    Timeout,
    /// The line could not be made safe: its certificate, or it offers no encryption.
    Unsafe,
    /// It does not take our name and password.
    Credentials,
    /// It answered with this status.
    Status(u16),
    /// Its answer cannot be understood.
    Garbled,
    /// What it tells is over.
    TooLate,
    /// The person has no address of their own.
    NoAddress,
    /// The browser takes no messages any more.
    NoBrowser,
    /// The address is one that the house does not call: it leads into a private network, or was not named.
    Inside,
    /// The message could not be made of its entry: a fault of ours.
    Fault,
}

impl Why {
    /// Its word in the queue.
    #[must_use]
    pub fn word(self) -> String {
        match self {
            Self::NoConnection => "no-connection".to_owned(),
            Self::Timeout => "timeout".to_owned(),
            Self::Unsafe => "unsafe".to_owned(),
            Self::Credentials => "credentials".to_owned(),
            Self::Status(code) => format!("status-{code}"),
            Self::Garbled => "garbled".to_owned(),
            Self::TooLate => "too-late".to_owned(),
            Self::NoAddress => "no-address".to_owned(),
            Self::NoBrowser => "no-browser".to_owned(),
            Self::Inside => "inside".to_owned(),
            Self::Fault => "fault".to_owned(),
        }
    }

    /// The reason of a word; [`Why::Fault`] for one that a newer program wrote.
    #[must_use]
    pub fn of(word: &str) -> Self {
        match word {
            "no-connection" => Self::NoConnection,
            "timeout" => Self::Timeout,
            "unsafe" => Self::Unsafe,
            "credentials" => Self::Credentials,
            "garbled" => Self::Garbled,
            "too-late" => Self::TooLate,
            "no-address" => Self::NoAddress,
            "no-browser" => Self::NoBrowser,
            "inside" => Self::Inside,
            other => other
                .strip_prefix("status-")
                .and_then(|code| code.parse().ok())
                .map_or(Self::Fault, Self::Status),
        }
    }

    /// What is wrong and what to do, for staff.
    #[must_use]
    pub fn label(self) -> Label {
        match self {
            Self::NoConnection => Label::new(
                "连不上服务器；请检查地址和网络",
                "the server cannot be reached: look at its address and the network",
            ),
            Self::Timeout => Label::new(
                "服务器没有及时回答，会再试",
                "the server did not answer in time; it is tried again",
            ),
            Self::Unsafe => Label::new(
                "连接不能加密，或者证书不对；请检查服务器的证书",
                "the line could not be encrypted, or the certificate is wrong: look at the server's certificate",
            ),
            Self::Credentials => Label::new(
                "服务器不接受我们的用户名和密码；请检查",
                "the server does not take our name and password: look at them",
            ),
            Self::Status(code) => Label::new(
                format!("服务器拒收，回答是 {code}"),
                format!("the server refused it with {code}"),
            ),
            Self::Garbled => Label::new(
                "服务器的回答看不懂；地址可能不是这种服务",
                "the server's answer cannot be understood: it may be another kind of server",
            ),
            Self::TooLate => Label::new(
                "要说的事已经过了，不再发",
                "what it tells is over; it is not sent any more",
            ),
            Self::NoBrowser => Label::new(
                "这台设备已经不接收通知；信照样写，不用处理",
                "this device takes no notifications any more; the person is written to all the same, and nothing is to be done",
            ),
            Self::NoAddress => Label::new(
                "这个人没有自己的邮箱",
                "the person has no address of their own",
            ),
            Self::Inside => Label::new(
                "这个地址系统不访问（在内部网络里，或者没有放行）；请换成公开的 https 地址，或者请管理员用 --may-call 放行这台主机",
                "this address is not called (it leads into a private network, or was not let): give a public https address, or have the host named with --may-call",
            ),
            Self::Fault => Label::new(
                "消息没有做出来，是程序的差错，请报告",
                "the message could not be made, a fault of the program: report it",
            ),
        }
    }
}
