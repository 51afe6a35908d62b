//! Measures how fast a city loads and points find their places.
//!
//!     cargo run --release -p tongxin-city --example locate -- cities/taiyuan-2022

use city::City;
use std::error::Error;
use std::path::Path;
use std::time::Instant;

const POINTS: u32 = 2_000_000;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("name the city folder")?;
    let mut load = Vec::new();
    for _ in 0..9 {
        let began = Instant::now();
        City::load(Path::new(&folder)).map_err(|found| format!("{found:?}"))?;
        load.push(began.elapsed());
    }
    load.sort_unstable();
    println!("load: {:?}", load[load.len() / 2]);
    let (city, _) = City::load(Path::new(&folder)).map_err(|found| format!("{found:?}"))?;
    let [west, south, east, north] = city.places.bounds().ok_or("no shapes")?;
    // An additive recurrence spreads points evenly.
    let points: Vec<(f64, f64)> = (0..POINTS)
        .map(|n| {
            let part = |step: f64| (f64::from(n) * step).fract();
            let across = part(0.754_877_666_246_692_8) * (east - west);
            let up = part(0.569_840_290_998_053_3) * (north - south);
            (west + across, south + up)
        })
        .collect();
    let (mut found, mut total) = (Vec::new(), 0);
    let mut rates = Vec::new();
    for _ in 0..5 {
        let began = Instant::now();
        for (lon, lat) in &points {
            city.places.at(*lon, *lat, &mut found);
            total += found.len();
        }
        rates.push(f64::from(POINTS) / began.elapsed().as_secs_f64() / 1e6);
    }
    rates.sort_unstable_by(f64::total_cmp);
    let places = total as f64 / 5.0 / f64::from(POINTS);
    println!(
        "point → places: {:.1} M points/s, {places:.2} places a point",
        rates[2]
    );
    Ok(())
}
