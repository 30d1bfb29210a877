package main

import (
	"fmt"

	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/strvals"
)

// mergeValues reads the values files in order, then the inline values as if they were further files, then the assignments
// in the order of Helm's command line: all of `--set`, all of `--set-string`, all of `--set-file`.
func mergeValues(helm engine, header requestHeader, contents map[string][]byte) (map[string]any, error) {
	merged := map[string]any{}
	add := func(name string, data []byte) error {
		current, err := helm.parseValues(data)
		if err != nil {
			return &fault{cause: fmt.Errorf("failed to parse %s: %w", name, err), kind: "values", file: name}
		}
		merged = loader.MergeMaps(merged, current)
		return nil
	}
	for _, name := range header.ValuesFiles {
		data, err := readNamed(name, contents)
		if err != nil {
			return nil, err
		}
		if err := add(name, data); err != nil {
			return nil, err
		}
	}
	for _, text := range header.Values {
		if err := add("values", []byte(text)); err != nil {
			return nil, err
		}
	}
	return merged, assign(merged, header, contents)
}

func assign(merged map[string]any, header requestHeader, contents map[string][]byte) error {
	for _, assignment := range header.Set {
		if err := strvals.ParseInto(assignment, merged); err != nil {
			return &fault{cause: fmt.Errorf("failed parsing --set data: %w", err), kind: "values"}
		}
	}
	for _, assignment := range header.SetString {
		if err := strvals.ParseIntoString(assignment, merged); err != nil {
			return &fault{cause: fmt.Errorf("failed parsing --set-string data: %w", err), kind: "values"}
		}
	}
	read := func(name []rune) (any, error) {
		data, err := readNamed(string(name), contents)
		return string(data), err
	}
	for _, assignment := range header.SetFile {
		if err := strvals.ParseIntoFile(assignment, merged, read); err != nil {
			return &fault{cause: fmt.Errorf("failed parsing --set-file data: %w", err), kind: "values"}
		}
	}
	return nil
}

func readNamed(name string, contents map[string][]byte) ([]byte, error) {
	data, found := contents[name]
	if !found {
		return nil, &fault{cause: fmt.Errorf("open %s: no such file or directory", name), kind: "values", file: name}
	}
	return data, nil
}
