# What ./fovea and bench/run have in common: Java, Maven and the settings a process with libtorch in it runs under. To be sourced; $home is
# the folder of the project, and fail() says in one sentence what is wrong and ends.
# shellcheck shell=bash

if [ -n "${JAVA_HOME:-}" ] && [ -x "$JAVA_HOME/bin/java" ]; then
  java="$JAVA_HOME/bin/java"
else
  java=$(command -v java) || fail "no Java found; install a JDK of version 17 or later, or set JAVA_HOME"
fi
# Asking Java itself costs a tenth of a short call; its file beside it knows, too.
version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$(dirname "$(readlink -f "$java")")/../release" 2>/dev/null) || true
[ -n "$version" ] || version=$("$java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1)
[ "${version:-0}" -ge 17 ] || fail "Java 17 or later is needed, $java is version ${version:-unknown}; set JAVA_HOME to a newer JDK"

maven() {
  if command -v mvn >/dev/null 2>&1; then mvn "$@"; else "$home/mvnw" "$@"; fi
}

# build MODULE FILE: builds the module with all below it, unless FILE, which the build writes, is newer than every source.
build() {
  local log
  [ -z "${FOVEA_NO_BUILD:-}" ] || return 0
  if [ -f "$2" ] && [ -z "$(find "$home" -path '*/target' -prune -o -path '*/.git' -prune -o \( -name pom.xml -o -path '*/src/main/*' \) -type f -newer "$2" -print -quit)" ]; then
    return 0
  fi
  echo "$(basename "$0"): building (first use, or sources have changed) ..." >&2
  log=$(mktemp)
  if ! (cd "$home" && maven -q -B -DskipTests -Dspotless.check.skip=true -pl "$1" -am package) >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    fail "the build failed; the whole log is in $log"
  fi
  rm -f "$log"
}

# glibc gives freed blocks of tensors back to the system at once and takes them again, page by page, in the next step; these thresholds
# keep that memory warm. A second arena would be made of pieces of 64 MB that come and go with the tensors in them.
export GLIBC_TUNABLES="${GLIBC_TUNABLES:-glibc.malloc.mmap_threshold=4294967296:glibc.malloc.trim_threshold=4294967296:glibc.malloc.arena_max=1}"
# After each large matrix product OpenBLAS's threads wait by spinning, on the cores that the next convolution needs: by default for 2^26 cycles.
# 2^20, a third of a millisecond, bridges the gaps between products that follow each other; threads that sleep there are woken milliseconds late.
export OPENBLAS_THREAD_TIMEOUT="${OPENBLAS_THREAD_TIMEOUT:-20}"
# In turn OpenMP's threads wait for the next convolution by spinning, for long enough to slow a matrix product by half; 30,000 rounds bridge the
# gaps between small operations and no more.
export GOMP_SPINCOUNT="${GOMP_SPINCOUNT:-30000}"

# shellcheck disable=SC2034 # used by who sources this
options=(-XX:+UseParallelGC -XX:MaxRAMPercentage=40 -Xss2m -Djava.awt.headless=true -Dfile.encoding=UTF-8 -Dorg.bytedeco.javacpp.maxPhysicalBytes=0)
if [ "$version" -ge 22 ]; then options+=(--enable-native-access=ALL-UNNAMED); fi
if [ "$version" -ge 24 ]; then options+=(--sun-misc-unsafe-memory-access=allow); fi
