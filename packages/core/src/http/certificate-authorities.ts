import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { optionsInvalid } from '../errors.js'
import { decodeText } from '../files/decode-text.js'
import { unreadableSecret } from '../files/unreadable-secret.js'
import { unquoted } from '../unquoted.js'

/**
 * Reads a file with CA certificates, in PEM or DER.
 *
 * @returns PEM.
 * @throws {@link OktaConnectError} `options_invalid` if it cannot be read, or contains no certificate
 */
export async function readAuthorities(file: string): Promise<string> {
  const path = resolve(unquoted(file))
  const bytes = await readFile(path).catch(error => {
    throw unreadableSecret('CA certificate file (SSL_CERT_FILE, NODE_EXTRA_CA_CERTS)', file, path, error)
  })
  const text = decodeText(bytes).replace(/-----(BEGIN|END) (TRUSTED|X509) /g, '-----$1 ')
  const pem = text.includes('-----BEGIN CERTIFICATE-----') ? text : bytes
  try {
    return pem === bytes ? new X509Certificate(bytes).toString() : checked(text)
  } catch {
    throw optionsInvalid(
      `${path} contains no certificate that can be read (SSL_CERT_FILE, NODE_EXTRA_CA_CERTS).`,
      'Use a file with certificates in PEM. To convert PKCS#7: openssl pkcs7 -print_certs -in FILE -out ca.pem',
    )
  }
}

function checked(pem: string): string {
  new X509Certificate(pem)
  return pem
}
