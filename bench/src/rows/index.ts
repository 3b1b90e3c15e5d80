import type { Row } from '../row.js'
import { brokerCachedToken } from './broker-cached-token.js'
import { brokerHerd, brokerHerdOnRedis } from './broker-herd.js'
import { brokerIdentity } from './broker-identity.js'
import { brokerProcesses, brokerProcessorTime } from './broker-processes.js'
import { brokerProxy } from './broker-proxy.js'
import { cachedToken } from './cached-token.js'
import { cliCachedToken, cliCachedTokenByProfile, cliCachedTokenSealed, cliHelp, singleFileToken } from './cli.js'
import { coldFirstToken } from './cold-first-token.js'
import { coldImport } from './cold-import.js'
import { callersOfSession, sessionsOnFiles, sessionsOnMemory } from './concurrent-callers.js'
import { firstToken, firstTokenBySecret, firstTokenWithDpop } from './first-token.js'
import { firstTokenBySshAgent } from './first-token-by-ssh-agent.js'
import { fileHitAmongMany, redisHitAmongMany } from './hit-among-many.js'
import { hitInFile, hitInRedis, hitInSealedFile } from './hit-by-store.js'
import { dependencies, installedSize, packedSize } from './install-size.js'
import { powershellFirstConnect, powershellImport, powershellLaterConnect, powershellToken } from './powershell.js'
import { powershellPages, powershellUsers } from './powershell-api.js'

// The program contains Node 24.
const ofNode24 = process.versions.node.startsWith('24.') ? [singleFileToken] : []

/** Every row, in the order of the table. */
export const rows: readonly Row[] = [
  firstToken,
  firstTokenWithDpop,
  firstTokenBySecret,
  firstTokenBySshAgent,
  cachedToken,
  cliCachedToken,
  cliCachedTokenByProfile,
  cliCachedTokenSealed,
  cliHelp,
  ...ofNode24,
  coldImport,
  coldFirstToken,
  packedSize,
  installedSize,
  dependencies,
  hitInFile,
  hitInSealedFile,
  hitInRedis,
  fileHitAmongMany,
  redisHitAmongMany,
  callersOfSession,
  sessionsOnMemory,
  sessionsOnFiles,
  brokerCachedToken,
  brokerHerd,
  brokerHerdOnRedis,
  brokerProxy,
  brokerIdentity,
  brokerProcesses,
  brokerProcessorTime,
  powershellFirstConnect,
  powershellLaterConnect,
  powershellToken,
  powershellImport,
  powershellUsers,
  powershellPages,
]
