#!/usr/bin/env bash
# Makes the image of kind's nodes where it cannot be pulled: the programs of Kubernetes from their modules, the rest from Debian.
#
#   deploy/cluster/node.sh FOLDER IMAGE     the programs stay in FOLDER/bin, kind and kubectl among them
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
folder=${1:?a folder} image=${2:?the name of an image}
context=$folder/context
mkdir -p "$folder/bin" "$context"

# field prints one of a module's.
field() { (cd "$here" && go list -m -f "{{.$2}}" "$1"); }

programs() {
  local version minor
  version=$(field k8s.io/kubernetes Version)
  minor=${version#v1.}
  (cd "$here" && CGO_ENABLED=0 go build -trimpath -o "$folder/bin/" -ldflags "-s -w \
    -X k8s.io/component-base/version.gitVersion=$version \
    -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=${minor%.*}" tool)
  mv "$folder/bin/server" "$folder/bin/etcd"
  # These want other modules than Kubernetes does.
  (
    cd "$folder"
    export GOBIN=$folder/bin CGO_ENABLED=0
    go install -trimpath -ldflags '-s -w' github.com/containerd/containerd/v2/cmd/{containerd,containerd-shim-runc-v2,ctr}@v2.3.4
    go install -trimpath -ldflags '-s -w' github.com/coredns/coredns@v1.14.3
    go install -trimpath -ldflags '-s -w' github.com/rancher/local-path-provisioner@v0.0.30
  )
}

# lay puts together what the images are built from. Files of modules have lost their modes.
lay() {
  rm -rf "$context"
  mkdir -p "$context"
  cp -r "$folder/bin" "$here/Dockerfile" "$here/network.sh" "$context"
  cp -r "$(field sigs.k8s.io/kind Dir)/images/base/files" "$context"
  chmod -R u=rwX,go=rX "$context"
  chmod 0755 "$context"/files/usr/local/bin/* "$context"/files/kind/bin/* "$context/network.sh"
}

# archive builds a target and saves it in a file under all names that follow; those of docker.io are saved in full.
archive() {
  local file=$1 target=$2 name
  shift 2
  for name; do docker build --quiet --target "$target" --tag "$name" "$context" >/dev/null; done
  rm -rf "$folder/image"
  mkdir "$folder/image"
  docker save "$@" | tar -xf - -C "$folder/image"
  jq 'map(.RepoTags |= map(if startswith("kindest/") then "docker.io/" + . else . end))' \
    "$folder/image/manifest.json" >"$folder/manifest.json"
  mv "$folder/manifest.json" "$folder/image"
  rm "$folder/image/repositories"
  (cd "$folder/image" && tar -cf "$file" -- *)
  rm -r "$folder/image"
}

# images prints the names that kubeadm and kind know their images by.
images() {
  "$folder/bin/kubeadm" config images list --kubernetes-version "$(field k8s.io/kubernetes Version)" | grep -v /pause:
  sed -n 's/^ *sandbox_image = "\(.*\)"/\1/p' "$context/files/etc/containerd/config.toml"
  sed -n 's/^const .*Image = "\(docker.io\/kindest\/.*\)"$/\1/p' "$(field sigs.k8s.io/kind Dir)"/pkg/build/nodeimage/const_{cni,storage}.go
}

# release makes an archive like those that Kubernetes is released in; it has four images in files of these names.
release() {
  local dir=$folder/release/kubernetes all
  rm -rf "$folder/release"
  mkdir -p "$dir/server/bin"
  field k8s.io/kubernetes Version >"$dir/version"
  cp "$folder"/bin/{kubeadm,kubelet,kubectl} "$dir/server/bin"
  all=$(images)
  # shellcheck disable=SC2046
  archive "$dir/server/bin/kube-apiserver.tar" parts $(grep -vE '/(pause|coredns|kindnetd):' <<<"$all")
  archive "$dir/server/bin/kube-controller-manager.tar" pause "$(grep /pause: <<<"$all")"
  archive "$dir/server/bin/kube-scheduler.tar" coredns "$(grep /coredns: <<<"$all")"
  archive "$dir/server/bin/kube-proxy.tar" network "$(grep /kindnetd: <<<"$all")"
  tar -C "$folder/release" -czf "$folder/release.tar.gz" kubernetes
  rm -rf "$folder/release"
}

programs
lay
docker build --quiet --target base --tag kindest/base:made "$context" >/dev/null
release
"$folder/bin/kind" build node-image --type file --base-image kindest/base:made --image "$image" "$folder/release.tar.gz"
