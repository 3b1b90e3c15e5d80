import type { OktaEmulator } from '../../src/start-okta-emulator.js'
import { send, type TestResponse } from './relying-party.test.support.js'

/** A client of the management API with the static token of the first user. */
export function managementClient(okta: OktaEmulator) {
  return async (
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<TestResponse> =>
    send(new URL(path, okta.orgUrl), {
      method,
      headers: {
        authorization: `SSWS ${okta.apiTokens[0]?.value}`,
        ...(body && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
    })
}
