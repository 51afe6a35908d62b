//! The words of the demo vocabulary that a workload uses, with their names on the other sides.

/// An attribute with a finite choice of values.
#[derive(Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its word in notices.
    pub zh: &'static str,
    /// Its name in policies.
    pub name: &'static str,
    /// Its values, in the vocabulary's order.
    pub values: &'static [&'static str],
}

pub const SIZE: Attribute = Attribute {
    zh: "车型",
    name: "size",
    values: &["微型", "轻型", "中型", "重型"],
};
pub const FUEL: Attribute = Attribute {
    zh: "燃料",
    name: "fuel",
    values: &["汽油", "柴油", "燃气", "甲醇", "混合动力", "电动", "氢"],
};
pub const STAGE: Attribute = Attribute {
    zh: "排放阶段",
    name: "stage",
    values: &[
        "国一前",
        "国一",
        "国二",
        "国三",
        "国四",
        "国五",
        "国六",
        "零排放",
    ],
};
pub const PLATE: Attribute = Attribute {
    zh: "号牌尾号",
    name: "plate",
    values: &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
};
pub const USE: Attribute = Attribute {
    zh: "用途",
    name: "purpose",
    values: &[
        "应急抢险",
        "民生保障",
        "垃圾清运",
        "渣土运输",
        "城市配送",
        "工程运输",
        "公共交通",
        "其他",
    ],
};
/// A boolean: the values are the words that stand alone in facts.
pub const PASS: Attribute = Attribute {
    zh: "持有通行证",
    name: "pass",
    values: &["无通行证", "持有通行证"],
};
pub const INDUSTRY: Attribute = Attribute {
    zh: "行业",
    name: "industry",
    values: &[
        "炼铁", "炼钢", "炼焦", "水泥", "砖瓦", "玻璃", "陶瓷", "炭黑", "铸造", "食品",
    ],
};
pub const GRADE: Attribute = Attribute {
    zh: "绩效等级",
    name: "grade",
    values: &["D", "C", "B", "A", "引领性"],
};
pub const ALERT: Attribute = Attribute {
    zh: "预警级别",
    name: "alert",
    values: &["无", "蓝色", "黄色", "橙色", "红色"],
};

/// A kind of subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 货车
    Truck,
    /// 客车
    Car,
    /// 企业
    Enterprise,
}

impl Kind {
    /// Its word in notices.
    pub fn zh(self) -> &'static str {
        match self {
            Kind::Truck => "货车",
            Kind::Car => "客车",
            Kind::Enterprise => "企业",
        }
    }

    /// Its type in policies.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Truck => "Truck",
            Kind::Car => "Car",
            Kind::Enterprise => "Enterprise",
        }
    }

    /// What it does in the workload: the word in notices and the name in policies.
    pub fn action(self) -> (&'static str, &'static str) {
        match self {
            Kind::Truck | Kind::Car => ("驶入", "enter"),
            Kind::Enterprise => ("生产", "produce"),
        }
    }

    /// The attributes that a case gives, the state of the city included.
    pub fn attributes(self) -> &'static [&'static Attribute] {
        match self {
            Kind::Truck => &[&SIZE, &FUEL, &STAGE, &PLATE, &USE, &PASS, &ALERT],
            Kind::Car => &[&FUEL, &STAGE, &PLATE, &USE, &PASS, &ALERT],
            Kind::Enterprise => &[&INDUSTRY, &GRADE, &ALERT],
        }
    }
}
