import { undefinedIfThrows } from '../../../files/undefined-if-throws.js'
import { type AgentLimits, type Send, withAgent } from './agent-connection.js'
import { type AgentKey, agentKey } from './agent-key.js'
import { messages } from './agent-messages.js'

/**
 * Returns the keys of an agent.
 *
 * @throws {@link OktaConnectError} `signer_failed`, `cancelled`
 */
export async function listKeys(address: string, limits: AgentLimits): Promise<readonly AgentKey[]> {
  return await withAgent(address, limits, keysBy)
}

/** Returns the keys that an agent lists on a connection, without those that are malformed. */
export async function keysBy(send: Send): Promise<readonly AgentKey[]> {
  const response = await send(Buffer.of(messages.requestIdentities))
  if (response.byte() !== messages.identitiesAnswer) return []
  const keys: AgentKey[] = []
  // A number that is too large ends with the message.
  for (let left = response.uint32(); left > 0; left--) {
    const [blob, comment] = [response.string(), response.text()]
    const key = undefinedIfThrows(() => agentKey(blob, comment))
    if (key !== undefined) keys.push(key)
  }
  return keys
}
