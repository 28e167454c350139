// Package manifests checks what stands in deploy/kubernetes: every document is decoded strictly into the types of the API, and
// the overlays are rendered and looked at as the API server would get them.
package manifests

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

const root = "../.."

// kinds makes an empty object of each kind that may occur.
func kinds() map[string]any {
	return map[string]any{
		"v1/Namespace":                             &corev1.Namespace{},
		"v1/ServiceAccount":                        &corev1.ServiceAccount{},
		"v1/PersistentVolumeClaim":                 &corev1.PersistentVolumeClaim{},
		"v1/Pod":                                   &corev1.Pod{},
		"v1/ConfigMap":                             &corev1.ConfigMap{},
		"batch/v1/Job":                             &batchv1.Job{},
		"batch/v1/CronJob":                         &batchv1.CronJob{},
		"rbac.authorization.k8s.io/v1/Role":        &rbacv1.Role{},
		"rbac.authorization.k8s.io/v1/RoleBinding": &rbacv1.RoleBinding{},
		"kustomize.config.k8s.io/v1beta1/Kustomization": &types.Kustomization{},
	}
}

// decode reads one document strictly: a field that its kind does not have is an error.
func decode(t *testing.T, name string, text []byte) any {
	t.Helper()
	var meta struct{ APIVersion, Kind string }
	if err := yaml.Unmarshal(text, &meta); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	into := kinds()[meta.APIVersion+"/"+meta.Kind]
	if into == nil {
		t.Fatalf("%s: a document of kind %s/%s", name, meta.APIVersion, meta.Kind)
	}
	if err := yaml.UnmarshalStrict(text, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return into
}

func documents(text []byte) [][]byte {
	var out [][]byte
	for _, doc := range bytes.Split(text, []byte("\n---\n")) {
		if len(bytes.TrimSpace(doc)) > 0 {
			out = append(out, doc)
		}
	}
	return out
}

func TestDocumentsDecodeStrictly(t *testing.T) {
	n := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".yaml" || d.Name() == "app_config.yaml" {
			return err
		}
		text, err := os.ReadFile(path)
		for _, doc := range documents(text) {
			decode(t, path, doc)
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if n < 13 {
		t.Errorf("only %d documents were found", n)
	}
}

// cluster is what an overlay gives.
type cluster struct {
	namespace *corev1.Namespace
	account   *corev1.ServiceAccount
	claim     *corev1.PersistentVolumeClaim
	config    *corev1.ConfigMap
	cron      *batchv1.CronJob
}

// build renders a folder of deploy/kubernetes.
func build(t *testing.T, folder string) [][]byte {
	t.Helper()
	out, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), filepath.Join(root, folder))
	if err != nil {
		t.Fatal(err)
	}
	text, err := out.AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	return documents(text)
}

func render(t *testing.T, overlay string) cluster {
	t.Helper()
	var c cluster
	docs := build(t, "overlays/"+overlay)
	for _, doc := range docs {
		switch o := decode(t, overlay, doc).(type) {
		case *corev1.Namespace:
			c.namespace = o
		case *corev1.ServiceAccount:
			c.account = o
		case *corev1.PersistentVolumeClaim:
			c.claim = o
		case *corev1.ConfigMap:
			c.config = o
		case *batchv1.CronJob:
			c.cron = o
		default:
			t.Errorf("%s: a %T, which cannot be applied twice", overlay, o)
		}
	}
	if c.namespace == nil || c.account == nil || c.claim == nil || c.config == nil || c.cron == nil {
		t.Fatalf("%s lacks a document:\n%s", overlay, bytes.Join(docs, []byte("\n---\n")))
	}
	return c
}

func TestOverlays(t *testing.T) {
	for _, c := range []struct {
		overlay, namespace, storage string
		suspended                   bool
		args                        string
	}{
		{"dev", "sparksql-dev", "5Gi", true, "run /app/queries/ecommerce --summary /dev/termination-log"},
		{"prod", "sparksql", "100Gi", false, "run /app/queries/ecommerce --summary /dev/termination-log --log-format=json"},
	} {
		t.Run(c.overlay, func(t *testing.T) {
			got := render(t, c.overlay)
			checkPlaces(t, got, c.namespace)
			checkClaim(t, got.claim, c.storage)
			cron := got.cron.Spec
			equal(t, "schedule", cron.Schedule, "0 2 * * *")
			equal(t, "concurrency", cron.ConcurrencyPolicy, batchv1.ForbidConcurrent)
			equal(t, "suspended", cron.Suspend != nil && *cron.Suspend, c.suspended)
			checkJob(t, cron.JobTemplate.Spec)
			pod := cron.JobTemplate.Spec.Template.Spec
			checkPod(t, pod)
			equal(t, "arguments", strings.Join(pod.Containers[0].Args, " "), c.args)
			checkVolumes(t, pod, got)
		})
	}
}

// Everything is in the overlay's name space, which admits only pods without privileges; no pod may ask the API server.
func checkPlaces(t *testing.T, c cluster, namespace string) {
	equal(t, "name space", c.namespace.Name, namespace)
	equal(t, "level of the name space", c.namespace.Labels["pod-security.kubernetes.io/enforce"], "restricted")
	for what, got := range map[string]string{"account": c.account.Namespace, "claim": c.claim.Namespace, "config": c.config.Namespace, "cron job": c.cron.Namespace} {
		equal(t, "name space of the "+what, got, namespace)
	}
	equal(t, "token of the account", *c.account.AutomountServiceAccountToken, false)
	if !strings.Contains(c.config.Data["app_config.yaml"], "input_path: /data/input") {
		t.Errorf("the settings are %q", c.config.Data)
	}
}

func checkClaim(t *testing.T, c *corev1.PersistentVolumeClaim, storage string) {
	if len(c.Spec.AccessModes) != 1 || c.Spec.AccessModes[0] != corev1.ReadWriteOnce {
		t.Errorf("access modes %v", c.Spec.AccessModes)
	}
	got := c.Spec.Resources.Requests[corev1.ResourceStorage]
	equal(t, "storage", got.String(), storage)
}

func checkJob(t *testing.T, j batchv1.JobSpec) {
	equal(t, "backoff limit", *j.BackoffLimit, 3)
	if j.TTLSecondsAfterFinished == nil || *j.TTLSecondsAfterFinished <= 0 {
		t.Error("finished jobs stay for ever")
	}
	rule := j.PodFailurePolicy.Rules[0]
	equal(t, "action after wrong usage", rule.Action, batchv1.PodFailurePolicyActionFailJob)
	equal(t, "container of the policy", *rule.OnExitCodes.ContainerName, j.Template.Spec.Containers[0].Name)
	if len(rule.OnExitCodes.Values) != 1 || rule.OnExitCodes.Values[0] != 2 {
		t.Errorf("exit codes %v", rule.OnExitCodes.Values)
	}
}

func checkPod(t *testing.T, p corev1.PodSpec) {
	equal(t, "restart policy", p.RestartPolicy, corev1.RestartPolicyNever)
	equal(t, "account", p.ServiceAccountName, "sparksql")
	equal(t, "token of the pod", *p.AutomountServiceAccountToken, false)
	equal(t, "no root", *p.SecurityContext.RunAsNonRoot, true)
	equal(t, "user", *p.SecurityContext.RunAsUser, 65532)
	equal(t, "group of the volume", *p.SecurityContext.FSGroup, 65532)
	equal(t, "seccomp", p.SecurityContext.SeccompProfile.Type, corev1.SeccompProfileTypeRuntimeDefault)

	c := p.Containers[0]
	equal(t, "pull policy", c.ImagePullPolicy, corev1.PullIfNotPresent)
	if _, tag, _ := strings.Cut(c.Image, ":"); tag == "" || tag == "latest" {
		t.Errorf("image %s has no tag of a release", c.Image)
	}
	equal(t, "root file system read-only", *c.SecurityContext.ReadOnlyRootFilesystem, true)
	equal(t, "escalation", *c.SecurityContext.AllowPrivilegeEscalation, false)
	if d := c.SecurityContext.Capabilities.Drop; len(d) != 1 || d[0] != "ALL" {
		t.Errorf("dropped capabilities %v", d)
	}
	equal(t, "requested CPU", c.Resources.Requests.Cpu().String(), "1")
	equal(t, "requested memory", c.Resources.Requests.Memory().String(), "2Gi")
	equal(t, "CPU limit", c.Resources.Limits.Cpu().String(), "2")
	equal(t, "memory limit", c.Resources.Limits.Memory().String(), "4Gi")
	env := map[string]string{}
	for _, e := range c.Env {
		env[e.Name] = e.Value
	}
	equal(t, "INPUT_PATH", env["INPUT_PATH"], "/data/input")
	equal(t, "OUTPUT_PATH", env["OUTPUT_PATH"], "/data/output")
}

// Every mount has its volume, and every volume is one that the overlay or the node gives.
func checkVolumes(t *testing.T, p corev1.PodSpec, c cluster) {
	mounts := map[string]corev1.VolumeMount{}
	for _, m := range p.Containers[0].VolumeMounts {
		mounts[m.Name] = m
	}
	equal(t, "volumes", len(p.Volumes), len(mounts))
	for _, v := range p.Volumes {
		m, ok := mounts[v.Name]
		switch {
		case !ok:
			t.Errorf("volume %s is not mounted", v.Name)
		case v.PersistentVolumeClaim != nil:
			equal(t, "claim", v.PersistentVolumeClaim.ClaimName, c.claim.Name)
			equal(t, "place of the data", m.MountPath, "/data")
		case v.ConfigMap != nil:
			equal(t, "config map", v.ConfigMap.Name, c.config.Name)
			equal(t, "place of the settings", m.MountPath, "/app/queries/ecommerce/app_config.yaml")
			equal(t, "file of the settings", m.SubPath, "app_config.yaml")
		case v.EmptyDir != nil:
			equal(t, "place of spill files", m.MountPath, "/tmp")
			if v.EmptyDir.SizeLimit == nil {
				t.Error("spill files have no limit")
			}
		default:
			t.Errorf("volume %s of no known kind", v.Name)
		}
	}
}

// Airflow makes pods in the name space of prod, and nothing else.
func TestAirflowMakesPods(t *testing.T) {
	prod := render(t, "prod")
	for _, doc := range build(t, "airflow") {
		switch o := decode(t, "airflow", doc).(type) {
		case *rbacv1.Role:
			equal(t, "name space of the role", o.Namespace, prod.namespace.Name)
			for _, r := range o.Rules {
				for _, what := range r.Resources {
					if what != "pods" && what != "pods/log" && what != "events" {
						t.Errorf("the role has rights to %s", what)
					}
				}
			}
		case *rbacv1.RoleBinding:
			equal(t, "role of the binding", o.RoleRef.Name, "airflow")
			equal(t, "name space of the binding", o.Namespace, prod.namespace.Name)
			equal(t, "who is bound", o.Subjects[0].Namespace+"/"+o.Subjects[0].Name, "airflow/airflow-worker")
		}
	}
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}
