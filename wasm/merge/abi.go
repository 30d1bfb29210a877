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
	return uint64(hold(response))<<32 | uint64(len(response))
}

// request is one call: what to do, to which kind, and the named JSON (or YAML) texts that came with it.
type request struct {
	Op        string `json:"op"`
	Group     string `json:"group"`
	Version   string `json:"version"`
	Kind      string `json:"kind"`
	Resource  string `json:"resource"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	// Subresource is empty or "status".
	Subresource string `json:"subresource"`
	// Verb of op "write": create, update, patch or apply.
	Verb string `json:"verb"`
	// PatchType of verb patch: json, merge or strategic.
	PatchType  string `json:"patchType"`
	Manager    string `json:"manager"`
	Force      bool   `json:"force"`
	Validation string `json:"validation"`
	// NamespaceMissing says that the namespace of a namespaced object does not exist.
	NamespaceMissing bool `json:"namespaceMissing"`
	// ClusterIP and NodePort are free ones for a Service that needs them.
	ClusterIP string `json:"clusterIP"`
	NodePort  int32  `json:"nodePort"`
	Files     []struct {
		Path string `json:"path"`
		Size int    `json:"size"`
	} `json:"files"`
	texts map[string][]byte
}

// readRequest splits a request: u32 length of the header, the header as JSON, then the files' bytes in its order.
func readRequest(raw []byte) (*request, error) {
	if len(raw) < 4 {
		return nil, errors.New("the request has no header")
	}
	size := int(binary.LittleEndian.Uint32(raw))
	if size > len(raw)-4 {
		return nil, errors.New("the request's header is cut short")
	}
	req := &request{texts: map[string][]byte{}}
	if err := json.Unmarshal(raw[4:4+size], req); err != nil {
		return nil, err
	}
	rest := raw[4+size:]
	for _, entry := range req.Files {
		if entry.Size < 0 || entry.Size > len(rest) {
			return nil, errors.New("the request's files are cut short")
		}
		req.texts[entry.Path] = rest[:entry.Size:entry.Size]
		rest = rest[entry.Size:]
	}
	return req, nil
}
