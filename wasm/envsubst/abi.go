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

type header struct {
	Variables map[string]string `json:"variables"`
	// Strict makes a variable without a value and default an error.
	Strict bool `json:"strict"`
	// Sizes of the objects, JSON texts that follow the header.
	Sizes []int `json:"sizes"`
}

// readRequest splits a request: u32 length of the header, the header as JSON, then the objects' bytes in its order.
func readRequest(request []byte) (*header, [][]byte, error) {
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
	objects := make([][]byte, 0, len(head.Sizes))
	for _, size := range head.Sizes {
		if size < 0 || size > len(rest) {
			return nil, nil, errors.New("the request's objects are cut short")
		}
		objects = append(objects, rest[:size:size])
		rest = rest[size:]
	}
	return &head, objects, nil
}
