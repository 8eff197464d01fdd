package checkpoint

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Bounds of what a header may describe, far beyond any network of this program.
const (
	maxTensors  = 1 << 16
	maxMetadata = 1 << 10 // strings: millions of short ones take ten times the memory of their text, or more
	maxRank     = 8
)

// header is the parsed header of a safetensors file.
type header struct {
	metadata map[string]string
	tensors  []entry // in the order of their data, which leaves no gap
}

// entry describes one tensor. The data offsets count from the end of the header.
type entry struct {
	name       string
	shape      []int
	count      int // product of shape
	begin, end int64
}

// parser reads a header token by token, so that keys which occur twice and nesting without end are seen.
type parser struct {
	dec *json.Decoder
}

// headerStart is the offset of the header in the file: its length comes first, in 8 bytes.
const headerStart = 8

// parseHeader parses and checks the JSON of a header.
func parseHeader(text []byte) (*header, error) {
	if !utf8.Valid(text) {
		return nil, &FormatError{Offset: headerStart, What: "the header is not valid UTF-8"}
	}
	p := parser{json.NewDecoder(bytes.NewReader(text))}
	p.dec.UseNumber()
	h, err := p.header()
	if err != nil {
		return nil, p.locate(err)
	}
	return h, h.layout(int64(headerStart + len(text)))
}

// locate adds the place that has been reached to an error.
func (p parser) locate(err error) error {
	if errors.Is(err, io.EOF) {
		err = errors.New("unexpected end of the JSON text")
	}
	return &FormatError{Offset: headerStart + p.dec.InputOffset(), What: "header", Err: err}
}

func (p parser) header() (*header, error) {
	h := new(header)
	err := p.object(func(key string) (err error) {
		if key == metadataName {
			h.metadata, err = p.stringMap()
			return err
		}
		if len(h.tensors) == maxTensors {
			return fmt.Errorf("more than %d tensors", maxTensors)
		}
		e, err := p.entry()
		if err != nil {
			return fmt.Errorf("tensor %q: %w", key, err)
		}
		e.name = key
		h.tensors = append(h.tensors, e)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if _, err := p.dec.Token(); err != io.EOF {
		return nil, errors.New("text after the end of the object")
	}
	return h, nil
}

// entry reads the description of a tensor: its three keys, once each.
func (p parser) entry() (e entry, err error) {
	var dtype string
	var offsets []int64
	keys := 0
	err = p.object(func(key string) (err error) {
		keys++
		switch key {
		case "dtype":
			dtype, err = p.text()
		case "shape":
			err = p.array(maxRank, func(n int64) { e.shape = append(e.shape, int(n)) })
		case "data_offsets":
			err = p.array(2, func(n int64) { offsets = append(offsets, n) })
		default:
			err = fmt.Errorf("unknown key %q", key)
		}
		return err
	})
	switch {
	case err != nil:
		return e, err
	case keys != 3 || len(offsets) != 2:
		return e, errors.New("needs dtype, shape and two data_offsets")
	case dtype != "F32":
		return e, fmt.Errorf("has the type %q, only F32 is read", dtype)
	}
	e.begin, e.end = offsets[0], offsets[1]
	if e.count, err = elements(e.shape); err != nil {
		return e, err
	}
	if e.end-e.begin != 4*int64(e.count) {
		return e, fmt.Errorf("shape %v needs %d bytes, data_offsets %v give %d", e.shape, 4*int64(e.count), offsets, e.end-e.begin)
	}
	return e, nil
}

// layout sorts the tensors by their place and checks that their data fills the file from start without gap or overlap.
func (h *header) layout(start int64) error {
	slices.SortStableFunc(h.tensors, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end))
	})
	var end int64
	for _, e := range h.tensors {
		if e.begin != end {
			what := fmt.Sprintf("tensor %q begins at byte %d of the data, not at %d: gap or overlap", e.name, e.begin, end)
			return &FormatError{Offset: start + end, What: what}
		}
		end = e.end
	}
	return nil
}

// object reads an object and calls value after every key, which must read the value.
func (p parser) object(value func(key string) error) error {
	if err := p.delim('{'); err != nil {
		return err
	}
	seen := make(map[string]bool)
	for p.dec.More() {
		key, err := p.text()
		if err != nil {
			return err
		}
		if seen[key] {
			return fmt.Errorf("key %q occurs twice", key)
		}
		seen[key] = true
		if err := value(key); err != nil {
			return err
		}
	}
	return p.delim('}')
}

func (p parser) stringMap() (map[string]string, error) {
	m := make(map[string]string)
	err := p.object(func(key string) (err error) {
		if len(m) == maxMetadata {
			return fmt.Errorf("more than %d metadata strings", maxMetadata)
		}
		m[key], err = p.text()
		return err
	})
	return m, err
}

// array reads an array of at most limit natural numbers that fit an int.
func (p parser) array(limit int, add func(int64)) error {
	if err := p.delim('['); err != nil {
		return err
	}
	for n := 0; p.dec.More(); n++ {
		if n == limit {
			return fmt.Errorf("array of more than %d numbers", limit)
		}
		token, err := p.dec.Token()
		if err != nil {
			return err
		}
		number, _ := token.(json.Number)
		v, err := strconv.ParseUint(number.String(), 10, strconv.IntSize-1)
		if err != nil {
			return fmt.Errorf("%v where a natural number is expected", token)
		}
		add(int64(v))
	}
	return p.delim(']')
}

func (p parser) text() (string, error) {
	token, err := p.dec.Token()
	if err != nil {
		return "", err
	}
	s, ok := token.(string)
	if !ok {
		return "", fmt.Errorf("%v where a string is expected", token)
	}
	return s, nil
}

func (p parser) delim(want json.Delim) error {
	token, err := p.dec.Token()
	if err != nil {
		return err
	}
	if token != want {
		return fmt.Errorf("%v where %v is expected", token, want)
	}
	return nil
}
