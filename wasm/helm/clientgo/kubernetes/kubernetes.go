// Package kubernetes stands for k8s.io/client-go/kubernetes, which Helm names only to have its version in the build.
package kubernetes
