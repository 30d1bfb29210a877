// Package main is kustomize as a WebAssembly module: files in, resources out. It sees no disk, network or environment.
package main

import (
	"encoding/json"
	"fmt"
	"runtime/debug"
)

// softLimitMB is where garbage is collected during a call, well before the memory the host grants is used up.
const softLimitMB = 160

func init() {
	debug.SetGCPercent(-1)
	limitMemory(2 * softLimitMB)
}

func limitMemory(grantedMB int64) {
	if grantedMB > 0 {
		debug.SetMemoryLimit(min(softLimitMB, grantedMB/2) << 20)
	}
}

func main() {}

// answer runs one request and always gives JSON: a panic inside the library becomes an error of that request.
func answer(request []byte) (response []byte) {
	defer func() {
		if fault := recover(); fault != nil {
			response = failure(fmt.Errorf("kustomize stopped: %v", fault))
		}
	}()
	header, files, err := readRequest(request)
	if err != nil {
		return failure(err)
	}
	limitMemory(header.MemoryMB)
	result, err := build(header, files)
	if err != nil {
		return failure(err)
	}
	encoded, err := json.Marshal(result)
	if err != nil {
		return failure(err)
	}
	return encoded
}

func failure(err error) []byte {
	encoded, _ := json.Marshal(map[string]any{"ok": false, "error": plainPaths(err.Error())})
	return encoded
}
