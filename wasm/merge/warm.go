package main

import (
	"fmt"
	"runtime"
)

const warmTemplate = `{"metadata":{"labels":{"app":"warm"}},"spec":{"containers":[{"name":"a","image":"a","ports":[{"containerPort":1}],
"env":[{"name":"A","value":"b"}],"resources":{"limits":{"cpu":"1"}},"livenessProbe":{"httpGet":{"port":1}}}],
"volumes":[{"name":"v","configMap":{"name":"c"}}]}}`

// warm does once what every first call would pay for: the server's types and the schemas of the kinds that most objects are of. The
// host keeps the module as it is then, and starts others from that state.
//
//go:wasmexport warm
func warm() {
	workload := `"spec":{"selector":{"matchLabels":{"app":"warm"}},"serviceName":"warm","template":` + warmTemplate + `}`
	for _, one := range []struct{ group, version, kind, resource, rest string }{
		{"", "v1", "ConfigMap", "configmaps", `"data":{"a":"b"}`},
		{"", "v1", "Secret", "secrets", `"data":{"a":"Yg=="}`},
		{"", "v1", "Service", "services", `"spec":{"selector":{"app":"warm"},"ports":[{"port":1}]}`},
		{"", "v1", "ServiceAccount", "serviceaccounts", `"automountServiceAccountToken":false`},
		{"apps", "v1", "Deployment", "deployments", workload},
		{"apps", "v1", "StatefulSet", "statefulsets", workload},
		{"apps", "v1", "DaemonSet", "daemonsets", workload},
		{"batch", "v1", "Job", "jobs", `"spec":{"template":` + warmTemplate + `}`},
		{"batch", "v1", "CronJob", "cronjobs", `"spec":{"schedule":"* * * * *","jobTemplate":{"spec":{"template":` + warmTemplate + `}}}`},
		{"networking.k8s.io", "v1", "Ingress", "ingresses", `"spec":{"defaultBackend":{"service":{"name":"a","port":{"number":1}}}}`},
		{"networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", `"spec":{"podSelector":{}}`},
		{"policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", `"spec":{"minAvailable":1}`},
		{"autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers",
			`"spec":{"maxReplicas":2,"scaleTargetRef":{"kind":"Deployment","name":"a"}}`},
		{"rbac.authorization.k8s.io", "v1", "Role", "roles", `"rules":[]`},
		{"rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", `"roleRef":{"apiGroup":"a","kind":"Role","name":"a"}`},
	} {
		version := one.version
		if one.group != "" {
			version = one.group + "/" + one.version
		}
		body := `{"apiVersion":"` + version + `","kind":"` + one.kind + `","metadata":{"name":"warm","namespace":"warm"},` + one.rest + `}`
		_, err := write(&request{
			Group: one.group, Version: one.version, Kind: one.kind, Resource: one.resource, Namespace: "warm", Name: "warm",
			Verb: "apply", Manager: "warm", ClusterIP: "10.0.0.1", texts: map[string][]byte{"body": []byte(body)},
		})
		if err != nil {
			panic(fmt.Sprintf("warming with a %s: %v", one.kind, err))
		}
	}
	runtime.GC()
}
