package main

import (
	"runtime"
	"runtime/metrics"
)

// garbageMB is what may pile up between two collections. A collection that Go starts by itself goes on only while calls run, and slows all
// of them down: without threads nothing else finishes it.
const garbageMB = 24

var (
	heap = []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	// kept is what was in use when it was last looked, at the start or after a collection.
	kept = heapBytes()
)

// collect frees memory after a call, once there is enough to free.
func collect() {
	if heapBytes() < kept+garbageMB<<20 {
		return
	}
	runtime.GC()
	kept = heapBytes()
}

func heapBytes() uint64 {
	metrics.Read(heap)
	return heap[0].Value.Uint64()
}
