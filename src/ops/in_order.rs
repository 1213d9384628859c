//! Work on many things at once, its results in the order of the things.
//!
//! One thread reads, as many as there are cores work, and the caller's thread takes the results. Only a few things are
//! under way at a time, so memory stays bounded however many there are and however slow one of them is.

use std::num::NonZero;
use std::ops::ControlFlow;
use std::sync::mpsc::{self, Receiver, SyncSender, TryRecvError};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Things that wait for each thread that works: enough that none of them ever waits for the reader.
const WAITING_PER_THREAD: usize = 2;

/// What the caller is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event<R> {
    /// The result of the next thing.
    Done(R),
    /// Nothing more is ready now: a good time to pass on what was taken.
    Idle,
}

/// Does `work` on each of `things`, and hands the results to `take` in the order of the things.
///
/// Ends early when `take` breaks; a reader that waits for its next thing then ends with that one.
pub fn in_order<T: Send, R: Send>(
    things: impl Iterator<Item = T> + Send,
    work: impl Fn(T) -> R + Sync,
    mut take: impl FnMut(Event<R>) -> ControlFlow<()>,
) {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let (job_in, jobs) = mpsc::sync_channel::<(T, SyncSender<R>)>(threads * WAITING_PER_THREAD);
    let (result_in, results) = mpsc::sync_channel(threads * WAITING_PER_THREAD);
    let jobs = Mutex::new(jobs);
    thread::scope(|scope| {
        scope.spawn(move || {
            for thing in things {
                let (tell, told) = mpsc::sync_channel(1);
                if job_in.send((thing, tell)).is_err() || result_in.send(told).is_err() {
                    break;
                }
            }
        });
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((thing, tell)) = next(&jobs) {
                    // Nobody listens any more when the caller has broken off.
                    drop(tell.send(work(thing)));
                }
            });
        }
        take_all(&results, &mut take);
        // The reader ends when nobody waits for its results any more.
        drop(results);
    });
}

fn next<J>(jobs: &Mutex<Receiver<J>>) -> Option<J> {
    let jobs = jobs.lock().unwrap_or_else(PoisonError::into_inner);
    jobs.recv().ok()
}

fn take_all<R>(
    results: &Receiver<Receiver<R>>,
    take: &mut impl FnMut(Event<R>) -> ControlFlow<()>,
) {
    loop {
        let told = match results.try_recv() {
            Ok(told) => told,
            Err(TryRecvError::Disconnected) => return,
            Err(TryRecvError::Empty) => {
                if take(Event::Idle).is_break() {
                    return;
                }
                let Ok(told) = results.recv() else { return };
                told
            }
        };
        // A thread that panicked tells nothing; the scope passes its panic on.
        let Ok(result) = told.recv() else { return };
        if take(Event::Done(result)).is_break() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_things() {
        let mut taken = Vec::new();
        in_order(
            0..1_000,
            |number: u64| {
                (0..(number * 7919) % 500).fold(number, |sum, _| std::hint::black_box(sum))
            },
            |event| {
                if let Event::Done(number) = event {
                    taken.push(number);
                }
                ControlFlow::Continue(())
            },
        );
        assert_eq!(taken, (0..1_000).collect::<Vec<_>>());
    }

    #[test]
    fn it_ends_when_the_caller_has_enough() {
        let mut taken = 0;
        in_order(
            0..,
            |number: u64| number,
            |event| match event {
                Event::Done(_) if taken == 10 => ControlFlow::Break(()),
                Event::Done(_) => {
                    taken += 1;
                    ControlFlow::Continue(())
                }
                Event::Idle => ControlFlow::Continue(()),
            },
        );
        assert_eq!(taken, 10);
    }
}
