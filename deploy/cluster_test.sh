#!/usr/bin/env bash
# Runs the commands of docs/production.md as they stand there, with a Docker engine, a cluster of kind and Airflow, and looks at
# what they leave. The work is done in a copy of the checkout; what is worth keeping for the next time is in a cache folder.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
cache=${SPARKSQL_CLUSTER:-${XDG_CACHE_HOME:-$HOME/.cache}/sparksql-cluster}
work=$(mktemp -d)
registry=registry.example.com
engine=''

say() { echo "cluster: $*" >&2; }
die() { say "$*"; exit 1; }
skip() { say "skipped: $*"; exit 0; }
equal() { [ "$2" = "$3" ] || die "$1 is '$2', want '$3'"; }

cleanup() {
  local status=$?
  if [ -f "$work/kubeconfig" ]; then kind delete cluster --quiet || true; fi
  docker rm -f sparksql-registry >/dev/null 2>&1 || true
  if [ -n "$engine" ]; then
    if [ $status != 0 ]; then tail -n 3 "$work/dockerd.log" >&2; fi
    kill "$engine" && wait "$engine" || true
  fi
  rm -rf "$work"
}
trap cleanup EXIT

# start_engine starts a Docker engine where none answers. It alone knows the registry of the guide, by a hosts file of its own.
start_engine() {
  local runtime=() granted
  if ! { [ "$(id -u)" = 0 ] && command -v dockerd >/dev/null && command -v jq >/dev/null; }; then
    skip "no Docker engine answers, and none can be started: that takes root, dockerd and jq"
  fi
  granted=$(sed -n 's/^CapBnd:\t//p' /proc/self/status)
  if ! ((0x$granted >> 24 & 1)); then runtime=(--add-runtime "capped=$root/deploy/cluster/runc.sh" --default-runtime capped); fi
  { cat /etc/hosts; echo "127.53.0.1 $registry"; } >"$work/hosts"
  export DOCKER_HOST=unix://$work/docker.sock
  # shellcheck disable=SC2016
  unshare --mount sh -c 'mount --bind "$1" /etc/hosts && shift && exec dockerd "$@"' _ "$work/hosts" \
    --host "$DOCKER_HOST" --data-root "$cache/docker" --exec-root "$work/docker" --pidfile "$work/docker.pid" \
    --insecure-registry "$registry" "${runtime[@]}" >"$work/dockerd.log" 2>&1 {lock}>&- &
  engine=$!
  until docker info >/dev/null 2>&1; do
    kill -0 "$engine" 2>/dev/null || { cat "$work/dockerd.log" >&2; skip "the Docker engine does not start here"; }
    sleep 1
  done
}

# choose_docker puts the first docker on the PATH that can build with BuildKit.
choose_docker() {
  local docker
  export DOCKER_BUILDKIT=1
  while read -r docker; do
    if printf 'FROM scratch\nLABEL builds=yes\n' | "$docker" build --quiet - >/dev/null 2>&1; then
      ln -sf "$docker" "$work/bin/docker"
      return
    fi
  done < <(type -ap docker)
  skip "no docker here builds with BuildKit"
}

# make_kind puts kind and kubectl into the cache, and where kind's node cannot be pulled makes one and tells kind of it.
make_kind() {
  local node
  mkdir -p "$cache/bin"
  node=$(cd "$root/deploy/cluster" && sed -n 's/^const Image = "\(.*\)"/\1/p' "$(go list -m -f '{{.Dir}}' sigs.k8s.io/kind)/pkg/apis/config/defaults/image.go")
  if docker image inspect "$node" >/dev/null 2>&1 || docker pull --quiet "$node" >/dev/null 2>&1; then
    (cd "$root/deploy/cluster" && CGO_ENABLED=0 go build -o "$cache/bin/" sigs.k8s.io/kind k8s.io/kubernetes/cmd/kubectl)
    return
  fi
  node=kindest/node:made-$(cat "$root"/deploy/cluster/* | sha256sum | cut -c1-12)
  if ! docker image inspect "$node" >/dev/null 2>&1 || [ ! -x "$cache/bin/kind" ]; then
    say "kind's node cannot be pulled: $node is made, which takes some minutes"
    "$root/deploy/cluster/node.sh" "$cache" "$node" >"$cache/node.log" 2>&1 || { tail -n 20 "$cache/node.log" >&2; die "the node was not made"; }
  fi
  cat >"$work/bin/kind" <<EOF
#!/bin/sh
if [ "\${1-} \${2-}" = 'create cluster' ]; then shift 2; set -- create cluster --image $node "\$@"; fi
exec "$cache/bin/kind" "\$@"
EOF
  chmod +x "$work/bin/kind"
}

prepare() {
  mkdir -p "$work/bin" "$work/src" "$cache/docker"
  if ! { command -v docker && command -v go; } >/dev/null; then skip "docker and go are not both there"; fi
  exec {lock}>"$cache/lock"
  flock --nonblock "$lock" || die "another run works in $cache"
  if docker info >/dev/null 2>&1; then registry=localhost:5000; else start_engine; fi
  PATH=$work/bin:$cache/bin:$PATH
  choose_docker
  "$root/deploy/image.sh" --engine docker --bases
  make_kind
  (cd "$root" && CGO_ENABLED=0 go build -o "$work/bin/" ./cmd/sparksql)
  (cd "$root" && git ls-files --cached --others --exclude-standard -z | xargs -0 cp --parents -t "$work/src")
  cd "$work/src"
  export KUBECONFIG=$work/kubeconfig
}

# block prints the Nth sh block of a section of the guide.
block() {
  awk -v section="## $1" -v n="$2" '
    /^## / { inside = $0 == section }
    /^```$/ { shown = 0 }
    shown { print }
    inside && /^```sh$/ { shown = ++i == n }' docs/production.md
}

# run runs a block, each command shown before it; its output is in $work/log.
run() {
  local commands
  commands=$(block "$1" "$2" | sed "s|registry.example.com|$registry|")
  [ -n "$commands" ] || die "the guide has no block $2 in '$1'"
  say "$1, block $2"
  bash -euxo pipefail -c "$commands" >"$work/log" 2>&1 || { cat "$work/log" >&2; die "block $2 of '$1' fails"; }
}

logged() { grep -q -- "$1" "$work/log" || { cat "$work/log" >&2; die "no '$1' is said"; }; }

in_container() {
  run 'In a container' 1
  logged '"modules"'
  [ "$(find out/container -name _SUCCESS | wc -l)" -gt 5 ] || die "the container left no outputs"
  run 'In a container' 2
  logged '^AKL$'
  run 'In a container' 3
  logged '^AKL$'
}

# load_input does for a name space what the guide shows for that of dev.
load_input() {
  bash -euo pipefail -c "$(block 'In Kubernetes' 2 | sed "s/sparksql-dev/$1/")" >"$work/log" 2>&1 || { cat "$work/log" >&2; die "the input was not loaded"; }
}

# variant makes a Job of the CronJob of prod, changed by a filter of jq.
variant() {
  kubectl -n sparksql create job "$1" --from=cronjob/ecommerce --dry-run=client -o json | jq "$2" | kubectl apply -f - >/dev/null
}

# await waits until a command prints something.
await() {
  local i
  for i in $(seq 300); do
    if [ -n "$("$@")" ]; then return; fi
    sleep 1
  done
  die "still nothing after $i seconds: $*"
}

of_job() { kubectl -n sparksql get job "$1" -o "jsonpath=$2"; }

# same_rows compares the numbers of rows of prod's outputs with those of a run outside.
same_rows() {
  local volume out name query
  volume=$(kubectl get pv -o json | jq -r '.items[] | select(.spec.claimRef.namespace == "sparksql") | .spec | (.local // .hostPath).path')
  docker exec kind-control-plane tar -C "$volume" -cf - output | tar -C "$work" -xf -
  OUTPUT_PATH=$work/outside sparksql run queries/ecommerce >"$work/log" 2>&1
  for out in "$work"/outside/*; do
    name=${out##*/}
    query="SELECT (SELECT count(*) FROM parquet.\`$work/output/$name\`) = (SELECT count(*) FROM parquet.\`$out\`)"
    equal "that $name has as many rows as outside" "$(sparksql -S -e "$query")" true
  done
}

in_dev() {
  run 'In Kubernetes' 1
  logged 'cronjob.batch/ecommerce created'
  if ! docker exec kind-control-plane crictl pull --quiet debian:12.12-slim >/dev/null 2>&1; then kind load docker-image --quiet debian:12.12-slim; fi
  run 'In Kubernetes' 2
  run 'In Kubernetes' 3
  logged 'deploy: job ecommerce-[0-9-]* is complete'
  logged '"status": "success"'
  equal "the number of things that applying again left alone" "$(grep -c ' unchanged$' "$work/log")" 5
}

in_prod() {
  local job pod
  kind load docker-image --quiet sparksql:0.1.0
  run 'In Kubernetes' 4
  job=$(kubectl -n sparksql get jobs -o 'jsonpath={.items[0].metadata.name}')
  await of_job "$job" '{.status.failed}'
  pod=$(kubectl -n sparksql get pods -l "job-name=$job" --field-selector=status.phase=Failed -o 'jsonpath={.items[0].metadata.name}')
  kubectl -n sparksql logs "$pod" >"$work/log"
  logged '"level":"ERROR"'
  load_input sparksql
  kubectl -n sparksql wait --for=condition=Complete --timeout=10m "job/$job" >/dev/null
  same_rows
  say "a run without input failed, and was complete once there was some"
}

rules_of_jobs() {
  variant wrong '.spec.template.spec.containers[0].args += ["--no-such-flag"]'
  kubectl -n sparksql wait --for=condition=Failed --timeout=5m job/wrong >/dev/null
  equal "the number of tries of wrong usage" "$(of_job wrong '{.status.failed}')" 1
  equal "why it is given up" "$(of_job wrong '{.status.conditions[?(@.type=="Failed")].reason}')" PodFailurePolicy
  variant brief '.spec.ttlSecondsAfterFinished = 1'
  kubectl -n sparksql wait --for=delete --timeout=5m job/brief >/dev/null
  if kubectl -n sparksql run root --image=debian:12.12-slim --dry-run=server >"$work/log" 2>&1; then die "a pod of root's is admitted"; fi
  logged 'violates PodSecurity "restricted'
  say "wrong usage is not tried again, Jobs go after their time, root is refused"
}

own_run() {
  kubectl -n sparksql patch cronjob ecommerce -p '{"spec":{"schedule":"* * * * *"}}' >/dev/null
  await kubectl -n sparksql get cronjob ecommerce -o 'jsonpath={.status.lastSuccessfulTime}'
  kubectl apply -k deploy/kubernetes/overlays/prod >/dev/null
  equal "the schedule" "$(kubectl -n sparksql get cronjob ecommerce -o 'jsonpath={.spec.schedule}')" '0 2 * * *'
  say "the CronJob makes a run of its own at its time"
}

# start_registry starts one that the engine and the node know under the guide's name.
start_registry() {
  docker build --quiet -t sparksql-registry - >/dev/null <<'EOF'
FROM debian:12.12-slim
RUN apt-get update && apt-get install -y --no-install-recommends docker-registry && rm -rf /var/lib/apt/lists/*
RUN printf 'version: 0.1\nstorage: {filesystem: {rootdirectory: /var/lib/registry}}\nhttp: {addr: ":5000"}\n' >/registry.yml
CMD ["docker-registry", "serve", "/registry.yml"]
EOF
  local at=127.0.0.1:5000
  if [ -n "$engine" ]; then at=127.53.0.1:80; fi
  docker run -d --name sparksql-registry --network kind -p "$at:5000" sparksql-registry >/dev/null
  docker exec -i kind-control-plane sh -c "mkdir -p '/etc/containerd/certs.d/$registry' && cat >'/etc/containerd/certs.d/$registry/hosts.toml'" <<<'[host."http://sparksql-registry:5000"]'
}

# stand_in_for_airflow makes what the guide wants of an Airflow in the cluster: the account and a pod of the DAG processor.
stand_in_for_airflow() {
  kubectl create namespace airflow
  kubectl -n airflow create serviceaccount airflow-worker
  kubectl -n airflow run dag-processor --labels=component=dag-processor --image=debian:12.12-slim -- \
    sh -c 'mkdir -p /opt/airflow/dags && exec sleep infinity'
  kubectl -n airflow wait --for=condition=Ready --timeout=5m pod/dag-processor
}

# worker writes the configuration of kubectl for Airflow's account, which may do what deploy/kubernetes/airflow says.
worker() {
  kubectl config view --minify --raw >"$work/worker"
  KUBECONFIG=$work/worker kubectl config set-credentials worker --token="$(kubectl -n airflow create token airflow-worker)"
  KUBECONFIG=$work/worker kubectl config set-context --current --user=worker
}

in_airflow() {
  local airflow=$root/bin/airflow/bin
  start_registry
  stand_in_for_airflow >/dev/null
  run 'In Airflow' 1
  kubectl -n airflow exec dag-processor -- cat /opt/airflow/dags/ecommerce_dag.py | cmp - deploy/airflow/ecommerce_dag.py
  equal "that the CronJob sleeps" "$(kubectl -n sparksql get cronjob ecommerce -o 'jsonpath={.spec.suspend}')" true
  if [ ! -x "$airflow/airflow" ]; then say "no Airflow in bin/airflow (make airflow-test): the DAG was not run"; return; fi
  worker >/dev/null
  export PATH=$airflow:$PATH AIRFLOW_HOME=$work/airflow AIRFLOW__CORE__DAGS_FOLDER=$PWD/deploy/airflow AIRFLOW__CORE__LOAD_EXAMPLES=False
  export SPARKSQL_IMAGE=$registry/data/sparksql:0.1.0
  if ! { airflow db migrate && airflow dags reserialize; } >"$work/log" 2>&1; then cat "$work/log" >&2; die "Airflow does not start"; fi
  KUBECONFIG=$work/worker airflow dags test sparksql_ecommerce 2025-01-01 >"$work/log" 2>&1 || { tail -n 40 "$work/log" >&2; die "the DAG fails"; }
  logged 'Job completed successfully!'
  say "the DAG ran with the account of Airflow's workers, and the image of the registry"
  run 'In Airflow' 2
  equal "the number of runs of the backfill" \
    "$(airflow dags list-runs sparksql_ecommerce --output json 2>/dev/null | grep '^\[' | jq '[.[] | select(.run_id | startswith("backfill"))] | length')" 3
}

prepare
in_container
in_dev
in_prod
rules_of_jobs
own_run
in_airflow
say "every command of the guide was run"
