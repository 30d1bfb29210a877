// Package scheme stands for k8s.io/client-go/kubernetes/scheme: its versions, without their types.
package scheme

import (
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Scheme knows the versions that client-go 0.37 has types for, and none of these.
var Scheme = runtime.NewScheme()

var groups = []struct {
	name     string
	versions []string
}{
	{"", []string{"v1"}},
	{"admissionregistration.k8s.io", []string{"v1", "v1alpha1", "v1beta1"}},
	{"apps", []string{"v1", "v1beta1", "v1beta2"}},
	{"authentication.k8s.io", []string{"v1", "v1alpha1", "v1beta1"}},
	{"authorization.k8s.io", []string{"v1", "v1beta1"}},
	{"autoscaling", []string{"v1", "v2"}},
	{"batch", []string{"v1", "v1beta1"}},
	{"certificates.k8s.io", []string{"v1", "v1alpha1", "v1beta1"}},
	{"coordination.k8s.io", []string{"v1", "v1alpha2", "v1beta1"}},
	{"discovery.k8s.io", []string{"v1", "v1beta1"}},
	{"events.k8s.io", []string{"v1", "v1beta1"}},
	{"extensions", []string{"v1beta1"}},
	{"flowcontrol.apiserver.k8s.io", []string{"v1", "v1beta1", "v1beta2", "v1beta3"}},
	{"internal.apiserver.k8s.io", []string{"v1alpha1"}},
	{"lifecycle.k8s.io", []string{"v1alpha1"}},
	{"networking.k8s.io", []string{"v1", "v1beta1"}},
	{"node.k8s.io", []string{"v1", "v1alpha1", "v1beta1"}},
	{"policy", []string{"v1", "v1beta1"}},
	{"rbac.authorization.k8s.io", []string{"v1", "v1alpha1", "v1beta1"}},
	{"resource.k8s.io", []string{"v1", "v1alpha3", "v1beta1", "v1beta2"}},
	{"scheduling.k8s.io", []string{"v1", "v1alpha3", "v1beta1"}},
	{"storage.k8s.io", []string{"v1", "v1alpha1", "v1beta1"}},
	{"storagemigration.k8s.io", []string{"v1", "v1beta1"}},
}

func init() {
	for _, group := range groups {
		var known []schema.GroupVersion
		for _, version := range group.versions {
			known = append(known, schema.GroupVersion{Group: group.name, Version: version})
		}
		if err := Scheme.SetVersionPriority(known...); err != nil {
			panic(err)
		}
	}
}
