import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Connection, IdentitySource } from '../../config/connection.js'
import type { Deps } from '../../deps.js'
import { expandHome } from '../../environment.js'
import { OktaConnectError, optionsInvalid } from '../../errors.js'
import { decodeText } from '../../files/decode-text.js'
import { readFailureHint } from '../../files/read-failure.js'
import { readLimited } from '../../files/read-limited.js'
import { unreadableSecret } from '../../files/unreadable-secret.js'
import { unquoted } from '../../unquoted.js'
import { checkIdentityToken, claimsOf, type FoundToken } from './identity-claims.js'
import { type IdentityRequest, platforms } from './platforms.js'

const fileVariable = 'CONNECT_OKTA_IDENTITY_TOKEN_FILE'
const tokenVariable = 'CONNECT_OKTA_IDENTITY_TOKEN'
// A volume of its own: the default token of Kubernetes is valid at the API server.
const projectedFile = '/var/run/secrets/connect-okta/token'
// Platforms issue tokens of a few thousand bytes.
const maxTokenBytes = 64 * 1024

/**
 * Returns an identity token for a broker, after checking that it is for this broker only. A file is read, and a token is requested from a platform,
 * at each call, because a token is short-lived and may work only once.
 *
 * @throws {@link OktaConnectError} `key_required` if no token was found, `options_invalid` for a token that is not for the
 * broker, `server_failed` if the platform issues none
 */
export async function identityTokenFor(
  { broker, requestTimeoutMs, clock, signal }: Connection & Pick<IdentityRequest, 'signal'>,
  source: IdentitySource,
  deps: Deps,
): Promise<string> {
  if (broker === undefined) throw new TypeError('an identity token can be used only with a broker')
  const found = await findIdentityToken(source, { audience: broker.url.origin, requestTimeoutMs, signal }, deps)
  checkIdentityToken(found, broker, clock.now(deps.now()))
  return found.token
}

/**
 * Finds an identity token, without a check.
 *
 * @throws {@link OktaConnectError} `key_required` if there is none, `options_invalid`, `server_failed`
 */
export async function findIdentityToken(
  source: IdentitySource,
  request: IdentityRequest,
  deps: Deps,
): Promise<FoundToken> {
  const hint = `Request it for the audience ${request.audience}.`
  if (source !== 'platform') {
    if ('file' in source) return await inFile(source.file, 'identity token', hint, deps)
    return { token: source.token, place: 'the option identityToken', hint }
  }
  const { variables } = deps.environment
  const file = unquoted(variables[fileVariable] ?? '')
  if (file !== '') return await inFile(file, `identity token (${fileVariable})`, hint, deps)
  const text = unquoted(variables[tokenVariable] ?? '')
  if (text !== '') return { token: text, place: tokenVariable, hint: `${hint} In GitLab: id_tokens > aud.` }
  const platform = platforms.find(({ isDetected }) => isDetected(variables))
  if (platform !== undefined) {
    const token = (await platform.request(request, deps)).trim()
    return { token, place: platform.name, hint: 'Check which audiences the platform issues tokens for.' }
  }
  if (existsSync(projectedFile)) {
    return await inFile(projectedFile, 'identity token', `${hint} In Kubernetes: serviceAccountToken > audience.`, deps)
  }
  throw notFound(request.audience, variables)
}

async function inFile(file: string, name: string, hint: string, { environment }: Deps): Promise<FoundToken> {
  const path = resolve(expandHome(file, environment))
  try {
    const token = decodeText(await readLimited(path, maxTokenBytes)).trim()
    return { token, place: `the file ${path}`, hint }
  } catch (error) {
    throw unreadableFile(name, file, path, error)
  }
}

// A path is shown, also of a file that does not exist: only a token that was given in place of its path is not.
function unreadableFile(name: string, file: string, path: string, error: unknown): OktaConnectError {
  if (claimsOf(file.trim()) !== undefined || /\s|^eyJ/.test(file)) return unreadableSecret(name, file, path, error)
  const { code = 'unknown' } = error as NodeJS.ErrnoException
  if (code !== 'ENOENT')
    return optionsInvalid(`The ${name} cannot be read from ${path} (${code}).`, readFailureHint(code))
  return optionsInvalid(
    `The file with the ${name} does not exist: ${path}.`,
    'Use the path of the mounted token. In Kubernetes, mount a projected volume with a serviceAccountToken.',
  )
}

function notFound(audience: string, variables: Deps['environment']['variables']): OktaConnectError {
  const places = [
    fileVariable,
    tokenVariable,
    ...platforms.map(({ name, variable }) => `${name} (${variable})`),
    projectedFile,
  ]
  const isGitHubWithoutPermission = variables.GITHUB_ACTIONS === 'true'
  const advice = isGitHubWithoutPermission
    ? { hint: 'Allow the job to request one: add "id-token: write" to its permissions.' }
    : ({
        hint: 'Provide the secret or the key of the client, or an identity token that the platform issued for this broker.',
        remedy: { id: 'give_identity_token' },
      } as const)
  const message = `There is no identity token for the broker ${new URL(audience).host}. Searched: ${places.join(', ')}.`
  return new OktaConnectError('key_required', message, advice)
}

/** Returns whether a token is a JWT-SVID of SPIFFE, which has an assertion type of its own. */
export function isSvid(token: string): boolean {
  const { sub } = claimsOf(token) ?? {}
  return typeof sub === 'string' && sub.startsWith('spiffe://')
}
