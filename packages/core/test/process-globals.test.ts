import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

// Who reads the clock, the network or the environment anywhere else cannot be tested, nor told what to use instead.
it('touches the world in its defaults alone', async () => {
  const source = fileURLToPath(new URL('../src', import.meta.url))
  const names = await readdir(source, { recursive: true })
  const allowed = ['deps.ts', 'environment.ts', 'sign-in/open-browser.ts']
  const rooms = names.filter(name => name.endsWith('.ts') && !name.includes('.test.') && !allowed.includes(name))
  expect(rooms.length).toBeGreaterThan(10)
  const touches = /\bDate\.now\b|\bnew Date\(\)|\bprocess\.env\b|globalThis\.fetch\(|child_process/
  for (const name of rooms) {
    const lines = (await readFile(`${source}/${name}`, 'utf8')).split('\n')
    expect({ name, lines: lines.filter(line => touches.test(line)) }).toEqual({ name, lines: [] })
  }
})
