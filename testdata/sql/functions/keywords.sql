-- sql_keywords(): how many there are, and what is reserved when that is enforced
SELECT count(*), count_if(reserved), min(keyword), max(keyword) FROM sql_keywords();
SELECT keyword FROM sql_keywords() WHERE keyword IN ('SELECT', 'VALUE', 'TEMPORARY', 'CALL');
SET spark.sql.ansi.enforceReservedKeywords = true;
SELECT count(*), count_if(reserved), min(keyword), max(keyword) FROM sql_keywords();
SELECT * FROM sql_keywords() WHERE keyword IN ('SELECT', 'VALUE', 'RECURSIVE', 'CALL');
SELECT 1 AS call;
SELECT * FROM sql_keywords(1);
