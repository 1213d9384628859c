#!/usr/bin/env bash
# schemathesis against the description of the API: what it says is what is answered, whatever is sent.
#
#   tests/outside/stage.py target/debug/newswatch tests/outside/api.sh [MORE OPTIONS OF st run]
#
# The stream of alerts has no end and is left out: every answer of it would be waited for.
set -euo pipefail
cd "$(dirname "$0")"
st=${ST:-$(command -v st || true)}
[ -n "$st" ] || { echo "missing: schemathesis (pip install schemathesis; ST=/path/to/st): the API was not tried"; exit 0; }
first() { curl -s -H "Authorization: Bearer $TOKEN_ADMIN" "$SITE/api/v1/$1?limit=1" | grep -o '"id":"\?[a-z0-9_]*' | head -1 | sed 's/.*:"\?//'; }
ALERT=$(first alerts) FEED=$(first feeds) DELIVERY=$(first deliveries)
export ALERT FEED DELIVERY
report=$(mktemp -d); trap 'rm -rf "$report"' EXIT
"$st" --config-file schemathesis.toml run "$SITE/api/v1/openapi.json" --url "$SITE" -H "Authorization: Bearer $TOKEN_ADMIN" \
    --exclude-path /api/v1/alerts/stream --checks all --max-examples "${EXAMPLES:-20}" --continue-on-failure \
    --request-timeout 20 --seed 1 --report-dir "$report" --no-color "$@" | grep -v '^$'
