package errs

var parseConditions = []Condition{}
