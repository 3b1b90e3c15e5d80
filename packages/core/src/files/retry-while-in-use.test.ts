import { describe, expect, it } from 'vitest'
import { retryWhileInUse } from './retry-while-in-use.js'

/** Returns an operation of the file system that fails with these errors, and then succeeds. */
function failingWith(...codes: string[]): () => string {
  return () => {
    const code = codes.shift()
    if (code !== undefined) throw Object.assign(new Error(code), { code })
    return 'done'
  }
}

describe('retryWhileInUse', () => {
  it.each(['EPERM', 'EACCES', 'EBUSY'])('runs an operation again that Windows rejects with %s', async code => {
    expect(await retryWhileInUse(failingWith(code, code, code), 'win32')).toBe('done')
  })

  it('reports the error when the file stays in use', async () => {
    const attempt = retryWhileInUse(failingWith(...Array(10_000).fill('EBUSY')), 'win32')
    await expect(attempt).rejects.toMatchObject({ code: 'EBUSY' })
  })

  it.each<[string, NodeJS.Platform]>([
    ['ENOSPC', 'win32'],
    ['EBUSY', 'linux'],
    ['EACCES', 'darwin'],
  ])('reports %s immediately on %s', async (code, platform) => {
    await expect(retryWhileInUse(failingWith(code), platform)).rejects.toMatchObject({ code })
  })
})
