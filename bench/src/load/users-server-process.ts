import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A server with users in a separate process. */
export interface UsersServerProcess {
  readonly origin: string
  close(): Promise<void>
}

/**
 * Starts a {@link UsersServerProcess}.
 *
 * @param total the number of users.
 */
export async function startUsersServerProcess(total: number): Promise<UsersServerProcess> {
  const child = fork(fileURLToPath(new URL('./users-server.js', import.meta.url)))
  child.send(total)
  const [{ origin }] = (await once(child, 'message')) as [{ origin: string }]
  return {
    origin,
    async close() {
      child.kill()
      await once(child, 'exit')
    },
  }
}
