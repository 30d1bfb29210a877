package main

import (
	"sync"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/apps"
	appsv1 "k8s.io/kubernetes/pkg/apis/apps/v1"
	"k8s.io/kubernetes/pkg/apis/autoscaling"
	autoscalingv1 "k8s.io/kubernetes/pkg/apis/autoscaling/v1"
	autoscalingv2 "k8s.io/kubernetes/pkg/apis/autoscaling/v2"
	"k8s.io/kubernetes/pkg/apis/batch"
	batchv1 "k8s.io/kubernetes/pkg/apis/batch/v1"
	"k8s.io/kubernetes/pkg/apis/coordination"
	coordinationv1 "k8s.io/kubernetes/pkg/apis/coordination/v1"
	"k8s.io/kubernetes/pkg/apis/core"
	corev1 "k8s.io/kubernetes/pkg/apis/core/v1"
	"k8s.io/kubernetes/pkg/apis/networking"
	networkingv1 "k8s.io/kubernetes/pkg/apis/networking/v1"
	"k8s.io/kubernetes/pkg/apis/policy"
	policyv1 "k8s.io/kubernetes/pkg/apis/policy/v1"
	"k8s.io/kubernetes/pkg/apis/rbac"
	rbacv1 "k8s.io/kubernetes/pkg/apis/rbac/v1"
	"k8s.io/kubernetes/pkg/apis/scheduling"
	schedulingv1 "k8s.io/kubernetes/pkg/apis/scheduling/v1"
	"k8s.io/kubernetes/pkg/apis/storage"
	storagev1 "k8s.io/kubernetes/pkg/apis/storage/v1"
	"k8s.io/kubernetes/pkg/registry/apps/daemonset"
	"k8s.io/kubernetes/pkg/registry/apps/deployment"
	"k8s.io/kubernetes/pkg/registry/apps/statefulset"
	"k8s.io/kubernetes/pkg/registry/autoscaling/horizontalpodautoscaler"
	"k8s.io/kubernetes/pkg/registry/batch/cronjob"
	"k8s.io/kubernetes/pkg/registry/coordination/lease"
	"k8s.io/kubernetes/pkg/registry/core/limitrange"
	"k8s.io/kubernetes/pkg/registry/core/resourcequota"
	"k8s.io/kubernetes/pkg/registry/networking/ingress"
	"k8s.io/kubernetes/pkg/registry/networking/ingressclass"
	"k8s.io/kubernetes/pkg/registry/networking/networkpolicy"
	"k8s.io/kubernetes/pkg/registry/policy/poddisruptionbudget"
	"k8s.io/kubernetes/pkg/registry/rbac/clusterrole"
	"k8s.io/kubernetes/pkg/registry/rbac/clusterrolebinding"
	"k8s.io/kubernetes/pkg/registry/rbac/role"
	"k8s.io/kubernetes/pkg/registry/rbac/rolebinding"
	"k8s.io/kubernetes/pkg/registry/scheduling/priorityclass"
	"k8s.io/kubernetes/pkg/registry/storage/storageclass"
)

// strategy is how the API server prepares and checks the objects of a kind.
type strategy interface {
	rest.RESTCreateStrategy
	rest.RESTUpdateStrategy
}

// installTypes registers the served types once: it takes a while, and merging alone does not need it.
var installTypes = sync.OnceFunc(func() {
	for _, add := range []func(*runtime.Scheme) error{
		core.AddToScheme, corev1.AddToScheme,
		apps.AddToScheme, appsv1.AddToScheme,
		batch.AddToScheme, batchv1.AddToScheme,
		networking.AddToScheme, networkingv1.AddToScheme,
		autoscaling.AddToScheme, autoscalingv1.AddToScheme, autoscalingv2.AddToScheme,
		policy.AddToScheme, policyv1.AddToScheme,
		rbac.AddToScheme, rbacv1.AddToScheme,
		storage.AddToScheme, storagev1.AddToScheme,
		scheduling.AddToScheme, schedulingv1.AddToScheme,
		coordination.AddToScheme, coordinationv1.AddToScheme,
		apiextensions.AddToScheme, apiextensionsv1.AddToScheme,
	} {
		if err := add(legacyscheme.Scheme); err != nil {
			panic(err)
		}
	}
})

// strategies are the server's own where they can be linked without its storage, else ours over its validation.
var strategies = map[schema.GroupKind]map[string]strategy{
	apps.Kind("Deployment"):                        {"": deployment.Strategy, "status": deployment.StatusStrategy},
	apps.Kind("DaemonSet"):                         {"": daemonset.Strategy, "status": daemonset.StatusStrategy},
	apps.Kind("StatefulSet"):                       {"": statefulset.Strategy, "status": statefulset.StatusStrategy},
	apps.Kind("ReplicaSet"):                        {"": replicaSets, "status": replicaSetStatus},
	batch.Kind("CronJob"):                          {"": cronjob.Strategy, "status": cronjob.StatusStrategy},
	batch.Kind("Job"):                              {"": jobs, "status": jobStatus},
	networking.Kind("Ingress"):                     {"": ingress.Strategy, "status": ingress.StatusStrategy},
	networking.Kind("IngressClass"):                {"": ingressclass.Strategy},
	networking.Kind("NetworkPolicy"):               {"": networkpolicy.Strategy},
	autoscaling.Kind("HorizontalPodAutoscaler"):    {"": horizontalpodautoscaler.Strategy, "status": horizontalpodautoscaler.StatusStrategy},
	policy.Kind("PodDisruptionBudget"):             {"": poddisruptionbudget.Strategy, "status": poddisruptionbudget.StatusStrategy},
	rbac.Kind("Role"):                              {"": role.Strategy},
	rbac.Kind("ClusterRole"):                       {"": clusterrole.Strategy},
	rbac.Kind("RoleBinding"):                       {"": rolebinding.Strategy},
	rbac.Kind("ClusterRoleBinding"):                {"": clusterrolebinding.Strategy},
	storage.Kind("StorageClass"):                   {"": storageclass.Strategy},
	scheduling.Kind("PriorityClass"):               {"": priorityclass.Strategy},
	coordination.Kind("Lease"):                     {"": lease.Strategy},
	core.Kind("ResourceQuota"):                     {"": resourcequota.Strategy, "status": resourcequota.StatusStrategy},
	core.Kind("LimitRange"):                        {"": limitrange.Strategy},
	core.Kind("ConfigMap"):                         {"": configMaps},
	core.Kind("Secret"):                            {"": secrets},
	core.Kind("ServiceAccount"):                    {"": serviceAccounts},
	core.Kind("Namespace"):                         {"": namespaces, "status": namespaceStatus},
	core.Kind("Service"):                           {"": services, "status": serviceStatus},
	core.Kind("Pod"):                               {"": pods, "status": podStatus},
	core.Kind("PersistentVolume"):                  {"": volumes, "status": volumeStatus},
	core.Kind("PersistentVolumeClaim"):             {"": claims, "status": claimStatus},
	core.Kind("Endpoints"):                         {"": endpoints},
	apiextensions.Kind("CustomResourceDefinition"): {"": definitions, "status": definitionStatus},
}
