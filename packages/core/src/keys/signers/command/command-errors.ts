import { assertNever, cancelled, OktaConnectError } from '../../../errors.js'
import { printable } from '../../../safe-text.js'
import { CommandError } from '../../identity/run-command.js'
import { OutputError } from './read-signature.js'

interface NamedCommand {
  /** Begins a sentence. */
  readonly name: string
  readonly args: readonly string[]
  readonly timeoutMs: number
  /** The environment of the command. */
  readonly variables: Readonly<Record<string, string | undefined>>
}

/** The error for a command that did not sign. It names no argument, because a PIN may be one. */
export function explained(error: unknown, command: NamedCommand): unknown {
  const failed = (what: string, hint: string, stderr = '') => {
    const output = masked(stderr, command)
    const message = `${command.name} ${what}${output === '' ? '.' : `: ${output}`}`
    // Without the cause, which has the whole output.
    return new OktaConnectError('signer_failed', message, { hint })
  }
  if (error instanceof OutputError) return failed(error.message, error.hint, error.stderr)
  if (!(error instanceof CommandError)) return error
  const { reason, code, stderr } = error
  switch (reason) {
    case 'not_started':
      return code === 'ENOENT'
        ? failed('was not found', 'Install the program, or use its absolute path.')
        : failed(
            `could not be started (${code})`,
            'Use an executable program. On Windows, run a .cmd file with cmd /c.',
          )
    case 'failed':
      return failed(`failed (${code})`, 'Run the command in a shell to see why.', stderr)
    case 'timeout':
      return failed(
        `did not end within ${command.timeoutMs / 1000} s and was stopped`,
        'The command has no terminal, so it cannot ask for a PIN. Pass the PIN in a file or a variable, or increase the timeout.',
        stderr,
      )
    case 'output':
      return failed('printed more than 64 KiB and was stopped', 'The command must print only the signature.', stderr)
    case 'aborted':
      return cancelled()
    default:
      return assertNever(reason)
  }
}

const secretName = /pin|pass|pwd|secret|token|credential|auth/i
// -p is the PIN of pkcs11-tool.
const secretFlag = new RegExp(`^-p$|^-.*(${secretName.source})`, 'i')

// A shorter value, such as 1 for a switch, is no secret.
const minVariableLength = 4
const mixed = [/[A-Z]/, /[a-z]/, /\d/]

/** The error output of a command in one line, without what may be a secret. */
function masked(stderr: string, { args, variables }: NamedCommand): string {
  const ofFlags = args.flatMap((arg, index) => {
    const [, own] = /^-[^=]*=(.+)$/.exec(arg) ?? []
    if (own !== undefined) return secretFlag.test(arg.slice(0, -own.length)) ? [own] : []
    return secretFlag.test(arg) ? [args[index + 1] ?? ''] : []
  })
  const ofVariables = Object.entries(variables).flatMap(([name, value = '']) =>
    secretName.test(name) && value.length >= minVariableLength ? [value] : [],
  )
  const values = [...ofFlags, ...ofVariables].filter(value => value !== '')
  const text = values.reduce((all, value) => all.replaceAll(value, '***'), stderr.slice(0, 4096))
  return printable(
    text
      .replace(/-----BEGIN[\s\S]*?(-----END[^\n]*|$)/g, '***')
      // A path has dots or slashes. So does Base64, such as an AWS secret access key.
      .replace(/[A-Za-z0-9+_=-]{32,}/g, '***')
      .replace(/[A-Za-z0-9+/_=-]{32,}/g, run => (mixed.every(kind => kind.test(run)) ? '***' : run)),
  ).trim()
}
