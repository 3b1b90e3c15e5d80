import { OktaConnectError, optionsInvalid } from '../../../errors.js'
import { quoted } from '../../../safe-text.js'
import { type AgentKey, describedKey, isCertificate } from './agent-key.js'

const maxListed = 10

/** Which key of an agent to use. */
export type KeySelector = { readonly fingerprint: string } | { readonly comment: string }

/**
 * Parses the SHA-256 fingerprint of a key, with or without `SHA256:`, or its comment.
 *
 * @throws {@link OktaConnectError} `options_invalid` for an MD5 fingerprint, and for an empty text
 */
export function parseSelector(text: string): KeySelector {
  const plain = typeof text === 'string' ? text.trim() : ''
  if (plain === '') {
    throw optionsInvalid(
      'The key in the ssh-agent is not specified.',
      'Use its fingerprint, as "ssh-add -l" prints it.',
    )
  }
  if (/^(MD5:)?([0-9a-f]{2}:){15}[0-9a-f]{2}$/i.test(plain)) {
    throw optionsInvalid(
      'The fingerprint is an MD5 fingerprint, which does not identify a key safely.',
      'Use the SHA-256 fingerprint, as "ssh-add -l" prints it.',
    )
  }
  const digest = /^(?:SHA256:)?([A-Za-z0-9+/]{43})=?$/i.exec(plain)?.[1]
  if (digest !== undefined) return { fingerprint: `SHA256:${digest}` }
  if (!/^SHA256:/i.test(plain)) return { comment: plain }
  throw optionsInvalid(
    'The fingerprint of the key is incomplete.',
    'Use it as "ssh-add -l" prints it, with all 43 characters.',
  )
}

/**
 * Returns the selected one of the keys of an agent.
 *
 * @param keys at least one.
 * @throws {@link OktaConnectError} `signer_failed` if it is not there, `options_invalid` if several have the comment
 */
export function chooseKey(keys: readonly AgentKey[], selector: KeySelector): AgentKey {
  const found = keys
    .filter(key => !isCertificate(key))
    .filter(key =>
      'fingerprint' in selector ? key.fingerprint === selector.fingerprint : key.comment === selector.comment,
    )
  const [key, ...others] = found
  if (key === undefined) {
    throw new OktaConnectError('signer_failed', `ssh-agent has no key with ${described(selector)}.`, {
      hint: `Add it: ssh-add PATH. Or use one of its keys: ${listed(keys)}.`,
    })
  }
  if (others.length === 0) return key
  throw optionsInvalid(
    `ssh-agent has ${found.length} keys with ${described(selector)}.`,
    `Select one by its fingerprint: ${listed(found)}.`,
  )
}

function described(selector: KeySelector): string {
  return 'fingerprint' in selector
    ? `the fingerprint ${selector.fingerprint}`
    : `the comment ${quoted(selector.comment)}`
}

function listed(keys: readonly AgentKey[]): string {
  const more = keys.length > maxListed ? `, and ${keys.length - maxListed} more` : ''
  return `${keys.slice(0, maxListed).map(describedKey).join(', ')}${more}`
}
