// az keyvault key sign: https://learn.microsoft.com/cli/azure/keyvault/key#az-keyvault-key-sign. "@-" reads the value from stdin.
import { readInput, requireCommandLine, signedDigest } from './stand-in.mjs'

requireCommandLine(['keyvault', 'key', 'sign'], {
  'vault-name': 'contoso',
  name: 'okta',
  algorithm: 'ES256',
  digest: '@-',
  query: 'signature',
  output: 'tsv',
})
const digest = Buffer.from(readInput().toString().trimEnd(), 'base64')
if (digest.byteLength !== 32) throw new Error('Invalid length of digest')
const der = signedDigest(digest)
// Key Vault returns r and s (RFC 7518).
const half = start => {
  const length = der[start + 1]
  return { bytes: der.subarray(start + 2, start + 2 + length), end: start + 2 + length }
}
const r = half(2)
const s = half(r.end)
const fixed = bytes => Buffer.concat([Buffer.alloc(32), bytes]).subarray(-32)
console.log(Buffer.concat([fixed(r.bytes), fixed(s.bytes)]).toString('base64'))
