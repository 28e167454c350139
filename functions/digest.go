package functions

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash/crc32"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

func digestFunctions() []udfs.Def {
	str, bin := types.StringType, types.BinaryType
	sha := func(name string) udfs.Def {
		return udfs.Def{
			Name: name, Group: "hash_funcs", Since: "1.5.0", Traits: pure,
			Usage:     name + "(expr) - Returns the SHA-1 digest of `expr` as hexadecimal digits.",
			Examples:  example("SELECT "+name+"('Spark')", "85f5955f4b27a9a4c2aab6ffe5d7189fc298b92c"),
			Overloads: []udfs.Overload{sig(str, digest(func(b []byte) []byte { d := sha1.Sum(b); return d[:] }), bin)},
		}
	}
	return []udfs.Def{
		{
			Name: "crc32", Group: "hash_funcs", Since: "1.5.0", Traits: pure,
			Usage:    "crc32(expr) - Returns the cyclic redundancy check of `expr` as a bigint.",
			Examples: example("SELECT crc32('Spark')", "1557323817"),
			Overloads: []udfs.Overload{sig(types.BigIntType, func(c *udfs.Call) error {
				out := vec.Values[int64](c.Out)
				return live(c, func(i int) error { out[i] = int64(crc32.ChecksumIEEE(c.In[0].Bytes(i))); return nil })
			}, bin)},
		},
		{
			Name: "md5", Group: "hash_funcs", Since: "1.5.0", Traits: pure,
			Usage:     "md5(expr) - Returns the MD5 digest of `expr` as hexadecimal digits.",
			Examples:  example("SELECT md5('Spark')", "8cde774d6f7333752ed72cacddb05126"),
			Overloads: []udfs.Overload{sig(str, digest(func(b []byte) []byte { d := md5.Sum(b); return d[:] }), bin)},
		},
		sha("sha"), sha("sha1"),
		{
			Name: "sha2", Group: "hash_funcs", Since: "1.5.0", Traits: pure,
			Usage:    "sha2(expr, bitLength) - Returns the SHA-2 digest of `expr` of 224, 256, 384 or 512 bits as hexadecimal digits; 0 stands for 256, others give NULL.",
			Examples: example("SELECT sha2('Spark', 256)", "529bc3b07127ecb7e53a4dcf1991d9152c24537d919178022b2c42657f79a26b"),
			Overloads: []udfs.Overload{{In: []types.Type{bin, types.IntType}, Out: str, Nullable: true, Kernel: func(c *udfs.Call) error {
				n := vec.Values[int32](c.In[1])
				return live(c, func(i int) error {
					if d := sha2(c.In[0].Bytes(i), n[i]); d != nil {
						c.Out.SetStr(i, hex.EncodeToString(d))
					} else {
						c.Out.SetNull(i)
					}
					return nil
				})
			}}},
		},
	}
}

func digest(f func([]byte) []byte) udfs.Kernel {
	return func(c *udfs.Call) error {
		return live(c, func(i int) error {
			c.Out.SetStr(i, hex.EncodeToString(f(c.In[0].Bytes(i))))
			return nil
		})
	}
}

func sha2(b []byte, n int32) []byte {
	switch n {
	case 224:
		d := sha256.Sum224(b)
		return d[:]
	case 0, 256:
		d := sha256.Sum256(b)
		return d[:]
	case 384:
		d := sha512.Sum384(b)
		return d[:]
	case 512:
		d := sha512.Sum512(b)
		return d[:]
	}
	return nil
}
