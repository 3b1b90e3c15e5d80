import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Person, type SignInOrg, startSignInOrg } from '../../test/support/person.test.support.js'
import { core, startProgram, stores } from '../../test/support/program.test.support.js'
import { connect, type Notice, resume } from '../index.js'
import { createFileStore } from '../stores/file/file-store.js'
import type { TokenStore } from '../stores/token-store.js'

let org: SignInOrg
let directory: string
let store: TokenStore
const notices: Notice[] = []

beforeAll(async () => {
  org = await startSignInOrg()
})
afterAll(() => org.okta.close())
beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'waiting-')), 'tokens')
  store = createFileStore({ directory })
  notices.length = 0
})

/** Another process, in which somebody is asked to sign in and takes their time. Gives the address that they see. */
async function anotherSignsIn(more = {}): Promise<{ process: ChildProcess; url: URL }> {
  const script = `
    import { connect } from ${core}
    import { createFileStore } from ${stores}
    const store = createFileStore({ directory: ${JSON.stringify(directory)} })
    await connect(${JSON.stringify({ ...org.app(), ...more })}, { store, openBrowser: async url => console.log(url.href) })`
  const child = startProgram(script)
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return { process: child, url: new URL(line) }
}

describe('who waits for the sign-in of another process', () => {
  it('sees its address, opens no tab, and has its token in the end', async () => {
    const other = await anotherSignsIn()
    const person = new Person(org.okta)
    const notify = (notice: Notice) => {
      notices.push(notice)
      // They sign in at the address that they are shown here.
      if (notice.code === 'waiting') void person.openBrowser(other.url)
    }
    const openBrowser = async () => expect.unreachable('a second tab was opened')
    const session = await connect(org.app(), { store, notify, openBrowser })
    expect((await session.fetch('/api/v1/users/me')).status).toBe(200)
    expect(notices[0]?.message).toContain(`process ${other.process.pid} on `)
    expect(notices[0]?.message).toContain(other.url.href)
    if (other.process.exitCode === null) await once(other.process, 'exit')
  })

  it('and may ask nobody is told at once that somebody has to sign in', async () => {
    await connect(org.app(), { store, openBrowser: new Person(org.okta).openBrowser })
    // The login ends at Okta, so that a refresh fails and the other process asks a person.
    const session = await resume({}, { store })
    await session.token()
    await org.okta.reset()
    const other = await anotherSignsIn({ forceLogin: true })
    try {
      await expect(session.token({ forceRefresh: true })).rejects.toMatchObject({ code: 'login_required' })
    } finally {
      other.process.kill('SIGKILL')
      await once(other.process, 'exit')
    }
  })

  it('goes on when that process dies', async () => {
    const other = await anotherSignsIn()
    const waiting = connect(org.app(), { store, openBrowser: new Person(org.okta).openBrowser })
    other.process.kill('SIGKILL')
    expect((await (await waiting).token()).type).toBe('Bearer')
  })
})
