package main

import (
	"encoding/binary"
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

// headerOf gives the header of a request: u32 length of the header, then the header as JSON. No bytes follow it.
func headerOf(request []byte) ([]byte, error) {
	if len(request) < 4 {
		return nil, errors.New("the request has no header")
	}
	size := int(binary.LittleEndian.Uint32(request))
	if size > len(request)-4 {
		return nil, errors.New("the request's header is cut short")
	}
	return request[4 : 4+size], nil
}
