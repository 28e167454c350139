"""The e-commerce job, every night at two: check the input, run, check the output, tell.

Every step runs in a pod with the image, the volume and the settings of deploy/kubernetes, so what is checked is what the job
reads and writes; the workers of Airflow see none of it. A run is for the day of its date: run again for an earlier day, it
gives that day's result.

Settings, as environment variables of Airflow: SPARKSQL_IMAGE, SPARKSQL_NAMESPACE, SPARKSQL_EMAIL (who hears of failures, by the
connection smtp_default); the Airflow variable sparksql_slack_webhook is the address of a Slack webhook.
"""

from __future__ import annotations

import json
import os
import urllib.request
from datetime import datetime, timedelta, timezone

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.providers.smtp.notifications.smtp import SmtpNotifier
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, Asset, Variable, chain, task
from kubernetes.client import models as k8s

IMAGE = os.environ.get("SPARKSQL_IMAGE", "sparksql:0.1.0")
NAMESPACE = os.environ.get("SPARKSQL_NAMESPACE", "sparksql")
EMAIL = os.environ.get("SPARKSQL_EMAIL", "data-team@example.com")

JOB = "/app/queries/ecommerce"
REF_DATE = "{{ (dag_run.logical_date or dag_run.run_after) | ds }}"


def post_to_slack(text: str) -> None:
    """Posts a message to the webhook; without one it does nothing."""
    webhook = Variable.get("sparksql_slack_webhook", default=None)
    if not webhook:
        return
    body = json.dumps({"text": text}).encode()
    request = urllib.request.Request(webhook, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10):
        pass


def tell_success(context) -> None:
    post_to_slack(f":white_check_mark: {context['dag'].dag_id} is complete: run {context['run_id']}")


def tell_failure(context) -> None:
    ti = context["ti"]
    post_to_slack(f":x: {ti.dag_id}.{ti.task_id} failed in run {ti.run_id}, try {ti.try_number}: {context.get('exception')}")


mail_failure = SmtpNotifier(
    to=EMAIL,
    from_email="airflow@example.com",
    subject="{{ ti.dag_id }}.{{ ti.task_id }} failed",
    html_content="Run {{ ti.run_id }}, try {{ ti.try_number }}: {{ exception }}",
)


def pod(task_id: str, *arguments: str, resources: k8s.V1ResourceRequirements) -> KubernetesPodOperator:
    """A step: the image with these arguments, as deploy/kubernetes/runs/job.yaml runs it."""
    return KubernetesPodOperator(
        task_id=task_id,
        name=f"ecommerce-{task_id}",
        namespace=NAMESPACE,
        image=IMAGE,
        image_pull_policy="IfNotPresent",
        arguments=["run", JOB, *arguments],
        env_vars={"INPUT_PATH": "/data/input", "OUTPUT_PATH": "/data/output"},
        labels={"app.kubernetes.io/name": "sparksql", "app.kubernetes.io/component": "ecommerce"},
        service_account_name="sparksql",
        automount_service_account_token=False,
        security_context=k8s.V1PodSecurityContext(
            run_as_non_root=True,
            run_as_user=65532,
            run_as_group=65532,
            fs_group=65532,
            fs_group_change_policy="OnRootMismatch",
            seccomp_profile=k8s.V1SeccompProfile(type="RuntimeDefault"),
        ),
        container_security_context=k8s.V1SecurityContext(
            allow_privilege_escalation=False,
            read_only_root_filesystem=True,
            capabilities=k8s.V1Capabilities(drop=["ALL"]),
        ),
        container_resources=resources,
        volumes=[
            k8s.V1Volume(
                name="data",
                persistent_volume_claim=k8s.V1PersistentVolumeClaimVolumeSource(claim_name="sparksql-data"),
            ),
            k8s.V1Volume(name="spill", empty_dir=k8s.V1EmptyDirVolumeSource(size_limit="20Gi")),
            k8s.V1Volume(name="config", config_map=k8s.V1ConfigMapVolumeSource(name="sparksql-config")),
        ],
        volume_mounts=[
            k8s.V1VolumeMount(name="data", mount_path="/data"),
            k8s.V1VolumeMount(name="spill", mount_path="/tmp"),
            k8s.V1VolumeMount(
                name="config",
                mount_path=f"{JOB}/app_config.yaml",
                sub_path="app_config.yaml",
                read_only=True,
            ),
        ],
        startup_timeout_seconds=600,
        active_deadline_seconds=14400,
        on_finish_action="delete_succeeded_pod",  # a failed one stays to be looked at
    )


CHECK = k8s.V1ResourceRequirements(
    requests={"cpu": "100m", "memory": "128Mi"}, limits={"cpu": "1", "memory": "512Mi"}
)
RUN = k8s.V1ResourceRequirements(requests={"cpu": "1", "memory": "2Gi"}, limits={"cpu": "2", "memory": "4Gi"})


with DAG(
    dag_id="sparksql_ecommerce",
    description="Daily sales, customers and rankings of the shop, by sparksql",
    doc_md=__doc__,
    schedule="0 2 * * *",
    start_date=datetime(2025, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    max_active_runs=1,  # two runs would write the same outputs
    default_args={
        "owner": "data",
        "retries": 3,
        "retry_delay": timedelta(minutes=5),
        "on_failure_callback": [mail_failure, tell_failure],
    },
    on_success_callback=tell_success,
    tags=["sparksql", "ecommerce"],
) as dag:

    @task(outlets=[Asset("sparksql://ecommerce/output")])
    def notify() -> None:
        """Makes the outputs known: DAGs that are scheduled on them start."""

    chain(
        EmptyOperator(task_id="start"),
        pod("validate_input", "--check-input", resources=CHECK),
        pod("run", "--hivevar", f"ref_date={REF_DATE}", resources=RUN),
        pod("validate_output", "--check-output", resources=CHECK),
        notify(),
        EmptyOperator(task_id="end"),
    )
