import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { optionsInvalid } from '../../../errors.js'

const places = {
  ca: 'The certificate authority of the Redis server (ca, CONNECT_OKTA_REDIS_CA)',
  certificate: 'The certificate of the Redis client (certificate, CONNECT_OKTA_REDIS_CERTIFICATE)',
  key: 'The private key of the Redis client (key, CONNECT_OKTA_REDIS_KEY)',
}

interface Certificates {
  readonly ca?: string
  readonly certificate?: string
  readonly key?: string
}

/**
 * Checks the texts in PEM for TLS.
 *
 * @throws {@link OktaConnectError} `options_invalid`, which never contains the text
 */
export function checkCertificates({ ca, certificate, key }: Certificates): void {
  if (ca !== undefined) certificatesIn(ca, places.ca)
  if (certificate === undefined || key === undefined) return
  const [own] = certificatesIn(certificate, places.certificate)
  if (own?.checkPrivateKey(privateKeyIn(key)) === true) return
  throw optionsInvalid(`${places.key} does not belong to the certificate.`, 'Use the key of this certificate.')
}

function certificatesIn(pem: string, place: string): readonly X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []
  if (blocks.length === 0) throw optionsInvalid(`${place} has no certificate in PEM.`, pemHint)
  try {
    return blocks.map(block => new X509Certificate(block))
  } catch {
    throw optionsInvalid(`${place} has a damaged certificate.`, pemHint)
  }
}

function privateKeyIn(pem: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch {
    throw pem.includes('ENCRYPTED')
      ? optionsInvalid(`${places.key} is encrypted.`, 'Decrypt it: openssl pkey -in key.pem -out decrypted.pem.')
      : optionsInvalid(`${places.key} is not a private key in PEM.`, pemHint)
  }
}

const pemHint = 'Use the text of a PEM file, which has lines such as -----BEGIN CERTIFICATE-----.'
