import { describe, expect, it } from 'vitest'
import { apiPath } from './api-path.js'

describe('apiPath', () => {
  it.each([
    ['C:/Program Files/Git/api/v1/users?limit=1', '/api/v1/users?limit=1'],
    ['D:/msys64/api/v1/users/me', '/api/v1/users/me'],
    ['C:\\Program Files\\Git/api/v1/users', '/api/v1/users'],
    ['c:/tools/api-git/oauth2/v1/userinfo', '/oauth2/v1/userinfo'],
    ['/c/Program Files/Git/api/v1/users', '/api/v1/users'],
    ['/C/msys64/oauth2/v1/userinfo?x=/api/v1/y', '/oauth2/v1/userinfo?x=/api/v1/y'],
    ['/cygdrive/c/Program Files/Git/api/v1/users/me', '/api/v1/users/me'],
    ['C:/Program Files/Git/.well-known/okta-organization', '/.well-known/okta-organization'],
    ['C:/Program Files/Git/governance/api/v1/grants', '/governance/api/v1/grants'],
    ['C:/Program Files/Git/api/v1/users?search=C:/x/api/v1/y', '/api/v1/users?search=C:/x/api/v1/y'],
  ])('is the path that was typed when Git Bash has changed it to %s', (given, typed) => {
    expect(apiPath(given)).toBe(typed)
  })

  it.each(['api/v1/users', 'oauth2/default/.well-known/oauth-authorization-server', 'governance/api/v1/grants'])(
    'begins with a slash when %s is given without one',
    path => {
      expect(apiPath(path)).toBe(`/${path}`)
    },
  )

  it.each([
    '/api/v1/users',
    '/C:/Git/api/v1/users',
    'https://example.okta.com/api/v1/users',
    '/x?to=/api/v1/y',
    '/c/x',
    '/c?to=/d/api/v1/y',
    'users',
    '',
  ])('is unchanged when it is %j', path => {
    expect(apiPath(path)).toBe(path)
  })

  it.each(['C:/Program Files/Git/x', 'D:\\keys\\hunter2.json', 'C:/'])(
    'is an error about Git Bash when %j is not a path of Okta',
    path => {
      const act = () => apiPath(path)
      expect(act).toThrow(
        expect.objectContaining({ code: 'options_invalid', hint: expect.stringContaining('Git Bash') }),
      )
      expect(act).not.toThrow(/hunter2/)
    },
  )
})
