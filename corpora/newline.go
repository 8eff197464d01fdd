package corpora

import "bytes"

// newlines turns CR LF into LF in text that comes in pieces.
type newlines struct {
	out     []byte
	cr      bool // the last piece ended in a CR that was kept back
	dropped int64
}

// normalize returns the piece with LF for CR LF. A CR at its end waits for the next piece unless this one is the last.
func (n *newlines) normalize(text []byte, final bool) []byte {
	out := n.out[:0]
	if n.cr && len(text) > 0 {
		if text[0] == '\n' {
			n.dropped++
		} else {
			out = append(out, '\r')
		}
		n.cr = false
	}
	for {
		i := bytes.IndexByte(text, '\r')
		if i < 0 {
			break
		}
		out = append(out, text[:i]...)
		text = text[i+1:]
		switch {
		case len(text) == 0:
			n.cr = true
		case text[0] == '\n':
			n.dropped++
		default:
			out = append(out, '\r')
		}
	}
	out = append(out, text...)
	if final && n.cr {
		out = append(out, '\r')
		n.cr = false
	}
	n.out = out
	return out
}
