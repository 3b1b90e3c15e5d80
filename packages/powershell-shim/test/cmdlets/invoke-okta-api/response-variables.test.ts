import { expect, it } from 'vitest'
import { json, RecordingApi } from '../../support/api-server.test.support.js'
import { describeInPowerShell } from '../../support/shell.test.support.js'

const notFound = { errorCode: 'E0000007', errorSummary: 'Not found' }

describeInPowerShell('-StatusCodeVariable and -ResponseHeadersVariable of Invoke-OktaApi', () => {
  const api = new RecordingApi()
  const args = '-StatusCodeVariable status -ResponseHeadersVariable headers'

  it('set the variables of the caller', async () => {
    api.respond = json([], 200, { 'X-Rate-Limit-Remaining': '599', Link: '<a>; rel="self", <b>; rel="other"' })
    const { output, errors } = await api.run(
      `Invoke-OktaApi /x ${args}
      $status.GetType().Name, $status, $headers['x-RATE-limit-remaining'][0]
      $headers['Link'].Count, $headers['Link'][1], $headers.ContainsKey('link')`,
    )
    expect(errors).toEqual([])
    expect(output).toEqual(['Int32', 200, '599', 2, '<b>; rel="other"', true])
  })

  it('set the variables of a function, and not those outside of it', async () => {
    const { output } = await api.run(
      `$status = 'outside'
      function Get-Status { Invoke-OktaApi /x -StatusCodeVariable status; "in function: $status" }
      Get-Status
      $status`,
    )
    expect(output).toEqual(['in function: 204', 'outside'])
  })

  it('set the variables of a script file', async () => {
    const { output } = await api.run(
      `Set-Content status.ps1 'Invoke-OktaApi /x -StatusCodeVariable status; "in script: $status"'
      ./status.ps1`,
    )
    expect(output).toEqual(['in script: 204'])
  })

  it('set variables with the scope that is in their names', async () => {
    const { output } = await api.run(
      `$global:status = 0
      function Set-It { Invoke-OktaApi /x -StatusCodeVariable global:status }
      Set-It
      $global:status
      Remove-Variable -Scope Global status`,
    )
    expect(output).toEqual([204])
  })

  it('are those of the error when a later call fails, and $null when it has no response', async () => {
    api.respond = ({ url }, response) =>
      response.writeHead(url === '/x' ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(notFound))
    const { output, errors } = await api.run(
      `$null = Invoke-OktaApi /x ${args}
      Invoke-OktaApi /y ${args}
      $status, $headers['Content-Type']
      Invoke-OktaApi https://other.example.com/y ${args}
      ($null -eq $status), ($null -eq $headers)`,
    )
    expect(errors).toHaveLength(2)
    expect(output).toEqual([404, ['application/json'], true, true])
  })

  it('are $null when a later call is not sent', async () => {
    const { output } = await api.run(
      `Invoke-OktaApi /x ${args}
      Invoke-OktaApi DELETE "/x/$none" ${args}
      ($null -eq $status), ($null -eq $headers)`,
    )
    expect(output).toEqual([true, true])
  })

  it('are those of the last response with -Paginate', async () => {
    api.respond = ({ url }, response) => {
      const link: Record<string, string> = url === '/x' ? { link: `<${api.tenant}/x?after=1>; rel="next"` } : {}
      response.writeHead(200, { 'content-type': 'application/json', 'x-page': `${url}`, ...link }).end('[1]')
    }
    const { output } = await api.run(
      `Invoke-OktaApi /x -Paginate -ResponseHeadersVariable headers\n"$($headers['X-Page'])"`,
    )
    expect(output).toEqual([1, 1, '/x?after=1'])
  })

  it('have the status when -OutFile is given', async () => {
    api.respond = json('{}', 201)
    const { output } = await api.run(`Invoke-OktaApi POST /x -OutFile created.json ${args}\n$status`)
    expect(output).toEqual([201])
  })
})

describeInPowerShell('-SkipHttpErrorCheck of Invoke-OktaApi', () => {
  const api = new RecordingApi()

  it.each([400, 403, 404, 409, 500])('returns the response, without an error, when its status is %i', async status => {
    api.respond = json(notFound, status)
    const { output, errors } = await api.run(
      `(Invoke-OktaApi DELETE /x -SkipHttpErrorCheck -StatusCodeVariable status).errorCode\n$status`,
    )
    expect({ output, errors }).toEqual({ output: ['E0000007', status], errors: [] })
  })

  it('saves the response with -OutFile', async () => {
    api.respond = json(notFound, 404)
    const { output, errors } = await api.run(
      'Invoke-OktaApi /x -SkipHttpErrorCheck -OutFile failed.json\nGet-Content failed.json -Raw',
    )
    expect(errors).toEqual([])
    expect(JSON.parse(output[0])).toEqual(notFound)
  })

  it('writes an error when it is $false', async () => {
    api.respond = json(notFound, 404)
    const { errors } = await api.run('Invoke-OktaApi /x -SkipHttpErrorCheck:$false')
    expect(errors).toMatchObject([{ id: 'OktaApiFailed,Invoke-OktaApi' }])
  })

  it('writes an error when the org cannot be reached', async () => {
    api.respond = (_request, response) => response.destroy()
    const { errors } = await api.run('Invoke-OktaApi POST /x -SkipHttpErrorCheck')
    expect(errors).toMatchObject([{ id: 'OktaNetworkFailed,Invoke-OktaApi' }])
  })
})
