package functions

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"strconv"
	"strings"

	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

func aesFunctions() []udfs.Def {
	str, bin := types.StringType, types.BinaryType
	pretty := func(name string, defaults ...string) func([]string) string {
		return func(args []string) string {
			if n := len(args) - 2; n >= 0 && n < len(defaults) {
				args = append(args[:len(args):len(args)], defaults[n:]...)
			}
			return labelled(name)(args)
		}
	}
	overloads := func(k udfs.Kernel, in ...types.Type) (out []udfs.Overload) {
		for n := 2; n <= len(in); n++ {
			out = append(out, udfs.Overload{In: in[:n], Out: bin, Nullable: true, Kernel: k})
		}
		return out
	}
	decrypt := func(name, since, usage string, try bool) udfs.Def {
		return udfs.Def{
			Name: name, Group: "misc_funcs", Since: since, Traits: partial,
			Usage:     name + "(expr, key[, mode[, padding[, aad]]]) - " + usage,
			Examples:  example("SELECT string("+name+"(unbase64('3lmwu+Mw0H3fi5NDvcu9lg=='), '1234567890abcdef', 'ECB', 'PKCS'))", "Spark SQL"),
			Pretty:    pretty(name, "GCM", "DEFAULT", ""),
			Overloads: overloads(aesKernel(name, try, decryptAES), bin, bin, str, str, bin),
		}
	}
	return []udfs.Def{
		decrypt("aes_decrypt", "3.3.0", "Decrypts `expr` by AES in mode GCM, CBC or ECB.", false),
		decrypt("try_aes_decrypt", "3.5.0", "Decrypts `expr` by AES in mode GCM, CBC or ECB; NULL when that fails.", true),
		{
			Name: "aes_encrypt", Group: "misc_funcs", Since: "3.3.0", Traits: udfs.Strict | udfs.Fallible,
			Usage:     "aes_encrypt(expr, key[, mode[, padding[, iv[, aad]]]]) - Encrypts `expr` by AES in mode GCM, CBC or ECB, with a random initialisation vector when none is given.",
			Examples:  example("SELECT base64(aes_encrypt('Spark SQL', '1234567890abcdef', 'ECB', 'PKCS'))", "3lmwu+Mw0H3fi5NDvcu9lg=="),
			Pretty:    pretty("aes_encrypt", "GCM", "DEFAULT", "", ""),
			Overloads: overloads(aesKernel("aes_encrypt", false, encryptAES), bin, bin, str, str, bin, bin),
		},
	}
}

// aesCall is one call: the block cipher and the arguments after the key, with their defaults.
type aesCall struct {
	block   cipher.Block
	mode    string
	iv, aad []byte
}

var errCipher = errors.New("the text does not fit the key, the mode or the padding")

func aesKernel(name string, try bool, f func(a aesCall, text []byte) ([]byte, error)) udfs.Kernel {
	return func(c *udfs.Call) error {
		arg := func(k, i int) []byte {
			if k < len(c.In) {
				return c.In[k].Bytes(i)
			}
			return nil
		}
		return live(c, func(i int) error {
			a, err := aesArguments(name, c.Env.Pos, arg, i)
			var out []byte
			if err == nil {
				if out, err = f(a, c.In[0].Bytes(i)); err != nil {
					err = errs.New(c.Env.Pos, "INVALID_PARAMETER_VALUE.AES_CRYPTO_ERROR", "parameter", "`expr`, `key`", "functionName", routine(name), "detailMessage", err.Error())
				}
			}
			switch {
			case err == nil:
				c.Out.SetBytes(i, out)
			case try:
				c.Out.SetNull(i)
			default:
				return err
			}
			return nil
		})
	}
}

func aesArguments(name string, pos errs.Pos, arg func(k, i int) []byte, i int) (a aesCall, err error) {
	key := arg(1, i)
	if a.block, err = aes.NewCipher(key); err != nil {
		return a, errs.New(pos, "INVALID_PARAMETER_VALUE.AES_KEY_LENGTH", "parameter", "`key`", "functionName", routine(name), "actualLength", strconv.Itoa(len(key)))
	}
	mode, padding := strings.ToUpper(string(arg(2, i))), strings.ToUpper(string(arg(3, i)))
	if mode == "" {
		mode = "GCM"
	}
	fits := padding == "" || padding == "DEFAULT" || padding == "PKCS" && mode != "GCM" || padding == "NONE" && mode == "GCM"
	if mode != "GCM" && mode != "CBC" && mode != "ECB" || !fits {
		return a, errs.New(pos, "UNSUPPORTED_FEATURE.AES_MODE", "mode", string(arg(2, i)), "padding", string(arg(3, i)), "functionName", routine(name))
	}
	a.mode = mode
	if name == "aes_encrypt" {
		a.iv, a.aad = arg(4, i), arg(5, i)
	} else {
		a.aad = arg(4, i)
	}
	if size := map[string]int{"GCM": 12, "CBC": aes.BlockSize}[mode]; len(a.iv) > 0 && size == 0 {
		return a, errs.New(pos, "UNSUPPORTED_FEATURE.AES_MODE_IV", "mode", mode, "functionName", routine(name))
	} else if len(a.iv) > 0 && len(a.iv) != size {
		return a, errs.New(pos, "INVALID_PARAMETER_VALUE.AES_IV_LENGTH", "mode", mode, "parameter", "`iv`", "functionName", routine(name), "actualLength", strconv.Itoa(len(a.iv)))
	}
	if len(a.aad) > 0 && mode != "GCM" {
		return a, errs.New(pos, "UNSUPPORTED_FEATURE.AES_MODE_AAD", "mode", mode, "functionName", routine(name))
	}
	return a, nil
}

// encryptAES gives the initialisation vector, then the text, then in GCM the tag.
func encryptAES(a aesCall, text []byte) ([]byte, error) {
	iv := a.iv
	if len(iv) == 0 && a.mode != "ECB" {
		iv = make([]byte, map[string]int{"GCM": 12, "CBC": aes.BlockSize}[a.mode])
		if _, err := rand.Read(iv); err != nil {
			return nil, err
		}
	}
	if a.mode == "GCM" {
		g, err := cipher.NewGCM(a.block)
		if err != nil {
			return nil, err
		}
		return g.Seal(append([]byte(nil), iv...), iv, text, a.aad), nil
	}
	pad := aes.BlockSize - len(text)%aes.BlockSize
	out := append(append([]byte(nil), iv...), text...)
	for range pad {
		out = append(out, byte(pad))
	}
	body := out[len(iv):]
	if a.mode == "CBC" {
		cipher.NewCBCEncrypter(a.block, iv).CryptBlocks(body, body)
		return out, nil
	}
	for at := 0; at < len(body); at += aes.BlockSize {
		a.block.Encrypt(body[at:], body[at:])
	}
	return out, nil
}

func decryptAES(a aesCall, text []byte) ([]byte, error) {
	if a.mode == "GCM" {
		g, err := cipher.NewGCM(a.block)
		if err != nil || len(text) < g.NonceSize()+g.Overhead() {
			return nil, errCipher
		}
		out, err := g.Open(nil, text[:g.NonceSize()], text[g.NonceSize():], a.aad)
		if err != nil {
			return nil, errCipher
		}
		return out, nil
	}
	head := 0
	if a.mode == "CBC" {
		head = aes.BlockSize
	}
	if len(text) < head+aes.BlockSize || len(text)%aes.BlockSize != 0 {
		return nil, errCipher
	}
	out := append([]byte(nil), text[head:]...)
	if a.mode == "CBC" {
		cipher.NewCBCDecrypter(a.block, text[:head]).CryptBlocks(out, out)
	} else {
		for at := 0; at < len(out); at += aes.BlockSize {
			a.block.Decrypt(out[at:], out[at:])
		}
	}
	pad := int(out[len(out)-1])
	if pad == 0 || pad > aes.BlockSize {
		return nil, errCipher
	}
	for _, x := range out[len(out)-pad:] {
		if int(x) != pad {
			return nil, errCipher
		}
	}
	return out[:len(out)-pad], nil
}
