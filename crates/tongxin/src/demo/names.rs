//! Names and habits of people who do not exist, drawn by a seed.

/// SplitMix64: the same seed, the same city.
pub struct Dice(u64);

impl Dice {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0 to `end` - 1; 0 if `end` is 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// From `from` to `to`, both included.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        let span = u64::try_from(to.saturating_sub(from)).unwrap_or(0);
        from.saturating_add(i64::try_from(self.below(span.saturating_add(1))).unwrap_or(0))
    }

    /// So many times in a hundred.
    pub fn percent(&mut self, times: u64) -> bool {
        self.below(100) < times
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(usize::try_from(self.below(from.len() as u64)).unwrap_or(0))
    }

    pub fn bytes(&mut self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for part in bytes.chunks_mut(8) {
            part.copy_from_slice(&self.next().to_be_bytes());
        }
        bytes
    }
}

impl ledger::given::Chance for Dice {
    fn bytes(&mut self) -> Option<[u8; 32]> {
        Some(Dice::bytes(self))
    }
}

const SURNAMES: [&str; 24] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "郭", "武", "任", "段", "温", "常", "韩", "梁", "白",
    "侯", "薛", "田", "贾", "牛", "柳", "霍", "尹",
];
const FIRST: [&str; 20] = [
    "晓", "文", "志", "雪", "建", "丽", "思", "子", "雨", "海", "春", "明", "佳", "一", "秀", "国",
    "欣", "永", "若", "景",
];
const SECOND: [&str; 20] = [
    "琴", "涛", "宁", "芳", "远", "梅", "辉", "然", "平", "兰", "川", "洁", "峰", "彤", "安", "荣",
    "晴", "瑞", "霞", "松",
];

/// A name that says it is invented.
pub fn name(dice: &mut Dice) -> String {
    let mut word = |from: &[&'static str]| dice.pick(from).copied().unwrap_or_default();
    format!(
        "{}{}{}（演示）",
        word(&SURNAMES),
        word(&FIRST),
        word(&SECOND)
    )
}
