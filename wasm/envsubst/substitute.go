package main

import (
	"encoding/json"
	"fmt"

	"github.com/fluxcd/pkg/envsubst"
	"sigs.k8s.io/yaml"
)

// substitute does with one object what fluxcd/pkg/kustomize does (varSubstitution): the object is written as YAML, in whose text
// the variables are replaced, and read again, so that values may change their type.
func substitute(object []byte, head *header) (changed []byte, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("envsubst stopped: %v", fault)
		}
	}()
	text, err := yaml.JSONToYAML(object)
	if err != nil {
		return nil, err
	}
	output, err := envsubst.Eval(string(text), func(name string) (string, bool) {
		value, exists := head.Variables[name]
		return value, exists || !head.Strict
	})
	if err != nil {
		return nil, fmt.Errorf("variable substitution failed: %w", err)
	}
	read, err := yaml.YAMLToJSON([]byte(output))
	if err != nil {
		return nil, fmt.Errorf("YAMLToJSON: %w", err)
	}
	// kustomize takes the result in through doubles, which round large integers: so they are applied.
	var fields map[string]any
	if err := json.Unmarshal(read, &fields); err != nil {
		return nil, fmt.Errorf("UnmarshalJSON: %w", err)
	}
	return json.Marshal(fields)
}
