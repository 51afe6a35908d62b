//! One condition in many hands: each line of a group is read as the same typed condition, or the same facts.

#![allow(clippy::panic)]

mod support;

use notice::{Condition, Facts, Lang, diagnostic, read_condition, read_facts};

fn condition(text: &str) -> Condition {
    support::with(|context| read_condition(context, "test", text.into()))
        .unwrap_or_else(|found| panic!("{text}\n{}", diagnostic::render_all(&found, Lang::En)))
}

fn facts(text: &str) -> Facts {
    support::with(|context| read_facts(context, "test", text.into()))
        .unwrap_or_else(|found| panic!("{text}\n{}", diagnostic::render_all(&found, Lang::En)))
}

#[test]
fn the_same_condition() {
    for group in [
        &[
            "货车 且 车型 属于 (中型, 重型)",
            "货车且车型属于(中型、重型)",
            "\u{ff08}货车\u{ff09} 且 车型 属于 \u{ff08}中型\u{ff0c}重型\u{ff09}",
            "Truck AND size class in (medium, heavy)",
            "truck 且 规格 in (中型 或 heavy,)",
        ][..],
        &[
            "总质量 > 4.5 t",
            "总质量>4.5t",
            "总质量 大于 4500 kg",
            "gross mass \u{ff1e} 4.50吨",
            "总质量 超过 4500公斤",
        ],
        &[
            "总质量 介于 3 t 与 12 t",
            "总质量 介于 3t 和 12t",
            "gross mass between 3 t and 12000 kg",
            "总质量 介于 3 t 至 12 t",
        ],
        &[
            "无通行证",
            "未持有通行证",
            "没有通行证",
            "持有通行证 = 否",
            "without a pass",
            "with a pass = no",
        ],
        &[
            "非 持有通行证",
            "非持有通行证",
            "not with a pass",
            "! 持有通行证",
        ],
        &[
            "排放阶段 <= 国四",
            "排放阶段 \u{2264} 国4",
            "排放阶段 不高于 China IV",
            "emission stage \u{ff1c}\u{ff1d} 国四",
        ],
        &[
            "企业 且 行业 != 炼钢",
            "企业 且 行业 \u{2260} 炼钢",
            "企业 且 行业 不属于 (炼钢)",
            "企业 and industry not in (steelmaking)",
        ],
        &[
            "名单 包含 错峰停产",
            "名单 = 错峰停产",
            "名单 属于 (错峰停产)",
        ],
        &["节假日", "holidays", "Holiday"],
        &["周六 或 周日", "Sat or Sunday", "星期六 或 星期天"],
        &["中环以内", "in 中环以内", "在中环以内"],
        &["非 中环以内", "不在中环以内", "not in 中环以内"],
        &["客车 或 货车 且 中环以内", "客车 或 (货车 且 中环以内)"],
        &["非 客车 且 货车", "(非 客车) 且 货车"],
    ] {
        let wanted = condition(group[0]);
        for other in &group[1..] {
            assert_eq!(condition(other), wanted, "{other} and {}", group[0]);
        }
    }
}

#[test]
fn different_conditions() {
    for (one, other) in [
        ("总质量 > 4.5 t", "总质量 >= 4.5 t"),
        ("总质量 < 4.5 t", "总质量 <= 4.5 t"),
        ("客车 或 货车 且 中环以内", "(客车 或 货车) 且 中环以内"),
        ("车型 != 重型", "非 (车型 = 重型)"),
        ("节假日", "法定节假日"),
        (
            "名单 包含 (错峰停产, 计划停产)",
            "名单 属于 (错峰停产, 计划停产)",
        ),
    ] {
        assert_ne!(condition(one), condition(other), "{one} and {other}");
    }
}

#[test]
fn an_attribute_of_two_kinds_means_those_that_know_the_value() {
    // Trucks and coaches both have 中型; only trucks have 重型.
    assert!(matches!(condition("车型 = 中型"), Condition::Any(parts) if parts.len() == 2));
    assert!(matches!(condition("车型 = 重型"), Condition::Is(..)));
    assert_eq!(facts("车型 = 重型, 货车").attributes.len(), 1);
    assert_eq!(facts("货车, 车型 = 中型").attributes.len(), 1);
}

#[test]
fn the_same_facts() {
    for group in [
        &[
            "货车, 车型 = 重型, 无通行证, 总质量 = 3 t",
            "货车\u{ff0c}车型=重型\u{ff0c}非 持有通行证\u{ff0c}总质量=3000kg",
            "truck; size class = heavy; without a pass; gross mass = 3 t",
        ][..],
        &[
            "总质量 > 3 t, 总质量 <= 5 t, 总质量 != 4 t",
            "总质量 介于 3.01 t 与 5 t, 非 总质量 = 4 t",
        ],
        &[
            "企业, 名单 = 错峰停产, 名单 != 计划停产",
            "名单 包含 错峰停产, 企业, 非 名单 = 计划停产",
        ],
        &[
            "中环以内, 不在小店区",
            "in 中环以内, not in 小店区",
            "在中环以内 且 非 小店区",
        ],
        &["", "  "],
    ] {
        let wanted = facts(group[0]);
        for other in &group[1..] {
            assert_eq!(facts(other), wanted, "{other} and {}", group[0]);
        }
    }
    let lists = facts("企业, 名单 = 无").members;
    assert!(lists.len() >= 2 && lists.values().all(|member| !member));
}

#[test]
fn a_kind_alone_is_none_of_the_kinds_under_it() {
    let alone = facts("其他货车");
    assert_eq!(alone.kind, facts("货车").kind);
    assert!(alone.kind_alone && !facts("货车").kind_alone);
    for same in [
        "其它货车",
        "other truck",
        "Other  Truck",
        "货车, 其他货车",
        "其他货车, 货车",
        "机动车, 其他货车",
        "其他货车, 机动车",
    ] {
        assert_eq!(facts(same), alone, "{same}");
    }
    support::with(|context| {
        let say = |lang, facts: &Facts| {
            let speaker = notice::say::Speaker {
                vocabulary: context.vocabulary,
                gazetteer: context.gazetteer,
                lang,
            };
            speaker.facts(facts)
        };
        assert_eq!(say(notice::Lang::Zh, &alone), "其他货车");
        assert_eq!(say(notice::Lang::En, &alone), "other truck");
        let heavy = say(notice::Lang::Zh, &facts("其他货车, 车型 = 重型"));
        assert_eq!(heavy, "其他货车（车型：重型）");
        for wrong in [
            "其他货车, 混凝土搅拌车",
            "混凝土搅拌车, 其他货车",
            "其他货车, 其他机动车",
            "非 其他货车",
            "其他月亮",
        ] {
            assert!(
                notice::read_facts(context, "", wrong.into()).is_err(),
                "{wrong}"
            );
        }
    });
}
