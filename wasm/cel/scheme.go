package main

import (
	"sync"

	admissionregistrationapi "k8s.io/api/admissionregistration/v1"
	appsapi "k8s.io/api/apps/v1"
	autoscalingv1api "k8s.io/api/autoscaling/v1"
	autoscalingv2api "k8s.io/api/autoscaling/v2"
	batchapi "k8s.io/api/batch/v1"
	coordinationapi "k8s.io/api/coordination/v1"
	coreapi "k8s.io/api/core/v1"
	discoveryapi "k8s.io/api/discovery/v1"
	networkingapi "k8s.io/api/networking/v1"
	policyapi "k8s.io/api/policy/v1"
	rbacapi "k8s.io/api/rbac/v1"
	schedulingapi "k8s.io/api/scheduling/v1"
	storageapi "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/kubernetes/pkg/apis/admissionregistration/v1"
	appsv1 "k8s.io/kubernetes/pkg/apis/apps/v1"
	autoscalingv1 "k8s.io/kubernetes/pkg/apis/autoscaling/v1"
	autoscalingv2 "k8s.io/kubernetes/pkg/apis/autoscaling/v2"
	batchv1 "k8s.io/kubernetes/pkg/apis/batch/v1"
	corev1 "k8s.io/kubernetes/pkg/apis/core/v1"
	discoveryv1 "k8s.io/kubernetes/pkg/apis/discovery/v1"
	networkingv1 "k8s.io/kubernetes/pkg/apis/networking/v1"
	rbacv1 "k8s.io/kubernetes/pkg/apis/rbac/v1"
	schedulingv1 "k8s.io/kubernetes/pkg/apis/scheduling/v1"
	storagev1 "k8s.io/kubernetes/pkg/apis/storage/v1"
)

// servedTypes are the kinds whose objects a policy sees typed and with the server's defaults; all others it sees as written.
var servedTypes = sync.OnceValue(func() *runtime.Scheme {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		admissionregistrationapi.AddToScheme, v1.RegisterDefaults,
		appsapi.AddToScheme, appsv1.RegisterDefaults,
		autoscalingv1api.AddToScheme, autoscalingv1.RegisterDefaults,
		autoscalingv2api.AddToScheme, autoscalingv2.RegisterDefaults,
		batchapi.AddToScheme, batchv1.RegisterDefaults,
		coordinationapi.AddToScheme,
		coreapi.AddToScheme, corev1.RegisterDefaults,
		discoveryapi.AddToScheme, discoveryv1.RegisterDefaults,
		networkingapi.AddToScheme, networkingv1.RegisterDefaults,
		policyapi.AddToScheme,
		rbacapi.AddToScheme, rbacv1.RegisterDefaults,
		schedulingapi.AddToScheme, schedulingv1.RegisterDefaults,
		storageapi.AddToScheme, storagev1.RegisterDefaults,
	} {
		if err := add(scheme); err != nil {
			panic(err)
		}
	}
	return scheme
})
