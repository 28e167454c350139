package ecommerce_test

import (
	"testing"

	"sparksql/udfs/ecommerce"
	"sparksql/udfs/udfstest"
)

func TestFunctions(t *testing.T) { udfstest.Run(t, ecommerce.Functions()) }
