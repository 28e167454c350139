#!/usr/bin/env bash
# Makes the release's archives of this commit without publishing them, and looks at what is in them.
set -euo pipefail

die() { echo "release: $*" >&2; exit 1; }

cd "$(dirname "$0")/.."
if ! command -v goreleaser >/dev/null; then
  echo "release: skipped: goreleaser is not on the PATH"
  exit 0
fi
goreleaser check
goreleaser release --snapshot --clean --skip=publish,announce,validate

cd dist
sha256sum --check --quiet ./*_checksums.txt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for platform in linux_amd64 linux_arm64 darwin_amd64 darwin_arm64; do
  archive=$(echo sparksql_*_"$platform".tar.gz)
  grep -q " $archive\$" ./*_checksums.txt || die "$archive has no checksum"
  mkdir "$work/$platform"
  tar -xzf "$archive" -C "$work/$platform" --strip-components=1
  for file in sparksql LICENSE NOTICE README.md docs/production.md queries/ecommerce/app_config.yaml; do
    [ -f "$work/$platform/$file" ] || die "$archive lacks $file"
  done
  # What the file says of itself: its platform and the commit.
  info=$(go version -m "$work/$platform/sparksql")
  for setting in "GOOS=${platform%_*}" "GOARCH=${platform#*_}" CGO_ENABLED=0 -trimpath=true "vcs.revision=$(git rev-parse HEAD)"; do
    grep -qF -- "$setting" <<<"$info" || die "the program in $archive was not built with $setting"
  done
  echo "release: $archive, $(du -h "$archive" | cut -f1)"
done

here=$(go env GOOS)_$(go env GOARCH)
grep -qF "\"commit\": \"$(git rev-parse HEAD)\"" <<<"$("$work/$here/sparksql" version --json)" || die "the program does not know its commit"
"$work/$here/sparksql" -S --output csv -e 'SELECT 1 + 1 AS two' | grep -qx 2 || die "the program does not compute"
echo "release: all is well"
