#!/usr/bin/env bash
# Builds the image and runs the e-commerce job in it: user, exit codes, outputs, read-only root file system, size.
set -euo pipefail

usage() {
  cat <<'EOF'
Usage: deploy/image.sh [--target NAME] [--tag IMAGE] [--engine docker|podman|buildah] [--no-check | --bases]

Builds the Dockerfile's last stage, or the target plugins or builder, then checks what came out with testdata/ecommerce; where
the builder's image is there too, plugins is checked with a plugin of its making.
The engine is the first that works of docker, podman and buildah. buildah needs root and no daemon. Base images that cannot
be pulled are stood in for by a bootstrapped Debian with the Go toolchain of this machine; --bases makes these and no more.
EOF
}

die() { echo "image: $*" >&2; exit 1; }
say() { echo "image: $*" >&2; }

root=$(cd "$(dirname "$0")/.." && pwd)
version=$(sed -n 's/^\tVersion *= "\(.*\)"$/\1/p' "$root/version.go")
target='' tag='' engine='' check=yes only_bases=no
while [ $# -gt 0 ]; do
  case $1 in
    --target) target=${2:?--target takes a name}; shift 2 ;;
    --tag) tag=${2:?--tag takes a name}; shift 2 ;;
    --engine) engine=${2:?--engine takes a name}; shift 2 ;;
    --no-check) check=no; shift ;;
    --bases) only_bases=yes; shift ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done
tag=${tag:-sparksql:$version${target:+-$target}}

# works tells whether an engine can build here.
works() {
  case $1 in
    docker | podman) command -v "$1" >/dev/null && "$1" info >/dev/null 2>&1 ;;
    buildah) command -v buildah >/dev/null && [ "$(id -u)" = 0 ] ;;
    *) return 1 ;;
  esac
}

if [ -z "$engine" ]; then
  for e in docker podman buildah; do
    if works "$e"; then engine=$e; break; fi
  done
  [ -n "$engine" ] || { say "skipped: neither docker, podman nor buildah works here"; exit 0; }
fi
works "$engine" || die "$engine does not work here"

export STORAGE_DRIVER=${STORAGE_DRIVER:-vfs} BUILDAH_ISOLATION=chroot
work=$(mktemp -d)
container=''
cleanup() {
  if [ -n "$container" ]; then buildah rm "$container" >/dev/null || true; fi
  rm -rf "$work"
}
trap cleanup EXIT

commit=$(git -C "$root" rev-parse HEAD 2>/dev/null || true)
date=$(git -C "$root" log -1 --format=%cI 2>/dev/null || true)
args=(--build-arg "VERSION=$version" --build-arg "COMMIT=$commit" --build-arg "DATE=$date" -t "$tag")
if [ -n "$target" ]; then args+=(--target "$target"); fi

# has tells whether an image is there.
has() {
  case $engine in
    buildah) buildah inspect --type image "$1" >/dev/null 2>&1 ;;
    *) "$engine" image inspect "$1" >/dev/null 2>&1 ;;
  esac
}

# stand_in makes a base image of a Debian with the packages $2, and of the machine's Go where $3 says go. It trusts whom this
# machine trusts, so that a build may use the same mirrors.
stand_in() {
  local name=docker.io/library/$1 tar=$work/base.tar
  # shellcheck disable=SC2016
  local hooks=(--customize-hook='mkdir -p "$1/etc/ssl/certs" && cp -L /etc/ssl/certs/ca-certificates.crt "$1/etc/ssl/certs/"')
  local path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  if has "$name" || "$engine" pull "$name" >/dev/null 2>&1; then return; fi
  if ! command -v mmdebstrap >/dev/null || [ "$(id -u)" != 0 ]; then die "$name cannot be pulled, and mmdebstrap is not there to stand in for it"; fi
  say "$name cannot be pulled: a Debian of this machine's mirror stands in for it"
  if [ "${3-}" = go ]; then
    hooks+=(--customize-hook="cp -a '$(go env GOROOT)' \"\$1/usr/local/go\" && mkdir -m 1777 \"\$1/go\"")
    path=/usr/local/go/bin:/go/bin:$path
  fi
  mmdebstrap --quiet --variant=minbase ${2:+--include="$2"} "${hooks[@]}" bookworm "$tar"
  import "$tar" "$name" "$path"
  rm -f "$tar"
}

# import makes an image of a root file system.
import() {
  local c
  if [ "$engine" != buildah ]; then
    "$engine" import --change "ENV PATH=$3 GOPATH=/go" "$1" "$2" >/dev/null
    return
  fi
  c=$(buildah from scratch)
  buildah add --quiet "$c" "$1" / >/dev/null
  buildah config --env "PATH=$3" --env GOPATH=/go "$c"
  buildah commit --quiet "$c" "$2" >/dev/null
  buildah rm "$c" >/dev/null
}

bases() {
  stand_in "$(sed -n 's/^FROM \(golang:[^ ]*\) AS.*/\1/p' "$root/Dockerfile")" gcc,libc6-dev go
  stand_in "$(sed -n 's/^FROM \(debian:[^ ]*\) AS.*/\1/p' "$root/Dockerfile")" ''
}

build() {
  if [ "$engine" != buildah ]; then
    "$engine" build "${args[@]}" "$root"
    return
  fi
  # The machine's module cache serves the modules.
  (cd "$root" && go mod download)
  buildah build --quiet --layers --pull=never --build-arg GOPROXY=file:///modules -v "$(go env GOMODCACHE)/cache/download:/modules:ro" "${args[@]}" "$root" >/dev/null
}

# in_image runs the image's command line with the input and the output at /data and the root file system read-only; before
# the arguments there may be environment variables NAME=VALUE.
in_image() {
  local env=()
  while [[ ${1-} == *=* ]]; do env+=("$1"); shift; done
  if [ "$engine" != buildah ]; then
    "$engine" run --rm --read-only --tmpfs /tmp "${env[@]/#/--env=}" \
      -v "$root/testdata/ecommerce:/data/input:ro" -v "$work/output:/data/output" "$tag" "$@"
    return
  fi
  # As a runtime does it: mounts in a name space of their own, the user of the image, nothing of our environment.
  # shellcheck disable=SC2016
  unshare --mount bash -c '
    set -e
    root=$1 input=$2 output=$3; shift 3
    mount --bind "$root" "$root"
    mount --rbind /proc "$root/proc"; mount --rbind /sys "$root/sys"; mount --bind /dev "$root/dev"
    mount --bind "$input" "$root/data/input"; mount -o remount,bind,ro "$root/data/input"
    mount --bind "$output" "$root/data/output"
    mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
    mount -o remount,bind,ro "$root"
    cd "$root"
    exec env -i HOME=/tmp "${@:2:$1}" "$(command -v chroot)" --userspec=65532:65532 "$root" /usr/local/bin/sparksql "${@:$1+2}"
  ' _ "$mounted" "$root/testdata/ecommerce" "$work/output" "${#env[@]}" "${env[@]}" "$@"
}

# of prints a field of the image's configuration.
of() {
  case $engine in
    buildah) buildah inspect --type image --format "{{.OCIv1.Config.$1}}" "$tag" ;;
    *) "$engine" image inspect --format "{{.Config.$1}}" "$tag" ;;
  esac
}

size() {
  case $engine in
    buildah) buildah images --format '{{.Size}}' "$tag" ;;
    *) "$engine" image inspect --format '{{.Size}}' "$tag" | awk '{printf "%.1f MB\n", $1 / 1e6}' ;;
  esac
}

# expect runs the image and compares its exit code.
expect() {
  local want=$1 got=0
  shift
  in_image "$@" >"$work/log" 2>&1 || got=$?
  if [ "$got" != "$want" ]; then
    cat "$work/log" >&2
    die "sparksql $*: exit code $got, want $want"
  fi
}

equal() { [ "$2" = "$3" ] || die "$1 is '$2', want '$3'"; }

# How the job is run: sums of doubles by one worker are the same to the last digit.
run=(--hivevar ref_date=2024-12-31 --master 'local[1]')

# same_outside runs the job outside of the image as well and compares the rows of every output.
same_outside() {
  local out name differing
  if ! command -v go >/dev/null; then say "no Go here: the outputs are not compared with those of a run outside"; return; fi
  (cd "$root" && CGO_ENABLED=0 go build -o "$work/sparksql" ./cmd/sparksql)
  INPUT_PATH=$root/testdata/ecommerce OUTPUT_PATH=$work/outside \
    "$work/sparksql" run "$root/queries/ecommerce" "${run[@]}" >"$work/log" 2>&1 || die "the job fails outside: $(cat "$work/log")"
  for out in "$work"/output/*; do
    name=${out##*/}
    differing=$("$work/sparksql" -S -e "
      WITH a AS (SELECT * FROM parquet.\`$out\`), b AS (SELECT * FROM parquet.\`$work/outside/$name\`)
      SELECT count(*) FROM ((SELECT * FROM a EXCEPT ALL SELECT * FROM b) UNION ALL (SELECT * FROM b EXCEPT ALL SELECT * FROM a))")
    equal "the number of rows of $name that differ outside" "$differing" 0
  done
}

verify() {
  local out
  mkdir -m 0777 "$work/output"
  chmod 0755 "$work"
  if [ "$engine" = buildah ]; then
    container=$(buildah from --pull=never "$tag")
    mounted=$(buildah mount "$container")
    mkdir -p "$mounted"/{proc,sys,dev,data/input,data/output}
  fi
  equal "the user" "$(of User)" 65532:65532
  equal "the exposed ports" "$(of ExposedPorts)" 'map[]'
  in_image version --json >"$work/version.json"
  if [ -n "$commit" ]; then
    grep -q "\"commit\": \"$commit\"" "$work/version.json" || die "the commit is not in $(cat "$work/version.json")"
  fi
  expect 0 run /app/queries/ecommerce --check-input
  expect 1 run /app/queries/ecommerce --check-output
  expect 0 run /app/queries/ecommerce "${run[@]}"
  grep -q 'Job completed successfully!' "$work/log" || die "the job did not say that it is complete"
  expect 0 run /app/queries/ecommerce --check-output
  for out in "$work"/output/*; do
    [ -f "$out/_SUCCESS" ] || die "$out has no _SUCCESS"
    equal "the owner of ${out##*/}" "$(stat -c %u "$out")" 65532
  done
  same_outside
  expect 1 INPUT_PATH=/data/nothing run /app/queries/ecommerce
  expect 1 -e "SELECT no_such_column FROM parquet.\`/data/input/orders\`"
  expect 2 run
  expect 1 run /app/queries/ecommerce --summary /app/summary.json
  grep -q 'read-only file system' "$work/log" || die "the root file system was not read-only"
  say "$tag: $(size), user 65532, $(find "$work/output" -mindepth 1 -maxdepth 1 -type d | wc -l) outputs with the rows of a run outside, exit codes 0, 1 and 2"
}

# verify_plugin lets the builder make and compile a package, and loads it in an image that is made of this one.
verify_plugin() {
  local builder=sparksql:$version-builder made=sparksql:$version-plugins-check
  if ! has "$builder"; then say "no $builder: no plugin was built"; return; fi
  mkdir -m 0777 "$work/plugin"
  if [ "$engine" = buildah ]; then
    local c
    c=$(buildah from --pull=never "$builder")
    buildah run --user 65532:65532 -v "$work/plugin:/plugin" "$c" -- sparksql udf init /plugin/mypkg >/dev/null
    buildah rm "$c" >/dev/null
    buildah build --quiet --pull=never --build-arg "VERSION=$version" -t "$made" -f "$root/deploy/plugins.Dockerfile" "$work/plugin/mypkg" >/dev/null
    buildah rm "$container" >/dev/null
    container=$(buildah from --pull=never "$made")
    mounted=$(buildah mount "$container")
    mkdir -p "$mounted"/{proc,sys,dev,data/input,data/output}
  else
    "$engine" run --rm -v "$work/plugin:/plugin" "$builder" udf init /plugin/mypkg >/dev/null
    "$engine" build --quiet --build-arg "VERSION=$version" -t "$made" -f "$root/deploy/plugins.Dockerfile" "$work/plugin/mypkg" >/dev/null
  fi
  tag=$made
  expect 0 -S --udf /usr/lib/sparksql/functions.so -e "SELECT initials('Ada King Lovelace')"
  grep -qx AKL "$work/log" || die "the plugin's function gives $(cat "$work/log")"
  say "a plugin of the builder is loaded: initials('Ada King Lovelace') is AKL"
}

bases
if [ "$only_bases" = yes ]; then exit 0; fi
say "building $tag with $engine"
build
if [ "$check" = no ] || [ "$target" = builder ]; then
  say "$tag: $(size)"
else
  verify
  if [ "$target" = plugins ]; then verify_plugin; fi
fi
