#!/usr/bin/env bash
# Who is not let in, each shown with the status that is answered.
#
#   tests/outside/stage.py target/debug/newswatch tests/outside/refused.sh
set -euo pipefail
command -v curl >/dev/null || { echo "missing: curl: nobody was refused"; exit 0; }
jar=$(mktemp); page=$(mktemp); trap 'rm -f "$jar" "$page"' EXIT
faults=0
host=${SITE#http://}
login() { "$NEWSWATCH" web login --role "${1:-admin}" --config "$CONFIG" | head -1; }
ask() { curl -s -o "$page" -w '%{http_code} %{redirect_url}' "$@" || true; }
# What happened, the answer that is expected, and the answer.
is() {
    local answer; answer=$(ask "${@:3}"); answer=${answer% }; answer=${answer#"$SITE"}
    local short=${answer/$SITE/}
    if [[ "$short" == $2 ]]; then printf '%-64s %s\n' "$1" "$short"; else printf '%-64s %s, not %s\n' "$1" "$short" "$2"; faults=$((faults + 1)); fi
}
rows() { curl -s -H "Authorization: Bearer $TOKEN_ADMIN" "$SITE/api/v1/journal?limit=1" | grep -o '"next":"[0-9]*"'; }

link=$(login)
curl -s -o /dev/null -c "$jar" -X POST "$link"
is "the browser that has used the link" 200 -b "$jar" "$SITE/"
before=$(rows)
is "a second browser on this machine, without the cookie" "303 /login*" "$SITE/"
is "a program without a token" 401 "$SITE/api/v1/status"
is "a link that has been used" 410 -X POST "$link"
is "a link that nobody made" 410 -X POST "$SITE/login/AAAAAAAAAAAAAAAAAAAAAAAA"
is "a cookie that nobody made" "303 /login*" -H "Cookie: newswatch=AAAAAAAAAAAAAAAAAAAAAAAA" "$SITE/"
is "a name that is made to lead here (Host)" 421 -b "$jar" -H "Host: evil.example:8585" "$SITE/"
is "the same, for the API" 421 -H "Host: evil.example" -H "Authorization: Bearer $TOKEN_ADMIN" "$SITE/api/v1/status"
is "a form on a page of another origin (Origin)" 403 -b "$jar" -H "Origin: https://evil.example" -d channel=ops-hook "$SITE/deliveries/test"
is "the same from another port of this machine" 403 -b "$jar" -H "Origin: http://127.0.0.1:1" -d channel=ops-hook "$SITE/deliveries/test"
is "the same, of which the browser says where it comes from" 403 -b "$jar" -H "Sec-Fetch-Site: cross-site" -d channel=ops-hook "$SITE/deliveries/test"
is "the same from a page in a sandbox (Origin: null)" 403 -b "$jar" -H "Origin: null" -d channel=ops-hook "$SITE/deliveries/test"
is "a log-in from a page of another origin" 403 -H "Origin: https://evil.example" -d "name=a&password=b" "$SITE/login"
is "a field of a proxy that nobody trusts" "303 /login*" -H "X-User: lan" -H "X-Role: admin" "$SITE/"
is "the same, for the API" 401 -H "X-User: lan" -H "X-Role: admin" "$SITE/api/v1/status"
is "a wrong password" 403 -d "name=lan&password=something+else" "$SITE/login"
is "a token that nobody made" 401 -H "Authorization: Bearer nwt_AAAA" "$SITE/api/v1/status"
is "the same beside a good cookie" 401 -b "$jar" -H "Authorization: Bearer nwt_AAAA" "$SITE/api/v1/status"
is "a reader's token that wants to change something" 403 -X POST -H "Authorization: Bearer $TOKEN_READER" "$SITE/api/v1/feeds/1/poll"
is "a reader's token in an address" 401 "$SITE/api/v1/status?token=$TOKEN_READER"
watch=$("$NEWSWATCH" web token add check-feed --feed "Code of Conduct" --config "$CONFIG" | head -1)
is "a token for one feed, at its feed" 200 "$SITE/feeds/watch/Code%20of%20Conduct.atom?token=$watch"
is "a token for one feed, at another feed" 403 "$SITE/feeds/watch/Hostile%20texts.atom?token=$watch"
is "a token for one feed, at the API" 403 -H "Authorization: Bearer $watch" "$SITE/api/v1/status"
is "figures without a token" 401 "$SITE/metrics"
reader=$(mktemp); curl -s -o /dev/null -c "$reader" -X POST "$(login reader)"
is "a reader that sends an editor's form" 403 -b "$reader" -d channel=ops-hook "$SITE/deliveries/test"
is "a session before its end" 200 -b "$jar" "$SITE/journal"
cp "$jar" "$reader"
curl -s -o /dev/null -b "$jar" -H "Origin: $SITE" -X POST "$SITE/logout"
is "the same cookie, kept by somebody, after log-out" "303 /login*" -b "$reader" "$SITE/journal"
rm -f "$reader"
before=${before//[!0-9]/} after=$(rows); after=${after//[!0-9]/}
# What the journal has got meanwhile: the token that was added, and the two that came in or went out.
changes=$(curl -s -H "Authorization: Bearer $TOKEN_ADMIN" "$SITE/api/v1/journal?limit=$((after - before > 0 ? after - before : 1))" | grep -o '"what":"[^"]*"' | sort | uniq -c | tr -s ' \n' ' ')
echo "in the journal meanwhile:$changes"
case "$changes" in *channel-tested* | *feed-polled*) echo "FAILED: something that was refused was done"; faults=$((faults + 1)) ;; esac
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null && id nobody >/dev/null 2>&1; then
    # The program and the configuration can be read by everybody here, the state by its owner alone.
    folder=$(dirname "$CONFIG"); chmod 755 "$folder"; chmod 644 "$CONFIG"
    shown=$(mktemp -d); cp "$NEWSWATCH" "$shown/newswatch"; chmod -R a+rX "$shown"
    if said=$(setpriv --reuid nobody --regid "$(id -g nobody)" --clear-groups "$shown/newswatch" web login --config "$CONFIG" 2>&1); then
        echo "FAILED: another user of this machine was given a link"; faults=$((faults + 1))
    else
        printf '%-64s %s\n' "another user of this machine who asks for a link" "$(head -1 <<<"$said" | cut -c1-120)"
    fi
    rm -r "$shown"
fi
echo "$faults faults"
exit $((faults > 0))
