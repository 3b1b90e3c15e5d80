import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useSigningProgram } from '../../../../test/support/signing-program.test.support.js'
import { allTextOf } from '../../../../test/support/test-home.test.support.js'
import { currentEnvironment } from '../../../environment.js'

const data = Buffer.from('some data')
const { keys, pemOf, program, signerBy, folder } = useSigningProgram()

// /bin/sh, sleep and /proc.
const isPosix = process.platform !== 'win32'

describe('the program of a commandSigner', () => {
  it.runIf(isPosix)('ends the programs that a command has started when its time is over', async () => {
    const path = join(folder(), 'pid')
    const command = ['/bin/sh', '-c', 'sleep 60 & echo $! > "$0"; wait', path]
    await expect(signerBy('', { command, timeoutMs: 500 }).sign(data)).rejects.toMatchObject({ code: 'signer_failed' })
    const pid = Number(await readFile(path, 'utf8'))
    await expect
      .poll(async () => (await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z')).includes(') Z'))
      .toBe(true)
  })

  // An agent that a command starts at its first use inherits its standard output.
  it.runIf(isPosix)(
    'returns the signature when a background program of the command still has its output open',
    async () => {
      const sign = "print(crypto.sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' }))"
      const background = "require('child_process').spawn('sleep', ['300'], { stdio: ['ignore', 1, 2], detached: true })"
      const child = `const child = ${background}; fs.writeFileSync(${JSON.stringify(join(folder(), 'background'))}, String(child.pid)); child.unref()`
      try {
        expect(await signerBy(`${sign}; ${child}`, { timeoutMs: 600_000 }).sign(data)).toHaveLength(64)
      } finally {
        process.kill(Number(await readFile(join(folder(), 'background'), 'utf8')))
      }
    },
  )

  it('ends the command when the request is cancelled', async () => {
    const controller = new AbortController()
    const signing = signerBy('setTimeout(() => {}, 60_000)').sign(data, { signal: controller.signal })
    controller.abort()
    await expect(signing).rejects.toMatchObject({ code: 'cancelled' })
    await expect(signerBy('').sign(data, { signal: controller.signal })).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('keeps secrets of this project out of the environment of the command', async () => {
    const environment = currentEnvironment({
      ...{ PATH: process.env.PATH, HOME: '/home/ada', CONNECT_OKTA_CLIENT_SECRET: 'one-secret' },
      ...{ OKTA_CLIENT_TOKEN: 'two-secret', connect_okta_store_key: 'three-secret' },
    })
    const signer = signerBy('console.error(JSON.stringify(process.env)); process.exit(1)', { environment })
    const { message } = await signer.sign(data).catch(error => error)
    expect(message).toContain('/home/ada')
    expect(message).not.toMatch(/-secret|OKTA_/i)
  })

  it.each([
    ['a PIN after its flag', ['--pin', '482913'], '482913'],
    ['a PIN in its flag', ['--so-pin=482913'], '482913'],
    ['a PIN after a short flag', ['-p', '482913'], '482913'],
  ])('masks %s in the error output of the command', async (_what, flags, secret) => {
    const statement = `console.error('usage: ' + process.argv.join(' ')); process.exit(1)`
    const signer = signerBy('', { command: [...program('P-256', statement), '--', ...flags] })
    const error = await signer.sign(data).catch(caught => caught)
    expect(error.message).toMatch(/failed \(1\): usage: .*\*\*\*/)
    expect(allTextOf({ ...error, message: error.message })).not.toContain(secret)
  })

  it('shows the error output of a command that has an empty PIN', async () => {
    const command = [...program('P-256', "console.error('no such token'); process.exit(1)"), '--', '--pin', '']
    await expect(signerBy('', { command }).sign(data)).rejects.toThrow('failed (1): no such token')
  })

  it('masks the value of a variable that has a secret in the error output of the command', async () => {
    const environment = currentEnvironment({ PATH: process.env.PATH, PKCS11_PIN: '482913', LOGNAME: 'ada' })
    const statement = `console.error('login of ' + process.env.LOGNAME + ' with ' + process.env.PKCS11_PIN); process.exit(1)`
    await expect(signerBy(statement, { environment }).sign(data)).rejects.toThrow('login of ada with ***')
  })

  it.each([
    ['a private key', `console.error(String(key))`],
    ['a JWT', "console.error('Authorization: Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIwb2EifQ.c2lnbmF0dXJl')"],
    ['a part of a private key', "console.error(String(key).split('\\n')[1])"],
    ['a secret with slashes', "console.error('secret wJalrXUtnFEMI/K7MD' + 'ENG/bPxRfiCYEXAMPLEKEY')"],
    ['a token', "console.error('token ' + 'hvs' + 'CAESIJ0aB1cD2eF3gH4iJ5kL6mN7oP8qR9')"],
  ])('masks %s in the error output of the command', async (_what, statement) => {
    const error = await signerBy(`${statement}; process.exit(1)`)
      .sign(data)
      .catch(caught => caught)
    expect(error.message).toMatch(/\*\*\*/)
    expect(allTextOf(error)).not.toMatch(/eyJ|CAESI|PRIVATE|wJalr/)
    expect(error.message).not.toContain(pemOf(keys['P-256'].privateKey).split('\n')[1])
  })

  it('passes the arguments as they are, without a shell', async () => {
    const args = ['$(id)', '`id`', '; id', '%PATH%', '*', "'", '~/key']
    const statement = 'console.error(JSON.stringify(process.argv.slice(1))); process.exit(1)'
    const signer = signerBy('', { command: [...program('P-256', statement), ...args] })
    const { message } = await signer.sign(data).catch(error => error)
    expect(message).toContain(JSON.stringify(args))
  })

  it('writes no terminal sequences of the command into the error', async () => {
    const statement = `console.error('\\x1b]0;title\\x07\\x1b[31mred\\x9b1A'); process.exit(1)`
    const { message } = await signerBy(statement)
      .sign(data)
      .catch(error => error)
    expect(message).toMatch(/failed \(1\): .*red/)
    expect(message).not.toMatch(/\p{Cc}/u)
  })

  it('limits the error output of the command', async () => {
    const statement = "for (let i = 0; i < 100_000; i++) process.stderr.write('words '); process.exitCode = 1"
    const { message } = await signerBy(statement)
      .sign(data)
      .catch(error => error)
    expect(message.length).toBeLessThan(600)
  })

  it.runIf(isPosix)('does not fail when the command ends without reading its input', async () => {
    const command = ['/bin/sh', '-c', 'exit 0']
    await expect(signerBy('', { command }).sign(Buffer.alloc(1_000_000))).rejects.toMatchObject({
      message: expect.stringContaining('printed no signature'),
    })
  })
})
