// Of a shell, Azure Pipelines, cmd.exe, GitHub Actions and Helm; {yourOktaDomain} and <client-id> are those of Okta's documentation.
const placeholder = /\$?\{\{[^}]*\}\}|\$?\{[\w.:-]+\}|\$\([\w.-]+\)|%(?![0-9a-f]{2}%)[a-z_]\w*%|<[\w -]+>/i

// By convention in upper case. A passphrase may begin with a dollar sign.
const variable = /^\$[A-Z_][A-Z0-9_]*$/

/**
 * Returns whether a text contains a placeholder that was not replaced by a value.
 *
 * @example
 * hasPlaceholder('https://{yourOktaDomain}') // true
 */
export function hasPlaceholder(text: string): boolean {
  return placeholder.test(text) || variable.test(text)
}

/**
 * As {@link hasPlaceholder}, for a secret, which may contain any characters: only if it is nothing else.
 *
 * @example
 * isPlaceholder('$(SECRET)') // true
 */
export function isPlaceholder(text: string): boolean {
  return variable.test(text) || (text !== '' && text.replace(placeholder, '') === '')
}
