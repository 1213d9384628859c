//! Whether the service runs and its store can be written: from the mark that it leaves beside its database.

use jiff::SignedDuration;

use super::view::{
    ProblemView, ServiceState, ServiceView, Severity, StageView, StatusQuery, StoreView,
};
use crate::domain::Timestamp;
use crate::store::{ServiceMark, ServiceSeen, can_write};

/// A service that has said nothing for so long hangs; it says something every five seconds.
const SILENCE: SignedDuration = SignedDuration::from_secs(60);

/// Single runs are made at least so often.
const LONG_AGO: SignedDuration = SignedDuration::from_hours(24);

pub(super) fn service_view(seen: ServiceSeen, now: Timestamp) -> ServiceView {
    let (state, mark) = match seen {
        ServiceSeen::Never => (ServiceState::NeverRun, None),
        ServiceSeen::Hidden(_) => (ServiceState::Unknown, None),
        ServiceSeen::Running(mark) => {
            let is_silent = mark
                .as_ref()
                .is_some_and(|mark| now.duration_since(mark.at) > SILENCE);
            let state = if is_silent {
                ServiceState::Hangs
            } else {
                ServiceState::Running
            };
            (state, mark)
        }
        ServiceSeen::Gone(mark) if mark.stopped_at.is_some() => (ServiceState::Stopped, Some(mark)),
        ServiceSeen::Gone(mark) => (ServiceState::Killed, Some(mark)),
    };
    let of = |mark: &ServiceMark| (mark.pid, mark.version.clone(), mark.since, mark.at);
    let known = mark.as_ref().map(of);
    ServiceView {
        state,
        pid: known.as_ref().map(|known| known.0),
        version: known.as_ref().map(|known| known.1.clone()),
        since: known.as_ref().map(|known| known.2),
        seen: known.as_ref().map(|known| known.3),
        stopped: mark.as_ref().and_then(|mark| mark.stopped_at),
        once: mark.as_ref().is_some_and(|mark| mark.once),
        config: mark.as_ref().map(|mark| mark.config.clone()),
        stages: mark.map(stages).unwrap_or_default(),
    }
}

fn stages(mark: ServiceMark) -> Vec<StageView> {
    let stage = |(name, last_turn): (String, Timestamp)| StageView {
        name,
        last_turn,
        moves: mark.at.duration_since(last_turn) <= SILENCE,
    };
    mark.stages.into_iter().map(stage).collect()
}

pub(super) fn store_view(
    query: &StatusQuery,
    trouble: Option<String>,
    service: ServiceState,
) -> StoreView {
    let error = match &query.server {
        Some(_) => trouble,
        None if service == ServiceState::NeverRun => None,
        None => trouble.or_else(|| {
            let tried = can_write(&query.state_dir);
            tried.err().map(|error| error.to_string())
        }),
    };
    StoreView {
        kind: if query.server.is_some() {
            "postgresql"
        } else {
            "sqlite"
        },
        place: match &query.server {
            Some(server) => server.clone(),
            None => query.state_dir.display().to_string(),
        },
        writable: error.is_none(),
        error,
    }
}

/// Single runs that nobody makes any more: whoever starts them has stopped doing so.
pub(super) fn long_ago(service: &ServiceView, now: Timestamp) -> Option<ProblemView> {
    let stopped = service.stopped.filter(|_| service.once)?;
    (now.duration_since(stopped) > LONG_AGO).then(|| ProblemView {
        severity: Severity::Warning,
        kind: "service",
        name: None,
        message: "no run has been made for more than a day".into(),
        hint: Some("look at what starts it, or let the service run: newswatch run".into()),
    })
}

pub(super) fn service_problem(service: &ServiceView) -> Option<ProblemView> {
    let (severity, message, hint) = match service.state {
        ServiceState::Running => return None,
        ServiceState::Stopped if service.once => return None,
        ServiceState::Stopped => (
            Severity::Critical,
            "the service was stopped",
            "start it: systemctl start newswatch, or newswatch run",
        ),
        ServiceState::Killed => (
            Severity::Critical,
            "the service is gone without having been stopped: it was killed, or the machine went down",
            "start it: systemctl start newswatch, or newswatch run; its log tells why it ended",
        ),
        ServiceState::Hangs => (
            Severity::Critical,
            "the service has given no sign of life for a minute",
            "restart it, and report this with its log",
        ),
        ServiceState::NeverRun => (
            Severity::Critical,
            "newswatch has never run with this configuration",
            "start it: systemctl start newswatch, or newswatch run",
        ),
        ServiceState::Unknown => (
            Severity::Unknown,
            "whether the service runs cannot be seen by this user",
            "ask as the user that newswatch runs as: sudo -u newswatch newswatch status",
        ),
    };
    Some(ProblemView {
        severity,
        kind: "service",
        name: None,
        message: message.into(),
        hint: Some(hint.into()),
    })
}

/// The stages that have stood still for a while.
pub(super) fn stage_problems(service: &ServiceView) -> Vec<ProblemView> {
    let problem = |stage: &StageView| ProblemView {
        severity: Severity::Critical,
        kind: "service",
        name: Some(stage.name.clone()),
        message: format!(
            "the stage {} has not moved for more than a minute",
            stage.name
        ),
        hint: Some("restart the service, and report this with its log".into()),
    };
    let runs = service.state == ServiceState::Running;
    let stuck = service.stages.iter().filter(|stage| runs && !stage.moves);
    stuck.map(problem).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + seconds).unwrap()
    }

    #[test]
    fn a_service_is_known_by_the_mark_it_left() {
        let mark = ServiceMark {
            at: at(0),
            ..ServiceMark::default()
        };
        let state = |seen, seconds| service_view(seen, at(seconds)).state;
        let running = ServiceSeen::Running(Some(mark.clone()));
        assert_eq!(state(running.clone(), 10), ServiceState::Running);
        assert_eq!(state(running, 100), ServiceState::Hangs);
        assert_eq!(
            state(ServiceSeen::Running(None), 100),
            ServiceState::Running
        );
        assert_eq!(
            state(ServiceSeen::Gone(mark.clone()), 1),
            ServiceState::Killed
        );
        let stopped = ServiceMark {
            stopped_at: Some(at(0)),
            ..mark
        };
        assert_eq!(state(ServiceSeen::Gone(stopped), 1), ServiceState::Stopped);
        assert_eq!(state(ServiceSeen::Never, 1), ServiceState::NeverRun);
    }
}
