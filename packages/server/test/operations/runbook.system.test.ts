import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { basic, configureIn } from '../support/broker.test.support.js'
import { startProcess } from '../support/process.test.support.js'
import { readExample } from './support/manifests.test.support.js'

const runbook = await readExample('../../../docs/runbook.md')
const filters = [...runbook.matchAll(/(?:journalctl|kubectl) [^|\n]*\| (jq -.*)$/gm)].map(([, filter = '']) => filter)

// In the journal of systemd, the lines of stdout and stderr are mixed.
describe.skipIf(inject('systemNeeds').jq === undefined)('the commands of the runbook that read the log', () => {
  let okta: OktaEmulator
  let log: string

  beforeAll(async () => {
    okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
    const { path, port } = await configureIn(await mkdtemp(join(tmpdir(), 'runbook-')), okta)
    const broker = startProcess(['--config', path], {})
    await broker.printed('listening')
    const body = new URLSearchParams({ grant_type: 'client_credentials' })
    for (const authorization of [basic('payroll'), basic('payroll', 'a-guess')]) {
      await fetch(`http://127.0.0.1:${port}/oauth2/token`, { method: 'POST', headers: { authorization }, body })
    }
    broker.child.kill('SIGHUP')
    await broker.printed('loaded the new configuration')
    broker.child.kill('SIGINT')
    await broker.ended
    log = broker.stderr + broker.stdout
  })
  afterAll(() => okta.close())

  it.each([...new Set(filters)])('find the lines that they describe: %s', async filter => {
    const child = spawn('sh', ['-c', filter])
    child.stdin.end(log)
    const output = Promise.all([text(child.stdout), text(child.stderr)])
    const [code] = await once(child, 'close')
    const [lines, errors] = await output
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    if (filter.includes('.level')) expect(lines).toContain('client rejected')
    else if (filter.includes('.network')) expect(lines).toContain('client rejected')
    else if (filter.includes('.audit')) expect(lines).toContain('"audit":"token"')
    else expect(lines).toContain('loaded the new configuration')
  })

  it('exist', () => {
    expect(filters.length).toBeGreaterThanOrEqual(5)
  })
})
