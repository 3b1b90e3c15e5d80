import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { get } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { connect as connectSecurely } from 'node:tls'
import { promisify } from 'node:util'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  connectionOf,
  digestFor,
  filesOf,
  startBroker,
  type TestBroker,
  type TestBrokerOptions,
} from '../support/broker.test.support.js'

const run = promisify(execFile)
let okta: OktaEmulator
let folder: string
let certificate: string
let key: string

const openssl = async (...args: readonly string[]) => void (await run('openssl', [...args], { cwd: folder }))
const file = (name: string) => readFile(join(folder, name))

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
  folder = await mkdtemp(join(tmpdir(), 'tls-forms-'))
  if (inject('systemNeeds').openssl === undefined) return
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']
  for (const name of ['own', 'other']) {
    const make = ['req', '-x509', ...ec, '-nodes', '-days', '1', '-subj', '/CN=localhost']
    await openssl(...make, '-keyout', `${name}.key`, '-out', `${name}.crt`)
  }
  await openssl('x509', '-in', 'own.crt', '-outform', 'der', '-out', 'own.crt.der')
  await openssl('pkey', '-in', 'own.key', '-outform', 'der', '-out', 'own.key.der')
  await openssl('pkcs8', '-topk8', '-in', 'own.key', '-passout', 'pass:a-passphrase', '-out', 'encrypted.key')
  await openssl('pkcs8', '-topk8', '-in', 'own.key', '-passout', 'pass:x', '-outform', 'der', '-out', 'encrypted.der')
  await openssl('x509', '-in', 'own.crt', '-trustout', '-addtrust', 'serverAuth', '-out', 'trusted.crt')
  await openssl('pkcs12', '-export', '-inkey', 'own.key', '-in', 'own.crt', '-passout', 'pass:x', '-out', 'own.pfx')
  await openssl('req', '-new', '-key', 'own.key', '-subj', '/CN=localhost', '-out', 'own.csr')
  await openssl('crl2pkcs7', '-nocrl', '-certfile', 'own.crt', '-out', 'own.p7b')
  certificate = String(await file('own.crt'))
  key = String(await file('own.key'))
})
afterAll(async () => {
  await okta.close()
  await rm(folder, { recursive: true })
})

const start = (files: TestBrokerOptions['files'] = {}, tls: object | null = { certificate: 'crt', key: 'key' }) =>
  startBroker(
    {
      connections: { users: connectionOf(okta, okta.client('service')) },
      clients: { payroll: { secretSha256: digestFor('payroll'), connections: ['users'] } },
      ...(tls !== null && { tls }),
    },
    { files: { ...filesOf(okta), ...files } },
  )

const health = ({ port }: TestBroker) =>
  new Promise((resolve, reject) => {
    const secure = { host: 'localhost', port, path: '/healthz', ca: certificate }
    get(secure, response => {
      response.resume()
      resolve(response.statusCode)
    }).on('error', reject)
  })
const utf16 = (content: string) => Buffer.from(`\ufeff${content}`, 'utf16le')

describe.skipIf(inject('systemNeeds').openssl === undefined)('the certificate and the key of tls', () => {
  it.each<[string, (pem: string) => string | Uint8Array]>([
    ['have lines that end with CR', pem => pem.replaceAll('\n', '\r')],
    ['have escaped line ends', pem => pem.replaceAll('\n', '\\n')],
    ['have spaces instead of line ends', pem => pem.replaceAll('\n', ' ')],
    ['have blank lines', pem => pem.replaceAll('\n', '\r\n\r\n')],
    ['are indented', pem => pem.replace(/^/gm, '    ')],
    ['are UTF-16', utf16],
    ['are in Base64', pem => Buffer.from(pem).toString('base64')],
  ])('are read when they %s', async (_form, changed) => {
    await using broker = await start({ crt: changed(certificate), key: changed(key) })
    expect(await health(broker)).toBe(200)
  })

  it('are read from one file, in any order, with other certificates before them', async () => {
    const other = String(await file('other.crt'))
    for (const crt of [key + certificate, certificate + key, other + certificate + key]) {
      await using broker = await start({ crt }, { certificate: 'crt', key: 'crt' })
      expect(await health(broker)).toBe(200)
    }
  })

  it('are read when OpenSSL added trust settings to the certificate', async () => {
    const crt = await file('trusted.crt')
    expect(String(crt)).toContain('BEGIN TRUSTED CERTIFICATE')
    await using broker = await start({ crt, key })
    expect(await health(broker)).toBe(200)
  })

  it('are read in DER', async () => {
    await using broker = await start({ crt: await file('own.crt.der'), key: await file('own.key.der') })
    expect(await health(broker)).toBe(200)
  })

  it.each<[string, string, string, string]>([
    ['the key is encrypted', 'own.crt', 'encrypted.key', 'tls.key: the key is encrypted: decrypt a copy'],
    ['the key is encrypted, in DER', 'own.crt', 'encrypted.der', 'tls.key: the key is encrypted: decrypt a copy'],
    [
      'the file is PKCS#12',
      'own.pfx',
      'own.key',
      'tls.certificate: the file is PKCS#12 (.pfx, .p12): convert it, openssl pkcs12',
    ],
    ['the certificate is a request', 'own.csr', 'own.key', 'tls.certificate: this is a certificate request'],
    ['the certificate is PKCS#7', 'own.p7b', 'own.key', 'tls.certificate: this is PKCS#7: convert it, openssl pkcs7'],
    ['the files are swapped', 'own.key', 'own.crt', 'tls.certificate and tls.key are swapped'],
    [
      'the key belongs to another certificate',
      'own.crt',
      'other.key',
      'tls: the key does not belong to the certificate',
    ],
    ['the key file has a certificate only', 'own.crt', 'own.crt', 'tls.key: the file has no private key'],
  ])('are rejected with what to do when %s', async (_what, crt, keyFile, words) => {
    const message = await start({ crt: await file(crt), key: await file(keyFile) }).then(
      () => 'it started',
      error => String(error.message),
    )
    expect(message).toContain(words)
  })

  it('are rejected when the file is empty or damaged', async () => {
    await expect(start({ crt: '', key })).rejects.toThrow('tls.certificate: the file is empty')
    const damaged = certificate.replace(/\n[^-]{20}/, '\n')
    await expect(start({ crt: damaged, key })).rejects.toThrow('tls.certificate: the CERTIFICATE block is invalid')
  })
})

describe('a client that uses another protocol', () => {
  it('is reported once when it sends TLS to a port without it', async () => {
    await using broker = await start({}, null)
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const error = await new Promise(resolve => connectSecurely(broker.port, 'localhost').on('error', resolve))
      expect(error).toBeInstanceOf(Error)
    }
    const reports = () => broker.lines().filter(({ msg }) => String(msg).includes('sent TLS to this port'))
    await expect.poll(reports).toHaveLength(1)
  })

  it.skipIf(inject('systemNeeds').openssl === undefined)(
    'gets an answer, and is reported, when it sends HTTP to a port with TLS',
    async () => {
      await using broker = await start({ crt: certificate, key })
      const socket = connect(broker.port, 'localhost')
      socket.write('POST /oauth2/token HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n')
      const answer = await text(socket)
      expect(answer).toContain('HTTP/1.1 400 Bad Request')
      expect(answer).toContain('This port requires TLS: use https in the URL.')
      expect(broker.lines().some(({ msg }) => String(msg).includes('sent HTTP to this port'))).toBe(true)
      expect(await health(broker)).toBe(200)
    },
  )

  it('gets 400 when its request is malformed, and nothing is reported', async () => {
    await using broker = await start({}, null)
    const socket = connect(broker.port, 'localhost')
    socket.write('SSH-2.0-OpenSSH_9.9\r\n')
    expect(await text(socket)).toContain('HTTP/1.1 400 Bad Request')
    expect(broker.lines().some(({ msg }) => String(msg).includes('to this port'))).toBe(false)
  })
})
