package main

import (
	"bytes"
	"fmt"

	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/strvals"
)

// mergeValues reads the values files in order and then the `--set` assignments, as Helm's command line does.
func mergeValues(header requestHeader, contents map[string][]byte) (map[string]any, error) {
	merged := map[string]any{}
	for _, name := range header.ValuesFiles {
		data, found := contents[name]
		if !found {
			return nil, &fault{cause: fmt.Errorf("open %s: no such file or directory", name), kind: "values", file: name}
		}
		current, err := loader.LoadValues(bytes.NewReader(data))
		if err != nil {
			return nil, &fault{cause: fmt.Errorf("failed to parse %s: %w", name, err), kind: "values", file: name}
		}
		merged = loader.MergeMaps(merged, current)
	}
	for _, assignment := range header.Set {
		if err := strvals.ParseInto(assignment, merged); err != nil {
			return nil, &fault{cause: fmt.Errorf("failed parsing --set data: %w", err), kind: "values"}
		}
	}
	return merged, nil
}
