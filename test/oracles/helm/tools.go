//go:build tools

// Package helm pins the Helm command line that golden tests compare with.
package helm

import _ "helm.sh/helm/v4/cmd/helm"
