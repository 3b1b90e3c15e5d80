import { chmod, chown, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { parseCommandLine } from './command-line.js'
import { serve } from './serve.js'
import type { ServeHost } from './serve-host.js'

const host: ServeHost = {
  output: { write() {}, isFailing: false, async flush() {} },
  print() {},
  shutdown: new Promise(() => {}),
  onReload() {},
  now: Date.now,
  monotonicNow: () => performance.now(),
}

function messageOf(...args: readonly string[]): string {
  try {
    return JSON.stringify(parseCommandLine(args))
  } catch (error) {
    expect(error).toMatchObject({ code: 'options_invalid' })
    return (error as Error).message
  }
}

describe('a command line', () => {
  it.each<[string, readonly string[], string]>([
    ['an option twice', ['--config', 'a.yaml', '--config=b.yaml'], '--config can be specified only once.'],
    [
      'an address twice',
      ['--listen', 'localhost:1', '--listen', 'localhost:2'],
      '--listen can be specified only once.',
    ],
    ['an empty value', ['--config', ''], '--config is empty.'],
    ['an empty value after =', ['--store='], '--store is empty.'],
    ['an empty proxy', ['--behind-proxy', '10.0.0.5', '--behind-proxy='], '--behind-proxy is empty.'],
    ['no value', ['--config'], '--config requires a value.'],
    ['an option in the place of a value', ['--config', '--listen', 'localhost:1'], '--config requires a value.'],
    ['a value for a flag', ['--schema=1'], '--schema does not accept a value.'],
    ['an unknown option', ['--confg', 'a.yaml'], 'Unknown option: --confg.'],
    ['a negated option', ['--no-config'], 'Unknown option: --no-config.'],
    ['two commands', ['--schema', '--new-secret'], '--new-secret and --schema accept no other options.'],
    [
      'a command and an option',
      ['--new-secret', '--config', 'a'],
      '--new-secret and --schema accept no other options.',
    ],
    [
      'an address and --replace-key',
      ['--config', 'a', '--replace-key', 'users', '--listen', 'localhost:1'],
      '--listen has no effect with --replace-key.',
    ],
    [
      'a proxy and --replace-key',
      ['--config', 'a', '--replace-key', 'users', '--behind-proxy', '1'],
      '--behind-proxy has no effect with --replace-key.',
    ],
    ['an argument', ['broker.yaml'], 'Unexpected argument without an option.'],
  ])('is rejected with %s, and names the option', (_what, args, message) => {
    expect(messageOf(...args)).toContain(message)
  })

  it('accepts several proxies', () => {
    expect(parseCommandLine(['--behind-proxy', '10.0.0.5', '--behind-proxy', '10.0.0.6'])).toMatchObject({
      options: { behindProxy: ['10.0.0.5', '10.0.0.6'] },
    })
  })
})

describe('serve', () => {
  it.skipIf(process.platform === 'win32')(
    'rejects a configuration that every user can write to, because it can name programs to run',
    async () => {
      const path = join(await mkdtemp(join(tmpdir(), 'broker-config-')), 'broker.yaml')
      await writeFile(path, 'connections: {}')
      await chmod(path, 0o666)
      await expect(serve({ config: path }, host)).rejects.toMatchObject({
        code: 'options_invalid',
        message: expect.stringContaining('every user of this machine can write to the file'),
      })
    },
  )

  it.skipIf(process.getuid?.() !== 0)(
    'rejects a configuration with a command when the broker runs as root and the file belongs to another user',
    async () => {
      const path = join(await mkdtemp(join(tmpdir(), 'broker-config-')), 'broker.yaml')
      await writeFile(
        path,
        'connections: { users: { tenant: example.okta.com, clientId: 0oa1, key: { command: [sign], jwk: {} } } }',
      )
      await chown(path, 65534, 65534)
      await expect(serve({ config: path }, host)).rejects.toMatchObject({
        code: 'options_invalid',
        message: expect.stringContaining('belongs to a user other than root'),
      })
    },
  )

  it('resolves ~ in the path of the configuration', async () => {
    const home = await mkdtemp(join(tmpdir(), 'broker-home-'))
    await writeFile(join(home, 'broker.yaml'), 'surprise: true')
    // Windows.
    for (const variable of ['HOME', 'USERPROFILE']) vi.stubEnv(variable, home)
    const serving = serve({ config: '~/broker.yaml' }, host)
    await expect(serving).rejects.toMatchObject({ message: expect.stringContaining('unknown setting: surprise') })
    vi.unstubAllEnvs()
  })

  it.each<[string, string]>([
    ['8081', 'localhost:8090 for this machine'],
    [':8081', 'localhost:8090 for this machine'],
    ['localhost', 'the port is missing'],
    ['http://localhost:8081', 'without a scheme'],
    ['*:8081', '0.0.0.0:8090 or [::]:8090'],
    ['::1:8081', 'put an IPv6 address in brackets'],
    ['localhost:99999', 'must have a port up to 65535'],
  ])('names what the address must be when --listen is %s', async (listen, words) => {
    vi.stubEnv('CONNECT_OKTA_TENANT', 'example.okta.com')
    const serving = serve({ listen }, host)
    await expect(serving).rejects.toMatchObject({ code: 'options_invalid', message: expect.stringContaining(words) })
    await expect(serving).rejects.toThrow(/^--listen: /)
    vi.unstubAllEnvs()
  })
})
