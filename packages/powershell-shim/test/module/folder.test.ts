import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { startRedisProgram } from '../../../../scripts/testing/redis-program.js'
import { parseLine } from '../support/clixml.test.support.js'
import { moduleFolder } from '../support/shell.test.support.js'

const { redisServer, secretService } = inject('systemNeeds')

// Users without npm copy the folder of the module. It needs only Node.js.
describe('a copy of the module folder', () => {
  let okta: OktaEmulator
  let home: string
  const children: { kill(signal: NodeJS.Signals): unknown }[] = []
  beforeAll(async () => {
    okta = await startOktaEmulator()
  })
  afterAll(() => okta.close())
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'folder-'))
    await cp(moduleFolder, join(home, 'ConnectOkta'), { recursive: true })
  })
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
    await rm(home, { recursive: true, force: true })
  })

  async function call(method: string, params: object, env: Record<string, string> = {}) {
    const child = spawn(process.execPath, [join(home, 'ConnectOkta/shim/shim.cjs')], {
      env: { PATH: process.env.PATH, HOME: home, ...env },
      cwd: home,
    })
    children.push(child)
    child.stdin.write(`request 1 ${method} ${JSON.stringify(params)}\n`)
    const messages: ReturnType<typeof parseLine>[] = []
    for await (const line of createInterface({ input: child.stdout })) {
      messages.push(parseLine(line))
      if (messages.at(-1)?.id === 1) child.stdin.end()
    }
    return messages
  }
  const connection = () => {
    const { clientId, jwk } = okta.client('service')
    return { tenant: okta.orgUrl.origin, clientId, jsonWebKey: JSON.stringify(jwk), scopes: ['okta.users.read'] }
  }
  const records = async () => {
    const folder = join(home, '.local/state/connect-okta/tokens')
    const names = (await readdir(folder)).filter(name => name.endsWith('.json'))
    return await Promise.all(names.map(name => readFile(join(folder, name), 'utf8')))
  }

  it('warns, and connects without packages, when there is no keyring', async () => {
    expect(await readdir(join(home, 'ConnectOkta'))).not.toContain('node_modules')
    const messages = await call('connect', connection(), { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' })
    expect(messages).toEqual([
      { notice: 'warning', content: expect.stringContaining('No keyring is available') },
      { id: 1, status: 'ok', content: expect.objectContaining({ clientId: okta.client('service').clientId }) },
    ])
  })

  it('reports an error only to calls that use the store when it cannot be opened', async () => {
    const messages = await call('connect', connection(), { CONNECT_OKTA_STORE: 'nonsense' })
    expect(messages).toMatchObject([
      { id: 1, content: { code: 'options_invalid', message: expect.stringContaining('nonsense') } },
    ])
    expect(await call('newKey', {}, { CONNECT_OKTA_STORE: 'nonsense' })).toMatchObject([{ id: 1, status: 'ok' }])
  })

  it.skipIf(secretService === undefined)('seals tokens when the system has a keyring', async () => {
    const environment = { DBUS_SESSION_BUS_ADDRESS: await startKeyring() }
    const messages = await call('connect', connection(), environment)
    expect(messages).toMatchObject([{ id: 1, status: 'ok' }])
    expect((await records()).join('\n')).not.toContain('accessToken')
    expect((await call('logins', {}, environment)).at(-1)?.content).toMatchObject([{ tokenType: 'Bearer' }])
  })

  it.each(['"memory"', ' memory ', "'memory'"])(
    'stores tokens in memory when CONNECT_OKTA_STORE is %s',
    async value => {
      const messages = await call('connect', connection(), { CONNECT_OKTA_STORE: value })
      expect(messages).toMatchObject([{ id: 1, status: 'ok' }])
    },
  )

  it('names the variable when CONNECT_OKTA_STORE is a placeholder', async () => {
    const messages = await call('connect', connection(), { CONNECT_OKTA_STORE: '$(STORE)' })
    expect(messages).toMatchObject([{ id: 1, status: 'error' }])
    expect(JSON.stringify(messages)).toContain('CONNECT_OKTA_STORE contains an unresolved placeholder')
  })

  it.skipIf(redisServer === undefined)('stores tokens in Redis when CONNECT_OKTA_STORE names one', async () => {
    const environment = {
      CONNECT_OKTA_STORE: await startRedis(),
      CONNECT_OKTA_STORE_KEY: Buffer.alloc(32, 'k').toString('base64'),
    }
    await call('connect', connection(), environment)
    expect((await call('logins', {}, environment)).at(-1)?.content).toMatchObject([{ tokenType: 'Bearer' }])
    expect((await call('logins', {})).at(-1)?.content).toEqual([])
  })

  it('connects through a proxy when HTTPS_PROXY is set', async () => {
    expect((await call('profiles', {})).at(-1)?.content).toEqual([])
    const proxy = createServer()
    proxy.listen(0, '127.0.0.1')
    await once(proxy, 'listening')
    const received = once(proxy, 'connection')
      .then(([socket]) =>
        once(
          socket.on('error', () => {}),
          'data',
        ),
      )
      .then(([data]) => String(data))
    const { port } = proxy.address() as { port: number }
    const response = call(
      'connect',
      { ...connection(), tenant: 'example.okta.com' },
      { HTTPS_PROXY: `http://127.0.0.1:${port}` },
    )
    expect(await received).toContain('CONNECT example.okta.com:443')
    proxy.close()
    for (const child of children.splice(0)) child.kill('SIGKILL')
    response.catch(() => {})
  })

  async function startKeyring(): Promise<string> {
    const own = { PATH: process.env.PATH ?? '', HOME: home, XDG_DATA_HOME: join(home, 'data'), XDG_RUNTIME_DIR: home }
    const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address', `--address=unix:path=${home}/bus`], {
      env: own,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    children.push(bus)
    const [address] = (await once(createInterface({ input: bus.stdout }), 'line')) as [string]
    const keyring = spawn(secretService ?? '', ['--foreground', '--unlock', '--components=secrets'], {
      env: { ...own, DBUS_SESSION_BUS_ADDRESS: address },
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    children.push(keyring)
    keyring.stdin.end('a password')
    const query = ['--session', '--print-reply', '--dest=org.freedesktop.DBus', '/org/freedesktop/DBus']
    query.push('org.freedesktop.DBus.GetNameOwner', 'string:org.freedesktop.secrets')
    for (let tries = 0; tries < 200; tries++) {
      const reply = spawn('dbus-send', query, { env: { ...own, DBUS_SESSION_BUS_ADDRESS: address }, stdio: 'ignore' })
      if ((await once(reply, 'exit'))[0] === 0) return address
      await sleep(50)
    }
    throw new Error('The keyring has not started.')
  }

  async function startRedis(): Promise<string> {
    const { port, kill } = await startRedisProgram(redisServer ?? '', port => {
      return ['--port', String(port), '--bind', '127.0.0.1', '--save', '']
    })
    children.push({ kill: () => void kill() })
    return `redis://127.0.0.1:${port}`
  }
})
