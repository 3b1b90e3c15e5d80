import { describe, expect, it } from 'vitest'
import { selectionFlags } from './selection-flags.js'

describe('selectionFlags', () => {
  it.each<[string[], string]>([
    [['token'], ''],
    [['token', '--profile', 'b', '--json'], ' --profile b'],
    [['api', '--profile=b', '/api/v1/users', '-F', 'limit=5'], ' --profile=b'],
    [['api', '--profile', 'b', 'POST', '/api/v1/users', '--input', '-'], ' --profile b'],
    [['api', '--scopes', 'a', 'b', '/api/v1/users'], ' --scopes a b'],
    [['token', '--scope', 'a b', '--quiet'], ' --scope "a b"'],
    [
      ['header', '--tenant', 'x.okta.com', '--client', '0oa1', '--url', '/x', '--jwk-file', '-'],
      ' --tenant x.okta.com --client 0oa1 --jwk-file -',
    ],
    [['token', '--jwk-file', 'C:\\keys\\a.json'], ' --jwk-file C:\\keys\\a.json'],
    [['token', '--client-id', 'a'.repeat(42)], ''],
    [['token', `--client-id=${'a'.repeat(42)}`], ''],
    [['token', '--profile', 'a$(b)'], ''],
    [['token', '--profile', 'a\u001b[2J'], ''],
  ])('finds the flags that select a connection in %j', (args, expected) => {
    expect(selectionFlags(args)).toBe(expected)
  })
})
