import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startOktaEmulator } from '@connect-okta/emulator'
import { describe, inject, it } from 'vitest'
import { emptyHome, jsonFile } from '../support/run.test.support.js'
import { openWindow } from '../support/tmux.test.support.js'

// At each line it prints how many signals it has got.
const counter = `
let count = 0
process.on('SIGINT', () => console.log('got SIGINT', ++count))
process.stdin.on('data', () => process.exit(40 + count))
console.log('counts')`

describe.skipIf(inject('systemNeeds').tmux === undefined)('a program that exec runs on a terminal', () => {
  it('gets SIGINT once at Ctrl+C, and reads what is typed', async () => {
    await using okta = await startOktaEmulator()
    const home = await emptyHome()
    const { clientId, jwk } = okta.client('service')
    const connection = `--tenant ${okta.orgUrl.origin} --client-id ${clientId} --scopes okta.users.read`
    const key = await jsonFile(home, 'key.json', jwk)
    await writeFile(join(home, 'counter.mjs'), counter)
    const window = await openWindow({ home })
    await window.enter(
      `connect-okta exec ${connection} --jwk-file ${key} --for env:TOKEN -- node counter.mjs; echo code $?`,
    )
    await window.shows(/^counts$/m)
    await window.press('C-c')
    await window.shows('got SIGINT 1')
    await window.press('Enter')
    await window.shows('code 41')
  })
})
