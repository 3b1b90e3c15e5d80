import { expect, it } from 'vitest'
import { connectToApi as connect, startApi } from '../../support/api-server.test.support.js'
import { connectByKey, OrgShell } from '../../support/org-shell.test.support.js'
import { describeInPowerShell } from '../../support/shell.test.support.js'

const connectToOkta = `${connectByKey} -Scopes okta.users.read`

describeInPowerShell('Invoke-OktaApi -Paginate', () => {
  const org = new OrgShell({ script: connectToOkta })

  it('returns lists item by item, and requests pages only as they are needed', async () => {
    const { output, progress } = await org.run(
      `${connectToOkta}
      @(Invoke-OktaApi -Path '/api/v1/users?limit=10').Count
      @(Invoke-OktaApi -Path '/api/v1/users?limit=10' -Paginate).Count`,
    )
    expect(output[0]).toBe(10)
    expect(output[1]).toBeGreaterThan(20)
    expect(progress.join()).toContain('Page 2 of /api/v1/users?limit=10')
    org.okta.clearRequests()
    const some = await org.run(`
      foreach ($once in 1) { Invoke-OktaApi -Path '/api/v1/users?limit=10' -Paginate | ForEach-Object { $_.status; break } }
      (Get-OktaContext).ClientId`)
    expect(some.errors).toEqual([])
    expect(some.output).toEqual(['ACTIVE', org.given.clientId])
    expect(org.okta.requests).toHaveLength(1)
    for (const [end, expected] of [
      ['Select-Object -First 1', ['ACTIVE']],
      ["ForEach-Object { throw 'no more' }", [expect.stringContaining('no more')]],
    ] as const) {
      org.okta.clearRequests()
      const { output } = await org.run(
        `try { (Invoke-OktaApi -Path '/api/v1/users?limit=10' -Paginate | ${end}).status } catch { "$_" }
        (Get-OktaContext).ClientId`,
      )
      expect(output).toEqual([...expected, org.given.clientId])
      expect(org.okta.requests).toHaveLength(1)
    }
  })

  it('requests the next page after continue in the pipeline', async () => {
    const { output } = await org.run(
      "Invoke-OktaApi -Path '/api/v1/users?limit=10' -Paginate | ForEach-Object { $_.status; continue }",
    )
    expect(output.length).toBeGreaterThan(2)
    expect(new Set(output)).toEqual(new Set(['ACTIVE']))
  })

  it.each([
    ['leads to the same page', () => '/pages?after=1'],
    ['leads to an earlier page', (path: string) => `/pages?after=${path.endsWith('1') ? 2 : 1}`],
    ['leads to another host', () => 'http://localhost:1/pages?after=2'],
  ])('stops with an error when the link to the next page %s', async (_what, linkAfter) => {
    const paths: string[] = []
    await using api = await startApi(({ url = '' }, response) => {
      paths.push(url)
      // Without the guard, the pages never end.
      const link = paths.length > 20 ? {} : { link: `<${linkAfter(url)}>; rel="next"` }
      response.writeHead(200, { 'content-type': 'application/json', ...link }).end(JSON.stringify([url]))
    })
    const { output, errors } = await org.run(`${connect}\nInvoke-OktaApi -Path '/pages?after=1' -Paginate`, {
      tenant: api.tenant,
    })
    expect(paths).toEqual([...new Set(paths)])
    expect(output).toEqual(paths)
    expect(errors).toEqual([
      expect.objectContaining({
        id: 'OktaServerFailed,Invoke-OktaApi',
        message: expect.stringContaining('The link to the next page leads to'),
      }),
    ])
  })

  it('reads pages for each item of other pages', async () => {
    await using api = await startApi(({ url = '' }, response) => {
      const link = url.endsWith('?2') ? {} : { link: `<${url}?2>; rel="next"` }
      response.writeHead(200, { 'content-type': 'application/json', ...link }).end(JSON.stringify([`${url}.`]))
    })
    const { output, errors } = await org.run(
      `${connect}
      Invoke-OktaApi -Path /a -Paginate | ForEach-Object { $outer = $_; Invoke-OktaApi -Path /b -Paginate | ForEach-Object { "$outer $_" } }`,
      { tenant: api.tenant },
    )
    expect({ output, errors }).toEqual({ output: ['/a. /b.', '/a. /b?2.', '/a?2. /b.', '/a?2. /b?2.'], errors: [] })
  })

  it('writes an error when -Paginate is used with another method than GET', async () => {
    const { errors } = await org.run(`${connectToOkta}\nInvoke-OktaApi POST /api/v1/users -Body '{}' -Paginate`)
    expect(errors).toEqual([
      expect.objectContaining({ id: 'OktaOptionsInvalid,Invoke-OktaApi', category: 'InvalidArgument' }),
    ])
  })
})
