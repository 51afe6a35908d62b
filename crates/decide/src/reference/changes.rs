//! Differences against trying many cases.

use super::world::{Random, Size, city, instant, notices, places};
use super::{Reader, combinations, completions};
use crate::book::Book;
use crate::diff::{Found, found};
use crate::known::{day_value, minute};
use crate::variable::Variable;
use notice::ActionId;
use proptest::prelude::*;
use std::sync::Arc;

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, max_shrink_iters: 0, ..ProptestConfig::default() })]

    /// A case is in exactly one of the sets if its answer changed, in none if it did not; before and after are told right.
    #[test]
    fn differences_are_exact_and_disjoint(seed in any::<u64>()) {
        let mut random = Random(seed);
        let city = Arc::new(city());
        let size = Size { notices: 2, rules: 2, attributes: 2 };
        let old = notices(&mut random, &city, size);
        let mut new = old.clone();
        if random.once_in(2) {
            new = notices(&mut random, &city, size);
        } else if let Some(last) = new.last_mut() {
            Arc::make_mut(last).rules.pop();
        }
        let (before, after) = (Book::compile(city.clone(), old.clone()), Book::compile(city.clone(), new.clone()));
        let (rules, changes) = found(&before, &after);
        let (was, is) = (Reader::new(&city, &old), Reader::new(&city, &new));
        let somewhere = combinations(&city, &places(&city));
        let all = completions(&city, instant(&mut random), &[0, 1, 2, 3], &|_, _, _| true, &somewhere);
        for _ in 0..300 {
            let mut case = random.pick(&all).clone();
            case.at = instant(&mut random);
            let action = ActionId(random.below(2) as u16);
            let value = |variable: Variable| match variable {
                Variable::Place(place) => u32::from(case.places.contains(&place)),
                Variable::Kind => case.kind,
                // A subject that lacks the attribute is told by its kind; any value stands for it.
                Variable::Attribute(a, m) | Variable::State(a, m) => case.values.get(&(a, m)).copied().unwrap_or(0),
                Variable::Calendar(day, fact) => day_value(&rules, case.at.date(), day, fact),
                Variable::Minute => minute(case.at),
            };
            let inside = |change: &&Found| {
                change.action == action
                    && change.during.contains(case.at)
                    && change.case.iter().all(|(level, set)| set.contains(value(rules.layout.variable(*level))))
            };
            let holding: Vec<_> = changes.iter().filter(inside).collect();
            let (old, new) = (was.said(action, &case), is.said(action, &case));
            prop_assert_eq!(holding.len(), usize::from(old != new), "{:?} {:?} {:?}", case, old, new);
            if let [change] = holding.as_slice() {
                prop_assert_eq!((change.before.verdict, change.after.verdict), (old.0, new.0), "{:?}", case);
            }
        }
    }
}
