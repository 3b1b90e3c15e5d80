// The placeholders of shells, Azure Pipelines, GitHub Actions and Helm.
const ofTemplates = /\$?\{\{[^}]{0,200}\}\}|\$\{[\w.:-]{1,100}\}|\$\([\w.-]{1,100}\)/
const ofDocumentation = /\{[a-z][\w.-]{0,100}\}|<[a-z][\w -]{0,100}>/i
// Not percent-encoding, which begins with two hexadecimal digits.
const ofWindows = /%(?![0-9a-f]{2})[a-z_]\w{0,100}%/i
// By convention in upper case. A passphrase may begin with a dollar sign.
const ofShell = /^\$[A-Z_][A-Z0-9_]{0,100}$|^\$env:\w{1,100}$/

/**
 * Returns whether text contains an unresolved placeholder.
 *
 * @example
 * hasPlaceholder('https://{yourOktaDomain}') // true
 */
export function hasPlaceholder(text: string): boolean {
  return [ofTemplates, ofDocumentation, ofWindows, ofShell].some(placeholder => placeholder.test(text))
}

/**
 * Returns whether a secret consists only of an unresolved placeholder. A secret can contain any characters, so it can contain the
 * characters of one.
 *
 * @example
 * isPlaceholder('$(SECRET)') // true
 */
export function isPlaceholder(text: string): boolean {
  return ofShell.test(text) || (text !== '' && text.replace(ofTemplates, '') === '')
}
