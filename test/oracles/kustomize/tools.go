//go:build tools

// Package kustomize pins the command-line kustomize that the renderer is compared with.
package kustomize

import _ "sigs.k8s.io/kustomize/kustomize/v5"
