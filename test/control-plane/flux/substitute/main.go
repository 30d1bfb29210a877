// Command substitute is Flux's own substitution of variables, for tests to compare with: a JSON list of cases in, of results out.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"

	"github.com/fluxcd/pkg/kustomize"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/kustomize/api/provider"
)

type testCase struct {
	Object    json.RawMessage `json:"object"`
	Variables map[string]any  `json:"variables"`
	Strict    bool            `json:"strict"`
}

type result struct {
	Object json.RawMessage `json:"object,omitempty"`
	Error  string          `json:"error,omitempty"`
}

func main() {
	var cases []testCase
	if err := json.NewDecoder(os.Stdin).Decode(&cases); err != nil {
		log.Fatal(err)
	}
	results := make([]result, 0, len(cases))
	for _, one := range cases {
		object, err := substitute(one)
		if err != nil {
			results = append(results, result{Error: err.Error()})
			continue
		}
		results = append(results, result{Object: object})
	}
	if err := json.NewEncoder(os.Stdout).Encode(results); err != nil {
		log.Fatal(err)
	}
}

func substitute(one testCase) ([]byte, error) {
	resource, err := provider.NewDefaultDepProvider().GetResourceFactory().FromBytes(one.Object)
	if err != nil {
		return nil, err
	}
	owner := unstructured.Unstructured{Object: map[string]any{
		"spec": map[string]any{"postBuild": map[string]any{"substitute": one.Variables}},
	}}
	options := []kustomize.SubstituteOption{
		kustomize.SubstituteWithDryRun(true), kustomize.SubstituteWithStrict(one.Strict), kustomize.SubstituteWithAlways(true),
	}
	changed, err := kustomize.SubstituteVariables(context.Background(), nil, owner, resource, options...)
	if err != nil {
		return nil, err
	}
	if changed == nil {
		changed = resource
	}
	return changed.MarshalJSON()
}
