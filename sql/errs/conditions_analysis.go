package errs

var analysisConditions = []Condition{}
