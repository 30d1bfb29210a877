package main

import (
	"encoding/json"
	"fmt"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// customKind is one version of a custom resource: its schema (nil when it has none) and whether it has a status subresource.
type customKind struct {
	kind       schema.GroupVersionKind
	namespaced bool
	status     bool
	structural *structuralschema.Structural
}

// readCustomKind takes a CRD's JSON and the version that is asked for.
func readCustomKind(text []byte, version string) (*customKind, error) {
	crd := &apiextensionsv1.CustomResourceDefinition{}
	if err := json.Unmarshal(text, crd); err != nil {
		return nil, err
	}
	for _, candidate := range crd.Spec.Versions {
		if candidate.Name != version {
			continue
		}
		custom := &customKind{
			kind:       schema.GroupVersionKind{Group: crd.Spec.Group, Version: version, Kind: crd.Spec.Names.Kind},
			namespaced: crd.Spec.Scope == apiextensionsv1.NamespaceScoped,
			status:     candidate.Subresources != nil && candidate.Subresources.Status != nil,
		}
		structural, err := readStructural(candidate.Schema)
		custom.structural = structural
		return custom, err
	}
	return nil, fmt.Errorf("the definition %s has no version %s", crd.Name, version)
}

func readStructural(validation *apiextensionsv1.CustomResourceValidation) (*structuralschema.Structural, error) {
	if validation == nil || validation.OpenAPIV3Schema == nil {
		return nil, nil
	}
	internal := &apiextensions.JSONSchemaProps{}
	if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(validation.OpenAPIV3Schema, internal, nil); err != nil {
		return nil, err
	}
	return structuralschema.NewStructural(internal)
}

// looseScheme treats the objects of one custom kind as maps: nothing is converted but the version's name.
type looseScheme struct {
	custom *customKind
}

func (s looseScheme) New(kind schema.GroupVersionKind) (runtime.Object, error) {
	object := &unstructured.Unstructured{Object: map[string]any{}}
	object.SetGroupVersionKind(kind)
	return object, nil
}

func (s looseScheme) Default(object runtime.Object) {
	if loose, ok := object.(*unstructured.Unstructured); ok && s.custom.structural != nil {
		fillDefaults(loose.Object, s.custom.structural)
	}
}

func (s looseScheme) Convert(_, _, _ any) error {
	return fmt.Errorf("custom resources are not converted")
}

func (s looseScheme) ConvertToVersion(in runtime.Object, target runtime.GroupVersioner) (runtime.Object, error) {
	out := in.DeepCopyObject()
	if kind, ok := target.KindForGroupVersionKinds([]schema.GroupVersionKind{s.custom.kind}); ok {
		out.GetObjectKind().SetGroupVersionKind(kind)
	}
	return out, nil
}

func (s looseScheme) ConvertFieldLabel(_ schema.GroupVersionKind, label, value string) (string, string, error) {
	return label, value, nil
}

func (s looseScheme) ObjectKinds(object runtime.Object) ([]schema.GroupVersionKind, bool, error) {
	return []schema.GroupVersionKind{object.GetObjectKind().GroupVersionKind()}, false, nil
}

func (s looseScheme) Recognizes(kind schema.GroupVersionKind) bool {
	return kind == s.custom.kind
}

// fillDefaults sets the defaults of a structural schema. A null where the schema forbids null counts as absent, as in the
// API server.
func fillDefaults(value any, schema *structuralschema.Structural) {
	switch content := value.(type) {
	case map[string]any:
		fillProperties(content, schema)
	case []any:
		if schema.Items == nil {
			return
		}
		for index := range content {
			fillDefaults(content[index], schema.Items)
		}
	}
}

func fillProperties(content map[string]any, schema *structuralschema.Structural) {
	for key := range schema.Properties {
		property := schema.Properties[key]
		present, found := content[key]
		nullable := property.Nullable || present != nil
		if property.Default.Object != nil && (!found || !nullable) {
			content[key] = runtime.DeepCopyJSONValue(property.Default.Object)
		}
	}
	for key := range content {
		if property, ok := schema.Properties[key]; ok {
			fillDefaults(content[key], &property)
		} else if schema.AdditionalProperties != nil && schema.AdditionalProperties.Structural != nil {
			fillDefaults(content[key], schema.AdditionalProperties.Structural)
		}
	}
}
