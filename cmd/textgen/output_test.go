package main

import "testing"

func TestControlCharactersAreWritten(t *testing.T) {
	for _, tt := range []struct{ text, field, message string }{
		{"plain", "plain", "plain"},
		{"a\tb\r\nc\\d", `a\tb\r\nc\d`, "a\\tb\\r\nc\\d"},
		{"\x1b[31mred\a", `\x1b[31mred\a`, `\x1b[31mred\a`},
		{"é\u0085\x00\x7fß", `é\u0085\x00\x7fß`, `é\u0085\x00\x7fß`},
		{"caf\xe9\x1b\xff", "caf\xe9\\x1b\xff", "caf\xe9\\x1b\xff"},
		{"👩\u200d🔬", "👩\u200d🔬", "👩\u200d🔬"},
	} {
		if got := field(tt.text); got != tt.field {
			t.Errorf("field %q, want %q", got, tt.field)
		}
		if got := message(tt.text); got != tt.message {
			t.Errorf("message %q, want %q", got, tt.message)
		}
	}
}
