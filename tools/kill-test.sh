#!/usr/bin/env bash
# Kills a silo (SIGKILL) again and again under load and checks that it keeps what it acknowledged, then audits its data folder.
# Usage: tools/kill-test.sh [--kills N] [--seed S] [--writers W] [--folder DIR]
# Writes the details to a log and one line to standard output; exit code 0 only if nothing was lost, invented, halved or changed.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
artifacts="${PROVENANCE_BENCH_ARTIFACTS:-${TMPDIR:-/tmp}/provenance-kill-test}"
mkdir -p "$artifacts"
log="$artifacts/kill-test-$$.log"

if ! dotnet build "$root/tools/ProvenanceGrains.Bench" -c Release --nologo -v quiet -p:ArtifactsPath="$artifacts/" >"$log" 2>&1; then
    echo "kill test FAILED: the tool does not build ($log)"
    exit 1
fi

status=0
(cd "$root" && dotnet "$artifacts/bin/ProvenanceGrains.Bench/release/ProvenanceGrains.Bench.dll" kill "$@") >>"$log" 2>&1 || status=$?
tail -n 1 "$log"
if [ "$status" -ne 0 ]; then
    echo "details: $log" >&2
fi

exit "$status"
