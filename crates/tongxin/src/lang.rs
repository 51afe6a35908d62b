//! The language the command speaks: `--lang`, else the environment's, else Chinese.

use notice::Lang;
use std::sync::OnceLock;

static CHOSEN: OnceLock<Lang> = OnceLock::new();

/// Fixes the language before anything is parsed, so that help and usage errors speak it too.
pub fn choose() {
    let arguments = std::env::args().collect::<Vec<_>>();
    let environment = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    let _ = CHOSEN.set(of(&arguments, environment.as_deref()));
}

/// The language fixed at the start.
pub fn chosen() -> Lang {
    CHOSEN.get().copied().unwrap_or_default()
}

/// One of two texts, by the language fixed at the start.
pub fn say(zh: &'static str, en: &'static str) -> &'static str {
    match chosen() {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

fn of(arguments: &[String], environment: Option<&str>) -> Lang {
    let mut words = arguments.iter().map(String::as_str);
    let mut said = None;
    while let Some(word) = words.next() {
        match word.strip_prefix("--lang") {
            Some("") => said = words.next(),
            Some(value) => said = value.strip_prefix('=').or(said),
            None => {}
        }
    }
    match said {
        Some("en") => Lang::En,
        Some("zh") => Lang::Zh,
        // `C` and `POSIX` say nothing about a language.
        _ if environment.is_some_and(|value| value.starts_with("en")) => Lang::En,
        _ => Lang::Zh,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split(' ').map(String::from).collect()
    }

    #[test]
    fn an_option_outranks_the_environment() {
        assert_eq!(of(&words("tongxin ask"), None), Lang::Zh);
        assert_eq!(of(&words("tongxin ask"), Some("C.UTF-8")), Lang::Zh);
        assert_eq!(of(&words("tongxin ask"), Some("en_GB.UTF-8")), Lang::En);
        assert_eq!(of(&words("tongxin ask --lang zh"), Some("en_GB")), Lang::Zh);
        assert_eq!(of(&words("tongxin --lang=en ask"), Some("zh_CN")), Lang::En);
    }
}
