#!/usr/bin/env bash
# Builds the image, brings it and the manifests to a cluster, runs the job once, and gives Airflow its DAG.
set -euo pipefail

usage() {
  cat <<'EOF'
Usage: deploy/deploy.sh [flags]

Builds the image, loads it into a kind cluster (or pushes it), applies deploy/kubernetes, runs the job once and waits for it
with its log. It may be run again at any time: what stands is updated, and each run is a Job of its own name.

  --env dev|prod            overlay of deploy/kubernetes (default dev)
  --tag TAG                 tag of the image (default: the release)
  --cluster NAME            kind cluster that the image is loaded into (default kind)
  --registry PREFIX         push to PREFIX/sparksql:TAG instead, for clusters that pull
  --context NAME            context of kubectl (default kind-CLUSTER; with --registry the current one)
  --no-run                  do not run the job
  --timeout SECONDS         how long the run may take (default 14400)
  --airflow NAMESPACE       copy the DAG to Airflow's DAG processors there
  --airflow-selector LABEL  label of their pods (default component=dag-processor)
  --dry-run                 print the commands, run none

Exit status: 0; 1 when a step or the job failed; 2 wrong usage.
EOF
}

say() { echo "deploy: $*" >&2; }
die() { say "$*"; exit 1; }
misuse() { say "$*"; say "try 'deploy/deploy.sh --help'"; exit 2; }

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
release=$(sed -n 's/^	Version *= "\(.*\)"$/\1/p' "$root/version.go")
env=dev tag=$release cluster=kind registry='' context='' run=yes timeout=14400 airflow='' selector=component=dag-processor dry=no

while [ $# -gt 0 ]; do
  case $1 in
    --no-run) run=no; shift; continue ;;
    --dry-run) dry=yes; shift; continue ;;
    -h | --help) usage; exit 0 ;;
    --env | --tag | --cluster | --registry | --context | --timeout | --airflow | --airflow-selector)
      [ -n "${2-}" ] || misuse "$1 takes a value" ;;
    *) misuse "unknown argument '$1'" ;;
  esac
  case $1 in
    --env) env=$2 ;;
    --tag) tag=$2 ;;
    --cluster) cluster=$2 ;;
    --registry) registry=${2%/} ;;
    --context) context=$2 ;;
    --timeout) timeout=$2 ;;
    --airflow) airflow=$2 ;;
    --airflow-selector) selector=$2 ;;
  esac
  shift 2
done

overlay=$here/kubernetes/overlays/$env
[ -f "$overlay/kustomization.yaml" ] || misuse "there is no overlay '$env'; there are: $(cd "$here/kubernetes/overlays" && echo *)"
[[ $timeout =~ ^[0-9]+$ ]] || misuse "--timeout takes seconds, not '$timeout'"
[[ $tag =~ ^[A-Za-z0-9_][A-Za-z0-9._-]*$ ]] || misuse "'$tag' is no tag of an image"
[[ $registry =~ ^[A-Za-z0-9._:/-]*$ ]] || misuse "'$registry' is no registry"

image=${registry:+$registry/}sparksql:$tag
if [ -z "$context" ] && [ -z "$registry" ]; then context=kind-$cluster; fi
kubectl=(kubectl)
if [ -n "$context" ]; then kubectl+=(--context "$context"); fi
namespace=$(sed -n 's/^namespace: *//p' "$overlay/kustomization.yaml")
job=ecommerce-$(date -u +%Y%m%d-%H%M%S)

# step runs a command, or prints it in a dry run; its failure ends the deployment.
step() {
  if [ "$dry" = yes ]; then
    printf '%q ' "$@" | sed 's/ $/\n/'
    return
  fi
  "$@" || die "this failed: $*"
}

check_tools() {
  local tool tools=(docker kubectl) missing=()
  if [ -z "$registry" ]; then tools+=(kind); fi
  for tool in "${tools[@]}"; do command -v "$tool" >/dev/null || missing+=("$tool"); done
  [ ${#missing[@]} = 0 ] || die "not on the PATH: ${missing[*]}"
  if [ "$dry" = yes ]; then return; fi
  docker info >/dev/null 2>&1 || die "the Docker engine does not answer: is it running?"
  if [ -z "$registry" ]; then
    kind get clusters 2>/dev/null | grep -qxF -- "$cluster" || die "there is no kind cluster '$cluster'; 'kind create cluster --name $cluster' makes it"
  fi
  "${kubectl[@]}" get --raw /readyz >/dev/null 2>&1 || die "the cluster does not answer to '${kubectl[*]}'"
}

build_image() {
  say "building $image"
  step docker build --tag "$image" --build-arg "VERSION=$release" \
    --build-arg "COMMIT=$(git -C "$root" rev-parse HEAD 2>/dev/null || true)" \
    --build-arg "DATE=$(git -C "$root" log -1 --format=%cI 2>/dev/null || true)" "$root"
  if [ -n "$registry" ]; then
    step docker push "$image"
  else
    step kind load docker-image "$image" --name "$cluster"
  fi
}

# render prints the overlay's documents with the image that was built.
render() { kubectl kustomize "$overlay" | sed "s|^\( *image: \)sparksql:.*|\1$image|"; }

apply() {
  say "applying $env to the name space $namespace"
  if [ "$dry" = yes ]; then
    printf '%q ' kubectl kustomize "$overlay"
    printf "| sed 's|image: sparksql:.*|image: %s|' | " "$image"
    step "${kubectl[@]}" apply -f -
    return
  fi
  render | "${kubectl[@]}" apply -f - || die "the manifests were not applied"
}

# state prints what became of the job: Complete, Failed or nothing yet.
state() {
  "${kubectl[@]}" -n "$namespace" get job "$job" -o 'jsonpath={.status.conditions[?(@.status=="True")].type}' |
    tr ' ' '\n' | grep -xE 'Complete|Failed' || true
}

# follow prints the log of the job's pods, one after the other, until the job ends.
follow() {
  local deadline=$((SECONDS + timeout)) pod last='' phase ended=''
  while [ -z "$ended" ]; do
    [ "$SECONDS" -lt "$deadline" ] || die "job $job did not end within $timeout seconds"
    ended=$(state)
    pod=$("${kubectl[@]}" -n "$namespace" get pods -l "job-name=$job" --sort-by=.metadata.creationTimestamp -o name | tail -n 1)
    if [ -n "$pod" ] && [ "$pod" != "$last" ]; then
      phase=$("${kubectl[@]}" -n "$namespace" get "$pod" -o 'jsonpath={.status.phase}')
      if [ "$phase" != Pending ]; then
        last=$pod
        "${kubectl[@]}" -n "$namespace" logs --follow "$pod" || true
        continue
      fi
    fi
    if [ -z "$ended" ]; then sleep 3; fi
  done
  [ "$ended" = Complete ] || die "job $job failed; its pods: ${kubectl[*]} -n $namespace describe pods -l job-name=$job"
}

run_job() {
  say "running job $job"
  step "${kubectl[@]}" -n "$namespace" create job "$job" --from=cronjob/ecommerce
  if [ "$dry" = yes ]; then
    step "${kubectl[@]}" -n "$namespace" logs --follow "job/$job"
    return
  fi
  follow
  say "job $job is complete"
}

copy_dag() {
  local pods pod
  say "copying the DAG to Airflow in the name space $airflow"
  if [ "$dry" = yes ]; then
    step "${kubectl[@]}" -n "$airflow" cp "$here/airflow/ecommerce_dag.py" POD:/opt/airflow/dags/ecommerce_dag.py
    return
  fi
  pods=$("${kubectl[@]}" -n "$airflow" get pods -l "$selector" --field-selector=status.phase=Running -o 'jsonpath={.items[*].metadata.name}')
  [ -n "$pods" ] || die "no pod with the label $selector runs in the name space $airflow"
  for pod in $pods; do
    step "${kubectl[@]}" -n "$airflow" cp "$here/airflow/ecommerce_dag.py" "$pod:/opt/airflow/dags/ecommerce_dag.py"
  done
}

check_tools
build_image
apply
if [ "$run" = yes ]; then run_job; fi
if [ -n "$airflow" ]; then copy_dag; fi
say "done"
