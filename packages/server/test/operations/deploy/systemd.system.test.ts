import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, inject, it } from 'vitest'
import { configFileSchema } from '../../../src/config/config-file.js'
import { durationMs } from '../../../src/config/format/duration.js'
import { deployFolder, readExample } from '../support/manifests.test.support.js'

const run = promisify(execFile)
const { systemdAnalyze } = inject('systemNeeds')
const unit = join(deployFolder, 'connect-okta-server.service')
const text = await readExample('connect-okta-server.service')
const settings = new Map([...text.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]))

describe('the systemd unit', () => {
  it.skipIf(systemdAnalyze === undefined)('is valid', async () => {
    expect(await run(systemdAnalyze ?? '', ['verify', unit])).toMatchObject({ stdout: '', stderr: '' })
  })

  it.skipIf(systemdAnalyze === undefined)('has an exposure of at most 1.5 of 10 according to systemd', async () => {
    const args = ['security', '--offline=true', '--no-pager', '--threshold=15', unit]
    await expect(run(systemdAnalyze ?? '', args)).resolves.toBeDefined()
  })

  it('lets requests in progress finish when it is stopped', () => {
    const { shutdownDelay } = configFileSchema.parse({ connections: { users: {} } })
    // The broker waits 15 s for requests in progress: see serve.ts.
    expect(Number(settings.get('TimeoutStopSec')) * 1000).toBeGreaterThan(durationMs(shutdownDelay) + 15_000)
  })

  it('reads each secret from a credential, and none from a variable', () => {
    expect(text.match(/^LoadCredential=/gm)).toHaveLength(2)
    const variables = [...text.matchAll(/^Environment=(\w+)=/gm)].map(([, name]) => name)
    expect(variables).toEqual(['CONNECT_OKTA_STORE_KEY_FILE', 'CONNECT_OKTA_STATE_DIR', 'NODE_ENV'])
  })

  it('does not start again when the configuration is not valid', () => {
    // The exit code of options_invalid: see docs/errors.md.
    expect(settings.get('RestartPreventExitStatus')).toBe('2')
  })
})
