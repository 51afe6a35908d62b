//! Charts drawn by the server as SVG: one number or two beside each other, told apart by their pattern, not by colour alone, so
//! that they are read in print too. Lengths are parts of the whole, words keep their size on a phone; a table with the numbers
//! belongs below each, and the drawing itself is hidden from whoever listens.

use maud::{Markup, html};

/// A value, or two of different origin, of one thing.
pub struct Bar {
    /// What is measured, as shown beside the bar.
    pub name: Markup,
    /// The values, with the words beside them.
    pub values: Vec<(u64, String)>,
}

/// A point of time on a chart of columns.
pub struct Column {
    /// Its name, short: `1/25`.
    pub name: String,
    /// The values.
    pub values: Vec<u64>,
}

/// Names at most below a chart of columns.
const NAMES_MAX: usize = 6;

/// The pattern of the second value. Once on a page, before its charts.
pub fn patterns() -> Markup {
    html! {
        svg .chart-patterns width="0" height="0" aria-hidden="true" focusable="false" {
            defs {
                pattern #hatch patternUnits="userSpaceOnUse" width="6" height="6" patternTransform="rotate(45)" {
                    rect .chart-ground width="6" height="6" {}
                    rect .chart-line width="2.5" height="6" {}
                }
            }
        }
    }
}

/// Which pattern means what.
pub fn legend(names: &[&str]) -> Markup {
    html! {
        ul .chart-legend aria-hidden="true" {
            @for (at, name) in names.iter().enumerate() {
                li { svg width="20" height="12" focusable="false" { (rect(at, "0", "0", "20", "12")) } " " (name) }
            }
        }
    }
}

/// Horizontal bars, each with its name before it and its values in words after it.
pub fn bars(bars: &[Bar]) -> Markup {
    let most = bars
        .iter()
        .flat_map(|bar| bar.values.iter().map(|(value, _)| *value));
    let most = most.max().unwrap_or(0).max(1);
    html! {
        div .chart-bars aria-hidden="true" {
            @for bar in bars {
                div .chart-bar {
                    div .chart-name { (bar.name) }
                    @for (at, (value, said)) in bar.values.iter().enumerate() {
                        div .chart-value {
                            svg width="100%" height="16" focusable="false" { (rect(at, "0", "0", &percent(*value, most), "16")) }
                            span { (said) }
                        }
                    }
                }
            }
        }
    }
}

/// Columns side by side along a line of time; the highest is as high as `top` says in words.
pub fn columns(columns: &[Column], top: &str) -> Markup {
    let most = columns
        .iter()
        .flat_map(|column| column.values.iter().copied());
    let most = most.max().unwrap_or(0).max(1);
    let many = columns.len().max(1);
    let every = many.div_ceil(NAMES_MAX);
    // Of the drawing's height, the last part is for names.
    const FOOT: u64 = 14;
    const HEAD: u64 = 10;
    html! {
        svg .chart-columns width="100%" height="220" aria-hidden="true" focusable="false" {
            line .chart-axis x1="0" x2="100%" y1={ (HEAD) "%" } y2={ (HEAD) "%" } {}
            text .chart-words x="0" y={ (HEAD - 3) "%" } { (top) }
            @for (at, column) in columns.iter().enumerate() {
                @let slots = column.values.len().max(1);
                @for (series, value) in column.values.iter().enumerate() {
                    @let high = u128::from(*value) * u128::from(100 - FOOT - HEAD) * 100 / u128::from(most);
                    @let high = u64::try_from(high).unwrap_or(0);
                    @let left = (at * 10_000 + 10_000 * (1 + series * 8 / slots) / 10) / many;
                    (rect(series, &hundredths(left), &hundredths(usize::try_from((100 - FOOT) * 100 - high).unwrap_or(0)), &hundredths(7_600 / slots / many), &hundredths(usize::try_from(high).unwrap_or(0))))
                }
                @if at % every == 0 {
                    text .chart-words x=(hundredths((at * 10_000 + 5_000) / many)) y="97%" text-anchor="middle" { (column.name) }
                }
            }
            line .chart-axis x1="0" x2="100%" y1={ (100 - FOOT) "%" } y2={ (100 - FOOT) "%" } {}
        }
    }
}

/// A bar in the pattern of its series.
fn rect(series: usize, x: &str, y: &str, width: &str, height: &str) -> Markup {
    html! {
        @match series {
            0 => rect .chart-first x=(x) y=(y) width=(width) height=(height) {},
            _ => rect .chart-second x=(x) y=(y) width=(width) height=(height) fill="url(#hatch)" {},
        }
    }
}

/// `12.34%`
fn hundredths(parts: usize) -> String {
    format!("{}.{:02}%", parts / 100, parts % 100)
}

fn percent(value: u64, most: u64) -> String {
    let parts = u128::from(value) * 10_000 / u128::from(most.max(1));
    hundredths(usize::try_from(parts).unwrap_or(10_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_value() {
        let bar = |values: &[u64]| Bar {
            name: html! { "one" },
            values: values.iter().map(|v| (*v, v.to_string())).collect(),
        };
        let drawn = bars(&[bar(&[300, 100]), bar(&[0, 1])]).into_string();
        for width in ["100.00%", "33.33%", "0.00%", "0.33%"] {
            assert!(
                drawn.contains(&format!("width=\"{width}\"")),
                "{width}: {drawn}"
            );
        }
        assert!(!drawn.contains("style="));
        // Nothing, and more than can be counted, are drawn too.
        assert!(bars(&[bar(&[0])]).into_string().contains("width=\"0.00%\""));
        assert!(
            bars(&[bar(&[u64::MAX])])
                .into_string()
                .contains("width=\"100.00%\"")
        );
    }

    #[test]
    fn columns_stand_on_their_line_and_within_the_drawing() {
        let day = |name: &str, values: &[u64]| Column {
            name: name.to_owned(),
            values: values.to_vec(),
        };
        let days: Vec<Column> = (1..=25)
            .map(|n| day(&format!("1/{n}"), &[n * 10, n * 12]))
            .collect();
        let drawn = columns(&days, "300").into_string();
        let number = |rect: &str, name: &str| -> f64 {
            let (_, rest) = rect.split_once(&format!(" {name}=\"")).unwrap();
            rest.split('%').next().unwrap().parse().unwrap()
        };
        let rects: Vec<&str> = drawn.split("<rect").skip(1).collect();
        assert_eq!(rects.len(), 50);
        let mut right = 0.0;
        for rect in rects {
            let (x, y) = (number(rect, "x"), number(rect, "y"));
            let (width, height) = (number(rect, "width"), number(rect, "height"));
            assert!(x >= right - 0.02, "{x} < {right}");
            right = x + width;
            assert!(right <= 100.0 && y >= 10.0, "{rect}");
            assert!((y + height - 86.0).abs() < 0.02, "{rect}");
        }
        assert_eq!(drawn.matches("text-anchor").count(), 5);
        assert!(columns(&[], "0").into_string().contains("<line"));
    }
}
