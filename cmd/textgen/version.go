package main

import (
	"runtime/debug"
	"strings"
)

// version says from which source the program was built.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown)"
	}
	return describeBuild(info)
}

func describeBuild(info *debug.BuildInfo) string {
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	parts := []string{info.Main.Version}
	if r := settings["vcs.revision"]; r != "" {
		parts = append(parts, r[:min(12, len(r))], settings["vcs.time"])
	}
	if settings["vcs.modified"] == "true" {
		parts = append(parts, "modified")
	}
	return strings.Join(append(parts, info.GoVersion, settings["GOOS"]+"/"+settings["GOARCH"]), " ")
}
