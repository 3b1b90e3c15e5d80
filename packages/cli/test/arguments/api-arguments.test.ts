import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { beforeEach, describe, expect, it } from 'vitest'
import { startOrg } from '../support/hostile-org.test.support.js'
import { emptyHome, run as runCommand } from '../support/run.test.support.js'

let home: string
let seen: string[]
let org: string[]

beforeEach(async () => {
  home = await emptyHome()
  seen = []
  org = await startOrg(home, async (request, response) => {
    seen.push([request.method, request.url, await text(request)].join(' ').trim())
    response.writeHead(200, { 'content-type': 'application/json' }).end('[1]')
  })
})

const api = (args: readonly string[], input = '') =>
  runCommand(['api', ...args, ...org], { HOME: home }, { input, cwd: home })

describe('api', () => {
  it.each<[string, string[], string]>([
    ['the path comes before the method', ['/api/v1/users', 'GET'], 'GET /api/v1/users'],
    ['the path comes before the method of a body', ['api/v1/x', 'put', '-F', 'a=1'], 'PUT /api/v1/x {"a":1}'],
    ['the path begins with two slashes', ['//api/v1/users'], 'GET /api/v1/users'],
    ['another parameter is in the path', ['GET', '/x?limit=2', '-F', 'after=1'], 'GET /x?limit=2&after=1'],
    ['the same name is in the path of a body', ['POST', '/x?a=2', '-F', 'a=1'], 'POST /x?a=2 {"a":1}'],
    ['a field of the query is given twice', ['GET', '/x', '-F', 'a=1', '-F', 'a=2'], 'GET /x?a=1&a=2'],
    ['the fields are items of a list', ['/x', '-F', 'a[]=1', '-F', 'a[]=2'], 'POST /x {"a":[1,2]}'],
  ])('sends the request that is meant when %s', async (_what, args, request) => {
    expect(await api(args)).toMatchObject({ code: 0, stdout: '[1]', stderr: '' })
    expect(seen).toEqual([request])
  })

  it('reads the body from a file that is written as curl does, unless a file has that name', async () => {
    await writeFile(join(home, 'group.json'), '{"a":1}')
    await writeFile(join(home, '@other.json'), '{"b":1}')
    await api(['POST', '/x', '--input', '@group.json'])
    await api(['POST', '/x', '--input=@other.json'])
    await api(['POST', '/x', '--input', '@-'], '{"c":1}')
    expect(seen).toEqual(['POST /x {"a":1}', 'POST /x {"b":1}', 'POST /x {"c":1}'])
  })

  it('rejects a folder for the body', async () => {
    const { code, stderr } = await api(['POST', '/x', '--input', '.'])
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('It is a folder, not a file.') })
  })

  it.each<[string, string[], string]>([
    ['a body for --input', ['/x', '--input', '{"a":1}'], 'Option --input is the path of a file, not JSON.'],
    ['a list for --input', ['/x', '--input', ' [{"S3":1}]'], "echo 'JSON' | connect-okta api POST PATH --input -"],
    ['a field with a name that begins with @', ['/x', '-F', 'login=@S3'], '-f (--raw-field) sends the value as text'],
    ['a field twice', ['/x', '-F', 'a=S3', '-F', 'a=S4'], 'The field a is specified more than once.'],
    ['a field twice, once as text', ['/x', '-f', 'a=S3', '-F', 'a=1'], 'write a[]=VALUE for each'],
    ['a member twice', ['/x', '-F', 'profile[name]=S3', '-F', 'profile[name]=S4'], 'The field profile[name] is'],
    ['a field that is in the query', ['GET', '/x?limit=S3', '-F', 'limit=1'], 'The field limit is also in the path.'],
    [
      'a field that is in the query without a method',
      ['/x?limit=S3', '-F', 'limit=1'],
      'The field limit is also in the',
    ],
    ['a field that is in the query, as text', ['DELETE', '/x?a=1&b%5B%5D=2', '-f', 'b[]=S4'], 'Specify it once'],
    ['-X', ['-X', 'POST', '/x'], 'Specify the method as an argument: connect-okta api POST PATH'],
    ['-X with its value', ['-XPOST', '/x'], 'Specify the method as an argument'],
    ['--request', ['--request=PUT', '/x'], 'Specify the method as an argument'],
    ['-d', ['/x', '-d', '{"a":1}'], 'Specify the body with -F name=value, or its file with --input FILE'],
    ['-d with its value', ['/x', '-d{"a":1}'], 'Specify the body with -F name=value'],
    ['--data', ['/x', '--data', '@S3'], 'Specify the body with -F name=value'],
    [
      'JSON as an argument',
      ['POST', '/x', '{"S3":1}'],
      'Specify the body with -F name=value, or its file with --input',
    ],
    ['a method without a path', ['GET'], 'Missing argument: connect-okta api GET PATH'],
    ['--data-raw', ['/x', '--data-raw=x'], 'Specify the body with -F name=value'],
  ])('rejects %s with what to write instead', async (_what, args, words) => {
    const { code, stdout, stderr } = await api(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(words)
    expect(stderr).not.toMatch(/S3|S4/)
    expect(seen).toEqual([])
  })
})

describe('api --paginate --include', () => {
  it('prints the items, and a note that the headers are not printed', async () => {
    const { code, stdout, stderr } = await api(['/x', '--paginate', '--include'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: '1\n' })
    expect(stderr).toBe('note: --include has no effect with --paginate.\n')
  })
})

describe('a page of a gateway instead of a response of the API', () => {
  const page = '<!doctype html><title>Sign in to this network</title>'
  async function gateway(): Promise<void> {
    org = await startOrg(home, (_request, response) => response.setHeader('content-type', 'text/html').end(page))
  }

  it('is printed with a note when JSON was requested', async () => {
    await gateway()
    const { code, stdout, stderr } = await api(['/api/v1/users'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: page })
    expect(stderr).toContain('note: The response is an HTML page, not a response of the Okta API.')
    expect(await api(['/x', '-H', 'Accept: text/html'])).toMatchObject({ code: 0, stdout: page, stderr: '' })
  })

  it('is an error with --paginate, and nothing is printed', async () => {
    await gateway()
    for (const flags of [['--paginate'], ['--paginate', '--json']]) {
      const { code, stdout, stderr } = await api(['/api/v1/users', ...flags])
      expect({ code, stdout }).toEqual({ code: 5, stdout: '' })
      expect(stderr).toContain('The response is an HTML page, not a response of the Okta API.')
      expect(stderr).toContain('whether a proxy or a sign-in page of the network responded instead of Okta')
    }
  })
})
