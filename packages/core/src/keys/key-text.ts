/**
 * Finds the private key in a text from a variable, a file or a clipboard: a PEM or JSON, in quotes that an env file left, as a
 * JSON string, with escaped line ends, or in Base64.
 *
 * @returns the PEM or JSON; `undefined` for a text in another format, such as a path.
 */
export function keyTextIn(text: string): string | undefined {
  const plain = withoutQuotes(text.replace(/^\uFEFF/, '').trim())
  return keyOf(plain) ?? keyOf(fromBase64(plain))
}

function keyOf(text: string): string | undefined {
  if (/^[{[]/.test(text)) return text
  // openssl may write attributes before a PEM.
  const start = text.indexOf('-----BEGIN ')
  return start === -1 ? undefined : text.slice(start).replaceAll('\\r', '').replaceAll('\\n', '\n')
}

function withoutQuotes(text: string): string {
  const inner = /^(["'])(?<inner>.*)\1$/s.exec(text)?.groups?.inner
  if (inner === undefined) return text
  return (fromJsonString(text) ?? inner).trim()
}

function fromJsonString(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

function fromBase64(text: string): string {
  if (!/^[A-Za-z0-9+/_=\s-]{40,}$/.test(text)) return ''
  return Buffer.from(text.replace(/\s/g, ''), 'base64')
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trim()
}
