import { createServer } from 'node:net'
import { expect, it } from 'vitest'
import { freePort } from '../index.js'

it('returns a port below the ephemeral range that is free on 127.0.0.1 and ::1', async () => {
  for (const host of ['127.0.0.1', '::1']) {
    const port = await freePort()
    expect(port).toBeGreaterThanOrEqual(20_000)
    expect(port).toBeLessThan(32_000)
    const server = createServer()
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
    await new Promise(resolve => server.close(resolve))
  }
})
