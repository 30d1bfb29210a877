package main

import (
	"context"
	"encoding/json"
	"strings"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apiserver/pkg/storage/names"
	openapierrors "k8s.io/kube-openapi/pkg/validation/errors"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
	"k8s.io/kube-openapi/pkg/validation/validate"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

var definitions = newStrategy(typedStrategy[*apiextensions.CustomResourceDefinition]{
	clusterScoped: true, version: "apiextensions.k8s.io/v1", resets: []string{"status"},
	prepareCreate: func(object *apiextensions.CustomResourceDefinition) {
		object.Status = apiextensions.CustomResourceDefinitionStatus{}
		object.Generation = 1
		for _, version := range object.Spec.Versions {
			if version.Storage {
				object.Status.StoredVersions = []string{version.Name}
			}
		}
	},
	prepareUpdate: func(object, old *apiextensions.CustomResourceDefinition) {
		object.Status = old.Status
		if !apiequality.Semantic.DeepEqual(object.Spec, old.Spec) {
			object.Generation = old.Generation + 1
		}
	},
	validate: validateDefinition,
	validateUpdate: func(object, old *apiextensions.CustomResourceDefinition) field.ErrorList {
		errs := validateDefinition(object)
		if object.Spec.Scope != old.Spec.Scope {
			errs = append(errs, field.Invalid(field.NewPath("spec", "scope"), object.Spec.Scope, "field is immutable"))
		}
		return errs
	},
})

var definitionStatus = newStrategy(typedStrategy[*apiextensions.CustomResourceDefinition]{
	clusterScoped: true, version: "apiextensions.k8s.io/v1", resets: []string{"metadata", "spec"},
	prepareUpdate: func(object, old *apiextensions.CustomResourceDefinition) { object.Spec = old.Spec },
})

// validateDefinition checks what a definition must have to be served: its name, one stored version, structural schemas.
func validateDefinition(object *apiextensions.CustomResourceDefinition) field.ErrorList {
	var errs field.ErrorList
	if want := object.Spec.Names.Plural + "." + object.Spec.Group; object.Name != want {
		errs = append(errs, field.Invalid(field.NewPath("metadata", "name"), object.Name, `must be spec.names.plural+"."+spec.group`))
	}
	versions := field.NewPath("spec", "versions")
	stored := 0
	for index, version := range object.Spec.Versions {
		if version.Storage {
			stored++
		}
		errs = append(errs, validateVersionSchema(object, version, versions.Index(index))...)
	}
	if stored != 1 {
		errs = append(errs, field.Invalid(versions, object.Spec.Versions, "must have exactly one version marked as storage version"))
	}
	if object.Spec.Names.Kind == "" {
		errs = append(errs, field.Required(field.NewPath("spec", "names", "kind"), ""))
	}
	return errs
}

func validateVersionSchema(object *apiextensions.CustomResourceDefinition, version apiextensions.CustomResourceDefinitionVersion, at *field.Path) field.ErrorList {
	schemaPath := at.Child("schema", "openAPIV3Schema")
	validation := version.Schema
	if validation == nil {
		validation = object.Spec.Validation
	}
	if validation == nil || validation.OpenAPIV3Schema == nil {
		return field.ErrorList{field.Required(schemaPath, "schemas are required")}
	}
	structural, err := structuralschema.NewStructural(validation.OpenAPIV3Schema)
	if err != nil {
		return field.ErrorList{field.Invalid(schemaPath, "", err.Error())}
	}
	return structuralschema.ValidateStructural(schemaPath, structural)
}

// customStrategy is the strategy of a custom resource's objects.
type customStrategy struct {
	looseScheme
	names.NameGenerator
	custom      *customKind
	subresource string
}

func (s customStrategy) NamespaceScoped() bool                                            { return s.custom.namespaced }
func (s customStrategy) AllowCreateOnUpdate() bool                                        { return false }
func (s customStrategy) AllowUnconditionalUpdate() bool                                   { return false }
func (s customStrategy) Canonicalize(runtime.Object)                                      {}
func (s customStrategy) WarningsOnCreate(context.Context, runtime.Object) []string        { return nil }
func (s customStrategy) WarningsOnUpdate(_ context.Context, _, _ runtime.Object) []string { return nil }

func (s customStrategy) GetResetFields() map[fieldpath.APIVersion]*fieldpath.Set {
	if !s.custom.status {
		return nil
	}
	set := fieldpath.NewSet(fieldpath.MakePathOrDie("status"))
	if s.subresource == "status" {
		set = fieldpath.NewSet(fieldpath.MakePathOrDie("spec"), fieldpath.MakePathOrDie("metadata"))
	}
	return map[fieldpath.APIVersion]*fieldpath.Set{fieldpath.APIVersion(s.custom.kind.GroupVersion().String()): set}
}

func (s customStrategy) PrepareForCreate(_ context.Context, object runtime.Object) {
	loose := object.(*unstructured.Unstructured)
	if s.custom.status {
		delete(loose.Object, "status")
	}
	loose.SetGeneration(1)
}

func (s customStrategy) PrepareForUpdate(_ context.Context, object, old runtime.Object) {
	next, before := object.(*unstructured.Unstructured), old.(*unstructured.Unstructured)
	if s.subresource == "status" {
		status, found := next.Object["status"]
		fields := next.GetManagedFields()
		next.Object = before.DeepCopy().Object
		next.SetManagedFields(fields)
		copyKey(next.Object, "status", status, found)
		return
	}
	if s.custom.status {
		status, found := before.Object["status"]
		copyKey(next.Object, "status", status, found)
	}
	if !apiequality.Semantic.DeepEqual(withoutMeta(next.Object, s.custom.status), withoutMeta(before.Object, s.custom.status)) {
		next.SetGeneration(before.GetGeneration() + 1)
	}
}

func copyKey(content map[string]any, key string, value any, found bool) {
	delete(content, key)
	if found {
		content[key] = value
	}
}

func withoutMeta(content map[string]any, withoutStatus bool) map[string]any {
	rest := map[string]any{}
	for key, value := range content {
		if key != "metadata" && (key != "status" || !withoutStatus) {
			rest[key] = value
		}
	}
	return rest
}

func (s customStrategy) Validate(_ context.Context, object runtime.Object) field.ErrorList {
	if s.custom.structural == nil {
		return nil
	}
	content := object.(*unstructured.Unstructured).Object
	result := validate.NewSchemaValidator(s.custom.structural.ToKubeOpenAPI(), nil, "", strfmt.Default).Validate(content)
	var errs field.ErrorList
	for _, fault := range result.Errors {
		errs = append(errs, schemaError(fault))
	}
	return append(errs, listtype.ValidateListSetsAndMaps(nil, s.custom.structural, content)...)
}

func (s customStrategy) ValidateUpdate(ctx context.Context, object, _ runtime.Object) field.ErrorList {
	return s.Validate(ctx, object)
}

// schemaError words a schema validator's error as the API server does.
func schemaError(fault error) *field.Error {
	invalid, ok := fault.(*openapierrors.Validation)
	if !ok {
		return field.Invalid(nil, "", fault.Error())
	}
	var at *field.Path
	if name := strings.TrimPrefix(invalid.Name, "."); name != "" {
		at = field.NewPath(name)
	}
	value := invalid.Value
	if value == nil {
		value = ""
	}
	switch invalid.Code() {
	case openapierrors.RequiredFailCode:
		return field.Required(at, "")
	case openapierrors.EnumFailCode:
		return field.NotSupported(at, invalid.Value, enumTexts(invalid.Values))
	case openapierrors.InvalidTypeCode:
		return field.TypeInvalid(at, value, invalid.Error())
	}
	return field.Invalid(at, value, invalid.Error())
}

func enumTexts(values []any) []string {
	texts := sets.New[string]()
	for _, value := range values {
		text, ok := value.(string)
		if !ok {
			// An enum's value came from JSON, so it encodes again.
			encoded, _ := json.Marshal(value)
			text = string(encoded)
		}
		texts.Insert(text)
	}
	return sets.List(texts)
}
