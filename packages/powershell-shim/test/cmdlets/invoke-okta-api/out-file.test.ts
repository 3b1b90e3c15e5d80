import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { json, RecordingApi } from '../../support/api-server.test.support.js'
import { describeInPowerShell } from '../../support/shell.test.support.js'

const content = Buffer.concat([Buffer.from([0, 255, 254, 239, 187, 191, 13, 10]), randomBytes(3_000_000)])

describeInPowerShell('-OutFile of Invoke-OktaApi', () => {
  const api = new RecordingApi()
  const respondWithFile = () => {
    api.respond = (_request, response) => response.writeHead(200, { 'content-type': 'image/png' }).end(content)
  }

  it('saves the bytes of the response, without output', async () => {
    respondWithFile()
    const { output, errors } = await api.run('Invoke-OktaApi /logo -OutFile "$HOME/logo.png"')
    expect({ output, errors }).toEqual({ output: [], errors: [] })
    expect((await readFile(join(api.home, 'logo.png'))).equals(content)).toBe(true)
  })

  it('saves JSON as the org wrote it', async () => {
    const text = '{ "n": 1e3, "N": 2, "": 10000000000000000000000000000000000 }'
    api.respond = json(text)
    const { output, errors } = await api.run('Invoke-OktaApi /x -OutFile x.json')
    expect({ output, errors }).toEqual({ output: [], errors: [] })
    expect(await readFile(join(api.home, 'x.json'), 'utf8')).toBe(text)
  })

  it('is relative to the location of the caller', async () => {
    respondWithFile()
    await mkdir(join(api.home, 'inner'))
    const { errors } = await api.run('Set-Location inner; Invoke-OktaApi /logo -OutFile ./a.png; Set-Location $HOME')
    expect(errors).toEqual([])
    expect(existsSync(join(api.home, 'inner/a.png'))).toBe(true)
  })

  it('replaces the whole of a larger file', async () => {
    api.respond = json('"small"')
    await writeFile(join(api.home, 'large.txt'), 'x'.repeat(10_000))
    await api.run('Invoke-OktaApi /x -OutFile large.txt')
    expect(await readFile(join(api.home, 'large.txt'), 'utf8')).toBe('"small"')
  })

  it('writes an error when the folder does not exist', async () => {
    respondWithFile()
    const { errors } = await api.run('Invoke-OktaApi /logo -OutFile nowhere/logo.png')
    expect(errors).toMatchObject([
      {
        id: 'OktaStoreFailed,Invoke-OktaApi',
        message: expect.stringMatching(/nowhere\/logo\.png: its folder does not exist/),
        recommendedAction: expect.stringContaining('-OutFile'),
      },
    ])
  })

  it('writes an error when it is a folder', async () => {
    respondWithFile()
    const { errors } = await api.run('Invoke-OktaApi /logo -OutFile $HOME')
    expect(errors).toMatchObject([
      { id: 'OktaStoreFailed,Invoke-OktaApi', message: expect.stringContaining('it is a folder') },
    ])
  })

  it('keeps an earlier file, and writes an error, when the org responds with one', async () => {
    api.respond = json({ errorCode: 'E0000007', errorSummary: 'Not found' }, 404)
    await writeFile(join(api.home, 'kept.json'), 'before')
    const { errors } = await api.run('Invoke-OktaApi /x -OutFile kept.json\nInvoke-OktaApi /x -OutFile new.json')
    expect(errors.map(({ id }) => id)).toEqual(Array(2).fill('OktaApiFailed,Invoke-OktaApi'))
    expect(await readFile(join(api.home, 'kept.json'), 'utf8')).toBe('before')
    expect(existsSync(join(api.home, 'new.json'))).toBe(false)
  })

  it('leaves no part of a file when the connection ends', async () => {
    api.respond = (_request, response) => {
      response.writeHead(200, { 'content-length': '1000000', 'content-type': 'image/png' })
      response.write(Buffer.alloc(100_000), () => response.destroy())
    }
    const { errors } = await api.run('Invoke-OktaApi /logo -OutFile part.png')
    expect(errors).toMatchObject([{ id: 'OktaNetworkFailed,Invoke-OktaApi' }])
    expect(existsSync(join(api.home, 'part.png'))).toBe(false)
  })

  it.each([
    ['-Paginate', '-OutFile a.json -Paginate', 'cannot be used together'],
    ['an empty path', "-OutFile ''", 'not the path'],
    ['a path of another provider', '-OutFile Env:/a', 'file system'],
    ['a drive that does not exist', '-OutFile nodrive:/a', 'file system'],
    ['an object', '-OutFile @{ a = 1 }', 'not the path'],
  ])('is an error, without a request, with %s', async (_what, args, message) => {
    const { errors, thrown } = await api.run(`Invoke-OktaApi /x ${args}`)
    expect(thrown ?? errors[0]).toMatchObject({
      id: 'OktaOptionsInvalid,Invoke-OktaApi',
      target: 'OutFile',
      message: expect.stringContaining(message),
    })
    expect(api.lines).toEqual([])
  })
})
