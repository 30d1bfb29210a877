package main

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"unsafe"
)

// held keeps what the host may still touch from being collected, by address.
var held = map[uintptr][]byte{}

func hold(block []byte) uint32 {
	address := uintptr(unsafe.Pointer(unsafe.SliceData(block)))
	held[address] = block
	return uint32(address)
}

//go:wasmexport alloc
func alloc(size uint32) uint32 {
	return hold(make([]byte, max(size, 1)))
}

//go:wasmexport release
func release(pointer uint32) {
	delete(held, uintptr(pointer))
}

//go:wasmexport call
func call(pointer uint32, size uint32) uint64 {
	response := answer(held[uintptr(pointer)][:size])
	result := uint64(hold(response))<<32 | uint64(len(response))
	collect()
	return result
}

type header struct {
	// Path is the kustomization's folder, relative to the repository.
	Path string `json:"path"`
	// MemoryMB is the memory the host grants this instance.
	MemoryMB int64 `json:"memoryMb"`
	// KubeVersion and APIVersions are what charts are rendered for.
	KubeVersion string   `json:"kubeVersion"`
	APIVersions []string `json:"apiVersions"`
	// ReadsOutside lets kustomizations read files outside of their folders (--load-restrictor LoadRestrictionsNone).
	ReadsOutside bool `json:"readsOutside"`
	// Printed is what helm printed for the charts that a build before asked for, by key.
	Printed map[string]string `json:"printed"`
	Files   []struct {
		Path string `json:"path"`
		Size int    `json:"size"`
	} `json:"files"`
}

type file struct {
	path    string
	content []byte
}

// readRequest splits a request: u32 length of the header, the header as JSON, then the files' bytes in its order.
func readRequest(request []byte) (*header, []file, error) {
	if len(request) < 4 {
		return nil, nil, errors.New("the request has no header")
	}
	size := int(binary.LittleEndian.Uint32(request))
	if size > len(request)-4 {
		return nil, nil, errors.New("the request's header is cut short")
	}
	var head header
	if err := json.Unmarshal(request[4:4+size], &head); err != nil {
		return nil, nil, err
	}
	rest := request[4+size:]
	files := make([]file, 0, len(head.Files))
	for _, entry := range head.Files {
		if entry.Size < 0 || entry.Size > len(rest) {
			return nil, nil, errors.New("the request's files are cut short")
		}
		files = append(files, file{path: entry.Path, content: rest[:entry.Size:entry.Size]})
		rest = rest[entry.Size:]
	}
	return &head, files, nil
}
