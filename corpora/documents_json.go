package corpora

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// jsonLine reads {"text": …, "label": …}.
func (p *pass) jsonLine(line string, doc *Document) error {
	var object map[string]json.RawMessage
	if err := json.Unmarshal([]byte(line), &object); err != nil {
		return jsonError(line, err)
	}
	textKey, labelKey := p.opt.columns()
	text, ok := object[textKey]
	if !ok {
		return missingKey("text", textKey, object)
	}
	if err := p.jsonText(text, doc); err != nil {
		return fmt.Errorf("%q: %w", textKey, err)
	}
	label, ok := object[labelKey]
	if !ok && p.opt.Unlabelled {
		return nil
	}
	if !ok {
		return missingKey("label", labelKey, object)
	}
	labels, err := p.jsonLabels(label)
	if err != nil {
		return fmt.Errorf("%q: %w", labelKey, err)
	}
	doc.Labels = labels
	return nil
}

// jsonText reads a string. Half a surrogate pair becomes U+FFFD, and is counted.
func (p *pass) jsonText(value json.RawMessage, doc *Document) error {
	if err := json.Unmarshal(value, &doc.Text); err != nil {
		return fmt.Errorf("a text is a string, not %s", clip(string(value)))
	}
	if strings.Contains(doc.Text, "\ufffd") && !strings.Contains(string(value), "\ufffd") {
		p.notes.add(halfPair, *doc)
	}
	return nil
}

// jsonLabels reads a label or an array of labels.
func (p *pass) jsonLabels(value json.RawMessage) ([]string, error) {
	if len(value) > 0 && value[0] != '[' {
		label, err := jsonLabel(value)
		if err != nil {
			return nil, err
		}
		return p.split(label), nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal(value, &list); err != nil {
		return nil, err
	}
	labels := make([]string, len(list))
	for i, v := range list {
		var err error
		if labels[i], err = jsonLabel(v); err != nil {
			return nil, err
		}
	}
	return labels, nil
}

// jsonLabel reads a string, or a number or truth value as it is written. Null is no label.
func jsonLabel(value json.RawMessage) (string, error) {
	switch value[0] {
	case '"':
		var label string
		err := json.Unmarshal(value, &label)
		return label, err
	case '{', '[':
		return "", fmt.Errorf("a label is a string, a number, or an array of these, not %s", clip(string(value)))
	case 'n':
		return "", nil
	}
	return string(value), nil
}

func missingKey(what, key string, object map[string]json.RawMessage) error {
	keys := slices.Sorted(maps.Keys(object))
	return fmt.Errorf("no key %q: the keys are %s: name the one of the %s with --%s-column", key, quoteAll(keys), what, what)
}

// jsonError says where a line stops being an object.
func jsonError(line string, err error) error {
	if strings.HasPrefix(strings.TrimSpace(line), "[") {
		return errors.New("an array, not an object: write one object a line, as jq -c '.[]' does")
	}
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax) && syntax.Error() == "unexpected end of JSON input":
		return fmt.Errorf("not a JSON object: byte %d: %w: if it goes on below, write it on one line, as jq -c . does", syntax.Offset, err)
	case errors.As(err, &syntax):
		return fmt.Errorf("not a JSON object: byte %d: %w", syntax.Offset, err)
	}
	return fmt.Errorf("not a JSON object: %s", clip(line))
}

// quoteAll lists names for a message.
func quoteAll(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	const most = 20
	quoted := make([]string, 0, most)
	for _, n := range names[:min(len(names), most)] {
		quoted = append(quoted, fmt.Sprintf("%q", clip(n)))
	}
	if len(names) > most {
		quoted = append(quoted, fmt.Sprintf("and %d more", len(names)-most))
	}
	return strings.Join(quoted, ", ")
}
