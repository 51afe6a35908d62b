//! The rosette at the head of a certificate: fine lines whose shape follows from its number, so that no two are alike.

use std::f32::consts::TAU;

use sha2::{Digest as _, Sha256};

use super::sheet::{Colour, Sheet};

/// Points of a line.
const POINTS: u16 = 420;
/// Lines.
const LINES: u16 = 5;

/// Draws the rosette of a number around a point.
pub fn rosette(sheet: &mut Sheet, serial: &str, centre: (f32, f32), radius: f32, colour: Colour) {
    let digest = Sha256::digest(serial);
    let drawn = |n: usize, most: u8| f32::from(digest[n] % most);
    // How many petals the two waves have, and how deep the second is.
    let (petals, waves) = (drawn(0, 5) + 7.0, drawn(1, 7) + 16.0);
    let depth = 0.07 + drawn(2, 5) / 100.0;
    for line in 0..LINES {
        let turn = f32::from(line) / f32::from(LINES) * TAU / petals;
        let points: Vec<(f32, f32)> = (0..POINTS)
            .map(|point| {
                let angle = f32::from(point) / f32::from(POINTS) * TAU;
                let first = (petals * angle + turn * petals).sin();
                let second = (waves * angle).cos();
                let reach = radius * (0.72 + 0.2 * first + depth * second);
                (
                    angle.cos().mul_add(reach, centre.0),
                    angle.sin().mul_add(reach, centre.1),
                )
            })
            .collect();
        sheet.curve(&points, 0.35, colour);
    }
}
