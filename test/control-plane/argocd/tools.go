//go:build tools

// Package argocd pins the controller that tests run beside a real API server.
package argocd

import (
	_ "github.com/argoproj/argo-cd/v3/cmd"
)
