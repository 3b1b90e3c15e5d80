import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

// What BROWSER names: a program that gets the address and signs in, as a person would. What it was started with goes
// into a file, for a test to look at.
const program = `#!${process.execPath}
import { writeFileSync } from 'node:fs'
const { LOGIN, PASSWORD, SEEN } = process.env
writeFileSync(SEEN, JSON.stringify({ argv: process.argv.slice(2), env: process.env }))
const cookies = new Map()
async function open(url, init = {}) {
  const cookie = [...cookies].map(pair => pair.join('=')).join('; ')
  const response = await fetch(url, { ...init, redirect: 'manual', headers: { cookie } })
  for (const line of response.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)
    cookies.set(name, value)
  }
  const location = response.headers.get('location')
  return location === null ? url : open(new URL(location, url))
}
const form = await open(new URL(process.argv[2]))
await open(form, { method: 'POST', body: new URLSearchParams({ username: LOGIN, password: PASSWORD }) })
`

/** Writes the program and returns the environment that makes the command line use it. */
export async function scriptedBrowser(folder: string, user: { login: string; password: string }) {
  const path = join(folder, 'browser.mjs')
  await writeFile(path, program)
  await chmod(path, 0o755)
  return { BROWSER: path, LOGIN: user.login, PASSWORD: user.password, SEEN: join(folder, 'seen.json') }
}
