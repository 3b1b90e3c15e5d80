import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connectToApi as connect, startApi } from '../../support/api-server.test.support.js'
import { describeInPowerShell, Shell } from '../../support/shell.test.support.js'

describeInPowerShell('a large response to Invoke-OktaApi', () => {
  let shell: Shell
  beforeAll(async () => {
    shell = await Shell.start()
  })
  afterAll(() => shell[Symbol.asyncDispose]())

  async function expectTooLarge(encoding: string, body: Buffer) {
    await using api = await startApi(({ url }, response) => {
      const headers = { 'content-type': 'application/json', 'content-encoding': url === '/x' ? encoding : 'identity' }
      response.writeHead(200, headers).end(url === '/x' ? body : '"small"')
    })
    const { output, errors } = await shell.run(`${connect}\nInvoke-OktaApi -Path /x\nInvoke-OktaApi -Path /y`, {
      tenant: api.tenant,
    })
    // Not the output itself, which may be too large to be shown.
    expect(output.length).toBe(1)
    expect(output).toEqual(['small'])
    expect(errors).toEqual([
      expect.objectContaining({
        id: 'OktaServerFailed,Invoke-OktaApi',
        message: expect.stringMatching(/larger than \d+ MiB/),
        recommendedAction: expect.stringContaining('-Paginate'),
      }),
    ])
  }

  it('writes an error for a small gzip body of half a gigabyte', async () => {
    await expectTooLarge('gzip', Buffer.concat(Array(32).fill(gzipSync(Buffer.alloc(2 ** 24, '1,')))))
  })

  it('writes an error for millions of lists', async () => {
    await expectTooLarge('identity', Buffer.from(`[${'[],'.repeat(3_500_000)}1]`))
  })
})
