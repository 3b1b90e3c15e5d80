import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromiumArguments, findSystemNeeds } from './system-needs.mjs'
import { rsaKeys } from './testing/rsa-keys.mjs'

/** Creates a temporary folder for the tests, removes it after the last one, and provides what `inject` returns in a test. */
export default async function beforeTests({ provide }) {
  provide('systemNeeds', findSystemNeeds())
  provide('chromiumArguments', chromiumArguments)
  provide('rsaKeys', await rsaKeys())

  const folder = mkdtempSync(join(tmpdir(), 'connect-okta-tests-'))
  // The same mode as the temporary folder of the system, because some tests run as another user.
  chmodSync(folder, 0o1777)
  const names = ['TMPDIR', 'TEMP', 'TMP']
  const before = names.map(name => [name, process.env[name]])
  for (const name of names) process.env[name] = folder
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
  }
}
