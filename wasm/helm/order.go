package main

import (
	"maps"
	"slices"
	_ "unsafe" // For linkname.

	_ "github.com/Masterminds/sprig/v3"
)

// The functions that both engines give to templates. Helm 3 has no way to replace one of them.
//
//go:linkname sprigFunctions github.com/Masterminds/sprig/v3.genericMap
var sprigFunctions map[string]any

// mapOrder is the order of the render that runs: `ascending` or `descending`.
var mapOrder string

// init gives `keys` and `values` one of the orders that Go's maps may give them. A second render with the other order shows
// what depends on it.
func init() {
	sprigFunctions["keys"] = func(dicts ...map[string]any) []string {
		names := []string{}
		for _, dict := range dicts {
			names = append(names, orderedKeys(dict)...)
		}
		return names
	}
	sprigFunctions["values"] = func(dict map[string]any) []any {
		items := []any{}
		for _, name := range orderedKeys(dict) {
			items = append(items, dict[name])
		}
		return items
	}
}

func orderedKeys(dict map[string]any) []string {
	names := slices.Sorted(maps.Keys(dict))
	if mapOrder == "descending" {
		slices.Reverse(names)
	}
	return names
}
