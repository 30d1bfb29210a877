package main

import (
	_ "unsafe" // For linkname.

	_ "sigs.k8s.io/kustomize/api/provenance"
)

// The release of the command line whose libraries these are; `buildMetadata: [managedByLabel]` writes it into labels.
// Releases set the variable with the linker, which our build does not need to know.
//
//go:linkname kustomizeVersion sigs.k8s.io/kustomize/api/provenance.version
var kustomizeVersion string

func init() {
	kustomizeVersion = "v5.8.2"
}
