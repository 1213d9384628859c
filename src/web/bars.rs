//! Days as bars: where each rectangle of a picture stands. Styles are not allowed in a page, so all is in attributes.

use serde::Serialize;

use crate::ops::days::Day;

/// A picture of days.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Bars {
    width: u64,
    height: u64,
    /// The number that the upper line stands for.
    most: u64,
    rects: Vec<Bar>,
}

/// A rectangle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Bar {
    x: u64,
    y: u64,
    width: u64,
    height: u64,
    is_held: bool,
}

/// Draws days, each so many units wide, at most so many high.
pub(crate) fn bars(days: &[Day], step: u64, height: u64, with_held: WithHeld) -> Bars {
    let held_of = |day: &Day| {
        if with_held == WithHeld::Yes {
            day.held
        } else {
            0
        }
    };
    let most = days
        .iter()
        .map(|day| day.told + held_of(day))
        .max()
        .unwrap_or(0);
    let gap = (step / 5).max(1);
    let mut rects = Vec::new();
    for (x, day) in (0..).step_by(usize::try_from(step).unwrap_or(1)).zip(days) {
        let told = scaled(day.told, most, height);
        let held = scaled(held_of(day), most, height).min(height - told);
        let width = step.saturating_sub(gap);
        for (tall, top, is_held) in [
            (told, height - told, false),
            (held, height - told - held, true),
        ] {
            if tall > 0 {
                rects.push(Bar {
                    x,
                    y: top,
                    width,
                    height: tall,
                    is_held,
                });
            }
        }
    }
    Bars {
        width: step * u64::try_from(days.len()).unwrap_or(0),
        height,
        most,
        rects,
    }
}

/// Whether held matches are drawn on top of alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WithHeld {
    Yes,
    No,
}

/// What is there is seen, however little it is.
fn scaled(number: u64, most: u64, height: u64) -> u64 {
    match number {
        0 => 0,
        _ => (number * height / most.max(1)).clamp(1, height),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stand_on_one_another_and_fit_the_picture() {
        let day = |told, held| Day { day: 0, told, held };
        let picture = bars(&[day(0, 0), day(1, 0), day(60, 40)], 10, 50, WithHeld::Yes);
        assert_eq!((picture.width, picture.most), (30, 100));
        let shown: Vec<_> = picture
            .rects
            .iter()
            .map(|bar| (bar.x, bar.y, bar.height, bar.is_held))
            .collect();
        assert_eq!(
            shown,
            [(10, 49, 1, false), (20, 20, 30, false), (20, 0, 20, true)]
        );
        assert!(bars(&[], 4, 10, WithHeld::No).rects.is_empty());
    }
}
