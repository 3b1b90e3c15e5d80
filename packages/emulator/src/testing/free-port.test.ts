import { createServer } from 'node:net'
import { expect, it } from 'vitest'
import { freePort } from '../index.js'

it('a free port is one to listen on, also at ::1, and one that no system gives away', async () => {
  for (const host of ['127.0.0.1', '::1']) {
    const port = await freePort()
    expect(port).toBeGreaterThanOrEqual(20_000)
    expect(port).toBeLessThan(32_000)
    const server = createServer()
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
    await new Promise(resolve => server.close(resolve))
  }
})
