package config

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
)

// Variables name the environment variables that give values, with the keys they
// are for. Sites are too many and too structured for this.
func Variables() map[string]string {
	names := map[string]string{}
	for _, k := range schema() {
		if k.scalar && !strings.HasPrefix(k.path, "site.") {
			names[variable(k)] = k.path
		}
	}
	return names
}

func variable(k key) string {
	return "FANGZHI_" + strings.ToUpper(strings.ReplaceAll(k.path, ".", "_"))
}

// readEnvironment puts values of FANGZHI_* variables over those of the file. An
// empty variable is as good as none. One whose name is nearly right is an error;
// others may be for other parts of the program.
func (c *Config) readEnvironment(environ []string) (errs Errors) {
	known := Variables()
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, "FANGZHI_") || value == "" {
			continue
		}
		path, ok := known[name]
		if !ok {
			errs = append(errs, misspelt(name, known)...)
			continue
		}
		k, _ := keyAt(path)
		if err := setText(reflect.ValueOf(c).Elem().FieldByIndex(k.field), value); err != nil {
			errs = append(errs, &Error{Kind: BadValue, Place: Place{File: "environment"}, Key: name,
				Message: fmt.Sprintf("%s=%s: want %s", name, value, k.want)})
			continue
		}
		c.from[path] = Origin{Variable: name}
	}
	return errs
}

// misspelt finds the variable that a name which we do not know was meant to be. It
// must be very near: FANGZHI_ARCHIVE and others are not for us.
func misspelt(name string, known map[string]string) Errors {
	for candidate := range known {
		if levenshtein.ComputeDistance(name, candidate) <= 2 {
			return Errors{{Kind: UnknownKey, Place: Place{File: "environment"}, Key: name,
				Message: "unknown variable " + name, Nearest: candidate}}
		}
	}
	return nil
}

// setText sets a field from the text of a variable.
func setText(field reflect.Value, text string) error {
	if u, ok := field.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return u.UnmarshalText([]byte(text))
	}
	switch field.Kind() {
	case reflect.String:
		field.SetString(text)
	case reflect.Int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return err
		}
		field.SetInt(int64(n))
	default:
		return fmt.Errorf("a %s cannot be set by a variable", field.Kind())
	}
	return nil
}
