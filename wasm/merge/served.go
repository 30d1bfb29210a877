package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"

	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/apiserver/pkg/storage/names"
	"k8s.io/apiserver/pkg/warning"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	kjson "sigs.k8s.io/json"
)

// servedType is how the objects of one kind are decoded, merged and checked.
type servedType struct {
	strategy  strategy
	custom    *customKind
	converter runtime.ObjectConvertor
	creater   runtime.ObjectCreater
	defaulter runtime.ObjectDefaulter
	hub       schema.GroupVersion
}

func servedKind(req *request) (*servedType, error) {
	custom, err := req.definition()
	if err != nil {
		return nil, err
	}
	if custom != nil {
		scheme := looseScheme{custom: custom}
		strategy := customStrategy{looseScheme: scheme, NameGenerator: names.SimpleNameGenerator, custom: custom, subresource: req.Subresource}
		return &servedType{strategy, custom, scheme, scheme, scheme, req.gvk().GroupVersion()}, nil
	}
	installTypes()
	strategy, found := strategies[req.gvk().GroupKind()][req.Subresource]
	if !found {
		return nil, fmt.Errorf("%s has no resource %q here", req.gvk().GroupKind(), req.Subresource)
	}
	scheme := legacyscheme.Scheme
	hub := schema.GroupVersion{Group: req.Group, Version: runtime.APIVersionInternal}
	return &servedType{strategy, nil, runtime.UnsafeObjectConvertor(scheme), scheme, scheme, hub}, nil
}

func (w *writer) fieldManager() (*managedfields.FieldManager, error) {
	types, err := converterFor(w.gvk(), w.custom)
	if err != nil {
		return nil, err
	}
	var filters map[fieldpath.APIVersion]fieldpath.Filter
	if resets, ok := w.strategy.(rest.ResetFieldsStrategy); ok && resets.GetResetFields() != nil {
		filters = fieldpath.NewExcludeFilterSetMap(resets.GetResetFields())
	}
	build := managedfields.NewDefaultFieldManager
	if w.custom != nil {
		build = managedfields.NewDefaultCRDFieldManager
	}
	return build(types, w.converter, w.defaulter, w.creater, w.gvk(), w.hub, w.Subresource, filters)
}

// decodeStored reads an object that this module wrote before.
func (w *writer) decodeStored(text []byte) (runtime.Object, error) {
	if w.custom != nil {
		return w.object("live")
	}
	object, err := w.creater.New(w.gvk())
	if err != nil {
		return nil, err
	}
	if err := kjson.UnmarshalCaseSensitivePreserveInts(text, object); err != nil {
		return nil, err
	}
	object.GetObjectKind().SetGroupVersionKind(w.gvk())
	return w.converter.ConvertToVersion(object, w.hub)
}

// decode reads a request's body strictly or leniently, sets defaults and converts to the hub version.
func (w *writer) decode(text []byte) (runtime.Object, error) {
	object, faults, err := w.decodeBody(text)
	if err != nil {
		return nil, w.unusable(err)
	}
	if len(faults) > 0 && w.Validation == metav1.FieldValidationStrict {
		return nil, w.unusable(runtime.NewStrictDecodingError(faults))
	}
	w.warn(faults)
	if kind := object.GetObjectKind().GroupVersionKind(); kind != w.gvk() {
		return nil, apierrors.NewBadRequest(fmt.Sprintf(
			"the API version in the data (%s) does not match the expected API version (%s)", kind.GroupVersion(), w.gvk().GroupVersion()))
	}
	return w.toHub(object)
}

func (w *writer) toHub(object runtime.Object) (runtime.Object, error) {
	w.defaulter.Default(object)
	return w.converter.ConvertToVersion(object, w.hub)
}

func (w *writer) warn(faults []error) {
	if w.Validation == metav1.FieldValidationIgnore {
		return
	}
	for _, fault := range faults {
		warning.AddWarning(w.ctx, "", fault.Error())
	}
}

func (w *writer) unusable(err error) error {
	return apierrors.NewBadRequest(fmt.Sprintf(
		"%s in version %q cannot be handled as a %s: %v", w.Kind, w.Version, w.Kind, err))
}

// decodeBody gives the versioned object and what a strict decoder has against it.
func (w *writer) decodeBody(text []byte) (runtime.Object, []error, error) {
	object, err := w.creater.New(w.gvk())
	if err != nil {
		return nil, nil, err
	}
	if loose, ok := object.(*unstructured.Unstructured); ok {
		faults, err := kjson.UnmarshalStrict(text, &loose.Object)
		if err != nil {
			return nil, nil, err
		}
		return loose, append(faults, w.prune(loose)...), nil
	}
	faults, err := kjson.UnmarshalStrict(text, object)
	if kind := object.GetObjectKind(); kind.GroupVersionKind().Empty() {
		kind.SetGroupVersionKind(w.gvk())
	}
	return object, faults, err
}

// prune drops fields that a custom resource's schema does not know and names them.
func (w *writer) prune(object *unstructured.Unstructured) []error {
	if w.custom.structural == nil {
		return nil
	}
	options := structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}
	var faults []error
	for _, path := range pruning.PruneWithOptions(object.Object, w.custom.structural, true, options) {
		faults = append(faults, fmt.Errorf("unknown field %q", path))
	}
	return faults
}

// patched applies a JSON, merge or strategic merge patch to the live object.
func (w *writer) patched() (runtime.Object, error) {
	current, err := w.encode(w.live)
	if err != nil {
		return nil, err
	}
	text, err := w.patch([]byte(current))
	if err != nil {
		return nil, err
	}
	object, faults, err := w.decodeBody(text)
	if err == nil && len(faults) > 0 && w.Validation == metav1.FieldValidationStrict {
		err = runtime.NewStrictDecodingError(faults)
	}
	if err != nil {
		invalid := field.Invalid(field.NewPath("patch"), string(text), err.Error())
		return nil, apierrors.NewInvalid(schema.GroupKind{}, "", field.ErrorList{invalid})
	}
	w.warn(faults)
	return w.toHub(object)
}

func (w *writer) patch(current []byte) ([]byte, error) {
	body := w.texts["body"]
	switch w.PatchType {
	case "json":
		operations, err := jsonpatch.DecodePatch(body)
		if err != nil {
			return nil, apierrors.NewBadRequest(err.Error())
		}
		patched, err := operations.Apply(current)
		if err != nil {
			return nil, apierrors.NewGenericServerResponse(http.StatusUnprocessableEntity, "", schema.GroupResource{}, "", err.Error(), 0, false)
		}
		return patched, nil
	case "strategic":
		return w.strategicPatch(current, body)
	}
	if !json.Valid(body) {
		return nil, apierrors.NewBadRequest("the merge patch is not valid JSON")
	}
	patched, err := jsonpatch.MergePatch(current, body)
	if err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	return patched, nil
}

func (w *writer) strategicPatch(current, body []byte) ([]byte, error) {
	sample, err := w.creater.New(w.gvk())
	if err != nil {
		return nil, err
	}
	if w.custom != nil {
		return nil, apierrors.NewGenericServerResponse(http.StatusUnsupportedMediaType, "", w.groupResource(), w.Name, "", 0, false)
	}
	patched, err := strategicpatch.StrategicMergePatch(current, body, sample)
	if err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	return patched, nil
}

// encode gives an object as the server answers it: read back from storage, so defaults that follow from what the server
// itself put in are set too (a Job's labels).
func (w *writer) encode(object runtime.Object) (string, error) {
	versioned, err := w.converter.ConvertToVersion(object, w.gvk().GroupVersion())
	if err != nil {
		return "", err
	}
	w.defaulter.Default(versioned)
	versioned.GetObjectKind().SetGroupVersionKind(w.gvk())
	if loose, ok := versioned.(*unstructured.Unstructured); ok {
		return plainJSON(loose.Object)
	}
	text, err := plainJSON(versioned)
	return string(bytes.TrimSpace([]byte(text))), err
}
