import { execFile } from 'node:child_process'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '@connect-okta/emulator'
import { describe, inject, it } from 'vitest'
import { createPrivateCertificate } from '../../../../../scripts/testing/private-certificate.js'
import { readExample } from '../support/manifests.test.support.js'
import { describeProxy } from './proxy-contract.test.support.js'
import { replaceAll, startProxy } from './start-proxy.test.support.js'
import { host } from './two-brokers.test.support.js'

const run = promisify(execFile)
const { haproxy = '', openssl = '' } = inject('systemNeeds')

describe.skipIf(haproxy === '' || openssl === '')('HAProxy', () => {
  it('accepts the example', async () => {
    const { path } = await prepare([8081, 8082])
    await run(haproxy, ['-c', '-f', path])
  })

  describeProxy('HAProxy', async ports => {
    const { path, port, ca } = await prepare(ports)
    return { port, ca, stop: await startProxy(haproxy, ['-db', '-f', path], port) }
  })
})

/** Writes the example for other ports and files. */
async function prepare([first, second]: readonly number[]) {
  const folder = await mkdtemp(join(tmpdir(), 'haproxy-'))
  const port = await freePort()
  const { cert, key, authority } = createPrivateCertificate({ names: `DNS:${host}` })
  await writeFile(join(folder, 'tls.pem'), cert + key, { mode: 0o600 })
  const path = join(folder, 'haproxy.cfg')
  const text = replaceAll(await readExample('haproxy.cfg'), {
    'bind :443 ': `bind 127.0.0.1:${port} `,
    'broker1 127.0.0.1:8081': `broker1 127.0.0.1:${first}`,
    'broker2 127.0.0.1:8082': `broker2 127.0.0.1:${second}`,
    '/etc/haproxy/certs/broker.example.com.pem': join(folder, 'tls.pem'),
  })
  await writeFile(path, text)
  return { path, port, ca: authority }
}
