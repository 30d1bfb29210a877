//go:build tools

// Package registry pins the OCI registry that tests fetch from.
package registry

import (
	_ "github.com/distribution/distribution/v3/cmd/registry"
)
