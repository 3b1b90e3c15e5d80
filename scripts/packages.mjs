import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pnpm, root } from './set-up.mjs'

/** Every package that goes to the registry: its folder, and what its package.json says. */
export function publishedPackages() {
  return readdirSync(join(root, 'packages'))
    .map(name => join(root, 'packages', name))
    .map(folder => ({ folder, manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) }))
    .filter(({ manifest }) => manifest.private !== true)
}

/**
 * Packs all of them, as they would be published: references to packages of the workspace are versions then.
 *
 * @returns the paths of the tarballs, by the name of the package
 */
export function packAll(destination) {
  const names = publishedPackages().map(({ manifest }) => manifest.name)
  pnpm('--recursive', ...names.flatMap(name => ['--filter', name]), 'pack', '--pack-destination', destination)
  const files = readdirSync(destination)
  return new Map(
    names.map(name => [
      name,
      join(
        destination,
        files.find(file => file.startsWith(prefixOf(name))),
      ),
    ]),
  )
}

const prefixOf = name => `${name.replace('@', '').replace('/', '-')}-`
