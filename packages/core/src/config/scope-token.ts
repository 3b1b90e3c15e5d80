/** Returns whether text is a scope-token (RFC 6749 appendix A.4): printable ASCII without spaces, quotes and backslashes. */
export function isScopeToken(text: string): boolean {
  return /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(text)
}
