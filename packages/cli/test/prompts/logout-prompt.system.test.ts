import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { emptyHome, jsonFile } from '../support/run.test.support.js'
import { openWindow } from '../support/tmux.test.support.js'

let okta: OktaEmulator

beforeAll(async () => {
  okta = await startOktaEmulator()
})
afterAll(() => okta.close())

describe.skipIf(inject('systemNeeds').tmux === undefined)('logout without the key, typed at a terminal', () => {
  it('asks before it deletes a token that stays valid', async () => {
    const home = await emptyHome()
    const window = await openWindow({ home })
    const { clientId, jwk } = okta.client('service')
    await jsonFile(home, 'key.json', jwk)
    const app = `--tenant ${okta.orgUrl.origin} --client-id ${clientId} --jwk-file key.json --scopes okta.users.read`
    await window.enter(`connect-okta login -q ${app}; clear; connect-okta logout; echo "ended with $?"`)
    await window.shows('Keep the sign-in')
    await window.press('Enter')
    expect(await window.shows(/^ended with \d/m)).toContain('ended with 2')
    await window.clear()
    await window.enter('connect-okta logout; echo "ended with $?"')
    await window.shows('Keep the sign-in')
    await window.press('Down', 'Enter')
    const screen = await window.shows(/^ended with \d/m)
    expect(screen).toMatch(/Okta did\s+not\s+revoke/)
    expect(screen).toContain('ended with 0')
    await window.clear()
    await window.enter('connect-okta status')
    await window.shows('Not signed in')
  })
})
