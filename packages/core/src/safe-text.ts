/**
 * Formats a value for an error message: a string in quotes, shortened, without control characters. A string that may be a secret
 * is described instead of shown, because keys are sometimes pasted into the wrong option.
 *
 * @example
 * quoted('ci') // '"ci"'
 */
export function quoted(value: unknown): string {
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'string') return `of type ${typeof value}`
  if (mayBeSecret(value)) return `(${described(value)})`
  const text = JSON.stringify(value.length > 100 ? `${value.slice(0, 100)}…` : value)
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, sign => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/**
 * Returns whether a text may be a key, a token, a secret, or a URL with a password. Okta's client secrets have 64 characters,
 * and its API tokens have 42; names, scopes and URLs have no such sequence without a dot or a colon.
 */
export function mayBeSecret(text: string): boolean {
  return /-----BEGIN|^\s*["']?[{[]|[A-Za-z0-9+/=_-]{32}|[:/][^/\s]*@/.test(text)
}

/**
 * Describes the format and length of text that must not be shown.
 *
 * @example
 * described('-----BEGIN PRIVATE KEY-----') // 'PEM, 27 characters'
 */
export function described(text: string): string {
  return `${formOf(text.trim())}, ${text.length} characters`
}

function formOf(text: string): string {
  if (text.includes('-----BEGIN')) return 'PEM'
  if (/^["']?[{[]/.test(text)) return 'JSON'
  if (/^eyJ[\w-]+\.[\w-]+\.[\w-]*$/.test(text)) return 'a JWT'
  if (/^[A-Za-z0-9+/=_\s-]{32,}$/.test(text)) return 'Base64 or a token'
  return 'text'
}

/**
 * Makes text from a server safe for terminals, pages and logs: removes control characters, and masks JWTs.
 *
 * @returns at most 500 characters; an empty text if the value is not a text.
 * @example
 * const response = await session.fetch('/api/v1/users/00uNobody')
 * if (!response.ok) console.log(response.status, printable(await response.text()))
 */
export function printable(value: unknown): string {
  if (typeof value !== 'string') return ''
  return (
    value
      .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
      // Without the dots in the pattern, which would make it quadratic.
      .replace(/eyJ[\w.-]{8,}/g, '***')
      .slice(0, 500)
  )
}
