import { expect, it } from 'vitest'
import { json, RecordingApi } from '../../support/api-server.test.support.js'
import { describeInPowerShell } from '../../support/shell.test.support.js'

describeInPowerShell('the times of Invoke-OktaApi', () => {
  const api = new RecordingApi()

  it.each([
    ['2026-01-02T03:04:05.678Z', '2026-01-02T03:04:05.6780000Z'],
    ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.0000000Z'],
    ['2026-01-02T03:04:05.123456789Z', '2026-01-02T03:04:05.1234567Z'],
    ['2026-01-02T03:04:05+02:00', '2026-01-02T01:04:05.0000000Z'],
    ['2024-02-29T23:59:59.999-05:00', '2024-03-01T04:59:59.9990000Z'],
  ])('are DateTime in UTC when the org writes %s', async (text, expected) => {
    api.respond = json({ created: text })
    const { output } = await api.run(
      '$time = (Invoke-OktaApi /x).created\n$time.GetType().Name, "$($time.Kind)", $time.ToString(\'o\')',
    )
    expect(output).toEqual(['DateTime', 'Utc', expected])
  })

  it.each([
    '2026-01-02',
    '2026-02-30T00:00:00Z',
    '2023-02-29T00:00:00Z',
    '2026-01-02T24:00:00Z',
    '2026-01-02T03:04:05',
    '2026-01-02 03:04:05Z',
    ' 2026-01-02T03:04:05Z',
    '0001-01-01T00:00:00Z',
    '/Date(1224043200000)/',
    'at 2026-01-02T03:04:05Z',
  ])('are text when they are not times: %s', async text => {
    api.respond = json([{ value: text }])
    const { output } = await api.run('$value = (Invoke-OktaApi /x).value\n$value.GetType().Name, $value')
    expect(output).toEqual(['String', text])
  })

  it('are compared with Get-Date, in any time zone and culture', async () => {
    const daysAgo = (days: number) => ({ id: days, created: new Date(Date.now() - days * 86_400_000).toISOString() })
    api.respond = json([89, 91, 400, 0].map(daysAgo))
    const { output } = await api.run(
      `[cultureinfo]::CurrentCulture = 'de-DE'
      try { (Invoke-OktaApi /x | Where-Object created -lt (Get-Date).AddDays(-90)).id }
      finally { [cultureinfo]::CurrentCulture = 'en-US' }`,
    )
    expect(output).toEqual([91, 400])
  })
})

describeInPowerShell('the numbers of Invoke-OktaApi', () => {
  const api = new RecordingApi()

  it.each([
    ['3', 'Int64'],
    ['-9007199254740993', 'Int64'],
    ['9007199254740993', 'Int64'],
    ['9223372036854775807', 'Int64'],
    ['9223372036854775808', 'Decimal'],
    ['-9223372036854775809', 'Decimal'],
    ['1000000000000000000000000001', 'Decimal'],
    ['1.5', 'Double'],
    ['0.30000000000000004', 'Double'],
  ])('have all of their digits when the org writes %s', async (text, type) => {
    api.respond = json(`{"n":${text}}`)
    const { output, errors } = await api.run(
      `$n = (Invoke-OktaApi /x).n
      $n.GetType().Name, $n.ToString([cultureinfo]::InvariantCulture)
      Invoke-OktaApi POST /y -Body @{ n = $n }`,
    )
    expect({ output: output.slice(0, 2), errors }).toEqual({ output: [type, text], errors: [] })
    expect(api.bodies.at(-1)).toBe(`{"n":${text}}`)
  })

  it.each(['1000000000000000000000000000000', '1e400', '-1e400'])(
    'are an error that says so when the org writes %s',
    async text => {
      api.respond = json(`{"n":${text}}`)
      const { output, errors } = await api.run('Invoke-OktaApi /x')
      expect(output).toEqual([])
      expect(errors).toMatchObject([
        {
          id: 'OktaServerFailed,Invoke-OktaApi',
          message: expect.stringMatching(/number/),
          recommendedAction: 'Save the response unchanged with -OutFile.',
        },
      ])
    },
  )

  it('have all of their digits when they are nested deeply', async () => {
    const nested = (depth: number) => `${'{"a":'.repeat(depth)}9007199254740993${'}'.repeat(depth)}`
    api.respond = json(nested(60))
    const { output, errors } = await api.run(
      '$one = Invoke-OktaApi /x\n$levels = 0\nwhile ($one -isnot [string]) { $one = $one.a; $levels++ }\n$levels, $one',
    )
    expect(errors).toEqual([])
    expect(output[1]).toBe(nested(60 - output[0]))
  })
})

describeInPowerShell('the names of properties of Invoke-OktaApi', () => {
  const api = new RecordingApi()

  it.each([
    ['differ only in case', '{"Case":1,"case":2}', 'Case and case'],
    ['are empty', '{"a":{"":1}}', 'a property without a name'],
  ])('are an error that says so when they %s', async (_what, text, message) => {
    api.respond = json(text)
    const { output, errors } = await api.run('Invoke-OktaApi /x')
    expect(output).toEqual([])
    expect(errors).toMatchObject([
      {
        id: 'OktaServerFailed,Invoke-OktaApi',
        message: expect.stringContaining(message),
        recommendedAction: expect.stringContaining('-OutFile'),
      },
    ])
  })

  it('are those of the org when they are names of PowerShell', async () => {
    const value = { Count: 1, Length: 2, 'a b': 4, __proto: 5, 'a.b': 6 }
    api.respond = json(value)
    const { errors } = await api.run('$value = Invoke-OktaApi /x\nInvoke-OktaApi POST /y -Body $value')
    expect(errors).toEqual([])
    expect(JSON.parse(api.bodies.at(-1) ?? '')).toEqual(value)
  })
})

describeInPowerShell('an object that is read, changed and written', () => {
  const api = new RecordingApi()

  it('keeps every other value', async () => {
    const text =
      '{"id":"1","created":"2026-01-02T03:04:05.678Z","activated":null,"n":9007199254740993,"rate":0.1,"list":[1,["a"],{}],' +
      '"profile":{"nickName":"x","hired":"2026-01-02T03:04:05+02:00","badge":"2026-01-02T03:04:05.1234567890Z","empty":""}}'
    api.respond = json(text)
    const { errors } = await api.run(
      "$user = Invoke-OktaApi /x\n$user.profile.nickName = 'y'\nInvoke-OktaApi PUT /x -Body $user",
    )
    expect(errors).toEqual([])
    expect(api.bodies.at(-1)).toBe(text.replace('"x"', '"y"'))
  })
})
