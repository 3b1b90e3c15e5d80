import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, inject, it } from 'vitest'
import { startRedisProgram } from '../../../../scripts/testing/redis-program.js'

const { redisServer = '' } = inject('systemNeeds')

describe.runIf(redisServer !== '')('startRedisProgram', () => {
  it('starts Redis on another port when another program has taken its port', async () => {
    const other = createServer()
    const ports: number[] = []
    const redis = await startRedisProgram(redisServer, async port => {
      ports.push(port)
      if (!other.listening) await once(other.listen(port, '127.0.0.1'), 'listening')
      return ['--port', String(port), '--bind', '127.0.0.1', '--save', '']
    })
    expect(ports).toEqual([expect.any(Number), redis.port])
    await redis.kill()
    await new Promise(resolve => other.close(resolve))
  })
  it('reports the log of Redis when it never starts', async () => {
    await expect(startRedisProgram(redisServer, () => ['--no-such-setting', '1'])).rejects.toThrow('no-such-setting')
  })
})
