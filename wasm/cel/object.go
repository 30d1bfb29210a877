package main

import (
	"encoding/json"
	"fmt"
	"reflect"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/authentication/user"

	kjson "sigs.k8s.io/json"
)

// entry is one write that policies look at.
type entry struct {
	Object    json.RawMessage `json:"object"`
	OldObject json.RawMessage `json:"oldObject"`
	// Operation is CREATE or UPDATE.
	Operation string `json:"operation"`
	Group     string `json:"group"`
	Version   string `json:"version"`
	Kind      string `json:"kind"`
	// Namespace is empty for objects of the cluster.
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	// Resource is the kind's plural name; empty when it is only the usual one.
	Resource string `json:"resource"`
}

func (e *entry) gvk() schema.GroupVersionKind {
	return schema.GroupVersionKind{Group: e.Group, Version: e.Version, Kind: e.Kind}
}

// attributes are the entry as admission sees it: typed kinds with the server's defaults.
func (e *entry) attributes(who *userFacts) (*admission.VersionedAttributes, error) {
	object, err := e.read(e.Object)
	if err != nil {
		return nil, err
	}
	old, err := e.read(e.OldObject)
	if err != nil {
		return nil, err
	}
	var sender user.Info
	if who != nil {
		sender = &user.DefaultInfo{Name: who.Name, Groups: who.Groups}
	}
	return &admission.VersionedAttributes{
		Attributes: e.record(object, old, sender), VersionedObject: object, VersionedOldObject: old, VersionedKind: e.gvk(),
	}, nil
}

// record is the request around the objects.
func (e *entry) record(object, old runtime.Object, sender user.Info) admission.Attributes {
	namespace := e.Namespace
	resource := e.resource()
	if resource.Group == "" && resource.Resource == "namespaces" {
		// The server takes a Namespace for its own namespace.
		namespace = e.Name
	}
	var options runtime.Object = &metav1.CreateOptions{TypeMeta: optionsType("CreateOptions")}
	if e.Operation == string(admission.Update) {
		options = &metav1.UpdateOptions{TypeMeta: optionsType("UpdateOptions")}
	}
	operation := admission.Operation(e.Operation)
	return admission.NewAttributesRecord(object, old, e.gvk(), namespace, e.Name, resource, "", operation, options, false, sender)
}

func optionsType(kind string) metav1.TypeMeta {
	return metav1.TypeMeta{Kind: kind, APIVersion: "meta.k8s.io/v1"}
}

func (e *entry) resource() schema.GroupVersionResource {
	if e.Resource != "" {
		return e.gvk().GroupVersion().WithResource(e.Resource)
	}
	plural, _ := meta.UnsafeGuessKindToResource(e.gvk())
	return plural
}

// read gives an object as a map. Typed kinds pass through their Go type: it drops what the server drops and has its defaults.
func (e *entry) read(text json.RawMessage) (runtime.Object, error) {
	if len(text) == 0 || string(text) == "null" {
		return nil, nil
	}
	if servedTypes().Recognizes(e.gvk()) {
		return e.readTyped(text)
	}
	content := map[string]any{}
	if err := kjson.UnmarshalCaseSensitivePreserveInts(text, &content); err != nil {
		return nil, err
	}
	loose := &unstructured.Unstructured{Object: content}
	e.complete(loose)
	return loose, nil
}

func (e *entry) readTyped(text json.RawMessage) (runtime.Object, error) {
	typed, err := servedTypes().New(e.gvk())
	if err != nil {
		return nil, err
	}
	if err := kjson.UnmarshalCaseSensitivePreserveInts(text, typed); err != nil {
		return nil, fmt.Errorf("it cannot be read as %s %s: %w", e.gvk().GroupVersion(), e.Kind, err)
	}
	// A write through the main resource does not carry the status.
	if status := reflect.ValueOf(typed).Elem().FieldByName("Status"); status.IsValid() {
		status.SetZero()
	}
	if named, ok := typed.(metav1.Object); ok {
		e.complete(named)
	}
	if secret, ok := typed.(*corev1.Secret); ok {
		foldStringData(secret)
	}
	servedTypes().Default(typed)
	typed.GetObjectKind().SetGroupVersionKind(e.gvk())
	filled, err := runtime.DefaultUnstructuredConverter.ToUnstructured(typed)
	return &unstructured.Unstructured{Object: filled}, err
}

// foldStringData does what the server's conversion does: stringData is only for writing.
func foldStringData(secret *corev1.Secret) {
	if len(secret.StringData) > 0 && secret.Data == nil {
		secret.Data = map[string][]byte{}
	}
	for key, value := range secret.StringData {
		secret.Data[key] = []byte(value)
	}
	secret.StringData = nil
}

// complete adds the namespace that the request names, as the server does.
func (e *entry) complete(object metav1.Object) {
	if e.Namespace != "" && object.GetNamespace() == "" {
		object.SetNamespace(e.Namespace)
	}
}

// readNamespaces gives the known namespaces by name, with the server's defaults.
func readNamespaces(text []byte) (map[string]*corev1.Namespace, error) {
	known := map[string]*corev1.Namespace{}
	if len(text) == 0 {
		return known, nil
	}
	var list []*corev1.Namespace
	if err := kjson.UnmarshalCaseSensitivePreserveInts(text, &list); err != nil {
		return nil, err
	}
	for _, namespace := range list {
		servedTypes().Default(namespace)
		known[namespace.Name] = namespace
	}
	return known, nil
}
