#!/usr/bin/env node
import { errorCatalog, isOktaConnectError } from '@connect-okta/core'
import { parseCommandLine, usage } from './command-line.js'
import { printableLine } from './operations/log.js'
import { replaceKey } from './operations/replace-key.js'
import { printConfigSchema, printNewSecret } from './print.js'
import { serve } from './serve.js'

// By default, Windows starts a program of the current folder in place of one in PATH. The libuv of Node 20 ignores this variable.
if (process.platform === 'win32') process.env.NoDefaultCurrentDirectoryInExePath ??= '1'

try {
  await run(process.argv.slice(2))
} catch (error) {
  if (isOktaConnectError(error)) {
    process.stderr.write(printableLine(`${error.message}\n${error.hint}\n`))
    process.exitCode = errorCatalog[error.code].exitCode
  } else {
    process.stderr.write(`This is a bug. Please report it with this output.\n${(error as Error).stack}\n`)
    process.exitCode = 1
  }
}

async function run(args: readonly string[]): Promise<void> {
  const commandLine = parseCommandLine(args)
  switch (commandLine.command) {
    case 'help':
      process.stderr.write(usage)
      return
    case 'new_secret':
      return await printNewSecret()
    case 'schema':
      return await printConfigSchema()
    case 'replace_key':
      return await replaceKey(commandLine.connection, commandLine.options, text => void process.stderr.write(text))
    case 'serve':
      return await serve(commandLine.options)
  }
}
