// JSON whose integers are exact: a number of JavaScript holds at most 2^53.

const LARGE = /\d{16}/;
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Parses JSON as `JSON.parse` does. Integers that a number would round become strings of their digits. */
export function parseExact(text: string): unknown {
  if (!LARGE.test(text)) return JSON.parse(text);
  const quoted = text.replace(TOKENS, (token) => {
    const isInteger = /^-?\d{16,}$/.test(token);
    return isInteger && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token;
  });
  return JSON.parse(quoted);
}
