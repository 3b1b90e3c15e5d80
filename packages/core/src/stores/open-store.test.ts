import { describe, expect, it, vi } from 'vitest'
import { newFolder } from '../../test/support/new-folder.test.support.js'
import { useServiceOrg } from '../../test/support/service-org.test.support.js'
import { currentEnvironment } from '../environment.js'
import { connect, type Notice } from '../index.js'
import { openStore } from './open-store.js'
import { userStore } from './user-store.js'

const org = useServiceOrg()
// A machine without a keyring.
vi.mock('@napi-rs/keyring', () => {
  throw new Error('not installed')
})

describe('a store that was opened without notify', () => {
  it.each([
    ['the store', openStore],
    ['a part of the store', (...given: Parameters<typeof openStore>) => userStore(openStore(...given), 'ada')],
  ])('sends its notices to connect: %s', async (_what, open) => {
    const environment = currentEnvironment({ CONNECT_OKTA_STATE_DIR: await newFolder() })
    const store = open('auto', { environment })
    const notices: Notice[] = []
    await connect(org.app(), { store, notify: notice => void notices.push(notice) })
    expect(notices).toMatchObject([{ code: 'store_unencrypted' }])
  })
})
