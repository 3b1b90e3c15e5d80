import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { rsaKey } from '../../../../../scripts/testing/rsa-key.js'
import { parseClientKey } from '../client-key.js'
import { keyTextFrom } from './der.js'

const { privateKey, publicKey, privateJwk } = rsaKey()
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const passphrase = 'correct horse'
const encryption = { cipher: 'aes-256-cbc', passphrase }
const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
const pkcs1 = privateKey.export({ format: 'pem', type: 'pkcs1' }).toString()
const publicPem = publicKey.export({ format: 'pem', type: 'spki' }).toString()
const encrypted = privateKey.export({ format: 'pem', type: 'pkcs8', ...encryption }).toString()
const encryptedPkcs1 = privateKey.export({ format: 'pem', type: 'pkcs1', ...encryption }).toString()
// Wrapped so that lines of its Base64 begin and end with a plus sign.
const plusPem = pem.replace(/(?<=\w)\+(?=\w)/g, '\n+\n').replace(/(?<=\w\n)\+\n/g, '+')
const certificate = '-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIU\n-----END CERTIFICATE-----\n'
const jwk = JSON.stringify(privateJwk)
const { kty, n, e } = privateJwk
const publicJwk = { kty, n, e, kid: 'public' }
const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64')
const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16()

async function thumbprintOf(jsonWebKey: string | object, options: object = {}): Promise<string | undefined> {
  return (await parseClientKey({ jsonWebKey, ...options }))?.thumbprint
}
const expected = await thumbprintOf(privateJwk)

describe('a client key', () => {
  it.each<[string, string]>([
    ['with escaped line ends', pem.replaceAll('\n', '\\n')],
    ['with escaped line ends of Windows', pem.replaceAll('\n', '\\r\\n')],
    ['with doubly escaped line ends', pem.replaceAll('\n', '\\\\n')],
    ['with escapes and line ends', pem.replaceAll('\n', '\\n\n')],
    ['with the escapes of a shell that removed the backslashes', pem.replaceAll('\n', 'n')],
    ['with the line ends of PowerShell, not replaced', pem.replaceAll('\n', '`r`n')],
    ['as a JSON array of its lines', JSON.stringify(pem.split('\n'))],
    ['as a JSON array of lines that begin with a plus sign', JSON.stringify(plusPem.split('\n'))],
    [
      'as concatenated source lines that begin with a plus sign',
      plusPem
        .trim()
        .split('\n')
        .map(line => `"${line}\\n"`)
        .join(' +\n  '),
    ],
    ['with the line ends of workflow commands', pem.replaceAll('\n', '%0A')],
    ['without any white space', pem.replace(/\s/g, '')],
    ['in form encoding', new URLSearchParams({ key: pem }).toString().slice(4)],
    ['with HTML entities', pem.replaceAll('\n', '&#10;').replaceAll('+', '&#43;')],
    ['with HTML line breaks', pem.replaceAll('\n', '<br>')],
    [
      'as concatenated source lines',
      pem
        .trim()
        .split('\n')
        .map(line => `"${line}\\n"`)
        .join(' +\n  '),
    ],
    ['in a diff', pem.trim().replace(/^/gm, '+')],
    ['in a quoted mail', pem.trim().replace(/^/gm, '> ')],
    ['with the label of PKCS#8 before PKCS#1', pkcs1.replaceAll('RSA PRIVATE', 'PRIVATE')],
    ['in Base64url', pem.replace(/^[^-].*/gm, line => line.replaceAll('+', '-').replaceAll('/', '_'))],
    ['with the label of certutil', `-----BEGIN CERTIFICATE-----\n${base64(pem)}\n-----END CERTIFICATE-----`],
    ['in hexadecimal', Buffer.from(pem).toString('hex')],
    ['in PKCS#1 and PKCS#8', pkcs1 + pem],
    ['without line ends', pem.replaceAll('\n', '')],
    ['with spaces for line ends', pem.replaceAll('\n', ' ')],
    ['with carriage returns for line ends', pem.replaceAll('\n', '\r')],
    ['with line ends of Windows', pem.replaceAll('\n', '\r\n')],
    ['with indented lines', pem.replace(/^/gm, '    ')],
    ['with tabs before its lines', pem.replace(/^/gm, '\t')],
    ['with blank lines', pem.replaceAll('\n', '\n\n')],
    ['with trailing spaces', pem.replaceAll('\n', '  \n')],
    ['in double quotes', `"${pem}"`],
    ['in single quotes with escapes', `'${pem.replaceAll('\n', '\\n')}'`],
    ['in two pairs of quotes', `"'${pem}'"`],
    ['as a folded YAML value', `key: >-\n  ${pem.replaceAll('\n', ' ')}`],
    ['as a YAML block', `key: |\n${pem.replace(/^/gm, '  ')}`],
    ['behind the name of its variable', `export OKTA_KEY="${pem.replaceAll('\n', '\\n')}"`],
    ['with dashes of a word processor', pem.replaceAll('-----', '——-')],
    ['before its certificate', pem + certificate],
    ['after a certificate and its public key', certificate + publicPem + pkcs1],
    ['twice', pem + pem],
    ['as PKCS#1 in one line', pkcs1.replaceAll('\n', ' ')],
    ['in percent-encoding', encodeURIComponent(pem)],
    ['in Base64', base64(pem)],
    ['in Base64 of Base64', base64(base64(pem))],
    ['in Base64 behind the name of its variable', `KEY=${base64(pem)}`],
    ['in Base64 of UTF-16', base64(Buffer.from(`\uFEFF${pem}`, 'utf16le'))],
    ['in a data URL', `data:application/x-pem-file;base64,${base64(pem)}`],
    ['as the Base64 of its DER', base64(privateKey.export({ format: 'der', type: 'pkcs8' }))],
    ['as the Base64 of the DER of PKCS#1', base64(privateKey.export({ format: 'der', type: 'pkcs1' }))],
    ['without its BEGIN and END lines', pem.split('\n').slice(1, -2).join('\n')],
    ['in UTF-16 that was read as UTF-8', Buffer.from(`\uFEFF${pem}`, 'utf16le').toString('utf8')],
    ['with the escapes of a JSON encoder', JSON.stringify(pem).replaceAll('+', '\\u002B').replaceAll('/', '\\/')],
  ])('is accepted as PEM %s', async (_form, text) => {
    expect(await thumbprintOf(text)).toBe(expected)
  })

  it.each<[string, string]>([
    ['with a byte order mark', `\uFEFF${jwk}`],
    ['in single quotes', `'${jwk}'`],
    ['in a JSON string', JSON.stringify(jwk)],
    ['in a JSON string of a JSON string', JSON.stringify(JSON.stringify(jwk))],
    ['with escaped quotes', jwk.replaceAll('"', '\\"')],
    ['with single quotes inside', jwk.replaceAll('"', "'")],
    ['that a terminal wrapped', jwk.replace(/.{76}/g, '$&\r\n  ')],
    ['with escaped line ends', JSON.stringify(privateJwk, null, 2).replaceAll('\n', '\\n')],
    ['behind the name of its variable', `CONNECT_OKTA_PRIVATE_KEY=${jwk}`],
    ['as a YAML block', `key: |\n  ${JSON.stringify(privateJwk, null, 2).replaceAll('\n', '\n  ')}`],
    ['in a code block of Markdown', `\`\`\`json\n${jwk}\n\`\`\``],
    ['with typographic quotes', jwk.replace(/"([^"]*)"/g, '“$1”')],
    ['with no-break spaces', JSON.stringify(privateJwk, null, 2).replaceAll(' ', '\u00A0')],
    ['with doubled quotes of a spreadsheet', `"${jwk.replaceAll('"', '""')}"`],
    ['with HTML entities', jwk.replaceAll('"', '&quot;')],
    [
      'as an object of JavaScript',
      jwk
        .replace(/"(\w+)":/g, '$1: ')
        .replaceAll('"', "'")
        .replace('}', ',\n}'),
    ],
    ['with its public key on a line before', `${JSON.stringify(publicJwk)}\n${jwk}`],
    ['after its public key as PEM', `${publicPem}${jwk}`],
    ['among other variables', `A=1\nOKTA_KEY='${jwk}'\nB={"x":1}\n`],
    ['in a quoted mail', JSON.stringify(privateJwk, null, 2).replace(/^/gm, '> ')],
    ['twice in the answer of a vault', JSON.stringify({ raw: jwk, computed: jwk, pem, pkcs1 })],
    ['in Base64', base64(jwk)],
    ['in Base64url without padding', Buffer.from(jwk).toString('base64url')],
    ['in percent-encoding', encodeURIComponent(jwk)],
    ['with padding', jwk.replace(`"${n}"`, `"${n}=="`)],
    ['in an array', `[${jwk}]`],
    ['in a set', JSON.stringify({ keys: [publicJwk, privateJwk] })],
    ['beside its public key', JSON.stringify({ publicKey: publicJwk, privateKey: privateJwk })],
    ['as text in the answer of a vault', JSON.stringify({ data: { data: { okta: jwk }, metadata: { version: 3 } } })],
    ['in a Kubernetes secret', JSON.stringify({ kind: 'Secret', data: { key: base64(jwk) } })],
    ['in the answer of AWS Secrets Manager', JSON.stringify({ Name: 'okta', SecretString: JSON.stringify({ jwk }) })],
    ['as PEM in a JSON object', JSON.stringify({ client_id: '0oa1', private_key: pem, public_key: publicPem })],
  ])('is accepted as JWK %s', async (_form, text) => {
    expect(await thumbprintOf(text)).toBe(expected)
  })

  it.each<[string, string]>([
    ['PKCS#8', encrypted],
    ['PKCS#8 in one line', encrypted.replaceAll('\n', ' ')],
    ['PKCS#1', encryptedPkcs1],
    ['PKCS#1 in one line', encryptedPkcs1.replaceAll('\n', ' ')],
    ['PKCS#1 with escaped line ends', encryptedPkcs1.replaceAll('\n', '\\n')],
    ['the Base64 of DER', base64(privateKey.export({ format: 'der', type: 'pkcs8', ...encryption }))],
    ['PKCS#8 in JSON', JSON.stringify({ key: encrypted })],
  ])('is decrypted as %s, and its passphrase is missed', async (_form, text) => {
    expect(await thumbprintOf(text, { passphrase })).toBe(expected)
    expect(await thumbprintOf(text, { passphrase: async () => passphrase })).toBe(expected)
    await expect(thumbprintOf(text)).rejects.toMatchObject({
      code: 'private_key_invalid',
      message: expect.stringContaining('is encrypted'),
      remedy: { id: 'give_passphrase' },
    })
  })

  it.each<[string, Buffer]>([
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${pem}`)],
    ['UTF-16', Buffer.from(`\uFEFF${pem}`, 'utf16le')],
    ['UTF-16 without a byte order mark', Buffer.from(jwk, 'utf16le')],
    ['big-endian UTF-16', utf16be(`\uFEFF${pem}`)],
    ['big-endian UTF-16 without a byte order mark', utf16be(jwk)],
    ['DER', privateKey.export({ format: 'der', type: 'pkcs8' })],
  ])('is accepted as a file in %s', async (_form, bytes) => {
    expect(await thumbprintOf(keyTextFrom(bytes))).toBe(expected)
    expect(await thumbprintOf(bytes)).toBe(expected)
  })

  it('is accepted as SEC1 with the parameters of the curve before it', async () => {
    const parameters = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n'
    const sec1 = ec.privateKey.export({ format: 'pem', type: 'sec1' }).toString()
    const der = ec.privateKey.export({ format: 'der', type: 'sec1' })
    const thumbprint = await thumbprintOf(ec.privateKey.export({ format: 'jwk' }))
    expect(await thumbprintOf(parameters + sec1)).toBe(thumbprint)
    expect(await thumbprintOf(keyTextFrom(der))).toBe(thumbprint)
  })
})
