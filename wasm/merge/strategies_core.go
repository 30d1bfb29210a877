package main

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	serviceapi "k8s.io/kubernetes/pkg/api/service"
	"k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/apis/core/validation"
)

var configMaps = newStrategy(typedStrategy[*core.ConfigMap]{
	validate:       validation.ValidateConfigMap,
	validateUpdate: validation.ValidateConfigMapUpdate,
})

var secrets = newStrategy(typedStrategy[*core.Secret]{
	prepareUpdate: func(object, old *core.Secret) {
		if object.Type == "" {
			object.Type = old.Type
		}
	},
	validate:       validation.ValidateSecret,
	validateUpdate: validation.ValidateSecretUpdate,
})

var serviceAccounts = newStrategy(typedStrategy[*core.ServiceAccount]{
	validate:       validation.ValidateServiceAccount,
	validateUpdate: validation.ValidateServiceAccountUpdate,
})

var namespaces = newStrategy(typedStrategy[*core.Namespace]{
	clusterScoped: true, version: "v1", resets: []string{"status"},
	prepareCreate: func(object *core.Namespace) {
		object.Status = core.NamespaceStatus{Phase: core.NamespaceActive}
		if !slices.Contains(object.Spec.Finalizers, core.FinalizerKubernetes) {
			object.Spec.Finalizers = append(object.Spec.Finalizers, core.FinalizerKubernetes)
		}
	},
	prepareUpdate: func(object, old *core.Namespace) {
		object.Spec.Finalizers = old.Spec.Finalizers
		object.Status = old.Status
	},
	validate: validation.ValidateNamespace,
	validateUpdate: func(object, old *core.Namespace) field.ErrorList {
		return append(validation.ValidateNamespace(object), validation.ValidateNamespaceUpdate(object, old)...)
	},
	canonicalize: func(object *core.Namespace) {
		if object.Labels == nil {
			object.Labels = map[string]string{}
		}
		object.Labels[corev1.LabelMetadataName] = object.Name
	},
})

var namespaceStatus = newStrategy(typedStrategy[*core.Namespace]{
	clusterScoped: true, version: "v1", resets: []string{"spec"},
	prepareUpdate:  func(object, old *core.Namespace) { object.Spec = old.Spec },
	validateUpdate: validation.ValidateNamespaceStatusUpdate,
})

var services = newStrategy(typedStrategy[*core.Service]{
	version: "v1", resets: []string{"status"},
	prepareCreate: func(object *core.Service) {
		object.Status = core.ServiceStatus{}
		normalizeClusterIPs(object, nil)
	},
	prepareUpdate: func(object, old *core.Service) {
		object.Status = old.Status
		keepAllocated(object, old)
		normalizeClusterIPs(object, old)
		dropByType(object, old)
	},
	validate:       validation.ValidateServiceCreate,
	validateUpdate: validation.ValidateServiceUpdate,
	warnings:       func(object *core.Service) []string { return serviceapi.GetWarningsForService(object, nil) },
})

var serviceStatus = newStrategy(typedStrategy[*core.Service]{
	version: "v1", resets: []string{"spec"},
	prepareUpdate:  func(object, old *core.Service) { object.Spec = old.Spec },
	validateUpdate: validation.ValidateServiceStatusUpdate,
})

var endpoints = newStrategy(typedStrategy[*core.Endpoints]{
	validate:       validation.ValidateEndpointsCreate,
	validateUpdate: validation.ValidateEndpointsUpdate,
})

// normalizeClusterIPs keeps the old single field and the list of cluster IPs in step.
func normalizeClusterIPs(object, old *core.Service) {
	if old != nil && object.Spec.ClusterIP != old.Spec.ClusterIP && slices.Equal(object.Spec.ClusterIPs, old.Spec.ClusterIPs) {
		object.Spec.ClusterIPs = nil
	}
	if object.Spec.ClusterIP != "" && len(object.Spec.ClusterIPs) == 0 {
		object.Spec.ClusterIPs = []string{object.Spec.ClusterIP}
	}
}

// keepAllocated carries over what the server gave the service before, where the writer left it empty.
func keepAllocated(object, old *core.Service) {
	if object.Spec.Type == core.ServiceTypeExternalName || old.Spec.Type == core.ServiceTypeExternalName {
		return
	}
	if object.Spec.ClusterIP == "" && len(object.Spec.ClusterIPs) == 0 {
		object.Spec.ClusterIP, object.Spec.ClusterIPs = old.Spec.ClusterIP, old.Spec.ClusterIPs
	}
	if needsNodePort(old) && needsNodePort(object) {
		keepNodePorts(object, old)
	}
}

func keepNodePorts(object, old *core.Service) {
	for index := range object.Spec.Ports {
		port := &object.Spec.Ports[index]
		for _, before := range old.Spec.Ports {
			if port.NodePort == 0 && before.Port == port.Port && before.Protocol == port.Protocol {
				port.NodePort = before.NodePort
			}
		}
	}
}

func needsNodePort(object *core.Service) bool {
	return object.Spec.Type == core.ServiceTypeNodePort || object.Spec.Type == core.ServiceTypeLoadBalancer
}

// dropByType clears what belonged to the type the service had before and was left as it was.
func dropByType(object, old *core.Service) {
	if needsNodePort(old) && !needsNodePort(object) {
		for index := range object.Spec.Ports {
			object.Spec.Ports[index].NodePort = 0
		}
		object.Spec.ExternalTrafficPolicy = ""
		object.Spec.AllocateLoadBalancerNodePorts = nil
	}
	if old.Spec.Type != core.ServiceTypeExternalName && object.Spec.Type == core.ServiceTypeExternalName {
		object.Spec.ClusterIP, object.Spec.ClusterIPs = "", nil
		object.Spec.IPFamilies, object.Spec.IPFamilyPolicy = nil, nil
	}
}

// allocate gives a service what the server's allocators would: a cluster IP, its family, node ports.
func allocate(object *core.Service, req *request) {
	if object.Spec.Type == core.ServiceTypeExternalName {
		return
	}
	headless := object.Spec.ClusterIP == core.ClusterIPNone
	if object.Spec.IPFamilyPolicy == nil {
		policy := core.IPFamilyPolicySingleStack
		if headless && len(object.Spec.Selector) == 0 {
			policy = core.IPFamilyPolicyRequireDualStack
		}
		object.Spec.IPFamilyPolicy = &policy
	}
	if len(object.Spec.IPFamilies) == 0 {
		object.Spec.IPFamilies = []core.IPFamily{core.IPv4Protocol}
		if *object.Spec.IPFamilyPolicy == core.IPFamilyPolicyRequireDualStack {
			object.Spec.IPFamilies = append(object.Spec.IPFamilies, core.IPv6Protocol)
		}
	}
	if object.Spec.ClusterIP == "" {
		object.Spec.ClusterIP, object.Spec.ClusterIPs = req.ClusterIP, []string{req.ClusterIP}
	}
	if needsNodePort(object) {
		allocateNodePorts(object, req.NodePort)
	}
}

func allocateNodePorts(object *core.Service, next int32) {
	for index := range object.Spec.Ports {
		if object.Spec.Ports[index].NodePort == 0 {
			object.Spec.Ports[index].NodePort = next
			next++
		}
	}
}
