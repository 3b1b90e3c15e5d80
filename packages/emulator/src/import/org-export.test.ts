import { describe, expect, it } from 'vitest'
import { ADA, users } from '../../test/support/org-export.test.support.js'
import { ExportError, type OrgExport, parseExport } from './org-export.js'

describe('parseExport', () => {
  it('reads a file for each list', () => {
    const files = {
      '/tmp/x/users.json': JSON.stringify(users),
      'groupMembers.json': '{"00g1":["00uada00000000000001"]}',
    }
    const result: OrgExport = parseExport(files)
    expect(result.users).toHaveLength(2)
    expect(result.groupMembers).toEqual({ '00g1': [ADA] })
    expect(result.apps).toEqual([])
  })

  it.each<[Record<string, string>, string]>([
    [{ 'users.json': '[{"id": "secret",' }, 'users.json: The file is not valid JSON.'],
    [{ 'users.json': '{"errorCode":"E0000011"}' }, 'users.json: The file is an error response of the API.'],
    [{ 'users.json': '"x"' }, 'users.json: The file has no list.'],
    [{ 'users.json': '[{"id":"00u1","profile":{}}]' }, 'users.json: users[0].profile.login: '],
    [{ 'people.json': '[]' }, 'people.json: Name the file after its list, or put lists into an object.'],
    [{ 'org.json': '{"user":[]}' }, 'org.json: Name the file after its list, or put lists into an object.'],
    [{ 'org.json': '{"users":[]}', 'users.json': '[]' }, 'users.json: users is in org.json too.'],
  ])('names the file of a broken export: %j', (files, message) => {
    const action = () => parseExport(files)
    expect(action).toThrow(ExportError)
    expect(action).toThrow(message)
    expect(action).not.toThrow('secret')
  })
})
