#!/usr/bin/env python3
"""Runs the examples of docs/API.md as they stand, one after the other, in one shell.

    tests/outside/stage.py target/debug/newswatch tests/outside/examples.py

Each must end without a mistake of curl or jq, and print something. It wants bash, curl and jq.
"""
import os, re, shutil, subprocess, sys, tempfile

for tool in ("bash", "curl", "jq"):
    if not shutil.which(tool):
        sys.exit(print(f"missing: {tool}: the examples were not run"))
text = open(os.path.join(os.path.dirname(__file__), "../../docs/API.md")).read()
blocks = [re.sub(r"^ +", "", block, flags=re.M) for block in re.findall(r"```sh\n(.*?)```", text, re.S)]
site, config, program = (os.environ[name] for name in ("SITE", "CONFIG", "NEWSWATCH"))
with tempfile.TemporaryDirectory() as folder:
    # What the examples call is the service that is tried; a mistake of the server is one of the example, and the stream ends.
    script = f"""set -o pipefail
newswatch() {{ {program} "$@" --config {config}; }}
curl() {{ command curl --fail-with-body --max-time 15 "$@"; }}
"""
    for number, block in enumerate(blocks):
        block = block.replace("http://127.0.0.1:8585", site)
        is_stream = "/alerts/stream" in block
        if is_stream:
            block = block.replace("curl -sN", "command curl -sN --max-time 2")
        script += f'exec >{folder}/{number}.out 2>&1\n{{\n{block}}}\necho $? >{folder}/{number}.rc\n'
    subprocess.run(["bash", "-c", script])
    failed = 0
    for number, block in enumerate(blocks[1:], 1):
        rc, out = (open(f"{folder}/{number}.{kind}").read() for kind in ("rc", "out"))
        # A stream is cut off (28); the loop over what was given up may have nothing to do.
        is_good = rc.strip() == ("28" if "/alerts/stream" in block else "0") and "problem" not in out[:80] and not re.search(r'"status":[45]\d\d', out)
        if not out.strip() and "while read" not in block:
            is_good = False
        failed += not is_good
        print(f"{number:2}. {'ok    ' if is_good else 'FAILED'} {block.splitlines()[0][:70]:70} {len(out)} bytes" + ("" if is_good else f", exit {rc.strip()}: {out[:300]}"))
print(f"{len(blocks) - 1} examples, {failed} failed")
sys.exit(bool(failed))
