import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { RecordingApi } from '../../support/api-server.test.support.js'
import { describeInPowerShell } from '../../support/shell.test.support.js'

describeInPowerShell('-Body of Invoke-OktaApi', () => {
  const api = new RecordingApi()

  it.each([
    ['a time', '[datetime]::new(2026, 1, 2, 3, 4, 5, 678, [DateTimeKind]::Utc)', '"2026-01-02T03:04:05.678Z"'],
    ['a time with an offset', '[datetimeoffset] "2026-01-02T03:04:05+02:00"', '"2026-01-02T01:04:05.000Z"'],
    ['a large integer', '[bigint]::Parse("123456789012345678901234567890")', '123456789012345678901234567890'],
    ['a 64-bit integer', '[long]::MaxValue', '9223372036854775807'],
    ['a decimal', '[decimal]::Parse("0.1000000000000000000000000001")', '0.1000000000000000000000000001'],
    ['a Double', '0.1 + 0.2', '0.30000000000000004'],
    ['a Single', '[single] 0.1', '0.1'],
    ['an enum', '[DayOfWeek]::Monday', '"Monday"'],
    ['a guid', '[guid] "6f9619ff-8b86-d011-b42d-00cf4fc964ff"', '"6f9619ff-8b86-d011-b42d-00cf4fc964ff"'],
    ['a URL', '[uri] "https://example.com/a?b"', '"https://example.com/a?b"'],
    ['a char', '[char] "a"', '"a"'],
    ['$null', '$null', 'null'],
    ['a bool', '$false', 'false'],
    ['an empty list', '@()', '[]'],
    ['a list of one', ', 1', '[1]'],
    ['an empty object', '@{}', '{}'],
    ['a generic list', '[System.Collections.Generic.List[string]] @("a")', '["a"]'],
    ['text with control characters', '"a`"\\`n`t`0"', '"a\\"\\\\\\u000a\\u0009\\u0000"'],
  ])('is JSON when it has %s', async (_what, value, expected) => {
    const { errors, thrown } = await api.run(`$value = ${value}\nInvoke-OktaApi POST /x -Body @{ v = $value }`)
    expect({ errors, thrown }).toEqual({ errors: [], thrown: null })
    expect(api.bodies).toEqual([`{"v":${expected}}`])
  })

  it('is all levels of JSON when it is nested', async () => {
    const { errors, thrown } = await api.run(
      '$value = 1; foreach ($level in 1..45) { $value = @{ a = , $value } }\nInvoke-OktaApi POST /x -Body $value',
    )
    expect({ errors, thrown }).toEqual({ errors: [], thrown: null })
    expect(api.bodies).toEqual([`${'{"a":['.repeat(45)}1${']}'.repeat(45)}`])
  })

  it.each([
    ['is nested too deeply', '$value = 1; foreach ($level in 1..150) { $value = @{ a = $value } }', '100 levels'],
    ['contains itself', '$value = @{ a = 1 }; $value.self = $value', 'contains itself'],
    ['is a file', '$value = Get-Item .', 'System.IO.DirectoryInfo'],
    ['has a process', '$value = @{ p = Get-Process -Id $PID }', 'System.Diagnostics.Process'],
    ['has a SecureString', '$value = @{ p = [securestring]::new() }', 'System.Security.SecureString'],
    ['has a script block', '$value = @{ p = { 1 } }', 'System.Management.Automation.ScriptBlock'],
  ])('is an error that says why when it %s', async (_what, script, message) => {
    const { errors, thrown } = await api.run(`${script}\nInvoke-OktaApi POST /x -Body $value`)
    expect(thrown ?? errors[0]).toMatchObject({
      id: 'OktaOptionsInvalid,Invoke-OktaApi',
      target: 'Body',
      message: expect.stringContaining(message),
    })
    expect(api.lines).toEqual([])
  })

  it('is an error when it is $null', async () => {
    const { errors, thrown } = await api.run('Invoke-OktaApi POST /x -Body $none')
    expect(thrown ?? errors[0]).toMatchObject({ id: 'OktaOptionsInvalid,Invoke-OktaApi', message: '-Body is $null.' })
    expect(api.lines).toEqual([])
  })

  it('is sent as it is when it is a string', async () => {
    const text = ' {"a": 1.0, "b": "\u00e9\u{1f600}"}\r\n'
    await api.run('Invoke-OktaApi POST /x -Body $given.text', { text })
    expect(api.bodies).toEqual([text])
  })

  it('is bytes as they are when it is a file', async () => {
    const content = randomBytes(200_000)
    await writeFile(join(api.home, 'logo.png'), content)
    const { errors } = await api.run(
      `Invoke-OktaApi POST /logo -Body ([IO.File]::ReadAllBytes("$HOME/logo.png")) -ContentType image/png
      Invoke-OktaApi POST /logo -Body (Get-Content logo.png -AsByteStream -Raw) -ContentType image/png`,
    )
    expect(errors).toEqual([])
    expect(api.requests.map(({ body }) => body.equals(content))).toEqual([true, true])
  })

  it('is bytes as they are when it is the output of Get-Content -AsByteStream', async () => {
    const content = Buffer.from([123, 0, 255, 13, 10])
    await writeFile(join(api.home, 'small.bin'), content)
    const { errors } = await api.run('Invoke-OktaApi POST /x -Body (Get-Content small.bin -AsByteStream)')
    expect(errors).toEqual([])
    expect(api.requests.map(({ body }) => [...body])).toEqual([[...content]])
  })

  it('is a list of strings when they are not the lines of JSON', async () => {
    await api.run("Invoke-OktaApi POST /x -Body @('one', 'two')")
    expect(api.bodies).toEqual(['["one","two"]'])
  })
})
