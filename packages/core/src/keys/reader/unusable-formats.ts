import type { OktaConnectError } from '../../errors.js'
import { privateKeyInvalid } from './private-key-invalid.js'

type Format = readonly [message: string, hint?: string]

const publicKey: Format = ['The client key is a public key.']
const certificate: Format = ['The client key is a certificate.', 'Use the private key that belongs to it.']
const openSsh: Format = [
  'The client key is in OpenSSH format.',
  'Add it to an ssh-agent and use it there, or convert a copy of it: ssh-keygen -p -m PKCS8 -f KEYFILE',
]
const tpm: Format = [
  'The client key is encrypted by a TPM, and only this TPM can sign with it.',
  'Sign with a command: key: { command: [openssl, dgst, …], jwk: {…} } in a profile.',
]
const pkcs12: Format = [
  'The client key is a PKCS#12 file (.p12, .pfx).',
  'Convert it: openssl pkcs12 -in KEYFILE -nocerts -nodes -out key.pem',
]
const javaKeyStore: Format = [
  'The client key is a Java key store.',
  'Convert it: keytool -importkeystore -srckeystore KEYFILE -destkeystore key.p12 -deststoretype PKCS12, then ' +
    'openssl pkcs12 -in key.p12 -nocerts -nodes -out key.pem',
]
const putty: Format = [
  'The client key is in PuTTY format (.ppk).',
  'Convert it: puttygen KEYFILE -O private-openssh -o key.pem',
]
const dotNetXml: Format = [
  'The client key is in .NET XML format.',
  'Convert it in PowerShell 7: $rsa = [Security.Cryptography.RSA]::Create(); ' +
    '$rsa.FromXmlString((Get-Content KEYFILE -Raw)); $rsa.ExportPkcs8PrivateKeyPem() > key.pem',
]
const sshCom: Format = ['The client key is in ssh.com format.', 'Convert it: ssh-keygen -i -f KEYFILE > key.pem']
const openPgp: Format = ['The client key is an OpenPGP key.', 'Okta accepts RSA and EC keys. Create one for the app.']
const token: Format = ['The client key is a JWT, not a key.']

const yaml: Format = ['The client key is YAML.', 'Use the value of the key, or JSON: kubectl get secret NAME -o json']
const gzip: Format = ['The client key is compressed with gzip.', 'Decompress it: base64 -d KEYFILE | gunzip > key.pem']

/** Texts that are not PEM, by how they begin. */
const texts: readonly (readonly [RegExp, Format])[] = [
  [/^PuTTY-User-Key-File-\d/, putty],
  [/^(ssh-(rsa|dss|ed25519)|ecdsa-sha2-|sk-(ssh|ecdsa)-)\S* /, publicKey],
  [/^(<\?xml[^>]{0,100}\?>)?\s*<RSAKeyValue>/, dotNetXml],
  [/^eyJ[\w-]+\.[\w-]+\.[\w-]*$/, token],
  [/^(apiVersion|kind|kty|data):\s/m, yaml],
  [/^H4sI[A-Za-z0-9+/]{20}/, gzip],
]

/** Labels of PEM blocks (RFC 7468), without spaces, in the order in which they are reported. */
const labels: readonly (readonly [RegExp, Format])[] = [
  [/^OPENSSHPRIVATEKEY$/, openSsh],
  [/^TSS2PRIVATEKEY$/, tpm],
  [/^SSH2.*PRIVATEKEY$/, sshCom],
  [/^PGP/, openPgp],
  [/^DSAPRIVATEKEY$/, ['The client key is a DSA key.', 'Okta accepts RSA and EC keys. Create one for the app.']],
  [/PUBLICKEY$/, publicKey],
  [/^(TRUSTED|X509)?CERTIFICATE$/, certificate],
  [/^(NEW)?CERTIFICATEREQUEST$/, ['The client key is a certificate request.', 'Use the private key that signed it.']],
  [/^PKCS#?7/, ['The client key is a PKCS#7 file, which contains only certificates.', 'Use the private key.']],
  [/^ECPARAMETERS$/, ['The client key has only the parameters of an EC key.', 'Copy it again, with the private key.']],
]

/** DER, as hexadecimal digits. */
const binaries: readonly (readonly [RegExp, Format])[] = [
  [/^30(8[1-4](..){1,4}?)?020103/, pkcs12],
  [/^(feedfeed|cececece)/, javaKeyStore],
]

/** The error for a text in a known format that is no usable private key. */
export function unusableText(text: string): OktaConnectError | undefined {
  return errorFor(texts, text)
}

/** The error for PEM blocks without a usable private key. */
export function unusableLabels(found: readonly string[]): OktaConnectError {
  const all = found.map(label => errorFor(labels, label)).find(error => error !== undefined)
  return all ?? privateKeyInvalid('The client key is a PEM without a private key.')
}

/** The error for a binary file in a known format that is no usable private key. */
export function unusableBinary(bytes: Uint8Array): OktaConnectError | undefined {
  return errorFor(binaries, Buffer.from(bytes.subarray(0, 32)).toString('hex'))
}

/** The error for a public key or a certificate. */
export const unusable = {
  publicKey: () => privateKeyInvalid(...publicKey),
  certificate: () => privateKeyInvalid(...certificate),
}

function errorFor(formats: readonly (readonly [RegExp, Format])[], text: string): OktaConnectError | undefined {
  const format = formats.find(([pattern]) => pattern.test(text))?.[1]
  return format && privateKeyInvalid(...format)
}
