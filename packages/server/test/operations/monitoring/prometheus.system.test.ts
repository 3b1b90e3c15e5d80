import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { parse } from 'yaml'
import {
  basic,
  connectionOf,
  digestFor,
  filesOf,
  startBroker,
  type TestBroker,
} from '../../support/broker.test.support.js'
import { deployFolder, readExample } from '../support/manifests.test.support.js'

const { promtool = '' } = inject('systemNeeds')

interface Rule {
  readonly alert: string
  readonly expr: string
}

/** Runs promtool. Returns its exit code and its output. */
async function check(args: readonly string[], input = '') {
  const child = spawn(promtool, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.end(input)
  const output = Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = await once(child, 'close')
  return { code, output: (await output).join('') }
}

describe.skipIf(promtool === '')('promtool', () => {
  let okta: OktaEmulator
  let broker: TestBroker
  let metrics: string

  beforeAll(async () => {
    okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
    const client = (name: string) => ({ secretSha256: digestFor(name), connections: ['users'] })
    broker = await startBroker(
      { connections: { users: connectionOf(okta, okta.client('service')) }, clients: { payroll: client('payroll') } },
      { files: filesOf(okta) },
    )
    // One of each metric: a token, a failed request, and the state of the connections.
    const token = { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials' }) }
    for (const name of ['payroll', 'unknown']) {
      await fetch(`${broker.url}/oauth2/token`, { ...token, headers: { authorization: basic(name) } })
    }
    await fetch(`${broker.url}/readyz`)
    metrics = await (await fetch(`${broker.url}/metrics`)).text()
  })
  afterAll(async () => {
    await broker.stop()
    await okta.close()
  })

  it('has no complaint about /metrics', async () => {
    expect(await check(['check', 'metrics'], metrics)).toEqual({ code: 0, output: '' })
  })

  it('accepts the alert rules, and their tests', async () => {
    const rules = join(deployFolder, 'prometheus-rules.yaml')
    expect(await check(['check', 'rules', '--lint-fatal', rules])).toMatchObject({ code: 0 })
    expect(await check(['test', 'rules', join(import.meta.dirname, 'alert-rules.test.yaml')])).toMatchObject({
      code: 0,
    })
  })

  it('knows each metric and label of the alert rules', async () => {
    const { groups } = parse(await readExample('prometheus-rules.yaml')) as { groups: readonly { rules: Rule[] }[] }
    for (const { alert, expr } of groups.flatMap(({ rules }) => rules)) {
      for (const [name] of expr.matchAll(/\bconnect_okta_\w+/g))
        expect(metrics, alert).toMatch(new RegExp(`^${name}[{ ]`, 'm'))
      for (const [, label] of expr.matchAll(/(?:by \(|[{,] ?)(\w+)(?:[=!]|\))/g)) {
        if (label !== 'job') expect(metrics, alert).toContain(`${label}="`)
      }
    }
  })

  it('finds each alert in the runbook', async () => {
    const { groups } = parse(await readExample('prometheus-rules.yaml')) as { groups: readonly { rules: Rule[] }[] }
    const runbook = await readExample('../../../docs/runbook.md')
    for (const { alert } of groups.flatMap(({ rules }) => rules)) {
      expect(runbook).toContain(`| \`${alert}\` |`)
    }
  })
})
