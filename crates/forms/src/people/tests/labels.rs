use super::*;
use city::City;

fn city() -> City {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../cities/taiyuan-2022");
    City::load(folder.as_ref()).unwrap().0
}

#[test]
fn every_refusal_says_what_to_do_in_both_languages() {
    let city = city();
    let until = "2022-01-06T00:10:00Z".parse().unwrap();
    let office = "shanxi-library".to_owned();
    let all = [
        Refusal::LoginTaken,
        Refusal::HasAccount,
        Refusal::NoAccount,
        Refusal::NotYours,
        Refusal::AnothersData,
        Refusal::ChildsAccount,
        Refusal::OtherPower,
        Refusal::TooManyCodes { until },
        Refusal::NoCode,
        Refusal::CodeExpired,
        Refusal::CodeVoid,
        Refusal::PasskeyKept,
        Refusal::TooManyPasskeys,
        Refusal::NoPasskey,
        Refusal::IdTaken,
        Refusal::Confirmed { office },
        Refusal::NothingStated,
        Refusal::NotConfirmed,
        Refusal::TooManyFacts,
        Refusal::OwnGuardian,
        Refusal::NotAChild,
        Refusal::ChildAsGuardian,
        Refusal::LinkExists,
        Refusal::NoLink,
        Refusal::LinkAccepted,
        Refusal::LinkRefused,
        Refusal::NoGuardianYet,
        Refusal::TooManyChildren,
        Refusal::TooManyGuardians,
        Refusal::OnlyGuardian,
        Refusal::ChildInPost,
        Refusal::PostHeld,
        Refusal::PostElsewhere {
            office: "air-office".to_owned(),
        },
        Refusal::NoPost,
    ];
    let mut seen = std::collections::BTreeSet::new();
    for refusal in all {
        let said = refusal.label(&city);
        assert!(
            said.zh.contains('，') && !said.zh.contains([',', ';']),
            "{}",
            said.zh
        );
        assert!(
            !said.en.contains(|c: char| c as u32 > 0x2e80),
            "{}",
            said.en
        );
        assert!(
            seen.insert(said.zh.clone()) && seen.insert(said.en.clone()),
            "{} is said twice",
            said.en
        );
    }
    let said = Refusal::TooManyCodes { until }.label(&city);
    assert!(
        said.zh.contains("2022-01-06 08:10:00"),
        "by the city's clocks: {}",
        said.zh
    );
    let confirmed = Refusal::Confirmed {
        office: "shanxi-library".into(),
    }
    .label(&city);
    assert_eq!(
        confirmed.zh,
        "这一项已由山西省图书馆核实，要改请找该机构更正"
    );
    assert_eq!(
        confirmed.en,
        "Shanxi Library has confirmed this: ask it to correct it"
    );
}

#[test]
fn an_answer_says_on_whose_word_it_rests() {
    let city = city();
    let at = "2022-01-06T00:10:00Z".parse().unwrap();
    assert_eq!(Basis::Stated { at }.label(&city).zh, "本人填写");
    let confirmed = Basis::Confirmed {
        office: "shanxi-library".into(),
        at,
    }
    .label(&city);
    assert_eq!(
        (confirmed.zh.as_str(), confirmed.en.as_str()),
        ("山西省图书馆核实", "confirmed by Shanxi Library")
    );
}
