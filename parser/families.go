package parser

// fieldTags are elements that content management systems invented and that stand on
// lines of their own.
var fieldTags = map[string]bool{"ucaptitle": true, "ucapcontent": true, "publishtime": true}

func isFieldTag(name string) bool { return fieldTags[name] }
