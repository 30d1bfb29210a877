package main

import (
	"regexp"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
	"github.com/gosimple/slug"
	"sigs.k8s.io/yaml"
)

// functions are those of Argo CD 3.5 (applicationset/utils/utils.go): sprig's without what tells of the machine, and its own.
var functions = argoFunctions()

func argoFunctions() template.FuncMap {
	all := template.FuncMap(sprig.GenericFuncMap())
	for _, name := range []string{"env", "expandenv", "getHostByName"} {
		delete(all, name)
	}
	all["normalize"] = normalize
	all["slugify"] = slugify
	all["toYaml"] = toYAML
	all["fromYaml"] = fromYAML
	all["fromYamlArray"] = fromYAMLArray
	return all
}

const maxNameLength = 253

var notInNames = regexp.MustCompile("[^-a-z0-9.]")

func normalize(name string) string {
	name = notInNames.ReplaceAllString(strings.ToLower(name), "-")
	return strings.Trim(name[:min(len(name), maxNameLength)], "-.")
}

// slugify takes up to three arguments: the greatest length (50), whether it cuts between words (true), and last the name.
func slugify(arguments ...any) string {
	length, atWords, name := 50, true, ""
	for index, argument := range arguments {
		switch index {
		case len(arguments) - 1:
			name = argument.(string)
		case 0:
			length = argument.(int)
		case 1:
			atWords = argument.(bool)
		}
	}
	slug.EnableSmartTruncate = atWords
	slug.MaxLength = length
	return slug.Make(normalize(name))
}

func toYAML(value any) (string, error) {
	data, err := yaml.Marshal(value)
	return strings.TrimSuffix(string(data), "\n"), err
}

func fromYAML(text string) (map[string]any, error) {
	object := map[string]any{}
	if err := yaml.Unmarshal([]byte(text), &object); err != nil {
		return nil, err
	}
	return object, nil
}

func fromYAMLArray(text string) ([]any, error) {
	list := []any{}
	if err := yaml.Unmarshal([]byte(text), &list); err != nil {
		return nil, err
	}
	return list, nil
}
