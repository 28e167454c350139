package errs

var catalogConditions = []Condition{}
