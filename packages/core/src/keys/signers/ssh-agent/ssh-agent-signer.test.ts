import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { rsaKey } from '../../../../../../scripts/testing/rsa-key.js'
import { field, keyList, startFakeAgent } from '../../../../test/support/fake-agent.test.support.js'
import { newFolder } from '../../../../test/support/new-folder.test.support.js'
import { allTextOf } from '../../../../test/support/test-home.test.support.js'
import { currentEnvironment } from '../../../environment.js'
import { keyOfSigner } from '../signer-key.js'
import { agentAddress } from './agent-connection.js'
import { sshAgentSigner } from './ssh-agent-signer.js'

const data = Buffer.from('some data')
const { privateKey, publicJwk } = rsaKey()
const number = (text = '') => Buffer.concat([Buffer.of(0), Buffer.from(text, 'base64url')])
const rsaBlob = Buffer.concat([
  field('ssh-rsa'),
  field(Buffer.from(publicJwk.e ?? '', 'base64url')),
  field(number(publicJwk.n)),
])
const blobOf = (type: string) => Buffer.concat([field(type), field('other fields')])
const signatureBy = (algorithm: string, signature: Uint8Array) =>
  Buffer.concat([Buffer.of(14), field(Buffer.concat([field(algorithm), field(signature)]))])

/** An agent with one RSA key, which responds to a request for a signature. */
const agentThatSigns = (response: (message: Buffer) => Buffer | { bytes: Buffer } | 'close' | undefined) =>
  startFakeAgent((type, message) =>
    type === 11 ? keyList([rsaBlob, 'okta']) : type === 13 ? response(message) : Buffer.of(5),
  )

describe('sshAgentSigner', () => {
  it.each([
    ['RS256', 2, 'rsa-sha2-256', 'sha256'],
    ['RS512', 4, 'rsa-sha2-512', 'sha512'],
  ] as const)('requests %s by its flag', async (algorithm, flag, name, hash) => {
    await using agent = await agentThatSigns(message => {
      expect(message.subarray(-4)).toEqual(Buffer.of(0, 0, 0, flag))
      expect(message.subarray(0, 4 + rsaBlob.byteLength)).toEqual(field(rsaBlob))
      return signatureBy(name, sign(hash, data, privateKey))
    })
    const signer = await sshAgentSigner('okta', { environment: agent.environment, algorithm })
    expect(Buffer.from(await signer.sign(data))).toEqual(sign(hash, data, privateKey))
  })

  it.each([
    ['ssh-rsa', /ssh-agent signed with "ssh-rsa", which uses SHA-1, instead of rsa-sha2-256/],
    ['rsa-sha2-512', /signed with "rsa-sha2-512" instead of rsa-sha2-256/],
  ])('rejects a signature by %s', async (name, message) => {
    await using agent = await agentThatSigns(() => signatureBy(name, sign('sha1', data, privateKey)))
    const signer = await sshAgentSigner('okta', { environment: agent.environment })
    await expect(signer.sign(data)).rejects.toMatchObject({
      code: 'signer_failed',
      message: expect.stringMatching(message),
    })
  })

  it('ignores a malformed key in the list of the agent', async () => {
    const keys = keyList([Buffer.alloc(0), 'okta'], [rsaBlob, 'okta'])
    await using agent = await startFakeAgent(type => (type === 11 ? keys : Buffer.of(5)))
    const signer = await sshAgentSigner('okta', { environment: agent.environment })
    expect(signer.publicJwk).toMatchObject({ n: publicJwk.n })
  })

  it('advises to restart an agent that returns a wrong signature', async () => {
    await using agent = await agentThatSigns(() =>
      signatureBy('rsa-sha2-256', sign('sha256', Buffer.of(1), privateKey)),
    )
    const signer = await sshAgentSigner('okta', { environment: agent.environment })
    await expect(keyOfSigner(signer).sign(data)).rejects.toMatchObject({
      message: 'ssh-agent signed with a key that does not match its public key.',
      hint: 'Restart or update it, or use another one.',
    })
  })

  it('adds the zeros that an agent omits in front of an RSA signature', async () => {
    await using agent = await agentThatSigns(() => signatureBy('rsa-sha2-256', Buffer.of(7)))
    const signer = await sshAgentSigner('okta', { environment: agent.environment })
    expect(Buffer.from(await signer.sign(data))).toEqual(Buffer.concat([Buffer.alloc(255), Buffer.of(7)]))
  })

  it.each([
    ['closes the connection', 'close', /closed the connection/],
    ['announces too many bytes', { bytes: Buffer.of(255, 255, 255, 255, 14) }, /empty or too long/],
    ['sends no bytes', { bytes: Buffer.alloc(4) }, /empty or too long/],
    ['sends a field without an end', Buffer.of(14, 0, 0, 1, 0, 1), /cannot be read/],
    ['sends half of a number', Buffer.of(14, 0), /cannot be read/],
  ] as const)('reports an agent that %s', async (_what, response, message) => {
    await using agent = await agentThatSigns(() => response as Buffer)
    const signer = await sshAgentSigner('okta', { environment: agent.environment })
    await expect(signer.sign(data)).rejects.toMatchObject({
      code: 'signer_failed',
      message: expect.stringMatching(message),
    })
  })

  it('reports an agent that lists more keys than it sends', async () => {
    await using agent = await startFakeAgent(() => Buffer.of(12, 0, 255, 255, 255))
    await expect(sshAgentSigner('okta', { environment: agent.environment })).rejects.toMatchObject({
      code: 'signer_failed',
      message: 'ssh-agent sent a response that cannot be read.',
    })
  })

  it.each([
    ['sk-ecdsa-sha2-nistp256@openssh.com', /on a FIDO security key/],
    ['sk-ssh-ed25519@openssh.com', /on a FIDO security key/],
    ['ssh-dss', /"ssh-dss", which Okta does not accept/],
    ['ssh-rsa', /is damaged/],
    ['ecdsa-sha2-nistp256', /is damaged/],
  ])('rejects a key of the type %s', async (type, message) => {
    await using agent = await startFakeAgent(() => keyList([blobOf(type), 'okta']))
    await expect(sshAgentSigner('okta', { environment: agent.environment })).rejects.toMatchObject({
      code: 'private_key_invalid',
      message: expect.stringMatching(message),
    })
  })

  it.each(['RS384', 'ES256'] as const)('rejects %s for an RSA key', async algorithm => {
    await using agent = await agentThatSigns(() => undefined)
    await expect(sshAgentSigner('okta', { environment: agent.environment, algorithm })).rejects.toMatchObject({
      code: 'options_invalid',
      hint: 'Use RS256 or RS512.',
    })
  })

  it.each([
    ['MD5:d4:1d:8c:d9:8f:00:b2:04:e9:80:09:98:ec:f8:42:7e', /MD5/],
    ['d4:1d:8c:d9:8f:00:b2:04:e9:80:09:98:ec:f8:42:7e', /MD5/],
    ['SHA256:tooShort', /incomplete/],
    [' ', /not specified/],
  ])('rejects the fingerprint %j before it connects', async (text, message) => {
    await using agent = await startFakeAgent(() => keyList())
    await expect(sshAgentSigner(text, { environment: agent.environment })).rejects.toMatchObject({
      code: 'options_invalid',
      message: expect.stringMatching(message),
    })
    expect(agent.received).toEqual([])
  })

  it('does not show a private key that is given in place of a fingerprint', async () => {
    await using agent = await agentThatSigns(() => undefined)
    const secret = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .privateKey.export({ format: 'pem', type: 'pkcs8' })
      .toString()
    const error = await sshAgentSigner(secret, { environment: agent.environment }).catch(caught => caught)
    expect(error.code).toBe('signer_failed')
    expect(allTextOf(error)).not.toContain(secret.split('\n')[1])
  })

  it('lists at most ten keys of an agent in an error', async () => {
    const keys = Array.from({ length: 15 }, (_, index) => [blobOf(`type-${index}`), 'key'] as const)
    await using agent = await startFakeAgent(() => keyList(...keys))
    const { hint } = await sshAgentSigner('okta', { environment: agent.environment }).catch(error => error)
    expect(hint).toMatch(/, and 5 more\.$/)
    expect(hint).not.toContain('type-10')
  })

  // On Windows, the address is the pipe of OpenSSH: see agentAddress.
  it.skipIf(process.platform === 'win32').each([
    ['SSH_AUTH_SOCK is not set', {}, /SSH_AUTH_SOCK is not set/],
    ['SSH_AUTH_SOCK is relative', { SSH_AUTH_SOCK: 'agent' }, /not an absolute path/],
    ['the socket does not exist', { SSH_AUTH_SOCK: '/nowhere/agent' }, /No ssh-agent is running at \/nowhere\/agent/],
  ])('reports that there is no agent when %s', async (_what, variables, message) => {
    await expect(sshAgentSigner('okta', { environment: currentEnvironment(variables) })).rejects.toMatchObject({
      code: 'signer_failed',
      message: expect.stringMatching(message),
    })
  })

  it('reports that the socket is no agent when it is a folder', async () => {
    const path = await newFolder()
    await mkdir(path, { recursive: true })
    const environment = currentEnvironment({ SSH_AUTH_SOCK: path })
    await expect(sshAgentSigner('okta', { environment })).rejects.toMatchObject({ code: 'signer_failed' })
  })
})

describe('agentAddress', () => {
  it('is the named pipe of OpenSSH on Windows, also when Git Bash sets a socket', () => {
    const pipe = '\\\\.\\pipe\\openssh-ssh-agent'
    expect(agentAddress({}, 'win32')).toBe(pipe)
    expect(agentAddress({ SSH_AUTH_SOCK: '/tmp/ssh-abc/agent.1' }, 'win32')).toBe(pipe)
    expect(agentAddress({ SSH_AUTH_SOCK: '\\\\.\\pipe\\other' }, 'win32')).toBe('\\\\.\\pipe\\other')
    expect(agentAddress({ SSH_AUTH_SOCK: '/run/agent' }, 'linux')).toBe('/run/agent')
  })
})
