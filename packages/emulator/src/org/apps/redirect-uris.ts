const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/

/** Returns what is wrong with the redirect URIs of an app. Okta rejects fragments, too. */
export function problemOfRedirectUris(uris: readonly string[]): string | undefined {
  const invalid = uris.find(uri => !URL.canParse(uri) || /[#*]/.test(uri) || /^(javascript|data|vbscript):/i.test(uri))
  if (invalid !== undefined) return `'${invalid}' is not a valid URI.`
  const urls = uris.map(uri => new URL(uri))
  const hasCustomScheme = urls.some(({ protocol }) => !/^https?:$/.test(protocol))
  const remote = urls.find(({ protocol, hostname }) => protocol === 'http:' && !LOOPBACK.test(hostname))
  if (hasCustomScheme && remote !== undefined) {
    return `The emulator does not support '${remote.href}' together with a custom scheme.`
  }
  return undefined
}
