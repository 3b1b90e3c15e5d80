import { chmod, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Deps } from '@connect-okta/core'
import { ScriptedBrowser } from '@connect-okta/emulator'

interface User {
  readonly login: string
  readonly password: string
}

const emulator = pathToFileURL(createRequire(import.meta.url).resolve('@connect-okta/emulator')).href

/** Signs a user in, as in a browser that the command opens. */
export function signInAs(user: User = { login: '', password: '' }): Deps['openBrowser'] {
  return async url => {
    // The last page appears when the command has its token. Nothing waits for it here.
    new ScriptedBrowser({ orgUrl: new URL(url.origin) }).visit(url, user).catch(() => {})
  }
}

// Gets the URL and signs in, as a user would. Its environment goes into a file that a test reads.
const program = `#!${process.execPath}
import { writeFileSync } from 'node:fs'
import { openedAddress, ScriptedBrowser } from ${JSON.stringify(emulator)}
const { LOGIN: login, PASSWORD: password, SEEN } = process.env
const url = openedAddress(process.argv[2])
writeFileSync(SEEN, JSON.stringify({ url, env: process.env }))
await new ScriptedBrowser({ orgUrl: new URL(url.origin) }).visit(url, { login, password })
`

/** Writes a program that `BROWSER` can name, and returns the environment that makes the command line use it. */
export async function scriptedBrowser(folder: string, user: User) {
  const path = join(folder, 'browser.mjs')
  await writeFile(path, program)
  await chmod(path, 0o755)
  return { BROWSER: path, LOGIN: user.login, PASSWORD: user.password, SEEN: join(folder, 'seen.json') }
}
