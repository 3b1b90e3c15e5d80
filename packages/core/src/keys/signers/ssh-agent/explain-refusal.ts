import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { OktaConnectError } from '../../../errors.js'
import { type Send, withAgent } from './agent-connection.js'
import type { AgentKey } from './agent-key.js'
import { messages } from './agent-messages.js'
import { keysBy, listKeys } from './list-keys.js'
import { wireString } from './wire.js'

const timeoutMs = 5_000

/** The error for an agent that lists no keys. OpenSSH lists none while it is locked, too. */
export async function emptyAgent(address: string): Promise<OktaConnectError> {
  const isUnlocked = await withAgent(address, { timeoutMs }, bindToNoHost).catch(() => false)
  return isUnlocked
    ? failed('ssh-agent has no keys.', 'Add the key: ssh-add PATH.')
    : failed(
        'ssh-agent lists no keys: it is locked or empty.',
        'If it is locked, unlock it: ssh-add -X. If it is empty, add the key: ssh-add PATH.',
      )
}

/** The error for an agent that refused to sign. An agent returns no reason, so its keys are listed again. */
export async function refusal(address: string, { fingerprint }: AgentKey): Promise<OktaConnectError> {
  const has = (keys: readonly AgentKey[]) => keys.some(key => key.fingerprint === fingerprint)
  const keys = await listKeys(address, { timeoutMs })
  if (keys.length === 0) return await emptyAgent(address)
  if (!has(keys)) {
    return failed(`ssh-agent no longer has the key ${fingerprint}.`, 'Add it again: ssh-add PATH.')
  }
  const isRestricted = await withAgent(
    address,
    { timeoutMs },
    async send => (await bindToNoHost(send)) && !has(await keysBy(send)),
  ).catch(() => false)
  return isRestricted
    ? failed(
        `The key ${fingerprint} in ssh-agent is restricted to SSH hosts, so it cannot sign for Okta.`,
        'Add it again without -h: ssh-add PATH. A separate key for Okta is better.',
      )
    : failed(
        `ssh-agent refused to sign with the key ${fingerprint}.`,
        'If it asks for a confirmation, a PIN or a passphrase, respond to it. If it cannot ask, for example because there is no display, ' +
          'add the key without -c, or set up SSH_ASKPASS or pinentry.',
      )
}

/**
 * Binds a connection to an SSH host that does not exist. Afterwards, the agent lists only keys that are not restricted to other hosts.
 * It affects only this connection.
 *
 * @returns false if the agent is locked, or does not support it.
 * @see https://cvsweb.openbsd.org/src/usr.bin/ssh/PROTOCOL.agent?annotate=HEAD (session-bind@openssh.com)
 */
async function bindToNoHost(send: Send): Promise<boolean> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const session = randomBytes(32)
  const type = wireString('ssh-ed25519')
  const host = Buffer.concat([type, wireString(Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'))])
  const signature = Buffer.concat([type, wireString(sign(null, session, privateKey))])
  const isForwarding = Buffer.of(0)
  const fields = [wireString('session-bind@openssh.com'), wireString(host), wireString(session), wireString(signature)]
  const response = await send(Buffer.concat([Buffer.of(messages.extension), ...fields, isForwarding]))
  return response.byte() === messages.success
}

function failed(message: string, hint: string): OktaConnectError {
  return new OktaConnectError('signer_failed', message, { hint })
}
