import type { ConnectOptions, Deps, OktaSession, ResumeOptions } from '@connect-okta/core'

/**
 * Goes on with a stored login, which leaves the current one alone. Where there is none, a key makes one; a person is
 * never asked.
 */
export async function resumeOrConnect(
  options: ResumeOptions,
  deps: Partial<Deps>,
  signal: AbortSignal,
): Promise<OktaSession> {
  const { connect, isOktaConnectError, resume } = await import('@connect-okta/core')
  try {
    return await resume(options, deps)
  } catch (error) {
    const canConnect = options.jsonWebKey !== undefined && isOktaConnectError(error) && error.code === 'login_required'
    if (!canConnect) throw error
    return await connect({ ...options, signal } as ConnectOptions, deps)
  }
}
