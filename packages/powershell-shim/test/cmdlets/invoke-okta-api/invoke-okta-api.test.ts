import { expect, it } from 'vitest'
import { connectToApi as connect, startApi } from '../../support/api-server.test.support.js'
import { connectByKey, OrgShell } from '../../support/org-shell.test.support.js'
import { describeInPowerShell } from '../../support/shell.test.support.js'

const connectToOkta = `${connectByKey} -Scopes okta.users.read`

describeInPowerShell('Invoke-OktaApi', () => {
  const org = new OrgShell({ script: connectToOkta })

  it('converts JSON to the same types in every engine', async () => {
    const content = {
      whole: 3,
      large: 3_000_000_000,
      half: 1.5,
      time: '2026-01-02T03:04:05.678Z',
      old: '/Date(1224043200000)/',
      yes: true,
      nothing: null,
      list: [1, 'two', []],
      inner: { deep: { deeper: { deepest: 'here' } } },
      odd: 'a_x000A_b\u0001\u2028\u{1f600}<&>"\n',
    }
    await using api = await startApi((_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(content)),
    )
    const { output, errors } = await org.run(
      `${connect}
      $content = Invoke-OktaApi -Path /x
      foreach ($member in $content.PSObject.Properties) {
        $type = '-'; if ($null -ne $member.Value) { $type = $member.Value.GetType().Name }
        "$($member.Name) $type"
      }
      $content.time.ToString('o'), $content.old, $content.inner.deep.deeper.deepest, $content.odd, $content.list[1]`,
      { tenant: api.tenant },
    )
    expect(errors).toEqual([])
    expect(output).toEqual([
      'whole Int64',
      'large Int64',
      'half Double',
      'time DateTime',
      'old String',
      'yes Boolean',
      'nothing -',
      'list ArrayList',
      'inner PSCustomObject',
      'odd String',
      ...['2026-01-02T03:04:05.6780000Z', content.old, 'here', content.odd, 'two'],
    ])
  })

  it('converts content to text when it is nested too deeply', async () => {
    const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
    await using api = await startApi(({ url }, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(nested(Number(url?.slice(1)))),
    )
    const { output, errors } = await org.run(
      `${connect}
      foreach ($depth in 30, 60, 20000) {
        $one = Invoke-OktaApi -Path "/$depth"
        $levels = 0
        while ($one -isnot [string] -and $one -isnot [long]) { $one = $one.a; $levels++ }
        "$levels $one"
      }`,
      { tenant: api.tenant },
    )
    expect(errors).toEqual([])
    const [all, some, most] = output
    expect(all).toBe('30 1')
    const [levels = '', text = ''] = some.split(' ')
    expect([Number(levels) > 30, text]).toEqual([true, nested(60 - Number(levels))])
    expect(most).toMatch(/^\d+ \.\.\.$/)
  })

  it('sends objects and lists as JSON, and text unchanged', async () => {
    const seen: unknown[] = []
    await using api = await startApi((request, response, body) => {
      seen.push([request.method, request.headers['content-type'], body])
      response.writeHead(204).end()
    })
    const { output, errors } = await org.run(
      `${connect}
      Invoke-OktaApi POST /x -Body @{ profile = @{ a = @(1, 2); b = @{ c = @{ d = 'deep' } } } }
      Invoke-OktaApi -Method put -Path /x -Body @('one')
      Invoke-OktaApi PATCH /x -Body '{"as":"it is"}'
      Invoke-OktaApi DELETE /x`,
      { tenant: api.tenant },
    )
    expect({ output, errors }).toEqual({ output: [], errors: [] })
    const bodies = seen.map(one => (one as string[])[2] ?? '')
    const json = 'application/json'
    const expected = { POST: json, PUT: json, PATCH: json, DELETE: undefined }
    expect(seen.map(one => (one as string[]).slice(0, 2))).toEqual(Object.entries(expected))
    expect(JSON.parse(bodies[0] ?? '')).toEqual({ profile: { a: [1, 2], b: { c: { d: 'deep' } } } })
    expect(bodies.slice(1)).toEqual(['["one"]', '{"as":"it is"}', ''])
  })

  it('sends only GET requests when -WhatIf is given', async () => {
    const { output } = await org.run(
      `${connectToOkta}
      $WhatIfPreference = $true
      Invoke-OktaApi POST /api/v1/users -Body @{ }
      Invoke-OktaApi DELETE /api/v1/users/x
      (Invoke-OktaApi -Path /api/v1/users?limit=1).status`,
    )
    expect(output).toEqual(['ACTIVE'])
    expect(org.okta.requests.map(({ method }) => method)).toEqual(['GET'])
  })

  it('waits when the rate limit is reached, and shows progress', async () => {
    let calls = 0
    await using api = await startApi((_request, response) => {
      calls += 1
      const reset = String(Math.floor(Date.now() / 1000) + 2)
      if (calls > 1) response.writeHead(200, { 'content-type': 'application/json' }).end('{"calls":2}')
      else response.writeHead(429, { 'x-rate-limit-reset': reset, 'x-rate-limit-remaining': '0' }).end('{}')
    })
    const { output, progress, errors } = await org.run(`${connect}\n(Invoke-OktaApi -Path /x).calls`, {
      tenant: api.tenant,
    })
    expect({ output, errors }).toEqual({ output: [2], errors: [] })
    expect(progress).toEqual([
      expect.stringMatching(/^Invoke-OktaApi: Okta's rate limit is reached. Continuing in [1-3] s. \(Processing\)$/),
      expect.stringContaining('Completed'),
    ])
  })

  it.each([
    [400, 'OktaApiFailed', 'InvalidArgument'],
    [403, 'OktaApiFailed', 'PermissionDenied'],
    [404, 'OktaApiFailed', 'ObjectNotFound'],
    [409, 'OktaApiFailed', 'ResourceExists'],
    [500, 'OktaServerFailed', 'ResourceUnavailable'],
  ])(
    'writes an error when the API responds with %i, and continues with the next path',
    async (status, id, category) => {
      await using api = await startApi(({ url }, response) => {
        const body = {
          errorCode: 'E0000001',
          errorSummary: 'Api validation failed',
          errorId: 'oae123',
          errorCauses: [{ errorSummary: 'too odd' }],
        }
        const headers = { 'content-type': 'application/json', 'x-okta-request-id': 'req-1' }
        response.writeHead(url === '/good' ? 200 : status, headers).end(JSON.stringify(body))
      })
      const { output, errors } = await org.run(
        `${connect}
      '/bad', '/good' | Invoke-OktaApi | ForEach-Object { $_.errorCode }
      $Error[0].Exception.Message
      $data = $Error[0].Exception.Data
      foreach ($name in 'OktaCode', 'StatusCode', 'OktaErrorCode', 'OktaErrorSummary', 'OktaErrorCauses', 'OktaErrorId', 'OktaRequestId') {
        "$($data[$name])"
      }`,
        { tenant: api.tenant },
      )
      const code = status === 500 ? 'server_failed' : 'api_failed'
      const data = [code, `${status}`, 'E0000001', 'Api validation failed', 'too odd', 'oae123', 'req-1']
      expect(output).toEqual([
        'E0000001',
        `GET /bad failed with HTTP ${status}: Api validation failed (E0000001).\ntoo odd.`,
        ...data,
      ])
      expect(errors).toEqual([
        {
          id: `${id},Invoke-OktaApi`,
          category,
          target: 'GET /bad',
          message: expect.stringMatching(/^\{"errorCode":"E0000001"/),
          recommendedAction: expect.stringMatching(/\S/),
        },
      ])
    },
  )

  it('sends no token when the path is a URL of another host', async () => {
    const { errors } = await org.run('Invoke-OktaApi -Path https://example.com/api/v1/users')
    expect(errors).toEqual([expect.objectContaining({ id: 'OktaOptionsInvalid,Invoke-OktaApi' })])
  })

  it('writes an error when a GET request has a body', async () => {
    const { errors } = await org.run('Invoke-OktaApi -Path /api/v1/users -Body @{ a = 1 }')
    expect(errors).toEqual([
      expect.objectContaining({
        id: 'OktaOptionsInvalid,Invoke-OktaApi',
        category: 'InvalidArgument',
        recommendedAction: expect.stringContaining('POST'),
      }),
    ])
  })

  it('writes an error when Okta cannot be reached', async () => {
    await org.run(connectToOkta)
    await using _ = await org.okta.unreachable({ forMs: 10_000 })
    const { errors } = await org.run('Invoke-OktaApi -Path /api/v1/users')
    expect(errors).toEqual([
      expect.objectContaining({ id: 'OktaNetworkFailed,Invoke-OktaApi', category: 'ConnectionError' }),
    ])
  })

  it('writes an error when it is not connected', async () => {
    const { errors } = await org.run('Disconnect-Okta; Invoke-OktaApi -Path /api/v1/users')
    expect(errors).toEqual([expect.objectContaining({ id: 'NotConnectedToOkta,Invoke-OktaApi' })])
  })
})
