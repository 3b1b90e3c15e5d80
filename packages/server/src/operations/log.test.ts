import { describe, expect, it } from 'vitest'
import { createLogs, printableLine } from './log.js'

describe('a log line', () => {
  it('contains no terminal control characters when a username contains some', () => {
    const written: string[] = []
    const { log, auditLog } = createLogs('info', { write: line => void written.push(line) })
    const userName = 'ada\u009b2J\u001b[31m\u202eevil\u0085\r\n'
    auditLog.info({ audit: 'sign_in', userName })
    log.warn({ reason: userName }, userName)
    const lines = written.join('').trimEnd().split('\n')
    expect(lines).toHaveLength(2)
    for (const line of lines) expect(line).not.toMatch(/\p{Cc}|[\u202a-\u202e]/u)
    // The JSON value is not changed.
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ userName })
  })

  it('keeps line ends in text for the terminal', () => {
    expect(printableLine('one\n\u001b[2Jtwo\n')).toBe('one\n\\u001b[2Jtwo\n')
  })
})
