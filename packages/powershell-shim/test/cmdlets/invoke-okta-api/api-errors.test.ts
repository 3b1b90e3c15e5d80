import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { connectToApi, json, RecordingApi } from '../../support/api-server.test.support.js'
import { describeInPowerShell, runPowerShell } from '../../support/shell.test.support.js'

const invalid = {
  errorCode: 'E0000001',
  errorSummary: 'Api validation failed: login',
  errorLink: 'E0000001',
  errorId: 'oae123',
  errorCauses: [
    { errorSummary: 'login: An object with this field already exists' },
    { errorSummary: 'email: Does not match required pattern' },
  ],
}
const headers = { 'x-okta-request-id': 'req-1' }
const message = [
  'POST /x failed with HTTP 400: Api validation failed: login (E0000001).',
  'login: An object with this field already exists.',
  'email: Does not match required pattern.',
]

describeInPowerShell('an error of the API', () => {
  const api = new RecordingApi()
  beforeEach(() => {
    api.respond = json(invalid, 400, headers)
  })

  it('has what the API responded as properties of its exception', async () => {
    const { output } = await api.run(
      `try { Invoke-OktaApi POST /x -Body @{} -ErrorAction Stop }
      catch {
        $e = $_.Exception
        $e.StatusCode, $e.ErrorCode, $e.ErrorSummary, $e.ErrorId, $e.RequestId, $e.ErrorCauses.Count, $e.ErrorCauses[1], $e.Message
        $e.StatusCode.GetType().Name
        if ($e.StatusCode -eq 400) { 'is 400' }
      }`,
    )
    const [status, code, summary, id, request, count, cause, text, ...others] = output
    expect([status, code, summary, id, request, count]).toEqual([
      400,
      'E0000001',
      invalid.errorSummary,
      'oae123',
      'req-1',
      2,
    ])
    expect(cause).toBe('email: Does not match required pattern')
    expect(text.split('\n')).toEqual(message)
    expect(others).toEqual(['Int32', 'is 400'])
  })

  it('has the JSON of the API as ErrorDetails.Message, as an error of Invoke-RestMethod', async () => {
    const { output } = await api.run(
      `try { Invoke-OktaApi POST /x -Body @{} -ErrorAction Stop } catch { $own = $_ }
      try { Invoke-RestMethod "$($given.tenant)/x" -Method Post -Body '{}' } catch { $theirs = $_ }
      $own.ErrorDetails.Message
      # PowerShell 7.4 and later indent it.
      ($own.ErrorDetails.Message -creplace '\\s') -ceq ($theirs.ErrorDetails.Message -creplace '\\s')
      ($own.ErrorDetails.Message | ConvertFrom-Json).errorCauses[0].errorSummary
      [int] $own.Exception.StatusCode -eq [int] $theirs.Exception.StatusCode`,
    )
    expect(JSON.parse(output[0])).toEqual(invalid)
    expect(output.slice(1)).toEqual([true, invalid.errorCauses[0]?.errorSummary, true])
  })

  it('has properties that are $null, and no causes, when the API responds with text', async () => {
    api.respond = (_request, response) => response.writeHead(404, { 'content-type': 'text/html' }).end('<p>none</p>')
    const { output } = await api.run(
      `try { Invoke-OktaApi DELETE /x -ErrorAction Stop } catch { $e = $_.Exception }
      Set-StrictMode -Version 3.0
      $e.StatusCode, ($null -eq $e.ErrorCode), ($null -eq $e.ErrorId), ($null -eq $e.RequestId), $e.ErrorCauses.Count, $e.Message`,
    )
    expect(output).toEqual([404, true, true, true, 0, expect.stringContaining('DELETE /x failed with HTTP 404')])
  })

  it('has its message, not JSON, in the views of PowerShell', async () => {
    const { output } = await api.run(
      `$PSStyle.OutputRendering = 'PlainText'
      Invoke-OktaApi POST /x -Body @{} -ErrorAction SilentlyContinue
      ($Error[0] | Out-String), (Get-Error -Newest 1 | Out-String)`,
    )
    for (const line of message) expect(output[0]).toContain(line)
    expect(output[0]).toContain('Recommendation: ')
    expect(output[0]).not.toContain('"errorCode"')
    expect(output[1]).toContain(message[0])
  })

  it('is an error with the path when a response is no error of Okta', async () => {
    api.respond = json('[1, 2]', 400)
    const { errors } = await api.run('Invoke-OktaApi POST /x -Body @{}')
    expect(errors).toMatchObject([
      { id: 'OktaApiFailed,Invoke-OktaApi', target: 'POST /x', category: 'InvalidArgument' },
    ])
  })
})

describeInPowerShell('an error of the API on the console', () => {
  const api = new RecordingApi()
  let home: string
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'console-'))
  })
  afterAll(() => rm(home, { recursive: true, force: true }))
  beforeEach(() => {
    api.respond = json(invalid, 400, headers)
  })
  const script = () =>
    `$given = @{ tenant = '${api.tenant}' }; ${connectToApi}; Invoke-OktaApi POST /x -Body @{ a = 1 }`
  const env = { NO_COLOR: '1' }

  it('has a line for each cause, and a recommendation', async () => {
    const { stdout, stderr } = await runPowerShell(['-NoProfile', '-Command', script()], home, { env })
    expect(stdout).toBe('')
    const lines = stderr.split(/\r?\n/).map(line => line.trim().replace(/^\| */, ''))
    for (const line of message) expect(lines.some(one => one.endsWith(line))).toBe(true)
    expect(stderr).toContain('Recommendation: ')
    expect(stderr).not.toContain('"errorCode"')
  })

  it('names the line of a script', async () => {
    await writeFile(join(home, 'use.ps1'), `${script().replaceAll('; ', '\n')}\n`)
    const { stderr } = await runPowerShell(['-NoProfile', '-File', 'use.ps1'], home, { env })
    expect(stderr).toMatch(/use\.ps1:3/)
    expect(stderr).toContain('An object with this field already exists')
  })
})

describeInPowerShell('a list of several pages', () => {
  const api = new RecordingApi()
  beforeEach(() => {
    api.respond = (request, response) => {
      const link: Record<string, string> = request.url?.includes('after')
        ? {}
        : { link: `<${api.tenant}/x?after=1>; rel="next"` }
      response.writeHead(200, { 'content-type': 'application/json', ...link }).end('[1]')
    }
  })

  it.each([
    ['without a limit', 'Invoke-OktaApi /x', 1],
    ['with other parameters', "Invoke-OktaApi '/x?search=a' -Query @{ sortBy = 'b' }", 1],
    ['with a limit in the path', "Invoke-OktaApi '/x?limit=1'", 0],
    ['with a limit in -Query', 'Invoke-OktaApi /x -Query @{ limit = 1 }', 0],
    ['with -Paginate', 'Invoke-OktaApi /x -Paginate', 0],
    ['that is the last one', "Invoke-OktaApi '/x?after=1'", 0],
  ])('causes a warning only if the rest is missed unknowingly: %s', async (_what, script, count) => {
    const { warnings, errors } = await api.run(script)
    expect(errors).toEqual([])
    expect(warnings).toEqual(Array(count).fill('There are more pages: add -Paginate, or set a limit.'))
  })
})
