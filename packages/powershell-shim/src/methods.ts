import { connect, type Deps, resume } from '@connect-okta/core'
import { printable } from '@connect-okta/core/api'
import { diagnose } from '@connect-okta/core/diagnose'
import { type ClientSigner, generateClientKey, publicJwkOf, saveClientKey } from '@connect-okta/core/keys'
import { listProfiles } from '@connect-okta/core/profiles'
import { listLogins, type TokenStore } from '@connect-okta/core/stores'
import type { Notify } from '@connect-okta/core/types'
import {
  apiResponses,
  cmdletRequest,
  contentOf,
  isFailed,
  isIncomplete,
  responseDetails,
  saveBody,
} from './api/api-request.js'
import { oneAhead } from './api/one-ahead.js'
import { hintOf } from './failure.js'
import { type PasskeyUser, passkeyOptions, registerPasskey, userIdOf } from './passkeys/passkeys.js'
import type { Method } from './protocol/line-protocol.js'
import { connectCall, coreOptions } from './sessions/connect-options.js'
import { contextOf, contextOfSession, contextOfToken, loginOf, tokenOf } from './sessions/contexts.js'
import type { ModuleSigners } from './sessions/module-signers.js'
import { appOf, type Connected, OpenSessions, reopen, type SessionParameters } from './sessions/open-sessions.js'
import { apiTokenNotReturned, keyRequiredToRevoke, noLastSignIn, tokenNotReturned } from './sessions/session-errors.js'
import { userSignIn } from './sessions/user-sign-in.js'

/** What the methods need from the process. */
export interface MethodDeps {
  /** Throws if the store cannot be opened. */
  readonly store: TokenStore
  /** Writes a notice to the module. */
  writeNotice(name: string, content: unknown): void
  /** Receives notices of the core. */
  readonly notify: Notify
  readonly signers: ModuleSigners
}

type Methods = Record<string, Method>

/** What the methods share. */
interface Shared {
  readonly sessions: OpenSessions
  readonly deps: Partial<Deps>
  readonly writeNotice: MethodDeps['writeNotice']
}

/** Returns the methods that the module can call. Their parameters are the options of the core, as the user gave them. */
export function methodsFor(methodDeps: MethodDeps): Methods {
  const { writeNotice, notify, signers } = methodDeps
  const deps: Partial<Deps> = {
    get store() {
      return methodDeps.store
    },
    notify,
    async showDeviceCode({ verificationUri, verificationUriComplete = null, userCode, expiresAt }) {
      const qrCode = verificationUriComplete === null ? null : await qrCodeOf(verificationUriComplete)
      const code = {
        verificationUri: printable(verificationUri),
        verificationUriComplete: verificationUriComplete === null ? null : printable(verificationUriComplete),
        userCode: printable(userCode),
        expiresAt: expiresAt.getTime(),
      }
      writeNotice('deviceCode', { ...code, qrCode })
    },
  }
  const shared = { sessions: new OpenSessions(deps), deps, writeNotice }
  const methods = {
    ...connectMethods(shared),
    ...requestMethods(shared),
    ...passkeyMethods(shared),
    ...signInMethods(shared),
    ...otherMethods(shared),
  }
  return Object.fromEntries(Object.entries(methods).map(([name, method]) => [name, signers.withSigner(method)]))
}

function connectMethods({ sessions, deps, writeNotice }: Shared): Methods {
  return {
    async connect({ session: id, noBrowser, noUserReason, ...given }, { signal }) {
      const call = await connectCall(given, deps)
      const openBrowser = userSignIn({ noBrowser, noUserReason, deps: call.deps, writeNotice })
      const session = await connect({ ...call.options, signal }, { ...call.deps, openBrowser })
      const token = await tokenOf(session)
      const subject = token?.account?.sub
      const isSignedByModule = given.signer !== undefined
      const connected: Connected = { id, session, subject, deps: call.deps, isSignedByModule }
      // Only Connect-Okta asks a user to sign in. The cmdlets that follow never do, and use no other account.
      sessions.add(subject === undefined ? connected : await reopen({ session: id, subject, ...given }, deps))
      return { ...contextOfToken(session, token), expected: given.profile === undefined ? null : appOf(session) }
    },

    // Continues the last sign-in of the user, in any program.
    async adopt({ session: id }, { signal }) {
      const login = (await listLogins(deps)).find(({ isCurrent }) => isCurrent)
      if (login === undefined) throw await noLastSignIn(deps)
      const { recordKey } = login
      const session = await resume({ recordKey }, deps)
      const token = await session.token({ signal })
      sessions.add({ id, session, subject: token.account?.sub, recordKey, deps, isSignedByModule: false })
      return { ...contextOfToken(session, token), recordKey, expected: null }
    },

    // Opens a session that another Node process of the same PowerShell process connected.
    async restore(parameters) {
      sessions.add(await reopen(parameters as SessionParameters, deps))
      return null
    },
  }
}

function requestMethods({ sessions, writeNotice }: Shared): Methods {
  return {
    async token({ session: id, allowApiToken, ...options }, { signal }) {
      const session = await sessions.sessionOf(id)
      if (session.grant === 'api_token' && allowApiToken !== true) throw apiTokenNotReturned()
      const token = await tokenOf(session, { ...options, signal })
      if (token === undefined) throw tokenNotReturned(session)
      const { value, type, expiresAt } = token
      return { value, type, expiresAt: expiresAt?.getTime() ?? null }
    },

    async api({ session: id, ...params }, { signal, writeOutput }) {
      const session = await sessions.sessionOf(id)
      const request = cmdletRequest(params)
      const responses = apiResponses(session, request, signal)
      // The module does not sign while the pipeline runs: a request that needs a new token would hold the lock of the token.
      const mayRunAhead = !(await sessions.connectedAs(id)).isSignedByModule
      let page = 0
      for await (const response of mayRunAhead ? oneAhead(responses) : responses) {
        if (params.reportResponse === true) writeNotice('response', responseDetails(response))
        if (isFailed(response, request)) throw response.error
        page += 1
        if (page > 1) writeNotice('progress', `Page ${page} of ${request.request.path}`)
        if (request.outFile !== undefined) await saveBody(response, session, request.outFile, signal)
        else {
          const content = contentOf(response)
          if (content !== undefined) await writeOutput(content)
        }
        if (isIncomplete(response, request))
          writeNotice('warning', 'There are more pages: add -Paginate, or set a limit.')
      }
    },
  }
}

function passkeyMethods({ sessions }: Shared): Methods {
  return {
    async userId({ session: id, login }, { signal }) {
      return await userIdOf(await sessions.sessionOf(id), `${login}`, signal)
    },

    async passkeyOptions({ session: id, challengeTimeoutMs, ...user }, { signal }) {
      const session = await sessions.sessionOf(id)
      const options = await passkeyOptions(session, user as PasskeyUser, Number(challengeTimeoutMs), signal)
      return { ...options, tenant: session.orgUrl.host }
    },

    async registerPasskey({ session: id, factorId, credential, ...user }, { signal }) {
      return await registerPasskey(await sessions.sessionOf(id), { ...user, factorId, credential }, signal)
    },
  }
}

function signInMethods({ sessions, deps }: Shared): Methods {
  return {
    async context({ session: id }) {
      if (id === undefined || id === '') return null
      const { session, subject, deps } = await sessions.connectedAs(id)
      return session === undefined ? null : await contextOfSession(session, await listLogins(deps), subject)
    },

    async logins() {
      return (await listLogins(deps)).map(contextOf)
    },

    async disconnect({ session: id, noRevoke }) {
      const connected = await sessions.connectedAs(id)
      if (noRevoke === true) await deleteSignIn(connected)
      else await revoke(connected)
      sessions.remove(id)
      return { orgUrl: connected.session?.orgUrl.origin ?? null }
    },
  }
}

// A sign-in that the session has the key of is revoked without the list, which may not be readable.
async function revoke({ session, recordKey, deps }: Connected): Promise<void> {
  if (recordKey !== undefined) {
    const resumed = (await listLogins(deps)).find(login => login.recordKey === recordKey)
    if (resumed?.needsCredential) throw keyRequiredToRevoke(resumed)
  }
  await session?.disconnect()
}

async function deleteSignIn({ session, subject, recordKey, deps }: Connected): Promise<void> {
  const logins = await listLogins(deps)
  const resumed = logins.find(login => login.recordKey === recordKey)
  const login = resumed ?? (session && loginOf(session, logins, subject))
  if (login !== undefined) await deps.store?.exclusive(login.recordKey, slot => slot.remove())
}

function otherMethods({ deps }: Shared): Methods {
  return {
    async newKey({ path, ...options }) {
      const { privateJwk, publicJwk } = await generateClientKey(options)
      if (typeof path === 'string') await saveClientKey(path, privateJwk)
      const { kid, alg } = publicJwk
      const secret = typeof path === 'string' ? null : JSON.stringify(privateJwk)
      return { keyId: kid, algorithm: alg, publicJwk: JSON.stringify(publicJwk), privateJwk: secret }
    },

    async publicKey({ signer }) {
      const publicJwk = publicJwkOf(signer as ClientSigner)
      return { keyId: publicJwk.kid, algorithm: publicJwk.alg, publicJwk: JSON.stringify(publicJwk), privateJwk: null }
    },

    async test(options, { signal, writeOutput }) {
      const isOfProfile = typeof options.profile === 'string'
      const tested = isOfProfile ? (await connectCall(options, deps)).options : coreOptions(options)
      for await (const { remedy, fix, ...finding } of diagnose({ ...tested, signal }, deps)) {
        await writeOutput({ ...finding, fix: hintOf(remedy, fix) })
      }
    },

    async profiles() {
      return (await listProfiles()).map(({ name, profile }) => ({ name, tenant: profile.tenant ?? '' }))
    },
  }
}

// Consoles show light characters on a dark background, or the opposite. QR code readers accept both.
async function qrCodeOf(text: string): Promise<string> {
  const { renderUnicodeCompact } = await import('uqr')
  return renderUnicodeCompact(text, { border: 2 })
}
