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

// request is one call: what to do, and the named JSON texts that came with it.
type request struct {
	Op    string `json:"op"`
	Files []struct {
		Path string `json:"path"`
		Size int    `json:"size"`
	} `json:"files"`
	// User is who would send the objects, or nil when that is not known.
	User  *userFacts `json:"user"`
	texts map[string][]byte
}

type userFacts struct {
	Name   string   `json:"name"`
	Groups []string `json:"groups"`
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
