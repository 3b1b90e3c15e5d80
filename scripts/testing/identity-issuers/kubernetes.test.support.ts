import { chmod, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type Claims,
  type IdentityIssuer,
  type IdentityIssuerOptions,
  startIdentityIssuer,
} from '../identity-issuer.test.support.js'
import { rsaKeys } from './rsa-keys.test.support.js'

/** The audience of the default token: the API server accepts it. */
export const apiServerAudience = 'https://kubernetes.default.svc.cluster.local'

export interface Pod {
  readonly namespace?: string
  readonly serviceAccount?: string
  readonly serviceAccountUid?: string
  readonly podName?: string
  /** Replaces single claims; `undefined` removes one. */
  readonly claims?: Claims
}

/** A projected volume with a service account token. */
export interface ProjectedToken {
  readonly path: string
  /** Replaces the token if 80 % of its lifetime have passed, as the kubelet does. Returns whether it did. */
  sync(): Promise<boolean>
}

export interface Kubernetes extends AsyncDisposable {
  readonly issuer: IdentityIssuer
  /**
   * Writes a token of a pod to `token` in a folder.
   *
   * @param options.audience Default: the API server, as for the default token of each pod
   * @param options.expirationSeconds 600 or more. Default: 3600
   */
  project(
    folder: string,
    options?: { audience?: string; expirationSeconds?: number; pod?: Pod },
  ): Promise<ProjectedToken>
}

/**
 * Starts the issuer of a Kubernetes cluster.
 *
 * Source: kubernetes.io, Managing service accounts; the atomic writer of the kubelet.
 */
export async function startKubernetes(options: IdentityIssuerOptions = {}): Promise<Kubernetes> {
  const issuer = await startIdentityIssuer({ newKey: rsaKeys(4), keysPath: '/openid/v1/jwks', ...options })
  const now = options.now ?? Date.now
  return {
    issuer,
    async project(folder, { audience = apiServerAudience, expirationSeconds = 3600, pod = {} } = {}) {
      let [issuedAt, version] = [0, 0]
      async function write() {
        issuedAt = now()
        const iat = Math.floor(issuedAt / 1000)
        const times = { iat, nbf: iat, exp: iat + expirationSeconds }
        const claims = { ...kubernetesClaims(pod), ...times, aud: [audience], ...pod.claims }
        await replaceToken(folder, ++version, issuer.sign(claims, { typ: undefined }))
      }
      await mkdir(folder, { recursive: true })
      await write()
      await symlink('..data/token', join(folder, 'token'))
      return {
        path: join(folder, 'token'),
        async sync() {
          if (now() - issuedAt < expirationSeconds * 800) return false
          await write()
          return true
        },
      }
    },
    [Symbol.asyncDispose]: () => issuer.close(),
  }
}

/** The claims of a pod, without `iss`, `aud`, `jti` and the times. */
export function kubernetesClaims(pod: Pod = {}): Claims {
  const {
    namespace = 'prod',
    serviceAccount = 'deploy',
    serviceAccountUid = 'a709ef71-30e2-489a-bd19-ade97031b9db',
  } = pod
  return {
    sub: `system:serviceaccount:${namespace}:${serviceAccount}`,
    'kubernetes.io': {
      namespace,
      node: { name: 'node-1', uid: '646e7c5e-32d6-4d42-9dbd-e504e6cbe6b1' },
      pod: { name: pod.podName ?? 'deploy-7d4b9', uid: '5e0bd49b-f040-43b0-99b7-22765a53f7f3' },
      serviceaccount: { name: serviceAccount, uid: serviceAccountUid },
    },
  }
}

/** `token` is a link to `..data/token`, and `..data` a link to a folder that is replaced by a rename. Everyone can read the file. */
async function replaceToken(folder: string, version: number, token: string): Promise<void> {
  const target = `..version_${version}`
  await mkdir(join(folder, target))
  await writeFile(join(folder, target, 'token'), token)
  await chmod(join(folder, target, 'token'), 0o644)
  await symlink(target, join(folder, '..data_tmp'))
  await rename(join(folder, '..data_tmp'), join(folder, '..data'))
  await rm(join(folder, `..version_${version - 1}`), { recursive: true, force: true })
}
