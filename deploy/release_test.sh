#!/usr/bin/env bash
# Makes the release's archives of the last commit without publishing them, into dist, and looks at what is in them. They are built
# in a clone: what is not committed stays out, and the go command finds the commit, which it does not in a linked work tree.
set -euo pipefail

die() { echo "release: $*" >&2; exit 1; }

cd "$(dirname "$0")/.."
if ! command -v goreleaser >/dev/null; then
  echo "release: skipped: goreleaser is not on the PATH"
  exit 0
fi
root=$PWD
commit=$(git rev-parse HEAD)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git clone --quiet --no-local "$root" "$work/clone"
cd "$work/clone"
git checkout --quiet "$commit"
goreleaser check
goreleaser release --snapshot --skip=publish,announce,validate
rm -rf "$root/dist"
mkdir "$root/dist"
cp dist/*.tar.gz dist/*_checksums.txt "$root/dist"

cd "$root/dist"
sha256sum --check --quiet ./*_checksums.txt
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
  for setting in "GOOS=${platform%_*}" "GOARCH=${platform#*_}" CGO_ENABLED=0 -trimpath=true "vcs.revision=$commit" vcs.modified=false; do
    grep -qF -- "$setting" <<<"$info" || die "the program in $archive was not built with $setting"
  done
  echo "release: $archive, $(du -h "$archive" | cut -f1)"
done

here=$(go env GOOS)_$(go env GOARCH)
grep -qF "\"commit\": \"$commit\"" <<<"$("$work/$here/sparksql" version --json)" || die "the program does not know its commit"
"$work/$here/sparksql" -S --output csv -e 'SELECT 1 + 1 AS two' | grep -qx 2 || die "the program does not compute"
echo "release: all is well"
