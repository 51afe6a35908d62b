//! Decimal numbers and units, exactly.

/// Decimal places written in a number.
pub(crate) fn decimals_of(text: &str) -> u8 {
    text.trim().split_once('.').map_or(0, |(_, after)| {
        u8::try_from(after.len().min(9)).unwrap_or(9)
    })
}

/// A decimal number in units of `10^-decimals`; `None` if it is no number, too large, or finer than that.
pub(crate) fn scaled(text: &str, decimals: u8) -> Option<i64> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part = part.trim_end_matches('0');
    if whole.is_empty() || whole.len() > 12 || part.len() > usize::from(decimals) {
        return None;
    }
    if !whole
        .bytes()
        .chain(part.bytes())
        .all(|b| b.is_ascii_digit())
    {
        return None;
    }
    let mut value: i64 = whole.parse().ok()?;
    for at in 0..usize::from(decimals) {
        let digit = part.as_bytes().get(at).map_or(0, |b| i64::from(b - b'0'));
        value = value.checked_mul(10)?.checked_add(digit)?;
    }
    Some(if negative { -value } else { value })
}

/// Units of one quantity, each as a ratio to the quantity's first: (words, numerator, denominator).
const QUANTITIES: &[&[(&[&str], i64, i64)]] = &[
    &[
        (&["kg", "千克", "公斤"], 1, 1),
        (&["t", "吨"], 1000, 1),
        (&["g", "克"], 1, 1000),
    ],
    &[
        (&["min", "分钟", "分"], 1, 1),
        (&["h", "小时", "时"], 60, 1),
        (&["天", "日", "d", "day", "days"], 1440, 1),
        (&["s", "秒"], 1, 60),
        (&["周", "week", "weeks"], 10080, 1),
    ],
    &[
        (&["m", "米"], 1, 1),
        (&["km", "千米", "公里"], 1000, 1),
        (&["cm", "厘米"], 1, 100),
        (&["mm", "毫米"], 1, 1000),
    ],
    &[(&["%", "％", "percent"], 1, 1)],
    &[(&["岁", "years", "周岁", "year"], 1, 1)],
    &[(&["km/h", "公里/小时", "千米/小时", "公里每小时"], 1, 1)],
    &[(&["kW", "千瓦"], 1, 1), (&["W", "瓦"], 1, 1000)],
    &[(&["dB(A)", "dB", "分贝"], 1, 1)],
    &[(&["㎡", "m2", "m²", "平方米"], 1, 1)],
    &[(&["人", "people", "persons"], 1, 1)],
    &[(&["座", "seats"], 1, 1)],
    &[(&["元", "yuan", "CNY"], 1, 1)],
];

fn unit_in(quantity: &[(&[&str], i64, i64)], unit: &str) -> Option<(i64, i64)> {
    let same = |word: &&str| word.eq_ignore_ascii_case(unit);
    quantity
        .iter()
        .find(|(words, ..)| words.iter().any(same))
        .map(|(_, n, d)| (*n, *d))
}

/// How a number in `from` becomes one in `to`: multiply by the first, divide by the second. `None` if they do not measure the same.
pub(crate) fn conversion(from: &str, to: &str) -> Option<(i64, i64)> {
    if from.eq_ignore_ascii_case(to) {
        return Some((1, 1));
    }
    QUANTITIES.iter().find_map(|quantity| {
        let (fn_, fd) = unit_in(quantity, from)?;
        let (tn, td) = unit_in(quantity, to)?;
        Some((fn_.checked_mul(td)?, fd.checked_mul(tn)?))
    })
}

/// A number with its unit as written: `4.5 t` → (`4.5`, `t`).
pub(crate) fn split_unit(text: &str) -> (&str, &str) {
    let text = text.trim();
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+')))
        .unwrap_or(text.len());
    (text[..end].trim(), text[end..].trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_exactly() {
        assert_eq!(scaled("4.5", 1), Some(45));
        assert_eq!(scaled("4.55", 1), None);
        assert_eq!(scaled("-0.50", 1), Some(-5));
        assert_eq!(scaled("9".repeat(30).as_str(), 0), None);
        assert_eq!(scaled("x", 0), None);
    }

    #[test]
    fn converts_between_units_of_one_quantity() {
        assert_eq!(conversion("kg", "t"), Some((1, 1000)));
        assert_eq!(conversion("天", "h"), Some((1440, 60)));
        assert_eq!(conversion("kg", "h"), None);
    }
}
