import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { emptyHome } from '../support/run.test.support.js'
import { openWindow, type TerminalWindow } from '../support/tmux.test.support.js'

const passphrase = 'correct-horse'

let okta: OktaEmulator
let home: string
let app: string
let window: TerminalWindow

beforeAll(async () => {
  okta = await startOktaEmulator()
})
afterAll(() => okta.close())
beforeEach(async () => {
  home = await emptyHome()
  const { clientId, jwk } = okta.client('service')
  const options = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase } as const
  await writeFile(join(home, 'key.pem'), createPrivateKey({ key: jwk as never, format: 'jwk' }).export(options), {
    mode: 0o600,
  })
  app = `--tenant ${okta.orgUrl.origin} --client-id ${clientId} --scopes okta.users.read --jwk-file key.pem`
  window = await openWindow({ home })
})

describe.skipIf(inject('systemNeeds').tmux === undefined)('the prompt for a passphrase', () => {
  it('shows nothing that is typed, and connects', async () => {
    await window.enter(`connect-okta login ${app}`)
    await window.shows('Passphrase of the private key:')
    await window.enter(passphrase)
    const screen = await window.shows('Connected to')
    expect(screen).not.toContain(passphrase)
    expect(screen.match(/Passphrase/g)).toHaveLength(1)
  })

  it('asks three times when the passphrase is wrong', async () => {
    await window.enter(`connect-okta token ${app} | wc -c`)
    for (const tries of [1, 2, 3]) {
      await window.shows(new RegExp(`^(?:[^]*?Passphrase of the private key:){${tries}}`))
      await window.enter(`wrong-${tries}`)
    }
    const screen = await window.shows(/\(private_key_invalid\)/)
    expect(screen).not.toMatch(/wrong-\d|correct/)
    expect(screen).toContain('--key-passphrase-file')
    await window.clear()
    await window.enter(`connect-okta token ${app} | wc -c`)
    await window.shows('Passphrase of the private key:')
    await window.enter('wrong')
    await window.shows('is wrong')
    await window.enter(passphrase)
    await window.shows(/^[4-9]\d\d?$/m)
  })

  it('asks once when the passphrase is right and Okta does not accept the key', async () => {
    const encryption = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase } as const
    const { privateKey } = generateKeyPairSync('ed25519')
    await writeFile(join(home, 'key.pem'), privateKey.export(encryption), { mode: 0o600 })
    await window.enter(`connect-okta token ${app} | wc -c`)
    await window.shows('Passphrase of the private key:')
    await window.enter(passphrase)
    const screen = await window.shows(/\(private_key_invalid\)/)
    expect(screen.match(/Passphrase/g)).toHaveLength(1)
  })

  it('comes before the checks of doctor, and once', async () => {
    await window.enter(`connect-okta doctor ${app}`)
    await window.shows('Passphrase of the private key:')
    await window.enter(passphrase)
    const screen = await window.shows(/^ok +app /m)
    expect(screen.match(/Passphrase/g)).toHaveLength(1)
  })

  it('comes before the other prompts of login, or when the key file is entered', async () => {
    await window.enter(`connect-okta login --tenant ${okta.orgUrl.origin}`)
    await window.shows('How do you want to connect?')
    await window.press('Down', 'Down', 'Enter')
    await window.shows('Client ID:')
    await window.enter(okta.client('service').clientId)
    await window.shows('Scopes')
    await window.press('Enter')
    await window.shows('Private key file')
    await window.enter('key.pem')
    await window.shows('Passphrase of the private key:')
    await window.enter(passphrase)
    expect((await window.shows('Connected to')).match(/Passphrase/g)).toHaveLength(1)
  })

  it('does not appear when the key itself was typed', async () => {
    await window.enter(`connect-okta token ${app.replace('key.pem', '-')}`)
    // The key begins like a flag of tmux.
    await window.type(`\n${await readFile(join(home, 'key.pem'), 'utf8')}`)
    await window.press('C-d')
    expect(await window.shows('(private_key_invalid)')).toContain('no passphrase is set')
    await window.clear()
    await window.enter(`cat key.pem | connect-okta token ${app.replace('key.pem', '-')}`)
    const screen = await window.shows('(private_key_invalid)')
    expect(screen).toContain('--key-passphrase-file')
    expect(screen).not.toContain('Passphrase of the private key:')
  })

  it('exits with 130 and restores the terminal when Ctrl+C is pressed', async () => {
    await window.enter(`connect-okta token ${app}; echo "ended with $?"`)
    await window.shows('Passphrase of the private key:')
    await window.press('C-c')
    await window.shows(/^ended with 130/m)
    await window.enter('echo visible')
    await window.shows(/^visible/m)
  })
})
