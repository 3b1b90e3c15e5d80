import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { RecordingApi } from '../../support/api-server.test.support.js'
import { describeInPowerShell } from '../../support/shell.test.support.js'

describeInPowerShell('the path and the method of Invoke-OktaApi', () => {
  const api = new RecordingApi()

  it.each([
    ['a path', '/api/v1/x', 'GET /api/v1/x'],
    ['a method and a path', 'DELETE /api/v1/x', 'DELETE /api/v1/x'],
    ['a path and a method', '/api/v1/x DELETE', 'DELETE /api/v1/x'],
    ['a method in lower case', 'delete /api/v1/x', 'DELETE /api/v1/x'],
    ['a path, and the name of the method', '/api/v1/x -Method Delete', 'DELETE /api/v1/x'],
    ['the name of the path, and a method', '-Path /api/v1/x DELETE', 'DELETE /api/v1/x'],
    ['both names', '-Method DELETE -Path /api/v1/x', 'DELETE /api/v1/x'],
    ['the name that Invoke-RestMethod has', '-Uri /api/v1/x', 'GET /api/v1/x'],
    ['a URL of the org', '"$($given.tenant)/api/v1/x"', 'GET /api/v1/x'],
    ['a URL as an object', '([uri] "$($given.tenant)/api/v1/x")', 'GET /api/v1/x'],
  ])('are bound when the arguments are %s', async (_what, args, request) => {
    const { errors, thrown } = await api.run(`Invoke-OktaApi ${args}`)
    expect({ errors, thrown }).toEqual({ errors: [], thrown: null })
    expect(api.lines).toEqual([request])
  })

  it.each([
    ['GET', '/api/v1/x'],
    ['POST', '/api/v1/x'],
  ])('are in a verbose message when the method is %s', async (method, path) => {
    const { verbose } = await api.run(`Invoke-OktaApi ${method} ${path} -Verbose`)
    expect(verbose).toContain(`Sending ${method} ${path}`)
  })

  it.each([
    ['there is no path', 'Invoke-OktaApi', 'Path'],
    ['there is only a method', 'Invoke-OktaApi DELETE', 'Path'],
    ['the path is an empty variable', 'Invoke-OktaApi -Path $none', 'Path'],
    ['the path is empty by position', 'Invoke-OktaApi $none', 'Path'],
    ['the path is empty after a method', 'Invoke-OktaApi DELETE $none', 'Path'],
    ['the method is unknown', 'Invoke-OktaApi /api/v1/x FETCH', 'Method'],
    ['the path is a hashtable', 'Invoke-OktaApi @{ id = 1 }', 'Path'],
    ['the path is an object', "Invoke-OktaApi ([pscustomobject] @{ id = '1' })", 'Path'],
    [
      'an object is in the path',
      "Invoke-OktaApi DELETE \"/api/v1/users/$([pscustomobject] @{ id = '1'; status = 'x' })\"",
      'Path',
    ],
  ])('are an error when %s', async (_what, script, target) => {
    const { errors, thrown } = await api.run(script)
    expect(thrown ?? errors[0]).toMatchObject({
      id: 'OktaOptionsInvalid,Invoke-OktaApi',
      target,
      recommendedAction: expect.stringMatching(/\S/),
    })
    expect(api.lines).toEqual([])
  })

  it.each([
    ['DELETE "/api/v1/users/$none"', 'ends with a slash'],
    ['DELETE "/api/v1/groups/$none/users/1"', 'empty part'],
    ['POST "/api/v1/users/$none/lifecycle/deactivate"', 'empty part'],
    ['PUT "/api/v1/users/$none`?x=1"', 'empty part'],
  ])('are an error when a variable in the path is empty: %s', async (args, message) => {
    const { errors } = await api.run(`Invoke-OktaApi ${args}`)
    expect(errors).toMatchObject([
      {
        id: 'OktaOptionsInvalid,Invoke-OktaApi',
        message: expect.stringContaining(message),
        recommendedAction: 'Check that each variable in it has a value.',
      },
    ])
    expect(api.lines).toEqual([])
  })
})

describeInPowerShell('the pipeline of Invoke-OktaApi', () => {
  const api = new RecordingApi()

  it.each([
    ['GET', "'/a', '/b' | Invoke-OktaApi", ['GET /a', 'GET /b'], ['', '']],
    ['a method', "'/a', '/b' | Invoke-OktaApi DELETE", ['DELETE /a', 'DELETE /b'], ['', '']],
    ['a body', "'/a', '/b' | Invoke-OktaApi POST -Body @{ n = 1 }", ['POST /a', 'POST /b'], ['{"n":1}', '{"n":1}']],
    ['URLs as objects', '[uri] "$($given.tenant)/a" | Invoke-OktaApi', ['GET /a'], ['']],
    ['nothing', '@() | Invoke-OktaApi; @() | Invoke-OktaApi POST /a', [], []],
  ])('has paths when there is no path: %s', async (_what, script, requests, bodies) => {
    const { errors, thrown } = await api.run(script)
    expect({ errors, thrown }).toEqual({ errors: [], thrown: null })
    expect([api.lines, api.bodies]).toEqual([requests, bodies])
  })

  it.each([
    ['hashtables', '@{ id = 1 }, @{ id = 2 }', 2],
    ['objects', "[pscustomobject] @{ id = '1'; path = '/a' }", 1],
    ['a number', '5', 1],
    ['$null', '$null', 1],
  ])('is an error for each object, without a request, when a path belongs there: %s', async (_what, value, count) => {
    const { errors, thrown } = await api.run(`${value} | Invoke-OktaApi`)
    expect(thrown).toBeNull()
    expect(errors).toHaveLength(count)
    expect(errors[0]).toMatchObject({
      id: 'OktaOptionsInvalid,Invoke-OktaApi',
      target: 'Path',
      recommendedAction: expect.stringContaining('Pipe strings'),
    })
    expect(api.lines).toEqual([])
  })

  it('sends the paths after one that is an object', async () => {
    const { errors } = await api.run("'/a', @{ id = 1 }, '/b' | Invoke-OktaApi")
    expect(errors).toHaveLength(1)
    expect(api.lines).toEqual(['GET /a', 'GET /b'])
  })

  it('has bodies, one a request, when there is a path', async () => {
    const { errors } = await api.run(
      `@{ n = 1 }, [pscustomobject] @{ n = 2 } | Invoke-OktaApi POST /groups
      @{ n = 3 } | Invoke-OktaApi -Path /groups -Method POST`,
    )
    expect(errors).toEqual([])
    expect(api.lines).toEqual(Array(3).fill('POST /groups'))
    expect(api.bodies.map(body => JSON.parse(body))).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
  })

  it('has the lines of one body when they are strings', async () => {
    const value = { profile: { name: 'a', list: [1, 2] } }
    await writeFile(join(api.home, 'group.json'), JSON.stringify(value, undefined, 2))
    const { errors } = await api.run(
      `Get-Content group.json | Invoke-OktaApi POST /groups
      Get-Content group.json -Raw | Invoke-OktaApi POST /groups
      Invoke-OktaApi POST /groups -Body (Get-Content group.json)
      Invoke-OktaApi POST /groups -Body (Get-Content group.json -Raw)`,
    )
    expect(errors).toEqual([])
    expect(api.bodies.map(body => JSON.parse(body))).toEqual(Array(4).fill(value))
  })

  it('has bytes of one body when it is a file', async () => {
    const content = Buffer.from([0, 255, 254, 13, 10, 128, 1])
    await writeFile(join(api.home, 'logo.png'), content)
    const { errors } = await api.run('Get-Content logo.png -AsByteStream | Invoke-OktaApi POST /logo')
    expect(errors).toEqual([])
    expect(api.requests.map(({ body }) => body)).toEqual([content])
  })

  it.each([
    ['there is a -Body too', '@{ a = 1 } | Invoke-OktaApi POST /x -Body @{ b = 2 }'],
    ['a body is $null', '$null | Invoke-OktaApi POST /x'],
  ])('is an error when %s', async (_what, script) => {
    const { errors, thrown } = await api.run(script)
    expect(thrown ?? errors[0]).toMatchObject({
      id: 'OktaOptionsInvalid,Invoke-OktaApi',
      message: expect.stringContaining('-Body'),
    })
    expect(api.lines).toEqual([])
  })

  it('is an error when a GET request would get a body', async () => {
    const { errors, thrown } = await api.run("'{}' | Invoke-OktaApi /api/v1/users")
    expect([...errors, ...(thrown ? [thrown] : [])]).toMatchObject([{ id: 'OktaOptionsInvalid,Invoke-OktaApi' }])
    expect(api.lines).toEqual([])
  })
})
