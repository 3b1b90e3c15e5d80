import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, inject, it } from 'vitest'
import { shellVariables } from './shell-variables.js'

const hostile = `a'b"c$(id)\`id\` %PATH% ’ !x`

describe('shellVariables', () => {
  it.skipIf(process.platform === 'win32')('sets exactly the value in a POSIX shell', () => {
    const texts = [
      hostile,
      ...fc.sample(
        fc.string({ unit: 'binary' }).map(text => text.replaceAll(/[\0\\]/g, '')),
        20,
      ),
    ]
    for (const text of texts) {
      const script = `${shellVariables({ A: text }, 'sh')}\nprintf %s "$A"`
      expect(execFileSync('sh', ['-c', script]).toString()).toBe(Buffer.from(text).toString())
    }
  })

  it.skipIf(inject('systemNeeds').fish === undefined)('sets exactly the value in fish', () => {
    for (const text of [hostile, "\\';cat</etc/hostname>pwn;#", 'x\\']) {
      const script = `${shellVariables({ A: text }, 'fish')}\nprintf %s "$A"`
      expect(execFileSync('fish', ['-c', script]).toString()).toBe(text)
    }
  })

  it('rejects a backslash in a POSIX shell, which fish reads differently', () => {
    expect(() => shellVariables({ A: "\\'" }, 'sh')).toThrow(expect.objectContaining({ code: 'options_invalid' }))
  })

  it.each([
    ['sh', 'unset A'],
    ['fish', 'set -e A'],
    ['powershell', 'Remove-Item Env:A -ErrorAction Ignore'],
    ['cmd', 'set "A="'],
  ] as const)('removes a variable in %s', (shell, command) => {
    expect(shellVariables({ A: undefined }, shell)).toBe(command)
  })

  it('doubles each quotation mark that PowerShell reads as one', () => {
    expect(shellVariables({ A: "a'b’c$x" }, 'powershell')).toBe("$env:A = 'a''b’’c$x'")
  })

  it('sets a variable in cmd.exe, and rejects what cmd.exe cannot hold', () => {
    expect(shellVariables({ A: 'a.b-c&d' }, 'cmd')).toBe('set "A=a.b-c&d"')
    for (const value of ['a"b', 'a%b', 'a!b', 'a\nb']) {
      expect(() => shellVariables({ A: value }, 'cmd')).toThrow(expect.objectContaining({ code: 'options_invalid' }))
    }
  })
})
