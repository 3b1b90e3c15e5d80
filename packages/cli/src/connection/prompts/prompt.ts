import { OktaConnectError } from '@connect-okta/core'
import type { Terminal } from '../../output/terminal.js'

/** Where a prompt reads and writes. */
interface PromptContext {
  readonly signal: AbortSignal
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WriteStream
  readonly clearPromptOnDone: false
}

/**
 * Asks the user on the terminal.
 *
 * @param ask shows prompts of `@inquirer`.
 * @param hint what Ctrl+C means for the work before.
 * @throws {@link OktaConnectError} `cancelled` at Ctrl+C
 */
export async function prompt<T>(
  terminal: Terminal,
  ask: (context: PromptContext) => Promise<T>,
  hint = 'Nothing was changed. To continue, run the command again.',
): Promise<T> {
  const { signal, io, screen } = terminal
  try {
    return await ask({ signal, input: io.stdin, output: screen, clearPromptOnDone: false })
  } catch (error) {
    throw isCancelled(error) ? cancelled(hint, error) : error
  }
}

function isCancelled(error: unknown): boolean {
  return error instanceof Error && ['ExitPromptError', 'AbortPromptError'].includes(error.name)
}

function cancelled(hint: string, cause: unknown): OktaConnectError {
  return new OktaConnectError('cancelled', 'Cancelled.', { hint, cause })
}
