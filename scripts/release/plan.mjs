import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { publishedPackages } from '../packages.mjs'
import { root } from '../pnpm.mjs'
import { output } from './run.mjs'

// Prints outputs of a step of GitHub Actions: the version, and whether it has to be released. It has if it has no tag yet and no changesets
// wait for the next version.
const [{ manifest }] = publishedPackages()
const isTagged = output('git', ['tag', '--list', `v${manifest.version}`]) !== ''
const hasChangesets = readdirSync(join(root, '.changeset')).some(name => name.endsWith('.md') && name !== 'README.md')
process.stdout.write(`version=${manifest.version}\nrelease=${!isTagged && !hasChangesets}\n`)
