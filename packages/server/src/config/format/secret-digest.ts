import { hash } from 'node:crypto'
import { described } from '@connect-okta/core/keys'
import { hasPlaceholder } from '@connect-okta/core/profiles'
import { z } from 'zod'

const digest = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/gi
// What sha256sum, openssl dgst and other tools print around it.
const decoration = /^(sha-?256|sha2-256|\(stdin\)|0x|[\s:=,;*-])*$/i
const forms: readonly (readonly [RegExp, string])[] = [
  [/^\$2[aby]\$/, 'a bcrypt hash'],
  [/^\$\w+\$/, 'a password hash'],
  [/^[0-9a-f]{32}$/i, '32 hexadecimal digits, like an MD5 hash'],
  [/^[0-9a-f]{40}$/i, '40 hexadecimal digits, like a SHA-1 hash'],
  [/^[0-9a-f]{128}$/i, '128 hexadecimal digits, like a SHA-512 hash'],
  // The secrets of --new-secret look the same.
  [/^[A-Za-z0-9+/_-]{43}=?$/, 'Base64, which may be the secret itself'],
]

// Of a variable that is not set, with the line ends that `echo` adds.
const ofNoSecret: ReadonlySet<string> = new Set(['', '\n', '\r\n'].map(text => hash('sha256', text)))

/** One or several digests of secrets: SHA-256 in hexadecimal digits, in upper or lower case, as the tools print them. */
export const secretDigests = z
  .union([z.string(), z.array(z.string()).min(1)], 'must be the SHA-256 of a secret: use quotes')
  .transform((given, context) => [given].flat().flatMap(one => digestsIn(one, context)))

function digestsIn(text: string, context: z.core.$RefinementCtx): readonly string[] {
  // Of 32 bytes, with a colon between two.
  const plain = /^([0-9a-f]{2}:){31}[0-9a-f]{2}$/i.test(text.trim()) ? text.replaceAll(':', '') : text
  const found = plain.match(digest) ?? []
  const digests = found.map(one => one.toLowerCase())
  const isEmpty = digests.some(one => ofNoSecret.has(one))
  if (!isEmpty && digests.length > 0 && decoration.test(plain.replace(digest, ''))) return digests
  const message = isEmpty
    ? 'is the SHA-256 of an empty secret: check that the variable with the secret is set'
    : `must be the SHA-256 of a secret in 64 hexadecimal digits, as --new-secret prints it; this is ${formOf(text)}`
  context.addIssue({ code: 'custom', message })
  return []
}

function formOf(text: string): string {
  if (hasPlaceholder(text)) return 'an unresolved placeholder'
  return forms.find(([pattern]) => pattern.test(text.trim()))?.[1] ?? described(text)
}
