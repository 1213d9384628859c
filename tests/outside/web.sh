#!/usr/bin/env bash
# The pages and the API of a service with something on every page, tried from outside by what is there: a crawler by role, refusals,
# tasks without JavaScript, the examples of docs/API.md, schemathesis, and Chromium with axe-core. What is missing is said in a line
# and left out. It takes less than three minutes; WHOLE=1 looks at every page in every width.
#
#   tests/outside/web.sh [PROGRAM]
set -euo pipefail
cd "$(dirname "$0")/../.."
program=${1:-${CARGO_TARGET_DIR:-target}/debug/newswatch}
command -v python3 >/dev/null || { echo "missing: python3: the pages were not tried from outside"; exit 0; }
[ -x "$program" ] || { echo "missing: $program: build it first"; exit 1; }
[ -n "${WHOLE:-}" ] || export BRIEF=1 EXAMPLES=8
failed=0
# Each has a service of its own: what one changes is not what the next begins with.
try() {
    echo "--- $*"
    tests/outside/stage.py "$program" "$@" || { echo "FAILED: $*"; failed=$((failed + 1)); }
}
try tests/outside/crawl.py
try tests/outside/refused.sh
try tests/outside/without-script.sh
try tests/outside/examples.py
try tests/outside/api.sh
if command -v node >/dev/null; then
    try node tests/outside/pages.mjs
else
    echo "missing: node: the pages were not looked at in a browser"
fi
exit $((failed > 0))
