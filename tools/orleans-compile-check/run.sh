#!/usr/bin/env bash
# Compiles the grain sources against the true Orleans abstractions.
# Usage: tools/orleans-compile-check/run.sh [further arguments of dotnet build]
set -euo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

build() {
    echo "== $1"
    dotnet build OrleansCompileCheck.csproj -c Release -v quiet "${@:2}"
}

# 1. One sample that uses all that the stand-in offers, against the stand-in.
build "sample against the embedded stand-in" -p:Against=Embedded "$@"

# 2. The same sample and every grain source, against the true assembly.
build "sample and grain sources against Microsoft.Orleans.Core.Abstractions 10.4.2" -p:Against=Orleans "$@"

count=$(find ../../src/ProvenanceGrains.Grains.Contracts ../../src/ProvenanceGrains.Grains ../../src/ProvenanceGrains.Sealing \
    -name '*.cs' -not -path '*/obj/*' -not -path '*/bin/*' | wc -l)
cat <<END
Compiled: $count grain source files, against the true Microsoft.Orleans.Core.Abstractions 10.4.2 assembly.
Only this compilation was checked. The serializer's attributes and the reminder API were declared for it, Orleans' code
generator and analyzers did not run, and THE ORLEANS BUILD ITSELF (-p:ActorRuntime=Orleans) WAS NOT RUN.
END
