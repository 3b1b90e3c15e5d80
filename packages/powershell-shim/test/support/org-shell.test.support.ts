import { type EmulatorOptions, type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { Shell, type Streams } from './shell.test.support.js'

/** Connects with the key of the service app. */
export const connectByKey = 'Connect-Okta -Tenant $given.tenant -ClientId $given.clientId -JsonWebKey $given.jwk'

/** For the tests of a suite: an org with a service app, and a shell. */
export class OrgShell {
  #okta: OktaEmulator | undefined
  #shell: Shell | undefined

  constructor({ script, org }: { /** What the shell runs first. */ script?: string; org?: EmulatorOptions } = {}) {
    beforeAll(async () => {
      this.#okta = await startOktaEmulator(org)
      this.#shell = await Shell.start()
      if (script !== undefined) await this.run(script)
    })
    beforeEach(() => this.okta.clearRequests())
    afterAll(async () => {
      await this.#shell?.[Symbol.asyncDispose]()
      await this.#okta?.close()
    })
  }

  get okta(): OktaEmulator {
    if (this.#okta === undefined) throw new Error('There is no org.')
    return this.#okta
  }

  get shell(): Shell {
    if (this.#shell === undefined) throw new Error('There is no shell.')
    return this.#shell
  }

  /** The values for scripts: the tenant, and the ID and the key of the app. */
  get given() {
    const { clientId, jwk } = this.okta.client('service')
    return { tenant: this.okta.orgUrl.origin, clientId, jwk: JSON.stringify(jwk) }
  }

  async run(script: string, given: object = {}): Promise<Streams> {
    return await this.shell.run(script, { ...this.given, ...given })
  }

  async runInNewRunspace(script: string): Promise<Streams> {
    return await this.shell.runInNewRunspace(script, this.given)
  }
}
