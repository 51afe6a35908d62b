//! Small counts are not told: held against somebody who tries every table that fits what is shown.

use forms::menu::small::{LEAST, Shown, Table};
use proptest::prelude::*;

/// All values that line `at` can have, for somebody who knows the shown lines and the sum.
fn possible(table: &Table, at: usize) -> Vec<u64> {
    let Shown::Count(sum) = table.all else {
        return (1..LEAST).collect();
    };
    let mut found = Vec::new();
    for value in 1..LEAST {
        let fits = |line: &Shown, left: u64| -> Vec<u64> {
            match line {
                Shown::Count(count) => vec![*count],
                Shown::Few => (1..LEAST).collect(),
                Shown::Withheld => (LEAST..=left.max(LEAST)).collect(),
            }
        };
        // Sums that the other lines can make.
        let mut sums = std::collections::BTreeSet::from([value]);
        for (other, line) in table.lines.iter().enumerate() {
            if other != at {
                let more = sums.iter().flat_map(|sum_so_far| {
                    fits(line, sum)
                        .into_iter()
                        .map(move |more| sum_so_far + more)
                });
                sums = more.filter(|so_far| *so_far <= sum).collect();
            }
        }
        if sums.contains(&sum) {
            found.push(value);
        }
    }
    found
}

proptest! {
    #[test]
    fn nobody_can_tell_a_small_count(counts in prop::collection::vec(prop_oneof![3 => 0..8_u64, 1 => 0..40_u64], 0..7)) {
        let table = Table::of(&counts);
        prop_assert_eq!(table.lines.len(), counts.len());
        for (at, (count, line)) in counts.iter().zip(&table.lines).enumerate() {
            match line {
                Shown::Count(shown) => prop_assert!(shown == count && (*count == 0 || *count >= LEAST)),
                Shown::Few => {
                    prop_assert!((1..LEAST).contains(count));
                    let possible = possible(&table, at);
                    prop_assert!(possible.contains(count));
                    prop_assert!(possible.len() > 1, "{counts:?} shown as {table:?}");
                }
                Shown::Withheld => prop_assert!(*count >= LEAST),
            }
        }
        // Where no line is small, nothing is kept back.
        if counts.iter().all(|count| *count == 0 || *count >= LEAST) {
            prop_assert!(table.lines.iter().all(|line| matches!(line, Shown::Count(_))));
            prop_assert_eq!(table.all, Shown::Count(counts.iter().sum()));
        }
    }
}

#[test]
fn one_small_line_takes_the_next_smallest_with_it() {
    let told = Table::of(&[3, 20, 9, 0]);
    let lines = [
        Shown::Few,
        Shown::Count(20),
        Shown::Withheld,
        Shown::Count(0),
    ];
    assert_eq!(
        (told.lines.as_slice(), told.all),
        (&lines[..], Shown::Count(32))
    );
    // Two of one each would be told by their sum.
    let told = Table::of(&[1, 1, 9]);
    assert_eq!(told.lines, [Shown::Few, Shown::Few, Shown::Withheld]);
    assert_eq!(Table::of(&[3]).all, Shown::Few);
    assert_eq!(Table::of(&[]).all, Shown::Count(0));
}
