import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Deployment } from 'kubernetes-types/apps/v1.js'
import type { ConfigMap } from 'kubernetes-types/core/v1.js'
import { parse, parseAllDocuments } from 'yaml'

/** The folder with the deployment examples. */
export const deployFolder = fileURLToPath(new URL('../../../deploy', import.meta.url))

/** Reads a deployment example. */
export const readExample = (path: string) => readFile(join(deployFolder, path), 'utf8')

/** A manifest of Kubernetes, with its file name. */
export interface Manifest {
  readonly file: string
  readonly apiVersion: string
  readonly kind: string
  readonly content: object
}

/** Reads every manifest of the Kubernetes example. */
export async function readManifests(): Promise<readonly Manifest[]> {
  const files = (await readdir(join(deployFolder, 'kubernetes'), { recursive: true })).filter(name =>
    name.endsWith('.yaml'),
  )
  const all = await Promise.all(
    files.sort().map(async file => {
      // kubectl reads YAML 1.1, in which 0440 is octal.
      const documents = parseAllDocuments(await readExample(join('kubernetes', file)), { version: '1.1' })
      return [...documents].map(document => {
        const content = document.toJS() as { readonly apiVersion: string; readonly kind: string }
        return { file, apiVersion: content.apiVersion, kind: content.kind, content }
      })
    }),
  )
  return all.flat()
}

/** The Deployment of the broker, its only container, and the configuration in the ConfigMap. */
export async function readDeployment() {
  const manifests = await readManifests()
  const find = <T>(kind: string) => manifests.find(one => one.kind === kind)?.content as T
  const deployment = find<Deployment>('Deployment')
  const pod = deployment.spec?.template.spec
  const [container] = pod?.containers ?? []
  if (pod === undefined || container === undefined) throw new Error('the Deployment has no container')
  const text = find<ConfigMap>('ConfigMap').data?.['broker.yaml'] ?? ''
  return { deployment, pod, container, configuration: parse(text) as Record<string, unknown> }
}
