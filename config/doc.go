// Package config reads the one configuration of an archive: fangzhi.toml and the
// files it includes become one Config.
//
//	Load -> decode (one file, strict) -> include -> preset -> environment -> defaults -> Validate
//
// Its nouns: a Site is a portal as the operator describes it; a preset is a Site
// that is embedded here, with the month in which its facts were last seen; an
// Origin says where a value came from; an *Error says what is wrong, at which
// file, line and column, and what was probably meant.
//
// A value is taken from the first of these that has it: the environment
// (FANGZHI_CONTACT for contact, FANGZHI_LIMITS_TIMEOUT for limits.timeout), the
// file, the preset, [defaults], and what is built in. An unknown key is an error,
// so that a misspelt one is never silently without effect.
//
// The package imports nothing of ours and knows neither crawler nor parser: places
// are codes of GB/T 2260 and labels, rules are CSS selectors, both as text. Only
// cmd imports it. A file that a person wrote is only ever added to, by way of a
// temporary file, fsync and rename.
package config
