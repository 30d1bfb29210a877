//go:build tools

// Package flux pins the controller that tests run beside a real API server.
package flux

import (
	_ "github.com/fluxcd/kustomize-controller"
)
