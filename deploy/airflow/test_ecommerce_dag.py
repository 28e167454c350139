"""Loads the DAG as Airflow does and looks at what it would run."""

import json
import os
import tempfile
import threading
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace

HERE = Path(__file__).parent
os.environ.setdefault("AIRFLOW_HOME", tempfile.mkdtemp())
os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"

import jinja2  # noqa: E402
import pytest  # noqa: E402
import yaml  # noqa: E402
from airflow.dag_processing.dagbag import DagBag  # noqa: E402
from airflow.serialization.serialized_objects import DagSerialization  # noqa: E402
from kubernetes.client import ApiClient  # noqa: E402

STEPS = ["start", "validate_input", "run", "validate_output", "notify", "end"]
PODS = ["validate_input", "run", "validate_output"]


@pytest.fixture(scope="module")
def dag():
    bag = DagBag(dag_folder=str(HERE / "ecommerce_dag.py"), bundle_path=HERE, bundle_name="test")
    assert bag.import_errors == {}
    assert list(bag.dags) == ["sparksql_ecommerce"]
    return bag.dags["sparksql_ecommerce"]


def test_schedule(dag):
    assert dag.schedule == "0 2 * * *"
    assert dag.catchup is False
    assert dag.max_active_runs == 1


def test_steps_follow_each_other(dag):
    assert sorted(dag.task_ids) == sorted(STEPS)
    for step, after in zip(STEPS, STEPS[1:] + [None]):
        assert dag.get_task(step).downstream_task_ids == ({after} if after else set())


def test_retries_and_callbacks(dag):
    for task in dag.tasks:
        assert task.retries == 3
        assert task.retry_delay == timedelta(minutes=5)
        mail, slack = task.on_failure_callback
        assert mail.to == "data-team@example.com"
        assert slack.__name__ == "tell_failure"
    assert dag.on_success_callback.__name__ == "tell_success"


def test_serialization(dag):
    again = DagSerialization.from_dict(DagSerialization.to_dict(dag))
    assert sorted(again.task_ids) == sorted(STEPS)


def rendered(dag, task_id, logical_date):
    """The pod of a step, as the API server would get it."""
    task = dag.get_task(task_id).prepare_for_execution()
    run = SimpleNamespace(logical_date=logical_date, run_after=datetime(2025, 3, 9, 2, tzinfo=timezone.utc))
    task.render_template_fields({"dag_run": run}, jinja_env=dag.get_template_env())
    return ApiClient().sanitize_for_serialization(task.build_pod_request_obj(dry_run=True))


def job_pod():
    """The pod of the Kubernetes Job."""
    with open(HERE.parent / "kubernetes" / "runs" / "job.yaml") as f:
        return yaml.safe_load(f)["spec"]["template"]["spec"]


@pytest.mark.parametrize("task_id", PODS)
def test_pods_are_those_of_the_job(dag, task_id):
    pod = rendered(dag, task_id, None)
    assert pod["metadata"]["namespace"] == "sparksql"
    spec, want = pod["spec"], job_pod()
    container, want_container = spec["containers"][0], want["containers"][0]
    for key in ["restartPolicy", "serviceAccountName", "automountServiceAccountToken", "securityContext", "volumes"]:
        assert spec[key] == want[key], key
    for key in ["imagePullPolicy", "env", "securityContext", "volumeMounts"]:
        assert container[key] == want_container[key], key
    assert container["image"] == "sparksql:0.1.0"
    assert container["args"][:2] == want_container["args"][:2]
    assert spec["activeDeadlineSeconds"] > 0


def test_arguments(dag):
    day = datetime(2025, 3, 8, 2, tzinfo=timezone.utc)
    args = {t: rendered(dag, t, day)["spec"]["containers"][0]["args"][2:] for t in PODS}
    assert args == {
        "validate_input": ["--check-input"],
        "run": ["--hivevar", "ref_date=2025-03-08"],
        "validate_output": ["--check-output"],
    }
    by_hand = rendered(dag, "run", None)["spec"]["containers"][0]["args"]
    assert by_hand[-1] == "ref_date=2025-03-09"


def test_resources(dag):
    assert rendered(dag, "run", None)["spec"]["containers"][0]["resources"] == job_pod()["containers"][0]["resources"]
    check = rendered(dag, "validate_input", None)["spec"]["containers"][0]["resources"]
    assert check["limits"] == {"cpu": "1", "memory": "512Mi"}


@pytest.fixture
def webhook(monkeypatch):
    """A webhook on this machine, and what was posted to it."""
    posted = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("AIRFLOW_VAR_SPARKSQL_SLACK_WEBHOOK", f"http://127.0.0.1:{server.server_port}/")
    yield posted
    server.shutdown()


def test_slack(dag, webhook):
    ti = SimpleNamespace(dag_id=dag.dag_id, task_id="run", run_id="night", try_number=4)
    dag.get_task("run").on_failure_callback[1]({"ti": ti, "exception": "exit code 1"})
    dag.on_success_callback({"dag": dag, "run_id": "night"})
    assert [m["text"] for m in webhook] == [
        ":x: sparksql_ecommerce.run failed in run night, try 4: exit code 1",
        ":white_check_mark: sparksql_ecommerce is complete: run night",
    ]


def test_no_slack(dag, monkeypatch):
    # Without the variable nothing is opened.
    monkeypatch.setattr("airflow.sdk.Variable.get", lambda key, default: default)
    monkeypatch.setattr("urllib.request.urlopen", lambda *a, **k: pytest.fail("posted"))
    dag.on_success_callback({"dag": dag, "run_id": "night"})


def test_mail_is_rendered(dag):
    mail = dag.get_task("run").on_failure_callback[0]
    ti = {"dag_id": dag.dag_id, "task_id": "run", "run_id": "night", "try_number": 4}
    for text in [mail.subject, mail.html_content]:
        assert jinja2.Template(text).render(ti=ti, exception="exit code 1").find("{{") < 0
