import { describe, expect, it } from 'vitest'
import { apiError, matches } from '../../test/support/expressions.test.support.js'
import { LOGS_FILTER } from './logs-filter.js'

describe('filter of the system log', () => {
  const event = {
    eventType: 'user.session.start',
    displayMessage: 'User login to Okta',
    actor: { id: '00u1', type: 'User' },
    outcome: { result: 'FAILURE', reason: null },
    target: [{ id: '00u1' }, { id: '0oa1' }],
    debugContext: { debugData: { url: '/oauth/x?' } },
    transaction: { detail: { requestApiTokenId: '00T1' } },
  }

  it.each([
    ['eventType eq "user.session.start" and outcome.result eq "FAILURE"', true],
    ['event_type eq "user.session.start"', true],
    ['target.id eq "00u1" and target.id eq "0oa1"', true],
    ['actor.id ne "00u1"', false],
    ['actor.id ne "00u2"', true],
    ['actor.alternateId ne "00u2"', true],
    ['eventType sw "user"', true],
    ['eventType co "session"', true],
    ['eventType ew "start"', true],
    ['not (eventType ew "start")', false],
    ['outcome.reason pr', false],
    ['target pr', true],
    ['transaction.detail.requestApiTokenId eq "00T1"', true],
    ['debugContext.debugData.url sw "/oauth"', true],
  ])('%s is %s', (text, expected) => {
    expect(matches(text, LOGS_FILTER, event)).toBe(expected)
  })

  it.each([
    [
      'display_message eqq "Create okta user"',
      'E0000053',
      `Invalid filter 'display_message eqq "Create okta user"': Unrecognized attribute operator 'eqq' at position 16. Expected: eq,co,sw,pr,gt,ge,lt,le`,
    ],
    ['some_invalid_field eq "x"', 'E0000053', 'field is not valid: some_invalid_field'],
    ['published gt "2024-01-01T00:00:00.000Z"', 'E0000053', 'field is not valid: published'],
    ['target.changeDetails.to pr', 'E0000053', 'field is not valid: target.changeDetails.to'],
    [
      'debugContext.debugData.url co "/oauth/"',
      'E0000031',
      'The supplied combination of operator and field is not currently supported. Operator: co, Field: debugContext.debugData.url',
    ],
    ['eventType eq "x', 'E0000053', `Invalid filter 'eventType eq "x': unexpected character at position 13.`],
  ])('rejects %s', (text, errorCode, errorSummary) => {
    expect(apiError(text, LOGS_FILTER)).toMatchObject({ errorCode, errorSummary, status: 400 })
  })
})
