//go:build tools

// Package kwok pins the program that plays the machines of a cluster in tests and benchmarks.
package kwok

import (
	_ "sigs.k8s.io/kwok/cmd/kwok"
)
