package main

import "runtime"

// warm does once what every first call would pay for: kustomize's own schema, by which it merges lists. The host keeps the module as it is
// then, and starts others from that state.
//
//go:wasmexport warm
func warm() {
	const workload = `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"warm"},"spec":{"selector":{"matchLabels":{"app":"warm"}},
"template":{"metadata":{"labels":{"app":"warm"}},"spec":{"containers":[{"name":"a","image":"a"}]}}}}`
	_, err := build(&header{Path: "over"}, []file{
		{"base/kustomization.yaml", []byte("resources: [one.yaml]\nconfigMapGenerator: [{name: warm, literals: [a=b]}]\n")},
		{"base/one.yaml", []byte(workload)},
		{"over/kustomization.yaml", []byte("resources: [../base]\nnamespace: warm\nnamePrefix: a-\nlabels: [{pairs: {a: b}}]\n" +
			"images: [{name: a, newTag: b}]\nreplicas: [{name: warm, count: 2}]\n" +
			"patches: [{path: patch.yaml}, {target: {kind: Deployment}, patch: '[{\"op\":\"add\",\"path\":\"/metadata/annotations\",\"value\":{\"a\":\"b\"}}]'}]\n")},
		{"over/patch.yaml", []byte(workload)},
	})
	if err != nil {
		panic(err)
	}
	runtime.GC()
	kept = heapBytes()
}
