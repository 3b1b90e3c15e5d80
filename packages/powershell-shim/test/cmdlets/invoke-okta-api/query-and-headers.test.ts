import { expect, it } from 'vitest'
import { RecordingApi } from '../../support/api-server.test.support.js'
import { describeInPowerShell } from '../../support/shell.test.support.js'

describeInPowerShell('-Query of Invoke-OktaApi', () => {
  const api = new RecordingApi()
  const queryOf = (path = '') => [...new URL(path, 'http://org').searchParams]

  it.each([
    ['spaces and quotes', '@{ search = \'a "b" c\' }', [['search', 'a "b" c']]],
    ['& and #', "@{ search = 'R&D #1 = 100% + more' }", [['search', 'R&D #1 = 100% + more']]],
    ['other characters', "@{ q = 'Zo\u00eb \u{1f600}' }", [['q', 'Zo\u00eb \u{1f600}']]],
    ['an odd name', "@{ 'a b&c' = 1 }", [['a b&c', '1']]],
    ['a number', '@{ limit = 200 }', [['limit', '200']]],
    ['a bool', '@{ expand = $true }', [['expand', 'true']]],
    [
      'a list',
      "([ordered] @{ id = 'a', 'b'; n = 1 })",
      [
        ['id', 'a'],
        ['id', 'b'],
        ['n', '1'],
      ],
    ],
    [
      'a time',
      '@{ since = [datetime]::new(2026, 1, 2, 3, 4, 5, [DateTimeKind]::Utc) }',
      [['since', '2026-01-02T03:04:05.000Z']],
    ],
    [
      'a time with an offset',
      '@{ since = [datetimeoffset] "2026-01-02T03:04:05+02:00" }',
      [['since', '2026-01-02T01:04:05.000Z']],
    ],
    ['an empty string', "@{ q = '' }", [['q', '']]],
  ])('is encoded when it has %s', async (_what, query, expected) => {
    const { errors, thrown } = await api.run(`Invoke-OktaApi /x -Query ${query}`)
    expect({ errors, thrown }).toEqual({ errors: [], thrown: null })
    expect(queryOf(api.requests[0]?.path)).toEqual(expected)
    expect(api.requests[0]?.path).toMatch(/^\/x\?[\w.~%+&=:*-]+$/)
  })

  it('is added to the query of the path, before a fragment', async () => {
    const { errors } = await api.run(
      "Invoke-OktaApi '/x?a=1#part' -Query @{ b = 2 }\nInvoke-OktaApi '/x?' -Query @{ b = 2 }",
    )
    expect(errors).toEqual([])
    expect(queryOf(api.requests[0]?.path)).toEqual([
      ['a', '1'],
      ['b', '2'],
    ])
    expect(queryOf(api.requests[1]?.path)).toEqual([['b', '2']])
  })

  it('is added to each piped path', async () => {
    await api.run("'/a', '/b' | Invoke-OktaApi -Query @{ limit = 1 }")
    expect(api.lines).toEqual(['GET /a?limit=1', 'GET /b?limit=1'])
  })

  it.each([
    ['is $null', '@{ search = $none }', 'search'],
    ['has $null in a list', "@{ id = 'a', $null }", 'id'],
    ['is an object', '@{ user = [pscustomobject] @{ id = 1 } }', 'user'],
    ['is a hashtable', '@{ user = @{ id = 1 } }', 'user'],
  ])('is an error with its name when a value %s', async (_what, query, name) => {
    const { errors, thrown } = await api.run(`Invoke-OktaApi /x -Query ${query}`)
    expect(thrown ?? errors[0]).toMatchObject({
      id: 'OktaOptionsInvalid,Invoke-OktaApi',
      message: `The value of ${name} in -Query is not text.`,
      target: 'Query',
    })
    expect(api.lines).toEqual([])
  })

  it('is an error when the path has the same name', async () => {
    const { errors } = await api.run("Invoke-OktaApi '/x?limit=10' -Query @{ limit = 20 }")
    expect(errors).toMatchObject([
      { id: 'OktaOptionsInvalid,Invoke-OktaApi', message: 'The path and -Query both have limit.' },
    ])
    expect(api.lines).toEqual([])
  })

  it.each(["'a=1'", "@('a', 'b')", '5'])('is an error of PowerShell when it is not a hashtable: %s', async value => {
    const { errors, thrown } = await api.run(`Invoke-OktaApi /x -Query ${value}`)
    expect((thrown ?? errors[0])?.id).toBe('ParameterArgumentTransformationError,Invoke-OktaApi')
    expect(api.lines).toEqual([])
  })

  it('has the same numbers and times in every culture', async () => {
    const { errors } = await api.run(
      `[cultureinfo]::CurrentCulture = 'de-DE'
      try {
        Invoke-OktaApi POST /x -Query @{ n = 1.5 } -Body @{ n = 1.5; d = [decimal] 1234.5; t = [datetime]::new(2026, 1, 2, 3, 4, 5, [DateTimeKind]::Utc) }
        Invoke-OktaApi POST /x -Query @{ t = [datetime]::new(2026, 1, 2, 3, 4, 5, [DateTimeKind]::Utc) } -Body @{ n = -0.25; i = 1234567 }
      }
      finally { [cultureinfo]::CurrentCulture = 'en-US' }`,
    )
    expect(errors).toEqual([])
    expect(api.requests.map(({ path }) => queryOf(path))).toEqual([[['n', '1.5']], [['t', '2026-01-02T03:04:05.000Z']]])
    expect(api.bodies.map(body => JSON.parse(body))).toEqual([
      { n: 1.5, d: 1234.5, t: '2026-01-02T03:04:05.000Z' },
      { n: -0.25, i: 1234567 },
    ])
  })
})

describeInPowerShell('-Headers and -ContentType of Invoke-OktaApi', () => {
  const api = new RecordingApi()

  it('are sent as text', async () => {
    const { errors } = await api.run(
      `Invoke-OktaApi PUT /x -Body @{ a = 1 } -Headers @{ 'If-Match' = '"tag"'; 'X-Number' = 5; 'X-Flag' = $true }`,
    )
    expect(errors).toEqual([])
    expect(api.requests[0]?.headers).toMatchObject({
      'if-match': '"tag"',
      'x-number': '5',
      'x-flag': 'true',
      'content-type': 'application/json',
    })
  })

  it.each([
    ['-ContentType', "-ContentType 'application/xml' -Body '<a/>'", 'application/xml'],
    ['-Headers', "-Headers @{ 'content-type' = 'application/xml' } -Body '<a/>'", 'application/xml'],
    ['bytes', '-Body ([byte[]] (0, 255))', 'application/octet-stream'],
    ['bytes and -ContentType', "-Body ([byte[]] (0, 255)) -ContentType 'image/png'", 'image/png'],
    ['a string', "-Body '{}'", 'application/json'],
  ])('set the content type when the call has %s', async (_what, args, type) => {
    const { errors, thrown } = await api.run(`Invoke-OktaApi POST /x ${args}`)
    expect({ errors, thrown }).toEqual({ errors: [], thrown: null })
    expect(api.requests[0]?.headers['content-type']).toBe(type)
  })

  it('does not replace the access token when -Headers has Authorization', async () => {
    const { errors, thrown } = await api.run("Invoke-OktaApi /x -Headers @{ Authorization = 'Bearer other' }")
    expect([...errors, thrown ?? []].flat()).toMatchObject([{ id: 'OktaOptionsInvalid,Invoke-OktaApi' }])
    expect(JSON.stringify(errors)).not.toContain('other')
    expect(api.lines).toEqual([])
  })

  it.each([
    ['$null', "@{ 'If-Match' = $none }", 'If-Match'],
    ['a list', "@{ 'X-A' = 'a', 'b' }", 'X-A'],
    ['an object', "@{ 'X-A' = @{ b = 1 } }", 'X-A'],
  ])('are an error with the name when a value is %s', async (_what, headers, name) => {
    const { errors, thrown } = await api.run(`Invoke-OktaApi /x -Headers ${headers}`)
    expect(thrown ?? errors[0]).toMatchObject({
      id: 'OktaOptionsInvalid,Invoke-OktaApi',
      message: `The value of ${name} in -Headers is not text.`,
    })
    expect(api.lines).toEqual([])
  })

  it('are an error when a value has a line break', async () => {
    const { errors, thrown } = await api.run('Invoke-OktaApi /x -Headers @{ A = "a`r`nX-B: c" }')
    expect((thrown ?? errors[0])?.id).toBe('OktaOptionsInvalid,Invoke-OktaApi')
    expect(api.lines).toEqual([])
  })
})
