// Package rest stands for k8s.io/client-go/rest where there is no cluster.
package rest

// Config would say how a cluster is reached.
type Config struct{}
