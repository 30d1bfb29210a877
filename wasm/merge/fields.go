package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
	"sigs.k8s.io/structured-merge-diff/v6/typed"

	kjson "sigs.k8s.io/json"
)

func (r *request) gvk() schema.GroupVersionKind {
	return schema.GroupVersionKind{Group: r.Group, Version: r.Version, Kind: r.Kind}
}

// definition is the CRD that came with the request, or nil.
func (r *request) definition() (*customKind, error) {
	text, found := r.texts["crd"]
	if !found {
		return nil, nil
	}
	return readCustomKind(text, r.Version)
}

// object reads a named text; absent gives an empty object of the request's kind, as the server starts from.
func (r *request) object(name string) (*unstructured.Unstructured, error) {
	object := &unstructured.Unstructured{Object: map[string]any{}}
	text, found := r.texts[name]
	if !found {
		object.SetGroupVersionKind(r.gvk())
		return object, nil
	}
	return object, readJSON(text, &object.Object)
}

// readJSON keeps integers exact (int64), unlike encoding/json.
func readJSON(text []byte, into *map[string]any) error {
	return kjson.UnmarshalCaseSensitivePreserveInts(text, into)
}

// looseManager merges maps of one kind by its schema: no defaults, no conversion.
func looseManager(req *request) (*managedfields.FieldManager, managedfields.TypeConverter, error) {
	custom, err := req.definition()
	if err != nil {
		return nil, nil, err
	}
	converter, err := converterFor(req.gvk(), custom)
	if err != nil {
		return nil, nil, err
	}
	scheme := looseScheme{custom: &customKind{kind: req.gvk()}}
	version := req.gvk().GroupVersion()
	manager, err := managedfields.NewDefaultCRDFieldManager(converter, scheme, scheme, scheme, req.gvk(), version, req.Subresource, nil)
	return manager, converter, err
}

type conflictEntry struct {
	Manager string `json:"manager"`
	Path    string `json:"path"`
	Message string `json:"message"`
}

// applyFields merges an applied object into a live one by server-side apply, without defaults or validation.
func applyFields(req *request) (any, error) {
	manager, _, err := looseManager(req)
	if err != nil {
		return nil, err
	}
	live, err := req.object("live")
	if err != nil {
		return nil, err
	}
	applied, err := req.object("applied")
	if err != nil {
		return nil, err
	}
	merged, err := manager.Apply(live, applied, req.Manager, req.Force)
	var status apierrors.APIStatus
	if errors.As(err, &status) && status.Status().Reason == metav1.StatusReasonConflict {
		return map[string]any{"ok": true, "object": nil, "conflicts": conflictsOf(status.Status())}, nil
	}
	if err != nil {
		return nil, err
	}
	return objectAnswer(merged.(*unstructured.Unstructured))
}

func objectAnswer(object *unstructured.Unstructured) (any, error) {
	text, err := plainJSON(object.Object)
	if err != nil {
		return nil, err
	}
	fields, err := plainJSON(object.Object["metadata"].(map[string]any)["managedFields"])
	return map[string]any{"ok": true, "object": text, "managedFields": fields, "conflicts": []conflictEntry{}}, err
}

// conflictsOf lists a conflict's causes. Their messages begin with `conflict with "MANAGER"`.
func conflictsOf(status metav1.Status) []conflictEntry {
	conflicts := []conflictEntry{}
	for _, cause := range status.Details.Causes {
		name := ""
		if quoted, err := strconv.QuotedPrefix(strings.TrimPrefix(cause.Message, "conflict with ")); err == nil {
			// What QuotedPrefix found unquotes.
			name, _ = strconv.Unquote(quoted)
		}
		conflicts = append(conflicts, conflictEntry{Manager: name, Path: cause.Field, Message: cause.Message})
	}
	return conflicts
}

// updateFields gives the managed fields after an update of a whole object.
func updateFields(req *request) (any, error) {
	manager, _, err := looseManager(req)
	if err != nil {
		return nil, err
	}
	live, err := req.object("live")
	if err != nil {
		return nil, err
	}
	next, err := req.object("new")
	if err != nil {
		return nil, err
	}
	updated, err := manager.Update(live, next, req.Manager)
	if err != nil {
		return nil, err
	}
	return objectAnswer(updated.(*unstructured.Unstructured))
}

// validateFields lists what keeps an object from being merged by its schema: unknown fields, wrong types, duplicate keys.
func validateFields(req *request) (any, error) {
	_, converter, err := looseManager(req)
	if err != nil {
		return nil, err
	}
	object, err := req.object("object")
	if err != nil {
		return nil, err
	}
	_, err = converter.ObjectToTyped(object)
	faults := []map[string]string{}
	var list typed.ValidationErrors
	switch {
	case err == nil:
	case errors.As(err, &list):
		for _, fault := range list {
			faults = append(faults, map[string]string{"path": fault.Path, "message": fault.ErrorMessage})
		}
	default:
		faults = append(faults, map[string]string{"path": "", "message": err.Error()})
	}
	return map[string]any{"ok": true, "errors": faults}, nil
}

// compareFields gives the sets of fields that two objects of one kind differ in, as FieldsV1.
func compareFields(req *request) (any, error) {
	_, converter, err := looseManager(req)
	if err != nil {
		return nil, err
	}
	var values [2]*typed.TypedValue
	for index, name := range []string{"a", "b"} {
		object, err := req.object(name)
		if err != nil {
			return nil, err
		}
		if values[index], err = converter.ObjectToTyped(object, typed.AllowDuplicates); err != nil {
			return nil, err
		}
	}
	difference, err := values[0].Compare(values[1])
	if err != nil {
		return nil, err
	}
	result := map[string]any{"ok": true}
	for name, set := range map[string]*fieldpath.Set{
		"added": difference.Added, "removed": difference.Removed, "modified": difference.Modified,
	} {
		if result[name], err = setJSON(set); err != nil {
			return nil, err
		}
	}
	return result, nil
}

// toFieldSet gives the fields an applier of the object would own, as FieldsV1.
func toFieldSet(req *request) (any, error) {
	_, converter, err := looseManager(req)
	if err != nil {
		return nil, err
	}
	object, err := req.object("object")
	if err != nil {
		return nil, err
	}
	value, err := converter.ObjectToTyped(object)
	if err != nil {
		return nil, err
	}
	set, err := value.ToFieldSet()
	if err != nil {
		return nil, err
	}
	fields, err := setJSON(set)
	return map[string]any{"ok": true, "fields": fields}, err
}

// fromFieldsV1 spells every path of a FieldsV1 set the way the server's messages do.
func fromFieldsV1(req *request) (any, error) {
	set := &fieldpath.Set{}
	if err := set.FromJSON(bytes.NewReader(req.texts["fields"])); err != nil {
		return nil, err
	}
	paths := []string{}
	set.Iterate(func(path fieldpath.Path) { paths = append(paths, path.String()) })
	return map[string]any{"ok": true, "paths": paths}, nil
}

func setJSON(set *fieldpath.Set) (json.RawMessage, error) {
	return set.ToJSON()
}

// plainJSON encodes without escaping `<`, `>` and `&`. It is sent as text, so that the host reads numbers exactly.
func plainJSON(value any) (string, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return "", err
	}
	return string(bytes.TrimSuffix(buffer.Bytes(), []byte("\n"))), nil
}
