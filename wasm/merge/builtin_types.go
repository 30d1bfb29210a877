package main

import (
	"regexp"
	"strings"
	"sync"
	_ "unsafe" // for go:linkname

	_ "k8s.io/client-go/applyconfigurations"
	"sigs.k8s.io/structured-merge-diff/v6/typed"

	smdschema "sigs.k8s.io/structured-merge-diff/v6/schema"
)

// builtinSchema is the merge schema of every built-in kind, as YAML. Its package is internal and offers it only parsed as a
// whole, which takes more than a second here; a kind needs a small part of it.
//
//go:linkname builtinSchema k8s.io/client-go/applyconfigurations/internal.schemaYAML
var builtinSchema typed.YAMLObject

const typeMark = "- name: "

var typeReference = regexp.MustCompile(`(?m)namedType: (\S+)$`)

// typeTexts is the schema cut into one text for each type.
var typeTexts = sync.OnceValue(func() map[string]string {
	texts := map[string]string{}
	for _, part := range strings.Split(string(builtinSchema), "\n"+typeMark)[1:] {
		name, _, _ := strings.Cut(part, "\n")
		texts[name] = typeMark + part + "\n"
	}
	return texts
})

var parsedTypes = map[string]smdschema.TypeDef{}

// builtinTypes gives a type and all it leads to; none when the name is unknown. Each type is parsed once.
func builtinTypes(name string) ([]smdschema.TypeDef, error) {
	names := closureOf(name)
	var missing strings.Builder
	for _, one := range names {
		if _, known := parsedTypes[one]; !known {
			missing.WriteString(typeTexts()[one])
		}
	}
	if missing.Len() > 0 {
		parser, err := typed.NewParser(typed.YAMLObject("types:\n" + missing.String()))
		if err != nil {
			return nil, err
		}
		for _, definition := range parser.Schema.Types {
			parsedTypes[definition.Name] = definition
		}
	}
	types := make([]smdschema.TypeDef, 0, len(names))
	for _, one := range names {
		types = append(types, parsedTypes[one])
	}
	return types, nil
}

func closureOf(name string) []string {
	var names []string
	seen := map[string]bool{}
	for waiting := []string{name}; len(waiting) > 0; {
		next := waiting[len(waiting)-1]
		waiting = waiting[:len(waiting)-1]
		text, known := typeTexts()[next]
		if !known || seen[next] {
			continue
		}
		seen[next] = true
		names = append(names, next)
		for _, match := range typeReference.FindAllStringSubmatch(text, -1) {
			waiting = append(waiting, match[1])
		}
	}
	return names
}
