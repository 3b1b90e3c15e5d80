import { type InstalledPackage, install } from '../installed-package.js'
import { badgateway, byHand, msal, oktaSdk, openidClient, ours } from '../peers/peers.js'
import type { Row, Work } from '../row.js'

/** What is downloaded of the package itself. */
export const packedSize = rowFor('packed, the package alone', 'MB', ({ packedBytes }) => packedBytes / 1e6)

/** What is on the disk in the end. */
export const installedSize = rowFor('on the disk, with all it needs', 'MB', ({ unpackedBytes }) => unpackedBytes / 1e6)

/** Whom one has to trust besides. */
export const dependencies = rowFor('packages that come along', 'packages', ({ dependencies }) => dependencies)

// All three from the same folders.
const installed = new Map<string, Promise<InstalledPackage>>()

function rowFor(what: string, unit: string, pick: (installed: InstalledPackage) => number): Row {
  const amountOf = async (packageName: string, flags: readonly string[] = []): Promise<Work> => {
    const key = [packageName, ...flags].join(' ')
    if (!installed.has(key)) installed.set(key, install(packageName, flags))
    return { amount: pick((await installed.get(key)) as InstalledPackage) }
  }
  const run = (packageName: string, flags?: readonly string[]) => () => amountOf(packageName, flags)
  return {
    name: `Installing: ${what}`,
    ours: ours.packageName,
    reference: openidClient.packageName,
    unit,
    against: 'peer',
    pairs: 1,
    isExact: true,
    isLong: true,
    needs: 'npm',
    async prepare() {
      const peers = [byHand, badgateway, msal, oktaSdk]
      return {
        ours: run(ours.packageName),
        reference: run(openidClient.packageName),
        others: [
          {
            what: 'the same, without what is optional',
            isOurs: true,
            run: run(ours.packageName, ['--omit=optional']),
          },
          ...peers.map(({ packageName }) => ({ what: packageName, run: run(packageName) })),
        ],
        async close() {},
      }
    },
  }
}
