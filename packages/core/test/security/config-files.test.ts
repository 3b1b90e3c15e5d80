import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { connectOptionsOf } from '../../src/config/profiles/connect-options-of.js'
import { listProfiles, saveProfile } from '../../src/config/profiles/profiles.js'
import { readSettings } from '../../src/config/profiles/read-settings.js'
import { useTestHome } from '../support/test-home.test.support.js'

const home = useTestHome()
const writeProfiles = (text: string) => home.write('config/profiles.yaml', text)
const writeOktaYaml = (text: string) => home.write('.okta/okta.yaml', text)

// Nested YAML aliases: a few hundred bytes that expand to a billion strings.
function yamlBomb(): string {
  const levels = Array.from({ length: 9 }, (_level, index) => {
    const item = index === 0 ? '"lol"' : `*a${index - 1}`
    return `a${index}: &a${index} [${Array(9).fill(item).join(', ')}]`
  })
  return `${levels.join('\n')}\nprofiles: *a8\n`
}

describe('a malicious profiles file', () => {
  it('is rejected when its aliases expand to a billion strings', async () => {
    await writeProfiles(yamlBomb())
    await expect(listProfiles(home.environment())).rejects.toMatchObject({ code: 'options_invalid' })
    await expect(saveProfile('p', { tenant: 'a.okta.com' }, {}, home.environment())).rejects.toMatchObject({
      code: 'options_invalid',
    })
  })

  it.each(['__proto__', 'constructor', 'prototype', 'toString'])(
    'cannot change a prototype with a profile named %s',
    async name => {
      await writeProfiles(`profiles:\n  ${name}:\n    tenant: evil.okta.com\n`)
      await listProfiles(home.environment()).catch(error => expect(error).toMatchObject({ code: 'options_invalid' }))
      expect(({} as Record<string, unknown>).tenant).toBeUndefined()
      await expect(readSettings({}, { profile: 'hasOwnProperty' }, home.environment())).rejects.toMatchObject({
        code: 'options_invalid',
      })
    },
  )

  it('cannot create an object of a custom YAML type or cause a warning', async () => {
    await writeProfiles('profiles:\n  p:\n    tenant: !!js/function "function () { throw 1 }"\n')
    const warnings: Error[] = []
    const onWarning = (warning: Error) => warnings.push(warning)
    process.on('warning', onWarning)
    const [profile] = await listProfiles(home.environment())
    await new Promise(setImmediate)
    process.off('warning', onWarning)
    expect(profile?.profile.tenant).toBe('function () { throw 1 }')
    expect(warnings).toEqual([])
  })

  it.each([
    'a.okta.com@evil.example',
    'a.okta.com/../evil',
    'http://evil.example',
    'javascript:alert(1)',
    'file:///etc',
  ])('cannot send a user to the tenant %s', async tenant => {
    await writeProfiles(`default: p\nprofiles:\n  p:\n    tenant: ${JSON.stringify(tenant)}\n    clientId: 0oa1\n`)
    const { connect } = await import('../../src/index.js')
    const { createMemoryStore } = await import('../../src/exports/stores.js')
    const fetch = () => expect.unreachable('a request was sent')
    const openBrowser = () => expect.unreachable('a browser was opened')
    const attempt = async () => {
      const options = await connectOptionsOf(await readSettings({}, {}, home.environment()))
      return await connect(options as Parameters<typeof connect>[0], { store: createMemoryStore(), fetch, openBrowser })
    }
    await expect(attempt()).rejects.toMatchObject({ code: 'options_invalid' })
  })
})

describe('a malicious ~/.okta/okta.yaml', () => {
  it('is rejected when its aliases expand to a billion strings', async () => {
    await writeOktaYaml(yamlBomb().replace('profiles', 'okta'))
    await expect(readSettings({}, {}, home.environment())).rejects.toMatchObject({ code: 'options_invalid' })
  })

  it('does not receive the key of a profile for another org', async () => {
    await writeProfiles('default: p\nprofiles:\n  p: { tenant: a.okta.com, clientId: 0oa1, key: { file: /key } }\n')
    await writeOktaYaml('okta: { client: { orgUrl: "https://evil.okta.com", clientId: 0oa1, privateKey: planted } }\n')
    const { values } = await readSettings({}, {}, home.environment())
    expect(values).toMatchObject({ tenant: 'a.okta.com', key: { file: resolve(home.path, '/key') } })
    const { values: otherOrgValues } = await readSettings({ tenant: 'evil.okta.com' }, {}, home.environment())
    expect(otherOrgValues.key).not.toEqual({ file: resolve(home.path, '/key') })
  })
})
