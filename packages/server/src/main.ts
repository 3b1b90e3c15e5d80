#!/usr/bin/env node
import { errorCatalogue, isOktaConnectError } from '@connect-okta/core'
import { printableLine } from './operations/log.js'
import { serve } from './serve-here.js'

try {
  await serve(process.argv.slice(2))
} catch (error) {
  if (isOktaConnectError(error)) {
    process.stderr.write(printableLine(`${error.message}\n${error.hint}\n`))
    process.exitCode = errorCatalogue[error.code].exitCode
  } else {
    process.stderr.write(`This is a bug. Please report it with what follows.\n${(error as Error).stack}\n`)
    process.exitCode = 1
  }
}
