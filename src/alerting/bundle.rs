//! Which alerts are one message.

use std::collections::BTreeMap;

use crate::domain::{AlertId, Bundle, Bundled, Destination, WaitingLeg};

/// Puts legs together, in the order in which they come: those of one name to one destination are one message, one that is
/// alone is a message of its own.
#[must_use]
pub fn bundle(legs: Vec<WaitingLeg>) -> Vec<Bundled> {
    let mut bundled: Vec<Bundled> = Vec::new();
    let mut places: BTreeMap<(Destination, String), usize> = BTreeMap::new();
    for leg in legs {
        match leg.bundle {
            Bundle::Alone => bundled.push(message(leg.destination, leg.alert)),
            Bundle::Named(name) => {
                let key = (leg.destination, name);
                let known = places.get(&key).and_then(|place| bundled.get_mut(*place));
                if let Some(message) = known {
                    message.alerts.push(leg.alert);
                } else {
                    bundled.push(message(key.0.clone(), leg.alert));
                    places.insert(key, bundled.len() - 1);
                }
            }
        }
    }
    bundled
}

fn message(destination: Destination, alert: AlertId) -> Bundled {
    Bundled {
        destination,
        alerts: vec![alert],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ChannelName;

    fn leg(alert: &str, channel: &str, bundle: &str) -> WaitingLeg {
        WaitingLeg {
            alert: AlertId(alert.into()),
            destination: Destination {
                channel: ChannelName(channel.into()),
                recipient: None,
            },
            bundle: Bundle::named(bundle.into()),
        }
    }

    #[test]
    fn legs_of_one_name_to_one_destination_are_one_message() {
        let messages = bundle(vec![
            leg("1", "desk", "digest:morning"),
            leg("2", "desk", ""),
            leg("3", "hook", "digest:morning"),
            leg("4", "desk", "digest:morning"),
            leg("5", "desk", ""),
        ]);
        let shown: Vec<(String, Vec<String>)> = messages
            .into_iter()
            .map(|message| {
                let alerts = message.alerts.into_iter().map(|alert| alert.0).collect();
                (message.destination.channel.0, alerts)
            })
            .collect();
        let expected = [
            ("desk", vec!["1", "4"]),
            ("desk", vec!["2"]),
            ("hook", vec!["3"]),
            ("desk", vec!["5"]),
        ];
        let expected: Vec<(String, Vec<String>)> = expected
            .into_iter()
            .map(|(channel, alerts)| {
                let alerts = alerts.into_iter().map(str::to_owned).collect();
                (channel.to_owned(), alerts)
            })
            .collect();
        assert_eq!(shown, expected);
    }
}
