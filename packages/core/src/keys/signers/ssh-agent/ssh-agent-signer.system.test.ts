import { execFileSync } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startOktaEmulator } from '@connect-okta/emulator'
import type { JWK } from 'jose'
import { describe, expect, inject, it } from 'vitest'
import { startSshAgent, type TestAgent } from '../../../../test/support/ssh-agent.test.support.js'
import { connect, type Notice } from '../../../index.js'
import { createMemoryStore } from '../../../stores/memory-store.js'
import { parseClientKey } from '../../client-key.js'
import { type ClientSigner, publicJwkOf } from '../client-signer.js'
import { sshAgentSigner } from './ssh-agent-signer.js'

const data = Buffer.from('some data')

async function tokenBy(signer: ClientSigner, notices: Notice[] = []): Promise<string> {
  await using okta = await startOktaEmulator({
    clients: [{ kind: 'service', jwks: { keys: [publicJwkOf(signer) as JWK] } }],
  })
  const { clientId } = okta.client('service')
  const deps = { store: createMemoryStore(), notify: (notice: Notice) => void notices.push(notice) }
  const session = await connect({ tenant: okta.orgUrl.origin, clientId, signer }, deps)
  return (await session.token()).type
}

describe.skipIf(inject('systemNeeds').sshAgent === undefined)('sshAgentSigner with the ssh-agent of OpenSSH', () => {
  const onlyKeyOf = async (agent: TestAgent, ...flags: readonly string[]) => {
    const path = await agent.createKey('okta', ...flags)
    await agent.add(path)
    await rm(path)
    return `${path}.pub`
  }

  it.each([
    ['RS256', ['-t', 'rsa', '-b', '2048'], {}],
    ['RS512', ['-t', 'rsa', '-b', '3072'], { algorithm: 'RS512' as const }],
    ['ES256', ['-t', 'ecdsa', '-b', '256'], {}],
    ['ES384', ['-t', 'ecdsa', '-b', '384'], {}],
    ['ES512', ['-t', 'ecdsa', '-b', '521'], {}],
  ])('gets a token by %s with a key that is in no file', async (algorithm, flags, options) => {
    await using agent = await startSshAgent()
    const fingerprint = await agent.fingerprintOf(await onlyKeyOf(agent, ...flags))
    const signer = await sshAgentSigner(fingerprint, { ...options, environment: agent.environment })
    expect(signer).toMatchObject({ algorithm, name: 'ssh-agent' })
    expect(await tokenBy(signer)).toBe('Bearer')
  })

  it('returns the public key of the file, and signs many times', async () => {
    await using agent = await startSshAgent()
    const path = await onlyKeyOf(agent, '-t', 'ecdsa')
    const { environment } = agent
    const signer = await sshAgentSigner('okta', { environment, keyId: 'k1' })
    const [type, blob = ''] = (await readFile(path, 'utf8')).split(' ')
    expect(type).toBe('ecdsa-sha2-nistp256')
    const point = Buffer.from(blob, 'base64').subarray(-64)
    expect(publicJwkOf(signer)).toEqual({
      ...{ kty: 'EC', crv: 'P-256', kid: 'k1', alg: 'ES256', use: 'sig' },
      x: point.subarray(0, 32).toString('base64url'),
      y: point.subarray(32).toString('base64url'),
    })
    // Numbers in a signature have fewer bytes now and then. Each signature is verified.
    const key = await parseClientKey({ signer })
    for (let times = 0; times < 300; times++) expect((await key?.sign(data))?.byteLength).toBe(64)
  })

  it('accepts the fingerprint in every form, and the comment', async () => {
    await using agent = await startSshAgent()
    const { environment } = agent
    const fingerprint = await agent.fingerprintOf(await onlyKeyOf(agent, '-t', 'ecdsa'))
    const digest = fingerprint.replace('SHA256:', '')
    const jwk = publicJwkOf(await sshAgentSigner(fingerprint, { environment }))
    for (const text of [digest, `sha256:${digest}`, ` ${fingerprint}=\n`, 'okta']) {
      expect(publicJwkOf(await sshAgentSigner(text, { environment }))).toEqual(jwk)
    }
  })

  it('reports what the agent has when it does not have the key', async () => {
    await using agent = await startSshAgent()
    const { environment } = agent
    const fingerprint = await agent.fingerprintOf(await onlyKeyOf(agent, '-t', 'ecdsa'))
    const other = `SHA256:${'A'.repeat(43)}`
    await expect(sshAgentSigner(other, { environment })).rejects.toMatchObject({
      code: 'signer_failed',
      message: `ssh-agent has no key with the fingerprint ${other}.`,
      hint: expect.stringContaining(`${fingerprint} ("ecdsa-sha2-nistp256", comment "okta")`),
    })
    await expect(sshAgentSigner('production', { environment })).rejects.toMatchObject({
      message: 'ssh-agent has no key with the comment "production".',
    })
  })

  it('requires a fingerprint when two keys have the same comment', async () => {
    await using agent = await startSshAgent()
    const fingerprints = [
      await agent.fingerprintOf(await onlyKeyOf(agent, '-t', 'ecdsa')),
      await agent.fingerprintOf(await onlyKeyOf(agent, '-t', 'ed25519')),
    ]
    const failure = sshAgentSigner('okta', { environment: agent.environment })
    await expect(failure).rejects.toMatchObject({
      code: 'options_invalid',
      message: 'ssh-agent has 2 keys with the comment "okta".',
    })
    const { hint } = await failure.catch(error => error)
    for (const fingerprint of fingerprints) expect(hint).toContain(fingerprint)
  })

  it('uses the key, not its certificate, when both have the same comment', async () => {
    await using agent = await startSshAgent()
    const authority = await agent.createKey('authority', '-t', 'ed25519')
    const path = await agent.createKey('okta', '-t', 'ecdsa')
    execFileSync('ssh-keygen', ['-q', '-s', authority, '-I', 'id', `${path}.pub`])
    await agent.add(path)
    expect(await tokenBy(await sshAgentSigner('okta', { environment: agent.environment }))).toBe('Bearer')
  })

  it('reports that Okta does not accept an Ed25519 key', async () => {
    await using agent = await startSshAgent()
    await onlyKeyOf(agent, '-t', 'ed25519')
    await expect(sshAgentSigner('okta', { environment: agent.environment })).rejects.toMatchObject({
      code: 'private_key_invalid',
      message: expect.stringMatching(/is an Ed25519 key, which Okta does not accept/),
      hint: expect.stringContaining('ssh-keygen -t ecdsa'),
    })
  })

  it('reports that the key is restricted to SSH hosts', async () => {
    await using agent = await startSshAgent()
    const path = await agent.createKey('okta', '-t', 'ecdsa')
    const host = await agent.createKey('host', '-t', 'ed25519')
    const known = join(agent.folder, 'known_hosts')
    await writeFile(known, `host.example.com ${await readFile(`${host}.pub`, 'utf8')}`)
    await agent.add('-H', known, '-h', 'host.example.com', path)
    const signer = await sshAgentSigner('okta', { environment: agent.environment })
    await expect(signer.sign(data)).rejects.toMatchObject({
      code: 'signer_failed',
      message: expect.stringContaining('is restricted to SSH hosts'),
      hint: expect.stringContaining('without -h'),
    })
  })

  it('reports that the agent is empty, locked, or does not have the key any more', async () => {
    await using agent = await startSshAgent('echo a-password')
    const { environment } = agent
    await expect(sshAgentSigner('okta', { environment })).rejects.toMatchObject({ message: 'ssh-agent has no keys.' })
    const path = await onlyKeyOf(agent, '-t', 'ecdsa')
    const signer = await sshAgentSigner('okta', { environment })
    await agent.add('-x')
    const locked = { code: 'signer_failed', message: 'ssh-agent lists no keys: it is locked or empty.' }
    await expect(sshAgentSigner('okta', { environment })).rejects.toMatchObject(locked)
    await expect(signer.sign(data)).rejects.toMatchObject({ ...locked, hint: expect.stringContaining('ssh-add -X') })
    await agent.add('-X')
    expect((await signer.sign(data)).byteLength).toBe(64)
    await onlyKeyOf(agent, '-t', 'rsa')
    await agent.add('-d', path)
    await expect(signer.sign(data)).rejects.toMatchObject({ message: expect.stringContaining('no longer has') })
  })

  it('reports that no agent runs any more', async () => {
    const agent = await startSshAgent()
    await onlyKeyOf(agent, '-t', 'ecdsa')
    const { environment } = agent
    const signer = await sshAgentSigner('okta', { environment })
    await agent[Symbol.asyncDispose]()
    const absent = { code: 'signer_failed', message: expect.stringContaining('No ssh-agent is running at') }
    await expect(sshAgentSigner('okta', { environment })).rejects.toMatchObject(absent)
    await expect(signer.sign(data)).rejects.toMatchObject(absent)
  })

  it('reports that the agent refused when the user did not confirm', async () => {
    await using agent = await startSshAgent('exit 1')
    await agent.add('-c', await agent.createKey('okta', '-t', 'ecdsa'))
    const signer = await sshAgentSigner('okta', { environment: agent.environment })
    await expect(signer.sign(data)).rejects.toMatchObject({
      code: 'signer_failed',
      message: expect.stringContaining('refused to sign'),
      hint: expect.stringContaining('confirmation'),
    })
  })

  it('causes a notice while the agent waits for a confirmation', async () => {
    const script = 'while [ ! -e "$HOME/confirmed" ]; do sleep 0.1; done; echo yes'
    await using agent = await startSshAgent(script)
    await agent.add('-c', await agent.createKey('okta', '-t', 'ecdsa'))
    const signer = await sshAgentSigner('okta', { environment: agent.environment })
    const notices: Notice[] = []
    const token = tokenBy(signer, notices)
    await expect.poll(() => notices.map(({ code }) => code)).toEqual(['signer_waiting'])
    await writeFile(join(agent.folder, 'confirmed'), '')
    expect(await token).toBe('Bearer')
  })

  it('ends when its time is over, or when the request is cancelled', async () => {
    await using agent = await startSshAgent('exec sleep 5')
    await agent.add('-c', await agent.createKey('okta', '-t', 'ecdsa'))
    const { environment } = agent
    const patient = await sshAgentSigner('okta', { environment })
    const signer = await sshAgentSigner('okta', { environment, timeoutMs: 200 })
    await expect(signer.sign(data)).rejects.toMatchObject({
      code: 'signer_failed',
      message: 'ssh-agent did not respond within 0.2 s.',
    })
    const controller = new AbortController()
    const signing = patient.sign(data, { signal: controller.signal })
    controller.abort()
    await expect(signing).rejects.toMatchObject({ code: 'cancelled' })
  })
})
