import { expect, it } from 'vitest'
import { send } from '../../../test/support/relying-party.test.support.js'
import { startOktaEmulator } from '../../start-okta-emulator.js'

it('describes the org at its URL, with a link to the control panel', async () => {
  await using okta = await startOktaEmulator()
  const { status, headers, text } = await send(okta.orgUrl)
  expect({ status, type: headers.get('content-type') }).toEqual({ status: 200, type: 'text/html; charset=utf-8' })
  expect(headers.get('permissions-policy')).toBeNull()
  expect(text).toContain('<title>Emulated Okta org · Okta emulator</title>')
  expect(text).toContain('href="/_emulator"')
})
