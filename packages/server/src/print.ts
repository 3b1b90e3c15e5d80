import { newClientSecret } from './clients/new-secret.js'
import { configFileJsonSchema } from './config/config-file.js'
import { bufferedOutput } from './operations/buffered-output.js'

/** Creates a secret for a client: prints it to stdout, and its digest for the configuration to stderr. */
export async function printNewSecret(): Promise<void> {
  const { secret, digest } = newClientSecret()
  await print(`${secret}\n`)
  process.stderr.write(
    `Store the secret in the client. It is not shown again. Add its digest to the configuration:\n  secretSha256: ${digest}\n`,
  )
}

/** Prints the JSON schema of the configuration file to stdout. */
export async function printConfigSchema(): Promise<void> {
  await print(`${JSON.stringify(configFileJsonSchema(), null, 2)}\n`)
}

// A reader that has ended, or a full disk, is reported in a sentence.
async function print(text: string): Promise<void> {
  const output = bufferedOutput(1, report => void process.stderr.write(report))
  output.write(text)
  await output.flush()
}
