/** Signature algorithms that Okta accepts for client assertions. */
export type ClientKeyAlgorithm = 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512'

export const rsaAlgorithms: readonly ClientKeyAlgorithm[] = ['RS256', 'RS384', 'RS512']
export const curveAlgorithms: Readonly<Record<string, ClientKeyAlgorithm>> = {
  'P-256': 'ES256',
  'P-384': 'ES384',
  'P-521': 'ES512',
}
