import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { beforeEach, describe, expect, it } from 'vitest'
import { newFolder } from '../../test/support/new-folder.test.support.js'
import { core, startProgram, stores } from '../../test/support/run-program.test.support.js'
import { TestUser, useSignInOrg } from '../../test/support/sign-in-org.test.support.js'
import { connect, type Notice, resume } from '../index.js'
import { createFileStore } from '../stores/file/file-store.js'
import type { TokenStore } from '../stores/token-store.js'

const org = useSignInOrg()
let directory: string
let store: TokenStore

beforeEach(async () => {
  directory = join(await newFolder(), 'tokens')
  store = createFileStore({ directory })
})

/** Starts a process that waits for a user to sign in. Returns the process and the authorization URL. */
async function startSignIn(more = {}): Promise<{ process: ChildProcess; url: URL }> {
  const script = `
    import { connect } from ${core}
    import { createFileStore } from ${stores}
    const store = createFileStore({ directory: ${JSON.stringify(directory)} })
    await connect(${JSON.stringify({ ...org.app(), ...more })}, { store, openBrowser: async url => console.log(url.href) })`
  const child = startProgram(script)
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return { process: child, url: new URL(line) }
}

describe('a client that waits for the sign-in of another process', () => {
  it('reports the URL of that sign-in, opens no browser and uses its token', async () => {
    const other = await startSignIn()
    const testUser = new TestUser(org.okta)
    const notices: Notice[] = []
    const notify = (notice: Notice) => {
      notices.push(notice)
      // The user signs in at the URL of the notice.
      if (notice.code === 'waiting') void testUser.openBrowser(other.url)
    }
    const openBrowser = async () => expect.unreachable('a second browser was opened')
    const session = await connect(org.app(), { store, notify, openBrowser })
    expect((await session.fetch('/api/v1/users/me')).status).toBe(200)
    expect(notices[0]?.message).toContain(`process ${other.process.pid} on `)
    expect(notices[0]?.message).toContain(other.url.href)
    if (other.process.exitCode === null) await once(other.process, 'exit')
  })

  it('reports login_required at once when it cannot open a browser', async () => {
    await connect(org.app(), { store, openBrowser: new TestUser(org.okta).openBrowser })
    // Okta forgets the sign-in, so that a refresh fails and the other process needs a user.
    const session = await resume({}, { store })
    await session.token()
    await org.okta.reset()
    const other = await startSignIn({ forceLogin: true })
    try {
      await expect(session.token({ forceRefresh: true })).rejects.toMatchObject({ code: 'login_required' })
    } finally {
      other.process.kill('SIGKILL')
      await once(other.process, 'exit')
    }
  })

  it('starts its own sign-in when that process ends', async () => {
    const other = await startSignIn()
    const waiting = connect(org.app(), { store, openBrowser: new TestUser(org.okta).openBrowser })
    other.process.kill('SIGKILL')
    expect((await (await waiting).token()).type).toBe('Bearer')
  })
})
