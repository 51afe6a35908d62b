//! Random commands.

use proptest::prelude::*;

pub const PEOPLE: u8 = 9;

/// One command; numbers choose among what there is when it is given.
#[derive(Clone, Debug)]
pub enum Do {
    SignUp {
        who: u8,
        offer: usize,
        slot: usize,
        age: Option<u8>,
        party: u32,
    },
    Cancel {
        pick: usize,
        other: bool,
    },
    Accept {
        pick: usize,
        other: bool,
    },
    MoveUp {
        pick: usize,
    },
    CheckIn {
        pick: usize,
        ago: i64,
    },
    CheckOut {
        pick: usize,
        ago: i64,
    },
    Assume {
        pick: usize,
    },
    Absent {
        pick: usize,
    },
    Grant {
        pick: usize,
        minutes: u32,
    },
    Settle {
        offer: usize,
        slot: usize,
        list: u8,
    },
    Pass {
        minutes: i64,
    },
}

pub fn any() -> impl Strategy<Value = Do> {
    let age = prop_oneof![8 => Just(Some(30)), 1 => Just(Some(17)), 1 => Just(None)];
    let offer = prop_oneof![4 => Just(0_usize), 3 => Just(1), 1 => Just(2), 3 => Just(3)];
    // Only the last offer has parties; elsewhere they are refused.
    let party = prop_oneof![20 => Just(None), 1 => (0..5_u32).prop_map(Some)];
    let parties = prop_oneof![8 => 1..4_u32, 1 => Just(0_u32), 1 => Just(4)];
    let sign_up = (0..PEOPLE, offer, 0..14_usize, age, (party, parties));
    let pick = || 0..1_000_usize;
    let ago = || prop_oneof![6 => 0..200_i64, 1 => -5..0_i64];
    let other = || proptest::bool::weighted(0.05);
    let pass = prop_oneof![4 => 0..40_i64, 3 => 0..240_i64, 1 => 0..700_i64];
    prop_oneof![
        14 => sign_up.prop_map(|(who, offer, slot, age, (party, parties))| {
            let party = if offer == 3 { parties } else { party.unwrap_or(1) };
            Do::SignUp { who, offer, slot, age, party }
        }),
        3 => (pick(), other()).prop_map(|(pick, other)| Do::Cancel { pick, other }),
        3 => (pick(), other()).prop_map(|(pick, other)| Do::Accept { pick, other }),
        2 => pick().prop_map(|pick| Do::MoveUp { pick }),
        4 => (pick(), ago()).prop_map(|(pick, ago)| Do::CheckIn { pick, ago }),
        3 => (pick(), ago()).prop_map(|(pick, ago)| Do::CheckOut { pick, ago }),
        1 => pick().prop_map(|pick| Do::Assume { pick }),
        3 => pick().prop_map(|pick| Do::Absent { pick }),
        1 => (pick(), 0..200_u32).prop_map(|(pick, minutes)| Do::Grant { pick, minutes }),
        1 => (1..3_usize, 0..2_usize, 0..4_u8).prop_map(|(offer, slot, list)| Do::Settle { offer, slot, list }),
        6 => pass.prop_map(|minutes| Do::Pass { minutes }),
    ]
}
