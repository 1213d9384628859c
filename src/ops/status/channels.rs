//! The channels of a status: their states, what they refused for good, and what helps.

use jiff::SignedDuration;

use super::view::{ChannelView, GivenUpView, ProblemView, Severity, shown};
use crate::domain::{ChannelName, ChannelState, Timestamp, what_helps};
use crate::store::{ChannelLine, GivenUp};

/// Deliveries that were given up are told for so long.
const TOLD_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Deliveries given up since the last one that was accepted, after which a channel refuses everything.
const ALL_REFUSED: usize = 3;

/// Delivery ids that are named of one reason.
const NAMED: usize = 5;

pub(super) fn channel_views(
    channels: &[ChannelName],
    mut lines: Vec<ChannelLine>,
    given_up: &[GivenUp],
) -> Vec<ChannelView> {
    for name in channels {
        if !lines.iter().any(|line| line.name == *name) {
            lines.push(ChannelLine::unused(name.clone()));
        }
    }
    // One that has left the configuration is told of while something of it is not settled.
    lines.retain(|line| channels.contains(&line.name) || line.waiting + line.held > 0);
    lines
        .iter()
        .map(|line| channel_view(line, given_up))
        .collect()
}

fn channel_view(line: &ChannelLine, given_up: &[GivenUp]) -> ChannelView {
    let lost: Vec<&GivenUp> = given_up
        .iter()
        .filter(|lost| lost.channel == line.name)
        .filter(|lost| line.last_success_at.is_none_or(|last| lost.at > last))
        .collect();
    let refuses_all = line.last_success_at.is_none() || lost.len() >= ALL_REFUSED;
    let is_lost_alone = !lost.is_empty() && line.waiting == 0;
    let state = match line.state {
        ChannelState::Ok if !lost.is_empty() && refuses_all => "refusing",
        // What failed was one message or two, which are not tried any more: nothing is known of the channel itself.
        ChannelState::Failing if is_lost_alone && !refuses_all => ChannelState::Ok.as_str(),
        state => state.as_str(),
    };
    let error = match (&line.error, lost.first()) {
        _ if state == "ok" => None,
        (Some(error), _) => Some(shown(error)),
        (None, Some(lost)) if state == "refusing" => Some(shown(&lost.reason)),
        (None, _) => None,
    };
    ChannelView {
        name: shown(&line.name.0),
        state,
        hint: error.as_deref().and_then(what_helps).map(str::to_owned),
        error,
        failing_since: line.failing_since.filter(|_| state != "ok"),
        last_success: line.last_success_at,
        not_before: line.not_before,
        delivered: line.delivered,
        waiting: line.waiting,
        held: line.held,
        abandoned: line.abandoned,
        template_error: line.template_error.as_deref().map(shown),
    }
}

/// A template that failed: the message went out in the built-in form.
pub(super) fn template_problem(channel: &ChannelView) -> Option<ProblemView> {
    let error = channel.template_error.as_deref()?;
    Some(ProblemView {
        severity: Severity::Warning,
        kind: "channel",
        name: Some(channel.name.clone()),
        message: format!(
            "channel {} sends the built-in form in the place of a template: {error}",
            channel.name
        ),
        hint: Some(format!("try it: newswatch template try {}", channel.name)),
    })
}

/// Puts what was given up lately together: by channel, receiver and reason, the newest first.
pub(super) fn by_reason(given_up: Vec<GivenUp>, now: Timestamp) -> Vec<GivenUpView> {
    let mut views: Vec<GivenUpView> = Vec::new();
    for lost in given_up {
        if now.duration_since(lost.at) > TOLD_FOR {
            continue;
        }
        let channel = shown(&lost.channel.0);
        let recipient = lost.recipient.as_deref().map(shown);
        let reason = shown(&lost.reason);
        let same = views.iter_mut().find(|view| {
            view.channel == channel && view.recipient == recipient && view.reason == reason
        });
        if let Some(view) = same {
            view.count += 1;
            view.last = view.last.max(lost.at);
            if view.deliveries.len() < NAMED {
                view.deliveries.push(lost.id.0);
            }
            continue;
        }
        views.push(GivenUpView {
            channel,
            recipient,
            count: 1,
            last: lost.at,
            hint: what_helps(&reason).map(str::to_owned),
            reason,
            deliveries: vec![lost.id.0],
        });
    }
    views
}

pub(super) fn channel_problem(channel: &ChannelView) -> Option<ProblemView> {
    let (severity, what) = match channel.state {
        "ok" => return None,
        "failing" => (Severity::Warning, "does not take alerts now"),
        "paused" => (Severity::Warning, "asked for a pause"),
        "gone" => (Severity::Critical, "is gone for good"),
        "refusing" => (Severity::Critical, "refuses everything it is sent"),
        _ => (Severity::Critical, "takes no alerts until it is mended"),
    };
    let error = channel.error.as_deref().unwrap_or("no reason is known");
    Some(ProblemView {
        severity,
        kind: "channel",
        name: Some(channel.name.clone()),
        message: format!("channel {} {what}: {error}", channel.name),
        hint: channel.hint.clone(),
    })
}

pub(super) fn given_up_problem(lost: &GivenUpView, is_said: bool) -> ProblemView {
    let deliveries = match lost.count {
        1 => "1 delivery".to_owned(),
        many => format!("{many} deliveries"),
    };
    let to = match &lost.recipient {
        Some(recipient) => format!("{} ({recipient})", lost.channel),
        None => lost.channel.clone(),
    };
    let again = format!("newswatch alerts retry --channel {}", quoted(&lost.channel));
    ProblemView {
        severity: Severity::Warning,
        kind: "delivery",
        name: Some(lost.channel.clone()),
        message: if is_said {
            format!("{deliveries} to {to} given up for that reason")
        } else {
            format!("{deliveries} to {to} given up: {}", lost.reason)
        },
        hint: Some(match &lost.hint {
            Some(hint) if !is_said => format!("{hint}; then send again: {again}"),
            Some(_) | None => format!("once it is mended, send again: {again}"),
        }),
    }
}

/// A name as a shell takes it.
fn quoted(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if name.chars().all(is_plain) {
        name.to_owned()
    } else {
        format!("'{}'", name.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::DeliveryId;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + seconds).unwrap()
    }

    fn lost(reason: &str, seconds: i64) -> GivenUp {
        GivenUp {
            id: DeliveryId(format!("dlv_{seconds}")),
            channel: ChannelName("desk".into()),
            recipient: None,
            at: at(seconds),
            reason: reason.into(),
        }
    }

    fn line(last_success_at: Option<Timestamp>) -> ChannelLine {
        ChannelLine {
            last_success_at,
            ..ChannelLine::unused(ChannelName("desk".into()))
        }
    }

    #[test]
    fn a_channel_that_refused_all_it_was_sent_is_not_ok() {
        let refused = [lost("550 5.1.1 no such user", 10)];
        let view = channel_view(&line(None), &refused);
        assert_eq!(view.state, "refusing");
        assert!(view.hint.unwrap().contains("`to`"));
        assert_eq!(channel_view(&line(Some(at(5))), &refused).state, "ok");
        assert_eq!(channel_view(&line(Some(at(20))), &refused).state, "ok");
        assert_eq!(channel_view(&line(None), &[]).state, "ok");
        let failing = |waiting| ChannelLine {
            state: ChannelState::Failing,
            error: Some("the server answered 500".into()),
            failing_since: Some(at(8)),
            waiting,
            ..line(Some(at(5)))
        };
        let over = channel_view(&failing(0), &refused);
        assert_eq!((over.state, over.error), ("ok", None));
        assert_eq!(channel_view(&failing(1), &refused).state, "failing");
        assert_eq!(channel_view(&failing(0), &[]).state, "failing");
        let three = [10, 11, 12].map(|seconds| lost("554 no", seconds));
        assert_eq!(channel_view(&line(Some(at(5))), &three).state, "refusing");
    }

    #[test]
    fn what_was_given_up_for_one_reason_is_told_once() {
        let lost = vec![lost("no", 30), lost("never", 20), lost("no", 10)];
        let views = by_reason(lost.clone(), at(40));
        let told: Vec<(&str, usize)> = views
            .iter()
            .map(|view| (view.reason.as_str(), view.count))
            .collect();
        assert_eq!(told, [("no", 2), ("never", 1)]);
        assert_eq!(views[0].last, at(30));
        assert!(by_reason(lost, at(40) + SignedDuration::from_hours(24 * 8)).is_empty());
    }

    #[test]
    fn a_name_can_be_pasted_into_a_shell() {
        assert_eq!(quoted("desk-2"), "desk-2");
        assert_eq!(quoted("it's the desk"), "'it'\\''s the desk'");
    }
}
