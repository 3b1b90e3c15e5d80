import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from 'redis'

/** Starts a Redis on a port that is free, and waits until it answers. */
export async function startRedis(): Promise<{ url: string; stop(): Promise<void> }> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  probe.close()
  const server = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', ''], {
    stdio: 'ignore',
  })
  const exited = once(server, 'exit')
  const url = `redis://127.0.0.1:${port}`
  for (let tries = 0; tries < 100; tries++) {
    const client = createClient({ url, socket: { reconnectStrategy: false } }).on('error', () => {})
    const answers = await client.connect().then(
      () => true,
      () => false,
    )
    client.destroy()
    if (answers) break
    await sleep(50)
  }
  return {
    url,
    async stop() {
      server.kill('SIGKILL')
      await exited
    },
  }
}
