#!/usr/bin/env bash
# Ten tasks on the pages as a browser without JavaScript does them: links that are followed, forms that are sent.
#
#   tests/outside/stage.py target/debug/newswatch tests/outside/without-script.sh
#   tests/outside/without-script.sh "$(newswatch web login | head -1)"
#
# It wants a running service that has raised an alert, and changes what it shows: it marks an alert, pauses a feed and tests a
# channel. It logs in by the link.
set -euo pipefail
command -v curl >/dev/null || { echo "missing: curl"; exit 0; }
[ $# -gt 0 ] || set -- "$("${NEWSWATCH:?the link that newswatch web login prints}" web login --config "$CONFIG" | head -1)"
link=$1
site=${link%%/login/*}
jar=$(mktemp); page=$(mktemp); trap 'rm -f "$jar" "$page"' EXIT
done=0

get() { curl -sSf -b "$jar" -c "$jar" -o "$page" "$site$1"; }
send() { curl -sS -L -b "$jar" -c "$jar" -e "$site/" -H "Origin: $site" -o "$page" "${@:2}" "$site$1"; }
first() { grep -o "$1" "$page" | head -1 | cut -d'"' -f2; }
shows() { grep -q "$1" "$page" || { echo "FAILED: $2"; exit 1; }; done=$((done + 1)); echo "$done. $2"; }

get "/login/${link##*/}"; send "/login/${link##*/}" -d ''; shows "Needs you" "log in by the link"
alert=$(first 'href="/alerts/[^"]*"'); watch=$(first 'href="/watches/[^"]*"')
get "$alert"; shows "Why it was raised" "read why an alert was raised"
get "$alert?text=whole"; shows "The paragraphs with hits alone" "read the whole text"
send "$alert/mark" -d mark=useful; shows "marked useful" "mark it useful"
get "$watch"; shows "Alerts a day" "look at a watch"
get "/?watch=${watch#/watches/}"; shows "Show all" "filter by the watch"
get /feeds; feed=$(first 'href="/feeds/[0-9]*"')
get "$feed?pause=1"; send "$feed/pause" -d "why=a test"; shows "a test" "pause a feed and say why"
send "$feed/resume" -d ''; shows "Poll now" "let it go on"
get /deliveries; channel=$(grep -o 'name="channel" value="[^"]*"' "$page" | head -1 | cut -d'"' -f4)
send /deliveries/test -d "channel=$channel"; shows "The test to" "test a channel"
send /logout -d ''; shows "Log in" "log out"
