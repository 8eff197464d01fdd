package history

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/textgen-go/textgen/internal/report"
)

// Settings lists the fields of a struct, or what they point to, by their names in JSON, in their order, without those that
// are zero.
func Settings(settings any) []report.Fact {
	var facts []report.Fact
	v := reflect.ValueOf(settings)
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if f := reflect.Indirect(v.Field(i)); f.IsValid() && !f.IsZero() && name != "" && name != "-" {
			facts = append(facts, report.Fact{Name: strings.ReplaceAll(name, "_", " "), Value: shown(f.Interface())})
		}
	}
	return facts
}

func shown(value any) string {
	switch v := value.(type) {
	case bool:
		return "yes"
	case time.Duration:
		return v.String()
	}
	return fmt.Sprint(value)
}
