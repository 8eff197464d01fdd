package main

import (
	"os"
	"testing"
)

func TestFreeDirectory(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("stories", 0o777); err != nil {
		t.Fatal(err)
	}
	for arg, want := range map[string]string{
		"": "stories-2", "-": "model", "text.txt": "text-model", "logs/app.log.gz": "app-model", "books/*.txt": "txt-model", "books/": "books-model", ".hidden": "hidden-model",
	} {
		var paths []string
		if arg != "" {
			paths = []string{arg, "other.txt"}
		}
		if got := freeDirectory(paths); got != want {
			t.Errorf("for %q: %s, want %s", arg, got, want)
		}
	}
}
