package main

import (
	"context"
	"slices"

	apiequality "k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/kubernetes/pkg/api/persistentvolumeclaim"
	"k8s.io/kubernetes/pkg/api/pod"
	"k8s.io/kubernetes/pkg/apis/apps"
	appsvalidation "k8s.io/kubernetes/pkg/apis/apps/validation"
	"k8s.io/kubernetes/pkg/apis/batch"
	batchvalidation "k8s.io/kubernetes/pkg/apis/batch/validation"
	"k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/apis/core/helper/qos"
	"k8s.io/kubernetes/pkg/apis/core/validation"
)

// Finalizers that the server's storage protection puts on.
const (
	claimProtection  = "kubernetes.io/pvc-protection"
	volumeProtection = "kubernetes.io/pv-protection"
)

var pods = newStrategy(typedStrategy[*core.Pod]{
	version: "v1", resets: []string{"status"},
	prepareCreate: func(object *core.Pod) {
		object.Generation = 1
		object.Status = core.PodStatus{Phase: core.PodPending, QOSClass: qos.GetPodQOS(object)}
		admitPod(object)
	},
	prepareUpdate: func(object, old *core.Pod) {
		object.Status = old.Status
		if !apiequality.Semantic.DeepEqual(object.Spec, old.Spec) {
			object.Generation = old.Generation + 1
		}
	},
	validate: func(object *core.Pod) field.ErrorList {
		return validation.ValidatePodCreate(object, podOptions(object, nil))
	},
	validateUpdate: func(object, old *core.Pod) field.ErrorList {
		return validation.ValidatePodUpdate(object, old, podOptions(object, old))
	},
	warnings: func(object *core.Pod) []string { return pod.GetWarningsForPod(context.Background(), object, nil) },
})

var podStatus = newStrategy(typedStrategy[*core.Pod]{
	version: "v1", resets: []string{"spec"},
	prepareUpdate: func(object, old *core.Pod) {
		object.Spec = old.Spec
		if object.Status.QOSClass == "" {
			object.Status.QOSClass = old.Status.QOSClass
		}
	},
	validateUpdate: func(object, old *core.Pod) field.ErrorList {
		return validation.ValidatePodStatusUpdate(object, old, podOptions(object, old))
	},
})

func podOptions(object, old *core.Pod) validation.PodValidationOptions {
	var oldSpec *core.PodSpec
	var oldMeta *metav1.ObjectMeta
	if old != nil {
		oldSpec, oldMeta = &old.Spec, &old.ObjectMeta
	}
	options := pod.GetValidationOptionsFromPodSpecAndMeta(&object.Spec, oldSpec, &object.ObjectMeta, oldMeta)
	options.ResourceIsPod = true
	return options
}

// admitPod does what the server's default admission plugins do to a new pod.
func admitPod(object *core.Pod) {
	if object.Spec.Priority == nil {
		object.Spec.Priority = new(int32)
	}
	if object.Spec.PreemptionPolicy == nil {
		policy := core.PreemptLowerPriority
		object.Spec.PreemptionPolicy = &policy
	}
	for _, key := range []string{"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"} {
		tolerates := func(one core.Toleration) bool {
			return (one.Key == key || one.Key == "") && (one.Effect == core.TaintEffectNoExecute || one.Effect == "")
		}
		if !slices.ContainsFunc(object.Spec.Tolerations, tolerates) {
			seconds := int64(300)
			object.Spec.Tolerations = append(object.Spec.Tolerations, core.Toleration{
				Key: key, Operator: core.TolerationOpExists, Effect: core.TaintEffectNoExecute, TolerationSeconds: &seconds,
			})
		}
	}
}

var replicaSets = newStrategy(typedStrategy[*apps.ReplicaSet]{
	version: "apps/v1", resets: []string{"status"},
	prepareCreate: func(object *apps.ReplicaSet) {
		object.Status = apps.ReplicaSetStatus{}
		object.Generation = 1
	},
	prepareUpdate: func(object, old *apps.ReplicaSet) {
		object.Status = old.Status
		if !apiequality.Semantic.DeepEqual(object.Spec, old.Spec) {
			object.Generation = old.Generation + 1
		}
	},
	validate: func(object *apps.ReplicaSet) field.ErrorList {
		return appsvalidation.ValidateReplicaSet(object, pod.GetValidationOptionsFromPodTemplate(&object.Spec.Template, nil))
	},
	validateUpdate: func(object, old *apps.ReplicaSet) field.ErrorList {
		options := pod.GetValidationOptionsFromPodTemplate(&object.Spec.Template, &old.Spec.Template)
		return appsvalidation.ValidateReplicaSetUpdate(object, old, options)
	},
})

var replicaSetStatus = newStrategy(typedStrategy[*apps.ReplicaSet]{
	version: "apps/v1", resets: []string{"spec"},
	prepareUpdate:  func(object, old *apps.ReplicaSet) { object.Spec = old.Spec },
	validateUpdate: appsvalidation.ValidateReplicaSetStatusUpdate,
})

var jobs = newStrategy(typedStrategy[*batch.Job]{
	version: "batch/v1", resets: []string{"status"},
	prepareCreate: func(object *batch.Job) {
		object.Status = batch.JobStatus{}
		object.Generation = 1
		if object.Spec.ManualSelector == nil || !*object.Spec.ManualSelector {
			selectOwnPods(object)
		}
	},
	prepareUpdate: func(object, old *batch.Job) {
		object.Status = old.Status
		if !apiequality.Semantic.DeepEqual(object.Spec, old.Spec) {
			object.Generation = old.Generation + 1
		}
	},
	validate: func(object *batch.Job) field.ErrorList {
		return batchvalidation.ValidateJob(object, jobOptions(object, nil))
	},
	validateUpdate: func(object, old *batch.Job) field.ErrorList {
		options := jobOptions(object, old)
		return append(batchvalidation.ValidateJob(object, options), batchvalidation.ValidateJobUpdate(object, old, options)...)
	},
})

var jobStatus = newStrategy(typedStrategy[*batch.Job]{
	version: "batch/v1", resets: []string{"spec"},
	prepareUpdate: func(object, old *batch.Job) { object.Spec = old.Spec },
	validateUpdate: func(object, old *batch.Job) field.ErrorList {
		return batchvalidation.ValidateJobUpdateStatus(object, old, batchvalidation.JobStatusValidationOptions{})
	},
})

func jobOptions(object, old *batch.Job) batchvalidation.JobValidationOptions {
	var before *core.PodTemplateSpec
	if old != nil {
		before = &old.Spec.Template
	}
	options := batchvalidation.JobValidationOptions{
		PodValidationOptions:  pod.GetValidationOptionsFromPodTemplate(&object.Spec.Template, before),
		RequirePrefixedLabels: true,
	}
	if old != nil {
		suspended := old.Spec.Suspend != nil && *old.Spec.Suspend && old.Status.StartTime == nil
		options.AllowMutableSchedulingDirectives = suspended
		options.AllowMutablePodResources = suspended
	}
	return options
}

// selectOwnPods gives a job the labels and selector that tie it to its own pods.
func selectOwnPods(object *batch.Job) {
	labels := object.Spec.Template.Labels
	if labels == nil {
		labels = map[string]string{}
		object.Spec.Template.Labels = labels
	}
	for key, value := range map[string]string{
		batch.LegacyJobNameLabel: object.Name, batch.JobNameLabel: object.Name,
		batch.LegacyControllerUidLabel: string(object.UID), batch.ControllerUidLabel: string(object.UID),
	} {
		if _, found := labels[key]; !found {
			labels[key] = value
		}
	}
	if object.Spec.Selector == nil {
		object.Spec.Selector = &metav1.LabelSelector{}
	}
	if object.Spec.Selector.MatchLabels == nil {
		object.Spec.Selector.MatchLabels = map[string]string{}
	}
	if _, found := object.Spec.Selector.MatchLabels[batch.ControllerUidLabel]; !found {
		object.Spec.Selector.MatchLabels[batch.ControllerUidLabel] = string(object.UID)
	}
}

var claims = newStrategy(typedStrategy[*core.PersistentVolumeClaim]{
	version: "v1", resets: []string{"status"},
	prepareCreate: func(object *core.PersistentVolumeClaim) {
		object.Status = core.PersistentVolumeClaimStatus{Phase: core.ClaimPending}
		persistentvolumeclaim.NormalizeDataSources(&object.Spec)
		if !slices.Contains(object.Finalizers, claimProtection) {
			object.Finalizers = append(object.Finalizers, claimProtection)
		}
	},
	prepareUpdate: func(object, old *core.PersistentVolumeClaim) { object.Status = old.Status },
	validate: func(object *core.PersistentVolumeClaim) field.ErrorList {
		return validation.ValidatePersistentVolumeClaim(object, validation.ValidationOptionsForPersistentVolumeClaim(object, nil))
	},
	validateUpdate: func(object, old *core.PersistentVolumeClaim) field.ErrorList {
		options := validation.ValidationOptionsForPersistentVolumeClaim(object, old)
		return validation.ValidatePersistentVolumeClaimUpdate(object, old, options)
	},
	warnings: persistentvolumeclaim.GetWarningsForPersistentVolumeClaim,
})

var claimStatus = newStrategy(typedStrategy[*core.PersistentVolumeClaim]{
	version: "v1", resets: []string{"spec"},
	prepareUpdate: func(object, old *core.PersistentVolumeClaim) { object.Spec = old.Spec },
	validateUpdate: func(object, old *core.PersistentVolumeClaim) field.ErrorList {
		options := validation.ValidationOptionsForPersistentVolumeClaim(object, old)
		return validation.ValidatePersistentVolumeClaimStatusUpdate(object, old, options)
	},
})

var volumes = newStrategy(typedStrategy[*core.PersistentVolume]{
	clusterScoped: true, version: "v1", resets: []string{"status"},
	prepareCreate: func(object *core.PersistentVolume) {
		object.Status = core.PersistentVolumeStatus{Phase: core.VolumePending}
		if !slices.Contains(object.Finalizers, volumeProtection) {
			object.Finalizers = append(object.Finalizers, volumeProtection)
		}
	},
	prepareUpdate: func(object, old *core.PersistentVolume) { object.Status = old.Status },
	validate: func(object *core.PersistentVolume) field.ErrorList {
		return validation.ValidatePersistentVolume(object, validation.ValidationOptionsForPersistentVolume(object, nil))
	},
	validateUpdate: func(object, old *core.PersistentVolume) field.ErrorList {
		options := validation.ValidationOptionsForPersistentVolume(object, old)
		return append(validation.ValidatePersistentVolume(object, options), validation.ValidatePersistentVolumeUpdate(object, old, options)...)
	},
})

var volumeStatus = newStrategy(typedStrategy[*core.PersistentVolume]{
	clusterScoped: true, version: "v1", resets: []string{"spec"},
	prepareUpdate: func(object, old *core.PersistentVolume) { object.Spec = old.Spec },
})
