package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/apiserver/pkg/endpoints/deprecation"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/apiserver/pkg/warning"
	"k8s.io/kubernetes/pkg/apis/core"
)

// The version of the API server that this code is of.
const (
	serverMajor = 1
	serverMinor = 36
)

const staleObject = "the object has been modified; please apply your changes to the latest version and try again"

// write carries out one create, update, patch or apply the way the API server does: decode, default, merge managed fields,
// prepare, validate. The host stores the result and gives it a resource version.
func write(req *request) (any, error) {
	warned := &recorder{texts: []string{}}
	kind, err := servedKind(req)
	if err != nil {
		return nil, err
	}
	w := &writer{request: req, servedType: kind, ctx: contextFor(req, warned)}
	object, created, err := w.run()
	if err != nil {
		return map[string]any{"ok": true, "status": statusOf(err), "warnings": warned.texts}, nil
	}
	text, err := w.encode(object)
	if err != nil {
		return nil, err
	}
	changed := created || !w.isUnchanged(text)
	return map[string]any{"ok": true, "object": text, "created": created, "changed": changed, "warnings": warned.texts}, nil
}

type writer struct {
	*request
	*servedType
	ctx  context.Context
	live runtime.Object
}

func (w *writer) run() (runtime.Object, bool, error) {
	if err := w.warnOfDeprecation(); err != nil {
		return nil, false, err
	}
	if text, found := w.texts["live"]; found {
		live, err := w.decodeStored(text)
		if err != nil {
			return nil, false, err
		}
		w.live = live
	}
	object, err := w.proposed()
	if err != nil {
		return nil, false, err
	}
	if err := w.admit(); err != nil {
		return nil, false, err
	}
	if w.live == nil {
		return w.finishCreate(object)
	}
	return w.finishUpdate(object)
}

func (w *writer) warnOfDeprecation() error {
	sample, err := w.creater.New(w.gvk())
	if err != nil {
		return err
	}
	sample.GetObjectKind().SetGroupVersionKind(w.gvk())
	if deprecation.IsDeprecated(sample, serverMajor, serverMinor) {
		warning.AddWarning(w.ctx, "", deprecation.WarningMessage(sample))
	}
	return nil
}

// proposed is the object as the writer wants it, with its managed fields.
func (w *writer) proposed() (runtime.Object, error) {
	manager, err := w.fieldManager()
	if err != nil {
		return nil, err
	}
	if w.Verb == "apply" {
		return w.applied(manager)
	}
	object, err := w.requested()
	if err != nil {
		return nil, err
	}
	before := w.live
	if before == nil {
		if before, err = w.creater.New(w.gvk()); err != nil {
			return nil, err
		}
	}
	return manager.UpdateNoErrors(before, object, w.Manager), nil
}

func (w *writer) requested() (runtime.Object, error) {
	if w.Verb == "patch" {
		return w.patched()
	}
	return w.decode(w.texts["body"])
}

func (w *writer) applied(manager *managedfields.FieldManager) (runtime.Object, error) {
	patch := &unstructured.Unstructured{Object: map[string]any{}}
	if err := yaml.Unmarshal(w.texts["body"], &patch.Object); err != nil {
		return nil, apierrors.NewBadRequest(fmt.Sprintf("error decoding YAML: %v", err))
	}
	before := w.live
	if before == nil {
		fresh, err := w.creater.New(w.gvk())
		if err != nil {
			return nil, err
		}
		before = fresh
	}
	object, err := manager.Apply(before, patch, w.Manager, w.Force)
	if err != nil {
		return nil, err
	}
	if err := w.strict(yaml.UnmarshalStrict(w.texts["body"], &map[string]any{}), "error strict decoding YAML: %v"); err != nil {
		return nil, err
	}
	return object, w.checkName(object)
}

// strict turns a strict decoding error into a refusal or a warning, as the request asks.
func (w *writer) strict(fault error, wording string) error {
	if fault == nil || w.Validation == metav1.FieldValidationIgnore {
		return nil
	}
	if w.Validation == metav1.FieldValidationStrict {
		return apierrors.NewBadRequest(fmt.Sprintf(wording, fault))
	}
	warning.AddWarning(w.ctx, "", fault.Error())
	return nil
}

func (w *writer) checkName(object runtime.Object) error {
	accessor, err := meta.Accessor(object)
	if err != nil {
		return err
	}
	if accessor.GetName() == "" && w.Verb == "apply" {
		accessor.SetName(w.Name)
	}
	if accessor.GetName() != w.Name {
		return apierrors.NewBadRequest(fmt.Sprintf(
			"the name of the object (%s) does not match the name on the URL (%s)", accessor.GetName(), w.Name))
	}
	return rest.EnsureObjectNamespaceMatchesRequestNamespace(w.Namespace, accessor)
}

func (w *writer) admit() error {
	if w.NamespaceMissing && w.live == nil {
		return apierrors.NewNotFound(schema.GroupResource{Resource: "namespaces"}, w.Namespace)
	}
	return nil
}

func (w *writer) finishCreate(object runtime.Object) (runtime.Object, bool, error) {
	accessor, err := meta.Accessor(object)
	if err != nil {
		return nil, false, err
	}
	if w.Verb == "apply" && accessor.GetUID() != "" {
		mismatch := fmt.Errorf("uid mismatch: the provided object specified uid %s, and no existing object was found", accessor.GetUID())
		return nil, false, apierrors.NewConflict(w.groupResource(), w.Name, mismatch)
	}
	if w.Namespace != "" && accessor.GetNamespace() == "" {
		accessor.SetNamespace(w.Namespace)
	}
	if accessor.GetName() == "" && accessor.GetGenerateName() != "" {
		accessor.SetName(w.strategy.GenerateName(accessor.GetGenerateName()))
	}
	rest.FillObjectMetaSystemFields(accessor)
	if err := rest.BeforeCreate(w.strategy, w.ctx, object); err != nil {
		return nil, false, err
	}
	w.allocate(object)
	return object, true, nil
}

func (w *writer) finishUpdate(object runtime.Object) (runtime.Object, bool, error) {
	if err := w.checkName(object); err != nil {
		return nil, false, err
	}
	if err := w.checkVersion(object); err != nil {
		return nil, false, err
	}
	if err := rest.BeforeUpdate(w.strategy, w.ctx, object, w.live); err != nil {
		return nil, false, err
	}
	w.allocate(object)
	return object, false, nil
}

func (w *writer) allocate(object runtime.Object) {
	if service, ok := object.(*core.Service); ok && w.Subresource == "" {
		allocate(service, w.request)
	}
}

// checkVersion holds a writer to the resource version and uid it named.
func (w *writer) checkVersion(object runtime.Object) error {
	next, err := meta.Accessor(object)
	if err != nil {
		return err
	}
	before, err := meta.Accessor(w.live)
	if err != nil {
		return err
	}
	if uid := next.GetUID(); uid != "" && uid != before.GetUID() {
		return apierrors.NewConflict(w.groupResource(), w.Name, fmt.Errorf(
			"Precondition failed: UID in precondition: %v, UID in object meta: %v", uid, before.GetUID()))
	}
	switch version := next.GetResourceVersion(); {
	case version == before.GetResourceVersion():
		return nil
	case version != "" && version != "0":
		return apierrors.NewConflict(w.groupResource(), w.Name, errors.New(staleObject))
	case w.Verb == "update" && !w.strategy.AllowUnconditionalUpdate():
		invalid := field.Invalid(field.NewPath("metadata", "resourceVersion"), 0, "must be specified for an update")
		return apierrors.NewInvalid(w.gvk().GroupKind(), w.Name, field.ErrorList{invalid})
	}
	next.SetResourceVersion(before.GetResourceVersion())
	return nil
}

func (w *writer) groupResource() schema.GroupResource {
	return schema.GroupResource{Group: w.Group, Resource: w.Resource}
}

// isUnchanged tells whether a write changes nothing but times of managed fields: the server then writes nothing.
func (w *writer) isUnchanged(text string) bool {
	return bytes.Equal(withoutTimes([]byte(text)), withoutTimes(w.texts["live"]))
}

func withoutTimes(text []byte) []byte {
	content := map[string]any{}
	if err := readJSON(text, &content); err != nil {
		return nil
	}
	entries, _, _ := unstructured.NestedSlice(content, "metadata", "managedFields")
	for _, entry := range entries {
		if fields, ok := entry.(map[string]any); ok {
			delete(fields, "time")
		}
	}
	if len(entries) > 0 {
		// The path was found above, so it can be set.
		_ = unstructured.SetNestedSlice(content, entries, "metadata", "managedFields")
	}
	// Content that was decoded from JSON encodes again.
	encoded, _ := json.Marshal(content)
	return encoded
}
