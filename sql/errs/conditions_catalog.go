package errs

var catalogConditions = []Condition{
	{"SCHEMA_NOT_FOUND", "42704", "There is no database <schemaName>. Check the name, or create it first; DROP SCHEMA IF EXISTS tolerates a missing one."},
	{"SCHEMA_ALREADY_EXISTS", "42P06", "There is a database <schemaName> already. Choose another name, or add IF NOT EXISTS."},
	{"SCHEMA_NOT_EMPTY", "2BP01", "The database <schemaName> still holds objects. Drop them first, or add CASCADE."},
	{"TABLE_OR_VIEW_ALREADY_EXISTS", "42P07", "There is a table or view <relationName> already. Choose another name, drop it first, or add IF NOT EXISTS or OR REPLACE."},
	{"TEMP_TABLE_OR_VIEW_ALREADY_EXISTS", "42P07", "There is a temporary view <relationName> already. Choose another name, or add OR REPLACE."},
	{"VIEW_NOT_FOUND", "42P01", "There is no view <relationName>. Check the name and the database it is in."},
	{"EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE", "42809", "<operation> works on a table, and <viewName> is a view."},
	{"EXPECT_VIEW_NOT_TABLE.NO_ALTERNATIVE", "42809", "<operation> works on a view, and <tableName> is a table."},
	{"LOCATION_ALREADY_EXISTS", "42710", "The table <identifier> cannot be made: its location <location> exists already."},
	{"DATA_SOURCE_NOT_FOUND", "42K02", "There is no data source <provider>. Known ones: parquet."},
	{"FORBIDDEN_OPERATION", "42809", "<statement> is not allowed on the <objectType> <objectName>."},
	{"NOT_A_PARTITIONED_TABLE", "42809", "<operation> needs a partitioned table, and <tableIdentWithDB> is not one."},
	{"RECURSIVE_VIEW", "42K0H", "The view <viewIdent> would refer to itself: <newPath>."},
}
