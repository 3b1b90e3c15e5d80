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
const { nginx = '', openssl = '' } = inject('systemNeeds')

describe.skipIf(nginx === '' || openssl === '')('nginx', () => {
  it('accepts the example', async () => {
    const { args } = await prepare([8081, 8082])
    await run(nginx, [...args, '-t'])
  })

  describeProxy('nginx', async ports => {
    const { args, port, ca } = await prepare(ports)
    return { port, ca, stop: await startProxy(nginx, args, port) }
  })
})

/** Writes a configuration with the example, for other ports and files. */
async function prepare([first, second]: readonly number[]) {
  const folder = await mkdtemp(join(tmpdir(), 'nginx-'))
  const port = await freePort()
  const { cert, key, authority } = createPrivateCertificate({ names: `DNS:${host}` })
  await writeFile(join(folder, 'tls.pem'), cert)
  await writeFile(join(folder, 'tls.key'), key, { mode: 0o600 })
  const site = replaceAll(await readExample('nginx.conf'), {
    'listen 443 ssl;': `listen 127.0.0.1:${port} ssl;`,
    'server 127.0.0.1:8081 ': `server 127.0.0.1:${first} `,
    'server 127.0.0.1:8082 ': `server 127.0.0.1:${second} `,
    '/etc/ssl/certs/broker.example.com.pem': join(folder, 'tls.pem'),
    '/etc/ssl/private/broker.example.com.key': join(folder, 'tls.key'),
  })
  await writeFile(join(folder, 'site.conf'), site)
  // What is in the main configuration of a package of nginx.
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    name => `${name}_temp_path ${folder}/${name};`,
  )
  const http = `access_log off; ${temporary.join(' ')} include ${folder}/site.conf;`
  await writeFile(
    join(folder, 'nginx.conf'),
    `daemon off; pid ${folder}/pid; error_log stderr warn; events {} http { ${http} }`,
  )
  return { port, ca: authority, args: ['-p', folder, '-c', join(folder, 'nginx.conf')] }
}
