// Module helm is Helm's template engine behind four numbers-only exports: alloc, release, call and _initialize.
//
// A request is a little-endian u32 with the length of a JSON header, the header, and the raw bytes of the files the header
// lists, in its order. A response is JSON. Nothing here reads a file system, a network, a clock or a random source other
// than the ones the host hands in, so equal requests to fresh instances of equal seeds give equal bytes.
package main

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"runtime/debug"
	"unsafe"
)

// kept holds every slice the host may still read or write, by its address.
var kept = map[uint32][]byte{}

func init() {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	log.SetOutput(io.Discard)
	debug.SetGCPercent(-1)
}

func main() {}

//go:wasmexport alloc
func alloc(size uint32) uint32 {
	return keep(make([]byte, max(size, 1)))
}

//go:wasmexport release
func release(address uint32) {
	delete(kept, address)
}

//go:wasmexport call
func call(address, size uint32) uint64 {
	request, known := kept[address]
	if !known || int(size) > len(request) {
		return answer(failure{Error: "the request is not a block from alloc", Kind: "render"})
	}
	response := answer(respond(request[:size]))
	collect()
	return response
}

func answer(response any) uint64 {
	encoded, err := json.Marshal(response)
	if err != nil {
		encoded = []byte(`{"ok":false,"error":"the response could not be encoded","kind":"render"}`)
	}
	return uint64(keep(encoded))<<32 | uint64(len(encoded))
}

func keep(block []byte) uint32 {
	address := uint32(uintptr(unsafe.Pointer(unsafe.SliceData(block))))
	kept[address] = block
	return address
}

func respond(request []byte) (response any) {
	defer func() {
		if fault := recover(); fault != nil {
			response = failure{Error: fmt.Sprintf("helm stopped: %v", fault), Kind: "render"}
		}
	}()
	header, contents, err := parseRequest(request)
	if err != nil {
		return failure{Error: err.Error(), Kind: "render"}
	}
	limitMemory(header.MemoryMb)
	rendered, err := renderChart(header, contents)
	if err != nil {
		return describe(err)
	}
	return rendered
}

// defaultMemoryMb is what an instance may use when the request does not say.
const defaultMemoryMb = 256

var memoryMb int64

// limitMemory makes the runtime collect during a render only when it comes near the instance's cap, where it would die.
func limitMemory(megabytes int64) {
	if megabytes <= 0 {
		megabytes = defaultMemoryMb
	}
	if megabytes != memoryMb {
		memoryMb = megabytes
		debug.SetMemoryLimit(megabytes << 20 / 4 * 3)
	}
}

func parseRequest(request []byte) (header requestHeader, contents map[string][]byte, err error) {
	if len(request) < 4 {
		return header, nil, errors.New("the request is shorter than its length prefix")
	}
	length := int(binary.LittleEndian.Uint32(request))
	if length > len(request)-4 {
		return header, nil, errors.New("the request is shorter than its header")
	}
	if err := json.Unmarshal(request[4:4+length], &header); err != nil {
		return header, nil, fmt.Errorf("the request header is not valid: %w", err)
	}
	contents = make(map[string][]byte, len(header.Files))
	rest := request[4+length:]
	for _, file := range header.Files {
		if file.Size < 0 || file.Size > len(rest) {
			return header, nil, fmt.Errorf("the request ends before %s does", file.Path)
		}
		contents[file.Path] = rest[:file.Size:file.Size]
		rest = rest[file.Size:]
	}
	return header, contents, nil
}
