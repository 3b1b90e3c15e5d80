/**
 * A value as an error shows it: a text in quotes, shortened where it is long, without characters that a terminal would
 * obey. A text that may be a secret is described instead of shown: people put keys where a name belongs.
 */
export function quoted(value: unknown): string {
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'string') return `of type ${typeof value}`
  if (mayBeSecret(value)) return `(${described(value)})`
  const text = JSON.stringify(value.length > 100 ? `${value.slice(0, 100)}…` : value)
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, sign => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/**
 * Whether a text may be a key, a token, a secret or a password in a URL, wherever it was found. Okta's client secrets have
 * 64 characters, its API tokens 42; names, scopes and URLs have no run of so many without a dot or a colon.
 */
export function mayBeSecret(text: string): boolean {
  return /-----BEGIN|^\s*["']?[{[]|[A-Za-z0-9+/=_-]{32}|[:/][^/\s]*@/.test(text)
}

/**
 * What a text looks like and how long it is, for an error about one that must not be shown.
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
 * Makes a server's words fit for terminals, pages and logs: no control character comes with them, and no assertion that
 * the server repeats.
 *
 * @returns at most 500 characters; an empty text for what is no text.
 *
 * @example
 * const response = await session.fetch('/api/v1/users/00uNobody')
 * if (!response.ok) console.log(response.status, printable(await response.text()))
 */
export function printable(value: unknown): string {
  if (typeof value !== 'string') return ''
  return (
    value
      .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
      // One run of characters at a time: a pattern that looks for the dots would read a hostile text over and over.
      .replace(/eyJ[\w.-]{8,}/g, '***')
      .slice(0, 500)
  )
}
