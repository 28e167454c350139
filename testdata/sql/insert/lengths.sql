-- texts of columns of limited length
CREATE TABLE limited (c CHAR(3), v VARCHAR(4), s STRING) USING parquet;
INSERT INTO limited VALUES ('ab', 'abcd  ', 'as long as it may be'), (NULL, NULL, NULL), ('äöü', '日本語文', '');
SELECT c, concat(v, '|'), length(v), s FROM limited ORDER BY c;
INSERT INTO limited VALUES ('abcd', 'x', 'y');
INSERT INTO limited VALUES ('abc', 'abcde', 'y');
INSERT INTO limited (c, s) VALUES ('abc   ', 'z');
SELECT concat(c, '|'), v FROM limited WHERE s = 'z';
CREATE TABLE short (d VARCHAR(2) DEFAULT 'xyz', n INT) USING parquet;
INSERT INTO short (n) VALUES (1);
DROP TABLE limited;
