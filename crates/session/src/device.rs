//! What a person knows a device by: `Chrome · Windows`.

/// Characters of a label that a person has given.
const LABEL_CHARS_MAX: usize = 40;

/// A short name of a device. Of what the browser says of itself, nothing else is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device(String);

/// First match first: browsers claim to be each other.
const BROWSERS: &[(&str, &str)] = &[
    ("MicroMessenger/", "微信"),
    ("AlipayClient/", "支付宝"),
    ("HuaweiBrowser/", "Huawei Browser"),
    ("MiuiBrowser/", "Mi Browser"),
    ("QQBrowser/", "QQ Browser"),
    ("UCBrowser/", "UC Browser"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("EdgiOS/", "Edge"),
    ("EdgA/", "Edge"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
const SYSTEMS: &[(&str, &str)] = &[
    ("OpenHarmony", "HarmonyOS"),
    ("HarmonyOS", "HarmonyOS"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

impl Device {
    /// What a browser's `User-Agent` tells, if it is one that people have.
    #[must_use]
    pub fn of_user_agent(text: &str) -> Self {
        let first = |all: &[(&str, &'static str)]| {
            let mut known = all.iter().filter(|(sign, _)| text.contains(sign));
            known.next().map(|(_, name)| *name)
        };
        Self(match (first(BROWSERS), first(SYSTEMS)) {
            (Some(browser), Some(system)) => format!("{browser} · {system}"),
            (Some(one), None) | (None, Some(one)) => one.to_owned(),
            (None, None) => "?".to_owned(),
        })
    }

    /// A label as it was kept, or as a person gives it; what is too long or cannot be shown is left out.
    #[must_use]
    pub fn new(label: &str) -> Self {
        let shown = label.chars().filter(|c| !c.is_control());
        let label: String = shown.take(LABEL_CHARS_MAX).collect();
        let label = label.trim();
        Self(if label.is_empty() { "?" } else { label }.to_owned())
    }

    /// The label; `?` for a device of which nothing is known.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
