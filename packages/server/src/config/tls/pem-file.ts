import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { decodeText } from '@connect-okta/core/profiles'
import { decodedIfBase64, type PemBlock, pemBlocksIn } from '../pem-blocks.js'
import { privateKeyInDer } from './der-key.js'

/** What a PEM or DER file contains. */
export interface PemFile {
  readonly certificates: readonly X509Certificate[]
  readonly keys: readonly KeyObject[]
  /** What the file is instead, and what to do; `undefined` for a file of certificates and keys. */
  readonly problem: string | undefined
}

const encrypted =
  'the key is encrypted: decrypt a copy that only the broker can read: openssl pkey -in FILE -out key.pem'
const problems: readonly (readonly [RegExp, string])[] = [
  [/^ENCRYPTED PRIVATE KEY/, encrypted],
  [/^OPENSSH PRIVATE KEY/, 'the key is in the format of OpenSSH: convert a copy, ssh-keygen -p -m PKCS8 -f FILE'],
  [/REQUEST$/, 'this is a certificate request: use the certificate that the authority returned for it'],
  [/^PKCS7/, 'this is PKCS#7: convert it, openssl pkcs7 -print_certs -in FILE -out cert.pem'],
]

/** Reads certificates and private keys in PEM, whatever happened to its line ends, in Base64 or in DER. */
export function readPemFile(bytes: Buffer): PemFile {
  if (decodeText(bytes).trim() === '') return { certificates: [], keys: [], problem: 'the file is empty' }
  const content = decodedIfBase64(bytes)
  const blocks = pemBlocksIn(decodeText(content))
  return blocks.length > 0 ? readBlocks(blocks) : readDer(content)
}

function readBlocks(blocks: readonly PemBlock[]): PemFile {
  const certificates: X509Certificate[] = []
  const keys: KeyObject[] = []
  let problem: string | undefined
  for (const { label, content, pem } of blocks) {
    problem ??= problems.find(([pattern]) => pattern.test(label))?.[1]
    if (content.includes('Proc-Type: 4,ENCRYPTED')) problem ??= encrypted
    if (problem !== undefined) continue
    try {
      if (/CERTIFICATE$/.test(label)) certificates.push(new X509Certificate(pem))
      if (/PRIVATE KEY$/.test(label)) keys.push(createPrivateKey(pem))
    } catch {
      problem = `the ${label} block is invalid: copy it again`
    }
  }
  return { certificates, keys, problem }
}

function readDer(bytes: Buffer): PemFile {
  const key = privateKeyInDer(bytes)
  if (key === 'encrypted') return { certificates: [], keys: [], problem: encrypted }
  if (key !== undefined) return { certificates: [], keys: [key], problem: undefined }
  try {
    return { certificates: [new X509Certificate(bytes)], keys: [], problem: undefined }
  } catch {
    return { certificates: [], keys: [], problem: isPkcs12(bytes) ? pkcs12 : 'the file is neither PEM nor DER' }
  }
}

const pkcs12 =
  'the file is PKCS#12 (.pfx, .p12): convert it, openssl pkcs12 -in FILE -nokeys -out cert.pem and ' +
  'openssl pkcs12 -in FILE -nocerts -nodes -out key.pem'

// RFC 7292 §4: a sequence that begins with the version 3.
function isPkcs12(bytes: Buffer): boolean {
  return /^30(8[1-4](..){1,4}?)?020103/.test(bytes.subarray(0, 16).toString('hex'))
}
