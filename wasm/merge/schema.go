package main

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/kube-openapi/pkg/schemaconv"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"sigs.k8s.io/structured-merge-diff/v6/typed"

	smdschema "sigs.k8s.io/structured-merge-diff/v6/schema"
)

const objectMetaModel = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"

// parserConverter types the objects of one kind.
type parserConverter struct {
	kind typed.ParseableType
}

var _ managedfields.TypeConverter = parserConverter{}

func newParserConverter(types []smdschema.TypeDef, name string) parserConverter {
	parser := typed.Parser{Schema: smdschema.Schema{Types: types}}
	return parserConverter{kind: parser.Type(name)}
}

func (c parserConverter) ObjectToTyped(object runtime.Object, options ...typed.ValidationOptions) (*typed.TypedValue, error) {
	if loose, ok := object.(*unstructured.Unstructured); ok {
		return c.kind.FromUnstructured(loose.UnstructuredContent(), options...)
	}
	return c.kind.FromStructured(object, options...)
}

func (c parserConverter) TypedToObject(value *typed.TypedValue) (runtime.Object, error) {
	content, ok := value.AsValue().Unstructured().(map[string]any)
	if !ok {
		return nil, fmt.Errorf("the merged value is no object")
	}
	return &unstructured.Unstructured{Object: content}, nil
}

// builtinConverters holds one converter for each built-in kind that was asked for: there are only so many kinds.
var builtinConverters = map[schema.GroupVersionKind]parserConverter{}

// converterFor gives the merge schema of a kind: built in, from a CRD's schema, or deduced when there is neither.
func converterFor(kind schema.GroupVersionKind, custom *customKind) (managedfields.TypeConverter, error) {
	if custom != nil && custom.structural != nil {
		return customConverter(kind, custom)
	}
	if converter, known := builtinConverters[kind]; known {
		return converter, nil
	}
	if name := builtinModel(kind); name != "" {
		types, err := builtinTypes(name)
		if err != nil {
			return nil, err
		}
		if len(types) > 0 {
			converter := newParserConverter(types, name)
			builtinConverters[kind] = converter
			return converter, nil
		}
	}
	return managedfields.NewDeducedTypeConverter(), nil
}

// builtinModel is the name of a built-in kind's model: io.k8s.api.PACKAGE.VERSION.KIND, where the package is the first
// word of the group.
func builtinModel(kind schema.GroupVersionKind) string {
	group, rest, dotted := strings.Cut(kind.Group, ".")
	if dotted && !strings.HasSuffix(rest, "k8s.io") {
		return ""
	}
	switch group {
	case "":
		group = "core"
	case "internal":
		group = "apiserverinternal"
	}
	return fmt.Sprintf("io.k8s.api.%s.%s.%s", group, kind.Version, kind.Kind)
}

// customConverter turns a CRD's schema into a merge schema the way the API server does, with the server's ObjectMeta.
func customConverter(kind schema.GroupVersionKind, custom *customKind) (managedfields.TypeConverter, error) {
	root := custom.structural.ToKubeOpenAPI()
	if root.Properties == nil {
		root.Properties = map[string]spec.Schema{}
	}
	root.Properties["apiVersion"] = *spec.StringProperty()
	root.Properties["kind"] = *spec.StringProperty()
	root.Properties["metadata"] = *spec.RefSchema("#/definitions/" + objectMetaModel)
	// The reference only needs its target to exist: the real one is added from the built-in schema below. The untyped
	// leaves come with it.
	models := map[string]*spec.Schema{kind.Kind: root, objectMetaModel: spec.MapProperty(nil)}
	converted, err := schemaconv.ToSchemaFromOpenAPI(models, false)
	if err != nil {
		return nil, err
	}
	types := make([]smdschema.TypeDef, 0, len(converted.Types)+16)
	for _, definition := range converted.Types {
		if definition.Name != objectMetaModel {
			types = append(types, definition)
		}
	}
	meta, err := builtinTypes(objectMetaModel)
	if err != nil {
		return nil, err
	}
	return newParserConverter(append(types, meta...), kind.Kind), nil
}
