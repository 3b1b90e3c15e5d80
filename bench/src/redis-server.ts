import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '@connect-okta/emulator'
import { createClient } from 'redis'

/** A separate Redis server without persistence. */
export interface RedisServer {
  readonly url: string
  stop(): Promise<void>
}

/** Starts a {@link RedisServer} on a free port, and waits until it responds. */
export async function startRedis(): Promise<RedisServer> {
  const port = await freePort()
  const server = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', ''], {
    stdio: 'ignore',
  })
  const exited = once(server, 'exit')
  const url = `redis://127.0.0.1:${port}`
  for (let tries = 0; !(await answers(url)); tries++) {
    if (tries > 100) throw new Error('redis-server does not start')
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

async function answers(url: string): Promise<boolean> {
  const client = createClient({ url, socket: { reconnectStrategy: false } }).on('error', () => {})
  const isThere = await client.connect().then(
    () => true,
    () => false,
  )
  client.destroy()
  return isThere
}
