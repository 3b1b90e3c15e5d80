import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { emptyHome, jsonFile } from '../support/run.test.support.js'
import { openWindow, type TerminalWindow } from '../support/tmux.test.support.js'

// At each line it prints how many signals it has got.
const counter = `
import { writeFileSync } from 'node:fs'
let text = ''
function print(line) {
  console.log(line)
  writeFileSync('printed', text += line + '\\n')
}
let count = 0
process.on('SIGINT', () => print(\`got SIGINT \${++count}\`))
process.on('SIGQUIT', () => print('got SIGQUIT'))
process.on('SIGTERM', () => process.exit(50 + count))
process.stdin.on('data', () => process.exit(40 + count))
setInterval(() => {}, 1000)
writeFileSync('parent', String(process.ppid))
print('counts')`

describe.skipIf(inject('systemNeeds').tmux === undefined)('a program that exec runs on a terminal', () => {
  let okta: OktaEmulator
  let home: string
  let window: TerminalWindow
  let exec: string
  const printed = () => readFile(join(home, 'printed'), 'utf8').catch(() => '')

  beforeAll(async () => {
    okta = await startOktaEmulator()
  })
  afterAll(() => okta.close())
  beforeEach(async () => {
    home = await emptyHome()
    const { clientId, jwk } = okta.client('service')
    const connection = `--tenant ${okta.orgUrl.origin} --client-id ${clientId} --scopes okta.users.read`
    const key = await jsonFile(home, 'key.json', jwk)
    await writeFile(join(home, 'counter.mjs'), counter)
    exec = `connect-okta exec ${connection} --jwk-file ${key} --for env:TOKEN -- node counter.mjs`
    window = await openWindow({ home })
  })

  it('gets SIGINT once at Ctrl+C, and reads what is typed', async () => {
    await window.enter(`${exec}; echo code $?`)
    await window.shows(/^counts$/m)
    await window.press('C-c')
    await window.shows('got SIGINT 1')
    await window.press('Enter')
    await window.shows('code 41')
  })

  it('gets SIGINT once at Ctrl+C when its streams are redirected', async () => {
    await window.enter(`${exec} < /dev/null > log 2>&1; echo code $?`)
    await expect.poll(printed).toBe('counts\n')
    await window.press('C-c')
    await expect.poll(printed).toContain('got SIGINT')
    await window.press('C-\\')
    // A second SIGINT would come first.
    await expect.poll(printed).toBe('counts\ngot SIGINT 1\ngot SIGQUIT\n')
    process.kill(Number(await readFile(join(home, 'parent'), 'utf8')), 'SIGTERM')
    await window.shows('code 51')
  })
})
