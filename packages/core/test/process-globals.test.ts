import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

// All other modules receive the clock, the network and the environment as arguments, so that tests can replace them.
it('uses process globals only in the modules that provide defaults', async () => {
  const source = fileURLToPath(new URL('../src', import.meta.url))
  const names = (await readdir(source, { recursive: true })).map(name => name.replaceAll('\\', '/'))
  const allowed = ['deps.ts', 'environment.ts', 'keys/identity/run-command.ts', 'sign-in/open-browser.ts']
  const modules = names.filter(name => name.endsWith('.ts') && !name.includes('.test.') && !allowed.includes(name))
  expect(modules.length).toBeGreaterThan(10)
  const globals = /\bDate\.now\b|\bnew Date\(\)|\bprocess\.env\b|globalThis\.fetch\(|child_process/
  for (const name of modules) {
    const lines = (await readFile(`${source}/${name}`, 'utf8')).split('\n')
    expect({ name, lines: lines.filter(line => globals.test(line)) }).toEqual({ name, lines: [] })
  }
})
