import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { newFolder } from '../../../test/support/new-folder.test.support.js'
import { recordKey } from '../../../test/support/records.test.support.js'
import { redisStoreVariables } from '../../../test/support/redis-server.test.support.js'
import { currentEnvironment } from '../../environment.js'
import { openStore } from '../open-store.js'
import { openRedisStore } from './redis-store.js'

describe('openRedisStore', () => {
  it.each<[string, NodeJS.ProcessEnv, RegExp]>([
    ['no key', {}, /needs an encryption key/],
    ['a key that is too short', { CONNECT_OKTA_STORE_KEY: 'c2hvcnQ=' }, /not 32 bytes/],
    ['a missing key file', { CONNECT_OKTA_STORE_KEY_FILE: '/nowhere/store.key' }, /nowhere.store\.key/],
  ])('rejects %s before it sends anything', (_what, given, message) => {
    expect(() => openRedisStore('redis://127.0.0.1:1', given)).toThrow(
      expect.objectContaining({ code: 'options_invalid', message: expect.stringMatching(message) }),
    )
  })

  it('reads its key from a file and shows no password', async () => {
    const path = join(await newFolder(), 'key')
    await writeFile(path, `${redisStoreVariables.CONNECT_OKTA_STORE_KEY}\n`)
    const store = openRedisStore('redis://:a-password@127.0.0.1:1/3', { CONNECT_OKTA_STORE_KEY_FILE: path })
    expect(store.location).toBe('redis://127.0.0.1:1/3')
    const attempt = store.read(recordKey)
    await expect(attempt).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.not.stringContaining('a-password'),
    })
  })

  it('is called by openStore with a Redis URL', () => {
    const environment = currentEnvironment(redisStoreVariables)
    expect(openStore('redis://127.0.0.1:1', { environment }).location).toBe('redis://127.0.0.1:1')
    expect(() => openStore('mongodb://127.0.0.1')).toThrow(expect.objectContaining({ code: 'options_invalid' }))
  })
})
